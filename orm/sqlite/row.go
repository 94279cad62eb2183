package sqlite

import (
	"fmt"
	"sync/atomic"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/nuages-go/nuages/orm/dialect"
)

type watchState struct{ asleep atomic.Bool }

// rowOf reads the present row of a statement.
type rowOf struct {
	s    *sqlite.Stmt
	zone *time.Location // in which moments are kept; nil is UTC
}

var _ dialect.Row = (*rowOf)(nil)

// Name is what the statement calls the column.
func (r *rowOf) Name(i int) string { return r.s.ColumnName(i) }

func (r *rowOf) Null(i int) bool     { return r.s.ColumnType(i) == sqlite.TypeNull }
func (r *rowOf) Int(i int) int64     { return r.s.ColumnInt64(i) }
func (r *rowOf) Float(i int) float64 { return r.s.ColumnFloat(i) }
func (r *rowOf) Bool(i int) bool     { return r.s.ColumnInt64(i) != 0 }
func (r *rowOf) Columns() int        { return r.s.ColumnCount() }

// Text reads text. The column is asked for as text before its length, since numbers change when they become text.
func (r *rowOf) Text(i int) string {
	if r.s.ColumnType(i) == sqlite.TypeFloat {
		return formatFloat(r.s.ColumnFloat(i))
	}
	return r.s.ColumnText(i)
}

func (r *rowOf) Bytes(i int) []byte {
	b := make([]byte, r.s.ColumnLen(i))
	r.s.ColumnBytes(i, b)
	return b
}

// Time reads Django's text form, and the forms that other programs write.
func (r *rowOf) Time(i int) (time.Time, error) {
	if r.s.ColumnType(i) == sqlite.TypeNull {
		return time.Time{}, nil
	}
	var buf [40]byte // longer than any of the forms, so that no string needs to be made of them
	if n := r.s.ColumnBytes(i, buf[:]); n < len(buf) {
		if t, fixed, ok := scanTime(buf[:n]); ok {
			return r.moment(t, fixed), nil
		}
	}
	return parseTime(r.s.ColumnText(i)) // for its error
}

// moment is the moment of what a column shows, unless it is a moment already, or a date.
func (r *rowOf) moment(t time.Time, fixed bool) time.Time {
	if fixed || r.zone == nil {
		return t
	}
	return dialect.FromWall(t, r.zone)
}

func (r *rowOf) Clock(i int) (time.Duration, error) {
	if r.s.ColumnType(i) == sqlite.TypeNull {
		return 0, nil
	}
	s := r.s.ColumnText(i)
	h, ok1 := digits2(s, 0)
	m, ok2 := digits2(s, 3)
	if !ok1 || !ok2 {
		return 0, fmt.Errorf("%w: %q", errNoTime, s)
	}
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if len(s) >= 8 {
		sec, ok := digits2(s, 6)
		if !ok {
			return 0, fmt.Errorf("%w: %q", errNoTime, s)
		}
		d += time.Duration(sec) * time.Second
		if len(s) > 8 && s[8] == '.' {
			d += time.Duration(fraction(s[9:]))
		}
	}
	return d, nil
}

// Duration reads microseconds.
func (r *rowOf) Duration(i int) (time.Duration, error) {
	return time.Duration(r.s.ColumnInt64(i)) * time.Microsecond, nil
}

func (r *rowOf) UUID(i int) (u [16]byte, err error) {
	if r.s.ColumnType(i) == sqlite.TypeNull {
		return u, nil
	}
	s := r.s.ColumnText(i)
	n := 0
	for k := 0; k < len(s); k++ {
		if s[k] == '-' {
			continue
		}
		d := hexDigit(s[k])
		if d < 0 || n >= 32 {
			return u, fmt.Errorf("sqlite: %q is not a UUID", s)
		}
		u[n/2] = u[n/2]<<4 | byte(d)
		n++
	}
	if n != 32 {
		return u, fmt.Errorf("sqlite: %q is not a UUID", s)
	}
	return u, nil
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (r *rowOf) Any(i int) any {
	switch r.s.ColumnType(i) {
	case sqlite.TypeInteger:
		return r.s.ColumnInt64(i)
	case sqlite.TypeFloat:
		return r.s.ColumnFloat(i)
	case sqlite.TypeText:
		return r.s.ColumnText(i)
	case sqlite.TypeBlob:
		return r.Bytes(i)
	}
	return nil
}
