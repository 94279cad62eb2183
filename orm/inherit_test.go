package orm_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// eachDatabase runs a test on SQLite, PostgreSQL and MariaDB, with the tables of the models.
func eachDatabase(t *testing.T, models []orm.Model, test func(t *testing.T, ctx context.Context)) {
	t.Helper()
	for _, d := range []struct {
		name string
		open func(t *testing.T) (*orm.DB, error)
	}{
		{"sqlite", func(*testing.T) (*orm.DB, error) { return sqlite.Open(":memory:", sqlite.Options{}) }},
		{"postgres", func(t *testing.T) (*orm.DB, error) {
			return postgres.Open(testservices.StartPostgres(t).NewDatabase(t), postgres.Options{})
		}},
		{"mariadb", func(t *testing.T) (*orm.DB, error) {
			return mysql.Open(testservices.StartMariaDB(t).NewDatabase(t, "utf8mb4_bin"), mysql.Options{})
		}},
	} {
		t.Run(d.name, func(t *testing.T) {
			db, err := d.open(t)
			must(t, err)
			t.Cleanup(func() { must(t, db.Close()) })
			ctx := orm.WithModels(orm.WithDatabase(context.Background(), db), models...)
			must(t, orm.RegistryFrom(ctx).Err())
			createTables(t, ctx, models...)
			test(t, ctx)
		})
	}
}

// Named is an abstract base.
type Named struct {
	Name string
}

func (Named) Fields(n *Named) []orm.Field { return []orm.Field{orm.Char(&n.Name, 50)} }

type Cuisine struct {
	ID int64
	Named
}

type Owner struct {
	ID int64
	Named
}

type Place struct {
	ID int64
	Named
	Address    string
	Rating     int64
	Owner      orm.FK[Owner]
	Cuisines   orm.Many[Cuisine]
	Visits     orm.Many[Visit]
	Restaurant orm.One[Restaurant]
}

func (Place) Fields(p *Place) []orm.Field {
	return []orm.Field{
		orm.Char(&p.Address, 80).Unique(),
		orm.Ref(&p.Owner).Null().OnDelete(orm.SetNull),
		orm.ManyToMany(&p.Cuisines),
		orm.HasMany(&p.Visits, &orm.Fields[Visit]().Place),
		orm.HasChild(&p.Restaurant),
	}
}

func (Place) Meta(p *Place) orm.Meta {
	return orm.Meta{App: "food", Ordering: orm.By(orm.Asc(&p.Name)), LatestBy: &p.Rating}
}

type Visit struct {
	ID    int64
	Place orm.FK[Place]
	Guest string
}

func (Visit) Fields(v *Visit) []orm.Field {
	return []orm.Field{orm.Ref(&v.Place).OnDelete(orm.Cascade), orm.Char(&v.Guest, 50)}
}

type Restaurant struct {
	Place
	ServesPizza bool
	Seats       int64
}

func (Restaurant) Fields(r *Restaurant) []orm.Field { return []orm.Field{orm.Parent(&r.Place)} }
func (Restaurant) Meta(*Restaurant) orm.Meta        { return orm.Meta{App: "food"} }

type Italian struct {
	Restaurant
	ServesGnocchi bool
}

func (Italian) Fields(i *Italian) []orm.Field { return []orm.Field{orm.Parent(&i.Restaurant)} }
func (Italian) Meta(i *Italian) orm.Meta {
	return orm.Meta{App: "food", Ordering: orm.By(orm.Desc(&i.Name))}
}

// Lot names its link and has its fields around the parent.
type Lot struct {
	Spaces int64
	Place
	Main orm.FK[Restaurant]
}

func (Lot) Fields(l *Lot) []orm.Field {
	return []orm.Field{orm.Parent(&l.Place).Link("spot"), orm.Ref(&l.Main).Null().OnDelete(orm.SetNull)}
}

func (Lot) Meta(*Lot) orm.Meta { return orm.Meta{App: "food", Ordering: []orm.Order{}} }

type Waiter struct {
	ID         int64
	Restaurant orm.FK[Restaurant]
	Nick       string
}

