package nuages_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/signals"
)

var shipped = signals.New[int]("shop.shipped")

func count(n *int) func(context.Context, int) error {
	return func(_ context.Context, by int) error { *n += by; return nil }
}

func TestSiteCallsTheReceiversOfItsApplications(t *testing.T) {
	t.Parallel()
	total := 0
	app, err := nuages.New(nuages.Site{
		Settings:  nuages.Settings{SecretKey: strings.Repeat("k", 50), AllowedHosts: []string{"example.com"}},
		Receivers: []signals.Receiver{shipped.On(count(&total)).AfterCommit()},
		Apps:      []apps.App{{Name: "shop", Receivers: []signals.Receiver{shipped.On(count(&total)).Priority(2)}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	var out bytes.Buffer
	ctx := manage.WithStreams(context.Background(), manage.Streams{Out: &out})
	if err := app.Call(ctx, "signals"); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 || !strings.Contains(lines[1], "shop.shipped") || !strings.Contains(lines[1], "sync") || !strings.Contains(lines[2], "after commit") || !strings.Contains(lines[1], "signals_test.go") {
		t.Errorf("%s", out.String())
	}
	if !shipped.HasReceivers(app.Context()) {
		t.Error("the site's context has no receivers")
	}

	_, err = nuages.New(nuages.Site{
		Settings:  nuages.Settings{SecretKey: strings.Repeat("k", 50), AllowedHosts: []string{"example.com"}},
		Receivers: []signals.Receiver{shipped.On(nil)},
	})
	if err == nil || !strings.Contains(err.Error(), "signals.E001") {
		t.Errorf("a receiver without a function: %v", err)
	}
}
