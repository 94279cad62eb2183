package postgres

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/nuages-go/nuages/orm/dialect"
)

// column says how the values of a column come.
type column struct {
	oid    uint32
	binary bool
	name   string
}

// hasBinary lists the types that are read in binary. Others come as text: it is as short, and right for every type.
func hasBinary(oid uint32) bool {
	switch oid {
	case pgtype.BoolOID, pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID, pgtype.Float4OID, pgtype.Float8OID,
		pgtype.ByteaOID, pgtype.DateOID, pgtype.TimeOID, pgtype.TimestampOID, pgtype.TimestamptzOID, pgtype.IntervalOID,
		pgtype.UUIDOID:
		return true
	}
	return false
}

// rowOf reads the present row. Its values are valid until the next row.
type rowOf struct {
	columns []column
	values  [][]byte
	zone    *time.Location // of the session; nil is UTC
}

var _ dialect.Row = (*rowOf)(nil)

// Name is what the statement calls the column.
func (r *rowOf) Name(i int) string { return r.columns[i].name }

func (r *rowOf) Null(i int) bool { return r.values[i] == nil }
func (r *rowOf) Columns() int    { return len(r.values) }

// number reads a binary whole number or truth value.
func (r *rowOf) number(i int) (int64, bool) {
	v := r.values[i]
	switch len(v) {
	case 8:
		return int64(binary.BigEndian.Uint64(v)), true
	case 4:
		if r.columns[i].oid == pgtype.OIDOID {
			return int64(binary.BigEndian.Uint32(v)), true
		}
		return int64(int32(binary.BigEndian.Uint32(v))), true
	case 2:
		return int64(int16(binary.BigEndian.Uint16(v))), true
	case 1:
		return int64(v[0]), true
	}
	return 0, false
}

func (r *rowOf) Int(i int) int64 {
	v := r.values[i]
	if v == nil {
		return 0
	}
	if r.columns[i].binary {
		switch r.columns[i].oid {
		case pgtype.Float4OID, pgtype.Float8OID:
			return int64(r.Float(i))
		case pgtype.IntervalOID, pgtype.TimeOID, pgtype.ByteaOID, pgtype.UUIDOID:
			return 0
		}
		n, _ := r.number(i)
		return n
	}
	s := string(v)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	switch s {
	case "t", "true":
		return 1
	}
	f, err := strconv.ParseFloat(s, 64) // a sum of whole numbers, an EXTRACT: numeric
	if err != nil {
		return 0
	}
	return int64(f)
}

func (r *rowOf) Float(i int) float64 {
	v := r.values[i]
	if v == nil {
		return 0
	}
	if r.columns[i].binary {
		switch r.columns[i].oid {
		case pgtype.Float8OID:
			return math.Float64frombits(binary.BigEndian.Uint64(v))
		case pgtype.Float4OID:
			return float64(math.Float32frombits(binary.BigEndian.Uint32(v)))
		}
		n, _ := r.number(i)
		return float64(n)
	}
	f, err := strconv.ParseFloat(string(v), 64)
	if err != nil {
		return 0
	}
	return f
}

func (r *rowOf) Bool(i int) bool {
	v := r.values[i]
	if len(v) == 0 {
		return false
	}
	if r.columns[i].binary {
		n, _ := r.number(i)
		return n != 0
	}
	return v[0] == 't' || v[0] == 'T' || v[0] == '1'
}

func (r *rowOf) Text(i int) string {
	v := r.values[i]
	if v == nil {
		return ""
	}
	if !r.columns[i].binary {
		return string(v)
	}
	var val dialect.Value
	switch r.columns[i].oid {
	case pgtype.BoolOID:
		if v[0] != 0 {
			return "true"
		}
		return "false"
	case pgtype.Float4OID:
		return strconv.FormatFloat(r.Float(i), 'f', -1, 32)
	case pgtype.Float8OID:
		return strconv.FormatFloat(r.Float(i), 'f', -1, 64)
	case pgtype.ByteaOID:
		return string(v)
	case pgtype.UUIDOID:
		val = dialect.Value{Kind: dialect.UUID, S: string(v)}
	case pgtype.DateOID:
		t, _ := r.Time(i)
		val = dialect.DateValue(t)
	case pgtype.TimestampOID, pgtype.TimestamptzOID:
		t, _ := r.Time(i)
		return string(dialect.AppendTime(nil, t))
	case pgtype.TimeOID:
		d, _ := r.Clock(i)
		val = dialect.Value{Kind: dialect.Clock, N: int64(d)}
	case pgtype.IntervalOID:
		d, _ := r.Duration(i)
		return d.String()
	default:
		n, _ := r.number(i)
		return strconv.FormatInt(n, 10)
	}
	return string(appendText(nil, &val))
}

func (r *rowOf) Bytes(i int) []byte {
	v := r.values[i]
	if v == nil {
		return nil
	}
	if r.columns[i].oid == pgtype.ByteaOID && !r.columns[i].binary && len(v) >= 2 && v[0] == '\\' && v[1] == 'x' {
		out := make([]byte, hex.DecodedLen(len(v)-2))
		if _, err := hex.Decode(out, v[2:]); err == nil {
			return out
		}
	}
	return append(make([]byte, 0, len(v)), v...)
}

var errInfinite = errors.New("the column holds infinity, which no Go time can")

