package migrate_test

import (
	"bytes"
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/orm/sqlite"
)

type Author struct {
	ID   int64
	Name string
}

func (Author) Fields(a *Author) []orm.Field { return []orm.Field{orm.Char(&a.Name, 80).Index()} }
func (Author) Meta(*Author) orm.Meta        { return orm.Meta{App: "news"} }

type Label struct {
	ID   int64
	Slug string
}

func (Label) Fields(l *Label) []orm.Field { return []orm.Field{orm.Slug(&l.Slug).Unique()} }
func (Label) Meta(*Label) orm.Meta        { return orm.Meta{App: "news"} }

type Story struct {
	ID        int64
	Title     string
	Section   string
	Words     int32
	Published *time.Time
	Author    orm.FK[Author]
	Labels    orm.Many[Label]
	Related   orm.Many[Story]
}

func (Story) Fields(s *Story) []orm.Field {
	return []orm.Field{
		orm.Char(&s.Title, 200),
		orm.Char(&s.Section, 10).Default("city"),
		orm.PositiveInteger(&s.Words),
		orm.Ref(&s.Author).OnDelete(orm.Cascade).RelatedName("stories"),
		orm.ManyToMany(&s.Related).Symmetrical(),
	}
}

func (Story) Meta(s *Story) orm.Meta {
	return orm.Meta{
		App:      "news",
		Ordering: orm.By(orm.Desc(s.Published), orm.Asc(&s.ID)),
		Indexes: []orm.Index{
			orm.IndexOn(&s.Section, orm.Desc(s.Published)),
			orm.IndexOn(&s.Title).Name("story_city_idx").Where(orm.Eq(&s.Section, "city")),
			orm.IndexExpr("story_lower_idx", orm.Lower(&s.Title).Desc(), orm.F(&s.Words)),
		},
		Constraints: []orm.Constraint{
			orm.UniqueOn("story_title_uniq", &s.Title, &s.Section),
			orm.CheckThat("story_words", orm.And(orm.Gte(&s.Words, 0), orm.Lt(&s.Words, 100000))),
		},
	}
}

func open(t *testing.T) context.Context {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "m.sqlite3"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return orm.WithDatabase(context.Background(), db)
}

func apps(ms ...migrate.Migration) []migrate.App {
	return []migrate.App{{
		Label:      "news",
		Models:     []orm.Model{orm.ModelOf[Story](), orm.ModelOf[Author](), orm.ModelOf[Label]()},
		Migrations: ms,
	}}
}

func TestPlanWritesWhatTheModelsSay(t *testing.T) {
	ms, err := migrate.Plan(apps())
	if err != nil {
		t.Fatal(err)
	}
	if len(ms) != 1 || ms[0].Name != "0001_initial" {
		t.Fatalf("%+v", ms)
	}
	_, err = migrate.File("migrations", &ms[0])
	if err != nil {
		t.Fatal(err)
	}
	again, err := migrate.Plan(apps(ms...))
	if err != nil {
		t.Fatal(err)
	}
	if len(again) != 0 {
		t.Errorf("Plan after its own migration = %+v, want nothing", again)
	}
}

func schemaOf(t *testing.T, ctx context.Context) string {
	t.Helper()
	var out []string
	err := orm.QueryRows(ctx, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY name", nil, func(c []any) error {
		out = append(out, c[0].(string))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

// took matches the time behind OK.
var took = regexp.MustCompile(`OK \([0-9.a-zµ]+\)`)

func TestRun(t *testing.T) {
	ctx := open(t)
	ms, err := migrate.Plan(apps())
	if err != nil {
		t.Fatal(err)
	}
	second := migrate.Migration{
		App: "news", Name: "0002_more", Dependencies: []migrate.Key{{App: "news", Name: "0001_initial"}},
		Operations: []migrate.Operation{
			migrate.AddField{Model: "Story", Field: schema.Field{Name: "body", Kind: schema.Text, Blank: true}},
			migrate.AlterField{Model: "Author", Field: schema.Field{Name: "name", Kind: schema.Char, MaxLength: 100}},
			migrate.AddConstraint{Model: "Author", Constraint: schema.Constraint{Name: "named", Check: expr.Not(expr.Where("name", ""))}},
			migrate.RenameField{Model: "Author", Old: "name", New: "full_name"},
			migrate.RunSQL{SQL: []string{"UPDATE news_author SET full_name = 'x'"}, Reverse: migrate.NoSQL()},
		},
	}
	var out bytes.Buffer
	missing, err := migrate.Unapplied(ctx, apps(ms[0], second))
	if err != nil || len(missing) != 2 {
		t.Fatal(missing, err)
	}
	if err := migrate.Run(ctx, apps(ms[0]), migrate.Options{Out: &out, Verbosity: 1}); err != nil {
		t.Fatal(err)
	}
	first := schemaOf(t, ctx)
	if _, err := orm.Exec(ctx, "INSERT INTO news_author (name) VALUES ('Ada')"); err != nil {
		t.Fatal(err)
	}
	if err := migrate.Run(ctx, apps(ms[0], second), migrate.Options{Out: &out, Verbosity: 1}); err != nil {
		t.Fatal(err)
	}
	if err := migrate.Run(ctx, apps(ms[0], second), migrate.Options{Out: &out, Verbosity: 1, App: "news", Target: "0001"}); err != nil {
		t.Fatal(err)
	}
	if got := schemaOf(t, ctx); got != first {
		t.Errorf("after going back:\n%s\nwant\n%s", got, first)
	}
	if err := migrate.Run(ctx, apps(ms[0], second), migrate.Options{Out: &out, Verbosity: 1, App: "news", Target: "zero"}); err != nil {
		t.Fatal(err)
	}
	want := `Operations to perform:
  Apply all migrations: news
Running migrations:
  Applying news.0001_initial... OK
Operations to perform:
  Apply all migrations: news
Running migrations:
  Applying news.0002_more... OK
Operations to perform:
  Target specific migration: 0001_initial, from news
Running migrations:
  Unapplying news.0002_more... OK
Operations to perform:
  Unapply all migrations: news
Running migrations:
  Unapplying news.0001_initial... OK
`
	if got := took.ReplaceAllString(out.String(), "OK"); got != want {
		t.Errorf("output = %q, want %q", got, want)
	}
}
