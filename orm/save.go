package orm

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Create inserts an object. Fields with a default that hold the zero value get it; an automatic key is set.
func (q Query[T]) Create(ctx context.Context, obj *T) error {
	db, s, err := q.writing(ctx)
	if err != nil {
		return err
	}
	if err := q.s.Model.Ready(); err != nil {
		return err
	}
	return db.insert(ctx, s, q.s.Model, plan.PointerTo(obj), q.s.DB)
}

// Create inserts an object into the default database: Objects[T]().Create.
func Create[T any](ctx context.Context, obj *T) error { return Objects[T]().Create(ctx, obj) }

// insert writes one object as a new row.
func (db *DB) insert(ctx context.Context, s *scope, m *plan.Model, obj plan.Pointer, name string) error {
	if m.Keyless != nil {
		return m.Keyless
	}
	if err := s.relateAll(m, obj, name); err != nil {
		return err
	}
	if err := whole(ctx, m, obj); err != nil {
		return err
	}
	if m.InParts() {
		return db.insertParts(ctx, m, obj, name)
	}
	return db.insertRow(ctx, s, m, obj, name)
}

// insertRow writes an object's row in the model's own table.
func (db *DB) insertRow(ctx context.Context, s *scope, m *plan.Model, obj plan.Pointer, name string) error {
	fill(m, obj, true)
	in := db.insertPlan(s, m, obj)
	space := db.args.get()
	args, err := db.appendColumns(*space, in.fields, obj)
	defer func() { db.args.put(space, args) }()
	if err != nil {
		return err
	}
	if len(in.returning) == 0 || !db.d.Returning {
		if err := db.told(m, in.returning); err != nil {
			return err
		}
		res, err := db.exec(ctx, s, in.sql, args)
		if err != nil {
			return err
		}
		if m.PK != nil && slices.Contains(in.returning, m.PK) {
			setID(m, obj, res.LastInsertID)
		}
		if err := db.readBack(ctx, s, m, []plan.Pointer{obj}, in.returning); err != nil {
			return err
		}
		m.SetState(obj, nil)
		settle(m, obj, name)
		return nil
	}
	scan := newRowScan(m, obj, in.returning)
	defer scan.free()
	if err := db.query(ctx, s, in.sql, args, true, scan.row); err != nil {
		return err
	}
	m.SetState(obj, nil)
	settle(m, obj, name)
	return nil
}

// fill sets defaults and automatic times.
func fill(m *plan.Model, obj plan.Pointer, create bool) {
	for _, f := range m.Local {
		switch {
		case f.Now != nil && (create || f.S.AutoNow):
			f.Now(f.At(obj))
		case create && f.Default != nil && f.Codec.Zero(f.At(obj)):
			f.Default(f.At(obj))
		}
	}
}

// columnValue reads a field for writing. A foreign key without a row where there must be one is a mistake that is better
// told here than by the database.
func columnValue(f *plan.Field, obj plan.Pointer) (dialect.Value, error) {
	v := f.Codec.Get(f.At(obj))
	if v.Kind == dialect.Custom { // a codec that failed
		err, _ := v.X.(error)
		return v, fmt.Errorf("orm: %s.%s: %w", f.Model.GoName(), f.GoName, err)
	}
	if v.Kind == dialect.Null && !f.Nullable {
		if f.Rel != nil {
			return v, &ConstraintError{
				Kind: NotNullConstraint, Table: f.Model.Schema.Table, Columns: []string{f.Column},
				Err: fmt.Errorf("orm: %s.%s is not set (save the related object first, or describe the field with Null())", f.Model.GoName(), f.GoName),
			}
		}
	}
	if v.Kind == dialect.Decimal && f.S.Digits > 0 {
		d, err := NewDecimal(v.S)
		if err != nil {
			return v, err
		}
		v.S = d.Round(f.S.Places).String()
	}
	if v.Kind == dialect.JSON && f.Nullable && v.S == "null" && f.Codec.Zero(f.At(obj)) {
		return dialect.Value{}, nil
	}
	return v, nil
}

