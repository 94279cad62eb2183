package archtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nuages-go/nuages/internal/archtest"
)

const modulePath = "github.com/nuages-go/nuages"

func TestHouse(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	module, err := archtest.Load(os.DirFS(root), modulePath)
	if err != nil {
		t.Fatal(err)
	}
	dependencies, err := os.ReadFile(filepath.Join(root, "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}

	rules := []struct {
		name  string
		found []archtest.Violation
	}{
		{"layers", archtest.Layers(module)},
		{"other modules", archtest.Externals(module, string(dependencies))},
		{"manners", archtest.Manners(module)},
		{"public API", archtest.PublicAPI(module)},
	}
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			for _, v := range rule.found {
				t.Error(v)
			}
		})
	}
}

// TestFrontDoor keeps the root package small: the names that a site is put together with, and no more.
func TestFrontDoor(t *testing.T) {
	t.Parallel()
	module, err := archtest.Load(os.DirFS(filepath.Join("..", "..")), modulePath)
	if err != nil {
		t.Fatal(err)
	}
	if names := archtest.Exported(module.Packages[""]); len(names) > 40 {
		t.Errorf("the root package exports %d names, want at most 40: %v", len(names), names)
	}
}

// TestTransitive asks the go command, which also sees what the dependencies import.
func TestTransitive(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pkg string
		not []string
	}{
		{"web", []string{"database/sql", "html/template", "text/template", "/nuages/orm", "/nuages/template", "sqlite", "pgx", "mysql"}},
		{"urls", []string{"database/sql", "html/template", "text/template", "/nuages/orm", "sqlite", "pgx", "mysql"}},
		{"template", []string{"database/sql", "/nuages/orm", "/nuages/web", "sqlite", "pgx", "mysql"}},
		{"orm", []string{"net/http", "/nuages/web", "sqlite", "pgx", "mysql"}},
		{"migrate", []string{"/nuages/web", "modernc.org", "pgx", "mysql"}},
		{"", []string{"modernc.org", "zombiezen.com", "pgx", "mysql", "/nuages/orm/sqlite", "/nuages/orm/postgres"}},
		{"internal/archtest/testdata/onedriver", []string{"pgx", "go-sql-driver", "/nuages/orm/postgres", "/nuages/orm/mysql"}},
	}
	for _, tt := range tests {
		t.Run("nuages/"+tt.pkg, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "./"+tt.pkg)
			cmd.Dir = filepath.Join("..", "..")
			var problems strings.Builder
			cmd.Stderr = &problems
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("go list: %v\n%s", err, problems.String())
			}
			for dep := range strings.FieldsSeq(string(out)) {
				for _, not := range tt.not {
					if strings.Contains(dep, not) {
						t.Errorf("nuages/%s needs %s, must not need %q", tt.pkg, dep, not)
					}
				}
			}
		})
	}
}

