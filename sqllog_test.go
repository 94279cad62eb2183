package nuages_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// TestStatementLog asks for a page with six times the same query.
func TestStatementLog(t *testing.T) {
	t.Parallel()
	const all, slow, again = "msg=sql ", `msg="slow sql"`, "the same query ran again and again"
	tests := []struct {
		name      string
		set       nuages.Settings
		level     slog.Level
		want, not []string
	}{
		{"debug", nuages.Settings{Debug: true}, slog.LevelDebug, []string{all, "SELECT 7 + ?", "db=default", "took=", "args=[35]", "caller=", "sqllog_test.go:", again}, []string{slow}},
		{"info", nuages.Settings{Debug: true}, slog.LevelInfo, []string{again, "times=6", "sqllog_test.go:", "fix="}, []string{all, slow, "args="}},
		{"production", nuages.Settings{}, slog.LevelDebug, nil, []string{all, slow, again, "SELECT"}},
		{"slow", nuages.Settings{SlowStatement: 1}, slog.LevelDebug, []string{slow, "SELECT 7 + ?", "level=WARN", "sqllog_test.go:"}, []string{all, "args=", again}},
		{"never slow", nuages.Settings{SlowStatement: time.Hour}, slog.LevelDebug, nil, []string{"SELECT"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db, err := sqlite.Open(filepath.Join(t.TempDir(), "db.sqlite3"), sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			tt.set.SecretKey, tt.set.AllowedHosts, tt.set.Databases = key, []string{"example.com"}, orm.Databases{"default": db}
			app := build(t, nuages.Site{
				Settings: tt.set, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: tt.level})),
				URLs: urls.Patterns{urls.Path("", web.View(func(r *web.Request) (*web.Response, error) {
					for range 6 {
						if err := orm.QueryRows(r.Context(), "SELECT 7 + ?", []any{35}, func([]any) error { return nil }); err != nil {
							return nil, err
						}
					}
					return web.Text("done"), nil
				}))},
			})
			if w := get(app.Handler(), "http://example.com/"); w.Code != 200 {
				t.Fatalf("status %d", w.Code)
			}
			for _, text := range tt.want {
				if !strings.Contains(log.String(), text) {
					t.Errorf("the log lacks %q:\n%s", text, log.String())
				}
			}
			for _, text := range tt.not {
				if strings.Contains(log.String(), text) {
					t.Errorf("the log has %q:\n%s", text, log.String())
				}
			}
		})
	}
	if _, err := nuages.New(nuages.Site{Settings: nuages.Settings{SecretKey: key, SlowStatement: -1}}); err == nil || !strings.Contains(err.Error(), "SLOW_STATEMENT") {
		t.Errorf("a negative limit: %v", err)
	}
}
