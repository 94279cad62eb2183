package dialecttest

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// RunKilled runs the test of connections that an operator ends while they work, and of contexts that end at the same time.
// What was written must be there, errors must be orm.ErrConnectionLost or the context's, and the pool must go on. Open opens
// a pool of a few connections to an empty database; kill ends them all, from a connection of its own, and says how many.
func RunKilled(t *testing.T, open func(t testing.TB) *orm.DB, kill func(t testing.TB) int) {
	t.Helper()
	NoLeaks(t)
	db := open(t)
	t.Cleanup(func() { must(t, db.Close()) })
	w := &workload{t: t, ctx: orm.WithPoolWait(orm.WithDatabase(t.Context(), db), patience)}
	must(t, exec(&env{ctx: w.ctx}, "CREATE TABLE restarts (n bigint NOT NULL PRIMARY KEY)"))
	stop := w.start(6)
	defer stop()
	var cancels sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		cancels.Go(func() { w.cancelling(done) })
	}
	killed := 0
	for until := time.Now().Add(2 * time.Second); time.Now().Before(until) || killed < 20; time.Sleep(15 * time.Millisecond) {
		killed += kill(t)
	}
	close(done)
	cancels.Wait()
	w.progress(t, 50)
	stop()
	w.verify(t)
	together(t, w.ctx, 3)
	checkIdle(t, db)
	t.Logf("%d connections were ended", killed)
}

// cancelling writes and reads with contexts that end soon, until done is closed. A write that it was told of is there.
func (w *workload) cancelling(done chan struct{}) {
	for {
		select {
		case <-done:
			return
		default:
		}
		number := w.next.Add(1)
		ctx, cancel := context.WithTimeout(w.ctx, rand.N(3*time.Millisecond))
		err := orm.Atomic(ctx, func(ctx context.Context) error {
			if err := orm.QueryRows(ctx, "SELECT COUNT(*) FROM restarts", nil, func([]any) error { return nil }); err != nil {
				return err
			}
			_, err := orm.Exec(ctx, "INSERT INTO restarts (n) VALUES (?)", number)
			return err
		})
		cancel()
		switch {
		case err == nil:
			w.mu.Lock()
			w.acked = append(w.acked, number)
			w.mu.Unlock()
		case !errors.Is(err, orm.ErrConnectionLost) && !errors.Is(err, context.DeadlineExceeded):
			w.t.Errorf("an error of a context that ends: %v", err)
		}
	}
}