// TestBrokenHouses proves that each rule fails when it should.
func TestBrokenHouses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files map[string]string
		want  string // part of a violation; empty: there must be none
	}{
		{
			"clean",
			map[string]string{"web/web.go": "// Package web x.\npackage web\n\nimport \"net/http\"\n\n// V is a v.\ntype V struct{ H http.Handler }\n"},
			"",
		},
		{
			"upwards",
			map[string]string{
				"orm/orm.go": "// Package orm x.\npackage orm\n\nimport _ \"net/http\"\nimport \"example.com/nuages/web\"\n\nvar _ = web.X\n",
				"web/web.go": "// Package web x.\npackage web\n",
			},
			"orm/orm.go:5: orm imports web (layer 2, data, may not import layer 3, request",
		},
		{
			"web imports urls",
			map[string]string{"web/web.go": "// Package web x.\npackage web\n\nimport \"example.com/nuages/urls\"\n", "urls/u.go": "// Package urls x.\npackage urls\n"},
			"web/web.go:4: web imports urls (web works alone",
		},
		{
			"root imports a driver",
			map[string]string{"nuages.go": "// Package nuages x.\npackage nuages\n\nimport \"example.com/nuages/orm/sqlite\"\n", "orm/sqlite/s.go": "// Package sqlite x.\npackage sqlite\n"},
			"nuages.go:4: nuages (the root) imports orm/sqlite (a site links only",
		},
		{
			"urls imports orm",
			map[string]string{"urls/u.go": "// Package urls x.\npackage urls\n\nimport \"example.com/nuages/orm\"\n", "orm/o.go": "// Package orm x.\npackage orm\n"},
			"urls/u.go:4: urls imports orm (of the request layer only",
		},
		{
			"webtest in production",
			map[string]string{"cmd/x/main.go": "// Command x.\npackage main\n\nimport \"example.com/nuages/webtest\"\n", "webtest/w.go": "// Package webtest x.\npackage webtest\n"},
			"webtest is for tests",
		},
		{
			"no layer",
			map[string]string{"helpers/h.go": "// Package helpers x.\npackage helpers\n"},
			"helpers: package has no layer",
		},
		{
			"unknown module",
			map[string]string{"web/web.go": "// Package web x.\npackage web\n\nimport \"example.org/left-pad\"\n"},
			"web imports example.org/left-pad (not a known dependency",
		},
		{
			"module in the wrong place",
			map[string]string{"web/web.go": "// Package web x.\npackage web\n\nimport \"github.com/jackc/pgx/v5/pgxpool\"\n"},
			"web imports github.com/jackc/pgx/v5/pgxpool (only [orm/postgres] may import it)",
		},
		{
			"undocumented module",
			map[string]string{"orm/sqlite/s.go": "// Package sqlite x.\npackage sqlite\n\nimport \"zombiezen.com/go/sqlite/sqlitex\"\n"},
			"docs/dependencies.md has no entry for zombiezen.com/go/sqlite",
		},
		{"init", map[string]string{"web/web.go": "// Package web x.\npackage web\n\nfunc init() {}\n"}, "web/web.go:4: init function"},
		{"blank import", map[string]string{"web/web.go": "// Package web x.\npackage web\n\nimport _ \"net/http/pprof\"\n"}, "blank import of net/http/pprof"},
		{"no package comment", map[string]string{"web/web.go": "package web\n"}, "web: package has no package comment"},
		{"global assigned", map[string]string{"web/web.go": "// Package web x.\npackage web\n\nvar n int\n\nfunc f() { n = 1 }\n"}, "web/web.go:6: package-level variable n is changed"},
		{"global counted", map[string]string{"web/web.go": "// Package web x.\npackage web\n\nvar n int\n\nfunc f() { n++ }\n"}, "variable n is changed"},
		{"global map", map[string]string{"web/web.go": "// Package web x.\npackage web\n\nvar m = map[string]int{}\n\nfunc f() { m[\"a\"] = 1 }\n"}, "variable m is changed"},
		{"global map across files", map[string]string{"web/a.go": "// Package web x.\npackage web\n\nvar m = map[string]int{}\n", "web/b.go": "package web\n\nfunc f() { delete(m, \"a\") }\n"}, "web/b.go:3: package-level variable m is changed"},
		{"global struct", map[string]string{"web/web.go": "// Package web x.\npackage web\n\nimport \"net/http\"\n\nvar c http.Client\n\nfunc f() { c.Timeout = 1 }\n"}, "variable c is changed"},
		{"local of the same name", map[string]string{"web/web.go": "// Package web x.\npackage web\n\nvar n int\n\nfunc f() { n := 0; n++ }\n"}, ""},
		{
			"foreign parameter",
			map[string]string{"web/web.go": "// Package web x.\npackage web\n\nimport \"github.com/google/uuid\"\n\n// F is f.\nfunc F(id uuid.UUID) {}\n"},
			"F mentions github.com/google/uuid.UUID (the public API",
		},
		{
			"foreign field",
			map[string]string{"web/web.go": "// Package web x.\npackage web\n\nimport pg \"github.com/jackc/pgx/v5\"\n\n// T is t.\ntype T struct {\n\tConn *pg.Conn\n}\n"},
			"T mentions github.com/jackc/pgx/v5.Conn",
		},
		{
			"foreign unexported field",
			map[string]string{"orm/postgres/p.go": "// Package postgres x.\npackage postgres\n\nimport \"github.com/jackc/pgx/v5\"\n\n// T is t.\ntype T struct {\n\tconn *pgx.Conn\n}\n"},
			"",
		},
		{"no comment", map[string]string{"web/web.go": "// Package web x.\npackage web\n\nfunc F() {}\n"}, "web/web.go:4: F has no comment"},
		{"nested module", map[string]string{"bench/go.mod": "module bench\n", "bench/b.go": "package bench\n\nimport \"example.org/chi\"\n"}, ""},
		{"tests may do more", map[string]string{"web/w.go": "// Package web x.\npackage web\n", "web/w_test.go": "package web_test\n\nimport \"example.com/nuages/orm\"\n"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fsys := fstest.MapFS{}
			for name, source := range tt.files {
				fsys[name] = &fstest.MapFile{Data: []byte(source)}
			}
			module, err := archtest.Load(fsys, "example.com/nuages")
			if err != nil {
				t.Fatal(err)
			}

			var found []string
			all := append(archtest.Layers(module), archtest.Externals(module, "github.com/jackc/pgx/v5 github.com/google/uuid")...)
			all = append(append(all, archtest.Manners(module)...), archtest.PublicAPI(module)...)
			for _, v := range all {
				found = append(found, v.String())
			}
			text := strings.Join(found, "\n")
			if tt.want == "" && text != "" || !strings.Contains(text, tt.want) {
				t.Errorf("violations =\n%s\nwant %q", text, tt.want)
			}
		})
	}
}
