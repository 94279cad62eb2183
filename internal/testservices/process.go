package testservices

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a server that runs in a directory of its own, under a supervisor that ends it with the test binary.
type process struct {
	dir        string
	fast, hard syscall.Signal // what ends the server at once, and as a crash does
	ready      func(ctx context.Context) bool

	alive io.Closer
	ended chan struct{} // closed when the supervisor is gone
	died  string        // if the server ended by itself: its exit status and the end of its log; to be read when ended is closed
	once  sync.Once
}

// supervise runs the server in $3... until the pipe at its standard input closes, which happens when the test binary ends
// in whatever way; then it stops the server by the signal $1 and removes the directory $2. While the file "stop" is there,
// a server that ended waits to be started again. A server that ends by itself leaves the directory, and its exit status is
// the supervisor's.
const supervise = `
exec 3<&0 # a command in the background gets another standard input
signal=$1; dir=$2; shift 2
( cat <&3; : >"$dir/over"; while kill -$signal $(cat "$dir/server"); do sleep 0.1; done ) >/dev/null 2>&1 &
keeper=$!
while [ ! -e "$dir/over" ]; do
	if [ -e "$dir/stop" ]; then sleep 0.02; continue; fi
	"$@" 3<&- </dev/null >>"$dir/log" 2>&1 &
	echo $! >"$dir/server"
	status=0; wait $! || status=$?
	[ -e "$dir/stop" ] || [ -e "$dir/over" ] || { kill $keeper; exit $status; }
	rm -f "$dir/server" # last: it tells that the server may be started again
done
rm -rf "$dir"
`

// start runs the server and waits until it is ready.
func (p *process) start(ctx context.Context, as func(*exec.Cmd), args []string) error {
	supervisor := exec.Command("sh", append([]string{"-c", supervise, "sh", strconv.Itoa(int(p.fast)), p.dir}, args...)...)
	as(supervisor)
	alive, err := supervisor.StdinPipe() // nobody writes to it: its closing is the message
	if err != nil {
		return err
	}
	if err := supervisor.Start(); err != nil {
		return err
	}
	p.alive, p.ended = alive, make(chan struct{})
	go func() {
		_ = supervisor.Wait() // its exit status is asked below
		if log, missing := os.ReadFile(filepath.Join(p.dir, "log")); missing == nil {
			p.died = fmt.Sprintf("%s ended by itself (%v); its log ends with:\n%s", filepath.Base(args[0]), supervisor.ProcessState, log[max(0, len(log)-16<<10):])
			_ = os.RemoveAll(p.dir) // a temporary directory
		}
		close(p.ended)
	}()
	if err := p.await(ctx, p.ready); err != nil {
		text, _ := os.ReadFile(filepath.Join(p.dir, "log"))
		p.end()
		return fmt.Errorf("%w\n%s", err, text)
	}
	go p.watch()
	return nil
}

// watch tells when a server ends that nobody stopped: the tests then fail for a reason that only its log knows.
func (p *process) watch() {
	<-p.ended
	if p.died != "" {
		fmt.Fprintln(os.Stderr, "testservices: "+p.died)
	}
}

// await waits until something holds.
func (p *process) await(ctx context.Context, holds func(ctx context.Context) bool) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds(ctx) {
		select {
		case <-p.ended:
			if p.died != "" {
				return errors.New(p.died)
			}
			return errors.New("the server has ended")
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// end stops the server for good and waits until its directory is removed.
func (p *process) end() {
	p.once.Do(func() {
		_ = p.alive.Close() // closing a pipe cannot fail in a way that matters
		<-p.ended
	})
}

// Stop ends the server as its operator does: clients are told and lose their connections. Only servers of one test can be
// stopped (NewPostgres, NewMariaDB).
func (p *process) Stop(t testing.TB) { t.Helper(); p.signal(t, p.fast) }

// Kill ends the server as a crash does.
func (p *process) Kill(t testing.TB) { t.Helper(); p.signal(t, p.hard) }

func (p *process) signal(t testing.TB, signal syscall.Signal) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "server"))
	if err != nil {
		t.Fatalf("testservices: the server does not run: %v", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatalf("testservices: %v", err)
	}
	server, err := os.FindProcess(pid)
	if err == nil {
		err = os.WriteFile(filepath.Join(p.dir, "stop"), nil, 0o644)
	}
	if err == nil {
		err = server.Signal(signal)
	}
	if err != nil {
		t.Fatalf("testservices: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	gone := func(context.Context) bool {
		_, err := os.Stat(filepath.Join(p.dir, "server"))
		return errors.Is(err, os.ErrNotExist)
	}
	if err := p.await(ctx, gone); err != nil {
		t.Fatalf("testservices: the server does not stop: %v", err)
	}
}

// Start starts a stopped server again, at the same address with the same data, and waits until it answers.
func (p *process) Start(t testing.TB) {
	t.Helper()
	if err := os.Remove(filepath.Join(p.dir, "stop")); err != nil {
		t.Fatalf("testservices: the server was not stopped: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := p.await(ctx, p.ready); err != nil {
		text, _ := os.ReadFile(filepath.Join(p.dir, "log"))
		t.Fatalf("testservices: the server does not start again: %v\n%s", err, text)
	}
}

// have returns a server that was started, and ends the test without one.
func have[S any](t testing.TB, server S, err error, program, debianPackage string) S {
	t.Helper()
	if errors.Is(err, errMissing) {
		missing(t, program, debianPackage)
	}
	if err != nil {
		t.Fatalf("testservices: %s does not start: %v", program, err)
	}
	return server
}
