package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
)

// Warning is something that Lint found: what an operation does to those who use the table meanwhile, and the way around.
type Warning struct {
	// ID names the rule: "migrations.W105". The migrations guide lists them.
	ID string
	// Operation describes the operation, Table names the table; it is empty where that is not one.
	Operation, Table string
	// Lock is what the operation holds while it works, in the database's words; empty if the lock is not the problem.
	Lock string
	// Problem says what happens, Fix what to do instead.
	Problem, Fix string
	// Rows is about how many rows the table has, 0 if that is not known.
	Rows int64
}

// String is the warning on a line: operation, problem, fix and ID.
func (w Warning) String() string { return w.text() + " (" + w.Fix + ") [" + w.ID + "]" }

// text is the warning without fix and ID.
func (w Warning) text() string {
	s := w.Operation + ": " + w.Problem
	if w.Lock != "" {
		s += " under a lock (" + w.Lock + ")"
	}
	if w.Rows > 0 {
		s += fmt.Sprintf("; %s has some %d rows", w.Table, w.Rows)
	}
	return s
}

// LintOptions say where a migration is to run. The zero value is a PostgreSQL database whose tables may all be big.
type LintOptions struct {
	// Dialect is that of the database. Default: PostgreSQL's.
	Dialect *dialect.Dialect
	// Rows estimates how many rows a table has; ok is false where that is not known. Default: not known.
	Rows func(table string) (n int64, ok bool)
	// Big is the number of rows from which on a table that is locked or written anew is worth a warning. Default: 10000.
	Big int64
}

// Lint warns of operations of a migration that lock or rewrite a table that may be big, by the statements that the
// database would run, and of those that code of the version before cannot live with; and says the safe way. Operations on
// tables that the same migration makes are safe. Before is the state before the migration; without it only what the
// operations themselves tell is looked at.
func Lint(m *Migration, before *State, o LintOptions) []Warning {
	if o.Dialect == nil {
		o.Dialect = dialect.PostgreSQL()
	}
	if o.Big == 0 {
		o.Big = 10000
	}
	l := &linter{m: m, o: o, made: map[string]bool{}, filled: map[string]bool{}}
	if before != nil {
		l.state = before.Clone()
	}
	for _, op := range m.Operations {
		l.operation(op)
	}
	return l.out
}

// linter is a Lint at work.
type linter struct {
	m *Migration
	o LintOptions
	// state is what the operations so far make, nil when it is not known.
	state *State
	// made are tables and models that the migration makes itself.
	made map[string]bool
	// filled are the fields, as "model field", whose nulls a Backfill has filled: an update of them finds few.
	filled map[string]bool
	// remade are tables of SQLite that the operation makes anew, with their indexes.
	remade map[string]bool
	// holds is the first operation that locks a table in the migration's transaction.
	holds Operation
	out   []Warning
}

func (l *linter) operation(op Operation) {
	if parts, ok := op.(SeparateDatabaseAndState); ok {
		var next *State
		if l.state != nil {
			if next = l.state.Clone(); op.State(next, l.m.App) != nil {
				next = nil
			}
		}
		for _, part := range parts.Database {
			l.operation(part)
		}
		l.state = next
		return
	}
	var next *State
	if l.state != nil {
		next = l.state.Clone()
		if op.State(next, l.m.App) != nil {
			l.state, next = nil, nil
		}
	}
	l.ownRules(op)
	if c, ok := op.(CreateModel); ok {
		l.made[low(c.Name)] = true
	}
	if model, _ := targetOf(op); !l.made[low(model)] {
		l.compatibility(op)
	}
	if next != nil {
		l.remade = map[string]bool{}
		for _, sql := range l.statements(op, next) {
			l.statement(op, next, sql)
		}
	}
	l.state = next
}

// statements are what the database would run for an operation.
func (l *linter) statements(op Operation, next *State) []string {
	e := newEditor(l.o.Dialect, "", true)
	ctx := context.Background() // nothing is run
	if op.Forward(ctx, e, l.m.App, l.state, next) != nil || e.finish(ctx) != nil {
		return nil
	}
	for i := range e.out {
		e.out[i] = strings.TrimSuffix(e.out[i], ";")
	}
	return slices.DeleteFunc(e.out, func(sql string) bool { return strings.HasPrefix(sql, "--") })
}

// add adds a warning once for an operation.
func (l *linter) add(op Operation, w Warning) {
	w.Operation = op.Describe()
	same := func(o Warning) bool { return o.ID == w.ID && o.Operation == w.Operation && o.Table == w.Table }
	if !slices.ContainsFunc(l.out, same) {
		l.out = append(l.out, w)
	}
}

