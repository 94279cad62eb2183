package migrate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/orm"
)

// adopt lets the first migration of an application replace those that Django has recorded for it: a database that has them
// counts as migrated, and a new one is made by the one that replaces them. Its number follows theirs.
func (w *maker) adopt(ctx context.Context, ms []Migration) error {
	recorded, err := (recorder{orm.DefaultDB}).applied(ctx)
	if err != nil {
		return err
	}
	for i := range ms {
		m := &ms[i]
		if len(w.g.leaves(m.App)) > 0 {
			return fmt.Errorf("migrate: application %s has migrations already: --adopt is for the first", m.App)
		}
		if !m.Initial || slices.ContainsFunc(ms[:i], func(o Migration) bool { return o.App == m.App }) {
			return fmt.Errorf("migrate: the first migration of %s is in several parts, since applications point to each other: --adopt cannot replace Django's by one of them", m.App)
		}
		last := 0
		for k := range recorded {
			if k.App != m.App {
				continue
			}
			m.Replaces = append(m.Replaces, k)
			digits, _, _ := strings.Cut(k.Name, "_")
			if n, err := strconv.Atoi(digits); err == nil {
				last = max(last, n)
			}
		}
		if len(m.Replaces) == 0 {
			return fmt.Errorf("migrate: the database has no migrations of %s to adopt", m.App)
		}
		slices.SortFunc(m.Replaces, func(a, b Key) int { return cmp.Compare(a.Name, b.Name) })
		rename(ms, i, fmt.Sprintf("%04d_adopted", last), nil)
	}
	return nil
}
