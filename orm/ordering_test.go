package orm_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// Press is ordered by an expression, and where nulls go.
type Press struct {
	ID   int64
	Name string
	Rank *int64
}

func (Press) Fields(p *Press) []orm.Field { return []orm.Field{orm.Char(&p.Name, 30)} }
func (Press) Meta(p *Press) orm.Meta {
	return orm.Meta{App: "shelf", Ordering: orm.By(orm.Asc(p.Rank).NullsLast(), orm.Lower(&p.Name).Desc())}
}

// Writer is ordered by a name.
type Writer struct {
	ID      int64
	Name    string
	Press   orm.FK[Press]
	Mentor  orm.FK[Writer]
	Written orm.Many[Tome]
}

func (Writer) Fields(w *Writer) []orm.Field {
	return []orm.Field{
		orm.Char(&w.Name, 30), orm.Ref(&w.Press).Name("house"), orm.Ref(&w.Mentor).Null().OnDelete(orm.SetNull),
		orm.HasMany(&w.Written, &orm.Fields[Tome]().Writer),
	}
}

func (Writer) Meta(*Writer) orm.Meta {
	return orm.Meta{App: "shelf", Ordering: orm.By(orm.ByName("-house"), orm.ByName("name"))}
}

// Tome is ordered across relations.
type Tome struct {
	ID     int64
	Title  string
	Writer orm.FK[Writer]
}

func (Tome) Fields(v *Tome) []orm.Field {
	return []orm.Field{orm.Char(&v.Title, 30), orm.Ref(&v.Writer).OnDelete(orm.Cascade)}
}

func (Tome) Meta(v *Tome) orm.Meta {
	return orm.Meta{App: "shelf", Ordering: orm.By(orm.Desc(&v.Writer.To().Press.To().Name), orm.Asc(&v.Writer.ID), orm.Asc(&v.Title))}
}

// Ring is ordered by a circle.
type Ring struct {
	ID   int64
	Next orm.FK[Ring]
}

func (Ring) Fields(r *Ring) []orm.Field { return []orm.Field{orm.Ref(&r.Next).Null()} }
func (Ring) Meta(r *Ring) orm.Meta {
	return orm.Meta{App: "shelf", Ordering: orm.By(orm.Asc(&r.Next))}
}

func shelfModels() []orm.Model {
	return []orm.Model{orm.ModelOf[Press](), orm.ModelOf[Writer](), orm.ModelOf[Tome](), orm.ModelOf[Ring]()}
}

// shelf has three presses, one without a rank, with a writer each, who has two volumes.
func shelf(t *testing.T, ctx context.Context) {
	t.Helper()
	one, two := int64(1), int64(2)
	for i, p := range []*Press{{Name: "bronze"}, {Name: "Silver", Rank: &two}, {Name: "gold", Rank: &one}, {Name: "Amber", Rank: &one}} {
		must(t, orm.Create(ctx, p))
		w := &Writer{Name: string(rune('z' - i)), Press: orm.To(p)}
		must(t, orm.Create(ctx, w))
		for _, title := range []string{"2", "1"} {
			must(t, orm.Create(ctx, &Tome{Title: w.Name + title, Writer: orm.To(w)}))
		}
	}
}

func TestMetaOrdering(t *testing.T) {
	eachDatabase(t, shelfModels(), func(t *testing.T, ctx context.Context) {
		shelf(t, ctx)
		v, w := orm.Fields[Tome](), orm.Fields[Writer]()
		presses := func(q orm.Query[Press]) string {
			list, err := q.All(ctx)
			must(t, err)
			return listed(list, func(p *Press) string { return p.Name })
		}
		writers := func(q orm.Query[Writer]) string {
			list, err := q.All(ctx)
			must(t, err)
			return listed(list, func(w *Writer) string { return w.Name })
		}
		volumes := func(q orm.Query[Tome]) string {
			list, err := q.All(ctx)
			must(t, err)
			return listed(list, func(v *Tome) string { return v.Title })
		}
		for _, tt := range []struct{ name, got, want string }{
			{"nulls last and an expression", presses(orm.Objects[Press]()), "gold Amber Silver bronze"},
			{"turned around", presses(orm.Objects[Press]().Reverse()), "bronze Silver Amber gold"},
			{"by name, which means the other model's order", writers(orm.Objects[Writer]()), "z y w x"},
			{"across relations", volumes(orm.Objects[Tome]()), "x1 x2 z1 z2 y1 y2 w1 w2"},
			{"order_by(relation)", volumes(orm.Objects[Tome]().OrderBy(orm.Asc(&v.Writer), orm.Asc(&v.Title))), "z1 z2 y1 y2 w1 w2 x1 x2"},
			{"order_by(-relation)", writers(orm.Objects[Writer]().OrderBy(orm.Desc(&w.Press))), "z y w x"},
			{"order_by(column)", writers(orm.Objects[Writer]().OrderBy(orm.Desc(&w.Press.ID))), "w x y z"},
			{"order_by by name", volumes(orm.Objects[Tome]().OrderBy(orm.ByName("writer__house"), orm.ByName("title"))), "x1 x2 w1 w2 y1 y2 z1 z2"},
		} {
			if got := strings.TrimSpace(tt.got); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
			}
		}
		if _, err := orm.Objects[Ring]().All(ctx); err == nil || !strings.Contains(err.Error(), "goes in circles by Ring.Next") {
			t.Errorf("a circle: %v", err)
		}
		first, err := orm.Objects[Tome]().First(ctx)
		if err != nil || first.Title != "x1" {
			t.Errorf("First: %v %v", first, err)
		}
		firsts, err := orm.PrefetchQuery(orm.Objects[Writer]().OrderBy(orm.Asc(&w.Name)), &w.Written, orm.Objects[Tome]().Limit(1)).All(ctx)
		must(t, err)
		for _, w := range firsts {
			if list, _ := w.Written.Loaded(); len(list) != 1 || list[0].Title != w.Name+"1" {
				t.Errorf("the first of each writer's: %v", list)
			}
		}
	})
}

func TestOrderingSchema(t *testing.T) {
	t.Parallel()
	for m, want := range map[orm.Model][]string{
		orm.ModelOf[Press]():  {"rank nulls last", `-(LOWER("name"))`},
		orm.ModelOf[Writer](): {"-house", "name"},
		orm.ModelOf[Tome]():   {"-writer__house__name", "writer_id", "title"},
		orm.ModelOf[Ring]():   {"next"},
	} {
		must(t, m.Err())
		if got := m.Schema().Ordering; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", m, got, want)
		}
	}
}

func listed[T any](list []*T, name func(*T) string) string {
	var out []string
	for _, x := range list {
		out = append(out, name(x))
	}
	return strings.Join(out, " ")
}
