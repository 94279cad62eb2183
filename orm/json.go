package orm

import (
	"fmt"
	"strconv"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// JSONAt is the value at a path inside a JSON column, as a V: keys of objects are strings, places in lists are numbers,
// counted from 0 (SQLite and MySQL count negative ones from the end; so does PostgreSQL).
//
//	orm.JSONAt[string](&n.Data, "meta", "lang").StartsWith("g")
//	orm.JSONAt[int64](&n.Data, "sizes", 0).Desc()
//
// A value that is missing, JSON's null, or of another kind than V is null. A string is the value's text, whatever it is:
// Django's KT. V may be a string, number, Decimal or bool; any other type is read from the JSON.
func JSONAt[V, D any](f *D, path ...any) Expr[V] { return jsonAt[V](F(f).n, path) }

// JSONAtOf is JSONAt for an expression that gives JSON.
func JSONAtOf[V, D any](e Expr[D], path ...any) Expr[V] { return jsonAt[V](e.n, path) }

// KT is the text at a path that is named as in look-ups: KT("data__meta__lang").
func KT(name string) Expr[string] {
	return Expr[string]{n: expr.JSONAt{Of: expr.Name{Name: name}, As: schema.Text}}
}

func jsonAt[V any](of expr.Node, path []any) Expr[V] {
	keys, err := jsonKeys(path)
	if err != nil {
		return Expr[V]{n: badNode(err), err: err}
	}
	as := kindOf[V]()
	if !as.IsText() && as != schema.Boolean && as != schema.Float && as != schema.Decimal && !as.IsInteger() {
		as = schema.JSON
	}
	return Expr[V]{n: expr.JSONAt{Of: of, Keys: keys, As: as}}
}

func jsonKeys(path []any) ([]string, error) {
	keys := make([]string, len(path))
	for i, p := range path {
		switch p := p.(type) {
		case string:
			keys[i] = p
		case int:
			keys[i] = strconv.Itoa(p)
		default:
			return nil, fmt.Errorf("orm: a JSON path has strings and ints, not a %T", p)
		}
	}
	return keys, nil
}

// JSONNull is JSON's null, which is a value, as opposed to no value: Django's JSONNull.
//
//	orm.SetTo(&n.Data, orm.JSONNull[map[string]any]())
//	orm.F(&n.Data).Eq(orm.JSONNull[map[string]any]())
func JSONNull[V any]() Expr[V] {
	return Expr[V]{n: expr.Literal{Value: dialect.Value{Kind: dialect.JSON, S: "null"}, Kind: schema.JSON}}
}

// JSONSet is a JSON column with another value at a path, for updates of one key:
//
//	q.Update(ctx, orm.SetTo(&n.Data, orm.JSONSet(&n.Data, "go", "meta", "lang")))
//
// A key that is not there is added; its object must be there.
func JSONSet[D any](f *D, v any, path ...any) Expr[D] {
	keys, err := jsonKeys(path)
	if err != nil {
		return Expr[D]{n: badNode(err), err: err}
	}
	var to expr.Node
	switch x := v.(type) {
	case AnyExpr:
		to = x.exprNode()
	case string:
		to = literal(x)
	default:
		s, jerr := plan.EncodeJSON(v)
		if jerr != nil {
			return Expr[D]{n: badNode(jerr), err: jerr}
		}
		to = expr.Literal{Value: dialect.Value{Kind: dialect.JSON, S: s}, Kind: schema.JSON}
	}
	return Expr[D]{n: expr.JSONSet{Of: F(f).n, Keys: keys, To: to}}
}

// JSONPair is one member of a JSONObject.
type JSONPair struct {
	Name  string
	Value AnyExpr
}

// JSONObject makes a JSON object of expressions; V is the Go type that it is read into, a struct or a map.
func JSONObject[V any](pairs ...JSONPair) Expr[V] {
	args := make([]expr.Node, 0, 2*len(pairs))
	for _, p := range pairs {
		args = append(args, literal(p.Name), p.Value.exprNode())
	}
	return Expr[V]{n: expr.Func{Name: "JSONObject", Args: args, Out: schema.JSON}}
}

// JSONArray makes a JSON list of expressions; V is the Go type that it is read into: []int64, []any.
func JSONArray[V any](list ...AnyExpr) Expr[V] {
	return Expr[V]{n: expr.Func{Name: "JSONArray", Args: nodes(list), Out: schema.JSON}}
}

// HasKey holds when the JSON object has a key, HasKeys when it has all of them, HasAnyKeys when it has one.
func HasKey[D any](f *D, key string) Predicate {
	return jsonPred(f, expr.HasKey, dialect.TextValue(key))
}

// HasKeys holds when the JSON object has all the keys.
func HasKeys[D any](f *D, keys ...string) Predicate {
	return jsonPred(f, expr.HasKeys, textList(keys))
}

// HasAnyKeys holds when the JSON object has one of the keys.
func HasAnyKeys[D any](f *D, keys ...string) Predicate {
	return jsonPred(f, expr.HasAnyKeys, textList(keys))
}

// JSONContains holds when the document contains v: each member of an object and each element of a list, at any depth.
func JSONContains[D any](f *D, v any) Predicate {
	return jsonPred(f, expr.Contains, plan.GoValue(v))
}

// JSONContainedBy holds when the document is contained by v.
func JSONContainedBy[D any](f *D, v any) Predicate {
	return jsonPred(f, expr.ContainedBy, plan.GoValue(v))
}

func textList(list []string) dialect.Value {
	out := make([]dialect.Value, len(list))
	for i, s := range list {
		out[i] = dialect.TextValue(s)
	}
	return dialect.ListValue(out)
}

func jsonPred[D any](f *D, op expr.Op, v dialect.Value) Predicate {
	return Predicate{expr.Pred{Op: op, Path: plan.Lookup(plan.PointerTo(f)), Val: v, Err: pathError(f)}}
}
