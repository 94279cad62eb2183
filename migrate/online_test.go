package migrate_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// onlineApps are the zoo with a second migration that has no transaction around it.
func onlineApps(ops ...migrate.Operation) []migrate.App {
	apps := zooApps(ops...)
	apps[0].Migrations[1].NonAtomic = true
	apps[0].Migrations[1].LockTimeout = 2 * time.Second
	return apps
}

var (
	tagIndex   = schema.Index{Name: "tag_idx", Fields: []string{"tag", "-legs"}}
	namedCheck = schema.Constraint{Name: "named", Check: expr.Not(expr.Where("name", ""))}
	noteField  = schema.Field{Name: "note", Kind: schema.Text}
)

// TestOnlineOperations runs the operations that let others work forward, backward and forward on each database.
func TestOnlineOperations(t *testing.T) {
	t.Parallel()
	online := func(op migrate.Operation) migrate.Operation { return migrate.Online{Operation: op} }
	tests := []struct {
		name string
		ops  []migrate.Operation
		lost bool
	}{
		{"index", []migrate.Operation{migrate.AddIndexConcurrently{Model: "Animal", Index: tagIndex}}, false},
		{"remove index", []migrate.Operation{migrate.RemoveIndexConcurrently{Model: "Animal", Name: "animal_name_idx"}}, false},
		{"check", []migrate.Operation{migrate.AddConstraintNotValid{Model: "Animal", Constraint: namedCheck}, migrate.ValidateConstraint{Model: "Animal", Name: "named"}}, false},
		{"online check", []migrate.Operation{online(migrate.AddConstraint{Model: "Animal", Constraint: namedCheck})}, false},
		{"online unique", []migrate.Operation{online(migrate.AddConstraint{Model: "Animal", Constraint: schema.Constraint{Name: "once", Fields: []string{"name", "tag"}}})}, false},
		{"online unique in part", []migrate.Operation{online(migrate.AddConstraint{Model: "Animal", Constraint: schema.Constraint{Name: "once", Fields: []string{"name"}, Where: expr.Where("legs__gt", 1)}})}, false},
		{"online unique together", []migrate.Operation{online(migrate.AlterUniqueTogether{Model: "Animal", Sets: [][]string{{"name", "tag"}}})}, false},
		{"online unique field", []migrate.Operation{online(migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "tag", Kind: schema.Char, MaxLength: 10, Unique: true}})}, false},
		{"online index of a field", []migrate.Operation{online(migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "name", Kind: schema.Char, MaxLength: 20, Index: true}})}, false},
		{"fill and forbid nulls", []migrate.Operation{
			migrate.Backfill{Model: "Animal", Field: "note", Value: expr.Name{Name: "tag"}, Batch: 1, Pause: time.Millisecond},
			online(migrate.AlterField{Model: "Animal", Field: noteField}),
		}, true},
		{"foreign key", []migrate.Operation{
			migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "owner", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "zoo.Owner", OnDelete: schema.Cascade, NoConstraint: true}}},
			online(migrate.AlterField{Model: "Animal", Field: toOwner}),
		}, false},
		{"extension and collation", []migrate.Operation{
			migrate.TrigramExtension(),
			migrate.CreateCollation{Name: "nocase", Locale: "und-u-ks-level2", Provider: "icu", NonDeterministic: true},
			migrate.RemoveCollation{Name: "nocase", Locale: "und-u-ks-level2", Provider: "icu", NonDeterministic: true},
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			databases(t, func(t *testing.T, ctx context.Context) {
				if err := migrate.Run(ctx, zooApps(), migrate.Options{}); err != nil {
					t.Fatal(err)
				}
				exec(t, ctx, zooRows...)
				before := rows(t, ctx, zooData)
				apps := onlineApps(tt.ops...)
				for i, target := range []string{"0002", "0001", "0002"} {
					if err := migrate.Run(ctx, apps, migrate.Options{App: "zoo", Target: target}); err != nil {
						t.Fatalf("to %s: %v", target, err)
					}
					if i == 1 {
						noDrift(t, ctx, zooApps())
					} else {
						noDrift(t, ctx, apps)
					}
				}
				if after := rows(t, ctx, zooData); !tt.lost && !slices.Equal(before, after) {
					t.Errorf("the rows are %q, want %q", after, before)
				}
			})
		})
	}
}

