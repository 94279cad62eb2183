package dialect

import (
	"context"
	"time"
)

// Backend is an open database: its dialect and its connections.
type Backend interface {
	Dialect() *Dialect
	// Acquire gives a connection, for writing too if asked. It waits for a free one until ctx ends.
	Acquire(ctx context.Context, write bool) (Conn, error)
	// Close ends all connections. It waits for those in use.
	Close() error
}

// Conn is one connection, used by one goroutine at a time.
type Conn interface {
	// Query runs a statement and calls row for each row of its result. An error of row ends the query and is returned.
	Query(ctx context.Context, sql string, args []Value, row func(Row) error) error
	// Exec runs a statement without rows.
	Exec(ctx context.Context, sql string, args []Value) (Result, error)
	// Begin starts a transaction.
	Begin(ctx context.Context, opts TxOptions) error
	// Commit and Rollback end it; they are not stopped by a cancelled context.
	Commit(ctx context.Context) error
	Rollback(ctx context.Context) error
	// Release gives the connection back.
	Release()
}

// Session is a connection that was just made: what the option Connected of the drivers gets. It may not be kept.
type Session interface {
	// Query runs a statement and calls row for each row of its result.
	Query(ctx context.Context, sql string, args []Value, row func(Row) error) error
	// Exec runs a statement without rows.
	Exec(ctx context.Context, sql string, args []Value) (Result, error)
}

// TxOptions say what kind of transaction begins.
type TxOptions struct {
	ReadOnly bool
	// Isolation is "", "read committed", "repeatable read" or "serializable". SQLite is always serializable.
	Isolation string
}

// Result is what a statement without rows did.
type Result struct {
	RowsAffected int64
	LastInsertID int64
	// KeyStep is the distance of two automatic keys, where the database tells; 0 is 1.
	KeyStep int64
}

// Row is the present row of a result. Columns count from 0. A null reads as the zero value.
type Row interface {
	Null(i int) bool
	Int(i int) int64
	Float(i int) float64
	Bool(i int) bool
	Text(i int) string
	Bytes(i int) []byte
	// Time reads a moment or a date, in UTC.
	Time(i int) (time.Time, error)
	// Clock reads a time of day, Duration a span.
	Clock(i int) (time.Duration, error)
	Duration(i int) (time.Duration, error)
	// UUID reads 16 bytes.
	UUID(i int) ([16]byte, error)
	// Any reads the column as it comes: nil, int64, float64, string, []byte, bool or time.Time.
	Any(i int) any
	// Columns is the number of columns.
	Columns() int
}

// Namer is a Row that tells the names of its columns, as the statement has them.
type Namer interface{ Name(i int) string }

// Streamer is a Backend that can spare a connection for a long read: others are left for what works on its rows.
type Streamer interface{ Streams() bool }

// Batcher is a Conn that runs several statements in one round trip.
type Batcher interface {
	// Batch runs statements in order. The first error is returned, and each statement keeps its own. It ends the statements
	// after it, except outside a transaction when one of the batch writes: then each stands alone.
	Batch(ctx context.Context, statements []*BatchItem) error
}

// BatchItem is a statement of a batch.
type BatchItem struct {
	SQL  string
	Args []Value
	// Row is called for each row; nil drops them.
	Row func(Row) error
	// Result and Err are set when the batch has run.
	Result Result
	Err    error
}

// Copier is a Conn that takes many rows for one table faster than INSERT does.
type Copier interface {
	// CopyRows adds rows until next says there are no more; next fills the values of a row, bound by the dialect, in the order
	// of the columns. Either all rows are added or none.
	CopyRows(ctx context.Context, table string, columns []string, next func(row []Value) (bool, error)) (int64, error)
	// NextKeys takes n values of the sequence that gives an automatic key. It is false when there is no such sequence.
	NextKeys(ctx context.Context, table, column string, n int) (keys []int64, ok bool, err error)
}

// Statser is a Backend that counts its connections.
type Statser interface{ Stats() Stats }

// Stats are the numbers of a pool of connections. Counters count since the pool was opened.
type Stats struct {
	// Max is the limit. Open = Idle + InUse, and connections that are being made or closed.
	Max, Open, Idle, InUse int
	// Acquired counts borrowed connections, Waited those that had to wait for a free one, WaitTime how long in all.
	Acquired, Waited int64
	WaitTime         time.Duration
	// Opened counts connections made; ClosedIdle and ClosedLifetime those closed for idleness and for age.
	Opened, ClosedIdle, ClosedLifetime int64
}

// Lagger is a Backend that can tell how far a copy is behind the database that it follows. Zero is not at all, or not a copy;
// a copy that follows nobody is an error.
type Lagger interface {
	Lag(ctx context.Context) (time.Duration, error)
}

// Sheller is a Backend that knows the database's own command-line program.
type Sheller interface{ Shell() Shell }

// Shell is how that program is started.
type Shell struct {
	// Programs are its names; the first that is installed is taken.
	Programs []string
	// Args are its arguments, without a password. Env are variables, "PGPASSWORD=...", which other users cannot see.
	Args, Env []string
	// Own are further arguments, which stand first, of a single one of the programs by its name.
	Own map[string][]string
}
