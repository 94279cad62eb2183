package orm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// BulkUpdate writes the named fields of objects that were saved before and returns the number of rows that matched. Where
// the database takes lists (PostgreSQL) that is one statement, on MySQL one for each 100 objects, and on SQLite, which is in
// the same process, a prepared one for each object; always in one transaction. AutoNow does not apply. Django: bulk_update.
//
//	orm.Objects[Article]().BulkUpdate(ctx, articles, &a.Title, &a.Slug)
func (q Query[T]) BulkUpdate(ctx context.Context, objs []*T, fields ...any) (int, error) {
	m := q.s.Model
	if err := m.Ready(); err != nil {
		return 0, err
	}
	chosen, err := bulkFields(m, fields)
	if err != nil {
		return 0, err
	}
	ptrs := make([]plan.Pointer, len(objs))
	for i, obj := range objs {
		if obj == nil {
			return 0, noObject("BulkUpdate", m)
		}
		if ptrs[i] = plan.PointerTo(obj); !hasKey(m, ptrs[i]) {
			return 0, fmt.Errorf("orm: BulkUpdate(%s): %w", m.GoName(), ErrNotSaved)
		}
		if g := m.StateOf(ptrs[i]); g != nil && g.Partial { // what is written must be there first
			if err := loadFields(ctx, m, ptrs[i], chosen); err != nil {
				return 0, err
			}
		}
	}
	if len(objs) == 0 {
		return 0, nil
	}
	db, s, err := q.writing(ctx)
	if err != nil {
		return 0, err
	}
	var total int
	if s.audits(m) {
		total, err = q.bulkUpdateAudited(ctx, ptrs, chosen)
	} else {
		total, err = q.bulkUpdate(ctx, db, s, ptrs, chosen)
	}
	if err != nil {
		return 0, err
	}
	for _, p := range ptrs {
		known(m, p, chosen)
	}
	if s.hooks != nil {
		err = s.sendBatch(ctx, m, batchInfo{objs: ptrs, action: "update", rows: total, fields: chosen, using: q.s.DB})
	}
	return total, err
}

func (q Query[T]) bulkUpdate(ctx context.Context, db *DB, s *scope, ptrs []plan.Pointer, chosen []*plan.Field) (total int, err error) {
	parts := byTable(q.s.Model, chosen)
	if db.d.Arrays && len(ptrs) <= bulkLists && len(parts) == 1 {
		return db.bulkUpdatePart(ctx, s, parts[0], ptrs)
	}
	err = AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		db, s, err := database(ctx, q.s.DB)
		if err != nil {
			return err
		}
		for _, part := range parts {
			n, err := db.bulkUpdatePart(ctx, s, part, ptrs)
			if err != nil {
				return err
			}
			total = max(total, n)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return total, nil
}

// bulkUpdatePart writes the columns of one table.
func (db *DB) bulkUpdatePart(ctx context.Context, s *scope, part tablePart, objs []plan.Pointer) (total int, err error) {
	if part.offset > 0 {
		inner := make([]plan.Pointer, len(objs))
		for i, obj := range objs {
			inner[i] = plan.Add(obj, part.offset)
		}
		objs = inner
	}
	many := !slices.ContainsFunc(part.fields, oneByOne)
	for n := 0; len(objs) > 0 && err == nil; objs = objs[n:] {
		var matched int
		switch {
		case db.d.Arrays && many:
			n = min(bulkLists, len(objs))
			matched, err = bulkUpdateLists(ctx, db, s, part.model, objs[:n], part.fields)
		case db.d.Name == "mysql" && len(part.model.Key) == 1 && many:
			n = min(bulkCases, max(1, db.d.MaxParams/(1+2*len(part.fields))), len(objs))
			matched, err = bulkUpdateCases(ctx, db, s, part.model, objs[:n], part.fields)
		default:
			n = 1
			matched, err = bulkUpdateOne(ctx, db, s, part.model, objs[0], part.fields)
		}
		total += matched
	}
	return total, err
}

// oneByOne says that a list of the column's values cannot be one parameter.
func oneByOne(f *plan.Field) bool { return f.Custom.Wrapped() || !f.S.DBType.IsZero() }

// bulkLists is the number of objects that one statement takes as lists.
const bulkLists = 10_000

func bulkFields(m *plan.Model, fields []any) ([]*plan.Field, error) {
	if len(fields) == 0 {
		return nil, errors.New("orm: BulkUpdate: name the fields to write: BulkUpdate(ctx, articles, &a.Title)")
	}
	chosen := make([]*plan.Field, 0, len(fields))
	for _, f := range fields {
		pf, _, err := fieldOf(m, f)
		if err != nil {
			return nil, err
		}
		if pf.Tuple != nil && !slices.ContainsFunc(pf.Tuple, func(c *plan.Field) bool { return slices.Contains(m.Key, c) }) {
			chosen = append(chosen, pf.Tuple...)
			continue
		}
		if pf.S.PrimaryKey || slices.Contains(m.Key, pf) || !pf.S.HasColumn() || pf.Extra || pf.S.Expression != nil {
			return nil, fmt.Errorf("orm: BulkUpdate: %s.%s is not a column that can be written", m.GoName(), pf.GoName)
		}
		if !slices.Contains(chosen, pf) {
			chosen = append(chosen, pf)
		}
	}
	return chosen, nil
}

// bulkUpdateOne writes one object's row.
func bulkUpdateOne(ctx context.Context, db *DB, s *scope, m *plan.Model, obj plan.Pointer, fields []*plan.Field) (int, error) {
	b := append(make([]byte, 0, 64+24*len(fields)), "UPDATE "...)
	b = append(db.d.AppendQuoted(b, m.TableIn(db.d.MaxName)), " SET "...)
	args := make([]dialect.Value, 0, len(fields)+len(m.Key))
	for i, f := range fields {
		v, err := columnValue(f, obj)
		if err != nil {
			return 0, err
		}
		if i > 0 {
			b = append(b, ", "...)
		}
		args = append(args, db.d.Bind(v))
		b = compile.AppendStored(append(db.d.AppendQuoted(b, f.Column), " = "...), db.d, f, len(args))
	}
	for i, f := range m.Key {
		args = append(args, db.d.Bind(f.Codec.Get(f.At(obj))))
		b = append(db.d.AppendQuoted(append(b, whereAnd(i)...), f.Column), " = "...)
		b = db.d.AppendParam(b, len(args))
	}
	res, err := db.exec(ctx, s, string(b), args)
	return int(res.RowsAffected), err
}

// bulkCases is the number of objects of one statement with cases: the server looks through them for each row.
const bulkCases = 100

// bulkUpdateCases writes objects by one statement: UPDATE t SET a = CASE id WHEN ? THEN ? ... END WHERE id IN (...).
//
// Django 6.1 django/db/models/query.py bulk_update.
func bulkUpdateCases(ctx context.Context, db *DB, s *scope, m *plan.Model, objs []plan.Pointer, fields []*plan.Field) (int, error) {
	keys := make([]dialect.Value, len(objs))
	for i, obj := range objs {
		keys[i] = db.d.Bind(m.PK.Codec.Get(m.PK.At(obj)))
	}
	b := append(db.d.AppendQuoted([]byte("UPDATE "), m.TableIn(db.d.MaxName)), " SET "...)
	args := make([]dialect.Value, 0, len(objs)*(1+2*len(fields)))
	for i, f := range fields {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(db.d.AppendQuoted(b, f.Column), " = CASE "...)
		b = db.d.AppendQuoted(b, m.PK.Column)
		for k, obj := range objs {
			v, err := columnValue(f, obj)
			if err != nil {
				return 0, err
			}
			args = append(args, keys[k], db.d.Bind(v))
			b = append(b, " WHEN ? THEN ?"...)
		}
		b = append(b, " END"...)
	}
	b = append(db.d.AppendQuoted(append(b, " WHERE "...), m.PK.Column), " IN ("...)
	for i := range keys {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, '?')
	}
	res, err := db.exec(ctx, s, string(append(b, ')')), append(args, keys...))
	return int(res.RowsAffected), err
}

