package orm

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// describeAudit finds the history of a model.
func (d *describer) describeAudit() {
	obj := reflect.New(d.m.Type).Interface()
	a, ok := obj.(audited)
	if !ok {
		return
	}
	d.m.Audit = a.auditModel()
	if _, ok := reflect.New(d.m.Audit.Type).Interface().(changer); !ok {
		d.problem("orm.E017", "", "Audited: %s does not embed orm.Change (declare it: type Change struct{ orm.Change })", d.m.Audit.Type.Name())
	}
	if u, ok := obj.(Unaudited); ok {
		d.m.Unaudited = u.UnauditedFields()
	}
}

// audits says that changes of a model are recorded in this context.
func (s *scope) audits(m *plan.Model) bool {
	return m.Audit != nil && (s == nil || !s.unaudited)
}

// unrecorded refuses a change of which the history could not tell what it did.
func (s *scope) unrecorded(m *plan.Model, what string) error {
	if !s.audits(m) {
		return nil
	}
	return fmt.Errorf("orm: %s(%s): the history of an audited model cannot tell what it changed (write the rows in another way, or with orm.WithoutAudit)", what, m.GoName())
}

// auditRow is what the history knows of a row: a text for each column, nil for a null and for what it leaves out.
type auditRow []*string

func newAuditRow(m *plan.Model, p plan.Pointer) auditRow {
	row := make(auditRow, len(m.Columns))
	for i, f := range m.Columns {
		if slices.Contains(m.Unaudited, f.S.Name) {
			continue
		}
		v, err := columnValue(f, p)
		if err != nil || v.Kind == dialect.Null {
			continue
		}
		text := valueText(v)
		if v.Kind == dialect.Bytes {
			text = base64.StdEncoding.EncodeToString([]byte(v.S))
		}
		row[i] = &text
	}
	return row
}

// auditEntry is a change that is to be recorded. Before or after is nil where there was no row, or is none.
type auditEntry struct {
	action, key   string
	before, after auditRow
}

func (e *auditEntry) values(m *plan.Model) map[string]ChangedValue {
	out := map[string]ChangedValue{}
	for i, f := range m.Columns {
		var c ChangedValue
		if e.before != nil {
			c.Old = e.before[i]
		}
		if e.after != nil {
			c.New = e.after[i]
		}
		if (c.Old == nil) != (c.New == nil) || c.Old != nil && *c.Old != *c.New {
			out[f.S.Name] = c
		}
	}
	return out
}

// record writes changes into the history of a model. It is called in the transaction of the changes.
func record(ctx context.Context, m *plan.Model, using string, entries []auditEntry) error {
	history := m.Audit
	if err := history.Ready(); err != nil {
		return err
	}
	db, s, err := database(ctx, using)
	if err != nil {
		return err
	}
	var rows []plan.Pointer
	for i := range entries {
		values := entries[i].values(m)
		if len(values) == 0 && entries[i].action == "update" {
			continue
		}
		p := history.New()
		c := history.Box(p).(changer).change()
		c.Actor, c.Model, c.Object, c.Action, c.Values = s.actor, m.Concrete().Label(), entries[i].key, entries[i].action, values
		rows = append(rows, p)
	}
	if len(rows) == 0 {
		return nil
	}
	return db.bulkRows(ctx, s, history, rows, BulkOptions{}, nil, nil)
}

// recordCreated records new rows.
func recordCreated(ctx context.Context, m *plan.Model, using string, objs ...plan.Pointer) error {
	entries := make([]auditEntry, len(objs))
	for i, p := range objs {
		entries[i] = auditEntry{action: "create", key: rowKey(m, p), after: newAuditRow(m, p)}
	}
	return record(ctx, m, using, entries)
}

// auditBefore reads and locks rows that are about to change, found by their keys.
func auditBefore(ctx context.Context, q expr.Query) ([]plan.Pointer, map[string]auditRow, error) {
	q.Ordered = true
	q.Lock = &expr.Lock{Self: true, Soft: true}
	objs, err := readRows(ctx, &q, q.DB)
	if err != nil {
		return nil, nil, err
	}
	rows := make(map[string]auditRow, len(objs))
	for _, p := range objs {
		rows[rowKey(q.Model, p)] = newAuditRow(q.Model, p)
	}
	return objs, rows, nil
}

// auditByKeys is the query of the rows of objects.
func auditByKeys(m *plan.Model, using string, objs []plan.Pointer) expr.Query {
	q := expr.Query{Model: m, Limit: -1, DB: using}
	keysOf(&q, m, objs)
	return q
}

// writeAudited is write with an entry in the history.
func (sv *saving) writeAudited(ctx context.Context, db *DB, s *scope) (created bool, err error) {
	m, p := sv.m, sv.obj
	if !s.audits(m) {
		return sv.write(ctx, db, s)
	}
	_, before, err := auditBefore(ctx, auditByKeys(m, sv.using, []plan.Pointer{p}))
	if err != nil {
		return false, err
	}
	created, err = sv.write(ctx, db, s)
	if err != nil || created { // insert has recorded it
		return created, err
	}
	old := before[rowKey(m, p)]
	told, err := sv.told()
	if err != nil {
		return false, err
	}
	e := auditEntry{action: "update", key: rowKey(m, p), before: old, after: slices.Clone(old)}
	e.take(m, p, append(told, sv.columns...))
	return false, record(ctx, m, sv.using, []auditEntry{e})
}