func (Waiter) Fields(w *Waiter) []orm.Field {
	return []orm.Field{orm.Ref(&w.Restaurant).OnDelete(orm.Cascade), orm.Char(&w.Nick, 20)}
}

// Two parents: the first key is the primary one.
type Book2 struct {
	BookID int64
	Title  string
}

func (Book2) Fields(b *Book2) []orm.Field {
	return []orm.Field{orm.BigAuto(&b.BookID), orm.Char(&b.Title, 50)}
}

type Shelf struct {
	ShelfID int64
	Room    string
}

func (Shelf) Fields(s *Shelf) []orm.Field {
	return []orm.Field{orm.BigAuto(&s.ShelfID), orm.Char(&s.Room, 50)}
}

type Display struct {
	Book2
	Shelf
	Lit bool
}

func (Display) Fields(d *Display) []orm.Field {
	return []orm.Field{orm.Parent(&d.Book2), orm.Parent(&d.Shelf)}
}

var (
	pl  = orm.Fields[Place]()
	re  = orm.Fields[Restaurant]()
	it  = orm.Fields[Italian]()
	lot = orm.Fields[Lot]()
)

func foodModels() []orm.Model {
	return []orm.Model{
		orm.ModelOf[Cuisine](), orm.ModelOf[Owner](), orm.ModelOf[Place](), orm.ModelOf[Visit](), orm.ModelOf[Restaurant](),
		orm.ModelOf[Italian](), orm.ModelOf[Lot](), orm.ModelOf[Waiter](),
		orm.ModelOf[Book2](), orm.ModelOf[Shelf](), orm.ModelOf[Display](),
	}
}

func place(name, address string, rating int64) Place {
	return Place{Named: Named{name}, Address: address, Rating: rating}
}

// seedFood makes a place, two restaurants (one of them Italian) and a lot.
func seedFood(t *testing.T, ctx context.Context) (bar *Place, diner *Restaurant, luigi *Italian, garage *Lot) {
	t.Helper()
	bar = new(place("Bar", "1 Road", 1))
	must(t, orm.Create(ctx, bar))
	diner = &Restaurant{Place: place("Diner", "2 Road", 2), ServesPizza: false, Seats: 20}
	must(t, orm.Create(ctx, diner))
	luigi = &Italian{Restaurant: Restaurant{Place: place("Luigi", "3 Road", 3), ServesPizza: true, Seats: 40}, ServesGnocchi: true}
	must(t, orm.Create(ctx, luigi))
	garage = &Lot{Spaces: 7, Place: place("Garage", "4 Road", 4), Main: orm.To(diner)}
	must(t, orm.Create(ctx, garage))
	return bar, diner, luigi, garage
}

func names[T any](list []*T, name func(*T) string) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = name(x)
	}
	return strings.Join(out, " ")
}

func restaurantName(r *Restaurant) string { return r.Name }
func placeName(p *Place) string           { return p.Name }

