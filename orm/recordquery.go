package orm

import (
	"context"
	"errors"
	"iter"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// RecordQuery is a Query whose model is known only when the program runs. As a Query it is a value.
type RecordQuery struct{ s expr.Query }

// Records is the query of all rows of the model, those that its Scope hides too. Scoped leaves these out.
func (m Model) Records() RecordQuery { return RecordQuery{expr.Query{Model: m.p, Limit: -1}} }

// Scoped leaves out the rows that the model's Scope hides, as Objects does.
func (q RecordQuery) Scoped() RecordQuery { q.s.Scoped = true; return q }

// Records is the query without its type. Relations that it loads along and annotations are left out.
func (q Query[T]) Records() RecordQuery {
	q.s.Related, q.s.Prefetch = nil, nil
	return RecordQuery(q)
}

// Model describes the query's model.
func (q RecordQuery) Model() Model { return Model{q.s.Model} }

// Using names the database.
func (q RecordQuery) Using(db string) RecordQuery { q.s.DB = db; return q }

// Filter keeps the rows for which all conditions hold (Query.Filter).
func (q RecordQuery) Filter(ps ...Predicate) RecordQuery {
	if q.s.Sliced && q.s.Err == nil {
		q.s.Err = errors.New("orm: cannot filter a query once a slice has been taken")
	}
	list := make([]expr.Pred, len(ps))
	for i := range ps {
		list[i] = ps[i].p
		if err := checkRoot(&q.s, &list[i]); err != nil && q.s.Err == nil {
			q.s.Err = err
		}
	}
	if len(list) > 0 {
		n := len(q.s.Where)
		q.s.Where = append(q.s.Where[:n:n], expr.Step{Preds: list})
	}
	return q
}

// OrderBy sets the order, in place of an earlier one and of the model's own. Without arguments it is that of the key.
func (q RecordQuery) OrderBy(orders ...Order) RecordQuery {
	q.s.Order, q.s.Ordered, q.s.Reverse = nil, true, false
	for _, o := range orders {
		if o.e != nil && q.s.Err == nil {
			q.s.Err = o.e
		}
		q.s.Order = append(q.s.Order, o.o)
	}
	return q
}

// Slice keeps the rows from lo up to, not including, hi, of a query that has no slice yet.
func (q RecordQuery) Slice(lo, hi int) RecordQuery {
	if q.s.Sliced && q.s.Err == nil {
		q.s.Err = errors.New("orm: a slice of a slice of records")
	}
	q.s.Sliced, q.s.Offset, q.s.Limit = true, lo, max(0, hi-lo)
	return q
}

// Count is the number of rows.
func (q RecordQuery) Count(ctx context.Context) (n int, err error) {
	db, s, err := route(ctx, &q.s.DB, q.s.Model, false, q.s.Home)
	if err != nil {
		return 0, err
	}
	err = db.ask(ctx, s, &q.s, shapeCount, func(r dialect.Row) error {
		n = int(r.Int(0))
		return nil
	})
	return n, err
}

// ordered says that the rows have an order other than that of the key.
func (q *RecordQuery) ordered() bool {
	return q.s.Ordered && len(q.s.Order) > 0 || !q.s.Ordered && len(q.s.Model.Order) > 0 || q.s.Sliced || q.s.Combined != nil
}

// All reads the records.
func (q RecordQuery) All(ctx context.Context) ([]*Record, error) {
	if err := q.s.Model.Ready(); err != nil {
		return nil, err
	}
	if q.s.Err != nil {
		return nil, q.s.Err
	}
	return readRecords(ctx, q.s)
}

// Iter reads the records in chunks, so that memory stays the same however many there are.
func (q RecordQuery) Iter(ctx context.Context) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		for part, err := range q.Chunks(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range part {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// recordChunk is the number of records that Chunks reads at once.
const recordChunk = 1000

// Chunks is Iter in lists of up to 1000 records. A query in the order of its key goes on where the last chunk ended; one
// with an order of its own counts rows, which is slow far from the beginning.
func (q RecordQuery) Chunks(ctx context.Context) iter.Seq2[[]*Record, error] {
	return func(yield func([]*Record, error) bool) {
		m := q.s.Model
		if err := m.Ready(); err != nil {
			yield(nil, err)
			return
		}
		if q.ordered() {
			q.byOffset(ctx, yield)
			return
		}
		q = q.OrderBy(keyOrder(m)...)
		if len(m.Key) != 1 {
			q.byOffset(ctx, yield)
			return
		}
		for page := q; ; {
			list, err := page.Slice(0, recordChunk).All(ctx)
			if len(list) > 0 || err != nil {
				if !yield(list, err) || err != nil {
					return
				}
			}
			if len(list) < recordChunk {
				return
			}
			page = q
			last := list[len(list)-1].Value(RecordField{m.PK})
			addStep(&page.s, expr.Pred{Op: expr.Gt, Left: expr.Name{Name: "pk"}, Val: last})
		}
	}
}

// byOffset is Chunks of a query that cannot go on at a key.
func (q RecordQuery) byOffset(ctx context.Context, yield func([]*Record, error) bool) {
	most := q.s.Limit
	for at := q.s.Offset; ; at += recordChunk {
		page, n := q, recordChunk
		if done := at - q.s.Offset; q.s.Sliced && most >= 0 {
			n = min(n, most-done)
		}
		page.s.Sliced, page.s.Offset, page.s.Limit = true, at, n
		var list []*Record
		var err error
		if n > 0 {
			list, err = page.All(ctx)
		}
		if len(list) > 0 || err != nil {
			if !yield(list, err) || err != nil {
				return
			}
		}
		if len(list) < recordChunk {
			return
		}
	}
}

func keyOrder(m *plan.Model) []Order {
	var out []Order
	for _, f := range m.Key {
		out = append(out, ByName(f.S.Name))
	}
	if len(out) == 1 {
		out[0] = ByName("pk")
	}
	return out
}

// readRecords reads the rows of a query, with the texts of their JSON columns.
func readRecords(ctx context.Context, q expr.Query) ([]*Record, error) {
	m := q.Model
	db, s, err := route(ctx, &q.DB, m, q.Lock != nil, q.Home)
	if err != nil {
		return nil, err
	}
	if err := db.mayLock(s, &q); err != nil {
		return nil, err
	}
	st, err := db.statement(s, &q, shapeSelect)
	if err != nil || st.Empty {
		return nil, err
	}
	var out []*Record
	var objs plan.Objects
	objs.Model = m
	fields := st.Layout.Fields
	err = db.query(ctx, s, st.SQL, st.Args, q.Lock != nil, func(r dialect.Row) error {
		rec := &Record{m: m, p: objs.Next(q.Limit)}
		out = append(out, rec)
		for i, f := range fields {
			if f.S.Kind == schema.JSON && f.Custom == nil && !r.Null(i) {
				if rec.texts == nil {
					rec.texts = map[int]string{}
				}
				rec.texts[f.Index] = r.Text(i)
			}
		}
		return scanObject(rec.p, fields, m, r)
	})
	if err == nil {
		for _, rec := range out {
			m.Bind(rec.p, nil)
			settle(m, rec.p, q.DB)
		}
	}
	return out, err
}
