package orm

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
)

// Tx is a transaction in progress. Code does not hold one: Atomic puts it into the context.
type Tx struct {
	db     *DB
	outer  *Tx // the transaction of another database that the context is in too
	parent *Tx // the block around, on the same database
	state  *txState
	hooks  []hook
	depth  int
	broken error // set when a block inside failed without a savepoint
}

// txState is shared by the nested blocks of one transaction.
type txState struct {
	mu   sync.Mutex // guards conn: one statement at a time
	conn dialect.Conn
	seq  int
	done bool
}

type hook struct {
	f func(ctx context.Context) error
}

// AtomicOptions change what Atomic does.
type AtomicOptions struct {
	// DB names the database. Default: "default".
	DB string
	// Durable refuses to run inside another Atomic: when it returns nil, the work is on disk.
	Durable bool
	// Isolation is "read committed", "repeatable read" or "serializable". Default: the database's.
	Isolation string
	// ReadOnly promises not to write.
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
	db, s, err := database(ctx, opts.DB)
	if err != nil {
		return err
	}
	if outer := s.txOn(db); outer != nil {
		if opts.Durable {
			return errors.New("orm: a durable Atomic cannot run inside another")
		}
		return outer.nested(ctx, f)
	}
	for again := 0; ; again++ {
		hooks, err := db.begin(ctx, s, opts, f)
		switch {
		case err == nil:
			return runHooks(ctx, hooks)
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
func InTransaction(ctx context.Context) bool {
	db, s, err := database(ctx, "")
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

	tx := &Tx{db: db, outer: s.tx, state: &txState{conn: conn}}
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
	inner := derive(ctx, func(s *scope) { s.tx = tx })
	if err := f(inner); err != nil {
		return nil, err
	}
	if tx.broken != nil {
		return nil, fmt.Errorf("orm: the transaction was rolled back because of an error inside: %w", tx.broken)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.logSimple(db, "COMMIT")
	tx.state.mu.Lock()
	err = conn.Commit(end)
	finished = err == nil
	tx.state.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return tx.hooks, nil
}

func (t *Tx) nested(ctx context.Context, f func(ctx context.Context) error) (err error) {
	s := scopeOf(ctx)
	t.state.mu.Lock()
	t.state.seq++
	name := fmt.Sprintf("s%d", t.state.seq)
	t.state.mu.Unlock()
	if err := t.exec(ctx, s, "SAVEPOINT "+name); err != nil {
		return err
	}
	inner := &Tx{db: t.db, outer: s.tx, parent: t, state: t.state, depth: t.depth + 1}
	end := context.WithoutCancel(ctx)
	finished := false
	defer func() {
		if finished {
			return
		}
		rerr := t.exec(end, s, "ROLLBACK TO SAVEPOINT "+name)
		if rerr == nil {
			rerr = t.exec(end, s, "RELEASE SAVEPOINT "+name)
		}
		if rerr != nil {
			t.broken = errors.Join(err, rerr)
		}
	}()
	if err := f(derive(ctx, func(s *scope) { s.tx = inner })); err != nil {
		return err
	}
	if inner.broken != nil {
		return inner.broken
	}
	if err := t.exec(end, s, "RELEASE SAVEPOINT "+name); err != nil {
		return err
	}
	finished = true
	t.hooks = append(t.hooks, inner.hooks...)
	return nil
}

func (t *Tx) exec(ctx context.Context, s *scope, sql string) error {
	t.state.mu.Lock()
	defer t.state.mu.Unlock()
	if t.state.done {
		return errors.New("orm: the transaction is over")
	}
	s.logSimple(t.db, sql)
	_, err := t.state.conn.Exec(ctx, sql, nil)
	return err
}

// OnCommit runs f after the outermost Atomic has committed, at once when there is none. An error of f stops the functions
// after it and is returned by Atomic; the data is committed all the same.
func OnCommit(ctx context.Context, f func(ctx context.Context) error) error {
	return onCommit(ctx, "", f)
}

// onCommit is OnCommit for the database with that name.
func onCommit(ctx context.Context, name string, f func(ctx context.Context) error) error {
	db, s, err := database(ctx, name)
	if err != nil {
		return err
	}
	tx := s.txOn(db)
	if tx == nil {
		return f(ctx)
	}
	tx.state.mu.Lock()
	defer tx.state.mu.Unlock()
	tx.hooks = append(tx.hooks, hook{f: f})
	return nil
}

func runHooks(ctx context.Context, hooks []hook) error {
	for _, h := range hooks {
		if err := h.f(ctx); err != nil {
			return err
		}
	}
	return nil
}