func TestParentsWrite(t *testing.T) {
	t.Parallel()
	eachDatabase(t, foodModels(), func(t *testing.T, ctx context.Context) {
		bar, diner, luigi, garage := seedFood(t, ctx)
		if bar.ID == 0 || diner.ID <= bar.ID || luigi.ID <= diner.ID || garage.ID <= luigi.ID {
			t.Fatalf("keys: %d %d %d %d", bar.ID, diner.ID, luigi.ID, garage.ID)
		}
		count := func(want ...int) {
			t.Helper()
			var got []int
			for _, n := range []func() (int, error){
				func() (int, error) { return orm.Objects[Place]().Count(ctx) },
				func() (int, error) { return orm.Objects[Restaurant]().Count(ctx) },
				func() (int, error) { return orm.Objects[Italian]().Count(ctx) },
				func() (int, error) { return orm.Objects[Lot]().Count(ctx) },
			} {
				k, err := n()
				must(t, err)
				got = append(got, k)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("rows of places, restaurants, Italians, lots = %v, want %v", got, want)
			}
		}
		count(4, 2, 1, 1)

		luigi.Name, luigi.Seats, luigi.ServesGnocchi = "Mario", 41, false
		must(t, orm.Save(ctx, luigi))
		count(4, 2, 1, 1)
		got, err := orm.Objects[Italian]().Get(ctx)
		must(t, err)
		if got.Name != "Mario" || got.Seats != 41 || got.ServesGnocchi || got.Rating != 3 || got.ID != luigi.ID {
			t.Errorf("after Save: %+v", got)
		}
		luigi.Name, luigi.Seats, luigi.Address = "Nobody", 42, "5 Road"
		must(t, orm.Save(ctx, luigi, &it.Seats, &it.Address))
		must(t, orm.Refresh(ctx, got))
		if got.Name != "Mario" || got.Seats != 42 || got.Address != "5 Road" {
			t.Errorf("after Save of two fields: %+v", got)
		}

		// A place becomes a restaurant.
		tavern := &Restaurant{Place: *bar, Seats: 5}
		tavern.Rating = 9
		must(t, orm.Create(ctx, tavern))
		count(4, 3, 1, 1)
		must(t, orm.Refresh(ctx, bar))
		if bar.Rating != 9 || tavern.ID != bar.ID {
			t.Errorf("the place has rating %d, key %d", bar.Rating, tavern.ID)
		}
		// And a place again.
		d, err := orm.DeleteKeepingParents(ctx, tavern)
		must(t, err)
		if d.Total != 1 || d.ByModel["food.Restaurant"] != 1 {
			t.Errorf("DeleteKeepingParents() = %+v", d)
		}
		count(4, 2, 1, 1)
		if err := orm.Save(ctx, tavern, &re.Seats); !errors.Is(err, orm.ErrNotUpdated) {
			t.Errorf("Save of a field of a missing child = %v", err)
		}

		n, err := orm.Objects[Restaurant]().Filter(orm.Gte(&re.Rating, 2)).Update(ctx, orm.Set(&re.Seats, 1), orm.Set(&re.Name, "X"), orm.SetTo(&re.Rating, orm.F(&re.Rating).Add(orm.Val(int64(10)))))
		must(t, err)
		if n != 2 {
			t.Errorf("Update() = %d rows", n)
		}
		list, err := orm.Objects[Restaurant]().OrderBy(orm.Asc(&re.ID)).All(ctx)
		must(t, err)
		if len(list) != 2 || list[0].Name != "X" || list[0].Rating != 12 || list[1].Rating != 13 || list[1].Seats != 1 {
			t.Errorf("after Update: %+v %+v", list[0], list[1])
		}
		if n, err := orm.Objects[Italian]().Filter(orm.Eq(&it.ServesGnocchi, false)).Update(ctx, orm.Set(&it.Rating, 50)); n != 1 || err != nil {
			t.Errorf("Update of a grandparent = %d, %v", n, err)
		}
		list[0].Name, list[0].Seats, list[1].Name, list[1].Seats = "A", 11, "B", 12
		if n, err := orm.Objects[Restaurant]().BulkUpdate(ctx, list, &re.Name, &re.Seats); n != 2 || err != nil {
			t.Errorf("BulkUpdate() = %d, %v", n, err)
		}
		again, err := orm.Objects[Restaurant]().All(ctx)
		must(t, err)
		if names(again, restaurantName) != "A B" || again[1].Seats != 12 {
			t.Errorf("after BulkUpdate: %+v", names(again, restaurantName))
		}

		many := []*Italian{{Restaurant: Restaurant{Place: place("P", "p", 1)}}, {Restaurant: Restaurant{Place: place("Q", "q", 2), Seats: 2}, ServesGnocchi: true}}
		must(t, orm.Objects[Italian]().BulkCreate(ctx, many))
		count(6, 4, 3, 1)
		back, err := orm.Objects[Italian]().Get(ctx, orm.Eq(&it.Address, "q"))
		must(t, err)
		if back.ID != many[1].ID || !back.ServesGnocchi || back.Seats != 2 {
			t.Errorf("BulkCreate() made %+v, key %d", back, many[1].ID)
		}
		if err := orm.Objects[Italian]().BulkCreate(ctx, many, orm.BulkOptions{IgnoreConflicts: true}); err == nil {
			t.Error("BulkCreate with IgnoreConflicts was taken")
		}

		// A clash in the child's table undoes the parent's row.
		if err := orm.Create(ctx, &Lot{Place: place("Z", "z", 0), Main: orm.FK[Restaurant]{ID: 4711}}); err == nil {
			t.Error("Create with a wrong key succeeded")
		}
		if ok, err := orm.Objects[Place]().Filter(orm.Eq(&pl.Name, "Z")).Exists(ctx); ok || err != nil {
			t.Errorf("the parent's row stayed: %v, %v", ok, err)
		}

		key := luigi.ID
		d, err = orm.Delete(ctx, luigi)
		must(t, err)
		if d.Total != 3 || luigi.ID != 0 {
			t.Errorf("Delete() = %+v, key %d", d, luigi.ID)
		}
		if ok, _ := orm.Objects[Place]().Filter(orm.Eq(&pl.ID, key)).Exists(ctx); ok {
			t.Error("the place is still there")
		}
		// The other way: with a place goes its restaurant, and what hangs on that.
		must(t, orm.Create(ctx, &Waiter{Restaurant: orm.To(diner), Nick: "W"}))
		must(t, orm.Create(ctx, &Visit{Place: orm.To(&diner.Place), Guest: "G"}))
		d, err = orm.Objects[Place]().Filter(orm.Eq(&pl.ID, diner.ID)).Delete(ctx)
		must(t, err)
		if d.ByModel["food.Restaurant"] != 1 || d.ByModel["food.Place"] != 1 || d.ByModel["orm_test.Waiter"] != 1 || d.ByModel["orm_test.Visit"] != 1 {
			t.Errorf("Delete() of a place = %+v", d)
		}
		must(t, orm.Refresh(ctx, garage))
		if !garage.Main.IsNull() {
			t.Error("the lot still points to the restaurant")
		}
	})
}

