package devserver

import (
	"fmt"
	"html"
	"net/http"
	"sync"
	"time"
)

// Path is where the development server's own addresses begin; a site is unlikely to use it.
const Path = "/__nuages__/"

// liveReload tells open pages to load again: by an event when live files change, and by a new identity when the program was
// restarted (the stream breaks off, the browser connects again and sees another number).
type liveReload struct {
	id      string
	stopped chan struct{}

	mu      sync.Mutex    // guards what follows
	changed chan struct{} // closed and replaced at each refresh
	done    bool
}

func newLiveReload(id string) *liveReload {
	return &liveReload{id: id, stopped: make(chan struct{}), changed: make(chan struct{})}
}

func (l *liveReload) refresh() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *liveReload) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.done {
		l.done = true
		close(l.stopped)
	}
}

func (l *liveReload) waiting() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

func (l *liveReload) script(nonce string) string {
	if nonce != "" {
		nonce = ` nonce="` + html.EscapeString(nonce) + `"`
	}
	return `<script src="` + Path + `reload.js" data-run="` + html.EscapeString(l.id) + `"` + nonce + ` defer></script>`
}

// code keeps the page's scroll position, as location.reload does, and gives up quietly where there is no EventSource.
const code = `(() => {
  "use strict";
  const run = document.currentScript.dataset.run;
  if (!window.EventSource) return;
  const events = new EventSource("` + Path + `events");
  events.addEventListener("run", e => { if (e.data !== run) { events.close(); location.reload(); } });
  events.addEventListener("changed", () => { events.close(); location.reload(); });
  addEventListener("pagehide", () => events.close());
})();
`

func (l *liveReload) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case Path + "reload.js":
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			w.Header().Set("Cache-Control", "no-cache")
			fmt.Fprint(w, code)
		case Path + "events":
			l.events(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// events is the stream; a comment now and then finds out that the page is gone.
func (l *liveReload) events(w http.ResponseWriter, r *http.Request) {
	changed := l.waiting()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	control := http.NewResponseController(w)
	fmt.Fprintf(w, "retry: 250\nevent: run\ndata: %s\n\n", l.id)
	_ = control.Flush()
	beat := time.NewTicker(10 * time.Second)
	defer beat.Stop()
	for {
		select {
		case <-changed:
			fmt.Fprint(w, "event: changed\ndata: 1\n\n")
			_ = control.Flush()
			changed = l.waiting()
		case <-beat.C:
			fmt.Fprint(w, ": alive\n\n")
			if control.Flush() != nil {
				return
			}
		case <-l.stopped:
			return
		case <-r.Context().Done():
			return
		}
	}
}
