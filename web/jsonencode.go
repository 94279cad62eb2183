package web

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// jsonEncoder writes one value.
type jsonEncoder struct {
	jsonOptions
	depth int
}

// jsonPlan writes the values of one type. It is made once for each type.
type jsonPlan struct {
	write func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error)
}

const maxJSONDepth = 500 // levels; more is taken for a cycle

var (
	timeType          = reflect.TypeFor[time.Time]()
	durationType      = reflect.TypeFor[time.Duration]()
	numberType        = reflect.TypeFor[json.Number]()
	marshalerType     = reflect.TypeFor[json.Marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
)

func (e *jsonEncoder) encode(b []byte, v any) ([]byte, error) {
	if v == nil {
		return append(b, "null"...), nil
	}
	rv := reflect.ValueOf(v)
	return jsonPlanFor(rv.Type()).write(e, b, rv)
}

func jsonPlanFor(t reflect.Type) *jsonPlan {
	if p, ok := jsonPlans.Load(t); ok {
		return p.(*jsonPlan)
	}
	p, _ := jsonPlans.LoadOrStore(t, &jsonPlan{makeJSONWriter(t)})
	return p.(*jsonPlan)
}

type jsonWriter = func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error)

// writeJSONValue writes a value through its type's plan, found when it is needed, so that types may contain themselves.
func writeJSONValue(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
	return jsonPlanFor(v.Type()).write(e, b, v)
}

func makeJSONWriter(t reflect.Type) jsonWriter {
	switch t {
	case timeType:
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return appendJSONTime(b, v.Interface().(time.Time)), nil
		}
	case durationType:
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return appendJSONDuration(b, time.Duration(v.Int())), nil
		}
	case numberType:
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			if s := v.String(); s != "" && json.Valid([]byte(s)) {
				return append(b, s...), nil
			}
			return append(b, '0'), nil
		}
	}
	switch {
	case t.Implements(marshalerType):
		return writeMarshaler
	case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(marshalerType):
		return addressable(writeMarshaler, makeJSONKind(t))
	case t.Implements(textMarshalerType):
		return writeTextMarshaler
	case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(textMarshalerType):
		return addressable(writeTextMarshaler, makeJSONKind(t))
	}
	return makeJSONKind(t)
}

// addressable uses the pointer's method when the value has an address, as encoding/json does.
func addressable(byPointer, byValue jsonWriter) jsonWriter {
	return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
		if v.CanAddr() {
			return byPointer(e, b, v.Addr())
		}
		return byValue(e, b, v)
	}
}

func makeJSONKind(t reflect.Type) jsonWriter {
	switch t.Kind() {
	case reflect.Bool:
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return strconv.AppendBool(b, v.Bool()), nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return strconv.AppendInt(b, v.Int(), 10), nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return strconv.AppendUint(b, v.Uint(), 10), nil
		}
	case reflect.Float32, reflect.Float64:
		bits := t.Bits()
		return func(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return appendJSONFloat(b, v.Float(), bits)
		}
	case reflect.String:
		return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			return e.appendString(b, v.String()), nil
		}
	case reflect.Interface:
		return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			if v.IsNil() {
				return append(b, "null"...), nil
			}
			return writeJSONValue(e, b, v.Elem())
		}
	case reflect.Pointer:
		return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			if v.IsNil() {
				return append(b, "null"...), nil
			}
			if err := e.enter(); err != nil {
				return b, err
			}
			defer e.leave()
			return writeJSONValue(e, b, v.Elem())
		}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 && !t.Elem().Implements(marshalerType) && !t.Elem().Implements(textMarshalerType) {
			return writeJSONBytes
		}
		return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
			if v.IsNil() {
				return append(b, "null"...), nil
			}
			return writeJSONList(e, b, v)
		}
	case reflect.Array:
		return writeJSONList
	case reflect.Map:
		return makeJSONMap(t)
	case reflect.Struct:
		return makeJSONStruct(t)
	}
	return func(_ *jsonEncoder, b []byte, _ reflect.Value) ([]byte, error) {
		return b, fmt.Errorf("web: JSON cannot hold a %s", t)
	}
}

var errJSONDepth = errors.New("web: the value for JSON contains itself, or is too deep")

func (e *jsonEncoder) enter() error {
	if e.depth++; e.depth > maxJSONDepth {
		return errJSONDepth
	}
	return nil
}

func (e *jsonEncoder) leave() { e.depth-- }

