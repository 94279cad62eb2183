package server_test

import (
	"context"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/nuages-go/nuages/server"
)

// Not parallel: the collector belongs to the whole process.
func TestHeapFloor(t *testing.T) {
	percent := func() int {
		p := debug.SetGCPercent(100)
		debug.SetGCPercent(p)
		return p
	}
	serve := func(floor int) (during int) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() {
			done <- server.Serve(ctx, http.NotFoundHandler(), server.Options{Listener: l, HeapFloor: floor})
		}()
		resp, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		for range 3 {
			runtime.GC()
			time.Sleep(10 * time.Millisecond)
		}
		during = percent()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		return during
	}

	before := percent()
	if before != 100 {
		t.Skip("GOGC is set")
	}
	if got := serve(256 << 20); got <= 100 {
		t.Errorf("with a floor of 256 MiB: %d percent, want more than 100", got)
	}
	if got := serve(-1); got != 100 {
		t.Errorf("without a floor: %d percent, want 100", got)
	}
	if got := percent(); got != before {
		t.Errorf("after the server: %d percent, want %d", got, before)
	}

	debug.SetGCPercent(70) // as GOGC=70 does
	defer debug.SetGCPercent(before)
	if got := serve(0); got != 70 {
		t.Errorf("with GOGC set: %d percent, want it left alone", got)
	}
}
