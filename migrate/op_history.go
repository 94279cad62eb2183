package migrate

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/schema"
)

// AlterIndexTogether replaces the sets of fields that have an index together. It stands only in histories that come from
// Django before 5.1: makemigrations writes AddIndex. The state keeps each set as an index with the name that Django gave it (on PostgreSQL, where names are cut at 63 bytes),
// so that RenameIndex and RemoveIndex can go on from there.
type AlterIndexTogether struct {
	Model string
	Sets  [][]string
}

// Describe says what the operation does.
func (o AlterIndexTogether) Describe() string {
	return fmt.Sprintf("Alter index_together for %s (%d constraint(s))", low(o.Model), len(o.Sets))
}

// togetherIndex is the index of a set.
func togetherIndex(m *schema.Model, set []string) (schema.Index, error) {
	cols, err := columns(m, set)
	return schema.Index{Name: schema.IndexName(m.Table, cols, "_idx", 63), Fields: set}, err
}

// isTogether says that an index is that of a set.
func isTogether(m *schema.Model, ix schema.Index) bool {
	own, err := togetherIndex(m, ix.Fields)
	return err == nil && len(ix.Fields) > 0 && own.Name == ix.Name
}

// State replaces the indexes of the sets.
func (o AlterIndexTogether) State(s *State, app string) error {
	m, err := s.edit(app, o.Model)
	if err != nil {
		return err
	}
	var list []schema.Index
	for _, set := range o.Sets {
		ix, err := togetherIndex(m, set)
		if err != nil {
			return err
		}
		list = append(list, ix)
	}
	m.Indexes = slices.DeleteFunc(m.Indexes, func(ix schema.Index) bool { return isTogether(m, ix) })
	m.Indexes = append(m.Indexes, list...)
	return nil
}

// Forward makes and drops the indexes.
func (o AlterIndexTogether) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	before, err := from.need(app, o.Model)
	if err != nil {
		return err
	}
	after, err := to.need(app, o.Model)
	if err != nil || after.Unmanaged {
		return err
	}
	has := func(list []schema.Index, ix schema.Index) bool {
		return slices.ContainsFunc(list, func(o schema.Index) bool { return o.Name == ix.Name })
	}
	for _, ix := range before.Indexes {
		if !has(after.Indexes, ix) {
			if err := e.dropIndex(ctx, before, ix.Name); err != nil {
				return err
			}
		}
	}
	for i := range after.Indexes {
		if has(before.Indexes, after.Indexes[i]) {
			continue
		}
		sql, err := e.indexSQL(after, &after.Indexes[i])
		if err != nil {
			return err
		}
		if err := e.Execute(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// Backward is Forward with the states exchanged.
func (o AlterIndexTogether) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return o.Forward(ctx, e, app, from, to)
}

// Fragment is the operation's part of a migration's name.
func (o AlterIndexTogether) Fragment() string { return "alter_" + low(o.Model) + "_index_together" }

// AlterModelManagers stands in histories that come from Django, where a migration may carry a model's managers. Rows of
// earlier states have no methods here, managers neither: nothing happens.
type AlterModelManagers struct{ Model string }

// Describe says what the operation does.
func (o AlterModelManagers) Describe() string { return "Change managers on " + low(o.Model) }

// State changes nothing.
func (o AlterModelManagers) State(s *State, app string) error {
	_, err := s.need(app, o.Model)
	return err
}

// Forward does nothing.
func (o AlterModelManagers) Forward(context.Context, *Editor, string, *State, *State) error {
	return nil
}

// Backward does nothing.
func (o AlterModelManagers) Backward(context.Context, *Editor, string, *State, *State) error {
	return nil
}

// Fragment is the operation's part of a migration's name.
func (o AlterModelManagers) Fragment() string { return "alter_" + low(o.Model) + "_managers" }