func TestOnlineNeedsNonAtomic(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, ctx context.Context) {
		for _, op := range []migrate.Operation{
			migrate.AddIndexConcurrently{Model: "Animal", Index: tagIndex},
			migrate.RemoveIndexConcurrently{Model: "Animal", Name: "animal_name_idx"},
			migrate.Online{Operation: migrate.AddIndex{Model: "Animal", Index: tagIndex}},
		} {
			err := migrate.Run(ctx, zooApps(op), migrate.Options{})
			if want := "cannot run in a transaction (set NonAtomic: true on its migration)"; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s in a transaction gives %v, want %q", op.Describe(), err, want)
			}
		}
	})
}

func TestOnlineSQL(t *testing.T) {
	t.Parallel()
	apps := onlineApps(
		migrate.AddIndexConcurrently{Model: "Animal", Index: tagIndex},
		migrate.RemoveIndexConcurrently{Model: "Animal", Name: "animal_name_idx"},
		migrate.AddConstraintNotValid{Model: "Animal", Constraint: namedCheck},
		migrate.ValidateConstraint{Model: "Animal", Name: "named"},
		migrate.Online{Operation: migrate.AddConstraint{Model: "Animal", Constraint: schema.Constraint{Name: "once", Fields: []string{"name", "tag"}, Deferrable: "deferred"}}},
		migrate.Backfill{Model: "Animal", Field: "note", Value: "-"},
		migrate.Online{Operation: migrate.AlterField{Model: "Animal", Field: noteField}},
		migrate.CreateExtension{Name: "hstore"},
		migrate.CreateCollation{Name: "nocase", Locale: "und", Provider: "icu", NonDeterministic: true},
	)
	var out bytes.Buffer
	if err := migrate.SQL(t.Context(), apps, dialect.PostgreSQL(), "zoo", "0002", false, &out); err != nil {
		t.Fatal(err)
	}
	want := `--
-- Concurrently create index tag_idx on field(s) tag, -legs of model animal
--
CREATE INDEX CONCURRENTLY IF NOT EXISTS "tag_idx" ON "zoo_animal" ("tag", "legs" DESC);
--
-- Concurrently remove index animal_name_idx from animal
--
DROP INDEX CONCURRENTLY IF EXISTS "animal_name_idx";
--
-- Create not valid constraint named on model animal
--
ALTER TABLE "zoo_animal" ADD CONSTRAINT "named" CHECK (NOT ("name" = '')) NOT VALID;
--
-- Validate constraint named on model animal
--
ALTER TABLE "zoo_animal" VALIDATE CONSTRAINT "named";
--
-- Create constraint once on model animal (online)
--
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "once" ON "zoo_animal" ("name", "tag");
ALTER TABLE "zoo_animal" ADD CONSTRAINT "once" UNIQUE USING INDEX "once" DEFERRABLE INITIALLY DEFERRED;
--
-- Fill nulls of field note on animal in batches
--
-- in batches of 1000 rows, by primary key:
UPDATE "zoo_animal" SET "note" = '-' WHERE "note" IS NULL;
--
-- Alter field note on animal (online)
--
ALTER TABLE "zoo_animal" ADD CONSTRAINT "note_not_null" CHECK ("note" IS NOT NULL) NOT VALID;
ALTER TABLE "zoo_animal" VALIDATE CONSTRAINT "note_not_null";
ALTER TABLE "zoo_animal" ALTER COLUMN "note" SET NOT NULL;
ALTER TABLE "zoo_animal" DROP CONSTRAINT "note_not_null";
--
-- Creates extension hstore
--
CREATE EXTENSION IF NOT EXISTS "hstore";
--
-- Create collation nocase
--
CREATE COLLATION "nocase" (locale = "und", provider = "icu", deterministic = false);
`
	if out.String() != want {
		t.Errorf("sqlmigrate prints\n%s\nwant\n%s", out.String(), want)
	}
	src, err := migrate.File("migrations", &apps[0].Migrations[1])
	if err != nil || !bytes.Contains(src, []byte(`migrate.Online{Operation: migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "note", Kind: schema.Text}}},`)) {
		t.Errorf("the file is %s, %v", src, err)
	}
}

