package migrate_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

type foodOwner struct {
	ID   int64
	Name string
}

func (foodOwner) Fields(o *foodOwner) []orm.Field { return []orm.Field{orm.Char(&o.Name, 50)} }
func (foodOwner) Meta(*foodOwner) orm.Meta        { return orm.Meta{App: "food", Name: "Owner"} }

type Place struct {
	ID      int64
	Name    string
	Address string
	Owner   orm.FK[foodOwner]
}

func (Place) Fields(p *Place) []orm.Field {
	return []orm.Field{orm.Char(&p.Name, 50), orm.Char(&p.Address, 80).Unique(), orm.Ref(&p.Owner).Null().OnDelete(orm.SetNull)}
}

func (Place) Meta(p *Place) orm.Meta {
	return orm.Meta{App: "food", Name: "Place", Ordering: orm.By(orm.Asc(&p.Name))}
}

type Restaurant struct {
	Place
	ServesPizza bool
	Owners      orm.Many[foodOwner]
}

func (Restaurant) Fields(r *Restaurant) []orm.Field {
	return []orm.Field{orm.Parent(&r.Place), orm.ManyToMany(&r.Owners)}
}
func (Restaurant) Meta(*Restaurant) orm.Meta { return orm.Meta{App: "food"} }

type Italian struct {
	Restaurant
	ServesGnocchi bool
}

func (Italian) Fields(i *Italian) []orm.Field { return []orm.Field{orm.Parent(&i.Restaurant)} }
func (Italian) Meta(*Italian) orm.Meta        { return orm.Meta{App: "food"} }

type Lively struct{ Restaurant }

func (Lively) Meta(l *Lively) orm.Meta {
	return orm.Meta{App: "food", Proxy: true, Ordering: orm.By(orm.Desc(&l.Name))}
}

type Waiter struct {
	ID         int64
	Restaurant orm.FK[Lively]
	Second     orm.FK[Italian]
}

func (Waiter) Fields(w *Waiter) []orm.Field {
	return []orm.Field{orm.Ref(&w.Restaurant).OnDelete(orm.Cascade), orm.Ref(&w.Second).OnDelete(orm.Cascade)}
}
func (Waiter) Meta(*Waiter) orm.Meta { return orm.Meta{App: "food"} }

type Book struct {
	BookID int64
	Title  string
}

func (Book) Fields(b *Book) []orm.Field {
	return []orm.Field{orm.BigAuto(&b.BookID), orm.Char(&b.Title, 50)}
}
func (Book) Meta(*Book) orm.Meta { return orm.Meta{App: "food"} }

type Shelf struct {
	ShelfID int64
	Room    string
}

func (Shelf) Fields(s *Shelf) []orm.Field {
	return []orm.Field{orm.BigAuto(&s.ShelfID), orm.Char(&s.Room, 50)}
}
func (Shelf) Meta(*Shelf) orm.Meta { return orm.Meta{App: "food"} }

type Display struct {
	Book
	Shelf
	Lit bool
}

func (Display) Fields(d *Display) []orm.Field {
	return []orm.Field{orm.Parent(&d.Book), orm.Parent(&d.Shelf)}
}
func (Display) Meta(*Display) orm.Meta { return orm.Meta{App: "food"} }

func foodApps(ms ...migrate.Migration) []migrate.App {
	return []migrate.App{{Label: "food", Migrations: ms, Models: []orm.Model{
		orm.ModelOf[foodOwner](), orm.ModelOf[Lively](), orm.ModelOf[Waiter](), orm.ModelOf[Italian](), orm.ModelOf[Restaurant](), orm.ModelOf[Place](),
		orm.ModelOf[Display](), orm.ModelOf[Book](), orm.ModelOf[Shelf](),
	}}}
}

