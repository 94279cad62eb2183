package orm_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// manyModels writes a program with n models of twenty fields that lead to each other. It prints the nanoseconds that the
// plans of all take.
func manyModels(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "// Generated at %d: no build cache knows it.\npackage main\n\nimport (\n\t\"fmt\"\n\t\"time\"\n\n\t\"github.com/nuages-go/nuages/orm\"\n)\n", time.Now().UnixNano())
	for i := range n {
		fmt.Fprintf(&b, "\ntype M%d struct {\n\tID int64\n", i)
		for j := range 15 {
			fmt.Fprintf(&b, "\tF%d string\n", j)
		}
		fmt.Fprintf(&b, "\tN int64\n\tOn bool\n\tAt time.Time\n\tUp orm.FK[M%d]\n}\n", max(0, i-1))
		fmt.Fprintf(&b, "\nfunc (M%d) Fields(m *M%d) []orm.Field {\n\treturn []orm.Field{\n", i, i)
		for j := range 15 {
			fmt.Fprintf(&b, "\t\torm.Char(&m.F%d, 100),\n", j)
		}
		b.WriteString("\t\torm.Ref(&m.Up).OnDelete(orm.Cascade).RelatedName(\"+\"),\n\t}\n}\n")
	}
	b.WriteString("\nfunc main() {\n\tstart := time.Now()\n\terr := orm.NewRegistry(\n")
	for i := range n {
		fmt.Fprintf(&b, "\t\torm.ModelOf[M%d](),\n", i)
	}
	b.WriteString("\t).Err()\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tfmt.Println(time.Since(start).Nanoseconds())\n}\n")
	return b.String()
}

// buildMany compiles the program, which an overlay puts beside this package, and returns the binary's path.
func buildMany(tb testing.TB, n int) string {
	tb.Helper()
	dir := tb.TempDir()
	here, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	source, overlay, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "many")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, "internal", "many", "main.go"): source}})
	if err != nil {
		tb.Fatal(err)
	}
	for file, text := range map[string]string{source: manyModels(n), overlay: string(replace)} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(tb.Context(), "go", "build", "-overlay", overlay, "-o", binary, "./internal/many").CombinedOutput(); err != nil {
		tb.Fatalf("go build: %v\n%.2000s", err, out)
	}
	return binary
}

// A model must not cost the compiler the methods of Query: a foreign key to it is enough to name it, and hundreds of
// models would take minutes.
func TestModelsAreCheapToCompile(t *testing.T) {
	t.Parallel()
	binary := buildMany(t, 3)
	out, err := exec.CommandContext(t.Context(), "go", "tool", "nm", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	of := 0
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "main.M1") {
			of++
		}
		if strings.Contains(line, "orm.Query[") || strings.Contains(line, "orm.(*Query[") {
			t.Fatalf("a model with a foreign key brings %s", line)
		}
	}
	if of == 0 || of > 60 {
		t.Errorf("%d symbols are of one model, want 1 to 60", of)
	}
}

// BenchmarkManyModels measures what 300 models of twenty fields cost: the compiler and linker with everything else built
// already, and their plans at start-up.
func BenchmarkManyModels(b *testing.B) {
	if testing.Short() {
		b.Skip("compiles for seconds")
	}
	buildMany(b, 1) // so that the rest is built
	var compile, start time.Duration
	for b.Loop() {
		began := time.Now()
		binary := buildMany(b, 300)
		compile += time.Since(began)
		out, err := exec.CommandContext(b.Context(), binary).Output()
		if err != nil {
			b.Fatal(err)
		}
		ns, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		start += time.Duration(ns)
	}
	b.ReportMetric(compile.Seconds()/float64(b.N), "compile-s/op")
	b.ReportMetric(float64(start.Microseconds())/1e3/float64(b.N), "start-ms/op")
}
