package orm_test

import (
	"context"
	"fmt"
	"reflect"
	"sort"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
)

// shape is how the result of a query shows.
type shape struct {
	kind  string // "", values, list, flat
	dates func(ctx context.Context) ([]time.Time, error)
}

func strs(list []any) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = fmt.Sprint(x)
	}
	return out
}

// build applies the steps of a case.
func build[T any](q orm.Query[T], steps [][]any) (orm.Query[T], shape) {
	var sh shape
	for _, s := range steps {
		args := s[1:]
		switch s[0] {
		case "all":
		case "none":
			q = q.None()
		case "filter", "exclude":
			var ps []orm.Predicate
			for _, a := range args {
				ps = append(ps, orm.PredOf(cond(a)))
			}
			if s[0] == "filter" {
				q = q.Filter(ps...)
			} else {
				q = q.Exclude(ps...)
			}
		case "order_by":
			q = q.OrderBy(orm.OrdersOf(orders(args))...)
		case "reverse":
			q = q.Reverse()
		case "distinct":
			if len(args) > 0 {
				for _, name := range strs(args) {
					q = q.DistinctOn(name)
				}
			} else {
				q = q.Distinct()
			}
		case "slice":
			hi := -1
			if args[1] != nil {
				hi = int(num(args[1]))
			}
			if all := sh.dates; all != nil {
				sh.dates = func(ctx context.Context) ([]time.Time, error) {
					list, err := all(ctx)
					lo, end := min(int(num(args[0])), len(list)), len(list)
					if hi >= 0 {
						end = max(lo, min(hi, end))
					}
					return list[lo:end], err
				}
			}
			q = q.Slice(int(num(args[0])), hi)
		case "values", "values_list", "flat":
			sh.kind = map[string]string{"values": "values", "values_list": "list", "flat": "flat"}[s[0].(string)]
			q = q.ValuesByName(strs(args)...)
		case "values_expr":
			sh.kind = "values"
			m := args[0].(map[string]any)
			q = q.ValuesByName("id")
			q = annotate(q, m, false)
			q = q.ValuesByName(sortedKeys(m)...)
		case "annotate", "alias":
			q = annotate(q, args[0].(map[string]any), s[0] == "alias")
		case "select_related":
			q = q.RelatedByName(strs(args)...)
		case "prefetch_related":
			q = q.PrefetchByName(strs(args)...)
		case "union", "intersection", "difference":
			var others []*expr.Query
			for _, o := range args[0].([]any) {
				others = append(others, sub(o))
			}
			op := map[string]string{"union": "union", "intersection": "intersect", "difference": "except"}[s[0].(string)]
			if len(args) > 1 && args[1].(map[string]any)["all"] == true {
				op += " all"
			}
			q = orm.Combine(q, op, others)
		case "only", "defer":
			refs, err := columnRefs[T](args)
			if err != nil {
				refs = []any{new(string)} // of no model: the query tells
			}
			if s[0] == "only" {
				q = q.Only(refs...)
			} else {
				q = q.Defer(refs...)
			}
		case "dates", "datetimes":
			field, unit := args[0].(string), args[1].(string)
			desc := len(args) > 2 && args[2] == "DESC"
			from := q
			sh.kind = "dates"
			if s[0] == "dates" {
				sh.dates = func(ctx context.Context) ([]time.Time, error) { return from.Dates(ctx, field, unit, desc) }
			} else {
				sh.dates = func(ctx context.Context) ([]time.Time, error) { return from.DateTimes(ctx, field, unit, desc) }
			}
		default:
			var known bool
			if q, known = applyShape(q, s); !known {
				panic(fmt.Sprint("unknown step ", s[0]))
			}
		}
	}
	return q, sh
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func annotate[T any](q orm.Query[T], m map[string]any, alias bool) orm.Query[T] {
	for _, k := range sortedKeys(m) {
		p := orm.Named(k, orm.Node[any](operandNode(m[k])))
		if alias {
			q = q.Alias(p)
		} else {
			q = q.Annotate(p)
		}
	}
	return q
}

func operandNode(v any) expr.Node { return node(v) }

func list[T any](ctx context.Context, q orm.Query[T], sh shape) (any, error) {
	switch sh.kind {
	case "dates":
		ds, err := sh.dates(ctx)
		return canon(ds), err
	case "values":
		rows, err := q.Maps(ctx)
		return canon(rows), err
	case "list":
		rows, err := q.Rows(ctx)
		return canon(rows), err
	case "flat":
		rows, err := q.Rows(ctx)
		out := []any{}
		for _, r := range rows {
			out = append(out, r[0])
		}
		return out, err
	}
	objs, err := q.All(ctx)
	out := []any{}
	for _, o := range objs {
		out = append(out, object(o))
	}
	return out, err
}

func object(o any) any {
	if rv := reflect.ValueOf(o); rv.Kind() == reflect.Pointer && rv.IsNil() {
		return nil
	}
	rv := reflect.ValueOf(o).Elem()
	return map[string]any{"$": "object", "model": rv.Type().Name(), "pk": keyOf(rv)}
}

func keyOf(o reflect.Value) any {
	if p, ok := o.Addr().Interface().(*newsroom.Profile); ok {
		return p.Author.ID
	}
	return o.FieldByName("ID").Interface()
}
