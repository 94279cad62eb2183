package urls

import (
	"fmt"
	"math/big"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

// pythonError is an error with the text that Django has for it.
type pythonError string

func (e pythonError) Error() string { return string(e) }

// pyStr is what Python's str() gives: how a value stands in a URL.
func pyStr(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case time.Time:
		return pyTime(v, " ")
	case time.Duration:
		return pyDuration(v)
	case fmt.Stringer:
		return v.String()
	case error:
		return v.Error()
	}
	switch rv := reflect.ValueOf(v); {
	case rv.IsValid() && rv.Kind() == reflect.String:
		return rv.String()
	case rv.IsValid() && rv.Kind() == reflect.Pointer && !rv.IsNil():
		if _, ok := v.(*big.Int); !ok {
			return pyStr(rv.Elem().Interface())
		}
	}
	return pyRepr(v)
}

// pyRepr is what Python's repr() gives: how a value stands in the message of a NoReverseMatch.
func pyRepr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case string:
		return pyfmt.Quote(v)
	case []byte:
		return string(pyfmt.AppendBytes(nil, v))
	case *big.Int:
		return v.String()
	case time.Time:
		return pyTimeRepr(v)
	case time.Duration:
		return pyDurationRepr(v)
	case Params:
		items := make([]string, len(v))
		for i, p := range v {
			items[i] = pyfmt.Quote(p.Name) + ": " + pyRepr(p.Value)
		}
		return "{" + strings.Join(items, ", ") + "}"
	case interface{ PyRepr() string }:
		return v.PyRepr()
	case fmt.Stringer:
		if rt := reflect.TypeOf(v); rt.Kind() == reflect.Array && rt.Len() == 16 {
			return "UUID('" + v.String() + "')"
		}
		return "<" + strings.TrimLeft(fmt.Sprintf("%T", v), "*") + ": " + v.String() + ">"
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Bool:
		if rv.Bool() {
			return "True"
		}
		return "False"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(rv.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(rv.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return pyfmt.Float(rv.Float())
	case reflect.String:
		return pyfmt.Quote(rv.String())
	case reflect.Slice, reflect.Array:
		items := make([]string, rv.Len())
		for i := range items {
			items[i] = pyRepr(rv.Index(i).Interface())
		}
		return "[" + strings.Join(items, ", ") + "]"
	case reflect.Map:
		items := make([]string, 0, rv.Len())
		for iter := rv.MapRange(); iter.Next(); {
			items = append(items, pyRepr(iter.Key().Interface())+": "+pyRepr(iter.Value().Interface()))
		}
		sort.Strings(items)
		return "{" + strings.Join(items, ", ") + "}"
	case reflect.Pointer:
		if rv.IsNil() {
			return "None"
		}
		return pyRepr(rv.Elem().Interface())
	default:
		return fmt.Sprintf("%v", v)
	}
}

// pyTuple is the repr of a tuple of positional arguments.
func pyTuple(args []any) string {
	items := make([]string, len(args))
	for i, arg := range args {
		items[i] = pyRepr(arg)
	}
	if len(items) == 1 {
		return "(" + items[0] + ",)"
	}
	return "(" + strings.Join(items, ", ") + ")"
}

// pyTime is a datetime's str() with separator " ", its isoformat() with "T".
func pyTime(t time.Time, separator string) string {
	text := t.Format("2006-01-02") + separator + t.Format("15:04:05")
	if us := t.Nanosecond() / 1000; us != 0 {
		text += fmt.Sprintf(".%06d", us)
	}
	_, offset := t.Zone()
	sign := "+"
	if offset < 0 {
		sign, offset = "-", -offset
	}
	text += fmt.Sprintf("%s%02d:%02d", sign, offset/3600, offset/60%60)
	if offset%60 != 0 {
		text += fmt.Sprintf(":%02d", offset%60)
	}
	return text
}

func pyTimeRepr(t time.Time) string {
	text := fmt.Sprintf("datetime.datetime(%d, %d, %d, %d, %d", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute())
	if us := t.Nanosecond() / 1000; t.Second() != 0 || us != 0 {
		text += fmt.Sprintf(", %d", t.Second())
		if us != 0 {
			text += fmt.Sprintf(", %d", us)
		}
	}
	if _, offset := t.Zone(); offset == 0 {
		return text + ", tzinfo=datetime.timezone.utc)"
	} else {
		return text + ", tzinfo=datetime.timezone(" + pyDurationRepr(time.Duration(offset)*time.Second) + "))"
	}
}

// splitDuration gives a timedelta's days, seconds and microseconds, of which only the days can be negative.
func splitDuration(d time.Duration) (days, seconds, micros int64) {
	const day = int64(24 * time.Hour / time.Microsecond)
	total := d.Microseconds()
	days = total / day
	if total%day < 0 {
		days--
	}
	total -= days * day
	return days, total / 1e6, total % 1e6
}

func pyDuration(d time.Duration) string {
	days, seconds, micros := splitDuration(d)
	text := fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	if micros != 0 {
		text += fmt.Sprintf(".%06d", micros)
	}
	switch days {
	case 0:
		return text
	case 1, -1:
		return fmt.Sprintf("%d day, %s", days, text)
	}
	return fmt.Sprintf("%d days, %s", days, text)
}

func pyDurationRepr(d time.Duration) string {
	days, seconds, micros := splitDuration(d)
	var parts []string
	for _, p := range []struct {
		name string
		n    int64
	}{{"days", days}, {"seconds", seconds}, {"microseconds", micros}} {
		if p.n != 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", p.name, p.n))
		}
	}
	if parts == nil {
		return "datetime.timedelta(0)"
	}
	return "datetime.timedelta(" + strings.Join(parts, ", ") + ")"
}

// pyEqual is Python's ==: numbers are equal by value whatever their type.
func pyEqual(a, b any) bool {
	if x, ok := pyNumber(a); ok {
		y, ok := pyNumber(b)
		return ok && x.Cmp(y) == 0
	}
	if x, ok := pyText(a); ok {
		y, ok := pyText(b)
		return ok && x == y
	}
	return reflect.DeepEqual(a, b)
}

func pyText(v any) (string, bool) {
	rv := reflect.ValueOf(v)
	if rv.IsValid() && rv.Kind() == reflect.String {
		return rv.String(), true
	}
	return "", false
}

func pyNumber(v any) (*big.Float, bool) {
	if n, ok := v.(*big.Int); ok {
		return new(big.Float).SetInt(n), true
	}
	rv := reflect.ValueOf(v)
	f := new(big.Float)
	switch rv.Kind() {
	case reflect.Bool:
		if rv.Bool() {
			f.SetInt64(1)
		}
		return f, true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return f.SetInt64(rv.Int()), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return f.SetUint64(rv.Uint()), true
	case reflect.Float32, reflect.Float64:
		if x := rv.Float(); x == x && x-x == 0 {
			return f.SetFloat64(x), true
		}
	}
	return nil, false
}
