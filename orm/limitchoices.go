package orm

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// choiceLimit is what LimitChoices says: fixed conditions on the other model, or a function that makes them.
type choiceLimit struct {
	fixed []Predicate
	of    func(ctx context.Context) []Predicate
}

// preds are the conditions of now.
func (l *choiceLimit) preds(ctx context.Context) []Predicate {
	if l == nil || l.of == nil {
		return l.plain()
	}
	return l.of(ctx)
}

func (l *choiceLimit) plain() []Predicate {
	if l == nil {
		return nil
	}
	return l.fixed
}

// limitOf is what the declaration of a relation field says about its choices, or nil.
func limitOf(f *plan.Field) *choiceLimit {
	l, _ := f.Declared().Limit.(*choiceLimit)
	return l
}

// ChoicesFor is the query of the rows that a relation field may point to, as LimitChoices says; it is what forms offer.
//
//	editors, err := orm.ChoicesFor(ctx, &a.Editor).All(ctx)
//
// Django: ForeignKey.formfield's queryset.
func ChoicesFor[R any](ctx context.Context, f interface {
	AnyRef
	To() *R
},
) Query[R] {
	q := Objects[R]()
	p := f.keyPath()
	if p == nil {
		q.fail("%w", errNotField)
		return q
	}
	_, pf, err := p.Resolve()
	if err != nil {
		q.fail("%w", err)
		return q
	}
	if ps := limitOf(pf).preds(ctx); len(ps) > 0 {
		q = q.Filter(ps...)
	}
	return q
}

// limitSchema checks fixed conditions once both models are described, and writes them into the schema as migrations keep
// them.
func limitSchema(r *plan.Relation) error {
	l, sr := limitOf(r.Field), r.Field.S.Rel
	if l == nil {
		return nil
	}
	sr.LimitFunc = l.of != nil
	all := expr.Pred{Op: expr.AndOp}
	for _, p := range l.fixed {
		if err := checkRoot(&expr.Query{Model: r.To}, &p.p); err != nil {
			return fmt.Errorf("LimitChoices: %w", err)
		}
		named, ok := limitText(p.p)
		if !ok {
			return nil // migrations have no form for it, and do without
		}
		all.Kids = append(all.Kids, named)
	}
	switch len(all.Kids) {
	case 0:
	case 1:
		sr.LimitChoices = all.Kids[0]
	default:
		sr.LimitChoices = all
	}
	return nil
}

// limitText is a condition whose columns are named by strings, across relations too.
func limitText(p expr.Pred) (expr.Pred, bool) {
	switch {
	case p.Right != nil || p.Op == expr.Own:
		return p, false
	case p.Path != nil:
		name, err := pathText(p.Path, false)
		if err != nil {
			return p, false
		}
		if p.Val, err = storedForm(p.Path.Ref.Model.FieldAt(p.Path.Offset), p.Val); err != nil {
			return p, false
		}
		p.Path, p.Left = nil, expr.Name{Name: name}
	case p.Left != nil:
		if _, ok := p.Left.(expr.Name); !ok {
			return p, false
		}
	}
	kids := make([]expr.Pred, len(p.Kids))
	for i, k := range p.Kids {
		x, ok := limitText(k)
		if !ok {
			return p, false
		}
		kids[i] = x
	}
	if len(kids) > 0 {
		p.Kids = kids
	}
	return p, true
}

// addLimit adds what LimitChoices says of a relation field to a query of the other model.
func addLimit(ctx context.Context, q *expr.Query, f *plan.Field) error {
	ps := limitOf(f).preds(ctx)
	if len(ps) == 0 {
		return nil
	}
	step := expr.Step{}
	for _, p := range ps {
		if err := checkRoot(q, &p.p); err != nil {
			return err
		}
		step.Preds = append(step.Preds, p.p)
	}
	q.Where = append(q.Where, step)
	return nil
}
