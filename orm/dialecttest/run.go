package dialecttest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// Run runs the whole test. Open gives an empty database each time that it is called; a pool of about four connections makes
// the test of an exhausted pool quick.
func Run(t *testing.T, open func(t testing.TB) *orm.DB) {
	t.Helper()
	for _, part := range []part{
		{"values", testValues},
		{"nulls", testNulls},
		{"zones", testZones},
		{"any", testAny},
		{"many parameters", testManyParameters},
		{"hostile text", testHostile},
		{"lookups", testLookups},
		{"look-up values", testLookupValues},
		{"json", testJSON},
		{"json at", testJSONAt},
		{"dates", testDates},
		{"aggregates", testAggregates},
		{"expressions", testExpressions},
		{"operators", testOperators},
		{"groups", testGroups},
		{"windows", testWindows},
		{"functions", testFunctions},
		{"zone parts", testZoneParts},
		{"custom", testCustom},
		{"relations", testRelations},
		{"constraints", testConstraints},
		{"writes", testWrites},
		{"bulk", testBulk},
		{"bulk update", testBulkUpdate},
		{"database defaults", testDefaults},
		{"atomic", testAtomic},
		{"savepoints", testSavepoints},
		{"spoiled", testSpoiled},
		{"no savepoint", testNoSavepoint},
		{"nested", testNested},
		{"hooks", testHooks},
		{"deferred keys", testDefers},
		{"panic", testPanic},
		{"row panic", testRowPanic},
		{"isolation", testIsolation},
		{"read only", testReadOnly},
		{"read only refuses", testReadOnlyRefuses},
		{"cancel between", testCancelBetween},
		{"wrapper", testWrapper},
		{"row error", testRowError},
		{"bad statement", testBadStatement},
		{"error states", testErrorStates},
		{"changed table", testChangedTable},
		{"batch", testBatch},
		{"batch of queries", testOrmBatch},
		{"prefetches", testPrefetches},
		{"cancel", testCancel},
		{"exhausted pool", testExhausted},
		{"concurrency", testConcurrency},
		{"close", testClose},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, open(t)) })
	}
}

// part is one of the tests.
type part struct {
	name string
	test func(t *testing.T, e *env)
}

// run runs it on a database, which gets the tables of all models.
func (p part) run(t *testing.T, db *orm.DB) {
	NoLeaks(t)
	e := &env{db: db, ctx: orm.WithPoolWait(orm.WithDatabase(t.Context(), db), patience)}
	models := []orm.Model{orm.ModelOf[Author](), orm.ModelOf[Genre](), orm.ModelOf[Book](), orm.ModelOf[Sample](), orm.ModelOf[Parcel](), orm.ModelOf[Label]()}
	e.ctx = orm.WithModels(e.ctx, models...)
	t.Cleanup(func() {
		checkIdle(t, db)
		if err := db.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	})
	for _, m := range models {
		createTable(t, e, m.Schema())
	}
	p.test(t, e)
}

// patience is how long queries may wait for a connection here: a machine that does much else is no reason to fail.
const patience = 30 * time.Second

// env is an open database and the context that carries it.
type env struct {
	db  *orm.DB
	ctx context.Context
}

// createTable makes a model's table, and those of its many-to-many fields, from what the dialect says of columns.
func createTable(t *testing.T, e *env, m *schema.Model) {
	t.Helper()
	d := e.db.Dialect()
	var cols []string
	for i := range m.Fields {
		f := &m.Fields[i]
		if f.Kind == schema.ManyToMany {
			continue
		}
		if f.HasColumn() {
			cols = append(cols, columnSQL(t, d, m, f))
		}
		if f.Rel != nil && f.Rel.To != "" && !d.DeferredKeys {
			cols = append(cols, "FOREIGN KEY ("+d.QuoteName(f.ColumnName())+") REFERENCES "+d.QuoteName(referredTo(f))+" ("+d.QuoteName("id")+")")
		}
	}
	for _, c := range m.Constraints {
		switch {
		case c.Check != nil:
			sql, err := orm.ExpressionSQL(d, m, c.Check)
			if err != nil {
				t.Fatal(err)
			}
			cols = append(cols, "CONSTRAINT "+d.QuoteName(c.Name)+" CHECK ("+sql+")")
		case len(c.Fields) > 0:
			var names []string
			for _, name := range c.Fields {
				names = append(names, d.QuoteName(m.Field(name).ColumnName()))
			}
			cols = append(cols, "CONSTRAINT "+d.QuoteName(c.Name)+" UNIQUE ("+strings.Join(names, ", ")+")")
		}
	}
	must(t, exec(e, "CREATE TABLE "+d.QuoteName(m.Table)+" ("+strings.Join(cols, ", ")+")"))
	for i := range m.Fields {
		if f := &m.Fields[i]; f.Kind == schema.ManyToMany {
			through := orm.HiddenThrough(m, f, orm.ModelOf[Genre]().Schema())
			createTable(t, e, &through)
		}
	}
}

