package dialecttest

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// What the columns of the test's own models have, and what the site of testCustom adds.
var (
	mirrored = orm.CustomTransform[string]{Name: "mirrored", For: schema.Kind.IsText, SQL: orm.SQL{All: "REVERSE({1})"}}
	shouted  = orm.CustomTransform[string]{Name: "shouted", For: schema.Kind.IsText, Bilateral: true, SQL: orm.SQL{All: "UPPER({1})"}}
	length   = orm.CustomTransform[int64]{Name: "length", For: schema.Kind.IsText, Func: "Length"}
	longer   = orm.CustomLookup[int64]{Name: "longer", For: schema.Kind.IsText, SQL: orm.SQL{All: "LENGTH({1}) > {2}", MySQL: "CHAR_LENGTH({1}) > {2}"}}
	unlike   = orm.CustomLookup[any]{Name: "unlike", SQL: orm.SQL{All: "{1} <> {2}"}}
	among    = orm.CustomLookup[any]{Name: "among", SQL: orm.SQL{All: "{1} IN ({2})"}}
	initial  = orm.CustomLookup[string]{
		Name: "initial", SQL: orm.SQL{All: "{1} LIKE {2}"},
		Prepare: func(v any) (any, error) { s, _ := v.(string); return s + "%", nil },
	}
	spread    = orm.CustomFunc[int64]{Name: "spread", SQL: orm.SQL{All: "(MAX({1}) - MIN({1}))"}, Aggregate: true}
	total     = orm.CustomFunc[int64]{Name: "total", SQL: orm.SQL{All: "({args})"}, Joiner: " + ", Min: 2}
	elsewhere = orm.CustomFunc[int64]{Name: "elsewhere", SQL: orm.SQL{}}
)

// testCustom uses functions, transforms and look-ups of one's own, by name and typed.
func testCustom(t *testing.T, e *env) {
	library(t, e)
	ctx := orm.WithLookups(e.ctx, mirrored, shouted, longer, unlike, among, initial)
	for _, tt := range []struct {
		name string
		p    orm.Predicate
		want string
	}{
		{"transform", orm.Lookup("title__mirrored", "ateb"), "beta"},
		{"transform and look-up", orm.Lookup("title__mirrored__startswith", "at"), "beta"},
		{"two transforms", orm.Lookup("title__mirrored__shouted__startswith", "AT"), "beta"},
		{"bilateral", orm.Lookup("title__shouted", "aLpHa"), "Alpha"},
		{"bilateral pattern", orm.Lookup("title__shouted__contains", "%_gam"), "100%_Gamma"},
		{"bilateral in", orm.Lookup("title__shouted__in", []string{"alpha", "beta", "x"}), "Alpha,beta"},
		{"bilateral range", orm.Lookup("title__shouted__range", []string{"alpha", "beta"}), "Alpha,beta"},
		{"bilateral, both columns", orm.Lookup("title__shouted", orm.F(&book.Title)), "Alpha,beta,100%_Gamma"},
		{"transform of the column's own", orm.Lookup("title__length", 4), "beta"},
		{"transform, then a number's look-up", orm.Lookup("title__length__gte", 5), "Alpha,100%_Gamma"},
		{"look-up", orm.Lookup("title__longer", 4), "Alpha,100%_Gamma"},
		{"look-up of a number", orm.Lookup("pages__unlike", 50), "Alpha,beta"},
		{"look-up with a list", orm.Lookup("pages__among", []int{50, 100}), "Alpha,100%_Gamma"},
		{"look-up with an expression", orm.Lookup("title__longer", orm.F(&book.ID).Plus(2)), "Alpha,100%_Gamma"},
		{"prepared", orm.Lookup("title__initial", "Al"), "Alpha"},
		{"prepared, typed", initial.On(orm.F(&book.Title), "Al"), "Alpha"},
		{"over a relation", orm.Lookup("author__name__mirrored", "adA"), "Alpha,beta"},
		{"over many rows", orm.Lookup("genres__name__mirrored", "esrev"), "beta,100%_Gamma"},
		{"not over many rows", orm.Not(orm.Lookup("genres__name__mirrored", "esrev")), "Alpha"},
		{"look-up over many rows", orm.Not(orm.Lookup("genres__name__initial", "v")), "Alpha"},
		{"a null is not unlike", orm.Lookup("rating__unlike", 2), "Alpha"},
		{"Not keeps nulls", orm.Not(orm.Lookup("rating__unlike", 2)), "beta,100%_Gamma"},
		{"typed transform", mirrored.Of(orm.F(&book.Title)).Is("ateb"), "beta"},
		{"typed bilateral", shouted.Of(orm.F(&book.Title)).Is("beta"), "beta"},
		{"typed text look-up", mirrored.Of(orm.F(&book.Title)).IContains("AHP"), "Alpha"},
		{"typed look-up", longer.On(orm.F(&book.Title), 4), "Alpha,100%_Gamma"},
		{"typed look-up of expressions", longer.OnExpr(orm.F(&book.Author.To().Name), orm.F(&book.ID).Plus(1)), "Alpha"},
		{"function", total.Call(orm.F(&book.Pages), orm.Val(1), orm.Val(2)).Is(53), "100%_Gamma"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := orm.Objects[Book]().Filter(tt.p).All(ctx)
			must(t, err)
			want(t, "books", titles(list), tt.want)
		})
	}

	list, err := orm.Objects[Book]().OrderBy(orm.ByName("title__mirrored")).All(ctx)
	must(t, err)
	want(t, "order by a transform", titles(list), "Alpha,100%_Gamma,beta")
	maps, err := orm.Objects[Book]().ValuesByName("author__name").Annotate(orm.Named("spread", spread.Call(orm.F(&book.Pages)))).OrderBy(orm.ByName("author__name")).Maps(ctx)
	must(t, err)
	want(t, "aggregate by group", show(maps), "[map[author__name:Ada spread:150] map[author__name:Bob spread:0]]")
	n, err := orm.Aggregate(ctx, orm.Objects[Book](), spread.Call(orm.F(&book.Pages)))
	must(t, err)
	want(t, "aggregate", n, 200)

	for _, tt := range []struct {
		name string
		p    orm.Predicate
		want string
	}{
		{"unknown without the site", orm.Lookup("title__mirrored", "x"), `unsupported look-up "mirrored"`},
		{"of another kind", orm.Lookup("pages__length", 1), `unsupported look-up "length"`},
		{"no text", elsewhere.Call().Is(1), `"elsewhere" has no SQL for`},
		{"too few arguments", total.Call(orm.F(&book.Pages)).Is(1), `"total" takes at least 2 arguments, not 1`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := orm.Objects[Book]().Filter(tt.p).All(e.ctx)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want %s", err, tt.want)
			}
		})
	}
	if _, err := orm.Objects[Book]().Filter(orm.Lookup("title__longer", "many")).All(ctx); err == nil || !strings.Contains(err.Error(), "whole number") {
		t.Errorf("a text for a number: %v", err)
	}
	if _, err := orm.Objects[Book]().Filter(orm.Lookup("title__longer", nil)).All(ctx); err == nil || !strings.Contains(err.Error(), "isnull") {
		t.Errorf("nil for a number: %v", err)
	}
}
