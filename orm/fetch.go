package orm

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// fetch runs a query and loads its objects.
func fetch[T any](ctx context.Context, db *DB, s *scope, q *expr.Query, expect int) ([]*T, error) {
	out, err := fetchList(ctx, db, s, q, expect)
	return listOf[T](out), err
}

// fetchList is fetch for a model whose type is not known.
func fetchList(ctx context.Context, db *DB, s *scope, q *expr.Query, expect int) ([]plan.Pointer, error) {
	if err := cmp.Or(wantObjects(q), db.mayLock(s, q)); err != nil {
		return nil, err
	}
	space := db.args.get()
	st, args, err := db.lookup(s, q, shapeSelect, *space)
	defer func() { db.args.put(space, args) }()
	if err != nil || st.Empty {
		return nil, err
	}
	r := newReader(st.Layout, q, expect)
	defer r.free()
	bound := st.Args
	if args != nil {
		bound = args
	}
	if err := db.query(ctx, s, st.SQL, bound, q.Lock != nil, r.next); err != nil {
		return nil, err
	}
	return r.finish(ctx, db, s, q)
}

// wantObjects refuses a query whose rows are values: it has no objects.
func wantObjects(q *expr.Query) error {
	if q.Values != nil {
		return fmt.Errorf("orm: a query of values has no objects of %s (read it with Rows or Maps)", q.Model.GoName())
	}
	return nil
}

// finish is the reader's finish as a list of objects.
func finish[T any](ctx context.Context, r *reader, db *DB, s *scope, q *expr.Query) ([]*T, error) {
	out, err := r.finish(ctx, db, s, q)
	return listOf[T](out), err
}

// listOf is a list of objects by their addresses; nil is nil.
func listOf[T any](objs []plan.Pointer) []*T {
	if objs == nil {
		return nil
	}
	return plan.List[T](objs)
}

// fetchOne is fetch for a query of one object. It returns the first and how many there are; obj is nil when n is not 1.
func fetchOne(ctx context.Context, db *DB, s *scope, q *expr.Query) (obj plan.Pointer, n int, err error) {
	if err := cmp.Or(wantObjects(q), db.mayLock(s, q)); err != nil {
		return nil, 0, err
	}
	space := db.args.get()
	st, args, err := db.lookup(s, q, shapeSelect, *space)
	defer func() { db.args.put(space, args) }()
	if err != nil || st.Empty {
		return nil, 0, err
	}
	r := newReader(st.Layout, q, 1)
	defer r.free()
	r.slab.Out = r.one[:0]
	bound := st.Args
	if args != nil {
		bound = args
	}
	if len(q.Prefetch) > 0 && db.d.Batches {
		own := *q // the caller's stays on its stack
		r.ahead = startAhead(ctx, db, s, &own)
	}
	if len(r.ahead.parts) == 0 {
		err = db.query(ctx, s, st.SQL, bound, q.Lock != nil, r.next)
	} else {
		first := &batchPart{db: db, s: s, item: dialect.BatchItem{SQL: st.SQL, Args: bound, Row: r.next}}
		err = db.runBatch(ctx, append([]*batchPart{first}, r.ahead.parts...))
	}
	if err != nil {
		return nil, 0, err
	}
	if n := len(r.slab.Out); n != 1 {
		return nil, n, nil
	}
	if r.ahead.loads != nil && !r.ahead.fits(st.Layout.Model, r.slab.Out[0]) {
		r.ahead = ahead{}
	}
	list, err := r.finish(ctx, db, s, q)
	if err != nil {
		return nil, 1, err
	}
	return list[0], 1, nil
}

// argsPool keeps argument lists between queries.
type argsPool struct{ p sync.Pool }

func (a *argsPool) get() *[]dialect.Value {
	if v, ok := a.p.Get().(*[]dialect.Value); ok {
		return v
	}
	v := make([]dialect.Value, 0, 16)
	return &v
}

func (a *argsPool) put(v *[]dialect.Value, used []dialect.Value) {
	if cap(used) > 256 {
		return
	}
	if used != nil {
		clear(used)
		*v = used[:0]
	}
	a.p.Put(v)
}
