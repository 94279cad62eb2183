package value

import (
	"fmt"
	"strconv"
	"time"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

// maxDepth bounds how deep nested values are printed and compared, maxRepr how long what they print may get.
const (
	maxDepth = 100
	maxRepr  = 16 << 20
)

// trail is the way from the printed value to the container that is being printed. A container that is on it already is
// printed as Python does: [...] or {...}.
type trail struct {
	up    *trail
	in    Value
	depth int
	cycle *bool // set when a container holds itself; may be nil
}

func (at *trail) level() int {
	if at == nil {
		return 0
	}
	return at.depth
}

// into is the trail inside the container v.
func (at *trail) into(v Value) *trail {
	inside := &trail{up: at, in: v, depth: at.level() + 1}
	if at != nil {
		inside.cycle = at.cycle
	}
	return inside
}

// holds says whether v is one of the containers on the way.
func (at *trail) holds(v Value) bool {
	for ; at != nil; at = at.up {
		if at.in.p == v.p && at.in.n == v.n && at.in.Kind() == v.Kind() {
			return v.n > 0 || v.Kind() != List && v.Kind() != Tuple
		}
	}
	return false
}

// AppendStr appends what Python's str() gives.
func AppendStr(dst []byte, v Value) []byte { return appendStr(dst, v, nil) }

// Str is AppendStr as a string, without a copy where v is text.
func (v Value) Str() string {
	if v.t != nil && (v.t.kind == String && !v.t.stringer || v.t.kind == Safe) {
		return v.Text()
	}
	return string(appendStr(nil, v, nil))
}

// ReprCycle is Repr, and whether v holds itself.
func (v Value) ReprCycle() (text string, cycle bool) {
	text = string(appendRepr(nil, v, &trail{cycle: &cycle}))
	return text, cycle
}

// Repr is Python's repr().
func (v Value) Repr() string { return string(appendRepr(nil, v, nil)) }

func appendStr(dst []byte, v Value, at *trail) []byte {
	if v.t == nil {
		return dst
	}
	if v.t.htmler {
		return append(dst, v.t.iface(v.addr()).(htmler).TemplateHTML()...)
	}
	if v.t.stringer {
		switch v.t.kind {
		case DateTime, Date, Clock, Duration, Decimal:
		default:
			return append(dst, v.t.iface(v.addr()).(stringer).String()...)
		}
	}
	switch v.t.kind {
	case None:
		return append(dst, "None"...)
	case Bool:
		if v.n != 0 {
			return append(dst, "True"...)
		}
		return append(dst, "False"...)
	case Int:
		return strconv.AppendInt(dst, v.Int(), 10)
	case Uint:
		return strconv.AppendUint(dst, v.n, 10)
	case Float:
		return pyfmt.AppendFloat(dst, v.Float())
	case BigInt:
		return v.Big().Append(dst, 10)
	case Decimal:
		return append(dst, v.Decimal().String()...)
	case String, Safe:
		return append(dst, v.Text()...)
	case DateTime:
		return appendTime(dst, v, ' ')
	case Date:
		return v.Time().AppendFormat(dst, "2006-01-02")
	case Clock:
		return appendClock(dst, v.Time())
	case Duration:
		return appendDuration(dst, v.Duration())
	case Special:
		if v.t.str != nil {
			return appendStr(dst, v.t.str(v), at)
		}
		return append(dst, v.t.name...)
	case Object:
		return v.appendObject(dst)
	}
	return appendRepr(dst, v, at)
}

func (v Value) appendObject(dst []byte) []byte {
	switch {
	case v.t.errorer:
		return append(dst, v.t.iface(v.addr()).(error).Error()...)
	case v.t.rt == nil:
		return append(dst, v.t.name...)
	}
	name := v.t.rt.Name()
	if name == "" {
		return fmt.Appendf(dst, "%v", v.Reflect().Interface())
	}
	dst = append(append(dst, name...), " object"...)
	if m := v.t.Member("id"); m != nil && m.call == nil && len(m.hops) == 0 {
		dst = append(dst, " ("...)
		dst = appendStr(dst, load(m.typ, addOff(v, m)), &trail{depth: maxDepth})
		dst = append(dst, ')')
	}
	return dst
}

func appendRepr(dst []byte, v Value, at *trail) []byte {
	if at.level() > maxDepth || len(dst) > maxRepr {
		return append(dst, "..."...)
	}
	switch kind := v.Kind(); kind {
	case Tuple, List, Set, Dict, Map, Mapping:
		if at.holds(v) {
			if at.cycle != nil {
				*at.cycle = true
			}
			switch kind {
			case Tuple:
				return append(dst, "(...)"...)
			case List:
				return append(dst, "[...]"...)
			}
			return append(dst, "{...}"...)
		}
		at = at.into(v)
	}
	switch v.Kind() {
	case Undefined:
		return append(dst, "None"...)
	case String, Safe:
		return pyfmt.AppendQuoted(dst, v.Text())
	case Bytes:
		return pyfmt.AppendBytes(dst, v.Bytes())
	case Decimal:
		return append(append(append(dst, "Decimal('"...), v.Decimal().String()...), "')"...)
	case DateTime:
		return appendTimeRepr(dst, v)
	case Date:
		y, m, d := v.Time().Date()
		return fmt.Appendf(dst, "datetime.date(%d, %d, %d)", y, m, d)
	case Clock:
		return appendReprParts(append(dst, "datetime.time("...), clockParts(v.Time(), nil))
	case Duration:
		return appendDurationRepr(dst, v.Duration())
	case Tuple:
		dst = appendAll(append(dst, '('), v, at)
		if v.n == 1 {
			dst = append(dst, ',')
		}
		return append(dst, ')')
	case List:
		if v.t.view != "" {
			dst = append(append(dst, v.t.view...), '(')
			return append(appendAll(append(dst, '['), v, at), "])"...)
		}
		return append(appendAll(append(dst, '['), v, at), ']')
	case Set:
		if v.n == 0 {
			return append(dst, "set()"...)
		}
		return append(appendAll(append(dst, '{'), v, at), '}')
	case Dict, Map, Mapping:
		dst = append(dst, '{')
		for i, item := range v.Items() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			pair := item.values()
			dst = appendRepr(dst, pair[0], at)
			dst = append(dst, ": "...)
			dst = appendRepr(dst, pair[1], at)
		}
		return append(dst, '}')
	case Range:
		r := v.steps()
		if r.Step == 1 {
			return fmt.Appendf(dst, "range(%d, %d)", r.Start, r.Stop)
		}
		return fmt.Appendf(dst, "range(%d, %d, %d)", r.Start, r.Stop, r.Step)
	case Seq:
		return append(dst, "<generator>"...)
	case Func:
		return append(dst, "<function>"...)
	case Object:
		return append(append(append(dst, '<'), appendStr(nil, v, at)...), '>')
	}
	return appendStr(dst, v, at)
}

