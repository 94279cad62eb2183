package plan

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// ColumnPair are two columns that a join compares.
type ColumnPair struct{ From, To string }

// Span makes a field without a column stand for columns of its model: a relation over them, or a composite key. The value of
// the field is then a tuple of theirs, or the value itself if there is one column; it is null when one of them is.
func (f *Field) Span(columns []*Field) {
	f.Tuple = columns
	offset := f.Offset
	at := func(p unsafe.Pointer) unsafe.Pointer { return unsafe.Add(p, -int(offset)) } // the object
	if len(columns) == 1 {
		c := columns[0]
		f.Codec = &Codec{
			Get:  func(p unsafe.Pointer) dialect.Value { return c.Codec.Get(c.At(at(p))) },
			Set:  func(p unsafe.Pointer, r dialect.Row, i int) error { return c.Codec.Set(c.At(at(p)), r, i) },
			Zero: func(p unsafe.Pointer) bool { return c.Codec.Zero(c.At(at(p))) },
		}
		return
	}
	get := func(p unsafe.Pointer) dialect.Value {
		var few [4]dialect.Value
		parts := few[:0]
		for _, c := range columns {
			parts = append(parts, c.Codec.Get(c.At(at(p))))
		}
		return dialect.TupleValue(parts)
	}
	f.Codec = &Codec{
		Get: get,
		Set: func(p unsafe.Pointer, r dialect.Row, i int) error {
			for k, c := range columns {
				if err := c.Codec.Set(c.At(at(p)), r, i+k); err != nil {
					return fmt.Errorf("%s: %w", c.GoName, err)
				}
			}
			return nil
		},
		Zero: func(p unsafe.Pointer) bool { return get(p).Kind == dialect.Null },
	}
}

// NewTuple makes a field that stands for columns of a model: what it is called tells messages what it is.
func NewTuple(m *Model, name string, columns []*Field) *Field {
	f := &Field{Model: m, S: &schema.Field{Name: name}, GoName: name}
	f.Span(columns)
	return f
}

// SetKey makes columns the model's composite key.
func (m *Model) SetKey(columns []*Field) {
	m.Key, m.composite = columns, nil
	if len(columns) > 1 {
		m.composite = NewTuple(m, "pk", columns)
	}
}

// KeyField is the primary key: the field that is it, or one that stands for the columns of a composite key. It is nil for a
// model without one.
func (m *Model) KeyField() *Field {
	if m.PK != nil {
		return m.PK
	}
	return m.composite
}

// Columns are the columns that a field stands for: its own, or those of a tuple.
func (f *Field) Columns() []*Field {
	if f.Tuple != nil {
		return f.Tuple
	}
	return []*Field{f}
}

// FromField is what a relation's objects are related by on this side, ToField on the other: a column, or a tuple of several.
func (r *Relation) FromField() *Field {
	switch {
	case r.FromTuple == nil:
		return r.From.FieldNamed(r.FromColumn)
	case r.Kind != Forward && r.FromTuple.Model != r.From: // a proxy's or child's objects hold the columns elsewhere
		columns := make([]*Field, len(r.FromTuple.Tuple))
		for i, c := range r.FromTuple.Tuple {
			columns[i] = r.From.FieldNamed(c.S.Name)
		}
		return NewTuple(r.From, r.FromTuple.GoName, columns)
	}
	return r.FromTuple
}

// ToField is what a relation joins in the other model.
func (r *Relation) ToField() *Field {
	if r.ToTuple != nil {
		return r.ToTuple
	}
	return r.To.FieldNamed(r.ToColumn)
}

// Join makes a relation over the columns of two models.
func (r *Relation) Join(from, to []*Field) {
	r.FromColumn, r.ToColumn = from[0].Column, to[0].Column
	if len(from) == 1 {
		return
	}
	r.FromTuple, r.ToTuple = r.Field, NewTuple(r.To, "key", to)
	for i := range from[1:] {
		r.More = append(r.More, ColumnPair{from[i+1].Column, to[i+1].Column})
	}
}

// swapped are column pairs seen from the other side.
func swapped(pairs []ColumnPair) []ColumnPair {
	var out []ColumnPair
	for _, p := range pairs {
		out = append(out, ColumnPair{p.To, p.From})
	}
	return out
}

// IsOne says that a relation field's way back leads to one row.
func IsOne(f *schema.Field) bool {
	return f.Kind == schema.OneToOne || f.Kind == schema.ForeignObject && f.Unique
}

// Stored is the field whose values a column holds: behind foreign keys, that of the other table. It does not need the models
// to be ready.
func (f *Field) Stored() *Field {
	for range 8 {
		if f.Rel == nil || f.Rel.Kind != Forward || f.Tuple != nil || f.Rel.Complete() != nil {
			break
		}
		next := f.Rel.To.FieldNamed(f.Rel.ToColumn)
		if next == nil {
			break
		}
		f = next
	}
	return f
}

// columnlessCodec reads the key of a relation without a column of its own from a value of its type that stands alone: from
// the columns of the object that it was copied from, or from the object that it was set to.
func columnlessCodec(t reflect.Type) *Codec {
	offset, _ := LinkOf(t)
	get := func(p unsafe.Pointer) dialect.Value {
		l := (*Link)(unsafe.Add(p, offset))
		if l.Rel != nil && l.Owner != nil {
			return l.Rel.Field.Codec.Get(l.Rel.Field.At(l.Owner))
		}
		rv := reflect.ValueOf(l.Loaded)
		if rv.Kind() != reflect.Pointer || rv.IsNil() {
			return dialect.Value{}
		}
		if m := Known(rv.Type().Elem()); m != nil && m.Ready() == nil && m.KeyField() != nil {
			return m.KeyField().Codec.Get(m.KeyField().At(rv.UnsafePointer()))
		}
		return dialect.Value{}
	}
	return &Codec{
		Get: get,
		Set: func(unsafe.Pointer, dialect.Row, int) error {
			return fmt.Errorf("a %s has no column to be read from", t)
		},
		Zero: func(p unsafe.Pointer) bool { return get(p).Kind == dialect.Null },
	}
}
