package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// Operation is one change of the schema: on the state of the migrations, and on the database, forward and backward.
type Operation interface {
	// Describe says in a line what the operation does: "Create model Tag".
	Describe() string
	// State changes the state of the migrations.
	State(s *State, app string) error
	// Forward changes the database. From is the state before, to the state after.
	Forward(ctx context.Context, e *Editor, app string, from, to *State) error
	// Backward undoes Forward. From is the state after the operation, to that before.
	Backward(ctx context.Context, e *Editor, app string, from, to *State) error
	// fragment is the operation's part of a migration's name: "tag", "article_slug"; empty if it has none.
	fragment() string
}

// IrreversibleError says that a migration cannot be undone.
type IrreversibleError struct{ Operation string }

// Error names the operation.
func (e *IrreversibleError) Error() string {
	return fmt.Sprintf("migrate: operation %q cannot be undone", e.Operation)
}

// CreateModel makes a table.
type CreateModel struct {
	Name   string
	Fields []schema.Field
	// Table is the table's name. Default: app_name.
	Table   string
	Options schema.Options
}

// Describe says what the operation does.
func (o CreateModel) Describe() string { return "Create model " + o.Name }

// State adds the model.
func (o CreateModel) State(s *State, app string) error {
	if s.Model(app, o.Name) != nil {
		return fmt.Errorf("migrate: model %s.%s is made twice", app, o.Name)
	}
	s.Add(schema.Model{App: app, Name: o.Name, Table: o.Table, Fields: slices.Clone(o.Fields), Options: o.Options})
	return nil
}

// Forward makes the table.
func (o CreateModel) Forward(ctx context.Context, e *Editor, app string, _, to *State) error {
	m, err := to.need(app, o.Name)
	if err != nil || m.Unmanaged {
		return err
	}
	return e.CreateTable(ctx, to, m)
}

// Backward drops the table.
func (o CreateModel) Backward(ctx context.Context, e *Editor, app string, from, _ *State) error {
	m, err := from.need(app, o.Name)
	if err != nil || m.Unmanaged {
		return err
	}
	return e.DropTable(ctx, from, m)
}

func (o CreateModel) fragment() string { return strings.ToLower(o.Name) }

// DeleteModel drops a table with all its rows.
type DeleteModel struct{ Name string }

// Describe says what the operation does.
func (o DeleteModel) Describe() string { return "Delete model " + o.Name }

// State removes the model.
func (o DeleteModel) State(s *State, app string) error {
	if _, err := s.need(app, o.Name); err != nil {
		return err
	}
	s.Remove(app, o.Name)
	return nil
}

// Forward drops the table.
func (o DeleteModel) Forward(ctx context.Context, e *Editor, app string, from, _ *State) error {
	m, err := from.need(app, o.Name)
	if err != nil || m.Unmanaged {
		return err
	}
	return e.DropTable(ctx, from, m)
}

// Backward makes the table again, empty.
func (o DeleteModel) Backward(ctx context.Context, e *Editor, app string, _, to *State) error {
	m, err := to.need(app, o.Name)
	if err != nil || m.Unmanaged {
		return err
	}
	return e.CreateTable(ctx, to, m)
}

func (o DeleteModel) fragment() string { return "delete_" + strings.ToLower(o.Name) }

// AddField adds a column, or the table of a many-to-many field. Rows that are there get the field's default; OneOff is a
// value for them alone.
type AddField struct {
	Model  string
	Field  schema.Field
	OneOff any
}

// Describe says what the operation does.
func (o AddField) Describe() string {
	return fmt.Sprintf("Add field %s to %s", o.Field.Name, strings.ToLower(o.Model))
}

// State adds the field.
func (o AddField) State(s *State, app string) error {
	m, err := s.need(app, o.Model)
	if err != nil {
		return err
	}
	if m.Field(o.Field.Name) != nil {
		return fmt.Errorf("migrate: field %s.%s.%s is added twice", app, o.Model, o.Field.Name)
	}
	f := o.Field
	if f.Rel != nil {
		r := *f.Rel
		if r.To == "self" {
			r.To = m.Label()
		}
		f.Rel = &r
	}
	m.Fields = append(m.Fields, f)
	return nil
}

// Forward adds the column.
func (o AddField) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Model)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.Model)
	if err != nil || after.Unmanaged {
		return err
	}
	return e.AddField(ctx, to, before, after, after.Field(o.Field.Name), o.OneOff)
}

// Backward drops the column.
func (o AddField) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return RemoveField{Model: o.Model, Name: o.Field.Name}.Forward(ctx, e, app, from, to)
}

func (o AddField) fragment() string {
	return strings.ToLower(o.Model) + "_" + strings.ToLower(o.Field.Name)
}

