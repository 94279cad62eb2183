package migrate_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// TestRemakeKeepsWhatModelsDoNotName rebuilds a table of SQLite that has triggers, an index made by hand, a view over it, keys
// that point to it and a counter beyond its last row, by each operation that has to.
func TestRemakeKeepsWhatModelsDoNotName(t *testing.T) {
	t.Parallel()
	for _, op := range []migrate.Operation{
		migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "name", Kind: schema.Char, MaxLength: 99}},
		migrate.AddField{Model: "Animal", Field: schema.Field{Name: "color", Kind: schema.Char, MaxLength: 9, Default: "red"}},
		migrate.AddField{Model: "Animal", Field: schema.Field{Name: "mother", Kind: schema.OneToOne, Null: true, Rel: &schema.Relation{To: "self", OnDelete: schema.SetNull}}},
		migrate.RemoveField{Model: "Animal", Name: "note"},
		migrate.AddConstraint{Model: "Animal", Constraint: schema.Constraint{Name: "named", Check: expr.Not(expr.Where("name", ""))}},
		migrate.RemoveConstraint{Model: "Animal", Name: "animal_once"},
		migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "owner", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "zoo.Owner", OnDelete: schema.DBCascade}}},
	} {
		t.Run(op.Describe(), func(t *testing.T) {
			t.Parallel()
			ctx := open(t)
			migrated(t, ctx, zooApps())
			exec(t, ctx, zooRows...)
			exec(t, ctx,
				"CREATE TRIGGER shout AFTER UPDATE ON zoo_animal BEGIN UPDATE zoo_owner SET name = name || '!' WHERE id = new.owner_id; END",
				"CREATE TRIGGER other AFTER DELETE ON zoo_owner BEGIN DELETE FROM zoo_animal WHERE owner_id = old.id; END",
				"CREATE INDEX by_hand ON zoo_animal (weight)",
				"CREATE VIEW light AS SELECT name FROM zoo_animal WHERE weight IS NULL",
				"INSERT INTO zoo_animal (id, name, legs, tag, owner_id) VALUES (50, 'x', 1, 'x', 1)",
				"DELETE FROM zoo_animal WHERE id = 50",
			)
			before := rows(t, ctx, "SELECT id, name, legs, tag, weight, owner_id FROM zoo_animal ORDER BY id")
			if err := migrate.Run(ctx, zooApps(op), migrate.Options{}); err != nil {
				t.Fatal(err)
			}
			drift, err := migrate.Drift(ctx, zooApps(op), "")
			if want := []string{"table zoo_animal has what the migrations do not know: index (weight)"}; err != nil || !slices.Equal(drift, want) {
				t.Errorf("drift: %q, %v, want %q", drift, err, want)
			}
			if after := rows(t, ctx, "SELECT id, name, legs, tag, weight, owner_id FROM zoo_animal ORDER BY id"); !slices.Equal(after, before) {
				t.Errorf("the rows are %q, want %q", after, before)
			}
			got := rows(t, ctx, "SELECT type, name FROM sqlite_master WHERE name IN ('shout', 'other', 'by_hand', 'light') ORDER BY name")
			if want := []string{"index|by_hand", "view|light", "trigger|other", "trigger|shout"}; !slices.Equal(got, want) {
				t.Errorf("what is left = %q, want %q", got, want)
			}
			insert := "INSERT INTO zoo_animal (name, legs, tag, owner_id) VALUES ('y', 1, 'y', 1)"
			if strings.Contains(op.Describe(), "color") {
				insert = "INSERT INTO zoo_animal (name, legs, tag, owner_id, color) VALUES ('y', 1, 'y', 1, 'red')"
			}
			exec(t, ctx, "UPDATE zoo_animal SET legs = 3 WHERE id = 1", insert)
			if got := rows(t, ctx, "SELECT name FROM zoo_owner WHERE id = 1"); got[0] != "Ada!" {
				t.Errorf("the trigger did not run: %q", got)
			}
			if got := rows(t, ctx, "SELECT max(id) FROM zoo_animal"); got[0] != "51" {
				t.Errorf("the next key is %s, want 51", got[0])
			}
			if got := rows(t, ctx, "SELECT count(*) FROM light"); got[0] != "3" {
				t.Errorf("the view counts %s, want 3", got[0])
			}
			if _, err := orm.Exec(ctx, "INSERT INTO zoo_animal_friends (from_animal_id, to_animal_id) VALUES (1, 999)"); err == nil {
				t.Error("a key to a row that does not exist is taken")
			}
		})
	}
}

// TestRemakeSaysWhatDoesNotFit drops a column that an index made by hand needs: the whole migration is taken back.
func TestRemakeSaysWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	migrated(t, ctx, zooApps())
	exec(t, ctx, append(slices.Clone(zooRows), "CREATE INDEX by_hand ON zoo_animal (weight)")...)
	err := migrate.Run(ctx, zooApps(migrate.RemoveField{Model: "Animal", Name: "weight"}), migrate.Options{})
	if err == nil || !strings.Contains(err.Error(), "by_hand") || !strings.Contains(err.Error(), "zoo_animal") {
		t.Errorf("the error is %v, which does not name the index and the table", err)
	}
	exec(t, ctx, "DROP INDEX by_hand")
	noDrift(t, ctx, zooApps())
	if got := rows(t, ctx, "SELECT count(weight) FROM zoo_animal"); got[0] != "1" {
		t.Errorf("%s weights are left, want 1", got[0])
	}
}

