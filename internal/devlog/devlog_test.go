package devlog_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/devlog"
)

func TestHandler(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	log := slog.New(devlog.New(&b, devlog.Options{Color: true}))
	log.Debug("not shown")
	log.Info("plain words", "n", 1, "text", "two words", "took", 1234567*time.Nanosecond)
	log.With("id", "x").WithGroup("g").Warn("evil \x1b[31m\nline", "path", "/a\nb\x1b[2J", "err", errors.New("e"))
	log.Error("bad", slog.Group("req", "method", "GET"), "stack", "main.a\n\tfile.go:1")
	want := []string{
		"\x1b[32mINFO\x1b[0m plain words n=1 text=\"two words\" took=1.23ms\n",
		"\x1b[1;33mWARN\x1b[0m \"evil \\x1b[31m\\nline\" id=x g.path=\"/a\\nb\\x1b[2J\" g.err=e\n",
		"\x1b[1;31mERROR\x1b[0m bad req.method=GET stack=\n    main.a\n    \tfile.go:1\n",
	}
	for _, line := range want {
		if !strings.Contains(b.String(), line) {
			t.Errorf("log has no %q:\n%q", line, b.String())
		}
	}
	if strings.Contains(b.String(), "not shown") {
		t.Error("debug record written")
	}
}
