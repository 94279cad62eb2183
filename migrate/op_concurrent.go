package migrate

import (
	"context"
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// AddIndexConcurrently makes an index while others write the table: on PostgreSQL with CREATE INDEX CONCURRENTLY, on other
// databases as AddIndex does. Its migration must be NonAtomic. An index that an earlier attempt left invalid is made anew.
type AddIndexConcurrently struct {
	Model string
	Index schema.Index
}

// Describe says what the operation does.
func (o AddIndexConcurrently) Describe() string {
	if len(o.Index.Expressions) > 0 {
		return fmt.Sprintf("Concurrently create index %s on model %s", o.Index.Name, low(o.Model))
	}
	return fmt.Sprintf("Concurrently create index %s on field(s) %s of model %s", o.Index.Name, strings.Join(o.Index.Fields, ", "), low(o.Model))
}

// State adds the index.
func (o AddIndexConcurrently) State(s *State, app string) error { return AddIndex(o).State(s, app) }

// Forward makes the index.
func (o AddIndexConcurrently) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return e.online(ctx, o, func() error { return AddIndex(o).Forward(ctx, e, app, from, to) })
}

// Backward drops the index.
func (o AddIndexConcurrently) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return e.online(ctx, o, func() error { return AddIndex(o).Backward(ctx, e, app, from, to) })
}

// Fragment is the operation's part of a migration's name.
func (o AddIndexConcurrently) Fragment() string { return AddIndex(o).Fragment() }

// Category is that of what is made.
func (o AddIndexConcurrently) Category() byte { return '+' }

// RemoveIndexConcurrently drops an index while others use the table: on PostgreSQL with DROP INDEX CONCURRENTLY, on other
// databases as RemoveIndex does. Its migration must be NonAtomic.
type RemoveIndexConcurrently struct{ Model, Name string }

// Describe says what the operation does.
func (o RemoveIndexConcurrently) Describe() string {
	return fmt.Sprintf("Concurrently remove index %s from %s", o.Name, low(o.Model))
}

// State removes the index.
func (o RemoveIndexConcurrently) State(s *State, app string) error {
	return RemoveIndex(o).State(s, app)
}

// Forward drops the index.
func (o RemoveIndexConcurrently) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return e.online(ctx, o, func() error { return RemoveIndex(o).Forward(ctx, e, app, from, to) })
}

// Backward makes the index again.
func (o RemoveIndexConcurrently) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return e.online(ctx, o, func() error { return RemoveIndex(o).Backward(ctx, e, app, from, to) })
}

// Fragment is the operation's part of a migration's name.
func (o RemoveIndexConcurrently) Fragment() string { return RemoveIndex(o).Fragment() }

// Category is that of what is dropped.
func (o RemoveIndexConcurrently) Category() byte { return '-' }

// AddConstraintNotValid adds a check constraint that rows written from now on must fulfil, without reading those that are
// there: PostgreSQL's NOT VALID. ValidateConstraint in a later migration looks at the others. On other databases it is
// AddConstraint.
type AddConstraintNotValid struct {
	Model      string
	Constraint schema.Constraint
}

// Describe says what the operation does.
func (o AddConstraintNotValid) Describe() string {
	return fmt.Sprintf("Create not valid constraint %s on model %s", o.Constraint.Name, low(o.Model))
}

// State adds the constraint.
func (o AddConstraintNotValid) State(s *State, app string) error {
	if o.Constraint.Check == nil {
		return fmt.Errorf("migrate: AddConstraintNotValid takes a check constraint, and %q is none (for a unique one: Online{AddConstraint})", o.Constraint.Name)
	}
	return AddConstraint(o).State(s, app)
}

// Forward adds the constraint.
func (o AddConstraintNotValid) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	if e.d.Name != "postgresql" {
		return AddConstraint(o).Forward(ctx, e, app, from, to)
	}
	m, err := to.need(app, o.Model)
	if err != nil || m.Unmanaged {
		return err
	}
	sql, err := e.inlineConstraint(m, &o.Constraint)
	if err != nil {
		return err
	}
	return e.Execute(ctx, "ALTER TABLE "+e.name(m.Table)+" ADD "+sql+" NOT VALID")
}

// Backward drops the constraint.
func (o AddConstraintNotValid) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return AddConstraint(o).Backward(ctx, e, app, from, to)
}

// Fragment is the operation's part of a migration's name.
func (o AddConstraintNotValid) Fragment() string { return AddConstraint(o).Fragment() + "_not_valid" }

// Category is that of what is made.
func (o AddConstraintNotValid) Category() byte { return '+' }

// ValidateConstraint looks whether the rows that were there before an AddConstraintNotValid fulfil the constraint, while
// others use the table. On databases other than PostgreSQL, where that has been done, it does nothing.
type ValidateConstraint struct{ Model, Name string }

// Describe says what the operation does.
func (o ValidateConstraint) Describe() string {
	return fmt.Sprintf("Validate constraint %s on model %s", o.Name, low(o.Model))
}

// State changes nothing.
func (o ValidateConstraint) State(s *State, app string) error {
	m, err := s.need(app, o.Model)
	if err != nil {
		return err
	}
	if !hasConstraint(m, o.Name) {
		return fmt.Errorf("migrate: %s.%s has no constraint %q to validate", app, o.Model, o.Name)
	}
	return nil
}

// Forward reads the rows.
func (o ValidateConstraint) Forward(ctx context.Context, e *Editor, app string, _, to *State) error {
	m, err := to.need(app, o.Model)
	if err != nil || m.Unmanaged || e.d.Name != "postgresql" {
		return err
	}
	return e.Execute(ctx, "ALTER TABLE "+e.name(m.Table)+" VALIDATE CONSTRAINT "+e.name(o.Name))
}

// Backward does nothing.
func (o ValidateConstraint) Backward(context.Context, *Editor, string, *State, *State) error {
	return nil
}

// Fragment is the operation's part of a migration's name.
func (o ValidateConstraint) Fragment() string { return low(o.Model) + "_validate_" + low(o.Name) }
