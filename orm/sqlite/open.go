package sqlite

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// Options of a database. The zero value is right for a site.
type Options struct {
	// Readers is the number of connections that read at the same time. Default: the number of processors, at least 4.
	Readers int
	// BusyTimeout is how long a statement waits for another process. Default: 5 s.
	BusyTimeout time.Duration
	// CacheSize is the page cache of each connection in KiB. Default: 8192.
	CacheSize int
	// Synchronous is OFF, NORMAL, FULL or EXTRA. Default: NORMAL, which with the write-ahead log may lose the last
	// transactions in a power cut, but never damages the file.
	Synchronous string
	// Statements is the number of prepared statements that a connection keeps. Default: 500.
	Statements int
	// TransactionMode is how a transaction that may write begins: IMMEDIATE takes the lock at once and waits for it, EXCLUSIVE keeps
	// readers of other processes out too, DEFERRED takes the lock with the first write, which fails without waiting when another
	// process has written meanwhile. Default: IMMEDIATE.
	TransactionMode string
	// AcquireTimeout is how long a query waits for a connection, at most; orm.WithPoolWait gives more to some. Then it is
	// ErrPoolExhausted, and a page that ends in it a 503. Default: 1 s to read; to write as long as BusyTimeout, since that is
	// the same wait for a lock, whether it is this process that holds it or another.
	AcquireTimeout time.Duration
	// TimeZone is the zone in which the database keeps moments: what a clock there shows. For databases of Django sites with
	// USE_TZ=False, or with a TIME_ZONE for the database. Default: UTC.
	TimeZone string
	// Functions are SQL functions written in Go, on each connection. Default: none.
	Functions []Function
	// ReadOnly opens a file that is there and takes no write (ErrReadOnly). Default: false.
	ReadOnly bool
	// Init are further statements for each new connection.
	Init []string
	// Connected is called with each new connection, after Init; an error gives the connection up. Django: connection_created.
	// Default: none.
	Connected func(ctx context.Context, s dialect.Session) error
}

// Driver opens databases for orm.OpenURL: sqlite:///relative/path, sqlite:////absolute/path, sqlite://:memory:.
func Driver() orm.Driver { return orm.Driver{Schemes: []string{"sqlite", "sqlite3"}, Open: OpenURL} }

// Open opens a database file, which is made if it is not there. The path may be a URI as SQLite has them:
// "file:site.sqlite3?immutable=1". The path ":memory:" is a database of its own in memory, on one connection, as are the URIs
// "file::memory:" and "file:name?mode=memory".
func Open(path string, o Options) (*orm.DB, error) {
	if o.Readers <= 0 {
		o.Readers = max(4, runtime.GOMAXPROCS(0))
	}
	if o.BusyTimeout <= 0 {
		o.BusyTimeout = 5 * time.Second
	}
	if o.CacheSize <= 0 {
		o.CacheSize = 8192
	}
	if o.Statements <= 0 {
		o.Statements = 500
	}
	switch strings.ToUpper(o.Synchronous) {
	case "":
		o.Synchronous = "NORMAL"
	case "OFF", "NORMAL", "FULL", "EXTRA":
	default:
		return nil, fmt.Errorf("sqlite: Options.Synchronous %q (OFF, NORMAL, FULL or EXTRA)", o.Synchronous)
	}
	switch o.TransactionMode = strings.ToUpper(o.TransactionMode); o.TransactionMode {
	case "":
		o.TransactionMode = "IMMEDIATE"
	case "IMMEDIATE", "DEFERRED", "EXCLUSIVE":
	default:
		return nil, fmt.Errorf("sqlite: Options.TransactionMode %q (IMMEDIATE, DEFERRED or EXCLUSIVE)", o.TransactionMode)
	}
	readWait, writeWait := o.AcquireTimeout, o.AcquireTimeout
	if o.AcquireTimeout <= 0 {
		readWait, writeWait = dialect.DefaultPoolWait, o.BusyTimeout
	}
	p := &pool{path: path, o: o, readWait: readWait, writeWait: writeWait, d: dialect.SQLite(), memory: inMemory(path), closed: make(chan struct{})}
	if err := p.d.KeepIn(o.TimeZone); err != nil {
		return nil, fmt.Errorf("sqlite: Options.TimeZone: %w", err)
	}
	p.writer = make(chan *conn, 1)
	p.readers = make(chan *conn, o.Readers)
	p.watch = newWatcher()
	first, err := p.open() // now, so that a wrong path is told here
	if err != nil {
		p.watch.stop()
		return nil, err
	}
	p.writer <- first
	return orm.NewDB(p), nil
}

// inMemory says whether a path means a database in memory. Each connection would have one of its own.
func inMemory(path string) bool {
	uri, isURI := strings.CutPrefix(path, "file:")
	if !isURI {
		return path == ":memory:"
	}
	name, query, _ := strings.Cut(uri, "?")
	values, err := url.ParseQuery(query)
	return name == ":memory:" || err == nil && (values.Get("mode") == "memory" || values.Get("vfs") == "memdb")
}

