package orm

import (
	"context"
	"errors"
)

// errUndo ends a block that SetRollback has marked; no caller sees it.
var errUndo = errors.New("orm: the block is undone")

// SetRollback marks the innermost Atomic of the context: at its end all of its work is undone, although it returns nil, and
// its functions of OnCommit are forgotten. For a dry run, and for a form that finds out late that it is wrong. With
// NoSavepoint the block around is marked too. Outside of Atomic it is an error. Django: transaction.set_rollback(True).
func SetRollback(ctx context.Context) error {
	t := innermost(ctx)
	if t == nil {
		return &TransactionError{Reason: "SetRollback works inside Atomic only"}
	}
	t.state.mu.Lock()
	defer t.state.mu.Unlock()
	if t.state.done {
		return errTxDone
	}
	t.undo = true
	return nil
}

// WillRollback says whether the innermost Atomic of the context can only be undone: by SetRollback, or since a statement in
// it has failed. Django: transaction.get_rollback.
func WillRollback(ctx context.Context) bool {
	t := innermost(ctx)
	if t == nil {
		return false
	}
	t.state.mu.Lock()
	defer t.state.mu.Unlock()
	return t.undo || t.state.failed != nil
}

func innermost(ctx context.Context) *Tx {
	if s := scopeOf(ctx); s != nil {
		return s.tx
	}
	return nil
}

func (t *Tx) undone() bool {
	t.state.mu.Lock()
	defer t.state.mu.Unlock()
	return t.undo
}

func (t *Tx) setUndo() {
	t.state.mu.Lock()
	defer t.state.mu.Unlock()
	t.undo = true
}
