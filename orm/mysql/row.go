package mysql

import (
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
)

// rowOf reads the present row. Its values are valid until the next row.
type rowOf struct {
	rows   driver.Rows
	values []driver.Value
	zone   *time.Location // in which moments are kept; nil is UTC
}

var _ dialect.Row = (*rowOf)(nil)

// Name is what the statement calls the column.
func (r *rowOf) Name(i int) string { return r.rows.Columns()[i] }

func (r *rowOf) Null(i int) bool { return r.values[i] == nil }
func (r *rowOf) Columns() int    { return len(r.values) }

func (r *rowOf) Int(i int) int64 {
	switch v := r.values[i].(type) {
	case int64:
		return v
	case []byte:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return n
		}
		f, err := strconv.ParseFloat(string(v), 64) // a sum of whole numbers: DECIMAL
		if err != nil {
			return 0
		}
		return int64(f)
	case uint64:
		return int64(v)
	case float64:
		return int64(v)
	case float32:
		return int64(v)
	}
	return 0
}

func (r *rowOf) Float(i int) float64 {
	switch v := r.values[i].(type) {
	case float64:
		return v
	case float32:
		return float64(v)
	case int64:
		return float64(v)
	case []byte:
		f, err := strconv.ParseFloat(string(v), 64)
		if err != nil {
			return 0
		}
		return f
	}
	return 0
}

func (r *rowOf) Bool(i int) bool {
	switch v := r.values[i].(type) {
	case int64:
		return v != 0
	case float64:
		return v != 0
	case []byte: // BIT(1), or a text
		return len(v) > 0 && v[0] != 0 && v[0] != '0' && v[0] != 'f'
	}
	return false
}

func (r *rowOf) Text(i int) string {
	switch v := r.values[i].(type) {
	case []byte:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case float32:
		return strconv.FormatFloat(float64(v), 'f', -1, 32)
	case time.Time:
		if r.typeName(i) == "DATE" {
			return v.Format("2006-01-02")
		}
		return string(dialect.AppendTime(nil, v))
	}
	return ""
}

func (r *rowOf) Bytes(i int) []byte {
	switch v := r.values[i].(type) {
	case []byte:
		return append(make([]byte, 0, len(v)), v...)
	case nil:
		return nil
	}
	return []byte(r.Text(i))
}

// Time reads a moment or a date, in UTC.
func (r *rowOf) Time(i int) (time.Time, error) {
	switch v := r.values[i].(type) {
	case nil:
		return time.Time{}, nil
	case time.Time:
		return r.moment(i, v), nil
	case []byte: // an expression that is text
		t, shown, err := parseTime(string(v))
		if shown && r.zone != nil {
			t = dialect.FromWall(t, r.zone)
		}
		return t, err
	}
	return time.Time{}, fmt.Errorf("mysql: the column holds no date or time (%s)", r.typeName(i))
}

// moment is the moment of what a column of dates and times shows.
func (r *rowOf) moment(i int, t time.Time) time.Time {
	if r.zone == nil || r.typeName(i) == "DATE" {
		return t
	}
	return dialect.FromWall(t, r.zone)
}

// parseTime reads a date or time. Shown says that it is what a clock shows, and neither a date nor a moment with an offset.
func parseTime(s string) (t time.Time, shown bool, err error) {
	for k, layout := range [...]string{"2006-01-02 15:04:05.999999999", "2006-01-02", "2006-01-02T15:04:05.999999999", time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), k == 0 || k == 2, nil
		}
	}
	return time.Time{}, false, fmt.Errorf("mysql: %q is no date or time", s)
}

// Clock reads a time of day.
func (r *rowOf) Clock(i int) (time.Duration, error) {
	switch v := r.values[i].(type) {
	case nil:
		return 0, nil
	case time.Time:
		return v.Sub(v.Truncate(24 * time.Hour)), nil
	case []byte:
		s := string(v)
		if len(s) > 10 && s[4] == '-' { // a whole moment as text
			t, _, err := parseTime(s)
			return t.Sub(t.Truncate(24 * time.Hour)), err
		}
		return parseClock(s)
	}
	return 0, fmt.Errorf("mysql: the column holds no time of day (%s)", r.typeName(i))
}

