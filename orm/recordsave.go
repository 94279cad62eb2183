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

// SaveRecords writes records of one model as they are, in a transaction: each is an update of the row with its key, or a
// new row. Only the model's own table is written, not those of its parents. Defaults and automatic times are not set (see
// Record.Fill), and receivers are told with SaveInfo.Raw. New rows go by few statements unless somebody listens to the
// model's saves. A *RecordError says which record the database refused. Django: save_base(raw=True).
func SaveRecords(ctx context.Context, using string, records []*Record) error {
	if len(records) == 0 {
		return nil
	}
	m := records[0].m
	if err := (Model{m}).Err(); err != nil {
		return err
	}
	ctx = WithRaw(ctx)
	return AtomicWith(ctx, AtomicOptions{DB: using}, func(ctx context.Context) error {
		db, s, err := database(ctx, using)
		if err != nil {
			return err
		}
		if h := s.hooksOf(m); len(records) == 1 || h.saves() {
			return db.saveEach(ctx, s, h, using, records)
		}
		err = AtomicWith(ctx, AtomicOptions{DB: using}, func(ctx context.Context) error {
			return db.saveTogether(ctx, scopeOf(ctx), records)
		})
		if err == nil || ctx.Err() != nil {
			return err
		}
		if eerr := db.saveEach(ctx, s, nil, using, records); eerr != nil { // the one that is wrong
			return eerr
		}
		return nil
	})
}

// RecordError is what SaveRecords returns when the database refused a record.
type RecordError struct {
	// Index is the record's place in the list.
	Index  int
	Record *Record
	Err    error
}

// Error is the text of Err.
func (e *RecordError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *RecordError) Unwrap() error { return e.Err }

// saveEach writes records one by one and tells the receivers.
func (db *DB) saveEach(ctx context.Context, s *scope, h *modelHooks, using string, records []*Record) error {
	for i, r := range records {
		m := r.m
		info := SaveInfo{Model: Model{m}, Raw: true, Using: alias(using)}
		err := func() (err error) {
			if h.saves() {
				if err := h.save(ctx, preSave, h.preSave, h.preSaveAny, m, r.p, info); err != nil {
					return err
				}
			}
			if info.Created, err = db.saveRecord(ctx, s, r); err != nil {
				return err
			}
			if h.saves() {
				return h.save(ctx, postSave, h.postSave, h.postSaveAny, m, r.p, info)
			}
			return nil
		}()
		if err != nil {
			return &RecordError{i, r, err}
		}
	}
	return nil
}

func (db *DB) saveRecord(ctx context.Context, s *scope, r *Record) (created bool, err error) {
	if r.HasKey() {
		n, err := db.updateRecord(ctx, s, r)
		if n > 0 || err != nil {
			return false, err
		}
	}
	return true, db.insertRecords(ctx, s, []*Record{r})
}

// saveTogether updates the records whose rows are there and inserts the others.
func (db *DB) saveTogether(ctx context.Context, s *scope, records []*Record) error {
	var fresh []*Record
	have, err := db.haveKeys(ctx, s, records)
	if err != nil {
		return err
	}
	for _, r := range records {
		key := rowKey(r.m, r.p)
		if !r.HasKey() {
			fresh = append(fresh, r)
			continue
		}
		if !have[key] {
			have[key] = true // a second one with this key is an update
			fresh = append(fresh, r)
			continue
		}
		if err := db.insertRecords(ctx, s, fresh); err != nil {
			return err
		}
		fresh = nil
		if _, err := db.updateRecord(ctx, s, r); err != nil {
			return err
		}
	}
	return db.insertRecords(ctx, s, fresh)
}

