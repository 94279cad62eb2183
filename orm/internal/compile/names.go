package compile

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/nuages-go/nuages/internal/closest"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// FieldError is a name that means nothing in a query. Its text lists what would.
type FieldError struct {
	Name    string
	Model   string
	Choices []string
	// Reason replaces the list when the name is known but does not fit.
	Reason string
}

// Error says which name and what the choices are.
func (e *FieldError) Error() string {
	if e.Reason != "" {
		return "orm: " + e.Reason
	}
	meant := ""
	if near := closest.Match(e.Name, e.Choices); near != "" {
		meant = fmt.Sprintf("did you mean %q? ", near)
	}
	return fmt.Sprintf("orm: cannot resolve %q in %s (%schoices: %s)", e.Name, e.Model, meant, strings.Join(e.Choices, ", "))
}

// relations returns all relations of a model by name.
func (c *Compiler) relations(m *plan.Model) map[string]*plan.Relation {
	if c.Reg != nil {
		return c.Reg.Relations(m)
	}
	return m.Relations
}

// Choices are the names that a look-up on a model may begin with.
func (c *Compiler) Choices(m *plan.Model) []string {
	var out []string
	for _, f := range m.Fields {
		out = append(out, f.S.Name)
		if f.Rel != nil && f.Rel.Kind == plan.Forward {
			out = append(out, f.Column)
		}
	}
	for name := range c.relations(m) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

// Steps resolves a chain of relations by names: author__mentor. Single asks that each leads to one row.
func (c *Compiler) Steps(m *plan.Model, name string, single bool) ([]*plan.Relation, error) {
	var steps []*plan.Relation
	at := m
	for part := range strings.SplitSeq(name, "__") {
		if err := at.Ready(); err != nil {
			return nil, err
		}
		rel := c.relations(at)[part]
		if rel == nil && !single { // objects are reached by their accessors: comment_set
			for _, r := range c.relations(at) {
				if r.Accessor == part {
					rel = r
				}
			}
		}
		if rel == nil || single && rel.Multi() {
			var choices []string
			for n, r := range c.relations(at) {
				if !single || !r.Multi() {
					choices = append(choices, n)
				}
			}
			sort.Strings(choices)
			return nil, &FieldError{Name: part, Model: at.GoName(), Choices: choices}
		}
		if len(steps) >= farthest {
			return nil, &FieldError{Name: part, Model: at.GoName(), Reason: fmt.Sprintf("%.40q... follows too many relations", name)}
		}
		steps = append(steps, rel)
		at = rel.To
		if err := at.Ready(); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

// dynamicTarget resolves a look-up string to what it compares and how.
func (b *builder) dynamicTarget(p *expr.Pred) (*target, expr.Op, error) {
	t, _, err := b.nameTarget(p.Name, true)
	if err != nil {
		return nil, 0, err
	}
	op := expr.Exact
	if t.field != nil && t.field.Tuple != nil {
		return b.tupleNamed(t, p.Name)
	}
	if n := len(t.transforms); n > 0 {
		last := t.transforms[n-1]
		if part := b.part(t.field, b.kindAfter(t, n-1), last); part != nil && part.Lookup {
			op, t.part, t.transforms = expr.Own, part, t.transforms[:n-1]
		} else if o, ok := expr.OpNamed(last); ok && part == nil {
			op, t.transforms = o, t.transforms[:n-1]
		}
	}
	if n := len(t.keys); n > 0 {
		if o, ok := expr.OpNamed(t.keys[n-1]); ok {
			op, t.keys = o, t.keys[:n-1]
		} else if part := b.part(t.field, schema.JSON, t.keys[n-1]); part != nil && part.Lookup && part.For != nil {
			op, t.part, t.keys = expr.Own, part, t.keys[:n-1]
		}
	}
	if err := b.checkTransforms(t, p.Name); err != nil {
		return nil, 0, err
	}
	if t.rel != nil && (len(t.transforms) > 0 || !onRelations(op)) {
		return nil, 0, &FieldError{Name: p.Name, Reason: fmt.Sprintf("unsupported look-up in %q: a relation knows exact, in, gt, gte, lt, lte and isnull (name a field of the related model for others)", p.Name)}
	}
	return t, op, nil
}

// onRelations says that a look-up may stand right behind a relation, or behind the column that holds its key.
//
// Django 6.1 django/db/models/fields/related_lookups.py.
func onRelations(op expr.Op) bool {
	switch op {
	case expr.Exact, expr.In, expr.Gt, expr.Gte, expr.Lt, expr.Lte, expr.IsNull, expr.Own:
		return true
	}
	return false
}

// checkTransforms reports a transform or look-up that the field does not have.
func (b *builder) checkTransforms(t *target, name string) error {
	kind := t.kind()
	for i, tr := range t.transforms {
		if out, ok := b.transformKind(t.field, kind, tr); ok {
			kind = out
			continue
		}
		what := "look-up"
		if i < len(t.transforms)-1 {
			what = "transform"
		}
		known := append(Transforms(kind), b.partNames(t.field, kind)...)
		sort.Strings(known)
		return &FieldError{Name: name, Reason: fmt.Sprintf("unsupported %s %q for a %s field (in %q; transforms: %s)", what, tr, kind, name, strings.Join(known, ", "))}
	}
	return nil
}

// nameTarget resolves a name: an annotation, or relations and a field, then transforms. It also returns the field that
// stood at the end of the name, before a relation was followed to its key.
func (b *builder) nameTarget(name string, lookup bool) (*target, *plan.Field, error) {
	parts := strings.Split(name, "__")
	if a := b.annots[parts[0]]; a != nil {
		t := &target{annotation: a}
		if a.kind == schema.JSON {
			t.keys = parts[1:]
		} else {
			t.transforms = parts[1:]
		}
		return t, nil, nil
	}

	t := &target{}
	at := b.model
	var last *plan.Field
	var before []*plan.Relation // the way to the last relation
	for i, part := range parts {
		if err := at.Ready(); err != nil {
			return nil, nil, err
		}
		if part == "pk" && at.KeyField() == nil {
			return nil, nil, &FieldError{Name: part, Model: at.GoName(), Choices: b.c.Choices(at)}
		}
		f := at.FieldNamed(part)
		rel := b.c.relations(at)[part]
		if rel == nil && f != nil && f.Rel != nil && part != f.Column {
			rel = f.Rel
		}
		switch {
		case rel != nil && part != "pk":
			if i >= farthest {
				return nil, nil, &FieldError{Name: part, Model: at.GoName(), Reason: fmt.Sprintf("a name of %d parts (%.40s...) follows too many relations", len(parts), name)}
			}
			before = t.steps
			t.steps, t.rel = rel.Joins(t.steps), rel
			at = rel.To
			if err := at.Ready(); err != nil {
				return nil, nil, err
			}
			last = rel.Field
			t.field = at.KeyField()
			if rel.Kind == plan.Forward {
				t.field = rel.ToField()
			} else {
				last = nil
			}
			if t.field == nil {
				return nil, nil, fmt.Errorf("orm: %s has no primary key", at.GoName())
			}
			t.column = t.field.Column
		case f != nil && f.Extra:
			return nil, nil, &FieldError{Name: part, Model: at.GoName(), Reason: fmt.Sprintf("%s.%s is filled by an annotation, which this query does not have", at.GoName(), f.GoName)}
		case f != nil:
			t.field, t.column, last, t.rel = f, f.Column, f, f.Rel
			if f.Origin != nil {
				t.steps, t.field = append(t.steps, f.Via...), f.Origin
			}
			rest := parts[i+1:]
			if f.Rel != nil && len(rest) > 0 && f.Rel.Kind == plan.Forward && part == "pk" {
				// a primary key that is a foreign key: walk on through it
				t.steps = f.Rel.Joins(t.steps)
				at = f.Rel.To
				if err := at.Ready(); err != nil {
					return nil, nil, err
				}
				t.field = at.FieldNamed(f.Rel.ToColumn)
				t.column = t.field.Column
				continue
			}
			if keyKind(f) == schema.JSON {
				t.keys = rest
				return t, last, nil
			}
			t.transforms = rest
			return t, last, nil
		default:
			if i > 0 && t.field != nil { // after a relation: a transform or look-up on its key
				if _, isOp := expr.OpNamed(part); isOp || hasTransform(keyKind(t.field), part) || b.part(t.field, keyKind(t.field), part) != nil {
					t, err := ownTarget(t, before, last)
					if err != nil {
						return nil, nil, err
					}
					t.transforms = parts[i:]
					return t, last, nil
				}
			}
			if e := b.earlier[part]; e != nil && i == 0 {
				return &target{annotation: e, transforms: parts[1:]}, nil, nil
			}
			choices := b.c.Choices(at)
			for a := range b.annots {
				if at == b.model {
					choices = append(choices, a)
				}
			}
			sort.Strings(choices)
			if i > 0 && last != nil && t.steps == nil {
				return nil, nil, &FieldError{Name: name, Reason: fmt.Sprintf("unsupported look-up %q for field %q", part, parts[i-1])}
			}
			return nil, nil, &FieldError{Name: part, Model: at.GoName(), Choices: choices}
		}
	}
	t, err := ownTarget(t, before, last)
	return t, last, err
}

// ownTarget is a name that ends with a relation without a column of its own: the columns of this side are meant.
func ownTarget(t *target, before []*plan.Relation, last *plan.Field) (*target, error) {
	if last == nil || last.Rel == nil || last.Tuple == nil || len(t.steps) == len(before) {
		return t, nil
	}
	return relationTarget(before, last)
}

// tupleNamed is the look-up at the end of the name of several columns.
func (b *builder) tupleNamed(t *target, name string) (*target, expr.Op, error) {
	op, known := expr.Exact, true
	if len(t.transforms) > 0 {
		op, known = expr.OpNamed(t.transforms[0])
	}
	if !known || len(t.transforms) > 1 {
		return nil, 0, b.noTupleLookup(t.field, strings.Join(t.transforms, "__"))
	}
	t.transforms = nil
	return t, op, nil
}

// farthest is how many relations the name of a look-up may follow. Each is a join, and names come from outside: PostgreSQL
// plans hundreds of joins for hours.
const farthest = 30

func hasTransform(kind schema.Kind, name string) bool {
	_, ok := transformKind(kind, name)
	return ok
}
