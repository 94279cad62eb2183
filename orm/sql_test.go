package orm_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The SQL of a query is read by people, in logs and on the debug page, and by the database's planner: it changes on
// purpose only. Rewrite the file with go test ./orm -run GoldenSQL -update.
func TestGoldenSQL(t *testing.T) {
	t.Parallel()
	ctx := conformanceDB(t)
	s, au, r := orm.Fields[newsroom.Story](), orm.Fields[newsroom.Author](), orm.Fields[newsroom.Review]()
	stories := orm.Objects[newsroom.Story]().Only(&s.Title).OrderBy()
	authors := orm.Objects[newsroom.Author]().Only(&au.Name).OrderBy()
	var b strings.Builder
	add := func(name, sql string, args []any, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		fmt.Fprintf(&b, "-- %s --\n%s\n", name, sql)
		if len(args) > 0 {
			fmt.Fprintf(&b, "%v\n", args)
		}
		b.WriteByte('\n')
	}
	story := func(name string, q orm.Query[newsroom.Story]) {
		t.Helper()
		sql, args, err := q.SQL(ctx)
		add(name, sql, args, err)
	}
	author := func(name string, q orm.Query[newsroom.Author]) {
		t.Helper()
		sql, args, err := q.SQL(ctx)
		add(name, sql, args, err)
	}

	story("equal and greater", stories.Filter(orm.Eq(&s.Section, newsroom.City), orm.Gt(&s.Words, 300)))
	story("literal percent", stories.Filter(orm.IContains(&s.Title, "50%")))
	story("year uses the index", stories.Filter(orm.Year(s.Published, 2026)))
	story("or", stories.Filter(orm.Or(orm.Eq(&s.Words, 1), orm.IsNull(&s.Published))))
	story("key without a join", stories.Filter(orm.Eq(&s.Author.To().ID, 1)))
	story("join", stories.Filter(orm.Eq(&s.Author.To().Name, "Ana")))
	story("or over a relation that may be null", stories.Filter(orm.Or(orm.Eq(&s.Editor.To().Name, "x"), orm.Eq(&s.Words, 1))))
	story("not over a nullable column", stories.Exclude(orm.Eq(s.Score, 1.5)))
	story("not over a nullable relation", stories.Exclude(orm.Eq(&s.Editor.To().Name, "x")))
	story("two conditions on one related row", stories.Filter(orm.Eq(&s.Tags.To().Slug, "a"), orm.Eq(&s.Tags.To().Label, "A")))
	story("two related rows", stories.Filter(orm.Eq(&s.Tags.To().Slug, "a")).Filter(orm.Eq(&s.Tags.To().Slug, "b")))
	story("no related row", stories.Exclude(orm.Eq(&s.Tags.To().Slug, "a")))
	story("many-to-many key without the last join", stories.Filter(orm.Lookup("tags", 3)))
	story("related", stories.Only(&s.Title, &s.Author, &s.Editor).Related(&s.Author, &s.Editor).Limit(2))
	story("default order", orm.Objects[newsroom.Story]().Only(&s.Title).Slice(5, 10))
	story("order by a relation", stories.OrderBy(orm.ByName("-author"), orm.ByName("?")))
	story("expression", stories.Filter(orm.F(&s.Words).Plus(10).Gt(orm.F(&s.ID))))
	story("subquery", stories.Filter(orm.InQuery(&s.Author.ID, orm.Pluck(orm.Objects[newsroom.Author]().Filter(orm.Eq(&au.Active, true)), &au.ID))))
	story("window", stories.Annotate(orm.Named("n", orm.RowNumber().Over(orm.Window{Partition: []orm.AnyExpr{orm.F(&s.Section)}, Order: []orm.Order{orm.Desc(&s.Words)}}))).Filter(orm.Lookup("n", 1)))
	story("json", stories.Filter(orm.Lookup("meta__lang", "en"), orm.Lookup("meta__tags__0__isnull", false)))
	story("union", stories.Filter(orm.Eq(&s.Words, 1)).UnionAll(stories.Filter(orm.Eq(&s.Words, 2))).OrderBy(orm.Asc(&s.Title)).Limit(3))
	author("reverse", authors.Filter(orm.Gt(&orm.Rev[newsroom.Story](&s.Author).Words, 100)))
	author("aggregate", authors.Annotate(orm.Named("n", orm.Count(&orm.Rev[newsroom.Story](&s.Author).ID))).Filter(orm.Lookup("n__gt", 2)))
	author("exists", authors.Filter(orm.ExistsIn(orm.Objects[newsroom.Review]().Filter(orm.F(&r.Reviewer.ID).Eq(orm.OuterRef(&au.ID))))))
	author("true", authors.Filter(orm.Eq(&au.Active, true)))

	file := filepath.Join("testdata", "sqlite.sql")
	if *update {
		must(t, os.WriteFile(file, []byte(b.String()), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	must(t, err)
	if got := b.String(); got != string(want) {
		g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i := range min(len(g), len(w)) {
			if g[i] != w[i] {
				t.Fatalf("line %d:\ngot  %s\nwant %s", i+1, g[i], w[i])
			}
		}
		t.Fatalf("%d lines, want %d", len(g), len(w))
	}
}
