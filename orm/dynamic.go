package orm

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// SetField sets a field of an object by its name in look-ups ("published", "author_id"), from a value of the dynamic layer:
// fixtures, imports. The value is converted to the field's type or refused.
func SetField[T any](obj *T, name string, v any) error {
	m := model[T]()
	if err := m.Ready(); err != nil {
		return err
	}
	f := m.FieldNamed(name)
	if f == nil || !f.S.HasColumn() {
		return &compile.FieldError{Name: name, Model: m.GoName(), Reason: fmt.Sprintf("%s has no field named %q", m.GoName(), name)}
	}
	if f.Custom != nil {
		val, err := valueBeside(v)
		if err == nil {
			val, err = f.Custom.Encode(val)
		}
		if err != nil {
			return fmt.Errorf("orm: field %q: %w", name, err)
		}
		return f.Codec.Set(f.At(plan.PointerTo(obj)), valueRow{val}, 0)
	}
	val, err := valueOf(v)
	if err != nil && f.S.Kind.String() != "JSON" {
		return err
	}
	kind := f.S.Kind
	if kind.String() == "JSON" {
		s, err := plan.EncodeJSON(v)
		if err != nil {
			return err
		}
		return f.Codec.Set(f.At(plan.PointerTo(obj)), valueRow{dialect.Value{Kind: dialect.Text, S: s}}, 0)
	}
	if kind.IsRelation() {
		kind = keyKind(f.Type)
	}
	val, err = compile.Prepare(kind, expr.Exact, val, time.UTC)
	if err != nil {
		return fmt.Errorf("orm: field %q: %w", name, err)
	}
	if f.Rel != nil && !f.ParentLink {
		f.LinkAt(plan.PointerTo(obj)).Loaded = nil
	}
	return f.Codec.Set(f.At(plan.PointerTo(obj)), valueRow{val}, 0)
}

// FieldError is a name that means nothing in a query; its text lists the names that would.
type FieldError = compile.FieldError

// valueRow is a row of one value, to go through a field's codec.
type valueRow struct{ v dialect.Value }

var _ dialect.Row = valueRow{}

func (r valueRow) Null(int) bool    { return r.v.Kind == dialect.Null }
func (r valueRow) Int(int) int64    { return r.v.N }
func (r valueRow) Bool(int) bool    { return r.v.N != 0 }
func (r valueRow) Text(int) string  { return r.v.S }
func (r valueRow) Bytes(int) []byte { return []byte(r.v.S) }
func (r valueRow) Any(int) any      { return r.v.Any() }
func (r valueRow) Columns() int     { return 1 }
func (r valueRow) Float(int) float64 {
	if r.v.Kind == dialect.Int {
		return float64(r.v.N)
	}
	return r.v.Float()
}

func (r valueRow) Time(int) (time.Time, error) {
	if r.v.Kind == dialect.Null {
		return time.Time{}, nil
	}
	return r.v.Time(), nil
}
func (r valueRow) Clock(int) (time.Duration, error)    { return time.Duration(r.v.N), nil }
func (r valueRow) Duration(int) (time.Duration, error) { return time.Duration(r.v.N), nil }
func (r valueRow) UUID(int) (u [16]byte, err error) {
	copy(u[:], r.v.S)
	return u, nil
}

// PrefetchByName is Prefetch for the dynamic edges: "tags", "author__articles", with the names that Django uses, among them
// comment_set.
func (q Query[T]) PrefetchByName(names ...string) Query[T] {
	for _, name := range names {
		n := len(q.s.Prefetch)
		q.s.Prefetch = append(q.s.Prefetch[:n:n], expr.Prefetch{Name: name})
	}
	return q
}

// LatestByName returns the object with the greatest (or, for earliest, smallest) values of the named fields.
func LatestByName[T any](ctx context.Context, q Query[T], latest bool, names ...string) (*T, error) {
	if len(names) == 0 {
		return q.latest(ctx, nil, latest)
	}
	orders := make([]Order, len(names))
	for i, n := range names {
		desc := latest
		if rest, ok := strings.CutPrefix(n, "-"); ok {
			n, desc = rest, !desc
		}
		orders[i] = Order{o: expr.Order{Name: n, Desc: desc}}
	}
	return q.OrderBy(orders...).First(ctx)
}
