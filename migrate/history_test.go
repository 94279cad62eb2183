package migrate_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/schema"
)

// step is a migration that makes a model of its own name.
func step(app, name string, deps ...migrate.Key) migrate.Migration {
	return migrate.Migration{App: app, Name: name, Dependencies: deps, Operations: []migrate.Operation{
		migrate.CreateModel{Name: "T" + strings.ReplaceAll(name, "_", ""), Fields: []schema.Field{idField}},
	}}
}

func key(app, name string) migrate.Key { return migrate.Key{App: app, Name: name} }

func TestDependencies(t *testing.T) {
	t.Parallel()
	a1, a2, b1 := step("a", "0001_one"), step("a", "0002_two", key("a", "0001_one")), step("b", "0001_one")
	with := func(m migrate.Migration, deps ...migrate.Key) migrate.Migration {
		m.Dependencies = append(slices.Clone(m.Dependencies), deps...)
		return m
	}
	before := b1
	before.RunBefore = []migrate.Key{key("a", "0001_one")}
	lost := b1
	lost.RunBefore = []migrate.Key{key("a", "0009_nine")}
	circle := with(b1, key("a", "0002_two"))
	circle.RunBefore = []migrate.Key{key("a", "0001_one")}
	tests := []struct {
		name string
		b    migrate.Migration
		want string // the order, or a part of the error
	}{
		{"none", b1, "a.0001_one a.0002_two b.0001_one"},
		{"first", with(b1, key("a", "__first__")), "a.0001_one a.0002_two b.0001_one"},
		{"latest", with(b1, key("a", "__latest__")), "a.0001_one a.0002_two b.0001_one"},
		{"run before", before, "b.0001_one a.0001_one a.0002_two"},
		{"missing", with(b1, key("a", "0009_nine")), "migration b.0001_one: depends on a.0009_nine, which does not exist"},
		{"run before one that is missing", lost, "migration b.0001_one: runs before a.0009_nine, which does not exist"},
		{"first of nothing", with(b1, key("c", "__first__")), "depends on c, which has no migrations"},
		{"circle", circle, "circle"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			apps := []migrate.App{{Label: "a", Migrations: []migrate.Migration{a1, a2}}, {Label: "b", Migrations: []migrate.Migration{tt.b}}}
			got := ""
			if list, err := migrate.Unapplied(open(t), apps); err != nil {
				got = err.Error()
			} else {
				got = strings.Join(list, " ")
			}
			if !strings.Contains(got, tt.want) {
				t.Errorf("order = %q, want %q", got, tt.want)
			}
		})
	}
}

