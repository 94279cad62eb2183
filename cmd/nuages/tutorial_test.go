package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// chapter is a project made by following a chapter of the tutorial, whose code is in docs/tutorial/testdata.
type chapter struct {
	t    *testing.T
	dir  string // of the project
	code string // of the chapter
}

// TestModelsAndMigrations follows docs/tutorial/02-models-and-migrations.md from the empty directory to its end.
func TestModelsAndMigrations(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	t.Parallel()
	code, err := filepath.Abs("../../docs/tutorial/testdata/02")
	if err != nil {
		t.Fatal(err)
	}
	c := chapter{t: t, dir: filepath.Join(t.TempDir(), "newsroom"), code: code}
	c.nuages("startproject", "newsroom", c.dir)
	c.nuages("startapp", "news", filepath.Join(c.dir, "news"))

	// The first models. There is no package of migrations yet.
	c.copy("main.go", "main.go")
	c.copy("urls.go", "urls.go")
	c.copy("news/models.go", "news/models.go")
	app := c.read(c.code, "news/app.go")
	c.write("news/app.go", regexp.MustCompile(`(?m)^.*[mM]igrations.*\n`).ReplaceAllString(app, ""))
	c.build()
	c.site("makemigrations", "Create model Author", "Create model Article")
	c.same("news/migrations/0001_initial.go")

	c.copy("news/app.go", "news/app.go")
	c.build()
	c.site("showmigrations", "[ ] 0001_initial")
	c.site("sqlmigrate news 0001", `CREATE TABLE "news_article"`, "BEGIN;")
	c.site("migrate", "Applying news.0001_initial... OK")
	c.site("migrate", "No migrations to apply")
	c.exec("INSERT INTO news_author (id, name) VALUES (1, 'Ada')")
	c.exec("INSERT INTO news_article (id, title, body, author_id) VALUES (1, 'High Tide', 'Boats float.', 1)")

	// The models change: a new field, and one with another name.
	c.copy("news/models_2.go", "news/models.go")
	c.build()
	c.refuses("makemigrations --noinput", "news.Article.slug may not be null", "--rename OLD=NEW")
	c.site("makemigrations --noinput --name article_slug --rename news.Article.body=text --default news.Article.slug=",
		"Rename field body on article to text", "Add field slug to article")
	c.same("news/migrations/0002_article_slug.go")

	c.build()
	c.site("migrate --plan", "news.0002_article_slug")
	c.site("migrate", "Applying news.0002_article_slug... OK")
	c.row("SELECT title, text, slug FROM news_article", "[High Tide Boats float. ]")
	c.site("makemigrations --check", "No changes detected")

	// A change of data.
	c.site("makemigrations news --empty --name fill_slugs", "0003_fill_slugs.go")
	c.copy("news/migrations/0003_fill_slugs.go", "news/migrations/0003_fill_slugs.go")
	c.build()
	c.site("migrate", "Applying news.0003_fill_slugs... OK")
	c.row("SELECT slug FROM news_article", "[high-tide]")

	// And back.
	c.site("migrate news 0001", "Unapplying news.0003_fill_slugs... OK", "Unapplying news.0002_article_slug... OK")
	c.row("SELECT title, body FROM news_article", "[High Tide Boats float.]")
	c.site("showmigrations", "[X] 0001_initial", "[ ] 0002_article_slug", "[ ] 0003_fill_slugs")
	c.site("migrate", "Applying news.0002_article_slug... OK", "Applying news.0003_fill_slugs... OK")
	c.row("SELECT text, slug FROM news_article", "[Boats float. high-tide]")
}

func (c chapter) nuages(args ...string) {
	c.t.Helper()
	if out, err := run(c.t, args...); err != nil {
		c.t.Fatalf("nuages %v: %v\n%s", args, err, out)
	}
}

func (c chapter) read(dir, name string) string {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

func (c chapter) write(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

func (c chapter) copy(from, to string) {
	c.t.Helper()
	c.write(to, c.read(c.code, from))
}

// same sees that a command has written the file that the chapter shows.
func (c chapter) same(name string) {
	c.t.Helper()
	if got, want := c.read(c.dir, name), c.read(c.code, name); got != want {
		c.t.Errorf("%s is\n%s\nthe chapter has\n%s", name, got, want)
	}
}

func (c chapter) build() {
	c.t.Helper()
	command(c.t, c.dir, "go", "build", "-ldflags=-s -w", "-buildvcs=false", "-o", "site", ".")
}

// site runs a command of the project, which must end well and say what is wanted.
func (c chapter) site(line string, want ...string) {
	c.t.Helper()
	c.says(line, command(c.t, c.dir, "./site", strings.Fields(line)...), want)
}

// refuses runs a command that must not end well.
func (c chapter) refuses(line string, want ...string) {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), "./site", strings.Fields(line)...)
	cmd.Dir = c.dir
	out, err := cmd.CombinedOutput()
	if err == nil {
		c.t.Errorf("%s ended well", line)
	}
	c.says(line, string(out), want)
}

func (c chapter) says(line, out string, want []string) {
	c.t.Helper()
	for _, w := range want {
		if !strings.Contains(out, w) {
			c.t.Errorf("%s does not say %q:\n%s", line, w, out)
		}
	}
}

func (c chapter) database(f func(ctx context.Context) error) {
	c.t.Helper()
	db, err := sqlite.Open(filepath.Join(c.dir, "db.sqlite3"), sqlite.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	err = f(orm.WithDatabase(c.t.Context(), db))
	if cerr := db.Close(); err != nil || cerr != nil {
		c.t.Fatal(err, cerr)
	}
}

func (c chapter) exec(sql string) {
	c.t.Helper()
	c.database(func(ctx context.Context) error {
		_, err := orm.Exec(ctx, sql)
		return err
	})
}

func (c chapter) row(sql, want string) {
	c.t.Helper()
	c.database(func(ctx context.Context) error {
		return orm.QueryRows(ctx, sql, nil, func(columns []any) error {
			if got := fmt.Sprint(columns); got != want {
				c.t.Errorf("%s = %s, want %s", sql, got, want)
			}
			return nil
		})
	})
}
