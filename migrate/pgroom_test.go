package migrate_test

import (
	"errors"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/pgroom"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
)

// TestColumnsOfOtherTypes writes and reads rows of types that package orm has no kind for, under constraints that PostgreSQL
// alone has.
func TestColumnsOfOtherTypes(t *testing.T) {
	t.Parallel()
	ctx := openPostgres(t)
	exec(t, ctx, "CREATE EXTENSION hstore")
	apps := []migrate.App{{Label: "pgroom", Models: pgroom.All()}}
	ms, err := migrate.Plan(apps)
	if err != nil {
		t.Fatal(err)
	}
	apps[0].Migrations = ms
	migrated(t, ctx, apps)

	attrs := `"beds"=>"2"`
	blue := &pgroom.Booking{Room: "blue", Span: "[2026-03-14 10:00:00+00,2026-03-14 12:00:00+00)", Seats: "[1,10)", Guests: `{"Ada","Bob, jr"}`, Attrs: &attrs, Extra: map[string]any{"a": "b"}}
	if err := orm.Create(ctx, blue); err != nil {
		t.Fatal(err)
	}
	b := orm.Fields[pgroom.Booking]()
	got, err := orm.Objects[pgroom.Booking]().Filter(orm.Eq(&b.Seats, "[1,9]")).Get(ctx) // the type knows that this is the same range
	if err != nil {
		t.Fatal(err)
	}
	if got.Span != `["2026-03-14 10:00:00+00","2026-03-14 12:00:00+00")` || got.Guests != `{Ada,"Bob, jr"}` || got.Attrs == nil || *got.Attrs != attrs || got.Days != nil {
		t.Errorf("read back: %+v", got)
	}

	again := &pgroom.Booking{Room: "red", Span: "[2026-03-14 11:00:00+00,2026-03-14 13:00:00+00)", Seats: "[1,10)"}
	err = orm.Create(ctx, again)
	if broken, ok := errors.AsType[*orm.ConstraintError](err); !ok || broken.Constraint != "booking_no_overlap" {
		t.Errorf("a booking that overlaps gives %v, want the exclusion constraint", err)
	}
}
