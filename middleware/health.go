package middleware

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/nuages-go/nuages/web"
)

// HealthCheck is one thing that the site needs in order to answer requests.
type HealthCheck struct {
	// Name is for the log: "database".
	Name string
	// Check returns an error if the thing does not work. It must heed its context.
	Check func(ctx context.Context) error
}

// HealthOptions configures Health.
type HealthOptions struct {
	// LivePath answers whether the process lives, ReadyPath whether it can serve. Default: "/livez" and "/readyz".
	LivePath, ReadyPath string
	// Checks are made for ReadyPath. Default: none.
	Checks []HealthCheck
	// Draining says that the process is about to stop, so that load balancers send no more requests. It may be nil.
	Draining func() bool
	// Timeout is for each check. Default: 1 second.
	Timeout time.Duration
	// CacheFor is how long the result of the checks is good. Default: 1 second.
	CacheFor time.Duration
}

// Health answers the probes of load balancers and supervisors: GET /livez and /readyz, with "ok" and 200 or, from
// /readyz, "unavailable" and 503. What failed is in the log, not in the answer. Probes come under any host name, so this
// layer stands above Common and Security.
func Health(opts HealthOptions) web.Middleware {
	if opts.LivePath == "" {
		opts.LivePath = "/livez"
	}
	if opts.ReadyPath == "" {
		opts.ReadyPath = "/readyz"
	}
	if opts.Timeout <= 0 {
		opts.Timeout = time.Second
	}
	if opts.CacheFor <= 0 {
		opts.CacheFor = time.Second
	}
	state := new(healthState)
	return func(next web.Handler) web.Handler { return &health{next, opts, state} }
}

type health struct {
	next  web.Handler
	opts  HealthOptions
	state *healthState
}

type healthState struct {
	running sync.Mutex // held while the checks run

	mu   sync.Mutex // guards what follows
	err  error
	when time.Time // zero: never checked
}

// LayerInfo names the layer.
func (h *health) LayerInfo() web.LayerInfo { return layerInfo(LayerHealth) }

// Serve answers a probe or passes the request on.
func (h *health) Serve(r *web.Request) (*web.Response, error) {
	path := r.URL.Path
	if path != h.opts.LivePath && path != h.opts.ReadyPath {
		return h.next.Serve(r)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return web.NotAllowed(http.MethodGet, http.MethodHead), nil
	}

	resp := web.Text("ok")
	if path == h.opts.ReadyPath && !h.ready(r) {
		resp = web.Text("unavailable").WithStatus(http.StatusServiceUnavailable)
	}
	resp.Header()["Cache-Control"] = noStoreValue
	return resp, nil
}

var noStoreValue = shared("no-store")

func (h *health) ready(r *web.Request) bool {
	if h.opts.Draining != nil && h.opts.Draining() {
		return false
	}
	if len(h.opts.Checks) == 0 {
		return true
	}

	s := h.state
	s.mu.Lock()
	err, when := s.err, s.when
	s.mu.Unlock()
	if !when.IsZero() && time.Since(when) < h.opts.CacheFor {
		return err == nil
	}
	if !s.running.TryLock() { // somebody else is at it: the last answer must do
		return !when.IsZero() && err == nil
	}
	defer s.running.Unlock()
	err = h.check(context.WithoutCancel(r.Context()))
	if err != nil {
		logger := r.Config().Logger
		if logger == nil {
			logger = slog.Default()
		}
		logger.LogAttrs(r.Context(), slog.LevelError, "not ready", slog.Any("err", err))
	}
	s.mu.Lock()
	s.err, s.when = err, time.Now()
	s.mu.Unlock()
	return err == nil
}

// check makes all checks, one after the other.
func (h *health) check(ctx context.Context) error {
	var errs []error
	for _, check := range h.opts.Checks {
		ctx, cancel := context.WithTimeout(ctx, h.opts.Timeout)
		if err := check.Check(ctx); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", check.Name, err))
		}
		cancel()
	}
	return errors.Join(errs...)
}
