package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/nuages-go/nuages/orm/dialect"
)

// conn is one connection with its prepared statements.
type conn struct {
	pool   *pool
	raw    *sqlite.Conn
	reader bool
	stmts  map[string]*sqlite.Stmt
	row    rowOf
	// open is the statement whose rows are being handed over. Guarded says that a read-only transaction has forbidden writes.
	open    *sqlite.Stmt
	guarded bool
	// funcErr is the error of an SQL function, limit the length limit before it; see function.
	funcErr error
	limit   int32

	mu     sync.Mutex      // guards what follows, which the watcher reads
	ctx    context.Context // of the read in progress, if it can be cancelled
	cancel chan struct{}   // closing it interrupts the connection
	fired  bool
}

var _ dialect.Conn = (*conn)(nil)

// arm gives the connection a fresh way to be interrupted. SetInterrupt waits until an interrupt in progress is over, so it
// can never hit the next statement.
func (c *conn) arm() {
	c.cancel = make(chan struct{})
	c.fired = false
	c.raw.SetInterrupt(c.cancel)
}

func (c *conn) close() error {
	c.pool.watch.remove(c)
	for _, s := range c.stmts {
		s.Finalize()
	}
	c.raw.SetInterrupt(nil)
	c.pool.live.Add(-1)
	return c.raw.Close()
}

// Release gives the connection back, whatever happened to it.
func (c *conn) Release() {
	if c.open != nil { // a panic while rows were read
		c.open.Reset()
		c.open = nil
	}
	if !c.raw.AutocommitEnabled() {
		_ = c.run("ROLLBACK") // the error was told when the transaction ended
	}
	if c.guarded {
		_ = c.run("PRAGMA query_only = OFF") // cannot fail
		c.guarded = false
	}
	if c.reader {
		c.pool.readers <- c
		return
	}
	c.pool.writer <- c
}

// begin lets the watcher see the context of a read.
func (c *conn) begin(ctx context.Context) {
	if ctx.Done() == nil {
		return
	}
	c.mu.Lock()
	c.ctx = ctx
	c.mu.Unlock()
	c.pool.watch.wake()
}

// end takes the context away again, and makes the connection fit for the next statement if it was interrupted.
func (c *conn) end(ctx context.Context) {
	if ctx.Done() == nil {
		return
	}
	c.mu.Lock()
	c.ctx = nil
	fired := c.fired
	c.mu.Unlock()
	if fired {
		c.arm()
	}
}

// prepare finds or prepares a statement. The cache is emptied when it is full: a site has a few hundred statements, and
// more than that are statements that do not come again.
func (c *conn) prepare(sql string) (*sqlite.Stmt, error) {
	if s := c.stmts[sql]; s != nil {
		return s, nil
	}
	s, trailing, err := c.raw.PrepareTransient(sql)
	if err != nil {
		return nil, c.wrap(sql, err)
	}
	if trailing > 0 && strings.TrimSpace(sql[len(sql)-trailing:]) != "" {
		s.Finalize()
		return nil, fmt.Errorf("sqlite: more than one statement: %s", sql)
	}
	if len(c.stmts) >= c.pool.o.Statements {
		for key, old := range c.stmts {
			old.Finalize()
			delete(c.stmts, key)
		}
	}
	c.stmts[sql] = s
	return s, nil
}

// Query runs a statement and hands each row over.
func (c *conn) Query(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := c.prepare(sql)
	if err != nil {
		return err
	}
	if err := bind(s, args); err != nil {
		return err
	}
	if readOnly(sql) {
		c.begin(ctx)
		defer c.end(ctx)
	}
	r := &c.row // one statement at a time runs on a connection
	r.s = s
	c.open = s
	for {
		more, err := s.Step()
		if err != nil {
			c.open = nil
			if cerr := ctx.Err(); cerr != nil && sqlite.ErrCode(err).ToPrimary() == sqlite.ResultInterrupt {
				return cerr
			}
			return c.wrap(sql, err)
		}
		if !more {
			s.Reset()
			c.open = nil
			return nil
		}
		if err := row(r); err != nil {
			s.Reset()
			c.open = nil
			return err
		}
	}
}

// readOnly says that a statement changes nothing, so that it may be interrupted.
func readOnly(sql string) bool {
	return strings.HasPrefix(sql, "SELECT") || strings.HasPrefix(sql, "WITH")
}

