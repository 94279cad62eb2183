package migrate_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// TestRandomWalk changes models at random, writes the migrations, runs them over rows, and looks after each step whether
// the tables are those of the state and the rows are still there; now and then it goes some migrations back and forward
// again. The seed is fixed.
func TestRandomWalk(t *testing.T) {
	t.Parallel()
	steps := 200
	if testing.Short() {
		steps = 40
	}
	databases(t, func(t *testing.T, ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, 8*time.Minute) // a step that hangs says which it is
		defer cancel()
		w := &walk{t: t, ctx: ctx, r: rand.New(rand.NewPCG(2026, 11)), models: map[string]*schema.Model{}, app: migrate.App{Label: "w"}}
		for step := range steps {
			w.step(step)
			if t.Failed() {
				t.Fatalf("step %d", step)
			}
		}
		t.Logf("%d steps, %d migrations, %d models at the end", steps, len(w.app.Migrations), len(w.models))
	})
}

type walk struct {
	t      *testing.T
	ctx    context.Context
	r      *rand.Rand
	models map[string]*schema.Model
	order  []string
	app    migrate.App
	first  bool
	n      int // numbers for new names and values
	// old leaves out what Django 3.2 has no words for; fresh are the models that the step made.
	old   bool
	fresh map[string]bool
	// renames are the answers to the questions of a step.
	renames map[string]string
}

func (w *walk) name(prefix string) string {
	w.n++
	return fmt.Sprintf("%s%d", prefix, w.n)
}

func (w *walk) pick() *schema.Model { return w.models[w.order[w.r.IntN(len(w.order))]] }

// step makes some changes and migrates.
func (w *walk) step(number int) {
	w.renames = map[string]string{}
	var log []string
	for range 1 + w.r.IntN(3) {
		w.first = len(log) == 0
		log = append(log, w.change())
		if strings.HasPrefix(log[len(log)-1], "rename model") {
			break // a renamed model is only known again by its fields
		}
	}
	want := migrate.NewState()
	for _, name := range w.order {
		m := *w.models[name]
		m.Fields = slices.Clone(m.Fields)
		want.Add(m)
	}
	ms, err := migrate.PlanState([]migrate.App{w.app}, want, &migrate.Answers{Renames: w.renames, AllowDrop: true})
	if err != nil {
		w.t.Fatalf("step %d, %q: %v", number, log, err)
	}
	for i := range ms {
		if _, err := migrate.File("migrations", &ms[i]); err != nil {
			w.t.Fatalf("step %d, %q: %v", number, log, err)
		}
	}
	w.app.Migrations = append(w.app.Migrations, ms...)
	before := w.counts()
	apps := []migrate.App{w.app}
	if err := migrate.Run(w.ctx, apps, migrate.Options{}); err != nil {
		w.t.Fatalf("step %d, %q: %v", number, log, err)
	}
	noDrift(w.t, w.ctx, apps)
	if again, err := migrate.PlanState(apps, want, &migrate.Answers{AllowDrop: true}); err != nil || len(again) > 0 {
		w.t.Errorf("step %d, %q: changes after the migration: %+v, %v", number, log, again, err)
	}
	w.kept(before, log)
	w.fill()
	if number%10 == 9 && len(w.app.Migrations) > 4 {
		w.backAndForth()
	}
}

// backAndForth goes up to four migrations back and forward again.
func (w *walk) backAndForth() {
	apps := []migrate.App{w.app}
	target := w.app.Migrations[len(w.app.Migrations)-1-(1+w.r.IntN(4))].Name
	if err := migrate.Run(w.ctx, apps, migrate.Options{App: "w", Target: target}); err != nil {
		w.t.Fatalf("back to %s: %v", target, err)
	}
	noDrift(w.t, w.ctx, apps)
	if err := migrate.Run(w.ctx, apps, migrate.Options{}); err != nil {
		w.t.Fatalf("forward from %s: %v", target, err)
	}
	noDrift(w.t, w.ctx, apps)
}

// counts are the numbers of rows by model.
func (w *walk) counts() map[string]string {
	out := map[string]string{}
	have := w.tables()
	for name, m := range w.models {
		if table := w.table(m); slices.Contains(have, table) {
			out[name] = rows(w.t, w.ctx, "SELECT count(*) FROM "+table)[0]
		}
	}
	return out
}

func (w *walk) kept(before map[string]string, log []string) {
	after := w.counts()
	for name, n := range before {
		if w.models[name] != nil && after[name] != n {
			w.t.Errorf("%q: model %s had %s rows and has %s", log, name, n, after[name])
		}
	}
}

