package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// caseOf resolves CASE WHEN.
func (b *builder) caseOf(n *expr.Case, can reuse) *rexpr {
	type branch struct {
		when rwhere
		then *rexpr
	}
	var branches []branch
	var kids []*rexpr
	e := &rexpr{kind: n.Out}
	mixed := schema.Invalid
	check := func(k schema.Kind) {
		k = plainCase(k)
		if n.Out != schema.Invalid || k == schema.Invalid {
			return
		}
		if mixed != schema.Invalid && mixed != k && b.err == nil {
			b.fail(&FieldError{Name: "Case", Reason: fmt.Sprintf("the branches of a Case give %s and %s (say what it gives with Typed)", mixed, k)})
		}
		mixed = k
	}
	for _, wn := range n.Whens {
		cond, _ := b.resolvePred(wn.If, can)
		then := b.resolve(wn.Then, can)
		check(then.kind)
		if b.err != nil {
			return &rexpr{}
		}
		e.agg = e.agg || cond.hasAgg() || then.agg
		e.window = e.window || cond.hasWindow() || then.window
		kids = append(append(kids, cond.columns(nil)...), then)
		if e.kind == schema.Invalid {
			e.kind = then.kind
		}
		branches = append(branches, branch{cond, then})
	}
	var deflt *rexpr
	if n.Default != nil {
		deflt = b.resolve(n.Default, can)
		check(deflt.kind)
		kids = append(kids, deflt)
		e.agg = e.agg || deflt.agg
		if e.kind == schema.Invalid {
			e.kind = deflt.kind
		}
	}
	e.kids = kids
	e.nullable = true
	e.write = func(w *writer) {
		live := 0
		for i := range branches {
			br := &branches[i]
			switch br.when.state() {
			case alwaysFalse:
				continue
			case alwaysTrue:
				if live == 0 {
					br.then.write(w)
					return
				}
			}
			if live == 0 {
				w.str("CASE")
			}
			live++
			w.str(" WHEN ")
			br.when.sql(w)
			w.str(" THEN ")
			br.then.write(w)
		}
		if live > 0 {
			w.str(" ELSE ")
		}
		if deflt != nil {
			deflt.write(w)
		} else {
			w.str("NULL")
		}
		if live > 0 {
			w.str(" END")
		}
	}
	return e
}

// plainCase is a kind as the branches of a Case are compared: all texts are alike, a plain number is an Integer.
func plainCase(k schema.Kind) schema.Kind {
	switch {
	case k.IsText():
		return schema.Text
	case k.IsAuto(), k == schema.BigInteger:
		return schema.Integer
	}
	return k
}