func columnSQL(t *testing.T, d *dialect.Dialect, m *schema.Model, f *schema.Field) string {
	t.Helper()
	expression := func(of any) string {
		sql, err := orm.ExpressionSQL(d, m, of.(schema.Expression))
		must(t, err)
		return " (" + sql + ")"
	}
	sql := d.QuoteName(f.ColumnName()) + " " + d.ColumnType(f, nil)
	if f.DBDefault != nil {
		sql += " DEFAULT" + expression(f.DBDefault)
	}
	if f.Expression != nil {
		return sql + " GENERATED ALWAYS AS" + expression(f.Expression) + " STORED"
	}
	if f.Null {
		sql += " NULL"
	} else {
		sql += " NOT NULL"
	}
	if f.PrimaryKey {
		sql += " PRIMARY KEY"
	}
	if f.Unique {
		sql += " UNIQUE"
	}
	if f.Kind.IsAuto() {
		sql += " " + d.AutoSuffix
	}
	if f.Rel != nil && f.Rel.To != "" && d.DeferredKeys {
		sql += " REFERENCES " + d.QuoteName(referredTo(f)) + " (" + d.QuoteName("id") + ") DEFERRABLE INITIALLY DEFERRED"
	}
	return sql
}

// referredTo is the table that a foreign key leads to.
func referredTo(f *schema.Field) string {
	tables := map[string]string{"Author": "dialecttest_author", "Book": "dialecttest_book", "Genre": "dialecttest_genre"}
	_, name, _ := strings.Cut(f.Rel.To, ".")
	return tables[name]
}

func exec(e *env, sql string, args ...any) error {
	_, err := orm.Exec(e.ctx, sql, args...)
	return err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// library adds two authors with books.
func library(t *testing.T, e *env) (ada, bob *Author) {
	t.Helper()
	ada, bob = &Author{Name: "Ada"}, &Author{Name: "Bob"}
	must(t, orm.Create(e.ctx, ada))
	must(t, orm.Create(e.ctx, bob))
	prose, verse := &Genre{Name: "prose"}, &Genre{Name: "verse"}
	must(t, orm.Create(e.ctx, prose))
	must(t, orm.Create(e.ctx, verse))
	four, two := 4.5, 2.0
	for i, b := range []*Book{
		{Title: "Alpha", Author: orm.To(ada), Pages: 100, Rating: &four, Out: date(2024, 2, 29)},
		{Title: "beta", Author: orm.To(ada), Pages: 250, Rating: nil, Out: date(2025, 12, 31)},
		{Title: "100%_Gamma", Author: orm.To(bob), Pages: 50, Rating: &two, Out: date(2026, 1, 1)},
	} {
		must(t, orm.Create(e.ctx, b))
		must(t, b.Genres.Add(e.ctx, prose))
		if i > 0 {
			must(t, b.Genres.Add(e.ctx, verse))
		}
	}
	return ada, bob
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func titles(list []*Book) string {
	var out []string
	for _, b := range list {
		out = append(out, b.Title)
	}
	return strings.Join(out, ",")
}

func want[V comparable](t *testing.T, what string, got, want V) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func show(v any) string { return fmt.Sprintf("%+v", v) }
