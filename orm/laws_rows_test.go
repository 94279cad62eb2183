package orm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
)

// What Django promises of aggregates over all rows, on all databases.
func TestAggregateLaws(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		d, err := orm.DialectOf(ctx, "")
		must(t, err)
		all := orm.Objects[newsroom.Story]()
		sum, none := orm.Sum(&st.Words), all.Filter(orm.Eq(&st.ID, -1))
		delimiter := `city`
		if d.Name == "sqlite" {
			delimiter = `delimiter ","`
		}
		for _, tt := range []struct {
			name string
			q    orm.Query[newsroom.Story]
			e    orm.AnyExpr
			want string // of the value or the error
		}{
			{"sum", all, sum, "2100"},
			{"sum of no rows", none, sum, "<nil>"},
			{"sum of None", all.None(), sum, "<nil>"},
			{"sum of an empty list", all.Filter(orm.In(&st.ID)), sum, "<nil>"},
			{"sum of no rows with a default", none, sum.Or(7), "7"},
			{"count of no rows", none, orm.CountAll(), "0"},
			{"count of different values of no rows", none, orm.Count(&st.ID).Distinct(), "0"},
			{"texts of no rows", none, orm.StringAgg(&st.Slug, ","), "<nil>"},
			{"a sample of one", all.Filter(orm.Eq(&st.ID, 1)), orm.StdDev(&st.Words).Sample(), "<nil>"},
			{"greatest of nulls", all, orm.Max(&st.Published), "<nil>"},
			{"greatest truth", all, orm.Max(&st.Author.To().Active), "false"},
			{"smallest truth", all, orm.Min(&st.Author.To().Active), "false"},
			{"texts in order", all, orm.StringAgg(&st.Slug, ",", orm.Desc(&st.Slug)), "s6,s5,s4,s3,s2,s1"},
			{"texts in another order", all, orm.StringAgg(&st.Slug, ",", orm.ByName("-words")), "s6,s5,s4,s3,s2,s1"},
			{"texts of some rows", all, orm.StringAgg(&st.Slug, ",", orm.Asc(&st.Slug)).Filter(orm.Gt(&st.Words, 300)), "s4,s5,s6"},
			{"different texts", all, orm.StringAgg(&st.Section, ",").Distinct(), "city"},
			{"different texts, delimiter", all, orm.StringAgg(&st.Section, ";").Distinct(), delimiter},
			{"some rows", all, sum.Filter(orm.Gt(&st.Words, 300)), "1500"},
			{"of some rows some", all, sum.Filter(orm.Gt(&st.Words, 300)).Filter(orm.Lt(&st.Words, 600)), "900"},
			{"no rows by a filter", all, sum.Filter(orm.In(&st.Words)), "<nil>"},
			{"no rows by a filter, default", all, sum.Filter(orm.In(&st.Words)).Or(3), "3"},
			{"count no rows by a filter", all, orm.CountAll().Filter(orm.In(&st.Words)), "0"},
			{"all rows by a filter", all, orm.CountAll().Filter(orm.Not(orm.In(&st.Words))), "6"},
			{"one's own", all, longest.Call(orm.F(&st.Slug)), "s6"},
			{"one's own of some rows", all, longest.Call(orm.F(&st.Slug)).Filter(orm.Lt(&st.Words, 250)), "s2"},
			{"one's own of some of some rows", all, longest.Call(orm.F(&st.Slug)).Filter(orm.Lt(&st.Words, 450)).Filter(orm.Lt(&st.Words, 350)), "s3"},
			{"one's own of no rows", all, longest.Call(orm.F(&st.Slug)).Filter(orm.Lt(&st.Words, 0)), "<nil>"},
			{"one's own filter with an aggregate", all, longest.Call(orm.F(&st.Slug)).Filter(orm.CountAll().Above(1)), "cannot hold an aggregate"},
			{"arithmetic", all, sum.Div(orm.CountAll()), "350"},
			{"below zero", all, orm.SumOf(orm.F(&st.Words).Minus(1000)), "-3900"},
			{"over a relation", all, orm.Max(&st.Reviews.To().Stars), "5"},
			{"of an annotation", all.Alias(orm.Named("twice", orm.F(&st.Words).Times(2))), orm.SumOf(orm.Name[int64]("twice")), "4200"},
			{"of a window function's alias", all.Alias(orm.Named("r", orm.RowNumber().Over(orm.Window{}))), orm.SumOf(orm.Name[int64]("r")), "21"},
			{"over groups", all.ValuesByName("author").Annotate(orm.Named("n", orm.CountAll())), orm.MaxOf(orm.Name[int64]("n")), "4"},
			{"over different values", all.ValuesByName("author").Distinct(), orm.CountAll(), "3"},
			{"of an aggregate", all, orm.SumOf(orm.CountAll()), "of an aggregate"},
			{"of a window function", all, orm.SumOf(orm.RowNumber().Over(orm.Window{})), "of a window function"},
			{"no aggregate", all, orm.F(&st.Words), "is not an aggregate"},
			{"over a condition on groups", all.Filter(orm.Lookup("words__lt", orm.AvgOf(orm.F(&st.Reviews.To().Stars)).Times(100))), orm.CountAll(), "3"},
			{"no aggregate over a slice", all.Limit(2), orm.F(&st.Words), "is not an aggregate"},
			{"unknown", all, orm.AggregateOf[int64]("Nope", orm.F(&st.Words)), "unknown aggregate"},
		} {
			m, err := tt.q.AggregateByName(ctx, orm.Named("v", tt.e))
			if got := fmt.Sprint(m["v"]); err == nil && got != tt.want || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s = %s, %v, want %s", tt.name, got, err, tt.want)
			}
		}
		m, err := all.AggregateByName(ctx, orm.Named("a", sum), orm.Named("b", orm.Name[int64]("a").Times(2)), orm.Named("words", orm.CountAll()))
		if err != nil || fmt.Sprint(m) != "map[a:2100 b:4200 words:6]" {
			t.Errorf("aggregates of aggregates = %v, %v", m, err)
		}
		m, err = all.Limit(2).AggregateByName(ctx, orm.Named("a", sum), orm.Named("b", orm.Name[int64]("a").Plus(1)))
		if err != nil || fmt.Sprint(m) != "map[a:300 b:301]" {
			t.Errorf("aggregates of aggregates of a slice = %v, %v", m, err)
		}
		if _, err = all.AggregateByName(ctx, orm.Named("a", sum), orm.Named("b", orm.SumOf(orm.Name[int64]("a")))); err == nil {
			t.Error("a sum of a sum: no error")
		}
		if m, err = all.AggregateByName(ctx); err != nil || len(m) != 0 {
			t.Errorf("nothing = %v, %v", m, err)
		}
	})
}

