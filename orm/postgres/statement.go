package postgres

import (
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/nuages-go/nuages/orm/dialect"
)

// stmt is a prepared statement. The same SQL may be prepared more than once, with other types of its parameters: 5 is an
// integer, 5000000000 a bigint.
type stmt struct {
	desc *pgconn.StatementDescription
	// sent are the types that the parameters were announced with; 0 was left to the server.
	sent    []uint32
	formats []int16
	columns []column
	next    *stmt
}

// prepare finds or prepares a statement that takes these arguments.
func (c *conn) prepare(ctx context.Context, sql string, args []dialect.Value) (*stmt, error) {
	first := c.stmts[sql]
	for s := first; s != nil; s = s.next {
		if s.fits(args) {
			return s, nil
		}
	}
	if c.count >= c.o.Statements {
		c.forgetAll()
		first = nil
	}
	c.closeStale(ctx)
	sent := oidsOf(args)
	desc, err := c.raw.Prepare(ctx, c.name(), sql, sent)
	if err != nil {
		return nil, c.wrap(ctx, sql, err)
	}
	s := newStmt(desc, sent)
	s.next = first
	c.stmts[sql] = s
	c.count++
	return s, nil
}

func (c *conn) name() string {
	c.seq++
	return "n" + strconv.Itoa(c.seq)
}

func newStmt(desc *pgconn.StatementDescription, sent []uint32) *stmt {
	s := &stmt{desc: desc, sent: sent, columns: columnsOf(desc.Fields), formats: make([]int16, len(desc.Fields))}
	for i := range s.columns {
		if hasBinary(s.columns[i].oid) {
			s.formats[i], s.columns[i].binary = 1, true
		}
	}
	return s
}

func columnsOf(fields []pgconn.FieldDescription) []column {
	cols := make([]column, len(fields))
	for i := range fields {
		cols[i] = column{oid: fields[i].DataTypeOID, binary: fields[i].Format == 1, name: fields[i].Name}
	}
	return cols
}

// fits says that the arguments can go into the parameters as they were prepared.
func (s *stmt) fits(args []dialect.Value) bool {
	if len(args) != len(s.desc.ParamOIDs) || len(args) != len(s.sent) {
		return true // the error is told when they are bound
	}
	for i := range args {
		switch v := &args[i]; {
		case v.Kind == dialect.Null:
		case oidOf(v) == 0: // the server is to find the type, not an earlier argument
			if s.sent[i] != 0 {
				return false
			}
		case !fits(v, s.desc.ParamOIDs[i]):
			return false
		}
	}
	return true
}

func oidsOf(args []dialect.Value) []uint32 {
	oids := make([]uint32, len(args))
	for i := range args {
		oids[i] = oidOf(&args[i])
	}
	return oids
}

// forget drops all statements of an SQL text.
func (c *conn) forget(sql string) {
	for s := c.stmts[sql]; s != nil; s = s.next {
		c.stale = append(c.stale, s.desc.Name)
		c.count--
	}
	delete(c.stmts, sql)
}

// forgetAll empties the cache: a site has a few hundred statements, and more than that are statements that do not come again.
func (c *conn) forgetAll() {
	for sql := range c.stmts {
		c.forget(sql)
	}
}

// closeStale tells the server about forgotten statements, all in one round trip, when the connection is in a state for it.
func (c *conn) closeStale(ctx context.Context) {
	if len(c.stale) == 0 || c.raw.TxStatus() == 'E' {
		return
	}
	p := c.raw.StartPipeline(ctx)
	for _, name := range c.stale {
		p.SendDeallocate(name)
	}
	c.stale = c.stale[:0]
	if err := p.Sync(); err != nil {
		return // the connection is lost; the next statement tells
	}
	_ = p.Close() // reads the answers; what is not closed is only memory of the server
}

// isStale says that a prepared statement no longer serves: a table changed its columns, or the statement is gone.
func isStale(err error) bool {
	if err == nil {
		return false
	}
	pe, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	switch pe.Code {
	case "0A000": // feature_not_supported
		return pe.Routine == "RevalidateCachedQuery" || pe.Message == "cached plan must not change result type"
	case "26000": // invalid_sql_statement_name
		return true
	}
	return false
}
