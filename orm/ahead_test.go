package orm_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// asked counts how statements reach a database: one by one, or together.
type asked struct {
	dialect.Backend
	single, batches, together int
}

func (b *asked) Acquire(ctx context.Context, write bool) (dialect.Conn, error) {
	c, err := b.Backend.Acquire(ctx, write)
	return &askedConn{c, b}, err
}

type askedConn struct {
	dialect.Conn
	b *asked
}

func (c *askedConn) Query(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) error {
	c.b.single++
	return c.Conn.Query(ctx, sql, args, row)
}

func (c *askedConn) Batch(ctx context.Context, items []*dialect.BatchItem) error {
	c.b.batches++
	c.b.together += len(items)
	return c.Conn.(dialect.Batcher).Batch(ctx, items)
}

// TestPrefetchAhead looks at queries for one object by its key: what the key alone leads to is asked for together with it.
func TestPrefetchAhead(t *testing.T) {
	t.Parallel()
	real, err := sqlite.Open(filepath.Join(t.TempDir(), "ahead.sqlite3"), sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, real.Close()) })
	count := &asked{Backend: real.Backend()}
	ctx := orm.WithDatabase(t.Context(), orm.NewDB(count))
	ctx = orm.WithModels(ctx, orm.ModelOf[Article](), orm.ModelOf[User](), orm.ModelOf[Tag]())
	createTables(t, ctx, orm.ModelOf[User](), orm.ModelOf[Tag](), orm.ModelOf[Article]())
	users, _, arts := seed(t, ctx)

	user := func(q orm.Query[User]) string {
		got, err := q.Get(ctx)
		must(t, err)
		list, ok := got.Articles.Loaded()
		if !ok {
			t.Fatal("the articles are not loaded")
		}
		slices.SortFunc(list, func(a, b *Article) int { return int(a.ID - b.ID) })
		tags := ""
		for _, art := range list {
			if more, ok := art.Tags.Loaded(); ok {
				for _, tag := range more {
					tags += tag.Slug
				}
			}
		}
		return got.Username + ":" + titles(list) + tags
	}
	all := orm.Objects[User]().Prefetch(&u.Articles)
	ada := orm.Eq(&u.ID, users[0].ID)
	tests := []struct {
		name                      string
		q                         orm.Query[User]
		single, batches, together int
		want                      string
	}{
		{"by key", all.Filter(ada), 0, 1, 2, "ada:ACE"},
		{"and more conditions", all.Filter(ada, orm.Eq(&u.Username, "ada")), 0, 1, 2, "ada:ACE"},
		{"by name of the key", all.Filter(orm.Lookup("pk", users[0].ID)), 0, 1, 2, "ada:ACE"},
		{"by text", all.Filter(orm.Lookup("id", "1")), 0, 1, 2, "ada:ACE"},
		{"two levels", all.Prefetch(&u.Articles.To().Tags).Filter(ada), 1, 1, 2, "ada:ACEgogogo"},
		{"with a query", orm.PrefetchQuery(orm.Objects[User](), &u.Articles, orm.Objects[Article]().Filter(orm.Gt(&a.Likes, 1))).Filter(ada), 0, 1, 2, "ada:CE"},
		{"not by key", all.Filter(orm.Eq(&u.Username, "ada")), 2, 0, 0, "ada:ACE"},
		{"by another key", all.Exclude(orm.Eq(&u.ID, users[1].ID)), 2, 0, 0, "ada:ACE"},
		{"by one of two", all.Filter(orm.Or(ada, orm.Eq(&u.Username, "ada"))), 2, 0, 0, "ada:ACE"},
		{"locked", all.Filter(ada).ForUpdate(), 2, 0, 0, "ada:ACE"},
		{"without prefetch", orm.Objects[User]().Filter(ada).Prefetch(), 1, 0, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			*count = asked{Backend: count.Backend}
			if tt.want == "" {
				_, err := tt.q.Get(ctx)
				must(t, err)
			} else if got := user(tt.q); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if count.single != tt.single || count.batches != tt.batches || count.together != tt.together {
				t.Errorf("%d single statements, %d batches of %d, want %d, %d, %d", count.single, count.batches, count.together, tt.single, tt.batches, tt.together)
			}
		})
	}

	t.Run("First", func(t *testing.T) {
		*count = asked{Backend: count.Backend}
		got, err := orm.Objects[Article]().Prefetch(&a.Tags, &a.Author).Filter(orm.Eq(&a.ID, arts[1].ID)).First(ctx)
		must(t, err)
		tags, _ := got.Tags.Loaded()
		if author, ok := got.Author.Loaded(); len(tags) != 1 || tags[0].Slug != "sql" || !ok || author.Username != "bob" {
			t.Errorf("tags %v, author %v", tags, author)
		}
		if count.batches != 1 || count.together != 2 || count.single != 1 { // the author's key is in the row
			t.Errorf("asked %+v", count)
		}
	})
	t.Run("missing", func(t *testing.T) {
		if _, err := all.Get(ctx, orm.Eq(&u.ID, 999)); !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("Get = %v, want ErrNotFound", err)
		}
		if _, err := all.Get(ctx, ada, orm.Eq(&u.Username, "bob")); !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("Get = %v, want ErrNotFound", err)
		}
	})
	t.Run("in a transaction with a log", func(t *testing.T) {
		log := &orm.QueryLog{}
		must(t, orm.Atomic(orm.WithQueryLog(ctx, log), func(ctx context.Context) error {
			got, err := all.Get(ctx, ada)
			if list, _ := got.Articles.Loaded(); len(list) != 3 {
				t.Errorf("articles = %v", list)
			}
			return err
		}))
		if log.Count() != 2 {
			t.Errorf("%d statements, want 2", log.Count())
		}
		for _, e := range log.Entries() {
			if !strings.HasPrefix(e.Caller, "orm/ahead_test.go:") {
				t.Errorf("caller = %q", e.Caller)
			}
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		over, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := all.Get(over, ada); !errors.Is(err, context.Canceled) {
			t.Errorf("Get = %v, want Canceled", err)
		}
	})
	t.Run("a wrong prefetch", func(t *testing.T) {
		wrong := orm.PrefetchQuery(orm.Objects[User](), &u.Articles, orm.Objects[Article]().Filter(orm.Lookup("nonsense", 1)))
		if _, err := wrong.Get(ctx, ada); err == nil {
			t.Error("a wrong prefetch is no error")
		}
		if _, err := wrong.Get(ctx, orm.Eq(&u.ID, 999)); !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("a wrong prefetch of nothing = %v, want ErrNotFound", err)
		}
	})
	t.Run("another database", func(t *testing.T) {
		*count = asked{Backend: count.Backend}
		ctx := orm.WithDatabases(ctx, orm.Databases{"default": orm.DatabasesFrom(ctx)["default"], "copy": orm.NewDB(real.Backend())})
		ctx = orm.WithRouters(ctx, orm.Router{Name: "tags", Read: func(_ context.Context, m orm.Model, _ orm.Hint) string {
			if m.Name() == "Tag" {
				return "copy"
			}
			return ""
		}})
		got, err := orm.Objects[Article]().Prefetch(&a.Tags).Get(ctx, orm.Eq(&a.ID, arts[0].ID))
		must(t, err)
		if tags, ok := got.Tags.Loaded(); !ok || len(tags) != 1 || count.single != 1 || count.batches != 0 {
			t.Errorf("tags = %v, asked %+v", tags, count)
		}
	})
}

