package migrate_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// story leads an application from one description of its models to the next.
type story struct {
	t   *testing.T
	ctx context.Context
	app migrate.App
}

// to writes the migrations that lead to the models and runs them; the tables must be those of the models then.
func (s *story) to(what string, renames map[string]string, models ...schema.Model) string {
	s.t.Helper()
	want := migrate.NewState()
	for _, m := range models {
		m.App = s.app.Label
		want.Add(m)
	}
	ms, err := migrate.PlanState([]migrate.App{s.app}, want, &migrate.Answers{Renames: renames, AllowDrop: true})
	if err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
	var out strings.Builder
	for i := range ms {
		src, err := migrate.File("migrations", &ms[i])
		if err != nil {
			s.t.Fatalf("%s: %v", what, err)
		}
		out.Write(src)
	}
	s.app.Migrations = append(s.app.Migrations, ms...)
	if err := migrate.Run(s.ctx, []migrate.App{s.app}, migrate.Options{}); err != nil {
		s.t.Fatalf("%s: %v\n%s", what, err, out.String())
	}
	s.check(what)
	if again, err := migrate.PlanState([]migrate.App{s.app}, want, &migrate.Answers{AllowDrop: true}); err != nil || len(again) > 0 {
		s.t.Errorf("%s: changes after the migration: %+v, %v", what, again, err)
	}
	return out.String()
}

func (s *story) check(what string) {
	s.t.Helper()
	s.t.Log(what)
	noDrift(s.t, s.ctx, []migrate.App{s.app})
}

// exec runs a statement and returns what kind of constraint refused it, empty if none.
func (s *story) exec(sql string, args ...any) dialect.ConstraintKind {
	s.t.Helper()
	err := orm.Atomic(s.ctx, func(ctx context.Context) error {
		_, err := orm.Exec(ctx, sql, args...)
		return err
	})
	if err == nil {
		return ""
	}
	ce, ok := errors.AsType[*orm.ConstraintError](err)
	if !ok {
		s.t.Fatalf("%s: %v", sql, err)
	}
	return ce.Kind
}

func (s *story) count(sql string) (n int64) {
	s.t.Helper()
	err := orm.QueryOn(s.ctx, "", sql, nil, func(c []any) error { n, _ = c[0].(int64); return nil })
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func stallModel(hall schema.Field) schema.Model {
	return schema.Model{Name: "Stall", Fields: []schema.Field{hall, {Name: "row", Kind: schema.BigInteger}}, Options: schema.Options{PrimaryKey: []string{hall.Name, "row"}}}
}

func bookingModel(hall schema.Field, rel *schema.Relation) schema.Model {
	m := schema.Model{Name: "Booking", Fields: []schema.Field{idField, hall, {Name: "row", Kind: schema.BigInteger, Null: true}}}
	if rel != nil {
		rel.To, rel.Fields = "fair.Stall", []string{hall.Name, "row"}
		m.Fields = append(m.Fields, schema.Field{Name: "stall", Kind: schema.ForeignObject, Null: true, Rel: rel})
	}
	return m
}

func TestForeignObjectMigrations(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, ctx context.Context) {
		s := &story{t: t, ctx: ctx, app: migrate.App{Label: "fair"}}
		hall := schema.Field{Name: "hall", Kind: schema.Char, MaxLength: 20}
		maybe := schema.Field{Name: "hall", Kind: schema.Char, MaxLength: 20, Null: true}
		src := s.to("new models", nil, bookingModel(maybe, &schema.Relation{OnDelete: schema.DBCascade}), stallModel(hall))
		for _, want := range []string{"schema.ForeignObject", `Fields: []string{"hall", "row"}`, `PrimaryKey: []string{"hall", "row"}`} {
			if !strings.Contains(src, want) {
				t.Errorf("the migration lacks %s:\n%s", want, src)
			}
		}
		s.exec("INSERT INTO fair_stall (hall, row) VALUES ('a', 1)")
		s.exec("INSERT INTO fair_stall (hall, row) VALUES ('a', 2)")
		if k := s.exec("INSERT INTO fair_booking (hall, row) VALUES ('a', 3)"); k != orm.ForeignKeyConstraint {
			t.Errorf("a booking of no stall: %v", k)
		}
		s.exec("INSERT INTO fair_booking (hall, row) VALUES ('a', 1)")
		s.exec("INSERT INTO fair_booking (hall, row) VALUES ('a', 2)")
		s.exec("INSERT INTO fair_booking (hall, row) VALUES ('z', NULL)")
		s.exec("DELETE FROM fair_stall WHERE row = 2")
		if n := s.count("SELECT count(*) FROM fair_booking"); n != 2 {
			t.Errorf("%d bookings after the delete of a stall", n)
		}

		place := maybe
		place.Name = "place"
		s.to("a renamed column", map[string]string{"fair.Booking.hall": "place"}, bookingModel(place, &schema.Relation{OnDelete: schema.DBCascade}), stallModel(hall))
		if k := s.exec("INSERT INTO fair_booking (place, row) VALUES ('a', 3)"); k != orm.ForeignKeyConstraint {
			t.Errorf("after the renaming: %v", k)
		}
		s.to("another action", nil, bookingModel(place, &schema.Relation{OnDelete: schema.DBSetNull}), stallModel(hall))
		wide, widePlace := hall, place
		wide.MaxLength, widePlace.MaxLength = 40, 40
		s.to("a wider key", nil, bookingModel(place, &schema.Relation{OnDelete: schema.DBSetNull}), stallModel(wide))
		s.to("a wider column", nil, bookingModel(widePlace, &schema.Relation{OnDelete: schema.DBSetNull}), stallModel(wide))
		floor := wide
		floor.Name = "floor"
		s.to("a renamed key", map[string]string{"fair.Stall.hall": "floor"}, bookingModel(widePlace, &schema.Relation{OnDelete: schema.DBSetNull}), stallModel(floor))
		if k := s.exec("INSERT INTO fair_booking (place, row) VALUES ('a', 3)"); k != orm.ForeignKeyConstraint {
			t.Errorf("after all: %v", k)
		}
		s.exec("DELETE FROM fair_stall")
		if n := s.count("SELECT count(*) FROM fair_booking WHERE place IS NULL AND row IS NULL"); n != 1 {
			t.Errorf("%d bookings lost their stall", n)
		}
		s.to("without a constraint", nil, bookingModel(widePlace, &schema.Relation{NoConstraint: true}), stallModel(floor))
		if k := s.exec("INSERT INTO fair_booking (place, row) VALUES ('q', 3)"); k != "" {
			t.Errorf("a constraint that should be gone: %v", k)
		}
		s.exec("DELETE FROM fair_booking")
		s.to("with one again", nil, bookingModel(widePlace, &schema.Relation{OnDelete: schema.Cascade}), stallModel(floor))

		other := bookingModel(widePlace, nil)
		other.Fields = append(other.Fields[:1:1], other.Fields[2])
		s.to("without the column", nil, other, stallModel(floor))
		s.to("with it again", nil, bookingModel(maybe, &schema.Relation{OnDelete: schema.Cascade}), stallModel(floor))
		s.to("without the model", nil, stallModel(floor))
		apps := []migrate.App{s.app}
		for i := len(s.app.Migrations) - 2; i >= 0; i-- {
			if err := migrate.Run(ctx, apps, migrate.Options{App: "fair", Target: s.app.Migrations[i].Name}); err != nil {
				t.Fatalf("back to %s: %v", s.app.Migrations[i].Name, err)
			}
			s.check("back to " + s.app.Migrations[i].Name)
		}
		if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		s.check("forward")
	})
}

