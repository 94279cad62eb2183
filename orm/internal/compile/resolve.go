package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// rexpr is a resolved expression.
type rexpr struct {
	write func(w *writer)
	kind  schema.Kind
	field *plan.Field
	// column and alias are set for a plain column.
	column   string
	alias    int
	nullable bool
	agg      bool // holds an aggregate
	isAgg    bool // is one
	window   bool
	subquery bool
	constant bool
	known    truth // of a condition used as an expression
	// unit and of are set for a part of a date; base is the column beneath.
	unit string
	of   *rexpr
	base *rexpr
	json *jsonPath
	kids []*rexpr
	// tuple are the parts of what is several columns.
	tuple []*rexpr
	// name is set for annotations: what ORDER BY calls it.
	name string
	// filterOK is false for what cannot stand in a condition.
	sub *builder
	// external, of a subquery, is what it takes from the query around it.
	external *[]*rexpr
	// settled says that settleGroup has been here.
	settled bool
	// custom is the codec that the value is stored by, if not that of its kind.
	custom *plan.Custom
	// bytes says that MySQL compares the text by its bytes: one out of JSON.
	bytes bool
	// bilateral are the transforms that the other side of a comparison goes through too.
	bilateral []*expr.Part
	// over writes a window function that names its window more than once.
	over func(w *writer, over func(w *writer))
}

// leaves are what GROUP BY must name for the expression to be allowed: itself, unless it holds an aggregate.
func (e *rexpr) leaves() []*rexpr {
	switch {
	case e.isAgg || e.isValue():
		return nil
	case e.tuple != nil:
	case !e.agg && !e.window:
		return []*rexpr{e}
	}
	var out []*rexpr
	for _, k := range e.kids {
		out = append(out, k.leaves()...)
	}
	return out
}

// isValue says that an expression is a value, or stands for one: nothing to group by. A function of values is grouped by, as
// Django does: it keeps the rows of a group apart from an aggregate over all rows.
func (e *rexpr) isValue() bool { return e.constant && len(e.kids) == 0 }

func (e *rexpr) isBoolColumn() bool { return e.column != "" && e.kind == schema.Boolean }

func (b *builder) resolveAll(nodes []expr.Node) []*rexpr {
	var out []*rexpr
	for _, n := range nodes {
		out = append(out, b.resolveWide(n, nil).flat()...)
	}
	return out
}

// resolve resolves an expression that is one value. Can is the set of shared joins, nil to share all.
func (b *builder) resolve(n expr.Node, can reuse) *rexpr {
	e := b.resolveWide(n, can)
	if e.tuple == nil && !e.subquery {
		return e
	}
	return b.oneValue(e)
}

// resolveWide is resolve for what may be several columns: a composite key, the rows of a subquery.
func (b *builder) resolveWide(n expr.Node, can reuse) *rexpr {
	if b.err != nil {
		return &rexpr{}
	}
	switch n := n.(type) {
	case expr.Column:
		t, err := b.pathTarget(n.Path)
		if err != nil {
			b.fail(err)
			return &rexpr{}
		}
		return b.resolveUsed(t, can)
	case expr.Name:
		t, _, err := b.nameTarget(n.Name, false)
		if err != nil {
			b.fail(err)
			return &rexpr{}
		}
		return b.resolveUsed(t, can)
	case expr.Walk:
		t, err := walkTarget(n.Steps)
		if err != nil {
			b.fail(err)
			return &rexpr{}
		}
		return b.resolveUsed(t, can)
	case expr.Tuple:
		t, err := b.tupleTarget(n)
		if err != nil {
			b.fail(err)
			return &rexpr{}
		}
		return b.resolveUsed(t, can)
	case expr.Literal:
		return b.literal(n)
	case expr.Transform:
		return b.transform(b.resolve(n.Of, can), n.Name)
	case expr.Typed:
		if c, ok := n.Of.(*expr.Case); ok {
			typed := *c
			typed.Out = n.Kind
			n.Of = &typed
		}
		if bin, ok := n.Of.(expr.Binary); ok {
			return b.binary(bin, n.Kind, can)
		}
		e := *b.resolve(n.Of, can)
		e.kind = n.Kind
		return &e
	case expr.Binary:
		return b.binary(n, schema.Invalid, can)
	case expr.Func:
		return b.function(n, can)
	case *expr.Aggregate:
		return b.aggregate(n, can)
	case *expr.Case:
		return b.caseOf(n, can)
	case *expr.Window:
		return b.window(n, can)
	case expr.Cast:
		return b.cast(n, can)
	case expr.Call:
		return b.call(n, can)
	case resolved:
		return n.e
	case expr.Keyset:
		return b.keyset(n, can)
	case expr.JSONAt:
		return b.jsonAt(n, can)
	case expr.JSONSet:
		return b.jsonSet(n, can)
	case expr.Excluded:
		return b.resolveExcluded(n)
	case expr.Outer:
		if b.outer == nil {
			b.fail(fmt.Errorf("orm: OuterRef outside a subquery"))
			return &rexpr{}
		}
		e := b.outer.resolveWide(n.Of, nil)
		if b.outer.err != nil {
			b.fail(b.outer.err)
			return &rexpr{}
		}
		b.external = append(b.external, e)
		out := e.fixed()
		if b.c.D.Name == "mysql" && out.write != nil {
			around, write := b.outer, out.write
			out.write = func(w *writer) { w.least(around, write) }
		}
		return out
	case expr.Subquery:
		return b.subquery(n)
	case expr.Exists:
		return b.exists(n)
	case expr.Pred:
		return b.condition(n, can)
	case expr.Sorted:
		return b.resolve(n.Of, can)
	case expr.Raw:
		return &rexpr{kind: n.Kind, constant: true, write: func(w *writer) { writeRaw(w, n) }}
	}
	b.fail(fmt.Errorf("orm: unknown expression %T", n))
	return &rexpr{}
}

