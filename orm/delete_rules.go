package orm

import (
	"errors"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// sweep are rows that one statement will delete without looking at them: those whose field holds one of the keys.
type sweep struct {
	model *plan.Model
	field *plan.Field
	keys  []dialect.Value
}

// needsProgram says that somebody must look at the rows of a relation when what they point to is deleted.
func needsProgram(rel *plan.Relation) bool {
	if rel.Kind == plan.ManyBack {
		return true
	}
	o := rel.Field.S.Rel.OnDelete
	return o != schema.DoNothing && !o.InDatabase()
}

// keysOf reads the keys of the rows whose column holds one of the values, in as many statements as the database needs.
func (c *collector) keysOf(q *expr.Query, column expr.Node, key *plan.Field, values []dialect.Value) ([]dialect.Value, error) {
	size := deleteBatch
	if c.db.d.Arrays {
		size = max(1, len(values))
	}
	var out []dialect.Value
	for batch := range slices.Chunk(values, size) {
		part := *q
		part.Where = append(slices.Clip(q.Where), expr.Step{Preds: []expr.Pred{{Op: expr.In, Left: column, Val: dialect.ListValue(batch)}}})
		keys, err := c.keys(&part, key)
		if err != nil {
			return nil, err
		}
		out = append(out, keys...)
	}
	return out, nil
}

// inTheWay is the error that tells of rows that forbid a delete.
func (c *collector) inTheWay(rel *plan.Relation, keys []dialect.Value, restricted bool) error {
	e := &ProtectedError{Model: rel.From.GoName(), By: []string{rel.To.GoName() + "." + rel.Field.S.Name}, Count: len(keys), Restricted: restricted}
	q := &expr.Query{Model: rel.To, Limit: -1, DB: c.using}
	addStep(q, expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(keys[:min(len(keys), 100)])})
	objs, err := readRows(c.ctx, q, c.using)
	if err != nil {
		return err
	}
	bindGroup(rel.To, objs, c.using)
	for _, obj := range objs {
		e.Objects = append(e.Objects, rel.To.Box(obj))
	}
	return e
}

// join adds what is in the way by another relation. The model is the one that was to be deleted.
func (e *ProtectedError) join(m *plan.Model, other *ProtectedError) *ProtectedError {
	if e == nil {
		e = &ProtectedError{Restricted: other.Restricted}
	}
	e.Model = m.GoName()
	e.By = append(e.By, other.By...)
	e.Count += other.Count
	e.Objects = append(e.Objects, other.Objects...)
	return e
}

// restrictions sees that all rows that forbid the delete by Restrict go by another way.
func (c *collector) restrictions() error {
	var all *ProtectedError
	for _, h := range c.held {
		left := h.keys
		if d := c.rows[h.rel.To.Concrete()]; d != nil {
			left = slices.DeleteFunc(slices.Clone(left), func(k dialect.Value) bool { return d.seen[k] })
		}
		left, err := c.unswept(h.rel.To, left)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			continue
		}
		err = c.inTheWay(h.rel, left, true)
		e, ok := errors.AsType[*ProtectedError](err)
		if !ok {
			return err
		}
		all = all.join(h.rel.From, e)
	}
	if all != nil {
		return all
	}
	return nil
}

// unswept are the keys of the rows that no sweep deletes.
func (c *collector) unswept(m *plan.Model, keys []dialect.Value) ([]dialect.Value, error) {
	for _, s := range c.swept {
		if s.model.Concrete() != m.Concrete() || len(keys) == 0 {
			continue
		}
		q := &expr.Query{Model: m, Limit: -1, Ordered: true, Values: []expr.Annotation{{Name: "pk", Node: fieldNode(m.KeyField())}}}
		gone, err := c.keysOf(q, fieldNode(s.field), m.KeyField(), s.keys)
		if err != nil {
			return nil, err
		}
		keys = slices.DeleteFunc(slices.Clone(keys), func(k dialect.Value) bool { return slices.ContainsFunc(gone, k.Equal) })
	}
	return keys, nil
}

// forget takes the keys of deleted objects that receivers were shown. The object that the delete began with is left to it.
func (c *collector) forget(d *doomed) {
	m := d.told
	for _, obj := range d.objs {
		if obj == c.from.obj || m.PK == nil {
			continue
		}
		_ = m.PK.Codec.Copy(m.PK.At(obj), m.PK.At(m.New()), m.PK.Type)
		forgetRelated(m, obj)
	}
}

// forgetRelated forgets what was loaded of the rows that pointed to a deleted object.
func forgetRelated(m *plan.Model, obj plan.Pointer) {
	g := m.StateOf(obj)
	if g != nil {
		g.Lock()
		defer g.Unlock()
	}
	for _, f := range m.Links {
		if f.Rel.Kind != plan.Forward {
			l := f.LinkAt(obj)
			l.Loaded, l.Done = nil, false
		}
	}
}
