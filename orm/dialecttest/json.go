package dialecttest

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// testJSONAt takes values out of JSON by their paths, as Go types.
func testJSONAt(t *testing.T, e *env) {
	for i, data := range []map[string]any{
		{"lang": "go", "n": 3, "f": 1.5, "yes": true, "no": nil, "deep": map[string]any{"list": []any{"a", "b", 7}}, "ü": "ö"},
		{"lang": "Python", "n": 20.9, "f": "x", "yes": "yes", "deep": map[string]any{"list": []any{}}},
		{"lang": 5, "n": "many", "f": 2, "yes": false, "deep": 1},
		{},
	} {
		s := fullSample()
		s.Small, s.Data = int16(i), data
		must(t, orm.Create(e.ctx, s))
	}
	q := orm.Objects[Sample]()
	data := &sample.Data
	read := func(x orm.AnyExpr) string {
		t.Helper()
		rows, err := q.ValuesByName("id").Annotate(orm.Named("v", x)).OrderBy(orm.ByName("id")).Maps(e.ctx)
		if err != nil {
			return err.Error()
		}
		var out []string
		for _, r := range rows {
			out = append(out, text(r["v"]))
		}
		return strings.Join(out, " ")
	}
	for _, tt := range []struct {
		name string
		x    orm.AnyExpr
		want string
	}{
		{"text", orm.JSONAt[string](data, "lang"), "go Python 5 null"},
		{"text of a truth value", orm.JSONAt[string](data, "yes"), "true yes false null"},
		{"text of null", orm.JSONAt[string](data, "no"), "null null null null"},
		{"whole number", orm.JSONAt[int64](data, "n"), "3 20 null null"},
		{"float", orm.JSONAt[float64](data, "f"), "1.5000 null 2 null"},
		{"decimal", orm.JSONAt[orm.Decimal](data, "n"), "3 20.9 null null"},
		{"truth", orm.JSONAt[bool](data, "yes"), "true null false null"},
		{"path", orm.JSONAt[string](data, "deep", "list", 1), "b null null null"},
		{"number in a list", orm.JSONAt[int64](data, "deep", "list", 2), "7 null null null"},
		{"from the end", orm.JSONAt[int64](data, "deep", "list", -1), "7 null null null"},
		{"unicode", orm.JSONAt[string](data, "ü"), "ö null null null"},
		{"by name", orm.KT("data__deep__list__0"), "a null null null"},
		{"a path that goes on", orm.JSONAtOf[string](orm.JSONAt[any](data, "deep"), "list", 0), "a null null null"},
		{"arithmetic", orm.JSONAt[int64](data, "n").Plus(1), "4 21 null null"},
		{"function", orm.Concat(orm.JSONAt[string](data, "lang"), orm.Val("!")), "go! Python! 5! !"},
		{"not JSON", orm.JSONAt[string](&sample.Name, "x"), "orm: a path leads into a JSON field, not into a Char"},
		{"no key", orm.JSONAt[string](data), "orm: a path needs at least one key"},
		{"not a key", orm.JSONAt[string](data, 1.5), "orm: a JSON path has strings and ints, not a float64"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := read(tt.x); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}

	rows := func(p orm.Predicate) string {
		list, err := q.Filter(p).All(e.ctx)
		if err != nil {
			return err.Error()
		}
		got := ""
		for _, s := range list {
			got += string(rune('0' + s.Small))
		}
		return got
	}
	for _, tt := range []struct {
		name string
		p    orm.Predicate
		want string
	}{
		{"compare a text", orm.JSONAt[string](data, "lang").Is("go"), "0"},
		{"a text look-up", orm.JSONAt[string](data, "lang").IContains("PY"), "1"},
		{"compare a number", orm.JSONAt[int64](data, "n").Above(3), "1"},
		{"range", orm.JSONAt[float64](data, "f").Between(1, 2), "02"},
		{"in", orm.JSONAt[int64](data, "n").In(3, 4), "0"},
		{"truth", orm.JSONAt[bool](data, "yes").Is(true), "0"},
		{"null", orm.JSONAt[string](data, "lang").IsNull(), "3"},
		{"has key", orm.HasKey(data, "yes"), "012"},
		{"has keys", orm.HasKeys(data, "yes", "no"), "0"},
		{"has any keys", orm.HasAnyKeys(data, "no", "ü"), "0"},
		{"contains", orm.JSONContains(data, map[string]any{"lang": "go", "deep": map[string]any{"list": []any{"b"}}}), "0"},
		{"contains a number", orm.JSONContains(data, map[string]any{"n": 20.9}), "1"},
		{"contains nothing", orm.JSONContains(data, map[string]any{}), "0123"},
		{"contained by", orm.JSONContainedBy(data, map[string]any{"x": 1}), "3"},
		{"contains, by name", orm.Lookup("data__contains", map[string]any{"yes": false}), "2"},
		{"contained by, by name", orm.Lookup("data__contained_by", map[string]any{}), "3"},
		{"contains under a path", orm.Lookup("data__deep__contains", map[string]any{"list": []any{"a"}}), "0"},
		{"iexact none is JSON's null", orm.Lookup("data__no__iexact", nil), "0"},
		{"exact none is JSON's null", orm.Lookup("data__no", nil), "0"},
		{"isnull is a missing key", orm.Lookup("data__no__isnull", true), "123"},
		{"isnull of a key that is there", orm.Lookup("data__no__isnull", false), "0"},
		{"equal documents", orm.Eq(data, map[string]any{}), "3"},
		{"null document", orm.F(data).Eq(orm.JSONNull[map[string]any]()), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := rows(tt.p); got != tt.want {
				t.Errorf("rows %s, want %s", got, tt.want)
			}
		})
	}

	list, err := q.OrderBy(orm.JSONAt[float64](data, "n").Desc().NullsLast(), orm.Asc(&sample.Small)).All(e.ctx)
	must(t, err)
	want(t, "order by a number inside", list[0].Small, 1)
	n, err := orm.Aggregate(e.ctx, q, orm.SumOf(orm.JSONAt[float64](data, "f")))
	must(t, err)
	want(t, "sum of numbers inside", n, 3.5)
	groups, err := q.Annotate(orm.Named("yes", orm.JSONAt[bool](data, "yes"))).ValuesByName("yes").Annotate(orm.Named("n", orm.CountAll())).OrderBy(orm.ByName("yes")).Maps(e.ctx)
	must(t, err)
	want(t, "groups by a value inside", len(groups), 3)

	for _, set := range []orm.Assignment{
		orm.SetTo(data, orm.JSONSet(data, "c", "lang")),
		orm.SetTo(data, orm.JSONSet(data, 8, "n")),
		orm.SetTo(data, orm.JSONSet(data, []any{true, nil}, "new")),
		orm.SetTo(data, orm.JSONSet(data, orm.F(&sample.Small), "small")),
		orm.SetTo(data, orm.JSONSet(data, false, "deep", "list", 1)),
	} {
		_, err := q.Filter(orm.Eq(&sample.Small, 0)).Update(e.ctx, set)
		must(t, err)
	}
	s, err := q.Get(e.ctx, orm.Eq(&sample.Small, 0))
	must(t, err)
	want(t, "after JSONSet", show(s.Data), "map[deep:map[list:[a false 7]] f:1.5 lang:c n:8 new:[true <nil>] no:<nil> small:0 yes:true ü:ö]")
	_, err = q.Filter(orm.Eq(&sample.Small, 1)).Update(e.ctx, orm.SetTo(data, orm.JSONNull[map[string]any]()))
	must(t, err)
	want(t, "JSON's null as the document", rows(orm.F(data).Eq(orm.JSONNull[map[string]any]())), "1")

	type made struct {
		Name string
		Ok   bool
		N    int64
		In   map[string]any
		List []any
	}
	type row struct {
		Made made
		List []any
	}
	out, err := orm.Values(q.Filter(orm.Eq(&sample.Small, 3)), func(r *row) []orm.Pick {
		return []orm.Pick{
			orm.As(&r.Made, orm.JSONObject[made](
				orm.JSONPair{Name: "Name", Value: orm.F(&sample.Name)}, orm.JSONPair{Name: "Ok", Value: orm.F(&sample.Active)}, orm.JSONPair{Name: "N", Value: orm.F(&sample.Small)},
				orm.JSONPair{Name: "In", Value: orm.F(data)}, orm.JSONPair{Name: "List", Value: orm.JSONArray[[]any](orm.Val("x"), orm.Val(false))},
			)),
			orm.As(&r.List, orm.JSONArray[[]any](orm.F(&sample.Small), orm.Val("é'"), orm.F(&sample.Active), orm.Val(2))),
		}
	}).All(e.ctx)
	must(t, err)
	full := fullSample()
	want(t, "an object", show(out[0].Made), show(made{Name: full.Name, Ok: full.Active, N: 3, In: map[string]any{}, List: []any{"x", false}}))
	want(t, "a list", show(out[0].List), show([]any{3, "é'", full.Active, 2}))
}
