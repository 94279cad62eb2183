package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// AddIndex makes an index.
type AddIndex struct {
	Model string
	Index schema.Index
}

// Describe says what the operation does.
func (o AddIndex) Describe() string {
	if len(o.Index.Expressions) > 0 {
		return fmt.Sprintf("Create index %s on model %s", o.Index.Name, low(o.Model))
	}
	return fmt.Sprintf("Create index %s on field(s) %s of model %s", o.Index.Name, strings.Join(o.Index.Fields, ", "), low(o.Model))
}

// State adds the index.
func (o AddIndex) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	if o.Index.Name == "" {
		return fmt.Errorf("migrate: an index on %s.%s has no name", app, o.Model)
	}
	m.Indexes = append(m.Indexes, o.Index)
	return nil
}

// Forward makes the index.
func (o AddIndex) Forward(ctx context.Context, e *Editor, app string, _, to *State) error {
	m, err := to.need(app, o.Model)
	if err != nil || m.Unmanaged {
		return err
	}
	if e.mysqlSkips(o.Index.Expressions, false, false) {
		return nil
	}
	sql, err := e.indexSQL(m, &o.Index)
	if err != nil {
		return err
	}
	return e.Execute(ctx, sql)
}

// Backward drops the index.
func (o AddIndex) Backward(ctx context.Context, e *Editor, app string, from, _ *State) error {
	m, err := from.need(app, o.Model)
	if err != nil || m.Unmanaged {
		return err
	}
	return e.dropIndex(ctx, m, o.Index.Name)
}

// Fragment is the operation's part of a migration's name.
func (o AddIndex) Fragment() string {
	return low(o.Model) + "_" + low(o.Index.Name)
}

// RemoveIndex drops an index.
type RemoveIndex struct{ Model, Name string }

// Describe says what the operation does.
func (o RemoveIndex) Describe() string {
	return fmt.Sprintf("Remove index %s from %s", o.Name, low(o.Model))
}

// State removes the index.
func (o RemoveIndex) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	n := len(m.Indexes)
	m.Indexes = slices.DeleteFunc(slices.Clone(m.Indexes), func(i schema.Index) bool { return i.Name == o.Name })
	if len(m.Indexes) == n {
		return fmt.Errorf("migrate: %s.%s has no index %q", app, o.Model, o.Name)
	}
	return nil
}

// Forward drops the index.
func (o RemoveIndex) Forward(ctx context.Context, e *Editor, app string, from, _ *State) error {
	m, err := from.need(app, o.Model)
	if err != nil || m.Unmanaged {
		return err
	}
	return e.dropIndex(ctx, m, o.Name)
}

// Backward makes the index again.
func (o RemoveIndex) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	m, err := to.need(app, o.Model)
	if err != nil {
		return err
	}
	for _, i := range m.Indexes {
		if i.Name == o.Name {
			return AddIndex{o.Model, i}.Forward(ctx, e, app, from, to)
		}
	}
	return &IrreversibleError{o.Describe()}
}

// Fragment is the operation's part of a migration's name.
func (o RemoveIndex) Fragment() string {
	return "remove_" + low(o.Model) + "_" + low(o.Name)
}

// AddConstraint adds a check or a unique constraint.
type AddConstraint struct {
	Model      string
	Constraint schema.Constraint
}

// Describe says what the operation does.
func (o AddConstraint) Describe() string {
	return fmt.Sprintf("Create constraint %s on model %s", o.Constraint.Name, low(o.Model))
}

// State adds the constraint.
func (o AddConstraint) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	m.Constraints = append(m.Constraints, o.Constraint)
	return nil
}

// Forward adds the constraint.
func (o AddConstraint) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Model)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.Model)
	if err != nil || after.Unmanaged {
		return err
	}
	return e.AddConstraint(ctx, from, to, before, after, &o.Constraint)
}

// Backward drops the constraint.
func (o AddConstraint) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return RemoveConstraint{o.Model, o.Constraint.Name}.Forward(ctx, e, app, from, to)
}

// Fragment is the operation's part of a migration's name.
func (o AddConstraint) Fragment() string {
	return low(o.Model) + "_" + low(o.Constraint.Name)
}

// RemoveConstraint drops a check or a unique constraint.
type RemoveConstraint struct{ Model, Name string }

// Describe says what the operation does.
func (o RemoveConstraint) Describe() string {
	return fmt.Sprintf("Remove constraint %s from model %s", o.Name, low(o.Model))
}

