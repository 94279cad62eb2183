package migrate

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/schema"
)

// orderColumn is the name of the field and column that orm.OrderWithin describes.
const orderColumn = "_order"

// placeField is the field that an order makes.
func placeField() *schema.Field {
	return &schema.Field{Name: orderColumn, Kind: schema.Integer, NotEditable: true}
}

// isPlace says that a field is the place of a model's rows in its order.
func isPlace(m *schema.Model, name string) bool {
	return m.OrderWithRespectTo != "" && name == orderColumn
}

// addPlace gives a model with an order its place, as the last field if it does not say otherwise.
func addPlace(m *schema.Model) {
	if m.OrderWithRespectTo != "" && m.Field(orderColumn) == nil {
		m.Fields = append(slices.Clone(m.Fields), *placeField())
	}
}

// withoutPlace leaves out the place that follows from the options.
func withoutPlace(fields []schema.Field, o *schema.Options) []schema.Field {
	i := slices.IndexFunc(fields, func(f schema.Field) bool { return f.Name == orderColumn && sameField(&f, placeField()) })
	if o.OrderWithRespectTo == "" || i < 0 {
		return fields
	}
	return slices.Delete(slices.Clone(fields), i, i+1)
}

// AlterOrderWithRespectTo gives a model the column _order, in which its rows have their places among those with the same
// foreign key To, or drops it when To is empty (see orm.OrderWithin). Rows that are there get the place 0; so do rows whose
// column comes back on the way backward.
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
	m.OrderWithRespectTo = o.To
	if o.To == "" {
		m.Fields = slices.DeleteFunc(m.Fields, func(f schema.Field) bool { return f.Name == orderColumn })
		return nil
	}
	if f := m.Field(o.To); f == nil || f.Rel == nil || !f.HasColumn() {
		return fmt.Errorf("migrate: %s.%s cannot be ordered with respect to %q, which is not a foreign key of it", app, o.Model, o.To)
	}
	addPlace(m)
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
