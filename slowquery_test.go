package nuages_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// sleeper serves a page whose query takes a minute, and returns its address and a context for looking at the server.
func sleeper(t *testing.T, set nuages.Settings, o postgres.Options) (string, context.Context) {
	t.Helper()
	url := testservices.StartPostgres(t).NewDatabase(t)
	db, err := postgres.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	look, err := postgres.Open(url, postgres.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := look.Close(); err != nil {
			t.Error(err)
		}
	})
	set.SecretKey, set.AllowedHosts, set.Databases = key, []string{"127.0.0.1"}, orm.Databases{"default": db}
	app := build(t, nuages.Site{Settings: set, URLs: urls.Patterns{urls.Path("", web.View(func(r *web.Request) (*web.Response, error) {
		if _, err := orm.Exec(r.Context(), "SELECT pg_sleep(60)"); err != nil {
			return nil, err
		}
		return web.Text("awake"), nil
	}))}})
	server := httptest.NewServer(app.Handler())
	t.Cleanup(server.Close)
	return server.URL, orm.WithDatabase(t.Context(), look)
}

// awaitSleepers waits until that many of the slow queries run on the server.
func awaitSleepers(t *testing.T, ctx context.Context, want int64) {
	t.Helper()
	got := int64(-1)
	for range 1000 {
		err := orm.QueryRows(ctx, "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep%'", nil,
			func(columns []any) error { got = columns[0].(int64); return nil })
		if err != nil {
			t.Fatal(err)
		}
		if got == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%d slow queries run on the server, want %d", got, want)
}

func TestClientThatLeavesEndsItsQuery(t *testing.T) {
	t.Parallel()
	address, look := sleeper(t, nuages.Settings{}, postgres.Options{})
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	done := make(chan error, 1)
	go func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err == nil {
			var resp *http.Response
			if resp, err = http.DefaultClient.Do(req); err == nil {
				err = resp.Body.Close()
			}
		}
		done <- err
	}()
	awaitSleepers(t, look, 1)
	leave()
	if err := <-done; err == nil {
		t.Error("the client got an answer")
	}
	awaitSleepers(t, look, 0)
}

func TestSlowQueryIsAnErrorPage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		set    nuages.Settings
		o      postgres.Options
		status int
		want   string
	}{
		{"request timeout", nuages.Settings{RequestTimeout: 200 * time.Millisecond}, postgres.Options{}, 503, "Service Unavailable"},
		{"request timeout, debug", nuages.Settings{Debug: true, RequestTimeout: 200 * time.Millisecond}, postgres.Options{}, 503, "the request took too long"},
		{"statement timeout", nuages.Settings{}, postgres.Options{StatementTimeout: 200 * time.Millisecond}, 500, "Server Error"},
		{"statement timeout, debug", nuages.Settings{Debug: true}, postgres.Options{StatementTimeout: 200 * time.Millisecond}, 500, "statement timeout"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			address, look := sleeper(t, tt.set, tt.o)
			resp, err := http.Get(address)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil || resp.StatusCode != tt.status || !strings.Contains(string(body), tt.want) {
				t.Errorf("%v, status %d, want %d with %q:\n%.600s", err, resp.StatusCode, tt.status, tt.want, body)
			}
			awaitSleepers(t, look, 0)
		})
	}
}
