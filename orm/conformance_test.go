package orm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// TestConformance runs the queries of orm.json, which hold what Django 6.1 returned, through the dynamic layer. The file is
// in testdata/conformance or in the directory that NUAGES_CONFORMANCE names. Beside it orm_random.json may hold more: random
// queries that Django 3.2 ran, where it agrees with 6.1.
func TestConformance(t *testing.T) {
	file := conformanceFile(t)
	ctx := conformanceDB(t)
	runConformance(t, ctx, file, "sqlite")
}

type conformance struct {
	Data  []dataSet         `json:"data"`
	Cases []conformanceCase `json:"cases"`
}

type dataSet struct {
	Model       string   `json:"model"`
	Columns     []string `json:"columns"`
	Rows        [][]any  `json:"rows"`
	Symmetrical bool     `json:"symmetrical"`
}

type conformanceCase struct {
	Name         string          `json:"name"`
	Model        string          `json:"model"`
	Steps        [][]any         `json:"steps"`
	Do           string          `json:"do"`
	Args         any             `json:"args"`
	Kwargs       map[string]any  `json:"kwargs"`
	Defaults     map[string]any  `json:"defaults"`
	Rows         []any           `json:"rows"`
	Then         *subQuery       `json:"then"`
	Follow       []string        `json:"follow"`
	CountQueries bool            `json:"count_queries"`
	Result       json.RawMessage `json:"result"`
	ResultPG     json.RawMessage `json:"result_postgresql"`
	Error        *caseError      `json:"error"`
	ErrorPG      *caseError      `json:"error_postgresql"`
}

type caseError struct{ Class, Message string }

type subQuery struct {
	Model string  `json:"model"`
	Steps [][]any `json:"steps"`
}

func conformanceFile(t *testing.T) *conformance {
	t.Helper()
	dir := os.Getenv("NUAGES_CONFORMANCE")
	if dir == "" {
		dir = filepath.Join("testdata", "conformance")
	}
	all := readConformance(t, filepath.Join(dir, "orm.json"))
	if all == nil {
		t.Skipf("no orm.json in %s (set NUAGES_CONFORMANCE)", dir)
	}
	if more := readConformance(t, filepath.Join(dir, "orm_random.json")); more != nil { // over the same data
		all.Cases = append(all.Cases, more.Cases...)
	}
	return all
}

func readConformance(t *testing.T, name string) *conformance {
	t.Helper()
	b, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var c conformance
	if err := dec.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return &c
}

func conformanceDB(t *testing.T) context.Context {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "newsroom.sqlite3"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ctx := orm.WithModels(orm.WithDatabase(context.Background(), db), newsroom.All()...)
	createTables(t, ctx, newsroom.All()...)
	return ctx
}

func loadData(t *testing.T, ctx context.Context, data []dataSet) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range data {
		switch d.Model {
		case "Author":
			loadRows[newsroom.Author](t, ctx, d)
		case "Profile":
			loadRows[newsroom.Profile](t, ctx, d)
		case "Tag":
			loadRows[newsroom.Tag](t, ctx, d)
		case "Story":
			loadRows[newsroom.Story](t, ctx, d)
		case "Review":
			loadRows[newsroom.Review](t, ctx, d)
		case "Story.tags":
			for _, r := range d.Rows {
				s, err := orm.Objects[newsroom.Story]().Get(ctx, orm.Lookup("pk", val(r[0])))
				must(err)
				must(s.Tags.AddIDs(ctx, num(r[1])))
			}
		case "Story.related":
			for _, r := range d.Rows {
				s, err := orm.Objects[newsroom.Story]().Get(ctx, orm.Lookup("pk", val(r[0])))
				must(err)
				must(s.Related.AddIDs(ctx, num(r[1])))
			}
		}
	}
}

func num(v any) int64 {
	n, _ := strconv.ParseInt(fmt.Sprint(v), 10, 64)
	return n
}

func loadRows[T any](t *testing.T, ctx context.Context, d dataSet) {
	t.Helper()
	for _, r := range d.Rows {
		obj := new(T)
		for i, col := range d.Columns {
			if err := orm.SetField(obj, col, val(r[i])); err != nil {
				t.Fatalf("%s.%s: %v", d.Model, col, err)
			}
		}
		if err := orm.Create(ctx, obj); err != nil {
			t.Fatal(err)
		}
	}
}

func runConformance(t *testing.T, ctx context.Context, file *conformance, db string) {
	passed, failed, skipped := 0, 0, 0 // nothing is skipped; the count is part of the line that every such test prints
	rollback := errors.New("undo")
	err := orm.Atomic(ctx, func(ctx context.Context) error {
		loadData(t, ctx, file.Data)
		frozen := time.Date(2026, 3, 14, 15, 9, 26, 535897000, time.UTC) // the clock under which the file was made
		s := orm.Fields[newsroom.Story]()
		if _, err := orm.Objects[newsroom.Story]().Update(ctx, orm.Set(&s.CreatedAt, frozen), orm.Set(&s.UpdatedAt, frozen)); err != nil {
			return err
		}
		return resetSequences(ctx, newsroom.All()...)
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range file.Cases {
		c := &file.Cases[i]
		var problem string
		log := &orm.QueryLog{}
		_ = orm.Atomic(ctx, func(ctx context.Context) error {
			problem = runCase(orm.WithQueryLog(ctx, log), c, db)
			return rollback
		})
		if problem != "" && os.Getenv("NUAGES_SQL") != "" { // what ran, to compare with Django's
			for _, e := range log.Entries() {
				problem += fmt.Sprintf("\n\t%s %v", e.SQL, e.Args)
			}
		}
		if problem == "" {
			passed++
			continue
		}
		failed++
		t.Errorf("%s: %s", c.Name, problem)
	}
	fmt.Printf("conformance orm (%s): %d passed, %d failed, %d skipped\n", db, passed, failed, skipped)
}

func runCase(ctx context.Context, c *conformanceCase, db string) (problem string) {
	defer func() {
		if r := recover(); r != nil {
			problem = fmt.Sprintf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	switch c.Model {
	case "Profile":
		return runTyped[newsroom.Profile](ctx, c, db)
	case "Story":
		return runTyped[newsroom.Story](ctx, c, db)
	case "Author":
		return runTyped[newsroom.Author](ctx, c, db)
	case "Tag":
		return runTyped[newsroom.Tag](ctx, c, db)
	case "Review":
		return runTyped[newsroom.Review](ctx, c, db)
	}
	return "unknown model " + c.Model
}

func runTyped[T any](ctx context.Context, c *conformanceCase, db string) string {
	got, err := do[T](ctx, c)
	if db == "mysql" && c.ResultPG != nil && judge(c, got, err, "postgres") == "" {
		return "" // where two databases differ it may be like either: case beyond ASCII, texts among JSON's numbers
	}
	return judge(c, got, err, db)
}
