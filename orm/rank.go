package orm

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// OrderWithin makes a whole number the object's place among the rows with the same foreign key: 0, 1, 2 … in the order in
// which they are created. It is the model's order unless Meta says another. Django: order_with_respect_to, whose hidden
// column _order this is.
//
//	type Answer struct {
//		ID       int64
//		Question orm.FK[Question]
//		Place    int32
//	}
//
//	orm.OrderWithin(&a.Place, &a.Question)
//
// SetOrder gives the rows another order, Next and Previous walk it.
func OrderWithin[V Whole, T any, K comparable](f *V, owner *ForeignKey[T, K]) *Column[V] {
	c := newColumn(f, schema.Integer).Name("_order").NotEditable()
	c.d.within = plan.Lookup(plan.PointerTo(owner))
	if c.d.within == nil {
		c.d.err = errNotField
	}
	return c
}

// rank makes the place the model's order.
func (d *describer) rank(meta *Meta) {
	m := d.m
	if m.Rank == nil {
		return
	}
	if m.RankOf.Ref != m.Root() {
		d.problem("orm.E004", m.Rank.GoName, "OrderWithin takes a foreign key of the model")
		m.Rank = nil
		return
	}
	m.Schema.OrderWithRespectTo = m.FieldAt(m.RankOf.Offset).S.Name
	if len(meta.Ordering) == 0 {
		meta.Ordering = []Order{{o: expr.Order{Path: m.Root().Leaf(m.Rank.Offset)}}}
	}
}

// giveRanks gives new objects the places after those that are taken.
func (db *DB) giveRanks(ctx context.Context, s *scope, m *plan.Model, objs []plan.Pointer) error {
	of := m.FieldAt(m.RankOf.Offset)
	next := map[string]int64{}
	for _, obj := range objs {
		owner := of.Codec.Get(of.At(obj))
		key := fmt.Sprint(owner.Any())
		n, ok := next[key]
		if !ok {
			var err error
			if n, err = db.nextRank(ctx, s, m, of, owner); err != nil {
				return err
			}
		}
		next[key] = n + 1
		if err := m.Rank.Codec.Set(m.Rank.At(obj), valueRow{dialect.IntValue(n)}, 0); err != nil {
			return fmt.Errorf("orm: %s.%s: %w", m.GoName(), m.Rank.GoName, err)
		}
	}
	return nil
}

// nextRank is the first free place.
func (db *DB) nextRank(ctx context.Context, s *scope, m *plan.Model, of *plan.Field, owner dialect.Value) (n int64, err error) {
	q := &expr.Query{Model: m, Limit: -1, Ordered: true}
	p := expr.Pred{Op: expr.Exact, Left: expr.Name{Name: of.Column}, Val: owner}
	if owner.Kind == dialect.Null {
		p = expr.Pred{Op: expr.IsNull, Left: expr.Name{Name: of.Column}, Val: dialect.BoolValue(true)}
	}
	addStep(q, p)
	st, err := db.compiler(s).Aggregate(q, []expr.Annotation{{Name: "v", Node: &expr.Aggregate{Name: "Max", Of: expr.Name{Name: m.Rank.S.Name}}}})
	if err != nil {
		return 0, err
	}
	err = db.query(ctx, s, st.SQL, st.Args, true, func(r dialect.Row) error {
		if !r.Null(0) {
			n = r.Int(0) + 1
		}
		return nil
	})
	return n, err
}

