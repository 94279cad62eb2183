package orm_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// lags are what a test says of its copies: negative is broken.
type lags map[*orm.DB]*atomic.Int64

func (l lags) of(_ context.Context, db *orm.DB) (time.Duration, error) {
	n := l[db].Load()
	if n < 0 {
		return 0, errors.New("broken")
	}
	return time.Duration(n), nil
}

func TestReplicasLeftOut(t *testing.T) {
	t.Parallel()
	base := several(t, "default", "r1", "r2", "r3")
	dbs := orm.DatabasesFrom(base)
	l := lags{}
	for _, db := range dbs {
		l[db] = new(atomic.Int64)
	}
	set := orm.NewReplicas("default", orm.ReplicaOptions{MaxLag: time.Second, Lag: l.of, Every: time.Nanosecond, Logger: slog.New(slog.DiscardHandler)}, "r1", "r2", "r3")
	ctx := orm.WithRouters(base, set.Router())
	six := func() string {
		return routed(t, ctx, func(ctx context.Context) {
			for range 6 {
				_, err := orm.Objects[Tag]().Count(ctx)
				must(t, err)
			}
		})
	}
	if set.Stats(ctx)[0].Fit {
		t.Error("a copy that nobody has looked at is fit")
	}
	for _, tt := range []struct {
		name string
		lag  map[string]time.Duration
		want string
	}{
		{"all fit", nil, "r1 r2 r3 r1 r2 r3"},
		{"one behind", map[string]time.Duration{"r2": 2 * time.Second}, "r1 r3 r1 r3 r1 r3"},
		{"two broken", map[string]time.Duration{"r2": -1, "r3": -1}, "r1 r1 r1 r1 r1 r1"},
		{"none fit", map[string]time.Duration{"r1": time.Minute, "r2": -1, "r3": time.Minute}, "default default default default default default"},
		{"back", map[string]time.Duration{"r1": 500 * time.Millisecond}, "r1 r2 r3 r1 r2 r3"},
	} {
		for name, db := range dbs {
			l[db].Store(int64(tt.lag[name]))
		}
		err := set.Check(ctx)
		for _, s := range set.Stats(ctx) {
			if fit := tt.lag[s.DB] >= 0 && tt.lag[s.DB] <= time.Second; s.Fit != fit || (s.Err == nil) != fit || !s.Fit && !strings.Contains(err.Error(), s.DB) {
				t.Errorf("%s: stats = %+v, Check = %v", tt.name, s, err)
			}
		}
		got := six()
		turned := strings.TrimSpace(strings.Repeat(got+" ", 2)) // the turn goes on where it was
		if !strings.Contains(turned, tt.want) {
			t.Errorf("%s: statements on %q, want %q in turn", tt.name, got, tt.want)
		}
	}
	// An object of a copy that is left out finds its relations elsewhere.
	who := &User{Username: "ada"}
	for name := range dbs {
		u := &User{Username: "ada"}
		must(t, orm.Objects[User]().Using(name).Create(base, u))
		must(t, orm.Objects[Article]().Using(name).Create(base, &Article{Title: name, Slug: "x", Author: orm.To(u)}))
	}
	must(t, set.Check(ctx))
	x, err := orm.Objects[Article]().Get(ctx)
	must(t, err)
	for name, db := range dbs {
		if name == x.Title {
			l[db].Store(-1)
		}
	}
	_ = set.Check(ctx) // says that it is broken
	got := routed(t, ctx, func(ctx context.Context) {
		who, err = x.Author.Get(ctx)
		must(t, err)
	})
	if got == x.Title || who.Username != "ada" {
		t.Errorf("the author of an article of %s was read from %s", x.Title, got)
	}
}

// The first look happens before the first read, and those who come meanwhile read from the primary.
func TestReplicasFirstLook(t *testing.T) {
	t.Parallel()
	base := several(t, "default", "r1")
	looking, release := make(chan struct{}), make(chan struct{})
	set := orm.NewReplicas("default", orm.ReplicaOptions{
		Every: time.Hour,
		Lag: func(context.Context, *orm.DB) (time.Duration, error) {
			close(looking)
			<-release
			return 0, nil
		},
	}, "r1")
	ctx := orm.WithRouters(base, set.Router())
	first := make(chan string, 1)
	count := func(ctx context.Context) {
		_, err := orm.Objects[Tag]().Count(ctx)
		must(t, err)
	}
	go func() { first <- routed(t, ctx, count) }()
	<-looking
	if got := routed(t, ctx, count); got != "default" {
		t.Errorf("meanwhile reads go to %q", got)
	}
	close(release)
	if got := <-first; got != "r1" {
		t.Errorf("the first read went to %q", got)
	}
	if s := set.Stats(ctx); len(s) != 1 || !s[0].Fit || s[0].Reads != 1 {
		t.Errorf("stats = %+v", s)
	}
	if s := set.Stats(orm.WithDatabases(ctx, orm.Databases{"default": orm.DatabasesFrom(base)["default"]})); s[0].Err == nil {
		t.Error("the stats of a copy that is not there have no error")
	}
}
