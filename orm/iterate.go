package orm

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// iterChunk is the number of objects that Iter reads at a time when it is not told.
const iterChunk = 2000

// Iter reads the objects in chunks, so that memory stays the same however many rows there are, and time grows with their
// number alone. A chunk is 2000 objects unless a number is given; Prefetch loads what belongs to a chunk at once. An error ends
// the loop; leaving it early is free. Django: iterator(chunk_size).
//
// A query in the order of its key, or without any, goes on behind the last object: no connection is held between chunks, and
// rows that are written meanwhile may be met. Others are read from one result, which keeps a connection until the loop ends,
// beside those that the loop itself uses: on PostgreSQL by a cursor in a transaction that only reads. Inside Atomic the cursor
// is one of the transaction. Where one result cannot be kept (inside Atomic on SQLite and MariaDB, a database in memory or with
// one connection to read), an order by columns of the model goes on behind the last object too, and all else counts rows,
// which slows down far from the beginning.
func (q Query[T]) Iter(ctx context.Context, chunk ...int) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if err := q.walk(ctx, chunk, yield); err != nil {
			yield(nil, err)
		}
	}
}

// errLeft says that the loop over an Iter was left.
var errLeft = errors.New("the loop was left")

func (q Query[T]) walk(ctx context.Context, chunk []int, yield func(*T, error) bool) error {
	size := iterChunk
	if len(chunk) > 0 {
		size = chunk[0]
	}
	if size < 1 {
		return fmt.Errorf("orm: Iter reads chunks of %d objects (give a number above 0)", size)
	}
	if err := q.s.Model.Ready(); err != nil {
		return err
	}
	db, s, err := q.reading(ctx) // all chunks come from one database
	if err != nil {
		return err
	}
	hand := func(list []*T) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, obj := range list {
			if !yield(obj, nil) {
				return errLeft
			}
		}
		return nil
	}
	byKey, quick, err := q.byKey(db, s)
	switch {
	case err != nil:
		return err
	case byKey != nil && (quick || !db.mayStream(s)):
		err = byKey.walkByKey(ctx, size, hand)
	case db.mayStream(s):
		err = stream(ctx, db, s, &q.s, size, hand)
	default:
		err = q.walkByOffset(ctx, size, hand)
	}
	if err == errLeft {
		return nil
	}
	return err
}

// byKey is the query in a total order that After can continue, nil when it has none. Quick says that an index gives that order.
func (q Query[T]) byKey(db *DB, s *scope) (byKey *Query[T], quick bool, err error) {
	m := q.s.Model
	if q.s.Combined != nil || m.KeyField() == nil || q.s.Empty || q.s.Values != nil || q.s.Lock != nil {
		return nil, false, nil
	}
	parts, ok := q.ownOrder()
	if !ok || q.s.Err != nil {
		return nil, false, q.s.Err
	}
	for _, p := range parts {
		if p.f.Custom != nil || p.f.Extra || !sortable(p.f.S.Kind) || !q.loads(p.f) {
			return nil, false, nil
		}
	}
	if one, err := db.compiler(s).OneRowEach(&q.s); err != nil || !one {
		return nil, false, err
	}
	if endsUnique(m, parts) {
		return &q, len(parts) == len(m.Key) || len(parts) == 1, nil
	}
	quick = len(parts) == 0
	order := q.s.Order[:len(q.s.Order):len(q.s.Order)]
	if !q.s.Ordered {
		order = nil
		for _, p := range parts {
			name := p.f.S.Name
			if p.f.Rel != nil {
				name = p.f.Column
			}
			order = append(order, expr.Order{Name: name, Desc: p.desc, Nulls: p.nulls})
		}
	}
	q.s.Order, q.s.Ordered = append(order, expr.Order{Name: "pk"}), true
	return &q, quick, nil
}

// sortable says that a column's values compare in the database as they do behind After.
func sortable(k schema.Kind) bool {
	switch k {
	case schema.JSON, schema.Binary, schema.Invalid:
		return false
	}
	return true
}

// loads says that the query reads a column.
func (q *Query[T]) loads(f *plan.Field) bool {
	key := f.S.PrimaryKey
	for _, k := range q.s.Model.Key {
		key = key || k == f
	}
	if key {
		return true
	}
	for _, d := range q.s.Defer {
		if d == f {
			return false
		}
	}
	for _, o := range q.s.Only {
		if o == f {
			return true
		}
	}
	return len(q.s.Only) == 0
}

// walkByKey reads each chunk behind the last object of the one before.
func (q Query[T]) walkByKey(ctx context.Context, size int, hand func([]*T) error) error {
	left := -1
	if q.s.Sliced {
		left = q.s.Limit
	}
	offset := q.s.Offset
	q.s.Sliced, q.s.Offset, q.s.Limit = false, 0, -1
	page := q
	for {
		n := size
		if left >= 0 {
			n = min(n, left)
		}
		list, err := page.Slice(offset, offset+n).All(ctx)
		if err != nil {
			return err
		}
		if err := hand(list); err != nil {
			return err
		}
		if left >= 0 {
			left -= len(list)
		}
		if len(list) < n || left == 0 {
			return nil
		}
		page, offset = q.After(list[len(list)-1]), 0
	}
}

// walkByOffset reads each chunk by counting the rows before it.
func (q Query[T]) walkByOffset(ctx context.Context, size int, hand func([]*T) error) error {
	for at := 0; ; at += size {
		list, err := q.Slice(at, at+size).All(ctx)
		if err != nil {
			return err
		}
		if err := hand(list); err != nil || len(list) < size {
			return err
		}
	}
}

// followsOrder says that an order by a relation follows the other model's order.
func followsOrder(f *plan.Field, plain bool) bool {
	return !plain && f.Rel != nil && f.Rel.Kind == plan.Forward && f.Rel.To.Ready() == nil && len(f.Rel.To.Order) > 0
}

// plainName says that a name in an order means the column of a relation, not the other model's order.
func plainName(name string) bool {
	return name == "pk" || name == "-pk" || strings.HasSuffix(name, "_id")
}
