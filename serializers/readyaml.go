package serializers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// yamlDecoder reads YAML. The list of objects is cut at its dashes, so that one object at a time is in memory; a list in
// another form is read as a whole.
type yamlDecoder struct {
	r     *bufio.Reader
	line  int // lines that were read
	count int
	// ahead is the first line of the next element.
	ahead []byte
	begun bool
	ended bool
	// anchors are the earlier elements that name a part of themselves, for elements that repeat it.
	anchors [][]byte
	whole   []*YAMLNode
	read    func(text []byte) (*YAMLNode, error)
}

func newYAMLDecoder(r io.Reader, read func(text []byte) (*YAMLNode, error)) *yamlDecoder {
	return &yamlDecoder{r: bufio.NewReaderSize(r, 64<<10), read: read}
}

// isItem says that a line begins an element of the list of objects.
func isItem(line []byte) bool {
	return len(line) > 0 && line[0] == '-' && (len(line) == 1 || strings.IndexByte(" \t\r\n", line[1]) >= 0)
}

// begin finds the first element.
func (d *yamlDecoder) begin() error {
	d.begun = true
	for {
		line, err := readLine(d.r)
		if len(line) > 0 {
			d.line++
		}
		if d.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		text := bytes.TrimSpace(line)
		switch {
		case isItem(line):
			d.ahead = line
			return nil
		case len(text) > 0 && text[0] != '#' && text[0] != '%' && string(text) != "---":
			return d.readWhole(line)
		}
		if errors.Is(err, io.EOF) {
			d.ended = true
			return nil
		}
		if err != nil {
			return &syntaxError{d.line, err}
		}
	}
}

// readWhole reads a list that is not one element after the other, such as [].
func (d *yamlDecoder) readWhole(first []byte) error {
	at := d.line
	rest, err := io.ReadAll(io.LimitReader(d.r, objectMax))
	if err != nil {
		return &syntaxError{at, err}
	}
	d.ended = true
	text := append(first, rest...)
	if !utf8.Valid(text) {
		return &syntaxError{at, errNotUTF8}
	}
	doc, err := d.read(text)
	if err != nil {
		return yamlError(err, at-1)
	}
	if doc == nil || doc.Tag == "!!null" || doc.Kind == YAMLMapping && len(doc.Content) == 0 {
		return nil
	}
	if doc.Kind != YAMLSequence {
		return &syntaxError{at, errors.New("a fixture is a list of objects, and this is none (begin each object with a dash)")}
	}
	d.whole = doc.Content
	return nil
}

func (d *yamlDecoder) next() (*rawObject, error) {
	if !d.begun {
		if err := d.begin(); err != nil {
			return nil, err
		}
	}
	if len(d.whole) > 0 {
		n := d.whole[0]
		d.whole = d.whole[1:]
		d.count++
		return yamlObject(n, n.Line, d.count)
	}
	if d.ended {
		return nil, io.EOF
	}
	start := d.line
	text, err := d.element()
	if err != nil {
		return nil, err
	}
	d.count++
	n, err := d.parse(text)
	if err != nil {
		return nil, yamlError(err, start-1)
	}
	return yamlObject(n, start, d.count)
}

// element reads the lines of an element.
func (d *yamlDecoder) element() ([]byte, error) {
	text := append([]byte(nil), d.ahead...)
	for {
		line, err := readLine(d.r)
		if len(line) > 0 {
			d.line++
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, &syntaxError{d.line, err}
		}
		mark := strings.TrimSpace(string(line[:min(len(line), 8)]))
		switch {
		case isItem(line):
			d.ahead = line
			return text, nil
		case mark == "..." || mark == "---":
			d.ended = true
			rest, _ := io.ReadAll(io.LimitReader(d.r, 1<<16))
			if len(bytes.TrimSpace(rest)) > 0 && mark == "---" {
				return nil, &syntaxError{d.line, errors.New("a fixture is one document, and a second one begins here")}
			}
			return text, nil
		}
		text = append(text, line...)
		if len(text) > objectMax {
			return nil, &syntaxError{d.line, fmt.Errorf("the object has more than %d bytes", objectMax)}
		}
		if err != nil {
			d.ended = true
			return text, nil
		}
	}
}

// parse reads an element, with the earlier ones that it speaks of if there are any.
func (d *yamlDecoder) parse(text []byte) (*YAMLNode, error) {
	if !utf8.Valid(text) {
		return nil, errNotUTF8
	}
	doc, err := d.read(text)
	if err != nil && len(d.anchors) > 0 && strings.Contains(err.Error(), "unknown anchor") {
		doc, err = d.read(append(bytes.Join(d.anchors, nil), text...))
	}
	if err != nil {
		return nil, err
	}
	if doc == nil || doc.Kind != YAMLSequence || len(doc.Content) == 0 {
		return nil, errors.New("this is no element of a list")
	}
	n := doc.Content[len(doc.Content)-1]
	if bytes.IndexByte(text, '&') >= 0 && hasAnchor(n, 0) {
		d.anchors = append(d.anchors, append(text[:len(text):len(text)], '\n'))
	}
	return n, nil
}

func hasAnchor(n *YAMLNode, depth int) bool {
	if n.Anchor != "" || depth > maxDepth {
		return true
	}
	for _, c := range n.Content {
		if hasAnchor(c, depth+1) {
			return true
		}
	}
	return false
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// yamlError takes the line out of an error of the parser.
func yamlError(err error, before int) error {
	text, line := err.Error(), 1
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		if n, nerr := strconv.Atoi(m[1]); nerr == nil {
			line = n
		}
	}
	return &syntaxError{before + line, errors.New(text)}
}

