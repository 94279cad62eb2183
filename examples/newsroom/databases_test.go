package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/webtest"
)

// pages are what a visitor of the newspaper sees. None of them depends on the time or the address.
var pages = []string{"/", "/?page=3", "/?page=last", "/article/200", "/article/100", "/article/1", "/tag/harbour", "/tag/archive", "/about", "/latest.json"}

// TestDatabases builds the program and gives it nothing but another DATABASE_URL: on each database it migrates, loads its
// articles, shows the same pages, and shows them again after a restart.
func TestDatabases(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("skipped: builds a program and starts two servers")
	}
	program := filepath.Join(t.TempDir(), "newsroom")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}

	want := visit(t, &paper{program: program, url: "sqlite:///" + filepath.Join(t.TempDir(), "news.sqlite3")})
	t.Run("postgres", func(t *testing.T) {
		p := &paper{program: program, url: testservices.StartPostgres(t).NewDatabase(t)}
		compare(t, want, visit(t, p))
		if out := p.call(t, "sqlsequencereset", "news"); strings.Count(out, "setval(") != 4 {
			t.Errorf("sqlsequencereset says %q", out)
		}
		p.shell(t, "psql", "-tA", "-c", "SELECT COUNT(*) FROM news_article")
	})
	t.Run("mysql", func(t *testing.T) {
		p := &paper{program: program, url: testservices.StartMariaDB(t).NewDatabase(t)}
		compare(t, want, visit(t, p))
		if out := p.call(t, "sqlsequencereset", "news"); out != "" {
			t.Errorf("sqlsequencereset says %q", out)
		}
		p.shell(t, "mariadb", "-N", "-e", "SELECT COUNT(*) FROM news_article")
	})
}

// visit makes a newspaper, reads its pages, and reads them again after a restart.
func visit(t *testing.T, p *paper) map[string]string {
	t.Helper()
	p.call(t, "check", "--deploy", "--fail-level", "CRITICAL")
	p.call(t, "migrate")
	if out := p.call(t, "loadsample"); !strings.Contains(out, "Loaded 200 articles") {
		t.Errorf("loadsample says %q", out)
	}
	p.call(t, "makemigrations", "--check", "--dry-run")
	before := p.serve(t)
	if out := p.call(t, "loadsample"); !strings.Contains(out, "There are 200 articles already") {
		t.Errorf("a second loadsample says %q", out)
	}
	compare(t, before, p.serve(t))

	// Emptied, the newspaper fills again as the first time, keys included.
	if out := p.call(t, "sqlflush"); !strings.Contains(out, "news_article_tags") || strings.Contains(out, "django_migrations") {
		t.Errorf("sqlflush says %q", out)
	}
	p.call(t, "flush", "--noinput")
	p.call(t, "loadsample")
	compare(t, before, p.serve(t))
	return before
}

// shell counts the articles by the database's own program.
func (p *paper) shell(t *testing.T, program string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Logf("%s is not installed", program)
		return
	}
	if out := p.call(t, append([]string{"dbshell", "--"}, args...)...); strings.TrimSpace(out) != "200" {
		t.Errorf("dbshell says %q, want 200", out)
	}
}

func compare(t *testing.T, want, got map[string]string) {
	t.Helper()
	for _, page := range pages {
		if got[page] != want[page] {
			t.Errorf("%s differs:\n%s\nwant:\n%s", page, got[page], want[page])
		}
	}
}

// paper is a newspaper on a database.
type paper struct{ program, url string }

func (p *paper) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.program, args...)
	cmd.Dir = filepath.Dir(p.program)
	cmd.Env = append(os.Environ(), "DATABASE_URL="+p.url, "DEBUG=false", "ALLOWED_HOSTS=127.0.0.1", "SECRET_KEY=a-key-for-the-newspaper-under-test-and-for-nothing-else-at-all")
	return cmd
}

func (p *paper) call(t *testing.T, args ...string) string {
	t.Helper()
	out, err := p.command(t.Context(), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

var servingAt = regexp.MustCompile(`serving at (http://\S+)`)

// serve starts the site, reads all pages and stops it.
func (p *paper) serve(t *testing.T) map[string]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := p.command(ctx, "serve", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := ""
	lines := bufio.NewScanner(out)
	for address == "" && lines.Scan() {
		if m := servingAt.FindStringSubmatch(lines.Text()); m != nil {
			address = strings.TrimSuffix(m[1], "/")
		}
	}
	if address == "" {
		t.Fatalf("the site did not start: %v", cmd.Wait())
	}
	bodies := map[string]string{}
	for _, page := range pages {
		body, err := read(ctx, address+page)
		if err != nil {
			t.Error(err)
		}
		bodies[page] = strings.ReplaceAll(body, address, "http://site")
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	_, _ = io.Copy(io.Discard, out) // until the program ends
	if exit, ok := errors.AsType[*exec.ExitError](cmd.Wait()); ok && exit.ExitCode() != 0 {
		t.Errorf("the site ended with %v", exit)
	}
	return bodies
}

func read(ctx context.Context, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s\n%s", address, resp.Status, body)
	}
	return string(body), err
}

// TestQueriesOnServers: on the other databases pages need the same few queries.
func TestQueriesOnServers(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) (*orm.DB, error){
		"postgres": func(t *testing.T) (*orm.DB, error) {
			return postgres.Open(testservices.StartPostgres(t).NewDatabase(t), postgres.Options{})
		},
		"mysql": func(t *testing.T) (*orm.DB, error) {
			return mysql.Open(testservices.StartMariaDB(t).NewDatabase(t), mysql.Options{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := open(t)
			if err != nil {
				t.Fatal(err)
			}
			client := webtest.New(t, site(), webtest.Database("default", db))
			if out, err := client.Call("loadsample"); err != nil {
				t.Fatalf("loadsample: %v\n%s", err, out)
			}
			client.MaxQueries(3, func() { client.Get("/?page=2") })
			client.MaxQueries(4, func() { client.Get("/article/100") })
			client.MaxQueries(4, func() { client.Get("/tag/city") })
			client.MaxQueries(2, func() { client.Get("/latest.json") })
			client.Get("/article/99999").AssertStatus(404)
		})
	}
}
