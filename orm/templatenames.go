package orm

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// TemplateName tells templates of the names that Django's objects have and Go's structs do not: get_status_display,
// get_next_by_created, get_previous_by_created, pk, ways back without a field (article_set), and the names that fields have in
// look-ups where those are not the Go names. It is what template.Models asks; a site passes its registry.
func (r *Registry) TemplateName(t reflect.Type, name string) (read func(ctx context.Context, obj any) (any, error), result reflect.Type) {
	m := knownModel(t)
	if m == nil {
		return nil, nil
	}
	if bare, ok := strings.CutPrefix(name, "get_"); ok {
		return templateGetter(m, bare)
	}
	if name == "pk" {
		if m.PK != nil && m.PK.GoName == "ID" {
			return nil, nil // a field, which is faster
		}
		return func(_ context.Context, obj any) (any, error) { return keyOf(m, pointerOf(obj)), nil }, nil
	}
	if f := m.FieldNamed(name); f != nil && f.Type != nil {
		return templateField(m, f, name)
	}
	for _, rel := range r.Relations(m) {
		if rel.Accessor == name && (rel.Kind == plan.Backward || rel.Kind == plan.BackwardOne || rel.Kind == plan.ManyBack) {
			return templateBack(m, rel)
		}
	}
	return nil, nil
}

// TemplateLoad lets templates load a column that the object's query left out, as Load does, before its zero value is taken for
// real. It is what template.Models asks.
func (r *Registry) TemplateLoad(t reflect.Type, offset uintptr) func(ctx context.Context, obj any) error {
	m := knownModel(t)
	if m == nil {
		return nil
	}
	f := m.FieldAt(offset)
	if f == nil || f.Codec == nil || f.Tuple != nil || !slices.Contains(m.Columns, f) || slices.Contains(m.Key, f) {
		return nil
	}
	return func(ctx context.Context, obj any) error { return loadField(ctx, m, pointerOf(obj), f) }
}

// knownModel is the plan of a type that is a model without mistakes, or nil.
func knownModel(t reflect.Type) *plan.Model {
	m := plan.Known(t)
	if m == nil || m.Ready() != nil {
		return nil
	}
	return m
}

// loadField loads a column that the object's query left out.
func loadField(ctx context.Context, m *plan.Model, p plan.Pointer, f *plan.Field) error {
	g := m.StateOf(p)
	if g == nil || !g.Partial {
		return nil
	}
	g.Lock()
	defer g.Unlock()
	if !g.Lacks(f) {
		return nil
	}
	return loadFields(ctx, m, p, []*plan.Field{f})
}

// templateGetter reads what Django's get_FOO_display and its like give; the name is without get_.
func templateGetter(m *plan.Model, name string) (func(context.Context, any) (any, error), reflect.Type) {
	if bare, ok := strings.CutSuffix(name, "_display"); ok {
		f := m.FieldNamed(bare)
		if f == nil || f.Codec == nil || f.Choices == nil && len(f.S.Choices) == 0 {
			return nil, nil
		}
		labels := fixedLabels(f)
		return func(ctx context.Context, obj any) (any, error) {
			p := pointerOf(obj)
			if err := loadField(ctx, m, p, f); err != nil {
				return nil, err
			}
			v := f.Codec.Get(f.At(p))
			if v.Kind == dialect.Text || v.Kind == dialect.Int {
				if label, ok := labels[v]; ok {
					return label, nil
				}
			}
			return display(f, v), nil
		}, typeOf[string]()
	}
	for _, prefix := range []string{"next_by_", "previous_by_"} {
		bare, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		f := m.FieldNamed(bare)
		if f == nil || f.Nullable || f.S.Kind != schema.Date && f.S.Kind != schema.DateTime {
			return nil, nil
		}
		return func(ctx context.Context, obj any) (any, error) {
			near, err := besideObject(ctx, m, pointerOf(obj), f, prefix == "previous_by_")
			if err != nil {
				return nil, err
			}
			return m.Box(near), nil
		}, reflect.PointerTo(m.Type)
	}
	return nil, nil
}

// fixedLabels are the labels of texts and whole numbers that are always choices of a field, by their stored form.
func fixedLabels(f *plan.Field) map[dialect.Value]any {
	if f.Choices != nil || f.Custom != nil {
		return nil
	}
	labels := map[dialect.Value]any{}
	for _, c := range f.S.Choices {
		v, err := valueOf(c.Value)
		if err == nil {
			v, err = compile.Prepare(f.S.Kind, expr.Exact, v, time.UTC)
		}
		if _, twice := labels[v]; err != nil || twice || v.Kind != dialect.Text && v.Kind != dialect.Int {
			continue
		}
		labels[v] = c.Label
	}
	return labels
}

// besideObject is Next among the rows of the model's default query.
func besideObject(ctx context.Context, m *plan.Model, p plan.Pointer, f *plan.Field, back bool) (plan.Pointer, error) {
	if err := loadField(ctx, m, p, f); err != nil {
		return nil, err
	}
	q := expr.Query{Model: m, Scoped: true, Sliced: true, Limit: 1, Ordered: true, Home: homeOf(m, p)}
	var parts []expr.KeyPart
	for _, c := range append([]*plan.Field{f}, m.Key...) {
		q.Order = append(q.Order, expr.Order{Path: m.Root().Leaf(c.Offset), Desc: back})
		parts = append(parts, expr.KeyPart{Of: expr.Name{Name: c.Column}, Desc: back, Value: c.Codec.Get(c.At(p))})
	}
	addStep(&q, expr.Pred{Op: expr.IsTrue, Left: expr.Keyset{Parts: parts}})
	return firstOf(ctx, &q)
}

// firstOf is the first object of a query whose type is not known.
func firstOf(ctx context.Context, q *expr.Query) (plan.Pointer, error) {
	db, s, err := route(ctx, &q.DB, q.Model, false, q.Home)
	if err != nil {
		return nil, err
	}
	obj, n, err := fetchOne(ctx, db, s, q)
	if err == nil && n == 0 {
		err = notFoundError(q.Model.GoName())
	}
	return obj, err
}

// templateField reads a field by its name in look-ups or its column's.
func templateField(m *plan.Model, f *plan.Field, name string) (func(context.Context, any) (any, error), reflect.Type) {
	t := f.Type
	if f.Rel != nil && (name == f.S.Name || f.LinkOffset != f.Offset && f.Codec == nil) {
		return func(_ context.Context, obj any) (any, error) {
			return reflect.NewAt(t, f.At(pointerOf(obj))).Interface(), nil
		}, reflect.PointerTo(t)
	}
	if f.Rel != nil {
		t = t.Field(0).Type // a foreign key begins with its value
	}
	return func(ctx context.Context, obj any) (any, error) {
		p := pointerOf(obj)
		if err := loadField(ctx, m, p, f); err != nil {
			return nil, err
		}
		return reflect.NewAt(t, f.At(p)).Elem().Interface(), nil
	}, t
}
