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

		child := program.Command(os.Args[0], "-test.run=^TestKilledChild$", "-test.v")
		child.Env = append(os.Environ(), "MIGRATE_KILLED_CHILD="+url)
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
