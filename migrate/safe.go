package migrate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// The steps into which Safe divides changes, by when they may run.
const (
	expand   = 1 // before the new code: what the running code does not mind
	settle   = 2 // with the new code everywhere: rows are filled and checked while the site runs
	contract = 3 // when nothing uses the old any more
)

// Safe divides migrations that makemigrations planned into steps that can run while a site serves, and returns them with
// what a person must know of each. Before is the state before them, taken the numbers that each application has used.
//
//   - A column that may not be null is added nullable, filled in batches, and then forbidden to be null.
//   - Indexes, unique constraints, checks and foreign keys come by Online operations, after the code that respects them.
//   - A column under another name is a new one, filled from the old one, which is dropped last.
//   - What is dropped goes last; until then a column that nobody fills any more may be null or has a default.
//
// What cannot be done in steps - another type, another name of a table - stays as it is in a last step of its own, with a
// note that says so.
func safe(g *graph, before *State, ms []Migration) ([]Migration, map[Key]string, error) {
	s := &safety{g: g, state: before.Clone(), made: map[string]bool{}}
	for i := range ms {
		for _, op := range ms[i].Operations {
			if err := s.operation(i, ms[i].App, op); err != nil {
				return nil, nil, err
			}
		}
	}
	return s.migrations(ms)
}

// piece is an operation in its step.
type piece struct {
	app   string
	chunk int // the planned migration that it comes from
	step  int
	op    Operation
}

// safety is a Safe at work.
type safety struct {
	g *graph
	// state is the state that the planned operations make so far.
	state  *State
	made   map[string]bool
	pieces []piece
	notes  []note
}

// note is what a person must know of the steps from one on.
type note struct {
	app  string
	step int
	text string
}

// operation divides an operation.
func (s *safety) operation(chunk int, app string, op Operation) error {
	add := func(step int, ops ...Operation) {
		for _, op := range ops {
			s.pieces = append(s.pieces, piece{app, chunk, s.atLeast(app, step, op), op})
		}
	}
	model, _ := targetOf(op)
	m := s.state.Model(app, model)
	if c, ok := op.(CreateModel); ok {
		s.made[stateKey(app, c.Name)] = true
	}
	switch {
	case s.made[stateKey(app, model)] || m == nil || !m.HasTable():
		add(expand, op)
	default:
		if err := s.divide(app, m, op, add); err != nil {
			return err
		}
	}
	return op.State(s.state, app)
}

// atLeast is the step of an operation that must not overtake those that it has to do with.
func (s *safety) atLeast(app string, step int, op Operation) int {
	for _, p := range s.pieces {
		if p.step > step && !independent(p.app, p.op, app, op) {
			step = p.step
		}
	}
	return step
}

func (s *safety) note(app string, step int, format string, args ...any) {
	s.notes = append(s.notes, note{app, step, fmt.Sprintf(format, args...)})
}

// divide makes the steps of an operation on a table that is there.
func (s *safety) divide(app string, m *schema.Model, op Operation, add func(step int, ops ...Operation)) error {
	switch op := op.(type) {
	case AddField:
		return s.addField(m, op, add)
	case AlterField:
		return s.alterField(app, m, op, add)
	case RenameField:
		s.renameField(app, m, op, add)
	case RemoveField:
		if relaxed := relax(m.Field(op.Name)); relaxed != nil {
			add(expand, AlterField{Model: m.Name, Field: *relaxed})
		}
		add(contract, op)
	case AlterOrderWithRespectTo:
		s.alterOrder(m, op, add)
	case DeleteModel:
		add(contract, op)
	case AddIndex:
		add(settle, AddIndexConcurrently(op))
	case RemoveIndex:
		add(settle, RemoveIndexConcurrently(op))
	case AddConstraint:
		add(settle, Online{op})
	case AlterUniqueTogether:
		fewer := !slices.ContainsFunc(op.Sets, func(set []string) bool {
			return !slices.ContainsFunc(m.UniqueTogether, func(o []string) bool { return slices.Equal(o, set) })
		})
		if fewer {
			add(expand, op)
		} else {
			add(settle, Online{op})
		}
	case RenameModel, AlterModelTable:
		s.note(app, contract, "%s: code that knows the old name of the table fails from then on, and no steps avoid that. Keep the table's name (Meta: Table: %q) and write the migrations again, or stop the site meanwhile.", op.Describe(), m.Table)
		add(contract, op)
	default:
		add(expand, op)
	}
	return nil
}

