package dialect

import (
	"errors"
	"fmt"
	"strings"
)

// ConstraintKind says which rule was broken.
type ConstraintKind string

// The rules that a table can have.
const (
	Unique     ConstraintKind = "unique"
	ForeignKey ConstraintKind = "foreign key"
	Check      ConstraintKind = "check"
	NotNull    ConstraintKind = "not null"
	Exclusion  ConstraintKind = "exclusion" // PostgreSQL: two rows that must not overlap do
)

// States that a statement may end in besides a broken constraint. Drivers wrap them, so that errors.Is finds them.
var (
	// ErrConnectionLost: the server went away, or could not be reached. What was sent may have happened or not.
	ErrConnectionLost = errors.New("orm: the connection to the database was lost")
	// ErrSerialization: the transaction collided with another one (a serialization failure or a deadlock) and was undone. Run
	// again from its beginning, it will most likely succeed.
	ErrSerialization = errors.New("orm: the transaction collided with another")
	// ErrLocked: another transaction holds what was asked for without waiting.
	ErrLocked = errors.New("orm: a row is locked by another transaction")
	// ErrReadOnly: the transaction, the connection or the whole database does not take writes.
	ErrReadOnly = errors.New("orm: the database is read only")
	// ErrDiskFull: there is no room for what was to be written.
	ErrDiskFull = errors.New("orm: the database's disk is full")
	// ErrPoolExhausted: all connections stayed in use for as long as a query may wait for one.
	ErrPoolExhausted = errors.New("orm: no connection is free")
	// ErrData: a value does not fit its column, or cannot be computed: too long, out of range, no date, a division by zero.
	ErrData = errors.New("orm: the database cannot take a value")
	// ErrProgramming: the statement is wrong: a table or column that is not there, a mistake in SQL, a missing right.
	ErrProgramming = errors.New("orm: the statement is wrong")
	// ErrStatementTimeout: the database's own limit ended the statement.
	ErrStatementTimeout = errors.New("orm: the statement took longer than the database allows")
)

// ConstraintError says that a statement would have broken a rule of the table. Drivers make it from the database's own
// error, which it wraps.
type ConstraintError struct {
	Kind ConstraintKind
	// Table, Constraint and Columns are set as far as the database tells.
	Table, Constraint string
	Columns           []string
	Err               error
}

// Error says which constraint of which table.
func (e *ConstraintError) Error() string {
	what := e.Constraint
	if what == "" {
		what = strings.Join(e.Columns, ", ")
	}
	if e.Table != "" {
		what = strings.TrimPrefix(e.Table+"."+what, ".")
	}
	if what = strings.TrimSuffix(what, "."); what == "" {
		what = "the database does not say which"
	}
	return fmt.Sprintf("orm: %s constraint violated: %s", e.Kind, what)
}

// Unwrap returns the database's error.
func (e *ConstraintError) Unwrap() error { return e.Err }

// VersionError says that a server is older than what the ORM is made for. Django: NotSupportedError of
// check_database_version_supported.
type VersionError struct {
	// Server is its name, Version what it says it is, Oldest what is needed at least.
	Server, Version, Oldest string
}

// Error names the three.
func (e *VersionError) Error() string {
	return fmt.Sprintf("orm: the database server is %s %s, which is too old (%s or later is needed)", e.Server, e.Version, e.Oldest)
}
