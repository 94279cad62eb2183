package serializers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/orm"
)

// jsonStyle is how Python's json module puts values together.
type jsonStyle struct {
	item, key string
	// indent is the number of blanks of each level; 0 writes on one line.
	indent int
	// ascii escapes what is beyond ASCII.
	ascii bool
}

// jsonEncoder writes JSON and JSONL.
//
// Django 6.1 django/core/serializers/json.py and jsonl.py.
type jsonEncoder struct {
	w     io.Writer
	style jsonStyle
	lines bool
	first bool
	buf   []byte
}

func newJSON(w io.Writer, indent int) *jsonEncoder {
	return &jsonEncoder{w: w, first: true, style: jsonStyle{item: ", ", key: ": ", indent: indent}}
}

func newJSONL(w io.Writer) *jsonEncoder {
	return &jsonEncoder{w: w, lines: true, style: jsonStyle{item: ",", key: ": "}}
}

func (e *jsonEncoder) start() error {
	if e.lines {
		return nil
	}
	_, err := io.WriteString(e.w, "[")
	return err
}

func (e *jsonEncoder) object(o *Object) (err error) {
	b := e.buf[:0]
	if !e.lines {
		if !e.first {
			b = append(b, ',')
		}
		switch {
		case e.style.indent > 0:
			b = append(b, '\n')
		case !e.first:
			b = append(b, ' ')
		}
	}
	e.first = false
	s := e.style
	b = s.open(b, '{', 1)
	b = s.member(b, "model", true, 1)
	b = s.appendString(b, o.Model)
	if !o.NoPK {
		b = s.member(b, "pk", false, 1)
		if b, err = s.appendValue(b, o.PK, 1); err != nil {
			return err
		}
	}
	b = s.member(b, "fields", false, 1)
	if len(o.Fields) == 0 {
		b = append(b, "{}"...)
	} else {
		b = s.open(b, '{', 2)
		for i := range o.Fields {
			b = s.member(b, o.Fields[i].Name, i == 0, 2)
			if b, err = s.appendValue(b, o.Fields[i].Value, 2); err != nil {
				return fmt.Errorf("field %s: %w", o.Fields[i].Name, err)
			}
		}
		b = s.close(b, '}', 1)
	}
	b = s.close(b, '}', 0)
	if e.lines {
		b = append(b, '\n')
	}
	e.buf = b
	_, err = e.w.Write(b)
	return err
}

func (e *jsonEncoder) end() error {
	if e.lines {
		return nil
	}
	text := "]\n"
	if e.style.indent > 0 {
		text = "\n]\n"
	}
	_, err := io.WriteString(e.w, text)
	return err
}

// open begins an object or list whose elements stand at a level; close ends it.
func (s jsonStyle) open(b []byte, brace byte, level int) []byte {
	return s.line(append(b, brace), level)
}

func (s jsonStyle) close(b []byte, brace byte, level int) []byte {
	return append(s.line(b, level), brace)
}

// line begins a new line at a level, where lines are indented.
func (s jsonStyle) line(b []byte, level int) []byte {
	if s.indent <= 0 {
		return b
	}
	b = append(b, '\n')
	for range level * s.indent {
		b = append(b, ' ')
	}
	return b
}

// next stands between two elements.
func (s jsonStyle) next(b []byte, level int) []byte {
	if s.indent > 0 {
		return s.line(append(b, ','), level)
	}
	return append(b, s.item...)
}

func (s jsonStyle) member(b []byte, name string, first bool, level int) []byte {
	if !first {
		b = s.next(b, level)
	}
	return append(s.appendString(b, name), s.key...)
}

// appendValue writes a value of an object as DjangoJSONEncoder does.
func (s jsonStyle) appendValue(b []byte, v any, level int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case float64:
		return appendJSONFloat(b, v), nil
	case string:
		return s.appendString(b, v), nil
	case orm.Decimal:
		return append(append(append(b, '"'), decimalText(v)...), '"'), nil
	case Date:
		return append(v.AppendFormat(append(b, '"'), "2006-01-02"), '"'), nil
	case time.Time:
		b = appendMoment(append(b, '"'), v, 'T')
		b = b[:len(b)-len("+00:00")]
		if v.Nanosecond()/1000 != 0 { // to the millisecond, as JavaScript has them
			b = b[:len(b)-3]
		}
		return append(b, `Z"`...), nil
	case Clock:
		micros := time.Duration(v).Microseconds()
		b = appendClock(append(b, '"'), micros)
		if micros%1e6 != 0 {
			b = b[:len(b)-3]
		}
		return append(b, '"'), nil
	case json.RawMessage:
		return appendJSONText(b, v, s, level)
	case Key:
		return s.appendList(b, v, level)
	case []any:
		return s.appendList(b, v, level)
	}
	return b, fmt.Errorf("a %T cannot be written as JSON", v)
}

