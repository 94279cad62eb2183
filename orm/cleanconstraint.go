package orm

import (
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/validators"
)

// constraints asks the database whether the object's values fulfil the model's constraints. One that speaks of fields which
// are wrong or left out, or that holds SQL of one's own, is not looked at: the database will say.
func (c *cleaning) constraints() error {
	given := &givenValues{c: c, nodes: map[string]expr.Node{}}
	for i := range c.m.Schema.Constraints {
		sc := &c.m.Schema.Constraints[i]
		if !given.knows(sc) {
			continue
		}
		var broken bool
		var err error
		switch {
		case sc.Check != nil:
			var holds truth
			holds, err = given.evaluate(sc.Check)
			broken = holds == no
		case len(sc.Exclude) > 0:
			broken, err = given.meets(sc)
		default:
			broken, err = given.repeats(sc)
		}
		if err != nil {
			return err
		}
		if broken {
			c.violated(sc)
		}
	}
	return nil
}

// violated complains about a constraint.
func (c *cleaning) violated(sc *schema.Constraint) {
	if sc.Check == nil && sc.Where == nil && sc.Message == "" && len(sc.Exclude) == 0 && len(sc.Fields) > 0 {
		c.notUnique(c.fieldsOf(sc.Fields))
		return
	}
	message, field := sc.Message, ""
	if message == "" {
		message = "Constraint “%(name)s” is violated."
	}
	if sc.Code == "unique" && len(sc.Fields) == 1 {
		field = sc.Fields[0]
	}
	c.out.Add(field, sc.Code, validators.Format(message, map[string]any{"name": sc.Name}))
}

// givenValues are the values of an object in the place of columns.
type givenValues struct {
	c     *cleaning
	nodes map[string]expr.Node // by the names of fields; nil for those that have none
}

// node is what stands for a field: its value, what the database will compute for it, or nil when that is not known.
func (g *givenValues) node(name string) expr.Node {
	if n, ok := g.nodes[name]; ok {
		return n
	}
	g.nodes[name] = nil // a generated column that leads to itself has no value
	n := g.find(name)
	g.nodes[name] = n
	return n
}

func (g *givenValues) find(name string) expr.Node {
	c := g.c
	f := c.m.FieldNamed(name)
	if f == nil || c.skip[f.Declared()] || f.Codec == nil {
		return nil
	}
	if e, ok := f.S.Expression.(expr.Node); ok {
		n, ok := substitute(e, g.node)
		if !ok {
			return nil
		}
		return expr.Typed{Of: n, Kind: f.S.Output.Kind}
	}
	if f.S.DBDefault != nil && !hasKey(c.m, c.obj) && f.Codec.Zero(f.At(c.obj)) {
		n, _ := f.S.DBDefault.(expr.Node)
		return n
	}
	v := c.future(f)
	if v.Kind == dialect.Custom {
		return nil
	}
	return expr.Literal{Value: v, Kind: keyKindOf(f)}
}

// keyKindOf is the kind of a field's values; that of a foreign key is its target's.
func keyKindOf(f *plan.Field) schema.Kind {
	if f.Rel != nil {
		return keyKind(f.Type)
	}
	return f.S.Kind
}

// knows says whether all that a constraint speaks of has a value.
func (g *givenValues) knows(sc *schema.Constraint) bool {
	list := append(slices.Clone(sc.Expressions), sc.Check, sc.Where)
	for _, x := range sc.Exclude {
		list = append(list, x.Expression)
		if x.Field != "" && g.node(x.Field) == nil {
			return false
		}
	}
	for _, name := range sc.Fields {
		if g.node(name) == nil {
			return false
		}
	}
	for _, e := range list {
		if e == nil {
			continue
		}
		n, ok := e.(expr.Node)
		if !ok {
			return false
		}
		if _, ok := substitute(n, g.node); !ok {
			return false
		}
	}
	return true
}

// truth is the answer to a condition.
type truth int8

const (
	no truth = iota
	yes
	neither // null: a check lets it pass, a partial index leaves the row out
)

