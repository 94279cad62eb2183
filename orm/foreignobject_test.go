package orm_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// Stall has a composite key, and what points to it.
type Stall struct {
	Hall     string
	Row      int64
	Label    string
	Bookings orm.Many[Booking]
	Lamp     orm.One[Lamp]
}

func (Stall) Fields(s *Stall) []orm.Field {
	return []orm.Field{
		orm.Char(&s.Hall, 20), orm.Char(&s.Label, 20),
		orm.HasMany(&s.Bookings, &orm.Fields[Booking]().Stall), orm.HasOne(&s.Lamp, &orm.Fields[Lamp]().Stall),
	}
}

func (Stall) Meta(s *Stall) orm.Meta {
	return orm.Meta{App: "fair", PrimaryKey: []any{&s.Hall, &s.Row}}
}

// Booking points to a stall, or to none.
type Booking struct {
	ID    int64
	Name  string
	Hall  *string
	Row   *int64
	Stall orm.ForeignObject[Stall]
}

func (Booking) Fields(b *Booking) []orm.Field {
	return []orm.Field{
		orm.Char(&b.Name, 20), orm.Char(b.Hall, 20),
		orm.Ref(&b.Stall).Columns(b.Hall, b.Row).OnDelete(orm.SetNull).RelatedName("bookings"),
	}
}

func (Booking) Meta(*Booking) orm.Meta { return orm.Meta{App: "fair"} }

// Shift has a key that holds the key of what it points to.
type Shift struct {
	Hall  string
	Row   int64
	Day   int64
	Guard string
	Stall orm.ForeignObject[Stall]
	Notes orm.Many[Remark]
}

func (Shift) Fields(s *Shift) []orm.Field {
	return []orm.Field{
		orm.Char(&s.Hall, 20), orm.Char(&s.Guard, 20), orm.Ref(&s.Stall).Columns(&s.Hall, &s.Row).OnDelete(orm.Cascade).RelatedName("shifts"),
		orm.HasMany(&s.Notes, &orm.Fields[Remark]().Shift),
	}
}

func (Shift) Meta(s *Shift) orm.Meta {
	return orm.Meta{App: "fair", PrimaryKey: []any{&s.Hall, &s.Row, &s.Day}, Ordering: orm.By(orm.Asc(&s.Day))}
}

// Remark protects its shift.
type Remark struct {
	ID    int64
	Hall  string
	Row   int64
	Day   int64
	Text  string
	Shift orm.ForeignObject[Shift]
}

func (Remark) Fields(n *Remark) []orm.Field {
	return []orm.Field{orm.Char(&n.Hall, 20), orm.Char(&n.Text, 20), orm.Ref(&n.Shift).Columns(&n.Hall, &n.Row, &n.Day).OnDelete(orm.Protect)}
}

func (Remark) Meta(*Remark) orm.Meta { return orm.Meta{App: "fair"} }

// Lamp belongs to one stall, without a constraint.
type Lamp struct {
	ID    int64
	Hall  string
	Row   int64
	Watts int64
	Stall orm.ForeignObject[Stall]
}

func (Lamp) Fields(l *Lamp) []orm.Field {
	return []orm.Field{orm.Char(&l.Hall, 20), orm.OneToOne(&l.Stall).Columns(&l.Hall, &l.Row).NoConstraint().Null().OnDelete(orm.DoNothing)}
}

func (Lamp) Meta(l *Lamp) orm.Meta {
	return orm.Meta{App: "fair", Constraints: []orm.Constraint{orm.UniqueOn("lamp_of_stall", &l.Hall, &l.Row)}}
}

func fairModels() []orm.Model {
	return []orm.Model{orm.ModelOf[Stall](), orm.ModelOf[Booking](), orm.ModelOf[Shift](), orm.ModelOf[Remark](), orm.ModelOf[Lamp]()}
}

