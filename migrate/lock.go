package migrate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// lockKey is the advisory lock of PostgreSQL that a migrating process holds: "nuages" in ASCII.
const lockKey = 0x6e7561676573

// locked runs f while no other process migrates the database. On PostgreSQL it holds an advisory lock in a transaction of
// its own, which ends with the process whatever happens to it. On SQLite each migration takes the database's one write
// lock and looks again whether it is still to be done. On MySQL it holds a named lock of a connection of its own.
func locked(ctx context.Context, o Options, f func(ctx context.Context) error) error {
	d, err := orm.DialectOf(ctx, o.DB)
	if err != nil {
		return err
	}
	switch d.Name {
	case "postgresql":
	case "mysql":
		return lockedMySQL(ctx, o, f)
	default:
		return f(ctx)
	}
	for said := false; ; said = true {
		err := lockedPostgres(ctx, o, f)
		if !errors.Is(err, errBusy) {
			return err
		}
		if !said && o.Verbosity > 0 {
			fmt.Fprintln(o.Out, "Waiting for another process that migrates this database...")
		}
		// Asking again and again, each time in a transaction of its own, and not pg_advisory_xact_lock: CREATE INDEX CONCURRENTLY in
		// the process that holds the lock would wait for our transaction to end, and we for it.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// errBusy says that another process holds the lock.
var errBusy = errors.New("migrate: another process migrates the database")

func lockedPostgres(ctx context.Context, o Options, f func(ctx context.Context) error) error {
	return orm.AtomicWith(ctx, orm.AtomicOptions{DB: o.DB}, func(tx context.Context) error {
		got := false
		err := orm.QueryOn(tx, o.DB, fmt.Sprintf("SELECT pg_try_advisory_xact_lock(%d)", lockKey), nil, func(c []any) error {
			got, _ = c[0].(bool)
			return nil
		})
		if err != nil {
			return err
		}
		if !got {
			return errBusy
		}
		// The lock's transaction is idle from here on. The statement keeps the server from ending it, and lets go of the snapshot of
		// the one before, for which CREATE INDEX CONCURRENTLY would wait for ever.
		if _, err := orm.ExecOn(tx, o.DB, "SET LOCAL idle_in_transaction_session_timeout = 0"); err != nil {
			return err
		}
		return f(ctx) // on other connections
	})
}

func lockedMySQL(ctx context.Context, o Options, f func(ctx context.Context) error) error {
	return orm.AtomicWith(ctx, orm.AtomicOptions{DB: o.DB}, func(tx context.Context) (err error) {
		// Locks are the server's: the database's name keeps others apart.
		const name = "LEFT(CONCAT('nuages.', DATABASE()), 64)"
		for wait := 0; ; wait = 1 {
			got := int64(-1) // NULL is an error of the server's
			err := orm.QueryOn(tx, o.DB, fmt.Sprintf("SELECT GET_LOCK(%s, %d)", name, wait), nil, func(c []any) error {
				if c[0] != nil {
					got = number(c[0])
				}
				return nil
			})
			switch {
			case err != nil:
				return err
			case got < 0:
				return errors.New("migrate: the server does not give the lock that keeps processes from migrating at once")
			}
			if got == 1 {
				break
			}
			if wait == 0 && o.Verbosity > 0 {
				fmt.Fprintln(o.Out, "Waiting for another process that migrates this database...")
			}
		}
		defer func() {
			free := orm.QueryOn(context.WithoutCancel(tx), o.DB, "SELECT RELEASE_LOCK("+name+")", nil, func([]any) error { return nil })
			if err == nil {
				err = free
			}
		}()
		return f(ctx)
	})
}
