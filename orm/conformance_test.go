package orm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// TestConformance runs the queries of orm.json, which hold what Django 6.1 returned, through the dynamic layer. The file is
// in testdata/conformance or in the directory that NUAGES_CONFORMANCE names.
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
	b, err := os.ReadFile(filepath.Join(dir, "orm.json"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no orm.json in %s (set NUAGES_CONFORMANCE)", dir)
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
	passed, failed := 0, 0
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
		_ = orm.Atomic(ctx, func(ctx context.Context) error {
			problem = runCase(ctx, c, db)
			return rollback
		})
		if problem == "" {
			passed++
			continue
		}
		failed++
		t.Errorf("%s: %s", c.Name, problem)
	}
	fmt.Printf("conformance orm (%s): %d passed, %d failed\n", db, passed, failed)
}

func runCase(ctx context.Context, c *conformanceCase, db string) (problem string) {
	switch c.Model {
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

// judge says what is wrong with the outcome of a case, as a database's rows in the file have it.
func judge(c *conformanceCase, got any, err error, db string) string {
	wantErr, want := c.Error, c.Result
	if db == "postgres" && c.ResultPG != nil {
		want, wantErr = c.ResultPG, nil
	}
	if db == "postgres" && c.ErrorPG != nil {
		wantErr = c.ErrorPG
	}
	// Django leaves the order inside the parts of a union to the database, which refuses it; here it is left out.
	if wantErr != nil && strings.HasPrefix(wantErr.Message, "ORDER BY not allowed in subqueries") {
		if err != nil {
			return fmt.Sprintf("error %v", err)
		}
		return ""
	}
	if wantErr != nil && strings.HasPrefix(wantErr.Message, "ANY_VALUE is not supported") { // here every version has it
		if err != nil {
			return fmt.Sprintf("error %v", err)
		}
		return ""
	}
	if wantErr != nil {
		if err == nil {
			return fmt.Sprintf("no error, want %s: %s (got %v)", wantErr.Class, wantErr.Message, show(got))
		}
		return checkClass(err, wantErr.Class)
	}
	if err != nil {
		return fmt.Sprintf("error %v", err)
	}
	dec := json.NewDecoder(bytes.NewReader(want))
	dec.UseNumber()
	var w any
	if err := dec.Decode(&w); err != nil {
		return err.Error()
	}
	if c.CountQueries {
		wm, gm := w.(map[string]any), got.(map[string]any)
		if num(gm["queries"]) > num(wm["queries"]) {
			return fmt.Sprintf("%v queries, want at most %v", gm["queries"], wm["queries"])
		}
		w, got = wm["rows"], gm["rows"]
	}
	w, g := canon(w), canon(got)
	if !reflect.DeepEqual(w, g) {
		return fmt.Sprintf("got %s, want %s", show(g), show(w))
	}
	return ""
}

func checkClass(err error, class string) string {
	ok := true
	switch class {
	case "DoesNotExist":
		ok = errors.Is(err, orm.ErrNotFound)
	case "MultipleObjectsReturned":
		ok = errors.Is(err, orm.ErrMultiple)
	case "IntegrityError":
		_, ok = errors.AsType[*orm.ConstraintError](err)
	case "ProtectedError", "RestrictedError":
		_, ok = errors.AsType[*orm.ProtectedError](err)
	}
	if !ok {
		return fmt.Sprintf("error %v, want a %s", err, class)
	}
	return ""
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// canon brings expected and found values to one form.
func canon(v any) any {
	switch v := v.(type) {
	case nil, bool, string:
		return v
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			f, _ := v.Float64()
			return round9(f)
		}
		return v.String()
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case int16:
		return strconv.Itoa(int(v))
	case float64:
		return round9(v)
	case newsroom.Section:
		return string(v)
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.999999")
	case time.Duration:
		return "duration " + strconv.FormatInt(v.Microseconds(), 10)
	case orm.Decimal:
		return round9(v.Float64())
	case *orm.Decimal:
		return canon(*v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = canon(v[i])
		}
		return out
	case [][]any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = canon(v[i])
		}
		return out
	case []map[string]any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = canon(v[i])
		}
		return out
	case map[string]any:
		if k, ok := v["$"].(string); ok {
			return canonTagged(k, v)
		}
		out := map[string]any{}
		for k, x := range v {
			out[k] = canon(x)
		}
		return out
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer {
		if rv.IsNil() {
			return nil
		}
		return canon(rv.Elem().Interface())
	}
	if rv.Kind() == reflect.Slice {
		out := make([]any, rv.Len())
		for i := range out {
			out[i] = canon(rv.Index(i).Interface())
		}
		return out
	}
	return fmt.Sprint(v)
}

func canonTagged(kind string, v map[string]any) any {
	s := fmt.Sprint(v["v"])
	switch kind {
	case "datetime":
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return s
		}
		return canon(t)
	case "date":
		t, _ := time.Parse("2006-01-02", s)
		return canon(t)
	case "time":
		t, _ := time.Parse("15:04:05.999999", s)
		return canon(t.Sub(t.Truncate(24 * time.Hour)))
	case "timedelta":
		return "duration " + s
	case "decimal":
		f, _ := strconv.ParseFloat(s, 64)
		return round9(f)
	case "object":
		return map[string]any{"model": v["model"], "pk": canon(v["pk"])}
	case "tuple", "set":
		return canon(v["v"])
	}
	return s
}

