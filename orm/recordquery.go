package orm

import (
	"context"
	"iter"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// RecordQuery is a Query whose model is known only when the program runs. As a Query it is a value.
type RecordQuery struct{ q Query[untyped] }

// untyped stands for the type of a query's objects where it is not known; the query's Model says what they are.
type untyped struct{}

// Records is the query of all rows of the model.
func (m Model) Records() RecordQuery {
	return RecordQuery{Query[untyped]{expr.Query{Model: m.p, Limit: -1}}}
}

// Records is the query without its type. Relations that it loads along and annotations are left out.
func (q Query[T]) Records() RecordQuery {
	q.s.Related, q.s.Prefetch = nil, nil
	return RecordQuery{Query[untyped](q)}
}

// Model describes the query's model.
func (q RecordQuery) Model() Model { return q.q.Model() }

// Using is Query.Using.
func (q RecordQuery) Using(db string) RecordQuery { q.q = q.q.Using(db); return q }

// Filter is Query.Filter.
func (q RecordQuery) Filter(ps ...Predicate) RecordQuery { q.q = q.q.Filter(ps...); return q }

// OrderBy is Query.OrderBy. Without arguments Iter takes the order of the key.
func (q RecordQuery) OrderBy(orders ...Order) RecordQuery { q.q = q.q.OrderBy(orders...); return q }

// Slice is Query.Slice.
func (q RecordQuery) Slice(lo, hi int) RecordQuery { q.q = q.q.Slice(lo, hi); return q }

// Count is the number of rows.
func (q RecordQuery) Count(ctx context.Context) (int, error) { return q.q.Count(ctx) }

// All reads the records.
func (q RecordQuery) All(ctx context.Context) ([]*Record, error) {
	if err := q.q.s.Model.Ready(); err != nil {
		return nil, err
	}
	if q.q.s.Err != nil {
		return nil, q.q.s.Err
	}
	return readRecords(ctx, q.q.s)
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
		m := q.q.s.Model
		if err := m.Ready(); err != nil {
			yield(nil, err)
			return
		}
		ordered := q.q.s.Sliced || q.q.s.Combined != nil || q.q.IsOrdered()
		if !ordered {
			q = q.OrderBy(keyOrder(m)...)
		}
		page, at := q, 0
		for {
			if ordered || len(m.Key) != 1 {
				page = q.Slice(at, at+recordChunk)
			} else {
				page = page.Slice(0, recordChunk)
			}
			list, err := page.All(ctx)
			if len(list) > 0 || err != nil {
				if !yield(list, err) || err != nil {
					return
				}
			}
			if len(list) < recordChunk {
				return
			}
			at += len(list)
			if !ordered && len(m.Key) == 1 {
				page = q
				addStep(&page.q.s, expr.Pred{Op: expr.Gt, Left: expr.Name{Name: "pk"}, Val: list[len(list)-1].Value(RecordField{m.PK})})
			}
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
