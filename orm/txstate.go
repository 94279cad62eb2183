package orm

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/nuages-go/nuages/orm/dialect"
)

// TransactionError says that Atomic was used wrongly, or that a transaction cannot go on: a statement in it failed, and the
// error was not returned. Django: TransactionManagementError.
type TransactionError struct {
	Reason string
	// Err is the error that spoiled the transaction, if there was one.
	Err error
}

// Error gives the reason and the first error.
func (e *TransactionError) Error() string {
	if e.Err == nil {
		return "orm: " + e.Reason
	}
	return fmt.Sprintf("orm: %s: %v", e.Reason, e.Err)
}

// Unwrap returns the error that spoiled the transaction.
func (e *TransactionError) Unwrap() error { return e.Err }

// commitError says that nobody knows whether a transaction was committed: what it did must not simply be done again.
type commitError struct{ err error }

func (e *commitError) Error() string {
	return fmt.Sprintf("orm: the connection was lost during COMMIT, so that the work may be done or not: %v", e.err)
}
func (e *commitError) Unwrap() error { return e.err }

var errTxDone error = &TransactionError{Reason: "the transaction is over (its context was kept beyond Atomic)"}

// txState is shared by the nested blocks of one transaction.
//
// A statement that failed spoils the block that it stands in, as far as the next savepoint: PostgreSQL demands it, MySQL and
// SQLite may have undone the whole transaction by themselves, and then what follows would not be part of it. So it is the same
// on all databases.
type txState struct {
	mu     sync.Mutex // guards all: one statement at a time
	conn   dialect.Conn
	seq    int
	done   bool
	failed error

	row    func(dialect.Row) error // the caller's function for the rows of the query in progress
	rowErr error                   // its error, which is not the database's
	each   func(dialect.Row) error
}

func newTxState(conn dialect.Conn) *txState {
	st := &txState{conn: conn}
	st.each = func(r dialect.Row) error {
		st.rowErr = st.row(r)
		return st.rowErr
	}
	return st
}

// ready says why no statement can run now. The caller holds the lock.
func (st *txState) ready() error {
	switch {
	case st.done:
		return errTxDone
	case st.failed != nil:
		return spoiled(st.failed)
	}
	return nil
}

func spoiled(by error) error {
	if te, ok := by.(*TransactionError); ok {
		return te
	}
	return &TransactionError{
		Reason: "the transaction cannot go on after an error in it (let Atomic return the error, or put what may fail into an Atomic of its own)", Err: by,
	}
}

// refusal says why a block must not end well.
func (st *txState) refusal() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.failed != nil {
		return spoiled(st.failed)
	}
	return nil
}

// fail notes that the block in progress must be undone. A panic has no error.
func (st *txState) fail(err error) {
	if err == nil {
		err = errors.New("a panic")
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.failed == nil {
		st.failed = err
	}
}

// forgive lets the transaction go on after a broken constraint, where the database has undone that statement alone: SQLite
// and MySQL, not PostgreSQL.
func (s *scope) forgive(db *DB) {
	tx := s.txOn(db)
	if tx == nil || db.d.Name == "postgresql" {
		return
	}
	tx.state.mu.Lock()
	defer tx.state.mu.Unlock()
	if _, ok := errors.AsType[*ConstraintError](tx.state.failed); ok {
		tx.state.failed = nil
	}
}

// query runs a statement with rows.
func (st *txState) query(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if err := st.ready(); err != nil {
		return err
	}
	st.row, st.rowErr = row, nil
	defer func() { st.row, st.rowErr = nil, nil }()
	err := st.conn.Query(ctx, sql, args, st.each)
	if err != nil && st.rowErr == nil {
		st.failed = err
	}
	return err
}

// exec runs a statement without rows.
func (st *txState) exec(ctx context.Context, sql string, args []dialect.Value) (dialect.Result, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if err := st.ready(); err != nil {
		return dialect.Result{}, err
	}
	res, err := st.conn.Exec(ctx, sql, args)
	if err != nil {
		st.failed = err
	}
	return res, err
}

// with lends the connection to f for something else than one statement. An error of f spoils the block.
func (st *txState) with(f func(conn dialect.Conn) error) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if err := st.ready(); err != nil {
		return err
	}
	err := f(st.conn)
	if err != nil {
		st.failed = err
	}
	return err
}

// savepoint makes up a name.
func (st *txState) savepoint() string {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.seq++
	return fmt.Sprintf("s%d", st.seq)
}

// rollbackTo undoes what was done since a savepoint; then the transaction can go on.
func (st *txState) rollbackTo(ctx context.Context, name string) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.done {
		return errTxDone
	}
	for _, sql := range [...]string{"ROLLBACK TO SAVEPOINT ", "RELEASE SAVEPOINT "} {
		if _, err := st.conn.Exec(ctx, sql+name, nil); err != nil {
			if st.failed == nil { // the savepoint went with the whole transaction, or with the connection
				st.failed = err
			}
			return err
		}
	}
	st.failed = nil
	return nil
}
