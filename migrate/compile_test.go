package migrate_test

import (
	"context"
	"encoding/json"
	"os"
	program "os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/migrate"
)

// TestWrittenMigrationsCompile writes the migrations of the conformance models, compiles them, and compares the models
// with them again: nothing may differ.
func TestWrittenMigrationsCompile(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles programs")
	}
	t.Parallel()
	dir := t.TempDir()
	apps := []migrate.App{{Label: "newsroom", Models: newsroom.All()}}
	if out, err := call(t, context.Background(), apps, "", "makemigrations", "--dir", filepath.Join(dir, "migrations")); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	db := filepath.Join(dir, "db.sqlite3")
	out := compile(t, map[string]string{
		"internal/e2e/migrations/0001_initial.go": read(t, filepath.Join(dir, "migrations", "0001_initial.go")),
		"internal/e2e/migrations/migrations.go":   read(t, filepath.Join(dir, "migrations", "migrations.go")),
		"internal/e2e/main.go": `package main

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/migrate/internal/e2e/migrations"
	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

func main() {
	apps := []migrate.App{{Label: "newsroom", Models: newsroom.All(), Migrations: migrations.All()}}
	ms, err := migrate.Plan(apps)
	fmt.Println(len(ms), err)
	for _, m := range ms {
		for _, op := range m.Operations {
			fmt.Println(op.Describe())
		}
	}
	db, err := sqlite.Open("` + db + `", sqlite.Options{})
	fmt.Println(err)
	ctx := orm.WithDatabase(context.Background(), db)
	fmt.Println(migrate.Run(ctx, apps, migrate.Options{}))
	fmt.Println(migrate.Drift(ctx, apps, ""))
}
`,
	})
	if want := "0 <nil>\n<nil>\n<nil>\n[] <nil>\n"; out != want {
		t.Fatalf("with the written migrations the program prints\n%s\nwant\n%s", out, want)
	}
}

// compile runs a program whose files, named from this directory, lie over the module without being written into it.
func compile(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	overlay := map[string]map[string]string{"Replace": {}}
	for name, content := range files {
		path := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		overlay["Replace"][filepath.Join(here, name)] = path
	}
	raw, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, raw, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := program.Command("go", "run", "-ldflags=-s -w", "-overlay", list, "./internal/e2e").CombinedOutput()
	if err != nil {
		t.Fatalf("go run: %v\n%s", err, out)
	}
	return string(out)
}
