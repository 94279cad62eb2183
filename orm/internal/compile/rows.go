package compile

import "github.com/nuages-go/nuages/orm/expr"

// OneRowEach says that a query of objects gives each object at most once, and computes nothing that a condition on the key
// would change: it can be read in pieces, by the key.
func (c *Compiler) OneRowEach(q *expr.Query) (bool, error) {
	own := *q
	b := c.builder(&own, nil)
	b.prepareSelect(selectRows)
	if b.err != nil {
		return false, b.err
	}
	if b.combined != nil || b.q.From != nil || len(b.q.DistinctOn) > 0 || b.q.HasGroup || !b.filters[2].isEmpty() {
		return false, nil
	}
	for i := range b.cols {
		if b.cols[i].e.window {
			return false, nil
		}
	}
	if len(b.group) > 0 { // by the key
		return true, nil
	}
	for _, a := range b.aliases {
		if a.multi && a.refs > 0 || a.src != nil {
			return false, nil
		}
	}
	return true, nil
}
