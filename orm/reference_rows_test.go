package orm_test

import (
	"context"
	"errors"

	"github.com/nuages-go/nuages/orm"
)

var refQueries = []refRow{
	{"filter(likes__gt=3)", articles.Filter(orm.Gt(&a.Likes, 3)), "EF", ""},
	{"filter(author__username='ada')", articles.Filter(orm.Eq(&a.Author.To().Username, "ada")), "ECA", ""},
	{"exclude(status='live')", articles.Exclude(orm.Eq(&a.Status, Live)), "F", ""},
	{"annotate(words=F('likes') + 1)", articles.Annotate(orm.As(&a.Words, orm.F(&a.Likes).Plus(1))), "EDCBAF", "the struct has a field for it, described by `orm.Extra`"},
	{"alias(n=Count('tags')).filter(n=0)", articles.Alias(orm.Named("n", orm.Count(&a.Tags.To().ID))).Filter(orm.Lookup("n", 0)), "F", ""},
	{"order_by('author__username', '-likes')", articles.OrderBy(orm.Asc(&a.Author.To().Username), orm.Desc(&a.Likes)), "ECAFDB", ""},
	{"order_by('?')", articles.OrderBy(orm.ByName("?")), "", ""},
	{"order_by()", articles.OrderBy(), "", "no order at all"},
	{"reverse()", articles.OrderBy(orm.Asc(&a.ID)).Reverse(), "FEDCBA", ""},
	{"distinct()", articles.Filter(orm.Ne(&a.Tags.To().Slug, "x")).OrderBy(orm.Asc(&a.ID)).Distinct(), "ABCDEF", ""},
	{"distinct('author_id')", articles.OrderBy(orm.Asc(&a.Author.ID)).DistinctOn(&a.Author.ID), "sql", "PostgreSQL; an error elsewhere, and where the order begins otherwise"},
	{"values('id', 'title')", articles.Filter(orm.Eq(&a.ID, 1)).ValuesByName("id", "title"), "[map[id:1 title:Title A]]", "with `Maps(ctx)`; typed: `orm.Values`"},
	{"values_list('title', flat=True)", run(func(ctx context.Context) (any, error) { return orm.Flat(ctx, articles.Limit(2), orm.F(&a.Title)) }), "[Title E Title D]", "`[]string`; rows of several values: `orm.Values`, or untyped `ValuesByName(…).Rows(ctx)`"},
	{"values('author').annotate(n=Count('id'))", articles.OrderBy().ValuesByName("author").Annotate(orm.Named("n", orm.Count(&a.ID))), "[map[author:1 n:3] map[author:2 n:3]]", "a group for each author"},
	{"dates('published', 'month')", run(func(ctx context.Context) (any, error) { return articles.Dates(ctx, "published", "month", false) }), "1 times", ""},
	{"datetimes('published', 'hour')", run(func(ctx context.Context) (any, error) { return articles.DateTimes(ctx, "published", "hour", false) }), "5 times", ""},
	{"none()", articles.None(), "", "asks nothing of the database"},
	{"all()", articles, "EDCBAF", "a query is a value: keep it and use it again"},
	{"[1:3]", articles.Slice(1, 3), "DC", "or `Limit` and `Offset`"},
	{"[0]", run(func(ctx context.Context) (any, error) { return articles.First(ctx) }), "E", ""},
	{"union(q)", articles.Filter(orm.Lt(&a.Likes, 1)).Union(articles.Filter(orm.Gt(&a.Likes, 4))).OrderBy(orm.Asc(&a.ID)), "AF", "`all=True`: `UnionAll`"},
	{"intersection(q)", articles.Filter(orm.Lt(&a.Likes, 3)).Intersection(articles.Filter(orm.Gt(&a.Likes, 1))), "C", ""},
	{"difference(q)", articles.Filter(orm.Lt(&a.Likes, 2)).Difference(articles.Filter(orm.Eq(&a.Likes, 0))), "B", ""},
	{"q & r", articles.Filter(orm.Gt(&a.Likes, 1)).And(articles.Filter(orm.Lt(&a.Likes, 4))), "DC", ""},
	{"q | r", articles.Filter(orm.Lt(&a.Likes, 1)).Or(articles.Filter(orm.Gt(&a.Likes, 4))), "AF", "one query, which can be filtered on; `^` is `Xor`"},
	{"values_list('id', 'title', named=True)", run(func(ctx context.Context) (any, error) {
		type row struct {
			ID    int64
			Title string
		}
		list, err := orm.Values(articles.Limit(1), func(r *row) []orm.Pick {
			return []orm.Pick{orm.As(&r.ID, orm.F(&a.ID)), orm.As(&r.Title, orm.F(&a.Title))}
		}).All(ctx)
		return len(list), err
	}), "1", "a struct of yours"},
	{"select_related(None), prefetch_related(None)", nil, "", "a query is a value: keep the one without them"},
	{"select_related('author')", articles.Related(&a.Author), "EDCBAF", ""},
	{"prefetch_related('tags')", articles.Prefetch(&a.Tags), "EDCBAF", ""},
	{"prefetch_related(Prefetch('tags', queryset=…))", orm.PrefetchQuery(articles, &a.Tags, orm.Objects[Tag]().OrderBy(orm.Desc(&g.Slug))), "EDCBAF", "a slice of the query is one for each object; `to_attr`: `orm.PrefetchTo`"},
	{"extra(where=[…])", articles.Filter(orm.Where(orm.RawExpr[bool]("likes % ? = 0", 2))), "ECA", "SQL with `?`; further tables: a raw query"},
	{"defer(None)", articles.Defer(&a.Body).Defer(), "EDCBAF", ""},
	{"defer('body')", articles.Defer(&a.Body), "EDCBAF", ""},
	{"only('title')", articles.Only(&a.Title), "EDCBAF", "the key is always read"},
	{"using('default')", articles.Using("default"), "EDCBAF", ""},
	{"complex_filter(Q(…))", articles.Filter(orm.Not(orm.Eq(&a.ID, 1))), "EDCBF", "`Filter` takes every condition"},
	{"select_for_update()", articles.ForUpdate(), "EDCBAF", "inside `orm.Atomic`; SQLite ignores it"},
	{"select_for_update(skip_locked=True, of=('self',))", articles.ForUpdate(orm.SkipLocked(), orm.LockOf(a)), "EDCBAF", "also `orm.NoWait()`, `orm.NoKey()`"},
	{"fetch_mode(FETCH_PEERS)", articles, "EDCBAF", "always: what is missing is loaded for all objects of the result at once"},
	{"fetch_mode(RAISE)", articles.FetchRaise(), "EDCBAF", ""},
	{"raw('SELECT …')", run(func(ctx context.Context) (any, error) {
		return orm.Raw[Article]("SELECT id, title FROM orm_test_article WHERE likes > ? ORDER BY id", 3).All(ctx)
	}), "EF", ""},
	{"ordered", run(func(context.Context) (any, error) { return articles.IsOrdered(), nil }), "true", ""},
	{"totally_ordered", run(func(context.Context) (any, error) { return articles.IsTotallyOrdered(), nil }), "true", ""},
	{"With(…) of django-cte", orm.From(orm.With("liked", articles.Filter(orm.Gt(&a.Likes, 3)))).Filter(orm.Eq(&a.Author.To().Username, "ada")), "E", "recursive: `orm.Recursive`"},
	{"filter() after union(q)", articles.Filter(orm.Lt(&a.Likes, 1)).Union(articles.Filter(orm.Gt(&a.Likes, 4))).Wrap().Filter(orm.Gt(&a.Likes, 0)), "F", "Django has no such thing; `Wrap` after a slice likewise"},
	{"query", run(func(ctx context.Context) (any, error) { sql, _, err := articles.SQL(ctx); return len(sql) > 0, err }), "true", "the statement and its arguments"},
}

