package orm_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// several opens SQLite databases with the tables of the test models.
func several(t testing.TB, names ...string) context.Context {
	t.Helper()
	models := []orm.Model{orm.ModelOf[User](), orm.ModelOf[Tag](), orm.ModelOf[Article]()}
	dbs := orm.Databases{}
	for _, name := range names {
		db, err := sqlite.Open(filepath.Join(t.TempDir(), name+".sqlite3"), sqlite.Options{})
		must(t, err)
		t.Cleanup(func() { must(t, db.Close()) })
		createTables(t, orm.WithModels(orm.WithDatabase(context.Background(), db), models...), models...)
		dbs[name] = db
	}
	return orm.WithModels(orm.WithDatabases(context.Background(), dbs), models...)
}

// routed runs f and returns the databases that its statements went to, in order, BEGIN and its like left out.
func routed(t testing.TB, ctx context.Context, f func(ctx context.Context)) string {
	t.Helper()
	log := &orm.QueryLog{}
	f(orm.WithQueryLog(ctx, log))
	var names []string
	for _, e := range log.Entries() {
		if !strings.HasPrefix(e.SQL, "BEGIN") && !strings.HasPrefix(e.SQL, "COMMIT") && !strings.HasPrefix(e.SQL, "ROLLBACK") {
			names = append(names, e.DB)
		}
	}
	return strings.Join(names, " ")
}

// Without routers, related objects are read and written where their object came from.
func TestUsing(t *testing.T) {
	t.Parallel()
	ctx := several(t, "default", "other")
	old := orm.Objects[Article]().Using("other")
	author := &User{Username: "ada"}
	must(t, orm.Objects[User]().Using("other").Create(ctx, author))
	tag := &Tag{Slug: "go"}
	must(t, orm.Objects[Tag]().Using("other").Create(ctx, tag))
	for _, slug := range []string{"x", "y"} {
		must(t, old.Create(ctx, &Article{Title: slug, Slug: slug, Author: orm.To(author)}))
	}
	one := func(ctx context.Context) *Article {
		t.Helper()
		x, err := old.Filter(orm.Eq(&a.Slug, "x")).Get(ctx)
		must(t, err)
		return x
	}
	tests := []struct {
		name string
		do   func(ctx context.Context) error
		want string
	}{
		{"foreign key", func(ctx context.Context) error { _, err := one(ctx).Author.Get(ctx); return err }, "other other"},
		{"many", func(ctx context.Context) error { _, err := one(ctx).Tags.All(ctx); return err }, "other other"},
		{"query of many", func(ctx context.Context) error { _, err := one(ctx).Tags.Query().Count(ctx); return err }, "other other"},
		{"add", func(ctx context.Context) error { return one(ctx).Tags.Add(ctx, tag) }, "other other"},
		{"remove", func(ctx context.Context) error { return one(ctx).Tags.Remove(ctx, tag) }, "other other"},
		{"prefetch", func(ctx context.Context) error { _, err := old.Prefetch(&a.Tags, &a.Author).All(ctx); return err }, "other other other"},
		{"joined", func(ctx context.Context) error {
			x, err := old.Related(&a.Author).Filter(orm.Eq(&a.Slug, "x")).Get(ctx)
			if err != nil {
				return err
			}
			who, err := x.Author.Get(ctx)
			if err != nil {
				return err
			}
			_, err = who.Articles.All(ctx)
			return err
		}, "other other"},
		{"save", func(ctx context.Context) error { return orm.Save(ctx, one(ctx), &a.Title) }, "other other"},
		{"refresh", func(ctx context.Context) error { return orm.Refresh(ctx, one(ctx)) }, "other other"},
		{"created", func(ctx context.Context) error {
			x := &Article{Title: "new", Slug: "new", Author: orm.To(author)}
			if err := old.Create(ctx, x); err != nil {
				return err
			}
			return orm.Save(ctx, x, &a.Title)
		}, "other other"},
		{"save elsewhere", func(ctx context.Context) error {
			return orm.Objects[Tag]().Using("default").Save(ctx, &Tag{Slug: "plain"})
		}, "default"},
		{"get or create", func(ctx context.Context) error {
			_, _, err := orm.Objects[Tag]().Using("other").Filter(orm.Eq(&g.Slug, "go")).GetOrCreate(ctx, &Tag{Slug: "go"})
			return err
		}, "other"},
		{"iter", func(ctx context.Context) error {
			for _, err := range old.Iter(ctx) {
				if err != nil {
					return err
				}
			}
			return nil
		}, "other"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := routed(t, ctx, func(ctx context.Context) { must(t, tt.do(ctx)) }); got != tt.want {
				t.Errorf("statements on %q, want %q", got, tt.want)
			}
		})
	}
	before := one(ctx)
	if _, err := orm.Delete(ctx, before); err != nil {
		t.Error(err)
	}
	if ok, _ := old.Filter(orm.Eq(&a.Slug, "x")).Exists(ctx); ok {
		t.Error("Delete did not delete where the object came from")
	}
}

