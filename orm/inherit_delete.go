package orm

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// DeleteKeepingParents deletes the child's part of an object and leaves its parents: a Restaurant becomes a Place again. The
// object keeps its key, so that Create makes a child of the same parents. Django: delete(keep_parents=True).
func DeleteKeepingParents[T any](ctx context.Context, obj *T) (Deleted, error) {
	m := model[T]()
	if err := m.Ready(); err != nil {
		return Deleted{}, err
	}
	p := plan.PointerTo(obj)
	if !hasKey(m, p) {
		return Deleted{}, fmt.Errorf("orm: DeleteKeepingParents(%s): %w", m.GoName(), ErrNotSaved)
	}
	q := Unscoped(Objects[T]())
	addKey(&q.s, m, p)
	if _, _, err := route(ctx, &q.s.DB, m, true, homeOf(m, p)); err != nil {
		return Deleted{}, err
	}
	out := Deleted{ByModel: map[string]int{}}
	err := AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		db, s, err := database(ctx, q.s.DB)
		if err != nil {
			return err
		}
		c := &collector{ctx: ctx, db: db, s: s, using: q.s.DB, from: origin{obj, p}, rows: map[*plan.Model]*doomed{}, keepParents: m.Concrete()}
		if err := c.collectQuery(&q.s); err != nil {
			return err
		}
		return c.run(&out)
	})
	if err != nil {
		return Deleted{}, err
	}
	return out, nil
}

// hasAutoKey says that the database gives the model's key: its own, or a parent's.
func hasAutoKey(m *plan.Model) bool {
	f := m.PK
	for f != nil && f.ParentLink {
		f = f.Rel.To.PK
	}
	return f != nil && f.S.Kind.IsAuto()
}

// collectParents takes up the rows of the parents of collected rows. They go after the rows that point to them.
func (c *collector) collectParents(m *plan.Model, keys []dialect.Value) error {
	if m == c.keepParents {
		return nil
	}
	for _, p := range m.Parents {
		theirs := keys
		if link := p.Link.Field; link != m.PK {
			q := &expr.Query{Model: m, Limit: -1, Ordered: true}
			addStep(q, expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(keys)})
			q.Values = []expr.Annotation{{Name: "k", Node: expr.Name{Name: link.Column}}}
			var err error
			if theirs, err = c.keys(q, link); err != nil {
				return err
			}
		}
		if err := c.collect(p.Model, theirs, nil); err != nil {
			return err
		}
		c.rows[p.Model.Concrete()].before[m] = true
	}
	return nil
}