var refRunning = []refRow{
	{"for x in q", run(func(ctx context.Context) (any, error) { return articles.All(ctx) }), "EDCBAF", "`[]*Article`"},
	{"get(pk=1)", run(func(ctx context.Context) (any, error) { return articles.Get(ctx, orm.Eq(&a.ID, 1)) }), "A", ""},
	{"DoesNotExist", run(func(ctx context.Context) (any, error) {
		_, err := articles.Get(ctx, orm.Eq(&a.ID, 99))
		return orm.IsNotFound(err), nil
	}), "true", "`errors.Is(err, orm.ErrNotFound)`"},
	{"MultipleObjectsReturned", run(func(ctx context.Context) (any, error) {
		_, err := articles.Get(ctx)
		return errors.Is(err, orm.ErrMultiple), nil
	}), "true", ""},
	{"create(slug='x')", run(func(ctx context.Context) (any, error) { return nil, orm.Create(ctx, &Tag{Slug: "x"}) }), "", ""},
	{"bulk_create(list)", run(func(ctx context.Context) (any, error) {
		return nil, orm.Objects[Tag]().BulkCreate(ctx, []*Tag{{Slug: "x"}, {Slug: "y"}})
	}), "", "COPY on PostgreSQL from a hundred rows on"},
	{"bulk_create(list, ignore_conflicts=True)", run(func(ctx context.Context) (any, error) {
		return nil, orm.Objects[Tag]().BulkCreate(ctx, []*Tag{{Slug: "go"}}, orm.BulkOptions{IgnoreConflicts: true})
	}), "", ""},
	{"bulk_create(list, update_conflicts=True, …)", run(func(ctx context.Context) (any, error) {
		return nil, users.BulkCreate(ctx, []*User{{Username: "ada"}}, orm.BulkOptions{UpdateFields: []any{&u.Username}, UniqueFields: []any{&u.Username}})
	}), "", ""},
	{"bulk_update(list, ['likes'])", run(func(ctx context.Context) (any, error) {
		list, err := articles.All(ctx)
		if err != nil {
			return nil, err
		}
		return articles.BulkUpdate(ctx, list, &a.Likes)
	}), "6", ""},
	{"update(…) with RETURNING", run(func(ctx context.Context) (any, error) {
		return articles.Filter(orm.Gt(&a.Likes, 4)).UpdateReturning(ctx, orm.Set(&a.Likes, 9))
	}), "F", "the objects as they are now; Django has no such thing"},
	{"delete() with RETURNING", run(func(ctx context.Context) (any, error) {
		return articles.Filter(orm.Gt(&a.Likes, 4)).DeleteReturning(ctx)
	}), "F", "the objects as they were; Django has no such thing"},
	{"update(title=F('author__username'))", run(func(ctx context.Context) (any, error) {
		return articles.UpdateFrom(ctx, orm.SetTo(&a.Title, orm.F(&a.Author.To().Username)))
	}), "6", "an error in Django: `UPDATE … FROM`"},
	{"bulk_create(…) that tells what was there", run(func(ctx context.Context) (any, error) {
		return orm.Objects[Tag]().Upsert(ctx, []*Tag{{Slug: "go"}, {Slug: "new"}}, orm.UpsertOptions{On: []any{&g.Slug}, Skip: true})
	}), "[skipped inserted]", "`Set` with `orm.Excluded` updates by an expression"},
	{"get_or_create(slug='go')", run(func(ctx context.Context) (any, error) {
		_, created, err := orm.Objects[Tag]().Filter(orm.Eq(&g.Slug, "go")).GetOrCreate(ctx, &Tag{Slug: "go"})
		return created, err
	}), "false", ""},
	{"update_or_create(slug='a', defaults={…})", run(func(ctx context.Context) (any, error) {
		_, created, err := articles.Filter(orm.Eq(&a.Slug, "sa")).UpdateOrCreate(ctx, &Article{Slug: "sa"}, orm.Set(&a.Likes, 9))
		return created, err
	}), "false", "the object is what is created: `create_defaults`"},
	{"count()", run(func(ctx context.Context) (any, error) { return articles.Count(ctx) }), "6", ""},
	{"exists()", run(func(ctx context.Context) (any, error) { return articles.Exists(ctx) }), "true", ""},
	{"contains(obj)", run(func(ctx context.Context) (any, error) { return articles.Contains(ctx, &Article{ID: 1}) }), "true", ""},
	{"aggregate(Sum('likes'))", run(func(ctx context.Context) (any, error) { return orm.Aggregate(ctx, articles, orm.Sum(&a.Likes)) }), "15", "several at once: `orm.Values`, or `AggregateByName`"},
	{"first()", run(func(ctx context.Context) (any, error) { return articles.First(ctx) }), "E", ""},
	{"last()", run(func(ctx context.Context) (any, error) { return articles.Last(ctx) }), "F", ""},
	{"latest('likes')", run(func(ctx context.Context) (any, error) { return articles.Latest(ctx, &a.Likes) }), "F", "without a column: Meta.LatestBy"},
	{"earliest('likes')", run(func(ctx context.Context) (any, error) { return articles.Earliest(ctx, &a.Likes) }), "A", "by name: `orm.LatestByName`"},
	{"in_bulk([1, 2])", run(func(ctx context.Context) (any, error) {
		m, err := orm.InBulk(ctx, articles, &a.ID, 1, 2)
		return len(m), err
	}), "2", ""},
	{"in_bulk()", run(func(ctx context.Context) (any, error) {
		m, err := orm.InBulkAll(ctx, articles, &a.ID)
		return len(m), err
	}), "6", "all objects of the query"},
	{"in_bulk(['go'], field_name='slug')", run(func(ctx context.Context) (any, error) {
		m, err := orm.InBulk(ctx, orm.Objects[Tag](), &g.Slug, "go")
		return len(m), err
	}), "1", "an error unless the column is unique"},
	{"aggregate(n=Sum('likes'), twice=F('n') * 2)", run(func(ctx context.Context) (any, error) {
		m, err := articles.AggregateByName(ctx, orm.Named("n", orm.Sum(&a.Likes)), orm.Named("twice", orm.Name[int64]("n").Times(2)))
		return m["twice"].(int64) == 2*m["n"].(int64), err
	}), "true", "an aggregate may name those before it"},
	{"iterator(chunk_size=500)", run(func(ctx context.Context) (any, error) {
		n := 0
		for _, err := range articles.Iter(ctx, 500) {
			if err != nil {
				return nil, err
			}
			n++
		}
		return n, nil
	}), "6", "without a number 2000 objects at a time; by the key, else by one result that keeps a connection (a cursor on PostgreSQL)"},
	{"explain()", run(func(ctx context.Context) (any, error) { plan, err := articles.Explain(ctx); return plan != "", err }), "true", "options: `orm.ExplainOptions{Format: \"json\", Analyze: true}`"},
	{"update(title='x')", run(func(ctx context.Context) (any, error) { return articles.Update(ctx, orm.Set(&a.Title, "x")) }), "6", ""},
	{"update(likes=F('likes') + 1)", run(func(ctx context.Context) (any, error) {
		return articles.Update(ctx, orm.SetTo(&a.Likes, orm.F(&a.Likes).Plus(1)))
	}), "6", ""},
	{"update(published=None)", run(func(ctx context.Context) (any, error) { return articles.Update(ctx, orm.SetNullValue(a.Published)) }), "6", ""},
	{"delete()", run(func(ctx context.Context) (any, error) {
		d, err := articles.Delete(ctx)
		return d.ByModel["orm_test.Article"], err
	}), "6", "rows by model"},
	{"aget(), acount(), async for", nil, "", "every call takes a context and blocks only its goroutine; several at once: `orm.Batch`"},
	{"as_manager(), custom managers", run(func(ctx context.Context) (any, error) { return live().Count(ctx) }), "5", "a function that returns a query"},
}

