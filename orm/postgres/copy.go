package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/nuages-go/nuages/orm/dialect"
)

// CopyRows adds rows by COPY. The rows are written while they are sent, so memory does not grow with their number.
func (l *lease) CopyRows(ctx context.Context, table string, columns []string, next func(row []dialect.Value) (bool, error)) (int64, error) {
	c := l.cur
	if err := c.use(ctx); err != nil {
		return 0, err
	}
	d := l.pool.d
	sql := []byte("COPY ")
	sql = d.AppendQuoted(sql, table)
	sql = append(sql, " ("...)
	for i, col := range columns {
		if i > 0 {
			sql = append(sql, ", "...)
		}
		sql = d.AppendQuoted(sql, col)
	}
	list := strings.TrimPrefix(string(sql), "COPY "+d.QuoteName(table)+" (")
	r := &copyReader{next: next, row: make([]dialect.Value, len(columns))}
	if err := r.peek(); err != nil || !r.more {
		return 0, err
	}
	if err := r.chooseFormat(ctx, c, "SELECT "+list+" FROM "+d.QuoteName(table)); err != nil {
		return 0, err
	}
	sql = append(sql, ") FROM STDIN"...)
	if r.oids != nil {
		sql = append(sql, " (FORMAT binary)"...)
	}
	tag, err := c.raw.CopyFrom(ctx, r, string(sql))
	if r.err != nil { // the rows ended in an error of ours, which the server only repeats
		return 0, r.err
	}
	return tag.RowsAffected(), c.wrap(ctx, string(sql), err)
}

// NextKeys takes values of the sequence behind an automatic key. They mostly follow each other; only when another session
// took some in between are they all sent.
func (l *lease) NextKeys(ctx context.Context, table, column string, n int) ([]int64, bool, error) {
	if l.pool.o.NoCopy {
		return nil, false, nil
	}
	keys := make([]int64, 0, n)
	args := []dialect.Value{dialect.TextValue(l.pool.d.QuoteName(table)), dialect.TextValue(column), dialect.IntValue(int64(n))}
	// OFFSET 0 keeps the sequence from being looked up for each number.
	const sql = "SELECT MIN(v), MAX(v), CASE WHEN MAX(v) - MIN(v) + 1 <> COUNT(v) THEN ARRAY_TO_STRING(ARRAY_AGG(v), ',') END FROM " +
		"(SELECT nextval(s) AS v FROM (SELECT pg_get_serial_sequence($1, $2)::regclass AS s OFFSET 0) q, generate_series(1, $3)) k"
	err := l.Query(ctx, sql, args, func(r dialect.Row) error {
		if r.Null(0) {
			return nil
		}
		if r.Null(2) {
			for k := r.Int(0); k <= r.Int(1); k++ {
				keys = append(keys, k)
			}
			return nil
		}
		for part := range strings.SplitSeq(r.Text(2), ",") {
			k, err := strconv.ParseInt(part, 10, 64)
			if err != nil {
				return err
			}
			keys = append(keys, k)
		}
		return nil
	})
	return keys, len(keys) == n, err
}

// copyReader writes rows in COPY's binary or text format as they are read.
type copyReader struct {
	next func(row []dialect.Value) (bool, error)
	row  []dialect.Value
	buf  []byte
	text []byte
	at   int
	done bool
	err  error
	// more says that row holds a row that was not written yet; oids are the columns' types when they all go in binary.
	more bool
	oids []uint32
	head bool
}

// peek reads the first row, which says how the rows look.
func (r *copyReader) peek() (err error) {
	r.more, err = r.next(r.row)
	return err
}

// chooseFormat asks for the types of the columns and takes the binary format when all of them and the first row's values
// have one that this driver writes.
func (r *copyReader) chooseFormat(ctx context.Context, c *conn, sql string) error {
	if c.o.NoPrepare {
		return nil
	}
	s, err := c.prepare(ctx, sql, nil)
	if err != nil {
		return err
	}
	oids := make([]uint32, len(s.columns))
	for i := range oids {
		oids[i] = s.columns[i].oid
		if !copiesBinary(oids[i], &r.row[i]) {
			return nil
		}
	}
	r.oids = oids
	return nil
}

