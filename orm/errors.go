package orm

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
)

// The states that a query may end in. errors.Is(err, sql.ErrNoRows) holds for ErrNotFound too.
var (
	ErrNotFound error = &notFound{}
	ErrMultiple       = errors.New("orm: more than one row")
	// ErrNoDatabase is returned when the context carries no database.
	ErrNoDatabase = errors.New("orm: the context carries no database (use a context of the site, or orm.WithDatabases)")
	// ErrNotSaved is returned for an object without a primary key where a saved one is needed.
	ErrNotSaved = errors.New("orm: the object is not saved")
	// ErrNotUpdated is returned when an update that must change a row found none.
	ErrNotUpdated = errors.New("orm: no row was updated")
)

type notFound struct{}

func (*notFound) Error() string        { return "orm: no matching row" }
func (*notFound) Is(target error) bool { return target == sql.ErrNoRows }

// SilentVariableFailure lets templates print nothing for what is not there, as Django's do.
func (*notFound) SilentVariableFailure() bool { return true }

// ConstraintError says that a statement would have broken a rule of the table: Django's IntegrityError.
type ConstraintError = dialect.ConstraintError

// VersionError says that the database server is too old: Django's NotSupportedError.
type VersionError = dialect.VersionError

// The kinds of constraints.
const (
	UniqueConstraint     = dialect.Unique
	ForeignKeyConstraint = dialect.ForeignKey
	CheckConstraint      = dialect.Check
	NotNullConstraint    = dialect.NotNull
	ExclusionConstraint  = dialect.Exclusion
)

// States of statements that a program may handle; errors.Is finds them in what the drivers return.
var (
	// ErrConnectionLost: the server went away or could not be reached. What was sent may have happened or not.
	ErrConnectionLost = dialect.ErrConnectionLost
	// ErrSerialization: the transaction collided with another and was undone; run it again from its beginning.
	ErrSerialization = dialect.ErrSerialization
	// ErrLocked: another transaction holds what was asked for without waiting.
	ErrLocked = dialect.ErrLocked
	// ErrReadOnly: the transaction, the connection or the whole database does not take writes.
	ErrReadOnly = dialect.ErrReadOnly
	// ErrDiskFull: there is no room for what was to be written.
	ErrDiskFull = dialect.ErrDiskFull
	// ErrPoolExhausted: all connections stayed in use for as long as a query may wait for one (AcquireTimeout, WithPoolWait). The
	// error is a *PoolError, with the pool's figures. A page that ends in it is a 503 with Retry-After.
	ErrPoolExhausted = dialect.ErrPoolExhausted
	// ErrData: a value does not fit its column, or cannot be computed: too long, out of range, no date, a division by zero.
	// Django: DataError.
	ErrData = dialect.ErrData
	// ErrProgramming: the statement is wrong: a table or column that is not there, a mistake in SQL, a missing right. Django:
	// ProgrammingError.
	ErrProgramming = dialect.ErrProgramming
	// ErrStatementTimeout: the database's own limit ended the statement.
	ErrStatementTimeout = dialect.ErrStatementTimeout
)

// PoolError says that no connection was free for as long as a query may wait, and gives the pool's figures.
type PoolError = dialect.PoolError

// ProtectedError is returned by a delete that a relation with orm.Protect or orm.Restrict forbids.
type ProtectedError struct {
	// Model is what was to be deleted.
	Model string
	// By lists the relations in the way, "Story.editor"; Count is how many rows there are.
	By    []string
	Count int
	// Restricted is set when the relation says Restrict.
	Restricted bool
	// Objects are the rows in the way, as pointers to their models: the first hundred of each relation. Django:
	// protected_objects, restricted_objects.
	Objects []any
}

// Error names the model and the relations.
func (e *ProtectedError) Error() string {
	return fmt.Sprintf("orm: cannot delete %s: %d rows refer to it by %s", e.Model, e.Count, strings.Join(e.By, ", "))
}

// NoRelatedError says that no row points to an object by a one-to-one field, or that a parent has no such child. errors.Is(err,
// ErrNotFound) holds, so that views answer 404. Django: RelatedObjectDoesNotExist.
type NoRelatedError struct {
	// Model is the object's model, Field the field that would hold the related object.
	Model, Field string
}

// Error names the model and the field.
func (e *NoRelatedError) Error() string {
	return fmt.Sprintf("orm: the %s has no %s", e.Model, e.Field)
}

// Unwrap makes it an ErrNotFound.
func (e *NoRelatedError) Unwrap() error { return ErrNotFound }

// IsNotFound says whether an error is ErrNotFound.
func IsNotFound(err error) bool { return errors.Is(err, ErrNotFound) }
