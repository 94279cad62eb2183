package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
)

// animal is zoo.Animal as a data migration knows it: some of its fields.
type animal struct {
	ID      int64
	Name    string
	Legs    int32
	Tag     string
	Note    *string
	Weight  *orm.Decimal
	OwnerID int64
}

func (animal) Fields(a *animal) []orm.Field { return []orm.Field{orm.BigInteger(&a.OwnerID)} }
func (animal) Meta(*animal) orm.Meta        { return orm.Meta{App: "zoo", Name: "Animal"} }

// owner is zoo.Owner, keeper an animal with its owner.
type owner struct {
	ID   int64
	Name string
	Code string
}

func (owner) Meta(*owner) orm.Meta { return orm.Meta{App: "zoo", Name: "Owner"} }

type kept struct {
	ID    int64
	Name  string
	Owner orm.FK[owner]
}

func (kept) Meta(*kept) orm.Meta { return orm.Meta{App: "zoo", Name: "Animal"} }

var (
	an = orm.Fields[animal]()
	ke = orm.Fields[kept]()
)

// TestRowsOf changes rows by structs of the migration: it filters, goes through chunks, updates, creates and deletes, on a
// database that is not the default one, and takes it back.
func TestRowsOf(t *testing.T) {
	t.Parallel()
	do := func(ctx context.Context, data *migrate.Data) error {
		animals := migrate.RowsOf[animal](data)
		n := 0
		for a, err := range animals.Filter(orm.Gt(&an.Legs, 0)).Iter(ctx) {
			if err != nil {
				return err
			}
			a.Note, a.Tag = new(fmt.Sprintf("%s has %d", a.Name, a.Legs)), strings.ToUpper(a.Tag)
			if err := orm.Save(ctx, a); err != nil {
				return err
			}
			n++
		}
		if n < 2 {
			return fmt.Errorf("%d animals have legs", n)
		}
		if _, err := animals.Filter(orm.Eq(&an.Legs, 0)).Update(ctx, orm.Set(&an.Note, new("swims"))); err != nil {
			return err
		}
		first, err := migrate.RowsOf[owner](data).First(ctx)
		if err != nil {
			return err
		}
		if err := animals.Create(ctx, &animal{ID: 77, Name: "New", Tag: "zz", OwnerID: first.ID}); err != nil {
			return err
		}
		with, err := migrate.RowsOf[kept](data).Filter(orm.Eq(&ke.Owner.To().Name, first.Name)).Related(&ke.Owner).First(ctx)
		if err == nil && with.Owner.ID != first.ID {
			err = errors.New("the owner is another")
		}
		return err
	}
	undo := func(ctx context.Context, data *migrate.Data) error {
		animals := migrate.RowsOf[animal](data)
		if _, err := animals.Filter(orm.Eq(&an.Name, "New")).Delete(ctx); err != nil {
			return err
		}
		for a, err := range animals.Iter(ctx) {
			if err != nil {
				return err
			}
			if a.Tag, a.Note = strings.ToLower(a.Tag), nil; a.Legs == 2 {
				a.Note = new("sings")
			}
			if err := orm.Save(ctx, a); err != nil {
				return err
			}
		}
		return nil
	}
	models := []orm.Model{orm.ModelOf[animal](), orm.ModelOf[owner](), orm.ModelOf[kept]()}
	databases(t, func(t *testing.T, ctx context.Context) {
		ctx = orm.WithDatabases(context.Background(), orm.Databases{"zoo": orm.DatabasesFrom(ctx)[orm.DefaultDB]})
		on := migrate.Options{DB: "zoo"}
		if err := migrate.Run(ctx, zooApps(), on); err != nil {
			t.Fatal(err)
		}
		for _, sql := range zooRows {
			if _, err := orm.ExecOn(ctx, "zoo", sql); err != nil {
				t.Fatal(err)
			}
		}
		list := func(sql string) (out []string) {
			err := orm.QueryOn(ctx, "zoo", sql, nil, func(c []any) error {
				out = append(out, fmt.Sprint(c...))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		before := list(zooData)
		apps := zooApps(migrate.RunGo{Do: do, Undo: undo, Models: models})
		if err := migrate.Run(ctx, apps, on); err != nil {
			t.Fatal(err)
		}
		if got, want := list("SELECT note FROM zoo_animal ORDER BY id"), []string{"Rex has 4", "Tweety has 2", "swims", "<nil>"}; !slices.Equal(got, want) {
			t.Errorf("the notes are %q, want %q", got, want)
		}
		if err := migrate.Run(ctx, apps, migrate.Options{DB: "zoo", App: "zoo", Target: "0001"}); err != nil {
			t.Fatal(err)
		}
		if after := list(zooData); !slices.Equal(before, after) {
			t.Errorf("after the way back the rows are %q, want %q", after, before)
		}
	})
}

// Structs that do not fit the history.
type (
	strange struct {
		ID     int64
		Name   int64      // a text
		Colour string     // not there
		Note   string     // may be null
		Legs   *int32     // may not
		Weight *float64   // a decimal
		Born   *time.Time // not there either
	}
	elsewhere struct {
		ID   int64
		Code string
	}
	keyless struct {
		Tag  string
		Name string
	}
	unknown struct{ ID int64 }
	short   struct{ ID int32 }
)

func (strange) Meta(*strange) orm.Meta { return orm.Meta{App: "zoo", Name: "Animal"} }
func (elsewhere) Meta(*elsewhere) orm.Meta {
	return orm.Meta{App: "zoo", Name: "Owner", Table: "owners"}
}
func (keyless) Meta(*keyless) orm.Meta { return orm.Meta{App: "zoo", Name: "Animal"} }
func (keyless) Fields(k *keyless) []orm.Field {
	return []orm.Field{orm.Char(&k.Tag, 10).PrimaryKey()}
}
func (short) Meta(*short) orm.Meta { return orm.Meta{App: "zoo", Name: "Animal"} }

// TestRowsOfAreChecked names structs that do not fit: check, makemigrations and migrate find them before anything runs.
func TestRowsOfAreChecked(t *testing.T) {
	t.Parallel()
	nothing := func(context.Context, *migrate.Data) error { return errors.New("this must not run") }
	tests := []struct {
		name  string
		model orm.Model
		want  []string
	}{
		{"fields", orm.ModelOf[strange](), []string{
			"strange.name: a BigInteger, and at this point of the history a Char (say so in Fields: orm.Char)",
			"strange.colour: zoo.Animal has no such field at this point of its history (it has id, name, legs, note, tag, weight, owner, friends, vets)",
			"strange.note: the column may be null at this point of the history (a pointer)",
			"strange.legs: may be null, which the column may not at this point of the history (no pointer)",
			"strange.weight: a Float, and at this point of the history a Decimal",
			"strange.born: zoo.Animal has no such field",
		}},
		{"table", orm.ModelOf[elsewhere](), []string{`elsewhere: its table is "owners", that of zoo.Owner at this point of the history "zoo_owner" (Meta: Table: "zoo_owner")`}},
		{"key", orm.ModelOf[keyless](), []string{`keyless: it lacks the primary key "id"`, "keyless.tag: whether it is the primary key differs from the history"}},
		{"model", orm.ModelOf[unknown](), []string{"unknown: there is no model migrate_test.unknown at this point of the history (its Meta names App and Name"}},
		{"size", orm.ModelOf[short](), []string{"short.id: a Auto, which is too small for a BigAuto"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx := open(t)
			migrated(t, ctx, zooApps())
			apps := zooApps(migrate.RunGo{Do: nothing, Undo: migrate.Nothing, Models: []orm.Model{tt.model}})
			messages := migrate.Check(func(context.Context) []migrate.App { return apps }).Run(ctx)
			if len(messages) != 1 || messages[0].Level != manage.Error {
				t.Fatalf("check finds %+v", messages)
			}
			_, make := call(t, ctx, apps, "", "makemigrations", "--check")
			run := migrate.Run(ctx, apps, migrate.Options{})
			for _, want := range append(tt.want, "zoo.0002_change") {
				for where, text := range map[string]string{"check": messages[0].Text, "makemigrations": fmt.Sprint(make), "migrate": fmt.Sprint(run)} {
					if !strings.Contains(text, want) {
						t.Errorf("%s does not say %s\n%s", where, want, text)
					}
				}
			}
		})
	}
	t.Run("not named", func(t *testing.T) {
		t.Parallel()
		ctx := open(t)
		err := migrate.Run(ctx, zooApps(migrate.RunGo{Do: func(ctx context.Context, data *migrate.Data) error {
			_, err := migrate.RowsOf[animal](data).Count(ctx)
			return err
		}}), migrate.Options{})
		if err == nil || !strings.Contains(err.Error(), "RowsOf[animal]: the operation does not name the struct (RunGo{Models: []orm.Model{orm.ModelOf[animal]()}}") {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("another time", func(t *testing.T) { // the struct fits where it stands, and no longer after it
		t.Parallel()
		s := migrate.NewState()
		for _, op := range zoo() {
			if err := op.State(s, "zoo"); err != nil {
				t.Fatal(err)
			}
		}
		op := migrate.RunGo{Models: []orm.Model{orm.ModelOf[animal]()}}
		if err := op.State(s, "zoo"); err != nil {
			t.Errorf("at its time: %v", err)
		}
		for _, next := range []migrate.Operation{migrate.RenameField{Model: "Animal", Old: "note", New: "remark"}, migrate.RemoveField{Model: "Animal", Name: "owner"}} {
			if err := next.State(s, "zoo"); err != nil {
				t.Fatal(err)
			}
		}
		err := op.State(s, "zoo")
		if err == nil || !strings.Contains(err.Error(), "animal.note") || !strings.Contains(err.Error(), "animal.owner_id") {
			t.Errorf("later: %v", err)
		}
	})
}
