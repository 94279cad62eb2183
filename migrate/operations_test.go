package migrate_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// databases runs f on a new database of each kind.
func databases(t *testing.T, f func(t *testing.T, ctx context.Context)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, open(t))
	})
	t.Run("postgresql", func(t *testing.T) {
		t.Parallel()
		f(t, openPostgres(t))
	})
	t.Run("mysql", func(t *testing.T) {
		t.Parallel()
		f(t, openMySQL(t))
	})
}

func openMySQL(t *testing.T) context.Context {
	t.Helper()
	db, err := mysql.Open(testservices.StartMariaDB(t).NewDatabase(t), mysql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return orm.WithDatabase(context.Background(), db)
}

func openPostgres(t *testing.T) context.Context {
	t.Helper()
	db, err := postgres.Open(testservices.StartPostgres(t).NewDatabase(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return orm.WithDatabase(context.Background(), db)
}

var (
	idField   = schema.Field{Name: "id", Kind: schema.BigAuto, PrimaryKey: true}
	nameField = schema.Field{Name: "name", Kind: schema.Char, MaxLength: 20}
	toOwner   = schema.Field{Name: "owner", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "zoo.Owner", OnDelete: schema.Cascade}}
	toFriends = schema.Field{Name: "friends", Kind: schema.ManyToMany, Rel: &schema.Relation{To: "zoo.Animal", Symmetrical: true}}
	toVets    = schema.Field{Name: "vets", Kind: schema.ManyToMany, Rel: &schema.Relation{To: "zoo.Owner"}}
)

// zoo is the schema that the operations of the tests change: rows, foreign keys, many-to-many tables on both sides, an
// index and a constraint of each kind.
func zoo() []migrate.Operation {
	return []migrate.Operation{
		migrate.CreateModel{Name: "Owner", Fields: []schema.Field{idField, nameField, {Name: "code", Kind: schema.Slug, MaxLength: 10, Unique: true}}},
		migrate.CreateModel{
			Name: "Animal",
			Fields: []schema.Field{
				idField, nameField,
				{Name: "legs", Kind: schema.PositiveInteger, Default: 4},
				{Name: "note", Kind: schema.Text, Null: true},
				{Name: "tag", Kind: schema.Char, MaxLength: 10, Index: true},
				{Name: "weight", Kind: schema.Decimal, Digits: 6, Places: 2, Null: true},
				toOwner, toFriends, toVets,
			},
			Options: schema.Options{
				Indexes: []schema.Index{{Name: "animal_name_idx", Fields: []string{"name", "-legs"}}},
				Constraints: []schema.Constraint{
					{Name: "animal_legs", Check: expr.And(expr.Where("legs__gte", 0), expr.Where("legs__lt", 1000))},
					{Name: "animal_once", Fields: []string{"name", "owner"}},
					{Name: "animal_part", Fields: []string{"tag"}, Where: expr.Where("legs", 2)},
				},
				UniqueTogether: [][]string{{"owner", "tag"}},
			},
		},
	}
}

var zooRows = []string{
	"INSERT INTO zoo_owner (id, name, code) VALUES (1, 'Ada', 'a'), (2, 'Bob', 'b')",
	"INSERT INTO zoo_animal (id, name, legs, note, tag, weight, owner_id) VALUES (1, 'Rex', 4, NULL, 'r', 12.5, 1), (2, 'Tweety', 2, 'sings', 't', NULL, 2), (7, 'Nemo', 0, NULL, 'n', NULL, 1)",
	"INSERT INTO zoo_animal_friends (from_animal_id, to_animal_id) VALUES (1, 2), (2, 1)",
	"INSERT INTO zoo_animal_vets (animal_id, owner_id) VALUES (1, 2), (7, 1)",
}

func zooApps(ops ...migrate.Operation) []migrate.App {
	ms := []migrate.Migration{{App: "zoo", Name: "0001_initial", Initial: true, Operations: zoo()}}
	if len(ops) > 0 {
		ms = append(ms, migrate.Migration{App: "zoo", Name: "0002_change", Dependencies: []migrate.Key{{App: "zoo", Name: "0001_initial"}}, Operations: ops})
	}
	return []migrate.App{{Label: "zoo", Migrations: ms}}
}

// rows reads a query as lines of text.
func rows(t *testing.T, ctx context.Context, sql string) []string {
	t.Helper()
	var out []string
	err := orm.QueryRows(ctx, sql, nil, func(c []any) error {
		parts := make([]string, len(c))
		for i, v := range c {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			parts[i] = fmt.Sprint(v)
		}
		out = append(out, strings.Join(parts, "|"))
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}

func exec(t *testing.T, ctx context.Context, list ...string) {
	t.Helper()
	for _, sql := range list {
		if _, err := orm.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func noDrift(t *testing.T, ctx context.Context, apps []migrate.App) {
	t.Helper()
	diff, err := migrate.Drift(ctx, apps, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(diff) > 0 {
		t.Errorf("the database differs from the state:\n%s", strings.Join(diff, "\n"))
	}
}

const zooData = "SELECT a.id, a.name, a.legs, a.note, a.tag, o.name FROM zoo_animal a JOIN zoo_owner o ON o.id = a.owner_id ORDER BY a.id"

// TestOperations runs each operation forward and backward over tables with rows. After each run the tables are those of
// the state, after the way back the rows are those from before.
func TestOperations(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		ops  []migrate.Operation
		// query and want look at rows after the way forward.
		query string
		want  []string
		// lost: the way back cannot bring the rows back.
		lost bool
	}{
		{name: "create and delete a model", ops: []migrate.Operation{
			migrate.CreateModel{Name: "Cage", Fields: []schema.Field{idField, toOwner}},
		}, query: "SELECT count(*) FROM zoo_cage", want: []string{"0"}},
		{name: "delete a model", lost: true, ops: []migrate.Operation{migrate.DeleteModel{Name: "Animal"}}, query: "SELECT count(*) FROM zoo_owner", want: []string{"2"}},
		{
			name: "rename a model", ops: []migrate.Operation{migrate.RenameModel{Old: "Animal", New: "Beast"}},
			query: "SELECT b.name, f.to_beast_id FROM zoo_beast b JOIN zoo_beast_friends f ON f.from_beast_id = b.id ORDER BY 1", want: []string{"Rex|2", "Tweety|1"},
		},
		{
			name: "rename a model that others point to", ops: []migrate.Operation{migrate.RenameModel{Old: "Owner", New: "Keeper"}},
			query: "SELECT v.animal_id, k.name FROM zoo_animal_vets v JOIN zoo_keeper k ON k.id = v.keeper_id ORDER BY 1", want: []string{"1|Bob", "7|Ada"},
		},
		{
			name: "another table name", ops: []migrate.Operation{migrate.AlterModelTable{Model: "Animal", Table: "beasts"}},
			query: "SELECT count(*) FROM beasts b JOIN beasts_vets v ON v.animal_id = b.id", want: []string{"2"},
		},
		{name: "a table comment", ops: []migrate.Operation{migrate.AlterModelTableComment{Model: "Animal", Comment: "all of them"}}, query: zooData, want: nil},
		{name: "options", ops: []migrate.Operation{migrate.AlterModelOptions{Model: "Animal", Options: schema.Options{VerboseName: "beast", Ordering: []string{"name"}}}}},
		{
			name: "add a nullable field", ops: []migrate.Operation{migrate.AddField{Model: "Animal", Field: schema.Field{Name: "color", Kind: schema.Char, MaxLength: 9, Null: true, Index: true}}},
			query: "SELECT color FROM zoo_animal", want: []string{"<nil>", "<nil>", "<nil>"},
		},
		{
			name: "add a field with a default", ops: []migrate.Operation{migrate.AddField{Model: "Animal", Field: schema.Field{Name: "color", Kind: schema.Char, MaxLength: 9, Default: "red"}}},
			query: "SELECT color FROM zoo_animal", want: []string{"red", "red", "red"},
		},
		{
			name: "add a field with a value once", ops: []migrate.Operation{migrate.AddField{Model: "Animal", Field: schema.Field{Name: "age", Kind: schema.Integer}, OneOff: 3}},
			query: "SELECT DISTINCT age FROM zoo_animal", want: []string{"3"},
		},
		{
			name: "add a field with a default of the database", ops: []migrate.Operation{migrate.AddField{Model: "Animal", Field: schema.Field{Name: "tame", Kind: schema.Integer, DBDefault: expr.Val(7)}}},
			query: "SELECT DISTINCT tame FROM zoo_animal", want: []string{"7"},
		},
		{
			name: "add a foreign key", ops: []migrate.Operation{migrate.AddField{Model: "Animal", Field: schema.Field{Name: "mother", Kind: schema.ForeignKey, Null: true, Rel: &schema.Relation{To: "self", OnDelete: schema.SetNull}}}},
			query: "SELECT DISTINCT mother_id FROM zoo_animal", want: []string{"<nil>"},
		},
		{name: "add a unique field", ops: []migrate.Operation{migrate.AddField{Model: "Animal", Field: schema.Field{Name: "chip", Kind: schema.Slug, MaxLength: 20, Unique: true, Null: true}}}},
		{
			name: "add a many-to-many field", ops: []migrate.Operation{migrate.AddField{Model: "Owner", Field: schema.Field{Name: "pets", Kind: schema.ManyToMany, Rel: &schema.Relation{To: "zoo.Animal"}}}},
			query: "SELECT count(*) FROM zoo_owner_pets", want: []string{"0"},
		},
		{
			name: "add a computed field", ops: []migrate.Operation{migrate.AddField{Model: "Animal", Field: schema.Field{Name: "loud", Kind: schema.Generated, Expression: expr.Func{Name: "Upper", Args: []expr.Node{expr.Name{Name: "name"}}}, Output: &schema.Field{Kind: schema.Char, MaxLength: 20}, Stored: true}}},
			query: "SELECT loud FROM zoo_animal ORDER BY id", want: []string{"REX", "TWEETY", "NEMO"},
		},
		{name: "remove a field", lost: true, ops: []migrate.Operation{migrate.RemoveField{Model: "Animal", Name: "note"}}, query: "SELECT count(*) FROM zoo_animal", want: []string{"3"}},
		{name: "remove a field that may not be null", lost: true, ops: []migrate.Operation{migrate.RemoveConstraint{Model: "Animal", Name: "animal_legs"}, migrate.RemoveConstraint{Model: "Animal", Name: "animal_part"}, migrate.RemoveIndex{Model: "Animal", Name: "animal_name_idx"}, migrate.RemoveField{Model: "Animal", Name: "legs"}}},
		{name: "remove a foreign key and its constraints", lost: true, ops: []migrate.Operation{
			migrate.AlterUniqueTogether{Model: "Animal"},
			migrate.RemoveConstraint{Model: "Animal", Name: "animal_once"},
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "owner", Kind: schema.ForeignKey, Null: true, Rel: &schema.Relation{To: "zoo.Owner", OnDelete: schema.Cascade}}},
			migrate.RunSQL{SQL: migrate.NoSQL(), Reverse: []string{"UPDATE zoo_animal SET owner_id = 1"}},
			migrate.RemoveField{Model: "Animal", Name: "owner"},
		}},
		{name: "remove a many-to-many field", lost: true, ops: []migrate.Operation{migrate.RemoveField{Model: "Animal", Name: "vets"}}},
		{name: "a longer text", ops: []migrate.Operation{migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "name", Kind: schema.Char, MaxLength: 99}}}, query: zooData},
		{name: "text without limit, then unique", ops: []migrate.Operation{
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "tag", Kind: schema.Text, Index: true}},
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "tag", Kind: schema.Text, Unique: true}},
		}, query: zooData},
		{name: "no index, then one again", ops: []migrate.Operation{
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "tag", Kind: schema.Char, MaxLength: 10}},
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "legs", Kind: schema.PositiveInteger, Default: 4, Index: true}},
		}, query: zooData},
		{name: "a number becomes another and a text", ops: []migrate.Operation{
			migrate.RemoveConstraint{Model: "Animal", Name: "animal_legs"},
			migrate.RemoveConstraint{Model: "Animal", Name: "animal_part"},
			migrate.RemoveIndex{Model: "Animal", Name: "animal_name_idx"},
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "legs", Kind: schema.BigInteger}},
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "legs", Kind: schema.Char, MaxLength: 9}},
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "legs", Kind: schema.Integer}},
		}, query: zooData},
		{
			name: "null becomes not null", lost: true, ops: []migrate.Operation{migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "note", Kind: schema.Text}, OneOff: "none"}},
			query: "SELECT note FROM zoo_animal ORDER BY id", want: []string{"none", "sings", "none"},
		},
		{name: "a default of the database", ops: []migrate.Operation{migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "legs", Kind: schema.PositiveInteger, DBDefault: expr.Val(6)}}}, query: zooData},
		{name: "another foreign key action", ops: []migrate.Operation{migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "owner", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "zoo.Owner", OnDelete: schema.DBCascade}}}}, query: zooData},
		{name: "a foreign key without constraint or index", ops: []migrate.Operation{migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "owner", Kind: schema.ForeignKey, NoIndex: true, Rel: &schema.Relation{To: "zoo.Owner", NoConstraint: true}}}}, query: zooData},
		{name: "a foreign key becomes one to one", lost: true, ops: []migrate.Operation{
			migrate.RunSQL{SQL: []string{"DELETE FROM zoo_animal_friends", "DELETE FROM zoo_animal_vets", "DELETE FROM zoo_animal WHERE id = 7"}, Reverse: migrate.NoSQL()},
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "owner", Kind: schema.OneToOne, Unique: true, Rel: &schema.Relation{To: "zoo.Owner"}}},
		}},
		{name: "one to one becomes a foreign key", lost: true, ops: []migrate.Operation{
			migrate.AddField{Model: "Animal", Field: schema.Field{Name: "twin", Kind: schema.OneToOne, Null: true, Rel: &schema.Relation{To: "self", OnDelete: schema.SetNull}}},
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "twin", Kind: schema.ForeignKey, Null: true, Rel: &schema.Relation{To: "self", OnDelete: schema.SetNull}}},
		}},
		{name: "a foreign key with an index of its own loses it, and becomes a number", ops: []migrate.Operation{
			migrate.AddField{Model: "Animal", Field: schema.Field{Name: "mother", Kind: schema.ForeignKey, Null: true, Rel: &schema.Relation{To: "self", OnDelete: schema.SetNull}}},
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "mother", Kind: schema.ForeignKey, Null: true, NoIndex: true, Rel: &schema.Relation{To: "self", NoConstraint: true}}},
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "mother", Kind: schema.BigInteger, Null: true, Column: "mother_id"}},
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "mother", Kind: schema.ForeignKey, Null: true, Rel: &schema.Relation{To: "self", OnDelete: schema.SetNull}}},
		}, query: "SELECT count(mother_id) FROM zoo_animal", want: []string{"0"}},
		{name: "an index that a foreign key uses", ops: []migrate.Operation{
			migrate.AddField{Model: "Animal", Field: schema.Field{Name: "mother", Kind: schema.ForeignKey, Null: true, Rel: &schema.Relation{To: "self", OnDelete: schema.SetNull}}},
			migrate.AddIndex{Model: "Animal", Index: schema.Index{Name: "mother_idx", Fields: []string{"mother", "-legs"}}},
			migrate.RemoveIndex{Model: "Animal", Name: "mother_idx"},
			migrate.AddConstraint{Model: "Animal", Constraint: schema.Constraint{Name: "mother_uniq", Fields: []string{"mother", "name"}}},
			migrate.RemoveConstraint{Model: "Animal", Name: "mother_uniq"},
		}, query: zooData},
		{name: "another kind of key", ops: []migrate.Operation{migrate.AlterField{Model: "Owner", Field: schema.Field{Name: "id", Kind: schema.Auto, PrimaryKey: true}}}, query: zooData},
		{name: "what only people see", ops: []migrate.Operation{migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "name", Kind: schema.Char, MaxLength: 20, VerboseName: "first name", HelpText: "as called"}}}},
		{
			name: "rename a field", ops: []migrate.Operation{migrate.RenameField{Model: "Animal", Old: "legs", New: "feet"}},
			query: "SELECT feet FROM zoo_animal ORDER BY id", want: []string{"4", "2", "0"},
		},
		{
			name: "rename a foreign key", ops: []migrate.Operation{migrate.RenameField{Model: "Animal", Old: "owner", New: "keeper"}},
			query: "SELECT keeper_id FROM zoo_animal ORDER BY id", want: []string{"1", "2", "1"},
		},
		{
			name: "rename a many-to-many field", ops: []migrate.Operation{migrate.RenameField{Model: "Animal", Old: "vets", New: "doctors"}},
			query: "SELECT owner_id FROM zoo_animal_doctors ORDER BY animal_id", want: []string{"2", "1"},
		},
		{
			name: "rename a key", ops: []migrate.Operation{migrate.RenameField{Model: "Owner", Old: "id", New: "number"}},
			query: "SELECT a.name FROM zoo_animal a JOIN zoo_owner o ON o.number = a.owner_id ORDER BY a.id", want: []string{"Rex", "Tweety", "Nemo"},
		},
		{name: "add, rename and remove an index", ops: []migrate.Operation{
			migrate.AddIndex{Model: "Animal", Index: schema.Index{Name: "one_idx", Fields: []string{"legs"}, Where: expr.Where("legs__gt", 2)}},
			migrate.AddIndex{Model: "Animal", Index: schema.Index{Name: "expr_idx", Expressions: []schema.Expression{expr.Func{Name: "Lower", Args: []expr.Node{expr.Name{Name: "name"}}}}}},
			migrate.RenameIndex{Model: "Animal", Old: "one_idx", New: "two_idx"},
			migrate.RemoveIndex{Model: "Animal", Name: "animal_name_idx"},
		}, query: zooData},
		{name: "add and remove constraints", ops: []migrate.Operation{
			migrate.AddConstraint{Model: "Animal", Constraint: schema.Constraint{Name: "named", Check: expr.Not(expr.Where("name", ""))}},
			migrate.AddConstraint{Model: "Animal", Constraint: schema.Constraint{Name: "uniq", Fields: []string{"name"}}},
			migrate.AddConstraint{Model: "Animal", Constraint: schema.Constraint{Name: "uniq_low", Expressions: []schema.Expression{expr.Func{Name: "Lower", Args: []expr.Node{expr.Name{Name: "name"}}}}}},
			migrate.AlterConstraint{Model: "Animal", Constraint: schema.Constraint{Name: "uniq", Fields: []string{"name"}, Message: "There is one already."}},
			migrate.RemoveConstraint{Model: "Animal", Name: "animal_legs"},
			migrate.RemoveConstraint{Model: "Animal", Name: "animal_once"},
			migrate.RemoveConstraint{Model: "Animal", Name: "animal_part"},
		}, query: zooData},
		{name: "unique together", ops: []migrate.Operation{migrate.AlterUniqueTogether{Model: "Animal", Sets: [][]string{{"name", "tag"}, {"tag", "legs"}}}}, query: zooData},
		{name: "index together, of old histories", ops: []migrate.Operation{
			migrate.AlterIndexTogether{Model: "Animal", Sets: [][]string{{"name", "tag"}, {"tag", "legs"}}},
			migrate.AlterIndexTogether{Model: "Animal", Sets: [][]string{{"name", "tag"}}},
			migrate.AlterModelManagers{Model: "Animal"},
		}, query: zooData},
		{
			name: "order with respect to", ops: []migrate.Operation{
				migrate.AlterOrderWithRespectTo{Model: "Animal", To: "owner"},
				migrate.AlterOrderWithRespectTo{Model: "Animal", To: "owner"},
			}, query: "SELECT DISTINCT _order FROM zoo_animal", want: []string{"0"},
		},
		{name: "order with respect to, set and unset", ops: []migrate.Operation{
			migrate.AlterOrderWithRespectTo{Model: "Animal", To: "owner"},
			migrate.AlterOrderWithRespectTo{Model: "Animal"},
			migrate.AlterOrderWithRespectTo{Model: "Animal"},
		}, query: zooData},
		{name: "unique together after another table name", ops: []migrate.Operation{
			migrate.AlterModelTable{Model: "Animal", Table: "beasts"},
			migrate.AlterUniqueTogether{Model: "Animal"},
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "tag", Kind: schema.Char, MaxLength: 10}},
		}},
		{
			name: "SQL", ops: []migrate.Operation{migrate.RunSQL{SQL: []string{"UPDATE zoo_animal SET legs = legs + 1"}, Reverse: []string{"UPDATE zoo_animal SET legs = legs - 1"}}},
			query: "SELECT legs FROM zoo_animal ORDER BY id", want: []string{"5", "3", "1"},
		},
		{name: "Go", ops: []migrate.Operation{
			migrate.RenameField{Model: "Animal", Old: "note", New: "remark"},
			migrate.RunGo{Do: func(ctx context.Context, data *migrate.Data) error {
				return data.Table("zoo", "Animal").Where("remark", nil).Each(ctx, func(row *migrate.Row) error {
					row.Set("remark", "I am "+row.String("name"))
					return row.Save(ctx)
				})
			}, Undo: func(ctx context.Context, data *migrate.Data) error {
				_, err := data.Table("zoo", "Animal").Where("legs", 2).Update(ctx, map[string]any{"remark": "sings"})
				if err != nil {
					return err
				}
				for _, legs := range []int{0, 4} {
					if _, err := data.Table("zoo", "Animal").Where("legs", legs).Update(ctx, map[string]any{"remark": nil}); err != nil {
						return err
					}
				}
				return nil
			}},
		}, query: "SELECT remark FROM zoo_animal ORDER BY id", want: []string{"I am Rex", "sings", "I am Nemo"}},
		{name: "the database and the state apart", ops: []migrate.Operation{migrate.SeparateDatabaseAndState{
			Database: []migrate.Operation{migrate.RunSQL{SQL: []string{"ALTER TABLE zoo_animal ADD COLUMN extra integer NULL"}, Reverse: []string{"ALTER TABLE zoo_animal DROP COLUMN extra"}}},
			States:   []migrate.Operation{migrate.AddField{Model: "Animal", Field: schema.Field{Name: "extra", Kind: schema.Integer, Null: true}}},
		}}, query: "SELECT count(extra) FROM zoo_animal", want: []string{"0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			databases(t, func(t *testing.T, ctx context.Context) {
				if d, err := orm.DialectOf(ctx, ""); err == nil && d.Name == "mysql" && tt.name == "text without limit, then unique" {
					t.Skip("a text without limit cannot stand in a unique set with a foreign key on MySQL")
				}
				if err := migrate.Run(ctx, zooApps(), migrate.Options{}); err != nil {
					t.Fatal(err)
				}
				noDrift(t, ctx, zooApps())
				exec(t, ctx, zooRows...)
				before := rows(t, ctx, zooData)

				apps := zooApps(tt.ops...)
				if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
					t.Fatalf("forward: %v", err)
				}
				noDrift(t, ctx, apps)
				if tt.query != "" {
					want := tt.want
					if want == nil {
						want = before
					}
					if got := rows(t, ctx, tt.query); !slices.Equal(got, want) {
						t.Errorf("after the way forward %s gives %q, want %q", tt.query, got, want)
					}
				}

				if err := migrate.Run(ctx, apps, migrate.Options{App: "zoo", Target: "0001_initial"}); err != nil {
					t.Fatalf("backward: %v", err)
				}
				noDrift(t, ctx, zooApps())
				if after := rows(t, ctx, zooData); !tt.lost && !slices.Equal(before, after) {
					t.Errorf("after the way back the rows are %q, want %q", after, before)
				}
				if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
					t.Fatalf("forward again: %v", err)
				}
			})
		})
	}
}

func openFile(t testing.TB, path string) *orm.DB {
	t.Helper()
	db, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
