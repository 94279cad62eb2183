package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// ErrAborted says that Options.Abort cut the stop short.
var ErrAborted = errors.New("server: stopped without waiting for open requests")

// Serve answers requests with h until ctx ends, then stops gracefully and returns nil. Any other error is from opening or
// accepting on the socket, or ErrAborted.
func Serve(ctx context.Context, h http.Handler, opts Options) error {
	opts = opts.withDefaults()
	socket := opts.Listener
	if socket == nil {
		var err error
		if socket, err = Listen(opts.Addr); err != nil {
			return err
		}
	}

	defer keepHeap(opts.HeapFloor)()
	s := newServing(ctx, h, &opts)
	done := make(chan struct{})
	defer close(done)
	go s.table.tell(done)
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(&listener{socket, &opts, s.table, make(chan struct{}, opts.MaxConns)}) }()
	if opts.OnListen != nil {
		opts.OnListen(socket.Addr())
	}

	select {
	case err := <-failed:
		s.http.Close()
		s.cancel()
		return err
	case <-ctx.Done():
	}
	if opts.OnDrain != nil {
		opts.OnDrain()
	}
	select {
	case <-time.After(opts.PreStopDelay):
	case <-opts.Abort:
	}
	close(s.table.draining)
	s.draining.Store(true)
	socket.Close()
	select {
	case <-failed:
	case <-time.After(time.Second): // somebody has made the shared socket blocking, see Duplicate; don't wait for the next client
	}
	return s.drain()
}

// serving is a running server.
type serving struct {
	opts     *Options
	http     *http.Server
	table    *table
	draining atomic.Bool
	cancel   context.CancelFunc // ends the contexts of all requests
}

func newServing(ctx context.Context, h http.Handler, opts *Options) *serving {
	// the requests outlive ctx, whose end only begins the stop
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &serving{opts: opts, table: newTable(), cancel: cancel}
	s.http = &http.Server{
		Handler:           s.handler(h),
		ReadHeaderTimeout: opts.HeaderTimeout,
		IdleTimeout:       opts.IdleTimeout,
		MaxHeaderBytes:    opts.MaxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(quiet{opts.Logger.Handler()}, slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return base },
		ConnContext:       func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
		ConnState: func(c net.Conn, state http.ConnState) {
			if c, ok := c.(*conn); ok {
				c.setState(state)
			}
		},
	}
	return s
}

type connKey struct{}

// handler adds what only this package knows of a request: Connection: close while stopping, deadlines for the body,
// fields that must not pass.
func (s *serving) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		if s.table.underline.Load() {
			if c, ok := r.Context().Value(connKey{}).(*conn); ok && c.underline.Load() {
				dropUnderlined(r.Header)
			}
		}
		if r.Body != http.NoBody {
			r.Body = newTimedBody(w, r.Body, s.opts)
		}
		next.ServeHTTP(w, r)
	})
}

// dropUnderlined removes fields such as X_Forwarded_For, which some programs take for X-Forwarded-For.
func dropUnderlined(header http.Header) {
	for name := range header {
		if strings.IndexByte(name, '_') >= 0 {
			delete(header, name)
		}
	}
}

// drain waits for the connections to finish, at most for DrainTimeout.
func (s *serving) drain() error {
	defer s.cancel()
	timeout := time.NewTimer(s.opts.DrainTimeout)
	defer timeout.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	empty, begin := s.table.whenEmpty(), time.Now()
	for {
		select {
		case <-empty:
			return s.http.Close()
		case <-s.opts.Abort:
			s.cancel()
			s.http.Close()
			return ErrAborted
		case now := <-tick.C:
			if now.Sub(begin) >= s.opts.IdleGrace {
				s.table.expireIdle(now, s.opts.IdleGrace)
			}
		case <-timeout.C:
			s.cut(empty)
			return nil
		}
	}
}

// cut ends what is still running: contexts first, connections a second later.
func (s *serving) cut(empty <-chan struct{}) {
	s.opts.Logger.Warn("stopping: requests cut off", "connections", s.table.len(), "waited", s.opts.DrainTimeout)
	s.cancel()
	select {
	case <-empty:
	case <-s.opts.Abort:
	case <-time.After(time.Second):
	}
	s.http.Close()
}

// quiet drops net/http's remarks about clients that are not our business.
type quiet struct{ slog.Handler }

// Handle passes a record on without net/http's prefix; failed TLS handshakes are for debugging only.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	if strings.Contains(r.Message, "TLS handshake error") {
		r.Level = slog.LevelDebug
		if !q.Enabled(ctx, r.Level) {
			return nil
		}
	}
	r.Message = strings.TrimPrefix(r.Message, "http: ")
	return q.Handler.Handle(ctx, r)
}
