package testservices

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// PgBouncer is a pooler between a test and a PostgreSQL server.
type PgBouncer struct {
	// Host and Port are where it listens.
	Host string
	Port int

	*process
	user string
	old  bool
}

// NewPgBouncer starts a pooler in front of a server for this test alone, in transaction mode: each transaction gets whichever
// of two connections to the server is free. It ends with the test. Settings are more lines of its configuration:
// "default_pool_size = 5".
func NewPgBouncer(t testing.TB, server *Postgres, settings ...string) *PgBouncer {
	t.Helper()
	p, err := findPgBouncer(server, settings)
	p = have(t, p, err, "pgbouncer", "pgbouncer")
	t.Cleanup(p.end)
	return p
}

func findPgBouncer(server *Postgres, settings []string) (*PgBouncer, error) {
	dir := lookDir("pgbouncer", "/usr/sbin")
	if dir == "" {
		return nil, errMissing
	}
	var problems []error
	for range 3 { // another process may take the free port before the pooler does
		p, err := startPgBouncer(filepath.Join(dir, "pgbouncer"), server, settings)
		if err == nil {
			return p, nil
		}
		problems = append(problems, err)
	}
	return nil, errors.Join(problems...)
}

func startPgBouncer(program string, server *Postgres, settings []string) (*PgBouncer, error) {
	p := &PgBouncer{Host: "127.0.0.1", user: server.User}
	version, err := exec.Command(program, "--version").Output()
	if err != nil {
		return nil, err
	}
	var major, minor int
	if _, err := fmt.Sscanf(string(version), "PgBouncer %d.%d", &major, &minor); err != nil {
		return nil, fmt.Errorf("%s: version %q: %w", program, version, err)
	}
	p.old = major == 1 && minor < 19
	dir, err := os.MkdirTemp("", "nuages-pgbouncer-")
	if err != nil {
		return nil, err
	}
	as, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	if p.Port, err = freePort(); err != nil {
		return nil, err
	}
	users, config := filepath.Join(dir, "users.txt"), filepath.Join(dir, "pgbouncer.ini")
	lines := append([]string{
		"[databases]", fmt.Sprintf("* = host=%s port=%d", server.Host, server.Port),
		"[pgbouncer]", "listen_addr = " + p.Host, "listen_port = " + strconv.Itoa(p.Port), "unix_socket_dir =",
		"auth_type = trust", "auth_file = " + users, "pool_mode = transaction", "default_pool_size = 2", "max_client_conn = 200",
	}, settings...)
	for file, text := range map[string]string{users: fmt.Sprintf("%q \"\"\n", p.user), config: strings.Join(lines, "\n") + "\n"} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	p.process = &process{dir: dir, fast: syscall.SIGTERM, hard: syscall.SIGKILL, ready: p.answers}
	if err := p.start(ctx, as, []string{program, config}); err != nil {
		return nil, err
	}
	return p, nil
}

// EndsAtCancel says that the pooler is of version 1.18 or older, which now and then ends when a client asks it to cancel a
// statement (FATAL bad client state: 0): a mistake of its own, for which tests that cancel look.
func (p *PgBouncer) EndsAtCancel() bool { return p.old }

// Ended says that the pooler has ended.
func (p *PgBouncer) Ended() bool {
	select {
	case <-p.ended:
		return true
	case <-time.After(time.Second): // it may be about to
		return false
	}
}

// answers says whether the pooler takes connections.
func (p *PgBouncer) answers(ctx context.Context) bool {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.address())
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

func (p *PgBouncer) address() string { return net.JoinHostPort(p.Host, strconv.Itoa(p.Port)) }

// Through is the address of a database of the server by way of the pooler; url is its own address.
func (p *PgBouncer) Through(t testing.TB, url string) string {
	t.Helper()
	head, rest, ok := strings.Cut(url, "@")
	_, database, found := strings.Cut(rest, "/")
	if !ok || !found {
		t.Fatalf("testservices: %q is no address of a database", url)
	}
	return head + "@" + p.address() + "/" + database
}
