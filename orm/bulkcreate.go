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

// BulkOptions change what BulkCreate does.
type BulkOptions struct {
	// BatchSize is the number of rows of one statement. Default: as many as the database takes, at most 1000.
	BatchSize int
	// IgnoreConflicts leaves out rows that clash with a unique constraint. Keys are not set then.
	IgnoreConflicts bool
	// UpdateFields, by address, are set on the row that a clash over UniqueFields finds: an upsert. Keys are set, where the
	// database returns them (all but MySQL). Query.Upsert can do more, and tells what became of each object.
	UpdateFields, UniqueFields []any
	// Set are columns that the database computes for each row, as in Create. Not for models with parents.
	Set []Assignment

	set []expr.Assign // Set, or those of Create
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
	o.set = assigns(o.Set)
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
	_, s, err := q.writing(ctx)
	if err == nil && (o.IgnoreConflicts || len(update) > 0) {
		err = s.unrecorded(m, "BulkCreate")
	}
	if err != nil {
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
		if err == nil && s.audits(m) {
			err = recordCreated(ctx, m, q.s.DB, ptrs...)
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
	set, err := computed(m, shape, o.set)
	if err != nil {
		return err
	}
	if len(set) == 0 {
		if done, err := db.copyInsert(ctx, s, shape, objs, o, update); done || err != nil {
			return err
		}
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
		in := &compile.Insert{Model: m, Fields: shape.Fields, Ignore: o.IgnoreConflicts, Update: update, Unique: unique, Set: set}
		if db.d.Returning && (told || len(update) > 0) {
			in.Returning = shape.Returning
		}
		values := make([]dialect.Value, 0, len(batch)*len(shape.Fields))
		for _, obj := range batch {
			start := len(values)
			for _, f := range shape.Fields {
				v, err := insertedValue(f, obj, set)
				if err != nil {
					return err
				}
				values = append(values, v)
			}
			in.Rows = append(in.Rows, values[start:len(values):len(values)])
		}
		st, err := c.InsertComputed(in)
		if err != nil {
			return err
		}
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
