package orm

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// follow does what a foreign key's OnDelete says to the rows that point to the collected ones.
func (c *collector) follow(rel *plan.Relation, m *plan.Model, keys []dialect.Value) error {
	f := rel.Field
	child := rel.To
	if err := child.Ready(); err != nil {
		return err
	}
	action := f.S.Rel.OnDelete
	switch action {
	case schema.DoNothing, schema.DBCascade, schema.DBSetNull, schema.DBSetDefault:
		return nil
	}
	target, err := c.pointed(rel, m, keys)
	if err != nil {
		return err
	}
	q := &expr.Query{Model: child, Limit: -1, Ordered: true}
	childKey := child.KeyField()
	if childKey == nil {
		return fmt.Errorf("orm: delete: %s has no key, by which its rows that point to %s are found", child.GoName(), m.GoName())
	}
	if action == schema.Cascade && c.isFast(child) && childKey.Rel == nil {
		c.swept = append(c.swept, sweep{child, f, target})
		c.fast = append(c.fast, pairDelete{child.TableIn(c.db.d.MaxName), child.Label(), columnNames(f), target})
		return nil
	}
	q.Values = []expr.Annotation{{Name: "pk", Node: fieldNode(childKey)}}
	rows, err := c.keysOf(q, fieldNode(f), childKey, target)
	if err != nil || len(rows) == 0 {
		return err
	}
	return c.act(rel, m, rows)
}

// pointed are the values by which a foreign key points to the collected rows: their keys, or what another column of them holds.
func (c *collector) pointed(rel *plan.Relation, m *plan.Model, keys []dialect.Value) ([]dialect.Value, error) {
	if to := rel.FromField(); !slices.Equal(to.Columns(), m.KeyField().Columns()) {
		q := &expr.Query{Model: m, Limit: -1, Ordered: true}
		addStep(q, expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(keys)})
		q.Values = []expr.Annotation{{Name: "k", Node: fieldNode(to)}}
		var err error
		if keys, err = c.keys(q, to); err != nil {
			return nil, err
		}
	}
	// A null points nowhere.
	return slices.DeleteFunc(slices.Clone(keys), func(k dialect.Value) bool { return k.Kind == dialect.Null }), nil
}

// setNull makes the columns of a foreign key null in some rows.
func (c *collector) setNull(child *plan.Model, f *plan.Field, rows []dialect.Value) {
	fields := nullableColumns(f)
	c.sets = append(c.sets, fieldUpdate{child, fields, make([]dialect.Value, len(fields)), rows})
}

// act does what OnDelete says to the rows with some keys, which point to rows of m.
func (c *collector) act(rel *plan.Relation, m *plan.Model, rows []dialect.Value) error {
	f, child := rel.Field, rel.To
	switch f.S.Rel.OnDelete {
	case schema.Cascade:
		// MySQL looks at each row of a DELETE by itself: rows that point to each other must point nowhere first.
		if f.Nullable && f.S.HasConstraint() && !c.db.d.Has("can_defer_constraint_checks") {
			c.setNull(child, f, rows)
		}
		return c.collect(child, rows, m)
	case schema.SetNull:
		c.setNull(child, f, rows)
	case schema.SetValue:
		obj := child.New()
		if err := f.SetOnDelete(c.ctx, f.At(obj)); err != nil {
			return fmt.Errorf("orm: %s.%s: OnDeleteSetFunc: %w", child.GoName(), f.GoName, err)
		}
		c.sets = append(c.sets, fieldUpdate{child, []*plan.Field{f}, []dialect.Value{f.Codec.Get(f.At(obj))}, rows})
	case schema.SetDefault:
		obj, u := child.New(), fieldUpdate{model: child, fields: f.Columns(), byKeys: rows}
		for _, c := range u.fields {
			if c.Default != nil {
				c.Default(c.At(obj))
			}
			u.values = append(u.values, c.Codec.Get(c.At(obj)))
		}
		c.sets = append(c.sets, u)
	case schema.Restrict:
		c.held = append(c.held, restricted{rel, rows})
	default:
		return c.inTheWay(rel, rows, false)
	}
	return nil
}
