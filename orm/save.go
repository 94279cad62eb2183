package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Create inserts an object. Fields with a default that hold the zero value get it; an automatic key is set. Assignments are
// columns that the database computes; the object has their values afterwards. They cannot name other columns: there is no
// row yet.
//
//	err := orm.Create(ctx, word, orm.SetTo(&w.Seen, orm.Now()))
func (q Query[T]) Create(ctx context.Context, obj *T, set ...Assignment) error {
	db, s, err := q.writing(ctx)
	if err != nil {
		return err
	}
	if err := q.s.Model.Ready(); err != nil {
		return err
	}
	if obj == nil {
		return noObject("Create", q.s.Model)
	}
	return db.create(ctx, s, q.s.Model, plan.PointerTo(obj), q.s.DB, assigns(set))
}

// Create inserts an object into the default database: Objects[T]().Create.
func Create[T any](ctx context.Context, obj *T, set ...Assignment) error {
	return Objects[T]().Create(ctx, obj, set...)
}

// noObject is the mistake of a nil in place of an object.
func noObject(what string, m *plan.Model) error {
	return fmt.Errorf("orm: %s(%s): the object is nil", what, m.GoName())
}

// insert writes one object as a new row.
func (db *DB) insert(ctx context.Context, s *scope, m *plan.Model, obj plan.Pointer, name string, set []expr.Assign) error {
	if m.Keyless != nil {
		return m.Keyless
	}
	if err := s.relateAll(m, obj, name); err != nil {
		return err
	}
	if err := whole(ctx, m, obj); err != nil {
		return err
	}
	var err error
	switch {
	case m.InParts():
		err = db.insertParts(ctx, s, m, obj, name, set)
	case len(set) > 0:
		err = db.insertComputed(ctx, s, m, obj, name, set)
	default:
		err = db.insertRow(ctx, s, m, obj, name)
	}
	if err != nil {
		return err
	}
	if s.track || m.Track {
		remember(m, obj, name)
	}
	if s.audits(m) {
		return recordCreated(ctx, m, name, obj)
	}
	return nil
}

// insertRow writes an object's row in the model's own table.
func (db *DB) insertRow(ctx context.Context, s *scope, m *plan.Model, obj plan.Pointer, name string) error {
	if m.Rank != nil && !s.raw {
		if err := db.giveRanks(ctx, s, m, []plan.Pointer{obj}); err != nil {
			return err
		}
	}
	fill(m, obj, true, s.raw)
	in := db.insertPlan(s, m, obj)
	space := db.args.get()
	args, err := db.appendColumns(*space, in.fields, obj)
	defer func() { db.args.put(space, args) }()
	if err != nil {
		return err
	}
	if len(in.returning) == 0 || !db.d.Returning || in.told {
		if err := db.told(m, in.returning); err != nil {
			return err
		}
		res, err := db.exec(ctx, s, in.sql, args)
		if err != nil {
			return err
		}
		if m.PK != nil && slices.Contains(in.returning, m.PK) {
			setID(m, obj, res.LastInsertID)
		}
		if !in.told {
			if err := db.readBack(ctx, s, m, []plan.Pointer{obj}, in.returning); err != nil {
				return err
			}
		}
		m.SetState(obj, nil)
		settle(m, obj, name)
		return nil
	}
	scan := newRowScan(m, obj, in.returning)
	defer scan.free()
	if err := db.query(ctx, s, in.sql, args, true, scan.row); err != nil {
		return err
	}
	m.SetState(obj, nil)
	settle(m, obj, name)
	return nil
}

// fill sets defaults and automatic times; raw objects keep theirs.
func fill(m *plan.Model, obj plan.Pointer, create, raw bool) {
	for _, f := range m.Local {
		switch {
		case f.Now != nil && !raw && (create || f.S.AutoNow):
			f.Now(f.At(obj))
		case create && f.Default != nil && f.Codec.Zero(f.At(obj)):
			f.Default(f.At(obj))
		}
	}
}

// columnValue reads a field for writing. A foreign key without a row where there must be one is a mistake that is better
// told here than by the database.
func columnValue(f *plan.Field, obj plan.Pointer) (dialect.Value, error) {
	v := f.Codec.Get(f.At(obj))
	if v.Kind == dialect.Custom { // a codec that failed
		err, _ := v.X.(error)
		return v, fmt.Errorf("orm: %s.%s: %w", f.Model.GoName(), f.GoName, err)
	}
	if v.Kind == dialect.Null && !f.Nullable {
		if f.Rel != nil {
			return v, &ConstraintError{
				Kind: NotNullConstraint, Table: f.Model.Schema.Table, Columns: []string{f.Column},
				Err: fmt.Errorf("orm: %s.%s is not set (save the related object first, or describe the field with Null())", f.Model.GoName(), f.GoName),
			}
		}
	}
	if v.Kind == dialect.Decimal && f.S.Digits > 0 {
		var err error
		if v.S, err = quantized(v.S, f.S.Digits, f.S.Places); err != nil {
			return v, fmt.Errorf("orm: %s.%s: %w", f.Model.GoName(), f.GoName, err)
		}
	}
	if v.Kind == dialect.JSON && f.Nullable && v.S == "null" && f.Codec.Zero(f.At(obj)) {
		return dialect.Value{}, nil
	}
	return v, nil
}

func setID(m *plan.Model, obj plan.Pointer, id int64) {
	_ = m.PK.Codec.Set(m.PK.At(obj), idRow(id), 0)
}

// hasKey says that an object may have a row: its key is set. A composite key always may.
func hasKey(m *plan.Model, obj plan.Pointer) bool {
	return m.PK == nil || !m.PK.Codec.Zero(m.PK.At(obj))
}

// addKey limits a query to an object's row.
func addKey(q *expr.Query, m *plan.Model, obj plan.Pointer) {
	for _, f := range m.Key {
		addStep(q, expr.Pred{Op: expr.Exact, Left: expr.Name{Name: f.Column}, Val: f.Codec.Get(f.At(obj))})
	}
}
