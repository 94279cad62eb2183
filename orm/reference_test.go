package orm_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/signals"
)

// A row of docs/reference/queries.md: Django's way, ours as Go code, and what it gives over the data of seed. The code is a
// query, a condition, an expression, an order, or a function that runs something; nil is what we do not have, and note says
// what to do instead. The page's tables are made from the source of the rows:
//
//	NUAGES_UPDATE=1 go test ./orm -run TestReferencePage
type refRow struct {
	django string
	ours   any
	want   string // "": it runs; "sql": it compiles, for a database that SQLite is not
	note   string
}

type run = func(ctx context.Context) (any, error)

type refTable struct {
	name string
	rows []refRow
}

// Note is a model with a JSON column.
type Note struct {
	ID   int64
	Data map[string]any
}

func (Note) Fields(n *Note) []orm.Field { return []orm.Field{orm.JSON(&n.Data)} }

var (
	articles = orm.Objects[Article]()
	users    = orm.Objects[User]()
	notes    = orm.Objects[Note]()
	n        = orm.Fields[Note]()
	tag2     = orm.Other[Tag]()
)

func referenceTables() []refTable {
	return []refTable{
		{"queries", refQueries},
		{"running", refRunning},
		{"lookups", refLookups},
		{"transforms", refTransforms},
		{"conditions", refConditions},
		{"expressions", refExpressions},
		{"aggregates", refAggregates},
		{"functions", refFunctions},
		{"windows", refWindows},
		{"instances", refInstances},
		{"inheritance", refInheritance},
		{"relations", refRelations},
		{"keys", refKeys},
		{"raw", refRaw},
	}
}

// TestReference runs the rows of the page on SQLite. Each runs in a transaction that is undone.
func TestReference(t *testing.T) {
	t.Parallel()
	more := append(append(fairModels(), foodModels()...), orm.ModelOf[Note]())
	ctx := orm.WithModels(open(t), append(more, orm.ModelOf[Article](), orm.ModelOf[User](), orm.ModelOf[Tag]())...)
	ctx = orm.WithLookups(ctx, reversed, unlike)
	createTables(t, ctx, more...)
	fair(t, ctx)
	seed(t, ctx)
	seedFood(t, ctx)
	must(t, notes.BulkCreate(ctx, []*Note{
		{Data: map[string]any{"lang": "go", "size": 3, "tags": []any{"x", "y"}}},
		{Data: map[string]any{"lang": "sql", "deep": map[string]any{"n": 1}}},
	}))
	undo := errors.New("undo")
	for _, table := range referenceTables() {
		for _, row := range table.rows {
			if row.ours == nil {
				continue
			}
			t.Run(table.name+"/"+row.django, func(t *testing.T) {
				err := orm.Atomic(ctx, func(ctx context.Context) error {
					got, err := evaluate(ctx, table.name, row)
					if err != nil {
						t.Errorf("%v", err)
					} else if row.want != "" && row.want != "sql" && got != row.want {
						t.Errorf("got %s, want %s", got, row.want)
					}
					return undo
				})
				if !errors.Is(err, undo) {
					t.Error(err)
				}
			})
		}
	}
}

func evaluate(ctx context.Context, table string, row refRow) (string, error) {
	byID := articles.OrderBy(orm.Asc(&a.ID))
	switch x := row.ours.(type) {
	case run:
		got, err := x(ctx)
		return showResult(got), err
	case orm.Query[Article]:
		if row.want == "sql" {
			return "", x.Err()
		}
		if strings.Contains(row.django, "values") || strings.Contains(row.django, "group") {
			rows, err := x.Maps(ctx)
			return fmt.Sprint(rows), err
		}
		list, err := x.All(ctx)
		return showResult(list), err
	case orm.Query[Stall]:
		list, err := x.All(ctx)
		return names(list, stallLabel), err
	case orm.Query[Booking]:
		list, err := x.All(ctx)
		return names(list, bookingName), err
	case orm.Query[Note]:
		n, err := x.Count(ctx)
		return fmt.Sprint(n), err
	case orm.Predicate:
		list, err := byID.Filter(x).All(ctx)
		return showResult(list), err
	case orm.Order:
		list, err := articles.OrderBy(x, orm.Asc(&a.ID)).All(ctx)
		return showResult(list), err
	case signals.Receiver:
		_, err := signals.NewHub(signals.Options{}, x)
		return "", err
	case orm.AnyExpr:
		if table == "aggregates" {
			got, err := articles.AggregateByName(ctx, orm.Named("v", x))
			return fmt.Sprint(got["v"]), err
		}
		rows, err := byID.ValuesByName("id").Annotate(orm.Named("v", x)).Maps(ctx)
		if err != nil {
			return "", err
		}
		return fmt.Sprint(rows[1]["v"]), nil // article B
	}
	return "", fmt.Errorf("a row with a %T", row.ours)
}