// evaluate asks the database whether a condition holds over the object's values.
func (g *givenValues) evaluate(e schema.Expression) (truth, error) {
	p, ok := e.(expr.Pred)
	if !ok {
		p = expr.Pred{Op: expr.IsTrue, Left: e.(expr.Node)}
	}
	c := g.c
	db, s, err := c.database()
	if err != nil {
		return no, err
	}
	for _, f := range c.m.Columns { // all of them: a look-up's name may begin with any
		g.node(f.S.Name)
	}
	st, err := db.compiler(s).Condition(c.m, p, g.nodes)
	if err != nil {
		return no, err
	}
	holds := no
	err = db.query(c.ctx, s, st.SQL, st.Args, false, func(r dialect.Row) error {
		switch {
		case r.Null(0):
			holds = neither
		case r.Bool(0):
			holds = yes
		}
		return nil
	})
	return holds, err
}

// repeats says whether another row has the object's values of a unique constraint.
func (g *givenValues) repeats(sc *schema.Constraint) (bool, error) {
	q := &expr.Query{Model: g.c.m, Limit: -1}
	if inside, err := g.inside(q, sc); !inside || err != nil {
		return false, err
	}
	for _, name := range sc.Fields {
		right := g.node(name)
		if l, ok := right.(expr.Literal); ok && l.Value.Kind == dialect.Null {
			if !sc.NullsNotDistinct {
				return false, nil
			}
			addStep(q, isNull(expr.Name{Name: name}))
			continue
		}
		addStep(q, g.equal(expr.Name{Name: name}, right))
	}
	for _, e := range sc.Expressions {
		n := e.(expr.Node)
		if s, ok := n.(expr.Sorted); ok {
			n = s.Of
		}
		right, _ := substitute(n, g.node)
		same := g.equal(n, right)
		if sc.NullsNotDistinct {
			same = expr.Or(same, expr.And(isNull(n), isNull(right)))
		}
		addStep(q, same)
	}
	return g.c.another(q)
}

// inside limits a query to the rows that a constraint is about; it is false when the object is none of them.
func (g *givenValues) inside(q *expr.Query, sc *schema.Constraint) (bool, error) {
	if sc.Where == nil {
		return true, nil
	}
	if in, err := g.evaluate(sc.Where); in != yes || err != nil {
		return false, err
	}
	where, ok := sc.Where.(expr.Pred)
	if ok {
		addStep(q, where)
	}
	return ok, nil
}

func (g *givenValues) equal(left, right expr.Node) expr.Pred {
	if l, ok := right.(expr.Literal); ok && l.Value.Kind != dialect.Null {
		return expr.Pred{Op: expr.Exact, Left: left, Val: l.Value}
	}
	return expr.Pred{Op: expr.Exact, Left: left, Right: right}
}

func isNull(n expr.Node) expr.Pred {
	return expr.Pred{Op: expr.IsNull, Left: n, Val: dialect.BoolValue(true)}
}

// meets says whether another row meets the object in all operators of an exclusion constraint. Only PostgreSQL has them.
func (g *givenValues) meets(sc *schema.Constraint) (bool, error) {
	c := g.c
	db, _, err := c.database()
	if err != nil || db.d.Name != "postgresql" {
		return false, err
	}
	q := &expr.Query{Model: c.m, Limit: -1}
	if inside, err := g.inside(q, sc); !inside || err != nil {
		return false, err
	}
	for _, x := range sc.Exclude {
		left, _ := x.Expression.(expr.Node)
		operator := "{1} " + x.Operator + " {2}"
		if x.Field != "" {
			left = expr.Name{Name: x.Field}
			if f := c.m.FieldNamed(x.Field); f.Custom != nil {
				if own, ok := f.Custom.Placeholder.On("postgresql", false); ok {
					operator = "{1} " + x.Operator + " " + replaceArgument(own)
				}
			}
		}
		right, _ := substitute(left, g.node)
		if l, ok := right.(expr.Literal); ok && l.Value.Kind == dialect.Null {
			return false, nil
		}
		call := expr.Call{Of: expr.Custom{Name: sc.Name, SQL: expr.SQL{PostgreSQL: operator}, Out: schema.Boolean}, Args: []expr.Node{left, right}}
		addStep(q, expr.Pred{Op: expr.IsTrue, Left: call})
	}
	return c.another(q)
}
