package dialecttest

import (
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// testLookups asks for books by each look-up.
func testLookups(t *testing.T, e *env) {
	ada, _ := library(t, e)
	huge := dialect.Value{Kind: dialect.Decimal, S: "99999999999999999999"}
	for _, tt := range []struct {
		name string
		p    orm.Predicate
		want string
	}{
		{"exact", orm.Eq(&book.Title, "beta"), "beta"},
		{"iexact", orm.IExact(&book.Title, "ALPHA"), "Alpha"},
		{"iexact wildcard", orm.IExact(&book.Title, "100%_gamma"), "100%_Gamma"},
		{"iexact is not like", orm.IExact(&book.Title, "%"), ""},
		{"contains", orm.Contains(&book.Title, "lph"), "Alpha"},
		{"contains wildcard", orm.Contains(&book.Title, "%_"), "100%_Gamma"},
		{"icontains", orm.IContains(&book.Title, "GAM"), "100%_Gamma"},
		{"startswith", orm.StartsWith(&book.Title, "100%"), "100%_Gamma"},
		{"istartswith", orm.IStartsWith(&book.Title, "BE"), "beta"},
		{"endswith", orm.EndsWith(&book.Title, "ta"), "beta"},
		{"iendswith", orm.IEndsWith(&book.Title, "PHA"), "Alpha"},
		{"regex", orm.Regex(&book.Title, `^[A-Z]l.ha$`), "Alpha"},
		{"iregex", orm.IRegex(&book.Title, `^B`), "beta"},
		{"gt", orm.Gt(&book.Pages, 100), "beta"},
		{"gte", orm.Gte(&book.Pages, 100), "Alpha,beta"},
		{"lt", orm.Lt(&book.Pages, 100), "100%_Gamma"},
		{"lte", orm.Lte(&book.Pages, 100), "Alpha,100%_Gamma"},
		{"range", orm.Between(&book.Pages, 60, 250), "Alpha,beta"},
		{"in", orm.In(&book.Pages, 50, 250, 7), "beta,100%_Gamma"},
		{"in nothing", orm.In[int64](&book.Pages), ""},
		{"not in nothing", orm.Not(orm.In[int64](&book.Pages)), "Alpha,beta,100%_Gamma"},
		{"beyond the column", orm.Lookup("pages", huge), ""},
		{"below what no number reaches", orm.Lookup("pages__lt", huge), "Alpha,beta,100%_Gamma"},
		{"isnull", orm.IsNull(&book.Rating), "beta"},
		{"not isnull", orm.NotNull(&book.Rating), "Alpha,100%_Gamma"},
		{"not equal keeps nulls", orm.Not(orm.Eq(book.Rating, 4.5)), "beta,100%_Gamma"},
		{"float", orm.Gt(book.Rating, 4.4), "Alpha"},
		{"join", orm.Eq(&book.Author.To().Name, "Ada"), "Alpha,beta"},
		{"key", orm.Is(&book.Author, ada), "Alpha,beta"},
		{"or", orm.Or(orm.Eq(&book.Title, "beta"), orm.Eq(&book.Pages, 50)), "beta,100%_Gamma"},
		{"xor", orm.Xor(orm.Eq(&book.Title, "beta"), orm.Gt(&book.Pages, 60)), "Alpha"},
		{"many", orm.Eq(&book.Genres.To().Name, "verse"), "beta,100%_Gamma"},
		{"no such among many", orm.Not(orm.Eq(&book.Genres.To().Name, "verse")), "Alpha"},
		{"date", orm.Eq(&book.Out, date(2024, 2, 29)), "Alpha"},
		{"date order", orm.Gt(&book.Out, date(2024, 12, 31)), "beta,100%_Gamma"},
		{"year", orm.Year(&book.Out, 2025), "beta"},
		{"month", orm.Month(&book.Out, time.December), "beta"},
		{"dynamic", orm.Lookup("author__name__istartswith", "a"), "Alpha,beta"},
		{"dynamic date part", orm.Lookup("out__week_day", 5), "Alpha,100%_Gamma"},
		{"iso week day", orm.Lookup("out__iso_week_day", 4), "Alpha,100%_Gamma"},
		{"iso year", orm.Lookup("out__iso_year", 2026), "beta,100%_Gamma"},
		{"week", orm.Lookup("out__week", 1), "beta,100%_Gamma"},
		{"quarter", orm.Lookup("out__quarter__gte", 4), "beta"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := orm.Objects[Book]().Filter(tt.p).All(e.ctx)
			must(t, err)
			want(t, "books", titles(list), tt.want)
			n, err := orm.Objects[Book]().Filter(tt.p).Count(e.ctx)
			must(t, err)
			want(t, "count", n, len(list))
			ok, err := orm.Objects[Book]().Filter(tt.p).Exists(e.ctx)
			must(t, err)
			want(t, "exists", ok, len(list) > 0)
		})
	}

	q := orm.Objects[Book]()
	for _, tt := range []struct {
		name string
		q    orm.Query[Book]
		want string
	}{
		{"order", q.OrderBy(orm.Desc(&book.Pages)), "beta,Alpha,100%_Gamma"},
		{"nulls first", q.OrderBy(orm.Asc(book.Rating).NullsFirst()), "beta,100%_Gamma,Alpha"},
		{"nulls last", q.OrderBy(orm.Desc(book.Rating).NullsLast()), "Alpha,100%_Gamma,beta"},
		{"by the author's name", q.OrderBy(orm.Desc(&book.Author.To().Name), orm.Asc(&book.Pages)), "100%_Gamma,Alpha,beta"},
		{"limit", q.Limit(2), "Alpha,beta"},
		{"offset", q.Offset(1), "beta,100%_Gamma"},
		{"slice", q.Slice(1, 2), "beta"},
		{"reverse", q.Reverse(), "100%_Gamma,beta,Alpha"},
		{"distinct", q.Filter(orm.Lookup("genres__id__gt", 0)).Distinct(), "Alpha,beta,100%_Gamma"},
		{"union", q.Filter(orm.Eq(&book.Pages, 50)).Union(q.Filter(orm.Eq(&book.Pages, 100))).OrderBy(orm.Asc(&book.ID)), "Alpha,100%_Gamma"},
		{"subquery", q.Filter(orm.InQuery(&book.ID, orm.Pluck(q.Filter(orm.Lt(&book.Pages, 200)), &book.ID))), "Alpha,100%_Gamma"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := tt.q.All(e.ctx)
			must(t, err)
			want(t, "books", titles(list), tt.want)
		})
	}
}

