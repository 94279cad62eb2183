package migrate_test

import (
	"bufio"
	"context"
	"os"
	program "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// halfway is a migration that changes tables and rows before and after f.
func halfway(f func(ctx context.Context, data *migrate.Data) error) []migrate.App {
	return zooApps(
		migrate.AddField{Model: "Animal", Field: schema.Field{Name: "color", Kind: schema.Char, MaxLength: 9, Default: "red"}},
		migrate.RenameField{Model: "Animal", Old: "legs", New: "feet"},
		migrate.RunSQL{SQL: []string{"UPDATE zoo_animal SET feet = feet + 1"}},
		migrate.RunGo{Do: f},
		migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "name", Kind: schema.Char, MaxLength: 99}},
	)
}

func openURL(url string) (*orm.DB, error) {
	if path, ok := strings.CutPrefix(url, "file:"); ok {
		return sqlite.Open(path, sqlite.Options{})
	}
	if strings.HasPrefix(url, "mysql:") {
		return mysql.Open(url, mysql.Options{})
	}
	return postgres.Open(url, postgres.Options{})
}

// TestKilledChild is the process that TestKill kills: it stops in the middle of a migration.
func TestKilledChild(t *testing.T) {
	url := os.Getenv("MIGRATE_KILLED_CHILD")
	if url == "" {
		t.Skip("runs in a process of its own")
	}
	db, err := openURL(url)
	if err != nil {
		t.Fatal(err)
	}
	err = migrate.Run(orm.WithDatabase(context.Background(), db), halfway(func(context.Context, *migrate.Data) error {
		_, _ = os.Stdout.WriteString("halfway\n")
		time.Sleep(time.Minute)
		return nil
	}), migrate.Options{})
	t.Fatal("the migration ended", err)
}

