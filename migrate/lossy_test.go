package migrate_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// bill1 and bill2 are two forms of a bill; the second holds less.
type (
	Bill1 struct {
		ID    int64
		Sum   orm.Decimal
		Rate  float64
		Text  string
		Count int64
	}
	Bill2 struct {
		ID    int64
		Sum   orm.Decimal
		Rate  int64
		Text  string
		Count int32
	}
)

func (Bill1) Fields(b *Bill1) []orm.Field {
	return []orm.Field{orm.Numeric(&b.Sum, 10, 4), orm.Float(&b.Rate), orm.Text(&b.Text), orm.BigInteger(&b.Count)}
}
func (Bill1) Meta(*Bill1) orm.Meta { return orm.Meta{App: "shop", Name: "Bill"} }

func (Bill2) Fields(b *Bill2) []orm.Field {
	return []orm.Field{orm.Numeric(&b.Sum, 10, 2), orm.BigInteger(&b.Rate), orm.Char(&b.Text, 5), orm.Integer(&b.Count)}
}
func (Bill2) Meta(*Bill2) orm.Meta { return orm.Meta{App: "shop", Name: "Bill"} }

// What a database would change in silence is refused like a drop; what makes it fail is said.
func TestLossyChangesAreShown(t *testing.T) {
	t.Parallel()
	ms, err := migrate.Plan([]migrate.App{{Label: "shop", Models: []orm.Model{orm.ModelOf[Bill1]()}}})
	if err != nil {
		t.Fatal(err)
	}
	apps := []migrate.App{{Label: "shop", Models: []orm.Model{orm.ModelOf[Bill2]()}, Migrations: ms}}
	dir := filepath.Join(t.TempDir(), "migrations")
	_, err = call(t, context.Background(), apps, "", "makemigrations", "--dir", dir)
	if exitCode(err) != 3 {
		t.Errorf("exit code %d, want 3", exitCode(err))
	}
	for _, want := range []string{"shop.Bill.sum: its values are rounded to 2 decimal places (--allow-drop", "shop.Bill.rate: its values are rounded to whole numbers (--allow-drop"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error %v does not say %q", err, want)
		}
	}
	out, err := call(t, context.Background(), apps, "n\n", "makemigrations", "--dir", dir)
	if exitCode(err) != 3 || !strings.Contains(out, "These changes delete data:\n  shop.Bill.rate: its values are rounded") {
		t.Errorf("a person who says no gets exit code %d and\n%s", exitCode(err), out)
	}
	out, err = call(t, context.Background(), apps, "y\n", "makemigrations", "--dir", dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"texts of more than 5 letters make it fail", "numbers beyond 4 bytes make it fail"} {
		if !strings.Contains(out, want) {
			t.Errorf("makemigrations does not say %q:\n%s", want, out)
		}
	}
}