// pool is one writing connection and some that read. Connections are opened when they are first needed.
type pool struct {
	path   string
	o      Options
	d      *dialect.Dialect
	memory bool

	readWait, writeWait time.Duration

	writer  chan *conn // holds the writer while nobody uses it
	readers chan *conn // holds the idle readers

	mu     sync.Mutex // guards opened and all
	opened int        // readers opened so far
	all    []*conn
	once   sync.Once
	closed chan struct{}
	watch  *watcher

	live, made              atomic.Int64 // connections that are open, and that were opened
	acquired, waits, waited atomic.Int64 // waited in nanoseconds
	waiting                 atomic.Int64 // now
}

// Dialect is SQLite's.
func (p *pool) Dialect() *dialect.Dialect { return p.d }

// Streams says that a read may keep a connection while others work on its rows. A database in memory has one connection.
func (p *pool) Streams() bool { return !p.memory && cap(p.readers) > 1 }

var errClosed = errors.New("sqlite: the database is closed")

// Acquire gives the writer, or a reader. A database in memory has one connection for both.
func (p *pool) Acquire(ctx context.Context, write bool) (dialect.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-p.closed:
		return nil, errClosed
	default:
	}
	p.acquired.Add(1)
	if write || p.memory {
		select {
		case c := <-p.writer:
			return c, nil
		default:
		}
		c, err := p.await(ctx, p.writer, p.writeWait, "to write")
		if err != nil {
			return nil, err
		}
		return c, nil
	}
	select {
	case c := <-p.readers:
		return c, nil
	default:
	}
	if c, err := p.openReader(); c != nil || err != nil {
		if err != nil {
			return nil, err
		}
		return c, nil
	}
	c, err := p.await(ctx, p.readers, p.readWait, "to read")
	if err != nil {
		return nil, err
	}
	return c, nil
}

// await waits until a connection is free.
func (p *pool) await(ctx context.Context, free chan *conn, usual time.Duration, why string) (*conn, error) {
	p.waiting.Add(1)
	defer p.waiting.Add(-1)
	defer p.wait(time.Now())
	wait := dialect.PoolWait(ctx, usual)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case c := <-free:
		return c, nil
	case <-p.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, fmt.Errorf("sqlite: waiting for a connection %s: %w", why, ctx.Err())
	case <-timer.C:
		return nil, &dialect.PoolError{
			Driver: "sqlite", Waited: wait, Max: cap(free), Waiting: int(p.waiting.Load()),
			Hint: "it was " + why + "; find the transactions that take so long, or the query inside Atomic that does not use its context",
		}
	}
}

// openReader opens one more reader if there may be one.
func (p *pool) openReader() (*conn, error) {
	p.mu.Lock()
	if p.opened >= p.o.Readers {
		p.mu.Unlock()
		return nil, nil
	}
	p.opened++
	p.mu.Unlock()
	c, err := p.open()
	if err == nil {
		if err = c.run("PRAGMA query_only = ON"); err != nil {
			_ = c.close() // the first error counts
		}
	}
	if err != nil {
		p.mu.Lock()
		p.opened--
		p.mu.Unlock()
		return nil, err
	}
	c.reader = true
	return c, nil
}

func (p *pool) open() (*conn, error) {
	flags := sqlite.OpenReadWrite | sqlite.OpenCreate | sqlite.OpenURI
	if !p.memory {
		flags |= sqlite.OpenWAL
	}
	if p.o.ReadOnly {
		flags = sqlite.OpenReadOnly | sqlite.OpenURI
	}
	raw, err := sqlite.OpenConn(p.path, flags)
	if err != nil {
		return nil, openError(p.path, err)
	}
	c := &conn{pool: p, raw: raw, stmts: map[string]*sqlite.Stmt{}, row: rowOf{zone: p.d.Location()}}
	raw.SetBusyTimeout(p.o.BusyTimeout)
	init := append([]string{
		"PRAGMA foreign_keys = ON",
		"PRAGMA legacy_alter_table = OFF",
		"PRAGMA synchronous = " + p.o.Synchronous,
		fmt.Sprintf("PRAGMA cache_size = -%d", p.o.CacheSize),
		"PRAGMA temp_store = MEMORY",
	}, p.o.Init...)
	for _, sql := range init {
		if err := c.run(sql); err != nil {
			raw.Close()
			return nil, fmt.Errorf("sqlite: open %q: %s: %w", p.path, sql, err)
		}
	}
	if err := installFunctions(c); err != nil {
		raw.Close()
		return nil, fmt.Errorf("sqlite: open %q: functions: %w", p.path, err)
	}
	if err := c.connected(); err != nil {
		raw.Close()
		return nil, fmt.Errorf("sqlite: open %q: %w", p.path, err)
	}
	c.arm()
	p.live.Add(1)
	p.made.Add(1)
	p.mu.Lock()
	p.all = append(p.all, c)
	p.mu.Unlock()
	p.watch.add(c)
	return c, nil
}

// Close waits for the connections in use and closes all.
func (p *pool) Close() error {
	var first error
	p.once.Do(func() {
		close(p.closed)
		p.mu.Lock()
		readers := p.opened
		p.mu.Unlock()
		for range readers {
			c := <-p.readers
			if err := c.close(); err != nil && first == nil {
				first = err
			}
		}
		c := <-p.writer
		if err := c.close(); err != nil && first == nil {
			first = err
		}
		p.watch.stop()
	})
	return first
}