// item starts an item of a list or object.
func (e *jsonEncoder) item(b []byte, first bool) []byte {
	if !first {
		b = append(b, ',')
		if !e.compact && e.indent == "" {
			b = append(b, ' ')
		}
	}
	return e.newline(b)
}

func (e *jsonEncoder) newline(b []byte) []byte {
	if e.indent != "" {
		b = append(b, '\n')
		for range e.depth {
			b = append(b, e.indent...)
		}
	}
	return b
}

func (e *jsonEncoder) colon(b []byte) []byte {
	if e.compact {
		return append(b, ':')
	}
	return append(b, ':', ' ')
}

func writeJSONList(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
	if v.Len() == 0 {
		return append(b, '[', ']'), nil
	}
	if err := e.enter(); err != nil {
		return b, err
	}
	b = append(b, '[')
	plan := jsonPlanFor(v.Type().Elem())
	var err error
	for i := range v.Len() {
		b = e.item(b, i == 0)
		if b, err = plan.write(e, b, v.Index(i)); err != nil {
			return b, err
		}
	}
	e.leave()
	return append(e.newline(b), ']'), nil
}

func writeJSONBytes(_ *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(b, "null"...), nil
	}
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, v.Bytes())
	return append(b, '"'), nil
}

func makeJSONMap(t reflect.Type) jsonWriter {
	return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		if v.Len() == 0 {
			return append(b, '{', '}'), nil
		}
		type pair struct {
			name  string
			value reflect.Value
		}
		pairs := make([]pair, 0, v.Len())
		for iter := v.MapRange(); iter.Next(); {
			name, err := jsonKey(iter.Key())
			if err != nil {
				return b, err
			}
			pairs = append(pairs, pair{name, iter.Value()})
		}
		slices.SortFunc(pairs, func(x, y pair) int { return strings.Compare(x.name, y.name) })

		if err := e.enter(); err != nil {
			return b, err
		}
		b = append(b, '{')
		plan := jsonPlanFor(t.Elem())
		var err error
		for i, p := range pairs {
			b = e.colon(e.appendString(e.item(b, i == 0), p.name))
			if b, err = plan.write(e, b, p.value); err != nil {
				return b, err
			}
		}
		e.leave()
		return append(e.newline(b), '}'), nil
	}
}

func jsonKey(v reflect.Value) (string, error) {
	if v.Kind() == reflect.String {
		return v.String(), nil
	}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		return string(text), err
	}
	switch v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(v.Uint(), 10), nil
	case reflect.Interface:
		if !v.IsNil() {
			return jsonKey(v.Elem())
		}
	}
	return "", fmt.Errorf("web: JSON cannot have a %s as a key", v.Type())
}

func makeJSONStruct(t reflect.Type) jsonWriter {
	fields := structFields(t, "json", func(goName string) string { return goName })
	return func(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
		if err := e.enter(); err != nil {
			return b, err
		}
		b = append(b, '{')
		first := true
		var err error
		for i := range fields {
			f := &fields[i]
			value, ok := fieldByIndex(v, f.index)
			if !ok || f.omitEmpty && emptyValue(value) || f.omitZero && zeroValue(value) {
				continue
			}
			b = e.colon(e.appendString(e.item(b, first), f.name))
			first = false
			if f.quoted {
				b, err = writeQuoted(e, b, value)
			} else {
				b, err = writeJSONValue(e, b, value)
			}
			if err != nil {
				return b, err
			}
		}
		e.leave()
		if !first {
			b = e.newline(b)
		}
		return append(b, '}'), nil
	}
}

// writeQuoted is the ",string" option of a json tag.
func writeQuoted(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
	kind := v.Kind()
	if kind == reflect.Pointer && !v.IsNil() {
		kind = v.Elem().Kind()
	}
	switch kind {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		b, err := writeJSONValue(e, append(b, '"'), v)
		return append(b, '"'), err
	case reflect.String:
		inner, err := writeJSONValue(e, nil, v)
		return e.appendString(b, string(inner)), err
	}
	return writeJSONValue(e, b, v)
}

func emptyValue(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func zeroValue(v reflect.Value) bool {
	if z, ok := v.Interface().(interface{ IsZero() bool }); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		return z.IsZero()
	}
	return v.IsZero()
}

func writeMarshaler(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
	if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		return append(b, "null"...), nil
	}
	raw, err := v.Interface().(json.Marshaler).MarshalJSON()
	if err != nil {
		return b, err
	}
	return e.reformat(b, raw)
}

