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

// resolved is an expression that is resolved already, where a node is asked for.
type resolved struct {
	expr.Node
	e *rexpr
}

// custom applies a function of one's own to its arguments.
func (b *builder) custom(c *expr.Custom, args []*rexpr) *rexpr {
	if c.Func != "" {
		return b.builtin(c, args)
	}
	text, ok := c.SQL.On(b.c.D.Name, b.c.D.MariaDB)
	if !ok {
		b.fail(fmt.Errorf("orm: %q has no SQL for %s (set the database's text, or All)", c.Name, b.c.D.Name))
		return &rexpr{}
	}
	lo, hi, err := c.Arity()
	switch {
	case err != nil:
		b.fail(err)
		return &rexpr{}
	case len(args) < lo || hi >= 0 && len(args) > hi:
		want := fmt.Sprint(lo)
		if hi < 0 {
			want = fmt.Sprint("at least ", lo)
		} else if hi > lo {
			want = fmt.Sprint(lo, " to ", hi)
		}
		b.fail(fmt.Errorf("orm: %q takes %s arguments, not %d", c.Name, want, len(args)))
		return &rexpr{}
	}
	e := derived(c.Out, args...)
	if e.kind == schema.Invalid && len(args) > 0 {
		e.kind = plainInteger(args[0].kind)
	}
	if len(args) > 0 {
		e.base = args[0].base
	}
	if c.Aggregate {
		e.agg, e.isAgg, e.constant, e.nullable = true, true, false, true
	}
	e.write = func(w *writer) { writeCustom(w, c, text, args) }
	return e
}

// builtin is a custom function that stands for a built-in one.
func (b *builder) builtin(c *expr.Custom, args []*rexpr) *rexpr {
	f := expr.Func{Name: c.Func, Out: c.Out}
	for _, a := range args {
		f.Args = append(f.Args, resolved{e: a})
	}
	e := b.function(f, nil)
	if len(args) > 0 {
		e.base = args[0].base
	}
	return e
}

func writeCustom(w *writer, c *expr.Custom, text string, args []*rexpr) {
	_ = c.Walk(text, w.str, func(i int) { // the text was checked
		if i > 0 {
			args[i-1].write(w)
			return
		}
		joiner := c.Joiner
		if joiner == "" {
			joiner = ", "
		}
		for j, a := range args {
			if j > 0 {
				w.str(joiner)
			}
			a.write(w)
		}
	})
}

// part finds a transform or look-up of one's own by its name: the field's, then the site's.
func (b *builder) part(f *plan.Field, kind schema.Kind, name string) *expr.Part {
	if f != nil {
		for _, x := range f.Parts {
			if p, ok := x.(*expr.Part); ok && p.Name == name && p.Fits(kind) {
				return p
			}
		}
	}
	if b.c.Reg == nil {
		return nil
	}
	return b.c.Reg.Part(name, kind)
}

// transformNamed applies a transform by its name: one's own, or a part of a date.
func (b *builder) transformNamed(f *plan.Field, of *rexpr, name string) *rexpr {
	p := b.part(f, of.kind, name)
	if p == nil || p.Lookup {
		e := b.transform(of, name)
		e.bilateral = of.bilateral
		return e
	}
	e := b.custom(&p.Custom, []*rexpr{of})
	e.bilateral = of.bilateral
	if p.Bilateral {
		e.bilateral = append(slices.Clone(of.bilateral), p)
	}
	return e
}

// partKind is what a transform gives on a kind.
func (b *builder) partKind(p *expr.Part, kind schema.Kind) schema.Kind {
	switch {
	case p.Out != schema.Invalid:
		return p.Out
	case p.Func != "":
		if f, ok := formOf(p.Func); ok && f.out != schema.Invalid {
			return f.out
		}
	}
	return kind
}

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

// writeStored writes a value in its stored form, inside of what its column's codec puts around it.
func writeStored(w *writer, c *plan.Custom, v dialect.Value) {
	if !c.Wrapped() {
		w.arg(v)
		return
	}
	around(w, &c.Placeholder, func(w *writer) { w.arg(v) })
}