func TestParentsRead(t *testing.T) {
	t.Parallel()
	eachDatabase(t, foodModels(), func(t *testing.T, ctx context.Context) {
		bar, diner, luigi, garage := seedFood(t, ctx)
		owner := &Owner{Named: Named{"Ada"}}
		must(t, orm.Create(ctx, owner))
		thai, pasta := &Cuisine{Named: Named{"thai"}}, &Cuisine{Named: Named{"pasta"}}
		must(t, orm.Create(ctx, thai))
		must(t, orm.Create(ctx, pasta))
		must(t, luigi.Cuisines.Add(ctx, pasta))
		must(t, diner.Cuisines.Add(ctx, thai, pasta))
		luigi.Owner.Set(owner)
		must(t, orm.Save(ctx, luigi))
		must(t, orm.Create(ctx, &Visit{Place: orm.To(&luigi.Place), Guest: "Bob"}))
		must(t, orm.Create(ctx, &Waiter{Restaurant: orm.To(&luigi.Restaurant), Nick: "W"}))

		expect := func(name, want string, q orm.Query[Restaurant]) {
			t.Helper()
			list, err := q.All(ctx)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			if got := names(list, restaurantName); got != want {
				sql, _, _ := q.SQL(ctx)
				t.Errorf("%s: got %q, want %q: %s", name, got, want, sql)
			}
		}
		all := orm.Objects[Restaurant]()
		visit, waiter, cuisine := orm.Fields[Visit](), orm.Fields[Waiter](), orm.Fields[Cuisine]()
		expect("the parent's order", "Diner Luigi", all)
		expect("inherited", "Luigi", all.Filter(orm.Eq(&re.Name, "Luigi")))
		expect("own and inherited", "Diner", all.Filter(orm.Eq(&re.ServesPizza, false), orm.Gt(&re.Rating, 1)))
		expect("or", "Diner Luigi", all.Filter(orm.Or(orm.Eq(&re.ServesPizza, true), orm.Eq(&re.Name, "Diner"))))
		expect("exclude", "Diner", all.Exclude(orm.Eq(&re.Name, "Luigi")))
		expect("key", "Luigi", all.Filter(orm.Eq(&re.ID, luigi.ID)))
		expect("a parent's key path", "Luigi", all.Filter(orm.Eq(&pl.Name, "Luigi")))
		expect("a parent's order", "Luigi Diner", all.OrderBy(orm.Desc(&pl.Rating)))
		expect("foreign key of the parent", "Luigi", all.Filter(orm.Eq(&re.Owner.To().Name, "Ada")))
		expect("many of the parent", "Diner", all.Filter(orm.Eq(&re.Cuisines.To().Name, "thai")))
		expect("not many", "Luigi", all.Exclude(orm.Eq(&re.Cuisines.To().Name, "thai")))
		expect("many by key", "Diner", all.Filter(orm.Eq(&re.Cuisines.To().ID, thai.ID)))
		expect("way back of the parent", "Luigi", all.Filter(orm.Eq(&orm.Rev[Visit](&visit.Place).Guest, "Bob")))
		expect("held way back", "Luigi", all.Filter(orm.Eq(&re.Visits.To().Guest, "Bob")))
		expect("way back to the child", "Luigi", all.Filter(orm.Eq(&orm.Rev[Waiter](&waiter.Restaurant).Nick, "W")))
		expect("down", "Luigi", all.Filter(orm.Eq(&orm.Child[Italian](re).ServesGnocchi, true)))
		for name, tt := range map[string]struct {
			value any
			want  string
		}{
			"name": {"Luigi", "Luigi"}, "name__startswith": {"Di", "Diner"}, "place_ptr__name": {"Diner", "Diner"}, "place_ptr": {luigi.ID, "Luigi"},
			"place_ptr_id": {luigi.ID, "Luigi"}, "pk": {luigi.ID, "Luigi"}, "id": {diner.ID, "Diner"}, "owner__name": {"Ada", "Luigi"},
			"owner_id": {owner.ID, "Luigi"}, "cuisines__name": {"thai", "Diner"}, "visit__guest": {"Bob", "Luigi"},
			"waiter__nick": {"W", "Luigi"}, "italian__serves_gnocchi": {true, "Luigi"}, "pk__in": {[]int64{luigi.ID}, "Luigi"},
			"lot__spaces": {7, "Diner"},
		} {
			expect(name, tt.want, all.Filter(orm.Lookup(name, tt.value)))
		}
		expect("in a query", "Luigi", all.Filter(orm.InQuery(&re.ID, orm.Pluck(orm.Objects[Place]().Filter(orm.Eq(&pl.Name, "Luigi")), &pl.ID))))
		expect("order by the owner", "Diner Luigi", all.OrderBy(orm.ByName("-owner__name"), orm.Asc(&re.Name)).Filter(orm.Eq(&re.Owner.To().ID, owner.ID)).Union(all.Filter(orm.Eq(&re.ID, diner.ID))).OrderBy(orm.ByName("name")))

		places := func(name, want string, ps ...orm.Predicate) {
			t.Helper()
			list, err := orm.Objects[Place]().Filter(ps...).All(ctx)
			if err != nil || names(list, placeName) != want {
				t.Errorf("%s: got %q, %v, want %q", name, names(list, placeName), err, want)
			}
		}
		places("child by key path", "Luigi", orm.Eq(&orm.Child[Restaurant](pl).ServesPizza, true))
		places("grandchild by key path", "Luigi", orm.Eq(&orm.Child[Italian](orm.Child[Restaurant](pl)).ServesGnocchi, true))
		places("child by the held field", "Luigi", orm.Eq(&pl.Restaurant.To().ServesPizza, true))
		places("child by name", "Diner", orm.Lookup("restaurant__seats", 20))
		places("without a child", "Bar Garage", orm.Lookup("restaurant__isnull", true))
		places("the child's inherited field", "Luigi", orm.Eq(&pl.Restaurant.To().Name, "Luigi"))

		// Rows as maps, aggregates, chosen columns.
		maps, err := all.Filter(orm.Eq(&re.ID, luigi.ID)).ValuesByName("name", "serves_pizza", "place_ptr").Maps(ctx)
		must(t, err)
		if len(maps) != 1 || maps[0]["name"] != "Luigi" || maps[0]["place_ptr"] != luigi.ID {
			t.Errorf("Maps() = %v", maps)
		}
		sum, err := orm.Aggregate(ctx, all, orm.Sum(&re.Rating))
		if sum != 5 || err != nil {
			t.Errorf("Sum of an inherited column = %v, %v", sum, err)
		}
		only, err := all.Only(&re.Seats).OrderBy().Filter(orm.Eq(&re.ID, luigi.ID)).Get(ctx)
		must(t, err)
		if only.Seats != 40 || only.Name != "" || only.ID != luigi.ID {
			t.Errorf("Only() = %+v", only)
		}
		if sql, _, _ := all.Only(&re.Seats).OrderBy().SQL(ctx); strings.Contains(sql, "JOIN") {
			t.Errorf("Only(own column) joins: %s", sql)
		}
		deferred, err := all.Defer(&re.Name).Filter(orm.Eq(&re.ID, luigi.ID)).Get(ctx)
		must(t, err)
		if deferred.Name != "" || deferred.Rating != 3 {
			t.Errorf("Defer() = %+v", deferred)
		}
		last, err := all.Latest(ctx)
		if err != nil || last.Name != "Luigi" {
			t.Errorf("Latest() = %v, %v", last, err)
		}
		byKey, err := orm.InBulk(ctx, all, &re.ID, luigi.ID, diner.ID)
		if err != nil || len(byKey) != 2 || byKey[diner.ID].Name != "Diner" {
			t.Errorf("InBulk() = %v, %v", byKey, err)
		}

		// Objects know their parents' relations.
		list, err := all.Related(&re.Owner).Prefetch(&re.Cuisines, &re.Visits).All(ctx)
		must(t, err)
		if o, ok := list[1].Owner.Loaded(); !ok || o.Name != "Ada" {
			t.Errorf("Related through the child: %v, %v", o, ok)
		}
		if c, ok := list[0].Cuisines.Loaded(); !ok || len(c) != 2 {
			t.Errorf("Prefetch through the child: %v, %v", c, ok)
		}
		if v, ok := list[1].Visits.Loaded(); !ok || len(v) != 1 {
			t.Errorf("Prefetch of the way back through the child: %v, %v", v, ok)
		}
		lazy, err := all.All(ctx)
		must(t, err)
		if o, err := lazy[1].Owner.Get(ctx); err != nil || o.Name != "Ada" {
			t.Errorf("the parent's foreign key: %v, %v", o, err)
		}
		if c, err := lazy[0].Cuisines.All(ctx); err != nil || len(c) != 2 {
			t.Errorf("the parent's many: %v, %v", c, err)
		}
		if n, err := lazy[0].Cuisines.Query().Filter(orm.Eq(&cuisine.Name, "thai")).Count(ctx); n != 1 || err != nil {
			t.Errorf("the parent's many as a query: %d, %v", n, err)
		}
		byName, err := all.RelatedByName("owner").PrefetchByName("cuisines").All(ctx)
		must(t, err)
		if c, ok := byName[0].Cuisines.Loaded(); !ok || len(c) != 2 {
			t.Errorf("PrefetchByName: %v, %v", c, ok)
		}
		lots, err := orm.Objects[Lot]().Related(&lot.Main).All(ctx)
		must(t, err)
		if r, ok := lots[0].Main.Loaded(); !ok || r.Name != "Diner" || r.Seats != 20 || lots[0].ID != garage.ID || lots[0].Spaces != 7 || lots[0].Name != "Garage" {
			t.Errorf("Related to a child: %+v, %v in %+v", r, ok, lots[0])
		}
		ps, err := orm.Objects[Place]().Related(&pl.Restaurant).OrderBy(orm.Asc(&pl.ID)).All(ctx)
		must(t, err)
		if r, err := ps[1].Restaurant.Get(ctx); err != nil || r.Name != "Diner" || r.Seats != 20 {
			t.Errorf("Related to the child of the row: %+v, %v", r, err)
		}
		if _, err := ps[0].Restaurant.Get(ctx); !orm.IsNotFound(err) || ps[0].ID != bar.ID {
			t.Errorf("a place without a restaurant: %v", err)
		}
		ps, err = orm.Objects[Place]().OrderBy(orm.Asc(&pl.ID)).All(ctx)
		must(t, err)
		if r, err := ps[1].Restaurant.Get(ctx); err != nil || r.Name != "Diner" {
			t.Errorf("the child, loaded when it is asked for: %+v, %v", r, err)
		}
	})
}

