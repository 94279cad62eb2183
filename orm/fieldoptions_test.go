package orm_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

type optRoom struct {
	ID   int64
	Name string
}

func (optRoom) Fields(r *optRoom) []orm.Field { return []orm.Field{orm.Char(&r.Name, 30)} }

// optBooking has what only relations and times of day have.
type optBooking struct {
	ID      int64
	Day     time.Time
	Room    orm.FK[optRoom]
	Backup  orm.FK[optRoom]
	Extra   orm.Many[optRoom]
	At      time.Duration
	Changed *time.Duration
	Title   string
}

func (optBooking) Fields(b *optBooking) []orm.Field {
	return []orm.Field{
		orm.Date(&b.Day),
		orm.Ref(&b.Room).UniqueForDate(&b.Day).RelatedName("+").ErrorMessages(map[string]string{
			"unique_for_date": "It is taken on that day.", "invalid": "There is no such room.",
		}),
		orm.Ref(&b.Backup).Null().NotSerialized().RelatedName("+").Validate(func(key int64) error {
			if key == 2 {
				return orm.Invalid{Code: "closed", Message: "Room 2 is closed."}
			}
			return nil
		}),
		orm.ManyToMany(&b.Extra).NotSerialized().RelatedName("+").ErrorMessages(map[string]string{"invalid_pk_value": "No room."}),
		orm.Clock(&b.At).AutoNowAdd(), orm.Clock(b.Changed).AutoNow(),
		orm.Char(&b.Title, 30),
	}
}

func (optBooking) Meta(b *optBooking) orm.Meta {
	return orm.Meta{Ordering: orm.By(orm.Lower(&b.Title).Desc(), orm.F(&b.ID).Plus(1).Asc().NullsLast(), orm.Asc(&b.Day))}
}

// TestRelationOptions: validators, unique dates and messages hold for relations, times of day are set by themselves.
func TestRelationOptions(t *testing.T) {
	t.Parallel()
	eachDatabase(t, []orm.Model{orm.ModelOf[optRoom](), orm.ModelOf[optBooking]()}, func(t *testing.T, ctx context.Context) {
		room := &optRoom{Name: "a"}
		must(t, orm.Create(ctx, room))
		day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
		first := &optBooking{Day: day, Room: orm.To(room), Title: "x"}
		midnight := time.Now().UTC().Truncate(24 * time.Hour)
		before := time.Since(midnight)
		must(t, orm.Create(ctx, first))
		must(t, orm.Refresh(ctx, first))
		for name, at := range map[string]*time.Duration{"At": &first.At, "Changed": first.Changed} {
			if at == nil || *at < before-time.Second && before < 23*time.Hour+59*time.Minute || *at >= 24*time.Hour {
				t.Errorf("%s = %v, want the time of day, %v", name, at, before)
			}
		}
		was, changed := first.At, *first.Changed
		must(t, orm.Save(ctx, first))
		if first.At != was || *first.Changed == changed {
			t.Errorf("after Save: At %v, was %v; Changed %v, was %v", first.At, was, *first.Changed, changed)
		}
		second := &optBooking{Day: day, Room: orm.To(room), Title: "y"}
		second.Backup.ID = 2
		err := orm.FullClean(ctx, second)
		invalid, ok := errors.AsType[*orm.ValidationError](err)
		if !ok {
			t.Fatalf("FullClean = %v", err)
		}
		if got := invalid.Fields["room"]; len(got) != 1 || got[0].Code != "unique_for_date" || got[0].Message != "It is taken on that day." {
			t.Errorf("room: %v", got)
		}
		second.Backup.ID, second.Room.ID = room.ID, 99
		if err := orm.FullClean(ctx, second); err == nil || !strings.Contains(err.Error(), "There is no such room.") {
			t.Errorf("FullClean of a room that is not there = %v", err)
		}
		second.Room, second.Day = orm.To(room), day.AddDate(0, 0, 1)
		if err := orm.FullClean(ctx, second); err != nil {
			t.Errorf("FullClean on another day = %v", err)
		}
		second.Backup.ID = 2
		if err := orm.CleanFields(ctx, second, &orm.Fields[optBooking]().Room); err == nil || room.ID != 2 && !strings.Contains(err.Error(), "not a valid choice") {
			t.Errorf("CleanFields = %v", err)
		}
		must(t, orm.Create(ctx, &optRoom{Name: "b"}))
		if err := orm.CleanFields(ctx, second); err == nil || !strings.Contains(err.Error(), "Room 2 is closed.") {
			t.Errorf("CleanFields with a rule = %v", err)
		}
	})
}

// TestOptionsInSchema: migrations and fixtures see the options.
func TestOptionsInSchema(t *testing.T) {
	t.Parallel()
	s := orm.ModelOf[optBooking]().Schema()
	for _, name := range []string{"backup", "extra"} {
		if f := s.Field(name); !f.NotSerialized {
			t.Errorf("%s is serialized", name)
		}
	}
	if f := s.Field("at"); !f.AutoNowAdd || !f.NotEditable || !f.Blank || f.Kind != schema.Time {
		t.Errorf("at = %+v", f)
	}
	want := []string{`-(LOWER("title"))`, `(("id" + 1)) nulls last`, "day"}
	if !slices.Equal(s.Ordering, want) {
		t.Errorf("Ordering = %q, want %q", s.Ordering, want)
	}
	if d := dialect.SQLite(); d.ColumnType(s.Field("at"), nil) != "time" {
		t.Error("a time of day is no time")
	}
}
