package orm

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Key is the primary key of a reference value as an expression, of one column or of several. Its values are objects, of which
// only the fields of the key count:
//
//	var s = orm.Fields[Seat]() // whose key is a hall and a row
//	orm.Objects[Seat]().Filter(orm.Key(s).Above(&Seat{Hall: "a", Row: 7}))
//	orm.Objects[Booking]().Filter(orm.Key(b.Seat.To()).In(seats...))
//
// Keys of several columns are compared from the first to the last. Django: pk and its look-ups.
func Key[T any](ref *T) Expr[*T] {
	r := refOf(ref)
	if r == nil {
		err := fmt.Errorf("orm: Key takes a reference value (orm.Fields[%s](), or what To and Rev lead to)", typeOf[T]().Name())
		return Expr[*T]{n: badNode(err), err: err}
	}
	return Expr[*T]{n: expr.Tuple{Ref: r}}
}

// OuterKey is the primary key of the query around a subquery: OuterRef for a key that may have several columns.
func OuterKey[T any](ref *T) Expr[*T] {
	k := Key(ref)
	return Expr[*T]{n: expr.Outer{Of: k.n}, err: k.err}
}

// Keys are the primary keys of a query's rows, for InQuery: orm.Key(b.Seat.To()).InQuery(orm.Keys(free)).
func Keys[T any](q Query[T]) Expr[*T] {
	s := q.s
	s.Values = []expr.Annotation{{Name: "pk", Node: expr.Name{Name: "pk"}}}
	return Expr[*T]{n: expr.Subquery{Query: &s}}
}

// fieldNode names a field of a query's own model.
func fieldNode(f *plan.Field) expr.Node {
	if f.Tuple != nil {
		return expr.Tuple{Field: f}
	}
	return expr.Name{Name: f.Column}
}

// columnNodes are the columns of a field of a query's own model.
func columnNodes(f *plan.Field) []expr.Node {
	var out []expr.Node
	for _, c := range f.Columns() {
		out = append(out, expr.Name{Name: c.Column})
	}
	return out
}

// compositeKey resolves Meta.PrimaryKey.
//
// Django 6.1 django/db/models/base.py _check_composite_pk: models.E042.
func (d *describer) compositeKey(fields []any) {
	m, s := d.m, &d.m.Schema
	var key []*plan.Field
	for _, f := range fields {
		pf, desc, err := fieldOf(m, f)
		switch {
		case err != nil:
			d.problem("models.E042", "", "PrimaryKey: %w", err)
		case desc:
			d.problem("models.E042", "", "PrimaryKey: %s cannot have a direction", pf.GoName)
		case slices.Contains(key, pf):
			d.problem("models.E042", "", "PrimaryKey: %s is there twice", pf.GoName)
		case pf.Tuple != nil:
			d.problem("models.E042", "", "PrimaryKey: %s has no column of its own (name the columns that it is made of)", pf.GoName)
		case pf.Extra || !pf.S.HasColumn():
			d.problem("models.E042", "", "PrimaryKey: %s has no column", pf.GoName)
		case len(pf.Via) > 0:
			d.problem("models.E042", "", "PrimaryKey: %s stands in the table of a parent", pf.GoName)
		case pf.Nullable:
			d.problem("models.E042", "", "PrimaryKey: %s may be null, which no part of a key may be (do not use a pointer, nor Null())", pf.GoName)
		case pf.S.Expression != nil:
			d.problem("models.E042", "", "PrimaryKey: %s is computed by the database, which no part of a key may be", pf.GoName)
		case pf.S.Kind == schema.JSON:
			d.problem("models.E042", "", "PrimaryKey: %s is a JSON column, which databases cannot make a key of", pf.GoName)
		case pf.S.PrimaryKey:
			d.problem("models.E042", "", "PrimaryKey: %s is the primary key by itself (leave out PrimaryKey() there, or the list here)", pf.GoName)
		default:
			key = append(key, pf)
			s.PrimaryKey = append(s.PrimaryKey, pf.S.Name)
		}
	}
	switch {
	case len(fields) == 1:
		d.problem("models.E042", "", "PrimaryKey: a composite key has two fields or more (describe the one with PrimaryKey())")
	case len(fields) > 0 && m.PK != nil:
		d.problem("models.E042", "", "PrimaryKey: %s is the primary key already (leave out PrimaryKey() there, or the list here)", m.PK.GoName)
	case len(fields) > 0:
		m.SetKey(key)
	}
}