func showResult(v any) string {
	switch v := v.(type) {
	case []*Article:
		return titles(v)
	case *Article:
		return titles([]*Article{v})
	case []time.Time:
		return fmt.Sprint(len(v), " times")
	}
	return fmt.Sprint(v)
}

const referencePage = "../docs/reference/queries.md"

// TestReferencePage holds the page to the rows, and sees that no name of Django is missing on it.
func TestReferencePage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.FromSlash(referencePage))
	must(t, err)
	page := string(text)
	code := rowSources(t)
	for _, table := range referenceTables() {
		want := markdown(t, table, code)
		begin, end := "<!-- table: "+table.name+" -->\n", "<!-- end -->"
		_, rest, ok := strings.Cut(page, begin)
		old, _, closed := strings.Cut(rest, end)
		switch {
		case !ok || !closed:
			t.Errorf("the page has no table %q", table.name)
		case old != want && os.Getenv("NUAGES_UPDATE") != "":
			page = strings.Replace(page, begin+old+end, begin+want+end, 1)
		case old != want:
			t.Errorf("the table %q is not that of the test (NUAGES_UPDATE=1 go test ./orm -run TestReferencePage)", table.name)
		}
	}
	if page != string(text) {
		must(t, os.WriteFile(filepath.FromSlash(referencePage), []byte(page), 0o644))
	}
	for _, name := range strings.Fields(djangoNames) {
		if !regexp.MustCompile("(?m)^\\| [^|]*(?:\\b|_)" + regexp.QuoteMeta(name) + "\\b").MatchString(page) {
			t.Errorf("the page says nothing about Django's %s", name)
		}
	}
}

// rowSources reads the Go code of each row from the source, by table and Django's form.
func rowSources(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	files := token.NewFileSet()
	for _, name := range []string{"reference_rows_test.go", "reference_functions_test.go", "reference_objects_test.go", "reference_inherit_test.go", "reference_keys_test.go"} {
		file, err := parser.ParseFile(files, name, nil, 0)
		must(t, err)
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				v, ok := s.(*ast.ValueSpec)
				if !ok || len(v.Values) != 1 {
					continue
				}
				list, ok := v.Values[0].(*ast.CompositeLit)
				if !ok {
					continue
				}
				table := strings.ToLower(strings.TrimPrefix(v.Names[0].Name, "ref"))
				for _, e := range list.Elts {
					row, ok := e.(*ast.CompositeLit)
					if !ok {
						continue
					}
					out[table+"/"+row.Elts[0].(*ast.BasicLit).Value] = source(t, files, row.Elts[1])
				}
			}
		}
	}
	return out
}

// source prints an expression on one line; of a function, what it does.
func source(t *testing.T, files *token.FileSet, e ast.Expr) string {
	t.Helper()
	if conv, ok := e.(*ast.CallExpr); ok && len(conv.Args) == 1 {
		if id, ok := conv.Fun.(*ast.Ident); ok && id.Name == "run" {
			e = conv.Args[0]
		}
	}
	var nodes []any
	if f, ok := e.(*ast.FuncLit); ok {
		for _, s := range f.Body.List {
			switch s := s.(type) {
			case *ast.IfStmt: // the check of an error
			case *ast.ReturnStmt:
				if n := returned(s, len(f.Body.List) == 1); n != nil {
					nodes = append(nodes, n)
				}
			default:
				nodes = append(nodes, s)
			}
		}
	} else {
		nodes = append(nodes, e)
	}
	var parts []string
	for _, n := range nodes {
		var b strings.Builder
		must(t, format.Node(&b, files, n))
		parts = append(parts, regexp.MustCompile(`\s+`).ReplaceAllString(b.String(), " "))
	}
	return strings.Join(parts, "; ")
}

