package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/nuages-go/nuages/orm/dialect"
)

// Error is what the server says about a statement that it refused, as far as programs may want to look into it. A broken
// constraint is a *orm.ConstraintError, which wraps it.
type Error struct {
	// Code is the five characters of SQLSTATE: "42P01" is a missing table.
	Code string
	// Message, Detail and Hint are the server's words.
	Message, Detail, Hint string
	// SQL is the statement, Position the character in it (from 1) where the server saw the mistake; 0 is unknown.
	SQL      string
	Position int
	// Table, Column and Constraint are set as far as the server tells.
	Table, Column, Constraint string

	state error // one of the dialect's sentinels, or nil
}

// Error is the server's message with its code and the statement.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("postgres: " + e.Message)
	if e.Hint != "" {
		b.WriteString(" (" + strings.TrimSuffix(e.Hint, ".") + ")")
	}
	b.WriteString(" (SQLSTATE " + e.Code + ")")
	if e.SQL != "" {
		b.WriteString(" [" + shorten(e.SQL) + "]")
	}
	return b.String()
}

// Unwrap returns the state that the error stands for: orm.ErrSerialization, orm.ErrLocked and their like, or nil.
func (e *Error) Unwrap() error { return e.state }

func shorten(sql string) string {
	if len(sql) > 500 {
		return sql[:500] + "…"
	}
	return sql
}

// wrap turns an error of a statement into one that a program can look into.
func (c *conn) wrap(ctx context.Context, sql string, err error) error {
	if err == nil {
		return nil
	}
	if re, ok := errors.AsType[*rowError](err); ok {
		return re.err
	}
	pe, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		if cerr := ctx.Err(); cerr != nil {
			return cerr
		}
		if c.raw.IsClosed() || pgconn.SafeToRetry(err) || pgconn.Timeout(err) {
			return &lostError{err}
		}
		return err
	}
	e := fromServer(pe, sql)
	switch {
	case pe.Code == "57014" && ctx.Err() != nil: // query_canceled: by us
		return ctx.Err()
	case strings.HasPrefix(pe.Code, "23"):
		if ce := constraintError(pe, e); ce != nil {
			return ce
		}
	case isLost(pe.Code):
		return &lostError{e}
	}
	return e
}

func fromServer(pe *pgconn.PgError, sql string) *Error {
	e := &Error{
		Code: pe.Code, Message: pe.Message, Detail: pe.Detail, Hint: pe.Hint, SQL: sql, Position: int(pe.Position),
		Table: pe.TableName, Column: pe.ColumnName, Constraint: pe.ConstraintName,
	}
	switch pe.Code {
	case "26000", "42P05": // a prepared statement that is not there, or is there already
		if e.Hint == "" {
			e.Hint = "is there a pooler in between that hands out another connection for each transaction? Then open the database with ?prepare=off"
		}
	case "40001", "40P01": // serialization_failure, deadlock_detected
		e.state = dialect.ErrSerialization
	case "0A000": // a table changed under a transaction: it works when it runs again
		if isStale(pe) {
			e.state = dialect.ErrSerialization
		}
	case "25006": // read_only_sql_transaction
		e.state = dialect.ErrReadOnly
	case "53100": // disk_full
		e.state = dialect.ErrDiskFull
	case "55P03": // lock_not_available
		e.state = dialect.ErrLocked
	case "57014", "25P03": // query_canceled by statement_timeout, idle_in_transaction_session_timeout
		e.state = dialect.ErrStatementTimeout
	}
	if e.state == nil && len(pe.Code) == 5 {
		switch pe.Code[:2] {
		case "22": // data_exception
			e.state = dialect.ErrData
		case "42": // syntax_error_or_access_rule_violation
			e.state = dialect.ErrProgramming
		}
	}
	return e
}

// constraintError names the rule that a statement would have broken.
func constraintError(pe *pgconn.PgError, e *Error) *dialect.ConstraintError {
	ce := &dialect.ConstraintError{Table: pe.TableName, Constraint: pe.ConstraintName, Err: e}
	switch pe.Code {
	case "23505":
		ce.Kind, ce.Columns = dialect.Unique, keyColumns(pe.Detail)
	case "23503", "23001":
		ce.Kind, ce.Columns = dialect.ForeignKey, keyColumns(pe.Detail)
	case "23514":
		ce.Kind = dialect.Check
	case "23502":
		ce.Kind, ce.Columns = dialect.NotNull, []string{pe.ColumnName}
	case "23P01":
		ce.Kind, ce.Columns = dialect.Exclusion, keyColumns(pe.Detail)
	default:
		return nil
	}
	return ce
}

// keyColumns reads the columns out of a detail, in whatever language: Key (a, b)=(1, 2) already exists.
func keyColumns(detail string) []string {
	_, rest, ok := strings.Cut(detail, "(")
	if !ok {
		return nil
	}
	list, _, ok := strings.Cut(rest, ")=(")
	if !ok || strings.ContainsAny(list, "()") { // an expression: the constraint's name says more
		return nil
	}
	cols := strings.Split(list, ", ")
	for i, c := range cols {
		if len(c) > 1 && c[0] == '"' {
			cols[i] = strings.ReplaceAll(c[1:len(c)-1], `""`, `"`)
		}
	}
	return cols
}

// isLost says that the server ended the connection: shutdown, a terminated backend, a crash, a protocol error.
func isLost(code string) bool {
	switch code {
	case "57P01", "57P02", "57P03", "57P05", "08000", "08003", "08006", "08P01":
		return true
	}
	return false
}

// lostError says that the connection was lost in the middle of something.
type lostError struct{ err error }

func (e *lostError) Error() string {
	return fmt.Sprintf("postgres: the connection was lost: %v", e.err)
}
func (e *lostError) Unwrap() []error { return []error{dialect.ErrConnectionLost, e.err} }

// unreachableError says that no connection could be made.
type unreachableError struct{ err error }

func (e *unreachableError) Error() string   { return fmt.Sprintf("postgres: no connection: %v", e.err) }
func (e *unreachableError) Unwrap() []error { return []error{dialect.ErrConnectionLost, e.err} }

// connectError says why no connection could be made.
func connectError(ctx context.Context, err error) error {
	if cerr := ctx.Err(); cerr != nil {
		return fmt.Errorf("postgres: waiting for a connection: %w", cerr)
	}
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok && pe.Code == "53300" { // too_many_connections
		return &unreachableError{fmt.Errorf("the server takes no more connections (lower Options.MaxConns or raise its max_connections): %w", fromServer(pe, ""))}
	}
	if ve, ok := errors.AsType[*dialect.VersionError](err); ok {
		return ve
	}
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok && strings.Contains(pe.Message, "unsupported startup parameter") {
		return &unreachableError{fmt.Errorf("the pooler does not pass this option on (set it by ALTER ROLE ... SET and leave it out here, or list it in PgBouncer's ignore_startup_parameters, which drops it): %w", fromServer(pe, ""))}
	}
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok && pe.Code == "42704" && strings.Contains(pe.Message, "configuration parameter") {
		return &unreachableError{fmt.Errorf("%w (options of the database URL that are known here: %s)", fromServer(pe, ""), known)}
	}
	return &unreachableError{err} // pgx leaves the password out
}
