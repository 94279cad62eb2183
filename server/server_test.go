package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nuages-go/nuages/server"
)

var discard = slog.New(slog.DiscardHandler)

// start serves h and returns the address, a function that asks for the stop, and the channel with Serve's result.
func start(t testing.TB, h http.Handler, opts server.Options) (addr string, stop context.CancelFunc, done <-chan error) {
	t.Helper()
	if opts.Listener == nil && opts.Addr == "" {
		opts.Addr = "127.0.0.1:0"
	}
	if opts.Logger == nil {
		opts.Logger = discard
	}
	listening := make(chan string, 1)
	opts.OnListen = func(a net.Addr) { listening <- a.String() }
	ctx, stop := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- server.Serve(ctx, h, opts) }()
	select {
	case addr = <-listening:
	case err := <-result:
		t.Fatalf("Serve: %v", err)
	}
	t.Cleanup(stop)
	return addr, stop, result
}

func wait(t *testing.T, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("Serve did not return")
		return nil
	}
}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }

// raw sends bytes and returns everything that comes back.
func raw(addr, text string) string {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = io.WriteString(c, text)
	_ = c.(*net.TCPConn).CloseWrite()
	answer, _ := io.ReadAll(c)
	return string(answer)
}

func TestGuardRefusesAmbiguousHeads(t *testing.T) {
	t.Parallel()
	addr, _, _ := start(t, http.HandlerFunc(hello), server.Options{})
	const get = "GET / HTTP/1.1\r\nHost: x\r\n"
	const post = "POST / HTTP/1.1\r\nHost: x\r\n"
	tests := []struct {
		name, request, want string
	}{
		{"good", get + "Connection: close\r\n\r\n", "HTTP/1.1 200"},
		{"length and coding", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 400"},
		{"coding in 1.0", "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 400"},
		{"two equal lengths", post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 400"},
		{"signed length", post + "Content-Length: +1\r\n\r\nx", "HTTP/1.1 400"},
		{"bare LF", "GET / HTTP/1.1\nHost: x\n\n", "HTTP/1.1 400"},
		{"folded", get + "A: b\r\n c\r\n\r\n", "HTTP/1.1 400"},
		{"no colon", get + "nonsense\r\n\r\n", "HTTP/1.1 400"},
		{"many fields", get + strings.Repeat("A: b\r\n", 101) + "\r\n", "HTTP/1.1 431"},
		{"long field", get + "A: " + strings.Repeat("b", 9000) + "\r\n\r\n", "HTTP/1.1 431"},
		{"long line", "GET /" + strings.Repeat("b", 9000) + " HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 414"},
		{"never ending line", "GET /" + strings.Repeat("b", 60000), "HTTP/1.1 414"},
		{"large head", get + strings.Repeat("A: "+strings.Repeat("b", 4000)+"\r\n", 30) + "\r\n", "HTTP/1.1 431"},
		{"TLS", "\x16\x03\x01\x02\x00\x01", "HTTP/1.1 400"},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := raw(addr, tt.request); !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("answer = %.80q, want %q", got, tt.want)
			}
		})
	}
}

func TestGuardFollowsMessages(t *testing.T) {
	t.Parallel()
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "[%s %d %v]", r.URL.Path, len(body), err)
	})
	addr, _, _ := start(t, echo, server.Options{})
	text := "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\nA\nB\n\nC: d\n\n\n" +
		"POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\na\nb\nc\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n" +
		"GET /c HTTP/1.1\r\nHost: x\r\n\r\n" + "GET /bad HTTP/1.1\nHost: x\r\n\r\n"
	got := raw(addr, text)
	for _, want := range []string{"[/a 12 <nil>]", "[/b 15 <nil>]", "[/c 0 <nil>]", "HTTP/1.1 400"} {
		if !strings.Contains(got, want) {
			t.Errorf("answers have no %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "/bad") {
		t.Errorf("the bad request was served:\n%s", got)
	}

	// the same, a byte at a time
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() {
		for i := range len(text) {
			_, _ = c.Write([]byte(text[i : i+1]))
		}
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	slow, _ := io.ReadAll(c)
	if strings.Count(string(slow), "HTTP/1.1 200") != 3 || !strings.Contains(string(slow), "HTTP/1.1 400") {
		t.Errorf("byte by byte:\n%s", slow)
	}
}

func TestUnderlinedFieldsAreDropped(t *testing.T) {
	t.Parallel()
	addr, _, _ := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%d %q", len(r.Header), r.Header.Get("X-Forwarded-For"))
	}), server.Options{})
	got := raw(addr, "GET / HTTP/1.1\r\nHost: x\r\nX_Forwarded_For: evil\r\nX-Forwarded-For: good\r\n\r\n")
	if !strings.HasSuffix(got, `1 "good"`) {
		t.Errorf("answer = %q", got)
	}
}

