package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"

	"github.com/nuages-go/nuages/orm/dialect"
)

// pool is the database's connections. Free holds a token for each connection in use, so that a wait for one can be bounded
// and told apart from a slow connect.
type pool struct {
	db    *sql.DB
	inner driver.Connector
	cfg   *mysqldriver.Config
	tls   tlsFiles // for the shell
	o     Options
	d     *dialect.Dialect
	free  chan struct{}

	once   sync.Once
	err    error
	done   chan struct{}  // closed by Close
	kills  sync.WaitGroup // statements of cancelled contexts that are being ended
	closed atomic.Bool

	acquired, waits, waited atomic.Int64 // waited in nanoseconds
	waiting                 atomic.Int64 // now
}

var (
	_ dialect.Backend = (*pool)(nil)
	_ dialect.Statser = (*pool)(nil)
	_ dialect.Conn    = (*lease)(nil)
)

// Dialect is MySQL's or MariaDB's.
func (p *pool) Dialect() *dialect.Dialect { return p.d }

// Streams says that a read may keep a connection while others work on its rows.
func (p *pool) Streams() bool { return cap(p.free) > 1 }

var errClosed = errors.New("mysql: the database is closed")

// Acquire gives a connection. Reading and writing ones are the same, but a lost connection is retried more boldly for reads.
func (p *pool) Acquire(ctx context.Context, write bool) (dialect.Conn, error) {
	if p.closed.Load() {
		return nil, errClosed
	}
	if err := p.enter(ctx); err != nil {
		return nil, err
	}
	c, err := p.connect(ctx)
	if err != nil {
		<-p.free
		return nil, err
	}
	p.acquired.Add(1)
	return &lease{pool: p, cur: c, write: write}, nil
}

// enter waits until fewer than MaxConns connections are in use.
func (p *pool) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case p.free <- struct{}{}:
		return nil
	default:
	}
	waiting, start := p.waiting.Add(1), time.Now()
	defer func() {
		p.waiting.Add(-1)
		p.waits.Add(1)
		p.waited.Add(int64(time.Since(start)))
	}()
	wait := dialect.PoolWait(ctx, p.o.AcquireTimeout)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case p.free <- struct{}{}:
		return nil
	case <-p.done:
		return errClosed
	case <-ctx.Done():
		return fmt.Errorf("mysql: waiting for one of %d connections, all in use, with %d queries waiting: %w", cap(p.free), waiting, ctx.Err())
	case <-timer.C:
		return &dialect.PoolError{
			Driver: "mysql", Waited: wait, Max: cap(p.free), Waiting: int(p.waiting.Load()),
			Hint: "raise Options.MaxConns, or find the transactions that take so long",
		}
	}
}

func (p *pool) connect(ctx context.Context) (*sql.Conn, error) {
	c, err := p.db.Conn(ctx)
	if err != nil {
		if p.closed.Load() {
			return nil, errClosed
		}
		return nil, connectError(ctx, err)
	}
	return c, nil
}

// Close waits for the connections in use and closes all.
func (p *pool) Close() error {
	p.once.Do(func() {
		p.closed.Store(true)
		close(p.done)
		for range cap(p.free) {
			p.free <- struct{}{}
		}
		p.kills.Wait()
		p.err = p.db.Close()
	})
	return p.err
}

// Stats counts the pool's connections.
func (p *pool) Stats() dialect.Stats {
	s := p.db.Stats()
	return dialect.Stats{
		Max: s.MaxOpenConnections, Open: s.OpenConnections, Idle: s.Idle, InUse: s.InUse,
		Acquired: p.acquired.Load(), Waited: p.waits.Load(), WaitTime: time.Duration(p.waited.Load()),
		Opened:     int64(s.OpenConnections) + s.MaxIdleClosed + s.MaxIdleTimeClosed + s.MaxLifetimeClosed,
		ClosedIdle: s.MaxIdleClosed + s.MaxIdleTimeClosed, ClosedLifetime: s.MaxLifetimeClosed,
	}
}

// kill ends what a connection was doing when its context ended: the connection is gone, but the server would go on.
func (p *pool) kill(id int64) {
	p.kills.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		c, err := p.inner.Connect(ctx)
		if err != nil {
			return // nothing more can be done; the server sees the closed connection when it answers
		}
		_ = execRaw(ctx, c, "KILL "+strconv.FormatInt(id, 10)) // it may have ended by itself
		_ = c.Close()
	})
}

// connector makes connections ready.
type connector struct {
	inner driver.Connector
	cfg   *mysqldriver.Config
	o     *Options
	zone  *time.Location // in which moments are kept; nil is UTC
	zones sync.Map       // the names of time zones that the server was seen to know
}

// Driver is the driver below.
func (c *connector) Driver() driver.Driver { return c.inner.Driver() }

// The oldest servers that are supported: Django 6.1 asks for the same.
const (
	oldestMySQL   = "8.4"
	oldestMariaDB = "10.11"
)

