package orm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

// law is a query with the stories that it finds, or a word of its error.
type law struct {
	name      string
	q         orm.Query[newsroom.Story]
	want, err string
}

// check runs the query in all ways: its rows, their number, whether there are any, the first. Twice, since the second finds
// the compiled statement.
func (l *law) check(t *testing.T, ctx context.Context) {
	t.Helper()
	for range 2 {
		list, err := l.q.All(ctx)
		if l.err != "" {
			if err == nil || !strings.Contains(err.Error(), l.err) {
				t.Errorf("%s: %s, %v, want an error with %q", l.name, numbers(list), err, l.err)
			}
			return
		}
		n, err2 := l.q.Count(ctx)
		some, err3 := l.q.Exists(ctx)
		if got := numbers(list); err != nil || err2 != nil || err3 != nil || got != l.want || n != len(l.want) || some != (n > 0) {
			sql, _, _ := l.q.SQL(ctx)
			t.Errorf("%s = %q, count %d, exists %v, %v, %v, %v, want %q: %s", l.name, got, n, some, err, err2, err3, l.want, sql)
		}
		first, err := l.q.First(ctx)
		if n == 0 != orm.IsNotFound(err) || n > 0 && (err != nil || first.Title != list[0].Title) {
			t.Errorf("%s: first = %v, %v", l.name, first, err)
		}
	}
}

