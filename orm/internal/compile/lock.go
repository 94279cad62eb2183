package compile

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// writeLock writes FOR UPDATE. A count and the like have no rows to lock; SQLite has no such clause and needs none.
func (b *builder) writeLock(w *writer) {
	l := b.q.Lock
	if l == nil || !w.d.ForUpdate || b.mode != selectRows && b.mode != selectValue && !b.locks {
		return
	}
	if err := b.checkLock(w, l); err != nil {
		b.fail(err)
		return
	}
	of, err := b.lockOf(w, l)
	if err != nil {
		b.fail(err)
		return
	}
	if l.NoKey {
		w.str(" FOR NO KEY UPDATE")
	} else {
		w.str(" FOR UPDATE")
	}
	for i, name := range of {
		if i == 0 {
			w.str(" OF ")
		} else {
			w.str(", ")
		}
		w.ident(name)
	}
	switch {
	case l.NoWait:
		w.str(" NOWAIT")
	case l.SkipLocked:
		w.str(" SKIP LOCKED")
	}
}

// checkLock refuses what the database cannot lock.
func (b *builder) checkLock(w *writer, l *expr.Lock) error {
	name := w.d.Name
	if w.d.MariaDB {
		name = "mariadb"
	}
	switch {
	case l.NoKey && name != "postgresql":
		return fmt.Errorf("orm: ForUpdate(NoKey) is not supported by %s", name)
	case (len(l.Of) > 0 || l.Self && !l.Soft) && name == "mariadb":
		return fmt.Errorf("orm: ForUpdate(LockOf) is not supported by mariadb, which locks the rows of all tables")
	case !b.filters[2].isEmpty():
		return fmt.Errorf("orm: ForUpdate: a condition on a window function leaves no rows to lock (find their keys first: orm.InQuery)")
	case name != "postgresql":
		return nil
	case b.q.Distinct || len(b.q.DistinctOn) > 0 || len(b.group) > 0 || b.q.HasGroup:
		return fmt.Errorf("orm: ForUpdate: postgresql locks no distinct or grouped rows (find their keys first: orm.InQuery)")
	}
	return nil
}

// lockOf names the tables whose rows are locked. PostgreSQL cannot lock those that an outer join may leave out.
func (b *builder) lockOf(w *writer, l *expr.Lock) ([]string, error) {
	if len(l.Of) == 0 && !l.Self {
		for _, a := range b.aliases {
			if w.d.Name == "postgresql" && a.left && a.refs > 0 {
				return nil, fmt.Errorf("orm: ForUpdate: there may be no row of %s, and postgresql cannot lock that (LockOf names what to lock; or filter with orm.NotNull)", a.model.GoName())
			}
		}
		return nil, nil
	}
	if w.d.MariaDB {
		return nil, nil
	}
	var out []string
	if l.Self {
		out = append(out, b.aliases[0].name)
	}
	for _, p := range l.Of {
		steps, err := b.relatedSteps(expr.Relation{Path: p})
		if err != nil {
			return nil, err
		}
		if !b.joinsRelated(steps) {
			return nil, fmt.Errorf("orm: ForUpdate(LockOf): %s is not joined by the query (Related(%[1]s))", p)
		}
		joins := b.walk(steps, nil)
		for _, i := range joins[1:] {
			b.aliases[i].refs--
		}
		a := b.aliases[joins[len(joins)-1]]
		if w.d.Name == "postgresql" && a.left {
			return nil, fmt.Errorf("orm: ForUpdate(LockOf): there may be no row of %s, and postgresql cannot lock that (filter with orm.NotNull)", p)
		}
		out = append(out, a.name)
	}
	return out, nil
}

// joinsRelated says that the query loads a relation together with its rows.
func (b *builder) joinsRelated(steps []*plan.Relation) bool {
	for _, r := range b.q.Related {
		if have, err := b.relatedSteps(r); err == nil && len(have) >= len(steps) && slices.Equal(have[:len(steps)], steps) {
			return true
		}
	}
	return false
}
