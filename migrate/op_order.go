package migrate

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/schema"
)

// orderColumn is the name of the field and column that orm.OrderWithin describes.
const orderColumn = "_order"

// isOrder says that a field is the place that orm.OrderWithin describes.
func isOrder(f *schema.Field) bool {
	return f.NotEditable && f.ColumnName() == orderColumn && f.Kind.IsInteger()
}

// AlterOrderWithRespectTo gives a model the column _order, in which its rows have their places among those with the same
// foreign key To, or drops it when To is empty. Rows that are there get the place 0; so do rows whose column comes back on the
// way backward. It stands only in histories that come from Django: makemigrations writes AddField and RemoveField, since
// the place is a field of the struct here (see orm.OrderWithin).
type AlterOrderWithRespectTo struct{ Model, To string }

// Describe says what the operation does.
func (o AlterOrderWithRespectTo) Describe() string {
	if o.To == "" {
		return "Unset order_with_respect_to on " + low(o.Model)
	}
	return fmt.Sprintf("Set order_with_respect_to on %s to %s", low(o.Model), o.To)
}

// State adds or removes the field _order. It fails if the model has no relation To.
func (o AlterOrderWithRespectTo) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	if o.To == "" {
		m.Fields = slices.DeleteFunc(m.Fields, func(f schema.Field) bool { return f.Name == orderColumn })
		return nil
	}
	if f := m.Field(o.To); f == nil || f.Rel == nil || !f.HasColumn() {
		return fmt.Errorf("migrate: %s.%s cannot be ordered with respect to %q, which is not a foreign key of it", app, o.Model, o.To)
	}
	if m.Field(orderColumn) == nil {
		m.Fields = append(m.Fields, schema.Field{Name: orderColumn, Kind: schema.Integer, NotEditable: true})
	}
	return nil
}

// Forward adds or drops the column; another foreign key changes nothing, and the rows keep their places.
func (o AlterOrderWithRespectTo) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Model)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.Model)
	if err != nil || after.Unmanaged {
		return err
	}
	was, is := before.Field(orderColumn), after.Field(orderColumn)
	switch {
	case was == nil && is != nil:
		return e.AddField(ctx, from, to, before, after, is, int64(0))
	case was != nil && is == nil:
		return e.RemoveField(ctx, from, to, before, after, was)
	}
	return nil
}

// Backward is Forward with the states exchanged.
func (o AlterOrderWithRespectTo) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return o.Forward(ctx, e, app, from, to)
}

// Fragment is the operation's part of a migration's name.
func (o AlterOrderWithRespectTo) Fragment() string {
	return "alter_" + low(o.Model) + "_order_with_respect_to"
}
