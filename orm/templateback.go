package orm

import (
	"context"
	"reflect"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// templateBack reads a way back: through the field that holds it, if the model has one, or by a query for each object.
func templateBack(m *plan.Model, rel *plan.Relation) (func(context.Context, any) (any, error), reflect.Type) {
	if hold := rel.Holder(); hold != nil {
		return func(_ context.Context, obj any) (any, error) {
			return reflect.NewAt(hold.Type, hold.At(pointerOf(obj))).Interface(), nil
		}, reflect.PointerTo(hold.Type)
	}
	query := func(obj any) expr.Query {
		p := pointerOf(obj)
		key := relationKey(rel)
		q := expr.Query{Model: rel.To, Limit: -1, Scoped: rel.Multi(), Home: homeOf(m, p)}
		addStep(&q, expr.Pred{Op: expr.Exact, Left: expr.Walk{Steps: []*plan.Relation{rel.Back()}}, Val: key.Codec.Get(key.At(p))})
		return q
	}
	if rel.Kind == plan.BackwardOne {
		return func(ctx context.Context, obj any) (any, error) {
			q := query(obj)
			q.Sliced, q.Limit, q.Ordered = true, 1, true
			found, err := firstOf(ctx, &q)
			if err != nil {
				return nil, err
			}
			return rel.To.Box(found), nil
		}, reflect.PointerTo(rel.To.Type)
	}
	return func(_ context.Context, obj any) (any, error) { return &backRows{query(obj)}, nil }, typeOf[*backRows]()
}

// backRows are the rows that point to an object, for templates. Each use asks the database; a field that HasMany describes is
// loaded once, for all objects of a result.
type backRows struct{ q expr.Query }

// All returns the objects, a []*T.
func (b *backRows) All(ctx context.Context) (any, error) {
	q := b.q
	db, s, err := route(ctx, &q.DB, q.Model, false, q.Home)
	if err != nil {
		return nil, err
	}
	objs, err := fetchList(ctx, db, s, &q, 0)
	if err != nil {
		return nil, err
	}
	list := reflect.MakeSlice(reflect.SliceOf(reflect.PointerTo(q.Model.Type)), len(objs), len(objs))
	for i, obj := range objs {
		list.Index(i).Set(reflect.ValueOf(q.Model.Box(obj)))
	}
	return list.Interface(), nil
}

// Count returns the number of objects.
func (b *backRows) Count(ctx context.Context) (n int, err error) {
	err = b.ask(ctx, shapeCount, func(r dialect.Row) error { n = int(r.Int(0)); return nil })
	return n, err
}

// Exists says whether there are any.
func (b *backRows) Exists(ctx context.Context) (found bool, err error) {
	err = b.ask(ctx, shapeExists, func(dialect.Row) error { found = true; return nil })
	return found, err
}

func (b *backRows) ask(ctx context.Context, kind shapeKind, row func(dialect.Row) error) error {
	q := b.q
	db, s, err := route(ctx, &q.DB, q.Model, false, q.Home)
	if err != nil {
		return err
	}
	return db.ask(ctx, s, &q, kind, row)
}

// First returns the first object in the model's order, nil if there is none.
func (b *backRows) First(ctx context.Context) (any, error) { return b.end(ctx, false) }

// Last returns the last object in the model's order, nil if there is none.
func (b *backRows) Last(ctx context.Context) (any, error) { return b.end(ctx, true) }

func (b *backRows) end(ctx context.Context, last bool) (any, error) {
	q := b.q
	if len(q.Model.Order) == 0 && q.Model.KeyField() != nil {
		q.Order, q.Ordered = []expr.Order{{Name: "pk"}}, true
	}
	q.Sliced, q.Limit, q.Reverse = true, 1, last
	obj, err := firstOf(ctx, &q)
	if IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return q.Model.Box(obj), nil
}
