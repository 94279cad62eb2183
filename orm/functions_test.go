package orm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

func TestFunctions(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	first := orm.Objects[Article]().Filter(orm.Eq(&a.ID, 2)) // Title B, slug sb, 1 like, 2 January
	tests := []struct {
		name string
		got  func() (string, error)
		want string
	}{
		{"lower", value(ctx, first, orm.Lower(&a.Title)), "title b"},
		{"length", value(ctx, first, orm.Length(&a.Title)), "7"},
		{"concat", value(ctx, first, orm.Concat(orm.F(&a.Slug), orm.Val("/"), orm.F(&a.Likes))), "sb/1"},
		{"substr", value(ctx, first, orm.Substr(&a.Title, 1, 3)), "Tit"},
		{"replace", value(ctx, first, orm.Replace(&a.Title, "Title", "T")), "T B"},
		{"coalesce", value(ctx, first, orm.Coalesce(orm.NullIf(orm.F(&a.Likes), orm.Val(int64(1))), orm.Val(int64(9)))), "9"},
		{"or", value(ctx, first, orm.NullIf(orm.F(&a.Likes), orm.Val(int64(1))).Or(7)), "7"},
		{"greatest", value(ctx, first, orm.Greatest(orm.F(&a.Likes), orm.F(&a.ID))), "2"},
		{"case", value(ctx, first, orm.Case(orm.Val("few"), orm.When[string]{If: orm.Gt(&a.Likes, 3), Then: orm.Val("many")})), "few"},
		{"extract", value(ctx, first, orm.Extract(a.Published, "day")), "2"},
		{"trunc", value(ctx, first, orm.Trunc(a.Published, "month")), "2026-01-01 00:00:00 +0000 UTC"},
		{"date", value(ctx, first, orm.DateOf(a.Published)), "2026-01-02 00:00:00 +0000 UTC"},
		{"cast", value(ctx, first, orm.Cast[string](orm.F(&a.Likes))), "1"},
		{"arithmetic", value(ctx, first, orm.F(&a.Likes).Plus(4).Times(3).Minus(1).Per(2)), "7"},
		{"named", value(ctx, first, orm.Function[string]("LPad", orm.F(&a.Slug), orm.Val(5), orm.Val("*"))), "***sb"},
		{"raw", value(ctx, first, orm.RawExpr[int64]("1 + ?", 41)), "42"},
		{"string agg", value(ctx, orm.Objects[Article]().OrderBy(), orm.StringAgg(&a.Slug, ",", orm.Asc(&a.Slug))), "sa,sb,sc,sd,se,sf"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.got()
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func value[V any](ctx context.Context, q orm.Query[Article], e orm.Expr[V]) func() (string, error) {
	type row struct{ V V }
	return func() (string, error) {
		rows, err := orm.Values(q, func(r *row) []orm.Pick { return []orm.Pick{orm.As(&r.V, e)} }).All(ctx)
		if err != nil {
			return "", err
		}
		if len(rows) != 1 {
			return "", fmt.Errorf("%d rows", len(rows))
		}
		return fmt.Sprint(rows[0].V), nil
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	top := orm.Objects[Article]().Annotate(orm.As(&a.Words, orm.RowNumber().Over(orm.Window{
		Partition: []orm.AnyExpr{orm.F(&a.Author.ID)}, Order: []orm.Order{orm.Desc(&a.Likes)},
	})))
	list, err := top.Filter(orm.Eq(&a.Words, 1)).OrderBy(orm.Asc(&a.ID)).All(ctx)
	if err != nil || titles(list) != "EF" {
		t.Errorf("the most liked article of each author = %q, %v, want EF", titles(list), err)
	}
}

func TestKeyset(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	_, _, arts := seed(t, ctx)
	q := orm.Objects[Article]().OrderBy(orm.Asc(&a.Status), orm.Desc(&a.ID))
	var seen string
	page, err := q.Limit(2).All(ctx)
	for err == nil && len(page) > 0 {
		seen += titles(page)
		page, err = q.After(page[len(page)-1]).Limit(2).All(ctx)
	}
	if err != nil || seen != "FEDCBA" {
		t.Errorf("pages = %q, %v, want FEDCBA", seen, err)
	}
	back, err := q.Before(arts[1]).All(ctx)
	if err != nil || titles(back) != "FEDC" {
		t.Errorf("Before = %q, %v, want FEDC", titles(back), err)
	}
	if err := orm.Objects[Article]().OrderBy(orm.Asc(&a.Status)).After(arts[0]).Err(); err == nil {
		t.Error("After without a unique order: no error")
	}
}

func TestRawAndBulkUpdate(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	_, _, arts := seed(t, ctx)
	list, err := orm.Raw[Article](`SELECT id, title, author_id FROM orm_test_article WHERE likes > ? ORDER BY id`, 3).All(ctx)
	if err != nil || titles(list) != "EF" {
		t.Fatalf("Raw = %q, %v", titles(list), err)
	}
	if u, err := list[0].Author.Get(ctx); err != nil || u.Username != "ada" {
		t.Errorf("author of a raw row: %v, %v", u, err)
	}
	if _, err := orm.Raw[Article](`SELECT id, 7 AS beyond FROM orm_test_article`).All(ctx); err == nil {
		t.Error("Raw with a column of no field: no error")
	}
	for i, art := range arts {
		art.Likes = int64(100 + i)
		art.Title = "changed but not named"
	}
	n, err := orm.Objects[Article]().BulkUpdate(ctx, arts, &a.Likes)
	if err != nil || n != 6 {
		t.Errorf("BulkUpdate = %d, %v, want 6", n, err)
	}
	fresh, err := orm.Objects[Article]().Get(ctx, orm.Eq(&a.ID, 3))
	if err != nil || fresh.Likes != 102 || fresh.Title != "Title C" {
		t.Errorf("after BulkUpdate: %+v, %v", fresh, err)
	}
	plan, err := orm.Objects[Article]().Filter(orm.Eq(&a.ID, 1)).Explain(ctx)
	if err != nil || !strings.Contains(plan, "SEARCH") {
		t.Errorf("Explain = %q, %v", plan, err)
	}
}

// Large results and lists beyond the database's number of parameters work.
func TestMany10000(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	tags := make([]*Tag, 10000)
	for i := range tags {
		tags[i] = &Tag{Slug: fmt.Sprint("t", i)}
	}
	start := time.Now()
	must(t, orm.Objects[Tag]().BulkCreate(ctx, tags))
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("10000 rows took %s", took)
	}
	ids := make([]int64, 0, 50000)
	for i := range 50000 {
		ids = append(ids, int64(i))
	}
	n, err := orm.Objects[Tag]().Filter(orm.In(&g.ID, ids...)).Count(ctx)
	if err != nil || n != 10000 || tags[9999].ID != 10000 {
		t.Errorf("In of 50000 values = %d, %v, want 10000 (last key %d)", n, err, tags[9999].ID)
	}
	n, err = orm.Objects[Tag]().BulkUpdate(ctx, tags, &g.Slug)
	if err != nil || n != 10000 {
		t.Errorf("BulkUpdate = %d, %v", n, err)
	}
	d, err := orm.Objects[Tag]().Filter(orm.In(&g.ID, ids...)).Delete(ctx)
	if err != nil || d.ByModel["orm_test.Tag"] != 10000 {
		t.Errorf("Delete = %v, %v", d, err)
	}
}
