package serializers

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

// invalid is a value that its field cannot have, in Django's words.
type invalid struct{ text string }

func (e *invalid) Error() string { return e.text }

func refuse(v any, rest string) error { return &invalid{"“" + scalarText(v) + "” " + rest} }

// stored turns a value of a fixture into the stored form of a field: nil, bool, json.Number, string, time.Time and Date are
// what the formats have. Moments without a zone are in zone.
//
// Django 6.1: to_python of the fields.
func stored(f *schema.Field, v any, zone *time.Location) (dialect.Value, error) {
	kind := f.Kind
	if kind == schema.Generated && f.Output != nil {
		kind = f.Output.Kind
	}
	if v == nil {
		return dialect.Value{}, nil
	}
	switch v.(type) {
	case bool, json.Number, string, time.Time, Date:
	default:
		return dialect.Value{}, refuse(v, "value must be a single value.")
	}
	switch {
	case kind.IsInteger():
		return storedInt(kind, v)
	case kind.IsText() || kind == schema.IP:
		s := scalarText(v)
		if kind == schema.IP {
			s = strings.TrimSpace(s)
		}
		return dialect.TextValue(s), nil
	}
	switch kind {
	case schema.Boolean:
		return storedBool(v)
	case schema.Float:
		if n, ok := pyfmt.ParseFloat(numberText(v)); ok {
			return dialect.FloatValue(n), nil
		}
		return dialect.Value{}, refuse(v, "value must be a float.")
	case schema.Decimal:
		return storedDecimal(f, v)
	case schema.Date:
		return storedDate(v, zone)
	case schema.DateTime:
		return storedMoment(v, zone)
	case schema.Time:
		return storedClock(v)
	case schema.Duration:
		d, ok := parseDuration(scalarText(v))
		if !ok {
			return dialect.Value{}, refuse(v, "value has an invalid format. It must be in [DD] [[HH:]MM:]ss[.uuuuuu] format.")
		}
		return dialect.Value{Kind: dialect.Duration, N: int64(d)}, nil
	case schema.UUID:
		return storedUUID(v)
	case schema.Binary:
		text := scalarText(v)
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil || strings.ContainsAny(text, "\r\n") { // which the decoder passes over, and Django does not
			return dialect.Value{}, refuse(v, "value must be base64.")
		}
		return dialect.BytesValue(b), nil
	}
	return dialect.Value{}, fmt.Errorf("a field of kind %s has no value in a fixture", kind)
}

// scalarText is a value of a fixture as Python's str prints it.
func scalarText(v any) string {
	switch v := v.(type) {
	case json.Number:
		return string(v)
	case rawValue:
		return v.String()
	case []any:
		return fmt.Sprint(v...)
	}
	return plainText(v)
}

// numberText is a value where a number is wanted: true and false are 1 and 0.
func numberText(v any) string {
	switch v {
	case true:
		return "1"
	case false:
		return "0"
	}
	return strings.TrimSpace(scalarText(v))
}

// intRange are the least and greatest values of the kinds of integers.
func intRange(k schema.Kind) (low, high int64) {
	switch k {
	case schema.SmallAuto, schema.SmallInteger:
		return math.MinInt16, math.MaxInt16
	case schema.Auto, schema.Integer:
		return math.MinInt32, math.MaxInt32
	case schema.PositiveSmallInteger:
		return 0, math.MaxInt16
	case schema.PositiveInteger:
		return 0, math.MaxInt32
	case schema.PositiveBigInteger:
		return 0, math.MaxInt64
	}
	return math.MinInt64, math.MaxInt64
}

func storedInt(kind schema.Kind, v any) (dialect.Value, error) {
	text := numberText(v)
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.ReplaceAll(text, "_", ""), "+"), 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return dialect.Value{}, refuse(v, "value is too large for the column.")
	}
	if err != nil {
		f, ferr := strconv.ParseFloat(text, 64)
		if _, number := v.(json.Number); !number || ferr != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return dialect.Value{}, refuse(v, "value must be an integer.")
		}
		n = int64(f)
	}
	if low, high := intRange(kind); n < low || n > high {
		return dialect.Value{}, refuse(v, fmt.Sprintf("value must be between %d and %d.", low, high))
	}
	return dialect.IntValue(n), nil
}