// The tables, columns, indexes and their names are those that Django 3.2 makes of the same models.
func TestInheritanceAsDjango(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/inheritance.sql")
	if err != nil {
		t.Fatal(err)
	}
	ms, err := migrate.Plan(foodApps())
	if err != nil || len(ms) != 1 {
		t.Fatal(ms, err)
	}
	ctx := open(t)
	if err := migrate.Run(ctx, foodApps(ms...), migrate.Options{Out: &bytes.Buffer{}}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.SplitSeq(schemaOf(t, ctx), "\n") {
		if strings.Contains(line, `"food_`) {
			got = append(got, line)
		}
	}
	lines := strings.Split(strings.TrimSpace(string(want)), "\n")
	slices.Sort(lines)
	slices.Sort(got)
	for i := range max(len(lines), len(got)) {
		var g, w string
		if i < len(got) {
			g = got[i]
		}
		if i < len(lines) {
			w = lines[i]
		}
		if g != w {
			t.Errorf("got  %s\nwant %s", g, w)
		}
	}
}

func TestInheritanceMigrates(t *testing.T) {
	databases(t, func(t *testing.T, ctx context.Context) {
		ms, err := migrate.Plan(foodApps())
		if err != nil || len(ms) != 1 {
			t.Fatal(ms, err)
		}
		src, err := migrate.File("migrations", &ms[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{`[]string{"food.Restaurant"}`, "Proxy: true", "ParentLink: true"} {
			if !bytes.Contains(src, []byte(part)) {
				t.Errorf("the file lacks %s:\n%s", part, src)
			}
		}
		again, err := migrate.Plan(foodApps(ms...))
		if err != nil || len(again) != 0 {
			t.Errorf("Plan after its own migration = %+v, %v", again, err)
		}
		if err := migrate.Run(ctx, foodApps(ms...), migrate.Options{Out: &bytes.Buffer{}}); err != nil {
			t.Fatal(err)
		}
		noDrift(t, ctx, foodApps(ms...))
		ctx = orm.WithModels(ctx, foodApps()[0].Models...)
		x := &Italian{Restaurant: Restaurant{Place: Place{Name: "L", Address: "1"}, ServesPizza: true}, ServesGnocchi: true}
		if err := orm.Create(ctx, x); err != nil {
			t.Fatal(err)
		}
		if n, err := orm.Objects[Lively]().Count(ctx); n != 1 || err != nil {
			t.Errorf("Count() = %d, %v", n, err)
		}
		if d, err := orm.Delete(ctx, x); err != nil || d.Total != 3 {
			t.Errorf("Delete() = %+v, %v", d, err)
		}
		if err := migrate.Run(ctx, foodApps(ms...), migrate.Options{Out: &bytes.Buffer{}, App: "food", Target: "zero"}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestChangesOfProxies(t *testing.T) {
	t.Parallel()
	base := model("a.Base")
	proxy := schema.Model{App: "a", Name: "X", Bases: []string{"a.Base"}, Options: schema.Options{Proxy: true}}
	child := schema.Model{
		App: "b", Name: "Child", Bases: []string{"a.Base"},
		Fields: []schema.Field{{Name: "base_ptr", Kind: schema.OneToOne, PrimaryKey: true, Rel: &schema.Relation{To: "a.Base", OnDelete: schema.Cascade, ParentLink: true}}},
	}
	for _, tt := range []struct {
		name     string
		from, to []schema.Model
		want     string
	}{
		{"a proxy after its base", nil, []schema.Model{proxy, base}, "Create model Base, Create proxy model X"},
		{"nothing", []schema.Model{base, proxy}, []schema.Model{base, proxy}, ""},
		{"a proxy gets a table", []schema.Model{base, proxy}, []schema.Model{base, model("a.X")}, "Delete model X, Create model X"},
		{"a model becomes a proxy", []schema.Model{base, model("a.X")}, []schema.Model{base, proxy}, "Delete model X, Create proxy model X"},
		{"both go", []schema.Model{base, proxy}, nil, "Delete model X, Delete model Base"},
		{"a child in another application", nil, []schema.Model{child, base}, "Create model Base, Create model Child"},
		{"options", []schema.Model{base, proxy}, []schema.Model{base, with(proxy, schema.Options{Proxy: true, Ordering: []string{"id"}})}, "Change Meta options on x"},
	} {
		ms, err := migrate.Changes(state(tt.from...), state(tt.to...), &migrate.Answers{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []string
		for _, m := range ms {
			for _, op := range m.Operations {
				got = append(got, op.Describe())
			}
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, s, tt.want)
		}
	}
}