// An index over rows that break it fails, leaves nothing behind, and succeeds when the rows are mended; what ran before it
// is not run twice.
func TestOnlineGoesOn(t *testing.T) {
	t.Parallel()
	ctx := openPostgres(t)
	if err := migrate.Run(ctx, zooApps(), migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	exec(t, ctx, zooRows...)
	exec(t, ctx, "UPDATE zoo_animal SET legs = 4")
	apps := onlineApps(
		migrate.Backfill{Model: "Animal", Field: "note", Value: "-"},
		migrate.Online{Operation: migrate.AlterField{Model: "Animal", Field: noteField}},
		migrate.Online{Operation: migrate.AddConstraint{Model: "Animal", Constraint: namedCheck}},
		migrate.Online{Operation: migrate.AddConstraint{Model: "Animal", Constraint: schema.Constraint{Name: "once", Fields: []string{"legs"}}}},
	)
	err := migrate.Run(ctx, apps, migrate.Options{})
	if err == nil || !strings.Contains(err.Error(), "These statements have run and stay") || !strings.Contains(err.Error(), "once") {
		t.Errorf("a unique constraint over equal rows gives %v", err)
	}
	if got := rows(t, ctx, "SELECT count(*) FROM pg_class WHERE relname = 'once'"); got[0] != "0" {
		t.Error("the half made index is left")
	}
	// As after a kill in the middle: an index that is there and not valid.
	exec(t, ctx, "UPDATE zoo_animal SET legs = id", "CREATE UNIQUE INDEX once ON zoo_animal (legs)", "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'once'::regclass")
	if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
		t.Fatalf("again: %v", err)
	}
	noDrift(t, ctx, apps)
	if got := rows(t, ctx, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"); got[0] != "0" {
		t.Error("an invalid index is left")
	}
}

// Two processes that migrate at once do not stop each other where one makes an index concurrently.
func TestOnlineTwice(t *testing.T) {
	t.Parallel()
	ctx := openPostgres(t)
	if err := migrate.Run(ctx, zooApps(), migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	exec(t, ctx, zooRows...)
	apps := onlineApps(migrate.AddIndexConcurrently{Model: "Animal", Index: tagIndex}, migrate.RunSQL{SQL: []string{"SELECT pg_sleep(0.3)"}})
	errs := make(chan error, 3)
	for range 3 {
		go func() { errs <- migrate.Run(ctx, apps, migrate.Options{}) }()
	}
	for range 3 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	noDrift(t, ctx, apps)
}

// A batch fills what is null along keys of every kind, and only that.
func TestBackfill(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, ctx context.Context) {
		apps := []migrate.App{{Label: "zoo", Migrations: []migrate.Migration{{App: "zoo", Name: "0001_initial", Operations: []migrate.Operation{
			migrate.CreateModel{Name: "Text", Fields: []schema.Field{{Name: "code", Kind: schema.Char, MaxLength: 9, PrimaryKey: true}, {Name: "n", Kind: schema.Integer, Null: true}}},
			migrate.CreateModel{
				Name:    "Two",
				Fields:  []schema.Field{{Name: "a", Kind: schema.Integer}, {Name: "b", Kind: schema.Integer}, {Name: "n", Kind: schema.Integer, Null: true}},
				Options: schema.Options{PrimaryKey: []string{"a", "b"}},
			},
		}}}}}
		if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		for i := range 25 {
			exec(t, ctx, fmt.Sprintf("INSERT INTO zoo_text (code, n) VALUES ('k%d', NULL)", i), fmt.Sprintf("INSERT INTO zoo_two (a, b, n) VALUES (%d, %d, NULL)", i/7, i%7))
		}
		exec(t, ctx, "UPDATE zoo_text SET n = 1 WHERE code = 'k3'", "UPDATE zoo_two SET n = 1 WHERE a = 2")
		apps[0].Migrations = append(apps[0].Migrations, migrate.Migration{
			App: "zoo", Name: "0002_fill", NonAtomic: true, Dependencies: []migrate.Key{{App: "zoo", Name: "0001_initial"}},
			Operations: []migrate.Operation{
				migrate.Backfill{Model: "Text", Field: "n", Value: 5, Batch: 4, Pause: time.Microsecond},
				migrate.Backfill{Model: "Two", Field: "n", Value: expr.Name{Name: "b"}, Batch: 4, Pause: time.Microsecond},
			},
		})
		if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		if got := rows(t, ctx, "SELECT n, count(*) FROM zoo_text GROUP BY n ORDER BY n"); !slices.Equal(got, []string{"1|1", "5|24"}) {
			t.Errorf("texts = %q", got)
		}
		if got := rows(t, ctx, "SELECT count(*) FROM zoo_two WHERE n = b OR a = 2 AND n = 1"); got[0] != "25" {
			t.Errorf("%s of the rows with two keys are right, want 25", got[0])
		}
	})
}

