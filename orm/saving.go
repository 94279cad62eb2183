package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Save writes an object: an update of its row, or an insert when it has no key or the row is not there. Fields, if any are
// named, limit the update to them; then a missing row is ErrNotUpdated. So it is for an object that was loaded in part
// (Only, Defer), of which is written what was loaded and what was given a value since, and for a tracked one (Track).
//
//	orm.Save(ctx, article)
//	orm.Save(ctx, article, &a.Title, &a.Slug)
//	orm.Save(ctx, article, orm.SetTo(&a.Likes, orm.F(&a.Likes).Plus(1)), &a.Title)
//
// An assignment names its field and lets the database compute the value; the object has that value afterwards, as it has
// those of generated columns. Columns with AutoNow are always among those that are written.
//
// An object that came from another database than the default is saved there, as in Django. That is known of objects whose
// model has relations; Query.Save says it for all others.
func Save[T any](ctx context.Context, obj *T, fields ...any) error {
	return save(ctx, model[T](), plan.PointerTo(obj), "", fields)
}

// Save is Save on the database of the query: orm.Objects[Article]().Using("archive").Save(ctx, article).
func (q Query[T]) Save(ctx context.Context, obj *T, fields ...any) error {
	return save(ctx, q.s.Model, plan.PointerTo(obj), q.s.DB, fields)
}

// Update is Save that never inserts: a missing row is ErrNotUpdated. Django: save(force_update=True).
func Update[T any](ctx context.Context, obj *T, fields ...any) error {
	sv := &saving{m: model[T](), obj: plan.PointerTo(obj), must: true}
	return sv.run(ctx, fields)
}

func save(ctx context.Context, m *plan.Model, p plan.Pointer, name string, fields []any) error {
	sv := saving{m: m, obj: p, using: name}
	return sv.run(ctx, fields)
}

// saving is one Save on its way.
type saving struct {
	m     *plan.Model
	obj   plan.Pointer
	using string
	// must says that a missing row is an error, some that not all columns are written.
	must, some bool
	// columns are written from the object, sets from expressions.
	columns []*plan.Field
	sets    []expr.Assign
}

func (sv *saving) run(ctx context.Context, fields []any) error {
	m, p := sv.m, sv.obj
	if err := m.Ready(); err != nil {
		return err
	}
	switch {
	case m.Keyless != nil:
		return m.Keyless
	case p == nil:
		return noObject("Save", m)
	}
	db, s, err := route(ctx, &sv.using, m, true, homeOf(m, p))
	if err != nil {
		return err
	}
	if !hasKey(m, p) {
		if len(fields) > 0 || sv.must {
			return fmt.Errorf("orm: Save(%s) of some fields: %w", m.GoName(), ErrNotSaved)
		}
		return db.create(ctx, s, m, p, sv.using)
	}
	if err := takeKeys(m, p); err != nil {
		return err
	}
	if same, err := sv.choose(ctx, fields); same || err != nil {
		return err
	}
	if err := s.relateAll(m, p, sv.using); err != nil {
		return err
	}
	h := s.hooksOf(m)
	if !h.saves() {
		_, err := sv.write(ctx, db, s)
		return err
	}

	info := SaveInfo{Model: Model{m}, Raw: s.raw, Using: alias(sv.using)}
	if sv.some {
		info.Fields = sv.fieldNames()
	}
	if err := h.save(ctx, preSave, h.preSave, h.preSaveAny, m, p, info); err != nil {
		return err
	}
	if _, err := sv.choose(ctx, fields); err != nil { // receivers may have changed the object
		return err
	}
	if info.Created, err = sv.write(ctx, db, s); err != nil {
		return err
	}
	return h.save(ctx, postSave, h.postSave, h.postSaveAny, m, p, info)
}

// create is insert with what happens around it.
func (db *DB) create(ctx context.Context, s *scope, m *plan.Model, p plan.Pointer, name string) error {
	if err := takeKeys(m, p); err != nil {
		return err
	}
	h := s.hooksOf(m)
	if !h.saves() {
		return db.insert(ctx, s, m, p, name)
	}
	info := SaveInfo{Model: Model{m}, Raw: s.raw, Using: alias(name)}
	if err := h.save(ctx, preSave, h.preSave, h.preSaveAny, m, p, info); err != nil {
		return err
	}
	if err := db.insert(ctx, s, m, p, name); err != nil {
		return err
	}
	info.Created = true
	return h.save(ctx, postSave, h.postSave, h.postSaveAny, m, p, info)
}

// choose finds the columns to write. It is true when a tracked object is in step with its row, so that nothing is to do.
func (sv *saving) choose(ctx context.Context, fields []any) (same bool, err error) {
	m, p := sv.m, sv.obj
	if len(fields) > 0 {
		sv.some = true
		sv.columns, sv.sets, err = saveFields(m, fields)
		return false, err
	}
	sv.columns = m.Columns
	state := m.StateOf(p)
	switch {
	case state == nil || !state.Partial && state.Was == nil:
		return false, nil
	case alias(sv.using) != alias(state.DB): // a copy in another database is a whole one
		return false, loadFields(ctx, m, p, nil)
	case state.Was != nil:
		changed, err := changedFields(m, p, state)
		if err != nil || len(changed) == 0 {
			return true, err
		}
		sv.columns, sv.some = withAutoNow(m, changed), true
	default:
		sv.columns, sv.some = loadedFields(m, p, state), true
	}
	return false, nil
}

