package orm

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
)

// Tx is a transaction in progress, or a block of it. Code does not hold one: Atomic puts it into the context.
type Tx struct {
	db    *DB
	outer *Tx // what the context was in before: the block around, or a transaction of another database
	state *txState
	hooks []hook
	undo  bool // SetRollback; guarded by the state's lock
}

// AtomicOptions change what Atomic does.
type AtomicOptions struct {
	// DB names the database. Default: "default".
	DB string
	// Durable refuses to run inside another Atomic: when it returns nil, the work is on disk.
	Durable bool
	// NoSavepoint makes an Atomic inside another a part of it: there is no savepoint to go back to, so that an error inside
	// undoes the block around too, even if it is handled there. It saves two statements. Django: savepoint=False.
	NoSavepoint bool
	// Isolation is "read committed", "repeatable read" or "serializable". Default: the database's. It is an error inside another
	// Atomic, whose transaction has begun.
	Isolation string
	// ReadOnly promises not to write: a write is ErrReadOnly. Inside another Atomic it says nothing.
	ReadOnly bool
	// Retries is how often the transaction is run again from its beginning when it collided with another one: a
	// serialization failure or a deadlock (ErrSerialization). What the function does beside its queries must bear that; hooks of
	// OnCommit run once. It does nothing inside another Atomic. Default: 0.
	Retries int
}

// Atomic runs f in a transaction: all of its work is done, or, when f returns an error or panics, none. Inside another
// Atomic it is a savepoint, so that only the inner work is undone when its error is handled.
//
// The transaction is in the context that f gets; queries with that context take part.
func Atomic(ctx context.Context, f func(ctx context.Context) error) error {
	return AtomicWith(ctx, AtomicOptions{}, f)
}

// AtomicWith is Atomic with options.
func AtomicWith(ctx context.Context, opts AtomicOptions, f func(ctx context.Context) error) error {
	if f == nil {
		return &TransactionError{Reason: "Atomic was given no function"}
	}
	db, s, err := database(ctx, opts.DB)
	if err != nil {
		return err
	}
	if outer := s.txOn(db); outer != nil {
		if opts.Durable {
			return &TransactionError{Reason: "a durable Atomic cannot run inside another"}
		}
		if opts.Isolation != "" {
			return &TransactionError{Reason: "the isolation level cannot change inside an Atomic (ask for it in the outermost one)"}
		}
		return outer.nested(ctx, f, opts.NoSavepoint)
	}
	for again := 0; ; again++ {
		hooks, err := db.begin(ctx, s, opts, f)
		switch {
		case err == nil:
			return runHooks(ctx, hooks)
		case err == errUndo:
			return nil
		case again >= opts.Retries || !errors.Is(err, ErrSerialization) || ctx.Err() != nil:
			return err
		}
		if perr := pause(ctx, again); perr != nil {
			return err
		}
	}
}

// pause waits a little before a transaction is run again, longer each time and at random, so that two do not meet again.
func pause(ctx context.Context, again int) error {
	longest := min(4*time.Millisecond<<min(again, 6), 200*time.Millisecond)
	timer := time.NewTimer(rand.N(longest))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// InTransaction says whether the context is inside an Atomic on the default database.
func InTransaction(ctx context.Context) bool { return InTransactionOn(ctx, "") }

// InTransactionOn says whether the context is inside an Atomic on the database with that name.
func InTransactionOn(ctx context.Context, name string) bool {
	db, s, err := database(ctx, name)
	return err == nil && s.txOn(db) != nil
}

func (s *scope) txOn(db *DB) *Tx {
	for t := s.tx; t != nil; t = t.outer {
		if t.db == db {
			return t
		}
	}
	return nil
}

// begin runs f in a transaction of its own and returns what is to run once its connection is given back.
func (db *DB) begin(ctx context.Context, s *scope, opts AtomicOptions, f func(ctx context.Context) error) (hooks []hook, err error) {
	if !opts.ReadOnly {
		s.writes(db)
	}
	conn, err := db.backend.Acquire(ctx, !opts.ReadOnly)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	if err := conn.Begin(ctx, dialect.TxOptions{Isolation: opts.Isolation, ReadOnly: opts.ReadOnly}); err != nil {
		return nil, err
	}
	s.logSimple(db, "BEGIN")

	tx := &Tx{db: db, outer: s.tx, state: newTxState(conn)}
	finished := false
	end := context.WithoutCancel(ctx)
	defer func() {
		tx.state.mu.Lock()
		defer tx.state.mu.Unlock()
		tx.state.done = true
		if !finished { // an error or a panic
			s.logSimple(db, "ROLLBACK")
			if rerr := conn.Rollback(end); rerr != nil && err != nil {
				err = errors.Join(err, rerr)
			}
		}
	}()
	if err := f(derive(ctx, func(s *scope) { s.tx = tx })); err != nil {
		return nil, err
	}
	if err := tx.state.refusal(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if tx.undone() {
		return nil, errUndo
	}
	s.logSimple(db, "COMMIT")
	tx.state.mu.Lock()
	err = conn.Commit(end)
	finished = err == nil
	tx.state.mu.Unlock()
	if errors.Is(err, ErrConnectionLost) {
		return nil, &commitError{err}
	}
	if err != nil {
		return nil, err
	}
	return tx.hooks, nil
}

// nested runs f as a part of the transaction, which can be undone alone if there is a savepoint.
func (t *Tx) nested(ctx context.Context, f func(ctx context.Context) error, noSavepoint bool) (err error) {
	s := scopeOf(ctx)
	inner := &Tx{db: t.db, outer: s.tx, state: t.state}
	if noSavepoint {
		finished := false
		defer func() {
			if !finished {
				t.state.fail(err)
			}
		}()
		if err := f(derive(ctx, func(s *scope) { s.tx = inner })); err != nil {
			return err
		}
		finished = true
		if inner.undone() {
			t.setUndo()
			return nil
		}
		t.adopt(inner)
		return t.state.refusal()
	}

	name := t.state.savepoint()
	if err := t.exec(ctx, s, "SAVEPOINT "+name); err != nil {
		return err
	}
	end := context.WithoutCancel(ctx)
	finished := false
	defer func() {
		if finished {
			return
		}
		s.logSimple(t.db, "ROLLBACK TO SAVEPOINT "+name)
		if rerr := t.state.rollbackTo(end, name); rerr != nil && err != nil {
			err = errors.Join(err, rerr)
		}
		if err == errUndo {
			err = nil
		}
	}()
	if err := f(derive(ctx, func(s *scope) { s.tx = inner })); err != nil {
		return err
	}
	if err := t.state.refusal(); err != nil {
		return err
	}
	if inner.undone() {
		return errUndo
	}
	if err := t.exec(end, s, "RELEASE SAVEPOINT "+name); err != nil {
		return err
	}
	finished = true
	t.adopt(inner)
	return nil
}

func (t *Tx) exec(ctx context.Context, s *scope, sql string) error {
	s.logSimple(t.db, sql)
	_, err := t.state.exec(ctx, sql, nil)
	return err
}