func writeTextMarshaler(e *jsonEncoder, b []byte, v reflect.Value) ([]byte, error) {
	if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		return append(b, "null"...), nil
	}
	text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return b, err
	}
	return e.appendString(b, string(text)), nil
}

// reformat writes JSON that somebody else made in the encoder's form.
func (e *jsonEncoder) reformat(b, raw []byte) ([]byte, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return b, fmt.Errorf("web: MarshalJSON returned no JSON: %w", err)
	}
	raw = compact.Bytes()
	base := e.depth
	defer func() { e.depth = base }()
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '"':
			end := i + 1
			for raw[end] != '"' {
				if raw[end] == '\\' {
					end++
				}
				end++
			}
			var s string
			if err := json.Unmarshal(raw[i:end+1], &s); err != nil {
				return b, err
			}
			b = e.appendString(b, s)
			i = end
		case '{', '[':
			b = append(b, c)
			if raw[i+1] == c+2 { // its closing twin, in ASCII
				i++
				b = append(b, raw[i])
				continue
			}
			e.depth++
			b = e.newline(b)
		case '}', ']':
			e.depth--
			b = append(e.newline(b), c)
		case ',':
			b = e.item(b, false)
		case ':':
			b = e.colon(b)
		default:
			b = append(b, c)
		}
	}
	return b, nil
}

const lowerHex = "0123456789abcdef"

// appendString writes s quoted, with the escapes of Python's json.
func (e *jsonEncoder) appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		if c < utf8.RuneSelf {
			b = appendJSONEscape(b, c, e.unicode)
			i++
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case e.unicode:
			b = utf8.AppendRune(b, r)
		case r > 0xFFFF:
			r -= 0x10000
			b = appendUnicodeEscape(b, 0xD800+r>>10)
			b = appendUnicodeEscape(b, 0xDC00+r&0x3FF)
		default:
			b = appendUnicodeEscape(b, r)
		}
		i += n
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendJSONEscape(b []byte, c byte, raw bool) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	case '\f':
		return append(b, '\\', 'f')
	case '\b':
		return append(b, '\\', 'b')
	case 0x7f:
		if raw {
			return append(b, c)
		}
	}
	return appendUnicodeEscape(b, rune(c))
}

func appendUnicodeEscape(b []byte, r rune) []byte {
	return append(b, '\\', 'u', lowerHex[r>>12&15], lowerHex[r>>8&15], lowerHex[r>>4&15], lowerHex[r&15])
}

// appendJSONFloat writes a float as Python's repr does: 1.0, 1e+16, 1e-05.
func appendJSONFloat(b []byte, f float64, bits int) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return b, fmt.Errorf("web: JSON cannot hold %v", f)
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		format = 'e'
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, format, -1, bits)
	if format == 'f' && bytes.IndexByte(b[start:], '.') < 0 {
		b = append(b, ".0"...)
	}
	return b, nil
}

// appendJSONTime writes ISO 8601 with milliseconds, if there are microseconds, and Z for UTC.
func appendJSONTime(b []byte, t time.Time) []byte {
	b = append(b, '"')
	if t.Nanosecond() >= 1000 {
		b = t.AppendFormat(b, "2006-01-02T15:04:05.000Z07:00")
	} else {
		b = t.AppendFormat(b, "2006-01-02T15:04:05Z07:00")
	}
	return append(b, '"')
}

// appendJSONDuration writes P1DT02H03M04.500000S. Django: duration_iso_string.
func appendJSONDuration(b []byte, d time.Duration) []byte {
	b = append(b, '"')
	micros := d.Microseconds()
	u := uint64(micros)
	if micros < 0 {
		b = append(b, '-')
		u = -u
	}
	seconds := u / 1e6
	b = append(b, 'P')
	b = strconv.AppendUint(b, seconds/86400, 10)
	b = append(b, 'D', 'T')
	b = append(appendTwo(b, seconds/3600%24), 'H')
	b = append(appendTwo(b, seconds/60%60), 'M')
	b = appendTwo(b, seconds%60)
	if rest := u % 1e6; rest != 0 {
		b = append(b, '.')
		b = append(b, strconv.FormatUint(1e6+rest, 10)[1:]...)
	}
	return append(b, 'S', '"')
}

func appendTwo(b []byte, n uint64) []byte { return append(b, '0'+byte(n/10), '0'+byte(n%10)) }
