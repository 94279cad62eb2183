package orm_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// Site has all that a check of an object asks the database about.
type Site struct {
	ID    int64
	Code  string
	Town  string
	Spot  int64
	Depth int64
}

func (Site) Fields(s *Site) []orm.Field {
	return []orm.Field{orm.Char(&s.Code, 10).Unique(), orm.Char(&s.Town, 20)}
}

func (Site) Meta(s *Site) orm.Meta {
	return orm.Meta{
		App: "dig", UniqueTogether: [][]any{{&s.Town, &s.Spot}},
		Constraints: []orm.Constraint{
			orm.CheckThat("dig_depth", orm.Gte(&s.Depth, 0)),
			orm.UniqueOn("dig_deep", &s.Depth).Where(orm.Gt(&s.Depth, 100)),
		},
	}
}

type Mine struct {
	Site
	Owner string
	Shaft int64
}

func (Mine) Fields(m *Mine) []orm.Field {
	return []orm.Field{orm.Parent(&m.Site), orm.Char(&m.Owner, 20).Unique()}
}

func (Mine) Meta(m *Mine) orm.Meta {
	return orm.Meta{App: "dig", Constraints: []orm.Constraint{orm.CheckThat("dig_shaft", orm.Gte(&m.Shaft, 0))}}
}

type GoldMine struct{ Mine }

func (GoldMine) Meta(*GoldMine) orm.Meta { return orm.Meta{App: "dig", Proxy: true} }

// complaints are the fields and codes of a ValidationError, in order.
func complaints(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	ve, ok := errors.AsType[*orm.ValidationError](err)
	if !ok {
		t.Errorf("no validation error: %v", err)
		return "?"
	}
	var out []string
	for name, list := range ve.Fields {
		for _, inv := range list {
			out = append(out, name+":"+inv.Code+":"+inv.Message)
		}
	}
	slices.Sort(out)
	return strings.Join(out, "|")
}

func TestParentsAreCleaned(t *testing.T) {
	t.Parallel()
	models := []orm.Model{orm.ModelOf[Site](), orm.ModelOf[Mine](), orm.ModelOf[GoldMine]()}
	eachDatabase(t, models, func(t *testing.T, ctx context.Context) {
		must(t, orm.Create(ctx, &Site{Code: "a", Town: "Bonn", Spot: 1, Depth: 200}))
		mine := &Mine{Site: Site{Code: "b", Town: "Bonn", Spot: 2, Depth: 3}, Owner: "Ada"}
		must(t, orm.Create(ctx, mine))
		with := func(change func(m *Mine)) *Mine {
			m := &Mine{Site: Site{Code: "new", Town: "Bonn", Spot: 9}, Owner: "new"}
			change(m)
			return m
		}
		m := orm.Fields[Mine]()
		for _, tt := range []struct {
			name    string
			obj     *Mine
			exclude []any
			want    string
		}{
			{"the row itself", mine, nil, ""},
			{"a new one", with(func(*Mine) {}), nil, ""},
			{"the parent's unique field", with(func(m *Mine) { m.Code = "a" }), nil, "code:unique:Site with this Code already exists."},
			{"left out", with(func(m *Mine) { m.Code = "a" }), []any{&m.Code}, ""},
			{"the parent's fields together", with(func(m *Mine) { m.Spot = 1 }), nil, ":unique_together:Site with this Town and Spot already exists."},
			{"the parent's check", with(func(m *Mine) { m.Depth = -1 }), nil, "::Constraint “dig_depth” is violated."},
			{"the parent's unique constraint", with(func(m *Mine) { m.Depth = 200 }), nil, "::Constraint “dig_deep” is violated."},
			{"its condition", with(func(m *Mine) { m.Depth = 3 }), nil, ""},
			{"its own unique field", with(func(m *Mine) { m.Owner = "Ada" }), nil, "owner:unique:Mine with this Owner already exists."},
			{"its own check", with(func(m *Mine) { m.Shaft = -1 }), nil, "::Constraint “dig_shaft” is violated."},
			{"all", with(func(m *Mine) { m.Code, m.Owner = "a", "Ada" }), nil, "code:unique:Site with this Code already exists.|owner:unique:Mine with this Owner already exists."},
			{"wrong by itself", with(func(m *Mine) { m.Code = "" }), nil, "code:blank:This field cannot be blank."},
		} {
			if got := complaints(t, orm.FullClean(ctx, tt.obj, tt.exclude...)); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			}
		}
		gold := &GoldMine{*with(func(m *Mine) { m.Code, m.Owner, m.Depth = "a", "Ada", -1 })}
		if got, want := complaints(t, orm.ValidateUnique(ctx, gold)), "code:unique:Site with this Code already exists.|owner:unique:Mine with this Owner already exists."; got != want {
			t.Errorf("a proxy's unique fields: %q, want %q", got, want)
		}
		if got, want := complaints(t, orm.ValidateConstraints(ctx, gold)), "::Constraint “dig_depth” is violated."; got != want {
			t.Errorf("a proxy's constraints: %q, want %q", got, want)
		}
		// A site becomes a mine: its own row is no clash.
		site, err := orm.Objects[Site]().Get(ctx, orm.Eq(&orm.Fields[Site]().Code, "a"))
		must(t, err)
		if got := complaints(t, orm.FullClean(ctx, &Mine{Site: *site, Owner: "Bob"})); got != "" {
			t.Errorf("a mine of a site that is there: %s", got)
		}
	})
}
