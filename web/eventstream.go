package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Event is one message of an event stream.
type Event struct {
	// Name is the type that the browser listens for. Default: "message".
	Name string
	// ID is what the browser sends as Last-Event-ID when it connects again.
	ID string
	// Data is the text; it may have several lines.
	Data string
	// Retry is how long the browser waits before it connects again. Default: its own.
	Retry time.Duration
}

// eventTimeout is how long a client may take to accept one event.
const eventTimeout = 30 * time.Second

// EventStream is a response of server-sent events. Run sends them until it returns, typically when the request's context
// ends because the browser has gone; each is flushed at once.
//
//	return web.EventStream(func(send func(web.Event) error) error {
//		for {
//			select {
//			case news := <-feed:
//				if err := send(web.Event{Data: news}); err != nil {
//					return err
//				}
//			case <-r.Context().Done():
//				return nil
//			}
//		}
//	}), nil
func EventStream(run func(send func(Event) error) error) *Response {
	resp := Stream("text/event-stream", func(w *StreamWriter) error {
		control := http.NewResponseController(w.http)
		_ = control.SetReadDeadline(time.Time{}) // the stream outlives the server's limit for reading a request
		_ = control.SetWriteDeadline(time.Now().Add(eventTimeout))
		if err := w.Flush(); err != nil { // the header, so that the browser knows it is connected
			return err
		}
		return run(func(e Event) error {
			_ = control.SetWriteDeadline(time.Now().Add(eventTimeout))
			if _, err := w.Write(e.append(nil)); err != nil {
				return err
			}
			return w.Flush()
		})
	})
	header := resp.Header()
	header["Cache-Control"] = []string{"no-cache"}
	header["X-Accel-Buffering"] = []string{"no"} // nginx would collect the events
	return resp
}

func (e Event) append(b []byte) []byte {
	b = appendEventField(b, "id", oneLine(e.ID))
	b = appendEventField(b, "event", oneLine(e.Name))
	if e.Retry > 0 {
		b = appendEventField(b, "retry", strconv.FormatInt(e.Retry.Milliseconds(), 10))
	}
	data := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(e.Data)
	for line := range strings.SplitSeq(data, "\n") {
		b = append(append(append(b, "data: "...), line...), '\n')
	}
	return append(b, '\n')
}

func appendEventField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(b, name...), ": "...)
	return append(append(b, value...), '\n')
}

// oneLine keeps a value from beginning a field of its own.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return -1
		}
		return r
	}, s)
}

// LastEventID is the ID of the last event that the browser got before it connected again; "" the first time.
func (r *Request) LastEventID() string { return r.Header.Get("Last-Event-Id") }

// EarlyHints sends a 103 with Link headers before the response, so that the browser can fetch what the page needs while it
// is being made: r.EarlyHints(`</style.css>; rel=preload; as=style`). Without a server it does nothing.
func (r *Request) EarlyHints(links ...string) {
	if r.writer == nil || !r.ProtoAtLeast(1, 1) {
		return
	}
	header := r.writer.Header()
	header["Link"] = append(header["Link"], links...)
	r.writer.WriteHeader(http.StatusEarlyHints)
	delete(header, "Link")
}
