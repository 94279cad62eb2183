package postgres

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/nuages-go/nuages/orm/dialect"
)

// oidOf is the type that an argument is announced with; 0 lets the server find out from the context, which is right for
// texts (varchar, inet, uuid ... are written the same way). A number gets the smallest type that functions take too.
func oidOf(v *dialect.Value) uint32 {
	switch v.Kind {
	case dialect.Int:
		if v.N == int64(int32(v.N)) {
			return pgtype.Int4OID
		}
		return pgtype.Int8OID
	case dialect.Float:
		return pgtype.Float8OID
	case dialect.Bool:
		return pgtype.BoolOID
	case dialect.Time:
		return pgtype.TimestamptzOID
	case dialect.Date:
		return pgtype.DateOID
	case dialect.Clock:
		return pgtype.TimeOID
	case dialect.Duration:
		return pgtype.IntervalOID
	case dialect.Bytes:
		return pgtype.ByteaOID
	case dialect.Decimal:
		return pgtype.NumericOID
	case dialect.JSON:
		return pgtype.JSONBOID
	case dialect.List:
		return listOID(v.Values())
	}
	return 0
}

// listOID is the type of an array, decided by its first element; lists of numbers take the widest.
func listOID(vs []dialect.Value) uint32 {
	if len(vs) == 0 {
		return 0
	}
	switch oidOf(&vs[0]) {
	case pgtype.Int4OID, pgtype.Int8OID:
		return pgtype.Int8ArrayOID
	case pgtype.Float8OID:
		return pgtype.Float8ArrayOID
	case pgtype.BoolOID:
		return pgtype.BoolArrayOID
	case pgtype.TimestamptzOID:
		return pgtype.TimestamptzArrayOID
	case pgtype.DateOID:
		return pgtype.DateArrayOID
	case pgtype.TimeOID:
		return pgtype.TimeArrayOID
	case pgtype.IntervalOID:
		return pgtype.IntervalArrayOID
	case pgtype.ByteaOID:
		return pgtype.ByteaArrayOID
	case pgtype.NumericOID:
		return pgtype.NumericArrayOID
	case pgtype.JSONBOID:
		return pgtype.JSONBArrayOID
	}
	return 0
}

// fits says that a value can go into a parameter of a type without loss. Texts fit everywhere: the server reads them.
func fits(v *dialect.Value, oid uint32) bool {
	switch v.Kind {
	case dialect.Int:
		switch oid {
		case pgtype.Int2OID:
			return v.N == int64(int16(v.N))
		case pgtype.Int4OID:
			return v.N == int64(int32(v.N))
		case pgtype.Int8OID, pgtype.NumericOID:
			return true
		}
		return false
	case dialect.Float:
		return oid == pgtype.Float8OID || oid == pgtype.NumericOID
	case dialect.Bool, dialect.Time, dialect.Date, dialect.Clock, dialect.Duration, dialect.Bytes, dialect.Decimal:
		return oid == oidOf(v)
	case dialect.JSON:
		return oid == pgtype.JSONBOID || oid == pgtype.JSONOID
	case dialect.List:
		want := listOID(v.Values())
		return want == 0 || want == oid
	}
	return true
}

// encode writes the arguments into the connection's buffers, in binary where the parameter's type has it and as text
// otherwise.
func (c *conn) encode(oids []uint32, args []dialect.Value) error {
	if len(oids) != len(args) {
		return fmt.Errorf("postgres: %d arguments for %d parameters", len(args), len(oids))
	}
	c.buf, c.ends = c.buf[:0], c.ends[:0]
	c.formats, c.values = c.formats[:0], c.values[:0]
	for i := range args {
		var format int16
		c.buf, format = appendParam(c.buf, oids[i], &args[i])
		c.ends = append(c.ends, len(c.buf))
		c.formats = append(c.formats, format)
	}
	start := 0 // the buffer does not move any more: cut it
	for i, end := range c.ends {
		if args[i].Kind == dialect.Null {
			c.values = append(c.values, nil)
		} else {
			c.values = append(c.values, c.buf[start:end:end])
		}
		start = end
	}
	return nil
}

const (
	epochSeconds = 946684800 // 2000-01-01 in Unix seconds
	epochDays    = 10957
)

