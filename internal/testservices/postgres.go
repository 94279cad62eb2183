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
	"testing"
	"time"
)

// Postgres is a running PostgreSQL server of this test binary.
type Postgres struct {
	// Host and Port are where it listens; User may do anything and has no password.
	Host string
	Port int
	User string

	bin       string
	databases atomic.Int64
}

// startTimeout bounds the start of a server, for slow machines.
const startTimeout = 60 * time.Second

// postgres is the server that the tests of this binary share.
var postgres = sync.OnceValues(func() (*Postgres, error) {
	bin := lookDir("postgres", "/usr/lib/postgresql/*/bin")
	if bin == "" {
		return nil, errMissing
	}
	var problems []error
	for range 3 { // another process may take the free port before the server does
		server, err := startPostgres(bin)
		if err == nil {
			return server, nil
		}
		problems = append(problems, err)
	}
	return nil, errors.Join(problems...)
})

var errMissing = errors.New("testservices: program not found")

// StartPostgres returns the test binary's PostgreSQL server, which the first call starts. Durability is off: the server
// is for tests alone.
func StartPostgres(t testing.TB) *Postgres {
	t.Helper()
	server, err := postgres()
	if errors.Is(err, errMissing) {
		missing(t, "postgres", "postgresql")
	}
	if err != nil {
		t.Fatalf("testservices: PostgreSQL does not start: %v", err)
	}
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

// supervise runs the server in $2 until the pipe at its standard input closes, which happens when the test binary ends
// in whatever way; then it stops the server by the signal $1 and removes the directory.
const supervise = `
exec 3<&0 # a command in the background gets another standard input
signal=$1; dir=$2; shift 2
"$@" 3<&- </dev/null >>"$dir/log" 2>&1 &
pid=$!
( cat <&3; kill -$signal $pid ) >/dev/null 2>&1 &
wait $pid
rm -rf "$dir"
`

func startPostgres(bin string) (*Postgres, error) {
	server := &Postgres{Host: "127.0.0.1", User: "postgres", bin: bin}
	dir, err := os.MkdirTemp("", "nuages-postgres-")
	if err != nil {
		return nil, err
	}
	data, log := filepath.Join(dir, "data"), filepath.Join(dir, "log")
	as, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}

	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", server.User,
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	as(initdb)
	if err := run(initdb); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}

	if server.Port, err = freePort(); err != nil {
		return nil, err
	}
	supervisor := exec.Command("sh", "-c", supervise, "sh", "INT", dir, filepath.Join(bin, "postgres"), "-D", data,
		"-h", server.Host, "-p", strconv.Itoa(server.Port), "-k", "",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200",
		"-c", "autovacuum=off", "-c", "shared_buffers=32MB")
	as(supervisor)
	// Nobody writes to this pipe: its closing is the message.
	alive, err := supervisor.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := supervisor.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		_ = supervisor.Wait() // its exit status says nothing; the log does
		close(ended)
	}()

	if err := server.ready(ctx, ended); err != nil {
		text, _ := os.ReadFile(log)
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, text), alive.Close())
	}
	return server, nil
}

// ready waits until the server answers.
func (p *Postgres) ready(ctx context.Context, ended <-chan struct{}) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		check := exec.CommandContext(ctx, filepath.Join(p.bin, "pg_isready"), "-q", "-h", p.Host, "-p", strconv.Itoa(p.Port))
		if check.Run() == nil {
			return nil
		}
		select {
		case <-ended:
			return errors.New("the server ended at once")
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
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
