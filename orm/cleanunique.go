package orm

import (
	"context"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// unique asks whether another row has the same value of a unique field, or of fields that are unique together.
func (c *cleaning) unique() error {
	for _, f := range c.m.Local {
		if c.skip[f.Declared()] || !f.S.Unique && !(f.S.PrimaryKey && !f.S.Kind.IsAuto()) {
			continue
		}
		if err := c.uniqueSet([]*plan.Field{f}); err != nil {
			return err
		}
	}
	for _, set := range c.m.Schema.UniqueTogether {
		fields := c.fieldsOf(set)
		if fields == nil {
			continue
		}
		if err := c.uniqueSet(fields); err != nil {
			return err
		}
	}
	return c.uniqueForDates()
}

// fieldsOf are the fields with some names, nil when one of them is not looked at.
func (c *cleaning) fieldsOf(names []string) []*plan.Field {
	fields := make([]*plan.Field, len(names))
	for i, name := range names {
		if fields[i] = c.m.FieldNamed(name); fields[i] == nil || c.skip[fields[i].Declared()] {
			return nil
		}
	}
	return fields
}

// uniqueSet complains when another row has the object's values.
func (c *cleaning) uniqueSet(fields []*plan.Field) error {
	taken, err := c.taken(fields, nil)
	if err == nil && taken {
		c.notUnique(fields)
	}
	return err
}

// notUnique complains about values that are taken: Django's unique_error_message.
func (c *cleaning) notUnique(fields []*plan.Field) {
	params := map[string]any{"model_name": capital(c.m.Schema.VerboseName)}
	if len(fields) == 1 {
		params["field_label"] = capital(verbose(fields[0]))
		c.complain(fields[0], "unique", "%(model_name)s with this %(field_label)s already exists.", params)
		return
	}
	labels := make([]string, len(fields))
	for i, f := range fields {
		labels[i] = capital(verbose(f))
	}
	n := len(labels)
	list := strings.Join(labels[:n-1], ", ") + " and " + labels[n-1]
	c.out.Add("", "unique_together", capital(c.m.Schema.VerboseName)+" with this "+list+" already exists.")
}

// taken asks for another row with the object's values. A null is like no other.
func (c *cleaning) taken(fields []*plan.Field, where []expr.Pred) (bool, error) {
	q := &expr.Query{Model: c.m, Limit: -1}
	for _, f := range fields {
		v := c.future(f)
		if v.Kind == dialect.Null {
			return false, nil
		}
		addStep(q, expr.Pred{Op: expr.Exact, Left: expr.Name{Name: f.Column}, Val: v})
	}
	if len(fields) == 1 && fields[0] == c.m.PK {
		return false, nil // whether the row exists is for Save to find out
	}
	for _, p := range where {
		addStep(q, p)
	}
	return c.another(q)
}

// another says whether a query has a row that is not the object's own.
func (c *cleaning) another(q *expr.Query) (bool, error) {
	if len(c.m.Key) > 0 && hasKey(c.m, c.obj) {
		itself := expr.Step{Negate: true}
		for _, f := range c.m.Key {
			itself.Preds = append(itself.Preds, expr.Pred{Op: expr.Exact, Left: expr.Name{Name: f.Column}, Val: c.value(f)})
		}
		q.Where = append(q.Where, itself)
	}
	db, s, err := c.database()
	if err != nil {
		return false, err
	}
	return db.exists(c.ctx, s, q)
}

// exists says whether a query has rows.
func (db *DB) exists(ctx context.Context, s *scope, q *expr.Query) (bool, error) {
	st, err := db.statement(s, q, shapeExists)
	if err != nil || st.Empty {
		return false, err
	}
	found := false
	err = db.query(ctx, s, st.SQL, st.Args, false, func(dialect.Row) error { found = true; return nil })
	return found, err
}
