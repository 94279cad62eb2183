package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// told says whether the database will tell the columns that an insert leaves to it. Where INSERT tells the automatic key
// only (MySQL), the others are read after it by the key, which must be known then.
func (db *DB) told(m *plan.Model, left []*plan.Field) error {
	if db.d.Returning {
		return nil
	}
	for _, f := range left {
		if slices.Contains(m.Key, f) && !f.S.Kind.IsAuto() {
			return fmt.Errorf("orm: %s.%s: this database does not tell the default that it gives to a key (set the key before, or give the field a Default)", m.GoName(), f.GoName)
		}
	}
	return nil
}

// readBack reads what the database has put into columns of new rows: defaults of its own and generated columns. The keys
// of the objects are set. It reads from the database that was written to.
func (db *DB) readBack(ctx context.Context, s *scope, m *plan.Model, objs []plan.Pointer, left []*plan.Field) error {
	fields := slices.DeleteFunc(slices.Clone(left), func(f *plan.Field) bool { return slices.Contains(m.Key, f) })
	if len(fields) == 0 || len(objs) == 0 {
		return nil
	}
	if len(m.Key) == 1 && len(objs) > 1 {
		return db.readBackMany(ctx, s, m, objs, fields)
	}
	sql := db.readBackSQL(m, fields)
	for i, f := range m.Key {
		sql = append(sql, [2]string{" WHERE ", " AND "}[min(i, 1)]...)
		sql = db.d.AppendParam(append(db.d.AppendQuoted(sql, f.Column), " = "...), i+1)
	}
	text := string(sql)
	for _, obj := range objs {
		args, err := db.appendColumns(nil, m.Key, obj)
		if err != nil {
			return err
		}
		scan := newRowScan(m, obj, fields)
		err = db.query(ctx, s, text, args, true, scan.row)
		scan.free()
		if err != nil {
			return err
		}
	}
	return nil
}

// readBackMany finds all rows by a list of their keys.
func (db *DB) readBackMany(ctx context.Context, s *scope, m *plan.Model, objs []plan.Pointer, fields []*plan.Field) error {
	key := m.Key[0]
	byKey := make(map[dialect.Value]plan.Pointer, len(objs))
	args := make([]dialect.Value, 0, len(objs))
	sql := db.readBackSQL(m, append([]*plan.Field{key}, fields...))
	sql = append(db.d.AppendQuoted(append(sql, " WHERE "...), key.Column), " IN ("...)
	for i, obj := range objs {
		v := key.Codec.Get(key.At(obj))
		byKey[v] = obj
		if i > 0 {
			sql = append(sql, ", "...)
		}
		args = append(args, db.d.Bind(v))
		sql = db.d.AppendParam(sql, len(args))
	}
	read := m.New()
	columns := append([]*plan.Field{key}, fields...)
	return db.query(ctx, s, string(append(sql, ')')), args, true, func(r dialect.Row) error {
		if err := scanObject(read, columns, m, r); err != nil {
			return err
		}
		obj, ok := byKey[key.Codec.Get(key.At(read))]
		if !ok { // the key reads in another form than it was written
			return fmt.Errorf("orm: %s: a new row is not found again by its key %v", m.GoName(), r.Any(0))
		}
		return scanObject(obj, columns, m, r)
	})
}

// readBackSQL is SELECT ... FROM a model's table.
func (db *DB) readBackSQL(m *plan.Model, fields []*plan.Field) []byte {
	sql := []byte("SELECT ")
	for i, f := range fields {
		if i > 0 {
			sql = append(sql, ", "...)
		}
		sql = db.d.AppendQuoted(sql, f.Column)
	}
	return db.d.AppendQuoted(append(sql, " FROM "...), m.TableIn(db.d.MaxName))
}

// sameColumns parts objects by the columns that an insert leaves to the database, for those are different statements:
// objects with and without a key, with and without a value where the database has a default. Generated columns are always left.
func sameColumns(m *plan.Model, objs []plan.Pointer) [][]plan.Pointer {
	var may []*plan.Field
	for _, f := range m.Local {
		if f.S.Expression == nil && (f.S.DBDefault != nil || f.S.Kind.IsAuto()) {
			may = append(may, f)
		}
	}
	if len(may) == 0 {
		return [][]plan.Pointer{objs}
	}
	at := map[string]int{}
	var groups [][]plan.Pointer
	key := make([]byte, len(may))
	for _, obj := range objs {
		for i, f := range may {
			key[i] = '0'
			if f.Codec.Zero(f.At(obj)) {
				key[i] = '1'
			}
		}
		i, ok := at[string(key)]
		if !ok {
			i = len(groups)
			at[string(key)] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], obj)
	}
	// Given keys first, as in Django: the database must not give one of them to another row before.
	slices.SortStableFunc(groups, func(a, b []plan.Pointer) int { return keyless(m, a[0]) - keyless(m, b[0]) })
	return groups
}

// keyless is 1 for an object that waits for its automatic key.
func keyless(m *plan.Model, obj plan.Pointer) int {
	if m.PK != nil && m.PK.S.Kind.IsAuto() && m.PK.Codec.Zero(m.PK.At(obj)) {
		return 1
	}
	return 0
}