// yamlObject takes an element apart.
func yamlObject(n *YAMLNode, line, count int) (*rawObject, error) {
	o := &rawObject{line: line, index: count}
	err := eachPair(n, 0, func(name string, value yamlValue) error {
		switch name {
		case "model":
			o.hasModel, o.model = true, value.String()
		case "pk":
			o.hasPK, o.pk = true, value
		case "fields":
			o.hasFields, o.fields = true, nil
			if value.plainNull() {
				return nil
			}
			return eachPair(value.n, 0, func(name string, value yamlValue) error {
				o.fields = append(o.fields, rawField{name, value})
				return nil
			})
		}
		return nil
	})
	if err != nil {
		return o, &syntaxError{line, err}
	}
	return o, nil
}

// eachPair calls f for the members of a mapping; those that it merges (<<) come first.
func eachPair(n *YAMLNode, depth int, f func(name string, value yamlValue) error) error {
	if n.Kind != YAMLMapping {
		return errors.New("an object is a mapping with model, pk and fields")
	}
	if depth > 20 {
		return errTooDeep
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag == "!!merge" {
			if err := eachPair(n.Content[i+1], depth+1, f); err != nil {
				return err
			}
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag == "!!merge" {
			continue
		}
		if err := f(yamlValue{n: n.Content[i]}.String(), yamlValue{n: n.Content[i+1]}); err != nil {
			return err
		}
	}
	return nil
}

// yamlValue is a value of a YAML fixture.
type yamlValue struct{ n *YAMLNode }

func (v yamlValue) plainNull() bool {
	s, err := v.scalar()
	return err == nil && s == nil
}

func (v yamlValue) scalar() (any, error) {
	n := v.n
	if n.Kind != YAMLScalar {
		return v, nil
	}
	if n.Quoted && !n.Tagged {
		return n.Value, nil
	}
	if n.Tagged {
		switch n.Tag {
		case "!!str", "!!binary", "!!timestamp", "!":
			return n.Value, nil
		case "!!null", "!!bool", "!!int", "!!float":
		default:
			return nil, fmt.Errorf("line %d: the tag %s is not allowed in a fixture", n.Line, n.Tag)
		}
	}
	return plainYAML(n.Value), nil
}

// plainYAML is what a text without quotes means in YAML 1.1, but for dates and times, which their fields read.
func plainYAML(s string) any {
	if !mayBeOther(s) || !yamlOther.MatchString(s) {
		return s
	}
	switch strings.ToLower(s) {
	case "", "~", "null":
		return nil
	case "yes", "true", "on":
		return true
	case "no", "false", "off":
		return false
	case ".nan":
		return "nan"
	}
	if name := strings.TrimLeft(strings.ToLower(s), "+-"); name == ".inf" {
		return strings.Replace(strings.ToLower(s), ".inf", "inf", 1)
	}
	digits := strings.ReplaceAll(s, "_", "")
	if strings.Contains(s, ":") || strings.Count(s, "-") > 1 || s == "<<" || s == "=" {
		return s
	}
	if n, err := strconv.ParseInt(strings.TrimPrefix(digits, "+"), 0, 64); err == nil {
		return json.Number(strconv.FormatInt(n, 10))
	}
	return json.Number(strings.TrimPrefix(digits, "+"))
}

func (v yamlValue) list() ([]rawValue, bool, error) {
	n := v.n
	if n.Kind != YAMLSequence {
		return nil, false, nil
	}
	out := make([]rawValue, len(n.Content))
	for i, c := range n.Content {
		out[i] = yamlValue{c}
	}
	return out, true, nil
}

// yamlMax is how many values a JSON column may get from YAML, whose aliases can repeat a little text endlessly.
const yamlMax = 1_000_000

func (v yamlValue) json() ([]byte, bool, error) {
	budget := yamlMax
	b, err := v.appendJSON(nil, 0, &budget)
	return b, string(b) == "null", err
}

func (v yamlValue) appendJSON(b []byte, depth int, budget *int) (_ []byte, err error) {
	if *budget--; *budget < 0 {
		return b, fmt.Errorf("the value has more than %d parts", yamlMax)
	}
	if depth > maxDepth {
		return b, errTooDeep
	}
	style := jsonStyle{item: ",", key: ":"}
	switch n := v.n; n.Kind {
	case YAMLSequence:
		b = append(b, '[')
		for i, c := range n.Content {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = (yamlValue{c}).appendJSON(b, depth+1, budget); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	case YAMLMapping:
		b = append(b, '{')
		first := true
		err := eachPair(n, 0, func(name string, value yamlValue) (err error) {
			b = style.member(b, name, first, 0)
			first = false
			b, err = value.appendJSON(b, depth+1, budget)
			return err
		})
		return append(b, '}'), err
	}
	s, err := v.scalar()
	if err != nil {
		return b, err
	}
	if n, ok := s.(json.Number); ok {
		if !json.Valid([]byte(n)) {
			f, _ := strconv.ParseFloat(string(n), 64)
			return style.appendValue(b, f, 0)
		}
		return append(b, n...), nil
	}
	return style.appendValue(b, s, 0)
}

func (v yamlValue) String() string {
	if s, err := v.scalar(); err == nil {
		if _, nested := s.(yamlValue); !nested {
			return scalarText(s)
		}
	}
	b, _, err := v.json()
	if err != nil {
		return "?"
	}
	return string(b)
}
