package orm

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// byName rewrites an expression of a model so that it names fields by strings: it then means the same in the state of a
// migration, which has no Go types.
func byName(m *plan.Model, n expr.Node) (expr.Node, error) {
	switch n := n.(type) {
	case nil:
		return nil, nil
	case expr.Column:
		name, err := columnName(m, n.Path)
		return expr.Name{Name: name}, err
	case expr.Binary:
		l, err := byName(m, n.Left)
		if err != nil {
			return nil, err
		}
		n.Left = l
		n.Right, err = byName(m, n.Right)
		return n, err
	case expr.Func:
		args := make([]expr.Node, len(n.Args))
		for i, a := range n.Args {
			x, err := byName(m, a)
			if err != nil {
				return nil, err
			}
			args[i] = x
		}
		n.Args = args
		return n, nil
	case expr.Call:
		n.Args = slices.Clone(n.Args)
		for i := range n.Args {
			x, err := byName(m, n.Args[i])
			if err != nil {
				return nil, err
			}
			n.Args[i] = x
		}
		return n, nil
	case expr.Sorted:
		of, err := byName(m, n.Of)
		n.Of = of
		return n, err
	case expr.Transform:
		of, err := byName(m, n.Of)
		n.Of = of
		return n, err
	case expr.Pred:
		return predByName(m, n)
	case expr.Name, expr.Literal, expr.Raw:
		return n, nil
	}
	return nil, fmt.Errorf("orm: %s: a %T cannot stand in an index or constraint", m.GoName(), n)
}

func predByName(m *plan.Model, p expr.Pred) (expr.Pred, error) {
	if p.Err != nil {
		return p, p.Err
	}
	if part, ok := p.Raw.(*expr.Part); ok && p.Op == expr.Own { // a migration writes functions, not look-ups
		right := p.Right
		if right == nil {
			right = expr.Literal{Value: p.Val, Kind: part.Right}
		}
		p = expr.Pred{Op: expr.IsTrue, Left: expr.Call{Of: part.Custom, Args: []expr.Node{p.Left, right}}}
	}
	if p.Path != nil {
		name, err := columnName(m, p.Path)
		if err != nil {
			return p, err
		}
		if p.Val, err = storedForm(m.FieldAt(p.Path.Offset), p.Val); err != nil {
			return p, fmt.Errorf("orm: %s: %w", m.GoName(), err)
		}
		p.Path, p.Left = nil, expr.Name{Name: name}
	} else if p.Left != nil {
		left, err := byName(m, p.Left)
		if err != nil {
			return p, err
		}
		p.Left = left
	}
	if p.Right != nil {
		right, err := byName(m, p.Right)
		if err != nil {
			return p, err
		}
		p.Right = right
	}
	kids := make([]expr.Pred, len(p.Kids))
	for i, k := range p.Kids {
		x, err := predByName(m, k)
		if err != nil {
			return p, err
		}
		kids[i] = x
	}
	if len(kids) > 0 {
		p.Kids = kids
	}
	return p, nil
}

// storedForm is a value of a condition as the column stores it: a migration knows no Go types.
func storedForm(f *plan.Field, v dialect.Value) (dialect.Value, error) {
	switch {
	case v.Kind == dialect.List:
		list := slices.Clone(v.Values())
		for i := range list {
			x, err := storedForm(f, list[i])
			if err != nil {
				return v, err
			}
			list[i] = x
		}
		return dialect.ListValue(list), nil
	case f.Custom == nil || v.Kind == dialect.Bool:
		return v, nil
	}
	out, err := f.Custom.Encode(v)
	out.X = nil
	return out, err
}

func columnName(m *plan.Model, p *plan.Path) (string, error) {
	if p.Ref != m.Root() {
		id := "models.E016"
		if p.Ref.Parent != nil {
			id = "models.E041"
		}
		return "", schema.Wrong(id, "%s is not a column of the model's own table (name one that is)", p)
	}
	f := m.FieldAt(p.Offset)
	if f == nil || !f.S.HasColumn() {
		return "", schema.Wrong("models.E012", "%s is not a column", p)
	}
	return f.S.Name, nil
}

// ExpressionSQL writes an expression over a table's columns as it stands in DDL: no arguments, bare column names.
func ExpressionSQL(d *dialect.Dialect, m *schema.Model, e schema.Expression) (string, error) {
	n, ok := e.(expr.Node)
	if !ok {
		return "", fmt.Errorf("orm: a %T is no expression of package expr", e)
	}
	p := plan.NewHidden(*m)
	if err := p.Finish(); err != nil {
		return "", err
	}
	c := &compile.Compiler{D: d}
	return c.Expression(p, n)
}

// LiteralSQL writes a value as it stands in DDL.
func LiteralSQL(d *dialect.Dialect, v any) (string, error) {
	val, err := valueOf(v)
	if err != nil {
		return "", err
	}
	return string(compile.AppendLiteral(nil, d, d.Bind(val))), nil
}