func TestOptimizeOnline(t *testing.T) {
	t.Parallel()
	index, check := migrate.AddIndexConcurrently{Model: "M", Index: schema.Index{Name: "i", Fields: []string{"a"}}}, schema.Constraint{Name: "c", Check: expr.Where("a", 1)}
	create := migrate.CreateModel{Name: "M", Fields: []schema.Field{idField, {Name: "a", Kind: schema.Integer, Null: true}}}
	alter := migrate.AlterField{Model: "M", Field: schema.Field{Name: "a", Kind: schema.Integer}}
	fill := migrate.Backfill{Model: "M", Field: "a", Value: 1}
	orderBy := func(to string) migrate.Operation { return migrate.AlterOrderWithRespectTo{Model: "M", To: to} }
	collation := migrate.CreateCollation{Name: "x", Locale: "und"}
	tests := []struct {
		name string
		ops  []migrate.Operation
		want []string
	}{
		{"all into a new table", []migrate.Operation{
			create, index, migrate.AddConstraintNotValid{Model: "M", Constraint: check}, migrate.ValidateConstraint{Model: "M", Name: "c"}, fill, migrate.Online{Operation: alter},
		}, []string{"Create model M"}},
		{"index made and dropped", []migrate.Operation{index, migrate.RemoveIndexConcurrently{Model: "M", Name: "i"}}, nil},
		{"index renamed", []migrate.Operation{index, migrate.RenameIndex{Model: "M", Old: "i", New: "j"}}, []string{"Concurrently create index j on field(s) a of model m"}},
		{"constraint validated", []migrate.Operation{migrate.AddConstraintNotValid{Model: "M", Constraint: check}, migrate.ValidateConstraint{Model: "M", Name: "c"}}, []string{"Create constraint c on model m"}},
		{"filled and dropped", []migrate.Operation{fill, migrate.RemoveField{Model: "M", Name: "a"}}, []string{"Remove field a from m"}},
		{"filled, then not null", []migrate.Operation{fill, migrate.Online{Operation: alter}}, []string{"Fill nulls of field a on m in batches", "Alter field a on m (online)"}},
		{"altered twice", []migrate.Operation{migrate.Online{Operation: alter}, alter}, []string{"Alter field a on m (online)"}},
		{"collation", []migrate.Operation{collation, migrate.RemoveCollation(collation)}, nil},
		{"the last order", []migrate.Operation{orderBy("a"), orderBy(""), orderBy("b")}, []string{"Set order_with_respect_to on m to b"}},
		{"extension", []migrate.Operation{migrate.HStoreExtension(), migrate.HStoreExtension()}, []string{"Creates extension hstore"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, op := range migrate.Optimize(tt.ops, "app") {
				got = append(got, op.Describe())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("Optimize = %q, want %q", got, tt.want)
			}
		})
	}
}
