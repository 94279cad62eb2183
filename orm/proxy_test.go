package orm_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

type Person struct {
	ID   int64
	Name string
	Age  int64
	Boss orm.FK[Person]
	Pets orm.Many[Pet]
}

func (Person) Fields(p *Person) []orm.Field {
	return []orm.Field{
		orm.Char(&p.Name, 50).Unique(),
		orm.Ref(&p.Boss).Null().OnDelete(orm.SetNull).RelatedName("team"),
		orm.HasMany(&p.Pets, &orm.Fields[Pet]().Owner),
	}
}

func (Person) Meta(p *Person) orm.Meta {
	return orm.Meta{App: "zoo", Ordering: orm.By(orm.Asc(&p.Name)), LatestBy: &p.Age}
}

// Elder is a proxy with an order and a method of its own.
type Elder struct{ Person }

func (Elder) Meta(e *Elder) orm.Meta {
	return orm.Meta{App: "zoo", Proxy: true, Ordering: orm.By(orm.Desc(&e.Age)), Permissions: [][2]string{{"retire", "Can retire"}}}
}

func (e *Elder) Greeting() string { return "Dear " + e.Name }

// Ancient is a proxy of a proxy, in the order of the first.
type Ancient struct{ Elder }

func (Ancient) Meta(*Ancient) orm.Meta { return orm.Meta{App: "zoo", Proxy: true} }

type Pet struct {
	ID    int64
	Owner orm.FK[Person]
	Vet   orm.FK[Elder]
	Name  string
}

func (Pet) Fields(p *Pet) []orm.Field {
	return []orm.Field{
		orm.Ref(&p.Owner).OnDelete(orm.Cascade),
		orm.Ref(&p.Vet).Null().OnDelete(orm.SetNull).RelatedName("patients"),
		orm.Char(&p.Name, 20),
	}
}

func (Pet) Meta(*Pet) orm.Meta { return orm.Meta{App: "zoo"} }

// Hermit has its own row beside the person's, Saint is a proxy of it.
type Hermit struct {
	Person
	Cave string
}

func (Hermit) Fields(h *Hermit) []orm.Field { return []orm.Field{orm.Parent(&h.Person)} }
func (Hermit) Meta(*Hermit) orm.Meta        { return orm.Meta{App: "zoo"} }

type Saint struct{ Hermit }

func (Saint) Meta(*Saint) orm.Meta { return orm.Meta{App: "zoo", Proxy: true} }

func zooModels() []orm.Model {
	return []orm.Model{orm.ModelOf[Person](), orm.ModelOf[Elder](), orm.ModelOf[Ancient](), orm.ModelOf[Pet](), orm.ModelOf[Hermit](), orm.ModelOf[Saint]()}
}

