package compile

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
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
	if c.Aggregate {
		call := e.write
		e.write = func(w *writer) { overRows(w, call) }
	}
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