// appendParam appends a value in the format that it returns: 1 is binary.
func appendParam(b []byte, oid uint32, v *dialect.Value) ([]byte, int16) {
	switch v.Kind {
	case dialect.Int:
		switch oid {
		case pgtype.Int8OID:
			return binary.BigEndian.AppendUint64(b, uint64(v.N)), 1
		case pgtype.Int4OID:
			return binary.BigEndian.AppendUint32(b, uint32(v.N)), 1
		case pgtype.Int2OID:
			return binary.BigEndian.AppendUint16(b, uint16(v.N)), 1
		}
	case dialect.Float:
		if oid == pgtype.Float8OID {
			return binary.BigEndian.AppendUint64(b, uint64(v.N)), 1
		}
	case dialect.Bool:
		if oid == pgtype.BoolOID {
			return append(b, byte(v.N)), 1
		}
	case dialect.Time:
		if oid == pgtype.TimestamptzOID {
			return binary.BigEndian.AppendUint64(b, uint64((v.N-epochSeconds)*1_000_000+int64(v.M/1000))), 1
		}
	case dialect.Date:
		if oid == pgtype.DateOID {
			return binary.BigEndian.AppendUint32(b, uint32(int32(floorDiv(v.N, 86400)-epochDays))), 1
		}
	case dialect.Clock:
		if oid == pgtype.TimeOID {
			return binary.BigEndian.AppendUint64(b, uint64(v.N/1000)), 1
		}
	case dialect.Duration:
		if oid == pgtype.IntervalOID {
			days, micros := splitDuration(v.N)
			b = binary.BigEndian.AppendUint64(b, uint64(micros))
			b = binary.BigEndian.AppendUint32(b, uint32(int32(days)))
			return binary.BigEndian.AppendUint32(b, 0), 1
		}
	case dialect.Bytes:
		if oid == pgtype.ByteaOID {
			return append(b, v.S...), 1
		}
	case dialect.UUID:
		if oid == pgtype.UUIDOID && len(v.S) == 16 {
			return append(b, v.S...), 1
		}
	}
	return appendText(b, v), 0
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// splitDuration gives days and microseconds as Python's timedelta has them, which is what Django stores: the microseconds
// are never negative.
func splitDuration(nanos int64) (days, micros int64) {
	const day = 24 * 60 * 60 * 1_000_000
	micros = floorDiv(nanos, 1000)
	days = floorDiv(micros, day)
	return days, micros - days*day
}

// appendText appends a value in PostgreSQL's text form.
func appendText(b []byte, v *dialect.Value) []byte {
	switch v.Kind {
	case dialect.Int:
		return strconv.AppendInt(b, v.N, 10)
	case dialect.Float:
		f := v.Float()
		switch {
		case math.IsInf(f, 1):
			return append(b, "Infinity"...)
		case math.IsInf(f, -1):
			return append(b, "-Infinity"...)
		}
		return strconv.AppendFloat(b, f, 'g', -1, 64)
	case dialect.Bool:
		if v.N != 0 {
			return append(b, 't')
		}
		return append(b, 'f')
	case dialect.Time:
		return append(appendYear(b, v.Time(), "-01-02 15:04:05.999999+00"), era(v.Time())...)
	case dialect.Date:
		return append(appendYear(b, v.Time(), "-01-02"), era(v.Time())...)
	case dialect.Clock:
		return dialect.AppendClock(b, time.Duration(v.N))
	case dialect.Duration:
		days, micros := splitDuration(v.N)
		b = strconv.AppendInt(b, days, 10)
		b = append(b, " days "...)
		b = strconv.AppendInt(b, micros/1_000_000, 10)
		return append(fmt.Appendf(b, ".%06d", micros%1_000_000), " seconds"...)
	case dialect.Bytes:
		b = append(b, `\x`...)
		for i := range len(v.S) {
			b = append(b, hexDigits[v.S[i]>>4], hexDigits[v.S[i]&15])
		}
		return b
	case dialect.UUID:
		for i := range len(v.S) {
			if i == 4 || i == 6 || i == 8 || i == 10 {
				b = append(b, '-')
			}
			b = append(b, hexDigits[v.S[i]>>4], hexDigits[v.S[i]&15])
		}
		return b
	case dialect.List:
		return appendArray(b, v.Values())
	}
	return append(b, v.S...)
}

const hexDigits = "0123456789abcdef"

// appendYear writes years before 1 as PostgreSQL does: 1 BC is the year 0.
func appendYear(b []byte, t time.Time, layout string) []byte {
	y := t.Year()
	if y <= 0 {
		y = 1 - y
	}
	return t.AppendFormat(fmt.Appendf(b, "%04d", y), layout)
}

func era(t time.Time) string {
	if t.Year() <= 0 {
		return " BC"
	}
	return ""
}

// appendArray writes {1,2,"three"}.
func appendArray(b []byte, vs []dialect.Value) []byte {
	b = append(b, '{')
	var text []byte
	for i := range vs {
		if i > 0 {
			b = append(b, ',')
		}
		switch vs[i].Kind {
		case dialect.Null:
			b = append(b, "NULL"...)
			continue
		case dialect.Int:
			b = strconv.AppendInt(b, vs[i].N, 10)
			continue
		}
		text = appendText(text[:0], &vs[i])
		b = append(b, '"')
		for _, ch := range text {
			if ch == '"' || ch == '\\' {
				b = append(b, '\\')
			}
			b = append(b, ch)
		}
		b = append(b, '"')
	}
	return append(b, '}')
}
