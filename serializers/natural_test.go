package serializers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/serializers"
	"github.com/nuages-go/nuages/signals"
)

// Country, City and Person are named by natural keys: a person by the city, that by the country.
type Country struct {
	ID   int64
	Code string
}

func (Country) Fields(c *Country) []orm.Field { return []orm.Field{orm.Char(&c.Code, 2).Unique()} }
func (Country) Meta(c *Country) orm.Meta {
	return orm.Meta{App: "world", NaturalKey: []any{&c.Code}, Ordering: orm.By(orm.Desc(&c.Code))}
}

type City struct {
	ID      int64
	Name    string
	Country orm.FK[Country]
}

func (City) Fields(c *City) []orm.Field {
	return []orm.Field{orm.Char(&c.Name, 50), orm.Ref(&c.Country).OnDelete(orm.Cascade)}
}

func (City) Meta(c *City) orm.Meta {
	return orm.Meta{App: "world", NaturalKey: []any{&c.Name, &c.Country}, UniqueTogether: [][]any{{&c.Name, &c.Country}}}
}

type Person struct {
	ID      int64
	Name    string
	Home    orm.FK[City]
	Friend  orm.FK[Person]
	Visited orm.Many[Country]
	Active  bool
	Note    string
}

func (Person) Fields(p *Person) []orm.Field {
	return []orm.Field{
		orm.Char(&p.Name, 50).Unique(),
		orm.Ref(&p.Home).OnDelete(orm.Cascade),
		orm.Ref(&p.Friend).OnDelete(orm.SetNull).Null(),
		orm.ManyToMany(&p.Visited),
		orm.Bool(&p.Active).Default(true),
		orm.Char(&p.Note, 20).Default("new"),
	}
}

func (Person) Meta(p *Person) orm.Meta {
	return orm.Meta{App: "world", NaturalKey: []any{&p.Name}}
}

// Dog is a child of Animal, with a table of its own.
type Animal struct {
	ID   int64
	Name string
}

func (Animal) Meta(*Animal) orm.Meta { return orm.Meta{App: "world"} }

type Dog struct {
	Animal
	Breed string
}

func (Dog) Fields(d *Dog) []orm.Field { return []orm.Field{orm.Parent(&d.Animal)} }
func (Dog) Meta(*Dog) orm.Meta        { return orm.Meta{App: "world"} }

func world() migrate.App {
	return migrate.App{Label: "world", Models: []orm.Model{
		orm.ModelOf[Person](), orm.ModelOf[City](), orm.ModelOf[Country](), orm.ModelOf[Animal](), orm.ModelOf[Dog](),
	}}
}

func worldApps() []serializers.App {
	return []serializers.App{{Label: "world", Models: world().Models}}
}

// everywhere runs a test on SQLite, PostgreSQL and MariaDB.
func everywhere(t *testing.T, test func(t *testing.T, ctx context.Context), apps ...migrate.App) {
	t.Helper()
	open := map[string]func(t *testing.T) (*orm.DB, error){
		"sqlite": func(t *testing.T) (*orm.DB, error) { return sqliteDB(t), nil },
		"postgres": func(t *testing.T) (*orm.DB, error) {
			server := testservices.StartPostgres(t)
			return postgres.Open(server.NewDatabase(t), postgres.Options{})
		},
		"mysql": func(t *testing.T) (*orm.DB, error) {
			server := testservices.StartMariaDB(t)
			return mysql.Open(server.NewDatabase(t), mysql.Options{})
		},
	}
	for name, open := range open {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := open(t)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			test(t, withTables(t, db, apps...))
		})
	}
}

func text(format serializers.Format, s string) serializers.Source {
	return serializers.Source{Name: "test." + string(format), Format: format, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(s)), nil
	}}
}

func load(ctx context.Context, s string) error {
	_, err := serializers.Load(ctx, serializers.LoadOptions{Extensions: extensions}, nil, text(serializers.JSON, s))
	return err
}

