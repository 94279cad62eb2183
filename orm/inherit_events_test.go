package orm_test

import (
	"context"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// saveNotes and deleteNotes write down what a model's receivers are told.
func saveNotes[T any](j *journal, name string) func(context.Context, orm.SaveEvent[T]) error {
	return func(_ context.Context, e orm.SaveEvent[T]) error {
		j.add("%s %v %v", name, e.Created, e.Fields)
		return nil
	}
}

func deleteNotes[T any](j *journal, name string, key func(*T) int64) func(context.Context, orm.DeleteEvent[T]) error {
	return func(_ context.Context, e orm.DeleteEvent[T]) error {
		j.add("%s %d", name, key(e.Object))
		return nil
	}
}

// As in Django, receivers are told of the child that is saved and not of its parents, but of each row that is deleted.
func TestParentsSignals(t *testing.T) {
	t.Parallel()
	eachDatabase(t, foodModels(), func(t *testing.T, ctx context.Context) {
		var j journal
		place := func(p *Place) int64 { return p.ID }
		restaurant := func(r *Restaurant) int64 { return r.ID }
		ctx = listening(
			t, ctx,
			orm.PreSave[Place]().On(saveNotes[Place](&j, "pre place")), orm.PostSave[Place]().On(saveNotes[Place](&j, "post place")),
			orm.PreSave[Restaurant]().On(saveNotes[Restaurant](&j, "pre restaurant")), orm.PostSave[Restaurant]().On(saveNotes[Restaurant](&j, "post restaurant")),
			orm.PreDelete[Place]().On(deleteNotes(&j, "pre place", place)), orm.PostDelete[Place]().On(deleteNotes(&j, "post place", place)),
			orm.PreDelete[Restaurant]().On(deleteNotes(&j, "pre restaurant", restaurant)), orm.PostDelete[Restaurant]().On(deleteNotes(&j, "post restaurant", restaurant)),
		)
		expect := func(name, want string) {
			t.Helper()
			if got := j.take(); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		r := &Restaurant{Place: Place{Named: Named{"Diner"}, Address: "1"}, Seats: 3}
		must(t, orm.Create(ctx, r))
		expect("Create", "pre restaurant false []; post restaurant true []")
		must(t, orm.Save(ctx, r))
		expect("Save", "pre restaurant false []; post restaurant false []")
		must(t, orm.Save(ctx, r, &re.Name, &re.Seats))
		expect("Save of fields", "pre restaurant false [name seats]; post restaurant false [name seats]")
		_, err := orm.Delete(ctx, r)
		must(t, err)
		expect("Delete", "pre restaurant 1; pre place 1; post restaurant 1; post place 1")

		i := &Italian{Restaurant: Restaurant{Place: Place{Named: Named{"Luigi"}, Address: "2"}}}
		must(t, orm.Create(ctx, i))
		expect("Create of a grandchild", "")
		_, err = orm.Objects[Place]().Delete(ctx)
		must(t, err)
		expect("Delete of the place", "pre place 2; pre restaurant 2; post restaurant 2; post place 2")
		i = &Italian{Restaurant: Restaurant{Place: Place{Named: Named{"Luigi"}, Address: "2"}}}
		must(t, orm.Create(ctx, i))
		_, err = orm.Objects[Italian]().Delete(ctx)
		must(t, err)
		expect("Delete of a grandchild", "pre restaurant 3; pre place 3; post restaurant 3; post place 3")
	})
}

func TestPartialChild(t *testing.T) {
	t.Parallel()
	eachDatabase(t, foodModels(), func(t *testing.T, ctx context.Context) {
		_, diner, _, _ := seedFood(t, ctx)
		mine := orm.Objects[Restaurant]().Filter(orm.Eq(&re.ID, diner.ID))
		for _, q := range []orm.Query[Restaurant]{mine.Only(&re.Seats), mine.Only(&re.Rating), mine.Defer(&re.Name, &re.ServesPizza)} {
			part, err := q.Get(ctx)
			must(t, err)
			part.Seats++
			must(t, orm.Save(ctx, part))
			got, err := mine.Get(ctx)
			must(t, err)
			if got.Name != "Diner" || got.Address != "2 Road" || got.Rating != 2 || got.Seats != part.Seats {
				t.Errorf("after Save of a part: %+v, wrote %d", got, part.Seats)
			}
			must(t, orm.Load(ctx, part))
			if part.Name != "Diner" || part.Seats != got.Seats {
				t.Errorf("Load() = %+v", part)
			}
		}
		part, err := mine.Only(&re.Seats).Get(ctx)
		must(t, err)
		part.Name, part.Seats = "Late", 77
		must(t, orm.Save(ctx, part))
		got, err := mine.Get(ctx)
		must(t, err)
		if got.Name != "Late" || got.Seats != 77 || got.Rating != 2 {
			t.Errorf("a value given since: %+v", got)
		}
	})
}

// Member has friends, both ways; a Captain is one.
type Member struct {
	ID      int64
	Name    string
	Friends orm.Many[Member]
}

func (Member) Fields(m *Member) []orm.Field {
	return []orm.Field{orm.Char(&m.Name, 20), orm.ManyToMany(&m.Friends).Symmetrical()}
}

func (Member) Meta(*Member) orm.Meta { return orm.Meta{App: "club"} }

type Captain struct {
	Member
	Team string
}

func (Captain) Fields(c *Captain) []orm.Field {
	return []orm.Field{orm.Parent(&c.Member), orm.Char(&c.Team, 20)}
}
func (Captain) Meta(*Captain) orm.Meta { return orm.Meta{App: "club"} }

type Veteran struct{ Member }

func (Veteran) Meta(*Veteran) orm.Meta { return orm.Meta{App: "club", Proxy: true} }

func TestParentsSymmetrical(t *testing.T) {
	t.Parallel()
	eachDatabase(t, []orm.Model{orm.ModelOf[Member](), orm.ModelOf[Captain](), orm.ModelOf[Veteran]()}, func(t *testing.T, ctx context.Context) {
		bob := &Member{Name: "Bob"}
		must(t, orm.Create(ctx, bob))
		ada := &Captain{Member: Member{Name: "Ada"}, Team: "x"}
		must(t, orm.Create(ctx, ada))
		old := &Veteran{Member{Name: "Old"}}
		must(t, orm.Create(ctx, old))
		friends := func(name string, want int) {
			t.Helper()
			n, err := bob.Friends.Query().Count(ctx)
			if n != want || err != nil {
				t.Errorf("%s: Bob has %d friends, %v, want %d", name, n, err, want)
			}
		}
		must(t, ada.Friends.Add(ctx, bob))
		friends("a child's Add", 1)
		must(t, old.Friends.Add(ctx, bob))
		friends("a proxy's Add", 2)
		c := orm.Fields[Captain]()
		if got, err := orm.Objects[Captain]().Get(ctx, orm.Eq(&c.Friends.To().Name, "Bob")); err != nil || got.Team != "x" {
			t.Errorf("a captain by a friend: %+v, %v", got, err)
		}
		must(t, old.Friends.Remove(ctx, bob))
		friends("a proxy's Remove", 1)
		must(t, ada.Friends.Clear(ctx))
		friends("a child's Clear", 0)
	})
}

func TestParentsRelatedByTheirPath(t *testing.T) {
	t.Parallel()
	eachDatabase(t, foodModels(), func(t *testing.T, ctx context.Context) {
		_, diner, _, _ := seedFood(t, ctx)
		ada := &Owner{Named: Named{"Ada"}}
		must(t, orm.Create(ctx, ada))
		diner.Owner.Set(ada)
		must(t, orm.Save(ctx, diner))
		thai := &Cuisine{Named: Named{"thai"}}
		must(t, orm.Create(ctx, thai))
		must(t, diner.Cuisines.Add(ctx, thai))
		must(t, orm.Create(ctx, &Visit{Place: orm.To(&diner.Place), Guest: "Bob"}))
		got, err := orm.Objects[Restaurant]().Related(&pl.Owner).Prefetch(&pl.Cuisines, &pl.Visits).Get(ctx, orm.Eq(&pl.ID, diner.ID))
		must(t, err)
		if o, ok := got.Owner.Loaded(); !ok || o.Name != "Ada" {
			t.Errorf("Related: %+v, %v", o, ok)
		}
		if c, ok := got.Cuisines.Loaded(); !ok || len(c) != 1 || c[0].Name != "thai" {
			t.Errorf("Prefetch: %+v, %v", c, ok)
		}
		if v, ok := got.Visits.Loaded(); !ok || len(v) != 1 || v[0].Guest != "Bob" {
			t.Errorf("Prefetch of the way back: %+v, %v", v, ok)
		}
		if _, err := orm.Objects[Place]().Related(&lot.Main).All(ctx); err == nil {
			t.Error("Related took a child's key path for the parent")
		}
		if _, err := orm.Objects[Place]().Prefetch(&re.Cuisines).All(ctx); err == nil {
			t.Error("Prefetch took a child's key path for the parent")
		}
		only, err := orm.Objects[Restaurant]().Only(&pl.Name).Get(ctx, orm.Eq(&pl.ID, diner.ID))
		if err != nil || only.Name != "Diner" || only.Seats != 0 {
			t.Errorf("Only by the parent's path: %+v, %v", only, err)
		}
	})
}
