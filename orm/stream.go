package orm

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
)

// mayStream says that a result can be read while its rows are worked on: by a cursor, or while others have other connections.
func (db *DB) mayStream(s *scope) bool {
	if s.txOn(db) != nil {
		return db.d.Cursors
	}
	streamer, ok := db.backend.(dialect.Streamer)
	return ok && streamer.Streams()
}

// stream reads one result in chunks.
func stream[T any](ctx context.Context, db *DB, s *scope, q *expr.Query, size int, hand func([]*T) error) error {
	if err := cmp.Or(wantObjects(q), db.mayLock(s, q)); err != nil {
		return err
	}
	st, err := db.statement(s, q, shapeSelect)
	if err != nil || st.Empty {
		return err
	}
	var rd *reader
	flush := func() error {
		if rd == nil {
			return nil
		}
		list, err := finish[T](ctx, rd, db, s, q)
		rd.free()
		rd = nil
		if err != nil {
			return err
		}
		return hand(list)
	}
	row := func(r dialect.Row) error {
		if rd == nil {
			rd = newReader(st.Layout, q, size)
		}
		return rd.next(r)
	}
	if db.d.Cursors {
		return db.cursor(ctx, s, st.SQL, st.Args, size, row, flush)
	}
	// A cancelled context spares the driver the rest of the rows when the loop is left.
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	n := 0
	err = db.query(inner, s, st.SQL, st.Args, q.Lock != nil, func(r dialect.Row) error {
		if err := row(r); err != nil {
			return err
		}
		if n++; n%size != 0 {
			return nil
		}
		err := flush()
		if err != nil {
			cancel()
		}
		return err
	})
	if err != nil {
		return err
	}
	return flush()
}

// cursor reads a result in chunks by a cursor of the database: in the transaction of the context, or else in one
// of its own. Between two chunks the connection is free for the transaction's other statements.
func (db *DB) cursor(ctx context.Context, s *scope, sql string, args []dialect.Value, size int, row func(dialect.Row) error, flush func() error) error {
	name := cursorName(sql)
	tx := s.txOn(db)
	if tx != nil { // which may read the same rows twice at once
		name += "_" + tx.state.savepoint()
		c := cursor{name: name, size: size, conn: txConn{db, s}}
		err := c.read(ctx, sql, args, row, flush)
		if ctx.Err() == nil && tx.state.refusal() == nil {
			_, cerr := c.conn.Exec(ctx, "CLOSE "+name, nil)
			err = cmp.Or(err, cerr)
		}
		return err
	}
	conn, err := db.backend.Acquire(ctx, false)
	if err != nil {
		return err
	}
	defer conn.Release()
	if err := conn.Begin(ctx, dialect.TxOptions{ReadOnly: true}); err != nil {
		return err
	}
	defer func() { _ = conn.Rollback(context.WithoutCancel(ctx)) }() // nothing was written
	logged := logConn{conn, db, s}
	return (&cursor{name: name, size: size, conn: logged}).read(ctx, sql, args, row, flush)
}

// cursorName is the same for the same statement, so that what the connection has prepared fits.
func cursorName(sql string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(sql)) // cannot fail
	return "iter_" + strconv.FormatUint(h.Sum64(), 36)
}

// cursor is a result that is fetched in pieces.
type cursor struct {
	name string
	size int
	conn statements
}

// statements is what runs the statements of a cursor.
type statements interface {
	Query(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) error
	Exec(ctx context.Context, sql string, args []dialect.Value) (dialect.Result, error)
}

// read fetches until a piece is short. What works on the rows runs between the statements.
func (c *cursor) read(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error, flush func() error) error {
	if _, err := c.conn.Exec(ctx, "DECLARE "+c.name+" NO SCROLL CURSOR FOR "+sql, args); err != nil {
		return err
	}
	fetch := fmt.Sprintf("FETCH %d FROM %s", c.size, c.name)
	for {
		n := 0
		err := c.conn.Query(ctx, fetch, nil, func(r dialect.Row) error {
			n++
			return row(r)
		})
		if err == nil {
			err = flush()
		}
		if err != nil || n < c.size {
			return err
		}
	}
}

// txConn runs statements in the transaction of a context.
type txConn struct {
	db *DB
	s  *scope
}

// Query reads rows.
func (c txConn) Query(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) error {
	return c.db.query(ctx, c.s, sql, args, false, row)
}

// Exec runs a statement that only reads.
func (c txConn) Exec(ctx context.Context, sql string, args []dialect.Value) (dialect.Result, error) {
	return dialect.Result{}, c.db.query(ctx, c.s, sql, args, false, func(dialect.Row) error { return nil })
}

// logConn runs statements on a connection of their own and writes them down.
type logConn struct {
	conn dialect.Conn
	db   *DB
	s    *scope
}

// Query reads rows.
func (c logConn) Query(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) error {
	start, rows := time.Now(), 0
	err := c.s.wrapped(ctx, c.db, sql, args, false, func(ctx context.Context) error {
		return c.conn.Query(ctx, sql, args, func(r dialect.Row) error {
			rows++
			return row(r)
		})
	})
	if c.s.log != nil {
		c.s.logStatement(c.db, sql, args, start, rows, err)
	}
	return err
}

// Exec runs a statement that only reads.
func (c logConn) Exec(ctx context.Context, sql string, args []dialect.Value) (dialect.Result, error) {
	return dialect.Result{}, c.Query(ctx, sql, args, func(dialect.Row) error { return nil })
}