// A text that is too long is never cut: the migration fails, and SQLite keeps it.
func TestTextsAreNotCut(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, ctx context.Context) {
		apps := zooApps()
		if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		exec(t, ctx, zooRows...)
		exec(t, ctx, "UPDATE zoo_animal SET note = 'a long story'")
		apps = zooApps(migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "note", Kind: schema.Char, MaxLength: 6, Null: true}})
		err := migrate.Run(ctx, apps, migrate.Options{})
		d, _ := orm.DialectOf(ctx, "")
		if (err == nil) != (d.Name == "sqlite") {
			t.Errorf("a text of 12 letters in a column of 6 gives %v", err)
		}
		if got := rows(t, ctx, "SELECT DISTINCT note FROM zoo_animal"); !slices.Equal(got, []string{"a long story"}) {
			t.Errorf("the texts are %q", got)
		}
	})
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	apps := blog1()
	if _, err := call(t, ctx, apps, "", "makemigrations", "--adopt"); err == nil || !strings.Contains(err.Error(), "no migrations of blog to adopt") {
		t.Errorf("--adopt on a new database gives %v", err)
	}
	// What Django has done.
	ms, err := migrate.Plan(apps)
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate.Run(ctx, []migrate.App{{Label: "blog", Migrations: ms}}, migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	exec(t, ctx, "INSERT INTO django_migrations (app, name, applied) VALUES ('blog', '0002_more', '2020-01-01'), ('auth', '0009_x', '2020-01-01')", "INSERT INTO blog_post (title, old) VALUES ('a', 'b')")

	dir := filepath.Join(t.TempDir(), "migrations")
	if out, err := call(t, ctx, apps, "", "makemigrations", "--adopt", "--dir", dir); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := read(t, filepath.Join(dir, "0002_adopted.go")); !strings.Contains(got, `Replaces: []migrate.Key{{App: "blog", Name: "0001_initial"}, {App: "blog", Name: "0002_more"}}`) {
		t.Errorf("the file is\n%s", got)
	}
	ms[0].Name, ms[0].Replaces = "0002_adopted", []migrate.Key{{App: "blog", Name: "0001_initial"}, {App: "blog", Name: "0002_more"}}
	apps[0].Migrations = ms
	for name, ctx := range map[string]context.Context{"Django's": ctx, "new": open(t)} {
		if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
			t.Errorf("%s database: %v", name, err)
		}
		noDrift(t, ctx, apps)
		if out, err := call(t, ctx, apps, "", "makemigrations", "--check"); err != nil || out != "No changes detected\n" {
			t.Errorf("%s database: then makemigrations says %q, %v", name, out, err)
		}
	}
	if got := rows(t, ctx, "SELECT title FROM blog_post"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("the rows are %q", got)
	}
	if _, err := call(t, ctx, blog2(t), "", "makemigrations", "--adopt", "--dir", dir, "--allow-drop", "--default", "blog.Post.body=x", "--default", "blog.Post.headline=x"); err == nil || !strings.Contains(err.Error(), "--adopt is for the first") {
		t.Errorf("--adopt with migrations gives %v", err)
	}
}

// Reader points to a post, whose application has no migrations.
type Reader struct {
	ID   int64
	Post orm.FK[Post1]
}

func (Reader) Fields(r *Reader) []orm.Field {
	return []orm.Field{orm.Ref(&r.Post).OnDelete(orm.Cascade)}
}
func (Reader) Meta(*Reader) orm.Meta { return orm.Meta{App: "club"} }

func TestNoMigrations(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	blog := blog1()[0]
	blog.NoMigrations = true
	apps := []migrate.App{blog, {Label: "club", Models: []orm.Model{orm.ModelOf[Reader]()}}}
	dir := filepath.Join(t.TempDir(), "migrations")
	out, err := call(t, ctx, apps, "", "makemigrations", "--dir", dir)
	if err != nil || strings.Contains(out, "blog") || !strings.Contains(out, "Create model Reader") {
		t.Fatalf("makemigrations: %v\n%s", err, out)
	}
	if _, err := call(t, ctx, apps, "", "makemigrations", "--dir", dir, "blog"); err == nil || !strings.Contains(err.Error(), "switched off") {
		t.Errorf("makemigrations blog gives %v", err)
	}
	if apps[1].Migrations, err = migrate.Plan(apps); err != nil {
		t.Fatal(err)
	}
	out, err = call(t, ctx, apps, "", "migrate", "--run-syncdb")
	if err != nil || !strings.Contains(out, "  Synchronize unmigrated apps: blog\n  Apply all migrations: club\n") || !strings.Contains(out, "Creating table blog_post") {
		t.Fatalf("migrate: %v\n%s", err, out)
	}
	exec(t, ctx, "INSERT INTO blog_post (id, title, old) VALUES (1, 'a', '')", "INSERT INTO club_reader (post_id) VALUES (1)")
	noDrift(t, ctx, apps)
	if out, err := call(t, ctx, apps, "", "makemigrations", "--check"); err != nil {
		t.Errorf("then makemigrations says %s", out)
	}
}
