package orm_test

import (
	"bytes"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const prelude = `package p

import (
	"context"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/fn"
)

type Status string

type User struct {
	ID   int64
	Name string
}

type Tag struct {
	ID   int64
	Slug string
}

type Comment struct {
	ID      int64
	Article orm.FK[Article]
	Text    string
}

type Article struct {
	ID        int64
	Title     string
	Status    Status
	Likes     int
	Rating    float64
	Author    orm.FK[User]
	Tags      orm.Many[Tag]
	Published *time.Time
	Created   time.Time
	N         int64
}

var (
	a   = orm.Fields[Article]()
	u   = orm.Fields[User]()
	c   = orm.Fields[Comment]()
	q   = orm.Objects[Article]()
	now = time.Now()
	ctx = context.Background()
	_, _, _, _, _, _ = a, u, c, q, now, ctx
	_ = fn.Pi
)

func use(...any) {}

type Row struct {
	Title string
	N     int64
}

`

// Wrong programs do not compile: a wrong field, a value of another type, a relation to another model.
func TestMistakesDoNotCompile(t *testing.T) {
	t.Parallel()
	right := []string{
		`use(orm.Eq(&a.Title, "x"), orm.Eq(&a.Status, "live"), orm.Gt(&a.Likes, 3))`,
		`use(orm.Lte(a.Published, now), orm.IsNull(&a.Published), orm.Desc(a.Published))`,
		`use(orm.Eq(&a.Author.To().Name, "x"), orm.Is(&a.Author, &User{}), orm.Eq(&a.Tags.To().Slug, "go"))`,
		`use(orm.IContains(&orm.Rev[Comment](&c.Article).Text, "x"))`,
		`use(orm.Set(&a.Title, "z"), orm.SetTo(&a.Likes, orm.F(&a.Likes).Plus(1)), orm.F(&a.Likes).Gt(orm.F(&a.Likes)))`,
		`rows, err := orm.Values(q, func(r *Row) []orm.Pick { return []orm.Pick{orm.As(&r.N, orm.Count(&a.ID)), orm.As(&r.Title, orm.F(&a.Title))} }).All(ctx); var _ []Row = rows; use(err)`,
		`n, err := orm.Aggregate(ctx, q, orm.Sum(&a.Likes)); var _ int = n; use(err)`,
		`use([]orm.Field{orm.Char(&a.Title, 200), orm.Char(&a.Status, 10).Default("live"), orm.DateTime(a.Published), orm.Ref(&a.Author).OnDelete(orm.Cascade)})`,
		`use(fn.LPad(fn.Upper(orm.F(&a.Status)), 8, "0").Eq(fn.Left(orm.F(&a.Title), orm.F(&a.Likes))), fn.Sqrt(orm.F(&a.Rating)), fn.ExtractYear(orm.F(a.Published)))`,
	}
	wrong := []string{
		`use(orm.Eq(&a.Titel, "x"))`,
		`use(orm.Eq(&a.Title, 1))`,
		`use(orm.Eq(&a.Likes, "many"))`,
		`use(orm.Eq(&a.Likes, 1.5))`,
		`use(orm.Eq(&a.Created, "2026-01-01"))`,
		`use(orm.Eq(a.Published, nil))`,
		`use(orm.Lte(&a.Published, now))`,
		`use(orm.In(&a.Likes, "a", "b"))`,
		`use(orm.Between(&a.Likes, 1, "x"))`,
		`use(orm.IContains(&a.Likes, "1"))`,
		`use(orm.StartsWith(&a.Title, 5))`,
		`use(orm.Year(&a.Title, 2026))`,
		`use(orm.Eq(&a.Author.Name, "x"))`,
		`use(orm.Eq(&a.Author.To().Slug, "x"))`,
		`use(orm.Is(&a.Author, &Tag{}))`,
		`use(orm.Is(&a.Title, &User{}))`,
		`use(orm.IContains(&orm.Rev[Comment](&c.Text).Text, "x"))`,
		`use(orm.IContains(&orm.Rev[Comment](&c.Article).Title, "x"))`,
		`use(q.Filter("title = 'x'"))`,
		`use(q.OrderBy("-published"))`,
		`use(q.OrderBy(&a.Title))`,
		`use(q.Related(&a.Title))`,
		`use(q.Prefetch("tags"))`,
		`use(orm.Set(&a.Title, 5))`,
		`use(orm.SetTo(&a.Likes, orm.F(&a.Title)))`,
		`use(orm.F(&a.Likes).Gt(orm.F(&a.Rating)))`,
		`use(orm.F(&a.Likes).Plus("x"))`,
		`use(q.Update(ctx, orm.Eq(&a.Title, "x")))`,
		`use(q.Create(ctx, &User{}))`,
		`use(orm.As(&a.N, orm.F(&a.Title)))`,
		`use(orm.Values(q, func(r *Row) []orm.Pick { return []orm.Pick{orm.As(&r.N, orm.F(&a.Title))} }))`,
		`var n string; n, _ = orm.Aggregate(ctx, q, orm.Count(&a.ID)); use(n)`,
		`use(orm.Char(&a.Likes, 10))`,
		`use(orm.Integer(&a.Title))`,
		`use(orm.DateTime(&a.Title))`,
		`use(orm.Char(&a.Status, 10).Default(5))`,
		`use(orm.Ref(&a.Title))`,
		`use(orm.ManyToMany(&a.Author))`,
		`use(orm.And(true, false))`,
		`use(q.All())`,
		`use(q.Limit("10"))`,
		`use(fn.Upper(orm.F(&a.Likes)))`,
		`use(fn.Upper(&a.Title))`,
		`use(fn.Sqrt(orm.F(&a.Title)))`,
		`use(fn.LPad(orm.F(&a.Title), "8", "0"))`,
		`use(fn.LPad(orm.F(&a.Title), 8, 0))`,
		`use(fn.ExtractYear(orm.F(&a.Title)))`,
		`use(fn.Length(orm.F(&a.Title)).Eq(orm.F(&a.Title)))`,
		`use(orm.PrefetchQuery(q, &a.Tags, orm.Objects[User]()))`,
	}
	imports := exportData(t)
	for _, src := range right {
		if errs := check(t, imports, src); len(errs) > 0 {
			t.Errorf("does not compile: %s\n%v", src, errs[0])
		}
	}
	for _, src := range wrong {
		if errs := check(t, imports, src); len(errs) == 0 {
			t.Errorf("compiles, but should not: %s", src)
		}
	}
}

// exportData asks the go command for the compiled form of the packages that a program of the ORM needs.
func exportData(t *testing.T) map[string]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{if .Export}}{{.ImportPath}}\t{{.Export}}{{end}}", "github.com/nuages-go/nuages/orm/fn")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if name, file, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			files[name] = file
		}
	}
	return files
}

func check(t *testing.T, imports map[string]string, stmt string) []error {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", prelude+"func f() {\n"+stmt+"\n}\n", 0)
	if err != nil {
		t.Fatalf("%s: %v", stmt, err)
	}
	var errs []error
	conf := types.Config{
		Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
			b, err := os.ReadFile(imports[path])
			return io.NopCloser(bytes.NewReader(b)), err
		}),
		Error: func(err error) { errs = append(errs, err) },
	}
	_, _ = conf.Check("p", fset, []*ast.File{f}, nil)
	return errs
}
