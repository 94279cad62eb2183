package migrate_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/signals"
)

// TestFlushSendsPostMigrate has a receiver that keeps a row which must always be there.
func TestFlushSendsPostMigrate(t *testing.T) {
	t.Parallel()
	var seen []string
	hub, err := signals.NewHub(signals.Options{}, migrate.PostMigrate.On(func(ctx context.Context, e migrate.Event) error {
		seen = append(seen, fmt.Sprintf("%s %s %d v%d %t", e.App, e.DB, len(e.Plan), e.Verbosity, e.State.ByLabel("blog.Post") != nil))
		return orm.Create(ctx, &Post2{ID: 1, Headline: "Welcome"})
	}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, apps := open(t), blog2(t)
	apps[0].Migrations, err = migrate.Plan([]migrate.App{{Label: "blog", Models: apps[0].Models}})
	if err != nil {
		t.Fatal(err)
	}

	if err := migrate.Flush(orm.WithSignals(ctx, hub), apps, migrate.Options{}); err != nil || len(seen) > 0 {
		t.Fatalf("flush of a database without tables: %v, receivers were called for %v", err, seen)
	}
	if _, err := call(t, ctx, apps, "", "migrate"); err != nil {
		t.Fatal(err)
	}
	if err := orm.Create(ctx, &Post2{ID: 7, Headline: "Old"}); err != nil {
		t.Fatal(err)
	}
	out, err := call(t, orm.WithSignals(ctx, hub), apps, "", "flush", "-v", "2")
	if err != nil || !strings.Contains(out, "Running post-migrate handlers for application blog") {
		t.Errorf("flush: %v, %q", err, out)
	}
	if want := []string{"blog default 0 v2 true"}; !slices.Equal(seen, want) {
		t.Errorf("receivers saw %q, want %q", seen, want)
	}
	posts, err := orm.Objects[Post2]().All(ctx)
	if err != nil || len(posts) != 1 || posts[0].Headline != "Welcome" {
		t.Errorf("after flush there are %v, %v", posts, err)
	}
}