// Exec runs a statement to its end.
func (c *conn) Exec(ctx context.Context, sql string, args []dialect.Value) (dialect.Result, error) {
	if err := ctx.Err(); err != nil {
		return dialect.Result{}, err
	}
	s, err := c.prepare(sql)
	if err != nil {
		return dialect.Result{}, err
	}
	if err := bind(s, args); err != nil {
		return dialect.Result{}, err
	}
	for {
		more, err := s.Step()
		if err != nil {
			return dialect.Result{}, c.wrap(sql, err)
		}
		if !more {
			break
		}
	}
	s.Reset()
	return dialect.Result{RowsAffected: int64(c.raw.Changes()), LastInsertID: c.raw.LastInsertRowID()}, nil
}

// run executes a statement without arguments that is not kept.
func (c *conn) run(sql string) error {
	s, _, err := c.raw.PrepareTransient(sql)
	if err != nil {
		return err
	}
	defer s.Finalize()
	for {
		more, err := s.Step()
		if err != nil || !more {
			return err
		}
	}
}

// Begin starts a transaction; one that may write takes the lock at once, since a later upgrade can fail without waiting.
func (c *conn) Begin(ctx context.Context, o dialect.TxOptions) error {
	if !o.ReadOnly {
		_, err := c.Exec(ctx, "BEGIN "+c.pool.o.TransactionMode, nil)
		return err
	}
	if !c.reader { // the one connection of a database in memory
		if err := c.run("PRAGMA query_only = ON"); err != nil {
			return c.wrap("PRAGMA query_only = ON", err)
		}
		c.guarded = true
	}
	_, err := c.Exec(ctx, "BEGIN", nil)
	return err
}

// Commit ends the transaction. When a deferred constraint fails, it is rolled back.
func (c *conn) Commit(ctx context.Context) error {
	_, err := c.Exec(ctx, "COMMIT", nil)
	return err
}

// Rollback ends the transaction, if SQLite has not done so already.
func (c *conn) Rollback(ctx context.Context) error {
	if c.raw.AutocommitEnabled() {
		return nil
	}
	_, err := c.Exec(ctx, "ROLLBACK", nil)
	return err
}

func bind(s *sqlite.Stmt, args []dialect.Value) error {
	if n := s.BindParamCount(); n != len(args) {
		return fmt.Errorf("sqlite: %d arguments for %d parameters", len(args), n)
	}
	for i := range args {
		v := &args[i]
		switch v.Kind {
		case dialect.Null:
			s.BindNull(i + 1)
		case dialect.Int, dialect.Bool:
			s.BindInt64(i+1, v.N)
		case dialect.Float:
			s.BindFloat(i+1, v.Float())
		case dialect.Decimal:
			if v.N != 0 {
				return fmt.Errorf("sqlite: %s does not fit into 64 bits with a sign", v.S)
			}
			s.BindText(i+1, v.S)
		case dialect.Text, dialect.JSON:
			s.BindText(i+1, v.S)
		case dialect.Bytes:
			s.BindBytes(i+1, []byte(v.S))
		default:
			return fmt.Errorf("sqlite: argument %d is not bound by the dialect", i+1)
		}
	}
	return nil
}

// wrap turns a database error into one that a program can look into.
func (c *conn) wrap(sql string, err error) error {
	if ferr := c.failed(); ferr != nil {
		return fmt.Errorf("sqlite: %w [%s]", ferr, shorten(sql))
	}
	code := sqlite.ErrCode(err)
	switch code.ToPrimary() {
	case sqlite.ResultConstraint:
	case sqlite.ResultBusy:
		return fmt.Errorf("%w: another process or connection holds the lock (waited %s): %w", dialect.ErrLocked, c.pool.o.BusyTimeout, err)
	case sqlite.ResultReadOnly:
		return fmt.Errorf("%w: %w [%s]", dialect.ErrReadOnly, err, shorten(sql))
	case sqlite.ResultFull:
		return fmt.Errorf("%w: %w [%s]", dialect.ErrDiskFull, err, shorten(sql))
	case sqlite.ResultMismatch, sqlite.ResultTooBig, sqlite.ResultRange:
		return fmt.Errorf("%w: %w [%s]", dialect.ErrData, err, shorten(sql))
	case sqlite.ResultError:
		if wrongSQL(err.Error()) {
			return &statementError{err: err, sql: sql}
		}
		return fmt.Errorf("%w [%s]", err, shorten(sql))
	default:
		return fmt.Errorf("%w [%s]", err, shorten(sql))
	}
	ce := &dialect.ConstraintError{Err: err}
	msg := err.Error()
	if i := strings.LastIndex(msg, "constraint failed: "); i >= 0 {
		msg = msg[i+len("constraint failed: "):]
	} else {
		msg = ""
	}
	switch code {
	case sqlite.ResultConstraintUnique, sqlite.ResultConstraintPrimaryKey, sqlite.ResultConstraintRowID:
		ce.Kind = dialect.Unique
		fillColumns(ce, msg)
	case sqlite.ResultConstraintNotNull:
		ce.Kind = dialect.NotNull
		fillColumns(ce, msg)
	case sqlite.ResultConstraintCheck:
		ce.Kind, ce.Constraint = dialect.Check, msg
	case sqlite.ResultConstraintForeignKey:
		ce.Kind = dialect.ForeignKey
	default:
		ce.Kind = dialect.Check
	}
	return ce
}

