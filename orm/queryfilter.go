package orm

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Filter keeps the rows for which all conditions hold. Conditions of one call on a relation to many rows speak of the same
// related row; those of two calls may be fulfilled by two.
func (q Query[T]) Filter(ps ...Predicate) Query[T] { return q.where(ps, false) }

// Exclude leaves out the rows for which all conditions hold.
func (q Query[T]) Exclude(ps ...Predicate) Query[T] { return q.where(ps, true) }

func (q Query[T]) where(ps []Predicate, negate bool) Query[T] {
	q.refuseSliced("filter")
	q.refuseCombined("filter")
	if len(ps) == 0 {
		return q
	}
	n := len(q.s.Where)
	steps, list := q.s.Where[:n:n], []expr.Pred(nil)
	if n == 0 && len(ps) == 1 { // most queries: one piece of memory for both lists
		first := new(firstStep)
		steps, list = first.steps[:0], first.preds[:]
	} else {
		list = make([]expr.Pred, len(ps))
	}
	for i := range ps {
		list[i] = ps[i].p
		if err := checkRoot(&q.s, &list[i]); err != nil && q.s.Err == nil {
			q.s.Err = err
		}
	}
	q.s.Where = append(steps, expr.Step{Preds: list, Negate: negate})
	return q
}

// firstStep is the memory of a query's first condition.
type firstStep struct {
	steps [1]expr.Step
	preds [1]expr.Pred
}

// checkRoot finds a key path of another model where the query is built, so that the message has the right line.
func checkRoot(s *expr.Query, p *expr.Pred) error {
	if p.Err != nil {
		return p.Err
	}
	if p.Path != nil && !names(s, p.Path) {
		return wrongModel(p.Path, s.Model)
	}
	for i := range p.Kids {
		if err := checkRoot(s, &p.Kids[i]); err != nil {
			return err
		}
	}
	return nil
}

// names says that a key path begins at the query's model, or at a table that is joined.
func names(s *expr.Query, p *plan.Path) bool {
	root := p.Ref.Root()
	if !root.Other && (root.Model == s.Model || embeds(s.Model, root.Model)) {
		return true
	}
	for i := range s.Joins {
		if s.Joins[i].Ref == root {
			return true
		}
	}
	return false
}

func wrongModel(p *plan.Path, m *plan.Model) error {
	return fmt.Errorf("orm: %s is used in a query of %s (a key path must begin at orm.Fields[%[2]s], or at a table that the query joins)", p, m.GoName())
}
