package orm

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// ErrNoTransaction is returned for locks outside of a transaction, where they would end at once: Django's
// TransactionManagementError.
var ErrNoTransaction = errors.New("orm: ForUpdate needs a transaction (run it inside orm.Atomic)")

// LockOption changes what ForUpdate does.
type LockOption func(l *expr.Lock, m *plan.Model) error

// NoWait gives ErrLocked, in place of waiting, when another transaction has locked one of the rows.
func NoWait() LockOption {
	return func(l *expr.Lock, _ *plan.Model) error { l.NoWait = true; return nil }
}

// SkipLocked leaves out rows that another transaction has locked: how workers share a table of jobs.
func SkipLocked() LockOption {
	return func(l *expr.Lock, _ *plan.Model) error { l.SkipLocked = true; return nil }
}

// NoKey lets others insert rows that point to the locked ones (PostgreSQL's FOR NO KEY UPDATE).
func NoKey() LockOption {
	return func(l *expr.Lock, _ *plan.Model) error { l.NoKey = true; return nil }
}

// LockOf limits the lock to certain tables of a query with Related: the reference value itself is the query's own table, a
// relation's field the table behind it.
//
//	articles.Related(&a.Author, &a.Editor).ForUpdate(orm.LockOf(a, &a.Author))
//
// PostgreSQL and MySQL can; MariaDB locks the rows of all tables, and says so with an error.
func LockOf(tables ...any) LockOption {
	return func(l *expr.Lock, m *plan.Model) error {
		for _, t := range tables {
			if f, ok := t.(AnyRef); ok {
				p := f.keyPath()
				if p == nil {
					return errNotField
				}
				l.Of = append(l.Of, p)
				continue
			}
			if v := reflect.ValueOf(t); v.Type() != reflect.PointerTo(m.Type) || v.UnsafePointer() != m.Root().Base {
				return fmt.Errorf("orm: LockOf(%T): neither the reference value of %s nor a relation of it", t, m.GoName())
			}
			l.Self = true
		}
		return nil
	}
}

// ForUpdate locks the rows until the transaction ends: others that want to change or lock them wait. It must be inside
// orm.Atomic. SQLite has one writer at a time and ignores it, as Django does. An option that the database lacks is an error.
func (q Query[T]) ForUpdate(options ...LockOption) Query[T] {
	q.refuseCombined("lock rows")
	l := &expr.Lock{}
	for _, o := range options {
		if err := o(l, q.s.Model); err != nil && q.s.Err == nil {
			q.s.Err = err
		}
	}
	if l.NoWait && l.SkipLocked {
		q.fail("ForUpdate: NoWait and SkipLocked exclude each other")
	}
	q.s.Lock = l
	return q
}

// mayLock says that a query that locks its rows runs where that has a meaning.
func (db *DB) mayLock(s *scope, q *expr.Query) error {
	if q.Lock != nil && db.d.ForUpdate && s.txOn(db) == nil {
		return ErrNoTransaction
	}
	return nil
}

// lockOwn locks the rows of the query's own table, whatever it joins.
func (q Query[T]) lockOwn() Query[T] {
	q.s.Lock = &expr.Lock{Self: true, Soft: true}
	return q
}