// What Django promises of values, groups and HAVING, on all databases.
func TestValuesLaws(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		all := orm.Objects[newsroom.Story]()
		q := all.OrderBy(orm.Asc(&st.ID))
		n, author := orm.Named("n", orm.CountAll()), orm.ByName("author")
		groups := all.ValuesByName("author").Annotate(n)
		reviews := all.Annotate(orm.Named("n", orm.Count(&st.Reviews.To().ID)))
		for _, tt := range []struct {
			name  string
			q     orm.Query[newsroom.Story]
			want  string
			count int // 0: as many as there are rows
		}{
			{"a group for each author", groups.OrderBy(orm.ByName("-n"), author), "[map[author:2 n:4] map[author:3 n:1] map[author:5 n:1]]", 0},
			{"an order that is not among the values divides groups", all.ValuesByName("author").OrderBy(author, orm.ByName("words")).Annotate(n).Limit(2), "[map[author:2 n:1] map[author:2 n:1]]", 0},
			{"HAVING", groups.Filter(orm.Lookup("n__gt", 1)), "[map[author:2 n:4]]", 0},
			{"HAVING and WHERE in one Or", groups.Filter(orm.Or(orm.Lookup("n__gt", 1), orm.Lookup("author__name", "dee"))).OrderBy(author), "[map[author:2 n:4] map[author:5 n:1]]", 0},
			{"WHERE before the groups", all.Filter(orm.Gt(&st.Words, 150)).ValuesByName("author").Annotate(n).OrderBy(author), "[map[author:2 n:3] map[author:3 n:1] map[author:5 n:1]]", 0},
			{"an aggregate before the values is one for each row", reviews.ValuesByName("id", "n").OrderBy(orm.ByName("id")).Limit(3), "[map[id:1 n:2] map[id:2 n:3] map[id:3 n:1]]", 0},
			{"and stays so without its value", reviews.ValuesByName("id").OrderBy(orm.ByName("id")).Limit(2), "[map[id:1] map[id:2]]", 0},
			{"values after values", groups.ValuesByName("n").OrderBy(orm.ByName("n")), "[map[n:1] map[n:1] map[n:4]]", 0},
			{"by a relation", all.ValuesByName("author__name").Annotate(n).OrderBy(orm.ByName("author__name")), "[map[author__name:ann n:4] map[author__name:bob n:1] map[author__name:dee n:1]]", 0},
			{"by a condition", all.Alias(orm.Named("big", orm.Gt(&st.Words, 300).Expr())).ValuesByName("big").Annotate(n).OrderBy(orm.ByName("big")), "[map[big:false n:3] map[big:true n:3]]", 0},
			{"by a part of a date", all.ValuesByName("created_at__year__gt").Annotate(n), "", 0},
			{"the key", q.ValuesByName("pk").Limit(1), "[map[pk:1]]", 0},
			{"a key by both names", q.ValuesByName("author", "author_id").Limit(1), "[map[author:2 author_id:2]]", 0},
			{"rows of a relation multiply", q.ValuesByName("id", "reviews__stars").Limit(2), "[map[id:1 reviews__stars:2] map[id:1 reviews__stars:3]]", 0},
			{"a relation without rows", q.ValuesByName("id", "tags__slug").Limit(1), "[map[id:1 tags__slug:<nil>]]", 0},
			{"a key of a document", q.ValuesByName("meta__a").Limit(1), "[map[meta__a:<nil>]]", 0},
			{"twice the same", q.ValuesByName("id", "id").Limit(1), "[map[id:1]]", 0},
			{"the last values count", q.ValuesByName("id").ValuesByName("slug").Limit(1), "[map[slug:s1]]", 0},
			{"the last annotation of a name counts", q.Annotate(orm.Named("x", orm.Val(1)), orm.Named("x", orm.Val(2))).ValuesByName("x").Limit(1), "[map[x:2]]", 0},
			{"by an annotation", all.ValuesByName("id").Annotate(orm.Named("x", orm.F(&st.Words).Times(-1))).OrderBy(orm.ByName("x")).Limit(1), "[map[id:6 x:-600]]", 0},
			{"different values", all.OrderBy().ValuesByName("section").Distinct(), "[map[section:city]]", 0},
			{"different values in the model's order", all.ValuesByName("section").Distinct().Limit(2), "[map[section:city] map[section:city]]", 0},
			{"none", all.None().ValuesByName("id"), "[]", 0},
			{"unknown", all.ValuesByName("nope"), "", 0},
		} {
			list, err := tt.q.Maps(ctx)
			if tt.want == "" {
				if err == nil {
					t.Errorf("%s: no error, %v", tt.name, list)
				}
				continue
			}
			count, err2 := tt.q.Count(ctx)
			if got := fmt.Sprint(list); err != nil || err2 != nil || got != tt.want || count != len(list) {
				t.Errorf("%s = %s, %d, %v, %v, want %s", tt.name, got, count, err, err2, tt.want)
			}
		}
		for _, unit := range []string{"year", "quarter", "month", "week", "day"} {
			list, err := all.Dates(ctx, "created_at", unit, false)
			if err != nil || len(list) != 1 {
				t.Errorf("dates by %s = %v, %v", unit, list, err)
			}
		}
		for name, err := range map[string]error{
			"hours of dates": second(all.Dates(ctx, "created_at", "hour", false)), "no unit": second(all.DateTimes(ctx, "created_at", "x", false)),
			"a text": second(all.Dates(ctx, "title", "year", false)), "no field": second(all.Dates(ctx, "nope", "year", false)), "a slice": second(all.Limit(1).Dates(ctx, "created_at", "year", false)),
		} {
			if err == nil {
				t.Errorf("dates of %s: no error", name)
			}
		}
	})
}

