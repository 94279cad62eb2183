package orm

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Batch collects queries that do not depend on each other and runs them together: in one round trip where the database can
// (PostgreSQL), one after the other elsewhere. The zero value is an empty batch, for one use.
//
//	var b orm.Batch
//	latest := orm.Queue(&b, live().Limit(5))
//	drafts := orm.QueueCount(&b, orm.Objects[Article]().Filter(orm.Eq(&a.Status, Draft)))
//	if err := b.Run(ctx); err != nil {
//		return err
//	}
//	// latest.Value, drafts.Value
type Batch struct {
	parts []func(ctx context.Context) (*batchPart, error)
	ran   bool
}

// Queued is the place of a result. Value is set when the batch has run without an error.
type Queued[V any] struct{ Value V }

// batchPart is a compiled query of a batch; after runs once its rows are read.
type batchPart struct {
	db    *DB
	s     *scope
	item  dialect.BatchItem
	empty bool
	after func() error
}

// Queue adds a query to the batch.
func Queue[T any](b *Batch, q Query[T]) *Queued[[]*T] {
	out := &Queued[[]*T]{}
	b.parts = append(b.parts, func(ctx context.Context) (*batchPart, error) {
		db, s, err := q.reading(ctx)
		if err != nil {
			return nil, err
		}
		if err := cmp.Or(wantObjects(&q.s), db.mayLock(s, &q.s)); err != nil {
			return nil, err
		}
		st, args, err := db.prepared(s, &q.s)
		if err != nil {
			return nil, err
		}
		p := &batchPart{db: db, s: s, empty: st.Empty}
		if st.Empty {
			return p, nil
		}
		r := newReader(st.Layout, &q.s, q.s.Limit)
		p.item = dialect.BatchItem{SQL: st.SQL, Args: args, Row: r.next}
		p.after = func() (err error) {
			defer r.free()
			out.Value, err = finish[T](ctx, r, db, s, &q.s)
			return err
		}
		return p, nil
	})
	return out
}

// QueueGet adds a query for one object to the batch. Run returns ErrNotFound when there is none and ErrMultiple when there
// are more, as Get does.
func QueueGet[T any](b *Batch, q Query[T]) *Queued[*T] {
	out := &Queued[*T]{}
	b.parts = append(b.parts, func(ctx context.Context) (*batchPart, error) {
		q := q.one()
		db, s, err := q.reading(ctx)
		if err != nil {
			return nil, err
		}
		if err := cmp.Or(wantObjects(&q.s), db.mayLock(s, &q.s)); err != nil {
			return nil, err
		}
		st, args, err := db.prepared(s, &q.s)
		if err != nil {
			return nil, err
		}
		if st.Empty {
			return nil, notFoundError(q.s.Model.GoName())
		}
		r := newReader(st.Layout, &q.s, 1)
		p := &batchPart{db: db, s: s, item: dialect.BatchItem{SQL: st.SQL, Args: args, Row: r.next}}
		p.after = func() error {
			defer r.free()
			if err := onlyOne(q.s.Model, len(r.slab.Out)); err != nil {
				return err
			}
			list, err := r.finish(ctx, db, s, &q.s)
			if err == nil {
				out.Value = plan.At[T](list[0])
			}
			return err
		}
		return p, nil
	})
	return out
}

// QueueCount adds the number of a query's rows to the batch.
func QueueCount[T any](b *Batch, q Query[T]) *Queued[int] {
	out := &Queued[int]{}
	b.add((&q).reading, func(db *DB, s *scope) (*batchPart, error) {
		st, err := db.statement(s, &q.s, shapeCount)
		if err != nil {
			return nil, err
		}
		return &batchPart{empty: st.Empty, item: dialect.BatchItem{SQL: st.SQL, Args: st.Args, Row: func(r dialect.Row) error {
			out.Value = int(r.Int(0))
			return nil
		}}}, nil
	})
	return out
}

// QueueExists adds the question whether a query has rows to the batch.
func QueueExists[T any](b *Batch, q Query[T]) *Queued[bool] {
	out := &Queued[bool]{}
	b.add((&q).reading, func(db *DB, s *scope) (*batchPart, error) {
		st, err := db.statement(s, &q.s, shapeExists)
		if err != nil {
			return nil, err
		}
		return &batchPart{empty: st.Empty, item: dialect.BatchItem{SQL: st.SQL, Args: st.Args, Row: func(dialect.Row) error {
			out.Value = true
			return nil
		}}}, nil
	})
	return out
}

