package compile

import (
	"slices"
	"strconv"

	"github.com/nuages-go/nuages/orm/dialect"
)

// writer appends SQL and collects the arguments in the order of their placeholders.
type writer struct {
	d    *dialect.Dialect
	buf  []byte
	args []dialect.Value
	// literal writes values into the SQL, for DDL, which takes no arguments. bare leaves out the tables' names.
	literal, bare bool
	// again lets a value that was an argument before be the same parameter: PostgreSQL takes two expressions for one, in
	// GROUP BY and SELECT, only if their parameters are the same.
	again bool
	// first are the parameters of expressions that are written more than once, trace those of the ones being written,
	// replay what is left of those of one that is written again.
	first   map[*rexpr][]int
	trace   []int
	tracing int
	replay  *[]int
	// having is the query whose HAVING is being written, on MySQL.
	having *builder
}

func (w *writer) str(s string) { w.buf = append(w.buf, s...) }

func (w *writer) ident(name string) { w.buf = w.d.AppendQuoted(w.buf, name) }

func (w *writer) qualified(table, column string) {
	if !w.bare {
		w.ident(table)
		w.buf = append(w.buf, '.')
	}
	w.ident(column)
}

// arg writes a placeholder for a value.
func (w *writer) arg(v dialect.Value) {
	v = w.d.Bind(v)
	if w.literal {
		w.buf = AppendLiteral(w.buf, w.d, v)
		return
	}
	if !w.d.Dollar {
		w.args = append(w.args, v)
		w.buf = append(w.buf, '?')
		return
	}
	n := 0
	switch {
	case w.replay != nil && len(*w.replay) > 0:
		n, *w.replay = (*w.replay)[0], (*w.replay)[1:]
	case w.again:
		n = slices.IndexFunc(w.args, v.Equal) + 1
	}
	if n == 0 {
		w.args = append(w.args, v)
		n = len(w.args)
	}
	if w.tracing > 0 {
		w.trace = append(w.trace, n)
	}
	w.buf = strconv.AppendInt(append(w.buf, '$'), int64(n), 10)
}

// capture runs f and returns what it wrote, taken off the buffer. The arguments stay, in order.
func (w *writer) capture(f func(w *writer)) []byte {
	start := len(w.buf)
	f(w)
	out := append([]byte(nil), w.buf[start:]...)
	w.buf = w.buf[:start]
	return out
}

// AppendLiteral writes a bound value as SQL text, for DDL and for showing statements.
func AppendLiteral(b []byte, d *dialect.Dialect, v dialect.Value) []byte {
	switch v.Kind {
	case dialect.Null:
		return append(b, "NULL"...)
	case dialect.Int:
		return strconv.AppendInt(b, v.N, 10)
	case dialect.Bool:
		if v.N != 0 {
			return append(b, d.BoolTrue...)
		}
		return append(b, d.BoolFalse...)
	case dialect.Float:
		f := strconv.FormatFloat(v.Float(), 'f', -1, 64)
		for i := range len(f) {
			if f[i] == '.' {
				return append(b, f...)
			}
		}
		return append(append(b, f...), ".0"...)
	case dialect.Bytes:
		if d.Name == "postgresql" {
			b = append(b, `'\x`...)
		} else {
			b = append(b, "X'"...)
		}
		for i := range len(v.S) {
			const hex = "0123456789abcdef"
			b = append(b, hex[v.S[i]>>4], hex[v.S[i]&15])
		}
		return append(b, '\'')
	}
	s := v.S
	switch v.Kind {
	case dialect.Time:
		s = string(dialect.AppendTime(nil, v.Time()))
		if d.Zone != "" { // otherwise the session's zone is UTC
			s += "+00"
		}
	case dialect.Date:
		s = v.Time().Format("2006-01-02")
	case dialect.Clock, dialect.Duration, dialect.UUID:
		s = standardText(v)
	}
	b = append(b, '\'')
	for i := range len(s) {
		if s[i] == '\'' || s[i] == '\\' && d.Name == "mysql" {
			b = append(b, s[i])
		}
		b = append(b, s[i])
	}
	return append(b, '\'')
}
