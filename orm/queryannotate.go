package orm

import (
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Annotate computes values for each row: a struct field that the model declares with orm.Extra takes the value, and
// further conditions and orders may use it.
//
//	q.Annotate(orm.As(&a.CommentCount, orm.Count(&orm.Rev[Comment](&c.Article).ID)))
func (q Query[T]) Annotate(picks ...Pick) Query[T] {
	q.refuseSliced("annotate")
	q.refuseCombined("annotate")
	for _, p := range picks {
		n := len(q.s.Annotations)
		a := p.a
		a.After = len(q.s.Where)
		if a.Field != nil {
			a.Name = SnakeCase(a.Field.Name)
		}
		if p.err != nil && q.s.Err == nil {
			q.s.Err = p.err
		}
		if err := checkAlias(a.Name); err != nil && q.s.Err == nil {
			q.s.Err = err
		}
		if a.Field == nil && q.s.Model.Ready() == nil && q.s.Model.FieldNamed(a.Name) != nil && q.s.Err == nil {
			q.s.Err = fmt.Errorf("orm: the annotation %q conflicts with a field of %s", a.Name, q.s.Model.GoName())
		}
		q.s.Annotations = append(q.s.Annotations[:n:n], a)
		q.extendValues(a)
	}
	return q
}

// Pick is an expression with the place for its value. Make it with As or Named.
type Pick struct {
	a   expr.Annotation
	err error
	dst plan.Pointer
}

// As gives an expression's value to a struct field.
func As[V any](dst *V, e Expr[V]) Pick {
	return Pick{a: expr.Annotation{Field: plan.Lookup(plan.PointerTo(dst)), Node: e.n}, err: e.err, dst: plan.PointerTo(dst)}
}

// Named gives an expression a name, for conditions and orders by name and for ValuesMap.
func Named(name string, e AnyExpr) Pick {
	return Pick{a: expr.Annotation{Name: name, Node: e.exprNode()}}
}

// checkAlias refuses names that could change the meaning of a statement even in quotes.
func checkAlias(name string) error {
	if name == "" {
		return fmt.Errorf("orm: an annotation needs a name, or a field that the model declares with orm.Extra")
	}
	if strings.ContainsAny(name, "\"'`;[]#%") || strings.Contains(name, "--") || strings.Contains(name, "/*") || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return fmt.Errorf("orm: %q is not a name for an annotation (no quotes, brackets, spaces, control characters, semicolons, # or comments)", name)
	}
	return nil
}