// returned is what is worth showing of a return: the call, not the values that only the test looks at.
func returned(s *ast.ReturnStmt, alone bool) ast.Expr {
	first := s.Results[0]
	if id, ok := first.(*ast.Ident); ok && id.Name == "nil" {
		return s.Results[1]
	}
	if alone {
		return first
	}
	switch x := first.(type) {
	case *ast.SelectorExpr:
		return x
	case *ast.CallExpr:
		if _, builtin := x.Fun.(*ast.Ident); !builtin {
			return x
		}
	}
	return nil
}

// otherwise begins the note of what is there in another form than a call, such as an embedded struct.
const otherwise = "in these words: "

func markdown(t *testing.T, table refTable, code map[string]string) string {
	t.Helper()
	cell := func(s string) string { return "`" + strings.ReplaceAll(s, "|", `\|`) + "`" }
	var b strings.Builder
	b.WriteString("| Django | here |\n|---|---|\n")
	for _, row := range table.rows {
		src, ok := code[table.name+"/"+fmt.Sprintf("%q", row.django)]
		if !ok {
			t.Errorf("no source of %s/%s", table.name, row.django)
		}
		ours := "not there"
		if row.ours != nil && !reflect.ValueOf(row.ours).IsZero() {
			ours = cell(src)
		}
		switch other, elsewhere := strings.CutPrefix(row.note, otherwise); {
		case elsewhere: // it is there, and not by a call that the test could run
			ours = other
		case row.note != "":
			ours += ": " + row.note
		}
		fmt.Fprintf(&b, "| %s | %s |\n", cell(row.django), ours)
	}
	return b.String()
}

// djangoNames are the names of Django 6.1 that the page must speak of.
const djangoNames = `
filter exclude annotate alias order_by reverse distinct values values_list dates datetimes none all union intersection
difference select_related prefetch_related extra defer only using raw complex_filter select_for_update fetch_mode
get create bulk_create bulk_update get_or_create update_or_create count exists contains aggregate first last latest earliest
in_bulk iterator explain update delete as_manager ordered totally_ordered aget
exact iexact icontains startswith istartswith endswith iendswith in gt gte lt lte range isnull regex iregex
has_key has_keys has_any_keys contained_by KT register_lookup pk unaccent trigram_similar search
year iso_year month week day week_day iso_week_day quarter date time hour minute second
Q F Prefetch FilteredRelation prefetch_related_objects OuterRef Subquery Exists Value RawSQL Func ExpressionWrapper Case When
Window RowRange ValueRange WindowFrameExclusion Collate JSONNull asc desc nulls_first nulls_last bitand bitor bitxor
bitleftshift bitrightshift
Avg Count Max Min StdDev Variance Sum StringAgg AnyValue BitAnd BitOr BitXor
Cast Coalesce Greatest Least NullIf JSONObject JSONArray Extract ExtractYear ExtractIsoYear ExtractMonth ExtractDay ExtractWeek
ExtractWeekDay ExtractIsoWeekDay ExtractQuarter ExtractHour ExtractMinute ExtractSecond Now Trunc TruncYear TruncQuarter
TruncMonth TruncWeek TruncDay TruncDate TruncTime TruncHour TruncMinute TruncSecond
Abs ACos ASin ATan ATan2 Ceil Cos Cot Degrees Exp Floor Ln Log Mod Pi Power Radians Random Round Sign Sin Sqrt Tan
Chr Concat Left Length Lower LPad LTrim MD5 Ord Repeat Replace Reverse Right RPad RTrim SHA1 SHA224 SHA256 SHA384 SHA512 StrIndex
Substr Trim Upper UUID4 UUID7
CumeDist DenseRank FirstValue Lag LastValue Lead NthValue Ntile PercentRank Rank RowNumber
save refresh_from_db full_clean clean_fields validate_unique validate_constraints get_deferred_fields from_db
get_FOO_display get_next_by_FOO get_previous_by_FOO serializable_value
add remove clear set get_queryset from_queryset base_manager_name
cursor execute executemany callproc execute_wrapper atomic on_commit DoesNotExist MultipleObjectsReturned
pre_save post_save pre_delete post_delete m2m_changed
`
