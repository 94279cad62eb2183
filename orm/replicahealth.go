package orm

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// health is what is known of a database that is a copy of another: the last look at it, and what queries met since.
type health struct {
	state       atomic.Int32
	next        atomic.Int64 // when it is to be looked at again, in Unix nanoseconds; 0 is now
	reads, lost atomic.Int64

	mu      sync.Mutex // guards what follows
	lag     time.Duration
	err     error
	checked time.Time
	since   time.Time // of the state
}

// The states of a copy. Nobody has looked at an unknown one, and nothing is read from it.
const (
	unknown int32 = iota
	fit
	unfit
)

// fit says whether a copy may be read from. When it is time for a look, one caller looks: the first time before it goes on,
// later in the background, so that a copy that does not answer keeps nobody waiting.
func (r *ReplicaSet) fit(ctx context.Context, name string) bool {
	db, s, err := database(ctx, name)
	if err != nil {
		return true // the query says what is wrong
	}
	if db == s.dbs[r.primary] {
		return true // two names of one database, in a test
	}
	h := &db.copied
	now := time.Now()
	if due := h.next.Load(); now.UnixNano() >= due && h.next.CompareAndSwap(due, now.Add(max(r.o.Every, r.o.Timeout)).UnixNano()) {
		if h.state.Load() == unknown {
			r.look(name, db)
		} else {
			db.work.start(func() { r.look(name, db) })
		}
	}
	return h.state.Load() == fit
}

// look finds out how a copy is.
func (r *ReplicaSet) look(name string, db *DB) {
	ctx, cancel := context.WithTimeout(context.Background(), r.o.Timeout) // not a request's, which may end at once
	defer cancel()
	lag, err := r.o.Lag(ctx, db)
	if err == nil && r.o.MaxLag > 0 && lag > r.o.MaxLag {
		err = &LagError{DB: name, Lag: lag, Max: r.o.MaxLag}
	}
	r.note(name, db, lag, err)
	db.copied.next.Store(time.Now().Add(r.o.Every).UnixNano())
}

// note sets the state of a copy and tells of a change.
func (r *ReplicaSet) note(name string, db *DB, lag time.Duration, err error) {
	h, now := &db.copied, time.Now()
	state := fit
	if err != nil {
		state = unfit
	}
	h.mu.Lock()
	h.lag, h.err, h.checked = lag, err, now
	was := h.state.Swap(state)
	if was != state {
		h.since = now
	}
	h.mu.Unlock()

	log := r.o.Logger
	if log == nil {
		log = slog.Default()
	}
	switch {
	case state == unfit && was != unfit:
		log.Warn("orm: a replica is left out", "db", name, "error", err)
	case state == fit && was == unfit:
		log.Info("orm: a replica is back", "db", name, "lag", lag)
	}
}

// LagError says that a copy is too far behind its primary.
type LagError struct {
	// DB is the name of the copy.
	DB       string
	Lag, Max time.Duration
}

// Error names the copy and the distance.
func (e *LagError) Error() string {
	return fmt.Sprintf("orm: %q is %s behind (at most %s may be)", e.DB, e.Lag.Round(time.Millisecond), e.Max)
}

// ReplicaStats are the numbers of a copy since its database was opened.
type ReplicaStats struct {
	// DB is its name.
	DB string
	// Fit says that it is read from. Err is why it is not; nil with Fit false says that nobody has looked yet.
	Fit bool
	Err error
	// Lag is how far behind it was at Checked, where it is measured; Since is when it was left out or came back.
	Lag            time.Duration
	Checked, Since time.Time
	// Reads counts queries that were sent to it, Lost those of them that met a lost connection.
	Reads, Lost int64
}

// Stats are the numbers of the copies in the context's databases, in the order of NewReplicas.
func (r *ReplicaSet) Stats(ctx context.Context) []ReplicaStats {
	var out []ReplicaStats
	for _, name := range r.names {
		db, _, err := database(ctx, name)
		if err != nil {
			out = append(out, ReplicaStats{DB: name, Err: err})
			continue
		}
		h := &db.copied
		h.mu.Lock()
		out = append(out, ReplicaStats{
			DB: name, Fit: h.state.Load() == fit, Err: h.err, Lag: h.lag, Checked: h.checked, Since: h.since, Reads: h.reads.Load(), Lost: h.lost.Load(),
		})
		h.mu.Unlock()
	}
	return out
}

// Check looks at all copies now and returns what is wrong with them: for a page that says how the site is.
func (r *ReplicaSet) Check(ctx context.Context) error {
	var errs []error
	for _, name := range r.names {
		db, s, err := database(ctx, name)
		switch {
		case err != nil:
			errs = append(errs, err)
			continue
		case db == s.dbs[r.primary]:
			continue
		}
		r.look(name, db)
		db.copied.mu.Lock()
		if db.copied.err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, db.copied.err))
		}
		db.copied.mu.Unlock()
	}
	return errors.Join(errs...)
}
