package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Deferred names the fields of an object that its query left out (Only, Defer, Raw) and that still have their zero values,
// by their names in look-ups: Django's get_deferred_fields. An object whose columns were all loaded has none.
func Deferred[T any](obj *T) []string {
	m := model[T]()
	if m.Ready() != nil {
		return nil
	}
	p := plan.PointerTo(obj)
	var names []string
	for _, f := range stillMissing(m, p) {
		names = append(names, f.S.Name)
	}
	return names
}

// Load reads columns that the object's query left out (Only, Defer, Raw): those named by address, or all without any. They
// are read for all objects of the same result at once, by one query. Fields that have been given a value since keep it;
// columns that are there already are not read again (Refresh does). An object whose query said FetchRaise gets an error.
// Load writes to all objects of the result: other goroutines must not use them meanwhile.
//
//	list, err := orm.Objects[Article]().Defer(&a.Body).All(ctx)
//	err = orm.Load(ctx, list[0], &a.Body) // and those of the others
func Load[T any](ctx context.Context, obj *T, fields ...any) error {
	m := model[T]()
	if err := m.Ready(); err != nil {
		return err
	}
	var only []*plan.Field
	for _, f := range fields {
		pf, _, err := fieldOf(m, f)
		if err != nil {
			return err
		}
		if pf.Tuple != nil {
			only = append(only, pf.Tuple...)
			continue
		}
		if !slices.Contains(m.Columns, pf) {
			return fmt.Errorf("orm: Load: %s.%s is not a column", m.GoName(), pf.GoName)
		}
		only = append(only, pf)
	}
	p := plan.PointerTo(obj)
	if g := m.StateOf(p); g != nil {
		g.Lock()
		defer g.Unlock()
	}
	return loadFields(ctx, m, p, only)
}

// leftOut are the columns of a model that are not among those read.
func leftOut(m *plan.Model, read []*plan.Field) []*plan.Field {
	var out []*plan.Field
	for _, f := range m.Columns {
		if !slices.Contains(read, f) {
			out = append(out, f)
		}
	}
	return out
}

// stillMissing are the columns that an object's query left out and that were not assigned since. A zero value is taken for
// not assigned: a plain struct cannot tell.
func stillMissing(m *plan.Model, p plan.Pointer) []*plan.Field {
	g := m.StateOf(p)
	if g == nil {
		return nil
	}
	var out []*plan.Field
	for _, f := range g.Missing {
		if f.Codec.Zero(f.At(p)) {
			out = append(out, f)
		}
	}
	return out
}

// loadedFields are the columns that Save writes of an object that was loaded in part: what was loaded, what was assigned
// since, and the automatic times.
func loadedFields(m *plan.Model, p plan.Pointer, g *plan.Peers) []*plan.Field {
	out := make([]*plan.Field, 0, len(m.Columns))
	for _, f := range m.Columns {
		if f.S.AutoNow || !g.Lacks(f) || !f.Codec.Zero(f.At(p)) {
			out = append(out, f)
		}
	}
	return out
}

// known notes that an object's columns are in step with its row, so that later zero values among them are meant.
func known(m *plan.Model, p plan.Pointer, fields []*plan.Field) {
	g := m.StateOf(p)
	if g == nil || g.Was == nil && !slices.ContainsFunc(fields, g.Lacks) {
		return
	}
	own := g.Own()
	own.Missing = without(g.Missing, fields)
	if g.Was != nil {
		own.Was = slices.Clone(g.Was)
		for i, f := range m.Columns {
			if slices.Contains(fields, f) {
				own.Was[i] = f.Codec.Get(f.At(p))
			}
		}
	}
	m.SetState(p, own)
}

func without(list, drop []*plan.Field) []*plan.Field {
	var out []*plan.Field
	for _, f := range list {
		if !slices.Contains(drop, f) {
			out = append(out, f)
		}
	}
	return out
}

