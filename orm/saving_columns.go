package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

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