// round9 makes all numbers with a fraction comparable: floats of the file are rounded to 9 places. A whole one is written
// as an integer would be, since SQLite's own arithmetic and Python's may differ in that.
func round9(f float64) any {
	r := math.Round(f*1e9) / 1e9
	if r == math.Trunc(r) {
		return strconv.FormatFloat(r, 'f', 0, 64)
	}
	return strconv.FormatFloat(r, 'f', -1, 64)
}

// val turns a JSON value into a Go value or an expression.
func val(v any) any {
	switch v := v.(type) {
	case json.Number:
		if !strings.ContainsAny(v.String(), ".eE") {
			n, err := v.Int64()
			if err != nil {
				return dialect.Value{Kind: dialect.Decimal, S: v.String()}
			}
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = val(v[i])
		}
		return out
	case map[string]any:
		switch v["$"] {
		case "datetime":
			t, _ := time.Parse(time.RFC3339Nano, fmt.Sprint(v["v"]))
			return t
		case "date":
			t, _ := time.Parse("2006-01-02", fmt.Sprint(v["v"]))
			return dialect.DateValue(t)
		case "decimal":
			return orm.MustDecimal(fmt.Sprint(v["v"]))
		case "timedelta":
			return time.Duration(num(v["v"])) * time.Microsecond
		case "int":
			return dialect.Value{Kind: dialect.Decimal, S: fmt.Sprint(v["v"])}
		}
		if _, isQuery := v["query"]; isQuery {
			return node(v)
		}
		for _, k := range []string{"F", "value", "op", "fn", "agg", "case", "subquery", "exists", "outer", "window", "wrap"} {
			if _, ok := v[k]; ok {
				return node(v)
			}
		}
	}
	return v
}

var fieldKinds = map[string]schema.Kind{
	"CharField": schema.Char, "IntegerField": schema.Integer, "DateTimeField": schema.DateTime, "DurationField": schema.Duration,
	"BooleanField": schema.Boolean, "JSONField": schema.JSON, "FloatField": schema.Float, "DateField": schema.Date,
}

// node turns a neutral expression into one of package expr. A string is a field's name.
func node(v any) expr.Node {
	switch v := v.(type) {
	case string:
		return expr.Name{Name: v}
	case map[string]any:
		n := bare(v)
		if typ, ok := v["type"].(string); ok && v["value"] == nil && v["fn"] != "Cast" {
			if _, isValue := v["value"]; !isValue {
				return expr.Typed{Of: n, Kind: fieldKinds[typ]}
			}
		}
		return n
	}
	switch x := val(v).(type) {
	case expr.Node:
		return x
	default:
		return expr.Val(x)
	}
}