// What Django promises of slices, combinations, values of look-ups and conditions, on all databases.
func TestQueryLaws(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		all, authors := orm.Objects[newsroom.Story](), orm.Objects[newsroom.Author]()
		q := all.OrderBy(orm.Asc(&st.ID))
		lt := func(n int64) orm.Query[newsroom.Story] { return all.Filter(orm.Lt(&st.Words, n)) }
		gt := func(n int64) orm.Query[newsroom.Story] { return all.Filter(orm.Gt(&st.Words, n)) }
		by := func(name string, v any) orm.Query[newsroom.Story] { return q.Filter(orm.Lookup(name, v)) }
		bob := authors.Filter(orm.Eq(&au.Name, "bob"))
		for _, l := range []law{
			// Combinations.
			{"union", lt(200).Union(gt(500)), "16", ""},
			{"union with none", lt(200).Union(gt(500).None()), "1", ""},
			{"none with a union", lt(200).None().Union(gt(500)), "6", ""},
			{"union of nothing", lt(200).None().Union(gt(500).None()), "", ""},
			{"union of one", lt(200).Union(), "1", ""},
			{"union all", lt(200).UnionAll(lt(200)), "11", ""},
			{"intersection with none", lt(200).Intersection(gt(50).None()), "", ""},
			{"none with an intersection", lt(200).None().Intersection(gt(50)), "", ""},
			{"difference from none", lt(300).None().Difference(gt(50)), "", ""},
			{"difference with none", lt(300).Difference(gt(50).None()), "12", ""},
			{"difference of three", all.Difference(lt(200), gt(500)), "2345", ""},
			{"union of slices", q.Slice(0, 2).Union(q.Slice(4, 6)), "1256", ""},
			{"union of an ordered slice", lt(400).OrderBy(orm.Desc(&st.Words)).Limit(1).Union(gt(500)), "36", ""},
			{"union of unions", lt(200).Union(gt(500)).Union(lt(300).Intersection(gt(100))), "126", ""},
			{"slice of a union", lt(300).Union(gt(400)).Slice(1, 3), "25", ""},
			{"slice of a slice of a union", lt(300).Union(gt(400)).OrderBy(orm.Asc(&st.ID)).Limit(3).Offset(1), "25", ""},
			{"union of other columns", q.Union(q.Only(&st.Title)), "", "columns"},
			// Slices.
			{"slice of a slice", q.Slice(1, 5).Slice(1, 3), "34", ""},
			{"slice beyond a slice", q.Slice(1, 3).Slice(1, 9), "3", ""},
			{"slice beyond the end", q.Slice(10, 12), "", ""},
			{"slice that ends before it begins", q.Slice(2, 1), "", ""},
			{"negative", q.Slice(-1, 2), "", "cannot begin at -1"},
			{"a negative limit", q.Limit(-1), "", "a limit cannot be -1"},
			{"offset alone", q.Offset(4), "56", ""},
			// Lists.
			{"in nothing", by("id__in", []int{}), "", ""},
			{"not in nothing", q.Exclude(orm.Lookup("id__in", []int{})), "123456", ""},
			{"nulls in a list are left out", by("words__in", []any{100, nil}), "1", ""},
			{"in nulls", by("words__in", []any{nil}), "", ""},
			{"not in a list with null", q.Exclude(orm.Lookup("words__in", []any{100, nil})), "23456", ""},
			{"texts for numbers", by("pk__in", []string{"1", " 3"}), "13", ""},
			// No value.
			{"exact null", by("score", nil), "123456", ""},
			{"iexact null", by("title__iexact", nil), "", ""},
			{"gt null", by("words__gt", nil), "", "isnull"},
			{"isnull of a number", by("score__isnull", 1), "", "true or false"},
			{"isnull of a text", by("score__isnull", "x"), "", "true or false"},
			{"isnull behind a nullable relation", by("editor__name__isnull", true), "123456", ""},
			// Fractions and numbers beyond the column.
			{"gt of a fraction", by("words__gt", 199.5), "23456", ""},
			{"gte of a fraction", by("words__gte", 199.5), "23456", ""},
			{"lt of a fraction", by("words__lt", 200.5), "12", ""},
			{"lte of a fraction", by("words__lte", 200.5), "12", ""},
			{"range of fractions", by("words__range", []any{99.5, 200.5}), "12", ""},
			{"a number of 23 digits", by("words", "99999999999999999999999"), "", ""},
			{"lt a number of 23 digits", by("words__lt", "99999999999999999999999"), "123456", ""},
			{"gt minus a number of 23 digits", by("words__gt", "-99999999999999999999999"), "123456", ""},
			{"range from minus 23 digits", by("words__range", []any{"-99999999999999999999999", 250}), "12", ""},
			{"range to 23 digits", by("words__range", []any{250, "99999999999999999999999"}), "3456", ""},
			{"in with 23 digits", by("words__in", []string{"99999999999999999999999", "100"}), "1", ""},
			{"range of three", by("words__range", []any{1, 2, 3}), "", "two values"},
			{"not a number", by("words", "abc"), "", `"abc" is not a whole number`},
			{"not a moment", by("created_at", "abc"), "", "not a date and time"},
			// Queries as values.
			{"a query of one row", q.Filter(orm.F(&st.Author.ID).Eq(orm.Pluck(bob.Limit(1), &au.ID))), "5", ""},
			{"a query by a unique column", q.Filter(orm.F(&st.Author.ID).Eq(orm.Pluck(authors.Filter(orm.Eq(&au.Email, "bob@example.com")), &au.ID))), "5", ""},
			{"a query by the outer row", q.Filter(orm.F(&st.Author.ID).Eq(orm.Pluck(authors.Filter(orm.F(&au.ID).Eq(orm.OuterRef(&st.Author.ID))), &au.ID))), "123456", ""},
			{"a query of a count", q.Filter(orm.Typed[int64](orm.F(&st.Author.ID)).Eq(orm.CountIn(authors))), "6", ""},
			{"a query of many rows", q.Filter(orm.F(&st.Author.ID).Eq(orm.Pluck(authors, &au.ID))), "", "one row"},
			{"a query of two rows", q.Filter(orm.F(&st.Author.ID).Gt(orm.Pluck(authors.Limit(2), &au.ID))), "", "one row"},
			{"a query by name", by("author", bob.Limit(1)), "5", ""},
			{"a query of many rows by name", by("author", authors), "", "one row"},
			{"in a query", by("author__in", bob), "5", ""},
			{"in a query of values", by("author__name__in", bob.ValuesByName("name")), "5", ""},
			{"in a query of two values", by("author__in", authors.ValuesByName("name", "id")), "", "one column"},
			{"in a query of another model", by("author__in", all), "", "compares with rows of Author"},
			{"an object", by("author", &newsroom.Author{ID: 3}), "5", ""},
			{"an object of another model", by("author", &newsroom.Tag{ID: 3}), "", "compares with rows of Author"},
			{"objects", by("author__in", []*newsroom.Author{{ID: 3}, {ID: 5}}), "56", ""},
			{"objects of another model", by("author__in", []*newsroom.Tag{{ID: 3}}), "", "compares with rows of Author"},
			{"an unsaved object", by("author", &newsroom.Author{}), "", "not saved"},
			// Names.
			{"unknown field", by("author__foo", 1), "", "cannot resolve"},
			{"unknown look-up", by("title__foo", 1), "", "unsupported look-up"},
			{"a transform of another kind", by("title__year", 1), "", "unsupported look-up"},
			{"too many relations", by(strings.Repeat("author__stories__", 40)+"id", 1), "", "too many relations"},
			// Conditions.
			{"nothing asked", q.Filter(orm.And(), orm.Or(), orm.Predicate{}), "123456", ""},
			{"nothing asked under Not", q.Filter(orm.Not(orm.And())), "123456", ""},
			{"nothing excluded", q.Exclude(orm.Predicate{}), "123456", ""},
			{"nothing asked in Or", q.Filter(orm.Or(orm.Predicate{}, orm.Not(orm.And()), orm.Eq(&st.Words, 100))), "1", ""},
			{"nothing asked in Xor", q.Filter(orm.Xor(orm.Predicate{}, orm.Eq(&st.Words, 100))), "1", ""},
			{"odd parity", q.Filter(orm.Xor(orm.Gt(&st.Words, 100), orm.Gt(&st.Words, 200), orm.Gt(&st.Words, 300))), "2456", ""},
			{"Or over a relation keeps rows without it", q.Filter(orm.Or(orm.Lookup("editor__name", "x"), orm.Lookup("words", 100))), "1", ""},
			{"an aggregate as a value", by("words__gte", orm.SumOf(orm.F(&st.Words))), "123456", ""},
			// Orders.
			{"by a relation", all.OrderBy(orm.ByName("-author_id"), orm.ByName("id")), "651234", ""},
			{"by a transform", all.OrderBy(orm.ByName("created_at__year"), orm.ByName("-id")), "654321", ""},
			{"by a transform of an annotation", all.Alias(orm.Named("d", orm.F(&st.CreatedAt))).OrderBy(orm.ByName("d__year"), orm.ByName("-id")), "654321", ""},
			{"the same column again", all.OrderBy(orm.ByName("words"), orm.ByName("-words")), "123456", ""},
			{"reversed twice", q.Reverse().Reverse(), "123456", ""},
			{"unknown", all.OrderBy(orm.ByName("nope")), "", "cannot resolve"},
			// Names of annotations.
			{"a field's name", all.Annotate(orm.Named("title", orm.Val(1))), "", "conflicts"},
			{"a column's name", all.Alias(orm.Named("author_id", orm.Val(1))), "", "conflicts"},
			{"a relation's name", all.Alias(orm.Named("reviews", orm.Val(1))), "", "conflicts"},
			{"values", all.ValuesByName("id"), "", "Rows or Maps"},
		} {
			l.check(t, ctx)
		}
		for name, err := range map[string]error{
			"Contains of a slice":                   second(q.Limit(2).Contains(ctx, &newsroom.Story{ID: 1})),
			"Contains of a union":                   second(q.Union(q).Contains(ctx, &newsroom.Story{ID: 1})),
			"Contains of values":                    second(q.ValuesByName("id").Contains(ctx, &newsroom.Story{ID: 1})),
			"Contains of nothing":                   second(q.Contains(ctx, nil)),
			"Contains of a new one":                 second(q.Contains(ctx, &newsroom.Story{})),
			"Get from values":                       second(q.ValuesByName("id").Get(ctx, orm.Eq(&st.ID, 1))),
			"Get from a union":                      second(q.Union(q).Get(ctx, orm.Eq(&st.ID, 1))),
			"InBulk by a column that is not unique": second(orm.InBulk(ctx, q, &st.Words, 1)),
			"unknown database":                      second(q.Using("nope").Count(ctx)),
		} {
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		latest, err := orm.LatestByName(ctx, all, true, "author__name", "-words")
		must(t, err)
		earliest, err := orm.LatestByName(ctx, all, false, "author__name", "-words")
		must(t, err)
		if latest.Title != "Story 6" || earliest.Title != "Story 4" {
			t.Errorf("latest %s, earliest %s", latest.Title, earliest.Title)
		}
		if _, err := orm.LatestByName(ctx, orm.Objects[newsroom.Review](), true); err == nil || !strings.Contains(err.Error(), "LatestBy") {
			t.Errorf("LatestByName without names: %v", err)
		}
		if x, err := all.OrderBy().Last(ctx); err != nil || x == nil {
			t.Errorf("Last without an order = %v, %v", x, err)
		}
	})
}