func (s jsonStyle) appendList(b []byte, list []any, level int) (_ []byte, err error) {
	if len(list) == 0 {
		return append(b, "[]"...), nil
	}
	b = s.open(b, '[', level+1)
	for i, v := range list {
		if i > 0 {
			b = s.next(b, level+1)
		}
		if b, err = s.appendValue(b, v, level+1); err != nil {
			return b, err
		}
	}
	return s.close(b, ']', level), nil
}

// appendJSONFloat writes a number as Python's json module does.
func appendJSONFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "NaN"...)
	case math.IsInf(f, 1):
		return append(b, "Infinity"...)
	case math.IsInf(f, -1):
		return append(b, "-Infinity"...)
	}
	return pyfmt.AppendFloat(b, f)
}

const hexDigits = "0123456789abcdef"

// appendString writes a text as Python's json module does.
func (s jsonStyle) appendString(b []byte, text string) []byte {
	b = append(b, '"')
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(text[i:])
			if s.ascii {
				for _, u := range utf16.AppendRune(nil, r) {
					b = append(b, '\\', 'u', hexDigits[u>>12], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
				}
			} else {
				b = utf8.AppendRune(b, r)
			}
			i += size
			continue
		}
		i++
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		case '\b':
			b = append(b, '\\', 'b')
		case '\f':
			b = append(b, '\\', 'f')
		default:
			if c < 0x20 {
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			} else {
				b = append(b, c)
			}
		}
	}
	return append(b, '"')
}

// appendJSONText writes the text of a JSON column in a style. Keys keep their order and numbers their form.
func appendJSONText(b []byte, text []byte, s jsonStyle, level int) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	b, err := appendTokens(b, dec, s, level)
	if err != nil {
		return b, fmt.Errorf("the column does not hold JSON: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return b, errors.New("the column does not hold JSON: there is more than one value")
	}
	return b, nil
}

func appendTokens(b []byte, dec *json.Decoder, s jsonStyle, level int) ([]byte, error) {
	token, err := dec.Token()
	if err != nil {
		return b, err
	}
	switch t := token.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, t), nil
	case json.Number:
		return appendNumber(b, string(t)), nil
	case string:
		return s.appendString(b, t), nil
	case json.Delim:
		if level > maxDepth {
			return b, errTooDeep
		}
		closing := byte(t) + 2 // ] and } come two after [ and {
		if !dec.More() {
			_, err := dec.Token()
			return append(b, byte(t), closing), err
		}
		b = s.open(b, byte(t), level+1)
		for first := true; dec.More(); first = false {
			if !first {
				b = s.next(b, level+1)
			}
			if t == '{' {
				name, err := dec.Token()
				if err != nil {
					return b, err
				}
				b = append(s.appendString(b, name.(string)), s.key...)
			}
			if b, err = appendTokens(b, dec, s, level+1); err != nil {
				return b, err
			}
		}
		_, err := dec.Token()
		return s.close(b, closing, level), err
	}
	return b, fmt.Errorf("unexpected %v", token)
}

// appendNumber writes a number of a JSON column: whole numbers as they are, others as Python prints floats.
func appendNumber(b []byte, digits string) []byte {
	for i := range len(digits) {
		if c := digits[i]; c == '.' || c == 'e' || c == 'E' {
			f, _ := strconv.ParseFloat(digits, 64) // out of range is infinite, as in Python
			return appendJSONFloat(b, f)
		}
	}
	return append(b, digits...)
}

// maxDepth is how deep lists and objects may stand in each other.
const maxDepth = 500

var errTooDeep = fmt.Errorf("lists and objects stand more than %d levels deep in each other", maxDepth)