type Word struct {
	Text   string
	Shades orm.Many[Shade]
}

func (Word) Fields(w *Word) []orm.Field {
	return []orm.Field{orm.Char(&w.Text, 20).PrimaryKey(), orm.HasMany(&w.Shades, &orm.Fields[Shade]().Word)}
}

type Shade struct {
	ID   int64
	Word orm.ForeignKey[Word, string]
}

// TestPrefetchAheadOtherKey finds the row with a key that compares equal to the one asked for, but is another.
func TestPrefetchAheadOtherKey(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	w := orm.Fields[Word]()
	for _, sql := range []string{
		`CREATE TABLE orm_test_word (text TEXT PRIMARY KEY COLLATE NOCASE)`,
		`CREATE TABLE orm_test_shade (id INTEGER PRIMARY KEY, word_id TEXT NOT NULL)`,
		`INSERT INTO orm_test_word VALUES ('Sky')`,
		`INSERT INTO orm_test_shade VALUES (1, 'Sky'), (2, 'sky')`,
	} {
		if _, err := orm.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	got, err := orm.Objects[Word]().Prefetch(&w.Shades).Get(ctx, orm.Eq(&w.Text, "sky"))
	must(t, err)
	if list, ok := got.Shades.Loaded(); got.Text != "Sky" || !ok || len(list) != 1 || list[0].ID != 1 {
		t.Errorf("%q has shades %v", got.Text, list)
	}
}
