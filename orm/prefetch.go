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

// prefetch loads the relations that a query asks for. A path of several relations loads each level once; what stands on
// one level is asked for together, in one round trip where the database can. Ahead has what was asked for together with the
// objects; it may be empty.
func prefetch(ctx context.Context, db *DB, s *scope, q *expr.Query, objs []plan.Pointer, ahead []*loading) error {
	c := db.compiler(s)
	paths := make([][]*plan.Relation, len(q.Prefetch))
	deepest := 0
	for i, p := range q.Prefetch {
		steps, err := prefetchSteps(c.Steps, q.Model, p)
		if err != nil {
			return err
		}
		paths[i], deepest = steps, max(deepest, len(steps))
	}
	at := make([]*loading, len(paths)) // how far each path is; nil is the query itself
	for depth := range deepest {
		level := make([]*loading, 0, len(paths))
		for i, steps := range paths {
			if depth >= len(steps) {
				continue
			}
			rel, from := steps[depth], at[i]
			to := prefetchTo(q, i, depth, steps)
			if at[i] = findLoading(level, from, rel, to); at[i] != nil {
				continue
			}
			owners := objs
			if from != nil {
				owners = from.found
			}
			ld := findLoading(ahead, from, rel, to)
			if ld == nil {
				var err error
				if ld, err = startRelation(ctx, rel, owners, subQuery(q, i, depth, steps), q.DB); err != nil {
					return err
				}
			}
			ld.from, ld.rel, ld.to, ld.owners = from, rel, to, owners
			at[i], level = ld, append(level, ld)
		}
		if err := runLoading(ctx, level); err != nil {
			return err
		}
		for _, ld := range level {
			var err error
			if ld.found, err = ld.finish(ctx, ld.owners); err != nil {
				return err
			}
		}
	}
	return nil
}

// subQuery is what a prefetch says of the last relation of its path, nil for those before.
func subQuery(q *expr.Query, i, depth int, steps []*plan.Relation) *expr.Prefetch {
	if depth == len(steps)-1 {
		return &q.Prefetch[i]
	}
	return nil
}

// prefetchTo is the field that takes the objects in place of the relation.
func prefetchTo(q *expr.Query, i, depth int, steps []*plan.Relation) *expr.Path {
	if pf := subQuery(q, i, depth, steps); pf != nil {
		return pf.To
	}
	return nil
}

// loading is a relation on its way: the statement to send, nil if there is nothing to ask or it was sent, and what to do
// once its rows are read: it gives the related objects to their owners, and returns them.
type loading struct {
	part   *batchPart
	finish func(ctx context.Context, owners []plan.Pointer) ([]plan.Pointer, error)

	from          *loading // the level before, nil for the query's own objects
	rel           *plan.Relation
	to            *expr.Path
	owners, found []plan.Pointer
}

// findLoading finds the loading of a relation of another one's objects into the relation's field or another.
func findLoading(list []*loading, from *loading, rel *plan.Relation, to *expr.Path) *loading {
	for _, ld := range list {
		if ld.from == from && ld.rel.Name == rel.Name && ld.to == to {
			return ld
		}
	}
	return nil
}

// reading is loading without the objects that the rows belong to.
type reading struct {
	part   *batchPart
	finish func(ctx context.Context) ([]plan.Pointer, error)
}

// noRows is the reading of a query that is known to be empty.
func noRows() *reading {
	return &reading{finish: func(context.Context) ([]plan.Pointer, error) { return nil, nil }}
}

// runLoading runs the statements of a level.
func runLoading(ctx context.Context, level []*loading) error {
	parts := make([]*batchPart, 0, len(level))
	for _, ld := range level {
		if ld.part != nil {
			parts = append(parts, ld.part)
		}
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		it := &parts[0].item
		return parts[0].db.query(ctx, parts[0].s, it.SQL, it.Args, false, it.Row)
	}
	for len(parts) > 0 { // most often all in one database
		here, there := parts[:0:0], parts[:0:0]
		for _, p := range parts {
			if p.db == parts[0].db {
				here = append(here, p)
			} else {
				there = append(there, p)
			}
		}
		if err := here[0].db.runBatch(ctx, here); err != nil {
			return err
		}
		parts = there
	}
	return nil
}

