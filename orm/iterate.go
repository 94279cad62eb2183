package orm

import (
	"context"
	"iter"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Iter reads the objects in chunks, so that memory stays the same however many rows there are. No connection is held
// between chunks; a query with its own order is continued by offset, one ordered by its key by the key.
func (q Query[T]) Iter(ctx context.Context) iter.Seq2[*T, error] {
	const chunk = 2000
	return func(yield func(*T, error) bool) {
		if err := q.s.Model.Ready(); err != nil {
			yield(nil, err)
			return
		}
		q := q
		if _, _, err := q.reading(ctx); err != nil { // all chunks come from one database
			yield(nil, err)
			return
		}
		if q.s.Sliced || q.s.Combined != nil || q.s.Model.KeyField() == nil || q.s.Ordered && len(q.s.Order) > 0 || !q.s.Ordered && len(q.s.Model.Order) > 0 {
			q.iterByOffset(ctx, chunk, yield)
			return
		}
		pk := q.s.Model.KeyField()
		part := q
		part.s.Order, part.s.Ordered = []expr.Order{{Name: "pk"}}, true
		var last dialect.Value
		for first := true; ; first = false {
			page := part
			if !first {
				n := len(page.s.Where)
				page.s.Where = append(page.s.Where[:n:n], expr.Step{Preds: []expr.Pred{{Op: expr.Gt, Left: expr.Name{Name: "pk"}, Val: last}}})
			}
			list, err := page.Limit(chunk).All(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, obj := range list {
				last = pk.Codec.Get(pk.At(plan.PointerTo(obj)))
				if !yield(obj, nil) {
					return
				}
			}
			if len(list) < chunk {
				return
			}
		}
	}
}

func (q Query[T]) iterByOffset(ctx context.Context, chunk int, yield func(*T, error) bool) {
	for at := 0; ; at += chunk {
		list, err := q.Slice(at, at+chunk).All(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, obj := range list {
			if !yield(obj, nil) {
				return
			}
		}
		if len(list) < chunk {
			return
		}
	}
}
