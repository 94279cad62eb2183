package webtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// queryCount holds the queries of all of a client's requests.
type queryCount struct {
	mu      sync.Mutex // guards entries
	entries []orm.QueryEntry
}

func (q *queryCount) add(entries []orm.QueryEntry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.entries = append(q.entries, entries...)
}

func (q *queryCount) since(n int) []orm.QueryEntry {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.entries[n:])
}

// MaxQueries fails the test if the requests that f makes with the client need more than n queries; it lists them.
func (c *Client) MaxQueries(n int, f func()) {
	c.t.Helper()
	if got := c.queriesOf(f); len(got) > n {
		c.t.Errorf("webtest: %d queries, want at most %d:\n%s", len(got), n, list(got))
	}
}

// NumQueries fails the test unless the requests that f makes with the client need exactly n queries. Django:
// assertNumQueries.
func (c *Client) NumQueries(n int, f func()) {
	c.t.Helper()
	if got := c.queriesOf(f); len(got) != n {
		c.t.Errorf("webtest: %d queries, want %d:\n%s", len(got), n, list(got))
	}
}

func (c *Client) queriesOf(f func()) []orm.QueryEntry {
	before := len(c.log.since(0))
	f()
	return c.log.since(before)
}

// MaxQueries fails the test if f, with the context that it gets, makes more than n queries. For requests there is the
// client's method of that name.
func MaxQueries(t testing.TB, ctx context.Context, n int, f func(ctx context.Context)) {
	t.Helper()
	var log orm.QueryLog
	f(orm.WithQueryLog(ctx, &log))
	if got := statements(&log); len(got) > n {
		t.Errorf("webtest: %d queries, want at most %d:\n%s", len(got), n, list(got))
	}
}

// statements are the queries of a log without what begins and ends transactions. A nil log has none.
func statements(log *orm.QueryLog) []orm.QueryEntry {
	if log == nil {
		return nil
	}
	return slices.DeleteFunc(log.Entries(), func(entry orm.QueryEntry) bool {
		word, _, _ := strings.Cut(entry.SQL, " ")
		switch word {
		case "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE":
			return true
		}
		return false
	})
}

func list(entries []orm.QueryEntry) string {
	var b strings.Builder
	for i, entry := range entries {
		fmt.Fprintf(&b, "%3d. %s\n     %v %s\n", i+1, entry.SQL, entry.Args, entry.Caller)
	}
	for _, d := range orm.DuplicatesOf(entries) {
		fmt.Fprintf(&b, "     ran %d times, first from %s: %s\n     %s\n", d.Count, d.Caller, d.SQL, d.Fix())
	}
	return b.String()
}
