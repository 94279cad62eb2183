package compile

import (
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Condition compiles a SELECT of a condition over given values in place of a row's columns.
func (c *Compiler) Condition(m *plan.Model, p expr.Pred, values map[string]dialect.Value) (*Statement, error) {
	b := c.builder(&expr.Query{Model: m}, nil)
	b.annots = map[string]*rexpr{}
	for name, v := range values {
		kind := keyKind(m.FieldNamed(name))
		b.annots[name] = b.literal(expr.Literal{Value: v, Kind: kind})
	}
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
