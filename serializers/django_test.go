package serializers_test

import (
	"bytes"
	"context"
	"os"
	program "os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/auth"
	"github.com/nuages-go/nuages/internal/testmodels/django"
	"github.com/nuages-go/nuages/internal/testmodels/flatpages"
	"github.com/nuages-go/nuages/internal/testmodels/sites"
	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/serializers"
)

// hardTexts are texts that formats write each in its own way.
var hardTexts = []string{
	"", "plain", "two\nlines", "two\n\n\nmore lines\nand more", "tab\there", "é漢😀", "quote \" and ' and \\", "# no comment", "a: b", "a:b", "- item", "-", "?", "? x",
	"yes", "No", "null", "~", "1", "1.5", "1e5", "1.0e+5", "0x1f", "0o7", "017", "12:30:45", "5:06:07.5", "2026-01-02", "2026-01-02 03:04:05", "<<", "=", "[a]", "{a}", "a, b", "&x", "*x",
	"!x", "|x", ">x", "%x", "@x", "`x", "--- x", "...", "a #b", "a#b", "trailing:", "&amp; <b>", "it's", "\u00a0x", "x\u0085y", "x\u2028y", "\ufeffx", "x\x7fy",
	strings.Repeat("long text that is folded ", 12) + "end", strings.Repeat("with 'quotes': and more ", 9) + "end", strings.Repeat("lines\nand 'quotes' and words ", 9) + "end",
	strings.Repeat("tab\tand some words é ", 12) + "end", strings.Repeat("x", 200), strings.Repeat("two  blanks ", 20) + "end", strings.Repeat("\"\\ \t", 50) + "end", "a\n b\n  c", "a \nb",
}

// blankTexts begin or end with white space, which XML loses as Django's reader does.
var blankTexts = []string{" x", "x ", "\nx", "x\n", " ", "\n", "\t"}

// TestRealDjango writes the same bytes as an installed Django from the same rows, lets it load what we wrote, and loads what
// it wrote.
func TestRealDjango(t *testing.T) {
	t.Parallel()
	python := testservices.FindDjango(t)
	run := func(t *testing.T, args ...string) {
		t.Helper()
		cmd := program.CommandContext(t.Context(), python, append([]string{filepath.Join("testdata", "django32.py")}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("Django: %v\n%s", err, out)
		}
	}
	formats := []serializers.Format{serializers.JSON, serializers.JSONL}
	for _, format := range formats {
		for _, indent := range []string{"0", "4"} {
			if format == serializers.JSONL && indent != "0" {
				continue
			}
			t.Run(string(format)+indent, func(t *testing.T) {
				t.Parallel()
				file, ctx := djangoDB(t)
				djangoRows(t, ctx, format)
				o := serializers.DumpOptions{Format: format, Labels: []string{"auth.Group", "auth.User", "sites.Site", "flatpages"}}
				if indent != "0" {
					o.Indent = 4
				}
				ours := djangoDump(t, ctx, o)

				theirFile := filepath.Join(t.TempDir(), "theirs."+string(format))
				run(t, "dump", file, string(format), indent, theirFile)
				theirs, err := os.ReadFile(theirFile)
				if err != nil {
					t.Fatal(err)
				}
				sameLines(t, ours, string(theirs))

				ourFile := filepath.Join(t.TempDir(), "ours."+string(format))
				if err := os.WriteFile(ourFile, []byte(ours), 0o600); err != nil {
					t.Fatal(err)
				}
				file, ctx = djangoDB(t)
				run(t, "load", file, string(format), indent, ourFile)
				sameLines(t, djangoDump(t, ctx, o), ours)

				_, ctx = djangoDB(t)
				if _, err := serializers.Load(ctx, serializers.LoadOptions{Name: theirFile, Extensions: extensions}, nil, text(format, string(theirs))); err != nil {
					t.Fatal(err)
				}
				sameLines(t, djangoDump(t, ctx, o), ours)
			})
		}
	}
}

// sameLines compares two fixtures; a line break at the end is no difference between versions.
func sameLines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(strings.TrimRight(got, "\n"), "\n"), strings.Split(strings.TrimRight(want, "\n"), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Errorf("line %d is\n%.2000q\nwant\n%.2000q", i+1, g[i:min(i+2, len(g))], w[i:min(i+2, len(w))])
			return
		}
	}
}

func djangoApps() []serializers.App {
	var out []serializers.App
	for _, a := range django.Contrib() {
		out = append(out, serializers.App{Label: a.Label, Models: a.Models})
	}
	return out
}

func djangoDump(t *testing.T, ctx context.Context, o serializers.DumpOptions) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := serializers.Dump(ctx, &b, djangoApps(), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// djangoDB is a database with the tables of Django's applications.
func djangoDB(t *testing.T) (file string, ctx context.Context) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "db.sqlite3")
	db, err := sqlite.Open(file, sqlite.Options{Synchronous: "OFF"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ctx = orm.WithDatabase(t.Context(), db)
	var models []orm.Model
	for _, a := range django.Contrib() {
		models = append(models, a.Models...)
	}
	if err := migrate.Run(ctx, django.Contrib(), migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	return file, orm.WithModels(ctx, models...)
}

func djangoRows(t *testing.T, ctx context.Context, format serializers.Format) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	login := time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	user := &auth.User{Username: "ada", LastLogin: &login, DateJoined: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), IsActive: true}
	must(orm.Create(ctx, user))
	must(orm.Create(ctx, &auth.User{Username: "bob", DateJoined: login}))
	group := &auth.Group{Name: "editors"}
	must(orm.Create(ctx, group))
	must(user.Groups.Add(ctx, group))
	site := &sites.Site{Domain: "a.example", Name: "A"}
	must(orm.Create(ctx, site))
	texts := hardTexts
	if format != serializers.XML {
		texts = append(append([]string(nil), texts...), blankTexts...)
	}
	for _, s := range texts {
		page := &flatpages.FlatPage{URL: "/x/", Title: "T", Content: s}
		must(orm.Create(ctx, page))
		must(page.Sites.Add(ctx, site))
	}
}
