package orm_test

import (
	"fmt"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

// TestQueryLogRing: a log that is full keeps the newest entries, in their order, and counts all.
func TestQueryLogRing(t *testing.T) {
	t.Parallel()
	log := &orm.QueryLog{Limit: 5}
	ctx := orm.WithQueryLog(open(t), log)
	for i := range 13 {
		must(t, orm.QueryRows(ctx, fmt.Sprintf("SELECT %d", i), nil, func([]any) error { return nil }))
		entries := log.Entries()
		if len(entries) != min(i+1, 5) || log.Count() != i+1 {
			t.Fatalf("after %d statements: %d entries, count %d", i+1, len(entries), log.Count())
		}
		for k, e := range entries {
			if want := fmt.Sprintf("SELECT %d", i+1-len(entries)+k); e.SQL != want {
				t.Errorf("after %d statements entry %d is %q, want %q", i+1, k, e.SQL, want)
			}
		}
	}
	log.Reset()
	if len(log.Entries()) != 0 || log.Count() != 0 {
		t.Error("Reset left something")
	}
	must(t, orm.QueryRows(ctx, "SELECT 'new'", nil, func([]any) error { return nil }))
	if e := log.Entries(); len(e) != 1 || e[0].SQL != "SELECT 'new'" {
		t.Errorf("after Reset: %v", e)
	}
}