// loadFields fills missing columns, all or some, of an object and of its peers. The caller holds the group's lock.
func loadFields(ctx context.Context, m *plan.Model, p plan.Pointer, only []*plan.Field) error {
	g := m.StateOf(p)
	if g == nil || len(g.Missing) == 0 {
		return nil
	}
	want := g.Missing
	if only != nil {
		want = nil
		for _, f := range only {
			if g.Lacks(f) {
				want = append(want, f)
			}
		}
	}
	if len(want) == 0 {
		return nil
	}
	if g.Raise {
		return fmt.Errorf("orm: %s.%s was not loaded by the query, and FetchRaise forbids to load it now (name it in Only, or do not defer it)", m.GoName(), want[0].GoName)
	}
	if !hasKey(m, p) {
		return fmt.Errorf("orm: Load(%s): %w", m.GoName(), ErrNotSaved)
	}
	objs, states := []plan.Pointer{p}, []*plan.Peers{g}
	g.Each(func(obj plan.Pointer) bool {
		if obj == p || !hasKey(m, obj) {
			return true
		}
		if st := m.StateOf(obj); slices.ContainsFunc(want, st.Lacks) {
			objs = append(objs, obj)
			if !slices.Contains(states, st) {
				states = append(states, st)
			}
		}
		return true
	})
	found, err := readPeers(ctx, m, objs, want, g.DB)
	if err != nil {
		return err
	}
	for _, obj := range objs {
		row, ok := found[rowKey(m, obj)]
		if !ok && obj == p {
			return notFoundError(m.GoName())
		}
		if !ok {
			continue // its row is gone; Save will say so
		}
		for _, f := range want {
			if !m.StateOf(obj).Lacks(f) || !f.Codec.Zero(f.At(obj)) {
				continue
			}
			if err := f.Codec.Copy(f.At(obj), f.At(row), f.Type); err != nil {
				return err
			}
		}
		if st := m.StateOf(obj); st.Was != nil { // an assigned field is still a changed one
			for _, f := range want {
				st.Was[slices.Index(m.Columns, f)] = f.Codec.Get(f.At(row))
			}
		}
	}
	for _, st := range states {
		st.Missing = without(st.Missing, want)
	}
	return nil
}

// whole loads what an object lacks before it becomes a row of its own. One whose key was taken away cannot be loaded.
func whole(ctx context.Context, m *plan.Model, p plan.Pointer) error {
	g := m.StateOf(p)
	if g == nil || !g.Partial {
		return nil
	}
	rest := stillMissing(m, p)
	if len(rest) == 0 {
		return nil
	}
	if !hasKey(m, p) {
		return fmt.Errorf("orm: Create(%s): %s was not loaded by the query that the object came from (orm.Load it before the key is taken away)", m.GoName(), rest[0].GoName)
	}
	return loadFields(ctx, m, p, nil)
}

// loadBatch is the number of objects whose missing columns one statement reads.
const loadBatch = 500

// readPeers reads columns of the rows of objects, by key.
func readPeers(ctx context.Context, m *plan.Model, objs []plan.Pointer, want []*plan.Field, name string) (map[string]plan.Pointer, error) {
	found := make(map[string]plan.Pointer, len(objs))
	for batch := range slices.Chunk(objs, loadBatch) {
		q := &expr.Query{Model: m, Limit: -1, Ordered: true, Only: append(slices.Clone(m.Key), want...), DB: name}
		keysOf(q, m, batch)
		rows, err := readRows(ctx, q, name)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			found[rowKey(m, row)] = row
		}
	}
	return found, nil
}

// keysOf limits a query to the rows of objects.
func keysOf(q *expr.Query, m *plan.Model, objs []plan.Pointer) {
	key := m.KeyField()
	keys := make([]dialect.Value, len(objs))
	for i, obj := range objs {
		keys[i] = key.Codec.Get(key.At(obj))
	}
	addStep(q, expr.Pred{Op: expr.In, Left: fieldNode(key), Val: dialect.ListValue(keys)})
}

// rowKey is an object's key as a map key.
func rowKey(m *plan.Model, obj plan.Pointer) string {
	f := m.KeyField()
	key := f.Codec.Get(f.At(obj))
	if key.Kind == dialect.Tuple {
		return key.S
	}
	return fmt.Sprint(key.Any())
}

// readRows loads the objects of a query whose type is not known here: columns only, nothing is bound to them.
func readRows(ctx context.Context, q *expr.Query, home string) ([]plan.Pointer, error) {
	m := q.Model
	db, s, err := route(ctx, &q.DB, m, q.Lock != nil, home)
	if err != nil {
		return nil, err
	}
	if err := db.mayLock(s, q); err != nil {
		return nil, err
	}
	st, err := db.statement(s, q, shapeSelect)
	if err != nil || st.Empty {
		return nil, err
	}
	var out []plan.Pointer
	err = db.query(ctx, s, st.SQL, st.Args, q.Lock != nil, func(r dialect.Row) error {
		obj := m.New()
		out = append(out, obj)
		return scanObject(obj, st.Layout.Fields, m, r)
	})
	return out, err
}
