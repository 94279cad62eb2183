package orm

import (
	"context"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// ahead are the prefetches of a query for one object that are asked for together with the object: the query names its key,
// and they need no more. The zero value has none.
type ahead struct {
	key   dialect.Value
	loads []*loading
	parts []*batchPart
}

// startAhead prepares them. What cannot be asked for yet, and what is not known to be right, is left to prefetch.
func startAhead(ctx context.Context, db *DB, s *scope, q *expr.Query) (a ahead) {
	pk := q.Model.PK
	key, ok := namedKey(q)
	if !ok {
		return a
	}
	c := db.compiler(s)
	for i, p := range q.Prefetch {
		steps, err := prefetchSteps(c.Steps, q.Model, p)
		if err != nil || len(steps) == 0 {
			continue
		}
		rel := steps[0]
		if rel.Kind == plan.Forward || relationKey(rel) != pk || findLoading(a.loads, nil, rel, prefetchTo(q, i, 0, steps)) != nil {
			continue
		}
		ld, err := startByKeys(ctx, rel, []dialect.Value{key}, subQuery(q, i, 0, steps), q.DB)
		if err != nil || ld.part == nil || ld.part.db != db {
			continue
		}
		a.key, a.parts = key, append(a.parts, ld.part)
		ld.rel, ld.to, ld.part = rel, prefetchTo(q, i, 0, steps), nil // it is sent with the object
		a.loads = append(a.loads, ld)
	}
	return a
}

// namedKey returns the primary key that a query names by Eq, if it does.
func namedKey(q *expr.Query) (dialect.Value, bool) {
	pk := q.Model.PK
	if pk == nil || pk.Rel != nil || q.Lock != nil || q.Combined != nil || q.Offset > 0 {
		return dialect.Value{}, false
	}
	for i := range q.Where {
		if q.Where[i].Negate {
			continue
		}
		for j := range q.Where[i].Preds {
			p := &q.Where[i].Preds[j]
			if !namesColumn(p, q.Model, pk) || p.Val.Kind == dialect.Null {
				continue
			}
			v, err := compile.Prepare(pk.S.Kind, expr.Exact, p.Val, time.UTC)
			return v, err == nil
		}
	}
	return dialect.Value{}, false
}

// namesColumn says that a condition compares a column of the query's own model with a value.
func namesColumn(p *expr.Pred, m *plan.Model, f *plan.Field) bool {
	switch {
	case p.Right != nil || p.Err != nil:
		return false
	case p.Op == expr.Exact && p.Path != nil:
		return p.Path.Ref.Parent == nil && m.FieldAt(p.Path.Offset) == f
	case p.Op == expr.Exact:
		name, ok := p.Left.(expr.Name)
		return ok && m.FieldNamed(name.Name) == f
	}
	return p.Op == expr.Dynamic && m.FieldNamed(p.Name) == f
}

// fits says that an object has the key that was named. A database may find another one: 'ANNA' for 'anna'.
func (a *ahead) fits(m *plan.Model, obj plan.Pointer) bool {
	return m.PK.Codec.Get(m.PK.At(obj)).Equal(a.key)
}
