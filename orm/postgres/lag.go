package postgres

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
)

var _ dialect.Lagger = (*pool)(nil)

// lagSQL asks a standby how many seconds it is behind: not at all if it has replayed all that it has received and is
// still receiving (after its restart the place where it receives is that of the file, before what it has replayed), else
// since the last transaction that it has replayed. An idle primary would make the second grow.
const lagSQL = `SELECT CASE WHEN NOT pg_is_in_recovery() THEN 0
	WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE pid IS NOT NULL) THEN 0
	ELSE EXTRACT(EPOCH FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END::float8`

// Lag is how far a standby is behind its primary. A server that is no standby is not behind.
func (p *pool) Lag(ctx context.Context) (time.Duration, error) {
	c, err := p.Acquire(ctx, false)
	if err != nil {
		return 0, err
	}
	defer c.Release()
	seconds := math.NaN()
	err = c.Query(ctx, lagSQL, nil, func(r dialect.Row) error {
		if !r.Null(0) {
			seconds = max(0, r.Float(0))
		}
		return nil
	})
	if err == nil && math.IsNaN(seconds) {
		err = errors.New("postgres: the standby receives nothing, and has replayed nothing since it was started")
	}
	if err != nil {
		return 0, err
	}
	return time.Duration(min(seconds, 1e9) * float64(time.Second)), nil
}
