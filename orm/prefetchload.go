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

// typedRelation is the Go type of a relation field that holds many, which knows the type of the related objects.
type typedRelation interface {
	listAny(objs []plan.Pointer) any
	storeAny(dst plan.Pointer, objs []plan.Pointer)
}

// loadRelation loads a relation for a list of objects and stores it in them. It returns the related objects.
func loadRelation(ctx context.Context, rel *plan.Relation, objs []plan.Pointer, sub *expr.Prefetch, dbName string) ([]plan.Pointer, error) {
	ld, err := startRelation(ctx, rel, objs, sub, dbName)
	if err != nil {
		return nil, err
	}
	if err := runLoading(ctx, []*loading{ld}); err != nil {
		return nil, err
	}
	return ld.finish(ctx, objs)
}

// startRelation prepares to load a relation for a list of objects.
func startRelation(ctx context.Context, rel *plan.Relation, objs []plan.Pointer, sub *expr.Prefetch, dbName string) (*loading, error) {
	if err := loadKeys(ctx, rel, objs); err != nil {
		return nil, err
	}
	key := relationKey(rel)
	keys := make([]dialect.Value, len(objs))
	for i, obj := range objs {
		keys[i] = key.Codec.Get(key.At(obj))
	}
	return startByKeys(ctx, rel, keys, sub, dbName)
}

// relationKey is the field by which objects are related.
func relationKey(rel *plan.Relation) *plan.Field {
	switch rel.Kind {
	case plan.Forward:
		return rel.Field
	case plan.Backward, plan.BackwardOne:
		return rel.FromField()
	}
	return rel.From.PK
}

// startByKeys prepares to load a relation for objects with the keys: the values of relationKey.
func startByKeys(ctx context.Context, rel *plan.Relation, keys []dialect.Value, sub *expr.Prefetch, dbName string) (*loading, error) {
	hold := rel.Holder()
	if hold == nil {
		return nil, fmt.Errorf("orm: %s has no field that holds %s (declare one with orm.HasMany)", rel.From.GoName(), rel.Name)
	}
	if err := rel.To.Ready(); err != nil {
		return nil, err
	}
	q := new(expr.Query)
	var to *plan.Field
	if sub != nil && sub.To != nil {
		var err error
		if to, err = prefetchField(rel, sub.To); err != nil {
			return nil, err
		}
	}
	if sub != nil && sub.Query != nil {
		*q = *sub.Query
	} else {
		q.Model, q.Limit, q.Scoped = rel.To, -1, rel.Multi() // objects that are pointed to are never hidden
	}
	// Related rows are read where the objects came from, unless the query says otherwise or a router knows better.
	db, s, err := route(ctx, &q.DB, rel.To, false, dbName)
	if err != nil {
		return nil, err
	}
	if rel.Kind == plan.Forward {
		return startForward(db, s, rel, keys, q)
	}
	return startMany(db, s, rel, hold, to, keys, q)
}

// joinedAlready is the loading of a relation to one row that each owner holds by now, since Related joined it. It is nil where
// one of them does not.
func joinedAlready(rel *plan.Relation, owners []plan.Pointer) *loading {
	hold := rel.Holder()
	if hold == nil || rel.Kind != plan.Forward && rel.Kind != plan.BackwardOne {
		return nil
	}
	var found []plan.Pointer
	for _, owner := range owners {
		l := hold.LinkAt(owner)
		if !l.Done {
			return nil
		}
		if l.Loaded == nil {
			continue
		}
		obj := pointerOf(l.Loaded)
		if rel.Kind == plan.Forward { // the key may have been changed since
			same := newKeyMap[bool](1)
			target := rel.To.FieldNamed(rel.ToColumn)
			same.set(target.Codec.Get(target.At(obj)), true)
			if ok, _ := same.get(rel.Field.Codec.Get(rel.Field.At(owner))); !ok {
				return nil
			}
		}
		found = append(found, obj)
	}
	return &loading{finish: func(context.Context, []plan.Pointer) ([]plan.Pointer, error) { return found, nil }}
}

