package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/nuages-go/nuages/orm/dialect"
)

// conn is a connection as database/sql keeps it: the driver's, with its prepared statements and the buffers that statements
// share.
type conn struct {
	inner   driver.Conn
	o       *Options
	id      int64 // the server's number of the connection
	keyStep int64
	maria   bool
	zones   *sync.Map

	zoneMark string

	stmts map[string]driver.Stmt
	named []driver.NamedValue
	row   rowOf
}

var (
	_ driver.Conn            = (*conn)(nil)
	_ driver.SessionResetter = (*conn)(nil)
	_ driver.Validator       = (*conn)(nil)
)

// Prepare and Begin are for database/sql, which the ORM asks for connections only.
func (c *conn) Prepare(sql string) (driver.Stmt, error) { return c.inner.Prepare(sql) }

// Begin starts a transaction.
func (c *conn) Begin() (driver.Tx, error) {
	return c.inner.Begin() //lint:ignore SA1019 driver.Conn demands the method
}

// Close ends the connection, and with it its statements.
func (c *conn) Close() error { return c.inner.Close() }

// ResetSession looks whether the server has said farewell meanwhile.
func (c *conn) ResetSession(ctx context.Context) error {
	if r, ok := c.inner.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

// IsValid says whether the connection may be used again.
func (c *conn) IsValid() bool {
	v, ok := c.inner.(driver.Validator)
	return !ok || v.IsValid()
}

// lease is what a borrower of a connection holds. A lost connection may be replaced beneath it.
type lease struct {
	pool  *pool
	cur   *sql.Conn
	write bool
	inTx  bool
}

// Release gives the connection back. database/sql closes it if it is no longer valid.
func (l *lease) Release() {
	if c := l.cur; c != nil {
		l.cur = nil
		_ = c.Close() // always nil, or already closed
		<-l.pool.free
	}
}

// Query runs a statement and hands each row over.
func (l *lease) Query(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) error {
	fresh := true
	_, err := l.retry(ctx, func(c *conn) (dialect.Result, error) {
		return dialect.Result{}, c.query(ctx, sql, args, func(r dialect.Row) error {
			fresh = false
			return row(r)
		})
	}, &fresh)
	return l.wrap(ctx, sql, err)
}

// Exec runs a statement without rows.
func (l *lease) Exec(ctx context.Context, sql string, args []dialect.Value) (dialect.Result, error) {
	no := false
	res, err := l.retry(ctx, func(c *conn) (dialect.Result, error) { return c.exec(ctx, sql, args) }, &no)
	return res, l.wrap(ctx, sql, err)
}

// retry runs a statement, and once more on another connection if this one turns out to be lost and nothing was sent, or
// only a question without an answer yet.
func (l *lease) retry(ctx context.Context, f func(c *conn) (dialect.Result, error), fresh *bool) (dialect.Result, error) {
	res, err := l.raw(ctx, f)
	if err == nil || l.inTx || l.cur == nil || ctx.Err() != nil || !isLost(err) {
		return res, err
	}
	unsent := errors.Is(err, driver.ErrBadConn)
	if !unsent && (l.write || !*fresh) {
		return res, err
	}
	_ = l.cur.Close() // it is lost: database/sql drops it
	c, cerr := l.pool.connect(ctx)
	if cerr != nil {
		l.cur = nil
		<-l.pool.free
		return res, cerr
	}
	l.cur = c
	return l.raw(ctx, f)
}

// raw lends the connection to f.
func (l *lease) raw(ctx context.Context, f func(c *conn) (dialect.Result, error)) (res dialect.Result, err error) {
	if l.cur == nil {
		return res, dialect.ErrConnectionLost
	}
	var inner error
	var id int64
	valid := true
	err = l.cur.Raw(func(dc any) error {
		c, ok := dc.(*conn)
		if !ok {
			return errors.New("mysql: a connection was not prepared")
		}
		res, inner = f(c)
		if inner != nil {
			id, valid = c.id, c.IsValid()
		}
		return nil // Raw would give the connection up at once, without a word to who holds it
	})
	if !valid && ctx.Err() != nil {
		l.pool.kill(id)
	}
	if inner != nil {
		return res, inner
	}
	if err != nil && l.cur != nil && errors.Is(err, sql.ErrConnDone) {
		return res, driver.ErrBadConn
	}
	return res, err
}

// isDML says that a statement reads or writes rows, so that it is worth preparing.
func isDML(sql string) bool {
	for _, word := range [...]string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "REPLACE"} {
		if len(sql) >= len(word) && strings.EqualFold(sql[:len(word)], word) {
			return true
		}
	}
	return false
}

