package nuages_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// TestMain makes the test binary the site's program when it runs itself.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_SITE") != "" {
		nuages.Main(program())
	}
	os.Exit(m.Run())
}

// program is a site whose /slow takes until its client says go on, by the file that TEST_SITE names.
func program() nuages.Site {
	slow := web.View(func(r *web.Request) (*web.Response, error) {
		for range 500 {
			if _, err := os.Stat(os.Getenv("TEST_SITE")); err == nil {
				return web.Text("slow"), nil
			}
			time.Sleep(10 * time.Millisecond)
		}
		return web.Text("too slow"), nil
	})
	return nuages.Site{
		Name: "testsite", Version: "9.9", Settings: nuages.FromEnv(nuages.Settings{}), Drivers: []orm.Driver{sqlite.Driver()},
		Apps: []apps.App{{Name: "shop", Migrations: []migrate.Migration{{App: "shop", Name: "0001_initial"}}}},
		URLs: urls.Patterns{
			urls.Path("", web.View(func(*web.Request) (*web.Response, error) { return web.HTML("<html><body>hi</body></html>"), nil })),
			urls.Path("slow", slow),
		},
	}
}

// started is a run of the program.
type started struct {
	*exec.Cmd
	out  safeBuffer
	flag string // the file that lets /slow go on
}

type safeBuffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func launch(t *testing.T, dotenv string, args ...string) *started {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(dotenv), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &started{Cmd: exec.CommandContext(t.Context(), os.Args[0], args...), flag: filepath.Join(dir, "go-on")}
	s.Dir = dir
	s.Env = []string{"TEST_SITE=" + s.flag, "PATH=" + os.Getenv("PATH")}
	s.Stdout, s.Stderr = &s.out, &s.out
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// exit waits for the end and returns the exit code.
func (s *started) exit(t *testing.T) int {
	t.Helper()
	done := make(chan struct{})
	go func() { _ = s.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		_ = s.Process.Kill()
		t.Fatalf("the program does not end:\n%s", s.out.String())
	}
	return s.ProcessState.ExitCode()
}

// url waits until the program has said where it serves.
func (s *started) url(t *testing.T) string {
	t.Helper()
	for range 1000 {
		if url := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(s.out.String()); url != "" {
			return url
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("the program names no address:\n%s", s.out.String())
	return ""
}

func fetch(url string) (int, string) {
	resp, err := http.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

const production = "SECRET_KEY=" + key + "\nALLOWED_HOSTS=127.0.0.1\n"

func TestProgram(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, dotenv string
		args         []string
		code         int
		want         []string
	}{
		{"version", "", []string{"version"}, 0, []string{"testsite 9.9\nNuages " + nuages.Version + "\ngo"}},
		{"help", "", nil, 0, []string{"runserver", "serve", "check", "routes", "settings"}},
		{"unknown", "", []string{"chekc"}, 1, []string{"Did you mean check?"}},
		{"usage", production, []string{"check", "--nosuch"}, 2, []string{"unknown flag --nosuch"}},
		{"check", production, []string{"check"}, 0, []string{"System check identified no issues (0 silenced)."}},
		{"no key", "", []string{"check"}, 1, []string{"SystemCheckError", "SECRET_KEY: (settings.E001)"}},
		{
			"bad environment", "DEBUG=maybe\nSERVER_IDLE_TIMEOUT=soon\nALOWED_HOSTS=x\nSECRET_KEY='" + key,
			[]string{"check"},
			1,
			[]string{`DEBUG (.env:1): "maybe" is not a boolean`, `SERVER_IDLE_TIMEOUT (.env:2): "soon" is not a duration`, "ALOWED_HOSTS (.env:3)", ".env:4: the value of SECRET_KEY has no closing '"},
		},
		{"settings", production, []string{"settings", "ALLOWED_HOSTS", "DEBUG"}, 0, []string{".env:2", "default"}},
		{"settings in spite of mistakes", "DEBUG=maybe", []string{"settings", "DEBUG"}, 1, []string{"DEBUG", "not a boolean"}},
		{"busy port", "DEBUG=true", []string{"runserver", "nowhere:port"}, 1, []string{"server: listen on nowhere:port"}},
		{"unmigrated", production + "DATABASE_URL=sqlite:db.sqlite3", []string{"serve", "127.0.0.1:0"}, 1, []string{`database "default" lacks 1 migration: shop.0001_initial (run 'testsite migrate'`}},
		{"unmigrated and allowed", production + "DATABASE_URL=sqlite:db.sqlite3\nALLOW_UNMIGRATED=true", []string{"serve", "nowhere:port"}, 1, []string{"listen on nowhere:port"}},
		{"hosts", "SECRET_KEY=" + key, []string{"runserver", "--noreload", "127.0.0.1:0"}, 1, []string{"you must set ALLOWED_HOSTS if DEBUG is off"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := launch(t, tt.dotenv, tt.args...)
			if code := s.exit(t); code != tt.code {
				t.Errorf("%v exits with %d, want %d", tt.args, code, tt.code)
			}
			for _, want := range tt.want {
				if !strings.Contains(s.out.String(), want) {
					t.Errorf("%v printed no %q:\n%s", tt.args, want, s.out.String())
				}
			}
		})
	}
}

func TestServeStopsGracefully(t *testing.T) {
	t.Parallel()
	s := launch(t, production, "serve", "127.0.0.1:0")
	url := s.url(t)
	answer := make(chan string, 1)
	go func() { _, body := fetch(url + "slow"); answer <- body }()
	time.Sleep(200 * time.Millisecond) // the request is on its way
	_ = s.Process.Signal(syscall.SIGTERM)
	for i := 0; ; i++ {
		if status, _ := fetch(url); status == 0 {
			break
		}
		if i > 200 {
			t.Fatal("new connections are still accepted")
		}
	}
	if err := os.WriteFile(s.flag, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := <-answer; got != "slow" {
		t.Errorf("the request in flight got %q", got)
	}
	if code := s.exit(t); code != 0 {
		t.Errorf("exit code %d, want 0:\n%s", code, s.out.String())
	}
	for _, want := range []string{`"path":"/slow"`, `"status":200`, `"request_id":"`} {
		if !strings.Contains(s.out.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, s.out.String())
		}
	}
}

func TestSecondSignalStopsAtOnce(t *testing.T) {
	t.Parallel()
	s := launch(t, production, "serve", "127.0.0.1:0")
	url := s.url(t)
	go fetch(url + "slow")
	time.Sleep(200 * time.Millisecond)
	_ = s.Process.Signal(syscall.SIGTERM)
	time.Sleep(100 * time.Millisecond)
	began := time.Now()
	_ = s.Process.Signal(syscall.SIGTERM)
	if code := s.exit(t); code != 130 || time.Since(began) > 3*time.Second {
		t.Errorf("exit code %d after %s, want 130 at once", code, time.Since(began))
	}
}

func TestRunserver(t *testing.T) {
	t.Parallel()
	s := launch(t, "DEBUG=true\nDATABASE_URL=sqlite:db.sqlite3\nSECRET_KEY="+key, "runserver", "--noreload", "127.0.0.1:0")
	url := s.url(t)
	if status, body := fetch(url); status != 200 || body != "<html><body>hi</body></html>" {
		t.Errorf("GET / = %d %q", status, body)
	}
	_, _ = fetch(url + "nowhere")
	_ = s.Process.Signal(os.Interrupt)
	if code := s.exit(t); code != 0 {
		t.Errorf("exit code after Ctrl-C = %d", code)
	}
	for _, want := range []string{
		"Performing system checks...\n\nSystem check identified no issues (0 silenced).\n", "Starting development server at http://127.0.0.1:", "Quit the server with CONTROL-C.",
		"You have 1 unapplied migration. The site may not work properly until you apply the migrations for app(s): shop.\nRun 'testsite migrate' to apply them.\n",
		`] "GET / HTTP/1.1" 200 28`, `] "GET /nowhere HTTP/1.1" 404 `,
	} {
		if !strings.Contains(s.out.String(), want) {
			t.Errorf("runserver printed no %q:\n%s", want, s.out.String())
		}
	}
	if !regexp.MustCompile(`\n\[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d\] "GET`).MatchString(s.out.String()) {
		t.Errorf("no line as Django's:\n%s", s.out.String())
	}
}