// byApp is a router that keeps users in a database of their own.
func byApp() orm.Router {
	home := func(_ context.Context, m orm.Model, _ orm.Hint) string {
		if m.Name() == "User" {
			return "users"
		}
		return ""
	}
	return orm.Router{
		Name: "users", Read: home, Write: home,
		AllowRelation: func(from, to orm.Place) orm.Answer {
			if to.Model.Name() == "User" && to.DB == "users" {
				return orm.Allow
			}
			return orm.NoOpinion
		},
		AllowMigrate: func(db, _, model string) orm.Answer {
			if (db == "users") == (model == "user") {
				return orm.NoOpinion
			}
			return orm.Deny
		},
	}
}

func TestRouters(t *testing.T) {
	t.Parallel()
	ctx := orm.WithRouters(several(t, "default", "users", "third"), byApp())
	author := &User{Username: "ada"}
	tests := []struct {
		name string
		do   func(ctx context.Context) error
		want string
	}{
		{"create", func(ctx context.Context) error { return orm.Create(ctx, author) }, "users"},
		{"bulk create", func(ctx context.Context) error {
			return orm.Objects[User]().BulkCreate(ctx, []*User{{Username: "bob"}})
		}, "users"},
		{"read", func(ctx context.Context) error { _, err := orm.Objects[User]().All(ctx); return err }, "users"},
		{"values", func(ctx context.Context) error {
			_, err := orm.Objects[User]().ValuesByName("username").Rows(ctx)
			return err
		}, "users"},
		{"update", func(ctx context.Context) error {
			_, err := orm.Objects[User]().Filter(orm.Eq(&u.Username, "bob")).Update(ctx, orm.Set(&u.Username, "bill"))
			return err
		}, "users"},
		{"using wins", func(ctx context.Context) error { _, err := orm.Objects[User]().Using("third").Count(ctx); return err }, "third"},
		{"no opinion", func(ctx context.Context) error { _, err := orm.Objects[Tag]().Count(ctx); return err }, "default"},
		{"raw", func(ctx context.Context) error {
			_, err := orm.Raw[User]("SELECT 1 AS id, 'x' AS username").All(ctx)
			return err
		}, "users"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := routed(t, ctx, func(ctx context.Context) { must(t, tt.do(ctx)) }); got != tt.want {
				t.Errorf("statements on %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAllowRelation(t *testing.T) {
	t.Parallel()
	plain := several(t, "default", "other")
	there := &User{Username: "ada"}
	must(t, orm.Objects[User]().Using("other").Create(plain, there))
	err := orm.Create(plain, &Article{Title: "x", Slug: "x", Author: orm.To(there)})
	if err == nil || !strings.Contains(err.Error(), `User in "other"`) || !strings.Contains(err.Error(), "AllowRelation") {
		t.Errorf("a key to another database: %v", err)
	}
	deny := orm.WithRouters(plain, orm.Router{Name: "wall", AllowRelation: func(_, _ orm.Place) orm.Answer { return orm.Deny }})
	here := &User{Username: "ada"}
	must(t, orm.Create(plain, here))
	here, err = orm.Objects[User]().Get(plain)
	must(t, err)
	if err := orm.Create(deny, &Article{Title: "x", Slug: "x", Author: orm.To(here)}); err == nil || !strings.Contains(err.Error(), `"wall"`) {
		t.Errorf("denied: %v", err)
	}
	// The database itself is asked last: SQLite finds no such user among its own.
	allow := orm.WithRouters(plain, orm.Router{AllowRelation: func(_, _ orm.Place) orm.Answer { return orm.Allow }})
	if err := orm.Create(allow, &Article{Title: "x", Slug: "x", Author: orm.To(there)}); err != nil {
		t.Errorf("allowed: %v", err)
	}
}

func TestAllowMigrate(t *testing.T) {
	t.Parallel()
	ctx := orm.WithRouters(context.Background(), byApp(), orm.Replicas("default", "r1"))
	for _, tt := range []struct {
		db, model string
		want      bool
	}{{"users", "user", true}, {"default", "user", false}, {"users", "tag", false}, {"default", "tag", true}, {"r1", "tag", false}, {"other", "tag", true}} {
		if got := orm.AllowMigrate(ctx, tt.db, "orm_test", tt.model); got != tt.want {
			t.Errorf("AllowMigrate(%q, %q) = %v, want %v", tt.db, tt.model, got, tt.want)
		}
	}
	if !orm.AllowMigrate(context.Background(), "default", "x", "") {
		t.Error("without routers migrations are denied")
	}
}

func TestReplicas(t *testing.T) {
	t.Parallel()
	base := orm.WithRouters(several(t, "default", "r1", "r2"), orm.Replicas("default", "r1", "r2"))
	read := func(ctx context.Context) { _, err := orm.Objects[Tag]().Count(ctx); must(t, err) }
	write := func(ctx context.Context, slug string) { must(t, orm.Create(ctx, &Tag{Slug: slug})) }

	tests := []struct {
		name string
		do   func(ctx context.Context)
		want []string
	}{
		{"in turn", func(ctx context.Context) { read(ctx); read(ctx); read(ctx) }, []string{"r1 r2 r1", "r2 r1 r2"}},
		{"own writes", func(ctx context.Context) { write(ctx, "a"); read(ctx); read(ctx) }, []string{"default default default"}},
		{"atomic", func(ctx context.Context) {
			must(t, orm.Atomic(ctx, func(ctx context.Context) error { read(ctx); return nil }))
		}, []string{"default"}},
		{"a rollback counts as a write", func(ctx context.Context) {
			_ = orm.Atomic(ctx, func(ctx context.Context) error { write(ctx, "b"); return errors.New("no") })
			read(ctx)
		}, []string{"default default"}},
		{"locked rows", func(ctx context.Context) {
			must(t, orm.Atomic(ctx, func(ctx context.Context) error {
				_, err := orm.Objects[Tag]().ForUpdate().All(ctx)
				return err
			}))
		}, []string{"default"}},
		{"get or create", func(ctx context.Context) {
			_, _, err := orm.Objects[Tag]().Filter(orm.Eq(&g.Slug, "a")).GetOrCreate(ctx, &Tag{Slug: "a"})
			must(t, err)
		}, []string{"default"}},
		{"using wins", func(ctx context.Context) {
			write(ctx, "c")
			_, err := orm.Objects[Tag]().Using("r2").Count(ctx)
			must(t, err)
		}, []string{"default r2"}},
		{"batch", func(ctx context.Context) {
			var b orm.Batch
			orm.QueueCount(&b, orm.Objects[Tag]())
			must(t, b.Run(ctx))
		}, []string{"r1", "r2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := routed(t, orm.WithSession(base), tt.do)
			for _, want := range tt.want {
				if got == want {
					return
				}
			}
			t.Errorf("statements on %q, want one of %q", got, tt.want)
		})
	}
	// Another request is not bound by this one.
	if got := routed(t, orm.WithSession(base), read); !strings.HasPrefix(got, "r") {
		t.Errorf("a new session reads from %q", got)
	}
}

// Objects of a copy stay with it, until something was written.
func TestReplicasRelated(t *testing.T) {
	t.Parallel()
	base := several(t, "default", "r1", "r2")
	for _, name := range []string{"default", "r1", "r2"} {
		who := &User{Username: "ada"}
		must(t, orm.Objects[User]().Using(name).Create(base, who))
		must(t, orm.Objects[Article]().Using(name).Create(base, &Article{Title: name, Slug: "x", Author: orm.To(who)}))
	}
	base = orm.WithRouters(base, orm.Replicas("default", "r1", "r2"))
	for range 3 {
		got := routed(t, orm.WithSession(base), func(ctx context.Context) {
			list, err := orm.Objects[Article]().Prefetch(&a.Tags).All(ctx)
			must(t, err)
			who, err := list[0].Author.Get(ctx)
			must(t, err)
			must(t, orm.Save(ctx, list[0], &a.Title))
			_, err = who.Articles.All(ctx)
			must(t, err)
		})
		if got != "r1 r1 r1 default default" && got != "r2 r2 r2 default default" {
			t.Errorf("statements on %q", got)
		}
	}
}
