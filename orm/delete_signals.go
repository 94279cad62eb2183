package orm

import (
	"context"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// DeleteObject is Delete of one object on the database of the query: orm.Objects[Article]().Using("archive").DeleteObject.
func (q Query[T]) DeleteObject(ctx context.Context, obj *T) (Deleted, error) {
	return deleteObject(ctx, q, obj)
}

// origin is what a delete began with: a query, or an object, which is told of by itself and not by a copy.
type origin struct {
	of  any
	obj plan.Pointer
}

// load reads the objects of collected rows whose receivers want to see them.
func (c *collector) load(d *doomed, keys []dialect.Value) error {
	h := c.s.hooksOf(d.told)
	if !h.deletes() {
		return nil
	}
	m := d.told
	if p := c.from.obj; p != nil && len(c.order) == 1 && len(keys) == 1 {
		d.objs = append(d.objs, p)
		return nil
	}
	for len(keys) > 0 {
		n := min(len(keys), deleteBatch)
		q := &expr.Query{Model: m, Limit: -1, Ordered: true, DB: c.using}
		addStep(q, expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(keys[:n])})
		objs, err := readRows(c.ctx, q, c.using)
		if err != nil {
			return err
		}
		bindGroup(m, objs, c.using)
		d.objs = append(d.objs, objs...)
		keys = keys[n:]
	}
	return nil
}

// announce tells receivers of the objects of a model.
func (c *collector) announce(d *doomed, event string) error {
	h := c.s.hooksOf(d.told)
	if h == nil {
		return nil
	}
	typed, untyped := h.preDelete, h.preDeleteAny
	if event == postDelete {
		typed, untyped = h.postDelete, h.postDeleteAny
	}
	if !typed && !untyped {
		return nil
	}
	info := DeleteInfo{Model: Model{d.told}, Using: alias(c.using), Origin: c.from.of, Soft: c.soft}
	for _, obj := range d.objs {
		if err := h.delete(c.ctx, event, typed, untyped, d.told, obj, info); err != nil {
			return err
		}
	}
	return nil
}
