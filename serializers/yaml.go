package serializers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/orm"
)

// yamlEncoder writes YAML as PyYAML's safe dumper does.
//
// Django 6.1 django/core/serializers/pyyaml.py; PyYAML 6 emitter.py and representer.py.
type yamlEncoder struct {
	w     io.Writer
	out   yamlWriter
	count int
}

func newYAML(w io.Writer, indent int) *yamlEncoder {
	step := 2
	if indent > 1 && indent < 10 {
		step = indent
	}
	return &yamlEncoder{w: w, out: yamlWriter{step: step}}
}

func (e *yamlEncoder) start() error { return nil }

func (e *yamlEncoder) end() error {
	if e.count > 0 {
		return nil
	}
	_, err := io.WriteString(e.w, "[]\n")
	return err
}

func (e *yamlEncoder) object(o *Object) error {
	e.count++
	y := &e.out
	y.b, y.column, y.fresh = y.b[:0], 0, true
	y.item(0)
	at := y.step
	y.key("model", at)
	if err := y.value(o.Model, at); err != nil {
		return err
	}
	if !o.NoPK {
		y.key("pk", at)
		if err := y.value(o.PK, at); err != nil {
			return err
		}
	}
	y.key("fields", at)
	if len(o.Fields) == 0 {
		y.word("{}")
	}
	for i := range o.Fields {
		y.key(o.Fields[i].Name, at+y.step)
		if err := y.value(o.Fields[i].Value, at+y.step); err != nil {
			return fmt.Errorf("field %s: %w", o.Fields[i].Name, err)
		}
	}
	y.b = append(y.b, '\n')
	_, err := e.w.Write(y.b)
	return err
}

// yamlWriter puts together block collections and scalars.
type yamlWriter struct {
	b    []byte
	step int
	// column counts characters since the beginning of the line; fresh says that nothing but indentation and indicators of a
	// collection stand there.
	column int
	fresh  bool
}

// line goes to a column on this line if nothing else stands there yet, else on the next.
func (y *yamlWriter) line(indent int) {
	if !y.fresh || y.column > indent {
		y.b = append(y.b, '\n')
		y.column, y.fresh = 0, true
	}
	for y.column < indent {
		y.b = append(y.b, ' ')
		y.column++
	}
}

// raw writes text that has no line break.
func (y *yamlWriter) raw(s string, width int) {
	y.b = append(y.b, s...)
	y.column += width
	y.fresh = false
}

// word writes a value after a blank.
func (y *yamlWriter) word(s string) { y.raw(" "+s, len(s)+1) }

// item begins an element of a list that stands at a column.
func (y *yamlWriter) item(at int) {
	y.line(at)
	y.raw("-", 1)
	y.fresh = true
}

// key begins a member of a mapping that stands at a column.
func (y *yamlWriter) key(name string, at int) {
	y.line(at)
	if !simpleKey(name) {
		y.raw("?", 1)
		y.scalar(name, at+y.step, false)
		y.line(at)
		y.raw(":", 1)
		return
	}
	y.scalar(name, at, true)
	y.raw(":", 1)
}

// value writes a value of a member of a mapping at a column.
func (y *yamlWriter) value(v any, at int) error {
	switch v := v.(type) {
	case nil:
		y.word("null")
	case bool:
		y.word(strconv.FormatBool(v))
	case int64:
		y.word(strconv.FormatInt(v, 10))
	case float64:
		y.word(yamlFloat(v))
	case yamlPlain:
		y.word(string(v))
	case string:
		y.scalar(v, at+y.step, false)
	case orm.Decimal:
		y.scalar(decimalText(v), at+y.step, false)
	case Date:
		y.word(v.Format("2006-01-02"))
	case time.Time:
		y.word(string(appendMoment(nil, v, ' ')))
	case Clock:
		y.scalar(plainText(v), at+y.step, false)
	case Key:
		return y.list(v, at)
	case []any:
		return y.list(v, at)
	case json.RawMessage:
		dec := json.NewDecoder(bytes.NewReader(v))
		dec.UseNumber()
		return y.tokens(dec, at, true, 0)
	default:
		return fmt.Errorf("a %T cannot be written as YAML", v)
	}
	return nil
}

func (y *yamlWriter) list(list []any, at int) error {
	if len(list) == 0 {
		y.word("[]")
		return nil
	}
	for _, v := range list {
		y.item(at)
		inner := at
		if _, nested := v.(Key); nested {
			inner += y.step
		}
		if err := y.value(v, inner); err != nil {
			return err
		}
	}
	return nil
}

// tokens writes JSON as a value of a collection at a column. A list that belongs to a key stands where the key does, one
// that is an element of a list further in.
func (y *yamlWriter) tokens(dec *json.Decoder, at int, ofKey bool, depth int) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	delim, nested := token.(json.Delim)
	switch {
	case nested && depth > maxDepth:
		return errTooDeep
	case nested && !dec.More():
		y.word(map[json.Delim]string{'[': "[]", '{': "{}"}[delim])
	case delim == '[':
		if !ofKey {
			at += y.step
		}
		for dec.More() {
			y.item(at)
			if err := y.tokens(dec, at, false, depth+1); err != nil {
				return err
			}
		}
	case delim == '{':
		at += y.step
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return err
			}
			y.key(name.(string), at)
			if err := y.tokens(dec, at, true, depth+1); err != nil {
				return err
			}
		}
	default:
		if n, ok := token.(json.Number); ok {
			return y.value(yamlNumber(string(n)), at)
		}
		return y.value(token, at)
	}
	_, err = dec.Token()
	return err
}

// yamlNumber is a number of a JSON column: whole ones keep their digits, which may be more than an int64 has.
func yamlNumber(digits string) any {
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return n
	}
	if strings.ContainsAny(digits, ".eE") {
		f, _ := strconv.ParseFloat(digits, 64)
		return f
	}
	return yamlPlain(digits)
}

// yamlPlain is a value that is written as it stands.
type yamlPlain string

func yamlFloat(f float64) string {
	switch s := pyfmt.Float(f); {
	case f != f:
		return ".nan"
	case s == "inf":
		return ".inf"
	case s == "-inf":
		return "-.inf"
	case !strings.Contains(s, "."):
		return strings.Replace(s, "e", ".0e", 1)
	default:
		return s
	}
}
