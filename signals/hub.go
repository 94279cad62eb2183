package signals

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"sync"
)

// key is an event: its name and the type of what it carries.
type key struct {
	name    string
	payload reflect.Type
}

// After runs f when the transaction of ctx has committed, or at once when there is none: orm.OnCommit.
type After func(ctx context.Context, f func(ctx context.Context) error) error

// Options configure a Hub. The zero value works.
type Options struct {
	// AfterCommit serves receivers that wait for the end of a transaction. Default: they run at once.
	AfterCommit After
	// Logger gets the errors of background receivers and of SendRobust. Default: slog.Default().
	Logger *slog.Logger
	// Background is the number of background calls at a time; more wait, and then their senders do. Default: 64.
	Background int
}

// Hub holds receivers. It does not change once it is made, and is safe for concurrent use.
type Hub struct {
	of      map[key][]*Receiver
	opts    Options
	slots   chan struct{}
	running *sync.WaitGroup
}

// NewHub makes a hub. The error lists receivers without a function.
func NewHub(opts Options, receivers ...Receiver) (*Hub, error) {
	if opts.Background <= 0 {
		opts.Background = 64
	}
	h := &Hub{of: map[key][]*Receiver{}, opts: opts, slots: make(chan struct{}, opts.Background), running: &sync.WaitGroup{}}
	var problems []error
	for i := range receivers {
		r := &receivers[i]
		if r.call == nil {
			problems = append(problems, fmt.Errorf("signals: receiver %d of the list has no function (make it with Event.On)", i+1))
			continue
		}
		list := h.of[r.key]
		if r.id != "" && slices.ContainsFunc(list, func(o *Receiver) bool { return o.id == r.id }) {
			continue
		}
		h.of[r.key] = append(list, r)
	}
	for _, list := range h.of {
		slices.SortStableFunc(list, func(a, b *Receiver) int { return b.priority - a.priority })
	}
	return h, errors.Join(problems...)
}

type hubKey struct{}

// With returns a context that carries a hub; nil takes signals away. A site's contexts carry its hub already; the ORM's
// signals need orm.WithSignals, which does this too.
func With(ctx context.Context, h *Hub) context.Context { return context.WithValue(ctx, hubKey{}, h) }

// From returns the context's hub, or nil.
func From(ctx context.Context) *Hub {
	h, _ := ctx.Value(hubKey{}).(*Hub)
	return h
}

// Has says whether an event has receivers, by its name and the type of what it carries.
func (h *Hub) Has(event string, payload reflect.Type) bool {
	return h != nil && len(h.of[key{event, payload}]) > 0
}

// Send is Event.Send for code that knows the event only at run time. A nil after is that of the options.
func (h *Hub) Send(ctx context.Context, event string, payload any, after After) error {
	if h == nil {
		return nil
	}
	return h.send(ctx, h.of[key{event, reflect.TypeOf(payload)}], payload, after)
}

func (h *Hub) send(ctx context.Context, list []*Receiver, payload any, after After) error {
	for _, r := range list {
		if err := h.deliver(ctx, r, payload, after); err != nil {
			return err
		}
	}
	return nil
}

// deliver calls a receiver, or sees that it is called.
func (h *Hub) deliver(ctx context.Context, r *Receiver, v any, after After) error {
	if r.mode == Sync {
		return r.failed(r.call(ctx, v))
	}
	if after == nil {
		after = h.opts.AfterCommit
	}
	then := func(ctx context.Context) error { return r.failed(r.call(ctx, v)) }
	if r.mode == Background {
		then = func(ctx context.Context) error { return h.background(ctx, r, v) }
	}
	if after == nil {
		return then(ctx)
	}
	return after(ctx, then)
}

func (r *Receiver) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("signals: %s, receiver of %s: %w", r.name, r.key.name, err)
}

// background starts a goroutine for the call; it waits for a slot when too many run.
func (h *Hub) background(ctx context.Context, r *Receiver, v any) error {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	ctx = context.WithoutCancel(ctx)
	h.running.Go(func() {
		defer func() { <-h.slots }()
		if err := h.guarded(ctx, r, v); err != nil {
			h.log(ctx, r, err)
		}
	})
	return nil
}

// guarded calls a receiver and makes a panic an error.
func (h *Hub) guarded(ctx context.Context, r *Receiver, v any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = r.failed(fmt.Errorf("panic: %v", p))
		}
	}()
	return r.failed(r.call(ctx, v))
}

func (h *Hub) robust(ctx context.Context, list []*Receiver, v any) error {
	var problems []error
	for _, r := range list {
		err := error(nil)
		if r.mode == Sync {
			err = h.guarded(ctx, r, v)
		} else {
			err = h.deliver(ctx, r, v, nil)
		}
		if err != nil {
			h.log(ctx, r, err)
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

func (h *Hub) log(ctx context.Context, r *Receiver, err error) {
	logger := h.opts.Logger
	if logger == nil {
		logger = slog.Default()
	}
	logger.ErrorContext(ctx, "signals: a receiver failed", "event", r.key.name, "receiver", r.name, "error", err)
}

// Wait waits until all background receivers have returned, or the context ends.
func (h *Hub) Wait(ctx context.Context) error {
	if h == nil {
		return nil
	}
	done := make(chan struct{})
	go func() { h.running.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Without returns a hub that does not send the named events, for tests and imports; without names it sends none. Background
// calls of both are counted together.
func (h *Hub) Without(events ...string) *Hub {
	if h == nil || len(events) == 0 {
		return nil
	}
	out := *h
	out.of = make(map[key][]*Receiver, len(h.of))
	for k, list := range h.of {
		if !slices.Contains(events, k.name) {
			out.of[k] = list
		}
	}
	return &out
}
