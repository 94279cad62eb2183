package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// mirror applies the bilateral transforms of the left side to the right.
func (b *builder) mirror(lhs, right *rexpr) *rexpr {
	if right.subquery {
		b.fail(fmt.Errorf("orm: a bilateral transform cannot change a subquery"))
		return right
	}
	for _, p := range lhs.bilateral {
		right = b.custom(&p.Custom, []*rexpr{right})
	}
	return right
}

// mirrorValue makes a value an expression and applies the bilateral transforms of the left side to it.
func (b *builder) mirrorValue(lhs *rexpr, op expr.Op, v dialect.Value) *rexpr {
	kind, custom := lhs.kind, lhs.custom
	if lhs.base != nil {
		kind, custom = lhs.base.kind, lhs.base.custom
	}
	if custom == nil || isPattern(op) {
		return b.mirror(lhs, b.literal(expr.Literal{Value: v, Kind: kind}))
	}
	v, err := custom.Encode(v)
	if err != nil {
		b.fail(fmt.Errorf("orm: %w", err))
	}
	return b.mirror(lhs, &rexpr{kind: kind, constant: true, write: func(w *writer) { writeStored(w, custom, v) }})
}

// isPattern says that a look-up compares with a piece of a text.
func isPattern(op expr.Op) bool {
	switch op {
	case expr.Contains, expr.IContains, expr.StartsWith, expr.IStartsWith, expr.EndsWith, expr.IEndsWith, expr.IExact, expr.Regex, expr.IRegex:
		return true
	}
	return false
}

// allowed refuses the look-ups that a column's codec does not allow.
func (b *builder) allowed(lhs *rexpr, op expr.Op, part *expr.Part) bool {
	name := op.String()
	switch {
	case part != nil:
		name = part.Name
	case op == expr.IsNull:
		return true
	case op == expr.NotExact:
		name = "exact"
	}
	if lhs.custom.Allows(name) {
		return true
	}
	known := "only isnull"
	if len(lhs.custom.Ops) > 0 {
		known = "look-ups: isnull, " + strings.Join(lhs.custom.Ops, ", ")
	}
	b.fail(&FieldError{Name: name, Reason: fmt.Sprintf("unsupported look-up %q for field %q (%s)", name, lhs.fieldName(), known)})
	return false
}

func (e *rexpr) fieldName() string {
	if e.field != nil {
		return e.field.S.Name
	}
	return e.name
}

// jsonValue makes JSON of a Go value without another form.
func (b *builder) jsonValue(v dialect.Value) dialect.Value {
	switch v.Kind {
	case dialect.Custom:
		out, err := plan.JSONValue(v)
		if err != nil {
			b.fail(fmt.Errorf("orm: %w", err))
		}
		return out
	case dialect.List:
		list := slices.Clone(v.Values())
		for i := range list {
			list[i] = b.jsonValue(list[i])
		}
		return dialect.ListValue(list)
	}
	return v
}

// mirrored compares a left side with bilateral transforms.
func (b *builder) mirrored(lhs *rexpr, op expr.Op, v dialect.Value) (func(w *writer), truth) {
	if op != expr.In && op != expr.Range {
		return b.compareExpr(lhs, op, b.mirrorValue(lhs, op, v)), unknown
	}
	var list []*rexpr
	for _, x := range v.Values() {
		if x.Kind != dialect.Null {
			list = append(list, b.mirrorValue(lhs, op, x))
		}
	}
	switch {
	case op == expr.Range && len(list) != 2:
		b.fail(fmt.Errorf("orm: a range has two values, not %d", len(list)))
		return nil, unknown
	case op == expr.Range:
		return func(w *writer) {
			lhs.write(w)
			w.str(" BETWEEN ")
			list[0].write(w)
			w.str(" AND ")
			list[1].write(w)
		}, unknown
	case len(list) == 0:
		return nil, alwaysFalse
	}
	return func(w *writer) { lhs.write(w); call(w, " IN ", list...) }, unknown
}

// ownLookup compares by a look-up of one's own.
func (b *builder) ownLookup(lhs *rexpr, p *expr.Part, v dialect.Value, raw any, right *rexpr) func(w *writer) {
	if right == nil {
		if p.Prepare != nil {
			x, err := p.Prepare(raw)
			if err == nil {
				v, err = plan.ValueOf(x)
			}
			if err != nil {
				b.fail(fmt.Errorf("orm: look-up %s: %w", p.Name, err))
				return nil
			}
		}
		if v.Kind == dialect.Null {
			b.fail(fmt.Errorf("orm: look-up %s cannot compare with no value (use isnull)", p.Name))
			return nil
		}
		right = b.ownValue(lhs, p, v)
	}
	if len(lhs.bilateral) > 0 {
		right = b.mirror(lhs, right)
	}
	return b.custom(&p.Custom, []*rexpr{lhs, right}).write
}

// ownValue is the value of a look-up of one's own; a list becomes as many parameters.
func (b *builder) ownValue(lhs *rexpr, p *expr.Part, v dialect.Value) *rexpr {
	kind := p.Right
	if kind == schema.Invalid && p.Prepare == nil {
		kind = lhs.kind
	}
	if v.Kind != dialect.List {
		return b.literal(expr.Literal{Value: v, Kind: kind})
	}
	list := make([]*rexpr, 0, len(v.Values()))
	for _, x := range v.Values() {
		list = append(list, b.literal(expr.Literal{Value: x, Kind: kind}))
	}
	e := derived(kind, list...)
	e.write = func(w *writer) {
		for i, x := range list {
			if i > 0 {
				w.str(", ")
			}
			x.write(w)
		}
		if len(list) == 0 {
			w.str("NULL")
		}
	}
	return e
}

// ownTarget finds what a look-up of one's own compares.
func (b *builder) ownTarget(p *expr.Pred) (*target, expr.Op, error) {
	part, ok := p.Raw.(*expr.Part)
	if !ok {
		return nil, p.Op, fmt.Errorf("orm: a look-up without a definition")
	}
	plain := *p
	plain.Op = expr.Exact
	t, _, err := b.target(&plain)
	if err != nil {
		return nil, p.Op, err
	}
	t.part = part
	return t, p.Op, nil
}