func dump(t *testing.T, ctx context.Context, o serializers.DumpOptions) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := serializers.Dump(ctx, &b, worldApps(), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// forward names everything before it is there: persons, their cities and friends, the countries last.
const forward = `[
{"model": "world.person", "fields": {"name": "Ada", "home": ["Rome", "it"], "friend": ["Bob"], "visited": [["fr"], ["it"]], "active": false, "note": ""}},
{"model": "world.person", "fields": {"name": "Bob", "home": ["Nice", "fr"], "friend": null, "visited": []}},
{"model": "world.city", "fields": {"name": "Rome", "country": ["it"]}},
{"model": "world.city", "fields": {"name": "Nice", "country": ["fr"]}},
{"model": "world.country", "fields": {"code": "it"}},
{"model": "world.country", "fields": {"code": "fr"}}
]`

func TestNaturalKeys(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		for range 2 { // the second time every object is there already
			if err := load(ctx, forward); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := orm.Objects[Person]().Count(ctx); n != 2 || err != nil {
			t.Errorf("there are %d persons, %v; want 2", n, err)
		}
		ada, err := serializers.GetByNaturalKey[Person](ctx, "Ada")
		if err != nil {
			t.Fatal(err)
		}
		home, err := ada.Home.Get(ctx)
		if err != nil || home.Name != "Rome" || ada.Active || ada.Note != "" {
			t.Errorf("Ada is %+v of %+v, %v; want Rome, not active, no note", ada, home, err)
		}
		key, err := serializers.NaturalKey(ctx, home)
		if err != nil || fmt.Sprint(key) != "[Rome it]" {
			t.Errorf("NaturalKey = %v, %v", key, err)
		}
		want := `[{"model": "world.country", "fields": {"code": "it"}}, {"model": "world.country", "fields": {"code": "fr"}}, ` +
			`{"model": "world.city", "fields": {"name": "Nice", "country": ["fr"]}}, {"model": "world.city", "fields": {"name": "Rome", "country": ["it"]}}, ` +
			`{"model": "world.person", "fields": {"name": "Bob", "home": ["Nice", "fr"], "friend": null, "active": true, "note": "new", "visited": []}}, ` +
			`{"model": "world.person", "fields": {"name": "Ada", "home": ["Rome", "it"], "friend": ["Bob"], "active": false, "note": "", "visited": [["it"], ["fr"]]}}]` + "\n"
		got := dump(t, ctx, serializers.DumpOptions{Options: serializers.Options{NaturalForeign: true, NaturalPrimary: true}, Labels: []string{"world.Person", "world.City", "world.Country"}})
		if sorted(got) != sorted(want) {
			t.Errorf("dump\n%s\nwant\n%s", got, want)
		}
		for _, format := range serializers.Formats() {
			roundTrip(t, ctx, format)
		}
	}, world())
}

// sorted puts the objects of a dump into an order that no key decides.
func sorted(s string) string {
	parts := strings.Split(strings.Trim(s, "[]\n"), `}}, `)
	for i := range parts {
		parts[i] = strings.TrimSuffix(parts[i], "}}")
	}
	return fmt.Sprint(len(parts), partsInOrder(parts))
}

func partsInOrder(parts []string) map[string]bool {
	out := map[string]bool{}
	for _, p := range parts {
		out[p] = true
	}
	return out
}

// roundTrip writes everything, loads it again, and writes it once more.
func roundTrip(t *testing.T, ctx context.Context, format serializers.Format) {
	t.Helper()
	for _, natural := range []bool{false, true} {
		o := serializers.DumpOptions{Options: serializers.Options{NaturalForeign: natural, Indent: 2}, Format: format}
		before := dump(t, ctx, o)
		if _, err := serializers.Load(ctx, serializers.LoadOptions{Extensions: extensions}, nil, text(format, before)); err != nil {
			t.Errorf("%s: %v in\n%s", format, err, before)
			continue
		}
		if after := dump(t, ctx, o); after != before {
			t.Errorf("%s: after loading it is\n%s\nwant\n%s", format, after, before)
		}
	}
}

