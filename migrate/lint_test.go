package migrate_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// zooState is the state of the zoo's first migration.
func zooState(t *testing.T) *migrate.State {
	t.Helper()
	s := migrate.NewState()
	for _, op := range zoo() {
		if err := op.State(s, "zoo"); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// lintCase is an operation on the zoo, and the rules that Lint finds for it.
type lintCase struct {
	name string
	op   migrate.Operation
	// postgresql, mysql and sqlite are the rules that are found, in order, without "migrations.".
	postgresql, mysql, sqlite string
}

func lintCases() []lintCase {
	add := func(f schema.Field) migrate.Operation { return migrate.AddField{Model: "Animal", Field: f} }
	alter := func(f schema.Field) migrate.Operation { return migrate.AlterField{Model: "Animal", Field: f} }
	online := func(op migrate.Operation) migrate.Operation { return migrate.Online{Operation: op} }
	loud := schema.Field{Name: "loud", Kind: schema.Generated, Expression: expr.Name{Name: "name"}, Output: &schema.Field{Kind: schema.Char, MaxLength: 20}, Stored: true}
	check := migrate.AddConstraint{Model: "Animal", Constraint: namedCheck}
	unique := migrate.AddConstraint{Model: "Animal", Constraint: schema.Constraint{Name: "u", Fields: []string{"name"}}}
	return []lintCase{
		{"nullable column", add(schema.Field{Name: "a", Kind: schema.Integer, Null: true}), "", "", ""},
		{"column with a default of the database", add(schema.Field{Name: "a", Kind: schema.Integer, DBDefault: 1}), "", "", "W112"},
		{"not null column", add(schema.Field{Name: "a", Kind: schema.Integer, Default: 1}), "W102", "W102", "W102 W112"},
		{"volatile default", add(schema.Field{Name: "a", Kind: schema.Float, DBDefault: expr.Func{Name: "Random"}}), "W101", "", "W112"},
		{"stored column", add(loud), "W101", "W101", "W112"},
		{"unique column", add(schema.Field{Name: "a", Kind: schema.Integer, Null: true, Unique: true}), "W106", "W111", "W112"},
		{"indexed column", add(schema.Field{Name: "a", Kind: schema.Integer, Null: true, Index: true}), "W105", "", "W105"},
		{"longer text", alter(schema.Field{Name: "name", Kind: schema.Char, MaxLength: 50}), "", "", "W112"},
		{"longer text beyond a byte", alter(schema.Field{Name: "name", Kind: schema.Char, MaxLength: 200}), "", "W111", "W112"},
		{"shorter text", alter(schema.Field{Name: "name", Kind: schema.Char, MaxLength: 5}), "W116 W103", "W116 W111", "W116 W112"},
		{"other type", alter(schema.Field{Name: "legs", Kind: schema.BigInteger}), "W103", "W111", "W112"},
		{"not null", alter(noteField), "W104", "W111", "W112"},
		{"not null online", online(alter(noteField)), "", "W111", "W112"},
		{"nullable", alter(schema.Field{Name: "name", Kind: schema.Char, MaxLength: 20, Null: true}), "", "W111", "W112"},
		{"unique", alter(schema.Field{Name: "name", Kind: schema.Char, MaxLength: 20, Unique: true}), "W117 W106 W105", "W117", "W117 W112"},
		{"only for people", alter(schema.Field{Name: "name", Kind: schema.Char, MaxLength: 20, HelpText: "x"}), "", "", ""},
		{"index", migrate.AddIndex{Model: "Animal", Index: tagIndex}, "W105", "", "W105"},
		{"index concurrently", migrate.AddIndexConcurrently{Model: "Animal", Index: tagIndex}, "", "", "W105"},
		{"check", check, "W118 W107", "W118 W107", "W118 W112"},
		{"check online", online(check), "W118", "W118 W107", "W118 W112"},
		{"check not valid", migrate.AddConstraintNotValid(check), "", "W107", "W112"},
		{"unique constraint", unique, "W117 W106", "W117", "W117 W112"},
		{"unique constraint online", online(unique), "W117", "W117", "W117 W112"},
		{"unique together", migrate.AlterUniqueTogether{Model: "Animal", Sets: [][]string{{"name", "tag"}}}, "W117 W106", "W117", "W117 W105"},
		{"rename a field", migrate.RenameField{Model: "Animal", Old: "tag", New: "label"}, "W109", "W109", "W109"},
		{"rename a model", migrate.RenameModel{Old: "Animal", New: "Beast"}, "W109 W108 W108", "W109 W108 W108", "W109 W112 W112"},
		{"another table", migrate.AlterModelTable{Model: "Animal", Table: "beasts"}, "W109", "W109", "W109"},
		{"remove a field", migrate.RemoveField{Model: "Animal", Name: "weight"}, "W110", "W110", "W110 W112"},
		{"delete a model", migrate.DeleteModel{Name: "Animal"}, "W110", "W110", "W110"},
		{"foreign key", alter(schema.Field{Name: "legs", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "zoo.Owner"}}), "W109 W103 W105 W108", "W109 W111 W108", "W109 W112"},
		{"order", migrate.AlterOrderWithRespectTo{Model: "Animal", To: "owner"}, "W102", "W102", "W102 W112"},
		{"fill", migrate.Backfill{Model: "Animal", Field: "note", Value: "x"}, "", "", ""},
		{"fill at once", alter(schema.Field{Name: "note", Kind: schema.Text, Default: "x"}), "W115 W104", "W115 W111", "W112"},
	}
}

func TestLint(t *testing.T) {
	t.Parallel()
	for _, tt := range lintCases() {
		t.Run(tt.name, func(t *testing.T) {
			for _, d := range []*dialect.Dialect{dialect.PostgreSQL(), dialect.MySQL(), dialect.SQLite()} {
				m := migrate.Migration{App: "zoo", Name: "0002_x", NonAtomic: true, Operations: []migrate.Operation{tt.op}}
				want := map[string]string{"postgresql": tt.postgresql, "mysql": tt.mysql, "sqlite": tt.sqlite}[d.Name]
				var got []string
				for _, w := range migrate.Lint(&m, zooState(t), migrate.LintOptions{Dialect: d}) {
					got = append(got, strings.TrimPrefix(w.ID, "migrations."))
				}
				if s := strings.Join(got, " "); s != want {
					t.Errorf("%s: Lint = %q, want %q", d.Name, s, want)
				}
				// A table that the migration makes itself has no rows and no code that knows it.
				m.Operations = append(zoo(), tt.op)
				if list := migrate.Lint(&m, migrate.NewState(), migrate.LintOptions{Dialect: d}); len(list) > 0 {
					t.Errorf("%s: in one migration with the table Lint = %v", d.Name, list)
				}
				// Of a small table only what concerns other code counts.
				m.Operations = m.Operations[len(m.Operations)-1:]
				small := migrate.LintOptions{Dialect: d, Rows: func(string) (int64, bool) { return 100, true }}
				for _, w := range migrate.Lint(&m, zooState(t), small) {
					if w.Lock != "" || w.Table != "" {
						t.Errorf("%s: of a small table Lint says %s", d.Name, w)
					}
				}
			}
		})
	}
}

func TestLintTransactions(t *testing.T) {
	t.Parallel()
	m := migrate.Migration{App: "zoo", Name: "0002_x", Operations: []migrate.Operation{
		migrate.AddField{Model: "Animal", Field: schema.Field{Name: "a", Kind: schema.Integer, Null: true}},
		migrate.Backfill{Model: "Animal", Field: "a", Value: 1},
		migrate.RunSQL{SQL: []string{"UPDATE zoo_animal SET a = 2"}},
		migrate.AddIndexConcurrently{Model: "Animal", Index: tagIndex},
	}}
	var got []string
	for _, w := range migrate.Lint(&m, zooState(t), migrate.LintOptions{}) {
		got = append(got, w.ID+" "+w.Operation)
	}
	want := []string{
		"migrations.W113 Fill nulls of field a on animal in batches", "migrations.W114 Fill nulls of field a on animal in batches",
		"migrations.W113 Raw SQL operation", "migrations.E101 Concurrently create index tag_idx on field(s) tag, -legs of model animal",
	}
	if !slices.Equal(got, want) {
		t.Errorf("Lint = %q, want %q", got, want)
	}
}

// On a database the plan and the check say what concerns tables that are big there.
func TestLintOnDatabase(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, ctx context.Context) {
		apps := zooApps(migrate.AddConstraint{Model: "Animal", Constraint: namedCheck}, migrate.RemoveField{Model: "Animal", Name: "note"})
		check := func() string {
			var b strings.Builder
			for _, m := range migrate.Check(func(context.Context) []migrate.App { return apps }).Run(ctx) {
				b.WriteString(m.ID + " " + m.Object + ": " + m.Text + "\n")
				if m.Level != manage.Warning || m.Hint == "" {
					t.Errorf("the message %+v is no warning with a hint", m)
				}
			}
			return b.String()
		}
		if got := check(); got != "" {
			t.Errorf("on a new database the check says %s", got)
		}
		if err := migrate.Run(ctx, zooApps(), migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		exec(t, ctx, "INSERT INTO zoo_owner (name, code) VALUES ('Ada', 'a')")
		if got := check(); strings.Contains(got, "lock") || !strings.Contains(got, "migrations.W110 zoo.0002_change: Remove field note from animal: code that still reads") {
			t.Errorf("on a small table the check says %s", got)
		}
		many := map[string]string{
			"sqlite":     "INSERT INTO zoo_owner (name, code) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT 'o', 'c' || i FROM n",
			"postgresql": "INSERT INTO zoo_owner (name, code) SELECT 'o', 'c' || i FROM generate_series(1, 20000) i",
			"mysql":      "INSERT INTO zoo_owner (name, code) SELECT 'o', concat('c', seq) FROM seq_1_to_20000",
		}
		d, err := orm.DialectOf(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		exec(t, ctx, many[d.Name], "INSERT INTO zoo_animal (name, legs, tag, owner_id) SELECT code, 1, code, id FROM zoo_owner WHERE code LIKE 'c%'")
		if d.Name != "sqlite" {
			exec(t, ctx, map[string]string{"postgresql": "ANALYZE zoo_animal", "mysql": "CHECKSUM TABLE zoo_animal"}[d.Name])
		}
		want := map[string]string{"sqlite": "migrations.W112", "postgresql": "migrations.W107", "mysql": "migrations.W107"}[d.Name]
		if got := check(); !strings.Contains(got, want+" zoo.0002_change: Create constraint named on model animal: ") || !strings.Contains(got, "; zoo_animal has some ") {
			t.Errorf("on a big table the check says %s", got)
		}
		out, err := call(t, ctx, apps, "", "migrate", "--plan")
		if err != nil || !strings.Contains(out, "    ! Create constraint named on model animal: ") || !strings.Contains(out, "["+want+"]") {
			t.Errorf("--plan: %v\n%s", err, out)
		}
	})
}
