package serializers

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// xmlDecoder reads XML, element by element. Document types and entities of a document's own are refused: they are how small
// files become large ones in memory, and how they reach other files.
type xmlDecoder struct {
	dec   *xml.Decoder
	count int
	root  bool
}

func newXMLDecoder(r io.Reader) *xmlDecoder {
	dec := xml.NewDecoder(r)
	dec.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") || strings.EqualFold(charset, "ascii") {
			return input, nil
		}
		return nil, fmt.Errorf("the encoding is %s (convert the file to UTF-8: iconv -t utf-8)", charset)
	}
	return &xmlDecoder{dec: dec}
}

func (d *xmlDecoder) fail(err error) error {
	line, _ := d.dec.InputPos()
	if s, ok := errors.AsType[*xml.SyntaxError](err); ok {
		line = s.Line
		if strings.Contains(s.Msg, "unexpected EOF") {
			err = errors.New("the file ends in the middle of the XML (it is truncated)")
		}
	}
	return &syntaxError{line, err}
}

func (d *xmlDecoder) failf(format string, args ...any) error {
	return d.fail(fmt.Errorf(format, args...))
}

// token is the next token that matters.
func (d *xmlDecoder) token() (xml.Token, error) {
	for {
		token, err := d.dec.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil, io.EOF
			}
			return nil, d.fail(err)
		}
		switch token.(type) {
		case xml.Directive:
			return nil, d.failf("document types and entities are not allowed in a fixture (remove the <!…> declaration)")
		case xml.Comment, xml.ProcInst:
			continue
		}
		return token, nil
	}
}

func (d *xmlDecoder) next() (*rawObject, error) {
	for {
		token, err := d.token()
		if errors.Is(err, io.EOF) && !d.root {
			return nil, d.failf("there is no <django-objects> (the file is empty)")
		}
		if err != nil {
			return nil, err
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case !d.root && start.Name.Local == "django-objects":
			d.root = true
		case !d.root:
			return nil, d.failf("the fixture begins with <%s> in place of <django-objects>", start.Name.Local)
		case start.Name.Local == "object":
			d.count++
			return d.object(start)
		default:
			return nil, d.failf("unexpected <%s> in place of <object>", start.Name.Local)
		}
	}
}

func attr(e xml.StartElement, name string) (string, bool) {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value, true
		}
	}
	return "", false
}

func (d *xmlDecoder) object(start xml.StartElement) (*rawObject, error) {
	line, _ := d.dec.InputPos()
	o := &rawObject{line: line, index: d.count, hasFields: true}
	o.model, o.hasModel = attr(start, "model")
	if !o.hasModel {
		return o, d.failf("<object> node is missing the required 'model' attribute")
	}
	if pk, ok := attr(start, "pk"); ok {
		o.hasPK, o.pk = true, &xmlValue{text: pk, isPK: true}
	}
	for {
		token, err := d.token()
		if err != nil {
			return o, d.ended(err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			return o, nil
		case xml.StartElement:
			name, ok := attr(t, "name")
			if t.Name.Local != "field" {
				return o, d.failf("unexpected <%s> in place of <field>", t.Name.Local)
			}
			if !ok {
				return o, d.failf("<field> node is missing the 'name' attribute")
			}
			value, err := d.value(true)
			if err != nil {
				return o, err
			}
			o.fields = append(o.fields, rawField{name, value})
		}
	}
}

// ended is the error of a file that ends inside of an element.
func (d *xmlDecoder) ended(err error) error {
	if errors.Is(err, io.EOF) {
		return d.fail(io.ErrUnexpectedEOF)
	}
	return err
}

// value reads what is inside of a field, or of an object of a many-to-many relation.
func (d *xmlDecoder) value(field bool) (*xmlValue, error) {
	v := &xmlValue{}
	var text strings.Builder
	for {
		token, err := d.token()
		if err != nil {
			return v, d.ended(err)
		}
		switch t := token.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			v.text = text.String()
			return v, nil
		case xml.StartElement:
			switch {
			case t.Name.Local == "None" && field:
				v.null = true
				err = d.dec.Skip()
			case t.Name.Local == "natural":
				var part *xmlValue
				if part, err = d.value(false); err == nil {
					v.items, v.isList = append(v.items, part), true
				}
			case t.Name.Local == "object" && field:
				var item *xmlValue
				if item, err = d.value(false); err == nil {
					if pk, ok := attr(t, "pk"); ok {
						item.text = pk
					}
					v.items, v.isList = append(v.items, item), true
				}
			default:
				return v, d.failf("unexpected <%s> in a field", t.Name.Local)
			}
			if err != nil {
				return v, d.ended(err)
			}
		}
	}
}

// xmlValue is a value of an XML fixture. An empty field is the empty text and the empty list.
type xmlValue struct {
	text         string
	null, isList bool
	// isPK says that the text may be a composite key, a list in JSON.
	isPK  bool
	items []rawValue
}

func (v *xmlValue) scalar() (any, error) {
	switch {
	case v.null:
		return nil, nil
	case v.isList:
		return v, nil
	case v.isPK:
		return v.text, nil
	}
	return strings.TrimSpace(v.text), nil
}

func (v *xmlValue) list() ([]rawValue, bool, error) {
	if v.isPK && strings.HasPrefix(v.text, "[") {
		if !json.Valid([]byte(v.text)) {
			return nil, false, errors.New("the key is no list of JSON")
		}
		return jsonValue(v.text).list()
	}
	return v.items, v.isList || !v.null && strings.TrimSpace(v.text) == "", nil
}

func (v *xmlValue) json() ([]byte, bool, error) {
	if v.null {
		return nil, true, nil
	}
	var b bytes.Buffer
	if err := checkDepth([]byte(v.text)); err != nil {
		return nil, false, err
	}
	if err := json.Compact(&b, []byte(strings.TrimSpace(v.text))); err != nil {
		return nil, false, fmt.Errorf("the text is no JSON: %w", err)
	}
	return b.Bytes(), false, nil
}

func (v *xmlValue) String() string {
	if v.null {
		return "None"
	}
	if v.isList {
		texts := make([]string, len(v.items))
		for i, item := range v.items {
			texts[i] = item.String()
		}
		return "[" + strings.Join(texts, ", ") + "]"
	}
	return v.text
}
