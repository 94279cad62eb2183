package webtest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// QueryEntry is one database query.
type QueryEntry struct {
	SQL  string
	Args []any
	Took time.Duration
}

type queryLog struct{}

func (rec *record) entries() []QueryEntry { return nil }

// queryCount counts the queries of all of a client's requests.
type queryCount struct {
	mu      sync.Mutex // guards entries
	entries []QueryEntry
}

func (q *queryCount) watch(ctx context.Context, rec *record) context.Context { return ctx }

func (q *queryCount) add(entries []QueryEntry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.entries = append(q.entries, entries...)
}

func (q *queryCount) since(n int) []QueryEntry {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.entries[n:]
}

// MaxQueries fails the test if the requests that f makes need more than n queries; it lists them.
func (c *Client) MaxQueries(n int, f func()) {
	c.t.Helper()
	if got := c.queriesOf(f); len(got) > n {
		c.t.Errorf("webtest: %d queries, want at most %d:\n%s", len(got), n, list(got))
	}
}

// NumQueries fails the test unless the requests that f makes need exactly n queries. Django: assertNumQueries.
func (c *Client) NumQueries(n int, f func()) {
	c.t.Helper()
	if got := c.queriesOf(f); len(got) != n {
		c.t.Errorf("webtest: %d queries, want %d:\n%s", len(got), n, list(got))
	}
}

func (c *Client) queriesOf(f func()) []QueryEntry {
	before := len(c.log.since(0))
	f()
	return c.log.since(before)
}

func list(entries []QueryEntry) string {
	var b strings.Builder
	for i, entry := range entries {
		fmt.Fprintf(&b, "%3d. %s\n", i+1, entry.SQL)
	}
	return b.String()
}