func appendAll(dst []byte, v Value, at *trail) []byte {
	var s Sequence
	if err := s.Fill(v); err != nil {
		return dst
	}
	for i := range s.Len() {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if len(dst) > maxRepr {
			return append(dst, "..."...)
		}
		dst = appendRepr(dst, s.At(i), at)
	}
	return dst
}

func appendTime(dst []byte, v Value, sep byte) []byte {
	t := v.Time()
	dst = t.AppendFormat(dst, "2006-01-02")
	dst = append(dst, sep)
	dst = appendClock(dst, t)
	if v.IsNaive() {
		return dst
	}
	_, off := t.Zone()
	if off%60 != 0 {
		return t.AppendFormat(dst, "-07:00:00")
	}
	return t.AppendFormat(dst, "-07:00")
}

func appendClock(dst []byte, t time.Time) []byte {
	dst = t.AppendFormat(dst, "15:04:05")
	if us := t.Nanosecond() / 1000; us != 0 {
		dst = fmt.Appendf(dst, ".%06d", us)
	}
	return dst
}

// ISO is Python's isoformat() of a DateTime, Date or Clock.
func (v Value) ISO() string {
	if v.Kind() == DateTime {
		return string(appendTime(nil, v, 'T'))
	}
	return v.Str()
}

func clockParts(t time.Time, parts []int) []int {
	parts = append(parts, t.Hour(), t.Minute())
	us := t.Nanosecond() / 1000
	if t.Second() != 0 || us != 0 {
		parts = append(parts, t.Second())
	}
	if us != 0 {
		parts = append(parts, us)
	}
	return parts
}