// testJSON looks into JSON columns.
func testJSON(t *testing.T, e *env) {
	for i, data := range []map[string]any{
		{"lang": "go", "n": 1, "deep": map[string]any{"list": []any{"a", "b"}}, "none": nil},
		{"lang": "Python", "n": 20, "yes": true},
		{},
	} {
		s := fullSample()
		s.Small, s.Data = int16(i), data
		must(t, orm.Create(e.ctx, s))
	}
	for _, tt := range []struct {
		lookup string
		v      any
		want   string
	}{
		{"data__lang", "go", "0"},
		{"data__n", 20, "1"},
		{"data__n__gt", 1, "1"},
		{"data__n__in", []int{1, 3}, "0"},
		{"data__yes", true, "1"},
		{"data__deep__list__1", "b", "0"},
		{"data__none", nil, "0"},
		{"data__lang__isnull", true, "2"},
		{"data__none__isnull", false, "0"},
		{"data__lang__istartswith", "PY", "1"},
		{"data__lang__icontains", "O", "01"},
		{"data__has_key", "yes", "1"},
		{"data__has_keys", []string{"lang", "n"}, "01"},
		{"data__has_any_keys", []string{"yes", "none"}, "01"},
		{"data__has_key", `"); DROP TABLE x; --`, ""},
		{`data__a"b'c`, "x", ""},
	} {
		t.Run(tt.lookup, func(t *testing.T) {
			list, err := orm.Objects[Sample]().Filter(orm.Lookup(tt.lookup, tt.v)).All(e.ctx)
			must(t, err)
			got := ""
			for _, s := range list {
				got += string(rune('0' + s.Small))
			}
			want(t, "rows", got, tt.want)
		})
	}
}

