package orm

import (
	"context"
	"fmt"
	"log/slog"
)

// hook is a function for after the commit.
type hook struct {
	f      func(ctx context.Context) error
	robust bool
}

// OnCommitOptions change what OnCommitWith does.
type OnCommitOptions struct {
	// DB names the database whose transaction is waited for. Default: that of the innermost Atomic.
	DB string
	// Robust logs an error or a panic of the function, so that it stops neither the functions after it nor Atomic. Default: false.
	Robust bool
}

// OnCommit runs f after the outermost Atomic around has committed, in the order of the calls; it is forgotten when the block
// that it stands in is undone. Outside of Atomic it runs at once. An error of f stops the functions after it and is returned
// by Atomic; the data is committed all the same. The context that f gets is the one that the outermost Atomic was given.
//
// In a context that is in transactions of several databases, it is the innermost one that counts; OnCommitWith names another.
func OnCommit(ctx context.Context, f func(ctx context.Context) error) error {
	return OnCommitWith(ctx, OnCommitOptions{}, f)
}

// onCommit is OnCommit for the database with that name.
func onCommit(ctx context.Context, name string, f func(ctx context.Context) error) error {
	return OnCommitWith(ctx, OnCommitOptions{DB: alias(name)}, f)
}

// OnCommitWith is OnCommit with options.
func OnCommitWith(ctx context.Context, opts OnCommitOptions, f func(ctx context.Context) error) error {
	if f == nil {
		return &TransactionError{Reason: "OnCommit was given no function"}
	}
	s := scopeOf(ctx)
	var tx *Tx
	if opts.DB == "" && s != nil && s.tx != nil {
		tx = s.tx
	} else {
		db, s, err := database(ctx, opts.DB)
		if err != nil {
			return err
		}
		tx = s.txOn(db)
	}
	h := hook{f: f, robust: opts.Robust}
	if tx == nil {
		return h.run(ctx)
	}
	tx.state.mu.Lock()
	defer tx.state.mu.Unlock()
	if tx.state.done {
		return errTxDone
	}
	tx.hooks = append(tx.hooks, h)
	return nil
}

// adopt takes over the hooks of a block that ended well.
func (t *Tx) adopt(inner *Tx) {
	t.state.mu.Lock()
	defer t.state.mu.Unlock()
	t.hooks = append(t.hooks, inner.hooks...)
}

func runHooks(ctx context.Context, hooks []hook) error {
	for _, h := range hooks {
		if err := h.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// run calls the function. Only one that is not robust has an error.
func (h hook) run(ctx context.Context) (err error) {
	if !h.robust {
		return h.f(ctx)
	}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
		if err != nil {
			slog.ErrorContext(ctx, "orm: a robust function of OnCommit failed", "error", err)
		}
		err = nil
	}()
	return h.f(ctx)
}
