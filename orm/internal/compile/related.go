package compile

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// checkRelated refuses objects and queries of another model beside a relation: their keys would be those of other rows.
//
// Django 6.1 django/db/models/sql/query.py check_related_objects.
func checkRelated(p *expr.Pred, to *plan.Model) error {
	m := modelOf(p.Raw)
	what := "an object"
	if sub, ok := p.Right.(expr.Subquery); ok && sub.Query.Values == nil && sub.Query.Combined == nil {
		m, what = sub.Query.Model, "a query"
	}
	if m == nil || m.Ready() != nil || to.Ready() != nil || m.Inherits(to) || to.Inherits(m) {
		return nil
	}
	if pk := m.PK; pk != nil && pk.Rel != nil && pk.Rel.Kind == plan.Forward && pk.Rel.To.Inherits(to) {
		return nil // its key is the key of the other
	}
	return &FieldError{Name: p.Name, Model: to.GoName(), Reason: fmt.Sprintf("look-up %q compares with rows of %s, not with %s of %s", p.Name, to.GoName(), what, m.GoName())}
}

// modelOf is the model of an object, or of a list of objects, that a look-up was given.
func modelOf(v any) *plan.Model {
	t := reflect.TypeOf(v)
	if t != nil && t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return nil
	}
	return plan.Known(t.Elem())
}

// oneRow says that a query has one row at most: by its slice, as an aggregate of all rows, or because its conditions fix a
// column, or columns, that are unique.
func oneRow(q *expr.Query) bool {
	switch {
	case q.Empty, q.Sliced && q.Limit >= 0 && q.Limit <= 1, q.HasGroup && len(q.GroupBy) == 0:
		return true
	case q.Combined != nil, q.From != nil, len(q.Joins) > 0, q.HasGroup:
		return false
	}
	var fixed []*plan.Field
	for i := range q.Where {
		if q.Where[i].Negate {
			continue
		}
		for j := range q.Where[i].Preds {
			fixed = append(fixed, fixedBy(q.Model, &q.Where[i].Preds[j])...)
		}
	}
	for _, f := range fixed {
		if f.S.PrimaryKey || f.S.Unique {
			return true
		}
	}
	return fixesSet(&q.Model.Schema, q.Model, fixed)
}

// fixedBy are the columns of the model itself that a condition compares for equality.
func fixedBy(m *plan.Model, p *expr.Pred) []*plan.Field {
	switch {
	case p.Op == expr.AndOp:
		var out []*plan.Field
		for i := range p.Kids {
			out = append(out, fixedBy(m, &p.Kids[i])...)
		}
		return out
	case p.Op == expr.Dynamic:
		name := p.Name
		if n := len(name) - len("__exact"); n > 0 && name[n:] == "__exact" {
			name = name[:n]
		}
		if f := m.FieldNamed(name); f != nil && p.Val.Kind != dialect.Null && f.S.HasColumn() {
			return []*plan.Field{f}
		}
		return nil
	case p.Op != expr.Exact:
		return nil
	}
	side := func(path *expr.Path, n expr.Node) []*plan.Field {
		if c, ok := n.(expr.Column); ok {
			path = c.Path
		}
		if path == nil || path.Ref.Root().Model != m || path.Ref.Root().Other {
			return nil
		}
		if steps, f, err := path.Resolve(); err == nil && len(steps) == 0 && f.S.HasColumn() {
			return []*plan.Field{f}
		}
		return nil
	}
	switch {
	case p.Right == nil && p.Val.Kind == dialect.Null:
		return nil
	case p.Right == nil || isGiven(p.Right):
		return side(p.Path, p.Left)
	case isGiven(p.Left):
		return side(nil, p.Right)
	}
	return nil
}

// fixesSet says that the columns hold the key, or all of some columns that are unique together.
func fixesSet(s *schema.Model, m *plan.Model, fixed []*plan.Field) bool {
	holds := func(set []string) bool {
		for _, name := range set {
			if f := m.FieldNamed(name); f == nil || !slices.Contains(fixed, f) {
				return false
			}
		}
		return len(set) > 0
	}
	for _, set := range append(s.UniqueTogether[:len(s.UniqueTogether):len(s.UniqueTogether)], s.PrimaryKey) {
		if holds(set) {
			return true
		}
	}
	return slices.ContainsFunc(s.Constraints, func(c schema.Constraint) bool {
		return c.Check == nil && c.Where == nil && len(c.Expressions) == 0 && holds(c.Fields)
	})
}

// isGiven says that an expression is the same for all rows of a query: a value, or a column of the query around it.
func isGiven(n expr.Node) bool {
	switch n.(type) {
	case expr.Literal, expr.Outer, expr.Subquery:
		return true
	}
	return false
}
