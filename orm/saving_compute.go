package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// compute writes columns by expressions, and the others with them, and reads the results into the object: by one statement
// where an update returns them, in one transaction elsewhere.
func (sv *saving) compute(ctx context.Context, db *DB, s *scope) (n int64, err error) {
	m, p := sv.m, sv.obj
	told, err := sv.told()
	if err != nil {
		return 0, err
	}
	if m.InParts() || !db.d.ReturnsUpdates {
		err = AtomicWith(ctx, AtomicOptions{DB: sv.using}, func(ctx context.Context) error {
			n, err = sv.computeApart(ctx, told)
			return err
		})
	} else {
		n, err = sv.computeTold(ctx, db, s, told)
	}
	if err == nil && n > 0 {
		known(m, p, told)
	}
	return n, err
}

// told are the columns whose values only the database knows.
func (sv *saving) told() ([]*plan.Field, error) {
	var out []*plan.Field
	for _, a := range sv.sets {
		f, err := assignedField(sv.m, a)
		if err != nil {
			return nil, err
		}
		if slices.Contains(sv.m.Key, f) || f.S.Expression != nil {
			return nil, fmt.Errorf("orm: Save: %s.%s cannot be assigned", sv.m.GoName(), f.GoName)
		}
		out = append(out, f)
	}
	for _, f := range sv.m.Columns {
		if f.S.Expression != nil {
			out = append(out, f)
		}
	}
	return out, nil
}

func (sv *saving) computeTold(ctx context.Context, db *DB, s *scope, told []*plan.Field) (n int64, err error) {
	m, p := sv.m, sv.obj
	fill(m, p, false, s.raw)
	set := slices.Clone(sv.sets)
	for _, f := range sv.columns {
		if slices.Contains(m.Key, f) || slices.Contains(told, f) {
			continue
		}
		v, err := columnValue(f, p)
		if err != nil {
			return 0, err
		}
		set = append(set, expr.Assign{Name: f.S.Name, Value: expr.Literal{Value: v}})
	}
	q := &expr.Query{Model: m, Limit: -1, Ordered: true}
	addKey(q, m, p)
	st, err := db.compiler(s).Update(q, set)
	if err != nil {
		return 0, err
	}
	sql := db.appendReturning([]byte(st.SQL), told)
	err = db.query(ctx, s, string(sql), st.Args, true, func(r dialect.Row) error {
		n++
		return scanObject(p, told, m, r)
	})
	return n, err
}

// computeApart is for databases whose updates return nothing, and for models of several tables.
func (sv *saving) computeApart(ctx context.Context, told []*plan.Field) (int64, error) {
	m, p := sv.m, sv.obj
	db, s, err := database(ctx, sv.using)
	if err != nil {
		return 0, err
	}
	if m.InParts() {
		if _, err := saveParts(ctx, m, p, sv.using, sv.columns, true); err != nil {
			return 0, err
		}
	} else if len(sv.columns) > 0 {
		if _, err := db.updateRow(ctx, s, m, p, sv.columns); err != nil {
			return 0, err
		}
	}
	q := expr.Query{Model: m, Limit: -1, Ordered: true, DB: sv.using}
	addKey(&q, m, p)
	n, err := db.updateAll(ctx, s, &q, sv.sets)
	if err != nil || n == 0 {
		return 0, err
	}
	q.Only = told
	rows, err := readRows(ctx, &q, sv.using)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return int64(n), copyFields(told, p, rows[0])
}

// updateAll runs an update of a query.
func (db *DB) updateAll(ctx context.Context, s *scope, q *expr.Query, set []expr.Assign) (int, error) {
	if q.Model.InParts() {
		return updateParts(ctx, q, set)
	}
	st, err := db.compiler(s).Update(q, set)
	if err != nil || st.Empty {
		return 0, err
	}
	res, err := db.exec(ctx, s, st.SQL, st.Args)
	return int(res.RowsAffected), err
}

// appendReturning appends RETURNING and columns to a statement.
func (db *DB) appendReturning(b []byte, fields []*plan.Field) []byte {
	for i, f := range fields {
		b = append(b, [2]string{" RETURNING ", ", "}[min(i, 1)]...)
		b = db.d.AppendQuoted(b, f.Column)
	}
	return b
}