// killHalfway runs a test in a process of its own and kills that when it says that it is halfway.
func killHalfway(t *testing.T, test, env string) {
	t.Helper()
	child := program.Command(os.Args[0], "-test.run=^"+test+"$", "-test.v")
	child.Env = append(os.Environ(), env)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for s := bufio.NewScanner(out); s.Scan(); {
		if lines = append(lines, s.Text()); strings.Contains(s.Text(), "halfway") {
			break
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil || !slices.Contains(lines, "halfway") {
		t.Fatalf("the child was not killed halfway: %v, %q", err, lines)
	}
}

// TestKill kills a process in the middle of a migration; migrate then starts it anew and ends well.
func TestKill(t *testing.T) {
	t.Parallel()
	kill := func(t *testing.T, url string) {
		t.Helper()
		db, err := openURL(url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		ctx := orm.WithDatabase(context.Background(), db)
		if err := migrate.Run(ctx, zooApps(), migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		exec(t, ctx, zooRows...)

		killHalfway(t, "TestKilledChild", "MIGRATE_KILLED_CHILD="+url)

		apps := halfway(migrate.Nothing)
		if err := migrate.Run(ctx, apps, migrate.Options{}); err != nil {
			t.Fatalf("after the kill: %v", err)
		}
		noDrift(t, ctx, apps)
		if got, want := rows(t, ctx, "SELECT feet, color FROM zoo_animal ORDER BY id"), []string{"5|red", "3|red", "1|red"}; !slices.Equal(got, want) {
			t.Errorf("the rows are %q, want %q", got, want)
		}
	}
	t.Run("sqlite", func(t *testing.T) { kill(t, "file:"+filepath.Join(t.TempDir(), "k.sqlite3")) })
	t.Run("postgresql", func(t *testing.T) { kill(t, testservices.StartPostgres(t).NewDatabase(t)) })
	t.Run("mysql", func(t *testing.T) { kill(t, testservices.StartMariaDB(t).NewDatabase(t)) })
}

// TestAtOnce lets several processes' worth of databases migrate the same one at the same time.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	atOnce := func(t *testing.T, url string) {
		t.Helper()
		apps := zooApps(migrate.AddField{Model: "Animal", Field: schema.Field{Name: "age", Kind: schema.Integer, Null: true}})
		var wg sync.WaitGroup
		for range 4 {
			db, err := openURL(url)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			wg.Go(func() {
				if err := migrate.Run(orm.WithDatabase(context.Background(), db), apps, migrate.Options{}); err != nil {
					t.Errorf("Run: %v", err)
				}
			})
		}
		wg.Wait()
		db, err := openURL(url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		ctx := orm.WithDatabase(context.Background(), db)
		noDrift(t, ctx, apps)
		if got := rows(t, ctx, "SELECT name FROM django_migrations ORDER BY id"); !slices.Equal(got, []string{"0001_initial", "0002_change"}) {
			t.Errorf("records: %q", got)
		}
	}
	t.Run("sqlite", func(t *testing.T) { atOnce(t, "file:"+filepath.Join(t.TempDir(), "k.sqlite3")) })
	t.Run("postgresql", func(t *testing.T) { atOnce(t, testservices.StartPostgres(t).NewDatabase(t)) })
	t.Run("mysql", func(t *testing.T) { atOnce(t, testservices.StartMariaDB(t).NewDatabase(t)) })
}

// TestStoppedWithoutTransaction says what has run of a migration that no transaction takes back.
func TestStoppedWithoutTransaction(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	apps := zooApps(
		migrate.AddField{Model: "Animal", Field: schema.Field{Name: "age", Kind: schema.Integer, Null: true}},
		migrate.RunSQL{SQL: []string{"SELECT * FROM nowhere"}},
	)
	apps[0].Migrations[1].NonAtomic = true
	err := migrate.Run(ctx, apps, migrate.Options{})
	for _, want := range []string{"zoo.0002_change: Raw SQL operation", "These statements have run and stay:\n  ALTER TABLE \"zoo_animal\" ADD COLUMN \"age\" integer NULL\n", "migrate --fake zoo 0002_change"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, which lacks %q", err, want)
		}
	}
}

// TestStoppedGoesOn stops a migration without a transaction after its first operation, and once more halfway through statements
// of the developer's: what is done is not done again, forward and backward.
func TestStoppedGoesOn(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, ctx context.Context) {
		if d, err := orm.DialectOf(ctx, ""); err != nil || d.Name == "mysql" {
			t.Skip("has a journal of statements (TestJournal)")
		}
		change := func(sql, undo string) []migrate.App {
			apps := zooApps(
				migrate.AddField{Model: "Animal", Field: schema.Field{Name: "color", Kind: schema.Char, MaxLength: 9, Default: "red", Index: true}},
				migrate.RunSQL{SQL: []string{sql}, Reverse: []string{undo}},
				migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "name", Kind: schema.Char, MaxLength: 99}},
			)
			apps[0].Migrations[1].NonAtomic = true
			return apps
		}
		migrated(t, ctx, zooApps())
		exec(t, ctx, zooRows...)
		broken, whole := change("SELECT * FROM nowhere", "SELECT * FROM nowhere"), change("UPDATE zoo_animal SET color = 'blue' WHERE color = 'red'", "UPDATE zoo_animal SET legs = legs + 1")
		for _, when := range []string{"at first", "again"} {
			err := migrate.Run(ctx, broken, migrate.Options{})
			for _, want := range []string{"zoo.0002_change: Raw SQL operation", "Migrate again when the cause is gone: it goes on after the operations that are done (\"Raw SQL operation\" begins anew)"} {
				if err != nil && when == "again" && strings.Contains(want, "Migrate again") {
					want = "no statement of the migration has run before"
				}
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: the error is %v, which lacks %q", when, err, want)
				}
			}
		}
		exec(t, ctx, "UPDATE zoo_animal SET color = 'green' WHERE id = 1") // the first operation must not give it its value again
		other := change("SELECT 1", "SELECT 1")
		other[0].Migrations[1].Operations[0] = migrate.RemoveField{Model: "Animal", Name: "weight"}
		if err := migrate.Run(ctx, other, migrate.Options{}); err == nil || !strings.Contains(err.Error(), `number 1 was "Add field color to animal" and is done`) {
			t.Errorf("with other operations: %v", err)
		}
		if err := migrate.Run(ctx, whole, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		noDrift(t, ctx, whole)
		if got, want := rows(t, ctx, "SELECT color FROM zoo_animal ORDER BY id"), []string{"green", "blue", "blue"}; !slices.Equal(got, want) {
			t.Errorf("the rows are %q, want %q", got, want)
		}
		broken[0].Migrations[1].Operations[1] = migrate.RunSQL{SQL: []string{"SELECT 1"}, Reverse: []string{"SELECT * FROM nowhere"}}
		if err := migrate.Run(ctx, broken, migrate.Options{App: "zoo", Target: "0001"}); err == nil {
			t.Fatal("a broken way back ends well")
		}
		if err := migrate.Run(ctx, whole, migrate.Options{App: "zoo", Target: "0001"}); err != nil {
			t.Fatal(err)
		}
		noDrift(t, ctx, zooApps())
		if got, want := rows(t, ctx, "SELECT legs FROM zoo_animal ORDER BY id"), []string{"5", "3", "1"}; !slices.Equal(got, want) {
			t.Errorf("the rows are %q, want %q", got, want)
		}
		// Ended by hand.
		if err := migrate.Run(ctx, broken, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		left, err := migrate.Leftovers(ctx)
		if err != nil || len(left) > 0 {
			t.Errorf("left are %q, %v", left, err)
		}
	})
}

