package migrate_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// unfinished runs a migration on MariaDB that stops after some operations, with rows in the tables.
func unfinished(t *testing.T, ops ...migrate.Operation) (context.Context, error) {
	t.Helper()
	ctx := openMySQL(t)
	if err := migrate.Run(ctx, zooApps(), migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	exec(t, ctx, zooRows...)
	return ctx, migrate.Run(ctx, zooApps(ops...), migrate.Options{})
}

// TestUnfinishedOnMySQL stops a migration after each of its operations, and lets the next run go on from there: each
// statement must run once, whatever it is.
func TestUnfinishedOnMySQL(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	ops := []migrate.Operation{
		migrate.AddField{Model: "Animal", Field: schema.Field{Name: "color", Kind: schema.Char, MaxLength: 9, Default: "red", Index: true}},
		migrate.RunSQL{SQL: []string{"UPDATE zoo_animal SET legs = legs + 1"}},
		migrate.RenameField{Model: "Animal", Old: "legs", New: "feet"},
		migrate.RunGo{Do: func(ctx context.Context, data *migrate.Data) error {
			return data.Table("zoo", "Animal").Each(ctx, func(row *migrate.Row) error {
				row.Set("feet", row.Int("feet")+10)
				return row.Save(ctx)
			})
		}},
		migrate.AlterUniqueTogether{Model: "Animal"},
		migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "owner", Kind: schema.ForeignKey, Null: true, Rel: &schema.Relation{To: "zoo.Owner", OnDelete: schema.SetNull, NoConstraint: true}}},
		migrate.RenameModel{Old: "Owner", New: "Keeper"},
		migrate.CreateModel{Name: "Cage", Fields: []schema.Field{idField, nameField}},
	}
	for stop := range len(ops) + 1 {
		t.Run(migrateName(ops, stop), func(t *testing.T) {
			t.Parallel()
			halted := slices.Insert(slices.Clone(ops), stop, migrate.Operation(migrate.RunGo{Do: func(context.Context, *migrate.Data) error { return broken }}))
			ctx, err := unfinished(t, halted...)
			if !errors.Is(err, broken) {
				t.Fatalf("the migration that stops gives %v", err)
			}
			apps := zooApps(ops...)
			if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
				t.Fatalf("going on: %v", err)
			}
			noDrift(t, ctx, apps)
			if got, want := rows(t, ctx, "SELECT feet, color FROM zoo_animal ORDER BY id"), []string{"15|red", "13|red", "11|red"}; !slices.Equal(got, want) {
				t.Errorf("the rows are %q, want %q", got, want)
			}
			if left := rows(t, ctx, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'nuages%'"); len(left) > 0 {
				t.Errorf("after the end these tables are left: %q", left)
			}
		})
	}
}

func migrateName(ops []migrate.Operation, stop int) string {
	if stop < len(ops) {
		return "before " + ops[stop].Describe()
	}
	return "at the end"
}

