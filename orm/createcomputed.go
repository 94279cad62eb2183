package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// assignments are the fields of a Save if all of them are assignments.
func assignments(fields []any) (set []expr.Assign, only bool) {
	for _, f := range fields {
		a, ok := f.(Assignment)
		if !ok {
			return nil, false
		}
		set = append(set, a.a)
	}
	return set, true
}

// computed finds the columns of assignments, and sees that an insert names them and reads them back.
func computed(m *plan.Model, shape *compile.Insert, set []expr.Assign) ([]compile.InsertSet, error) {
	var out []compile.InsertSet
	for _, a := range set {
		f, err := assignedField(m, a)
		switch {
		case err != nil:
			return nil, err
		case f == nil || f.Tuple != nil || !slices.Contains(m.Local, f):
			return nil, fmt.Errorf("orm: Create: an assignment does not name a column of %s", m.GoName())
		case f.S.Expression != nil:
			return nil, fmt.Errorf("orm: Create: %s.%s is generated and cannot be assigned", m.GoName(), f.GoName)
		case slices.ContainsFunc(out, func(s compile.InsertSet) bool { return s.Field == f }):
			return nil, fmt.Errorf("orm: Create: %s.%s is set twice", m.GoName(), f.GoName)
		}
		out = append(out, compile.InsertSet{Field: f, Assign: a})
		if !slices.Contains(shape.Fields, f) { // it would be left to the database
			shape.Fields = append(shape.Fields, f)
		}
		if !slices.Contains(shape.Returning, f) {
			shape.Returning = append(shape.Returning, f)
		}
	}
	return out, nil
}

// insertedValue is an object's value for a column, unless that is computed.
func insertedValue(f *plan.Field, obj plan.Pointer, set []compile.InsertSet) (dialect.Value, error) {
	if slices.ContainsFunc(set, func(s compile.InsertSet) bool { return s.Field == f }) {
		return dialect.Value{}, nil
	}
	return columnValue(f, obj)
}

// insertComputed is insertRow with columns that the database computes. The object has their values afterwards.
func (db *DB) insertComputed(ctx context.Context, s *scope, m *plan.Model, obj plan.Pointer, name string, set []expr.Assign) error {
	if err := db.bulkRows(ctx, s, m, []plan.Pointer{obj}, BulkOptions{set: set}, nil, nil); err != nil {
		return err
	}
	m.SetState(obj, nil)
	settle(m, obj, name)
	return nil
}
