package serializers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// rawObject is an object as a fixture says it, before anything is known of its model.
type rawObject struct {
	// line is where it begins, index counts objects from 1.
	line, index int
	model       string
	// hasModel, hasPK and hasFields say what is there.
	hasModel, hasPK, hasFields bool
	pk                         rawValue
	fields                     []rawField
}

type rawField struct {
	name  string
	value rawValue
}

// rawValue is a value of a fixture.
type rawValue interface {
	// scalar is nil, a bool, json.Number, string, time.Time or Date; for a list or a mapping it is the value itself.
	scalar() (any, error)
	// list are the elements of a list; ok is false for other values.
	list() (items []rawValue, ok bool, err error)
	// json is the value as the text of a JSON column.
	json() (text []byte, null bool, err error)
	String() string
}

// decoder reads objects one after the other, io.EOF after the last.
type decoder interface {
	next() (*rawObject, error)
}

// syntaxError is a fixture that cannot be read, at a line.
type syntaxError struct {
	line int
	err  error
}

func (e *syntaxError) Error() string { return e.err.Error() }
func (e *syntaxError) Unwrap() error { return e.err }

// objectMax is the most bytes that one object may have.
const objectMax = 256 << 20

// lineReader counts lines and refuses a fixture that is not UTF-8.
type lineReader struct {
	r     io.Reader
	lines *lineCount
}

// lineCount remembers where lines begin, as far as it is asked for.
type lineCount struct {
	starts []int64
	base   int // lines before the first of starts
	read   int64
}

func (l *lineReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			l.lines.starts = append(l.lines.starts, l.lines.read+int64(i)+1)
		}
	}
	l.lines.read += int64(n)
	return n, err
}

// at is the line of an offset, and forgets what is before it.
func (c *lineCount) at(offset int64) int {
	i := 0
	for i < len(c.starts) && c.starts[i] <= offset {
		i++
	}
	c.base += i
	c.starts = c.starts[i:]
	return c.base + 1
}

// jsonDecoder reads JSON: a list of objects, which is read element by element.
type jsonDecoder struct {
	dec   *json.Decoder
	lines *lineCount
	begun bool
	count int
	names nameTable
}

func newJSONDecoder(r io.Reader) *jsonDecoder {
	lines := &lineCount{}
	dec := json.NewDecoder(&lineReader{r: r, lines: lines})
	dec.UseNumber()
	return &jsonDecoder{dec: dec, lines: lines}
}

func (d *jsonDecoder) fail(err error) error {
	offset := d.dec.InputOffset()
	if s, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = max(offset, s.Offset-1)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the file ends in the middle of the JSON (it is truncated)")
	}
	return &syntaxError{d.lines.at(offset), err}
}

func (d *jsonDecoder) next() (*rawObject, error) {
	if !d.begun {
		d.begun = true
		token, err := d.dec.Token()
		if err != nil {
			return nil, d.fail(err)
		}
		if token == json.Delim('{') && !d.dec.More() { // as in Django: nothing to load
			_, err := d.dec.Token()
			if err == nil {
				err = io.EOF
			}
			return nil, err
		}
		if token != json.Delim('[') {
			return nil, d.fail(fmt.Errorf("a fixture is a list of objects, and this begins with %v (put it into [ ], or use jsonl)", token))
		}
	}
	if !d.dec.More() {
		if _, err := d.dec.Token(); err != nil {
			return nil, d.fail(err)
		}
		_, err := d.dec.Token()
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		if _, bad := errors.AsType[*json.SyntaxError](err); err == nil || bad {
			err = errors.New("there is more after the end of the list")
		}
		return nil, d.fail(err) // perhaps the sum at the end of a packed file is wrong
	}
	d.count++
	var raw json.RawMessage
	if err := d.dec.Decode(&raw); err != nil {
		return nil, d.fail(err)
	}
	line := d.lines.at(d.dec.InputOffset() - int64(len(raw)))
	return parseJSONObject(raw, line, d.count, &d.names)
}

// parseJSONObject takes an object apart, the text of a valid value of JSON. Names are those that were seen before.
func parseJSONObject(raw []byte, line, count int, names *nameTable) (*rawObject, error) {
	o := &rawObject{line: line, index: count}
	if !utf8.Valid(raw) {
		return o, &syntaxError{line, errNotUTF8}
	}
	if err := checkDepth(raw); err != nil {
		return o, &syntaxError{line, err}
	}
	values := make([]jsonValue, 0, names.fields+1) // pointers to its elements are values without a memory of their own
	keep := func(value []byte) rawValue {
		values = append(values, value)
		return &values[len(values)-1]
	}
	err := eachMember(raw, func(name, value []byte) error {
		member, err := names.name(name)
		if err != nil {
			return err
		}
		switch member {
		case "model":
			o.hasModel = true
			if value[0] != '"' {
				return json.Unmarshal(value, &o.model)
			}
			o.model, err = names.name(value)
		case "pk":
			o.hasPK, o.pk = true, keep(value)
		case "fields":
			o.hasFields, o.fields = true, make([]rawField, 0, names.fields)
			err = eachMember(value, func(name, value []byte) error {
				field, err := names.name(name)
				o.fields = append(o.fields, rawField{field, keep(value)})
				return err
			})
			names.fields = min(len(o.fields), fieldsAhead)
		}
		return err
	})
	if err != nil {
		return o, &syntaxError{line, fmt.Errorf(`%w (an object is {"model": "app.name", "pk": …, "fields": {…}})`, err)}
	}
	return o, nil
}

var errNotUTF8 = errors.New("the text is not UTF-8 (convert the file: iconv -t utf-8)")

// checkDepth refuses JSON whose lists and objects stand too deep in each other.
func checkDepth(raw []byte) error {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return errTooDeep
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return nil
}

// jsonValue is a value of a JSON fixture.
type jsonValue json.RawMessage

func (v jsonValue) scalar() (any, error) {
	switch v[0] {
	case '[', '{':
		return v, nil
	case '"':
		return unquoteJSON(v)
	case 't', 'f':
		return v[0] == 't', nil
	case 'n':
		return nil, nil
	}
	return json.Number(v), nil
}

func (v jsonValue) list() ([]rawValue, bool, error) {
	if v[0] != '[' {
		return nil, false, nil
	}
	var out []rawValue
	for i := afterSpace(v, 1); v[i] != ']'; {
		end := valueEnd(v, i)
		out = append(out, jsonValue(v[i:end]))
		if i = afterSpace(v, end); v[i] == ',' {
			i = afterSpace(v, i+1)
		}
	}
	return out, true, nil
}

func (v jsonValue) json() ([]byte, bool, error) {
	var b bytes.Buffer
	err := json.Compact(&b, v)
	return b.Bytes(), string(v) == "null", err
}

func (v jsonValue) String() string {
	if s, err := v.scalar(); err == nil {
		if _, nested := s.(jsonValue); !nested {
			return scalarText(s)
		}
	}
	return string(v)
}

// shorten cuts a text for a message.
func shorten(s string) string {
	const most = 80
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