// parseClock reads TIME: [-]hours:minutes:seconds[.fraction], where the hours may be more than a day has.
func parseClock(s string) (time.Duration, error) {
	digits, negative := strings.CutPrefix(s, "-")
	parts := strings.Split(digits, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, fmt.Errorf("mysql: %q is no time of day", s)
	}
	h, err1 := strconv.ParseUint(parts[0], 10, 16)
	m, err2 := strconv.ParseUint(parts[1], 10, 8)
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if err1 != nil || err2 != nil {
		return 0, fmt.Errorf("mysql: %q is no time of day", s)
	}
	if len(parts) == 3 {
		whole, fraction, _ := strings.Cut(parts[2], ".")
		sec, err := strconv.ParseUint(whole, 10, 8)
		if err != nil || len(fraction) > 9 {
			return 0, fmt.Errorf("mysql: %q is no time of day", s)
		}
		ns, err := strconv.ParseUint((fraction + "000000000")[:9], 10, 32)
		if err != nil {
			return 0, fmt.Errorf("mysql: %q is no time of day", s)
		}
		d += time.Duration(sec)*time.Second + time.Duration(ns)
	}
	if negative {
		d = -d
	}
	return d, nil
}

// Duration reads microseconds.
func (r *rowOf) Duration(i int) (time.Duration, error) {
	switch v := r.values[i].(type) {
	case nil:
		return 0, nil
	case int64:
		return time.Duration(v) * time.Microsecond, nil
	case float64:
		return time.Duration(v * 1000), nil
	case []byte:
		s := string(v)
		if strings.ContainsRune(s, ':') {
			return parseClock(s)
		}
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return time.Duration(n) * time.Microsecond, nil
		}
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return 0, fmt.Errorf("mysql: %q is no duration", s)
		}
		return time.Duration(f * 1000), nil
	}
	return 0, fmt.Errorf("mysql: the column holds no duration (%s)", r.typeName(i))
}

// UUID reads 16 bytes, from their text with or without dashes or as they are.
func (r *rowOf) UUID(i int) (u [16]byte, err error) {
	v, ok := r.values[i].([]byte)
	switch {
	case r.values[i] == nil:
		return u, nil
	case !ok:
		return u, fmt.Errorf("mysql: the column holds no UUID (%s)", r.typeName(i))
	case len(v) == 16:
		copy(u[:], v)
		return u, nil
	}
	var digits [32]byte
	n := 0
	for _, c := range v {
		if c == '-' {
			continue
		}
		if n == len(digits) {
			return u, fmt.Errorf("mysql: %q is not a UUID", v)
		}
		digits[n] = c
		n++
	}
	if n != len(digits) {
		return u, fmt.Errorf("mysql: %q is not a UUID", v)
	}
	if _, err := hex.Decode(u[:], digits[:]); err != nil {
		return u, fmt.Errorf("mysql: %q is not a UUID", v)
	}
	return u, nil
}

// Any reads the column as it comes. Exact numbers with a point (DECIMAL) and times of day come as text.
func (r *rowOf) Any(i int) any {
	switch v := r.values[i].(type) {
	case []byte:
		switch r.typeName(i) {
		case "BLOB", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB", "BINARY", "VARBINARY", "BIT", "GEOMETRY", "VECTOR":
			return slices.Clone(v)
		}
		return string(v)
	case float32:
		return float64(v)
	case time.Time:
		return r.moment(i, v)
	default:
		return v
	}
}

// typeName is the server's name of a column's type.
func (r *rowOf) typeName(i int) string {
	if t, ok := r.rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		return t.ColumnTypeDatabaseTypeName(i)
	}
	return ""
}
