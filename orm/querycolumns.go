package orm

import (
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Only loads the named columns and the key; the other fields keep their zero values until Load fills them. Save leaves them
// out, unless they were given a value.
func (q Query[T]) Only(fields ...any) Query[T] { return q.choose(fields, true) }

// Defer leaves columns out, as Only does with all but those it names. Without arguments nothing is left out any more:
// Django's defer(None).
func (q Query[T]) Defer(fields ...any) Query[T] { return q.choose(fields, false) }

func (q Query[T]) choose(fields []any, only bool) Query[T] {
	q.refuseCombined("choose columns")
	if err := q.s.Model.Ready(); err != nil {
		q.fail("%w", err)
		return q
	}
	var list []*plan.Field
	for _, f := range fields {
		pf, _, err := fieldOf(q.s.Model, f)
		if err != nil {
			if q.s.Err == nil {
				q.s.Err = err
			}
			return q
		}
		if pf.Tuple != nil { // a relation over columns
			list = append(list, pf.Tuple...)
			continue
		}
		list = append(list, pf)
	}
	if only {
		q.s.Only = list
	} else if len(fields) == 0 {
		q.s.Only, q.s.Defer = nil, nil
	} else {
		n := len(q.s.Defer)
		q.s.Defer = append(q.s.Defer[:n:n], list...)
	}
	return q
}