func appendReprParts(dst []byte, parts []int) []byte {
	for i, n := range parts {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = strconv.AppendInt(dst, int64(n), 10)
	}
	return append(dst, ')')
}

func appendTimeRepr(dst []byte, v Value) []byte {
	t := v.Time()
	y, m, d := t.Date()
	dst = appendReprParts(append(dst, "datetime.datetime("...), clockParts(t, []int{y, int(m), d}))
	if v.IsNaive() {
		return dst
	}
	dst = append(dst[:len(dst)-1], ", tzinfo="...)
	_, off := t.Zone()
	switch name := t.Location().String(); {
	case name == "UTC":
		dst = append(dst, "datetime.timezone.utc"...)
	case name == "" || name == "Local":
		dst = append(dst, "datetime.timezone("...)
		dst = append(appendDurationRepr(dst, time.Duration(off)*time.Second), ')')
	default:
		dst = fmt.Appendf(dst, "zoneinfo.ZoneInfo(key='%s')", name)
	}
	return append(dst, ')')
}

// daysOf splits a duration as Python keeps it: days may be negative, seconds and microseconds not.
func daysOf(d time.Duration) (days, seconds, micros int64) {
	us := int64(d / time.Microsecond)
	days = us / 86_400_000_000
	us %= 86_400_000_000
	if us < 0 {
		days--
		us += 86_400_000_000
	}
	return days, us / 1_000_000, us % 1_000_000
}

func appendDuration(dst []byte, d time.Duration) []byte {
	days, secs, us := daysOf(d)
	if days != 0 {
		dst = strconv.AppendInt(dst, days, 10)
		if days == 1 || days == -1 {
			dst = append(dst, " day, "...)
		} else {
			dst = append(dst, " days, "...)
		}
	}
	dst = fmt.Appendf(dst, "%d:%02d:%02d", secs/3600, secs/60%60, secs%60)
	if us != 0 {
		dst = fmt.Appendf(dst, ".%06d", us)
	}
	return dst
}

func appendDurationRepr(dst []byte, d time.Duration) []byte {
	days, secs, us := daysOf(d)
	dst = append(dst, "datetime.timedelta("...)
	start := len(dst)
	for _, part := range []struct {
		name string
		n    int64
	}{{"days", days}, {"seconds", secs}, {"microseconds", us}} {
		if part.n == 0 {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ", "...)
		}
		dst = fmt.Appendf(dst, "%s=%d", part.name, part.n)
	}
	if len(dst) == start {
		dst = append(dst, '0')
	}
	return append(dst, ')')
}

// HTML returns what a value says is safe HTML.
func (v Value) HTML() (string, bool) {
	switch {
	case v.t == nil:
		return "", false
	case v.t.kind == Safe:
		return v.Text(), true
	case v.t.htmler:
		return v.t.iface(v.addr()).(htmler).TemplateHTML(), true
	}
	return "", false
}

// IsSafe says whether the value is safe HTML.
func (v Value) IsSafe() bool { return v.t != nil && (v.t.kind == Safe || v.t.htmler) }

// HasString says whether text of the type prints itself by a String method.
func (v Value) HasString() bool { return v.t != nil && v.t.stringer }