// RemoveField drops a column with its values.
type RemoveField struct{ Model, Name string }

// Describe says what the operation does.
func (o RemoveField) Describe() string {
	return fmt.Sprintf("Remove field %s from %s", o.Name, strings.ToLower(o.Model))
}

// State removes the field.
func (o RemoveField) State(s *State, app string) error {
	m, err := s.need(app, o.Model)
	if err != nil {
		return err
	}
	if m.Field(o.Name) == nil {
		return fmt.Errorf("migrate: field %s.%s.%s does not exist", app, o.Model, o.Name)
	}
	m.Fields = slices.DeleteFunc(m.Fields, func(f schema.Field) bool { return f.Name == o.Name })
	return nil
}

// Forward drops the column.
func (o RemoveField) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Model)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.Model)
	if err != nil || after.Unmanaged {
		return err
	}
	return e.RemoveField(ctx, to, before, after, before.Field(o.Name))
}

// Backward adds the column again; its values are lost.
func (o RemoveField) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Model)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.Model)
	if err != nil || after.Unmanaged {
		return err
	}
	return e.AddField(ctx, to, before, after, after.Field(o.Name), nil)
}

func (o RemoveField) fragment() string {
	return "remove_" + strings.ToLower(o.Model) + "_" + strings.ToLower(o.Name)
}

// AlterField changes a column. OneOff replaces nulls in rows that are there when the column may no longer be null.
type AlterField struct {
	Model  string
	Field  schema.Field
	OneOff any
}

// Describe says what the operation does.
func (o AlterField) Describe() string {
	return fmt.Sprintf("Alter field %s on %s", o.Field.Name, strings.ToLower(o.Model))
}

// State replaces the field.
func (o AlterField) State(s *State, app string) error {
	m, err := s.need(app, o.Model)
	if err != nil {
		return err
	}
	f := m.Field(o.Field.Name)
	if f == nil {
		return fmt.Errorf("migrate: field %s.%s.%s does not exist", app, o.Model, o.Field.Name)
	}
	*f = o.Field
	if f.Rel != nil && f.Rel.To == "self" {
		r := *f.Rel
		r.To = m.Label()
		f.Rel = &r
	}
	return nil
}

// Forward changes the column.
func (o AlterField) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Model)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.Model)
	if err != nil || after.Unmanaged {
		return err
	}
	return e.AlterField(ctx, from, to, before, after, before.Field(o.Field.Name), after.Field(o.Field.Name), o.OneOff)
}

// Backward changes the column back.
func (o AlterField) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return AlterField{Model: o.Model, Field: o.Field}.Forward(ctx, e, app, from, to)
}

func (o AlterField) fragment() string {
	return "alter_" + strings.ToLower(o.Model) + "_" + strings.ToLower(o.Field.Name)
}

// RenameField gives a field another name, and its column with it.
type RenameField struct{ Model, Old, New string }

// Describe says what the operation does.
func (o RenameField) Describe() string {
	return fmt.Sprintf("Rename field %s on %s to %s", o.Old, strings.ToLower(o.Model), o.New)
}

// State renames the field, also where indexes and constraints name it.
func (o RenameField) State(s *State, app string) error {
	m, err := s.need(app, o.Model)
	if err != nil {
		return err
	}
	f := m.Field(o.Old)
	if f == nil {
		return fmt.Errorf("migrate: field %s.%s.%s does not exist", app, o.Model, o.Old)
	}
	f.Name = o.New
	rename := func(list []string) []string {
		out := slices.Clone(list)
		for i, name := range out {
			if strings.TrimPrefix(name, "-") == o.Old {
				out[i] = strings.TrimSuffix(name, o.Old) + o.New
			}
		}
		return out
	}
	for i := range m.Indexes {
		m.Indexes[i].Fields = rename(m.Indexes[i].Fields)
	}
	for i := range m.Constraints {
		m.Constraints[i].Fields = rename(m.Constraints[i].Fields)
	}
	for i := range m.UniqueTogether {
		m.UniqueTogether[i] = rename(m.UniqueTogether[i])
	}
	return nil
}

// Forward renames the column.
func (o RenameField) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Model)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.Model)
	if err != nil || after.Unmanaged {
		return err
	}
	return e.AlterField(ctx, from, to, before, after, before.Field(o.Old), after.Field(o.New), nil)
}

// Backward renames it back.
func (o RenameField) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return RenameField{o.Model, o.New, o.Old}.Forward(ctx, e, app, from, to)
}

func (o RenameField) fragment() string {
	return "rename_" + strings.ToLower(o.Old) + "_" + strings.ToLower(o.Model) + "_" + strings.ToLower(o.New)
}
