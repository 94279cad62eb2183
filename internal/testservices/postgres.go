package testservices

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Postgres is a running PostgreSQL server of this test binary.
type Postgres struct {
	// Host and Port are where it listens; User may do anything and has no password.
	Host string
	Port int
	User string

	*process
	bin       string
	databases atomic.Int64
}

// startTimeout bounds the start of a server, for slow machines.
const startTimeout = 60 * time.Second

// postgres is the server that the tests of this binary share.
var postgres = sync.OnceValues(func() (*Postgres, error) {
	return findPostgres(initDB, "synchronous_commit=off")
})

// findPostgres starts a server with further settings.
func findPostgres(data dataFrom, settings ...string) (*Postgres, error) {
	bin := lookDir("postgres", "/usr/lib/postgresql/*/bin")
	if bin == "" {
		return nil, errMissing
	}
	var problems []error
	for range 3 { // another process may take the free port before the server does
		server, err := startPostgres(bin, data, settings)
		if err == nil {
			return server, nil
		}
		problems = append(problems, err)
	}
	return nil, errors.Join(problems...)
}

var errMissing = errors.New("testservices: program not found")

// StartPostgres returns the test binary's PostgreSQL server, which the first call starts. Durability is off: the server
// is for tests alone.
func StartPostgres(t testing.TB) *Postgres {
	t.Helper()
	server, err := postgres()
	return have(t, server, err, "postgres", "postgresql")
}

// NewPostgres starts a server for this test alone, which may be stopped and started again: what it has committed is there
// after Kill too. It ends with the test. Settings are the server's: "max_connections=5".
func NewPostgres(t testing.TB, settings ...string) *Postgres {
	t.Helper()
	server, err := findPostgres(initDB, settings...)
	server = have(t, server, err, "postgres", "postgresql")
	t.Cleanup(server.end)
	return server
}

// URL is the address of a database of the server.
func (p *Postgres) URL(database string) string {
	return fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable", p.User, net.JoinHostPort(p.Host, strconv.Itoa(p.Port)), database)
}

// NewDatabase makes an empty database for one test and returns its URL. It is dropped when the test ends, even while
// connections to it are open.
func (p *Postgres) NewDatabase(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", p.databases.Add(1))
	if err := p.run("createdb", name); err != nil {
		t.Fatalf("testservices: %v", err)
	}
	t.Cleanup(func() {
		if err := p.run("dropdb", "--force", name); err != nil {
			t.Errorf("testservices: %v", err)
		}
	})
	return p.URL(name)
}

func (p *Postgres) run(program, database string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	args = append([]string{"-h", p.Host, "-p", strconv.Itoa(p.Port), "-U", p.User}, append(args, database)...)
	if program == "dropdb" {
		args = append([]string{"--if-exists"}, args...)
	}
	return run(exec.CommandContext(ctx, filepath.Join(p.bin, program), args...))
}

// dataFrom returns the command that makes the data directory of a server.
type dataFrom func(ctx context.Context, bin, dir string) *exec.Cmd

// initDB makes an empty one.
func initDB(ctx context.Context, bin, dir string) *exec.Cmd {
	return exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", dir, "-U", superuser, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
}

const superuser = "postgres"

// NewStandby starts a second server that follows this one by streaming replication and answers questions.
func (p *Postgres) NewStandby(t testing.TB) *Postgres {
	t.Helper()
	server, err := findPostgres(func(ctx context.Context, bin, dir string) *exec.Cmd {
		return exec.CommandContext(ctx, filepath.Join(bin, "pg_basebackup"), "-h", p.Host, "-p", strconv.Itoa(p.Port), "-U", p.User,
			"-D", dir, "-R", "-X", "stream", "--checkpoint=fast", "--no-sync")
	}, "hot_standby=on", "wal_receiver_status_interval=1s", "wal_retrieve_retry_interval=100ms")
	server = have(t, server, err, "postgres", "postgresql")
	t.Cleanup(server.end)
	return server
}

func startPostgres(bin string, from dataFrom, settings []string) (*Postgres, error) {
	server := &Postgres{Host: "127.0.0.1", User: superuser, bin: bin}
	dir, err := scratch("nuages-postgres-")
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	as, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}

	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	initdb := from(ctx, bin, data)
	as(initdb)
	if err := run(initdb); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}

	if server.Port, err = freePort(); err != nil {
		return nil, err
	}
	args := []string{
		filepath.Join(bin, "postgres"), "-D", data, "-h", server.Host, "-p", strconv.Itoa(server.Port), "-k", socketDir(dir),
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "autovacuum=off", "-c", "shared_buffers=32MB", "-c", "max_wal_size=128MB",
	}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	server.process = &process{dir: dir, fast: syscall.SIGINT, hard: syscall.SIGQUIT, ready: server.answers}
	if err := server.start(ctx, as, args); err != nil {
		return nil, err
	}
	return server, nil
}

// socketDir is where the server's Unix socket goes: nowhere if the name would be longer than systems take.
func socketDir(dir string) string {
	if len(dir) > 80 {
		return ""
	}
	return dir
}

// Socket is the directory of the server's Unix socket, "" if there is none.
func (p *Postgres) Socket() string { return socketDir(p.dir) }

// answers says whether the server takes connections.
func (p *Postgres) answers(ctx context.Context) bool {
	return exec.CommandContext(ctx, filepath.Join(p.bin, "pg_isready"), "-q", "-h", p.Host, "-p", strconv.Itoa(p.Port)).Run() == nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

// run runs a command; its error holds what the command printed.
func run(cmd *exec.Cmd) error {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, &out)
	}
	return nil
}
