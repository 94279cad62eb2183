package postgres

import (
	"context"
	"io"

	"github.com/nuages-go/nuages/orm/dialect"
)

// CopyRows adds rows by COPY. The rows are written while they are sent, so memory does not grow with their number.
func (l *lease) CopyRows(ctx context.Context, table string, columns []string, next func(row []dialect.Value) (bool, error)) (int64, error) {
	c := l.cur
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
	sql = append(sql, ") FROM STDIN"...)
	r := &copyReader{next: next, row: make([]dialect.Value, len(columns))}
	tag, err := c.raw.CopyFrom(ctx, r, string(sql))
	if r.err != nil { // the rows ended in an error of ours, which the server only repeats
		return 0, r.err
	}
	return tag.RowsAffected(), c.wrap(ctx, string(sql), err)
}

// NextKeys takes values of the sequence behind an automatic key.
func (l *lease) NextKeys(ctx context.Context, table, column string, n int) ([]int64, bool, error) {
	if l.pool.o.NoCopy {
		return nil, false, nil
	}
	keys := make([]int64, 0, n)
	quoted := l.pool.d.QuoteName(table)
	args := []dialect.Value{dialect.TextValue(quoted), dialect.TextValue(column), dialect.IntValue(int64(n))}
	missing := false
	err := l.Query(ctx, "SELECT nextval(s) FROM (SELECT pg_get_serial_sequence($1, $2)::regclass AS s) q, generate_series(1, $3)", args, func(r dialect.Row) error {
		missing = missing || r.Null(0)
		keys = append(keys, r.Int(0))
		return nil
	})
	return keys, !missing, err
}

// copyReader writes rows in COPY's text format as they are read.
type copyReader struct {
	next func(row []dialect.Value) (bool, error)
	row  []dialect.Value
	buf  []byte
	text []byte
	at   int
	done bool
	err  error
}

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
	for len(r.buf) < copyChunk && !r.done {
		more, err := r.next(r.row)
		if err != nil {
			r.err, r.done = err, true
			return
		}
		if !more {
			r.done = true
			return
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