func bare(v map[string]any) expr.Node {
	switch {
	case v["$"] != nil:
		return expr.Val(val(v))
	case v["F"] != nil:
		return expr.Name{Name: v["F"].(string)}
	case v["outer"] != nil:
		return expr.Outer{Of: expr.Name{Name: v["outer"].(string)}}
	case v["op"] != nil:
		args := v["args"].([]any)
		return expr.Binary{Op: v["op"].(string), Left: operand(args[0]), Right: operand(args[1])}
	case v["fn"] != nil:
		return function(v)
	case v["agg"] != nil:
		return aggregate(v)
	case v["case"] != nil:
		c := &expr.Case{}
		for _, b := range v["case"].([]any) {
			b := b.(map[string]any)
			c.Whens = append(c.Whens, expr.When{If: cond(b["when"]), Then: operand(b["then"])})
		}
		if d, ok := v["default"]; ok {
			c.Default = operand(d)
		}
		return c
	case v["subquery"] != nil:
		return expr.Subquery{Query: sub(v["subquery"])}
	case v["query"] != nil:
		return expr.Subquery{Query: sub(v["query"])}
	case v["exists"] != nil:
		return expr.Exists{Query: sub(v["exists"])}
	case v["window"] != nil:
		return window(v["window"].(map[string]any))
	case v["wrap"] != nil:
		w := v["wrap"].(map[string]any)
		if q, ok := w["Q"]; ok {
			return cond(q)
		}
		return node(w)
	}
	if _, ok := v["value"]; ok {
		kind := fieldKinds[fmt.Sprint(v["type"])]
		if kind == schema.JSON {
			b, _ := json.Marshal(v["value"])
			return expr.Literal{Value: dialect.Value{Kind: dialect.JSON, S: string(b)}, Kind: kind}
		}
		lit := expr.Val(val(v["value"]))
		lit.Kind = kind
		return lit
	}
	return expr.Val(nil)
}

// operand is an expression in which a plain string is a text, not a name.
func operand(v any) expr.Node {
	if s, ok := v.(string); ok {
		return expr.Val(s)
	}
	return node(v)
}

func function(v map[string]any) expr.Node {
	name := v["fn"].(string)
	f := expr.Func{Name: name}
	args, _ := v["args"].([]any)
	for _, a := range args {
		f.Args = append(f.Args, node(a))
	}
	kw, _ := v["kwargs"].(map[string]any)
	if name == "Cast" {
		return expr.Cast{Of: f.Args[0], To: schema.Field{Kind: fieldKinds[v["type"].(string)]}}
	}
	if name == "JSONObject" {
		keys := make([]string, 0, len(kw))
		for k := range kw {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			f.Args = append(f.Args, expr.Val(k), node(kw[k]))
		}
		return f
	}
	for _, k := range []string{"precision", "num_buckets", "offset", "nth", "default"} {
		if x, ok := kw[k]; ok {
			f.Args = append(f.Args, node(x))
		}
	}
	return f
}

func aggregate(v map[string]any) expr.Node {
	a := &expr.Aggregate{Name: v["agg"].(string)}
	if v["of"] != nil && v["of"] != "*" {
		a.Of = node(v["of"])
	}
	a.Distinct, _ = v["distinct"].(bool)
	if f, ok := v["filter"]; ok {
		p := cond(f)
		a.Filter = &p
	}
	if d, ok := v["default"]; ok {
		a.Default = operand(d)
	}
	if d, ok := v["delimiter"]; ok {
		a.Extra = operand(d)
	}
	if o, ok := v["order_by"].([]any); ok {
		a.OrderBy = orders(o)
	}
	return a
}

func window(v map[string]any) expr.Node {
	w := &expr.Window{Of: node(v["expr"])}
	if p, ok := v["partition_by"].([]any); ok {
		for _, x := range p {
			w.Partition = append(w.Partition, node(x))
		}
	}
	if o, ok := v["order_by"].([]any); ok {
		w.Order = orders(o)
	}
	f, ok := v["frame"].(map[string]any)
	if !ok {
		for _, k := range []string{"rows", "range"} {
			if b, ok := v[k].([]any); ok {
				w.Frame = &expr.Frame{Range: k == "range", Start: bound(b[0]), End: bound(b[1])}
			}
		}
		return w
	}
	for _, k := range []string{"rows", "range"} {
		if b, ok := f[k].([]any); ok {
			w.Frame = &expr.Frame{Range: k == "range", Start: bound(b[0]), End: bound(b[1])}
		}
	}
	return w
}

