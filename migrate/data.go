package migrate

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// Data gives a data migration the rows of the tables as they are at its point of the history. Django: the apps argument of
// RunPython.
type Data struct {
	state *State
	d     *dialect.Dialect
	db    string
	// models are the structs that the operation names.
	models []orm.Model
}

// State is the state of the migrations at this point.
func (d *Data) State() *State { return d.state }

// DB is the name of the database that is migrated, for orm.ExecOn and orm.QueryOn.
func (d *Data) DB() string { return d.db }

// Table returns the rows of a model. A model that the state does not have is reported by the first call that asks the
// database.
func (d *Data) Table(app, model string) *Table {
	m, err := d.state.need(app, model)
	return &Table{data: d, m: m, err: err}
}

// Table is the rows of a model, all or those that Where chose.
type Table struct {
	data  *Data
	m     *schema.Model
	err   error
	where []string
	args  []any
}

// Where limits the rows to those whose field has a value; nil means null.
func (t *Table) Where(field string, value any) *Table {
	c := *t
	col, err := c.column(field)
	if err != nil {
		c.err = err
		return &c
	}
	c.where = append(c.where[:len(c.where):len(c.where)], col)
	if value == nil {
		c.where[len(c.where)-1] += " IS NULL"
		return &c
	}
	c.where[len(c.where)-1] += " = ?"
	c.args = append(c.args[:len(c.args):len(c.args)], value)
	return &c
}

func (t *Table) column(field string) (string, error) {
	if t.err != nil {
		return "", t.err
	}
	f := t.m.Field(field)
	if f == nil || !f.HasColumn() {
		return "", fmt.Errorf("migrate: %s has no column for field %q at this point of its history", t.m.Label(), field)
	}
	return t.data.d.QuoteName(f.ColumnName()), nil
}

func (t *Table) clause() string {
	if len(t.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(t.where, " AND ")
}

func (t *Table) key() (*schema.Field, error) {
	if t.err != nil {
		return nil, t.err
	}
	if pk := t.m.PK(); pk != nil {
		return pk, nil
	}
	return nil, fmt.Errorf("migrate: %s has no single primary key (use orm.ExecOn)", t.m.Label())
}

// Count returns the number of rows.
func (t *Table) Count(ctx context.Context) (int64, error) {
	if t.err != nil {
		return 0, t.err
	}
	var n int64
	err := orm.QueryOn(ctx, t.data.db, "SELECT COUNT(*) FROM "+t.data.d.QuoteName(t.m.Table)+t.clause(), t.args, func(cols []any) error {
		n, _ = cols[0].(int64)
		return nil
	})
	return n, err
}

// batch is how many rows Each holds in memory.
const batch = 500

// Each calls f for every row, in the order of the primary key. Rows are read in batches, so that f may write, also to the
// row at hand.
func (t *Table) Each(ctx context.Context, f func(row *Row) error) error {
	pk, err := t.key()
	if err != nil {
		return err
	}
	var fields []*schema.Field
	var cols []string
	for i := range t.m.Fields {
		if fd := &t.m.Fields[i]; fd.HasColumn() {
			fields = append(fields, fd)
			cols = append(cols, t.data.d.QuoteName(fd.ColumnName()))
		}
	}
	key := t.data.d.QuoteName(pk.ColumnName())
	base := "SELECT " + strings.Join(cols, ", ") + " FROM " + t.data.d.QuoteName(t.m.Table)
	var last any
	for {
		where, args := t.where, t.args
		if last != nil {
			where, args = append(where[:len(where):len(where)], key+" > ?"), append(args[:len(args):len(args)], last)
		}
		clause := (&Table{where: where}).clause()
		var rows []*Row
		err := orm.QueryOn(ctx, t.data.db, fmt.Sprintf("%s%s ORDER BY %s LIMIT %d", base, clause, key, batch), args, func(vals []any) error {
			r := &Row{table: t, values: make(map[string]any, len(fields)), changed: map[string]bool{}}
			for i, fd := range fields {
				r.values[fd.Name] = vals[i]
			}
			rows = append(rows, r)
			return nil
		})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := f(r); err != nil {
				return err
			}
		}
		if len(rows) < batch {
			return nil
		}
		last = rows[len(rows)-1].key
		if last == nil {
			last = rows[len(rows)-1].values[pk.Name]
		}
	}
}

