package dialect

import (
	"strconv"
	"time"

	"github.com/nuages-go/nuages/orm/schema"
)

// Dialect is how a database writes SQL: capabilities and the few words that differ.
type Dialect struct {
	// Name is "sqlite", "postgresql" or "mysql"; Django's vendor names.
	Name string
	// MariaDB says which of the two the server of "mysql" is.
	MariaDB bool
	// Quote is the character around names.
	Quote byte
	// Dollar writes parameters as $1, $2; otherwise they are ?.
	Dollar bool
	// MaxName is the longest name; 0 is no limit. MaxParams is the most parameters of a statement.
	MaxName, MaxParams int

	// Returning: INSERT ... RETURNING. Conflict: ON CONFLICT. IgnoreInsert is the verb that skips clashes.
	Returning bool
	// ReturnsUpdates: UPDATE ... RETURNING; ReturnsDeletes: DELETE ... RETURNING.
	ReturnsUpdates, ReturnsDeletes bool
	Conflict                       bool
	IgnoreInsert                   string
	// ForUpdate: SELECT ... FOR UPDATE. DistinctOn: SELECT DISTINCT ON (...).
	ForUpdate, DistinctOn bool
	// TransactionalDDL: a failed migration leaves nothing behind.
	TransactionalDDL bool
	// NullsFirstLast: ORDER BY ... NULLS FIRST.
	NullsFirstLast bool
	// FilterClause: COUNT(...) FILTER (WHERE ...).
	FilterClause bool
	// NoLimit stands for LIMIT when only an offset is given; empty where the limit may be left out.
	NoLimit string
	// DeferredKeys: foreign keys may be broken until the end of a transaction.
	DeferredKeys bool
	// ConsecutiveKeys: the automatic keys of one INSERT of many rows follow each other, and the first of them is told.
	ConsecutiveKeys bool
	// TellsKeys: the automatic key of one row comes with the answer to its INSERT, at no cost.
	TellsKeys bool
	// InlineForeignKeys: foreign keys stand in the column's definition (SQLite).
	InlineForeignKeys bool
	// BoolTrue and BoolFalse are the literals.
	BoolTrue, BoolFalse string
	// RowValues: (a, b) = (1, 2).
	RowValues bool
	// Batches: several statements take one round trip, or share the locks of one read.
	Batches bool
	// Arrays: a list of values is one parameter, x = ANY($1).
	Arrays bool
	// Cursors: DECLARE name CURSOR FOR SELECT ..., FETCH n FROM name.
	Cursors bool
	// Lateral: JOIN LATERAL (SELECT ...).
	Lateral bool
	// Zone is the time zone in which the database keeps moments, and that of its sessions; "" is UTC. KeepIn sets it.
	Zone     string
	location *time.Location

	// ColumnType is the type of a column, without NOT NULL and its like. Target is the field that a foreign key points to.
	ColumnType func(f *schema.Field, target *schema.Field) string
	// ColumnCheck is a CHECK that the type needs: `"n" >= 0`.
	ColumnCheck func(f *schema.Field, quoted string) string
	// AutoSuffix follows the type of an automatic key.
	AutoSuffix string

	// Lookup writes a comparison between left and right, both already SQL: op is the look-up's name.
	Lookup func(b []byte, op string, left, right []byte) ([]byte, bool)
	// Extract and Trunc write a part of a date and a date cut to a unit; zone is an IANA name or "".
	Extract func(b []byte, part string, kind schema.Kind, zone string, of []byte) []byte
	Trunc   func(b []byte, unit string, kind schema.Kind, zone string, of []byte) []byte
	// Bind changes a value into what the database stores.
	Bind func(v Value) Value
}

// AppendQuoted appends a name in quotes; quotes inside are doubled.
func (d *Dialect) AppendQuoted(b []byte, name string) []byte {
	if len(name) > 1 && name[0] == '"' && name[len(name)-1] == '"' {
		name = name[1 : len(name)-1]
	}
	b = append(b, d.Quote)
	for i := 0; i < len(name); i++ {
		switch c := name[i]; c {
		case d.Quote:
			b = append(b, c, c)
		case 0:
			// No database takes a zero byte inside a name; dropped, so that it cannot end a C string early.
		default:
			b = append(b, c)
		}
	}
	return append(b, d.Quote)
}

// QuoteName returns a name in quotes.
func (d *Dialect) QuoteName(name string) string { return string(d.AppendQuoted(nil, name)) }

// AppendParam appends the placeholder of the n-th parameter, counted from 1.
func (d *Dialect) AppendParam(b []byte, n int) []byte {
	if !d.Dollar {
		return append(b, '?')
	}
	return strconv.AppendInt(append(b, '$'), int64(n), 10)
}
