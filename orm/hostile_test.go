package orm_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

// attack puts a text from outside in every place of a query that takes one. It reports a statement that holds the text
// outside of quotes, rows that only a changed statement finds, and a database that is not as before.
func attack(t *testing.T, ctx context.Context, text string) {
	t.Helper()
	stories := orm.Objects[newsroom.Story]()
	story, tag := orm.Fields[newsroom.Story](), orm.Fields[newsroom.Tag]()
	otherTag := orm.Other[newsroom.Tag]()
	count := func() [2]int {
		t.Helper()
		n, err := stories.Count(ctx)
		must(t, err)
		m, err := orm.Objects[newsroom.Tag]().Count(ctx)
		must(t, err)
		return [2]int{n, m}
	}
	before := count()

	// A value is found where it stands, and nowhere else.
	mine := "v" + text
	made := &newsroom.Tag{Slug: "attacked", Label: mine}
	if err := orm.Create(ctx, made); err == nil {
		for name, p := range map[string]orm.Predicate{
			"exact": orm.Eq(&tag.Label, mine), "in": orm.In(&tag.Label, mine), "contains": orm.Contains(&tag.Label, mine),
			"starts": orm.StartsWith(&tag.Label, mine), "lookup": orm.Lookup("label__endswith", mine),
		} {
			list, err := orm.Objects[newsroom.Tag]().Filter(p).All(ctx)
			if err == nil && (len(list) != 1 || list[0].ID != made.ID) {
				t.Errorf("%s %q finds %d rows, want its own", name, mine, len(list))
			}
		}
		_, err := orm.Delete(ctx, made)
		must(t, err)
	}

	log := &orm.QueryLog{}
	ctx = orm.WithQueryLog(ctx, log)
	queries := []orm.Query[newsroom.Story]{
		stories.Filter(orm.Lookup(text, "x")),
		stories.Filter(orm.Lookup("title__"+text, "x")),
		stories.Filter(orm.Lookup("meta__"+text, "x")),
		stories.Filter(orm.Lookup("meta__"+text+"__isnull", false)),
		stories.Filter(orm.Lookup("meta__has_key", text)),
		stories.Filter(orm.Lookup("meta__has_any_keys", []string{text})),
		stories.Filter(orm.Lookup("meta__a", text)),
		stories.Filter(orm.Lookup("title__regex", text)),
		stories.OrderBy(orm.ByName(text)),
		stories.OrderBy(orm.ByName("-" + text)),
		stories.OrderBy(orm.ByName("meta__" + text)),
		stories.RelatedByName(text),
		stories.PrefetchByName(text),
		stories.ValuesByName(text),
		stories.Annotate(orm.Named(text, orm.CountAll())),
		stories.Using(text),
		orm.From(orm.With(text, stories)),
		stories.Join(orm.With(text, stories).As(other), orm.F(&other.ID).Eq(orm.F(&st.ID))),
	}
	queries = append(queries,
		stories.DistinctOn(text), stories.OrderBy(orm.ByName("title__"+text)), stories.OrderBy(orm.ByName("meta__a__"+text)),
		stories.Filter(orm.Where(orm.RawExpr[bool]("? = ?", text, text+"x"))), stories.RelatedByName("author__"+text), stories.PrefetchByName("author__"+text),
		stories.LeftJoin(orm.FilteredRelation(&story.Tags, otherTag, orm.Eq(&otherTag.Slug, text), orm.Lookup(text, text))),
		stories.Filter(orm.ExistsIn(orm.Objects[newsroom.Tag]().Filter(orm.Lookup(text, text)))), stories.Alias(orm.Named("a"+text, orm.Val(text))).OrderBy(orm.ByName("a"+text)),
		stories.OrderBy(orm.Asc(&story.Title), orm.Asc(&story.ID)).After(&newsroom.Story{ID: 1, Title: text}), stories.Union(stories).OrderBy(orm.ByName(text)),
		stories.Filter(orm.Lookup("author__in", orm.Objects[newsroom.Author]().ValuesByName(text))),
	)
	for _, name := range []string{"meta__" + text, "title__" + text, "author__" + text, "created_at__" + text} {
		_, _ = stories.ValuesByName(name).Rows(ctx)
		_, _ = stories.ValuesByName(name).Annotate(orm.Named("n", orm.CountAll())).Rows(ctx)
	}
	for _, unit := range []string{text, "year"} {
		_, _ = stories.Dates(ctx, "created_at"+strings.TrimSuffix(text, unit), unit, false)
		_, _ = stories.DateTimes(ctx, text, unit, true)
	}
	_, _ = stories.Explain(ctx, orm.ExplainOptions{Format: text})
	_, _ = orm.Raw[newsroom.Tag]("SELECT id FROM newsroom_tag WHERE slug = ?", text).Column(text, &tag.Label).All(ctx)
	if sql, args, err := orm.NamedArgs("SELECT id FROM newsroom_tag WHERE slug IN (:a)", map[string]any{"a": []string{text}}); err == nil {
		_, _ = orm.Raw[newsroom.Tag](sql, args...).All(ctx)
	}
	for i, q := range queries {
		if i == 13 || i == 14 {
			_, _ = q.Rows(ctx)
			continue
		}
		_, _ = q.All(ctx)
	}
	meta := &story.Meta_
	for _, e := range []orm.AnyExpr{
		orm.KT(text), orm.KT("meta__" + text), orm.JSONAt[string](meta, text), orm.JSONAt[int64](meta, "a", text), orm.Name[string](text),
		orm.Collate(&story.Title, text), orm.Function[string](text, orm.F(&story.Title)), orm.AggregateOf[string](text, orm.F(&story.Title)),
		orm.StringAgg(&story.Title, text), orm.Extract(&story.CreatedAt, text), orm.Trunc(&story.CreatedAt, text),
		orm.Extract(&story.CreatedAt, "hour", time.FixedZone(text, 60)), orm.JSONObject[any](orm.JSONPair{Name: text, Value: orm.Val(text)}),
		orm.JSONArray[any](orm.Val(text)), orm.F(&story.Title).StartsWith(text).Expr(), orm.Val(text),
		orm.RowNumber().Over(orm.Window{Partition: []orm.AnyExpr{orm.Name[string](text)}, Order: []orm.Order{orm.ByName(text)}}),
		orm.StringAgg(&story.Title, ",", orm.ByName(text)), orm.CountAll().Filter(orm.Lookup(text, text)), orm.Case(orm.Val(text), orm.When[string]{If: orm.Lookup("title", text), Then: orm.Val(text)}),
		orm.RawExpr[string]("?", text), orm.AggregateOf[string]("Max", orm.Name[string](text)), orm.Concat(orm.Val(text), orm.Name[string](text)), orm.Extract(&story.CreatedAt, text),
		orm.CustomFunc[string]{Name: text, SQL: orm.SQL{All: "UPPER({1})"}}.Call(orm.Val(text)),
	} {
		_, _ = stories.ValuesByName("id").Annotate(orm.Named("v", e)).Rows(ctx)
	}
	own := orm.WithLookups(ctx, orm.CustomTransform[string]{Name: text, SQL: orm.SQL{All: "UPPER({1})"}}, orm.CustomLookup[string]{Name: text, SQL: orm.SQL{All: "{1} = {2}"}})
	_, _ = stories.Filter(orm.Lookup("title__"+text, text)).All(own)
	parts := orm.WithLookups(ctx, orm.CustomTransform[string]{Name: "shout", SQL: orm.SQL{All: "UPPER({1})"}, Bilateral: true}, orm.CustomLookup[string]{Name: "same", SQL: orm.SQL{All: "{1} = {2}"}})
	_, _ = stories.Filter(orm.Lookup("title__shout__"+text, text)).All(parts)
	_, _ = stories.Filter(orm.Lookup("title__shout__contains", text)).All(parts)
	if list, err := stories.Filter(orm.Lookup("title__shout__same", text)).All(parts); err == nil && len(list) > 0 && !strings.EqualFold(text, "one") {
		t.Errorf("%q is the same as every title", text)
	}
	_, _ = stories.Filter(orm.Eq(&story.ID, -1)).Update(ctx, orm.SetTo(meta, orm.JSONSet(meta, text, text)))
	_, _ = stories.Filter(orm.HasKey(meta, text), orm.JSONContains(meta, text)).All(ctx)
	_, _ = stories.AggregateByName(ctx, orm.Named(text, orm.Max(&story.Words)))
	_, _ = stories.Filter(orm.Eq(&story.ID, -1)).Update(ctx, orm.SetByName(text, text))
	_, _ = orm.LatestByName(ctx, stories, true, text)

	for _, e := range log.Entries() {
		if strings.ContainsAny(text, ";-*'\"`") && len(text) > 3 && strings.Contains(unquoted(e.SQL), text) {
			t.Errorf("%q stands in the statement %s", text, e.SQL)
		}
	}
	if after := count(); after != before {
		t.Fatalf("%q changed the database: %v, want %v", text, after, before)
	}
}

