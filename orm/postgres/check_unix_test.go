//go:build unix

package postgres_test

import (
	"net"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm/postgres"
)

// A connection on which somebody waits for bytes can be looked at all the same: pgx leaves a read behind after a slow write.
func TestQuietDoesNotWait(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()

	if !postgres.Quiet(c) {
		t.Error("a silent connection is not quiet")
	}
	read := make(chan struct{})
	go func() {
		_, _ = c.Read(make([]byte, 1))
		close(read)
	}()
	time.Sleep(20 * time.Millisecond) // until it waits
	answer := make(chan bool)
	go func() { answer <- postgres.Quiet(c) }()
	select {
	case got := <-answer:
		if !got {
			t.Error("a silent connection is not quiet while somebody reads")
		}
	case <-time.After(5 * time.Second):
		t.Fatal("waits for the other reader")
	}

	if _, err := server.Write([]byte("xy")); err != nil {
		t.Fatal(err)
	}
	<-read
	if postgres.Quiet(c) {
		t.Error("a connection with a byte that nobody has read is quiet")
	}
}
