package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/nuages-go/nuages/orm"
)

// Notification is what another session said by NOTIFY.
type Notification struct {
	Channel, Payload string
	// PID is the process of the server that serves the sender.
	PID uint32
}

// Listener hears notifications on a connection of its own, beside the pool. It is used by one goroutine at a time; Close may
// come from another.
type Listener struct {
	cfg      *pgx.ConnConfig
	channels []string

	mu     sync.Mutex // guards what follows
	conn   *pgx.Conn
	closed bool
}

// ErrMissed is returned by Next after a lost connection was made anew: what was said meanwhile is lost. The listener goes
// on; the caller looks at the tables for what it may have missed.
var ErrMissed = errors.New("postgres: the listener's connection was lost and made anew: notifications may be missing")

// ErrListenerClosed is returned by Next after Close.
var ErrListenerClosed = errors.New("postgres: the listener is closed")

// Listen begins to hear what is said on the channels. The database must be one that this package opened.
//
//	l, err := postgres.Listen(ctx, db, "orders")
//	for {
//		n, err := l.Next(ctx)
//		if errors.Is(err, postgres.ErrMissed) { ... look at the table ...; continue }
//		if err != nil { return err }
//		...
//	}
func Listen(ctx context.Context, db *orm.DB, channels ...string) (*Listener, error) {
	p, ok := db.Backend().(*pool)
	if !ok {
		return nil, fmt.Errorf("postgres: Listen needs a PostgreSQL database, not %s", db.Vendor())
	}
	if len(channels) == 0 {
		return nil, errors.New("postgres: Listen needs the name of a channel")
	}
	cfg := p.cfg.Copy()
	switch {
	case p.o.Direct != "":
		direct, err := pgx.ParseConfig(p.o.Direct)
		if err != nil {
			return nil, fmt.Errorf("postgres: Options.Direct: %w", err) // pgx leaves the password out
		}
		cfg = direct
	case p.o.NoPrepare:
		return nil, errors.New("postgres: Listen through a pooler that hands out another connection for each transaction would hear nothing (give the server's own address: Options.Direct, or direct= in the URL)")
	}
	l := &Listener{cfg: cfg, channels: slices.Clone(channels)}
	l.cfg.BuildContextWatcherHandler = func(pc *pgconn.PgConn) ctxwatch.Handler { // nothing runs on the server that could be cancelled
		return &pgconn.DeadlineContextWatcherHandler{Conn: pc.Conn()}
	}
	if err := l.connect(ctx); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Listener) connect(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, l.cfg)
	if err != nil {
		return connectError(ctx, err)
	}
	for _, c := range l.channels {
		if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{c}.Sanitize()); err != nil {
			return errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return errors.Join(ErrListenerClosed, conn.Close(context.WithoutCancel(ctx)))
	}
	l.conn = conn
	return nil
}

// Next waits for a notification. When the connection was lost it is made anew and the error is ErrMissed; when that fails,
// the error is an orm.ErrConnectionLost and Next may be called again later. A context that ends leaves the listener usable.
func (l *Listener) Next(ctx context.Context) (Notification, error) {
	l.mu.Lock()
	conn, closed := l.conn, l.closed
	l.mu.Unlock()
	switch {
	case closed:
		return Notification{}, ErrListenerClosed
	case conn == nil || conn.IsClosed():
		if err := l.connect(ctx); err != nil {
			return Notification{}, err
		}
		return Notification{}, ErrMissed
	}
	n, err := conn.WaitForNotification(ctx)
	if err == nil {
		return Notification{Channel: n.Channel, Payload: n.Payload, PID: n.PID}, nil
	}
	l.mu.Lock()
	closed = l.closed
	l.mu.Unlock()
	switch {
	case closed:
		return Notification{}, ErrListenerClosed
	case ctx.Err() != nil:
		return Notification{}, ctx.Err()
	case conn.IsClosed() || !pgconn.Timeout(err):
		if cerr := l.connect(ctx); cerr != nil {
			return Notification{}, cerr
		}
		return Notification{}, ErrMissed
	}
	return Notification{}, &lostError{err}
}

// Close ends the listener; a Next that waits returns ErrListenerClosed.
func (l *Listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	if l.conn == nil {
		return nil
	}
	return l.conn.PgConn().Conn().Close() // the socket: a Next in progress holds the connection's lock
}

// Notify says something to all who listen on a channel: when the context's transaction commits, or at once outside one.
func Notify(ctx context.Context, channel, payload string) error {
	return orm.QueryRows(ctx, "SELECT pg_notify(?, ?)", []any{channel, payload}, func([]any) error { return nil })
}
