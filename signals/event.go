package signals

import (
	"context"
	"reflect"
	"runtime"
)

// Event is something that happens; T is what its receivers get. Make it with New. An event is a value: two with the same
// name and type are the same event.
type Event[T any] struct{ name string }

// New describes an event. The name should begin with that of the application: "auth.logged_in".
func New[T any](name string) Event[T] { return Event[T]{name} }

// Name is the event's name.
func (e Event[T]) Name() string { return e.name }

func (e Event[T]) key() key { return key{e.name, reflect.TypeFor[T]()} }

// On makes a receiver: f is called with what each Send sends. Nothing happens until the receiver is in a site's list
// (apps.App.Receivers) or in a Hub.
func (e Event[T]) On(f func(ctx context.Context, v T) error) Receiver {
	r := Receiver{key: e.key()}
	if f == nil {
		return r
	}
	r.call = func(ctx context.Context, v any) error { return f(ctx, v.(T)) }
	if fn := runtime.FuncForPC(reflect.ValueOf(f).Pointer()); fn != nil {
		r.name = fn.Name()
		r.file, r.line = fn.FileLine(fn.Entry())
	}
	return r
}

// Send calls the receivers of the context's hub. The first error ends it and is returned: receivers after it are not
// called.
func (e Event[T]) Send(ctx context.Context, v T) error {
	h := From(ctx)
	if h == nil {
		return nil
	}
	list := h.of[e.key()]
	if len(list) == 0 {
		return nil
	}
	return h.send(ctx, list, v, nil)
}

// SendRobust calls all receivers, whatever errors and panics there are, logs these, and returns them joined.
func (e Event[T]) SendRobust(ctx context.Context, v T) error {
	h := From(ctx)
	if h == nil {
		return nil
	}
	return h.robust(ctx, h.of[e.key()], v)
}

// HasReceivers says whether anybody would get the event: for values that are costly to make.
func (e Event[T]) HasReceivers(ctx context.Context) bool {
	h := From(ctx)
	return h != nil && len(h.of[e.key()]) > 0
}

// Receiver is a function that an event calls. Make it with Event.On; the methods return a changed copy.
type Receiver struct {
	key      key
	call     func(ctx context.Context, v any) error
	name     string
	file     string
	line     int
	id       string
	mode     Mode
	priority int
}

// Mode says when a receiver is called.
type Mode int

// The modes. Sync is the zero value: at once, in the sender's goroutine and transaction.
const (
	Sync Mode = iota
	AfterCommit
	Background
)

// String is the mode's name.
func (m Mode) String() string {
	switch m {
	case AfterCommit:
		return "after commit"
	case Background:
		return "background"
	}
	return "sync"
}

// AfterCommit calls the receiver when the transaction in which the event was sent has committed, and not at all when it is
// rolled back; at once outside of a transaction. Its error is returned by the outermost Atomic; the data is there all the
// same.
func (r Receiver) AfterCommit() Receiver { r.mode = AfterCommit; return r }

// Background calls the receiver in a goroutine after the transaction has committed. Errors and panics are logged. What must
// not be lost when the process ends belongs into a queue of tasks instead.
func (r Receiver) Background() Receiver { r.mode = Background; return r }

// Priority puts the receiver before those with a smaller one. Default: 0.
func (r Receiver) Priority(n int) Receiver { r.priority = n; return r }

// ID makes the receiver unique: of several with one ID for one event, the first in the list stays. Django: dispatch_uid.
func (r Receiver) ID(id string) Receiver { r.id = id; return r }
