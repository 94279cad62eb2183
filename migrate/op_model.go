package migrate

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// CreateModel makes a table.
type CreateModel struct {
	Name   string
	Fields []schema.Field
	// Bases are the labels of the models whose tables hold the rest of each row, or of the one that a proxy stands for.
	Bases []string
	// Table is the table's name. Default: app_name.
	Table   string
	Options schema.Options
}

// Describe says what the operation does.
func (o CreateModel) Describe() string {
	if o.Options.Proxy {
		return "Create proxy model " + o.Name
	}
	return "Create model " + o.Name
}

// State adds the model.
func (o CreateModel) State(s *State, app string) error {
	if s.Model(app, o.Name) != nil {
		return fmt.Errorf("migrate: model %s.%s is made twice", app, o.Name)
	}
	m := schema.Model{App: app, Name: o.Name, Table: o.Table, Fields: o.Fields, Bases: o.Bases, Options: o.Options}
	addPlace(&m)
	s.Add(m)
	return nil
}

// Forward makes the table.
func (o CreateModel) Forward(ctx context.Context, e *Editor, app string, _, to *State) error {
	m, err := to.need(app, o.Name)
	if err != nil || !m.HasTable() {
		return err
	}
	return e.CreateTable(ctx, to, m)
}

// Backward drops the table.
func (o CreateModel) Backward(ctx context.Context, e *Editor, app string, from, _ *State) error {
	m, err := from.need(app, o.Name)
	if err != nil || !m.HasTable() {
		return err
	}
	return e.DropTable(ctx, from, m)
}

// Fragment is the operation's part of a migration's name.
func (o CreateModel) Fragment() string { return low(o.Name) }

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
	if err != nil || !m.HasTable() {
		return err
	}
	return e.DropTable(ctx, from, m)
}

// Backward makes the table again, empty.
func (o DeleteModel) Backward(ctx context.Context, e *Editor, app string, _, to *State) error {
	m, err := to.need(app, o.Name)
	if err != nil || !m.HasTable() {
		return err
	}
	return e.CreateTable(ctx, to, m)
}

// Fragment is the operation's part of a migration's name.
func (o DeleteModel) Fragment() string { return "delete_" + low(o.Name) }

// RenameModel gives a model another name; its table, the tables and columns of many-to-many fields follow where their
// names come from the model's.
type RenameModel struct{ Old, New string }

// Describe says what the operation does.
func (o RenameModel) Describe() string { return fmt.Sprintf("Rename model %s to %s", o.Old, o.New) }

// State renames the model, also where relations name it.
func (o RenameModel) State(s *State, app string) error {
	m, err := s.edit(app, o.Old)
	if err != nil {
		return err
	}
	if !strings.EqualFold(o.Old, o.New) && s.Model(app, o.New) != nil {
		return fmt.Errorf("migrate: model %s.%s exists already", app, o.New)
	}
	was, is := stateKey(app, o.Old), stateKey(app, o.New)
	if m.Table == s.defaultTable(app, o.Old) && !m.Proxy {
		m.Table = s.defaultTable(app, o.New)
	}
	m.Name = o.New
	delete(s.models, was)
	s.models[is] = m
	for i, k := range s.order {
		if k == was {
			s.order[i] = is
		}
	}
	label := app + "." + o.New
	s.renameBases(was, label)
	for _, k := range slices.Clone(s.order) {
		other := s.models[k]
		if !slices.ContainsFunc(other.Fields, func(f schema.Field) bool {
			return f.Rel != nil && (low(f.Rel.To) == was || low(f.Rel.Through) == was)
		}) {
			continue
		}
		c, err := s.edit(other.App, other.Name)
		if err != nil {
			return err
		}
		for i := range c.Fields {
			f := &c.Fields[i]
			if f.Rel == nil || low(f.Rel.To) != was && low(f.Rel.Through) != was {
				continue
			}
			r := *f.Rel
			if low(r.To) == was {
				r.To = label
			}
			if low(r.Through) == was {
				r.Through = label
			}
			f.Rel = &r
		}
	}
	return nil
}

