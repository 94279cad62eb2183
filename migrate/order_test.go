package migrate_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// Poll and Option are models with an order.
type Poll struct {
	ID   int64
	Text string
}

func (Poll) Meta(*Poll) orm.Meta { return orm.Meta{App: "polls"} }

type Option struct {
	ID    int64
	Place int32
	Poll  orm.FK[Poll]
}

func (Option) Fields(o *Option) []orm.Field {
	return []orm.Field{orm.OrderWithin(&o.Place, &o.Poll), orm.Ref(&o.Poll).OnDelete(orm.Cascade)}
}
func (Option) Meta(*Option) orm.Meta { return orm.Meta{App: "polls"} }

// TestOrderOfModels writes the migration of models with an order: the order is an option of CreateModel, and the place
// follows from it as the last column.
func TestOrderOfModels(t *testing.T) {
	t.Parallel()
	apps := []migrate.App{{Label: "polls", Models: []orm.Model{orm.ModelOf[Poll](), orm.ModelOf[Option]()}}}
	ms, err := migrate.Plan(apps)
	if err != nil || len(ms) != 1 {
		t.Fatalf("Plan = %d migrations, %v", len(ms), err)
	}
	src, err := migrate.File("migrations", &ms[0])
	if err != nil {
		t.Fatal(err)
	}
	if text := string(src); !strings.Contains(text, `OrderWithRespectTo: "poll"`) || strings.Contains(text, "_order") || strings.Contains(text, "Ordering") {
		t.Errorf("the migration is\n%s", src)
	}
	apps[0].Migrations = ms
	if again, err := migrate.Plan(apps); err != nil || len(again) > 0 {
		t.Errorf("Plan after its own migration = %+v, %v", again, err)
	}
	databases(t, func(t *testing.T, ctx context.Context) {
		migrated(t, ctx, apps)
		noDrift(t, ctx, apps)
		poll := &Poll{Text: "which?"}
		if err := orm.Create(ctx, poll); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := orm.Create(ctx, &Option{Poll: orm.To(poll)}); err != nil {
				t.Fatal(err)
			}
		}
		if got := rows(t, ctx, "SELECT _order FROM polls_option ORDER BY id"); !slices.Equal(got, []string{"0", "1"}) {
			t.Errorf("the places are %q", got)
		}
	})
}

// TestOrderIsPlanned sets, moves and unsets an order on tables with rows, forward and backward; nobody is asked for a value.
func TestOrderIsPlanned(t *testing.T) {
	t.Parallel()
	place := schema.Field{Name: "_order", Kind: schema.Integer, NotEditable: true}
	indexed := place
	indexed.Index = true
	other := schema.Field{Name: "keeper", Kind: schema.ForeignKey, Null: true, Rel: &schema.Relation{To: "zoo.Owner", OnDelete: schema.SetNull}}
	zooWith := func(change func(animal *schema.Model)) *migrate.State {
		s := migrate.NewState()
		for _, op := range zoo() {
			if err := op.State(s, "zoo"); err != nil {
				t.Fatal(err)
			}
		}
		m := *s.Model("zoo", "Animal")
		m.Fields = slices.Clone(m.Fields)
		change(&m)
		s.Add(m)
		return s
	}
	tests := []struct {
		name string
		to   *migrate.State
		want string
		lost string
	}{
		{"set", zooWith(func(m *schema.Model) { m.Fields, m.OrderWithRespectTo = append(m.Fields, place), "owner" }), "Set order_with_respect_to on animal to owner", ""},
		{
			"moved to a new key, with an index", zooWith(func(m *schema.Model) {
				m.Fields, m.OrderWithRespectTo = append(m.Fields, indexed, other), "keeper"
			}), "Add field keeper to animal, Set order_with_respect_to on animal to keeper, Alter field _order on animal", "",
		},
		{
			"an index over the place", zooWith(func(m *schema.Model) {
				m.Fields, m.OrderWithRespectTo = append(m.Fields, place, other), "keeper"
				m.Indexes = append(slices.Clone(m.Indexes), schema.Index{Name: "by_place", Fields: []string{"keeper", "_order"}})
			}), "Alter field _order on animal, Create index by_place on field(s) keeper, _order of model animal", "",
		},
		{
			"back to the first, whose key is another", zooWith(func(m *schema.Model) { m.Fields, m.OrderWithRespectTo = append(m.Fields, place), "owner" }),
			"Remove index by_place from animal, Set order_with_respect_to on animal to owner, Remove field keeper from animal", "its column is dropped",
		},
		{"unset, the place stays a field", zooWith(func(m *schema.Model) { m.Fields = append(m.Fields, place) }), "Unset order_with_respect_to on animal, Add field _order to animal", "the places of its rows are dropped"},
		{"set over a field that is there", zooWith(func(m *schema.Model) { m.Fields, m.OrderWithRespectTo = append(m.Fields, place), "owner" }), "Set order_with_respect_to on animal to owner", ""},
		{"unset", zooWith(func(*schema.Model) {}), "Unset order_with_respect_to on animal", "the places of its rows are dropped"},
	}
	apps := zooApps()
	for _, tt := range tests {
		answers := &migrate.Answers{Defaults: map[string]string{"zoo.Animal._order": "0"}}
		ms, err := migrate.PlanState(apps, tt.to, answers)
		if err != nil || len(ms) != 1 {
			t.Fatalf("%s: %d migrations, %v", tt.name, len(ms), err)
		}
		var ops []string
		for _, op := range ms[0].Operations {
			ops = append(ops, op.Describe())
		}
		if got := strings.Join(ops, ", "); got != tt.want {
			t.Errorf("%s: the operations are %s, want %s", tt.name, got, tt.want)
		}
		apps[0].Migrations = append(apps[0].Migrations, ms...)
		if again, err := migrate.PlanState(apps, tt.to, answers); err != nil || len(again) > 0 {
			t.Errorf("%s: changes after the migration: %+v, %v", tt.name, again, err)
		}
	}
	databases(t, func(t *testing.T, ctx context.Context) {
		first := apps[0].Migrations[0]
		migrated(t, ctx, []migrate.App{{Label: "zoo", Migrations: []migrate.Migration{first}}})
		exec(t, ctx, zooRows...)
		before := rows(t, ctx, zooData)
		for i := range apps[0].Migrations {
			migrated(t, ctx, []migrate.App{{Label: "zoo", Migrations: apps[0].Migrations[:i+1]}})
			noDrift(t, ctx, []migrate.App{{Label: "zoo", Migrations: apps[0].Migrations[:i+1]}})
			if i == 1 {
				if got := rows(t, ctx, "SELECT DISTINCT _order FROM zoo_animal"); !slices.Equal(got, []string{"0"}) {
					t.Errorf("the places are %q", got)
				}
			}
		}
		for i := len(apps[0].Migrations) - 2; i >= 0; i-- {
			if err := migrate.Run(ctx, apps, migrate.Options{App: "zoo", Target: apps[0].Migrations[i].Name}); err != nil {
				t.Fatal(err)
			}
			noDrift(t, ctx, apps)
		}
		if after := rows(t, ctx, zooData); !slices.Equal(before, after) {
			t.Errorf("the rows are %q, want %q", after, before)
		}
	})
}