// TestUnfinishedSays looks at what people read when a migration stops on MariaDB, and at the ways out.
func TestUnfinishedSays(t *testing.T) {
	t.Parallel()
	age := migrate.AddField{Model: "Animal", Field: schema.Field{Name: "age", Kind: schema.Integer, Null: true}}
	color := migrate.AddField{Model: "Animal", Field: schema.Field{Name: "color", Kind: schema.Char, MaxLength: 9, Null: true}}
	wrong := migrate.RunSQL{SQL: []string{"SELECT * FROM nowhere"}}
	says := func(t *testing.T, err error, texts ...string) {
		t.Helper()
		for _, want := range texts {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the error is %v, which lacks %q", err, want)
			}
		}
	}
	const added = "ALTER TABLE `zoo_animal` ADD COLUMN `age` integer NULL"
	t.Run("what has run, and the operation that failed", func(t *testing.T) {
		t.Parallel()
		_, err := unfinished(t, age, wrong)
		says(t, err, "zoo.0002_change: Raw SQL operation", "nowhere", "These statements have run and stay:\n  "+added+"\n", "Migrate again", "it goes on after them", "migrate --fake zoo 0002_change")
	})
	t.Run("the migration was edited behind what has run", func(t *testing.T) {
		t.Parallel()
		ctx, _ := unfinished(t, age, wrong)
		var out bytes.Buffer
		if err := migrate.Run(ctx, zooApps(age, color), migrate.Options{Out: &out, Verbosity: 1}); err != nil || !strings.Contains(out.String(), "going on after 1 statement") {
			t.Fatalf("%v, %s", err, out.String())
		}
		noDrift(t, ctx, zooApps(age, color))
	})
	t.Run("the migration was edited before what has run", func(t *testing.T) {
		t.Parallel()
		ctx, _ := unfinished(t, age, wrong)
		says(t, migrate.Run(ctx, zooApps(color, age), migrate.Options{}), "its statements are others now", "`color`", "These statements have run and stay:\n  "+added, "drop the table nuages_unfinished_migration", "migrate --fake zoo 0002_change")

		exec(t, ctx, "ALTER TABLE zoo_animal ADD COLUMN color varchar(9) NULL")
		apps := zooApps(color, age)
		if err := migrate.Run(ctx, apps, migrate.Options{Fake: true}); err != nil {
			t.Fatal(err)
		}
		noDrift(t, ctx, apps)
		if err := migrate.Run(ctx, apps, migrate.Options{App: "zoo", Target: "0001"}); err != nil {
			t.Errorf("back after --fake: %v", err)
		}
	})
	t.Run("killed in a change of a table that the server ended", func(t *testing.T) {
		t.Parallel()
		ctx, _ := unfinished(t, age, wrong)
		exec(t, ctx, "UPDATE nuages_unfinished_migration SET done = 0")
		if err := migrate.Run(ctx, zooApps(age, color), migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		noDrift(t, ctx, zooApps(age, color))
	})
	t.Run("killed in a change of a table that the server did not begin", func(t *testing.T) {
		t.Parallel()
		ctx, _ := unfinished(t, age, wrong)
		exec(t, ctx, "UPDATE nuages_unfinished_migration SET done = 0", "ALTER TABLE zoo_animal DROP COLUMN age")
		if err := migrate.Run(ctx, zooApps(age, color), migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		noDrift(t, ctx, zooApps(age, color))
	})
	t.Run("another migration comes first", func(t *testing.T) {
		t.Parallel()
		ctx, _ := unfinished(t, age, wrong)
		apps := zooApps(age)
		apps[0].Migrations[1].Name = "0002_other"
		says(t, migrate.Run(ctx, apps, migrate.Options{}), "zoo.0002_change was stopped halfway", added)
	})
}

// TestTimeoutsOnMariaDB lets a migration wait for a table that a transaction holds, and run for too long.
func TestTimeoutsOnMariaDB(t *testing.T) {
	t.Parallel()
	ctx := openMySQL(t)
	if err := migrate.Run(ctx, zooApps(), migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	exec(t, ctx, zooRows...)
	apps := zooApps(migrate.AddField{Model: "Animal", Field: schema.Field{Name: "age", Kind: schema.Integer, Null: true}})
	err := orm.Atomic(ctx, func(held context.Context) error {
		if _, err := orm.Exec(held, "UPDATE zoo_animal SET legs = 1"); err != nil {
			return err
		}
		start := time.Now()
		err := migrate.Run(ctx, apps, migrate.Options{LockTimeout: time.Second})
		if !errors.Is(err, orm.ErrLocked) || time.Since(start) > 20*time.Second {
			t.Errorf("while the table is held, migrate gives %v after %s, want ErrLocked after a second", err, time.Since(start))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate.Run(ctx, apps, migrate.Options{LockTimeout: time.Second}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	noDrift(t, ctx, apps)

	slow := zooApps(migrate.RunSQL{SQL: []string{"UPDATE zoo_animal SET legs = SLEEP(20)"}, Reverse: migrate.NoSQL()})
	slow[0].Migrations[1].Name, slow[0].Migrations[1].StatementTimeout = "0003_slow", 200*time.Millisecond
	slow[0].Migrations = append([]migrate.Migration{apps[0].Migrations[0], apps[0].Migrations[1]}, slow[0].Migrations[1])
	slow[0].Migrations[2].Dependencies = []migrate.Key{{App: "zoo", Name: "0002_change"}}
	if err := migrate.Run(ctx, slow, migrate.Options{}); !errors.Is(err, orm.ErrStatementTimeout) {
		t.Errorf("a statement that takes too long gives %v, want ErrStatementTimeout", err)
	}
}