func prefetchSteps(byName func(*plan.Model, string, bool) ([]*plan.Relation, error), m *plan.Model, p expr.Prefetch) ([]*plan.Relation, error) {
	if p.Path == nil {
		return byName(m, p.Name, false)
	}
	steps, f, err := p.Path.Resolve()
	if err != nil {
		return nil, err
	}
	if f.Rel == nil {
		return nil, fmt.Errorf("orm: Prefetch(%s): the field is not a relation", p.Path)
	}
	steps, ok := m.Own(p.Path.Ref.Root().Model, append(steps[:len(steps):len(steps)], f.Rel))
	if !ok {
		return nil, wrongModel(p.Path, m)
	}
	return steps, nil
}

// typedRelation is a relation field's Go type, which knows the type of the related objects.
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
		return rel.From.FieldNamed(rel.FromColumn)
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
	typed := reflect.New(hold.Type).Interface().(typedRelation)
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
		q.Model, q.Limit = rel.To, -1
	}
	// Related rows are read where the objects came from, unless the query says otherwise or a router knows better.
	db, s, err := route(ctx, &q.DB, rel.To, false, dbName)
	if err != nil {
		return nil, err
	}
	if rel.Kind == plan.Forward {
		return startForward(db, s, rel, keys, q, typed)
	}
	return startMany(db, s, rel, hold, to, keys, q, typed)
}

// loadKeys loads the column by which objects are related, where their query left it out.
func loadKeys(ctx context.Context, rel *plan.Relation, objs []plan.Pointer) error {
	key := relationKey(rel)
	for _, obj := range objs {
		if rel.From.StateOf(obj).Lacks(key) {
			return loadFields(ctx, rel.From, obj, []*plan.Field{key})
		}
	}
	return nil
}