func TestProxies(t *testing.T) {
	t.Parallel()
	eachDatabase(t, zooModels(), func(t *testing.T, ctx context.Context) {
		elder := orm.Fields[Elder]()
		person := orm.Fields[Person]()
		pet := orm.Fields[Pet]()
		ada := &Person{Name: "Ada", Age: 30}
		must(t, orm.Create(ctx, ada))
		bob := &Elder{Person{Name: "Bob", Age: 80, Boss: orm.To(ada)}}
		must(t, orm.Create(ctx, bob))
		must(t, orm.Objects[Elder]().BulkCreate(ctx, []*Elder{{Person{Name: "Cyd", Age: 70}}}))
		must(t, orm.Create(ctx, &Pet{Owner: orm.To(&bob.Person), Vet: orm.To(bob), Name: "Rex"}))

		elders := func(name, want string, q orm.Query[Elder]) {
			t.Helper()
			list, err := q.All(ctx)
			if got := names(list, func(e *Elder) string { return e.Name }); got != want || err != nil {
				t.Errorf("%s: %q, %v, want %q", name, got, err, want)
			}
		}
		all := orm.Objects[Elder]()
		elders("own order", "Bob Cyd Ada", all)
		elders("filter", "Bob", all.Filter(orm.Gt(&elder.Age, 75)))
		elders("the person's key path", "Cyd", all.Filter(orm.Eq(&person.Name, "Cyd")))
		elders("boss", "Bob", all.Filter(orm.Eq(&elder.Boss.To().Name, "Ada")))
		elders("by name", "Bob", all.Filter(orm.Lookup("boss__name", "Ada")))
		elders("way back to the proxy", "Bob", all.Filter(orm.Lookup("patients__name", "Rex")))
		elders("way back to the person", "Bob", all.Filter(orm.Lookup("pet__name", "Rex")))
		elders("key path back", "Bob", all.Filter(orm.Eq(&orm.Rev[Pet](&pet.Vet).Name, "Rex")))
		elders("held way back", "Bob", all.Filter(orm.Eq(&elder.Pets.To().Name, "Rex")))
		people, err := orm.Objects[Person]().Filter(orm.Lookup("patients__name", "Rex")).All(ctx)
		if err != nil || len(people) != 1 || people[0].Name != "Bob" {
			t.Errorf("the way back to a proxy, from its model: %v, %v", people, err)
		}
		older, err := orm.Objects[Ancient]().All(ctx)
		if err != nil || names(older, func(a *Ancient) string { return a.Name }) != "Bob Cyd Ada" {
			t.Errorf("a proxy of a proxy: %v, %v", older, err)
		}
		if last, err := all.Latest(ctx); err != nil || last.Greeting() != "Dear Bob" {
			t.Errorf("Latest() = %v, %v", last, err)
		}
		list, err := all.Related(&elder.Boss).Prefetch(&elder.Pets).All(ctx)
		must(t, err)
		if boss, ok := list[0].Boss.Loaded(); !ok || boss.Name != "Ada" {
			t.Errorf("Related of a proxy: %v, %v", boss, ok)
		}
		if pets, ok := list[0].Pets.Loaded(); !ok || len(pets) != 1 {
			t.Errorf("Prefetch of a proxy: %v, %v", pets, ok)
		}
		pets, err := orm.Objects[Pet]().Related(&pet.Vet).Filter(orm.Gt(&pet.Vet.To().Age, 1)).All(ctx)
		must(t, err)
		if vet, err := pets[0].Vet.Get(ctx); err != nil || vet.Greeting() != "Dear Bob" {
			t.Errorf("a relation to a proxy: %v, %v", vet, err)
		}

		bob.Age = 81
		must(t, orm.Save(ctx, bob))
		if n, err := all.Filter(orm.Eq(&elder.Name, "Cyd")).Update(ctx, orm.Set(&elder.Age, 71), orm.Set(&person.Name, "Sid")); n != 1 || err != nil {
			t.Errorf("Update() = %d, %v", n, err)
		}
		sum, err := orm.Aggregate(ctx, orm.Objects[Person](), orm.Sum(&person.Age))
		if sum != 182 || err != nil {
			t.Errorf("Sum = %v, %v", sum, err)
		}
		d, err := orm.Delete(ctx, bob)
		must(t, err)
		if d.Total != 2 || d.ByModel["zoo.Elder"] != 1 || d.ByModel["zoo.Pet"] != 1 || bob.ID != 0 {
			t.Errorf("Delete() = %+v, key %d", d, bob.ID)
		}

		// A proxy of a child.
		paul := &Saint{Hermit{Person: Person{Name: "Paul", Age: 113}, Cave: "Thebes"}}
		must(t, orm.Create(ctx, paul))
		saint := orm.Fields[Saint]()
		got, err := orm.Objects[Saint]().Get(ctx, orm.Eq(&saint.Name, "Paul"), orm.Eq(&saint.Cave, "Thebes"))
		must(t, err)
		if n, err := orm.Objects[Saint]().Update(ctx, orm.Set(&saint.Name, "Paulus"), orm.Set(&saint.Cave, "x")); n != 1 || err != nil {
			t.Errorf("Update of a proxy of a child = %d, %v", n, err)
		}
		got.Age = 112
		must(t, orm.Save(ctx, got, &saint.Age))
		must(t, orm.Refresh(ctx, got))
		if got.Name != "Paulus" || got.Cave != "x" || got.Age != 112 {
			t.Errorf("a proxy of a child: %+v", got)
		}
		if d, err := orm.Objects[Saint]().Delete(ctx); err != nil || d.Total != 2 {
			t.Errorf("Delete() of a proxy of a child = %+v, %v", d, err)
		}
	})
}