// testDates compares the parts of a moment in two zones.
func testDates(t *testing.T, e *env) {
	s := fullSample()
	s.At = time.Date(2026, 12, 31, 23, 30, 15, 0, time.UTC) // 2027-01-01 05:15:15 in Kathmandu
	must(t, orm.Create(e.ctx, s))
	for _, tt := range []struct {
		zone, lookup string
		v            any
	}{
		{"UTC", "at__year", 2026},
		{"UTC", "at__month", 12},
		{"UTC", "at__day", 31},
		{"UTC", "at__hour", 23},
		{"UTC", "at__minute", 30},
		{"UTC", "at__second", 15},
		{"UTC", "at__quarter", 4},
		{"UTC", "at__week", 53},
		{"UTC", "at__iso_year", 2026},
		{"UTC", "at__date", "2026-12-31"},
		{"UTC", "at__time", "23:30:15"},
		{"UTC", "at__year__lt", 2027},
		{"Asia/Kathmandu", "at__year", 2027},
		{"Asia/Kathmandu", "at__month", 1},
		{"Asia/Kathmandu", "at__hour", 5},
		{"Asia/Kathmandu", "at__minute", 15},
		{"Asia/Kathmandu", "at__date", "2027-01-01"},
		{"Asia/Kathmandu", "at__date__gte", "2027-01-01"},
		{"Asia/Kathmandu", "at__time", "05:15:15"},
		{"Asia/Kathmandu", "at__week_day", 6},
		{"UTC", "clock__hour", 15},
		{"UTC", "clock__gt", "15:00"},
		{"UTC", "day__lte", "2026-03-14"},
		{"UTC", "at", "2026-12-31T23:30:15Z"},
		{"UTC", "span__gt", time.Hour},
		{"UTC", "price__lt", "12.51"},
		{"UTC", "key", "010203fa-0000-0000-0000-000000000000"},
		{"UTC", "address__startswith", "192.0."},
	} {
		t.Run(tt.zone+" "+tt.lookup, func(t *testing.T) {
			n, err := orm.Objects[Sample]().Filter(orm.Lookup(tt.lookup, tt.v)).Count(orm.WithTimeZone(e.ctx, tt.zone))
			must(t, err)
			want(t, "rows", n, 1)
		})
	}
}

// testAggregates computes over rows, groups and nothing.
func testAggregates(t *testing.T, e *env) {
	library(t, e)
	q := orm.Objects[Book]()
	sum, err := orm.Aggregate(e.ctx, q, orm.Sum(&book.Pages))
	must(t, err)
	want(t, "sum", sum, 400)
	avg, err := orm.Aggregate(e.ctx, q, orm.Avg(&book.Pages))
	must(t, err)
	if avg < 133.33 || avg > 133.34 {
		t.Errorf("avg = %v", avg)
	}
	low, err := orm.Aggregate(e.ctx, q, orm.Min(&book.Out))
	must(t, err)
	if !low.Equal(date(2024, 2, 29)) {
		t.Errorf("min = %v", low)
	}
	high, err := orm.Aggregate(e.ctx, q, orm.Max(&book.Title))
	must(t, err)
	want(t, "max", high, "beta")
	n, err := orm.Aggregate(e.ctx, q, orm.Count(&book.Rating))
	must(t, err)
	want(t, "count of values", n, 2)
	n, err = orm.Aggregate(e.ctx, q, orm.Count(&book.Author.ID).Distinct())
	must(t, err)
	want(t, "count of authors", n, 2)
	n, err = orm.Aggregate(e.ctx, q, orm.CountAll().Filter(orm.Gt(&book.Pages, 60)))
	must(t, err)
	want(t, "count with a filter", n, 2)
	sum, err = orm.Aggregate(e.ctx, q.None().Filter(orm.Gt(&book.Pages, 1_000_000)), orm.Sum(&book.Pages).Or(-1))
	must(t, err)
	want(t, "sum over nothing", sum, -1)
	sum, err = orm.Aggregate(e.ctx, q.OrderBy(orm.Desc(&book.Pages)).Limit(2), orm.Sum(&book.Pages))
	must(t, err)
	want(t, "sum over a slice", sum, 350)

	for i := range 3 {
		s := fullSample()
		s.Span, s.Price = time.Duration(i)*time.Hour, orm.MustDecimal("0.10")
		must(t, orm.Create(e.ctx, s))
	}
	span, err := orm.Aggregate(e.ctx, orm.Objects[Sample](), orm.Sum(&sample.Span))
	must(t, err)
	want(t, "sum of spans", span, 3*time.Hour)
	price, err := orm.Aggregate(e.ctx, orm.Objects[Sample](), orm.Sum(&sample.Price))
	must(t, err)
	if got := price.Round(2); !got.Equal(orm.MustDecimal("0.30")) {
		t.Errorf("sum of prices = %v, want 0.30", price)
	}
}

