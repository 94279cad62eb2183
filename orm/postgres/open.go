package postgres

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// Options of a database. The zero value is right for a site.
type Options struct {
	// MaxConns is the greatest number of connections. Default: 4 per processor, at least 8. All processes together must stay
	// below the server's max_connections.
	MaxConns int
	// MinConns is the number of connections that are kept open even when idle. Default: 0.
	MinConns int
	// MaxLifetime is how long a connection is used before it is replaced. Default: 1 h, spread by a tenth.
	MaxLifetime time.Duration
	// MaxIdle is how long a connection may be idle before it is closed. Default: 30 min.
	MaxIdle time.Duration
	// HealthCheck is the time between two looks at the idle connections. Default: 1 min.
	HealthCheck time.Duration
	// AcquireTimeout is how long a query waits for a free connection, at most; orm.WithPoolWait gives more to some. Then it is
	// ErrPoolExhausted, and a page that ends in it a 503. Default: 1 s.
	AcquireTimeout time.Duration
	// ConnectTimeout is how long the making of a connection may take. Default: 10 s.
	ConnectTimeout time.Duration
	// StatementTimeout is the server's statement_timeout for each statement. Default: none; contexts bound statements.
	StatementTimeout time.Duration
	// Statements is the number of prepared statements that a connection keeps. Default: 500.
	Statements int
	// NoPrepare keeps nothing on the server's connection beyond a transaction, for poolers in between that hand each transaction
	// another one (PgBouncer in transaction mode): no prepared statement, no setting. Role, Init and Schemas, which would, do not
	// go with it. Django: DISABLE_SERVER_SIDE_CURSORS. Default: prepare.
	NoPrepare bool
	// Direct is the URL of the server itself where there is a pooler in between: Listen needs a connection that stays its own.
	// Default: the database's URL, or none with NoPrepare, and then Listen is an error.
	Direct string
	// NoCopy makes BulkCreate use INSERT even where COPY could do. Default: COPY.
	NoCopy bool
	// Isolation is the isolation level of transactions that name none: "read committed", "repeatable read" or
	// "serializable". Default: the server's.
	Isolation string
	// ReadOnly makes every transaction read only: a write is ErrReadOnly. Default: false.
	ReadOnly bool
	// Role is assumed after connecting, as by SET ROLE. Default: the user of the URL.
	Role string
	// SearchPath is the list of schemas in which tables are found. Default: the server's.
	SearchPath string
	// TimeZone is the zone that sessions run in, for what the server makes of moments by itself: casts, now()::date, columns
	// without time zone. Moments are the same in every zone. Django: TIME_ZONE of a database, and of a site with USE_TZ=False.
	// Default: UTC.
	TimeZone string
	// Schemas lets contexts name the schema in which tables are found (WithSchema): one for each customer of a site. It needs
	// connections that stay the site's between transactions, so not NoPrepare. Default: false, and WithSchema is an error.
	Schemas bool
	// ApplicationName is what the server's lists of connections show. Default: "nuages".
	ApplicationName string
	// Init are further statements for each new connection.
	Init []string
	// Connected is called with each new connection, after Init; an error gives the connection up. Django: connection_created.
	// Default: none.
	Connected func(ctx context.Context, s dialect.Session) error
}

// The oldest server that is supported: Django 6.1 asks for the same.
const oldestServer = 15

// Driver opens databases for orm.OpenURL: postgres://user:password@host:5432/name, postgresql://... The query of the URL may
// set what libpq knows (sslmode, sslrootcert, connect_timeout, target_session_attrs ...) and pool_max_conns, pool_min_conns,
// pool_max_conn_lifetime, pool_max_conn_idle_time, pool_health_check_period; and ours: prepare=off, read_only, statements, assume_role,
// isolation_level, acquire_timeout, time_zone, schemas, init_command, direct. A word of libpq or of Django that means nothing
// here is an error that says what does.
func Driver() orm.Driver {
	return orm.Driver{Schemes: []string{"postgres", "postgresql"}, Open: OpenURL}
}

// OpenURL opens the database that a URL names, with what its query says and the default options otherwise.
func OpenURL(raw string) (*orm.DB, error) { return Open(raw, Options{}) }

// Open makes a pool of connections to the database that a URL names. Options that are set go before the URL's. No connection
// is made yet: the server may start later. db.Ping tells whether it is there.
func Open(raw string, o Options) (*orm.DB, error) {
	raw, err := ownOptions(raw, &o)
	if err != nil {
		return nil, err
	}
	cfg, err := pgxpool.ParseConfig(raw)
	if err != nil {
		return nil, fmt.Errorf("postgres: database URL: %w", err) // pgx leaves the password out
	}
	if err := o.apply(cfg); err != nil {
		return nil, err
	}
	d := dialect.PostgreSQL()
	if err := d.KeepIn(o.TimeZone); err != nil {
		return nil, fmt.Errorf("postgres: Options.TimeZone: %w", err)
	}
	p := &pool{raw: raw, o: o, d: d, cfg: cfg.ConnConfig, free: make(chan struct{}, cfg.MaxConns)}
	cfg.AfterConnect = p.prepareConn
	cfg.ShouldPing = shouldPing
	p.pool, err = pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return orm.NewDB(p), nil
}

// prepareConn makes a new connection ready.
func (p *pool) prepareConn(ctx context.Context, pc *pgx.Conn) error {
	raw := pc.PgConn()
	if err := checkVersion(raw.ParameterStatus("server_version")); err != nil {
		return err
	}
	init := p.o.Init
	if p.o.Role != "" {
		init = append([]string{"SET ROLE " + p.d.QuoteName(p.o.Role)}, init...)
	}
	for _, sql := range init {
		if _, err := raw.Exec(ctx, sql).ReadAll(); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	c := &conn{raw: raw, stmts: map[string]*stmt{}, o: &p.o, row: rowOf{zone: p.d.Location()}}
	c.lease.pool = p
	raw.CustomData()[connKey] = c
	if p.o.Connected != nil {
		return p.o.Connected(ctx, session{c})
	}
	return nil
}

// session is a connection that nobody has borrowed yet.
type session struct{ c *conn }

// Query runs a statement and hands each row over.
func (s session) Query(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) error {
	_, err := s.c.query(ctx, sql, args, false, row)
	return err
}

// Exec runs a statement without rows.
func (s session) Exec(ctx context.Context, sql string, args []dialect.Value) (dialect.Result, error) {
	if len(args) == 0 && !isDML(sql) {
		return s.c.simple(ctx, sql)
	}
	return s.c.query(ctx, sql, args, false, nil)
}

// checkVersion reads "15.3" or "16beta1 (Debian ...)"; a fork that numbers itself in another way is taken as it is.
func checkVersion(version string) error {
	digits := 0
	for digits < len(version) && version[digits] >= '0' && version[digits] <= '9' {
		digits++
	}
	if n, err := strconv.Atoi(version[:digits]); err == nil && n < oldestServer {
		return &dialect.VersionError{Server: "PostgreSQL", Version: version, Oldest: strconv.Itoa(oldestServer)}
	}
	return nil
}

// shouldPing looks at a connection before it is used: one that was idle for long is asked for an answer, and so is one to
// which the server has sent something meanwhile, such as its farewell.
func shouldPing(_ context.Context, p pgxpool.ShouldPingParams) bool {
	switch {
	case p.IdleDuration > 5*time.Second:
		return true
	case p.IdleDuration > 5*time.Millisecond:
		return !quiet(p.Conn.PgConn().Conn())
	}
	return false
}