// Time reads a moment or a date, in UTC.
func (r *rowOf) Time(i int) (time.Time, error) {
	v := r.values[i]
	if v == nil {
		return time.Time{}, nil
	}
	if !r.columns[i].binary {
		t, err := parseTime(string(v))
		if err == nil && r.zone != nil && shown(r.columns[i].oid, v) {
			t = dialect.FromWall(t, r.zone)
		}
		return t, err
	}
	switch r.columns[i].oid {
	case pgtype.TimestampOID, pgtype.TimestamptzOID:
		us := int64(binary.BigEndian.Uint64(v))
		if us == math.MaxInt64 || us == math.MinInt64 {
			return time.Time{}, errInfinite
		}
		sec := floorDiv(us, 1_000_000)
		t := time.Unix(sec+epochSeconds, (us-sec*1_000_000)*1000).UTC()
		if r.zone != nil && r.columns[i].oid == pgtype.TimestampOID {
			t = dialect.FromWall(t, r.zone)
		}
		return t, nil
	case pgtype.DateOID:
		days := int32(binary.BigEndian.Uint32(v))
		if days == math.MaxInt32 || days == math.MinInt32 {
			return time.Time{}, errInfinite
		}
		return time.Unix((int64(days)+epochDays)*86400, 0).UTC(), nil
	}
	return time.Time{}, fmt.Errorf("postgres: the column holds no date or time (type %d)", r.columns[i].oid)
}

// shown says that a text is what a clock shows: a date and time without an offset. PostgreSQL writes an offset behind every
// moment.
func shown(oid uint32, text []byte) bool {
	return oid == pgtype.TimestampOID || oid != pgtype.TimestamptzOID && len(text) > 10 && !bytes.ContainsAny(text[10:], "+-Z")
}

// Clock reads a time of day.
func (r *rowOf) Clock(i int) (time.Duration, error) {
	v := r.values[i]
	if v == nil {
		return 0, nil
	}
	if r.columns[i].binary {
		switch r.columns[i].oid {
		case pgtype.TimeOID:
			return time.Duration(binary.BigEndian.Uint64(v)) * time.Microsecond, nil
		case pgtype.TimestampOID, pgtype.TimestamptzOID:
			t, err := r.Time(i)
			if r.zone != nil { // what the server would write
				_, offset := t.In(r.zone).Zone()
				t = t.Add(time.Duration(offset) * time.Second)
			}
			return t.Sub(t.Truncate(24 * time.Hour)), err
		}
		return 0, fmt.Errorf("postgres: the column holds no time of day (type %d)", r.columns[i].oid)
	}
	return parseClock(string(v))
}

// Duration reads a span. A month counts as 30 days and a year as 365, as in Django.
func (r *rowOf) Duration(i int) (time.Duration, error) {
	v := r.values[i]
	if v == nil {
		return 0, nil
	}
	if r.columns[i].binary {
		switch r.columns[i].oid {
		case pgtype.IntervalOID:
			return interval(int64(int32(binary.BigEndian.Uint32(v[12:]))), int64(int32(binary.BigEndian.Uint32(v[8:]))), int64(binary.BigEndian.Uint64(v)))
		case pgtype.TimeOID:
			return r.Clock(i)
		case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID: // microseconds, as on other databases
			return time.Duration(r.Int(i)) * time.Microsecond, nil
		}
		return 0, fmt.Errorf("postgres: the column holds no duration (type %d)", r.columns[i].oid)
	}
	var iv pgtype.Interval
	if err := iv.Scan(string(v)); err != nil {
		return 0, fmt.Errorf("postgres: %q is no duration", v)
	}
	return interval(int64(iv.Months), int64(iv.Days), iv.Microseconds)
}

func interval(months, days, micros int64) (time.Duration, error) {
	days += months/12*365 + months%12*30
	const day = 24 * 60 * 60 * 1_000_000
	limit := int64(math.MaxInt64 / 1000)
	if days > limit/day-1 || days < -limit/day+1 || micros > limit-abs(days)*day || micros < -limit+abs(days)*day {
		return 0, fmt.Errorf("postgres: an interval of %d days does not fit into a time.Duration (292 years)", days)
	}
	return time.Duration((days*day + micros) * 1000), nil
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// UUID reads 16 bytes.
func (r *rowOf) UUID(i int) (u [16]byte, err error) {
	v := r.values[i]
	if v == nil {
		return u, nil
	}
	if r.columns[i].binary && len(v) == 16 {
		copy(u[:], v)
		return u, nil
	}
	digits := make([]byte, 0, 32)
	for _, c := range v {
		if c != '-' {
			digits = append(digits, c)
		}
	}
	if len(digits) != 32 {
		return u, fmt.Errorf("postgres: %q is not a UUID", v)
	}
	if _, err := hex.Decode(u[:], digits); err != nil {
		return u, fmt.Errorf("postgres: %q is not a UUID", v)
	}
	return u, nil
}

// Any reads the column as it comes. Numbers with a point that are exact (numeric) come as text.
func (r *rowOf) Any(i int) any {
	v := r.values[i]
	if v == nil {
		return nil
	}
	switch r.columns[i].oid {
	case pgtype.BoolOID:
		return r.Bool(i)
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID:
		return r.Int(i)
	case pgtype.Float4OID, pgtype.Float8OID:
		return r.Float(i)
	case pgtype.ByteaOID:
		return r.Bytes(i)
	case pgtype.DateOID, pgtype.TimestampOID, pgtype.TimestamptzOID:
		if t, err := r.Time(i); err == nil {
			return t
		}
	}
	return r.Text(i)
}
