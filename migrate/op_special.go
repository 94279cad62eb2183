package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm"
)

// RunSQL runs statements of your own, one in each string. Without Reverse it cannot be undone; NoSQL() undoes nothing.
type RunSQL struct {
	SQL     []string
	Reverse []string
	// StateOperations tell the state what the statements did to the tables.
	StateOperations []Operation
	// Elidable statements may be left out when migrations are squashed.
	Elidable bool
}

// NoSQL is a Reverse that does nothing.
func NoSQL() []string { return []string{""} }

// Describe says what the operation does.
func (o RunSQL) Describe() string { return "Raw SQL operation" }

// IsElidable says that squashing may drop the operation.
func (o RunSQL) IsElidable() bool { return o.Elidable }

// State changes what StateOperations say.
func (o RunSQL) State(s *State, app string) error {
	for _, op := range o.StateOperations {
		if err := op.State(s, app); err != nil {
			return err
		}
	}
	return nil
}

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
	if err := e.finish(ctx); err != nil { // the statements may need indexes that were put off
		return err
	}
	for _, sql := range list {
		if strings.TrimSpace(sql) == "" {
			continue
		}
		if err := e.Execute(ctx, sql); err != nil {
			return err
		}
	}
	return e.settle(ctx)
}

// settle checks the foreign keys of rows that were changed: PostgreSQL does not alter a table whose checks are pending.
func (e *Editor) settle(ctx context.Context) error {
	if e.collect || e.d.Name != "postgresql" {
		return nil
	}
	return e.all(ctx, []string{"SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"})
}

// RunGo runs Go code: a change of data. The code reaches rows through Data, by the names that models and fields have at
// this point of the history, since Go structs are those of today:
//
//	migrate.RunGo{Do: fillSlugs, Undo: migrate.Nothing}
//
//	func fillSlugs(ctx context.Context, data *migrate.Data) error {
//		return data.Table("news", "Article").Each(ctx, func(row *migrate.Row) error {
//			row.Set("slug", slugify(row.String("title")))
//			return row.Save(ctx)
//		})
//	}
//
// RowsOf gives the rows as objects of a struct instead, which the compiler checks. Without Undo the operation cannot be undone.
type RunGo struct {
	Do, Undo func(ctx context.Context, data *Data) error
	// Models are the structs that Do and Undo read and write with RowsOf. They are compared with the models of the history
	// whenever the migrations are loaded: one that does not fit is found by check and makemigrations, not halfway.
	Models []orm.Model
	// Elidable code may be left out when migrations are squashed.
	Elidable bool
}

// Nothing is an Undo, or a Do, that does nothing.
func Nothing(context.Context, *Data) error { return nil }

// Describe says what the operation does.
func (o RunGo) Describe() string { return "Go code" }

// IsElidable says that squashing may drop the operation.
func (o RunGo) IsElidable() bool { return o.Elidable }

// State changes nothing. It fails if one of Models does not fit the state.
func (o RunGo) State(s *State, _ string) error {
	var problems []error
	for _, m := range o.Models {
		problems = append(problems, frozen(s, m))
	}
	return errors.Join(problems...)
}

// Forward runs Do.
func (o RunGo) Forward(ctx context.Context, e *Editor, _ string, from, _ *State) error {
	return o.run(ctx, e, o.Do, from)
}

// Backward runs Undo.
func (o RunGo) Backward(ctx context.Context, e *Editor, _ string, _, to *State) error {
	if o.Undo == nil {
		return &IrreversibleError{o.Describe()}
	}
	return o.run(ctx, e, o.Undo, to)
}

func (o RunGo) run(ctx context.Context, e *Editor, f func(ctx context.Context, data *Data) error, s *State) error {
	if e.collect {
		e.comment("THIS OPERATION CANNOT BE WRITTEN AS SQL")
		return nil
	}
	if f == nil {
		return nil
	}
	if err := e.finish(ctx); err != nil {
		return err
	}
	if len(o.Models) > 0 {
		ctx = orm.RouteModels(ctx, or(e.db, orm.DefaultDB), o.Models...)
	}
	data := &Data{state: s, d: e.d, db: or(e.db, orm.DefaultDB), models: o.Models}
	if e.journal != nil {
		return e.journal.goCode(ctx, func(ctx context.Context) error { return f(ctx, data) })
	}
	if err := f(ctx, data); err != nil {
		return err
	}
	return e.settle(ctx)
}

// SeparateDatabaseAndState does one thing to the database and tells the state another: to take over a table that is there,
// or to change one in a way that this package has no operation for.
type SeparateDatabaseAndState struct {
	Database []Operation
	States   []Operation
}

// Describe says what the operation does.
func (o SeparateDatabaseAndState) Describe() string {
	if len(o.Database) > 0 || len(o.States) == 0 {
		return "Custom state/database change combination"
	}
	parts := make([]string, len(o.States))
	for i, op := range o.States {
		parts[i] = op.Describe()
	}
	return "In the state alone: " + strings.Join(parts, ", ")
}

// Fragment is the operation's part of a migration's name, if it only changes the state.
func (o SeparateDatabaseAndState) Fragment() string {
	if len(o.Database) > 0 {
		return ""
	}
	var parts []string
	for _, op := range o.States {
		part := fragment(op)
		if part == "" {
			return ""
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "_")
}

// State applies States.
func (o SeparateDatabaseAndState) State(s *State, app string) error {
	for _, op := range o.States {
		if err := op.State(s, app); err != nil {
			return err
		}
	}
	return nil
}

// Forward runs Database, each operation on the state that those before it make.
func (o SeparateDatabaseAndState) Forward(ctx context.Context, e *Editor, app string, from, _ *State) error {
	for _, op := range o.Database {
		next := from.Clone()
		if err := op.State(next, app); err != nil {
			return err
		}
		if allowed(ctx, e.db, app, op, from, next) {
			if err := op.Forward(ctx, e, app, from, next); err != nil {
				return fmt.Errorf("%s: %w", op.Describe(), err)
			}
		}
		from = next
	}
	return nil
}

// Backward undoes Database.
func (o SeparateDatabaseAndState) Backward(ctx context.Context, e *Editor, app string, _, to *State) error {
	states := []*State{to}
	for _, op := range o.Database {
		next := states[len(states)-1].Clone()
		if err := op.State(next, app); err != nil {
			return err
		}
		states = append(states, next)
	}
	for i, op := range slices.Backward(o.Database) {
		if !allowed(ctx, e.db, app, op, states[i], states[i+1]) {
			continue
		}
		if err := op.Backward(ctx, e, app, states[i+1], states[i]); err != nil {
			return fmt.Errorf("%s: %w", op.Describe(), err)
		}
	}
	return nil
}
