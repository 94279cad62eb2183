// Command overhead measures what the framework costs on top of net/http: a text/plain answer by a bare handler, by a
// view without middleware, and by a site with the default stack. It needs wrk (apt-get install wrk).
//
//	go run ./overhead -rounds 7 -seconds 3
//
// Each server is a process of its own on a free loopback port; the rounds alternate between them, so that what else the
// machine does falls on all alike. The figures are medians: requests/s and server CPU, as ratios to the bare handler.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

var kinds = []string{"bare", "view", "site"}

func main() {
	serve := flag.String("serve", "", "serve this kind on the file descriptor 3 (used by the program itself)")
	rounds := flag.Int("rounds", 7, "rounds")
	seconds := flag.Int("seconds", 3, "seconds of load for each server in a round")
	flag.Parse()

	var err error
	if *serve != "" {
		err = serveKind(*serve)
	} else {
		err = compare(*rounds, *seconds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "overhead:", err)
		os.Exit(1)
	}
}

// handler is one of the three servers under test.
func handler(kind string) (http.Handler, error) {
	view := web.View(func(*web.Request) (*web.Response, error) { return web.Text("Hello, World!"), nil })
	switch kind {
	case "bare":
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = w.Write([]byte("Hello, World!"))
		}), nil
	case "view":
		return web.ToHTTP(view, nil), nil
	}
	site, err := nuages.New(nuages.Site{
		Settings: nuages.Settings{SecretKey: strings.Repeat("only for this measurement ", 3), AllowedHosts: []string{"127.0.0.1"}},
		URLs:     urls.Patterns{urls.Path("plaintext", view)},
	})
	if err != nil {
		return nil, err
	}
	return site.Handler(), nil
}

func serveKind(kind string) error {
	h, err := handler(kind)
	if err != nil {
		return err
	}
	l, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		return err
	}
	return http.Serve(l, h)
}

type server struct {
	kind string
	addr string
	cmd  *exec.Cmd
	// rate is requests per second, cpu is microseconds of the server's CPU per request; one for each round.
	rate, cpu []float64
}

func compare(rounds, seconds int) error {
	var servers []*server
	defer func() {
		for _, s := range servers {
			_ = s.cmd.Process.Kill()
			_ = s.cmd.Wait()
		}
	}()
	for _, kind := range kinds {
		s, err := start(kind)
		if err != nil {
			return err
		}
		servers = append(servers, s)
		if err := s.load(1); err != nil { // warm up
			return err
		}
		s.rate, s.cpu = nil, nil
	}

	for range rounds {
		for _, s := range servers {
			if err := s.load(seconds); err != nil {
				return err
			}
		}
	}
	bare := servers[0]
	fmt.Printf("%-6s %12s %8s %14s %8s\n", "", "requests/s", "ratio", "CPU µs/request", "ratio")
	for _, s := range servers {
		fmt.Printf("%-6s %12.0f %8.3f %14.2f %8.3f\n", s.kind, median(s.rate), median(s.rate)/median(bare.rate), median(s.cpu), median(s.cpu)/median(bare.cpu))
	}
	return nil
}

func start(kind string) (*server, error) {
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
	s := &server{kind: kind, addr: l.Addr().String(), cmd: exec.Command(self, "-serve", kind)}
	s.cmd.ExtraFiles = []*os.File{file}
	s.cmd.Stderr = os.Stderr
	return s, s.cmd.Start()
}

var requestsPerSecond = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)

// load runs wrk against the server and notes what it measured.
func (s *server) load(seconds int) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds+30)*time.Second)
	defer cancel()
	before := s.cpuTime()
	out, err := exec.CommandContext(ctx, "wrk", "-t1", "-c32", "-d"+strconv.Itoa(seconds)+"s", "http://"+s.addr+"/plaintext").CombinedOutput()
	if err != nil {
		return fmt.Errorf("wrk: %w\n%s", err, out)
	}
	m := requestsPerSecond.FindSubmatch(out)
	if m == nil || strings.Contains(string(out), "Non-2xx") {
		return fmt.Errorf("%s answered badly:\n%s", s.kind, out)
	}
	rate, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		return err
	}
	s.rate = append(s.rate, rate)
	s.cpu = append(s.cpu, float64((s.cpuTime()-before).Microseconds())/(rate*float64(seconds)))
	return nil
}

// cpuTime is the server's user and system time, from /proc.
func (s *server) cpuTime() time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] {
		n, _ := strconv.ParseInt(f, 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

func median[T cmp.Ordered](values []T) T {
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}