// addField adds a column that rows and code may leave empty, and makes it what it is to be when all code fills it.
func (s *safety) addField(m *schema.Model, op AddField, add func(step int, ops ...Operation)) error {
	f := op.Field
	if f.HasConstraint() && !f.HasColumn() { // the columns are filled by then
		add(settle, Online{op})
		return nil
	}
	if !f.HasColumn() || f.Expression != nil || f.PrimaryKey {
		add(expand, op)
		return nil
	}
	bare := plainColumn(f)
	if f.Null || f.DBDefault != nil {
		bare.Null = f.Null
		add(expand, AddField{Model: op.Model, Field: bare})
		if !sameField(&bare, &f) {
			add(settle, Online{AlterField{Model: op.Model, Field: f}})
		}
		return nil
	}
	value := effectiveDefault(&f, op.OneOff)
	if f.Unique && value != nil {
		return fmt.Errorf("migrate: %s.%s is unique and may not be null: --safe cannot give each row a value of its own (make it nullable, fill it by RunGo, and then forbid nulls)", m.Label(), f.Name)
	}
	add(expand, AddField{Model: op.Model, Field: bare})
	if value != nil {
		add(settle, Backfill{Model: op.Model, Field: f.Name, Value: value})
	}
	add(settle, Online{AlterField{Model: op.Model, Field: f, OneOff: op.OneOff}})
	return nil
}

// alterOrder adds the places in the steps of a column, and drops them last.
func (s *safety) alterOrder(m *schema.Model, op AlterOrderWithRespectTo, add func(step int, ops ...Operation)) {
	place := m.Field(orderColumn)
	switch {
	case op.To != "" && place == nil:
		empty := *placeField()
		empty.Null = true
		add(expand, AddField{Model: op.Model, Field: empty})
		add(settle, Backfill{Model: op.Model, Field: orderColumn, Value: int64(0)}, Online{AlterField{Model: op.Model, Field: *placeField()}}, op)
	case op.To != "":
		add(expand, op)
	default:
		if relaxed := relax(place); relaxed != nil {
			add(expand, AlterField{Model: op.Model, Field: *relaxed})
		}
		add(contract, op)
	}
}

// plainColumn is a field whose column is added in a moment: it may be null and has no index.
func plainColumn(f schema.Field) schema.Field {
	f.Null, f.Unique, f.Index = true, false, false
	if f.Kind == schema.OneToOne {
		f.Kind = schema.ForeignKey
	}
	if f.WantsIndex() {
		f.NoIndex = true
	}
	return f
}

func (s *safety) alterField(app string, m *schema.Model, op AlterField, add func(step int, ops ...Operation)) error {
	old, f := m.Field(op.Field.Name), op.Field
	l := &linter{m: &Migration{App: app}, state: s.state, o: LintOptions{Dialect: postgresDialect()}}
	next := s.state.Clone()
	if err := op.State(next, app); err != nil {
		return err
	}
	switch {
	case old.HasColumn() && f.HasColumn() && !l.longer(op, next):
		s.note(app, contract, "%s: every row is written anew for another type, and no steps avoid that where the column keeps its name. Add a field with another name and the new type in its place, or run it when nobody minds.", op.Describe())
		add(contract, op)
	case old.Null && !f.Null && f.HasColumn():
		if value := effectiveDefault(&f, op.OneOff); value != nil {
			add(settle, Backfill{Model: op.Model, Field: f.Name, Value: value})
		}
		add(settle, Online{op})
	case !old.Unique && f.Unique, !old.WantsIndex() && f.WantsIndex(), old.Rel == nil && f.Rel != nil, old.Rel != nil && f.Rel != nil && old.Rel.NoConstraint && !f.Rel.NoConstraint:
		add(settle, Online{op})
	case old.HasColumn() && f.HasColumn() && old.ColumnName() != f.ColumnName():
		s.note(app, contract, "%s: code that knows the old column fails from then on. Keep its name, or stop the site meanwhile.", op.Describe())
		add(contract, op)
	default:
		add(expand, op)
	}
	return nil
}

