package signals_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nuages-go/nuages/signals"
)

type order struct{ id int }

var placed = signals.New[order]("shop.placed")

// note makes a receiver that writes its name down.
func note(to *[]string, name string) func(context.Context, order) error {
	return func(context.Context, order) error { *to = append(*to, name); return nil }
}

func hub(t *testing.T, o signals.Options, rs ...signals.Receiver) *signals.Hub {
	t.Helper()
	h, err := signals.NewHub(o, rs...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestSendCallsReceiversInOrder(t *testing.T) {
	t.Parallel()
	var got []string
	other := signals.New[string]("shop.placed") // another payload, another event
	h := hub(t, signals.Options{},
		placed.On(note(&got, "second")), placed.On(note(&got, "third")), placed.On(note(&got, "first")).Priority(5), placed.On(note(&got, "last")).Priority(-1),
		placed.On(note(&got, "once")).ID("x"), placed.On(note(&got, "twice")).ID("x"),
		other.On(func(context.Context, string) error { got = append(got, "other"); return nil }),
	)
	ctx := signals.With(context.Background(), h)
	if err := placed.Send(ctx, order{1}); err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(got, " "); s != "first second third once last" {
		t.Errorf("called %s", s)
	}
	if !placed.HasReceivers(ctx) || placed.HasReceivers(context.Background()) || placed.Send(context.Background(), order{}) != nil {
		t.Error("a context without a hub has no receivers")
	}
	if off := signals.With(ctx, h.Without("shop.placed")); placed.HasReceivers(off) {
		t.Error("Without kept the event")
	}
	if h.Without() != nil {
		t.Error("Without names is no hub")
	}
}

func TestErrorsOfReceivers(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	var got []string
	var log bytes.Buffer
	h := hub(t, signals.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))},
		placed.On(note(&got, "a")),
		placed.On(func(context.Context, order) error { return broken }),
		placed.On(func(context.Context, order) error { panic("oh") }),
		placed.On(note(&got, "b")),
	)
	ctx := signals.With(context.Background(), h)
	err := placed.Send(ctx, order{})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "TestErrorsOfReceivers") || len(got) != 1 {
		t.Errorf("Send = %v after %v", err, got)
	}
	got = nil
	err = placed.SendRobust(ctx, order{})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "panic: oh") || len(got) != 2 {
		t.Errorf("SendRobust = %v after %v", err, got)
	}
	if n := strings.Count(log.String(), "a receiver failed"); n != 2 {
		t.Errorf("%d records: %s", n, log.String())
	}
	if _, err := signals.NewHub(signals.Options{}, placed.On(nil)); err == nil || !strings.Contains(err.Error(), "receiver 1") {
		t.Errorf("a receiver without a function: %v", err)
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	var got []string
	var hooks []func(context.Context) error
	var calls atomic.Int32
	o := signals.Options{AfterCommit: func(_ context.Context, f func(context.Context) error) error { hooks = append(hooks, f); return nil }, Background: 1}
	h := hub(t, o,
		placed.On(note(&got, "after")).AfterCommit(), placed.On(note(&got, "now")),
		placed.On(func(ctx context.Context, v order) error {
			if ctx.Err() == nil && v.id == 7 {
				calls.Add(1)
			}
			return nil
		}).Background(),
	)
	ctx, cancel := context.WithCancel(signals.With(context.Background(), h))
	if err := placed.Send(ctx, order{7}); err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(got, " "); s != "now" || len(hooks) != 2 || calls.Load() != 0 {
		t.Fatalf("before the commit: %s, %d hooks, %d calls", s, len(hooks), calls.Load())
	}
	for _, f := range hooks {
		if err := f(ctx); err != nil {
			t.Fatal(err)
		}
	}
	cancel() // a background receiver outlives the request
	end, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	if err := h.Wait(end); err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(got, " "); s != "now after" || calls.Load() != 1 {
		t.Errorf("after the commit: %s, %d calls", s, calls.Load())
	}
}

func TestReceiversAreListed(t *testing.T) {
	t.Parallel()
	h := hub(t, signals.Options{}, placed.On(note(new([]string), "x")).AfterCommit().Priority(3).ID("me"))
	list := h.Receivers()
	if len(list) != 1 {
		t.Fatalf("%d receivers", len(list))
	}
	r := list[0]
	if r.Event != "shop.placed" || r.Payload != "signals_test.order" || r.Mode.String() != "after commit" || r.Priority != 3 || r.ID != "me" ||
		!strings.HasSuffix(r.File, "signals_test.go") || r.Line == 0 || !strings.Contains(r.Receiver, "note") {
		t.Errorf("%+v", r)
	}
}

func TestSendWithoutReceiversAllocatesNothing(t *testing.T) {
	ctx := signals.With(context.Background(), hub(t, signals.Options{}))
	if n := testing.AllocsPerRun(100, func() { _ = placed.Send(ctx, order{1}) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSend(b *testing.B) {
	h, _ := signals.NewHub(signals.Options{}, placed.On(func(context.Context, order) error { return nil }))
	for _, bench := range []struct {
		name string
		ctx  context.Context
	}{{"no hub", context.Background()}, {"one receiver", signals.With(context.Background(), h)}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := placed.Send(bench.ctx, order{1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
