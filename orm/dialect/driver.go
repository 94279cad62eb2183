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

// Streamer is a Conn on which other statements may run while a Query's rows are read.
type Streamer interface{ Streams() bool }