func (sv *saving) fieldNames() []string {
	out := fieldNames(sv.columns)
	for _, a := range sv.sets {
		if f, err := assignedField(sv.m, a); err == nil {
			out = append(out, f.S.Name)
		}
	}
	return out
}

// write updates the row, or inserts one where that is allowed.
func (sv *saving) write(ctx context.Context, db *DB, s *scope) (created bool, err error) {
	m, p := sv.m, sv.obj
	if m.SelectOnSave && !sv.some && !m.InParts() {
		n, err := db.countKey(ctx, s, m, p)
		switch {
		case err != nil:
			return false, err
		case n == 0 && !sv.must:
			return true, db.insert(ctx, s, m, p, sv.using)
		case n > 0:
			_, err := db.updateRow(ctx, s, m, p, sv.columns)
			if err == nil {
				sv.settle(s)
			}
			return false, err
		}
	}
	if m.InParts() && len(sv.sets) == 0 {
		return saveParts(ctx, m, p, sv.using, sv.columns, sv.some || sv.must)
	}
	var n int64
	if len(sv.sets) > 0 {
		n, err = sv.compute(ctx, db, s)
	} else {
		n, err = db.updateRow(ctx, s, m, p, sv.columns)
	}
	switch {
	case err != nil:
		return false, err
	case n > 0:
		sv.settle(s)
		return false, nil
	case sv.some || sv.must:
		return false, fmt.Errorf("orm: Save(%s): %w", m.GoName(), ErrNotUpdated)
	}
	return true, db.insert(ctx, s, m, p, sv.using)
}

// settle notes what is known of the object now.
func (sv *saving) settle(s *scope) {
	settle(sv.m, sv.obj, sv.using)
	if (s.track || sv.m.Track) && !sv.some {
		remember(sv.m, sv.obj, sv.using)
		return
	}
	known(sv.m, sv.obj, sv.columns)
}

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

// saveFields takes apart what Save was given: fields by address, and assignments. AutoNow comes by itself.
func saveFields(m *plan.Model, fields []any) ([]*plan.Field, []expr.Assign, error) {
	var out []*plan.Field
	var sets []expr.Assign
	for _, f := range fields {
		if a, ok := f.(Assignment); ok {
			sets = append(sets, a.a)
			continue
		}
		pf, _, err := fieldOf(m, f)
		if err != nil {
			return nil, nil, err
		}
		if pf.Tuple != nil { // a relation over columns
			out = append(out, pf.Tuple...)
			continue
		}
		if !pf.S.HasColumn() || pf.Extra {
			return nil, nil, fmt.Errorf("orm: %s.%s is not a column", m.GoName(), pf.GoName)
		}
		out = append(out, pf)
	}
	return withAutoNow(m, out), sets, nil
}

func withAutoNow(m *plan.Model, fields []*plan.Field) []*plan.Field {
	for _, f := range m.Columns {
		if f.S.AutoNow && !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	return fields
}

// updateRow writes columns of one row, found by its key, and reads the columns that the database generates from them.
func (db *DB) updateRow(ctx context.Context, s *scope, m *plan.Model, obj plan.Pointer, fields []*plan.Field) (int64, error) {
	fill(m, obj, false, s.raw)
	up := db.updatePlan(m, fields)
	if up == nil {
		return db.countKey(ctx, s, m, obj)
	}
	space := db.args.get()
	args, err := db.appendColumns(*space, up.fields, obj)
	defer func() { db.args.put(space, args) }()
	if err != nil {
		return 0, err
	}
	if len(up.returning) > 0 && db.d.ReturnsUpdates {
		var n int64
		err := db.query(ctx, s, up.sql, args, true, func(r dialect.Row) error {
			n++
			return scanObject(obj, up.returning, m, r)
		})
		return n, err
	}
	res, err := db.exec(ctx, s, up.sql, args)
	if err == nil && res.RowsAffected > 0 && len(up.returning) > 0 {
		err = db.readBack(ctx, s, m, []plan.Pointer{obj}, up.returning)
	}
	return res.RowsAffected, err
}

// countKey says whether the row of a model that has nothing but its key is there.
func (db *DB) countKey(ctx context.Context, s *scope, m *plan.Model, obj plan.Pointer) (int64, error) {
	q := &expr.Query{Model: m, Limit: -1}
	addKey(q, m, obj)
	st, err := db.statement(s, q, shapeCount)
	if err != nil {
		return 0, err
	}
	var n int64
	err = db.query(ctx, s, st.SQL, st.Args, true, func(r dialect.Row) error { n = r.Int(0); return nil })
	return n, err
}