func bound(v any) *int {
	if v == nil {
		return nil
	}
	n := int(num(v))
	return &n
}

func orders(list []any) []expr.Order {
	var out []expr.Order
	for _, o := range list {
		if s, ok := o.(string); ok {
			out = append(out, expr.Order{Name: s})
			continue
		}
		m := o.(map[string]any)
		e := expr.Order{Node: node(m)}
		for _, dir := range []string{"asc", "desc"} {
			d, ok := m[dir].(map[string]any)
			if !ok {
				continue
			}
			e.Desc = dir == "desc"
			if d["nulls_first"] == true {
				e.Nulls = "first"
			}
			if d["nulls_last"] == true {
				e.Nulls = "last"
			}
		}
		out = append(out, e)
	}
	return out
}

// cond turns a neutral condition into one of package expr.
func cond(v any) expr.Pred {
	m, ok := v.(map[string]any)
	if !ok {
		return expr.Pred{Err: fmt.Errorf("condition %v", v)}
	}
	for _, k := range []string{"and", "or", "xor"} {
		if list, ok := m[k].([]any); ok {
			var ps []expr.Pred
			for _, x := range list {
				ps = append(ps, cond(x))
			}
			return map[string]func(...expr.Pred) expr.Pred{"and": expr.And, "or": expr.Or, "xor": expr.Xor}[k](ps...)
		}
	}
	if n, ok := m["not"]; ok {
		return expr.Not(cond(n))
	}
	if _, ok := m["exists"]; ok {
		return expr.Pred{Op: expr.IsTrue, Left: node(m)}
	}
	if l, ok := m["lookup_expr"]; ok {
		return expr.Pred{Err: fmt.Errorf("lookup %v", l)}
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var ps []expr.Pred
	for _, k := range keys {
		ps = append(ps, where(k, m[k]))
	}
	if len(ps) == 1 {
		return ps[0]
	}
	return expr.And(ps...)
}

func where(name string, v any) expr.Pred {
	x := val(v)
	switch x := x.(type) {
	case expr.Subquery:
		return expr.Pred{Op: expr.Dynamic, Name: name, Right: x}
	case expr.Literal:
		return expr.Pred{Op: expr.Dynamic, Name: name, Val: x.Value}
	case expr.Node:
		return expr.Pred{Op: expr.Dynamic, Name: name, Right: x}
	}
	return orm.LookupPred(orm.Lookup(name, x))
}

func sub(v any) *expr.Query {
	m := v.(map[string]any)
	var steps [][]any
	for _, s := range m["steps"].([]any) {
		steps = append(steps, s.([]any))
	}
	switch m["model"] {
	case "Story":
		return specOf(build(orm.Objects[newsroom.Story](), steps))
	case "Author":
		return specOf(build(orm.Objects[newsroom.Author](), steps))
	case "Review":
		return specOf(build(orm.Objects[newsroom.Review](), steps))
	case "Tag":
		return specOf(build(orm.Objects[newsroom.Tag](), steps))
	}
	panic(fmt.Sprint("unknown model ", m["model"]))
}

func specOf[T any](q orm.Query[T], _ shape) *expr.Query { return orm.QuerySpec(q) }

// shape is how the result of a query shows.
type shape struct {
	kind  string // "", values, list, flat
	dates func(ctx context.Context) ([]time.Time, error)
}

func strs(list []any) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = fmt.Sprint(x)
	}
	return out
}

