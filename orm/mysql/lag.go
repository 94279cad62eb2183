package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
)

var _ dialect.Lagger = (*pool)(nil)

// Lag is how far a replica is behind its source: SHOW REPLICA STATUS, which needs a privilege (REPLICATION CLIENT on MySQL,
// REPLICA MONITOR on MariaDB). A server that is no replica is not behind.
func (p *pool) Lag(ctx context.Context) (time.Duration, error) {
	acquired, err := p.Acquire(ctx, false)
	if err != nil {
		return 0, err
	}
	l := acquired.(*lease) // what this pool gives
	defer l.Release()
	const ask = "SHOW REPLICA STATUS"
	lag := time.Duration(0)
	_, err = l.raw(ctx, func(c *conn) (dialect.Result, error) {
		var err error
		lag, err = c.lag(ctx, ask)
		return dialect.Result{}, err
	})
	return lag, l.wrap(ctx, ask, err)
}

var errStopped = errors.New("mysql: the replica does not follow its source (SHOW REPLICA STATUS says why)")

// lag reads the column that tells the seconds; its place differs between versions.
func (c *conn) lag(ctx context.Context, sql string) (lag time.Duration, err error) {
	q, ok := c.inner.(driver.QueryerContext)
	if !ok {
		return 0, errors.New("mysql: the driver cannot query")
	}
	rows, err := q.QueryContext(ctx, sql, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	at := slices.IndexFunc(rows.Columns(), func(name string) bool { return name == "Seconds_Behind_Source" || name == "Seconds_Behind_Master" })
	values := make([]driver.Value, len(rows.Columns()))
	for { // one for each source
		switch err := rows.Next(values); {
		case err == io.EOF:
			return lag, nil
		case err != nil:
			return 0, err
		}
		r := &rowOf{values: values}
		if at < 0 || r.Null(at) {
			return 0, errStopped
		}
		lag = max(lag, time.Duration(r.Int(at))*time.Second)
	}
}