// Forward renames the tables and columns.
func (o RenameModel) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Old)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.New)
	if err != nil || after.Unmanaged {
		return err
	}
	return e.RenameModel(ctx, from, to, before, after)
}

// Backward renames them back.
func (o RenameModel) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return RenameModel{o.New, o.Old}.Forward(ctx, e, app, from, to)
}

// Fragment is the operation's part of a migration's name.
func (o RenameModel) Fragment() string { return "rename_" + low(o.Old) + "_" + low(o.New) }

// AlterModelTable gives a model's table another name. An empty name is the default one.
type AlterModelTable struct{ Model, Table string }

// Describe says what the operation does.
func (o AlterModelTable) Describe() string {
	return fmt.Sprintf("Rename table for %s to %s", low(o.Model), or(o.Table, "(default)"))
}

// State changes the table's name.
func (o AlterModelTable) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	m.Table = or(o.Table, s.defaultTable(app, o.Model))
	return nil
}

// Forward renames the table, and the tables of its many-to-many fields.
func (o AlterModelTable) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Model)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.Model)
	if err != nil || after.Unmanaged {
		return err
	}
	return e.RenameModel(ctx, from, to, before, after)
}

// Backward renames them back.
func (o AlterModelTable) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return o.Forward(ctx, e, app, from, to)
}

// Fragment is the operation's part of a migration's name.
func (o AlterModelTable) Fragment() string { return "alter_" + low(o.Model) + "_table" }

// AlterModelTableComment changes the comment on a table, where the database has comments.
type AlterModelTableComment struct{ Model, Comment string }

// Describe says what the operation does.
func (o AlterModelTableComment) Describe() string {
	return "Alter " + low(o.Model) + " table comment"
}

// State changes the comment.
func (o AlterModelTableComment) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	m.Comment = o.Comment
	return nil
}

// Forward writes the comment.
func (o AlterModelTableComment) Forward(ctx context.Context, e *Editor, app string, _, to *State) error {
	m, err := to.need(app, o.Model)
	if err != nil || m.Unmanaged {
		return err
	}
	return e.tableComment(ctx, m)
}

// Backward writes the comment that was.
func (o AlterModelTableComment) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return o.Forward(ctx, e, app, from, to)
}

// Fragment is the operation's part of a migration's name.
func (o AlterModelTableComment) Fragment() string { return "alter_" + low(o.Model) + "_table_comment" }

// AlterModelOptions changes what is known of a model without a change of its table: names for people, ordering,
// permissions. A model that becomes unmanaged keeps its table.
type AlterModelOptions struct {
	Model   string
	Options schema.Options
}

// Describe says what the operation does.
func (o AlterModelOptions) Describe() string { return "Change Meta options on " + low(o.Model) }

// State replaces the options, except those that have operations of their own.
func (o AlterModelOptions) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	keep := m.Options
	m.Options = o.Options
	m.OrderWithRespectTo = keep.OrderWithRespectTo
	m.Indexes, m.Constraints, m.UniqueTogether, m.PrimaryKey, m.Comment = keep.Indexes, keep.Constraints, keep.UniqueTogether, keep.PrimaryKey, keep.Comment
	return nil
}

// Forward does nothing to the database.
func (o AlterModelOptions) Forward(context.Context, *Editor, string, *State, *State) error {
	return nil
}

// Backward does nothing to the database.
func (o AlterModelOptions) Backward(context.Context, *Editor, string, *State, *State) error {
	return nil
}

// Fragment is the operation's part of a migration's name.
func (o AlterModelOptions) Fragment() string { return "alter_" + low(o.Model) + "_options" }

// AlterUniqueTogether replaces the sets of fields that must be unique together.
type AlterUniqueTogether struct {
	Model string
	Sets  [][]string
}

// Describe says what the operation does.
func (o AlterUniqueTogether) Describe() string {
	return fmt.Sprintf("Alter unique_together for %s (%d constraint(s))", low(o.Model), len(o.Sets))
}

// State replaces the sets.
func (o AlterUniqueTogether) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
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

// Fragment is the operation's part of a migration's name.
func (o AlterUniqueTogether) Fragment() string { return "alter_" + low(o.Model) + "_unique_together" }
