package compile

import (
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Condition compiles a SELECT of a condition over given expressions, by the names of fields, in place of a row's columns. A
// nil expression stands for a field that the condition does not name.
func (c *Compiler) Condition(m *plan.Model, p expr.Pred, values map[string]expr.Node) (*Statement, error) {
	b := c.builder(&expr.Query{Model: m}, nil)
	annots := map[string]*rexpr{}
	for name, n := range values {
		if n != nil {
			annots[name] = b.resolve(n, nil)
		}
	}
	b.annots = annots
	n, _ := b.resolvePred(p, nil)
	if b.err != nil {
		return nil, b.err
	}
	w := &writer{d: c.D}
	w.str("SELECT CASE WHEN ")
	n.sql(w)
	w.str(" THEN 1 WHEN NOT (")
	n.sql(w)
	w.str(") THEN 0 END")
	return b.statement(w)
}