// unquoted is a statement without its quoted parts.
func unquoted(sql string) string {
	var b strings.Builder
	quote := byte(0)
	for i := range len(sql) {
		switch c := sql[i]; {
		case quote == 0 && (c == '\'' || c == '"' || c == '`'):
			quote = c
		case quote == 0:
			b.WriteByte(c)
		case c == quote: // a doubled quote opens again at once
			quote = 0
		}
	}
	return b.String()
}

// attacks are what has broken out of statements elsewhere: quotes of each database, comments, ends of statements,
// placeholders, JSON paths, wildcards, zero bytes, bad UTF-8.
func attacks() []string {
	return slices.Concat(hostile(), []string{
		`') OR 1=1 --`, `") OR 1=1 --`, "`) OR 1=1 -- ", `a'b`, `a"b`, "a`b", `a\`, `a\'; DROP TABLE newsroom_tag; --`, `$.a`, `a.b`, `a"].b`, `$1`, `?1`, `:x`, `@x`, `%s`, `%(x)s`,
		`%`, `_`, `a%_\`, `1; SELECT pg_sleep(9)`, `1 UNION SELECT 1`, `{a}`, `a->>'b'`, `words) --`, `words" DESC; --`, `/*! x */`, "\xff\xfe", "é'", "a\nb--", "E'\\''", "$$", "$x$a$x$", "0x27", "ʼ", "'", "a'||'b",
		"meta__a'b", `meta__a"b`, "count(*)", "*", "pk;", "filter", "_connector", "_prefetch_related_val", strings.Repeat("a__", 60) + "b", strings.Repeat("x", 5000),
	})
}

func seedAttacks(t testing.TB, ctx context.Context) {
	t.Helper()
	who := &newsroom.Author{}
	must(t, orm.Create(ctx, who))
	must(t, orm.Create(ctx, &newsroom.Tag{Slug: "one", Label: "one"}))
	must(t, orm.Create(ctx, &newsroom.Story{Title: "one", Slug: "one", Author: orm.To(who), Meta_: map[string]any{"a": "b"}}))
}

// Texts from outside give an error or a literal match on all databases, never another statement.
func TestHostile(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		seedAttacks(t, ctx)
		for _, text := range attacks() {
			attack(t, ctx, text)
		}
	})
}

// FuzzHostile is TestHostile with texts that nobody thought of, on the database of a number.
func FuzzHostile(f *testing.F) {
	for i, text := range attacks() {
		f.Add(text, uint8(i))
	}
	all := []context.Context{newsroomOn(f, orm.DatabasesFrom(open(f))[orm.DefaultDB]), newsroomOn(f, postgresDB(f)), newsroomOn(f, mariaDB(f))}
	for _, ctx := range all {
		seedAttacks(f, ctx)
	}
	f.Fuzz(func(t *testing.T, text string, which uint8) { attack(t, all[int(which)%len(all)], text) })
}