func storedBool(v any) (dialect.Value, error) {
	switch scalarText(v) {
	case "True", "t", "1", "true":
		return dialect.BoolValue(true), nil
	case "False", "f", "0", "false":
		return dialect.BoolValue(false), nil
	}
	return dialect.Value{}, refuse(v, "value must be either True or False.")
}

func storedDecimal(f *schema.Field, v any) (dialect.Value, error) {
	text := numberText(v)
	d, err := orm.NewDecimal(strings.ReplaceAll(text, "_", ""))
	if len(text) > 1000 || err != nil {
		return dialect.Value{}, refuse(v, "value must be a decimal number.")
	}
	d = d.Round(f.Places)
	digits := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(d.String()), "0")
	if f.Digits > 0 && len(digits) > f.Digits {
		return dialect.Value{}, refuse(v, fmt.Sprintf("value has more than %d digits.", f.Digits))
	}
	return dialect.Value{Kind: dialect.Decimal, S: d.String()}, nil
}

var (
	dateShape   = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}$`)
	momentShape = regexp.MustCompile(`^(\d{4}-\d{1,2}-\d{1,2})[T ](\d{1,2}:\d{1,2}(?::\d{1,2}(?:[.,]\d{1,6}\d{0,6})?)?)\s*(Z|[+-]\d{2}(?::?\d{2})?)?$`)
	clockShape  = regexp.MustCompile(`^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?$`)
)

// parseDay reads a day; shaped says that the text looks like one.
func parseDay(s string) (t time.Time, shaped, ok bool) {
	if !dateShape.MatchString(s) {
		return t, false, false
	}
	t, err := time.Parse("2006-1-2", s)
	return t, true, err == nil
}

func storedDate(v any, zone *time.Location) (dialect.Value, error) {
	switch v := v.(type) {
	case Date:
		return dialect.DateValue(v.Time), nil
	case time.Time:
		return dialect.DateValue(v.In(zone)), nil
	}
	t, shaped, ok := parseDay(scalarText(v))
	switch {
	case ok:
		return dialect.DateValue(t), nil
	case shaped:
		return dialect.Value{}, refuse(v, "value has the correct format (YYYY-MM-DD) but it is an invalid date.")
	}
	return dialect.Value{}, refuse(v, "value has an invalid date format. It must be in YYYY-MM-DD format.")
}

func storedMoment(v any, zone *time.Location) (dialect.Value, error) {
	at := func(day time.Time, clock time.Duration, in *time.Location) dialect.Value {
		h, m, s := int(clock/time.Hour), int(clock/time.Minute%60), int(clock/time.Second%60)
		return dialect.TimeValue(time.Date(day.Year(), day.Month(), day.Day(), h, m, s, int(clock%time.Second), in))
	}
	switch v := v.(type) {
	case time.Time:
		return dialect.TimeValue(v), nil
	case Date:
		return at(v.Time, 0, zone), nil
	}
	text := scalarText(v)
	if day, shaped, ok := parseDay(text); ok {
		return at(day, 0, zone), nil
	} else if shaped {
		return dialect.Value{}, refuse(v, "value has the correct format (YYYY-MM-DD) but it is an invalid date.")
	}
	parts := momentShape.FindStringSubmatch(text)
	if parts == nil {
		return dialect.Value{}, refuse(v, "value has an invalid format. It must be in YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ] format.")
	}
	day, _, dayOK := parseDay(parts[1])
	clock, _, clockOK := parseClock(parts[2])
	in, zoneOK := parseOffset(parts[3], zone)
	if !dayOK || !clockOK || !zoneOK {
		return dialect.Value{}, refuse(v, "value has the correct format (YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ]) but it is an invalid date/time.")
	}
	return at(day, clock, in), nil
}

// parseOffset reads the zone of a moment: Z, +02:00, +0200 or +02; nothing is zone.
func parseOffset(s string, zone *time.Location) (*time.Location, bool) {
	switch s {
	case "":
		return zone, true
	case "Z":
		return time.UTC, true
	}
	digits := strings.ReplaceAll(s[1:], ":", "")
	n, err := strconv.Atoi((digits + "00")[:4])
	minutes := n/100*60 + n%100
	if err != nil || n%100 > 59 || minutes >= 24*60 {
		return nil, false
	}
	if s[0] == '-' {
		minutes = -minutes
	}
	return time.FixedZone("", minutes*60), true
}

// parseClock reads a time of day; shaped says that the text looks like one.
func parseClock(s string) (d time.Duration, shaped, ok bool) {
	parts := clockShape.FindStringSubmatch(s)
	if parts == nil {
		return 0, false, false
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(parts[i+1])
	}
	micros, _ := strconv.Atoi((parts[4] + "000000")[:6])
	d = time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute + time.Duration(n[2])*time.Second + time.Duration(micros)*time.Microsecond
	return d, true, n[0] < 24 && n[1] < 60 && n[2] < 60
}

func storedClock(v any) (dialect.Value, error) {
	if t, ok := v.(time.Time); ok {
		midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
		return dialect.Value{Kind: dialect.Clock, N: int64(t.Sub(midnight))}, nil
	}
	d, shaped, ok := parseClock(scalarText(v))
	switch {
	case ok:
		return dialect.Value{Kind: dialect.Clock, N: int64(d)}, nil
	case shaped:
		return dialect.Value{}, refuse(v, "value has the correct format (HH:MM[:ss[.uuuuuu]]) but it is an invalid time.")
	}
	return dialect.Value{}, refuse(v, "value has an invalid format. It must be in HH:MM[:ss[.uuuuuu]] format.")
}

func storedUUID(v any) (dialect.Value, error) {
	s := strings.ToLower(scalarText(v))
	s = strings.NewReplacer("urn:", "", "uuid:", "", "{", "", "}", "", "-", "").Replace(s)
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 16 {
		return dialect.Value{}, &invalid{"“" + scalarText(v) + "” is not a valid UUID."}
	}
	return dialect.Value{Kind: dialect.UUID, S: string(b)}, nil
}

var (
	durationShape = regexp.MustCompile(`^(?:(-?\d+) (?:days?, )?)?(-)?(?:(?:(\d+):)?(\d+):)?(\d+)(?:[.,](\d{1,6})\d{0,6})?$`)
	isoShape      = regexp.MustCompile(`^([-+])?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d{1,6})\d{0,6})?S)?)?$`)
	dayShape      = regexp.MustCompile(`^(-?\d+) days?$`)
)

// parseDuration reads a duration as Django writes it, days 12:34:56.789, as ISO 8601, P4DT12H30M5S, or as PostgreSQL has it.
// One that is longer than some 292 years does not fit.
//
// Django 6.1 django/utils/dateparse.py parse_duration.
func parseDuration(s string) (time.Duration, bool) {
	sign, days, parts := "", "", []string{"", "", "", ""}
	if m := dayShape.FindStringSubmatch(s); m != nil {
		days = m[1]
	} else if m := durationShape.FindStringSubmatch(s); m != nil {
		days, sign, parts = m[1], m[2], m[3:7]
	} else if m := isoShape.FindStringSubmatch(s); m != nil && len(s) > 1 && !strings.HasSuffix(s, "P") && !strings.HasSuffix(s, "T") {
		sign, days, parts = m[1], m[2], m[3:7]
		if sign == "-" && days != "" {
			days = "-" + days
		}
	} else {
		return 0, false
	}
	total := 0.0 // only to see that it fits
	var exact time.Duration
	add := func(text string, unit time.Duration) bool {
		if text == "" {
			return true
		}
		n, err := strconv.ParseInt(text, 10, 64)
		total += math.Abs(float64(n)) * float64(unit)
		exact += time.Duration(n) * unit
		return err == nil && total < math.MaxInt64/2
	}
	ok := add(parts[0], time.Hour) && add(parts[1], time.Minute) && add(parts[2], time.Second)
	if parts[3] != "" {
		ok = ok && add((parts[3] + "00000")[:6], time.Microsecond)
	}
	if sign == "-" {
		exact = -exact
	}
	ok = ok && add(days, 24*time.Hour)
	return exact, ok
}