func (b *Batch) add(find func(ctx context.Context) (*DB, *scope, error), compile func(db *DB, s *scope) (*batchPart, error)) {
	b.parts = append(b.parts, func(ctx context.Context) (*batchPart, error) {
		db, s, err := find(ctx)
		if err != nil {
			return nil, err
		}
		p, err := compile(db, s)
		if err == nil {
			p.db, p.s = db, s
		}
		return p, err
	})
}

// Run runs the queries and returns the first error. Prefetches of the queries run after.
func (b *Batch) Run(ctx context.Context) error {
	if b.ran {
		return errors.New("orm: a Batch runs once")
	}
	b.ran = true
	parts := make([]*batchPart, 0, len(b.parts))
	for _, compile := range b.parts {
		p, err := compile(ctx)
		if err != nil {
			return err
		}
		if !p.empty {
			parts = append(parts, p)
		}
	}
	for rest := parts; len(rest) > 0; { // the parts of one database at a time, which mostly are all
		db := rest[0].db
		here := rest
		if i := slices.IndexFunc(rest, func(p *batchPart) bool { return p.db != db }); i < 0 {
			rest = nil
		} else {
			here, rest = split(rest, db)
		}
		if err := db.runBatch(ctx, here); err != nil {
			return err
		}
	}
	for _, p := range parts {
		if p.after != nil {
			if err := p.after(); err != nil {
				return err
			}
		}
	}
	return nil
}

// split takes the parts of a database out.
func split(parts []*batchPart, db *DB) (of, others []*batchPart) {
	for _, p := range parts {
		if p.db == db {
			of = append(of, p)
		} else {
			others = append(others, p)
		}
	}
	return of, others
}

// runBatch sends the statements of one database.
func (db *DB) runBatch(ctx context.Context, parts []*batchPart) error {
	s := parts[0].s
	if tx := s.txOn(db); tx != nil {
		return tx.state.with(func(conn dialect.Conn) error { return sendBatch(ctx, conn, parts) })
	}
	conn, err := db.backend.Acquire(ctx, false)
	if other := s.instead(ctx, db, err); other != nil {
		conn, err = other.backend.Acquire(ctx, false)
	}
	if err != nil {
		return err
	}
	defer conn.Release()
	return sendBatch(ctx, conn, parts)
}

func sendBatch(ctx context.Context, conn dialect.Conn, parts []*batchPart) error {
	s := parts[0].s
	items := make([]*dialect.BatchItem, len(parts))
	for i, p := range parts {
		items[i] = &p.item
	}
	if s.log == nil && s.wrap == nil {
		return sendItems(ctx, conn, items)
	}
	return sendWatched(ctx, conn, s, parts, items)
}

// sendWatched is sendItems with the log and the wrapper of the context.
func sendWatched(ctx context.Context, conn dialect.Conn, s *scope, parts []*batchPart, items []*dialect.BatchItem) error {
	rows := make([]int, len(parts))
	for i, p := range parts {
		if s.log != nil {
			row := p.item.Row
			p.item.Row = func(r dialect.Row) error { rows[i]++; return row(r) }
		}
	}
	start := time.Now()
	err := wrapItems(ctx, parts, func(ctx context.Context) error { return sendItems(ctx, conn, items) })
	if s.log != nil {
		for i, it := range items { // each took as long as the whole
			s.logStatement(parts[0].db, it.SQL, it.Args, start, rows[i], it.Err)
		}
	}
	return err
}

// wrapItems runs send inside the wrapper of each statement.
func wrapItems(ctx context.Context, parts []*batchPart, send func(ctx context.Context) error) error {
	if len(parts) == 0 || parts[0].s.wrap == nil {
		return send(ctx)
	}
	p := parts[0]
	return p.s.wrapped(ctx, p.db, p.item.SQL, p.item.Args, false, func(ctx context.Context) error { return wrapItems(ctx, parts[1:], send) })
}

func sendItems(ctx context.Context, conn dialect.Conn, items []*dialect.BatchItem) error {
	if b, ok := conn.(dialect.Batcher); ok {
		return b.Batch(ctx, items)
	}
	for _, it := range items {
		if it.Err = conn.Query(ctx, it.SQL, it.Args, it.Row); it.Err != nil {
			return it.Err
		}
	}
	return nil
}