// wrongSQL knows the messages about statements that cannot be right; SQLite has one code for all kinds of errors.
func wrongSQL(message string) bool {
	for _, part := range []string{"no such ", "syntax error", "has no column named", "already exists", "wrong number of arguments", "ambiguous column", "unrecognized token", "values were supplied", "values for"} {
		if strings.Contains(message, part) {
			return true
		}
	}
	return false
}

// statementError is SQLite's error about a statement that is wrong; its text stays SQLite's.
type statementError struct {
	err error
	sql string
}

func (e *statementError) Error() string   { return fmt.Sprintf("%v [%s]", e.err, shorten(e.sql)) }
func (e *statementError) Unwrap() []error { return []error{dialect.ErrProgramming, e.err} }

// fillColumns reads "table.a, table.b" or "index 'name'".
func fillColumns(ce *dialect.ConstraintError, msg string) {
	if name, ok := strings.CutPrefix(msg, "index '"); ok {
		ce.Constraint = strings.TrimSuffix(name, "'")
		return
	}
	for part := range strings.SplitSeq(msg, ", ") {
		if table, col, ok := strings.Cut(strings.TrimSpace(part), "."); ok {
			ce.Table = table
			col, _, _ = strings.Cut(col, " ")
			ce.Columns = append(ce.Columns, col)
		}
	}
}

func shorten(sql string) string {
	if len(sql) > 500 {
		return sql[:500] + "…"
	}
	return sql
}

// watcher interrupts reads whose context has ended. One goroutine looks at all connections of a pool a hundred times a
// second while there are reads that can be cancelled, and sleeps otherwise: cheaper than a goroutine for each query.
type watcher struct {
	mu    sync.Mutex // guards conns
	conns []*conn
	bell  chan struct{}
	done  chan struct{}
	gone  chan struct{}
	state watchState
}

func newWatcher() *watcher {
	w := &watcher{bell: make(chan struct{}, 1), done: make(chan struct{}), gone: make(chan struct{})}
	go w.loop()
	return w
}

func (w *watcher) add(c *conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns = append(w.conns, c)
}

func (w *watcher) remove(c *conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, x := range w.conns {
		if x == c {
			w.conns = append(w.conns[:i], w.conns[i+1:]...)
			return
		}
	}
}

func (w *watcher) stop() {
	close(w.done)
	<-w.gone
}

// wake tells the watcher that there is something to look at.
func (w *watcher) wake() {
	if w.state.asleep.Load() {
		select {
		case w.bell <- struct{}{}:
		default:
		}
	}
}

const (
	watchEvery = 10 * time.Millisecond
	watchRest  = 100 // looks without a read before it sleeps
)

func (w *watcher) loop() {
	defer close(w.gone)
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	idle := 0
	for {
		if idle >= watchRest {
			w.state.asleep.Store(true)
			if !w.look() { // a read that began just before
				tick.Stop()
				select {
				case <-w.bell:
				case <-w.done:
					return
				}
				tick.Reset(watchEvery)
			}
			w.state.asleep.Store(false)
			idle = 0
		}
		select {
		case <-tick.C:
		case <-w.done:
			return
		}
		if w.look() {
			idle = 0
		} else {
			idle++
		}
	}
}

// look interrupts what must be and says whether there are reads at all.
func (w *watcher) look() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	busy := false
	for _, c := range w.conns {
		c.mu.Lock()
		if c.ctx != nil {
			busy = true
			if c.ctx.Err() != nil && !c.fired {
				c.fired = true
				close(c.cancel)
			}
		}
		c.mu.Unlock()
	}
	return busy
}

var (
	errNoTime  = errors.New("sqlite: the column holds no date or time")
	errTooLong = errors.New("sqlite: the text would be too long")
)
