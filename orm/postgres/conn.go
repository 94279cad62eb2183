package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/nuages-go/nuages/orm/dialect"
)

// conn is one connection with its prepared statements and the buffers that statements share.
type conn struct {
	raw    *pgconn.PgConn
	pooled *pgxpool.Conn
	o      *Options
	lease  lease
	place  place // where tables are found

	stmts map[string]*stmt
	count int      // statements prepared
	seq   int      // for their names
	stale []string // names to close when there is time

	buf     []byte
	ends    []int
	values  [][]byte
	formats []int16
	row     rowOf
}

// lease is what a borrower of a connection holds. A lost connection may be replaced beneath it.
type lease struct {
	pool  *pool
	cur   *conn
	write bool
	inTx  bool
}

// Release gives the connection back. pgx closes it if it is in the middle of something.
func (l *lease) Release() {
	c := l.cur
	if c == nil {
		return
	}
	l.cur = nil
	if cap(c.buf) > 1<<20 { // one big value must not stay for ever
		c.buf = nil
	}
	p := c.pooled
	c.pooled = nil
	p.Release()
	<-l.pool.free
}

// Query runs a statement and hands each row over.
func (l *lease) Query(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) error {
	rows := 0
	_, err := l.retry(ctx, func(c *conn) (dialect.Result, error) {
		return c.query(ctx, sql, args, l.inTx, func(r dialect.Row) error {
			rows++
			return row(r)
		})
	}, func() bool { return rows == 0 })
	return err
}

// Exec runs a statement without rows.
func (l *lease) Exec(ctx context.Context, sql string, args []dialect.Value) (dialect.Result, error) {
	return l.retry(ctx, func(c *conn) (dialect.Result, error) {
		if len(args) == 0 && !isDML(sql) {
			return c.simple(ctx, sql)
		}
		return c.query(ctx, sql, args, l.inTx, nil)
	}, nil)
}

// retry runs a statement, and once more on another connection if this one turns out to be lost and nothing was sent, or
// only a question without an answer yet.
func (l *lease) retry(ctx context.Context, f func(c *conn) (dialect.Result, error), fresh func() bool) (dialect.Result, error) {
	if l.cur == nil {
		return dialect.Result{}, dialect.ErrConnectionLost
	}
	if err := l.cur.use(ctx); err != nil {
		return dialect.Result{}, err
	}
	res, err := f(l.cur)
	if err == nil || l.inTx || !l.cur.raw.IsClosed() || ctx.Err() != nil {
		return res, err
	}
	unsent := pgconn.SafeToRetry(err)
	asked := !l.write && fresh != nil && fresh() && errors.Is(err, dialect.ErrConnectionLost)
	if !unsent && !asked {
		return res, err
	}
	l.cur.pooled.Release() // closed: the pool drops it
	l.cur.pooled = nil
	c, cerr := l.pool.connect(ctx)
	if cerr != nil {
		l.cur = nil
		<-l.pool.free
		return res, cerr
	}
	l.cur = c
	if err := c.use(ctx); err != nil {
		return dialect.Result{}, err
	}
	return f(c)
}

// isDML says that a statement reads or writes rows, so that it is worth keeping prepared.
func isDML(sql string) bool {
	for _, word := range []string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES"} {
		if len(sql) >= len(word) && strings.EqualFold(sql[:len(word)], word) {
			return true
		}
	}
	return false
}

// simple runs statements without parameters and without preparing them.
func (c *conn) simple(ctx context.Context, sql string) (dialect.Result, error) {
	var res dialect.Result
	c.moved(sql)
	m := c.raw.Exec(ctx, sql)
	for m.NextResult() {
		tag, err := m.ResultReader().Close()
		if err != nil {
			_ = m.Close() // the same error
			return res, c.wrap(ctx, sql, err)
		}
		res.RowsAffected = tag.RowsAffected()
	}
	if !isControl(sql) {
		c.forgetAll() // it may have changed tables that statements were prepared for
	}
	return res, c.wrap(ctx, sql, m.Close())
}

// isControl says that a statement begins, ends or divides a transaction, or moves a cursor: it changes no table.
func isControl(sql string) bool {
	for _, word := range []string{"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "DECLARE", "FETCH", "CLOSE"} {
		if strings.HasPrefix(sql, word) {
			return true
		}
	}
	return false
}

