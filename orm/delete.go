package orm

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Deleted says what a delete removed.
type Deleted struct {
	// Total counts all rows; ByModel those of each model, by label.
	Total   int
	ByModel map[string]int
}

// Delete deletes all rows of the query, and does to the rows that point to them what their OnDelete says, all in one
// transaction. The models that point here are those of the context's registry (orm.WithModels), which a site sets up.
// Objects are loaded only where signals want them (PreDelete, PostDelete).
func (q Query[T]) Delete(ctx context.Context) (Deleted, error) {
	var from origin
	if s := scopeOf(ctx); s != nil && s.hooks != nil {
		from.of = q
	}
	return q.delete(ctx, from)
}

func (q Query[T]) delete(ctx context.Context, from origin) (Deleted, error) {
	q.refuseSliced("delete from")
	q.refuseCombined("delete from")
	if q.s.Values != nil || len(q.s.DistinctOn) > 0 {
		q.fail("cannot delete after DistinctOn or ValuesByName")
	}
	if q.s.Err != nil {
		return Deleted{}, q.s.Err
	}
	if err := q.s.Model.Ready(); err != nil {
		return Deleted{}, err
	}
	if _, _, err := q.writing(ctx); err != nil {
		return Deleted{}, err
	}
	out := Deleted{ByModel: map[string]int{}}
	err := AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		db, s, err := database(ctx, q.s.DB)
		if err != nil {
			return err
		}
		if q.s.Model.Soft != nil && !q.s.Hard {
			out, err = softDelete(ctx, db, s, &q.s, from)
			return err
		}
		c := &collector{ctx: ctx, db: db, s: s, using: q.s.DB, from: from, rows: map[*plan.Model]*doomed{}}
		if c.isFast(q.s.Model) {
			if err := c.fastDelete(&q.s, &out); err != nil {
				return err
			}
			return s.sendBatch(ctx, q.s.Model, batchInfo{action: "delete", rows: out.Total, using: q.s.DB})
		}
		if err := c.collectQuery(&q.s); err != nil {
			return err
		}
		return c.run(&out)
	})
	if err != nil {
		return Deleted{}, err
	}
	return out, nil
}

// Delete deletes an object and what hangs on it. The object's key becomes zero then, as it becomes None in Django; the parts
// of a composite key stay.
func Delete[T any](ctx context.Context, obj *T) (Deleted, error) {
	return deleteObject(ctx, Unscoped(Objects[T]()), obj)
}