// TestBrokenKeysWithoutTransaction makes a table of SQLite anew whose rows another table points to, in a migration without a
// transaction that deletes one of them: the foreign keys are checked in the transaction of the table, and at the end.
func TestBrokenKeysWithoutTransaction(t *testing.T) {
	t.Parallel()
	remake := migrate.AlterField{Model: "Owner", Field: schema.Field{Name: "name", Kind: schema.Char, MaxLength: 99}}
	lose := migrate.RunSQL{SQL: []string{"DELETE FROM zoo_owner WHERE id = 1"}}
	for _, ops := range [][]migrate.Operation{{remake, lose}, {lose, remake}} {
		ctx := open(t)
		migrated(t, ctx, zooApps())
		exec(t, ctx, zooRows...)
		apps := zooApps(ops...)
		apps[0].Migrations[1].NonAtomic = true
		err := migrate.Run(ctx, apps, migrate.Options{})
		if err == nil || !strings.Contains(err.Error(), "of table zoo_animal points to a row of zoo_owner that does not exist") {
			t.Errorf("with %q first: %v", ops[0].Describe(), err)
		}
		if got := rows(t, ctx, "SELECT name FROM django_migrations"); len(got) != 1 {
			t.Errorf("recorded are %q", got)
		}
	}
}

// TestRemakeKilledChild is the process that TestKillRemake kills: it stops while rows are copied.
func TestRemakeKilledChild(t *testing.T) {
	url := os.Getenv("MIGRATE_REMAKE_CHILD")
	if url == "" {
		t.Skip("runs in a process of its own")
	}
	db, err := openURL(url)
	if err != nil {
		t.Fatal(err)
	}
	ctx := orm.WithWrapper(orm.WithDatabase(context.Background(), db), func(ctx context.Context, st *orm.Statement, next func(context.Context) error) error {
		err := next(ctx)
		if strings.HasPrefix(st.SQL, `DROP TABLE "zoo_animal"`) {
			if again := os.Getenv("MIGRATE_REMAKE_AT"); again == "1" {
				_, _ = os.Stdout.WriteString("halfway\n")
				time.Sleep(time.Minute)
			}
			_ = os.Setenv("MIGRATE_REMAKE_AT", "1")
		}
		return err
	})
	t.Fatal("the migration ended", migrate.Run(ctx, twoRemakes(), migrate.Options{}))
}

// twoRemakes makes the same table anew twice, without a transaction around both.
func twoRemakes() []migrate.App {
	apps := zooApps(
		migrate.AddField{Model: "Animal", Field: schema.Field{Name: "color", Kind: schema.Char, MaxLength: 9, Default: "red"}},
		migrate.AlterField{Model: "Animal", Field: schema.Field{Name: "name", Kind: schema.Char, MaxLength: 99}},
	)
	apps[0].Migrations[1].NonAtomic = true
	return apps
}

// TestKillRemake kills a process when it has copied the rows of a table into the new one and dropped the old one, the second
// time in a migration without a transaction: the first remake stays, the second is taken back, and migrate goes on there.
func TestKillRemake(t *testing.T) {
	t.Parallel()
	url := "file:" + filepath.Join(t.TempDir(), "k.sqlite3")
	db, err := openURL(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ctx := orm.WithDatabase(context.Background(), db)
	migrated(t, ctx, zooApps())
	exec(t, ctx, zooRows...)
	before := rows(t, ctx, zooData)
	killHalfway(t, "TestRemakeKilledChild", "MIGRATE_REMAKE_CHILD="+url)
	exec(t, ctx, "UPDATE zoo_animal SET color = 'blue' WHERE id = 1")
	apps := twoRemakes()
	var out strings.Builder
	if err := migrate.Run(ctx, apps, migrate.Options{Out: &out, Verbosity: 1}); err != nil {
		t.Fatalf("after the kill: %v", err)
	}
	if !strings.Contains(out.String(), "(going on after 1 operations)") {
		t.Errorf("migrate prints\n%s", out.String())
	}
	noDrift(t, ctx, apps)
	if after := rows(t, ctx, zooData); !slices.Equal(before, after) {
		t.Errorf("the rows are %q, want %q", after, before)
	}
	if got, want := rows(t, ctx, "SELECT color FROM zoo_animal ORDER BY id"), []string{"blue", "red", "red"}; !slices.Equal(got, want) {
		t.Errorf("the rows are %q, want %q", got, want)
	}
	if left, err := migrate.Leftovers(ctx); err != nil || len(left) > 0 {
		t.Errorf("left are %q, %v", left, err)
	}
}