// TestColumnKeepsItsParts changes one part of a column at a time: the others, which MySQL takes along in one statement, must
// stay. Inspect tells what the database knows of the column.
func TestColumnKeepsItsParts(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, ctx context.Context) {
		d, err := orm.DialectOf(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		collation := map[string]string{"sqlite": "NOCASE", "postgresql": "C", "mysql": "utf8mb4_bin"}[d.Name]
		f := schema.Field{Name: "label", Kind: schema.Char, MaxLength: 20, Null: true, Collation: collation, Comment: "what it's called", DBDefault: expr.Val("x"), Index: true}
		key := schema.Field{Name: "number", Kind: schema.BigAuto, PrimaryKey: true, Comment: "the key"}
		create := migrate.CreateModel{Name: "Box", Fields: []schema.Field{{Name: "id", Kind: schema.BigAuto, PrimaryKey: true}, f}, Options: schema.Options{Comment: "all boxes"}}
		longer, named, notNull, unique := f, f, f, f
		longer.MaxLength = 40
		named = longer
		named.Name = "title"
		notNull = named
		notNull.Null = false
		unique = notNull
		unique.Unique, unique.Index = true, false
		steps := []migrate.Operation{
			migrate.AlterField{Model: "Box", Field: longer},
			migrate.RenameField{Model: "Box", Old: "label", New: "title"},
			migrate.AlterField{Model: "Box", Field: notNull},
			migrate.AlterField{Model: "Box", Field: unique},
			migrate.AlterField{Model: "Box", Field: notNull},
			migrate.AlterField{Model: "Box", Field: named},
			migrate.RenameField{Model: "Box", Old: "id", New: "number"},
			migrate.AlterField{Model: "Box", Field: key},
			migrate.AlterModelTable{Model: "Box", Table: "boxes"},
		}
		app := migrate.App{Label: "zoo", Migrations: []migrate.Migration{{App: "zoo", Name: "0000", Initial: true, Operations: []migrate.Operation{create}}}}
		look := func(when string, field string, parts ...string) {
			t.Helper()
			src, err := migrate.Inspect(ctx, migrate.InspectOptions{})
			if err != nil {
				t.Fatal(err)
			}
			at := strings.Index(string(src), field)
			if at < 0 {
				t.Fatalf("%s: no field %s in\n%s", when, field, src)
			}
			line, _, _ := strings.Cut(string(src)[at:], "\n")
			for _, part := range parts {
				if d.Name == "sqlite" && strings.HasPrefix(part, "Comment") {
					continue
				}
				if !strings.Contains(line, part) {
					t.Errorf("%s: the column is %s, which lacks %s", when, line, part)
				}
			}
		}
		keeps := []string{`Collation("` + collation + `")`, `Comment("what it's called")`, "DBDefaultExpr("}
		migrated(t, ctx, []migrate.App{app})
		exec(t, ctx, "INSERT INTO zoo_box (label) VALUES ('a')", "INSERT INTO zoo_box (label) VALUES ('b')")
		look("at first", "m.Label, 20)", append(keeps, "Index()")...)
		fields := []string{"m.Label, 40)", "m.Title, 40)", "(&m.Title, 40)", "(&m.Title, 40)", "(&m.Title, 40)", "(m.Title, 40)", "(m.Title, 40)", "(m.Title, 40)", "(m.Title, 40)"}
		for i, op := range steps {
			m := migrate.Migration{App: "zoo", Name: "000" + string(rune('1'+i)), Operations: []migrate.Operation{op}, Dependencies: []migrate.Key{app.Migrations[len(app.Migrations)-1].Key()}}
			app.Migrations = append(app.Migrations, m)
			migrated(t, ctx, []migrate.App{app})
			last := "Index()"
			if i == 3 {
				last = "Unique()"
			}
			look(op.Describe(), fields[i], append(slices.Clone(keeps), last)...)
		}
		look("the key", "BigAuto(&m.Number)", `Comment("the key")`)
		exec(t, ctx, "INSERT INTO boxes (title) VALUES ('c')")
		if got := rows(t, ctx, "SELECT number, title FROM boxes ORDER BY number"); !slices.Equal(got, []string{"1|a", "2|b", "3|c"}) {
			t.Errorf("the rows are %q", got)
		}
		src, err := migrate.Inspect(ctx, migrate.InspectOptions{Tables: []string{"boxes"}})
		if err != nil || d.Name != "sqlite" && !strings.Contains(string(src), `Comment: "all boxes"`) {
			t.Errorf("the comment of the table is gone (%v):\n%s", err, src)
		}
		if err := migrate.Run(ctx, []migrate.App{app}, migrate.Options{App: "zoo", Target: "0000"}); err != nil {
			t.Fatalf("back: %v", err)
		}
		look("back at the first", "m.Label, 20)", append(keeps, "Index()")...)
	})
}