// loadKeys loads the column by which objects are related, where their query left it out.
func loadKeys(ctx context.Context, rel *plan.Relation, objs []plan.Pointer) error {
	key := relationKey(rel)
	for _, obj := range objs {
		if lacksAny(rel.From.StateOf(obj), key) {
			return loadFields(ctx, rel.From, obj, key.Columns())
		}
	}
	return nil
}

func startForward(db *DB, s *scope, rel *plan.Relation, keys []dialect.Value, q *expr.Query) (*loading, error) {
	target := rel.ToField()
	f := rel.Field
	distinct := make([]dialect.Value, 0, len(keys))
	seen := newKeyMap[bool](len(keys))
	for _, key := range keys {
		if again, _ := seen.get(key); again || key.Kind == dialect.Null {
			continue
		}
		seen.set(key, true)
		distinct = append(distinct, key)
	}
	inner := noRows()
	if len(distinct) > 0 {
		limitKeys(q, fieldNode(target), distinct)
		q.Order, q.Ordered = nil, true
		var err error
		if inner, err = startReading(db, s, q); err != nil {
			return nil, err
		}
	}
	return &loading{part: inner.part, finish: func(ctx context.Context, objs []plan.Pointer) ([]plan.Pointer, error) {
		found, err := inner.finish(ctx)
		if err != nil {
			return nil, err
		}
		byKey := newKeyMap[plan.Pointer](len(found))
		for _, obj := range found {
			byKey.set(target.Codec.Get(target.At(obj)), obj)
		}
		for _, obj := range objs {
			l := f.LinkAt(obj)
			l.Loaded, l.Done = nil, true
			if to, ok := byKey.get(f.Codec.Get(f.At(obj))); ok {
				l.Loaded = rel.To.Box(to)
			}
		}
		return found, nil
	}}, nil
}

func addStep(q *expr.Query, p expr.Pred) {
	n := len(q.Where)
	q.Where = append(q.Where[:n:n], expr.Step{Preds: []expr.Pred{p}})
}

// limitKeys limits a query to rows whose column has one of the keys. One key is compared as such: PostgreSQL would plan a list
// of one anew each time, since its plan for any list expects more.
func limitKeys(q *expr.Query, column expr.Node, keys []dialect.Value) {
	if len(keys) == 1 && keys[0].Kind != dialect.Null {
		addStep(q, expr.Pred{Op: expr.Exact, Left: column, Val: keys[0]})
		return
	}
	addStep(q, expr.Pred{Op: expr.In, Left: column, Val: dialect.ListValue(keys)})
}

// startMany prepares to load the rows behind a many-to-many field or a foreign key's way back, with the key of the owner of
// each row.
func startMany(db *DB, s *scope, rel *plan.Relation, hold, to *plan.Field, keys []dialect.Value, q *expr.Query) (*loading, error) {
	typed := reflect.New(hold.Type).Interface().(typedRelation)
	owner := relationKey(rel)
	byOwner := newGroups(keys)
	var inner *reading
	var err error
	backward := rel.Kind == plan.Backward || rel.Kind == plan.BackwardOne
	if backward {
		limitKeys(q, fieldNode(rel.Field), keys)
		if err := slicePerOwner(q, columnNodes(rel.Field)...); err != nil {
			return nil, err
		}
		inner, err = startReading(db, s, q)
	} else {
		walk := expr.Walk{Steps: []*plan.Relation{rel.Back()}}
		limitKeys(q, walk, keys)
		q.Where[len(q.Where)-1].Share = true
		if err := slicePerOwner(q, walk); err != nil {
			return nil, err
		}
		n := len(q.Annotations)
		q.Annotations = append(q.Annotations[:n:n], expr.Annotation{Name: ownerAlias, After: len(q.Where), Node: walk})
		inner, err = startWithOwner(db, s, q, owner, byOwner)
	}
	if err != nil {
		return nil, err
	}
	return &loading{part: inner.part, finish: func(ctx context.Context, objs []plan.Pointer) ([]plan.Pointer, error) {
		found, err := inner.finish(ctx)
		if err != nil {
			return nil, err
		}
		if backward {
			key := rel.Field
			for _, obj := range found {
				byOwner.add(key.Codec.Get(key.At(obj)), obj)
			}
		}
		lists := byOwner.split()
		for _, obj := range objs {
			n, _ := byOwner.numbers.get(owner.Codec.Get(owner.At(obj)))
			list := lists[n]
			if to != nil {
				typed.storeAny(to.At(obj), list)
				continue
			}
			l := hold.LinkAt(obj)
			l.Loaded, l.Done = nil, true
			switch {
			case rel.Kind != plan.BackwardOne:
				l.Loaded = typed.listAny(list)
			case len(list) > 0:
				l.Loaded = rel.To.Box(list[0])
			}
		}
		return found, nil
	}}, nil
}

