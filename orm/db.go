package orm

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/compile"
)

// DB is an open database. Drivers make it: sqlite.Open, postgres.Open.
type DB struct {
	backend dialect.Backend
	d       *dialect.Dialect
	shapes  shapeCache
	writes  writePlans
	args    argsPool
	keys    keyPool
	closing sync.Once
	err     error
	copied  health // of a database that is a copy of another
	work    work
}

// NewDB wraps a driver's connections.
func NewDB(b dialect.Backend) *DB { return &DB{backend: b, d: b.Dialect()} }

// Dialect says what SQL the database speaks.
func (db *DB) Dialect() *dialect.Dialect { return db.d }

// Backend is the driver's side of the database.
func (db *DB) Backend() dialect.Backend { return db.backend }

// Vendor is "sqlite", "postgresql" or "mysql".
func (db *DB) Vendor() string { return db.d.Name }

// Stats counts the connections of the database's pool: how many are in use, how many queries had to wait. It is false for
// a driver that does not count.
func (db *DB) Stats() (Stats, bool) {
	if b, ok := db.backend.(dialect.Statser); ok {
		return b.Stats(), true
	}
	return Stats{}, false
}

// Stats are the numbers of a pool of connections.
type Stats = dialect.Stats

// Close ends all connections. It may be called more than once.
func (db *DB) Close() error {
	db.closing.Do(func() {
		db.work.close()
		db.err = db.backend.Close()
	})
	return db.err
}

// work is what a database does in the background. Close waits for it.
type work struct {
	mu     sync.Mutex // guards closed, and that nothing begins after it
	closed bool
	wg     sync.WaitGroup
}

// start runs f in the background, unless the database is being closed. F must end by itself.
func (w *work) start(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.wg.Go(f)
	}
}

func (w *work) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.wg.Wait()
}

// Ping asks the database for an answer.
func (db *DB) Ping(ctx context.Context) error {
	c, err := db.backend.Acquire(ctx, false)
	if err != nil {
		return err
	}
	defer c.Release()
	return c.Query(ctx, "SELECT 1", nil, func(dialect.Row) error { return nil })
}

// Databases are the databases of a site by name; "default" is the one that queries use.
type Databases map[string]*DB

// Close closes all of them.
func (dbs Databases) Close() error {
	var first error
	for _, db := range dbs {
		if err := db.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Driver opens databases whose URL has one of its schemes.
type Driver struct {
	Schemes []string
	Open    func(url string) (*DB, error)
}

// OpenURL opens the database that a URL names, with the driver among those given that knows its scheme:
//
//	db, err := orm.OpenURL(os.Getenv("DATABASE_URL"), sqlite.Driver, postgres.Driver)
func OpenURL(rawURL string, drivers ...Driver) (*DB, error) {
	scheme, _, ok := strings.Cut(rawURL, ":")
	if !ok {
		return nil, fmt.Errorf("orm: database URL %q has no scheme (such as sqlite:///path/to/db.sqlite3)", redact(rawURL))
	}
	var known []string
	for _, d := range drivers {
		if slices.Contains(d.Schemes, scheme) {
			return d.Open(rawURL)
		}
		known = append(known, d.Schemes...)
	}
	return nil, fmt.Errorf("orm: no driver for database URL scheme %q (known: %s)", scheme, strings.Join(known, ", "))
}

func redact(raw string) string {
	if u, err := url.Parse(raw); err == nil {
		return u.Redacted()
	}
	return "…"
}

// scope is what a context carries for the ORM: one value, so that a query looks it up once.
type scope struct {
	dbs  Databases
	tx   *Tx
	log  *QueryLog
	wrap Wrapper
	reg  *Registry
	zone string

	routers Routers
	by      *Router // that chose the database of a query, for when it is lost; only in a copy for the query
	session *session
	hooks   *hooks
	raw     bool
	track   bool
	// actor is whose changes the history of audited models tells of, unaudited that it tells of none.
	actor     string
	unaudited bool
}

type scopeKey struct{}

func scopeOf(ctx context.Context) *scope {
	if ctx == nil {
		return nil // the query says that there is no database
	}
	s, _ := ctx.Value(scopeKey{}).(*scope)
	return s
}

// derive returns a context with a changed copy of its scope.
func derive(ctx context.Context, change func(s *scope)) context.Context {
	var next scope
	if s := scopeOf(ctx); s != nil {
		next = *s
	}
	change(&next)
	return context.WithValue(ctx, scopeKey{}, &next)
}

// WithDatabases returns a context that carries the databases. A transaction that the context was in is left behind.
func WithDatabases(ctx context.Context, dbs Databases) context.Context {
	return derive(ctx, func(s *scope) { s.dbs, s.tx = dbs, nil })
}

// WithDatabase returns a context whose "default" database is db.
func WithDatabase(ctx context.Context, db *DB) context.Context {
	return WithDatabases(ctx, Databases{"default": db})
}

// DatabasesFrom returns the databases of the context, or nil.
func DatabasesFrom(ctx context.Context) Databases {
	if s := scopeOf(ctx); s != nil {
		return s.dbs
	}
	return nil
}

// WithTimeZone returns a context in which the parts of moments (the year of a DateTime, its date) are those of the named
// zone, as with Django's current time zone. Default: UTC.
func WithTimeZone(ctx context.Context, name string) context.Context {
	if name == "UTC" {
		name = ""
	}
	return derive(ctx, func(s *scope) { s.zone = name })
}

// WithPoolWait returns a context whose queries wait up to that time for a free connection, instead of what the option
// AcquireTimeout of the database says: for work in the background, which may well wait longer than a visitor.
func WithPoolWait(ctx context.Context, wait time.Duration) context.Context {
	return dialect.WithPoolWait(ctx, wait)
}

// database finds the database of a query.
func database(ctx context.Context, name string) (*DB, *scope, error) {
	return scopeOf(ctx).find(name)
}

func (s *scope) find(name string) (*DB, *scope, error) {
	if s == nil || len(s.dbs) == 0 {
		return nil, nil, ErrNoDatabase
	}
	if name == "" {
		name = "default"
	}
	db, there := s.dbs[name]
	if there && db == nil {
		return nil, nil, fmt.Errorf("orm: the database %q of the context is nil (look at the error of what opened it)", name)
	}
	if db == nil {
		var names []string
		for n := range s.dbs {
			names = append(names, n)
		}
		slices.Sort(names)
		return nil, nil, fmt.Errorf("orm: no database named %q (there are: %s)", name, strings.Join(names, ", "))
	}
	return db, s, nil
}

func (db *DB) compiler(s *scope) *compile.Compiler {
	c := &compile.Compiler{D: db.d, Zone: s.zone}
	if s.reg != nil {
		c.Reg = s.reg
	}
	return c
}
