package dialecttest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// Server is a database server that can be stopped and started again at the same address: as its operator does it, and as a
// crash does.
type Server interface {
	Stop(t testing.TB)
	Kill(t testing.TB)
	Start(t testing.TB)
}

// RunRestart runs the test of a server that goes away in the middle of work and comes back. What was written before must be
// there, errors must be orm.ErrConnectionLost, and the pool must go on by itself. Open opens a pool of several connections
// to an empty database of the server.
func RunRestart(t *testing.T, server Server, open func(t testing.TB) *orm.DB) {
	t.Helper()
	NoLeaks(t)
	db := open(t)
	t.Cleanup(func() { must(t, db.Close()) })
	w := &workload{t: t, ctx: orm.WithPoolWait(orm.WithDatabase(t.Context(), db), patience)}
	must(t, exec(&env{ctx: w.ctx}, "CREATE TABLE restarts (n bigint NOT NULL PRIMARY KEY)"))
	for _, end := range []struct {
		name string
		end  func(testing.TB)
	}{{"stop", server.Stop}, {"crash", server.Kill}} {
		t.Run(end.name+" under load", func(t *testing.T) {
			stop := w.start(6)
			defer stop()
			w.progress(t, 20)
			end.end(t)
			w.failures(t, 6)
			if err := db.Ping(w.ctx); !errors.Is(err, orm.ErrConnectionLost) {
				t.Errorf("Ping without a server = %v, want ErrConnectionLost", err)
			}
			server.Start(t)
			w.progress(t, 20)
			stop()
			w.verify(t)
			checkIdle(t, db)
		})
		t.Run(end.name+" while idle", func(t *testing.T) {
			together(t, w.ctx, 4) // opens connections
			end.end(t)
			server.Start(t)
			time.Sleep(10 * time.Millisecond) // connections that were just used are not looked at
			together(t, w.ctx, 4)
			checkIdle(t, db)
		})
	}
}

// together asks n questions at once, each on a connection of its own; none may fail.
func together(t *testing.T, ctx context.Context, n int) {
	t.Helper()
	var wg, met sync.WaitGroup
	met.Add(n)
	for range n {
		wg.Go(func() {
			err := orm.AtomicWith(ctx, orm.AtomicOptions{ReadOnly: true}, func(ctx context.Context) error {
				met.Done()
				met.Wait()
				return orm.QueryRows(ctx, "SELECT COUNT(*) FROM restarts", nil, func([]any) error { return nil })
			})
			if err != nil {
				t.Errorf("a query after the restart: %v", err)
			}
		})
	}
	wg.Wait()
}

// workload is a number of goroutines that write and read all the time.
type workload struct {
	t          *testing.T
	ctx        context.Context
	next       atomic.Int64 // the number that is written next
	ok, failed atomic.Int64

	mu    sync.Mutex // guards what follows
	acked []int64    // numbers that were written for sure
	last  error      // the latest error
}

// start lets n goroutines work until stop is called, which waits for them.
func (w *workload) start(n int) (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					w.once(i)
				}
			}
		})
	}
	return sync.OnceFunc(func() { close(done); wg.Wait() })
}

// once writes a number, by one statement or in a transaction, or reads.
func (w *workload) once(kind int) {
	const insert = "INSERT INTO restarts (n) VALUES (?)"
	number := w.next.Add(1)
	var err error
	switch kind % 3 {
	case 0:
		_, err = orm.Exec(w.ctx, insert, number)
	case 1:
		err = orm.Atomic(w.ctx, func(ctx context.Context) error {
			_, err := orm.Exec(ctx, insert, number)
			return err
		})
	default:
		err = orm.QueryRows(w.ctx, "SELECT COUNT(*) FROM restarts", nil, func([]any) error { return nil })
	}
	if err == nil && kind%3 < 2 {
		w.mu.Lock()
		w.acked = append(w.acked, number)
		w.mu.Unlock()
	}
	if err == nil {
		w.ok.Add(1)
		return
	}
	w.failed.Add(1)
	w.mu.Lock()
	w.last = err
	w.mu.Unlock()
	if !errors.Is(err, orm.ErrConnectionLost) {
		w.t.Errorf("an error without a server is not ErrConnectionLost: %v", err)
	}
	time.Sleep(time.Millisecond)
}

// progress waits for n more successes of the workload, failures for n more errors.
func (w *workload) progress(t *testing.T, n int64) { t.Helper(); w.await(t, &w.ok, n, "successes") }

func (w *workload) failures(t *testing.T, n int64) { t.Helper(); w.await(t, &w.failed, n, "errors") }

func (w *workload) await(t *testing.T, counter *atomic.Int64, n int64, what string) {
	t.Helper()
	want := counter.Load() + n
	for deadline := time.Now().Add(30 * time.Second); counter.Load() < want; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.mu.Lock()
			defer w.mu.Unlock()
			t.Fatalf("no %d more %s within 30 s; the latest error: %v", n, what, w.last)
		}
	}
}

// verify sees that every number that was written is there.
func (w *workload) verify(t *testing.T) {
	t.Helper()
	var have []int64
	must(t, orm.QueryRows(w.ctx, "SELECT n FROM restarts ORDER BY n", nil, func(c []any) error {
		have = append(have, c[0].(int64))
		return nil
	}))
	lost := 0
	for _, n := range w.acked {
		if _, found := slices.BinarySearch(have, n); !found {
			lost++
		}
	}
	t.Logf("%d writes, %d of them lost; %d rows; %d errors", len(w.acked), lost, len(have), w.failed.Load())
	if lost > 0 {
		t.Errorf("%d of %d writes are lost", lost, len(w.acked))
	}
}
