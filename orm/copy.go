package orm

import (
	"context"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// copyLeast is the number of rows from which a driver's way for many rows is taken: below, one INSERT is as fast.
const copyLeast = 100

// copyInsert adds rows by the driver's way for many rows (COPY). It is false when there is none, or when the rows need what
// only INSERT can: answers to clashes, or values that the database computes.
func (db *DB) copyInsert(ctx context.Context, s *scope, shape *compile.Insert, objs []plan.Pointer, o BulkOptions, update []*plan.Field) (bool, error) {
	tx := s.txOn(db)
	if tx == nil || len(objs) < copyLeast || o.IgnoreConflicts || len(update) > 0 || o.BatchSize > 0 || len(shape.Fields) == 0 {
		return false, nil
	}
	m := shape.Model
	var key *plan.Field
	for _, f := range shape.Returning {
		if f != m.PK || !f.S.Kind.IsAuto() {
			return false, nil
		}
		key = f
	}

	tx.state.mu.Lock()
	defer tx.state.mu.Unlock()
	if err := tx.state.ready(); err != nil {
		return false, err
	}
	conn, ok := tx.state.conn.(dialect.Copier)
	if !ok {
		return false, nil
	}
	for _, f := range shape.Fields {
		if oneByOne(f) {
			return false, nil
		}
	}
	fields := shape.Fields
	if key != nil { // COPY returns nothing: the keys are taken before
		keys, ok, err := conn.NextKeys(ctx, m.TableIn(db.d.MaxName), key.Column, len(objs))
		if err != nil {
			tx.state.failed = err
		}
		if !ok || err != nil {
			return false, err
		}
		for i, obj := range objs {
			setID(m, obj, keys[i])
		}
		fields = append([]*plan.Field{key}, fields...)
	}

	columns := make([]string, len(fields))
	for i, f := range fields {
		columns[i] = f.Column
	}
	start, at := time.Now(), 0
	var n int64
	next := func(row []dialect.Value) (bool, error) {
		if at == len(objs) {
			return false, nil
		}
		for i, f := range fields {
			v, err := columnValue(f, objs[at])
			if err != nil {
				return false, err
			}
			row[i] = db.d.Bind(v)
		}
		at++
		return true, nil
	}
	sql := ""
	if s.log != nil || s.wrap != nil {
		sql = "COPY " + db.d.QuoteName(m.TableIn(db.d.MaxName)) + " FROM STDIN"
	}
	err := s.wrapped(ctx, db, sql, nil, true, func(ctx context.Context) (err error) {
		n, err = conn.CopyRows(ctx, m.TableIn(db.d.MaxName), columns, next)
		return err
	})
	if s.log != nil {
		s.logStatement(db, sql, nil, start, int(n), err)
	}
	if err != nil {
		tx.state.failed = err
	}
	for _, obj := range objs {
		switch {
		case err == nil:
			m.Bind(obj, nil)
		case key != nil:
			setID(m, obj, 0)
		}
	}
	return err == nil, err
}