// query runs one statement. Rows are handed to row, if there is one.
func (c *conn) query(ctx context.Context, sql string, args []dialect.Value, inTx bool, row func(dialect.Row) error) (dialect.Result, error) {
	if c.o.NoPrepare {
		return c.unprepared(ctx, sql, args, row)
	}
	for again := false; ; again = true {
		s, err := c.prepare(ctx, sql, args)
		if err != nil {
			return dialect.Result{}, err
		}
		res, sent, err := c.run(ctx, s, args, row)
		if err == nil {
			return res, nil
		}
		if isStale(err) {
			c.forget(sql)
			// The plan was made before a migration changed a table. In a transaction the server has given up already.
			if !again && !inTx && !sent {
				continue
			}
		}
		return res, c.wrap(ctx, sql, err)
	}
}

// run binds and executes a prepared statement. Handed says that a row was handed over.
func (c *conn) run(ctx context.Context, s *stmt, args []dialect.Value, row func(dialect.Row) error) (res dialect.Result, handed bool, err error) {
	if err := c.encode(s.desc.ParamOIDs, args); err != nil {
		return res, false, err
	}
	rr := c.raw.ExecStatement(ctx, s.desc, c.values, c.formats, s.formats)
	return c.read(rr, s.columns, row)
}

// read reads a result. An error of row ends it: what the server still sends is read and dropped.
func (c *conn) read(rr *pgconn.ResultReader, columns []column, row func(dialect.Row) error) (res dialect.Result, handed bool, err error) {
	if row != nil {
		c.row.columns = columns
		for rr.NextRow() {
			if c.row.columns == nil {
				c.row.columns = columnsOf(rr.FieldDescriptions())
			}
			c.row.values = rr.Values()
			handed = true
			if err := row(&c.row); err != nil {
				_, _ = rr.Close() // the caller's error says why
				return res, handed, &rowError{err}
			}
		}
	}
	tag, err := rr.Close()
	res.RowsAffected = tag.RowsAffected()
	return res, handed, err
}

// rowError is an error of the caller's row function: it is returned as it came.
type rowError struct{ err error }

func (e *rowError) Error() string { return e.err.Error() }
func (e *rowError) Unwrap() error { return e.err }

// unprepared runs a statement in one round trip without keeping it: all values go as text.
func (c *conn) unprepared(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) (dialect.Result, error) {
	oids := make([]uint32, len(args))
	for i := range args {
		oids[i] = oidOf(&args[i])
	}
	if err := c.encode(oids, args); err != nil {
		return dialect.Result{}, err
	}
	rr := c.raw.ExecParams(ctx, sql, c.values, oids, c.formats, nil)
	res, _, err := c.read(rr, nil, row)
	return res, c.wrap(ctx, sql, err)
}

var isolations = map[string]string{
	"": "", "read committed": " ISOLATION LEVEL READ COMMITTED", "repeatable read": " ISOLATION LEVEL REPEATABLE READ",
	"serializable": " ISOLATION LEVEL SERIALIZABLE",
}

// Begin starts a transaction.
func (l *lease) Begin(ctx context.Context, o dialect.TxOptions) error {
	if o.Isolation == "" && l.pool.o.NoPrepare {
		o.Isolation = l.pool.o.Isolation // which the connection has not been told
	}
	level, ok := isolations[strings.ToLower(o.Isolation)]
	if !ok {
		return fmt.Errorf("postgres: unknown isolation level %q (read committed, repeatable read or serializable)", o.Isolation)
	}
	sql := "BEGIN" + level
	if o.ReadOnly {
		sql += " READ ONLY"
	}
	_, err := l.Exec(ctx, sql, nil)
	l.inTx = err == nil
	return err
}

// Commit ends the transaction. A transaction in which a statement failed cannot be committed: the server rolls it back, and
// that is an error here.
func (l *lease) Commit(ctx context.Context) error {
	l.inTx = false
	m := l.cur.raw.Exec(ctx, "COMMIT")
	var tag pgconn.CommandTag
	for m.NextResult() {
		t, err := m.ResultReader().Close()
		if err != nil {
			_ = m.Close() // the same error
			return l.cur.wrap(ctx, "COMMIT", err)
		}
		tag = t
	}
	if err := m.Close(); err != nil {
		return l.cur.wrap(ctx, "COMMIT", err)
	}
	if tag.String() == "ROLLBACK" {
		l.cur.moved("ROLLBACK")
		return errors.New("postgres: the transaction was rolled back, since a statement in it had failed (let Atomic return the error, or put the statement into an Atomic of its own)")
	}
	return nil
}

// Rollback ends the transaction. A lost connection has done so already.
func (l *lease) Rollback(ctx context.Context) error {
	l.inTx = false
	if l.cur == nil || l.cur.raw.IsClosed() || l.cur.raw.TxStatus() == 'I' {
		return nil
	}
	_, err := l.cur.simple(ctx, "ROLLBACK")
	return err
}