// fixed is an expression of the query around this one, which does not vary here.
func (e *rexpr) fixed() *rexpr {
	out := *e
	out.constant = true
	if e.tuple != nil {
		out.tuple = make([]*rexpr, len(e.tuple))
		for i, part := range e.tuple {
			out.tuple[i] = part.fixed()
		}
	}
	return &out
}

func (b *builder) resolveUsed(t *target, can reuse) *rexpr {
	if b.through != nil && t.annotation == nil && t.node == nil && t.field.Tuple == nil {
		return b.throughColumn(t)
	}
	e, joins := b.resolveTarget(t, can)
	if can != nil {
		for _, j := range joins {
			can[j] = true
		}
	}
	return e
}

// condition makes a condition an expression.
func (b *builder) condition(p expr.Pred, can reuse) *rexpr {
	n, _ := b.resolvePred(p, can)
	n.seal()
	e := &rexpr{kind: schema.Boolean, agg: n.hasAgg(), window: n.hasWindow(), kids: n.columns(nil)}
	e.known = n.state()
	e.write = func(w *writer) {
		w.str("(")
		n.sql(w)
		w.str(")")
	}
	return e
}

// resolvePred resolves a condition that stands inside an expression. Joins stay outer: the condition keeps no row out.
func (b *builder) resolvePred(p expr.Pred, can reuse) (rwhere, map[int]bool) {
	if can == nil {
		can = reuse{}
		for i := range b.aliases {
			can[i] = true
		}
	}
	before := make([]bool, len(b.aliases))
	for i, a := range b.aliases {
		before[i] = a.left
	}
	if !isGroup(p.Op) {
		p = expr.Pred{Op: expr.AndOp, Kids: []expr.Pred{p}}
	}
	outer := b.plain
	b.plain = true
	n, need := b.resolveGroupPred(&p, false, false, can)
	b.plain = outer
	for i, a := range b.aliases {
		switch {
		case i < len(before):
			a.left = before[i]
		case a.nullable || b.aliases[a.parent].left:
			a.left = true
		}
	}
	return n, need
}

// resolveAnnotations resolves the named expressions that were added after a number of Filter steps, in order, so that later
// ones may use earlier ones.
func (b *builder) resolveAnnotations(after int) {
	if b.annots == nil {
		b.annots = map[string]*rexpr{}
	}
	for _, a := range b.q.Annotations {
		if a.After != after && !(after < 0 && a.After >= len(b.q.Where)) {
			continue
		}
		if after >= 0 && a.After >= len(b.q.Where) {
			continue
		}
		e := b.resolve(a.Node, nil)
		if b.err != nil {
			return
		}
		named := *e
		named.name = ""
		if b.selects(a) {
			named.name = a.Name
		}
		b.annots[a.Name] = &named
		b.grouped = b.grouped || e.agg
	}
}

// selects says that an annotation is a column of the result, so that ORDER BY may call it by its name.
func (b *builder) selects(a expr.Annotation) bool {
	if b.q.Values == nil {
		return !a.Hidden
	}
	for _, v := range b.q.Values {
		if v.Name == a.Name {
			return true
		}
	}
	return false
}
