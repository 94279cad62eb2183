package orm

import (
	"context"
	"errors"
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// insertParts inserts an object of a model with parents: their parts as Save writes them, for they may be there already,
// then its own row. One transaction holds all.
func (db *DB) insertParts(ctx context.Context, _ *scope, m *plan.Model, obj plan.Pointer, name string, set []expr.Assign) error {
	return AtomicWith(ctx, AtomicOptions{DB: name}, func(ctx context.Context) error {
		db, s, err := database(ctx, name)
		if err != nil {
			return err
		}
		if _, err := db.saveParents(ctx, s, m, obj, name); err != nil {
			return err
		}
		if err := db.insertRow(ctx, s, m, obj, name); err != nil || len(set) == 0 {
			return err
		}
		// The rows are there: what is computed is written into them, and read back.
		sv := &saving{m: m, obj: obj, using: name, some: true, sets: set}
		_, err = sv.compute(ctx, db, s)
		return err
	})
}

// saveParents writes the parts of an object that stand in its parents' tables. It says whether one of them is new.
func (db *DB) saveParents(ctx context.Context, s *scope, m *plan.Model, obj plan.Pointer, name string) (inserted bool, err error) {
	for _, p := range m.Above() {
		fresh, err := db.saveWhole(ctx, s, p.Model, p.At(obj), name)
		if err != nil {
			return false, err
		}
		inserted = inserted || fresh
	}
	return inserted, nil
}

// saveWhole writes an object's row in the tables of its parents and its own: an update, or an insert where there is none.
func (db *DB) saveWhole(ctx context.Context, s *scope, m *plan.Model, obj plan.Pointer, name string) (inserted bool, err error) {
	inserted, err = db.saveParents(ctx, s, m, obj, name)
	if err != nil {
		return false, err
	}
	if !inserted && hasKey(m, obj) {
		n, err := db.updateRow(ctx, s, m, obj, m.Local)
		if err != nil || n > 0 {
			return false, err
		}
	}
	return true, db.insertRow(ctx, s, m, obj, name)
}

// saveParts is Save of an object of a model with parents: of some fields, or of all, which makes rows that are missing.
func saveParts(ctx context.Context, m *plan.Model, obj plan.Pointer, name string, fields []*plan.Field, some bool) (created bool, err error) {
	err = AtomicWith(ctx, AtomicOptions{DB: name}, func(ctx context.Context) error {
		db, s, err := database(ctx, name)
		if err != nil {
			return err
		}
		if !some {
			created, err = db.saveWhole(ctx, s, m, obj, name)
			return err
		}
		for _, part := range byTable(m, fields) {
			n, err := db.updateRow(ctx, s, part.model, plan.Add(obj, part.offset), part.fields)
			switch {
			case err != nil:
				return err
			case n == 0:
				return fmt.Errorf("orm: Save(%s): %w", m.GoName(), ErrNotUpdated)
			}
		}
		return nil
	})
	if err == nil {
		known(m, obj, fields)
		settle(m, obj, name)
	}
	return created, err
}

// tablePart are fields of a model that stand in one table, as that table's model knows them.
type tablePart struct {
	model  *plan.Model
	offset uintptr
	fields []*plan.Field
	keys   []dialect.Value
}

// byTable takes the fields of a model apart by the tables that they stand in, its own first.
func byTable(m *plan.Model, fields []*plan.Field) []tablePart {
	parts := []tablePart{{model: m}}
	for _, f := range fields {
		if len(f.Via) == 0 {
			parts[0].fields = append(parts[0].fields, f)
			continue
		}
		at := -1
		for i := range parts {
			if parts[i].model == f.Origin.Model {
				at = i
			}
		}
		if at < 0 {
			at = len(parts)
			parts = append(parts, tablePart{model: f.Origin.Model, offset: f.Offset - f.Origin.Offset})
		}
		parts[at].fields = append(parts[at].fields, f.Origin)
	}
	if len(parts[0].fields) == 0 {
		parts = parts[1:]
	}
	return parts
}

// bulkParts inserts objects of a model with parents table by table.
func (db *DB) bulkParts(ctx context.Context, s *scope, m *plan.Model, objs []plan.Pointer, o BulkOptions) error {
	for _, p := range m.Above() {
		parts := make([]plan.Pointer, len(objs))
		for i, obj := range objs {
			parts[i] = p.At(obj)
		}
		if err := db.bulkParts(ctx, s, p.Model, parts, o); err != nil {
			return err
		}
	}
	return db.bulkRows(ctx, s, m, objs, o, nil, nil)
}

func refuseConflicts(m *plan.Model, o BulkOptions) error {
	if m.InParts() && (o.IgnoreConflicts || len(o.UpdateFields) > 0) {
		return errors.New("orm: BulkCreate(" + m.GoName() + "): IgnoreConflicts and UpdateFields cannot tell which of the rows in the parents' tables to keep")
	}
	if m.InParts() && len(o.Set) > 0 {
		return errors.New("orm: BulkCreate(" + m.GoName() + "): Set is not for models with parents (Create each object)")
	}
	return nil
}

// setsParents says that one of the assignments names a field of a parent.
func setsParents(m *plan.Model, set []expr.Assign) bool {
	for i := range set {
		if f := assigned(m, &set[i]); f != nil && len(f.Via) > 0 {
			return true
		}
	}
	return false
}

// assigned is the model's field that an assignment names, or nil.
func assigned(m *plan.Model, a *expr.Assign) *plan.Field {
	if a.Path == nil {
		return m.FieldNamed(a.Name)
	}
	steps, f, err := a.Path.Resolve()
	if err != nil || len(steps) > 0 {
		return nil
	}
	if root := a.Path.Ref.Model; root != m && m.Inherits(root) {
		return m.FieldNamed(f.S.Name)
	}
	return f
}

// updateParts is Update of a model with parents: the keys of the rows are read first, then each table is changed. It returns
// the number of rows.
//
// Django 6.1 django/db/models/sql/compiler.py SQLUpdateCompiler.pre_sql_setup.
func updateParts(ctx context.Context, q *expr.Query, set []expr.Assign) (n int, err error) {
	err = AtomicWith(ctx, AtomicOptions{DB: q.DB}, func(ctx context.Context) error {
		db, s, err := database(ctx, q.DB)
		if err != nil {
			return err
		}
		n, err = db.updateTables(ctx, s, q, set)
		return err
	})
	return n, err
}

func (db *DB) updateTables(ctx context.Context, s *scope, q *expr.Query, set []expr.Assign) (int, error) {
	m := q.Model
	var tables []tablePart
	sets := map[*plan.Model][]expr.Assign{}
	for i := range set {
		f := assigned(m, &set[i])
		if set[i].Err != nil {
			return 0, set[i].Err
		}
		if f == nil || !f.S.HasColumn() || f.Extra {
			return 0, fmt.Errorf("orm: Update(%s): assignment %d does not set a column of the model", m.GoName(), i+1)
		}
		part := byTable(m, []*plan.Field{f})[0]
		if sets[part.model] == nil {
			tables = append(tables, part)
		}
		a := set[i]
		a.Path, a.Name = nil, part.fields[0].S.Name
		sets[part.model] = append(sets[part.model], a)
	}
	total := 0
	for i, t := range tables {
		keys, err := db.partKeys(ctx, s, q, t.model)
		if err != nil {
			return 0, err
		}
		tables[i].keys = keys
	}
	for _, t := range tables {
		n, err := db.updateByKeys(ctx, s, t.model, t.keys, sets[t.model])
		if err != nil {
			return 0, err
		}
		total = max(total, n)
	}
	return total, nil
}

// partKeys reads the keys that the rows of a query have in a parent's table.
func (db *DB) partKeys(ctx context.Context, s *scope, q *expr.Query, table *plan.Model) ([]dialect.Value, error) {
	c := &collector{ctx: ctx, db: db, s: s}
	p := *q
	var node expr.Node = expr.Name{Name: "pk"}
	if up := q.Model.Up(table); len(up) > 0 {
		node = expr.Walk{Steps: up}
	}
	p.Values = []expr.Annotation{{Name: "pk", Node: node}}
	p.Prefetch, p.Related = nil, nil
	p.Order, p.Ordered = nil, true
	return c.keys(&p, table.PK)
}

func (db *DB) updateByKeys(ctx context.Context, s *scope, m *plan.Model, keys []dialect.Value, set []expr.Assign) (int, error) {
	total := 0
	for len(keys) > 0 {
		n := min(len(keys), deleteBatch)
		q := &expr.Query{Model: m, Limit: -1, Ordered: true}
		addStep(q, expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(keys[:n])})
		st, err := db.compiler(s).Update(q, set)
		if err != nil {
			return 0, err
		}
		res, err := db.exec(ctx, s, st.SQL, st.Args)
		if err != nil {
			return 0, err
		}
		total += int(res.RowsAffected)
		keys = keys[n:]
	}
	return total, nil
}
