package compile

import (
	"math"
	"slices"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// Binder makes the arguments of one comparison from its value, so that a compiled statement serves other values too.
type Binder struct {
	kind, of schema.Kind
	unit     string
	op       expr.Op
}

func binderOf(lhs *rexpr, op expr.Op) Binder {
	b := Binder{kind: lhs.kind, unit: lhs.unit, op: op}
	if lhs.of != nil {
		b.of = lhs.of.kind
	}
	return b
}

// Append appends the arguments for a value. It reports false when the value needs another statement.
func (b Binder) Append(args []dialect.Value, d *dialect.Dialect, v *dialect.Value, zone *time.Location) ([]dialect.Value, bool) {
	switch b.op {
	case expr.IsNull:
		return args, true
	case expr.In:
		vs := v.Values()
		if b.beyondAny(d, vs) {
			return args, false
		}
		if d.Arrays {
			return b.appendArray(args, d, vs, zone)
		}
		if len(vs) > d.MaxParams-64 {
			return args, false
		}
		args = slices.Grow(args, len(vs))
		for i := range vs {
			pv, err := Prepare(b.kind, expr.Exact, vs[i], zone)
			if err != nil {
				return args, false
			}
			args = append(args, d.Bind(pv))
		}
		return args, true
	case expr.Range:
		vs := v.Values()
		if len(vs) != 2 || b.beyondAny(d, vs) {
			return args, false
		}
		for i, op := range [2]expr.Op{expr.Gte, expr.Lte} {
			pv, err := Prepare(b.kind, op, vs[i], zone)
			if err != nil {
				return args, false
			}
			args = append(args, d.Bind(pv))
		}
		return args, true
	case expr.Contains, expr.IContains, expr.StartsWith, expr.IStartsWith, expr.EndsWith, expr.IEndsWith, expr.IExact, expr.Regex, expr.IRegex:
		return append(args, dialect.TextValue(textPattern(d, b.op, b.kind, *v))), true
	}
	if b.unit == "year" || b.unit == "iso_year" {
		return args, false
	}
	if v.Kind == dialect.Null {
		return args, true
	}
	if b.kind == schema.Boolean && b.op == expr.Exact {
		return args, false
	}
	if v.Kind == dialect.Int && b.kind.IsInteger() {
		return append(args, *v), beyond(d, b.kind, v.N) == 0
	}
	if v.Kind == dialect.Decimal && b.kind.IsInteger() {
		return args, false
	}
	if v.Kind == dialect.Float && b.kind.IsInteger() && !(math.Abs(v.Float()) < math.MaxInt64) {
		return args, false
	}
	pv, err := Prepare(b.kind, b.op, *v, zone)
	if err != nil {
		return args, false
	}
	return append(args, d.Bind(pv)), true
}

// beyondAny says that one of the values does not fit the column: it needs another statement.
func (b Binder) beyondAny(d *dialect.Dialect, vs []dialect.Value) bool {
	if !b.kind.IsInteger() {
		return false
	}
	for i := range vs {
		if vs[i].Kind == dialect.Int && beyond(d, b.kind, vs[i].N) != 0 || vs[i].Kind == dialect.Decimal {
			return true
		}
	}
	return false
}

// Rebind makes the arguments of a cached statement for another query of the same shape.
func (c *Compiler) Rebind(st *Statement, q *expr.Query, args []dialect.Value, limit bool) ([]dialect.Value, bool) {
	at, ok := 0, true
	zone := time.UTC
	if c.Zone != "" {
		zone = (&builder{c: c}).location()
	}
	for i := range q.Where {
		for j := range q.Where[i].Preds {
			if args, at, ok = c.rebindPred(st, &q.Where[i].Preds[j], args, at, zone); !ok {
				return args, false
			}
		}
	}
	if limit && q.Sliced && q.Offset > 0 {
		args = append(args, dialect.IntValue(int64(q.Offset)))
	}
	return args, at == len(st.Binders)
}

func (c *Compiler) rebindPred(st *Statement, p *expr.Pred, args []dialect.Value, at int, zone *time.Location) ([]dialect.Value, int, bool) {
	if isGroup(p.Op) {
		ok := true
		for i := range p.Kids {
			if args, at, ok = c.rebindPred(st, &p.Kids[i], args, at, zone); !ok {
				return args, at, false
			}
		}
		return args, at, true
	}
	if p.Op == expr.None {
		return args, at, true
	}
	if at >= len(st.Binders) {
		return args, at, false
	}
	args, ok := st.Binders[at].Append(args, c.D, &p.Val, zone)
	return args, at + 1, ok
}

// AppendShape appends what decides a query's SQL, without its values. It reports false for queries that are compiled each
// time: those whose expressions hold values, combined and locking ones.
func AppendShape(b []byte, q *expr.Query) ([]byte, bool) {
	if q.Combined != nil || q.Values != nil || len(q.DistinctOn) > 0 || q.HasGroup || q.Err != nil ||
		len(q.Only) > 0 || len(q.Defer) > 0 || q.Lock != nil || q.Empty ||
		q.From != nil || len(q.Joins) > 0 {
		return b, false
	}
	b = appendPointer(b, q.Model)
	if q.Scoped && len(q.Model.Scopes) > 0 { // of a query inside another one; see Whole
		b = append(b, 's', byte(len(q.Lifted)))
		for _, t := range q.Lifted {
			b = append(append(b, t.String()...), 0)
		}
	}
	b = append(b, flags(q.Distinct, q.Ordered, q.Reverse, q.Sliced, q.Sliced && q.Limit >= 0, q.Sliced && q.Offset > 0))
	if q.Sliced && q.Limit >= 0 {
		b = append(b, byte(q.Limit), byte(q.Limit>>8), byte(q.Limit>>16), byte(q.Limit>>24))
		if q.Limit > math.MaxInt32 {
			return b, false
		}
	}
	ok := true
	for i := range q.Annotations {
		if b, ok = appendAnnotation(b, &q.Annotations[i]); !ok {
			return b, false
		}
	}
	for i := range q.Where {
		s := &q.Where[i]
		b = append(b, 'w', flags(s.Negate, s.Share))
		for j := range s.Preds {
			if b, ok = appendPred(b, &s.Preds[j]); !ok {
				return b, false
			}
		}
	}
	for i := range q.Order {
		o := &q.Order[i]
		b = append(b, 'o', flags(o.Desc, o.Plain))
		if o.Node != nil {
			return b, false
		}
		b = appendPointer(b, o.Path)
		b = append(append(b, o.Name...), 0)
		b = append(append(b, o.Nulls...), 0)
	}
	for i := range q.Related {
		b = append(b, 'r')
		b = appendPointer(b, q.Related[i].Path)
		b = append(append(b, q.Related[i].Name...), 0)
	}
	return b, true
}

// appendNode appends an expression without values; others are compiled each time.
func appendNode(b []byte, n expr.Node) ([]byte, bool) {
	switch n := n.(type) {
	case expr.Name:
		return append(append(append(b, 'n'), n.Name...), 0), true
	case expr.Column:
		return appendPointer(append(b, 'c'), n.Path), true
	case expr.Walk:
		b = append(b, 'k', byte(len(n.Steps)))
		for _, s := range n.Steps {
			b = appendPointer(b, s)
		}
		return b, true
	}
	return appendComputed(b, n)
}

func flags(list ...bool) byte {
	var b byte
	for i, f := range list {
		if f {
			b |= 1 << i
		}
	}
	return b
}

func appendPred(b []byte, p *expr.Pred) ([]byte, bool) {
	if p.Err != nil {
		return b, false
	}
	b = append(b, 'p', byte(p.Op), p.Own)
	if p.Right != nil {
		return appendRight(b, p)
	}
	if isGroup(p.Op) {
		b = append(b, '(')
		ok := true
		for i := range p.Kids {
			if b, ok = appendPred(b, &p.Kids[i]); !ok {
				return b, false
			}
		}
		return append(b, ')'), true
	}
	switch {
	case p.Op == expr.IsTrue, p.Op == expr.Own:
		return b, false
	case p.Path != nil:
		b = appendPointer(b, p.Path)
	case p.Op == expr.Dynamic:
		b = append(append(b, p.Name...), 0)
		if m := modelOf(p.Raw); m != nil {
			b = appendPointer(b, m)
		}
	default:
		ok := true
		if b, ok = appendNode(b, p.Left); !ok {
			return b, false
		}
	}
	b = append(b, byte(p.Val.Kind))
	switch p.Val.Kind {
	case dialect.Bool:
		b = append(b, byte(p.Val.N))
	case dialect.Decimal, dialect.JSON, dialect.Custom:
		return b, false
	case dialect.List:
		vs := p.Val.Values()
		if len(vs) == 0 {
			return b, false
		}
		b = append(b, byte(len(vs)), byte(len(vs)>>8), byte(len(vs)>>16), byte(vs[0].Kind))
		for i := range vs {
			if vs[i].Kind != vs[0].Kind || vs[i].Kind == dialect.Null || vs[i].Kind == dialect.Decimal {
				return b, false
			}
		}
	}
	return b, true
}

// AppendAssigns appends what decides the SET clause of an update. It reports false unless all values are plain.
func AppendAssigns(b []byte, set []expr.Assign) ([]byte, bool) {
	for i := range set {
		a := &set[i]
		if a.Value != nil || a.Path == nil || a.Err != nil {
			return b, false
		}
		b = append(b, 's', byte(a.Val.Kind))
		b = appendPointer(b, a.Path)
	}
	return b, true
}

// RebindUpdate makes the arguments of a cached update anew.
func (c *Compiler) RebindUpdate(st *Statement, q *expr.Query, set []expr.Assign, args []dialect.Value) ([]dialect.Value, bool) {
	for i := range set {
		_, f, err := set[i].Path.Resolve()
		if err != nil {
			return args, false
		}
		kf := storedField(f)
		v, err := prepareWith(kf.Custom, keyKind(kf), expr.Exact, set[i].Val, time.UTC)
		if err != nil {
			return args, false
		}
		args = append(args, c.D.Bind(v))
	}
	return c.Rebind(st, q, args, false)
}
