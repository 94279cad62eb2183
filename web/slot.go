package web

import "iter"

// Slot is a typed place for a value in a request: the session, the user, the CSRF token. Declare it once at package
// level with NewSlot and keep it unexported; the package that owns the value offers a typed accessor.
//
//	var slot = web.NewSlot[*Session]("session")
//
//	func Get(r *web.Request) *Session { s, _ := slot.Get(r); return s }
//
// A slot holds no value itself and is safe for concurrent use; a request is used by one goroutine at a time.
type Slot[T any] struct {
	name string
}

// NewSlot makes a slot. The name shows in error messages and on the debug page.
func NewSlot[T any](name string) *Slot[T] { return &Slot[T]{name: name} }

type slotValue struct {
	slot  any
	value any
}

// Get returns the value that the request holds for the slot, and whether there is one.
func (s *Slot[T]) Get(r *Request) (T, bool) {
	for i := range r.slots {
		if r.slots[i].slot == any(s) {
			return r.slots[i].value.(T), true
		}
	}
	var zero T
	return zero, false
}

// Set stores a value in the request, in place of an earlier one.
func (s *Slot[T]) Set(r *Request, value T) {
	for i := range r.slots {
		if r.slots[i].slot == any(s) {
			r.slots[i].value = value
			return
		}
	}
	r.slots = append(r.slots, slotValue{s, value})
}

// Slots iterates over the names and values of the slots that the request holds, for the debug page.
func (r *Request) Slots() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, s := range r.slots {
			if named, ok := s.slot.(interface{ slotName() string }); ok && !yield(named.slotName(), s.value) {
				return
			}
		}
	}
}

func (s *Slot[T]) slotName() string { return s.name }