func setID(m *plan.Model, obj plan.Pointer, id int64) {
	_ = m.PK.Codec.Set(m.PK.At(obj), idRow(id), 0)
}

// Save writes an object: an update of its row, or an insert when it has no key or the row is not there. Fields, if any are
// named, limit the update to them; then a missing row is ErrNotUpdated. So it is for an object that was loaded in part
// (Only, Defer): what was loaded and what was given a value since is written.
//
//	orm.Save(ctx, article)
//	orm.Save(ctx, article, &a.Title, &a.Slug)
//
// An object that came from another database than the default is saved there, as in Django. That is known of objects whose
// model has relations; Query.Save says it for all others.
func Save[T any](ctx context.Context, obj *T, fields ...any) error {
	return save(ctx, model[T](), plan.PointerTo(obj), "", fields)
}

// Save is Save on the database of the query: orm.Objects[Article]().Using("archive").Save(ctx, article).
func (q Query[T]) Save(ctx context.Context, obj *T, fields ...any) error {
	return save(ctx, q.s.Model, plan.PointerTo(obj), q.s.DB, fields)
}

func save(ctx context.Context, m *plan.Model, p plan.Pointer, name string, fields []any) error {
	if err := m.Ready(); err != nil {
		return err
	}
	if m.Keyless != nil {
		return m.Keyless
	}
	db, s, err := route(ctx, &name, m, true, homeOf(m, p))
	if err != nil {
		return err
	}
	if !hasKey(m, p) {
		if len(fields) > 0 {
			return fmt.Errorf("orm: Save(%s) of some fields: %w", m.GoName(), ErrNotSaved)
		}
		return db.insert(ctx, s, m, p, name)
	}
	chosen, err := saveFields(m, fields)
	if err != nil {
		return err
	}
	state := m.StateOf(p)
	some := len(fields) > 0
	if !some && state != nil && state.Partial {
		if alias(name) == alias(state.DB) {
			chosen, some = loadedFields(m, p, state), true
		} else if err := loadFields(ctx, m, p, nil); err != nil { // a copy in another database is a whole one
			return err
		}
	}
	if err := s.relateAll(m, p, name); err != nil {
		return err
	}
	if m.InParts() {
		return saveParts(ctx, m, p, name, chosen, some)
	}
	n, err := db.updateRow(ctx, s, m, p, chosen)
	switch {
	case err != nil:
		return err
	case n > 0:
		known(m, p, chosen)
		settle(m, p, name)
		return nil
	case some:
		return fmt.Errorf("orm: Save(%s): %w", m.GoName(), ErrNotUpdated)
	}
	return db.insert(ctx, s, m, p, name)
}

// hasKey says that an object may have a row: its key is set. A composite key always may.
func hasKey(m *plan.Model, obj plan.Pointer) bool {
	return m.PK == nil || !m.PK.Codec.Zero(m.PK.At(obj))
}

// addKey limits a query to an object's row.
func addKey(q *expr.Query, m *plan.Model, obj plan.Pointer) {
	for _, f := range m.Key {
		addStep(q, expr.Pred{Op: expr.Exact, Left: expr.Name{Name: f.Column}, Val: f.Codec.Get(f.At(obj))})
	}
}

func saveFields(m *plan.Model, fields []any) ([]*plan.Field, error) {
	if len(fields) == 0 {
		return m.Columns, nil
	}
	var out []*plan.Field
	for _, f := range fields {
		pf, _, err := fieldOf(m, f)
		if err != nil {
			return nil, err
		}
		if !pf.S.HasColumn() || pf.Extra {
			return nil, fmt.Errorf("orm: %s.%s is not a column", m.GoName(), pf.GoName)
		}
		out = append(out, pf)
	}
	for _, f := range m.Columns {
		if f.S.AutoNow {
			out = append(out, f)
		}
	}
	return out, nil
}

