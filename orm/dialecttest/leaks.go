package dialecttest

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// ours are the parts of a stack that tell goroutines of databases from others.
var ours = []string{"nuages/orm", "jackc/", "go-sql-driver", "database/sql", "zombiezen.com", "modernc.org/sqlite"}

// NoLeaks fails the test when goroutines of the ORM, a driver or what is below it are left at its end, after all clean-ups
// that were registered later: call it first, and close databases by t.Cleanup or before.
func NoLeaks(t testing.TB) {
	t.Helper()
	before := goroutines()
	t.Cleanup(func() {
		var left []string
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			left = left[:0]
			for id, stack := range goroutines() {
				if before[id] == "" {
					left = append(left, stack)
				}
			}
			if len(left) == 0 {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("%d goroutines are left:\n\n%s", len(left), strings.Join(left, "\n\n"))
				return
			}
		}
	})
}

// goroutines are the stacks of the databases' goroutines by number, without the calling one.
func goroutines() map[string]string {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	out := map[string]string{}
	for i, stack := range strings.Split(string(buf), "\n\n") {
		number, _, _ := strings.Cut(strings.TrimPrefix(stack, "goroutine "), " ")
		if i == 0 || strings.Contains(stack, "testing.tRunner") || strings.Contains(stack, "testing.(*T).Run") {
			continue
		}
		for _, part := range ours {
			if strings.Contains(stack, part) {
				out[number] = stack
				break
			}
		}
	}
	return out
}

// checkIdle sees that no connection stayed in use.
func checkIdle(t testing.TB, db *orm.DB) {
	t.Helper()
	s, ok := db.Backend().(dialect.Statser)
	if !ok {
		return
	}
	stats := s.Stats()
	for deadline := time.Now().Add(5 * time.Second); stats.InUse > 0 && time.Now().Before(deadline); stats = s.Stats() {
		time.Sleep(5 * time.Millisecond)
	}
	if stats.InUse > 0 {
		t.Errorf("%d connections are still in use: %+v", stats.InUse, stats)
	}
	if stats.Max > 0 && stats.Open > stats.Max {
		t.Errorf("%d connections are open, of at most %d", stats.Open, stats.Max)
	}
}
