package server_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nuages-go/nuages/server"
)

// TestDrainUnderLoad stops the server 20 times while raw TCP clients without retries post to it, half of them over
// connections that they keep, half with a new connection for each request. The test holds the listening socket, as a
// supervisor does, and starts the next server before it stops the last. No request may fail.
func TestDrainUnderLoad(t *testing.T) {
	stops := 20
	if testing.Short() {
		stops = 4
	}
	held, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	duplicate := func() net.Listener {
		file, err := server.Duplicate(held)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		l, err := net.FileListener(file)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })

	var served, failed atomic.Int64
	quit := make(chan struct{})
	var clients sync.WaitGroup
	for i := range 16 {
		clients.Go(func() {
			client := &rawClient{addr: held.Addr().String(), keep: i%2 == 0}
			for {
				select {
				case <-quit:
					return
				case <-time.After(rand.N(6 * time.Millisecond)):
				}
				if err := client.post(); err != nil {
					failed.Add(1)
					t.Errorf("keep-alive %v: %v", client.keep, err)
				}
				served.Add(1)
			}
		})
	}

	_, stop, done := start(t, echo, server.Options{Listener: duplicate()})
	for range stops {
		time.Sleep(50 * time.Millisecond) // some load for this one
		_, nextStop, nextDone := start(t, echo, server.Options{Listener: duplicate()})
		stop()
		if err := wait(t, done); err != nil {
			t.Errorf("Serve = %v", err)
		}
		stop, done = nextStop, nextDone
	}
	close(quit)
	clients.Wait()
	stop()
	t.Logf("%d stops, %d requests, %d failed", stops, served.Load(), failed.Load())
}

type rawClient struct {
	addr string
	keep bool
	conn net.Conn
	in   *bufio.Reader
}

// post sends one request and reads the answer; nothing is ever tried twice.
func (c *rawClient) post() error {
	if c.conn == nil {
		conn, err := net.Dial("tcp", c.addr)
		if err != nil {
			return fmt.Errorf("dial: %w", err)
		}
		c.conn, c.in = conn, bufio.NewReader(conn)
	}
	header := ""
	if !c.keep {
		header = "Connection: close\r\n"
	}
	_ = c.conn.SetDeadline(time.Now().Add(5 * time.Second))
	_, err := fmt.Fprintf(c.conn, "POST / HTTP/1.1\r\nHost: x\r\n%sContent-Length: 5\r\n\r\nhello", header)
	if err != nil {
		return c.drop(fmt.Errorf("write: %w", err))
	}
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return c.drop(fmt.Errorf("read: %w", err))
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != "hello" {
		return c.drop(fmt.Errorf("body %q: %w", body, err))
	}
	if resp.Close {
		_ = c.drop(nil)
	}
	return nil
}

func (c *rawClient) drop(err error) error {
	c.conn.Close()
	c.conn = nil
	return err
}

// TestStopWithoutGrace stops at once, as the development server does: a request whose bytes have arrived is answered all
// the same.
func TestStopWithoutGrace(t *testing.T) {
	t.Parallel()
	held, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	for range 30 {
		file, err := server.Duplicate(held)
		if err != nil {
			t.Fatal(err)
		}
		l, err := net.FileListener(file)
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		var clients sync.WaitGroup
		for range 4 {
			clients.Go(func() {
				client := &rawClient{addr: held.Addr().String()}
				for range 5 {
					if err := client.post(); err != nil {
						t.Error(err)
					}
				}
			})
		}
		echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
		_, stop, done := start(t, echo, server.Options{Listener: l, IdleGrace: 1})
		time.Sleep(rand.N(3 * time.Millisecond))
		stop()
		if err := wait(t, done); err != nil {
			t.Error(err)
		}
		file, _ = server.Duplicate(held)
		rest, _ := net.FileListener(file)
		file.Close()
		_, stop, done = start(t, echo, server.Options{Listener: rest})
		clients.Wait()
		stop()
		_ = wait(t, done)
	}
}
