package devserver_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nuages-go/nuages/server/devserver"
)

// program is the site under test: it serves one word, and pages with the script.
const program = `package main

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/nuages-go/nuages/server"
	"github.com/nuages-go/nuages/server/devserver"
)

func main() {
	child, err := devserver.Join(os.Getenv(devserver.Variable))
	if err != nil {
		panic(err)
	}
	if word == "broken" {
		child.Failed("?: (templates.E002) templates/x.html:1:2: unknown tag")
		os.Exit(1)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	go func() { <-child.Gone(); cancel(); time.Sleep(time.Second); os.Exit(1) }()
	child.Ready([]string{os.Args[1]})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(word + child.Script("n")))
	})
	server.Serve(ctx, child.Handler(handler), server.Options{Listener: child.Listener, IdleGrace: 1, OnDrain: child.Stop})
}
`

// site is a project on disk under a running parent.
type site struct {
	dir, url string
	mu       sync.Mutex
	log      []string
}

func (s *site) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(s.dir, name)
	_ = os.MkdirAll(filepath.Dir(path), 0o755)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// get fetches the front page; every failure is one, since requests are to wait.
func (s *site) get(t *testing.T) (int, string) {
	t.Helper()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, nil)
	req.Header.Set("Accept", "text/html")
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("get: %v\n%s", err, s.logged())
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// eventually asks until the page holds text.
func (s *site) eventually(t *testing.T, text string) time.Duration {
	t.Helper()
	began := time.Now()
	for time.Since(began) < 30*time.Second {
		if _, body := s.get(t); strings.Contains(body, text) {
			return time.Since(began)
		}
		time.Sleep(10 * time.Millisecond)
	}
	_, body := s.get(t)
	t.Fatalf("the page never had %q:\n%s\n%s", text, body, s.logged())
	return 0
}

func (s *site) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.log, "\n")
}

func startSite(t *testing.T, poll bool) *site {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a program")
	}
	framework, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{dir: t.TempDir()}
	s.write(t, "main.go", program)
	s.write(t, "word.go", "package main\n\nconst word = \"first\"\n")
	s.write(t, "live/page.html", "x")
	s.write(t, "app/templates/x.html", "{% nosuch %}\n")
	mod, err := os.ReadFile(filepath.Join(framework, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(mod), "module github.com/nuages-go/nuages", "module example.com/site", 1)
	s.write(t, "go.mod", text+"\nrequire github.com/nuages-go/nuages v0.0.0\nreplace github.com/nuages-go/nuages => "+framework+"\n")
	sum, _ := os.ReadFile(filepath.Join(framework, "go.sum"))
	s.write(t, "go.sum", string(sum))

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + l.Addr().String() + "/"
	say := func(text string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.log = append(s.log, text)
	}
	null, _ := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- devserver.Run(ctx, devserver.Options{
			Listener: l, Dir: s.dir, Args: []string{filepath.Join(s.dir, "live")}, Poll: poll, Log: say, Stdout: null, Stderr: null,
			Environ: os.Environ(), Rebuild: true,
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return s
}

func TestRebuildAndRecover(t *testing.T) {
	for _, poll := range []bool{false, true} {
		t.Run(fmt.Sprintf("poll %v", poll), func(t *testing.T) {
			t.Parallel()
			s := startSite(t, poll)
			s.eventually(t, "first")

			s.write(t, "word.go", "package main\n\nconst word = \"second\"\n")
			t.Logf("edit to answer: %s", s.eventually(t, "second"))

			s.write(t, "word.go", "package main\n\nconst word = second\n")
			s.eventually(t, "undefined: second")
			if status, body := s.get(t); status != http.StatusInternalServerError || !strings.Contains(body, `<i>3</i>const word = second`) || !strings.Contains(body, "reload.js") {
				t.Errorf("page of a compile error: %d\n%s", status, body)
			}

			s.write(t, "more/more.go", "package more\n\nconst Word = \"third\"\n") // a new directory
			s.write(t, "word.go", "package main\n\nimport \"example.com/site/more\"\n\nconst word = more.Word\n")
			s.eventually(t, "third")
			s.write(t, "more/more.go", "package more\n\nconst Word = \"fourth\"\n")
			s.eventually(t, "fourth")

			s.write(t, "more/more.go", "package more\n\nconst Word = \"broken\"\n")
			s.eventually(t, "The site does not start")
			if _, body := s.get(t); !strings.Contains(body, "<b>unknown tag</b><span>templates/x.html:1:2</span>") || !strings.Contains(body, "{% nosuch %}") {
				t.Errorf("page of a site that does not start:\n%s", body)
			}
			s.write(t, "more/more.go", "package more\n\nconst Word = \"fifth\"\n")
			s.eventually(t, "fifth")
		})
	}
}

func TestOpenPagesFollow(t *testing.T) {
	t.Parallel()
	s := startSite(t, false)
	s.eventually(t, "first")
	_, body := s.get(t)
	if !strings.Contains(body, `<script src="/__nuages__/reload.js" data-run="`) || !strings.Contains(body, `nonce="n"`) {
		t.Errorf("no script in %q", body)
	}
	resp, err := http.Get(s.url + "__nuages__/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	events := bufio.NewScanner(resp.Body)
	next := func() string {
		for events.Scan() {
			if name, ok := strings.CutPrefix(events.Text(), "event: "); ok {
				return name
			}
		}
		return "end"
	}
	if got := next(); got != "run" {
		t.Errorf("first event = %q", got)
	}
	s.write(t, "live/page.html", "y")
	if got := next(); got != "changed" {
		t.Errorf("after a change of a live file: %q\n%s", got, s.logged())
	}
	s.write(t, "README.md", "nobody cares")
	s.write(t, "main.go", program+"\n")
	if got := next(); got != "end" {
		t.Errorf("after a restart: %q", got)
	}
}

func TestNoSources(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("PATH", "/nowhere")
	if err := devserver.Run(t.Context(), devserver.Options{Listener: l}); err == nil || !strings.Contains(err.Error(), "no go command") {
		t.Errorf("Run = %v", err)
	}
	if _, err := exec.LookPath("go"); err == nil {
		t.Error("the test found a go command")
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	if c, err := devserver.Join(""); c != nil || err != nil {
		t.Errorf("Join of nothing = %v, %v", c, err)
	}
	if _, err := devserver.Join("x"); err == nil {
		t.Error("Join(x) succeeded")
	}
}
