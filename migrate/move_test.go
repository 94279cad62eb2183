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

// movedZoo is the zoo whose owners moved to the application people, with a table.
func movedZoo(t *testing.T, table string) *migrate.State {
	t.Helper()
	s := zooState(t)
	owner := *s.Model("zoo", "Owner")
	s.Remove("zoo", "Owner")
	owner.App, owner.Table = "people", table
	s.Add(owner)
	for _, m := range s.Models() {
		c := *m
		c.Fields = slices.Clone(m.Fields)
		for i := range c.Fields {
			if r := c.Fields[i].Rel; r != nil && r.To == "zoo.Owner" {
				to := *r
				to.To = "people.Owner"
				c.Fields[i].Rel = &to
			}
		}
		s.Add(c)
	}
	return s
}

// TestMovedModelIsPlanned moves a model that others point to into another application, with its table and with another: the
// rows stay, forward and backward.
func TestMovedModelIsPlanned(t *testing.T) {
	t.Parallel()
	for _, table := range []string{"zoo_owner", ""} {
		t.Run("table "+table, func(t *testing.T) {
			t.Parallel()
			want := movedZoo(t, table)
			apps := append(zooApps(), migrate.App{Label: "people"})
			answers := &migrate.Answers{Moves: map[string]string{"zoo.Owner": "people.Owner"}}
			ms, err := migrate.PlanState(apps, want, answers)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range ms {
				for _, op := range m.Operations {
					got = append(got, m.Key().String()+": "+op.Describe())
				}
				if _, err := migrate.File("migrations", &m); err != nil {
					t.Error(err)
				}
			}
			list := []string{
				"people.0001_initial: In the state alone: Create model Owner",
				"zoo.0002_alter_animal_owner_alter_animal_vets_delete_owner: In the state alone: Alter field owner on animal, Alter field vets on animal",
				"zoo.0002_alter_animal_owner_alter_animal_vets_delete_owner: In the state alone: Delete model Owner",
			}
			if table == "" {
				list = slices.Insert(list, 1, "people.0001_initial: Rename table for owner to (default)")
			}
			if !slices.Equal(got, list) {
				t.Fatalf("the operations are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(list, "\n"))
			}
			if deps := ms[0].Dependencies; !slices.Contains(deps, key("zoo", "0001_initial")) || !slices.Contains(ms[1].Dependencies, key("people", "0001_initial")) {
				t.Errorf("the migrations need %v and %v", deps, ms[1].Dependencies)
			}
			if err := answers.Drop(migrate.Drops(apps, ms)); err != nil || answers.Refused() != nil {
				t.Errorf("something is lost: %v", answers.Refused())
			}
			apps[0].Migrations, apps[1].Migrations = append(apps[0].Migrations, ms[1]), ms[:1]
			if again, err := migrate.PlanState(apps, want, &migrate.Answers{}); err != nil || len(again) > 0 {
				t.Errorf("changes after the migrations: %+v, %v", again, err)
			}
			databases(t, func(t *testing.T, ctx context.Context) {
				migrated(t, ctx, zooApps())
				exec(t, ctx, zooRows...)
				before := rows(t, ctx, zooData)
				o := migrate.Options{}
				for range 2 {
					if err := migrate.Run(ctx, apps, o); err != nil {
						t.Fatal(err)
					}
					noDrift(t, ctx, apps)
					exec(t, ctx, "UPDATE "+or(table, "people_owner")+" SET name = name WHERE id = 1")
					if err := migrate.Run(ctx, apps, migrate.Options{App: "people", Target: "zero"}); err != nil {
						t.Fatal(err)
					}
					noDrift(t, ctx, zooApps())
				}
				if after := rows(t, ctx, zooData); !slices.Equal(before, after) {
					t.Errorf("the rows are %q, want %q", after, before)
				}
			})
		})
	}
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// MovedPost is a post in another application.
type MovedPost struct {
	ID    int64
	Title string
	Old   string
}

func (MovedPost) Fields(p *MovedPost) []orm.Field {
	return []orm.Field{orm.Char(&p.Title, 50), orm.Text(&p.Old)}
}

func (MovedPost) Meta(*MovedPost) orm.Meta {
	return orm.Meta{App: "texts", Name: "Post", Table: "blog_post"}
}

// TestMakeMigrationsAsksForMoves is asked in a terminal and refused without one, with the flag; nothing is taken for granted.
func TestMakeMigrationsAsksForMoves(t *testing.T) {
	t.Parallel()
	ms, err := migrate.Plan(blog1())
	if err != nil {
		t.Fatal(err)
	}
	apps := func(dir string) []migrate.App {
		return []migrate.App{
			{Label: "blog", Migrations: ms, Dir: filepath.Join(dir, "blog")},
			{Label: "texts", Models: []orm.Model{orm.ModelOf[MovedPost]()}, Dir: filepath.Join(dir, "texts")},
		}
	}
	dir := t.TempDir()
	_, err = call(t, context.Background(), apps(dir), "", "makemigrations")
	if exitCode(err) != 3 || !strings.Contains(err.Error(), "blog.Post: its table is dropped with all rows (--move blog.Post=texts.Post if it only moved there, and its table stays; or --allow-drop)") {
		t.Errorf("without an answer: %v", err)
	}
	for name, run := range map[string]func(dir string) (string, error){
		"flag": func(dir string) (string, error) {
			return call(t, context.Background(), apps(dir), "", "makemigrations", "--move", "blog.Post=texts.Post")
		},
		"prompt": func(dir string) (string, error) {
			return call(t, context.Background(), apps(dir), "y\n", "makemigrations")
		},
	} {
		dir := t.TempDir()
		out, err := run(dir)
		if err != nil || name == "prompt" && !strings.Contains(out, "Did the model blog.Post move to texts.Post? Its table stays with all rows. [y/N]") {
			t.Errorf("%s: %v\n%s", name, err, out)
			continue
		}
		if got := read(t, filepath.Join(dir, "blog", "0002_delete_post.go")); !strings.Contains(got, "app_label = 'texts' WHERE app_label = 'blog' AND model = 'post'.") || !strings.Contains(got, `migrate.SeparateDatabaseAndState{States: []migrate.Operation{migrate.DeleteModel{Name: "Post"}}}`) {
			t.Errorf("%s: the file is\n%s", name, got)
		}
		if got := read(t, filepath.Join(dir, "texts", "0001_initial.go")); !strings.Contains(got, `Table: "blog_post"`) {
			t.Errorf("%s: the file is\n%s", name, got)
		}
	}
}

// TestSwappable depends on the first migration of the application of a swappable model, also when it is written in the same
// run, and does not care for its name.
func TestSwappable(t *testing.T) {
	t.Parallel()
	user := with(model("auth.User"), schema.Options{Swappable: true})
	for _, written := range []bool{false, true} {
		apps := []migrate.App{{Label: "auth"}, {Label: "blog"}}
		if written {
			apps[0].Migrations = []migrate.Migration{
				{App: "auth", Name: "0001_own", Operations: []migrate.Operation{migrate.CreateModel{Name: "User", Fields: user.Fields, Options: user.Options}}},
				{App: "auth", Name: "0002_more", Dependencies: []migrate.Key{key("auth", "0001_own")}},
			}
		}
		ms, err := migrate.PlanState(apps, state(user, model("blog.Post", fk("author", "auth.User"))), nil)
		if err != nil {
			t.Fatal(err)
		}
		post := ms[len(ms)-1]
		if !slices.Equal(post.Dependencies, []migrate.Key{migrate.Swappable("auth.User")}) {
			t.Errorf("the dependencies are %v", post.Dependencies)
		}
		src, err := migrate.File("migrations", &post)
		if err != nil || !strings.Contains(string(src), `Dependencies: []migrate.Key{migrate.Swappable("auth.User")},`) {
			t.Errorf("%v: the file is\n%s", err, src)
		}
		for _, m := range ms {
			for i := range apps {
				if apps[i].Label == m.App {
					apps[i].Migrations = append(apps[i].Migrations, m)
				}
			}
		}
		ctx := open(t)
		migrated(t, ctx, apps)
		noDrift(t, ctx, apps)
	}
}