// Two models point to each other, one over the columns of its own key.
func TestForeignObjectCircle(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, ctx context.Context) {
		s := &story{t: t, ctx: ctx, app: migrate.App{Label: "ring"}}
		seat := schema.Model{Name: "Seat", Fields: []schema.Field{
			{Name: "hall", Kind: schema.Char, MaxLength: 9},
			{Name: "number", Kind: schema.Integer},
			{Name: "guest", Kind: schema.ForeignKey, Null: true, Rel: &schema.Relation{To: "ring.Guest", OnDelete: schema.SetNull}},
			{Name: "beside", Kind: schema.Integer, Null: true},
			{Name: "neighbour", Kind: schema.ForeignObject, Null: true, Rel: &schema.Relation{To: "self", Fields: []string{"hall", "beside"}, OnDelete: schema.DoNothing}},
		}, Options: schema.Options{PrimaryKey: []string{"hall", "number"}}}
		guest := schema.Model{Name: "Guest", Fields: []schema.Field{
			idField,
			{Name: "hall", Kind: schema.Char, MaxLength: 9, Null: true},
			{Name: "number", Kind: schema.Integer, Null: true},
			{Name: "seat", Kind: schema.ForeignObject, Null: true, Rel: &schema.Relation{To: "ring.Seat", Fields: []string{"hall", "number"}, OnDelete: schema.SetNull}},
			{Name: "code", Kind: schema.Integer},
		}, Options: schema.Options{UniqueTogether: [][]string{{"hall", "code"}}}}
		tag := schema.Model{Name: "Tag", Fields: []schema.Field{
			idField,
			{Name: "hall", Kind: schema.Char, MaxLength: 9},
			{Name: "code", Kind: schema.Integer},
			{Name: "of", Kind: schema.ForeignObject, Rel: &schema.Relation{To: "ring.Guest", Fields: []string{"hall", "code"}, ToFields: []string{"hall", "code"}, OnDelete: schema.DBCascade}},
		}}
		s.to("a circle", nil, tag, seat, guest)
		if k := s.exec("INSERT INTO ring_guest (hall, number, code) VALUES ('a', 1, 5)"); k != orm.ForeignKeyConstraint {
			t.Errorf("a guest on no seat: %v", k)
		}
		s.exec("INSERT INTO ring_seat (hall, number) VALUES ('a', 1)")
		s.exec("INSERT INTO ring_guest (hall, number, code) VALUES ('a', 1, 5)")
		if k := s.exec("INSERT INTO ring_tag (hall, code) VALUES ('a', 6)"); k != orm.ForeignKeyConstraint {
			t.Errorf("a tag of no guest: %v", k)
		}
		if k := s.exec("INSERT INTO ring_seat (hall, number, beside) VALUES ('a', 2, 7)"); k != orm.ForeignKeyConstraint {
			t.Errorf("a neighbour that is not there: %v", k)
		}
		s.exec("INSERT INTO ring_tag (hall, code) VALUES ('a', 5)")
		s.exec("INSERT INTO ring_seat (hall, number, beside) VALUES ('a', 2, 1)")
		s.to("none of it", nil)
	})
}
