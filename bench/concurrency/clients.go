package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// manyIdle opens connections, asks once on each and leaves them open; then asks again on all.
func manyIdle(n int) error {
	s, err := start()
	if err != nil {
		return err
	}
	defer s.stop()
	if _, err := request(s.addr, nil); err != nil {
		return err
	}
	before := s.memory()
	conns, failed := make([]*client, 0, n), 0
	for range n {
		c, err := request(s.addr, nil)
		if err != nil {
			failed++
			continue
		}
		conns = append(conns, c)
	}
	time.Sleep(time.Second)
	after, cpu := s.memory(), s.cpu()
	time.Sleep(3 * time.Second)
	resting := (s.cpu() - cpu) / 3
	began, lost := time.Now(), 0
	for _, c := range conns {
		if _, err := request(s.addr, c); err != nil {
			lost++
		}
	}
	took := time.Since(began)
	for _, c := range conns {
		c.Close()
	}
	fmt.Printf("%d idle connections: %d failed to open, %d lost later, %.1f KiB each, %v of CPU per second at rest, %d requests/s one after the other over all\n",
		n, failed, lost, float64(after-before)/float64(max(len(conns), 1)), resting.Round(time.Millisecond), int(float64(len(conns))/took.Seconds()))
	return nil
}

// client is a keep-alive connection.
type client struct {
	net.Conn
	r *bufio.Reader
}

// request asks for /hello on a connection, a new one if c is nil.
func request(addr string, c *client) (*client, error) {
	if c == nil {
		conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
		if err != nil {
			return nil, err
		}
		c = &client{conn, bufio.NewReaderSize(conn, 512)}
	}
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := c.Write([]byte("GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body := make([]byte, 5)
	if _, err := resp.Body.Read(body); string(body) != "hello" {
		return nil, fmt.Errorf("%s %q: %w", resp.Status, body, err)
	}
	return c, nil
}

var requestsPerSecond = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)

// manyWaiting has n clients in a view that sleeps for 100 ms.
func manyWaiting(n int) error {
	s, err := start()
	if err != nil {
		return err
	}
	defer s.stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	before, cpu := s.memory(), s.cpu()
	out, err := exec.CommandContext(ctx, "wrk", "-t2", "-c"+strconv.Itoa(n), "-d5s", "--timeout", "10s", "--latency", "http://"+s.addr+"/slow").CombinedOutput()
	if err != nil {
		return fmt.Errorf("wrk: %w\n%s", err, out)
	}
	m := requestsPerSecond.FindSubmatch(out)
	if m == nil {
		return fmt.Errorf("wrk said: %s", out)
	}
	rate, _ := strconv.ParseFloat(string(m[1]), 64)
	failed := "none"
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "Socket errors") || strings.Contains(line, "Non-2xx") {
			failed = strings.TrimSpace(line)
		}
	}
	fmt.Printf("%d clients in a view that sleeps 100 ms: %.0f requests/s of %d possible, %.1f KiB per client at most, %.1f ms of CPU per 1,000 requests, failed: %s\n",
		n, rate, n*10, float64(s.status("VmHWM:")-before)/float64(n), float64((s.cpu()-cpu).Milliseconds())*1000/(rate*5), failed)
	return nil
}
