package orm

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// PrefetchQuery is Prefetch with a query that says which related objects, and in what order. A slice of it is taken for
// each object: Limit(3) loads three comments of every article. Django: Prefetch(queryset=).
func PrefetchQuery[T, R any](q Query[T], f *Many[R], sub Query[R]) Query[T] {
	q = q.Prefetch(f)
	if n := len(q.s.Prefetch); n > 0 {
		s := sub.s
		q.s.Prefetch[n-1].Query = &s
		if s.Err != nil && q.s.Err == nil {
			q.s.Err = s.Err
		}
	}
	return q
}

// PrefetchTo is PrefetchQuery into a field of the struct that is no column, declared with orm.Extra, so that the relation
// itself stays whole. Several of one relation go side by side. Django: Prefetch(to_attr=).
//
//	Latest []*Comment // orm.Extra(&a.Latest)
//
//	q = orm.PrefetchTo(q, &a.Latest, &a.Comments, comments.OrderBy(orm.Desc(&c.At)).Limit(3))
func PrefetchTo[T, R any](q Query[T], dst *[]*R, f *Many[R], sub Query[R]) Query[T] {
	p := plan.Lookup(plan.PointerTo(dst))
	if p == nil {
		if q.s.Err == nil {
			q.s.Err = errNotField
		}
		return q
	}
	q = PrefetchQuery(q, f, sub)
	if n := len(q.s.Prefetch); n > 0 {
		q.s.Prefetch[n-1].To = p
	}
	return q
}

// PrefetchObjects loads relations of objects that are there already, with one query for each relation that not all of them
// have loaded: Django's prefetch_related_objects.
//
//	err := orm.PrefetchObjects(ctx, articles, &a.Tags, &a.Comments)
func PrefetchObjects[T any](ctx context.Context, objs []*T, fields ...AnyRef) error {
	return Objects[T]().Prefetch(fields...).PrefetchFor(ctx, objs)
}

// PrefetchFor loads what the query would prefetch (Prefetch, PrefetchQuery, PrefetchTo) for objects that are there already.
// The query itself does not run.
func (q Query[T]) PrefetchFor(ctx context.Context, objs []*T) error {
	m := q.s.Model
	if err := m.Ready(); err != nil {
		return err
	}
	if q.s.Err != nil || len(objs) == 0 {
		return q.s.Err
	}
	list := make([]plan.Pointer, len(objs))
	for i, obj := range objs {
		p := plan.PointerTo(obj)
		if !hasKey(m, p) {
			return fmt.Errorf("orm: PrefetchObjects(%s): %w", m.GoName(), ErrNotSaved)
		}
		m.Bind(p, m.StateOf(p)) // one that was made by hand does not know its relations yet
		list[i] = p
	}
	all := q.s
	all.Prefetch = nil
	for _, pf := range q.s.Prefetch {
		if !isLoaded(m, pf, list) {
			all.Prefetch = append(all.Prefetch, pf)
		}
	}
	if len(all.Prefetch) == 0 {
		return nil
	}
	db, s, err := route(ctx, &all.DB, m, false, homeOf(m, list[0]))
	if err != nil {
		return err
	}
	return prefetch(ctx, db, s, &all, list, nil)
}

// isLoaded says that all objects have the relation of a plain prefetch of one step.
func isLoaded(m *plan.Model, pf expr.Prefetch, objs []plan.Pointer) bool {
	if pf.Path == nil || pf.Query != nil || pf.Path.Ref != m.Root() {
		return false
	}
	f := m.FieldAt(pf.Path.Offset)
	if f == nil || f.Rel == nil {
		return false
	}
	for _, obj := range objs {
		if !f.LinkAt(obj).Done {
			return false
		}
	}
	return true
}

// prefetchField is the field that takes prefetched objects.
func prefetchField(rel *plan.Relation, to *plan.Path) (*plan.Field, error) {
	f := rel.From.FieldAt(to.Offset)
	if to.Ref.Model != rel.From || f == nil || !f.Extra {
		return nil, fmt.Errorf("orm: PrefetchTo: %s cannot take objects of %s.%s (it must be a field of %[2]s that is declared with orm.Extra)", to, rel.From.GoName(), rel.Name)
	}
	return f, nil
}

const rowAlias = "_prefetch_row"

// slicePerOwner makes the slice of a prefetch's query one for each owner, by the numbers of the rows in the order of the
// query.
//
// Django 6.1 django/db/models/fields/related_descriptors.py _filter_prefetch_queryset.
func slicePerOwner(q *expr.Query, owner ...expr.Node) error {
	if q.Combined != nil {
		return fmt.Errorf("orm: a prefetch of %s cannot take a union, intersection or difference (Wrap it)", q.Model.GoName())
	}
	if !q.Sliced {
		return nil
	}
	if q.Distinct {
		return fmt.Errorf("orm: a prefetch of %s cannot take a slice of a distinct query for each object (Wrap the distinct query, then slice)", q.Model.GoName())
	}
	order, err := orderOf(q)
	if err != nil {
		return err
	}
	n := len(q.Annotations)
	q.Annotations = append(q.Annotations[:n:n], expr.Annotation{
		Name: rowAlias, Hidden: true, After: len(q.Where),
		Node: &expr.Window{Of: expr.Func{Name: "RowNumber", Out: schema.BigInteger}, Partition: owner, Order: order},
	})
	row := expr.Name{Name: rowAlias}
	addStep(q, expr.Pred{Op: expr.Gt, Left: row, Val: dialect.IntValue(int64(q.Offset))})
	if q.Limit >= 0 {
		addStep(q, expr.Pred{Op: expr.Lte, Left: row, Val: dialect.IntValue(int64(q.Offset + q.Limit))})
	}
	q.Sliced, q.Offset, q.Limit = false, 0, -1
	return nil
}

// orderOf is the order of a query's rows: its own, or the model's, or that of the key.
func orderOf(q *expr.Query) ([]expr.Order, error) {
	var out []expr.Order
	if q.Ordered {
		out = append(out, q.Order...)
	} else {
		if _, err := q.Model.Ordering(); err != nil {
			return nil, err
		}
		for _, o := range q.Model.Order {
			by, ok := o.By.(expr.Order)
			if !ok {
				by = expr.Order{Path: o.Path, Plain: o.Plain, Desc: o.Desc, Nulls: o.Nulls}
			}
			out = append(out, by)
		}
	}
	if len(out) == 0 && q.Model.KeyField() != nil {
		out = []expr.Order{{Name: "pk"}}
	}
	if q.Reverse {
		for i := range out {
			out[i].Desc = !out[i].Desc
			switch out[i].Nulls {
			case "first":
				out[i].Nulls = "last"
			case "last":
				out[i].Nulls = "first"
			}
		}
	}
	return out, nil
}