func TestProxySchema(t *testing.T) {
	t.Parallel()
	m := orm.ModelOf[Elder]()
	s := m.Schema()
	if m.Label() != "zoo.Elder" || m.Table() != "zoo_person" || !m.IsProxy() || !s.Proxy || len(s.Fields) != 0 || !slices.Equal(s.Bases, []string{"zoo.Person"}) {
		t.Errorf("%s in %s: %+v", m.Label(), m.Table(), s)
	}
	if c := orm.ModelOf[Ancient]().Concrete(); c.Label() != "zoo.Person" {
		t.Errorf("Concrete() = %s", c)
	}
	if s.VerboseName != "elder" || len(s.Permissions) != 1 {
		t.Errorf("a proxy's own names and permissions: %+v", s.Options)
	}
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"field", orm.ModelOf[badField]().Err(), "has no fields of its own"},
		{"two", orm.ModelOf[badTwo]().Err(), "embeds one model"},
		{"none", orm.ModelOf[badNone]().Err(), "embeds the model that it stands for"},
		{"index", orm.ModelOf[badIndex]().Err(), "has no table"},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, tt.err, tt.want)
		}
	}
}

type badField struct {
	Person
	Extra string
}

func (badField) Meta(*badField) orm.Meta { return orm.Meta{Proxy: true} }

type badTwo struct {
	Person
	Place
}

func (badTwo) Meta(*badTwo) orm.Meta { return orm.Meta{Proxy: true} }

type badNone struct{}

func (badNone) Meta(*badNone) orm.Meta { return orm.Meta{Proxy: true} }

type badIndex struct{ Person }

func (badIndex) Meta(b *badIndex) orm.Meta {
	return orm.Meta{Proxy: true, Indexes: []orm.Index{orm.IndexOn(&b.Name)}}
}

// Stamped is an abstract base with a relation, whose way back is named for each child, and a Meta that children take.
type Stamped struct {
	Title   string
	Note    string
	Creator orm.FK[Person]
}

func (Stamped) Fields(s *Stamped) []orm.Field {
	return []orm.Field{
		orm.Char(&s.Title, 20), orm.Char(&s.Note, 20).Index(),
		orm.Ref(&s.Creator).OnDelete(orm.Cascade).RelatedName("%(app_label)s_%(class)s_set").RelatedQueryName("%(class)s"),
	}
}

func (Stamped) Meta(s *Stamped) orm.Meta {
	return orm.Meta{App: "zoo", Table: "never", Ordering: orm.By(orm.Asc(&s.Title)), Indexes: []orm.Index{orm.IndexOn(&s.Title).Name("%(app_label)s_%(class)s_title")}}
}

type Letter struct {
	ID int64
	Stamped
}

// Card overrides the title, has no note and its own Meta, which goes on from the base's.
type Card struct {
	ID int64
	Stamped
	Title string
}

func (Card) Fields(c *Card) []orm.Field {
	return []orm.Field{orm.Char(&c.Title, 99), orm.Ignore(&c.Note)}
}

func (Card) Meta(c *Card) orm.Meta {
	m := c.Stamped.Meta(&c.Stamped)
	m.Table, m.Ordering, m.Indexes = "cards", orm.By(orm.Desc(&c.Title)), nil
	return m
}

func TestAbstractBases(t *testing.T) {
	t.Parallel()
	letter, card := orm.ModelOf[Letter](), orm.ModelOf[Card]()
	must(t, orm.NewRegistry(append(zooModels(), letter, card)...).Err())
	ls, cs := letter.Schema(), card.Schema()
	if ls.Table != "zoo_letter" || !slices.Equal(ls.Ordering, []string{"title"}) || len(ls.Bases) != 0 {
		t.Errorf("the base's Meta: %+v", ls)
	}
	if ix := ls.Indexes; len(ix) != 1 || ix[0].Name != "zoo_letter_title" {
		t.Errorf("the base's index: %+v", ix)
	}
	if rel := ls.Field("creator").Rel; rel.RelatedName != "zoo_letter_set" || rel.RelatedQuery != "letter" {
		t.Errorf("the way back: %+v", rel)
	}
	if rel := cs.Field("creator").Rel; rel.RelatedName != "zoo_card_set" || rel.RelatedQuery != "card" {
		t.Errorf("the other child's way back: %+v", rel)
	}
	if f := cs.Field("title"); cs.Table != "cards" || f.MaxLength != 99 || cs.Field("note") != nil || !slices.Equal(cs.Ordering, []string{"-title"}) {
		t.Errorf("an overriding child: %+v", cs)
	}
}