func TestSlowClientsAreCutOff(t *testing.T) {
	t.Parallel()
	addr, _, _ := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "body: %v", err)
	}), server.Options{HeaderTimeout: 50 * time.Millisecond, BodyTimeout: 50 * time.Millisecond, IdleTimeout: 50 * time.Millisecond})
	tests := []struct{ name, text, want string }{
		{"head", "GET / HT", ""},
		{"body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", "timeout"},
		{"idle", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "body: <nil>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, _ = io.WriteString(c, tt.text)
			_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
			got, err := io.ReadAll(c)
			if err != nil || !strings.Contains(string(got), tt.want) {
				t.Errorf("connection ended with %v and %q, want %q", err, got, tt.want)
			}
		})
	}
}

func TestDribbledBodyIsCutOff(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 1)
	addr, _, _ := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		failed <- err
	}), server.Options{BodyGrace: 50 * time.Millisecond, BodyMinRate: 10_000})
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		select {
		case err := <-failed:
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("body ended with %v", err)
			}
			return
		case <-tick.C:
			_, _ = c.Write([]byte("x"))
		}
	}
	t.Error("the body was never cut off")
}

func TestStopLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	addr, stop, done := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-release
		fmt.Fprintf(w, "finished %v", r.Context().Err())
	}), server.Options{IdleGrace: 10 * time.Millisecond})
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + addr)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	<-entered
	stop()
	for i := 0; ; i++ { // new connections are refused soon
		c, err := net.Dial("tcp", addr)
		if err != nil {
			break
		}
		c.Close()
		if i > 1000 {
			t.Fatal("new connections are still accepted")
		}
	}
	close(release)
	if got := <-answer; !strings.HasSuffix(got, "finished <nil>") {
		t.Errorf("answer = %q", got)
	}
	if err := wait(t, done); err != nil {
		t.Errorf("Serve = %v", err)
	}
}

func TestStopAnswersRequestOnIdleConnection(t *testing.T) {
	t.Parallel()
	addr, stop, done := start(t, http.HandlerFunc(hello), server.Options{IdleGrace: 2 * time.Second})
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	reader := bufio.NewReader(c)
	for i := range 2 {
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		resp, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		if closes := resp.Close; closes != (i == 1) {
			t.Errorf("request %d: Connection: close is %v", i, closes)
		}
		if i == 0 {
			stop()
			waitRefused(t, addr)
		}
	}
	if err := wait(t, done); err != nil {
		t.Errorf("Serve = %v", err)
	}
}

func waitRefused(t *testing.T, addr string) {
	t.Helper()
	for range 5000 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		c.Close()
	}
	t.Fatal("new connections are still accepted")
}

func TestStopTimesOut(t *testing.T) {
	t.Parallel()
	entered, cancelled := make(chan struct{}), make(chan struct{})
	addr, stop, done := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
		close(cancelled)
	}), server.Options{DrainTimeout: 50 * time.Millisecond})
	go raw(addr, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-entered
	stop()
	<-cancelled
	if err := wait(t, done); err != nil {
		t.Errorf("Serve = %v", err)
	}
}

func TestAbort(t *testing.T) {
	t.Parallel()
	abort, entered := make(chan struct{}), make(chan struct{})
	addr, stop, done := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	}), server.Options{Abort: abort})
	go func() {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			_, _ = io.ReadAll(c)
		}
	}()
	<-entered
	stop()
	close(abort)
	if err := wait(t, done); !errors.Is(err, server.ErrAborted) {
		t.Errorf("Serve = %v, want ErrAborted", err)
	}
}

func TestConnectionLimit(t *testing.T) {
	t.Parallel()
	var inside, most atomic.Int32
	addr, _, _ := start(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		most.Store(max(most.Load(), inside.Add(1)))
		time.Sleep(5 * time.Millisecond)
		inside.Add(-1)
	}), server.Options{MaxConns: 2})
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { raw(addr, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") })
	}
	all.Wait()
	if got := most.Load(); got > 2 {
		t.Errorf("%d connections at once, want at most 2", got)
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.sock")
	for range 2 { // a live socket is refused, a stale one replaced
		l, err := server.Listen("unix:" + path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := server.Listen("unix:" + path); err == nil {
			t.Error("a second listener got the same path")
		}
		l.(*net.UnixListener).SetUnlinkOnClose(false)
		l.Close()
	}

	tcp, err := server.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	if _, err := server.Listen(tcp.Addr().String()); err == nil || !strings.Contains(err.Error(), "another program uses that port") {
		t.Errorf("busy port: %v", err)
	}
	file, err := server.Duplicate(tcp)
	if err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Dup(int(file.Fd())) // Listen closes it; file closes its own
	file.Close()
	if err != nil {
		t.Fatal(err)
	}
	inherited, err := server.Listen(fmt.Sprintf("fd:%d", fd))
	if err != nil || inherited.Addr().String() != tcp.Addr().String() {
		t.Errorf("fd: %v, %v", inherited, err)
	}
	inherited.Close()
	for bad, want := range map[string]string{
		"fd:x": "write fd:3", "fd:9999": "9999", "systemd": "LISTEN_FDS", "nowhere": "neither a port nor an address", "99999": "ports end at 65535",
		"127.0.0.1:99999": "99999",
	} {
		l, err := server.Listen(bad)
		if err == nil {
			l.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Listen(%q) = %v, want an error with %q", bad, err, want)
		}
	}
}