// haveKeys says for which records there are rows.
func (db *DB) haveKeys(ctx context.Context, s *scope, records []*Record) (map[string]bool, error) {
	m := records[0].m
	have := make(map[string]bool, len(records))
	var objs []plan.Pointer
	for _, r := range records {
		if r.HasKey() {
			objs = append(objs, r.p)
		}
	}
	for part := range slices.Chunk(objs, loadBatch/len(m.Key)) {
		q := &expr.Query{Model: m, Limit: -1, Ordered: true, Only: m.Key}
		keysOf(q, m, part)
		st, err := db.statement(s, q, shapeSelect)
		if err != nil {
			return nil, err
		}
		row := m.New()
		err = db.query(ctx, s, st.SQL, st.Args, true, func(r dialect.Row) error {
			if err := scanObject(row, st.Layout.Fields, m, r); err != nil {
				return err
			}
			have[rowKey(m, row)] = true
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return have, nil
}

// value is a column of a record for writing. JSON goes as the text that was set.
func (r *Record) value(f *plan.Field) (dialect.Value, error) {
	v, err := columnValue(f, r.p)
	if text, ok := r.texts[f.Index]; ok && v.Kind == dialect.JSON {
		v.S = text
	}
	return v, err
}

// updateRecord writes all columns of a record's row.
func (db *DB) updateRecord(ctx context.Context, s *scope, r *Record) (int64, error) {
	fields := make([]*plan.Field, 0, len(r.m.Local))
	for _, f := range r.m.Local {
		if !r.leaves(f) {
			fields = append(fields, f)
		}
	}
	up := db.updatePlan(r.m, fields)
	if up == nil {
		return db.countKey(ctx, s, r.m, r.p)
	}
	args := make([]dialect.Value, len(up.fields))
	for i, f := range up.fields {
		v, err := r.value(f)
		if err != nil {
			return 0, err
		}
		args[i] = db.d.Bind(v)
	}
	if len(up.returning) > 0 && db.d.ReturnsUpdates {
		var n int64
		err := db.query(ctx, s, up.sql, args, true, func(dialect.Row) error { n++; return nil })
		return n, err
	}
	res, err := db.exec(ctx, s, up.sql, args)
	return res.RowsAffected, err
}

// leaves says that an insert leaves a column to the database: what it computes, an automatic key, and a default of the
// database that the record does not override.
func (r *Record) leaves(f *plan.Field) bool {
	return leftToDatabase(f, r.p) && (f.S.Expression != nil || f.S.Kind.IsAuto() || !r.Given(RecordField{f}))
}

// insertRecords inserts records by statements of many rows; those that leave the same columns to the database go together.
func (db *DB) insertRecords(ctx context.Context, s *scope, records []*Record) error {
	groups := map[columnSet][]*Record{}
	var order []columnSet
	for _, r := range records {
		var left columnSet
		for _, f := range r.m.Local {
			if r.leaves(f) {
				left.add(f)
			}
		}
		if groups[left] == nil {
			order = append(order, left)
		}
		groups[left] = append(groups[left], r)
	}
	for _, left := range order {
		if err := db.insertSame(ctx, s, groups[left]); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) insertSame(ctx context.Context, s *scope, records []*Record) error {
	m := records[0].m
	in := &compile.Insert{Model: m}
	needKey := false
	for _, f := range m.Local {
		switch {
		case !records[0].leaves(f):
			in.Fields = append(in.Fields, f)
		case f == m.PK && f.S.Kind.IsAuto():
			needKey = true
		case slices.Contains(m.Key, f):
			return fmt.Errorf("orm: %s.%s: a record needs its key", m.GoName(), f.GoName)
		}
	}
	size := min(max(1, (db.d.MaxParams-64)/max(1, len(in.Fields))), 500)
	if needKey && !db.d.Returning && !db.d.ConsecutiveKeys {
		size = 1
	}
	c := db.compiler(s)
	for part := range slices.Chunk(records, size) {
		one := *in
		if needKey && db.d.Returning {
			one.Returning = []*plan.Field{m.PK}
		}
		for _, r := range part {
			row := make([]dialect.Value, len(one.Fields))
			for i, f := range one.Fields {
				v, err := r.value(f)
				if err != nil {
					return err
				}
				row[i] = v
			}
			one.Rows = append(one.Rows, row)
		}
		if err := db.insertPart(ctx, s, c.Insert(&one), part, needKey); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) insertPart(ctx context.Context, s *scope, st *compile.Statement, part []*Record, needKey bool) error {
	m := part[0].m
	if needKey && db.d.Returning {
		i := 0
		return db.query(ctx, s, st.SQL, st.Args, true, func(r dialect.Row) error {
			if i == len(part) {
				return errors.New("orm: the database returned more keys than rows were given")
			}
			i++
			return scanObject(part[i-1].p, []*plan.Field{m.PK}, m, r)
		})
	}
	res, err := db.exec(ctx, s, st.SQL, st.Args)
	if err == nil && needKey {
		for i, r := range part {
			setID(m, r.p, res.LastInsertID+int64(i)*max(1, res.KeyStep))
		}
	}
	return err
}
