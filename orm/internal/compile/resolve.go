package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
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
	// name is set for annotations: what ORDER BY calls it.
	name string
	// filterOK is false for what cannot stand in a condition.
	sub *builder
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
	case e.isAgg || e.constant:
		return nil
	case !e.agg && !e.window:
		return []*rexpr{e}
	}
	var out []*rexpr
	for _, k := range e.kids {
		out = append(out, k.leaves()...)
	}
	return out
}

func (e *rexpr) isBoolColumn() bool { return e.column != "" && e.kind == schema.Boolean }

// target is the left side of a comparison before its joins are made.
type target struct {
	base       int // the table to begin at
	steps      []*plan.Relation
	field      *plan.Field
	column     string
	annotation *rexpr
	node       expr.Node
	transforms []string
	keys       []string // inside JSON
	part       *expr.Part
}

func (t *target) multi() bool { return relationIsMulti(t.steps) }

// target finds what a condition compares, and with which operation.
func (b *builder) target(p *expr.Pred) (*target, expr.Op, error) {
	switch {
	case p.Op == expr.Dynamic:
		return b.dynamicTarget(p)
	case p.Op == expr.Own:
		return b.ownTarget(p)
	case p.Path != nil:
		t, err := b.pathTarget(p.Path)
		return t, p.Op, err
	}
	// Look through transforms down to a column, so that relations keep their meaning under Not.
	node := p.Left
	var transforms []string
	for {
		tr, ok := node.(expr.Transform)
		if !ok {
			break
		}
		transforms = append([]string{tr.Name}, transforms...)
		node = tr.Of
	}
	switch n := node.(type) {
	case expr.Column:
		t, err := b.pathTarget(n.Path)
		if err != nil {
			return nil, p.Op, err
		}
		t.transforms = transforms
		return t, p.Op, nil
	case expr.Walk:
		t, err := walkTarget(n.Steps)
		return t, p.Op, err
	case expr.Name:
		t, _, err := b.nameTarget(n.Name, false)
		if err == nil {
			t.transforms = append(t.transforms, transforms...)
		}
		return t, p.Op, err
	}
	return &target{node: p.Left}, p.Op, nil
}

// walkTarget is the key at the end of a chain of relations.
func walkTarget(steps []*plan.Relation) (*target, error) {
	steps = expand(steps)
	last := steps[len(steps)-1]
	if err := last.To.Ready(); err != nil {
		return nil, err
	}
	f := last.To.PK
	if last.Kind == plan.Forward {
		f = last.To.FieldNamed(last.ToColumn)
	}
	if f == nil {
		return nil, fmt.Errorf("orm: %s has no single primary key", last.To.GoName())
	}
	return &target{steps: steps, field: f, column: f.Column}, nil
}

// pathTarget resolves a key path of the builder's model.
func (b *builder) pathTarget(p *expr.Path) (*target, error) {
	steps, f, err := p.Resolve()
	if err != nil {
		return nil, err
	}
	root, base := p.Ref.Root(), 0
	if root.Model != b.model || root.Other {
		base = b.sourceOf(root)
		if base < 0 && (root.Other || !b.model.Inherits(root.Model) && !root.Model.Inherits(b.model)) {
			return nil, fmt.Errorf("orm: %s is used in a query of %s (its key paths begin at orm.Fields[%s], or Join what they name)", p, b.model.GoName(), b.model.GoName())
		}
	}
	if base > 0 && f.Extra {
		return &target{annotation: b.sourceColumn(base, f)}, nil
	}
	if f.Extra {
		a := b.annots[f.S.Name]
		if a == nil {
			return nil, fmt.Errorf("orm: %s is filled by an annotation, which this query does not have (add Annotate(orm.As(&..., ...)))", p)
		}
		return &target{annotation: a}, nil
	}
	t, err := relationTarget(steps, f)
	if err != nil || root.Model == b.model && base == 0 {
		return t, err
	}
	if base < 0 {
		return b.rebase(t, root.Model, p)
	}
	t.base = base
	return t, nil
}

// relationTarget names the column of a field; for a relation without a column, the other side's key.
func relationTarget(steps []*plan.Relation, f *plan.Field) (*target, error) {
	if f.Rel != nil && f.Rel.Kind != plan.Forward {
		steps = expand(append(steps[:len(steps):len(steps)], f.Rel))
		to := steps[len(steps)-1].To
		if to.PK == nil {
			return nil, fmt.Errorf("orm: %s has no single primary key", to.GoName())
		}
		return &target{steps: steps, field: to.PK, column: to.PK.Column}, nil
	}
	steps = expand(steps)
	if f.Origin != nil {
		steps = append(steps[:len(steps):len(steps)], f.Via...)
		f = f.Origin
	}
	return &target{steps: steps, field: f, column: f.Column}, nil
}