// SetOrder gives the rows of a query the places 0, 1, 2 … in the order of the keys, in one transaction; other rows keep
// theirs, and so do those whose keys are not named. The model has a field that OrderWithin describes. Django: set_RELATED_order.
//
//	err := orm.SetOrder(ctx, answers.Filter(orm.Eq(&a.Question, orm.To(question))), 7, 3, 5)
func SetOrder[T any, K comparable](ctx context.Context, q Query[T], keys ...K) error {
	m := q.s.Model
	if err := m.Ready(); err != nil {
		return err
	}
	if m.Rank == nil {
		return fmt.Errorf("orm: SetOrder(%s): the model has no field with orm.OrderWithin", m.GoName())
	}
	if _, _, err := q.writing(ctx); err != nil {
		return err
	}
	if m.PK == nil {
		return setOrderSingly(ctx, q, keys)
	}
	list := make([]dialect.Value, len(keys))
	for i, k := range keys {
		v, err := valueOf(k)
		if err != nil {
			return err
		}
		list[i] = v
	}
	return AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		at := 0
		for batch := range slices.Chunk(list, orderBatch) {
			places := &expr.Case{Default: expr.Name{Name: m.Rank.S.Name}, Out: m.Rank.S.Kind}
			for _, k := range batch {
				is := expr.Pred{Op: expr.Exact, Left: expr.Name{Name: "pk"}, Val: k}
				places.Whens = append(places.Whens, expr.When{If: is, Then: expr.Literal{Value: dialect.IntValue(int64(at)), Kind: m.Rank.S.Kind}})
				at++
			}
			named := q.Filter(Predicate{expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(batch)}})
			if _, err := named.Update(ctx, Assignment{expr.Assign{Name: m.Rank.S.Name, Value: places}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// setOrderSingly is SetOrder for composite keys.
func setOrderSingly[T any, K comparable](ctx context.Context, q Query[T], keys []K) error {
	return AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		for i, k := range keys {
			if _, err := q.Filter(Lookup("pk", k)).Update(ctx, SetByName(q.s.Model.Rank.S.Name, int64(i))); err != nil {
				return err
			}
		}
		return nil
	})
}

// orderBatch is how many rows SetOrder moves by one statement.
const orderBatch = 200

// Next is the object of the query that comes after a saved one by a column, by the key where two have one value. It is
// ErrNotFound behind the last. By a place of OrderWithin it is the next one of the same owner. Django: get_next_by_FOO,
// get_next_in_order.
//
//	following, err := orm.Next(ctx, articles.Filter(orm.Eq(&a.Status, Live)), article, &a.Created)
func Next[T, V any](ctx context.Context, q Query[T], obj *T, f *V) (*T, error) {
	return neighbour(ctx, q, obj, f, false)
}

// Previous is Next in the other direction.
func Previous[T, V any](ctx context.Context, q Query[T], obj *T, f *V) (*T, error) {
	return neighbour(ctx, q, obj, f, true)
}

func neighbour[T, V any](ctx context.Context, q Query[T], obj *T, f *V, back bool) (*T, error) {
	m := q.s.Model
	if err := m.Ready(); err != nil {
		return nil, err
	}
	pf, _, err := fieldOf(m, f)
	if err != nil {
		return nil, err
	}
	p := plan.PointerTo(obj)
	switch {
	case pf.Nullable:
		return nil, fmt.Errorf("orm: Next: %s.%s may be null, which has no place in an order", m.GoName(), pf.GoName)
	case !hasKey(m, p):
		return nil, fmt.Errorf("orm: Next(%s): %w", m.GoName(), ErrNotSaved)
	}
	if pf == m.Rank {
		of := m.FieldAt(m.RankOf.Offset)
		q = q.Filter(Predicate{expr.Pred{Op: expr.Exact, Left: expr.Name{Name: of.Column}, Val: of.Codec.Get(of.At(p))}})
	}
	by := []Order{{o: expr.Order{Path: m.Root().Leaf(pf.Offset), Desc: back}}}
	for _, k := range m.Key {
		if k != pf {
			by = append(by, Order{o: expr.Order{Path: m.Root().Leaf(k.Offset), Desc: back}})
		}
	}
	return q.OrderBy(by...).After(obj).First(ctx)
}

// PK is an object's primary key as a value, for code that does not know the model: int64(7), "code", [16]byte. The parts of
// a composite key are a []any. A new object has the zero value. Django: obj.pk.
func PK[T any](obj *T) any {
	m := model[T]()
	if m.Ready() != nil {
		return nil
	}
	return keyOf(m, plan.PointerTo(obj))
}

// keyOf is PK of an object whose type is not known.
func keyOf(m *plan.Model, p plan.Pointer) any {
	parts := make([]any, len(m.Key))
	for i, f := range m.Key {
		t := f.Type
		if f.Rel != nil && !f.ParentLink {
			t = t.Field(0).Type // a foreign key begins with its value
		}
		parts[i] = reflect.NewAt(t, f.At(p)).Elem().Interface()
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return parts
}
