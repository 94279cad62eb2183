package serializers

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// goValue is a stored value as an Object has it.
//
// Django 6.1 django/core/serializers/python.py _value_from_field: what JSON and YAML have no type for becomes text.
func goValue(f *schema.Field, v dialect.Value) any {
	switch v.Kind {
	case dialect.Null:
		return nil
	case dialect.Int:
		return v.N
	case dialect.Bool:
		return v.N != 0
	case dialect.Float:
		return v.Float()
	case dialect.Time:
		return v.Time().Truncate(time.Microsecond)
	case dialect.Date:
		return Date{v.Time()}
	case dialect.Clock:
		return Clock(v.N)
	case dialect.Duration:
		return durationText(time.Duration(v.N))
	case dialect.Bytes:
		return base64.StdEncoding.EncodeToString([]byte(v.S))
	case dialect.UUID:
		return uuidText(v.S)
	case dialect.JSON:
		return json.RawMessage(v.S)
	case dialect.Decimal:
		return decimalOf(f, v.S)
	}
	return v.S
}

// decimalOf is a decimal with as many places as its column has: a database may leave zeros out.
func decimalOf(f *schema.Field, digits string) any {
	d, err := orm.NewDecimal(digits)
	if err != nil {
		return digits
	}
	if dot := strings.IndexByte(digits, '.'); f.Digits > 0 && (dot < 0 && f.Places > 0 || dot >= 0 && len(digits)-dot-1 != f.Places) {
		d = d.Round(f.Places)
	}
	return d
}

// decimalText is a decimal as Python prints it: small ones with an exponent.
func decimalText(d orm.Decimal) string {
	s := d.String()
	if strings.HasPrefix(strings.TrimPrefix(s, "-"), "0.000000") {
		if p, ok := pyfmt.ParseDecimal(s); ok {
			return p.String()
		}
	}
	return s
}

func uuidText(raw string) string {
	h := hex.EncodeToString([]byte(raw))
	if len(h) != 32 {
		return h
	}
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// durationText is a duration as Django writes it: days, then the rest, which is never negative.
//
// Django 6.1 django/utils/duration.py duration_string.
func durationText(d time.Duration) string {
	micros := d.Microseconds()
	const day = int64(24 * time.Hour / time.Microsecond)
	days := micros / day
	if micros%day < 0 {
		days--
	}
	micros -= days * day
	b := []byte(nil)
	if days != 0 {
		b = append(strconv.AppendInt(b, days, 10), ' ')
	}
	b = appendClock(b, micros)
	return string(b)
}

// appendClock writes microseconds since midnight: 05:06:07, and the microseconds if there are any.
func appendClock(b []byte, micros int64) []byte {
	seconds := micros / 1e6
	for i, n := range [3]int64{seconds / 3600, seconds / 60 % 60, seconds % 60} {
		if i > 0 {
			b = append(b, ':')
		}
		b = append(b, byte('0'+n/10%10), byte('0'+n%10))
	}
	if rest := micros % 1e6; rest != 0 {
		digits := strconv.Itoa(int(rest + 1e6))
		b = append(append(b, '.'), digits[1:]...)
	}
	return b
}

// appendMoment writes a moment as Python's isoformat does; sep is 'T' or ' '.
func appendMoment(b []byte, t time.Time, sep byte) []byte {
	t = t.UTC()
	b = t.AppendFormat(b, "2006-01-02")
	b = append(b, sep)
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return append(appendClock(b, t.Sub(midnight).Microseconds()), "+00:00"...)
}

// plainText is a value as Python's str prints it, which is how XML has it.
func plainText(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return pyfmt.Float(v)
	case string:
		return v
	case orm.Decimal:
		return decimalText(v)
	case time.Time:
		return string(appendMoment(nil, v, 'T'))
	case Date:
		return v.Format("2006-01-02")
	case Clock:
		return string(appendClock(nil, time.Duration(v).Microseconds()))
	case json.RawMessage:
		b, err := appendJSONText(nil, v, jsonStyle{item: ", ", key: ": ", ascii: true}, 0)
		if err != nil {
			return string(v)
		}
		return string(b)
	}
	return ""
}