// fair is a small fair: stalls a1 a2 b1 b2, bookings of a1 (twice), a2 and none, shifts of a1 and b1, lamps of a1 and of a
// stall that is not there.
func fair(t *testing.T, ctx context.Context) []*Stall {
	t.Helper()
	stalls := []*Stall{{Hall: "a", Row: 1, Label: "a1"}, {Hall: "a", Row: 2, Label: "a2"}, {Hall: "b", Row: 1, Label: "b1"}, {Hall: "b", Row: 2, Label: "b2"}}
	must(t, orm.Objects[Stall]().BulkCreate(ctx, stalls))
	for i, at := range []int{0, 0, 1, -1} {
		b := &Booking{Name: fmt.Sprint("n", i)}
		if at >= 0 {
			b.Stall.Set(stalls[at])
		}
		must(t, orm.Create(ctx, b))
	}
	for _, s := range []*Shift{{Hall: "a", Row: 1, Day: 1, Guard: "x"}, {Hall: "a", Row: 1, Day: 2, Guard: "y"}, {Hall: "b", Row: 1, Day: 1, Guard: "x"}} {
		must(t, orm.Create(ctx, s))
	}
	must(t, orm.Objects[Lamp]().BulkCreate(ctx, []*Lamp{{Hall: "a", Row: 1, Watts: 40}, {Hall: "z", Row: 9, Watts: 60}}))
	return stalls
}

func bookingName(b *Booking) string { return b.Name }
func stallLabel(s *Stall) string    { return s.Label }

