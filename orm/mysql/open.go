package mysql

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// Options of a database. The zero value is right for a site.
type Options struct {
	// Flavor is "mysql" or "mariadb", where the two differ (MariaDB's INSERT ... RETURNING). Default: what the URL's scheme says
	// (mariadb://), else Open asks the server, and also whether the database's collation minds case.
	Flavor string
	// MaxConns is the greatest number of connections. Default: 4 per processor, at least 8. All processes together must stay
	// below the server's max_connections.
	MaxConns int
	// MaxIdleConns is the number of connections that are kept when nothing uses them. Default: MaxConns.
	MaxIdleConns int
	// MaxLifetime is how long a connection is used before it is replaced. Default: 1 h.
	MaxLifetime time.Duration
	// MaxIdle is how long a connection may be idle before it is closed. Default: 30 min.
	MaxIdle time.Duration
	// AcquireTimeout is how long a query waits for a free connection, at most; orm.WithPoolWait gives more to some. Then it is
	// ErrPoolExhausted, and a page that ends in it a 503. Default: 1 s.
	AcquireTimeout time.Duration
	// ConnectTimeout is how long the making of a connection may take. Default: 10 s.
	ConnectTimeout time.Duration
	// Statements is the number of prepared statements that a connection keeps; all connections together must stay below the
	// server's max_prepared_stmt_count. Default: 200.
	Statements int
	// Isolation is the isolation level of transactions that name none: "read uncommitted", "read committed", "repeatable read",
	// "serializable", or "server" for the server's own. Default: "read committed", as in Django.
	Isolation string
	// StatementTimeout is the server's own limit for statements (max_statement_time of MariaDB; max_execution_time of MySQL,
	// which bounds SELECT only). Default: the server's; contexts bound statements.
	StatementTimeout time.Duration
	// TimeZone is the zone in which the database keeps moments: what a clock there shows. For databases of Django sites with
	// USE_TZ=False, or with a TIME_ZONE for the database. The server needs its tables of time zones for it. Default: UTC.
	TimeZone string
	// ReadOnly makes every transaction read only: a write is an error. Default: false.
	ReadOnly bool
	// TLS is used if it is set. Default: as the URL says (?tls=true), else none.
	TLS *tls.Config
	// Init are further statements for each new connection.
	Init []string
	// Connected is called with each new connection, after Init; an error gives the connection up. Django: connection_created.
	// Default: none.
	Connected func(ctx context.Context, s dialect.Session) error
}

// Driver opens databases for orm.OpenURL: mysql://user:password@host:3306/name, mariadb://..., and for a socket
// mysql://user:password@/name?socket=/run/mysqld/mysqld.sock. The options that the query of the URL may set are in the
// documentation of databases.
func Driver() orm.Driver {
	return orm.Driver{Schemes: []string{"mysql", "mariadb"}, Open: OpenURL}
}

// OpenURL opens the database that a URL names, with what its query says and the default options otherwise.
func OpenURL(raw string) (*orm.DB, error) { return Open(raw, Options{}) }

// Open makes a pool of connections to the database that a URL names. Options that are set go before the URL's. Unless the
// flavor is known, the server is asked for it, so it must be there.
func Open(raw string, o Options) (*orm.DB, error) {
	cfg, files, err := parseURL(raw, &o)
	if err != nil {
		return nil, err
	}
	if err := o.complete(cfg); err != nil {
		return nil, err
	}
	zone, err := dialect.LoadZone(o.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("mysql: Options.TimeZone: %w", err)
	}
	c := &connector{cfg: cfg, o: &o, zone: zone}
	if c.inner, err = driver.NewConnector(cfg); err != nil {
		return nil, fmt.Errorf("mysql: %w", err)
	}
	p := &pool{o: o, inner: c.inner, cfg: cfg, tls: files, free: make(chan struct{}, o.MaxConns), done: make(chan struct{})}
	p.db = sql.OpenDB(c)
	p.db.SetMaxOpenConns(o.MaxConns)
	p.db.SetMaxIdleConns(o.MaxIdleConns)
	p.db.SetConnMaxLifetime(o.MaxLifetime)
	p.db.SetConnMaxIdleTime(o.MaxIdle)
	switch o.Flavor {
	case "mysql":
		p.d = dialect.MySQL()
	case "mariadb":
		p.d = dialect.MariaDB()
	default:
		if err := p.ask(); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	if err := p.d.KeepIn(o.TimeZone); err != nil { // the name was looked up before
		return nil, errors.Join(err, p.Close())
	}
	return orm.NewDB(p), nil
}

// ask finds the dialect by what the server is, and how the database compares texts.
func (p *pool) ask() error {
	ctx, cancel := context.WithTimeout(context.Background(), p.o.ConnectTimeout)
	defer cancel()
	sc, err := p.db.Conn(ctx)
	if err != nil {
		return connectError(ctx, err)
	}
	p.d = dialect.MySQL()
	err = sc.Raw(func(dc any) error {
		c, ok := dc.(*conn)
		if !ok {
			return nil
		}
		if c.maria {
			p.d = dialect.MariaDB()
		}
		row, err := queryRaw(ctx, c.inner, "SELECT @@collation_database")
		if err == nil && (strings.HasSuffix(row.Text(0), "_bin") || strings.HasSuffix(row.Text(0), "_cs")) {
			dialect.FoldCase(p.d)
		}
		return err
	})
	return errors.Join(err, sc.Close())
}

var isolations = []string{"read uncommitted", "read committed", "repeatable read", "serializable"}

// complete fills in defaults and sets what the ORM relies on.
func (o *Options) complete(cfg *driver.Config) error {
	if o.MaxConns <= 0 {
		o.MaxConns = max(8, 4*runtime.GOMAXPROCS(0))
	}
	if o.MaxIdleConns <= 0 {
		o.MaxIdleConns = o.MaxConns
	}
	if o.Statements <= 0 {
		o.Statements = 200
	}
	for d, deflt := range map[*time.Duration]time.Duration{
		&o.MaxLifetime: time.Hour, &o.MaxIdle: 30 * time.Minute, &o.AcquireTimeout: dialect.DefaultPoolWait, &o.ConnectTimeout: 10 * time.Second,
	} {
		if *d <= 0 {
			*d = deflt
		}
	}
	o.Flavor, o.Isolation = strings.ToLower(o.Flavor), strings.ToLower(o.Isolation)
	if o.Flavor != "" && o.Flavor != "mysql" && o.Flavor != "mariadb" {
		return fmt.Errorf("mysql: Options.Flavor %q (mysql or mariadb)", o.Flavor)
	}
	if o.Isolation == "" {
		o.Isolation = "read committed"
	}
	if o.Isolation != "server" && !slices.Contains(isolations, o.Isolation) {
		return fmt.Errorf("mysql: Options.Isolation %q (%s or server)", o.Isolation, strings.Join(isolations, ", "))
	}
	if o.StatementTimeout < 0 {
		return fmt.Errorf("mysql: Options.StatementTimeout %s is negative", o.StatementTimeout)
	}
	cfg.Timeout = o.ConnectTimeout
	cfg.ParseTime, cfg.Loc = true, time.UTC
	cfg.ClientFoundRows = true // an update counts the rows that it found, changed or not
	cfg.Logger = &driver.NopLogger{}
	cfg.MaxAllowedPacket = 0 // the server's
	if o.TLS != nil {
		cfg.TLS = o.TLS
	}
	return nil
}
