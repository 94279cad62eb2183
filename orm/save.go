package orm

import (
	"cmp"
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
	if obj == nil {
		return noObject("Create", q.s.Model)
	}
	return db.create(ctx, s, q.s.Model, plan.PointerTo(obj), q.s.DB)
}

// Create inserts an object into the default database: Objects[T]().Create.
func Create[T any](ctx context.Context, obj *T) error { return Objects[T]().Create(ctx, obj) }

// noObject is the mistake of a nil in place of an object.
func noObject(what string, m *plan.Model) error {
	return fmt.Errorf("orm: %s(%s): the object is nil", what, m.GoName())
}

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
	write := db.insertRow
	if m.InParts() {
		write = db.insertParts
	}
	if err := write(ctx, s, m, obj, name); err != nil {
		return err
	}
	if s.track || m.Track {
		remember(m, obj, name)
	}
	return nil
}

// insertRow writes an object's row in the model's own table.
func (db *DB) insertRow(ctx context.Context, s *scope, m *plan.Model, obj plan.Pointer, name string) error {
	if m.Rank != nil && !s.raw {
		if err := db.giveRanks(ctx, s, m, []plan.Pointer{obj}); err != nil {
			return err
		}
	}
	fill(m, obj, true, s.raw)
	in := db.insertPlan(s, m, obj)
	space := db.args.get()
	args, err := db.appendColumns(*space, in.fields, obj)
	defer func() { db.args.put(space, args) }()
	if err != nil {
		return err
	}
	if len(in.returning) == 0 || !db.d.Returning || in.told {
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
		if !in.told {
			if err := db.readBack(ctx, s, m, []plan.Pointer{obj}, in.returning); err != nil {
				return err
			}
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

// fill sets defaults and automatic times; raw objects keep theirs.
func fill(m *plan.Model, obj plan.Pointer, create, raw bool) {
	for _, f := range m.Local {
		switch {
		case f.Now != nil && !raw && (create || f.S.AutoNow):
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
		var err error
		if v.S, err = quantized(v.S, f.S.Digits, f.S.Places); err != nil {
			return v, fmt.Errorf("orm: %s.%s: %w", f.Model.GoName(), f.GoName, err)
		}
	}
	if v.Kind == dialect.JSON && f.Nullable && v.S == "null" && f.Codec.Zero(f.At(obj)) {
		return dialect.Value{}, nil
	}
	return v, nil
}

func setID(m *plan.Model, obj plan.Pointer, id int64) {
	_ = m.PK.Codec.Set(m.PK.At(obj), idRow(id), 0)
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

// BulkOptions change what BulkCreate does.
type BulkOptions struct {
	// BatchSize is the number of rows of one statement. Default: as many as the database takes, at most 1000.
	BatchSize int
	// IgnoreConflicts leaves out rows that clash with a unique constraint. Keys are not set then.
	IgnoreConflicts bool
	// UpdateFields, by address, are set on the row that a clash over UniqueFields finds: an upsert. Keys are set, where the
	// database returns them (all but MySQL). Query.Upsert can do more, and tells what became of each object.
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
	if err := cmp.Or(refuseConflicts(m, o), o.check(m, update)); err != nil {
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
			if obj == nil {
				return noObject("BulkCreate", m)
			}
			ptrs[i] = plan.PointerTo(obj)
			if err := takeKeys(m, ptrs[i]); err != nil {
				return err
			}
		}
		if m.InParts() {
			err = db.bulkParts(ctx, s, m, ptrs, o)
		} else {
			err = db.bulkRows(ctx, s, m, ptrs, o, update, unique)
		}
		if err == nil && q.s.DB != "" {
			bindGroup(m, ptrs, q.s.DB)
		}
		if err == nil && s.hooks != nil {
			err = s.sendBatch(ctx, m, batchInfo{objs: ptrs, action: "create", rows: len(ptrs), fields: update, using: q.s.DB})
		}
		return err
	})
}

// check refuses options that mean nothing.
func (o *BulkOptions) check(m *plan.Model, update []*plan.Field) error {
	if o.BatchSize < 0 {
		return fmt.Errorf("orm: BulkCreate(%s): a batch of %d objects", m.GoName(), o.BatchSize)
	}
	for _, f := range update {
		switch {
		case f.S.PrimaryKey || slices.Contains(m.Key, f):
			return fmt.Errorf("orm: BulkCreate(%s): a clash cannot change the key %s (leave it out of UpdateFields)", m.GoName(), f.GoName)
		case !f.S.HasColumn() || f.Extra || f.S.Expression != nil:
			return fmt.Errorf("orm: BulkCreate: %s.%s is not a column that can be written", m.GoName(), f.GoName)
		}
	}
	return nil
}

// bulkRows inserts rows of one table.
func (db *DB) bulkRows(ctx context.Context, s *scope, m *plan.Model, objs []plan.Pointer, o BulkOptions, update, unique []*plan.Field) error {
	if m.Rank != nil && !s.raw {
		if err := db.giveRanks(ctx, s, m, objs); err != nil {
			return err
		}
	}
	for _, p := range objs {
		fill(m, p, true, s.raw)
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
		if db.d.Returning && (told || len(update) > 0) {
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

// GetOrCreateFunc is GetOrCreate with an object that is made when it is needed: defaults that cost something.
func (q Query[T]) GetOrCreateFunc(ctx context.Context, make func(ctx context.Context) (*T, error)) (got *T, created bool, err error) {
	if _, _, err := q.writing(ctx); err != nil {
		return nil, false, err
	}
	got, err = q.Get(ctx)
	if !errors.Is(err, ErrNotFound) {
		return got, false, err
	}
	obj, err := make(ctx)
	if err != nil {
		return nil, false, err
	}
	return q.GetOrCreate(ctx, obj)
}

// UpdateOrCreate finds the object of the query and sets columns of it, or inserts obj: its values are the defaults of a new
// row, the assignments those of a row that is there. It locks the row, and the update is a Save, with AutoNow and signals.
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

// setAndRead sets columns of the row of an object, as Save of assignments does.
func (q Query[T]) setAndRead(ctx context.Context, obj *T, set []Assignment) error {
	if len(set) == 0 {
		return nil
	}
	fields := make([]any, len(set))
	for i, a := range set {
		fields[i] = a
	}
	return save(ctx, q.s.Model, plan.PointerTo(obj), q.s.DB, fields)
}
