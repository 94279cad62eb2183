// Command concurrency measures what many clients cost, and how the cost of a request grows with the size of a site:
//
//	go run ./concurrency
//
// It needs Linux, and wrk for the second table. The server is a process of its own, so that its memory and CPU can be read.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/server"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

func main() {
	serve := flag.Bool("serve", false, "be the server (used by the program itself)")
	idle := flag.Int("idle", 10_000, "idle keep-alive connections")
	waiting := flag.Int("waiting", 2_000, "clients waiting in a view that sleeps 100 ms")
	flag.Parse()

	var err error
	if *serve {
		err = serveSite()
	} else {
		err = run(*idle, *waiting)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "concurrency:", err)
		os.Exit(1)
	}
}

// serveSite serves two views behind the default middleware on the file descriptor 3.
func serveSite() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	app, err := nuages.New(nuages.Site{
		Settings: nuages.Settings{SecretKey: strings.Repeat("only for this measurement ", 3), AllowedHosts: []string{"127.0.0.1"}},
		URLs: urls.Patterns{
			urls.Path("hello", web.View(func(*web.Request) (*web.Response, error) { return web.Text("hello"), nil })),
			urls.Path("slow", web.View(func(*web.Request) (*web.Response, error) {
				time.Sleep(100 * time.Millisecond)
				return web.Text("slept"), nil
			})),
		},
	})
	if err != nil {
		return err
	}
	defer app.Close()
	l, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		return err
	}
	return server.Serve(ctx, app.Handler(), server.Options{Listener: l, MaxConns: 50_000})
}

// site is a running server.
type site struct {
	cmd  *exec.Cmd
	addr string
}

func start() (*site, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &site{cmd: exec.Command(self, "-serve"), addr: l.Addr().String()}
	s.cmd.ExtraFiles, s.cmd.Stderr = []*os.File{file}, os.Stderr
	return s, s.cmd.Start()
}

func (s *site) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(5*time.Second, func() { _ = s.cmd.Process.Kill() })
	_ = s.cmd.Wait()
	timer.Stop()
}

// memory is the server's resident size in KiB.
func (s *site) memory() int { return s.status("VmRSS:") }

func (s *site) status(name string) int {
	data, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
	_, rest, _ := strings.Cut(string(data), name)
	n, _ := strconv.Atoi(strings.Fields(rest + " 0")[0])
	return n
}

// cpu is the server's user and system time.
func (s *site) cpu() time.Duration {
	data, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "stat"))
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

func run(idle, waiting int) error {
	if err := manyIdle(idle); err != nil {
		return err
	}
	if err := manyWaiting(waiting); err != nil {
		return err
	}
	return growth()
}
