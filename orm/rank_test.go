package orm_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// Poll has answers in an order.
type Poll struct {
	ID   int64
	Text string
}

func (Poll) Fields(p *Poll) []orm.Field { return []orm.Field{orm.Char(&p.Text, 20)} }

type Reply struct {
	ID    int64
	Poll  orm.FK[Poll]
	Text  string
	Day   time.Time
	At    time.Time
	Place int32
}

func (Reply) Fields(r *Reply) []orm.Field {
	return []orm.Field{
		orm.Ref(&r.Poll).OnDelete(orm.Cascade), orm.Char(&r.Text, 20).UniqueForDate(&r.Day).UniqueForMonth(&r.At).UniqueForYear(&r.At),
		orm.Date(&r.Day), orm.OrderWithin(&r.Place, &r.Poll),
	}
}

func replies(list []*Reply) string {
	out := ""
	for _, r := range list {
		out += fmt.Sprintf("%s%d ", r.Text, r.Place)
	}
	return strings.TrimSpace(out)
}

// withPolls makes two polls with three replies each.
func withPolls(t *testing.T, f func(t *testing.T, ctx context.Context, polls []*Poll)) {
	t.Helper()
	models := []orm.Model{orm.ModelOf[Poll](), orm.ModelOf[Reply]()}
	everywhere(t, func(t *testing.T, ctx context.Context) {
		ctx = orm.WithModels(ctx, models...)
		createTables(t, ctx, models...)
		polls := []*Poll{{Text: "one"}, {Text: "two"}}
		must(t, orm.Objects[Poll]().BulkCreate(ctx, polls))
		day := time.Date(2026, 5, 6, 0, 0, 0, 0, time.UTC)
		for i, text := range []string{"a", "b", "c"} {
			must(t, orm.Create(ctx, &Reply{Poll: orm.To(polls[0]), Text: text, Day: day, At: day.AddDate(0, i, 0)}))
		}
		var bulk []*Reply
		for i, text := range []string{"x", "y", "z"} {
			bulk = append(bulk, &Reply{Poll: orm.To(polls[1]), Text: text, Day: day, At: day.AddDate(0, i, 1)})
		}
		must(t, orm.Objects[Reply]().BulkCreate(ctx, bulk))
		f(t, ctx, polls)
	})
}

func TestOrderWithin(t *testing.T) {
	withPolls(t, func(t *testing.T, ctx context.Context, polls []*Poll) {
		r := orm.Fields[Reply]()
		of := func(p *Poll) orm.Query[Reply] { return orm.Objects[Reply]().Filter(orm.Eq(&r.Poll, orm.To(p))) }
		list, err := of(polls[0]).All(ctx)
		must(t, err)
		second, err := of(polls[1]).All(ctx)
		must(t, err)
		if replies(list) != "a0 b1 c2" || replies(second) != "x0 y1 z2" {
			t.Errorf("made: %s, %s", replies(list), replies(second))
		}
		must(t, orm.SetOrder(ctx, of(polls[0]), list[2].ID, list[0].ID, list[1].ID, second[0].ID))
		list, err = of(polls[0]).All(ctx)
		must(t, err)
		if replies(list) != "c0 a1 b2" {
			t.Errorf("after SetOrder: %s", replies(list))
		}
		next, err := orm.Next(ctx, orm.Objects[Reply](), list[0], &r.Place)
		must(t, err)
		before, err := orm.Previous(ctx, orm.Objects[Reply](), list[2], &r.Place)
		must(t, err)
		if next.Text != "a" || before.Text != "a" {
			t.Errorf("next %s, previous %s", next.Text, before.Text)
		}
		if _, err := orm.Next(ctx, orm.Objects[Reply](), list[2], &r.Place); !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("behind the last: %v", err)
		}
		must(t, orm.Create(ctx, &Reply{Poll: orm.To(polls[0]), Text: "d", Day: time.Now(), At: time.Now()}))
		list, err = of(polls[0]).All(ctx)
		must(t, err)
		if replies(list) != "c0 a1 b2 d3" {
			t.Errorf("after Create: %s", replies(list))
		}
	})
}