var refLookups = []refRow{
	{"likes=3, likes__exact=3", orm.Eq(&a.Likes, 3), "D", ""},
	{"title__iexact='TITLE a'", orm.IExact(&a.Title, "TITLE a"), "A", ""},
	{"title__contains='le B'", orm.Contains(&a.Title, "le B"), "B", ""},
	{"title__icontains='LE b'", orm.IContains(&a.Title, "LE b"), "B", ""},
	{"slug__startswith='sa'", orm.StartsWith(&a.Slug, "sa"), "A", ""},
	{"slug__istartswith='SA'", orm.IStartsWith(&a.Slug, "SA"), "A", ""},
	{"slug__endswith='b'", orm.EndsWith(&a.Slug, "b"), "B", ""},
	{"slug__iendswith='B'", orm.IEndsWith(&a.Slug, "B"), "B", ""},
	{"likes__in=[1, 2]", orm.In(&a.Likes, 1, 2), "BC", "longer lists than the database's limit work"},
	{"id__in=q.values('id')", orm.InQuery(&a.ID, orm.Pluck(articles.Filter(orm.Gt(&a.Likes, 4)), &a.ID)), "F", ""},
	{"likes__gt=4", orm.Gt(&a.Likes, 4), "F", ""},
	{"likes__gte=4", orm.Gte(&a.Likes, 4), "EF", ""},
	{"likes__lt=1", orm.Lt(&a.Likes, 1), "A", ""},
	{"likes__lte=1", orm.Lte(&a.Likes, 1), "AB", ""},
	{"likes__range=(1, 2)", orm.Between(&a.Likes, 1, 2), "BC", ""},
	{"published__isnull=True", orm.IsNull(a.Published), "F", "`orm.NotNull` for False"},
	{"title__regex='[AB]$'", orm.Regex(&a.Title, "[AB]$"), "AB", ""},
	{"title__iregex='[ab]$'", orm.IRegex(&a.Title, "[ab]$"), "AB", ""},
	{"pk=1", orm.Eq(&a.ID, 1), "A", ""},
	{"author=user", orm.Is(&a.Author, &User{ID: 1}), "ACE", ""},
	{"author_id=1", orm.Eq(&a.Author.ID, 1), "ACE", ""},
	{"tags__slug='go'", orm.Eq(&a.Tags.To().Slug, "go"), "ACE", ""},
	{"tags__isnull=True", orm.Lookup("tags__isnull", true), "F", ""},
	{"data__lang='go'", notes.Filter(orm.JSONAt[string](&n.Data, "lang").Is("go")), "1", "by name: `orm.Lookup(\"data__lang\", \"go\")`; the type says what is compared: text, number, truth value"},
	{"data__has_key='size'", notes.Filter(orm.HasKey(&n.Data, "size")), "1", ""},
	{"data__has_keys=['lang', 'size']", notes.Filter(orm.HasKeys(&n.Data, "lang", "size")), "1", ""},
	{"data__has_any_keys=['size', 'deep']", notes.Filter(orm.HasAnyKeys(&n.Data, "size", "deep")), "2", ""},
	{"data__contains={…}", notes.Filter(orm.JSONContains(&n.Data, map[string]any{"lang": "go"})), "1", "on SQLite too"},
	{"data__contained_by={…}", notes.Filter(orm.JSONContainedBy(&n.Data, map[string]any{"lang": "sql", "deep": map[string]any{"n": 1}})), "1", "on SQLite too"},
	{"data__deep__n=1", notes.Filter(orm.JSONAt[int64](&n.Data, "deep", "n").Is(1)), "1", "lists by number, from the end by negative ones: `orm.JSONAt[string](&n.Data, \"tags\", 0)`"},
	{"data__x=None, data__x__isnull=True", notes.Filter(orm.Lookup("data__x__isnull", true)), "2", "None is JSON's null, isnull a missing key"},
	{"order_by('data__size')", run(func(ctx context.Context) (any, error) {
		return notes.OrderBy(orm.JSONAt[int64](&n.Data, "size").Desc().NullsLast()).Count(ctx)
	}), "2", "also in groups and aggregates"},
	{"KT('data__lang')", notes.Filter(orm.KT("data__lang").StartsWith("g")), "1", "typed: `orm.JSONAt[string]`"},
	{"lookups from outside", orm.Lookup("author__username__icontains", "AD"), "ACE", "checked against the models; the value is always a parameter"},
	{"Transform: register_lookup(Reversed)", orm.Lookup("slug__reversed__startswith", "b"), "B", "`reversed := orm.CustomTransform[string]{Name: \"reversed\", For: schema.Kind.IsText, SQL: orm.SQL{All: \"REVERSE({1})\"}}`, listed in a column's `Lookups(…)` or an application's `Lookups`; `Func: \"Length\"` makes a built-in function one"},
	{"Lookup: register_lookup(NotEqual)", orm.Lookup("likes__unlike", 2), "ABDEF", "`unlike := orm.CustomLookup[any]{Name: \"unlike\", SQL: orm.SQL{All: \"{1} <> {2}\"}}`"},
	{"Reversed('slug').startswith, typed", reversed.Of(orm.F(&a.Slug)).StartsWith("b"), "B", "every text look-up is a method of an expression too"},
	{"NotEqual(F('likes'), 2), typed", unlike.On(orm.F(&a.Likes), 2), "ABDEF", "between expressions: `OnExpr`"},
	{"with register_lookup(…) in tests", run(func(ctx context.Context) (any, error) {
		return articles.Filter(orm.Lookup("likes__unlike", 2)).Count(orm.WithLookups(ctx, unlike))
	}), "5", ""},
	{"unaccent, trigram_similar, search", nil, "", "PostgreSQL's own: `orm.RawExpr`"},
}

