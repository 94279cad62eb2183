package dialecttest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// testExhausted takes all connections and waits for one more.
func testExhausted(t *testing.T, e *env) {
	var held []dialect.Conn
	defer func() {
		for _, c := range held {
			c.Release()
		}
	}()
	for range 200 {
		ctx, cancel := context.WithTimeout(e.ctx, 100*time.Millisecond)
		c, err := e.db.Backend().Acquire(ctx, true)
		cancel()
		if err == nil {
			held = append(held, c)
			continue
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Acquire = %v, want DeadlineExceeded", err)
		}
		// Without an end of the context the wait is bounded all the same, and the error has the figures.
		start := time.Now()
		_, err = e.db.Backend().Acquire(orm.WithPoolWait(e.ctx, 50*time.Millisecond), true)
		full, ok := errors.AsType[*dialect.PoolError](err)
		if !ok || !errors.Is(err, orm.ErrPoolExhausted) || full.Max != len(held) || full.Waiting != 1 || full.Waited != 50*time.Millisecond || time.Since(start) < 50*time.Millisecond {
			t.Errorf("Acquire = %v, want a PoolError after 50 ms", err)
		}
		// One comes free, and who waits gets it.
		last := held[len(held)-1]
		held = held[:len(held)-1]
		time.AfterFunc(20*time.Millisecond, last.Release)
		c, err = e.db.Backend().Acquire(e.ctx, true)
		must(t, err)
		held = append(held, c)
		return
	}
	t.Skip("the pool has no limit below 200 connections")
}