func TestTwoParents(t *testing.T) {
	t.Parallel()
	eachDatabase(t, foodModels(), func(t *testing.T, ctx context.Context) {
		must(t, orm.Create(ctx, &Shelf{Room: "hall"}))
		x := &Display{Book2: Book2{Title: "Go"}, Shelf: Shelf{Room: "attic"}, Lit: true}
		must(t, orm.Create(ctx, x))
		if x.BookID != 1 || x.ShelfID != 2 {
			t.Errorf("keys %d, %d", x.BookID, x.ShelfID)
		}
		f := orm.Fields[Display]()
		got, err := orm.Objects[Display]().Get(ctx, orm.Eq(&f.Room, "attic"), orm.Eq(&f.Title, "Go"))
		must(t, err)
		if got.ShelfID != 2 || got.BookID != 1 || !got.Lit {
			t.Errorf("got %+v", got)
		}
		if n, err := orm.Objects[Display]().Filter(orm.Eq(&f.Lit, true)).Update(ctx, orm.Set(&f.Room, "cellar"), orm.Set(&f.Title, "Rust")); n != 1 || err != nil {
			t.Errorf("Update() = %d, %v", n, err)
		}
		must(t, orm.Refresh(ctx, got))
		if got.Room != "cellar" || got.Title != "Rust" {
			t.Errorf("after Update: %+v", got)
		}
		d, err := orm.Delete(ctx, got)
		must(t, err)
		if d.Total != 3 {
			t.Errorf("Delete() = %+v", d)
		}
		if n, _ := orm.Objects[Shelf]().Count(ctx); n != 1 {
			t.Errorf("%d shelves are left, want 1", n)
		}
	})
}