// updateRow writes columns of one row, found by its key.
func (db *DB) updateRow(ctx context.Context, s *scope, m *plan.Model, obj plan.Pointer, fields []*plan.Field) (int64, error) {
	fill(m, obj, false)
	up := db.updatePlan(m, fields)
	if up == nil {
		return db.countKey(ctx, s, m, obj)
	}
	space := db.args.get()
	args, err := db.appendColumns(*space, up.fields, obj)
	defer func() { db.args.put(space, args) }()
	if err != nil {
		return 0, err
	}
	res, err := db.exec(ctx, s, up.sql, args)
	return res.RowsAffected, err
}

// countKey says whether the row of a model that has nothing but its key is there.
func (db *DB) countKey(ctx context.Context, s *scope, m *plan.Model, obj plan.Pointer) (int64, error) {
	q := &expr.Query{Model: m, Limit: -1}
	addKey(q, m, obj)
	st, err := db.statement(s, q, shapeCount)
	if err != nil {
		return 0, err
	}
	var n int64
	err = db.query(ctx, s, st.SQL, st.Args, false, func(r dialect.Row) error { n = r.Int(0); return nil })
	return n, err
}

// BulkOptions change what BulkCreate does.
type BulkOptions struct {
	// BatchSize is the number of rows of one statement. Default: as many as the database takes, at most 1000.
	BatchSize int
	// IgnoreConflicts leaves out rows that clash with a unique constraint. Keys are not set then.
	IgnoreConflicts bool
	// UpdateFields, by address, are set on the row that a clash over UniqueFields finds: an upsert.
	UpdateFields, UniqueFields []any
}

// BulkCreate inserts objects with few statements, in one transaction. Keys are set.
func (q Query[T]) BulkCreate(ctx context.Context, objs []*T, opts ...BulkOptions) error {
	if len(objs) == 0 {
		return nil
	}
	var o BulkOptions
	if len(opts) > 0 {
		o = opts[0]
	}
	m := q.s.Model
	if err := errors.Join(m.Ready(), m.Keyless); err != nil {
		return err
	}
	update, err := fieldsOf(m, o.UpdateFields)
	if err != nil {
		return err
	}
	unique, err := fieldsOf(m, o.UniqueFields)
	if err != nil {
		return err
	}
	if (len(update) > 0) != (len(unique) > 0) {
		return errors.New("orm: BulkCreate: UpdateFields and UniqueFields go together")
	}
	if len(update) > 0 && o.IgnoreConflicts {
		return errors.New("orm: BulkCreate: IgnoreConflicts and UpdateFields exclude each other")
	}
	if err := refuseConflicts(m, o); err != nil {
		return err
	}
	if _, _, err := q.writing(ctx); err != nil {
		return err
	}
	return AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		db, s, err := database(ctx, q.s.DB)
		if err != nil {
			return err
		}
		ptrs := make([]plan.Pointer, len(objs))
		for i, obj := range objs {
			ptrs[i] = plan.PointerTo(obj)
		}
		if m.InParts() {
			err = db.bulkParts(ctx, s, m, ptrs, o)
		} else {
			err = db.bulkRows(ctx, s, m, ptrs, o, update, unique)
		}
		if err == nil && q.s.DB != "" {
			bindGroup(m, ptrs, q.s.DB)
		}
		return err
	})
}

// bulkRows inserts rows of one table.
func (db *DB) bulkRows(ctx context.Context, s *scope, m *plan.Model, objs []plan.Pointer, o BulkOptions, update, unique []*plan.Field) error {
	for _, p := range objs {
		fill(m, p, true)
	}
	for _, part := range sameColumns(m, objs) {
		if err := db.bulkInsert(ctx, s, m, part, o, update, unique); err != nil {
			return err
		}
	}
	return nil
}

func fieldsOf(m *plan.Model, fields []any) ([]*plan.Field, error) {
	var out []*plan.Field
	for _, f := range fields {
		pf, _, err := fieldOf(m, f)
		if err != nil {
			return nil, err
		}
		out = append(out, pf)
	}
	return out, nil
}