const hour = time.Hour

// What windows refuse, and frames over times.
func TestWindowLaws(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		q := orm.Objects[newsroom.Story]().OrderBy(orm.Asc(&st.ID))
		for name, e := range map[string]orm.AnyExpr{
			"Ntile": orm.Ntile(0).Over(orm.Window{}), "NthValue": orm.NthValue(orm.F(&st.Words), 0).Over(orm.Window{}),
			"Lag": orm.Lag(orm.F(&st.Words), 0).Over(orm.Window{}), "LeadOr": orm.LeadOr(orm.F(&st.Words), -1, 2).Over(orm.Window{}),
		} {
			if _, err := q.ValuesByName("id").Annotate(orm.Named("w", e)).Rows(ctx); err == nil || !strings.Contains(err.Error(), "counts from 1") {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, e := range map[string]orm.AnyExpr{
			"is a window function": orm.RowNumber(), "no window function": orm.Lower(&st.Title).Over(orm.Window{}), "of a window function": orm.SumOf(orm.RowNumber().Over(orm.Window{})).Over(orm.Window{}),
			"goes by durations":  orm.CountAll().Over(orm.Window{Order: []orm.Order{orm.Asc(&st.CreatedAt)}, Range: &orm.Frame{Before: new(1)}}),
			"a date or moment":   orm.CountAll().Over(orm.Window{Order: []orm.Order{orm.Asc(&st.Words)}, Range: &orm.Frame{Earlier: new(hour)}}),
			"in place of Before": orm.CountAll().Over(orm.Window{Order: []orm.Order{orm.Asc(&st.CreatedAt)}, Rows: &orm.Frame{Earlier: new(hour)}}),
			"order by one":       orm.CountAll().Over(orm.Window{Range: &orm.Frame{Earlier: new(hour)}}),
		} {
			if _, err := q.ValuesByName("id").Annotate(orm.Named("w", e)).Rows(ctx); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: %v", name, err)
			}
		}

		// A story on each of these days, at noon.
		for i, day := range []int{1, 2, 2, 5, 6, 20} {
			at := date(2026, 3, day).Add(12 * hour)
			_, err := q.Filter(orm.Eq(&st.Slug, fmt.Sprint("s", i+1))).Update(ctx, orm.Set(st.Published, at))
			must(t, err)
			_, err = orm.Objects[newsroom.Author]().Filter(orm.Eq(&au.ID, int64(i+1))).Update(ctx, orm.Set(au.Born, at))
			must(t, err)
		}
		rows := func(q interface {
			Rows(context.Context) ([][]any, error)
		},
		) string {
			list, err := q.Rows(ctx)
			must(t, err)
			var out []string
			for _, r := range list {
				out = append(out, fmt.Sprint(r[1]))
			}
			return strings.Join(out, " ")
		}
		for _, tt := range []struct {
			name  string
			order orm.Order
			f     orm.Frame
			want  string
		}{
			{"the last day and a half", orm.Asc(st.Published), orm.Frame{Earlier: new(36 * hour), Later: new(0 * hour)}, "1 3 3 1 2 1"},
			{"three days around", orm.Asc(st.Published), orm.Frame{Earlier: new(72 * hour), Later: new(72 * hour)}, "3 4 4 4 2 1"},
			{"what came earlier", orm.Asc(st.Published), orm.Frame{Later: new(-1 * hour)}, "0 1 1 3 4 5"},
			{"the other way round", orm.Desc(st.Published), orm.Frame{Earlier: new(24 * hour), Later: new(0 * hour)}, "3 2 2 2 1 1"},
		} {
			w := orm.Window{Order: []orm.Order{tt.order}, Range: &tt.f}
			if got := rows(q.ValuesByName("id").Annotate(orm.Named("n", orm.CountAll().Over(w)))); got != tt.want {
				t.Errorf("%s = %s, want %s", tt.name, got, tt.want)
			}
		}
		born := orm.Window{Order: []orm.Order{orm.Asc(au.Born)}, Range: &orm.Frame{Earlier: new(24 * hour), Later: new(0 * hour)}}
		got := rows(orm.Objects[newsroom.Author]().Filter(orm.NotNull(au.Born)).OrderBy(orm.Asc(&au.ID)).ValuesByName("id").Annotate(orm.Named("n", orm.CountAll().Over(born))))
		if got != "1 3 3 1 2" {
			t.Errorf("over dates: %s", got)
		}
	})
}
