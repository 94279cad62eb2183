package migrate

import (
	"context"
	"fmt"
	"reflect"
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
		return fmt.Sprintf("Create index %s on model %s", o.Index.Name, strings.ToLower(o.Model))
	}
	return fmt.Sprintf("Create index %s on field(s) %s of model %s", o.Index.Name, strings.Join(o.Index.Fields, ", "), strings.ToLower(o.Model))
}

// State adds the index.
func (o AddIndex) State(s *State, app string) error {
	m, err := s.need(app, o.Model)
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
	return e.Execute(ctx, "DROP INDEX "+e.name(o.Index.Name))
}

func (o AddIndex) fragment() string {
	return strings.ToLower(o.Model) + "_" + strings.ToLower(o.Index.Name)
}

// RemoveIndex drops an index.
type RemoveIndex struct{ Model, Name string }

// Describe says what the operation does.
func (o RemoveIndex) Describe() string {
	return fmt.Sprintf("Remove index %s from %s", o.Name, strings.ToLower(o.Model))
}

// State removes the index.
func (o RemoveIndex) State(s *State, app string) error {
	m, err := s.need(app, o.Model)
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
	return e.Execute(ctx, "DROP INDEX "+e.name(o.Name))
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

func (o RemoveIndex) fragment() string {
	return "remove_" + strings.ToLower(o.Model) + "_" + strings.ToLower(o.Name)
}

// AddConstraint adds a check or a unique constraint.
type AddConstraint struct {
	Model      string
	Constraint schema.Constraint
}

// Describe says what the operation does.
func (o AddConstraint) Describe() string {
	return fmt.Sprintf("Create constraint %s on model %s", o.Constraint.Name, strings.ToLower(o.Model))
}

// State adds the constraint.
func (o AddConstraint) State(s *State, app string) error {
	m, err := s.need(app, o.Model)
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
	return e.AddConstraint(ctx, to, before, after, &o.Constraint)
}

// Backward drops the constraint.
func (o AddConstraint) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return RemoveConstraint{o.Model, o.Constraint.Name}.Forward(ctx, e, app, from, to)
}

func (o AddConstraint) fragment() string {
	return strings.ToLower(o.Model) + "_" + strings.ToLower(o.Constraint.Name)
}

// RemoveConstraint drops a check or a unique constraint.
type RemoveConstraint struct{ Model, Name string }

// Describe says what the operation does.
func (o RemoveConstraint) Describe() string {
	return fmt.Sprintf("Remove constraint %s from model %s", o.Name, strings.ToLower(o.Model))
}

