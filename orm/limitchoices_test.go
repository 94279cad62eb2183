package orm_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// Desk may be held by staff of a department that is open.
type Desk struct {
	ID     int64
	Label  string
	Holder orm.FK[Clerk]
	Deputy orm.FK[Clerk]
	Guests orm.Many[Clerk]
}

func (Desk) Fields(d *Desk) []orm.Field {
	c := orm.Fields[Clerk]()
	return []orm.Field{
		orm.Char(&d.Label, 10),
		orm.Ref(&d.Holder).OnDelete(orm.Cascade).RelatedName("desks").LimitChoices(orm.Eq(&c.Staff, true), orm.Eq(&c.Office.To().Open, true)),
		orm.Ref(&d.Deputy).Null().Blank().OnDelete(orm.SetNull).RelatedName("+").LimitChoicesFunc(func(ctx context.Context) []orm.Predicate {
			name, _ := ctx.Value(deskKey{}).(string)
			return []orm.Predicate{orm.Lookup("name__startswith", name)}
		}),
		orm.ManyToMany(&d.Guests).RelatedName("visited").NoConstraint().LimitChoices(orm.Eq(&c.Staff, false)),
	}
}

func (Desk) Meta(*Desk) orm.Meta { return orm.Meta{App: "office"} }

type deskKey struct{}

type Clerk struct {
	ID     int64
	Name   string
	Staff  bool
	Office orm.FK[Bureau]
}

func (Clerk) Fields(c *Clerk) []orm.Field {
	return []orm.Field{orm.Char(&c.Name, 20), orm.Ref(&c.Office).OnDelete(orm.Cascade)}
}

func (Clerk) Meta(*Clerk) orm.Meta {
	return orm.Meta{App: "office", DefaultRelatedName: "%(app_label)s_%(model_name)ss", DefaultPermissions: []string{"view"}}
}

type Bureau struct {
	ID   int64
	Open bool
	Rank int64
	Name string
}

func (Bureau) Fields(b *Bureau) []orm.Field { return []orm.Field{orm.Char(&b.Name, 20)} }
func (Bureau) Meta(b *Bureau) orm.Meta {
	return orm.Meta{App: "office", LatestBy: orm.By(orm.Desc(&b.Rank), orm.Asc(&b.Name)), RequiredVendor: "postgresql", RequiredFeatures: []string{"can_distinct_on_fields"}}
}

func TestLimitChoices(t *testing.T) {
	eachDatabase(t, []orm.Model{orm.ModelOf[Bureau](), orm.ModelOf[Clerk](), orm.ModelOf[Desk]()}, func(t *testing.T, ctx context.Context) {
		open, shut := &Bureau{Open: true, Rank: 2, Name: "b"}, &Bureau{Rank: 1, Name: "a"}
		must(t, orm.Objects[Bureau]().BulkCreate(ctx, []*Bureau{open, shut, {Rank: 1, Name: "c"}}))
		people := []*Clerk{
			{Name: "ada", Staff: true, Office: orm.To(open)},
			{Name: "bob", Staff: true, Office: orm.To(shut)},
			{Name: "cyd", Office: orm.To(open)},
			{Name: "dan", Staff: true, Office: orm.To(open)},
		}
		for _, p := range people {
			must(t, orm.Create(ctx, p))
		}
		as := context.WithValue(ctx, deskKey{}, "d")
		for _, tt := range []struct {
			name           string
			holder, deputy int64
			skip           []any
			want           string
		}{
			{"allowed", people[0].ID, 0, nil, ""},
			{"the office is shut", people[1].ID, 0, nil, "holder: clerk instance with id 2 is not a valid choice."},
			{"no staff", people[2].ID, 0, nil, "holder: clerk instance with id 3 is not a valid choice."},
			{"not there", 99, 0, nil, "holder: clerk instance with id 99 is not a valid choice."},
			{"not there, left out", 99, 0, []any{&orm.Fields[Desk]().Holder}, ""},
			{"a function allows", people[0].ID, people[3].ID, nil, ""},
			{"a function refuses", people[0].ID, people[1].ID, nil, "deputy: clerk instance with id 2 is not a valid choice."},
			{"null", 0, 0, nil, "holder: This field cannot be null."},
		} {
			d := &Desk{Label: "x"}
			d.Holder.ID, d.Deputy.ID = tt.holder, tt.deputy
			got := ""
			if err := orm.FullClean(as, d, tt.skip...); err != nil {
				ve, ok := errors.AsType[*orm.ValidationError](err)
				if !ok {
					t.Fatal(err)
				}
				got = strings.TrimPrefix(ve.Error(), "orm: invalid: ")
			}
			if got != tt.want {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			}
		}
		d := orm.Fields[Desk]()
		for name, q := range map[string]orm.Query[Clerk]{
			"ada dan": orm.ChoicesFor(ctx, &d.Holder), "dan": orm.ChoicesFor(as, &d.Deputy), "cyd": orm.ChoicesFor(ctx, &d.Guests),
		} {
			list, err := q.OrderBy(orm.ByName("name")).All(ctx)
			if got := listed(list, func(c *Clerk) string { return c.Name }); err != nil || got != name {
				t.Errorf("choices %q, %v, want %q", got, err, name)
			}
		}
		if n, err := orm.Objects[Bureau]().Filter(orm.Lookup("office_clerks__name", "bob")).Count(ctx); n != 1 || err != nil {
			t.Errorf("the way back by DefaultRelatedName: %d %v", n, err)
		}
		last, err := orm.Objects[Bureau]().Latest(ctx)
		if err != nil || last.Name != "c" {
			t.Errorf("Latest by several: %v %v", last, err)
		}
		first, err := orm.Objects[Bureau]().Earliest(ctx)
		if err != nil || first.Name != "b" {
			t.Errorf("Earliest by several: %v %v", first, err)
		}
	})
}

