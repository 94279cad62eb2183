package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	mysqldriver "github.com/go-sql-driver/mysql"

	"github.com/nuages-go/nuages/orm/dialect"
)

// Error is what the server says about a statement that it refused. A broken constraint is a *orm.ConstraintError, which
// wraps it.
type Error struct {
	// Number is the server's: 1146 is a missing table. State is SQLSTATE.
	Number int
	State  string
	// Message is the server's text, SQL the statement.
	Message, SQL string

	state error // one of the dialect's sentinels, or nil
}

// Error is the server's message with its number and the statement.
func (e *Error) Error() string {
	s := fmt.Sprintf("mysql: %s (error %d)", e.Message, e.Number)
	if e.SQL != "" {
		s += " [" + shorten(e.SQL) + "]"
	}
	return s
}

// Unwrap returns the state that the error stands for: orm.ErrSerialization, orm.ErrLocked and their like, or nil.
func (e *Error) Unwrap() error { return e.state }

func shorten(sql string) string {
	if len(sql) > 500 {
		return strings.ToValidUTF8(sql[:500], "") + "…"
	}
	return sql
}

// rowError is an error of the caller's row function: it is returned as it came.
type rowError struct{ err error }

func (e *rowError) Error() string { return e.err.Error() }
func (e *rowError) Unwrap() error { return e.err }

// wrap turns an error of a statement into one that a program can look into.
func (l *lease) wrap(ctx context.Context, sql string, err error) error {
	if err == nil {
		return nil
	}
	if re, ok := errors.AsType[*rowError](err); ok {
		return re.err
	}
	me, ok := errors.AsType[*mysqldriver.MySQLError](err)
	if !ok {
		if cerr := ctx.Err(); cerr != nil {
			return cerr
		}
		if errors.Is(err, dialect.ErrConnectionLost) {
			return err
		}
		if isLost(err) {
			return &lostError{err}
		}
		return err
	}
	e := fromServer(me, sql)
	switch {
	case (me.Number == 1317 || me.Number == 1927) && ctx.Err() != nil: // interrupted: by us
		return ctx.Err()
	case isLost(err):
		return &lostError{e}
	}
	if ce := constraintError(e); ce != nil {
		l.fill(ctx, ce, sql)
		return ce
	}
	return e
}

func fromServer(me *mysqldriver.MySQLError, sql string) *Error {
	e := &Error{Number: int(me.Number), State: string(me.SQLState[:]), Message: me.Message, SQL: sql}
	switch me.Number {
	case 1213, 1020, 3101: // deadlock, the row changed since it was read, a conflict of the cluster
		e.state = dialect.ErrSerialization
	case 1205, 3572: // lock wait timeout, NOWAIT
		e.state = dialect.ErrLocked
	case 1792, 1836, 1290: // a transaction or a server that is read only
		e.state = dialect.ErrReadOnly
	case 1021, 1114: // the disk or the table is full
		e.state = dialect.ErrDiskFull
	case 3024, 1969: // MySQL's max_execution_time, MariaDB's max_statement_time
		e.state = dialect.ErrStatementTimeout
	case 1264, 1265, 1292, 1365, 1366, 1367, 1406, 1411, 1690, 3140, 3141, 3156, 3903: // out of range, cut off, no date, divided by zero, no JSON ...
		e.state = dialect.ErrData
	case 1044, 1045, 1049, 1050, 1051, 1054, 1060, 1061, 1064, 1091, 1109, 1136, 1142, 1143, 1146, 1149, 1222, 1247, 1248, 1305, 1582: // names, rights, syntax
		e.state = dialect.ErrProgramming
	}
	return e
}