var refTransforms = []refRow{
	{"published__year=2026", orm.Year(a.Published, 2026), "ABCDE", "as a range, which uses an index"},
	{"published__iso_year=2026", orm.Lookup("published__iso_year", 2026), "ABCDE", ""},
	{"published__month=1", orm.Month(a.Published, 1), "ABCDE", ""},
	{"published__day=2", orm.Day(a.Published, 2), "B", ""},
	{"published__week=1", orm.Extract(a.Published, "week").Is(1), "ABCD", ""},
	{"published__week_day=5", orm.Extract(a.Published, "week_day").Is(5), "A", "1 is Sunday"},
	{"published__iso_week_day=4", orm.Extract(a.Published, "iso_week_day").Is(4), "A", "1 is Monday"},
	{"published__quarter=1", orm.Extract(a.Published, "quarter").Is(1), "ABCDE", ""},
	{"published__date=day", orm.OnDate(a.Published, date(2026, 1, 3)), "C", ""},
	{"published__time='12:00'", orm.Lookup("published__time", "12:00"), "ABCDE", ""},
	{"published__hour=12", orm.Hour(a.Published, 12), "ABCDE", ""},
	{"published__minute=0", orm.Extract(a.Published, "minute").Is(0), "ABCDE", ""},
	{"published__second=0", orm.Extract(a.Published, "second").Is(0), "ABCDE", ""},
}

