package postgres

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/nuages-go/nuages/orm/dialect"
)

// checkPooled refuses what stays on a connection, where others get it next.
func (o *Options) checkPooled() error {
	const why = "does not go with NoPrepare: a pooler that hands out another connection for each transaction would "
	switch {
	case !o.NoPrepare:
	case o.Schemas:
		return errors.New("postgres: Options.Schemas " + why + "mix up the schemas")
	case o.Role != "":
		return errors.New("postgres: Options.Role " + why + "give the role to others (connect as a user whose role it is: ALTER ROLE ... SET role)")
	case len(o.Init) > 0:
		return errors.New("postgres: Options.Init " + why + "run it on any of them (use connect_query of PgBouncer, or ALTER ROLE ... SET)")
	}
	return nil
}

// apply writes the options into the configuration of pgx.
func (o *Options) apply(cfg *pgxpool.Config) error {
	if o.MaxConns > 0 {
		cfg.MaxConns = int32(min(o.MaxConns, 10_000))
	} else if !strings.Contains(cfg.ConnString(), "pool_max_conns") {
		cfg.MaxConns = max(8, cfg.MaxConns)
	}
	if o.MinConns > 0 {
		cfg.MinConns = int32(min(o.MinConns, int(cfg.MaxConns)))
	}
	setDuration(&cfg.MaxConnLifetime, o.MaxLifetime)
	cfg.MaxConnLifetimeJitter = cfg.MaxConnLifetime / 10
	setDuration(&cfg.MaxConnIdleTime, o.MaxIdle)
	setDuration(&cfg.HealthCheckPeriod, o.HealthCheck)
	if o.AcquireTimeout <= 0 {
		o.AcquireTimeout = dialect.DefaultPoolWait
	}
	if o.Statements <= 0 {
		o.Statements = 500
	}
	c := cfg.ConnConfig
	if o.ConnectTimeout > 0 {
		c.ConnectTimeout = o.ConnectTimeout
	} else if c.ConnectTimeout == 0 || c.ConnectTimeout > time.Minute {
		c.ConnectTimeout = 10 * time.Second
	}
	params := c.RuntimeParams
	if err := checkWords(params); err != nil {
		return err
	}
	if zone := params["timezone"]; zone != "" && o.TimeZone == "" { // the server's word for it
		o.TimeZone = zone
	}
	if o.TimeZone == "" {
		o.TimeZone = "UTC"
	}
	params["timezone"] = o.TimeZone
	params["datestyle"] = "ISO, MDY"
	if o.ApplicationName != "" {
		params["application_name"] = o.ApplicationName
	} else if params["application_name"] == "" {
		params["application_name"] = "nuages"
	}
	if o.SearchPath != "" {
		params["search_path"] = o.SearchPath
	}
	if err := o.checkPooled(); err != nil {
		return err
	}
	o.SearchPath = params["search_path"]
	if o.StatementTimeout > 0 {
		params["statement_timeout"] = strconv.FormatInt(max(1, o.StatementTimeout.Milliseconds()), 10)
	}
	if o.ReadOnly {
		params["default_transaction_read_only"] = "on"
	}
	o.Isolation = strings.ToLower(o.Isolation)
	if o.Isolation != "" {
		if _, ok := isolations[o.Isolation]; !ok {
			return fmt.Errorf("postgres: Options.Isolation %q (read committed, repeatable read or serializable)", o.Isolation)
		}
		if !o.NoPrepare { // otherwise BEGIN says it: poolers know few settings
			params["default_transaction_isolation"] = o.Isolation
		}
	}
	c.BuildContextWatcherHandler = func(pc *pgconn.PgConn) ctxwatch.Handler {
		// Ask the server to stop, so that the connection stays usable; give it up only if the server does not answer.
		return &pgconn.CancelRequestContextWatcherHandler{Conn: pc, DeadlineDelay: 2 * time.Second}
	}
	return nil
}

func setDuration(to *time.Duration, d time.Duration) {
	if d > 0 {
		*to = d
	}
}
