package migrate

import (
	"context"
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/orm"
)

// progressTable holds the operations that have run of a NonAtomic migration, on databases that can roll changes of tables
// back. It is there during such a migration, and stays when one is stopped halfway. MySQL has a journal of statements.
const progressTable = "nuages_unfinished_operations"

// progress is how far a NonAtomic migration came. An operation runs in a transaction of its own together with its entry, so
// that a process that is killed leaves it done and written down, or neither; the next process goes on after it. Those that
// cannot be in a transaction - statements and Go code of the developer's, what goes on by itself - are written down after
// they ran. A nil progress runs every operation as it is.
type progress struct {
	db, key string
	// begun is the operation that runs.
	begun Operation
	// done are the descriptions of the operations that a process before has run, by their place.
	done map[int64]string
}

// openProgress reads how far a migration came. It is nil if all of its operations go on by themselves.
func (r *runner) openProgress(ctx context.Context, e *Editor, m *Migration) (*progress, error) {
	needed := false
	for _, op := range m.Operations {
		needed = needed || !goesOn(op)
	}
	if e.atomic || !e.d.TransactionalDDL || m.App == "syncdb" || !needed {
		return nil, nil
	}
	p := &progress{db: r.o.DB, key: progressKey(m.Key(), r.undoing), done: map[int64]string{}}
	have, err := tables(ctx, p.db)
	if err != nil {
		return nil, err
	}
	if !have[progressTable] {
		_, err := orm.ExecOn(ctx, p.db, "CREATE TABLE "+progressTable+" (migration varchar(511) NOT NULL, place integer NOT NULL, operation text NOT NULL, PRIMARY KEY (migration, place))")
		return p, err
	}
	err = orm.QueryOn(ctx, p.db, "SELECT place, operation FROM "+progressTable+" WHERE migration = ?", []any{p.key}, func(c []any) error {
		p.done[number(c[0])] = text(c[1])
		return nil
	})
	if n := len(p.done); n > 0 {
		r.printf(" (going on after %d operations)", n)
	}
	return p, err
}

func progressKey(k Key, backward bool) string {
	if backward {
		return k.String() + " backward"
	}
	return k.String()
}

// run runs an operation by f, unless that has been done.
func (p *progress) run(ctx context.Context, e *Editor, place int, op Operation, f func(ctx context.Context) error) error {
	if p == nil {
		return f(ctx)
	}
	if was, ok := p.done[int64(place)]; ok {
		if was != op.Describe() {
			return fmt.Errorf("the migration was stopped halfway, and its operations are others now: number %d was %q and is done (put it back; or do the rest by hand, record the migration with --fake)", place+1, was)
		}
		return nil
	}
	p.begun = op
	whole := func(ctx context.Context) error {
		if err := f(ctx); err != nil {
			return err
		}
		if err := e.finish(ctx); err != nil {
			return err
		}
		_, err := orm.ExecOn(ctx, p.db, "INSERT INTO "+progressTable+" (migration, place, operation) VALUES (?, ?, ?)", p.key, place, op.Describe())
		return err
	}
	if !ownTransaction(op) {
		return whole(ctx)
	}
	ran, limit := len(e.ran), e.lockTimeout
	e.lockTimeout = 0
	err := e.patiently(ctx, limit, func(ctx context.Context) error { // all of it is taken back, or nothing
		e.ran = e.ran[:ran]
		e.deferred = nil
		return whole(ctx)
	})
	if e.lockTimeout = limit; err != nil {
		e.ran = e.ran[:ran] // the statements are taken back
	}
	return err
}

// ownTransaction says that an operation of a NonAtomic migration can be in a transaction with its entry.
func ownTransaction(op Operation) bool {
	switch op := op.(type) {
	case RunSQL, RunGo:
		return false
	case SeparateDatabaseAndState:
		for _, part := range op.Database {
			if !ownTransaction(part) {
				return false
			}
		}
		return true
	}
	own := reflect.TypeOf(op).PkgPath() == reflect.TypeFor[CreateModel]().PkgPath() // not one of the site's
	return own && !goesOn(op) && !needsNonAtomic(op)
}

// forgetProgress deletes the entries of migrations, and the table when nothing is unfinished.
func forgetProgress(ctx context.Context, db string, keys ...string) error {
	for _, key := range keys {
		if _, err := orm.ExecOn(ctx, db, "DELETE FROM "+progressTable+" WHERE migration = ?", key); err != nil {
			return err
		}
	}
	left := false
	err := orm.QueryOn(ctx, db, "SELECT 1 FROM "+progressTable+" LIMIT 1", nil, func([]any) error { left = true; return nil })
	if err != nil || left {
		return err
	}
	_, err = orm.ExecOn(ctx, db, "DROP TABLE "+progressTable)
	return err
}