func deleteObject[T any](ctx context.Context, q Query[T], obj *T) (Deleted, error) {
	m := q.s.Model
	if err := m.Ready(); err != nil {
		return Deleted{}, err
	}
	p := plan.PointerTo(obj)
	if p == nil {
		return Deleted{}, noObject("Delete", m)
	}
	if !hasKey(m, p) {
		return Deleted{}, fmt.Errorf("orm: Delete(%s): %w", m.GoName(), ErrNotSaved)
	}
	addKey(&q.s, m, p)
	if _, _, err := route(ctx, &q.s.DB, m, true, homeOf(m, p)); err != nil {
		return Deleted{}, err
	}
	d, err := q.delete(ctx, origin{of: obj, obj: p})
	if err == nil {
		forgetRelated(m, p)
	}
	if m.Soft != nil && !q.s.Hard {
		return d, err
	}
	if err == nil && hasAutoKey(m) {
		setID(m, p, 0)
	} else if err == nil && m.PK != nil {
		err = m.PK.Codec.Copy(m.PK.At(p), m.PK.At(m.New()), m.PK.Type)
	}
	return d, err
}

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
	if c.s.hooksOf(m).deletes() {
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

func (c *collector) fastDelete(q *expr.Query, out *Deleted) error {
	st, err := c.db.compiler(c.s).Delete(q)
	if err != nil || st.Empty {
		return err
	}
	res, err := c.db.exec(c.ctx, c.s, st.SQL, st.Args)
	if err != nil {
		return err
	}
	out.add(q.Model.Label(), int(res.RowsAffected))
	return nil
}

func (d *Deleted) add(label string, n int) {
	if n > 0 {
		d.Total += n
		d.ByModel[label] += n
	}
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
	if err := c.load(d, fresh); err != nil {
		return err
	}

	for _, rel := range ownPairs(m) {
		c.fast = append(c.fast, pairDelete{rel.Table, rel.Through.Label(), []string{rel.Left}, fresh})
	}
	var protected *ProtectedError // all that is in the way is told at once
	for _, rel := range c.pointing(m) {
		if rel.Kind == plan.ManyBack {
			if rel.Through.Hidden {
				c.fast = append(c.fast, pairDelete{rel.Table, rel.Through.Label(), []string{rel.Left}, fresh})
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
	target := keys
	if to := rel.FromField(); !slices.Equal(to.Columns(), m.KeyField().Columns()) { // the key points to another column than the primary key
		q := &expr.Query{Model: m, Limit: -1, Ordered: true}
		addStep(q, expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(keys)})
		q.Values = []expr.Annotation{{Name: "k", Node: fieldNode(to)}}
		var err error
		if target, err = c.keys(q, to); err != nil {
			return err
		}
	}
	// A null points nowhere.
	target = slices.DeleteFunc(slices.Clone(target), func(k dialect.Value) bool { return k.Kind == dialect.Null })
	q := &expr.Query{Model: child, Limit: -1, Ordered: true}
	childKey := child.KeyField()
	if childKey == nil {
		return fmt.Errorf("orm: delete: %s has no key, by which its rows that point to %s are found", child.GoName(), m.GoName())
	}
	if action == schema.Cascade && c.isFast(child) && childKey.Rel == nil {
		c.swept = append(c.swept, sweep{child, f, target})
		c.fast = append(c.fast, pairDelete{child.Schema.Table, child.Label(), columnNames(f), target})
		return nil
	}
	q.Values = []expr.Annotation{{Name: "pk", Node: fieldNode(childKey)}}
	rows, err := c.keysOf(q, fieldNode(f), childKey, target)
	if err != nil || len(rows) == 0 {
		return err
	}
	switch action {
	case schema.Cascade:
		return c.collect(child, rows, m)
	case schema.SetNull:
		fields := nullableColumns(f)
		c.sets = append(c.sets, fieldUpdate{child, fields, make([]dialect.Value, len(fields)), rows})
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

// run deletes what was collected: the rows between first, then rows before those that they point to.
func (c *collector) run(out *Deleted) error {
	if err := c.restrictions(); err != nil {
		return err
	}
	for _, m := range c.order {
		if err := c.announce(c.rows[m], preDelete); err != nil {
			return err
		}
	}
	for _, p := range c.fast {
		n, err := c.deleteWhere(p.table, p.columns, p.keys)
		if err != nil {
			return err
		}
		out.add(p.label, n)
	}
	for _, u := range c.sets {
		if err := c.update(u); err != nil {
			return err
		}
	}
	sorted, err := c.sorted()
	if err != nil {
		return err
	}
	for _, d := range sorted {
		n, err := c.deleteWhere(d.model.Schema.Table, columnNames(d.model.KeyField()), d.keys)
		if err != nil {
			return err
		}
		out.add(d.label, n)
		if err := c.announce(d, postDelete); err != nil {
			return err
		}
	}
	for _, d := range sorted {
		c.forget(d)
	}
	return nil
}

// sorted puts models that point before those that they point to. A circle keeps the order of collection: the database's
// constraints are checked at the end of the transaction.
func (c *collector) sorted() ([]*doomed, error) {
	var out []*doomed
	done := map[*plan.Model]bool{}
	for len(out) < len(c.order) {
		progress := false
		for _, m := range slices.Backward(c.order) {
			if done[m] {
				continue
			}
			ready := true
			for b := range c.rows[m].before {
				ready = ready && done[b]
			}
			if ready {
				done[m], progress = true, true
				out = append(out, c.rows[m])
			}
		}
		if !progress {
			for _, m := range slices.Backward(c.order) {
				if !done[m] {
					done[m] = true
					out = append(out, c.rows[m])
				}
			}
		}
	}
	if len(out) != len(c.order) {
		return nil, errors.New("orm: delete: unsorted models")
	}
	return out, nil
}

const deleteBatch = 500

func (c *collector) deleteWhere(table string, columns []string, keys []dialect.Value) (int, error) {
	total := 0
	for batch := range slices.Chunk(keys, deleteBatch) {
		b := append([]byte(nil), "DELETE FROM "...)
		b = c.db.d.AppendQuoted(b, table)
		b = append(b, " WHERE "...)
		b, args := c.in(b, table, columns, batch, nil)
		res, err := c.db.exec(c.ctx, c.s, string(b), args)
		if err != nil {
			return total, err
		}
		total += int(res.RowsAffected)
	}
	return total, nil
}

// in writes that a column is one of the keys, or that several are.
func (c *collector) in(b []byte, table string, columns []string, keys, args []dialect.Value) ([]byte, []dialect.Value) {
	row := func(list int, write func(i int)) {
		if list > 1 {
			b = append(b, '(')
		}
		for i := range list {
			if i > 0 {
				b = append(b, ", "...)
			}
			write(i)
		}
		if list > 1 {
			b = append(b, ')')
		}
	}
	row(len(columns), func(i int) {
		b = append(c.db.d.AppendQuoted(b, table), '.')
		b = c.db.d.AppendQuoted(b, columns[i])
	})
	b = append(b, " IN ("...)
	if len(columns) > 1 && c.db.d.Name == "sqlite" {
		b = append(b, "VALUES "...)
	}
	for i, k := range keys {
		if i > 0 {
			b = append(b, ", "...)
		}
		parts := []dialect.Value{k}
		if len(columns) > 1 {
			parts = k.Values()
		}
		row(len(parts), func(i int) {
			args = append(args, c.db.d.Bind(parts[i]))
			b = c.db.d.AppendParam(b, len(args))
		})
	}
	return append(b, ')'), args
}

func (c *collector) update(u fieldUpdate) error {
	for batch := range slices.Chunk(u.byKeys, deleteBatch) {
		b := append([]byte(nil), "UPDATE "...)
		b = c.db.d.AppendQuoted(b, u.model.Schema.Table)
		b = append(b, " SET "...)
		var args []dialect.Value
		for i, f := range u.fields {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = append(c.db.d.AppendQuoted(b, f.Column), " = "...)
			args = append(args, c.db.d.Bind(u.values[i]))
			b = c.db.d.AppendParam(b, len(args))
		}
		b = append(b, " WHERE "...)
		b, args = c.in(b, u.model.Schema.Table, columnNames(u.model.KeyField()), batch, args)
		if _, err := c.db.exec(c.ctx, c.s, string(b), args); err != nil {
			return err
		}
	}
	return nil
}
