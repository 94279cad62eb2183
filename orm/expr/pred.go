package expr

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Op is what a condition does.
type Op uint8

// The conditions: comparisons of a left side with a value, and the ways to join them.
const (
	None Op = iota // no condition: always true
	Exact
	NotExact
	IExact
	Contains
	IContains
	StartsWith
	IStartsWith
	EndsWith
	IEndsWith
	In
	Gt
	Gte
	Lt
	Lte
	Range
	IsNull // the value is a truth value
	Regex
	IRegex
	HasKey
	HasKeys
	HasAnyKeys
	ContainedBy
	Dynamic // Name and Raw: a look-up that is not resolved yet
	IsTrue  // the left side is a condition by itself
	Own     // a look-up of one's own: Raw is its *Part
	AndOp
	OrOp
	XorOp
	NotOp
)

var opNames = map[string]Op{
	"exact": Exact, "iexact": IExact, "contains": Contains, "icontains": IContains, "startswith": StartsWith,
	"istartswith": IStartsWith, "endswith": EndsWith, "iendswith": IEndsWith, "in": In, "gt": Gt, "gte": Gte, "lt": Lt,
	"lte": Lte, "range": Range, "isnull": IsNull, "regex": Regex, "iregex": IRegex, "has_key": HasKey, "has_keys": HasKeys,
	"has_any_keys": HasAnyKeys, "contained_by": ContainedBy,
}

// OpNamed returns the condition of a look-up's name: "icontains".
func OpNamed(name string) (Op, bool) {
	op, ok := opNames[name]
	return op, ok
}

// String is the look-up's name.
func (op Op) String() string {
	for name, o := range opNames {
		if o == op {
			return name
		}
	}
	switch op {
	case NotExact:
		return "ne"
	case AndOp:
		return "and"
	case OrOp:
		return "or"
	case XorOp:
		return "xor"
	case NotOp:
		return "not"
	}
	return "none"
}

// Pred is a condition. A comparison has a left side (Path, or Left) and a right side (Val, or Right); And, Or, Xor and Not
// have Kids.
type Pred struct {
	Op Op
	// Own makes an And use joins of its own to many rows, shared with the groups of the same number: the conditions of one Filter
	// inside a combination of queries. 0 is none.
	Own   uint8
	Path  *Path
	Left  Node
	Val   dialect.Value
	Right Node
	Kids  []Pred
	// Name and Raw are a look-up by string with its value; see Where.
	Name string
	Raw  any
	// Err is a mistake made while the condition was built; the query returns it.
	Err error
}

// And holds when all conditions hold.
func And(ps ...Pred) Pred { return Pred{Op: AndOp, Kids: ps} }

// Or holds when one of the conditions holds.
func Or(ps ...Pred) Pred { return Pred{Op: OrOp, Kids: ps} }

// Xor holds when an odd number of the conditions hold.
func Xor(ps ...Pred) Pred { return Pred{Op: XorOp, Kids: ps} }

// Not turns a condition around.
func Not(p Pred) Pred { return Pred{Op: NotOp, Kids: []Pred{p}} }

// Where is a condition by its look-up string, as in Django: Where("author__name__icontains", "x").
func Where(lookup string, v any) Pred {
	switch v := v.(type) {
	case Node:
		return Pred{Op: Dynamic, Name: lookup, Right: v}
	case *Query:
		return Pred{Op: Dynamic, Name: lookup, Right: Subquery{Query: v}}
	}
	val, err := plan.ValueOf(v)
	if err != nil {
		return Pred{Op: Dynamic, Name: lookup, Raw: v, Err: fmt.Errorf("%w (look-up %q)", err, lookup)}
	}
	return Pred{Op: Dynamic, Name: lookup, Val: val, Raw: v}
}

// Val is a value as an expression.
func Val(v any) Literal {
	val, err := plan.ValueOf(v)
	if err != nil {
		return Literal{}
	}
	return Literal{Value: val}
}

// ValOf is a value of a kind that its Go type does not tell: a Decimal or JSON as text, a Date as a time, a Time of day as a
// duration since midnight, a UUID as bytes. Migrations write it: expr.ValOf(schema.Decimal, "0.19").
func ValOf(kind schema.Kind, v any) Literal {
	l := Val(v)
	l.Kind = kind
	switch val := &l.Value; {
	case val.Kind == dialect.Text && kind == schema.Decimal:
		val.Kind = dialect.Decimal
	case val.Kind == dialect.Text && kind == schema.JSON:
		val.Kind = dialect.JSON
	case val.Kind == dialect.Time && kind == schema.Date:
		*val = dialect.DateValue(val.Time())
	case val.Kind == dialect.Duration && kind == schema.Time:
		val.Kind = dialect.Clock
	case val.Kind == dialect.Bytes && kind == schema.UUID:
		val.Kind = dialect.UUID
	}
	return l
}