const ownerAlias = "_prefetch_related_val"

// startWithOwner prepares to load objects that come once for each owner. The same row of two owners becomes one object.
func startWithOwner(db *DB, s *scope, q *expr.Query, owner *plan.Field, byOwner *groups) (*reading, error) {
	st, args, err := db.prepared(s, q)
	if err != nil {
		return nil, err
	}
	if st.Empty {
		return noRows(), nil
	}
	l := st.Layout
	col := l.Annotations[len(l.Annotations)-1].Col
	m := q.Model
	news := plan.Objects{Model: m}
	var found []plan.Pointer
	pkCol := slices.Index(l.Fields, m.PK)
	seen := newKeyMap[plan.Pointer](0)
	ownerKey := keyReader(owner)
	var rowKey func(r dialect.Row, i int) (dialect.Value, error)
	if pkCol >= 0 {
		rowKey = keyReader(m.PK)
	}
	row := func(r dialect.Row) error {
		own, err := ownerKey(r, col)
		if err != nil {
			return err
		}
		var pk dialect.Value
		if rowKey != nil {
			if pk, err = rowKey(r, pkCol); err != nil {
				return err
			}
			if obj, ok := seen.get(pk); ok {
				byOwner.add(own, obj)
				return nil
			}
		}
		obj := news.Next(0)
		if rowKey != nil {
			seen.set(pk, obj)
		}
		found = append(found, obj)
		byOwner.add(own, obj)
		return scanObject(obj, l.Fields, m, r)
	}
	part := &batchPart{db: db, s: s, item: dialect.BatchItem{SQL: st.SQL, Args: args, Row: row}}
	return &reading{part: part, finish: func(ctx context.Context) ([]plan.Pointer, error) {
		bindFound(m, found, l.Fields, q)
		for _, obj := range found {
			if s.track || q.Track || m.Track {
				remember(m, obj, q.DB)
			}
			if err := s.hooksOf(m).loaded(ctx, obj, q.DB); err != nil {
				return nil, err
			}
		}
		if len(q.Prefetch) > 0 && len(found) > 0 {
			return found, prefetch(ctx, db, s, q, found, nil)
		}
		return found, nil
	}}, nil
}

func scanObject(obj plan.Pointer, fields []*plan.Field, m *plan.Model, r dialect.Row) error {
	for i, f := range fields {
		if err := f.Codec.Set(f.At(obj), r, i); err != nil {
			return fmt.Errorf("orm: %s.%s: %w", m.GoName(), f.GoName, err)
		}
	}
	return nil
}

// keyReader reads a key from a row in the form that the key's field has as a value.
func keyReader(f *plan.Field) func(r dialect.Row, i int) (dialect.Value, error) {
	if f.Tuple != nil {
		return tupleReader(f)
	}
	kind := f.S.Kind
	if f.Rel != nil {
		kind = keyKind(f.Type)
	}
	switch {
	case kind.IsInteger():
		return func(r dialect.Row, i int) (dialect.Value, error) { return dialect.IntValue(r.Int(i)), nil }
	case kind == schema.UUID:
		return func(r dialect.Row, i int) (dialect.Value, error) {
			u, err := r.UUID(i)
			return dialect.Value{Kind: dialect.UUID, S: string(u[:])}, err
		}
	}
	return func(r dialect.Row, i int) (dialect.Value, error) { return dialect.TextValue(r.Text(i)), nil }
}

// keyKind is the kind of a key's Go type: a foreign key's own, or a plain value.
func keyKind(t reflect.Type) schema.Kind {
	if _, ok := plan.LinkOf(t); ok {
		return plan.GoKind(t.Field(0).Type)
	}
	return plan.GoKind(t)
}
