package orm

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
)

// Replicas is a router that writes to the primary database and reads from its copies in turn. What was just written may
// not be in the copies yet, so reads go to the primary inside Atomic, and once a session (WithSession; a site begins one
// for each request) has written. Objects related to one that came from a copy are read from the same copy. A copy that
// cannot be reached is left out until it can; NewReplicas can leave out those that are too far behind as well.
//
//	nuages.Settings{Databases: orm.Databases{"default": primary, "r1": r1, "r2": r2}, Routers: orm.Routers{orm.Replicas("default", "r1", "r2")}}
//
// Migrations run on the primary only. Put routers of single applications before it.
func Replicas(primary string, replicas ...string) Router {
	return NewReplicas(primary, ReplicaOptions{}, replicas...).Router()
}

// ReplicaOptions say which copies are fit to be read from. The zero value takes all that can be reached.
type ReplicaOptions struct {
	// MaxLag leaves out copies that are further behind. Default: 0, any distance will do.
	MaxLag time.Duration
	// Lag measures how far behind a copy is; an error leaves it out. Default: ReplicaLag when there is a MaxLag, else the copy
	// must only answer.
	Lag func(ctx context.Context, db *DB) (time.Duration, error)
	// Every is the time between two looks at a copy. Default: 2 s.
	Every time.Duration
	// Timeout is how long a look may take. Default: 1 s.
	Timeout time.Duration
	// Logger is told when a copy is left out and when it is back. Default: slog.Default().
	Logger *slog.Logger
}

// ReplicaSet is a primary database and its copies. Several goroutines may use it.
type ReplicaSet struct {
	primary string
	names   []string // of the copies
	o       ReplicaOptions
	turn    atomic.Uint64
}

// NewReplicas is Replicas with options, and with numbers about the copies.
//
//	set := orm.NewReplicas("default", orm.ReplicaOptions{MaxLag: 5 * time.Second}, "r1", "r2")
//	nuages.Settings{..., Routers: orm.Routers{set.Router()}}
func NewReplicas(primary string, o ReplicaOptions, replicas ...string) *ReplicaSet {
	if o.Every <= 0 {
		o.Every = 2 * time.Second
	}
	if o.Timeout <= 0 {
		o.Timeout = time.Second
	}
	switch {
	case o.Lag != nil:
	case o.MaxLag > 0:
		o.Lag = ReplicaLag
	default:
		o.Lag = func(ctx context.Context, db *DB) (time.Duration, error) { return 0, db.Ping(ctx) }
	}
	return &ReplicaSet{primary: primary, names: slices.Clone(replicas), o: o}
}

// ReplicaLag asks a copy how far it is behind the database that it follows: PostgreSQL by what it has received and
// replayed, MySQL and MariaDB by SHOW REPLICA STATUS, which needs the privilege REPLICA MONITOR (REPLICATION CLIENT on MySQL).
// A copy that follows nobody is an error. Other databases are not behind if they answer.
func ReplicaLag(ctx context.Context, db *DB) (time.Duration, error) {
	if l, ok := db.backend.(dialect.Lagger); ok {
		return l.Lag(ctx)
	}
	return 0, db.Ping(ctx)
}

// Router is the router of the set.
func (r *ReplicaSet) Router() Router {
	all := append([]string{r.primary}, r.names...)
	copies := map[string]string{}
	for _, name := range r.names {
		copies[name] = r.primary
	}
	return Router{
		Name: "replicas", Databases: all, Copies: copies, Read: r.read, Lost: r.lost,
		Write: func(_ context.Context, _ Model, h Hint) string {
			if h.DB == "" || slices.Contains(all, h.DB) {
				return r.primary
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
			if db != r.primary && slices.Contains(r.names, db) {
				return Deny
			}
			return NoOpinion
		},
	}
}

// read chooses the database of a read.
func (r *ReplicaSet) read(ctx context.Context, _ Model, h Hint) string {
	copied := slices.Contains(r.names, h.DB)
	switch {
	case h.DB != "" && h.DB != r.primary && !copied:
		return "" // of other databases
	case len(r.names) == 0 || Wrote(ctx, r.primary):
		return r.primary
	case h.DB == r.primary || copied && r.fit(ctx, h.DB):
		return h.DB
	}
	// The fit ones in turn: the place of one that is left out must not fall to its neighbour alone.
	var room [8]string
	fit := room[:0]
	for _, name := range r.names {
		if r.fit(ctx, name) {
			fit = append(fit, name)
		}
	}
	if len(fit) == 0 {
		return r.primary
	}
	name := fit[(r.turn.Add(1)-1)%uint64(len(fit))]
	if db, _, err := database(ctx, name); err == nil {
		db.copied.reads.Add(1)
	}
	return name
}

// lost leaves a copy out that a query could not reach, and sends the query to the primary.
func (r *ReplicaSet) lost(ctx context.Context, name string, err error) string {
	if slices.Contains(r.names, name) {
		if db, _, ferr := database(ctx, name); ferr == nil {
			db.copied.lost.Add(1)
			db.copied.next.Store(time.Now().Add(r.o.Every).UnixNano())
			r.note(name, db, 0, err)
		}
	}
	return r.primary
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