// bulkUpdateLists writes all objects by one statement, to which each column is one list: the text is the same for any
// number of objects, so that it stays prepared.
func bulkUpdateLists(ctx context.Context, db *DB, s *scope, m *plan.Model, objs []plan.Pointer, fields []*plan.Field) (int, error) {
	columns := append(slices.Clone(m.Key), fields...)
	args := make([]dialect.Value, len(columns))
	for i, f := range columns {
		list := make([]dialect.Value, len(objs))
		for k, obj := range objs {
			v, err := columnValue(f, obj)
			if err != nil {
				return 0, err
			}
			list[k] = db.d.Bind(v)
		}
		args[i] = dialect.ListValue(list)
	}
	res, err := db.exec(ctx, s, bulkUpdateSQL(db.d, m, columns), args)
	return int(res.RowsAffected), err
}

// bulkUpdateSQL is UPDATE t SET a = v.c1 FROM unnest($1::bigint[], $2::text[]) AS v(c0, c1) WHERE t.id = v.c0.
func bulkUpdateSQL(d *dialect.Dialect, m *plan.Model, columns []*plan.Field) string {
	b := append(make([]byte, 0, 128+48*len(columns)), "UPDATE "...)
	b = append(d.AppendQuoted(b, m.TableIn(d.MaxName)), " SET "...)
	for i, f := range columns[len(m.Key):] {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(d.AppendQuoted(b, f.Column), " = v.c"...)
		b = strconv.AppendInt(b, int64(i+len(m.Key)), 10)
	}
	b = append(b, " FROM unnest("...)
	for i, f := range columns {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(d.AppendParam(b, i+1), "::"...)
		b = append(append(b, columnType(d, f)...), "[]"...)
	}
	b = append(b, ") AS v("...)
	for i := range columns {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(append(b, 'c'), int64(i), 10)
	}
	b = append(b, ')')
	for i, f := range m.Key {
		b = append(d.AppendQuoted(append(b, whereAnd(i)...), m.TableIn(d.MaxName)), '.')
		b = append(d.AppendQuoted(b, f.Column), " = v.c"...)
		b = strconv.AppendInt(b, int64(i), 10)
	}
	return string(b)
}

func whereAnd(i int) string {
	if i == 0 {
		return " WHERE "
	}
	return " AND "
}

// columnType is the type of a field's column; a foreign key's is that of the key it points to.
func columnType(d *dialect.Dialect, f *plan.Field) string {
	if f.Rel == nil || f.Rel.To.Ready() != nil {
		return d.ColumnType(f.S, nil)
	}
	if target := f.Rel.To.FieldNamed(f.Rel.ToColumn); target != nil && target != f {
		return d.ColumnType(f.S, target.S)
	}
	return d.ColumnType(f.S, nil)
}
