package orm_test

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

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
		case "time":
			t, _ := time.Parse("15:04:05.999999", fmt.Sprint(v["v"]))
			return t.Sub(t.Truncate(24 * time.Hour))
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
		for _, k := range []string{"F", "value", "op", "fn", "agg", "case", "subquery", "exists", "outer", "window", "wrap", "Q"} {
			if _, ok := v[k]; ok {
				return node(v)
			}
		}
	}
	return v
}

var fieldKinds = map[string]schema.Kind{
	"BigIntegerField": schema.BigInteger, "BinaryField": schema.Binary, "BooleanField": schema.Boolean, "CharField": schema.Char, "DateField": schema.Date,
	"DateTimeField": schema.DateTime, "DecimalField": schema.Decimal, "DurationField": schema.Duration, "EmailField": schema.Char, "FloatField": schema.Float,
	"IntegerField": schema.Integer, "JSONField": schema.JSON, "PositiveBigIntegerField": schema.PositiveBigInteger, "PositiveIntegerField": schema.PositiveInteger,
	"PositiveSmallIntegerField": schema.PositiveSmallInteger, "SlugField": schema.Char, "SmallIntegerField": schema.SmallInteger, "TextField": schema.Text,
	"TimeField": schema.Time, "URLField": schema.Char, "UUIDField": schema.UUID,
}

// node turns a neutral expression into one of package expr. A string is a field's name.
func node(v any) expr.Node {
	switch v := v.(type) {
	case string:
		return expr.Name{Name: v}
	case map[string]any:
		n := bare(v)
		if typ, ok := v["type"].(string); ok && v["value"] == nil && v["fn"] != "Cast" {
			if _, isValue := v["value"]; !isValue && v["fn"] == nil {
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
	case v["Q"] != nil:
		return cond(v["Q"])
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

// parameters are the names of arguments that a function of Django's may be given by name, in their order.
var parameters = map[string][]string{
	"ATan2": {"y", "x"}, "Chr": {"expression"}, "Collate": {"expression", "collation"}, "Extract": {"expression", "lookup_name"}, "Lag": {"expression", "offset", "default"},
	"Lead": {"expression", "offset", "default"}, "Left": {"expression", "length"}, "LPad": {"expression", "length", "fill_text"}, "NthValue": {"expression", "nth"},
	"Ntile": {"num_buckets"}, "NullIf": {"expression1", "expression2"}, "Repeat": {"expression", "number"}, "Replace": {"expression", "text", "replacement"},
	"Right": {"expression", "length"}, "Round": {"expression", "precision"}, "RPad": {"expression", "length", "fill_text"}, "StrIndex": {"string", "substring"},
	"Substr": {"expression", "pos", "length"}, "Trunc": {"expression", "kind"},
}

// defaults are the arguments that stand before a named one and were left out.
var defaults = map[string]any{"offset": json.Number("1"), "num_buckets": json.Number("1"), "nth": json.Number("1")}

// arguments are the arguments of a function in their order, those given by name included.
func arguments(name string, v map[string]any) []any {
	args, _ := v["args"].([]any)
	kw, _ := v["kwargs"].(map[string]any)
	names, last := parameters[name], 0
	for i, k := range names {
		if _, given := kw[k]; given {
			last = i + 1
		}
	}
	for i := len(args); i < last; i++ {
		value, given := kw[names[i]]
		if !given {
			value = defaults[names[i]]
		}
		args = append(args, value)
	}
	return args
}

func function(v map[string]any) expr.Node {
	name := v["fn"].(string)
	kw, _ := v["kwargs"].(map[string]any)
	args := arguments(name, v)
	f := expr.Func{Name: name}
	f.Zone, _ = kw["tzinfo"].(string)
	typ, ok := v["type"].(string)
	if !ok {
		typ, ok = kw["output_field"].(string)
	}
	if ok {
		f.Out = fieldKinds[typ]
	}
	switch name {
	case "Cast":
		return expr.Cast{Of: node(args[0]), To: schema.Field{Kind: fieldKinds[typ]}}
	case "KT":
		return expr.JSONAt{Of: expr.Name{Name: text(args[0])}, As: schema.Text} // orm.KT
	case "Collate":
		f.Unit, args = text(args[1]), args[:1]
	case "Extract", "Trunc": // Extract("published", "iso_year") is ExtractIsoYear("published")
		for _, word := range strings.Split(text(args[1]), "_") {
			f.Name += strings.ToUpper(word[:1]) + word[1:]
		}
		args = args[:1]
	}
	for _, a := range args {
		f.Args = append(f.Args, node(a))
	}
	if name == "JSONObject" {
		for _, k := range sortedKeys(kw) {
			f.Args = append(f.Args, expr.Val(k), node(kw[k]))
		}
	}
	return f
}

// text is a text that may be wrapped as a value.
func text(v any) string {
	if m, ok := v.(map[string]any); ok {
		v = m["value"]
	}
	return fmt.Sprint(v)
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
	a.OrderBy = orders(oneOrMore(v["order_by"]))
	return a
}

func window(v map[string]any) expr.Node {
	w := &expr.Window{Of: node(v["expr"])}
	for _, x := range oneOrMore(v["partition_by"]) {
		w.Partition = append(w.Partition, node(x))
	}
	w.Order = orders(oneOrMore(v["order_by"]))
	frame, ok := v["frame"].(map[string]any)
	if !ok {
		frame = v
	}
	for _, k := range []string{"rows", "range"} {
		if b, ok := frame[k].([]any); ok {
			w.Frame = &expr.Frame{Range: k == "range", Start: bound(b[0]), End: bound(b[1])}
		}
	}
	return w
}

// oneOrMore is what an argument of Django's lists that may be one thing or a list of them.
func oneOrMore(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
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
	if list, ok := v.([]any); ok {
		v = map[string]any{"and": list}
	}
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
	list, _ := m["steps"].([]any)
	for _, s := range list {
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
	case "Profile":
		return specOf(build(orm.Objects[newsroom.Profile](), steps))
	}
	panic(fmt.Sprint("unknown model ", m["model"]))
}

func specOf[T any](q orm.Query[T], _ shape) *expr.Query { return orm.QuerySpec(q) }