// around writes a text of one argument.
func around(w *writer, text *schema.SQL, arg func(w *writer)) {
	own, ok := text.On(w.d.Name, w.d.MariaDB)
	if !ok {
		arg(w)
		return
	}
	var c expr.Custom
	_ = c.Walk(own, w.str, func(int) { arg(w) }) // the text was checked
}

// AppendStored appends the n-th parameter of a statement for a column's value.
func AppendStored(b []byte, d *dialect.Dialect, f *plan.Field, n int) []byte {
	if !f.Custom.Wrapped() {
		return d.AppendParam(b, n)
	}
	w := &writer{d: d, buf: b}
	around(w, &f.Custom.Placeholder, func(w *writer) { w.buf = d.AppendParam(w.buf, n) })
	return w.buf
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

// call resolves a function of one's own.
func (b *builder) call(n expr.Call, can reuse) *rexpr {
	args := make([]*rexpr, len(n.Args))
	for i, a := range n.Args {
		args[i] = b.resolve(a, can)
		if n.Of.Aggregate && args[i].agg && b.err == nil {
			b.fail(&FieldError{Name: n.Of.Name, Reason: fmt.Sprintf("cannot compute %s of an aggregate", n.Of.Name)})
		}
	}
	if b.err != nil {
		return &rexpr{}
	}
	if n.Filter != nil {
		return b.filtered(n, args)
	}
	e := b.custom(&n.Of, args)
	if n.Bilateral && len(args) == 1 {
		e.bilateral = append(slices.Clone(args[0].bilateral), &expr.Part{Custom: n.Of})
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

// kind is what the target holds before its transforms.
func (t *target) kind() schema.Kind {
	switch {
	case t.annotation != nil:
		return t.annotation.kind
	case t.field != nil:
		return keyKind(t.field)
	}
	return schema.Text
}

// kindAfter is what the target holds after its first n transforms.
func (b *builder) kindAfter(t *target, n int) schema.Kind {
	kind := t.kind()
	for _, name := range t.transforms[:n] {
		kind, _ = b.transformKind(t.field, kind, name)
	}
	return kind
}

// transformKind is what a transform by its name gives on a kind: one's own, or a part of a date.
func (b *builder) transformKind(f *plan.Field, kind schema.Kind, name string) (schema.Kind, bool) {
	if p := b.part(f, kind, name); p != nil && !p.Lookup {
		return b.partKind(p, kind), true
	}
	return transformKind(kind, name)
}

// partNames are the field's own transforms for a kind.
func (b *builder) partNames(f *plan.Field, kind schema.Kind) []string {
	var out []string
	if f == nil {
		return nil
	}
	for _, x := range f.Parts {
		if p, ok := x.(*expr.Part); ok && p.Fits(kind) {
			out = append(out, p.Name)
		}
	}
	return out
}

// filtered is an aggregate of one's own over some of the rows: with FILTER, or else without a value in the other rows.
func (b *builder) filtered(n expr.Call, args []*rexpr) *rexpr {
	f, _ := b.resolvePred(*n.Filter, nil)
	switch {
	case b.err != nil:
		return &rexpr{}
	case f.hasAgg() || f.hasWindow():
		b.fail(&FieldError{Name: n.Of.Name, Reason: fmt.Sprintf("the Filter of %s cannot hold an aggregate", n.Of.Name)})
		return &rexpr{}
	case f.state() == alwaysTrue:
		return b.custom(&n.Of, args)
	}
	f.seal()
	if b.c.D.FilterClause {
		e := b.custom(&n.Of, args)
		call := e.write
		e.write = func(w *writer) {
			call(w)
			w.str(" FILTER (WHERE ")
			f.sql(w)
			w.str(")")
		}
		return e
	}
	if len(args) == 0 {
		b.fail(&FieldError{Name: n.Of.Name, Reason: fmt.Sprintf("%s has no argument, and %s no FILTER: it cannot be filtered", n.Of.Name, b.c.D.Name)})
		return &rexpr{}
	}
	args = slices.Clone(args)
	first := args[0]
	own := *first
	own.column, own.constant = "", false
	own.write = func(w *writer) {
		w.str("CASE WHEN ")
		f.sql(w)
		w.str(" THEN ")
		first.write(w)
		w.str(" END")
	}
	args[0] = &own
	return b.custom(&n.Of, args)
}