// take takes the values of columns that were written from an object.
func (e *auditEntry) take(m *plan.Model, p plan.Pointer, fields []*plan.Field) {
	now := newAuditRow(m, p)
	for i, f := range m.Columns {
		if e.after != nil && slices.Contains(fields, f) {
			e.after[i] = now[i]
		}
	}
}

// bulkUpdateAudited is bulkUpdate with entries in the history.
func (q Query[T]) bulkUpdateAudited(ctx context.Context, ptrs []plan.Pointer, chosen []*plan.Field) (total int, err error) {
	m := q.s.Model
	err = AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		db, s, err := database(ctx, q.s.DB)
		if err != nil {
			return err
		}
		var entries []auditEntry
		for batch := range slices.Chunk(ptrs, loadBatch) {
			_, before, err := auditBefore(ctx, auditByKeys(m, q.s.DB, batch))
			if err != nil {
				return err
			}
			for _, p := range batch {
				if old := before[rowKey(m, p)]; old != nil {
					e := auditEntry{action: "update", key: rowKey(m, p), before: old, after: slices.Clone(old)}
					e.take(m, p, chosen)
					entries = append(entries, e)
				}
			}
		}
		if total, err = q.bulkUpdate(ctx, db, s, ptrs, chosen); err != nil {
			return err
		}
		return record(ctx, m, q.s.DB, entries)
	})
	return total, err
}

// updateAudited is Update with entries in the history: the rows are found and locked first.
func updateAudited(ctx context.Context, q expr.Query, set []expr.Assign) (total int, err error) {
	m := q.Model
	for _, a := range set {
		if f := assigned(m, &a); f != nil && slices.Contains(m.Key, f) {
			return 0, fmt.Errorf("orm: Update(%s): the key of an audited model cannot be set", m.GoName())
		}
	}
	err = AtomicWith(ctx, AtomicOptions{DB: q.DB}, func(ctx context.Context) error {
		db, s, err := database(ctx, q.DB)
		if err != nil {
			return err
		}
		keys, err := lockedKeys(ctx, db, s, &q)
		if err != nil {
			return err
		}
		for batch := range slices.Chunk(keys, loadBatch) {
			same := expr.Query{Model: m, Limit: -1, DB: q.DB, Where: keyStep(batch)}
			objs, before, err := auditBefore(ctx, same)
			if err != nil {
				return err
			}
			part := *rowsByKey(&q, batch)
			part.Order, part.Ordered = nil, true
			n, err := updateRows(ctx, db, s, &part, set)
			if err != nil {
				return err
			}
			total += n
			_, after, err := auditBefore(ctx, same)
			if err != nil {
				return err
			}
			var entries []auditEntry
			for _, p := range objs {
				key := rowKey(m, p)
				entries = append(entries, auditEntry{action: "update", key: key, before: before[key], after: after[key]})
			}
			if err := record(ctx, m, q.DB, entries); err != nil {
				return err
			}
		}
		return nil
	})
	return total, err
}

// auditModel is the model whose history tells of collected rows, or nil.
func (c *collector) auditModel(d *doomed) *plan.Model {
	for _, m := range []*plan.Model{d.told, d.model} {
		if m != nil && c.s.audits(m) {
			return m
		}
	}
	return nil
}

// auditLoad reads rows that will be deleted, for the history.
func (c *collector) auditLoad(d *doomed, keys []dialect.Value) error {
	m := c.auditModel(d)
	if m == nil {
		return nil
	}
	for batch := range slices.Chunk(keys, loadBatch) {
		q := expr.Query{Model: m, Limit: -1, DB: c.using}
		addStep(&q, expr.Pred{Op: expr.In, Left: fieldNode(m.KeyField()), Val: dialect.ListValue(batch)})
		_, before, err := auditBefore(c.ctx, q)
		if err != nil {
			return err
		}
		for key, row := range before {
			d.history = append(d.history, auditEntry{action: "delete", key: key, before: row})
		}
	}
	slices.SortFunc(d.history, func(a, b auditEntry) int { return cmp.Compare(a.key, b.key) })
	return nil
}

// recordSoft records rows that a soft delete has hidden.
func recordSoft(ctx context.Context, m *plan.Model, using string, before map[string]auditRow, at dialect.Value) error {
	if len(before) == 0 {
		return nil
	}
	text := valueText(at)
	column := slices.Index(m.Columns, m.Soft)
	var entries []auditEntry
	for key, row := range before {
		e := auditEntry{action: "delete", key: key, before: row, after: slices.Clone(row)}
		e.after[column] = &text
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b auditEntry) int { return cmp.Compare(a.key, b.key) })
	return record(ctx, m, using, entries)
}
