package migrate

import (
	"slices"

	"github.com/nuages-go/nuages/orm/schema"
)

// plainConstraint is a constraint without what only people see.
func plainConstraint(c schema.Constraint) string {
	c.Message, c.Code = "", ""
	return source(c)
}

func (d *detector) removedConstraints() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, c := range old.Constraints {
			if !slices.ContainsFunc(now.Constraints, func(o schema.Constraint) bool { return plainConstraint(o) == plainConstraint(c) }) {
				d.add(now.App, RemoveConstraint{now.Name, c.Name}, []string{"noconstraint " + low(c.Name)}, nil, nil)
			}
		}
		return nil
	})
}

func (d *detector) addedConstraints() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, c := range now.Constraints {
			i := slices.IndexFunc(old.Constraints, func(o schema.Constraint) bool { return plainConstraint(o) == plainConstraint(c) })
			switch {
			case i < 0:
				d.add(now.App, AddConstraint{now.Name, c}, nil, []string{"noconstraint " + low(c.Name)}, nil)
			case source(old.Constraints[i]) != source(c):
				d.add(now.App, AlterConstraint{now.Name, c}, nil, nil, nil)
			}
		}
		return nil
	})
}

// sameIndex compares indexes, with or without their names.
func sameIndex(a, b schema.Index, named bool) bool {
	if !named {
		a.Name, b.Name = "", ""
	}
	return source(a) == source(b)
}

// renamedTo finds the index that an index of the old state became, when only the name differs.
func renamedTo(old, now *schema.Model, ix schema.Index) *schema.Index {
	for i := range now.Indexes {
		n := &now.Indexes[i]
		if n.Name != ix.Name && sameIndex(*n, ix, false) && !slices.ContainsFunc(old.Indexes, func(o schema.Index) bool { return o.Name == n.Name }) {
			return n
		}
	}
	return nil
}

func (d *detector) removedIndexes() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, ix := range old.Indexes {
			if !slices.ContainsFunc(now.Indexes, func(o schema.Index) bool { return sameIndex(o, ix, true) }) && renamedTo(old, now, ix) == nil {
				d.add(now.App, RemoveIndex{now.Name, ix.Name}, []string{"noindex " + low(ix.Name)}, nil, nil)
			}
		}
		return nil
	})
}

func (d *detector) renamedIndexes() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, ix := range old.Indexes {
			if slices.ContainsFunc(now.Indexes, func(o schema.Index) bool { return sameIndex(o, ix, true) }) {
				continue
			}
			if n := renamedTo(old, now, ix); n != nil {
				d.add(now.App, RenameIndex{now.Name, ix.Name, n.Name}, nil, nil, nil)
			}
		}
		return nil
	})
}

func (d *detector) addedIndexes() error {
	return d.managed(func(old, now *schema.Model) error {
		for _, ix := range now.Indexes {
			renamed := slices.ContainsFunc(old.Indexes, func(o schema.Index) bool {
				n := renamedTo(old, now, o)
				return n != nil && n.Name == ix.Name && !slices.ContainsFunc(now.Indexes, func(x schema.Index) bool { return sameIndex(x, o, true) })
			})
			if !renamed && !slices.ContainsFunc(old.Indexes, func(o schema.Index) bool { return sameIndex(o, ix, true) }) {
				d.add(now.App, AddIndex{now.Name, ix}, nil, []string{"noindex " + low(ix.Name)}, nil)
			}
		}
		return nil
	})
}

// removedUniqueTogether drops the sets that fall away, since they may name fields that go.
func (d *detector) removedUniqueTogether() error {
	return d.managed(func(old, now *schema.Model) error {
		left := d.commonSets(old, now)
		if len(left) < len(old.UniqueTogether) {
			d.add(now.App, AlterUniqueTogether{now.Name, left}, nil, nil, nil)
		}
		return nil
	})
}

func (d *detector) commonSets(old, now *schema.Model) [][]string {
	var left [][]string
	for _, set := range old.UniqueTogether {
		if slices.ContainsFunc(now.UniqueTogether, func(o []string) bool { return slices.Equal(o, set) }) {
			left = append(left, set)
		}
	}
	return left
}

func (d *detector) alteredUniqueTogether() error {
	return d.managed(func(old, now *schema.Model) error {
		left := d.commonSets(old, now)
		if source(left) != source(now.UniqueTogether) && len(now.UniqueTogether) > 0 && len(now.UniqueTogether) != len(left) {
			d.add(now.App, AlterUniqueTogether{now.Name, now.UniqueTogether}, nil, nil, nil)
		}
		return nil
	})
}
