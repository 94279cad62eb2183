package orm_test

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// hostile are texts that have broken out of SQL elsewhere.
func hostile() []string {
	return []string{
		"title", "title__icontains", "author__username", "author__articles__tags__slug__in", "pk", "published__date__gt",
		"title__", "__title", "__", "title' OR '1'='1", `title" = 1 --`, `x" FROM orm_test_user; DROP TABLE orm_test_user; --`,
		"published__year__gt", "tags__isnull", "title__regex", "a\x00b", "\"", "''", "-title", "?", "title;--", "title/*", "title__year",
	}
}

// Look-up names and values from outside give an error or a literal match, never another statement.
func FuzzLookup(f *testing.F) {
	for _, h := range hostile() {
		f.Add(h, "x' OR 1=1 --")
	}
	f.Add("title__contains", "%")
	f.Add("title__regex", "(a+)+$")
	ctx := open(f)
	seed(f, ctx)
	f.Fuzz(func(t *testing.T, name, value string) {
		before, err := orm.Objects[User]().Count(ctx)
		must(t, err)
		list, err := orm.Objects[Article]().Filter(orm.Lookup(name, value)).All(ctx)
		if err == nil && len(list) == 6 && !strings.Contains(name, "__") && value != "" {
			t.Errorf("Lookup(%q, %q) matches every row", name, value)
		}
		_, _ = orm.Objects[Article]().OrderBy(orm.ByName(name)).All(ctx)
		_, _ = orm.Objects[Article]().ValuesByName(name).Rows(ctx)
		_, _ = orm.Objects[Article]().RelatedByName(name).All(ctx)
		_, _ = orm.Objects[Article]().PrefetchByName(name).All(ctx)
		if rows, err := orm.Objects[Article]().Annotate(orm.Named(name, orm.CountAll())).ValuesByName(name).Rows(ctx); err == nil && len(rows) > 0 && len(rows[0]) != 1 {
			t.Errorf("annotation %q gives %d columns", name, len(rows[0]))
		}
		_, _ = orm.Objects[Article]().None().Update(ctx, orm.SetByName(name, value))
		after, err := orm.Objects[User]().Count(ctx)
		if err != nil || after != before {
			t.Fatalf("Lookup(%q, %q) changed the database: %d users, %v", name, value, after, err)
		}
	})
}

// A quoted name reads back as the name that went in, so that it cannot end early.
func FuzzQuote(f *testing.F) {
	for _, h := range hostile() {
		f.Add(h)
	}
	dialects := []*dialect.Dialect{dialect.SQLite()}
	f.Fuzz(func(t *testing.T, name string) {
		for _, d := range dialects {
			q := d.QuoteName(name)
			if len(q) < 2 || q[0] != d.Quote || q[len(q)-1] != d.Quote {
				t.Fatalf("QuoteName(%q) = %q", name, q)
			}
			inner := q[1 : len(q)-1]
			if strings.Contains(strings.ReplaceAll(inner, string(d.Quote)+string(d.Quote), ""), string(d.Quote)) {
				t.Errorf("QuoteName(%q) = %q ends early", name, q)
			}
			if strings.ContainsRune(q, 0) {
				t.Errorf("QuoteName(%q) holds a zero byte", name)
			}
		}
	})
}
