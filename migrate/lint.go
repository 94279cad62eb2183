package migrate

import (
	"fmt"
)

// Lint warns of operations of a migration that lock or rewrite a table that may be big, or that code of the version before
// cannot live with, and says the safe way. Operations on tables that the same migration makes are safe. Before is the
// state before the migration; without it, altered fields are passed over.
func Lint(m *Migration, before *State) []string {
	var out []string
	made := map[string]bool{}
	var state *State
	if before != nil {
		state = before.Clone()
	}
	warn := func(op Operation, format string, args ...any) {
		out = append(out, op.Describe()+": "+fmt.Sprintf(format, args...))
	}
	for _, op := range m.Operations {
		if c, ok := op.(CreateModel); ok {
			made[low(c.Name)] = true
		}
		model, _ := targetOf(op)
		if !made[low(model)] {
			lintOperation(op, m, state, warn)
		}
		if state != nil && op.State(state, m.App) != nil {
			state = nil
		}
	}
	return out
}

func stateBeforeMigration(m *Migration, g *graph) *State {
	if g == nil {
		return nil
	}
	s := NewState()
	order, err := g.plan(g.keys)
	if err != nil {
		return nil
	}
	for _, k := range order {
		if k == m.Key() {
			break
		}
		if applyState(s, g.nodes[k]) != nil {
			return nil
		}
	}
	return s
}

func lintOperation(op Operation, m *Migration, s *State, warn func(op Operation, format string, args ...any)) {
	switch op := op.(type) {
	case AddField:
		f := &op.Field
		switch {
		case f.Expression != nil && f.Stored:
			warn(op, "writes every row while the table is locked")
		case f.HasColumn() && !f.Null && f.DBDefault == nil && f.Expression == nil:
			warn(op, "code that does not know the column yet can no longer insert rows (make it nullable or give it a DBDefault, and forbid nulls in a later migration)")
		case f.Unique && f.HasColumn():
			warn(op, "builds a unique index while the table is locked")
		}
	case AlterField:
		lintAlter(op, m, s, warn)
	case RemoveField:
		warn(op, "code that still reads the column fails from then on (deploy code without it first)")
	case RenameField, RenameModel, AlterModelTable:
		warn(op, "code that knows the old name fails from then on (add the new one, copy, and remove the old one in steps; or stop the site meanwhile)")
	case DeleteModel:
		warn(op, "code that still reads the table fails from then on (deploy code without it first)")
	case AddIndex:
		warn(op, "rows cannot be written while the index is built (on PostgreSQL: NonAtomic with RunSQL CREATE INDEX CONCURRENTLY, in SeparateDatabaseAndState)")
	case AddConstraint:
		if op.Constraint.Check != nil {
			warn(op, "reads every row while the table is locked (on PostgreSQL: RunSQL ADD CONSTRAINT ... NOT VALID, and VALIDATE CONSTRAINT in a later migration)")
		} else {
			warn(op, "builds a unique index while the table is locked")
		}
	case AlterUniqueTogether:
		if len(op.Sets) > 0 {
			warn(op, "builds a unique index while the table is locked")
		}
	}
}

func lintAlter(op AlterField, m *Migration, s *State, warn func(op Operation, format string, args ...any)) {
	if s == nil {
		return
	}
	model := s.Model(m.App, op.Model)
	if model == nil {
		return
	}
	old, now := model.Field(op.Field.Name), &op.Field
	if old == nil || !now.HasColumn() {
		return
	}
	longer := old.Kind.IsText() && now.Kind.IsText() && (now.MaxLength == 0 || old.MaxLength > 0 && now.MaxLength >= old.MaxLength)
	switch {
	case old.Kind != now.Kind && !longer:
		warn(op, "writes every row while the table is locked, when the type of the column changes (add a column, copy in batches, and switch)")
	case old.Null && !now.Null:
		warn(op, "reads every row while the table is locked (on PostgreSQL: a NOT VALID check first, validated in a later migration)")
	case !old.Unique && now.Unique, !old.WantsIndex() && now.WantsIndex():
		warn(op, "builds an index while the table is locked")
	case old.ColumnName() != now.ColumnName():
		warn(op, "code that knows the old column fails from then on")
	}
}
