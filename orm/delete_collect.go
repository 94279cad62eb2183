package orm

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// collector finds everything that a delete touches before it touches anything: Django's Collector.
type collector struct {
	ctx   context.Context
	db    *DB
	s     *scope
	using string
	from  origin
	soft  bool // rows are hidden, not deleted
	rows  map[*plan.Model]*doomed
	order []*plan.Model
	fast  []pairDelete
	swept []sweep
	sets  []fieldUpdate
	held  []restricted
	// keepParents leaves the rows in the parents' tables of the model that the delete began with.
	keepParents *plan.Model
}

// doomed are the rows of a model that will go.
type doomed struct {
	model *plan.Model
	label string
	// told is the model whose receivers are told, objs what they are told of.
	told *plan.Model
	objs []plan.Pointer
	keys []dialect.Value
	seen map[dialect.Value]bool
	// history are the entries that the rows get in that of an audited model.
	history []auditEntry
	// after lists the models whose rows must be gone before.
	before map[*plan.Model]bool
}

type pairDelete struct {
	table, label string
	columns      []string
	keys         []dialect.Value
}

type fieldUpdate struct {
	model  *plan.Model
	fields []*plan.Field
	values []dialect.Value
	byKeys []dialect.Value
}

type restricted struct {
	rel  *plan.Relation
	keys []dialect.Value // of the rows that point
}

// isFast says that nothing points to a model's rows, so that one statement does.
func (c *collector) isFast(m *plan.Model) bool {
	if c.s.hooksOf(m).deletes() || c.s.audits(m) || c.s.audits(m.Concrete()) {
		return false
	}
	m = m.Concrete()
	return !m.InParts() && len(ownPairs(m)) == 0 && !slices.ContainsFunc(c.pointing(m), needsProgram)
}

// pointing are the relations from other models whose rows must be looked at.
func (c *collector) pointing(m *plan.Model) []*plan.Relation {
	var out []*plan.Relation
	add := func(back *plan.Relation) {
		for _, o := range out {
			if o.Field == back.Field {
				return
			}
		}
		if back.Kind == plan.Backward || back.Kind == plan.BackwardOne || back.Kind == plan.ManyBack {
			out = append(out, back)
		}
	}
	if c.s.reg != nil {
		for _, r := range c.s.reg.pointing(m) {
			add(r)
		}
		return out
	}
	// Without a registry only what the model itself knows is looked at; the database's constraints guard the rest.
	for _, f := range m.Fields {
		if f.Origin != nil {
			continue // the parent's
		}
		if f.Rel != nil && (f.Rel.Kind == plan.Backward || f.Rel.Kind == plan.BackwardOne || f.Rel.Kind == plan.ManyBack) {
			add(f.Rel.Field.Rel.Back())
		}
		if f.Rel != nil && f.Rel.To == m && f.Rel.Kind == plan.Forward {
			add(f.Rel.Back())
		}
	}
	return out
}

// ownPairs are the model's many-to-many fields with a table of their own.
func ownPairs(m *plan.Model) []*plan.Relation {
	var out []*plan.Relation
	for _, f := range m.Fields {
		if f.Rel != nil && f.Origin == nil && f.Rel.Kind == plan.Many && f.Rel.Through != nil && f.Rel.Through.Hidden {
			out = append(out, f.Rel)
		}
	}
	return out
}

// collectQuery takes up the rows of a query.
func (c *collector) collectQuery(q *expr.Query) error {
	p := *q
	key := p.Model.KeyField()
	if key == nil {
		return fmt.Errorf("orm: delete: %s has no key by which the rows that point to it are found", p.Model.GoName())
	}
	p.Values = []expr.Annotation{{Name: "pk", Node: expr.Name{Name: "pk"}}}
	p.Prefetch, p.Related = nil, nil
	if !p.Sliced {
		p.Order, p.Ordered = nil, true
	}
	keys, err := c.keys(&p, key)
	if err != nil {
		return err
	}
	return c.collect(p.Model, keys, nil)
}

// keys reads one column of a query, or the columns of a tuple.
func (c *collector) keys(q *expr.Query, f *plan.Field) ([]dialect.Value, error) {
	st, err := c.db.compiler(c.s).Select(q)
	if err != nil || st.Empty {
		return nil, err
	}
	read := keyReader(f)
	var out []dialect.Value
	err = c.db.query(c.ctx, c.s, st.SQL, st.Args, true, func(r dialect.Row) error {
		k, err := read(r, 0)
		out = append(out, k)
		return err
	})
	return out, err
}

// collect takes up rows by key, and follows what points to them.
func (c *collector) collect(m *plan.Model, keys []dialect.Value, from *plan.Model) error {
	if err := m.Ready(); err != nil {
		return err
	}
	label, told := m.Label(), m
	m = m.Concrete()
	d := c.rows[m]
	if d == nil {
		d = &doomed{model: m, label: label, told: told, seen: map[dialect.Value]bool{}, before: map[*plan.Model]bool{}}
		c.rows[m] = d
		c.order = append(c.order, m)
	}
	if from != nil && from != m {
		c.rows[from].before[m] = true
	}
	var fresh []dialect.Value
	for _, k := range keys {
		if !d.seen[k] {
			d.seen[k] = true
			fresh = append(fresh, k)
		}
	}
	d.keys = append(d.keys, fresh...)
	if len(fresh) == 0 {
		return nil
	}
	if err := errors.Join(c.load(d, fresh), c.auditLoad(d, fresh)); err != nil {
		return err
	}

	for _, rel := range ownPairs(m) {
		c.fast = append(c.fast, pairDelete{rel.Through.TableIn(c.db.d.MaxName), rel.Through.Label(), []string{rel.Left}, fresh})
	}
	var protected *ProtectedError // all that is in the way is told at once
	for _, rel := range c.pointing(m) {
		if rel.Kind == plan.ManyBack {
			if rel.Through.Hidden {
				c.fast = append(c.fast, pairDelete{rel.Through.TableIn(c.db.d.MaxName), rel.Through.Label(), []string{rel.Left}, fresh})
			}
			continue
		}
		err := c.follow(rel, m, fresh)
		if pe, ok := errors.AsType[*ProtectedError](err); ok {
			protected = protected.join(m, pe)
		} else if err != nil {
			return err
		}
	}
	if protected != nil {
		return protected
	}
	return c.collectParents(m, fresh)
}