// More than a database takes is its error, and never a hang or a stack without an end.
func TestQueryLimits(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		d, err := orm.DialectOf(ctx, "")
		must(t, err)
		all := orm.Objects[newsroom.Story]()
		const n = 2500
		list := make([]orm.Predicate, n)
		for i := range list {
			list[i] = orm.Eq(&st.Words, int64(i))
		}
		filters := all
		nested := orm.Eq(&st.Words, 100)
		for i := range n {
			filters = filters.Filter(orm.Ne(&st.Words, int64(i*7)))
			nested = orm.Or(orm.And(nested, orm.Gt(&st.Words, int64(-i))), orm.Eq(&st.Words, int64(i)))
		}
		count := func(q orm.Query[newsroom.Story]) func() (int, error) {
			return func() (int, error) { return q.Count(ctx) }
		}
		names, many := make([]string, 10_000), all
		for i := range names {
			names[i] = "title"
		}
		for i := range n {
			many = many.Annotate(orm.Named(fmt.Sprint("a", i), orm.F(&st.Words)))
		}
		deep := orm.LookupPred(orm.Eq(&st.Words, 100))
		for range 50_000 {
			deep = expr.And(deep, deep)
			deep.Kids = deep.Kids[:1]
		}
		const fails = -1 // an error
		on := func(ok bool) int { return map[bool]int{true: 6, false: fails}[ok] }
		for _, tt := range []struct {
			name string
			do   func() (int, error)
			want int
		}{
			{"a wide Or", count(all.Filter(orm.Or(list...))), 6},
			{"a wide And", count(all.Filter(orm.Not(orm.And(list...)))), 6},
			{"a wide Xor", count(all.Filter(orm.Xor(list...))), 6},
			{"many filters", count(filters), 6},
			{"a deep Or", count(all.Filter(orm.Or(nested))), on(d.Name == "postgresql")},
			{"a condition 50,000 deep", count(all.Filter(orm.PredOf(deep))), fails},
			{"many columns", func() (int, error) { rows, err := all.ValuesByName(names...).Rows(ctx); return len(rows), err }, on(d.Name == "mysql")},
			{"many annotations", func() (int, error) { rows, err := many.Maps(ctx); return len(rows), err }, on(d.Name == "mysql")},
			{"a deep document", count(all.Filter(orm.Lookup("meta__"+strings.Repeat("a__", n)+"b", 1))), 0},
			{"many relations", count(all.RelatedByName(strings.Repeat("author__mentor__", 50) + "mentor")), 6},
			{"many relations to order by", func() (int, error) {
				l, err := all.OrderBy(orm.ByName(strings.Repeat("author__stories__", 50) + "id")).All(ctx)
				return len(l), err
			}, fails},
			{"many relations to load", func() (int, error) {
				l, err := all.PrefetchByName(strings.Repeat("author__stories__", 50) + "author").All(ctx)
				return len(l), err
			}, fails},
		} {
			if got, err := tt.do(); tt.want == fails && err == nil || tt.want != fails && (err != nil || got != tt.want) {
				t.Errorf("%s = %d, %.200v, want %d", tt.name, got, err, tt.want)
			}
		}
	})
}
