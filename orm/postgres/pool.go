package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/nuages-go/nuages/orm/dialect"
)

// connKey is where a connection of pgx keeps our side of it.
const connKey = "nuages"

// pool is the database's connections. Free holds a token for each connection in use, so that a wait for one can be bounded
// and told apart from a slow connect.
type pool struct {
	pool *pgxpool.Pool
	raw  string // the URL, for psql
	cfg  *pgx.ConnConfig
	o    Options
	d    *dialect.Dialect
	free chan struct{}

	once   sync.Once
	closed atomic.Bool
	waits  atomic.Int64
	// waiting counts the queries that wait now.
	waiting atomic.Int64
	waited  atomic.Int64 // nanoseconds
}

var (
	_ dialect.Backend = (*pool)(nil)
	_ dialect.Statser = (*pool)(nil)
	_ dialect.Batcher = (*lease)(nil)
	_ dialect.Copier  = (*lease)(nil)
	_ dialect.Conn    = (*lease)(nil)
)

// Dialect is PostgreSQL's.
func (p *pool) Dialect() *dialect.Dialect { return p.d }

// Streams says that a read may keep a connection while others work on its rows.
func (p *pool) Streams() bool { return cap(p.free) > 1 }

var errClosed = errors.New("postgres: the database is closed")

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
	l := &c.lease
	l.cur, l.write, l.inTx = c, write, false
	return l, nil
}

// enter waits until fewer than MaxConns connections are in use.
func (p *pool) enter(ctx context.Context) error {
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
	case <-ctx.Done():
		return fmt.Errorf("postgres: waiting for one of %d connections, all in use, with %d queries waiting: %w", cap(p.free), waiting, ctx.Err())
	case <-timer.C:
		return &dialect.PoolError{
			Driver: "postgres", Waited: wait, Max: cap(p.free), Waiting: int(p.waiting.Load()),
			Hint: "raise Options.MaxConns, or find the transactions that take so long",
		}
	}
}

func (p *pool) connect(ctx context.Context) (*conn, error) {
	pc, err := p.pool.Acquire(ctx)
	if err != nil {
		if p.closed.Load() {
			return nil, errClosed
		}
		return nil, connectError(ctx, err)
	}
	c, ok := pc.Conn().PgConn().CustomData()[connKey].(*conn)
	if !ok {
		pc.Release()
		return nil, errors.New("postgres: a connection was not prepared")
	}
	c.pooled = pc
	return c, nil
}

// Close waits for the connections in use and closes all.
func (p *pool) Close() error {
	p.once.Do(func() {
		p.closed.Store(true)
		p.pool.Close()
	})
	return nil
}

// Stats counts the pool's connections.
func (p *pool) Stats() dialect.Stats {
	s := p.pool.Stat()
	return dialect.Stats{
		Max: int(s.MaxConns()), Open: int(s.TotalConns()), Idle: int(s.IdleConns()), InUse: int(s.AcquiredConns()),
		Acquired: s.AcquireCount(), Waited: p.waits.Load(), WaitTime: time.Duration(p.waited.Load()), Opened: s.NewConnsCount(),
		ClosedIdle: s.MaxIdleDestroyCount(), ClosedLifetime: s.MaxLifetimeDestroyCount(),
	}
}