func (db *DB) bulkInsert(ctx context.Context, s *scope, m *plan.Model, objs []plan.Pointer, o BulkOptions, update, unique []*plan.Field) error {
	if len(objs) == 0 {
		return nil
	}
	shape := db.insertShape(m, objs[0])
	if done, err := db.copyInsert(ctx, s, shape, objs, o, update); done || err != nil {
		return err
	}
	size := max(1, (db.d.MaxParams-64)/max(1, len(shape.Fields)))
	size = min(size, 1000)
	if o.BatchSize > 0 {
		size = min(size, o.BatchSize)
	}
	told := !o.IgnoreConflicts && len(update) == 0
	if told {
		if err := db.told(m, shape.Returning); err != nil {
			return err
		}
	}
	c := db.compiler(s)
	for len(objs) > 0 {
		batch := objs[:min(size, len(objs))]
		objs = objs[len(batch):]
		in := &compile.Insert{Model: m, Fields: shape.Fields, Ignore: o.IgnoreConflicts, Update: update, Unique: unique}
		if db.d.Returning && told {
			in.Returning = shape.Returning
		}
		values := make([]dialect.Value, 0, len(batch)*len(shape.Fields))
		for _, obj := range batch {
			start := len(values)
			for _, f := range shape.Fields {
				v, err := columnValue(f, obj)
				if err != nil {
					return err
				}
				values = append(values, v)
			}
			in.Rows = append(in.Rows, values[start:len(values):len(values)])
		}
		st := c.Insert(in)
		if len(in.Returning) == 0 {
			res, err := db.exec(ctx, s, st.SQL, st.Args)
			if err != nil {
				return err
			}
			if db.d.ConsecutiveKeys && told && m.PK != nil && slices.Contains(shape.Returning, m.PK) {
				for i, obj := range batch {
					setID(m, obj, res.LastInsertID+int64(i)*max(1, res.KeyStep))
				}
			}
			if told {
				if err := db.readBack(ctx, s, m, batch, shape.Returning); err != nil {
					return err
				}
			}
		} else {
			i := 0
			err := db.query(ctx, s, st.SQL, st.Args, true, func(r dialect.Row) error {
				if i >= len(batch) {
					return nil
				}
				obj := batch[i]
				i++
				return scanObject(obj, in.Returning, m, r)
			})
			if err != nil {
				return err
			}
		}
		for _, obj := range batch {
			m.Bind(obj, nil)
		}
	}
	return nil
}

// GetOrCreate returns the object of the query, or inserts obj and returns it. Created says which. When another process
// inserts the same row in between, its row is returned.
func (q Query[T]) GetOrCreate(ctx context.Context, obj *T) (got *T, created bool, err error) {
	if _, _, err := q.writing(ctx); err != nil {
		return nil, false, err
	}
	got, err = q.Get(ctx)
	if !errors.Is(err, ErrNotFound) {
		return got, false, err
	}
	err = AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error { return q.Create(ctx, obj) })
	if err == nil {
		return obj, true, nil
	}
	if ce, ok := errors.AsType[*ConstraintError](err); ok && ce.Kind == UniqueConstraint {
		if again, gerr := q.Get(ctx); gerr == nil {
			return again, false, nil
		}
	}
	return nil, false, err
}

// UpdateOrCreate finds the object of the query and sets columns of it, or inserts obj. The object returned is as it is in
// the database after.
func (q Query[T]) UpdateOrCreate(ctx context.Context, obj *T, set ...Assignment) (got *T, created bool, err error) {
	if _, _, err := q.writing(ctx); err != nil {
		return nil, false, err
	}
	err = AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		got, created, err = q.lockOwn().GetOrCreate(ctx, obj)
		if err != nil || created {
			return err
		}
		return q.setAndRead(ctx, got, set)
	})
	if err != nil {
		return nil, false, err
	}
	return got, created, nil
}

// setAndRead sets columns of the row of an object and reads the row again.
func (q Query[T]) setAndRead(ctx context.Context, obj *T, set []Assignment) error {
	one := Objects[T]().Using(q.s.DB)
	addKey(&one.s, q.s.Model, plan.PointerTo(obj))
	if _, err := one.Update(ctx, set...); err != nil {
		return err
	}
	return refresh(ctx, q.s.Model, plan.PointerTo(obj), q.s.DB, nil)
}
