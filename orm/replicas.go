package orm

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// Replicas is a router that writes to the primary database and reads from its copies in turn. What was just written may
// not be in the copies yet, so reads go to the primary inside Atomic, and once a session (WithSession; a site begins one
// for each request) has written. Objects related to one that came from a copy are read from the same copy.
//
//	nuages.Settings{Databases: orm.Databases{"default": primary, "r1": r1, "r2": r2}, Routers: orm.Routers{orm.Replicas("default", "r1", "r2")}}
//
// Migrations run on the primary only. Put routers of single applications before it.
func Replicas(primary string, replicas ...string) Router {
	var turn atomic.Uint64
	all := append([]string{primary}, replicas...)
	mine := func(h Hint) bool { return h.DB == "" || slices.Contains(all, h.DB) }
	return Router{
		Name:      "replicas",
		Databases: all,
		Read: func(ctx context.Context, _ Model, h Hint) string {
			switch {
			case !mine(h):
				return ""
			case len(replicas) == 0 || Wrote(ctx, primary):
				return primary
			case h.DB != "":
				return h.DB
			}
			return replicas[(turn.Add(1)-1)%uint64(len(replicas))]
		},
		Write: func(_ context.Context, _ Model, h Hint) string {
			if mine(h) {
				return primary
			}
			return ""
		},
		AllowRelation: func(from, to Place) Answer {
			if slices.Contains(all, from.DB) && slices.Contains(all, to.DB) {
				return Allow
			}
			return NoOpinion
		},
		AllowMigrate: func(db, _, _ string) Answer {
			if db != primary && slices.Contains(replicas, db) {
				return Deny
			}
			return NoOpinion
		},
	}
}

// session remembers which databases were written to.
type session struct {
	mu    sync.RWMutex // guards wrote
	wrote []*DB
}

// WithSession returns a context that remembers, with all that are made of it, which databases were written to: what Wrote
// tells. A site begins a session for each request when it has routers.
func WithSession(ctx context.Context) context.Context {
	return derive(ctx, func(s *scope) { s.session = &session{} })
}

// Wrote says whether a read from the database with that name must see what the context's session has written: it has
// written there, or is inside an Atomic on it. It is for routers.
func Wrote(ctx context.Context, name string) bool {
	s := scopeOf(ctx)
	db, s, err := s.find(name)
	if err != nil {
		return false
	}
	if s.txOn(db) != nil {
		return true
	}
	if s.session == nil {
		return false
	}
	s.session.mu.RLock()
	defer s.session.mu.RUnlock()
	return slices.Contains(s.session.wrote, db)
}

// writes notes that a statement or transaction is about to write.
func (s *scope) writes(db *DB) {
	if s.session == nil {
		return
	}
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	if !slices.Contains(s.session.wrote, db) {
		s.session.wrote = append(s.session.wrote, db)
	}
}
