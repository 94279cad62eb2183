package migrate_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// changedZoo is the zoo after changes of every kind that holds up others.
func changedZoo(t *testing.T) *migrate.State {
	t.Helper()
	s := zooState(t)
	for _, op := range []migrate.Operation{
		migrate.AddField{Model: "Animal", Field: schema.Field{Name: "kind", Kind: schema.Char, MaxLength: 9, Index: true}},
		migrate.AddField{Model: "Animal", Field: schema.Field{Name: "chip", Kind: schema.Integer, Null: true, Unique: true}},
		migrate.AddField{Model: "Animal", Field: schema.Field{Name: "keeper", Kind: schema.ForeignKey, Null: true, Rel: &schema.Relation{To: "zoo.Owner", OnDelete: schema.SetNull, RelatedName: "kept"}}},
		migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "note", Kind: schema.Text, Default: "-"}},
		migrate.AlterField{Model: "Owner", Field: schema.Field{Name: "name", Kind: schema.Char, MaxLength: 20, Unique: true}},
		migrate.RenameField{Model: "Animal", Old: "weight", New: "mass"},
		migrate.RemoveConstraint{Model: "Animal", Name: "animal_legs"},
		migrate.RemoveConstraint{Model: "Animal", Name: "animal_part"},
		migrate.RemoveIndex{Model: "Animal", Name: "animal_name_idx"},
		migrate.RemoveField{Model: "Animal", Name: "legs"},
		migrate.RemoveField{Model: "Animal", Name: "friends"},
		migrate.AddIndex{Model: "Animal", Index: schema.Index{Name: "tag_idx", Fields: []string{"tag", "name"}}},
		migrate.AddConstraint{Model: "Animal", Constraint: namedCheck},
		migrate.AddConstraint{Model: "Animal", Constraint: schema.Constraint{Name: "kind_uniq", Fields: []string{"kind", "name"}}},
		migrate.AlterUniqueTogether{Model: "Animal", Sets: [][]string{{"owner", "tag"}, {"name", "tag"}}},
		migrate.AlterModelOptions{Model: "Animal", Options: schema.Options{Ordering: []string{"mass"}, VerboseName: "beast"}},
		migrate.CreateModel{Name: "Cage", Fields: []schema.Field{idField, toOwner}},
	} {
		if err := op.State(s, "zoo"); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func changedAnswers() *migrate.Answers {
	return &migrate.Answers{Renames: map[string]string{"zoo.Animal.weight": "mass"}, Defaults: map[string]string{"zoo.Animal.kind": "beast"}, AllowDrop: true}
}

// In each step old and new code can write, and at the end the tables are those of the models, with the rows.
func TestSafe(t *testing.T) {
	t.Parallel()
	steps, notes, err := migrate.SafeState(zooApps(), changedZoo(t), changedAnswers())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i, m := range steps {
		names = append(names, fmt.Sprintf("%s %v", m.Name, m.NonAtomic))
		if note := notes[m.Key()]; !strings.Contains(note, "is step ") {
			t.Errorf("the note of %s is %q", m.Name, note)
		}
		if i > 0 && !slices.Contains(m.Dependencies, steps[i-1].Key()) {
			t.Errorf("%s does not need %s", m.Name, steps[i-1].Name)
		}
		state := zooState(t)
		for _, before := range steps[:i] {
			for _, op := range before.Operations {
				if err := op.State(state, "zoo"); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, w := range migrate.Lint(&m, state, migrate.LintOptions{}) {
			rows := w.ID == "migrations.W117" || w.ID == "migrations.W118" // what is there may break them in any case
			if !rows && (w.ID != "migrations.W110" || i < len(steps)-1) {
				t.Errorf("%s: %s", m.Name, w)
			}
		}
	}
	if len(steps) != 3 || !steps[1].NonAtomic || steps[0].NonAtomic || steps[2].NonAtomic {
		t.Errorf("the steps are %q, want three, the second without a transaction", names)
	}
	databases(t, func(t *testing.T, ctx context.Context) {
		apps := zooApps()
		if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		exec(t, ctx, zooRows...)
		oldCode := func(n int) string {
			return fmt.Sprintf("INSERT INTO zoo_animal (id, name, legs, note, tag, weight, owner_id) VALUES (%d, 'old%d', 3, NULL, 'o%d', 2.5, 1)", n, n, n)
		}
		newCode := func(n int) string {
			return fmt.Sprintf("INSERT INTO zoo_animal (id, name, kind, note, tag, mass, owner_id) VALUES (%d, 'new%d', 'x', '', 'n%d', 3.5, 2)", n, n, n)
		}
		for i, m := range steps {
			exec(t, ctx, map[int][]string{0: {oldCode(20)}, 1: {oldCode(21), newCode(22), "UPDATE zoo_animal SET legs = 2 WHERE id = 1"}, 2: {newCode(23)}}[i]...)
			apps[0].Migrations = append(apps[0].Migrations, m)
			if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
				t.Fatalf("step %d: %v", i+1, err)
			}
			noDrift(t, ctx, apps)
		}
		exec(t, ctx, newCode(24))
		got := rows(t, ctx, "SELECT id, kind, note, mass FROM zoo_animal ORDER BY id")
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], ".50", ".5") // decimals
		}
		want := []string{"1|beast|-|12.5", "2|beast|sings|<nil>", "7|beast|-|<nil>", "20|beast|-|2.5", "21|beast|-|2.5", "22|x||3.5", "23|x||3.5", "24|x||3.5"}
		if !slices.Equal(got, want) {
			t.Errorf("the rows are %q, want %q", got, want)
		}
		if more, err := migrate.PlanState(apps, changedZoo(t), &migrate.Answers{}); err != nil || len(more) > 0 {
			t.Errorf("then %v is left (%v)", more, err)
		}
		// All the way back.
		if err := migrate.Run(ctx, apps, migrate.Options{App: "zoo", Target: "0001"}); err != nil {
			t.Fatal(err)
		}
		noDrift(t, ctx, zooApps())
	})
}