// A squashed migration is squashed again, and databases in every state go on.
func TestSquashOfSquashed(t *testing.T) {
	t.Parallel()
	one, two, three := step("a", "0001_one"), step("a", "0002_two", key("a", "0001_one")), step("a", "0003_three", key("a", "0002_two"))
	inner := migrate.Migration{
		App: "a", Name: "0001_squashed_0002", Replaces: []migrate.Key{one.Key(), two.Key()}, Operations: append(slices.Clone(one.Operations), two.Operations...),
	}
	outer := migrate.Migration{
		App: "a", Name: "0001_squashed_0003", Replaces: []migrate.Key{inner.Key(), three.Key()}, Operations: append(slices.Clone(inner.Operations), three.Operations...),
	}
	generations := [][]migrate.Migration{{one, two, three}, {one, two, three, inner}, {one, two, three, inner, outer}, {one, two, inner, three, outer}, {outer}}
	for g, from := range generations[:4] {
		for _, upTo := range []string{"0001_one", "0002_two", "0003_three", ""} {
			t.Run(fmt.Sprintf("%d to %s", g, upTo), func(t *testing.T) {
				ctx := open(t)
				if g > 0 && upTo != "" {
					upTo = "" // it is replaced by then
				}
				if err := migrate.Run(ctx, []migrate.App{{Label: "a", Migrations: from}}, migrate.Options{App: "a", Target: upTo}); err != nil {
					t.Fatal(err)
				}
				last := generations[2:4]
				if upTo == "" || upTo == "0003_three" {
					last = generations[2:]
				}
				for _, to := range last {
					if len(to) == 1 { // the others are gone, and with them Replaces
						to[0].Replaces = nil
					}
					apps := []migrate.App{{Label: "a", Migrations: to}}
					if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
						t.Fatalf("with %d migrations: %v", len(to), err)
					}
					noDrift(t, ctx, apps)
					if list, err := migrate.Unapplied(ctx, apps); err != nil || len(list) > 0 {
						t.Errorf("left are %q, %v", list, err)
					}
				}
			})
		}
	}
	dir := filepath.Join(t.TempDir(), "migrations")
	out, err := call(t, context.Background(), []migrate.App{{Label: "a", Migrations: generations[1], Dir: dir}}, "", "squashmigrations", "a", "0003")
	if err != nil {
		t.Logf("squashmigrations says %v", err)
	}
	if !strings.Contains(out, " - 0001_squashed_0002\n - 0003_three\n") {
		t.Errorf("squashmigrations prints\n%s", out)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	add := func(model, field string) migrate.Operation {
		return migrate.AddField{Model: model, Field: schema.Field{Name: field, Kind: schema.Integer}}
	}
	long := strings.Repeat("x", 20)
	tests := []struct {
		name    string
		ops     []migrate.Operation
		initial bool
		want    string
	}{
		{"initial", []migrate.Operation{add("M", "a")}, true, "0007_initial"},
		{"one", []migrate.Operation{add("M", "a")}, false, "0007_m_a"},
		{"two", []migrate.Operation{add("M", "a"), migrate.DeleteModel{Name: "N"}}, false, "0007_m_a_delete_n"},
		{"52 letters", []migrate.Operation{add(long, long), add("abcdefg", "h")}, false, "0007_" + long + "_" + long + "_abcdefg_h"},
		{"53 letters", []migrate.Operation{add(long, long), add("abcdefgh", "ij")}, false, "0007_" + long + "_" + long + "_and_more"},
		{"twice the same", []migrate.Operation{migrate.AlterField{Model: "M", Field: schema.Field{Name: "a"}}, migrate.AlterField{Model: "M", Field: schema.Field{Name: "a"}}}, false, "0007_alter_m_a"},
	}
	for _, tt := range tests {
		if got := migrate.Name(7, tt.ops, tt.initial); got != tt.want {
			t.Errorf("%s: Name = %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := migrate.Name(7, []migrate.Operation{add("M", "a"), migrate.RunSQL{}}, false); !strings.HasPrefix(got, "0007_auto_20") {
		t.Errorf("with SQL: Name = %q, want an automatic one", got)
	}
}

// --fake-initial looks at added columns too.
func TestFakeInitialColumns(t *testing.T) {
	t.Parallel()
	apps := []migrate.App{{Label: "zoo", Migrations: []migrate.Migration{
		{App: "zoo", Name: "0001_initial", Initial: true, Operations: []migrate.Operation{migrate.CreateModel{Name: "Owner", Fields: []schema.Field{idField, nameField}}}},
		{App: "zoo", Name: "0002_more", Initial: true, Dependencies: []migrate.Key{key("zoo", "0001_initial")}, Operations: []migrate.Operation{
			migrate.AddField{Model: "Owner", Field: schema.Field{Name: "age", Kind: schema.Integer, Null: true}},
		}},
	}}}
	for _, there := range []bool{false, true} {
		ctx := open(t)
		exec(t, ctx, "CREATE TABLE zoo_owner (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, name varchar(20) NOT NULL)")
		want := "0001_initial... FAKED\n  Applying zoo.0002_more... OK"
		if there {
			exec(t, ctx, "ALTER TABLE zoo_owner ADD COLUMN age integer NULL")
			want = "0001_initial... FAKED\n  Applying zoo.0002_more... FAKED"
		}
		out, err := call(t, ctx, apps, "", "migrate", "--fake-initial")
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("with the column %v: %v\n%s", there, err, out)
		}
		noDrift(t, ctx, apps)
	}
}

// A model moves to another application with its table: only the state changes.
func TestMoveModel(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, ctx context.Context) {
		if err := migrate.Run(ctx, zooApps(), migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		exec(t, ctx, zooRows...)
		before := rows(t, ctx, zooData)
		moved := migrate.CreateModel{Name: "Owner", Table: "zoo_owner", Fields: []schema.Field{idField, nameField, {Name: "code", Kind: schema.Slug, MaxLength: 10, Unique: true}}}
		owner, vets := toOwner, toVets
		owner.Rel = &schema.Relation{To: "people.Owner", OnDelete: schema.Cascade}
		vets.Rel = &schema.Relation{To: "people.Owner"}
		apps := zooApps(migrate.SeparateDatabaseAndState{States: []migrate.Operation{
			migrate.AlterField{Model: "Animal", Field: owner}, migrate.AlterField{Model: "Animal", Field: vets}, migrate.DeleteModel{Name: "Owner"},
		}})
		apps[0].Migrations[1].Dependencies = append(apps[0].Migrations[1].Dependencies, key("people", "0001_initial"))
		apps = append(apps, migrate.App{Label: "people", Migrations: []migrate.Migration{{
			App: "people", Name: "0001_initial", Initial: true, Dependencies: []migrate.Key{key("zoo", "0001_initial")},
			Operations: []migrate.Operation{migrate.SeparateDatabaseAndState{States: []migrate.Operation{moved}}},
		}}})
		for _, target := range []string{"", "0001", ""} {
			o := migrate.Options{Target: target}
			if target != "" {
				o.App = "zoo"
			}
			if err := migrate.Run(ctx, apps, o); err != nil {
				t.Fatalf("to %q: %v", target, err)
			}
			noDrift(t, ctx, apps)
		}
		if after := rows(t, ctx, zooData); !slices.Equal(before, after) {
			t.Errorf("the rows are %q, want %q", after, before)
		}
	})
}