// renameField makes a second column, which is filled from the first.
func (s *safety) renameField(app string, m *schema.Model, op RenameField, add func(step int, ops ...Operation)) {
	old := *m.Field(op.Old)
	keep := fmt.Sprintf("To rename only in Go, without any step, keep the column: .Column(%q).", old.ColumnName())
	switch {
	case old.Column != "" || !old.HasColumn() && old.Kind != schema.ManyToMany:
		add(expand, op)
		return
	case !old.HasColumn() || old.PrimaryKey || old.Expression != nil || named(s.state, m, op.Old):
		s.note(app, contract, "%s: code that knows the old name fails from then on, and indexes, constraints or other tables name it, so that no steps avoid that. %s Or stop the site meanwhile.", op.Describe(), keep)
		add(contract, op)
		return
	}
	now := old
	now.Name = op.New
	s.note(app, expand, "%s: the column is added under its new name. Deploy code that fills both %q and %q after step 1, with both among the model's fields; step 2 fills the rows that are left from the old one; step 3 drops that, when nothing uses it. %s", op.Describe(), op.Old, op.New, keep)
	add(expand, AddField{Model: m.Name, Field: plainColumn(now)})
	if relaxed := relax(&old); relaxed != nil {
		add(expand, AlterField{Model: m.Name, Field: *relaxed})
	}
	add(settle, Backfill{Model: m.Name, Field: op.New, Value: expr.Name{Name: op.Old}})
	if bare := plainColumn(now); !sameField(&bare, &now) {
		add(settle, Online{AlterField{Model: m.Name, Field: now}})
	}
	add(contract, RemoveField{Model: m.Name, Name: op.Old})
}

// relax is a field that code which no longer knows it may leave out: with a default of the database, or nullable. It is nil
// where that is so already.
func relax(f *schema.Field) *schema.Field {
	if f == nil || !f.HasColumn() || f.Null || f.DBDefault != nil || f.Expression != nil || f.PrimaryKey {
		return nil
	}
	out := *f
	if value := effectiveDefault(f, zeroValue(f)); value != nil && !f.Unique && f.Kind != schema.JSON && f.Kind != schema.Binary {
		out.DBDefault = value
	} else {
		out.Null = true
	}
	return &out
}

// named says that something besides the field itself names it: an index, a constraint, a computed field, a relation.
func named(s *State, m *schema.Model, field string) bool {
	c := *m
	c.Ordering, c.GetLatestBy = nil, "" // these are not in the database
	if mentions(c.Options, field) || slices.ContainsFunc(m.Fields, func(f schema.Field) bool { return f.Expression != nil && mentions(f.Expression, field) }) {
		return true
	}
	for _, o := range s.Models() {
		for _, f := range o.Fields {
			if f.Rel != nil && (strings.EqualFold(f.Rel.To, m.Label()) && (f.Rel.ToField == field || slices.Contains(f.Rel.ToFields, field)) || strings.EqualFold(f.Rel.Through, m.Label()) && slices.Contains(f.Rel.ThroughFields[:], field)) {
				return true
			}
		}
	}
	return false
}

// mentions says that the written form of a value names a field.
func mentions(v any, field string) bool {
	text := source(v)
	return strings.Contains(text, `"`+field+`"`) || strings.Contains(text, `"-`+field+`"`) || strings.Contains(text, `"`+field+`__`)
}

// independent says that an operation may run before one that was planned before it.
func independent(appA string, a Operation, appB string, b Operation) bool {
	a, b = inner(a), inner(b)
	if appA == appB && passes(a, b, appA) {
		return true
	}
	la, allA := labels(a, appA)
	lb, allB := labels(b, appB)
	if allA || allB {
		return false
	}
	if !slices.ContainsFunc(la, func(l string) bool { return slices.Contains(lb, l) }) {
		_, goneA := a.(DeleteModel)
		_, goneB := b.(DeleteModel)
		return !goneA && !goneB
	}
	for _, op := range []Operation{a, b} {
		switch op.(type) {
		case CreateModel, DeleteModel, RenameModel, AlterModelTable:
			return false
		}
	}
	ma, fa := targetOf(a)
	mb, fb := targetOf(b)
	if appA != appB || !strings.EqualFold(ma, mb) {
		return true // they only point to the same table
	}
	if fa == "" && fb == "" {
		return category(a) == "~" || category(b) == "~" || !mentions(b, nameOf(a)) && !mentions(a, nameOf(b))
	}
	return (fa == "" || !mentions(b, fa)) && (fb == "" || !mentions(a, fb))
}

// nameOf is the name of the index or constraint that an operation is about.
func nameOf(op Operation) string {
	switch op := op.(type) {
	case AddIndex:
		return op.Index.Name
	case AddIndexConcurrently:
		return op.Index.Name
	case RemoveIndex:
		return op.Name
	case RemoveIndexConcurrently:
		return op.Name
	case RenameIndex:
		return op.Old
	case AddConstraint:
		return op.Constraint.Name
	case RemoveConstraint:
		return op.Name
	}
	return "\x00"
}

// safeLockTimeout ends a statement of a safe migration that waits for a table, so that nobody queues behind it for longer.
const safeLockTimeout = 5 * time.Second