func TestSafeRefusesAndNotes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		ops  []migrate.Operation
		// want is in the error or in a note.
		want string
	}{
		{"unique without values", []migrate.Operation{migrate.AddField{Model: "Animal", Field: schema.Field{Name: "kind", Kind: schema.Char, MaxLength: 9, Unique: true, Default: "x"}}}, "--safe cannot give each row a value of its own"},
		{"another type", []migrate.Operation{migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "note", Kind: schema.Integer, Null: true}}}, "every row is written anew for another type"},
		{"another name of a table", []migrate.Operation{migrate.RenameModel{Old: "Animal", New: "Beast"}}, `Keep the table's name (Meta: Table: "zoo_animal")`},
		{"another name in an index", []migrate.Operation{migrate.RenameField{Model: "Animal", Old: "legs", New: "feet"}}, `keep the column: .Column("legs")`},
		{"another name", []migrate.Operation{migrate.RenameField{Model: "Animal", Old: "note", New: "remark"}}, `Deploy code that fills both "note" and "remark" after step 1`},
		{"two files of a step", []migrate.Operation{
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "note", Kind: schema.Integer, Null: true}},
			migrate.AddIndex{Model: "Animal", Index: schema.Index{Name: "by_note", Fields: []string{"note"}}},
		}, ", continued: run it after the file before."},
		{"nothing to divide", []migrate.Operation{migrate.AddField{Model: "Animal", Field: schema.Field{Name: "kind", Kind: schema.Integer, Null: true}}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := zooState(t)
			for _, op := range tt.ops {
				if err := op.State(want, "zoo"); err != nil {
					t.Fatal(err)
				}
			}
			answers := &migrate.Answers{Renames: map[string]string{"zoo.Animal": "Beast", "zoo.Animal.legs": "feet", "zoo.Animal.note": "remark"}, AllowDrop: true}
			ms, notes, err := migrate.SafeState(zooApps(), want, answers)
			said := ""
			if err != nil {
				said = err.Error()
			}
			for _, n := range notes {
				said += n
			}
			if !strings.Contains(said, tt.want) || tt.want == "" && (said != "" || len(ms) != 1 || ms[0].LockTimeout != 0) {
				t.Errorf("Safe says %q, want %q", said, tt.want)
			}
		})
	}
}

// Post3 is the second form of a post, with a field that the database must fill.
type Post3 struct {
	ID    int64
	Title string
	Old   string
	Body  string
}

func (Post3) Fields(p *Post3) []orm.Field {
	return []orm.Field{orm.Char(&p.Title, 50), orm.Text(&p.Old), orm.Char(&p.Body, 9).Default("none").Index()}
}
func (Post3) Meta(*Post3) orm.Meta { return orm.Meta{App: "blog", Name: "Post"} }

func TestMakeMigrationsSafe(t *testing.T) {
	t.Parallel()
	ms, err := migrate.Plan(blog1())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "migrations")
	apps := []migrate.App{{Label: "blog", Models: []orm.Model{orm.ModelOf[Post3]()}, Migrations: ms}}
	out, err := call(t, context.Background(), apps, "", "makemigrations", "--safe", "--dir", dir)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "    step 2 of 2. Run it when the new code has replaced the old everywhere.") || strings.Contains(out, "!") {
		t.Errorf("makemigrations --safe prints\n%s", out)
	}
	if got, want := read(t, filepath.Join(dir, "0003_fill_post_body_alter_post_body.go")), `package migrations

import (
	"time"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/schema"
)

// m0003FillPostBodyAlterPostBody is step 2 of 2. Run it when the new code has replaced the old everywhere. Others may
// use the tables meanwhile; interrupted, it goes on where it stopped.
func m0003FillPostBodyAlterPostBody() migrate.Migration {
	return migrate.Migration{
		App: "blog", Name: "0003_fill_post_body_alter_post_body",
		Dependencies: []migrate.Key{{App: "blog", Name: "0002_post_body"}},
		NonAtomic:    true,
		LockTimeout:  5 * time.Second,
		Operations: []migrate.Operation{
			migrate.Backfill{Model: "Post", Field: "body", Value: "none"},
			migrate.Online{Operation: migrate.AlterField{Model: "Post", Field: schema.Field{Name: "body", Kind: schema.Char, MaxLength: 9, Index: true, Default: "none"}}},
		},
	}
}
`; !strings.HasSuffix(got, want) {
		t.Errorf("the file is\n%s\nwant\n%s", got, want)
	}
	if _, err := call(t, context.Background(), apps, "", "makemigrations", "--safe", "--update", "--dir", dir); exitCode(err) == 0 {
		t.Error("--safe --update is taken")
	}
}