// InBulkKeys returns the objects with the given keys of several columns, by key. K is a struct or an array with a field for
// each column of the key, in its order:
//
//	type seatKey struct {
//		Hall string
//		Row  int64
//	}
//	byKey, err := orm.InBulkKeys(ctx, seats, seatKey{"a", 1}, seatKey{"b", 7})
//
// Django: in_bulk of a model with a composite key.
func InBulkKeys[T any, K comparable](ctx context.Context, q Query[T], keys ...K) (map[K]*T, error) {
	m := q.s.Model
	if err := m.Ready(); err != nil {
		return nil, err
	}
	t := typeOf[K]()
	if n := keyParts(t); n != len(m.Key) || n < 2 {
		return nil, fmt.Errorf("orm: InBulkKeys: a %s has %d parts, the key of %s %d (use a struct with a field for each; InBulk for a key of one column)", t, max(n, 1), m.GoName(), len(m.Key))
	}
	out := make(map[K]*T, len(keys))
	if len(keys) == 0 {
		return out, nil
	}
	list, err := q.Filter(Lookup("pk__in", keys)).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, obj := range list {
		var key K
		rv := reflect.ValueOf(&key).Elem()
		for i, f := range m.Key {
			if err := setPart(partOf(rv, i), f, plan.PointerTo(obj)); err != nil {
				return nil, fmt.Errorf("orm: InBulkKeys: part %d of a %s: %w", i+1, t, err)
			}
		}
		out[key] = obj
	}
	return out, nil
}

// keyParts is the number of parts of a type that holds a composite key, 0 when it holds none.
func keyParts(t reflect.Type) int {
	switch t.Kind() {
	case reflect.Struct:
		return t.NumField()
	case reflect.Array:
		return t.Len()
	}
	return 0
}

func partOf(v reflect.Value, i int) reflect.Value {
	if v.Kind() == reflect.Struct {
		return v.Field(i)
	}
	return v.Index(i)
}

// setPart gives a part of a key the value of an object's field.
func setPart(dst reflect.Value, f *plan.Field, obj plan.Pointer) error {
	src := reflect.NewAt(f.Type, f.At(obj)).Elem()
	if f.Rel != nil {
		src = src.Field(0)
	}
	if !dst.CanSet() || !src.CanConvert(dst.Type()) || src.Kind() != dst.Kind() && dst.Kind() != reflect.Interface && !(src.CanInt() && dst.CanInt()) {
		return fmt.Errorf("it cannot take a %s", src.Type())
	}
	dst.Set(src.Convert(dst.Type()))
	return nil
}

// keyValue is the key of an object, which is null when the object has none.
func keyValue(m *plan.Model, obj plan.Pointer) (dialect.Value, bool) {
	f := m.KeyField()
	if f == nil || f.Tuple == nil && f.Codec.Zero(f.At(obj)) {
		return dialect.Value{}, false
	}
	v := f.Codec.Get(f.At(obj))
	return v, v.Kind != dialect.Null
}

// tupleReader is keyReader for a field of several columns, which stand one after the other in the row.
func tupleReader(f *plan.Field) func(r dialect.Row, i int) (dialect.Value, error) {
	readers := make([]func(r dialect.Row, i int) (dialect.Value, error), len(f.Tuple))
	for k, c := range f.Tuple {
		readers[k] = columnReader(c)
	}
	return func(r dialect.Row, i int) (dialect.Value, error) {
		parts := make([]dialect.Value, len(readers))
		for k, read := range readers {
			if r.Null(i + k) {
				return dialect.Value{}, nil
			}
			v, err := read(r, i+k)
			if err != nil {
				return v, err
			}
			parts[k] = v
		}
		if len(parts) == 1 {
			return parts[0], nil
		}
		return dialect.TupleValue(parts), nil
	}
}

// columnReader reads a column through its own codec, so that what is read is what an object has.
func columnReader(c *plan.Field) func(r dialect.Row, i int) (dialect.Value, error) {
	obj := reflect.New(c.Type)
	p := plan.Pointer(obj.UnsafePointer())
	return func(r dialect.Row, i int) (dialect.Value, error) {
		obj.Elem().SetZero()
		if err := c.Codec.Set(p, r, i); err != nil {
			return dialect.Value{}, err
		}
		return c.Codec.Get(p), nil
	}
}

// columnNames are the names of a field's columns.
func columnNames(f *plan.Field) []string {
	var out []string
	for _, c := range f.Columns() {
		out = append(out, c.Column)
	}
	return out
}

// nullableColumns are the columns of a relation that become null when it does.
func nullableColumns(f *plan.Field) []*plan.Field {
	if f.Tuple == nil {
		return []*plan.Field{f}
	}
	var out []*plan.Field
	for _, c := range f.Tuple {
		if c.Nullable {
			out = append(out, c)
		}
	}
	return out
}

// pointTo are the assignments that make a foreign key lead to a row, or to none.
func pointTo(f *plan.Field, to dialect.Value) []expr.Assign {
	var set []expr.Assign
	if to.Kind == dialect.Null {
		for _, c := range nullableColumns(f) {
			set = append(set, expr.Assign{Name: c.S.Name})
		}
		return set
	}
	parts := []dialect.Value{to}
	if len(f.Columns()) > 1 {
		parts = to.Values()
	}
	for i, c := range f.Columns() {
		set = append(set, expr.Assign{Name: c.S.Name, Val: parts[i]})
	}
	return set
}
