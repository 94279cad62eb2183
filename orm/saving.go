package orm

import (
	"context"
	"fmt"

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
// A list that is empty, orm.Save(ctx, article, []any{}...), saves nothing and sends no signals. SaveNamed takes names.
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
	if fields != nil && len(fields) == 0 { // a list that is empty, as opposed to none: nothing is to be saved
		return nil
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
	if s.audits(m) && s.txOn(db) == nil { // the change and its entry in the history, or neither
		return AtomicWith(ctx, AtomicOptions{DB: sv.using}, func(ctx context.Context) error { return sv.run(ctx, fields) })
	}
	if !hasKey(m, p) {
		set, only := assignments(fields)
		if !only || sv.must {
			return fmt.Errorf("orm: Save(%s) of some fields: %w", m.GoName(), ErrNotSaved)
		}
		return db.create(ctx, s, m, p, sv.using, set)
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
		_, err := sv.writeAudited(ctx, db, s)
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
	if info.Created, err = sv.writeAudited(ctx, db, s); err != nil {
		return err
	}
	return h.save(ctx, postSave, h.postSave, h.postSaveAny, m, p, info)
}

// create is insert with what happens around it.
func (db *DB) create(ctx context.Context, s *scope, m *plan.Model, p plan.Pointer, name string, set []expr.Assign) error {
	if s.audits(m) && s.txOn(db) == nil {
		return AtomicWith(ctx, AtomicOptions{DB: name}, func(ctx context.Context) error { return db.create(ctx, scopeOf(ctx), m, p, name, set) })
	}
	if err := takeKeys(m, p); err != nil {
		return err
	}
	h := s.hooksOf(m)
	if !h.saves() {
		return db.insert(ctx, s, m, p, name, set)
	}
	info := SaveInfo{Model: Model{m}, Raw: s.raw, Using: alias(name)}
	if err := h.save(ctx, preSave, h.preSave, h.preSaveAny, m, p, info); err != nil {
		return err
	}
	if err := db.insert(ctx, s, m, p, name, set); err != nil {
		return err
	}
	info.Created = true
	return h.save(ctx, postSave, h.postSave, h.postSaveAny, m, p, info)
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
			return true, db.insert(ctx, s, m, p, sv.using, nil)
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
	return true, db.insert(ctx, s, m, p, sv.using, nil)
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
