package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// AddField adds a column, or the table of a many-to-many field. Rows that are there get the field's default; OneOff is a
// value for them alone.
type AddField struct {
	Model  string
	Field  schema.Field
	OneOff any
}

// Describe says what the operation does.
func (o AddField) Describe() string {
	return fmt.Sprintf("Add field %s to %s", o.Field.Name, low(o.Model))
}

// State adds the field.
func (o AddField) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	if m.Field(o.Field.Name) != nil {
		return fmt.Errorf("migrate: field %s.%s.%s is added twice", app, o.Model, o.Field.Name)
	}
	f := o.Field
	resolveSelf(m, &f)
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
	return e.AddField(ctx, from, to, before, after, after.Field(o.Field.Name), o.OneOff)
}

// Backward drops the column.
func (o AddField) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return RemoveField{Model: o.Model, Name: o.Field.Name}.Forward(ctx, e, app, from, to)
}

// Fragment is the operation's part of a migration's name.
func (o AddField) Fragment() string { return low(o.Model) + "_" + low(o.Field.Name) }

// RemoveField drops a column with its values.
type RemoveField struct{ Model, Name string }

// Describe says what the operation does.
func (o RemoveField) Describe() string {
	return fmt.Sprintf("Remove field %s from %s", o.Name, low(o.Model))
}

// State removes the field.
func (o RemoveField) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
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
	return e.RemoveField(ctx, from, to, before, after, before.Field(o.Name))
}

// Backward adds the column again; its values are lost. A column that may not be null and has no default comes back with
// the zero value of its type.
func (o RemoveField) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Model)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.Model)
	if err != nil || after.Unmanaged {
		return err
	}
	f := after.Field(o.Name)
	var fill any
	if effectiveDefault(f, nil) == nil {
		fill = zeroValue(f)
	}
	return e.AddField(ctx, from, to, before, after, f, fill)
}

// Fragment is the operation's part of a migration's name.
func (o RemoveField) Fragment() string { return "remove_" + low(o.Model) + "_" + low(o.Name) }

// AlterField changes a column. OneOff replaces nulls in rows that are there when the column may no longer be null.
type AlterField struct {
	Model  string
	Field  schema.Field
	OneOff any
}

// Describe says what the operation does.
func (o AlterField) Describe() string {
	return fmt.Sprintf("Alter field %s on %s", o.Field.Name, low(o.Model))
}

// State replaces the field.
func (o AlterField) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	f := m.Field(o.Field.Name)
	if f == nil {
		return fmt.Errorf("migrate: field %s.%s.%s does not exist", app, o.Model, o.Field.Name)
	}
	*f = o.Field
	resolveSelf(m, f)
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

// Fragment is the operation's part of a migration's name.
func (o AlterField) Fragment() string { return "alter_" + low(o.Model) + "_" + low(o.Field.Name) }

// RenameField gives a field another name, and its column with it.
type RenameField struct{ Model, Old, New string }

// Describe says what the operation does.
func (o RenameField) Describe() string {
	return fmt.Sprintf("Rename field %s on %s to %s", o.Old, low(o.Model), o.New)
}

// State renames the field, also where indexes, constraints and relations name it.
func (o RenameField) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	f := m.Field(o.Old)
	if f == nil {
		return fmt.Errorf("migrate: field %s.%s.%s does not exist", app, o.Model, o.Old)
	}
	if m.Field(o.New) != nil {
		return fmt.Errorf("migrate: field %s.%s.%s exists already", app, o.Model, o.New)
	}
	f.Name = o.New
	o.renameIn(m)
	return o.renamePointing(s, m)
}

// renameIn renames the field in what the model says about its table.
func (o RenameField) renameIn(m *schema.Model) {
	names := func(list []string) []string {
		out := slices.Clone(list)
		for i, name := range out {
			if strings.TrimPrefix(name, "-") == o.Old {
				out[i] = strings.TrimSuffix(name, o.Old) + o.New
			}
		}
		return out
	}
	expressions := func(list []schema.Expression) []schema.Expression {
		out := slices.Clone(list)
		for i := range out {
			out[i] = renameInExpression(out[i], o.Old, o.New)
		}
		return out
	}
	m.Ordering, m.PrimaryKey = names(m.Ordering), names(m.PrimaryKey)
	if m.OrderWithRespectTo == o.Old {
		m.OrderWithRespectTo = o.New
	}
	if m.GetLatestBy == o.Old {
		m.GetLatestBy = o.New
	}
	for i := range m.UniqueTogether {
		m.UniqueTogether[i] = names(m.UniqueTogether[i])
	}
	for i := range m.Indexes {
		ix := &m.Indexes[i]
		ix.Fields, ix.Include = names(ix.Fields), names(ix.Include)
		ix.Expressions, ix.Where = expressions(ix.Expressions), renameInExpression(ix.Where, o.Old, o.New)
	}
	for i := range m.Constraints {
		c := &m.Constraints[i]
		c.Fields, c.Include, c.Expressions = names(c.Fields), names(c.Include), expressions(c.Expressions)
		c.Exclude = slices.Clone(c.Exclude)
		for k := range c.Exclude {
			x := &c.Exclude[k]
			x.Field, x.Expression = renameLookup(x.Field, o.Old, o.New), renameInExpression(x.Expression, o.Old, o.New)
		}
		c.Check, c.Where = renameInExpression(c.Check, o.Old, o.New), renameInExpression(c.Where, o.Old, o.New)
	}
	for i := range m.Fields {
		if f := &m.Fields[i]; f.Rel != nil && slices.Contains(f.Rel.Fields, o.Old) {
			r := *f.Rel
			r.Fields = names(r.Fields)
			f.Rel = &r
		}
		m.Fields[i].Expression = renameInExpression(m.Fields[i].Expression, o.Old, o.New)
	}
}

// renamePointing renames the field in relations of other models that name it.
func (o RenameField) renamePointing(s *State, m *schema.Model) error {
	label := low(m.Label())
	names := func(f *schema.Field) bool {
		return f.Rel != nil && (low(f.Rel.To) == label && (f.Rel.ToField == o.Old || slices.Contains(f.Rel.ToFields, o.Old)) || low(f.Rel.Through) == label && slices.Contains(f.Rel.ThroughFields[:], o.Old))
	}
	for _, k := range slices.Clone(s.order) {
		other := s.models[k]
		if !slices.ContainsFunc(other.Fields, func(f schema.Field) bool { return names(&f) }) {
			continue
		}
		c, err := s.edit(other.App, other.Name)
		if err != nil {
			return err
		}
		for i := range c.Fields {
			if !names(&c.Fields[i]) {
				continue
			}
			r := *c.Fields[i].Rel
			if low(r.To) == label && r.ToField == o.Old {
				r.ToField = o.New
			}
			if low(r.To) == label {
				r.ToFields = slices.Clone(r.ToFields)
				for j := range r.ToFields {
					if r.ToFields[j] == o.Old {
						r.ToFields[j] = o.New
					}
				}
			}
			if low(r.Through) == label {
				for j := range r.ThroughFields {
					if r.ThroughFields[j] == o.Old {
						r.ThroughFields[j] = o.New
					}
				}
			}
			c.Fields[i].Rel = &r
		}
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

// Fragment is the operation's part of a migration's name.
func (o RenameField) Fragment() string {
	return "rename_" + low(o.Old) + "_" + low(o.Model) + "_" + low(o.New)
}
