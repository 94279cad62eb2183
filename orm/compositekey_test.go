package orm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// Seat has a composite key.
type Seat struct {
	Hall   string
	Number int64
	Code   string
	Guest  orm.FK[Owner]
}

func (Seat) Fields(s *Seat) []orm.Field {
	return []orm.Field{orm.Char(&s.Hall, 20), orm.Char(&s.Code, 20).Unique(), orm.Ref(&s.Guest).Null().Blank().OnDelete(orm.SetNull)}
}

func (Seat) Meta(s *Seat) orm.Meta {
	return orm.Meta{App: "hall", PrimaryKey: []any{&s.Hall, &s.Number}}
}

func TestCompositeKeyLookups(t *testing.T) {
	t.Parallel()
	eachDatabase(t, []orm.Model{orm.ModelOf[Owner](), orm.ModelOf[Seat]()}, func(t *testing.T, ctx context.Context) {
		seat := orm.Fields[Seat]()
		all := orm.Objects[Seat]()
		list := make([]*Seat, 4)
		for i := range list {
			list[i] = &Seat{Hall: string(rune('a' + i/2)), Number: int64(i % 2), Code: fmt.Sprint(i)}
		}
		must(t, all.BulkCreate(ctx, list))
		for _, tt := range []struct {
			name string
			p    orm.Predicate
			want string
		}{
			{"a key", orm.Lookup("pk", []any{"a", 1}), "1"},
			{"exact", orm.Lookup("pk__exact", [2]any{"b", int64(0)}), "2"},
			{"an object", orm.Lookup("pk", list[3]), "3"},
			{"several", orm.Lookup("pk__in", [][]any{{"a", 0}, {"b", 1}, {"c", 9}}), "0 3"},
			{"objects", orm.Lookup("pk__in", list[:2]), "0 1"},
			{"none", orm.Lookup("pk__in", [][]any{}), ""},
			{"not", orm.Not(orm.Lookup("pk", []any{"a", 1})), "0 2 3"},
			{"or", orm.Or(orm.Lookup("pk", []any{"a", 1}), orm.Eq(&seat.Code, "2")), "1 2"},
		} {
			got, err := all.Filter(tt.p).OrderBy(orm.Asc(&seat.Code)).All(ctx)
			if s := names(got, func(s *Seat) string { return s.Code }); s != tt.want || err != nil {
				t.Errorf("%s: %q, %v, want %q", tt.name, s, err, tt.want)
			}
		}
		if n, err := all.Exclude(orm.Lookup("pk__in", list[:3])).Count(ctx); n != 1 || err != nil {
			t.Errorf("Exclude: %d, %v", n, err)
		}
		for name, v := range map[string]any{"pk": 7, "pk__exact": []any{"a"}, "pk__in": 3, "pk__gt": "a", "pk__contains": []any{"a", 1}} {
			if _, err := all.Filter(orm.Lookup(name, v)).All(ctx); err == nil || !strings.Contains(err.Error(), "key of Seat") && !strings.Contains(err.Error(), "composite key") {
				t.Errorf("%s of %v: %v", name, v, err)
			}
		}
		if _, err := all.Filter(orm.Lookup("pk", []any{"a", nil})).All(ctx); err == nil {
			t.Error("a nil part was taken")
		}
		if ok, err := all.Filter(orm.Eq(&seat.Hall, "a")).Contains(ctx, list[0]); !ok || err != nil {
			t.Errorf("Contains() = %v, %v", ok, err)
		}
		if ok, err := all.Filter(orm.Eq(&seat.Hall, "b")).Contains(ctx, list[0]); ok || err != nil {
			t.Errorf("Contains() of another's rows = %v, %v", ok, err)
		}

		list[0].Code, list[1].Code = "x", "y"
		if n, err := all.BulkUpdate(ctx, list[:2], &seat.Code); n != 2 || err != nil {
			t.Errorf("BulkUpdate() = %d, %v", n, err)
		}
		if got := complaints(t, orm.FullClean(ctx, list[0])); got != "" {
			t.Errorf("the row itself is a clash: %s", got)
		}
		if got := complaints(t, orm.FullClean(ctx, &Seat{Hall: "z", Code: "x"})); got != "code:unique:Seat with this Code already exists." {
			t.Errorf("another seat's code: %q", got)
		}
		if n, err := all.Filter(orm.Lookup("pk", list[0])).Update(ctx, orm.Set(&seat.Code, "z")); n != 1 || err != nil {
			t.Errorf("Update() = %d, %v", n, err)
		}
		if d, err := all.Filter(orm.Lookup("pk__in", list[:2])).Delete(ctx); d.Total != 2 || err != nil {
			t.Errorf("Delete() = %+v, %v", d, err)
		}
	})
}