var refConditions = []refRow{
	{"Q(likes=1) & Q(status='live')", orm.And(orm.Eq(&a.Likes, 1), orm.Eq(&a.Status, Live)), "B", ""},
	{"Q(likes=1) | Q(likes=2)", orm.Or(orm.Eq(&a.Likes, 1), orm.Eq(&a.Likes, 2)), "BC", ""},
	{"Q(likes=1) ^ Q(id=2)", orm.Xor(orm.Eq(&a.Likes, 2), orm.Eq(&a.ID, 2)), "BC", ""},
	{"~Q(likes=1)", orm.Not(orm.Eq(&a.Likes, 1)), "ACDEF", "or `orm.Ne`"},
	{"likes__gt=F('id')", orm.F(&a.Likes).Gt(orm.F(&a.ID)), "", ""},
	{"GreaterThan(F('likes') * 2, 8)", orm.F(&a.Likes).Times(2).Above(8), "F", ""},
	{"Exists(q)", orm.ExistsIn(users.Filter(orm.F(&u.ID).Eq(orm.OuterRef(&a.Author.ID)), orm.Eq(&u.Username, "bob"))), "BDF", "with `OuterRef`"},
	{"FilteredRelation('tags', condition=Q(…))", articles.LeftJoin(orm.FilteredRelation(&a.Tags, tag2, orm.Eq(&tag2.Slug, "go"))).Filter(orm.NotNull(&tag2.ID)), "ECA", "`tag2 = orm.Other[Tag]()` names the rows of this join"},
	{"F('likes').asc()", orm.Asc(&a.Likes), "ABCDEF", ""},
	{"F('likes').desc()", orm.Desc(&a.Likes), "FEDCBA", ""},
	{"F('published').asc(nulls_first=True)", orm.Asc(a.Published).NullsFirst(), "FABCDE", ""},
	{"F('published').desc(nulls_last=True)", orm.Desc(a.Published).NullsLast(), "EDCBAF", ""},
	{"Length('title').desc()", orm.Length(&a.Title).Desc(), "ABCDEF", "any expression"},
	{"order by a name from outside", orm.ByName("-likes"), "FEDCBA", ""},
}