// State removes the constraint.
func (o RemoveConstraint) State(s *State, app string) error {
	m, err := s.need(app, o.Model)
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
			return e.RemoveConstraint(ctx, to, before, after, &before.Constraints[i])
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

func (o RemoveConstraint) fragment() string {
	return "remove_" + strings.ToLower(o.Model) + "_" + strings.ToLower(o.Name)
}

// AlterOptions changes what is known of a model without a change of its table.
type AlterOptions struct {
	Model   string
	Options schema.Options
}

// Describe says what the operation does.
func (o AlterOptions) Describe() string {
	return "Change Meta options on " + strings.ToLower(o.Model)
}

// State replaces the options, except indexes and constraints.
func (o AlterOptions) State(s *State, app string) error {
	m, err := s.need(app, o.Model)
	if err != nil {
		return err
	}
	keep := m.Options
	m.Options = o.Options
	m.Indexes, m.Constraints, m.UniqueTogether, m.PrimaryKey = keep.Indexes, keep.Constraints, keep.UniqueTogether, keep.PrimaryKey
	return nil
}

// Forward does nothing to the database.
func (o AlterOptions) Forward(context.Context, *Editor, string, *State, *State) error { return nil }

// Backward does nothing to the database.
func (o AlterOptions) Backward(context.Context, *Editor, string, *State, *State) error { return nil }

func (o AlterOptions) fragment() string { return "alter_" + strings.ToLower(o.Model) + "_options" }

// AlterUniqueTogether replaces the sets of fields that must be unique together.
type AlterUniqueTogether struct {
	Model string
	Sets  [][]string
}

// Describe says what the operation does.
func (o AlterUniqueTogether) Describe() string {
	return fmt.Sprintf("Alter unique_together for %s (%d constraint(s))", strings.ToLower(o.Model), len(o.Sets))
}

// State replaces the sets.
func (o AlterUniqueTogether) State(s *State, app string) error {
	m, err := s.need(app, o.Model)
	if err != nil {
		return err
	}
	m.UniqueTogether = o.Sets
	return nil
}

// Forward makes and drops the unique indexes.
func (o AlterUniqueTogether) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Model)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.Model)
	if err != nil || after.Unmanaged {
		return err
	}
	has := func(sets [][]string, set []string) bool {
		return slices.ContainsFunc(sets, func(s []string) bool { return reflect.DeepEqual(s, set) })
	}
	for _, set := range before.UniqueTogether {
		if !has(after.UniqueTogether, set) {
			if err := e.dropUniqueTogether(ctx, before, set); err != nil {
				return err
			}
		}
	}
	for _, set := range after.UniqueTogether {
		if !has(before.UniqueTogether, set) {
			if err := e.Execute(ctx, e.uniqueTogetherSQL(after, set)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Backward is Forward with the states exchanged.
func (o AlterUniqueTogether) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return o.Forward(ctx, e, app, from, to)
}

func (o AlterUniqueTogether) fragment() string {
	return "alter_" + strings.ToLower(o.Model) + "_unique_together"
}

// RunSQL runs statements of your own. Without Reverse it cannot be undone; NoSQL undoes nothing.
type RunSQL struct {
	SQL     []string
	Reverse []string
}

// NoSQL is a Reverse that does nothing.
func NoSQL() []string { return []string{""} }

// Describe says what the operation does.
func (o RunSQL) Describe() string { return "Raw SQL operation" }

// State changes nothing.
func (o RunSQL) State(*State, string) error { return nil }

// Forward runs the statements.
func (o RunSQL) Forward(ctx context.Context, e *Editor, _ string, _, _ *State) error {
	return runAll(ctx, e, o.SQL)
}

// Backward runs the reverse statements.
func (o RunSQL) Backward(ctx context.Context, e *Editor, _ string, _, _ *State) error {
	if o.Reverse == nil {
		return &IrreversibleError{o.Describe()}
	}
	return runAll(ctx, e, o.Reverse)
}

func runAll(ctx context.Context, e *Editor, list []string) error {
	for _, sql := range list {
		if strings.TrimSpace(sql) == "" {
			continue
		}
		if err := e.Execute(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

func (o RunSQL) fragment() string { return "" }

// RunGo runs Go code: a change of data. The context is in the migration's transaction. Models that later migrations change
// are best reached by SQL (orm.Exec, orm.QueryRows), since Go structs are those of today.
type RunGo struct {
	ForwardFunc, BackwardFunc func(ctx context.Context, state *State) error
}

// Describe says what the operation does.
func (o RunGo) Describe() string { return "Go code" }

// State changes nothing.
func (o RunGo) State(*State, string) error { return nil }

// Forward runs the code.
func (o RunGo) Forward(ctx context.Context, e *Editor, _ string, from, _ *State) error {
	if e.collect {
		e.comment("THIS OPERATION CANNOT BE WRITTEN AS SQL")
		return nil
	}
	if o.ForwardFunc == nil {
		return nil
	}
	return o.ForwardFunc(ctx, from)
}

// Backward runs the backward code.
func (o RunGo) Backward(ctx context.Context, e *Editor, _ string, from, _ *State) error {
	if o.BackwardFunc == nil {
		return &IrreversibleError{o.Describe()}
	}
	if e.collect {
		e.comment("THIS OPERATION CANNOT BE WRITTEN AS SQL")
		return nil
	}
	return o.BackwardFunc(ctx, from)
}

func (o RunGo) fragment() string { return "" }