func (w *walk) tables() []string {
	d, err := orm.DialectOf(w.ctx, "")
	if err != nil {
		w.t.Fatal(err)
	}
	if d.Name == "sqlite" {
		return rows(w.t, w.ctx, "SELECT name FROM sqlite_master WHERE type = 'table'")
	}
	if d.Name == "mysql" {
		return rows(w.t, w.ctx, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()")
	}
	return rows(w.t, w.ctx, "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
}

func (w *walk) table(m *schema.Model) string {
	if m.Table != "" {
		return m.Table
	}
	return schema.DefaultTable("w", m.Name)
}

// fill adds a row to each table, as far as its foreign keys allow.
func (w *walk) fill() {
	for _, name := range w.order {
		m := w.models[name]
		w.n++
		cols, vals := []string{"u"}, []string{fmt.Sprintf("'u%d'", w.n)}
		for i := range m.Fields {
			f := &m.Fields[i]
			switch {
			case f.Name == "u" || f.Kind.IsAuto() || f.Kind == schema.ManyToMany || f.Null && w.r.IntN(2) == 0:
				continue
			case f.Kind == schema.ForeignKey:
				cols, vals = append(cols, f.ColumnName()), append(vals, "(SELECT min(id) FROM "+w.table(w.models[strings.TrimPrefix(f.Rel.To, "w.")])+")")
			case f.Kind.IsText():
				cols, vals = append(cols, f.ColumnName()), append(vals, fmt.Sprintf("'v%d'", w.n%100))
			case f.Kind == schema.Boolean:
				cols, vals = append(cols, f.ColumnName()), append(vals, "1 = 1")
			case f.Kind == schema.DateTime:
				cols, vals = append(cols, f.ColumnName()), append(vals, "'2026-03-14 15:09:26'")
			default:
				cols, vals = append(cols, f.ColumnName()), append(vals, fmt.Sprint(w.n%100))
			}
		}
		exec(w.t, w.ctx, "INSERT INTO "+w.table(m)+" ("+strings.Join(cols, ", ")+") VALUES ("+strings.Join(vals, ", ")+")")
	}
}

// field makes a new field; one that may not be null has a default.
func (w *walk) field() schema.Field {
	f := schema.Field{Name: w.name("f"), Null: w.r.IntN(2) == 0}
	kinds := 6
	if w.old {
		kinds = 5
	}
	switch w.r.IntN(kinds) {
	case 0:
		f.Kind, f.MaxLength = schema.Char, 20+w.r.IntN(50)
		f.Default = "d"
	case 1:
		f.Kind, f.Default = schema.Integer, 7
	case 2:
		f.Kind, f.Default = schema.PositiveInteger, 3
	case 3:
		f.Kind, f.Default = schema.Boolean, true
	case 4:
		f.Kind, f.Null = schema.DateTime, true
	case 5:
		f.Kind, f.Null, f.DBDefault = schema.Integer, false, expr.Literal{Value: dialect.IntValue(int64(w.r.IntN(9)))}
	}
	f.Index = w.r.IntN(4) == 0
	return f
}

// change changes a model, or the set of them, and says how.
func (w *walk) change() string {
	if len(w.order) < 2 || len(w.order) < 12 && w.r.IntN(8) == 0 && (!w.old || w.first) {
		m := &schema.Model{App: "w", Name: w.name("M"), Fields: []schema.Field{idField, {Name: "u", Kind: schema.Char, MaxLength: 20, Unique: true, Null: true}}}
		for range w.r.IntN(4) {
			m.Fields = append(m.Fields, w.field())
		}
		w.models[m.Name] = m
		w.order = append(w.order, m.Name)
		to := w.pick()
		if len(w.order) > 1 && w.r.IntN(2) == 0 && (!w.old || to != m) {
			f := fk(w.name("k"), "w."+to.Name)
			f.Null = true
			m.Fields = append(m.Fields, f)
		}
		if w.fresh != nil {
			w.fresh[m.Name] = true
		}
		return "create " + m.Name
	}
	m := w.pick()
	if w.fresh[m.Name] {
		return "-"
	}
	i := w.r.IntN(len(m.Fields))
	f := &m.Fields[i]
	plain := f.Name != "id" && f.Name != "u" && f.Rel == nil
	used := func() bool {
		return strings.Contains(fmt.Sprintf("%v %v %v", m.Indexes, m.Constraints, m.UniqueTogether), f.Name)
	}
	switch w.r.IntN(16) {
	case 0: // only models that nothing points to
		if w.pointed(m.Name) || len(w.order) < 4 || w.old && !w.first {
			return "-"
		}
		delete(w.models, m.Name)
		w.order = slices.DeleteFunc(w.order, func(n string) bool { return n == m.Name })
		return "delete " + m.Name
	case 1:
		return w.renameModel(m)
	case 2, 3:
		m.Fields = append(m.Fields, w.field())
		return "add a field to " + m.Name
	case 4:
		if !plain && f.Rel == nil || used() {
			return "-"
		}
		name := f.Name
		m.Fields = slices.Delete(slices.Clone(m.Fields), i, i+1)
		return "remove " + m.Name + "." + name
	case 5:
		if !plain || used() || w.renames["w."+m.Name+"."+f.Name] != "" {
			return "-"
		}
		old := f.Name
		f.Name = w.name("r")
		return "rename " + m.Name + "." + old + " " + w.answer(m, old, f.Name)
	case 6:
		if plain && f.Kind.IsText() {
			f.Kind, f.MaxLength = schema.Char, f.MaxLength+10
		}
		return "lengthen " + m.Name + "." + f.Name
	case 7:
		if plain && f.Kind == schema.Integer && f.DBDefault == nil {
			f.Kind = schema.BigInteger
		}
		return "widen " + m.Name + "." + f.Name
	case 8:
		if plain && f.Default != nil {
			f.Null = !f.Null
		}
		return "null " + m.Name + "." + f.Name
	case 9:
		if plain {
			f.Index = !f.Index
		}
		return "index " + m.Name + "." + f.Name
	case 10:
		f := fk(w.name("k"), "w."+w.pick().Name)
		f.Null = true
		m.Fields = append(m.Fields, f)
		return "add a foreign key to " + m.Name
	case 11:
		m.Fields = append(m.Fields, many(w.name("m"), "w."+w.pick().Name, ""))
		return "add many to many to " + m.Name
	case 12:
		if len(m.Indexes) > 0 && w.r.IntN(2) == 0 {
			m.Indexes = m.Indexes[1:]
			return "remove an index of " + m.Name
		}
		if f.HasColumn() && f.Name != "u" {
			m.Indexes = append(slices.Clone(m.Indexes), schema.Index{Name: w.name("idx"), Fields: []string{"-" + f.Name, "u"}})
		}
		return "add an index to " + m.Name
	case 13:
		if len(m.Constraints) > 0 && w.r.IntN(2) == 0 {
			m.Constraints = m.Constraints[1:]
			return "remove a constraint of " + m.Name
		}
		c := schema.Constraint{Name: w.name("con"), Fields: []string{"u", "id"}}
		if plain && f.Kind.IsInteger() {
			c = schema.Constraint{Name: c.Name, Check: expr.Where(f.Name+"__gte", 0)}
		}
		m.Constraints = append(slices.Clone(m.Constraints), c)
		return "add a constraint to " + m.Name
	case 14:
		if w.old && !w.first {
			return "-"
		}
		if len(m.UniqueTogether) > 0 {
			m.UniqueTogether = nil
		} else {
			m.UniqueTogether = [][]string{{"u", "id"}}
		}
		return "unique together of " + m.Name
	default:
		m.Table = w.name("t")
		return "another table for " + m.Name
	}
}

func (w *walk) pointed(name string) bool {
	for _, m := range w.models {
		if slices.ContainsFunc(m.Fields, func(f schema.Field) bool { return f.Rel != nil && f.Rel.To == "w."+name && m.Name != name }) {
			return true
		}
	}
	return false
}

// answer records that a field was renamed.
func (w *walk) answer(m *schema.Model, old, now string) string {
	w.renames["w."+m.Name+"."+old] = now
	return now
}

func (w *walk) renameModel(m *schema.Model) string {
	if !w.first {
		return "-"
	}
	old := m.Name
	m.Name = w.name("N")
	delete(w.models, old)
	w.models[m.Name] = m
	w.order[slices.Index(w.order, old)] = m.Name
	for _, o := range w.models {
		for i := range o.Fields {
			if r := o.Fields[i].Rel; r != nil && r.To == "w."+old {
				c := *r
				c.To = "w." + m.Name
				o.Fields[i].Rel = &c
			}
		}
	}
	w.renames["w."+old] = m.Name
	return "rename model " + old + " to " + m.Name
}