func TestParents(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		if err := orm.Create(ctx, &Dog{Animal: Animal{Name: "Rex"}, Breed: "Pug"}); err != nil {
			t.Fatal(err)
		}
		want := `[{"model": "world.animal", "pk": 1, "fields": {"name": "Rex"}}, {"model": "world.dog", "pk": 1, "fields": {"breed": "Pug"}}]` + "\n"
		got := dump(t, ctx, serializers.DumpOptions{})
		if got != want {
			t.Errorf("dump = %s, want %s", got, want)
		}
		// The child comes first: its parent's row may come later.
		err := load(ctx, `[{"model": "world.dog", "pk": 7, "fields": {"breed": "Lab"}}, {"model": "world.animal", "pk": 7, "fields": {"name": "Bo"}}]`)
		if err != nil {
			t.Fatal(err)
		}
		dog, err := orm.Objects[Dog]().Get(ctx, orm.Lookup("pk", 7))
		if err != nil || dog.Name != "Bo" || dog.Breed != "Lab" {
			t.Errorf("loaded %+v, %v", dog, err)
		}
		next := &Animal{Name: "Next"} // the sequence goes on behind the keys that were given
		if err := orm.Create(ctx, next); err != nil || next.ID != 8 {
			t.Errorf("the next key is %d, %v; want 8", next.ID, err)
		}
		err = load(ctx, `[{"model": "world.dog", "pk": 9, "fields": {"breed": "Lab"}}]`)
		broken, ok := errors.AsType[*orm.BrokenReference](err)
		if !ok || broken.Table != "world_dog" || fmt.Sprint(broken.Value) != "9" || broken.To != "world_animal.id" {
			t.Errorf("a child without its parent gives %v", err)
		}
		if n, _ := orm.Objects[Dog]().Count(ctx); n != 2 {
			t.Errorf("after the error there are %d dogs, want 2", n)
		}
		if err := orm.Create(ctx, &City{Name: "Nowhere", Country: orm.FK[Country]{ID: 99}}); err == nil {
			t.Error("after loading, foreign keys are not checked any more")
		}
	}, world())
}

func TestRaw(t *testing.T) {
	t.Parallel()
	ctx := withTables(t, sqliteDB(t), world())
	var told []string
	hub, err := signals.NewHub(signals.Options{},
		orm.PreSaveAny().On(func(_ context.Context, e orm.AnySave) error {
			told = append(told, fmt.Sprintf("pre %s raw=%v", e.Model.Name(), e.Raw))
			return nil
		}),
		orm.PostSave[Person]().On(func(_ context.Context, e orm.SaveEvent[Person]) error {
			told = append(told, fmt.Sprintf("post %s created=%v raw=%v", e.Object.Name, e.Created, e.Raw))
			return nil
		}),
		orm.ManyChanged(&orm.Fields[Person]().Visited).On(func(_ context.Context, e orm.ManyEvent) error {
			told = append(told, fmt.Sprintf("%s %v raw=%v", e.Action, e.Keys, e.Raw))
			return nil
		}),
	)
	if err != nil {
		t.Fatal(err)
	}
	ctx = orm.WithSignals(ctx, hub)
	err = load(ctx, `[{"model": "world.country", "pk": 1, "fields": {"code": "it"}}, {"model": "world.city", "pk": 1, "fields": {"name": "R", "country": 1}},
		{"model": "world.person", "pk": 3, "fields": {"name": "Ada", "home": 1, "visited": [1]}}]`)
	if err != nil {
		t.Fatal(err)
	}
	want := "pre Country raw=true|pre City raw=true|pre Person raw=true|post Ada created=true raw=true|pre_add [1] raw=true|post_add [1] raw=true"
	if got := strings.Join(told, "|"); got != want {
		t.Errorf("receivers were told\n%s\nwant\n%s", got, want)
	}
}

func TestSortModels(t *testing.T) {
	t.Parallel()
	var names []string
	for _, m := range serializers.SortModels(world().Models) {
		names = append(names, m.Name())
	}
	if got := strings.Join(names, " "); got != "Country City Person Animal Dog" {
		t.Errorf("SortModels = %s", got)
	}
}