// constraintError names the rule that a statement would have broken, as far as the message tells.
func constraintError(e *Error) *dialect.ConstraintError {
	ce := &dialect.ConstraintError{Err: e}
	quoted := texts(e.Message)
	switch e.Number {
	case 1062, 1169, 1586: // Duplicate entry 'x' for key 'name', or 'table.name'
		ce.Kind = dialect.Unique
		if i := strings.LastIndex(e.Message, " for key '"); i >= 0 {
			key := strings.TrimSuffix(e.Message[i+len(" for key '"):], "'")
			if table, name, ok := strings.Cut(key, "."); ok {
				ce.Table, key = table, name
			}
			ce.Constraint = key
		}
	case 1048, 1364, 1263: // Column 'name' cannot be null, Field 'name' doesn't have a default value
		ce.Kind = dialect.NotNull
		if len(quoted) > 0 {
			ce.Columns = quoted[:1]
		}
	case 1216, 1217, 1451, 1452: // ... (`db`.`table`, CONSTRAINT `name` FOREIGN KEY (`column`) REFERENCES ...)
		ce.Kind = dialect.ForeignKey
		if _, rest, ok := strings.Cut(e.Message, "("); ok {
			names, _, _ := strings.Cut(rest, " REFERENCES ")
			parts := backquoted(names)
			if len(parts) >= 3 {
				ce.Table, ce.Constraint, ce.Columns = parts[1], parts[2], parts[3:]
			}
		}
	case 3819: // Check constraint 'name' is violated.
		ce.Kind = dialect.Check
		if len(quoted) > 0 {
			ce.Constraint = quoted[0]
		}
	case 4025: // CONSTRAINT `name` failed for `db`.`table`
		ce.Kind = dialect.Check
		if parts := backquoted(e.Message); len(parts) == 3 {
			ce.Constraint, ce.Table = parts[0], parts[2]
		}
	default:
		return nil
	}
	return ce
}

func texts(s string) []string { return between(s, '\'') }

func backquoted(s string) []string { return between(s, '`') }

func between(s string, quote byte) (out []string) {
	for {
		i := strings.IndexByte(s, quote)
		if i < 0 {
			return out
		}
		j := strings.IndexByte(s[i+1:], quote)
		if j < 0 {
			return out
		}
		out = append(out, s[i+1:i+1+j])
		s = s[i+j+2:]
	}
}

// fill adds what the message leaves out: the table, from the statement, and the columns of a unique key, from the catalogue.
func (l *lease) fill(ctx context.Context, ce *dialect.ConstraintError, sql string) {
	if ce.Table == "" {
		ce.Table = tableOf(sql)
	}
	if ce.Kind != dialect.Unique || ce.Table == "" || ce.Constraint == "" || l.cur == nil {
		return
	}
	const find = "SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME = ? ORDER BY SEQ_IN_INDEX"
	var cols []string
	_, err := l.raw(ctx, func(c *conn) (dialect.Result, error) {
		return dialect.Result{}, c.query(ctx, find, []dialect.Value{dialect.TextValue(ce.Table), dialect.TextValue(ce.Constraint)}, func(r dialect.Row) error {
			cols = append(cols, r.Text(0))
			return nil
		})
	})
	if err == nil { // otherwise the name of the constraint must do
		ce.Columns = cols
	}
}

// tableOf is the table that a statement writes: the first name after INTO or UPDATE.
func tableOf(sql string) string {
	for _, word := range [...]string{" INTO ", "UPDATE ", "DELETE FROM "} {
		_, rest, ok := strings.Cut(sql, word)
		if !ok {
			continue
		}
		if strings.HasPrefix(rest, "`") {
			name, _, _ := strings.Cut(rest[1:], "`")
			return name
		}
		return strings.FieldsFunc(rest+" ", func(r rune) bool { return r == ' ' || r == '(' || r == '\n' })[0]
	}
	return ""
}

// isLost says that the connection is gone: what was sent may have happened or not.
func isLost(err error) bool {
	if me, ok := errors.AsType[*mysqldriver.MySQLError](err); ok {
		switch me.Number {
		case 1040, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1927, 4031:
			return true
		}
		return false
	}
	_, isNet := errors.AsType[net.Error](err)
	return isNet || errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysqldriver.ErrInvalidConn) || errors.Is(err, mysqldriver.ErrMalformPkt) ||
		errors.Is(err, mysqldriver.ErrPktSync) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// lostError says that the connection was lost in the middle of something.
type lostError struct{ err error }

func (e *lostError) Error() string {
	return fmt.Sprintf("mysql: the connection was lost: %v", e.err)
}
func (e *lostError) Unwrap() []error { return []error{dialect.ErrConnectionLost, e.err} }

// connectError says why no connection could be made.
func connectError(ctx context.Context, err error) error {
	if cerr := ctx.Err(); cerr != nil {
		return fmt.Errorf("mysql: waiting for a connection: %w", cerr)
	}
	if me, ok := errors.AsType[*mysqldriver.MySQLError](err); ok {
		e := fromServer(me, "")
		if me.Number == 1040 || me.Number == 1203 {
			return &lostError{fmt.Errorf("the server takes no more connections (lower Options.MaxConns or raise its max_connections): %w", e)}
		}
		return e
	}
	if ve, ok := errors.AsType[*dialect.VersionError](err); ok {
		return ve
	}
	return &lostError{err}
}