// copiesBinary says that a value can go into a column of a type in binary.
func copiesBinary(oid uint32, v *dialect.Value) bool {
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID:
		return v.Kind == dialect.Text || v.Kind == dialect.Null
	case pgtype.JSONOID, pgtype.JSONBOID:
		return v.Kind == dialect.JSON || v.Kind == dialect.Null
	case pgtype.UUIDOID:
		return v.Kind == dialect.UUID && len(v.S) == 16 || v.Kind == dialect.Null
	case pgtype.BoolOID, pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.Float8OID, pgtype.ByteaOID, pgtype.DateOID,
		pgtype.TimeOID, pgtype.TimestamptzOID, pgtype.IntervalOID:
		return v.Kind == dialect.Null || v.Kind != dialect.Text && v.Kind != dialect.JSON && v.Kind != dialect.UUID && fits(v, oid)
	}
	return false
}

// binaryRow appends the row in COPY's binary format.
func (r *copyReader) binaryRow() error {
	r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(len(r.row)))
	for i := range r.row {
		v := &r.row[i]
		if v.Kind == dialect.Null {
			r.buf = append(r.buf, 0xff, 0xff, 0xff, 0xff)
			continue
		}
		if !copiesBinary(r.oids[i], v) {
			return fmt.Errorf("postgres: COPY: a value of column %d does not fit into its type: %.100q", i+1, fmt.Sprint(v.Any()))
		}
		at := len(r.buf)
		r.buf = append(r.buf, 0, 0, 0, 0)
		switch r.oids[i] {
		case pgtype.JSONBOID:
			r.buf = append(append(r.buf, 1), v.S...)
		default:
			r.buf, _ = appendParam(r.buf, r.oids[i], v)
		}
		binary.BigEndian.PutUint32(r.buf[at:], uint32(len(r.buf)-at-4))
	}
	return nil
}

// copySignature begins COPY's binary format: its name, no flags, no extension.
const copySignature = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

const copyChunk = 32 << 10

// Read gives the next piece of the rows.
func (r *copyReader) Read(p []byte) (int, error) {
	if r.at == len(r.buf) {
		if r.done {
			return 0, io.EOF
		}
		r.fill()
		if r.err != nil {
			return 0, r.err
		}
		if len(r.buf) == 0 {
			return 0, io.EOF
		}
	}
	n := copy(p, r.buf[r.at:])
	r.at += n
	return n, nil
}

func (r *copyReader) fill() {
	r.buf, r.at = r.buf[:0], 0
	if r.oids != nil && !r.head {
		r.buf, r.head = append(r.buf, copySignature...), true
	}
	for len(r.buf) < copyChunk && !r.done {
		if !r.more {
			if r.more, r.err = r.next(r.row); r.err != nil {
				r.done = true
				return
			}
		}
		if !r.more {
			if r.oids != nil {
				r.buf = append(r.buf, 0xff, 0xff) // the end
			}
			r.done = true
			return
		}
		r.more = false
		if r.oids != nil {
			if r.err = r.binaryRow(); r.err != nil {
				r.done = true
				return
			}
			continue
		}
		for i := range r.row {
			if i > 0 {
				r.buf = append(r.buf, '\t')
			}
			r.value(&r.row[i])
		}
		r.buf = append(r.buf, '\n')
	}
}

// value appends one value with COPY's escapes.
func (r *copyReader) value(v *dialect.Value) {
	switch v.Kind {
	case dialect.Null:
		r.buf = append(r.buf, `\N`...)
		return
	case dialect.Text, dialect.JSON:
		r.buf = appendEscaped(r.buf, v.S)
		return
	case dialect.Bytes, dialect.List:
		r.text = appendText(r.text[:0], v)
		r.buf = appendEscaped(r.buf, string(r.text))
		return
	}
	r.buf = appendText(r.buf, v) // digits and letters, nothing to escape
}

func appendEscaped(b []byte, s string) []byte {
	start := 0
	for i := range len(s) {
		var c byte
		switch s[i] {
		case '\\':
			c = '\\'
		case '\n':
			c = 'n'
		case '\r':
			c = 'r'
		case '\t':
			c = 't'
		default:
			continue
		}
		b = append(append(b, s[start:i]...), '\\', c)
		start = i + 1
	}
	return append(b, s[start:]...)
}