func TestForeignObjectReads(t *testing.T) {
	t.Parallel()
	eachDatabase(t, fairModels(), func(t *testing.T, ctx context.Context) {
		stalls := fair(t, ctx)
		b, s, sh, lamp := orm.Fields[Booking](), orm.Fields[Stall](), orm.Fields[Shift](), orm.Fields[Lamp]()
		bookings := orm.Objects[Booking]().OrderBy(orm.Asc(&b.Name))

		for _, tt := range []struct {
			name string
			p    orm.Predicate
			want string
		}{
			{"is", orm.Is(&b.Stall, stalls[0]), "n0 n1"},
			{"is nil", orm.Is(&b.Stall, nil), "n3"},
			{"by name", orm.Lookup("stall", stalls[1]), "n2"},
			{"by a list", orm.Lookup("stall", []any{"a", 1}), "n0 n1"},
			{"pk of it", orm.Lookup("stall__pk", []any{"a", 2}), "n2"},
			{"in", orm.Lookup("stall__in", stalls[:2]), "n0 n1 n2"},
			{"pk in", orm.Lookup("stall__pk__in", [][]any{{"a", 2}, {"b", 1}}), "n2"},
			{"null", orm.IsNull(&b.Stall), "n3"},
			{"not null", orm.NotNull(&b.Stall), "n0 n1 n2"},
			{"null by name", orm.Lookup("stall__isnull", true), "n3"},
			{"none by name", orm.Lookup("stall", nil), "n3"},
			{"greater", orm.Lookup("stall__gt", []any{"a", 1}), "n2"},
			{"at most", orm.Lookup("stall__pk__lte", stalls[0]), "n0 n1"},
			{"a column behind", orm.Eq(&b.Stall.To().Label, "a2"), "n2"},
			{"a joined column", orm.Eq(&b.Stall.To().Hall, "a"), "n0 n1 n2"},
			{"the key behind", orm.Key(b.Stall.To()).Is(stalls[0]), "n0 n1"},
			{"keys behind", orm.Key(b.Stall.To()).In(stalls[1:]...), "n2"},
			{"no keys", orm.Key(b.Stall.To()).In(), ""},
			{"above", orm.Key(b.Stall.To()).Above(&Stall{Hall: "a", Row: 1}), "n2"},
			{"a query of keys", orm.Key(b.Stall.To()).InQuery(orm.Keys(orm.Objects[Stall]().Filter(orm.Eq(&s.Row, 1)))), "n0 n1"},
			{"a query by name", orm.Lookup("stall__in", orm.Objects[Stall]().Filter(orm.Eq(&s.Row, 2))), "n2"},
			{"a query of columns", orm.Lookup("stall__pk__in", orm.Objects[Shift]().ValuesByName("hall", "row")), "n0 n1"},
			{"not is", orm.Not(orm.Is(&b.Stall, stalls[0])), "n2 n3"},
			{"not in", orm.Not(orm.Lookup("stall__in", stalls[:1])), "n2 n3"},
			{"not greater", orm.Not(orm.Lookup("stall__pk__gt", []any{"a", 1})), "n0 n1 n3"},
			{"or", orm.Or(orm.Is(&b.Stall, stalls[1]), orm.IsNull(&b.Stall)), "n2 n3"},
			{"way there and back", orm.Eq(&orm.RevFrom[Shift](b.Stall.To(), &sh.Stall).Guard, "y"), "n0 n1"},
		} {
			got, err := bookings.Filter(tt.p).All(ctx)
			if l := names(got, bookingName); l != tt.want || err != nil {
				t.Errorf("%s: %q, %v, want %q", tt.name, l, err, tt.want)
			}
		}
		for _, tt := range []struct {
			name string
			q    orm.Query[Stall]
			want string
		}{
			{"back", orm.Objects[Stall]().Filter(orm.Eq(&orm.Rev[Booking](&b.Stall).Name, "n2")), "a2"},
			{"back by name", orm.Objects[Stall]().Filter(orm.Lookup("bookings__name__in", []string{"n0", "n2"})), "a1 a2"},
			{"without", orm.Objects[Stall]().Filter(orm.Lookup("bookings__isnull", true)), "b1 b2"},
			{"with", orm.Objects[Stall]().Filter(orm.Lookup("shifts__isnull", false)).Distinct(), "a1 b1"},
			{"excluded", orm.Objects[Stall]().Exclude(orm.Lookup("shifts__guard", "x")), "a2 b2"},
			{"excluded key", orm.Objects[Stall]().Exclude(orm.Lookup("shifts", []any{"a", 1, 2})), "a2 b1 b2"},
			{"excluded keys", orm.Objects[Stall]().Exclude(orm.Lookup("shifts__in", [][]any{{"a", 1, 2}, {"b", 1, 1}})), "a2 b2"},
			{"exists", orm.Objects[Stall]().Filter(orm.ExistsIn(orm.Objects[Shift]().Filter(orm.Key(sh.Stall.To()).Eq(orm.OuterKey(s))))), "a1 b1"},
			{"one", orm.Objects[Stall]().Filter(orm.Eq(&orm.Rev[Lamp](&lamp.Stall).Watts, 40)), "a1"},
			{"order", orm.Objects[Stall]().OrderBy(orm.ByName("-pk")).Limit(2), "b2 b1"},
			{"order by key", orm.Objects[Stall]().OrderBy(orm.Key(s).Desc()).Slice(1, 3), "b1 a2"},
			{"after", orm.Objects[Stall]().OrderBy(orm.ByName("pk")).After(stalls[1]), "b1 b2"},
			{"after by key", orm.Objects[Stall]().OrderBy(orm.Key(s).Asc()).After(stalls[1]), "b1 b2"},
			{"case", orm.Objects[Stall]().OrderBy(orm.Case(orm.Val[int64](2), orm.When[int64]{If: orm.Key(s).Is(stalls[3]), Then: orm.Val[int64](1)}).Asc(), orm.ByName("pk")), "b2 a1 a2 b1"},
		} {
			got, err := tt.q.All(ctx)
			if l := names(got, stallLabel); l != tt.want || err != nil {
				t.Errorf("%s: %q, %v, want %q", tt.name, l, err, tt.want)
			}
		}

		// Joined, loaded for all at once, prefetched.
		for name, q := range map[string]orm.Query[Booking]{
			"lazy": bookings, "related": bookings.Related(&b.Stall), "prefetched": bookings.Prefetch(&b.Stall),
			"deferred": bookings.Only(&b.Name), "raise": bookings.Related(&b.Stall).FetchRaise(),
		} {
			list, err := q.All(ctx)
			must(t, err)
			var got []string
			for _, x := range list {
				st, err := x.Stall.Get(ctx)
				switch {
				case orm.IsNotFound(err):
					got = append(got, "-")
				case err != nil:
					t.Errorf("%s: %v", name, err)
				default:
					got = append(got, st.Label)
				}
			}
			if l := strings.Join(got, " "); l != "a1 a1 a2 -" {
				t.Errorf("%s: stalls %q", name, l)
			}
			if !list[3].Stall.IsNull() || list[0].Stall.IsNull() {
				t.Errorf("%s: IsNull() = %v, %v", name, list[3].Stall.IsNull(), list[0].Stall.IsNull())
			}
		}
		list, err := orm.Objects[Stall]().OrderBy(orm.ByName("pk")).Prefetch(&s.Bookings, &s.Lamp).All(ctx)
		must(t, err)
		counts := names(list, func(s *Stall) string {
			l, err := s.Bookings.All(ctx)
			_, lerr := s.Lamp.Get(ctx)
			return fmt.Sprint(len(l), err == nil, lerr == nil)
		})
		if counts != "2 true true 1 true false 0 true false 0 true false" {
			t.Errorf("prefetched: %s", counts)
		}
		lazy, err := orm.Objects[Stall]().Get(ctx, orm.Key(s).Is(stalls[0]))
		must(t, err)
		if l, err := lazy.Bookings.Query().OrderBy(orm.Desc(&b.Name)).All(ctx); names(l, bookingName) != "n1 n0" || err != nil {
			t.Errorf("Bookings.Query() = %s, %v", names(l, bookingName), err)
		}
		if n, err := lazy.Bookings.Count(ctx); n != 2 || err != nil {
			t.Errorf("Bookings.Count() = %d, %v", n, err)
		}
		two, err := orm.PrefetchQuery(orm.Objects[Stall]().OrderBy(orm.ByName("pk")), &s.Bookings, orm.Objects[Booking]().OrderBy(orm.Desc(&b.Name)).Limit(1)).All(ctx)
		must(t, err)
		if l, _ := two[0].Bookings.Loaded(); names(l, bookingName) != "n1" {
			t.Errorf("a slice for each: %q", names(l, bookingName))
		}
		// A lamp whose stall is not there stays.
		lamps, err := orm.Objects[Lamp]().Related(&lamp.Stall).OrderBy(orm.Asc(&lamp.ID)).All(ctx)
		must(t, err)
		if len(lamps) != 2 {
			t.Fatalf("%d lamps", len(lamps))
		}
		if _, err := lamps[1].Stall.Get(ctx); !orm.IsNotFound(err) {
			t.Errorf("a stall that is not there: %v", err)
		}

		// Aggregates, values, in bulk.
		type row struct {
			Label string
			N     int64
			D     int64
		}
		rows, err := orm.Values(orm.Objects[Stall]().OrderBy(orm.ByName("pk")), func(r *row) []orm.Pick {
			back := orm.Rev[Shift](&sh.Stall)
			return []orm.Pick{orm.As(&r.Label, orm.F(&s.Label)), orm.As(&r.N, orm.CountOf(orm.Key(back))), orm.As(&r.D, orm.CountOf(orm.Key(back)).Distinct().Filter(orm.Key(back).AtLeast(&Shift{Hall: "a", Row: 1, Day: 2})))}
		}).All(ctx)
		if got := fmt.Sprint(rows); got != "[{a1 2 1} {a2 0 0} {b1 1 1} {b2 0 0}]" || err != nil {
			t.Errorf("counts: %s, %v", got, err)
		}
		if n, err := orm.Aggregate(ctx, orm.Objects[Booking](), orm.Count(&b.Stall)); n != 3 || err != nil {
			t.Errorf("Count of a relation = %d, %v", n, err)
		}
		if n, err := orm.Aggregate(ctx, orm.Objects[Booking](), orm.Count(&b.Stall).Distinct()); n != 2 || err != nil {
			t.Errorf("Count of different stalls = %d, %v", n, err)
		}
		if n, err := orm.Aggregate(ctx, orm.Objects[Stall]().OrderBy(orm.ByName("pk")).Limit(3), orm.CountOf(orm.Name[int64]("pk"))); n != 3 || err != nil {
			t.Errorf("Count of a slice = %d, %v", n, err)
		}
		if _, err := orm.Aggregate(ctx, orm.Objects[Stall](), orm.MaxOf(orm.Name[int64]("pk"))); err == nil || !strings.Contains(err.Error(), "only Count takes several columns") {
			t.Errorf("Max of a key: %v", err)
		}
		if vals, err := orm.Objects[Stall]().OrderBy(orm.ByName("pk")).ValuesByName("pk", "label").Rows(ctx); fmt.Sprint(vals) != "[[[a 1] a1] [[a 2] a2] [[b 1] b1] [[b 2] b2]]" || err != nil {
			t.Errorf("values of pk: %v, %v", vals, err)
		}
		if vals, err := bookings.ValuesByName("stall", "stall__label").Rows(ctx); fmt.Sprint(vals) != "[[[a 1] a1] [[a 1] a1] [[a 2] a2] [<nil> <nil>]]" || err != nil {
			t.Errorf("values of a relation: %v, %v", vals, err)
		}
		if vals, err := orm.Objects[Booking]().OrderBy(orm.ByName("stall__pk")).Filter(orm.NotNull(&b.Stall)).ValuesByName("stall__pk").Distinct().Rows(ctx); fmt.Sprint(vals) != "[[[a 1]] [[a 2]]]" || err != nil {
			t.Errorf("distinct keys: %v, %v", vals, err)
		}
		type key struct {
			Hall string
			Row  int
		}
		bulk, err := orm.InBulkKeys(ctx, orm.Objects[Stall](), key{"a", 2}, key{"b", 1}, key{"q", 1})
		if len(bulk) != 2 || bulk[key{"a", 2}].Label != "a2" || bulk[key{"b", 1}].Label != "b1" || err != nil {
			t.Errorf("InBulkKeys() = %v, %v", bulk, err)
		}
		var seen []string
		for x, err := range orm.Objects[Stall]().Iter(ctx) {
			must(t, err)
			seen = append(seen, x.Label)
		}
		if strings.Join(seen, " ") != "a1 a2 b1 b2" {
			t.Errorf("Iter: %v", seen)
		}
		first, err := orm.Objects[Stall]().First(ctx)
		if err != nil || first.Label != "a1" {
			t.Errorf("First() = %v, %v", first, err)
		}
		last, err := orm.Objects[Stall]().Last(ctx)
		if err != nil || last.Label != "b2" {
			t.Errorf("Last() = %v, %v", last, err)
		}
	})
}