// hasRows says that a statement answers with rows, as INSERT ... RETURNING does.
func hasRows(sql string) bool {
	for _, word := range [...]string{"SELECT", "WITH", "CALL", "SHOW", "TABLE", "VALUES", "EXPLAIN", "ANALYZE", "CHECK"} {
		if len(sql) >= len(word) && strings.EqualFold(sql[:len(word)], word) {
			return true
		}
	}
	const word = "RETURNING"
	for i := max(0, len(sql)-2000); i+len(word) <= len(sql); i++ {
		if (sql[i] == 'R' || sql[i] == 'r') && strings.EqualFold(sql[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

// keptSQL is the length of statements that are worth keeping; longer ones are the inserts of many rows and long lists.
const keptSQL = 16 << 10

// prepare finds or prepares a statement. Kept says that it must not be closed after use. The cache is emptied when it is
// full: a site has a few hundred statements, and more than that are statements that do not come again.
func (c *conn) prepare(ctx context.Context, sql string) (s driver.Stmt, kept bool, err error) {
	if s := c.stmts[sql]; s != nil {
		return s, true, nil
	}
	p, ok := c.inner.(driver.ConnPrepareContext)
	if !ok {
		return nil, false, errors.New("mysql: the driver cannot prepare statements")
	}
	if err := c.checkZones(ctx, sql); err != nil {
		return nil, false, err
	}
	if s, err = p.PrepareContext(ctx, sql); err != nil {
		return nil, false, err
	}
	if len(sql) > keptSQL {
		return s, false, nil
	}
	if len(c.stmts) >= c.o.Statements {
		for key, old := range c.stmts {
			_ = old.Close() // only memory of the server; a lost connection shows with the next statement
			delete(c.stmts, key)
		}
	}
	c.stmts[sql] = s
	return s, true, nil
}

// bind turns arguments into the driver's, in a buffer that the connection keeps.
func (c *conn) bind(s driver.Stmt, args []dialect.Value) ([]driver.NamedValue, error) {
	if n := s.NumInput(); n != len(args) {
		return nil, fmt.Errorf("mysql: %d arguments for %d parameters", len(args), n)
	}
	c.named = slices.Grow(c.named[:0], len(args))[:len(args)]
	for i := range args {
		v := &args[i]
		nv := &c.named[i]
		nv.Ordinal = i + 1
		switch v.Kind {
		case dialect.Null:
			nv.Value = nil
		case dialect.Int, dialect.Bool:
			nv.Value = v.N
		case dialect.Float:
			nv.Value = v.Float()
		case dialect.Text, dialect.JSON, dialect.Decimal:
			nv.Value = v.S
		case dialect.Bytes:
			nv.Value = append(make([]byte, 0, len(v.S)), v.S...) // not nil, which would be NULL
		default:
			return nil, fmt.Errorf("mysql: argument %d is not bound by the dialect", i+1)
		}
	}
	return c.named, nil
}

// forget drops references to the caller's values.
func (c *conn) forget() {
	clear(c.named)
	if cap(c.named) > 4096 {
		c.named = nil
	}
}

func (c *conn) query(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) error {
	var rows driver.Rows
	if len(args) == 0 && !isDML(sql) {
		q, ok := c.inner.(driver.QueryerContext)
		if !ok {
			return errors.New("mysql: the driver cannot query")
		}
		var err error
		if rows, err = q.QueryContext(ctx, sql, nil); err != nil {
			return err
		}
		return c.read(rows, row)
	}
	s, kept, err := c.prepare(ctx, sql)
	if err != nil {
		return err
	}
	if !kept {
		defer func() { _ = s.Close() }() // only memory of the server
	}
	named, err := c.bind(s, args)
	if err != nil {
		return err
	}
	defer c.forget()
	q, ok := s.(driver.StmtQueryContext)
	if !ok {
		return errors.New("mysql: the driver's statements cannot query")
	}
	if rows, err = q.QueryContext(ctx, named); err != nil {
		return err
	}
	return c.read(rows, row)
}

// read hands the rows over and closes the result. What the server still sends after an error of row is read and dropped.
func (c *conn) read(rows driver.Rows, row func(dialect.Row) error) error {
	r := &c.row
	n := len(rows.Columns())
	r.rows, r.values = rows, slices.Grow(r.values[:0], n)[:n]
	defer func() {
		clear(r.values)
		r.rows = nil
	}()
	for {
		if err := rows.Next(r.values); err != nil {
			cerr := rows.Close()
			if err == io.EOF {
				return cerr
			}
			return err
		}
		if err := row(r); err != nil {
			_ = rows.Close() // the caller's error says why
			return &rowError{err}
		}
	}
}

func (c *conn) exec(ctx context.Context, sql string, args []dialect.Value) (dialect.Result, error) {
	var res driver.Result
	if hasRows(sql) { // the driver's Exec waits for ever when a statement fails in the middle of its rows
		var out dialect.Result
		err := c.query(ctx, sql, args, func(dialect.Row) error {
			out.RowsAffected++
			return nil
		})
		return out, err
	}
	if len(args) == 0 {
		e, ok := c.inner.(driver.ExecerContext)
		if !ok {
			return dialect.Result{}, errors.New("mysql: the driver cannot execute")
		}
		if strings.IndexByte(sql, '?') < 0 || !isDML(sql) {
			res, err := e.ExecContext(ctx, sql, nil)
			return c.result(res, err)
		}
	}
	s, kept, err := c.prepare(ctx, sql)
	if err != nil {
		return dialect.Result{}, err
	}
	if !kept {
		defer func() { _ = s.Close() }() // only memory of the server
	}
	named, err := c.bind(s, args)
	if err != nil {
		return dialect.Result{}, err
	}
	defer c.forget()
	e, ok := s.(driver.StmtExecContext)
	if !ok {
		return dialect.Result{}, errors.New("mysql: the driver's statements cannot execute")
	}
	res, err = e.ExecContext(ctx, named)
	return c.result(res, err)
}

func (c *conn) result(res driver.Result, err error) (out dialect.Result, _ error) {
	if err != nil {
		return out, err
	}
	if out.RowsAffected, err = res.RowsAffected(); err != nil {
		return out, err
	}
	out.LastInsertID, err = res.LastInsertId()
	out.KeyStep = c.keyStep
	return out, err
}

// Begin starts a transaction.
func (l *lease) Begin(ctx context.Context, o dialect.TxOptions) error {
	if o.Isolation != "" {
		level := strings.ToLower(o.Isolation)
		if !slices.Contains(isolations, level) {
			return fmt.Errorf("mysql: unknown isolation level %q (%s)", o.Isolation, strings.Join(isolations, ", "))
		}
		if _, err := l.Exec(ctx, "SET TRANSACTION ISOLATION LEVEL "+strings.ToUpper(level), nil); err != nil { // of the next one
			return err
		}
		l.inTx = true // on this connection and no other
	}
	sql := "START TRANSACTION"
	if o.ReadOnly {
		sql += " READ ONLY"
	}
	_, err := l.Exec(ctx, sql, nil)
	l.inTx = err == nil
	return err
}

// Commit ends the transaction.
func (l *lease) Commit(ctx context.Context) error {
	_, err := l.Exec(ctx, "COMMIT", nil)
	l.inTx = false
	return err
}

// Rollback ends the transaction. A lost connection has done so already.
func (l *lease) Rollback(ctx context.Context) error {
	if !l.inTx {
		return nil
	}
	_, err := l.Exec(ctx, "ROLLBACK", nil)
	l.inTx = false
	if errors.Is(err, dialect.ErrConnectionLost) {
		return nil
	}
	return err
}

// execRaw and queryRaw run statements without arguments on a connection of the driver.
func execRaw(ctx context.Context, c driver.Conn, sql string) error {
	e, ok := c.(driver.ExecerContext)
	if !ok {
		return errors.New("mysql: the driver cannot execute")
	}
	_, err := e.ExecContext(ctx, sql, nil)
	return err
}

// queryRaw returns the first row.
func queryRaw(ctx context.Context, c driver.Conn, sql string) (*rowOf, error) {
	q, ok := c.(driver.QueryerContext)
	if !ok {
		return nil, errors.New("mysql: the driver cannot query")
	}
	rows, err := q.QueryContext(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	r := &rowOf{values: make([]driver.Value, len(rows.Columns()))}
	err = rows.Next(r.values)
	for i, v := range r.values {
		if b, ok := v.([]byte); ok {
			r.values[i] = slices.Clone(b)
		}
	}
	return r, errors.Join(err, rows.Close())
}