// testExpressions computes in the database.
func testExpressions(t *testing.T, e *env) {
	library(t, e)
	q := orm.Objects[Book]()
	list, err := q.Filter(orm.F(&book.Pages).Times(2).Above(150)).All(e.ctx)
	must(t, err)
	want(t, "times", titles(list), "Alpha,beta")
	list, err = q.Filter(orm.Lower(&book.Title).Is("alpha")).All(e.ctx)
	must(t, err)
	want(t, "lower", titles(list), "Alpha")
	list, err = q.Filter(orm.Length(&book.Title).Above(5)).All(e.ctx)
	must(t, err)
	want(t, "length", titles(list), "100%_Gamma")
	list, err = q.OrderBy(orm.Case(orm.Val("z"), orm.When[string]{If: orm.Gt(&book.Pages, 200), Then: orm.Val("a")}).Asc(), orm.Asc(&book.ID)).All(e.ctx)
	must(t, err)
	want(t, "case", titles(list), "beta,Alpha,100%_Gamma")
	list, err = q.Filter(orm.F(book.Rating).Or(9).Above(4)).All(e.ctx)
	must(t, err)
	want(t, "coalesce", titles(list), "Alpha,beta")
	authors, err := orm.Objects[Author]().Filter(orm.ExistsIn(q.Filter(orm.F(&book.Author.ID).Eq(orm.OuterRef(&author.ID)), orm.Gt(&book.Pages, 200)))).All(e.ctx)
	must(t, err)
	if len(authors) != 1 || authors[0].Name != "Ada" {
		t.Errorf("exists = %v", authors)
	}
	n, err := q.Filter(orm.Gt(&book.Pages, 60)).Update(e.ctx, orm.SetTo(&book.Pages, orm.F(&book.Pages).Plus(1)), orm.SetTo(&book.Title, orm.Upper(&book.Title)))
	must(t, err)
	want(t, "updated", n, 2)
	list, err = q.All(e.ctx)
	must(t, err)
	want(t, "titles", titles(list), "ALPHA,BETA,100%_Gamma")
	want(t, "pages", list[0].Pages, 101)

	maps, err := orm.Objects[Book]().ValuesByName("author__name").Annotate(orm.Named("n", orm.CountAll())).OrderBy(orm.ByName("author__name")).Maps(e.ctx)
	must(t, err)
	if len(maps) != 2 || show(maps[0]["n"]) != "2" || maps[1]["author__name"] != "Bob" {
		t.Errorf("groups = %v", maps)
	}
	grouped, err := orm.Objects[Book]().Annotate(orm.Named("size", orm.Case(orm.Val("short"), orm.When[string]{If: orm.Gt(&book.Pages, 90), Then: orm.Val("long")}))).
		ValuesByName("size").Annotate(orm.Named("n", orm.CountAll())).OrderBy(orm.ByName("size")).Maps(e.ctx)
	must(t, err)
	if len(grouped) != 2 || grouped[0]["size"] != "long" || show(grouped[0]["n"]) != "2" {
		t.Errorf("groups by a computed value = %v", grouped)
	}
}

// testRelations joins and prefetches.
func testRelations(t *testing.T, e *env) {
	library(t, e)
	list, err := orm.Objects[Book]().Related(&book.Author).Prefetch(&book.Genres).All(e.ctx)
	must(t, err)
	want(t, "books", titles(list), "Alpha,beta,100%_Gamma")
	log := &orm.QueryLog{}
	ctx := orm.WithQueryLog(e.ctx, log)
	a, err := list[1].Author.Get(ctx)
	must(t, err)
	want(t, "author", a.Name, "Ada")
	gs, err := list[1].Genres.All(ctx)
	must(t, err)
	want(t, "genres", len(gs), 2)
	want(t, "statements", log.Count(), 0)

	authors, err := orm.Objects[Author]().OrderBy(orm.Asc(&author.Name)).Prefetch(&author.Books).All(e.ctx)
	must(t, err)
	books, err := authors[0].Books.All(ctx)
	must(t, err)
	want(t, "Ada's books", len(books), 2)
	want(t, "statements", log.Count(), 0)

	must(t, list[0].Genres.Clear(e.ctx))
	n, err := list[0].Genres.Count(e.ctx)
	must(t, err)
	want(t, "genres after Clear", n, 0)
	_, err = orm.Objects[Author]().Filter(orm.Eq(&author.Name, "Ada")).Delete(e.ctx)
	must(t, err)
	n, err = orm.Objects[Book]().Count(e.ctx)
	must(t, err)
	want(t, "books after the author is gone", n, 1)
}