// resolveTarget joins what the target needs and returns its expression with the joins that it passes.
func (b *builder) resolveTarget(t *target, can reuse) (*rexpr, []int) {
	var e *rexpr
	var joins []int
	switch {
	case b.through != nil && t.annotation == nil && t.node == nil:
		return b.throughColumn(t), nil
	case t.annotation != nil:
		e = t.annotation
	case t.node != nil:
		e = b.resolve(t.node, can)
	default:
		b.useSource(t.base)
		joins = b.walkFrom(t.base, t.steps, can)
		column := t.column
		joins, column, _ = b.trim(t.steps, joins, column)
		e = b.columnAt(joins[len(joins)-1], t.field, column)
	}
	if b.err != nil {
		return &rexpr{}, joins
	}
	for _, name := range t.transforms {
		e = b.transformNamed(t.field, e, name)
		if b.err != nil {
			return &rexpr{}, joins
		}
	}
	if len(t.keys) > 0 {
		e = b.jsonKey(e, t.keys)
	}
	return e, joins
}

// columnAt is a column of a table of the query.
func (b *builder) columnAt(alias int, f *plan.Field, column string) *rexpr {
	b.baseUsed = b.baseUsed || alias == 0
	e := &rexpr{kind: keyKind(f), field: f, custom: storedField(f).Custom, column: column, alias: alias, nullable: f.Nullable}
	a := b.aliases[alias]
	if column != f.Column { // trimmed: the nullability is that of the column that joins
		e.nullable = a.model.FieldNamed(column) == nil || a.model.FieldNamed(column).Nullable
	}
	e.write = func(w *writer) { w.qualified(a.name, column) }
	e.base = e
	return e
}

// keyKind is the kind of the values in a column: a foreign key holds the other table's kind.
func keyKind(f *plan.Field) schema.Kind {
	f = storedField(f)
	if f.S.Kind == schema.Generated && f.S.Output != nil {
		return f.S.Output.Kind
	}
	return f.S.Kind
}

// storedField is the field whose values a column holds: behind a foreign key, that of the other table.
func storedField(f *plan.Field) *plan.Field {
	for range 8 {
		if f.Rel == nil || f.Rel.Kind != plan.Forward {
			break
		}
		if err := f.Rel.To.Ready(); err != nil {
			break
		}
		next := f.Rel.To.FieldNamed(f.Rel.ToColumn)
		if next == nil {
			break
		}
		f = next
	}
	return f
}

func (b *builder) resolveAll(nodes []expr.Node) []*rexpr {
	var out []*rexpr
	for _, n := range nodes {
		out = append(out, b.resolve(n, nil))
	}
	return out
}

// resolve resolves an expression. Can is the set of shared joins, nil to share all.
func (b *builder) resolve(n expr.Node, can reuse) *rexpr {
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
		e := b.outer.resolve(n.Of, nil)
		if b.outer.err != nil {
			b.fail(b.outer.err)
			return &rexpr{}
		}
		out := *e
		out.constant = true // for this query it does not vary
		return &out
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

func (b *builder) resolveUsed(t *target, can reuse) *rexpr {
	if b.through != nil && t.annotation == nil && t.node == nil {
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

func writeRaw(w *writer, n expr.Raw) {
	args := n.Args
	for i := 0; i < len(n.SQL); i++ {
		if n.SQL[i] == '?' && len(args) > 0 {
			w.arg(args[0])
			args = args[1:]
			continue
		}
		w.buf = append(w.buf, n.SQL[i])
	}
}

func (b *builder) literal(n expr.Literal) *rexpr {
	v := n.Value
	kind := n.Kind
	if kind == schema.Invalid {
		kind = valueKinds[v.Kind]
	}
	if n.Kind != schema.Invalid {
		pv, err := Prepare(n.Kind, expr.Exact, v, b.location())
		if err != nil {
			b.fail(fmt.Errorf("orm: %w", err))
		}
		v = pv
	}
	return &rexpr{kind: kind, constant: true, nullable: v.Kind == dialect.Null, write: func(w *writer) {
		if v.Kind == dialect.Null {
			w.str("NULL")
			return
		}
		b.writeTyped(w, v, kind)
	}}
}

// writeTyped writes a value that stands alone. SQLite must be told that the digits of a decimal are a number.
func (b *builder) writeTyped(w *writer, v dialect.Value, kind schema.Kind) {
	if kind == schema.Decimal && w.d.Name == "sqlite" {
		w.str("CAST(")
		w.arg(v)
		w.str(" AS NUMERIC)")
		return
	}
	w.arg(v)
}

var valueKinds = map[dialect.ValueKind]schema.Kind{
	dialect.Int: schema.BigInteger, dialect.Float: schema.Float, dialect.Text: schema.Text, dialect.Bytes: schema.Binary,
	dialect.Bool: schema.Boolean, dialect.Time: schema.DateTime, dialect.Date: schema.Date, dialect.Clock: schema.Time,
	dialect.Duration: schema.Duration, dialect.UUID: schema.UUID, dialect.JSON: schema.JSON, dialect.Decimal: schema.Decimal,
}

// condition makes a condition an expression.
func (b *builder) condition(p expr.Pred, can reuse) *rexpr {
	n, _ := b.resolvePred(p, can)
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
	n, need := b.resolveGroupPred(&p, false, false, can)
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
