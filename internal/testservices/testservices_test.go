package testservices_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/nuages-go/nuages/internal/testservices"
)

func query(t *testing.T, url, sql string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(ctx); err != nil {
			t.Error(err)
		}
	}()
	var text string
	err = conn.QueryRow(ctx, sql).Scan(&text)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) { // a statement without rows
		t.Fatal(err)
	}
	return text
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	server := testservices.StartPostgres(t)
	if again := testservices.StartPostgres(t); again != server {
		t.Error("the second call started another server")
	}
	if server.Host != "127.0.0.1" {
		t.Errorf("Host = %q, want the loopback", server.Host)
	}

	one, two := server.NewDatabase(t), server.NewDatabase(t)
	if one == two {
		t.Fatalf("two tests got the same database %s", one)
	}
	query(t, one, "create table t (x text)")
	if got := query(t, two, "select count(*)::text from pg_tables where tablename = 't'"); got != "0" {
		t.Errorf("the other database sees %s tables, want 0", got)
	}
	if got := query(t, one, "select current_setting('server_encoding')"); got != "UTF8" {
		t.Errorf("encoding = %q, want UTF8", got)
	}
}

// TestMissing runs this test binary again without any program in sight.
func TestMissing(t *testing.T) {
	t.Parallel()
	if os.Getenv("NUAGES_TEST_CHILD") != "" {
		testservices.MissingPostgres(t)
		return
	}
	tests := []struct {
		name, ci string
		fails    bool
		want     string
	}{
		{"skipped", "", false, "skipped: needs postgres (apt-get install postgresql)"},
		{"a failure with CI", "true", true, "needs postgres (apt-get install postgresql); with CI=true that is a failure"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMissing$", "-test.v")
			cmd.Env = append(os.Environ(), "NUAGES_TEST_CHILD=1", "CI="+tt.ci)
			out, err := cmd.CombinedOutput()
			if failed := err != nil; failed != tt.fails {
				t.Errorf("failed = %v, want %v", failed, tt.fails)
			}
			if !strings.Contains(string(out), tt.want) {
				t.Errorf("output =\n%s\nwant %q", out, tt.want)
			}
		})
	}
}

// TestEnd kills a test binary that has a server and sees the server go with it.
func TestEnd(t *testing.T) {
	t.Parallel()
	if os.Getenv("NUAGES_TEST_CHILD") != "" {
		server := testservices.StartPostgres(t)
		query(t, server.URL("postgres"), "select 'x'")
		if err := os.WriteFile(os.Getenv("NUAGES_TEST_CHILD"), []byte(server.URL("postgres")), 0o600); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) // until it is killed
		return
	}
	testservices.StartPostgres(t) // skips where there is none

	address := filepath.Join(t.TempDir(), "url")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestEnd$")
	cmd.Env = append(os.Environ(), "NUAGES_TEST_CHILD="+address)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var url []byte
	for url == nil {
		time.Sleep(20 * time.Millisecond)
		url, _ = os.ReadFile(address)
		if t.Context().Err() != nil {
			t.Fatal("the child did not start a server")
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed

	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		conn, err := pgx.Connect(ctx, string(url))
		if err == nil {
			err = conn.Close(ctx)
			if time.Now().After(deadline) {
				t.Fatalf("the server outlives its test binary (%v)", err)
			}
			cancel()
			continue
		}
		cancel()
		return
	}
}

func TestMariaDB(t *testing.T) {
	t.Parallel()
	server := testservices.StartMariaDB(t)
	if again := testservices.StartMariaDB(t); again != server {
		t.Error("the second call started another server")
	}
	if one, two := server.NewDatabase(t), server.NewDatabase(t); one == two {
		t.Fatalf("two tests got the same database %s", one)
	}
}

// A server of one test comes back with its data after a stop and after a crash.
func TestRestart(t *testing.T) {
	t.Parallel()
	server := testservices.NewPostgres(t)
	url := server.NewDatabase(t)
	query(t, url, "create table t (x text)")
	for i, end := range []func(testing.TB){server.Stop, server.Kill} {
		query(t, url, "insert into t values ('x')")
		end(t)
		if conn, err := pgx.Connect(t.Context(), url); err == nil {
			_ = conn.Close(t.Context())
			t.Fatal("the stopped server takes connections")
		}
		server.Start(t)
		if got, want := query(t, url, "select count(*)::text from t"), strconv.Itoa(i+1); got != want {
			t.Errorf("%s rows after the restart, want %s", got, want)
		}
	}
}

// TestDied kills a server behind the helper's back: its log is told, and its directory removed.
func TestDied(t *testing.T) {
	t.Parallel()
	server := testservices.NewMariaDB(t)
	dir := filepath.Dir(server.Socket())
	text, err := os.ReadFile(filepath.Join(dir, "server"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	if got := testservices.Died(server); !strings.HasPrefix(got, "mariadbd ended by itself (exit status 134); its log ends with:\n") || !strings.Contains(got, "got signal 6") {
		t.Errorf("told is %q", got)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the directory is still there: %v", err)
	}
}