func TestNextAndPrevious(t *testing.T) {
	withPolls(t, func(t *testing.T, ctx context.Context, polls []*Poll) {
		r := orm.Fields[Reply]()
		all := orm.Objects[Reply]()
		a, err := all.Get(ctx, orm.Eq(&r.Text, "a"))
		must(t, err)
		tests := []struct {
			name string
			find func() (*Reply, error)
			want string
		}{
			{"by a moment", func() (*Reply, error) { return orm.Next(ctx, all, a, &r.At) }, "x"},
			{"with a filter", func() (*Reply, error) {
				return orm.Next(ctx, all.Filter(orm.Eq(&r.Poll, orm.To(polls[0]))), a, &r.At)
			}, "b"},
			{"equal values by the key", func() (*Reply, error) { return orm.Next(ctx, all, a, &r.Day) }, "b"},
			{"before the first", func() (*Reply, error) { return orm.Previous(ctx, all, a, &r.At) }, ""},
		}
		for _, tt := range tests {
			got, err := tt.find()
			if tt.want == "" && errors.Is(err, orm.ErrNotFound) {
				continue
			}
			if err != nil || got.Text != tt.want {
				t.Errorf("%s: %v, %v, want %s", tt.name, got, err, tt.want)
			}
		}
	})
}

func TestUniqueForDate(t *testing.T) {
	withPolls(t, func(t *testing.T, ctx context.Context, polls []*Poll) {
		day := time.Date(2026, 5, 6, 0, 0, 0, 0, time.UTC)
		tests := []struct {
			name    string
			day, at time.Time
			want    string
		}{
			{"same day, other year", day, day.AddDate(1, 3, 0), "Text must be unique for Day date."},
			{"same month, other day and year", day.AddDate(0, 0, 1), day.AddDate(2, 0, 0), "Text must be unique for At month."},
			{"same year", day.AddDate(0, 0, 1), day.AddDate(0, 2, 0), "Text must be unique for At year."},
			{"all others", day.AddDate(0, 0, 1), day.AddDate(1, 1, 0), ""},
		}
		for _, tt := range tests {
			err := orm.ValidateUnique(ctx, &Reply{Poll: orm.To(polls[0]), Text: "a", Day: tt.day, At: tt.at})
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
	})
}

func TestValidationAlone(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	tag := &Tag{Slug: "go"}
	if err := orm.CleanFields(ctx, tag); err != nil {
		t.Errorf("CleanFields asked for other rows: %v", err)
	}
	if err := orm.CleanFields(ctx, &Tag{Slug: "no slug"}); err == nil || !strings.Contains(err.Error(), "slug") {
		t.Errorf("CleanFields = %v", err)
	}
	if err := orm.ValidateUnique(ctx, tag); err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("ValidateUnique = %v", err)
	}
	if err := orm.ValidateUnique(ctx, tag, &g.Slug); err != nil {
		t.Errorf("ValidateUnique without the field: %v", err)
	}
	must(t, orm.ValidateConstraints(ctx, tag))
}

func TestPK(t *testing.T) {
	t.Parallel()
	if got := orm.PK(&Tag{ID: 7}); got != int64(7) {
		t.Errorf("PK = %v (%[1]T)", got)
	}
}

func TestGetOrCreateFunc(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	seed(t, ctx)
	made := 0
	q := func(slug string) (*Tag, bool, error) {
		return orm.Objects[Tag]().Filter(orm.Eq(&g.Slug, slug)).GetOrCreateFunc(ctx, func(context.Context) (*Tag, error) {
			made++
			return &Tag{Slug: slug}, nil
		})
	}
	if _, created, err := q("go"); created || err != nil || made != 0 {
		t.Errorf("of what is there: %v %v, made %d", created, err, made)
	}
	if tag, created, err := q("new"); !created || err != nil || made != 1 || tag.ID == 0 {
		t.Errorf("of what is not: %v %v, made %d", created, err, made)
	}
}