type badClash struct {
	Place
	Address string
}

func (badClash) Fields(b *badClash) []orm.Field { return []orm.Field{orm.Parent(&b.Place)} }

type badTwice struct {
	Restaurant
	Lot
}

func (badTwice) Fields(b *badTwice) []orm.Field {
	return []orm.Field{orm.Parent(&b.Restaurant), orm.Parent(&b.Lot)}
}

func TestParentsSchema(t *testing.T) {
	t.Parallel()
	s := orm.ModelOf[Restaurant]().Schema()
	var fields []string
	for _, f := range s.Fields {
		fields = append(fields, f.Name+":"+f.ColumnName())
	}
	if got := strings.Join(fields, " "); got != "place_ptr:place_ptr_id serves_pizza:serves_pizza seats:seats" {
		t.Errorf("own fields: %s", got)
	}
	if f := s.Fields[0]; !f.PrimaryKey || !f.Rel.ParentLink || f.Rel.To != "food.Place" || s.Table != "food_restaurant" || !slices.Equal(s.Bases, []string{"food.Place"}) {
		t.Errorf("link %+v %+v, bases %v", f, f.Rel, s.Bases)
	}
	d := orm.ModelOf[Display]().Schema()
	if !d.Field("book2_ptr").PrimaryKey || d.Field("shelf_ptr").PrimaryKey || !d.Field("shelf_ptr").Unique {
		t.Errorf("the keys of two parents: %+v", d.Fields)
	}
	m := orm.ModelOf[Italian]()
	if got := m.Parents(); len(got) != 1 || got[0].Label() != "food.Restaurant" {
		t.Errorf("Parents() = %v", got)
	}
	var all []string
	for _, f := range m.AllFields() {
		all = append(all, f.Name)
	}
	if got := strings.Join(all, " "); got != "id name address rating owner cuisines place_ptr serves_pizza seats restaurant_ptr serves_gnocchi" {
		t.Errorf("AllFields() = %s", got)
	}
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"clash", orm.ModelOf[badClash]().Err(), `the name "address" is taken by a field of a parent`},
		{"twice", orm.ModelOf[badTwice]().Err(), "have a parent in common"},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, tt.err, tt.want)
		}
	}
	q := orm.Objects[Place]().Filter(orm.Eq(&re.Name, "x"))
	if q.Err() == nil {
		t.Error("a child's key path was taken in a query of the parent")
	}
}