// build applies the steps of a case.
func build[T any](q orm.Query[T], steps [][]any) (orm.Query[T], shape) {
	var sh shape
	for _, s := range steps {
		args := s[1:]
		switch s[0] {
		case "all":
		case "none":
			q = q.None()
		case "filter", "exclude":
			p := orm.PredOf(cond(args[0]))
			if s[0] == "filter" {
				q = q.Filter(p)
			} else {
				q = q.Exclude(p)
			}
		case "order_by":
			q = q.OrderBy(orm.OrdersOf(orders(args))...)
		case "reverse":
			q = q.Reverse()
		case "distinct":
			if len(args) > 0 {
				for _, name := range strs(args) {
					q = q.DistinctOn(name)
				}
			} else {
				q = q.Distinct()
			}
		case "slice":
			hi := -1
			if args[1] != nil {
				hi = int(num(args[1]))
			}
			q = q.Slice(int(num(args[0])), hi)
		case "values", "values_list", "flat":
			sh.kind = map[string]string{"values": "values", "values_list": "list", "flat": "flat"}[s[0].(string)]
			q = q.ValuesByName(strs(args)...)
		case "values_expr":
			sh.kind = "values"
			m := args[0].(map[string]any)
			q = q.ValuesByName("id")
			q = annotate(q, m, false)
			q = q.ValuesByName(sortedKeys(m)...)
		case "annotate", "alias":
			q = annotate(q, args[0].(map[string]any), s[0] == "alias")
		case "select_related":
			q = q.RelatedByName(strs(args)...)
		case "prefetch_related":
			q = q.PrefetchByName(strs(args)...)
		case "union", "intersection", "difference":
			var others []*expr.Query
			for _, o := range args[0].([]any) {
				others = append(others, sub(o))
			}
			op := map[string]string{"union": "union", "intersection": "intersect", "difference": "except"}[s[0].(string)]
			if len(args) > 1 && args[1].(map[string]any)["all"] == true {
				op += " all"
			}
			q = orm.Combine(q, op, others)
		case "only", "defer":
			ref := reflect.ValueOf(orm.Fields[T]()).Elem().FieldByName(goNames[args[0].(string)]).Addr().Interface()
			if s[0] == "only" {
				q = q.Only(ref)
			} else {
				q = q.Defer(ref)
			}
		case "dates", "datetimes":
			field, unit := args[0].(string), args[1].(string)
			desc := len(args) > 2 && args[2] == "DESC"
			from := q
			sh.kind = "dates"
			if s[0] == "dates" {
				sh.dates = func(ctx context.Context) ([]time.Time, error) { return from.Dates(ctx, field, unit, desc) }
			} else {
				sh.dates = func(ctx context.Context) ([]time.Time, error) { return from.DateTimes(ctx, field, unit, desc) }
			}
		default:
			panic(fmt.Sprint("unknown step ", s[0]))
		}
	}
	return q, sh
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func annotate[T any](q orm.Query[T], m map[string]any, alias bool) orm.Query[T] {
	for _, k := range sortedKeys(m) {
		p := orm.Named(k, orm.Node[any](operandNode(m[k])))
		if alias {
			q = q.Alias(p)
		} else {
			q = q.Annotate(p)
		}
	}
	return q
}

func operandNode(v any) expr.Node { return node(v) }

func list[T any](ctx context.Context, q orm.Query[T], sh shape) (any, error) {
	switch sh.kind {
	case "dates":
		ds, err := sh.dates(ctx)
		return canon(ds), err
	case "values":
		rows, err := q.Maps(ctx)
		return canon(rows), err
	case "list":
		rows, err := q.Rows(ctx)
		return canon(rows), err
	case "flat":
		rows, err := q.Rows(ctx)
		out := []any{}
		for _, r := range rows {
			out = append(out, r[0])
		}
		return out, err
	}
	objs, err := q.All(ctx)
	out := []any{}
	for _, o := range objs {
		out = append(out, object(o))
	}
	return out, err
}

func object(o any) any {
	if rv := reflect.ValueOf(o); rv.Kind() == reflect.Pointer && rv.IsNil() {
		return nil
	}
	rv := reflect.ValueOf(o).Elem()
	return map[string]any{"$": "object", "model": rv.Type().Name(), "pk": rv.FieldByName("ID").Interface()}
}