// Update sets fields in all rows and returns how many there were.
func (t *Table) Update(ctx context.Context, values map[string]any) (int64, error) {
	if t.err != nil {
		return 0, t.err
	}
	var set []string
	var args []any
	for i := range t.m.Fields {
		v, ok := values[t.m.Fields[i].Name]
		if !ok {
			continue
		}
		set, args = append(set, t.data.d.QuoteName(t.m.Fields[i].ColumnName())+" = ?"), append(args, v)
	}
	if len(set) != len(values) {
		return 0, fmt.Errorf("migrate: %s does not have all of the fields to update at this point of its history", t.m.Label())
	}
	return orm.ExecOn(ctx, t.data.db, "UPDATE "+t.data.d.QuoteName(t.m.Table)+" SET "+strings.Join(set, ", ")+t.clause(), append(args, t.args...)...)
}

// Delete deletes all rows and returns how many there were. Rows of other tables that point to them are not looked at.
func (t *Table) Delete(ctx context.Context) (int64, error) {
	if t.err != nil {
		return 0, t.err
	}
	return orm.ExecOn(ctx, t.data.db, "DELETE FROM "+t.data.d.QuoteName(t.m.Table)+t.clause(), t.args...)
}

// Insert adds a row. Fields that are not named get their default.
func (t *Table) Insert(ctx context.Context, values map[string]any) error {
	if t.err != nil {
		return t.err
	}
	var cols, marks []string
	var args []any
	used := 0
	for i := range t.m.Fields {
		f := &t.m.Fields[i]
		if !f.HasColumn() || f.Expression != nil {
			continue
		}
		v, ok := values[f.Name]
		if ok {
			used++
		} else if v = effectiveDefault(f, nil); v == nil {
			continue
		}
		cols, marks, args = append(cols, t.data.d.QuoteName(f.ColumnName())), append(marks, "?"), append(args, v)
	}
	if used != len(values) {
		return fmt.Errorf("migrate: %s does not have all of the fields to insert at this point of its history", t.m.Label())
	}
	_, err := orm.ExecOn(ctx, t.data.db, "INSERT INTO "+t.data.d.QuoteName(t.m.Table)+" ("+strings.Join(cols, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", args...)
	return err
}

// Row is a row of a table: values by field name, as the driver gives them.
type Row struct {
	table   *Table
	values  map[string]any
	changed map[string]bool
	key     any // the primary key as it was read
}

// Get returns a field's value: nil, int64, float64, string, []byte, bool or time.Time.
func (r *Row) Get(field string) any { return r.values[field] }

// String returns a field's value as text; a null is empty.
func (r *Row) String(field string) string {
	switch v := r.values[field].(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	default:
		return fmt.Sprint(v)
	}
}

// Int returns a field's value as a whole number; anything else is 0.
func (r *Row) Int(field string) int64 {
	n, _ := r.values[field].(int64)
	return n
}

// Set changes a field. Save writes it.
func (r *Row) Set(field string, value any) {
	if r.key == nil {
		if pk := r.table.m.PK(); pk != nil {
			r.key = r.values[pk.Name]
		}
	}
	r.values[field], r.changed[field] = value, true
}

// Save writes the fields that Set changed.
func (r *Row) Save(ctx context.Context) error {
	if len(r.changed) == 0 {
		return nil
	}
	pk, err := r.table.key()
	if err != nil {
		return err
	}
	set := make(map[string]any, len(r.changed))
	for name := range r.changed {
		set[name] = r.values[name]
	}
	one := &Table{data: r.table.data, m: r.table.m}
	if _, err := one.Where(pk.Name, r.key).Update(ctx, set); err != nil {
		return err
	}
	clear(r.changed)
	return nil
}

// Delete deletes the row.
func (r *Row) Delete(ctx context.Context) error {
	pk, err := r.table.key()
	if err != nil {
		return err
	}
	key := r.key
	if key == nil {
		key = r.values[pk.Name]
	}
	one := &Table{data: r.table.data, m: r.table.m}
	_, err = one.Where(pk.Name, key).Delete(ctx)
	return err
}