func startForward(db *DB, s *scope, rel *plan.Relation, keys []dialect.Value, q *expr.Query, typed typedRelation) (*loading, error) {
	target := rel.To.FieldNamed(rel.ToColumn)
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
		limitKeys(q, expr.Name{Name: target.S.Name}, distinct)
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
func startMany(db *DB, s *scope, rel *plan.Relation, hold, to *plan.Field, keys []dialect.Value, q *expr.Query, typed typedRelation) (*loading, error) {
	owner := relationKey(rel)
	byOwner := newGroups(keys)
	var inner *reading
	var err error
	backward := rel.Kind == plan.Backward || rel.Kind == plan.BackwardOne
	if backward {
		limitKeys(q, expr.Name{Name: rel.Field.Column}, keys)
		if err := slicePerOwner(q, expr.Name{Name: rel.Field.Column}); err != nil {
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

// bindGroup makes objects that were loaded together peers. They are held strongly: each is its own allocation, and the
// lists that hold them are what keeps them alive.
func bindGroup(m *plan.Model, objs []plan.Pointer, db string) {
	if len(m.Links) == 0 {
		return
	}
	g := &plan.Peers{Model: m, DB: db}
	g.Each = func(yield func(plan.Pointer) bool) {
		for _, obj := range objs {
			if !yield(obj) {
				return
			}
		}
	}
	for _, obj := range objs {
		m.Bind(obj, g)
	}
}

// bindFound is bindGroup for objects of a query that may have left columns out.
func bindFound(m *plan.Model, objs []plan.Pointer, fields []*plan.Field, q *expr.Query) {
	if len(fields) == len(m.Columns) {
		bindGroup(m, objs, q.DB)
		return
	}
	g := plan.WeakGroup(m, q.DB, objs)
	g.Raise, g.Partial, g.Missing = q.FetchRaise, true, leftOut(m, fields)
	for _, obj := range objs {
		m.SetState(obj, g)
	}
}

// keyReader reads a key from a row in the form that the key's field has as a value.
func keyReader(f *plan.Field) func(r dialect.Row, i int) (dialect.Value, error) {
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

// load loads a foreign key for the object and its peers.
func (f *ForeignKey[T, K]) load(ctx context.Context) error {
	if f.link.Rel == nil { // the object was made by hand: ask for the one row
		return loadByKey(ctx, &f.link, model[T](), Lookup("pk", f.ID))
	}
	return loadForPeers(ctx, &f.link, f.link.Owner)
}

// loadByKey loads the one object of a link by its key. It does not name Query[T]: a method of ForeignKey that did would have
// the compiler make all methods of Query for every model that a foreign key leads to.
func loadByKey(ctx context.Context, l *plan.Link, m *plan.Model, key Predicate) error {
	q := expr.Query{Model: m, Limit: 2, Sliced: true, Ordered: true, Where: []expr.Step{{Preds: []expr.Pred{key.p}}}}
	db, s, err := route(ctx, &q.DB, m, false, "")
	if err != nil {
		return err
	}
	obj, n, err := fetchOne(ctx, db, s, &q)
	if err == nil {
		err = onlyOne(m, n)
	}
	if err != nil {
		return err
	}
	l.Loaded, l.Done = m.Box(obj), true
	return nil
}

// load loads a many-valued relation for the object and its peers.
func (m *Many[T]) load(ctx context.Context) error {
	if m.link.Rel == nil || m.link.Owner == nil {
		return fmt.Errorf("orm: Many[%s]: %w", typeOf[T]().Name(), ErrNotSaved)
	}
	return loadForPeers(ctx, &m.link, m.link.Owner)
}

// loadForPeers loads a relation for all objects that came with owner and still lack it. The caller holds the group's lock.
func loadForPeers(ctx context.Context, l *plan.Link, owner plan.Pointer) error {
	objs := []plan.Pointer{owner}
	name := ""
	if g := l.Peers; g != nil {
		if g.Raise {
			return fmt.Errorf("orm: %s.%s was not loaded by the query, and FetchRaise forbids to load it now (add Related or Prefetch)", l.Rel.From.GoName(), l.Rel.Name)
		}
		name = g.DB
		hold := l.Rel.Holder()
		g.Each(func(obj plan.Pointer) bool {
			if obj != owner && hold != nil && !hold.LinkAt(obj).Done {
				objs = append(objs, obj)
			}
			return true
		})
	}
	_, err := loadRelation(ctx, l.Rel, objs, nil, name)
	return err
}

func startReading(db *DB, s *scope, q *expr.Query) (*reading, error) {
	st, args, err := db.prepared(s, q)
	if err != nil {
		return nil, err
	}
	if st.Empty {
		return noRows(), nil
	}
	r := newReader(st.Layout, q, 0)
	part := &batchPart{db: db, s: s, item: dialect.BatchItem{SQL: st.SQL, Args: args, Row: r.next}}
	return &reading{part: part, finish: func(ctx context.Context) ([]plan.Pointer, error) {
		defer r.free()
		return r.finish(ctx, db, s, q)
	}}, nil
}

func (f *ForeignKey[T, K]) listAny([]plan.Pointer) any { return nil }

func (f *ForeignKey[T, K]) storeAny(plan.Pointer, []plan.Pointer) {}

func (m *Many[T]) listAny(objs []plan.Pointer) any {
	return plan.List[T](objs)
}

func (o *One[T]) listAny([]plan.Pointer) any { return nil }

func (o *One[T]) storeAny(plan.Pointer, []plan.Pointer) {}

// storeAny puts objects into a field of one's own, a []*T.
func (m *Many[T]) storeAny(dst plan.Pointer, objs []plan.Pointer) {
	*plan.At[[]*T](dst), _ = m.listAny(objs).([]*T)
}
