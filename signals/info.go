package signals

import (
	"cmp"
	"slices"
)

// Info describes a receiver, for people.
type Info struct {
	// Event is the event's name, Payload the Go type that it carries.
	Event, Payload string
	// Receiver is the function's name, File and Line where it begins.
	Receiver, File string
	Line           int
	// Mode, Priority and ID are what the subscription says.
	Mode     Mode
	Priority int
	ID       string
}

// Receivers lists the hub's receivers by event, in the order in which they are called.
func (h *Hub) Receivers() []Info {
	if h == nil {
		return nil
	}
	var out []Info
	for k, list := range h.of {
		for _, r := range list {
			out = append(out, Info{
				Event: k.name, Payload: k.payload.String(), Receiver: r.name, File: r.file, Line: r.line, Mode: r.mode, Priority: r.priority, ID: r.id,
			})
		}
	}
	slices.SortStableFunc(out, func(a, b Info) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), cmp.Compare(a.Payload, b.Payload))
	})
	return out
}