// Connect opens a connection and sets what the ORM relies on: UTF-8, the time zone, strictness.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	dc, err := c.prepare(ctx, inner)
	if err != nil {
		return nil, errors.Join(err, inner.Close())
	}
	return dc, nil
}

func (c *connector) prepare(ctx context.Context, inner driver.Conn) (*conn, error) {
	dc := &conn{inner: inner, o: c.o, zones: &c.zones, zoneMark: zoneMark(c.o.TimeZone), stmts: map[string]driver.Stmt{}, row: rowOf{zone: c.zone}}
	row, err := queryRaw(ctx, inner, "SELECT CONNECTION_ID(), VERSION(), @@SESSION.auto_increment_increment, @@SESSION.sql_mode")
	if err != nil {
		return nil, err
	}
	version, mode := row.Text(1), row.Text(3)
	dc.id, dc.keyStep, dc.maria = row.Int(0), row.Int(2), strings.Contains(strings.ToLower(version), "mariadb")
	if err := checkVersion(version, dc.maria); err != nil {
		return nil, err
	}
	if c.zone != nil {
		if err := dc.setZone(ctx); err != nil {
			return nil, err
		}
	}
	init := []string{"SET NAMES utf8mb4", "SET SESSION time_zone = " + dialect.MySQLZone(c.o.TimeZone) + ", sql_mode = '" + strictMode(mode) + "', group_concat_max_len = " + groupConcat}
	if c.o.Isolation != "server" {
		init = append(init, "SET SESSION TRANSACTION ISOLATION LEVEL "+strings.ToUpper(c.o.Isolation))
	}
	if c.o.ReadOnly {
		init = append(init, "SET SESSION TRANSACTION READ ONLY")
	}
	if c.o.StatementTimeout > 0 {
		init = append(init, timeoutSQL(c.o.StatementTimeout, dc.maria))
	}
	for _, sql := range append(init, c.o.Init...) {
		if err := execRaw(ctx, inner, sql); err != nil {
			return nil, fmt.Errorf("%s: %w", sql, err)
		}
	}
	if c.o.Connected != nil {
		if err := c.o.Connected(ctx, session{dc}); err != nil {
			return nil, err
		}
	}
	return dc, nil
}

// session is a connection that nobody has borrowed yet.
type session struct{ c *conn }

// Query runs a statement and hands each row over.
func (s session) Query(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) error {
	return (&lease{}).wrap(ctx, sql, s.c.query(ctx, sql, args, row))
}

// Exec runs a statement without rows.
func (s session) Exec(ctx context.Context, sql string, args []dialect.Value) (dialect.Result, error) {
	res, err := s.c.exec(ctx, sql, args)
	return res, (&lease{}).wrap(ctx, sql, err)
}

// groupConcat is the length in bytes at which GROUP_CONCAT cuts its text: as long as a packet may be, and not 1024 as on MySQL.
const groupConcat = "4294967295"

// timeoutSQL sets the server's limit for statements: MariaDB counts in seconds and for all of them, MySQL in milliseconds and
// for SELECT only.
func timeoutSQL(limit time.Duration, maria bool) string {
	if maria {
		return fmt.Sprintf("SET SESSION max_statement_time = %g", max(time.Millisecond, limit).Seconds())
	}
	return fmt.Sprintf("SET SESSION max_execution_time = %d", max(1, limit.Milliseconds()))
}

func checkVersion(version string, maria bool) error {
	name, oldest := "MySQL", oldestMySQL
	if maria {
		name, oldest = "MariaDB", oldestMariaDB
		version = strings.TrimPrefix(version, "5.5.5-") // what MariaDB once said to please old replicas
	}
	var have, want [2]int
	_, err := fmt.Sscanf(version, "%d.%d", &have[0], &have[1])
	if err != nil {
		return nil // a fork that numbers itself in another way
	}
	_, _ = fmt.Sscanf(oldest, "%d.%d", &want[0], &want[1]) // our own text
	if have[0] < want[0] || have[0] == want[0] && have[1] < want[1] {
		return &dialect.VersionError{Server: name, Version: version, Oldest: oldest}
	}
	return nil
}

// strictMode is the server's mode, in which wrong values are errors, and in which backslashes and double quotes in texts
// mean what the ORM writes.
func strictMode(mode string) string {
	var out []string
	strict := false
	for m := range strings.SplitSeq(mode, ",") {
		switch m {
		case "", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "ANSI", "ORACLE", "MSSQL", "DB2", "POSTGRESQL", "MAXDB", "PIPES_AS_CONCAT", "IGNORE_SPACE":
			continue
		case "STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "TRADITIONAL":
			strict = true
		case "NO_UNSIGNED_SUBTRACTION":
			continue
		}
		if strings.Trim(m, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == "" {
			out = append(out, m)
		}
	}
	if !strict {
		out = append(out, "STRICT_TRANS_TABLES")
	}
	out = append(out, "NO_UNSIGNED_SUBTRACTION") // 1 - 2 is -1 for positive columns too
	return strings.Join(out, ",")
}
