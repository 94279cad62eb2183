package orm

import (
	"errors"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

func (c *collector) fastDelete(q *expr.Query, out *Deleted) error {
	st, err := c.db.compiler(c.s).Delete(q)
	if err != nil || st.Empty {
		return err
	}
	res, err := c.db.exec(c.ctx, c.s, st.SQL, st.Args)
	if err != nil {
		return err
	}
	out.add(q.Model.Label(), int(res.RowsAffected))
	return nil
}

// run deletes what was collected: the rows between first, then rows before those that they point to.
func (c *collector) run(out *Deleted) error {
	if err := c.restrictions(); err != nil {
		return err
	}
	for _, m := range c.order {
		if err := c.announce(c.rows[m], preDelete); err != nil {
			return err
		}
	}
	for _, p := range c.fast {
		n, err := c.deleteWhere(p.table, p.columns, p.keys)
		if err != nil {
			return err
		}
		out.add(p.label, n)
	}
	for _, u := range c.sets {
		if err := c.update(u); err != nil {
			return err
		}
	}
	sorted, err := c.sorted()
	if err != nil {
		return err
	}
	for _, d := range sorted {
		n, err := c.deleteWhere(d.model.TableIn(c.db.d.MaxName), columnNames(d.model.KeyField()), d.keys)
		if err != nil {
			return err
		}
		out.add(d.label, n)
		if len(d.history) > 0 {
			if err := record(c.ctx, c.auditModel(d), c.using, d.history); err != nil {
				return err
			}
		}
		if err := c.announce(d, postDelete); err != nil {
			return err
		}
	}
	for _, d := range sorted {
		c.forget(d)
	}
	return nil
}

// sorted puts models that point before those that they point to. A circle keeps the order of collection: the database's
// constraints are checked at the end of the transaction.
func (c *collector) sorted() ([]*doomed, error) {
	var out []*doomed
	done := map[*plan.Model]bool{}
	for len(out) < len(c.order) {
		progress := false
		for _, m := range slices.Backward(c.order) {
			if done[m] {
				continue
			}
			ready := true
			for b := range c.rows[m].before {
				ready = ready && done[b]
			}
			if ready {
				done[m], progress = true, true
				out = append(out, c.rows[m])
			}
		}
		if !progress {
			for _, m := range slices.Backward(c.order) {
				if !done[m] {
					done[m] = true
					out = append(out, c.rows[m])
				}
			}
		}
	}
	if len(out) != len(c.order) {
		return nil, errors.New("orm: delete: unsorted models")
	}
	return out, nil
}

const deleteBatch = 500

func (c *collector) deleteWhere(table string, columns []string, keys []dialect.Value) (int, error) {
	total := 0
	for batch := range slices.Chunk(keys, deleteBatch) {
		b := append([]byte(nil), "DELETE FROM "...)
		b = c.db.d.AppendQuoted(b, table)
		b = append(b, " WHERE "...)
		b, args := c.in(b, table, columns, batch, nil)
		res, err := c.db.exec(c.ctx, c.s, string(b), args)
		if err != nil {
			return total, err
		}
		total += int(res.RowsAffected)
	}
	return total, nil
}

// in writes that a column is one of the keys, or that several are.
func (c *collector) in(b []byte, table string, columns []string, keys, args []dialect.Value) ([]byte, []dialect.Value) {
	row := func(list int, write func(i int)) {
		if list > 1 {
			b = append(b, '(')
		}
		for i := range list {
			if i > 0 {
				b = append(b, ", "...)
			}
			write(i)
		}
		if list > 1 {
			b = append(b, ')')
		}
	}
	row(len(columns), func(i int) {
		b = append(c.db.d.AppendQuoted(b, table), '.')
		b = c.db.d.AppendQuoted(b, columns[i])
	})
	b = append(b, " IN ("...)
	if len(columns) > 1 && c.db.d.Name == "sqlite" {
		b = append(b, "VALUES "...)
	}
	for i, k := range keys {
		if i > 0 {
			b = append(b, ", "...)
		}
		parts := []dialect.Value{k}
		if len(columns) > 1 {
			parts = k.Values()
		}
		row(len(parts), func(i int) {
			args = append(args, c.db.d.Bind(parts[i]))
			b = c.db.d.AppendParam(b, len(args))
		})
	}
	return append(b, ')'), args
}

func (c *collector) update(u fieldUpdate) error {
	for batch := range slices.Chunk(u.byKeys, deleteBatch) {
		b := append([]byte(nil), "UPDATE "...)
		b = c.db.d.AppendQuoted(b, u.model.TableIn(c.db.d.MaxName))
		b = append(b, " SET "...)
		var args []dialect.Value
		for i, f := range u.fields {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = append(c.db.d.AppendQuoted(b, f.Column), " = "...)
			args = append(args, c.db.d.Bind(u.values[i]))
			b = c.db.d.AppendParam(b, len(args))
		}
		b = append(b, " WHERE "...)
		b, args = c.in(b, u.model.TableIn(c.db.d.MaxName), columnNames(u.model.KeyField()), batch, args)
		if _, err := c.db.exec(c.ctx, c.s, string(b), args); err != nil {
			return err
		}
	}
	return nil
}
