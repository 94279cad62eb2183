package orm

import (
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// ordering takes Meta's order. Its form in the schema, which migrations keep, has the names of other models' fields: they are
// known once all are described.
func (d *describer) ordering(list []Order) {
	m := d.m
	var named []Order
	for _, o := range list {
		if o.e != nil {
			d.problem("models.E015", "", "Ordering: %w", o.e)
			continue
		}
		raw := plan.RawOrder{Path: o.o.Path, Desc: o.o.Desc, Plain: o.o.Plain, Nulls: o.o.Nulls}
		if o.o.Path == nil {
			by, ok := d.orderNode(o.o)
			if !ok {
				continue
			}
			raw, o.o = plan.RawOrder{By: by}, by
		}
		m.Order = append(m.Order, raw)
		named = append(named, o)
	}
	m.OnReady(func() error {
		m.Schema.Ordering = nil
		for _, o := range named {
			name, err := orderText(m, o.o)
			if err != nil {
				return err
			}
			if name != "" {
				m.Schema.Ordering = append(m.Schema.Ordering, name)
			}
		}
		return nil
	})
}

// orderNode is an order by an expression or by a name. The expression names its columns by strings, so that it can be
// followed through a relation.
func (d *describer) orderNode(o expr.Order) (expr.Order, bool) {
	if o.Node == nil {
		return o, o.Name != ""
	}
	node, err := byName(d.m, o.Node)
	if err != nil {
		d.problem("models.E015", "", "Ordering: %w", err)
		return o, false
	}
	o.Node = node
	return o, true
}

// orderText is an order as Django writes it: "-author__name"; where nulls go stands behind it. An expression is its SQL in
// parentheses, so that migrations see when it changes; one that cannot stand in a table is left out.
func orderText(m *plan.Model, o expr.Order) (string, error) {
	name := o.Name
	if se, ok := o.Node.(schema.Expression); ok {
		if sql, err := ExpressionSQL(dialect.SQLite(), &m.Schema, se); err == nil {
			name = "(" + sql + ")"
		}
	}
	if o.Path != nil {
		var err error
		if name, err = pathText(o.Path, o.Plain); err != nil {
			return "", err
		}
	}
	switch {
	case name == "":
		return "", nil
	case o.Desc && strings.HasPrefix(name, "-"):
		name = name[1:]
	case o.Desc:
		name = "-" + name
	}
	if o.Nulls != "" {
		name += " nulls " + o.Nulls
	}
	return name, nil
}

// latestBy takes the field of Latest and Earliest, or several.
func (d *describer) latestBy(by any) {
	var list []any
	switch by := by.(type) {
	case nil:
	case []any:
		list = by
	case []Order:
		for _, o := range by {
			list = append(list, o)
		}
	default:
		list = []any{by}
	}
	var text []string
	for _, f := range list {
		pf, desc, err := fieldOf(d.m, f)
		if err != nil {
			d.problem("orm.E004", "", "LatestBy: %w", err)
			continue
		}
		d.m.Latest = append(d.m.Latest, plan.Latest{Field: pf, Desc: desc})
		name := pf.S.Name
		if desc {
			name = "-" + name
		}
		text = append(text, name)
	}
	d.m.Schema.GetLatestBy = strings.Join(text, ", ")
}

// pathText is a key path by the names of fields: author__name. Plain names a foreign key's column: author_id.
func pathText(p *plan.Path, plain bool) (string, error) {
	m := p.Ref.Model
	if err := m.Described(); err != nil {
		return "", err
	}
	name := SnakeCase(p.Name)
	if f := m.FieldAt(p.Offset); f != nil {
		name = f.S.Name
		if plain && f.Rel != nil && f.Rel.Kind == plan.Forward {
			name += "_id"
		}
	}
	for r := p.Ref; r.Parent != nil; r = r.Parent {
		step := r.Rel
		if step == nil {
			owner := r.Via.Ref.Model
			if err := owner.Described(); err != nil {
				return "", err
			}
			f := owner.FieldAt(r.Via.Offset)
			if f == nil || f.Rel == nil {
				return "", errNotField
			}
			if step = f.Rel; r.Reverse {
				step = step.Back()
			}
		}
		name = step.Name + "__" + name
	}
	return name, nil
}