func TestForeignObjectWrites(t *testing.T) {
	t.Parallel()
	eachDatabase(t, fairModels(), func(t *testing.T, ctx context.Context) {
		stalls := fair(t, ctx)
		b, s, sh := orm.Fields[Booking](), orm.Fields[Stall](), orm.Fields[Shift]()
		get := func(name string) *Booking {
			t.Helper()
			x, err := orm.Objects[Booking]().Get(ctx, orm.Eq(&b.Name, name))
			must(t, err)
			return x
		}

		// Set, at once and at the save.
		x := get("n3")
		x.Stall.Set(stalls[3])
		if x.Hall == nil || *x.Hall != "b" || *x.Row != 2 || x.Stall.IsNull() {
			t.Errorf("Set of a loaded booking: %v %v", x.Hall, x.Row)
		}
		must(t, orm.Save(ctx, x))
		if st, err := get("n3").Stall.Get(ctx); err != nil || st.Label != "b2" {
			t.Errorf("saved: %v, %v", st, err)
		}
		x.Hall, x.Row = &stalls[0].Hall, &stalls[0].Row // the columns count
		if st, err := x.Stall.Get(ctx); err != nil || st.Label != "a1" {
			t.Errorf("after a change of the columns: %v, %v", st, err)
		}
		x.Stall.Set(nil)
		if x.Hall != nil || x.Row != nil || !x.Stall.IsNull() {
			t.Errorf("Set(nil): %v %v", x.Hall, x.Row)
		}
		must(t, orm.Save(ctx, x, &b.Stall))
		if !get("n3").Stall.IsNull() {
			t.Error("Save of the relation's columns did not write null")
		}
		if _, err := get("n3").Stall.Get(ctx); !orm.IsNotFound(err) {
			t.Errorf("Get of a null: %v", err)
		}
		fresh := &Booking{Name: "new"}
		if _, err := fresh.Stall.Get(ctx); !errors.Is(err, orm.ErrNotSaved) {
			t.Errorf("Get of an object made by hand: %v", err)
		}
		unsaved := &Remark{Text: "t"}
		unsaved.Shift.Set(&Shift{Hall: "a", Row: 1, Day: 1})
		must(t, orm.Create(ctx, unsaved))
		if unsaved.Hall != "a" || unsaved.Day != 1 {
			t.Errorf("the key was not taken: %+v", unsaved)
		}

		// The database's own constraint.
		bad, row := "nowhere", int64(1)
		err := orm.Create(ctx, &Booking{Name: "bad", Hall: &bad, Row: &row})
		ce, ok := errors.AsType[*orm.ConstraintError](err)
		if !ok || ce.Kind != orm.ForeignKeyConstraint {
			t.Errorf("a stall that is not there: %v", err)
		}
		must(t, orm.Create(ctx, &Booking{Name: "half", Hall: &bad})) // a null part points nowhere
		if n, err := orm.Objects[Booking]().Filter(orm.Eq(&b.Name, "half"), orm.IsNull(&b.Stall)).Count(ctx); n != 1 || err != nil {
			t.Errorf("half a key: %d, %v", n, err)
		}

		// Updates by query.
		if n, err := orm.Objects[Booking]().Filter(orm.Eq(&b.Stall.To().Label, "a1")).Update(ctx, orm.Set(&b.Name, "first")); n != 2 || err != nil {
			t.Errorf("Update over the relation: %d, %v", n, err)
		}
		if n, err := orm.Objects[Stall]().Filter(orm.Lookup("bookings__name", "first")).Update(ctx, orm.Set(&s.Label, "busy")); n != 1 || err != nil {
			t.Errorf("Update over the way back: %d, %v", n, err)
		}
		if n, err := orm.Objects[Stall]().UpdateFrom(ctx, orm.SetTo(&s.Label, orm.Typed[string](orm.CountOf(orm.Key(orm.Rev[Shift](&sh.Stall)))))); err == nil && n != 4 {
			t.Errorf("UpdateFrom: %d, %v", n, err)
		}
		if n, err := orm.Objects[Shift]().UpdateFrom(ctx, orm.SetTo(&sh.Guard, orm.F(&sh.Stall.To().Hall))); n != 3 || err != nil {
			t.Errorf("UpdateFrom a relation: %d, %v", n, err)
		}
		rows, err := orm.Objects[Shift]().Filter(orm.Lookup("pk__gte", []any{"a", 1, 2})).UpdateReturning(ctx, orm.Set(&sh.Guard, "late"))
		if len(rows) != 2 || err != nil || rows[0].Guard != "late" {
			t.Errorf("UpdateReturning: %v, %v", rows, err)
		}
		list, err := orm.Objects[Shift]().All(ctx)
		must(t, err)
		for i, x := range list {
			x.Guard = fmt.Sprint("g", i)
		}
		if n, err := orm.Objects[Shift]().BulkUpdate(ctx, list, &sh.Guard); n != 3 || err != nil {
			t.Errorf("BulkUpdate: %d, %v", n, err)
		}
		list[0].Guard = "other"
		must(t, orm.Refresh(ctx, list[0]))
		if list[0].Guard != "g0" {
			t.Errorf("Refresh: %q", list[0].Guard)
		}
		up := []*Stall{{Hall: "a", Row: 1, Label: "up"}, {Hall: "c", Row: 1, Label: "c1"}}
		if _, err := orm.Objects[Stall]().Upsert(ctx, up, orm.UpsertOptions{On: []any{&s.Hall, &s.Row}}); err != nil {
			t.Errorf("Upsert: %v", err)
		}
		if got, err := orm.Objects[Stall]().Get(ctx, orm.Key(s).Is(up[0])); err != nil || got.Label != "up" {
			t.Errorf("after Upsert: %v, %v", got, err)
		}

		// Deletes: SetNull, Cascade over two composite keys, Protect.
		if _, err := orm.Objects[Stall]().Filter(orm.Key(s).Is(stalls[0])).Delete(ctx); err == nil || !strings.Contains(err.Error(), "Remark.shift") {
			t.Errorf("a protected shift: %v", err)
		}
		must2(orm.Delete(ctx, unsaved))(t)
		d, err := orm.Delete(ctx, stalls[0])
		if d.ByModel["fair.Stall"] != 1 || d.ByModel["fair.Shift"] != 2 || err != nil {
			t.Errorf("Delete() = %+v, %v", d, err)
		}
		if n, err := orm.Objects[Booking]().Filter(orm.Eq(&b.Name, "first"), orm.IsNull(&b.Stall)).Count(ctx); n != 2 || err != nil {
			t.Errorf("bookings of the deleted stall: %d, %v", n, err)
		}
		gone, err := orm.Objects[Shift]().DeleteReturning(ctx)
		if len(gone) != 1 || err != nil {
			t.Errorf("DeleteReturning: %v, %v", gone, err)
		}
		left, err := orm.Objects[Stall]().Filter(orm.Eq(&s.Hall, "a")).DeleteReturning(ctx)
		if len(left) != 1 || err != nil {
			t.Errorf("DeleteReturning with rows that point there: %v, %v", left, err)
		}
	})
}

func must2[V any](_ V, err error) func(t *testing.T) {
	return func(t *testing.T) {
		t.Helper()
		must(t, err)
	}
}