func TestRelationOptionsInTheSchema(t *testing.T) {
	t.Parallel()
	m := orm.ModelOf[Desk]()
	must(t, m.Err())
	holder, deputy := m.Schema().Field("holder").Rel, m.Schema().Field("deputy").Rel
	if got := show(holder.LimitChoices); !strings.Contains(got, "staff") || !strings.Contains(got, "office__open") || holder.LimitFunc {
		t.Errorf("fixed choices: %s", got)
	}
	if deputy.LimitChoices != nil || !deputy.LimitFunc {
		t.Errorf("choices by a function: %+v", deputy)
	}
	b := orm.ModelOf[Bureau]()
	must(t, b.Err())
	if s := b.Schema(); s.GetLatestBy != "-rank, name" || s.RequiredVendor != "postgresql" || !slices.Equal(s.RequiredFeatures, []string{"can_distinct_on_fields"}) {
		t.Errorf("Meta of a bureau: %+v", s.Options)
	}
	if p := orm.ModelOf[Clerk]().Schema().DefaultPermissions; !slices.Equal(p, []string{"view"}) {
		t.Errorf("permissions: %v", p)
	}
}

// Wrong on purpose, each in its way.
type (
	Dream struct {
		ID int64
		A  orm.FK[Bureau]
		B  orm.FK[Bureau]
		C  orm.FK[Bureau]
		D  orm.FK[Bureau]
		E  orm.FK[Bureau]
	}
	// ByHand is deleted by the program, ByBase by the database.
	ByHand struct {
		ID int64
		Of orm.FK[ByDB]
	}
	ByBase struct {
		ID int64
		Of orm.FK[Clerk]
	}
	Loose struct {
		ID int64
		Of orm.FK[Clerk]
		To orm.FK[ByDB]
	}
	ByDB struct {
		ID int64
		Of orm.FK[Bureau]
	}
	Stray struct {
		ID int64
		Of orm.FK[Clerk]
	}
)

func (Dream) Fields(d *Dream) []orm.Field {
	return []orm.Field{
		orm.Ref(&d.A).OnDelete(orm.SetNull).RelatedName("+"), orm.Ref(&d.B).OnDelete(orm.SetDefault).RelatedName("+"),
		orm.Ref(&d.C).OnDelete(orm.DBSetDefault).RelatedName("+"), orm.Ref(&d.D).OnDelete(orm.DBSetNull).RelatedName("+"),
		orm.Ref(&d.E).OnDelete(orm.SetDefault).Default(7).RelatedName("+"),
	}
}

func (ByHand) Fields(b *ByHand) []orm.Field {
	return []orm.Field{orm.Ref(&b.Of).OnDelete(orm.Cascade).RelatedName("+")}
}

func (ByBase) Fields(b *ByBase) []orm.Field {
	return []orm.Field{orm.Ref(&b.Of).OnDelete(orm.DBCascade).RelatedName("+")}
}

func (ByDB) Fields(b *ByDB) []orm.Field {
	return []orm.Field{orm.Ref(&b.Of).OnDelete(orm.DBCascade).RelatedName("+")}
}

func (Loose) Fields(l *Loose) []orm.Field {
	return []orm.Field{orm.Ref(&l.Of).OnDelete(orm.DoNothing).RelatedName("+"), orm.Ref(&l.To).OnDelete(orm.DBCascade).RelatedName("+")}
}

func (Stray) Fields(s *Stray) []orm.Field {
	return []orm.Field{orm.Ref(&s.Of).RelatedName("+").LimitChoices(orm.Eq(&orm.Fields[Bureau]().Open, true))}
}

func TestRelationMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		model orm.Model
		want  []string
	}{
		{"what OnDelete needs", orm.ModelOf[Dream](), []string{
			"Dream.A: OnDelete(SetNull) needs Null()", "Dream.B: OnDelete(SetDefault) needs a Default",
			"Dream.C: OnDelete(DBSetDefault) needs a DBDefault", "Dream.D: OnDelete(DBSetNull) needs Null()",
		}},
		{"the database deletes what the program looks after", orm.ModelOf[ByHand](), []string{"ByHand.Of: OnDelete(Cascade) leads to ByDB, whose rows the database deletes (Of has OnDelete(DBCascade))"}},
		{"the database looks after what the program deletes", orm.ModelOf[ByBase](), nil},
		{"DoNothing mixes with all", orm.ModelOf[Loose](), nil},
		{"choices of another model", orm.ModelOf[Stray](), []string{"Stray.Of: LimitChoices: orm: Bureau.Open is used in a query of Clerk"}},
	} {
		err := tt.model.Err()
		if len(tt.want) == 0 && err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		for _, want := range tt.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", tt.name, err, want)
			}
		}
		if err != nil && strings.Contains(err.Error(), "Dream.E") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if schema.SetValue.String() != "SetValue" || !schema.DBSetNull.InDatabase() || schema.Cascade.InDatabase() {
		t.Error("OnDelete does not know itself")
	}
}