// State removes the constraint.
func (o RemoveConstraint) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	n := len(m.Constraints)
	m.Constraints = slices.DeleteFunc(slices.Clone(m.Constraints), func(c schema.Constraint) bool { return c.Name == o.Name })
	if len(m.Constraints) == n {
		return fmt.Errorf("migrate: %s.%s has no constraint %q", app, o.Model, o.Name)
	}
	return nil
}

// Forward drops the constraint.
func (o RemoveConstraint) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Model)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.Model)
	if err != nil || after.Unmanaged {
		return err
	}
	for i := range before.Constraints {
		if before.Constraints[i].Name == o.Name {
			return e.RemoveConstraint(ctx, from, to, before, after, &before.Constraints[i])
		}
	}
	return nil
}

// Backward adds the constraint again.
func (o RemoveConstraint) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	m, err := to.need(app, o.Model)
	if err != nil {
		return err
	}
	for _, c := range m.Constraints {
		if c.Name == o.Name {
			return AddConstraint{o.Model, c}.Forward(ctx, e, app, from, to)
		}
	}
	return &IrreversibleError{o.Describe()}
}

// Fragment is the operation's part of a migration's name.
func (o RemoveConstraint) Fragment() string {
	return "remove_" + low(o.Model) + "_" + low(o.Name)
}

// RenameIndex gives an index another name.
type RenameIndex struct {
	Model, Old, New string
}

// Describe says what the operation does.
func (o RenameIndex) Describe() string {
	return fmt.Sprintf("Rename index %s on %s to %s", o.Old, low(o.Model), o.New)
}

// State renames the index.
func (o RenameIndex) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	for i := range m.Indexes {
		if m.Indexes[i].Name == o.Old {
			m.Indexes[i].Name = o.New
			return nil
		}
	}
	return fmt.Errorf("migrate: %s.%s has no index %q", app, o.Model, o.Old)
}

// Forward renames the index, or makes it anew where the database cannot rename.
func (o RenameIndex) Forward(ctx context.Context, e *Editor, app string, _, to *State) error {
	m, err := to.need(app, o.Model)
	if err != nil || m.Unmanaged {
		return err
	}
	if e.d.Name == "postgresql" {
		return e.Execute(ctx, "ALTER INDEX "+e.name(o.Old)+" RENAME TO "+e.name(o.New))
	}
	for i := range m.Indexes {
		if m.Indexes[i].Name != o.New {
			continue
		}
		if e.d.Name == "mysql" {
			if e.mysqlSkips(m.Indexes[i].Expressions, false, false) {
				return nil
			}
			return e.Execute(ctx, "ALTER TABLE "+e.name(m.Table)+" RENAME INDEX "+e.name(o.Old)+" TO "+e.name(o.New))
		}
		sql, err := e.indexSQL(m, &m.Indexes[i])
		if err != nil {
			return err
		}
		if err := e.dropIndex(ctx, m, o.Old); err != nil {
			return err
		}
		return e.Execute(ctx, sql)
	}
	return fmt.Errorf("migrate: %s.%s has no index %q", app, o.Model, o.New)
}

// Backward renames it back.
func (o RenameIndex) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return RenameIndex{o.Model, o.New, o.Old}.Forward(ctx, e, app, from, to)
}

// Fragment is the operation's part of a migration's name.
func (o RenameIndex) Fragment() string { return "rename_" + low(o.Old) + "_" + low(o.New) }

// AlterConstraint changes what is known of a constraint without a change of the table: the text for people.
type AlterConstraint struct {
	Model      string
	Constraint schema.Constraint
}

// Describe says what the operation does.
func (o AlterConstraint) Describe() string {
	return fmt.Sprintf("Alter constraint %s on %s", o.Constraint.Name, low(o.Model))
}

// State replaces the constraint.
func (o AlterConstraint) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	for i := range m.Constraints {
		if m.Constraints[i].Name == o.Constraint.Name {
			m.Constraints[i] = o.Constraint
			return nil
		}
	}
	return fmt.Errorf("migrate: %s.%s has no constraint %q", app, o.Model, o.Constraint.Name)
}

// Forward does nothing to the database.
func (o AlterConstraint) Forward(context.Context, *Editor, string, *State, *State) error { return nil }

// Backward does nothing to the database.
func (o AlterConstraint) Backward(context.Context, *Editor, string, *State, *State) error {
	return nil
}

// Fragment is the operation's part of a migration's name.
func (o AlterConstraint) Fragment() string {
	return "alter_" + low(o.Model) + "_" + low(o.Constraint.Name)
}