// ownRules are those about the migration and not its tables.
func (l *linter) ownRules(op Operation) {
	if needsNonAtomic(op) && !l.m.NonAtomic {
		l.add(op, Warning{ID: "migrations.E101", Problem: "cannot run in a transaction", Fix: "set NonAtomic: true on the migration"})
	}
	switch op.(type) {
	case RunGo, RunSQL, Backfill:
		if l.holds != nil && !l.m.NonAtomic && l.o.Dialect.TransactionalDDL {
			l.add(op, Warning{ID: "migrations.W113", Problem: fmt.Sprintf("what %q locks stays locked while data is changed", l.holds.Describe()), Fix: "change the data in a migration of its own"})
		}
	}
	fill, ok := op.(Backfill)
	if ok {
		l.filled[low(fill.Model+" "+fill.Field)] = true
	}
	if ok && !l.m.NonAtomic {
		l.add(op, Warning{ID: "migrations.W114", Problem: "all batches run in one transaction, which holds every row that it has changed", Fix: "set NonAtomic: true on the migration"})
	}
}

// compatibility are the rules about code of the version before, which runs while the migration does and after.
func (l *linter) compatibility(op Operation) {
	warn := func(id, problem, fix string) {
		l.add(op, Warning{ID: "migrations." + id, Problem: problem, Fix: fix})
	}
	steps := "add the new one, copy, and remove the old one in steps, as makemigrations --safe does, or keep the name in the database"
	switch op := inner(op).(type) {
	case AddField:
		if f := &op.Field; f.HasColumn() && !f.Null && f.DBDefault == nil && f.Expression == nil {
			if f.Unique && effectiveDefault(f, op.OneOff) != nil {
				warn("W117", "rows all get the same value, which makes it fail where there are two", "add it nullable, fill it by RunGo, and forbid nulls in a later migration")
			}
			warn("W102", "code that does not know the column yet can no longer insert rows", "make it nullable or give it a DBDefault, and forbid nulls in a later migration")
		}
	case AlterField:
		old := l.field(op.Model, op.Field.Name)
		if old != nil && old.HasColumn() && op.Field.HasColumn() {
			if what := narrower(old, &op.Field); what != "" {
				warn("W116", what+" make it fail, or stay as they are on SQLite", "look for them, and change them in an earlier migration")
			}
			if !old.Unique && op.Field.Unique {
				warn("W117", "rows that are equal make it fail", "look for them, and change them in an earlier migration")
			}
		}
		if old != nil && old.HasColumn() && op.Field.HasColumn() && old.ColumnName() != op.Field.ColumnName() {
			warn("W109", "code that knows the old column fails from then on", steps)
		}
	case AddConstraint:
		if op.Constraint.Check == nil {
			warn("W117", "rows that are equal make it fail", "look for them, and change them in an earlier migration")
		} else {
			warn("W118", "rows that break it make it fail", "look for them, and change them in an earlier migration")
		}
	case AlterUniqueTogether:
		if m := l.model(op.Model); m != nil && slices.ContainsFunc(op.Sets, func(set []string) bool {
			return !slices.ContainsFunc(m.UniqueTogether, func(o []string) bool { return slices.Equal(o, set) })
		}) {
			warn("W117", "rows that are equal make it fail", "look for them, and change them in an earlier migration")
		}
	case RemoveField:
		if old := l.field(op.Model, op.Name); old == nil || old.HasColumn() || old.Rel != nil && old.Rel.Through == "" {
			warn("W110", "code that still reads the column fails from then on", "deploy code without it first")
		}
	case AlterOrderWithRespectTo:
		switch there := l.field(op.Model, orderColumn) != nil; {
		case op.To == "":
			warn("W110", "code that still reads the column fails from then on", "deploy code without it first")
		case !there:
			warn("W102", "code that does not know the column yet can no longer insert rows", "add _order as a nullable field first and fill it, as makemigrations --safe does")
		}
	case RenameField:
		if old := l.field(op.Model, op.Old); old == nil || old.Column == "" {
			warn("W109", "code that knows the old name fails from then on", steps)
		}
	case RenameModel:
		if m := l.model(op.Old); m == nil || m.Table == l.state.defaultTable(l.m.App, op.Old) {
			warn("W109", "code that knows the old name fails from then on", "keep the table: Meta{Table: ...}; or stop the site meanwhile")
		}
	case AlterModelTable:
		warn("W109", "code that knows the old name fails from then on", "keep the table's name; or stop the site meanwhile")
	case DeleteModel:
		if m := l.model(op.Name); m == nil || m.HasTable() {
			warn("W110", "code that still reads the table fails from then on", "deploy code without it first")
		}
	}
}
