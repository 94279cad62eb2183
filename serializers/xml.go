package serializers

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// xmlEncoder writes XML.
//
// Django 6.1 django/core/serializers/xml_serializer.py and django/utils/xmlutils.py.
type xmlEncoder struct {
	w      io.Writer
	indent int
	buf    []byte
}

func newXML(w io.Writer, indent int) *xmlEncoder { return &xmlEncoder{w: w, indent: indent} }

func (e *xmlEncoder) start() error {
	_, err := io.WriteString(e.w, `<?xml version="1.0" encoding="utf-8"?>`+"\n"+`<django-objects version="1.0">`)
	return err
}

func (e *xmlEncoder) end() error {
	_, err := e.w.Write(append(e.line(e.buf[:0], 0), "</django-objects>"...))
	return err
}

// line begins a new line at a level, where lines are indented.
func (e *xmlEncoder) line(b []byte, level int) []byte {
	if e.indent <= 0 {
		return b
	}
	b = append(b, '\n')
	for range level * e.indent {
		b = append(b, ' ')
	}
	return b
}

func (e *xmlEncoder) object(o *Object) (err error) {
	b := append(e.line(e.buf[:0], 1), `<object model=`...)
	b = appendAttr(b, o.Model)
	if !o.NoPK && o.PK != nil {
		b = appendAttr(append(b, ` pk=`...), pkText(o.PK))
	}
	b = append(b, '>')
	for i := range o.Fields {
		b = e.line(b, 2)
		if b, err = e.field(b, o, &o.Fields[i]); err != nil {
			return err
		}
	}
	b = append(e.line(b, 1), "</object>"...)
	e.buf = b
	_, err = e.w.Write(b)
	return err
}

func (e *xmlEncoder) field(b []byte, o *Object, f *Field) (_ []byte, err error) {
	s := f.field.Schema()
	b = appendAttr(append(b, `<field name=`...), f.Name)
	if s.Rel != nil {
		to, _ := f.field.Related()
		b = appendAttr(append(b, ` rel=`...), relName(s.Kind))
		b = appendAttr(append(b, ` to=`...), strings.ToLower(to.Label()))
	} else {
		b = appendAttr(append(b, ` type=`...), fieldType(s))
	}
	b = append(b, '>')
	switch v := f.Value.(type) {
	case nil:
		b = append(b, "<None></None>"...)
	case Key:
		b, err = appendNatural(b, v)
	case []any:
		for _, item := range v {
			if key, natural := item.(Key); natural {
				b = append(b, "<object>"...)
				if b, err = appendNatural(b, key); err != nil {
					break
				}
				b = append(b, "</object>"...)
			} else {
				b = append(appendAttr(append(b, `<object pk=`...), plainText(item)), "></object>"...)
			}
		}
	default:
		b, err = appendText(b, plainText(v))
	}
	if err != nil {
		return b, fmt.Errorf("%s: %w", f.Name, err)
	}
	return append(b, "</field>"...), nil
}

func appendNatural(b []byte, key Key) (_ []byte, err error) {
	for _, v := range key {
		b = append(b, "<natural>"...)
		if b, err = appendText(b, plainText(v)); err != nil {
			return b, err
		}
		b = append(b, "</natural>"...)
	}
	return b, nil
}

var errControl = errors.New("contains characters that XML cannot hold (use json, or remove the control characters)")

// appendText writes text between tags. Control characters have no form in XML 1.0.
func appendText(b []byte, s string) ([]byte, error) {
	s = strings.ToValidUTF8(s, "\ufffd")
	for i := range len(s) {
		switch c := s[i]; {
		case c == '&':
			b = append(b, "&amp;"...)
		case c == '<':
			b = append(b, "&lt;"...)
		case c == '>':
			b = append(b, "&gt;"...)
		case c < 0x20 && c != '\t' && c != '\n' && c != '\r':
			return b, errControl
		default:
			b = append(b, c)
		}
	}
	return b, nil
}

var attrEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "&#10;", "\r", "&#13;", "\t", "&#9;")

// appendAttr writes the value of an attribute in quotes, in single ones when it has double ones in it.
func appendAttr(b []byte, s string) []byte {
	quote := byte('"')
	s = attrEscapes.Replace(s)
	if strings.Contains(s, `"`) {
		if strings.Contains(s, "'") {
			s = strings.ReplaceAll(s, `"`, "&quot;")
		} else {
			quote = '\''
		}
	}
	return append(append(append(b, quote), s...), quote)
}

// pkText is a primary key as text; a composite one is a list of texts in JSON.
func pkText(pk any) string {
	parts, ok := pk.([]any)
	if !ok {
		return plainText(pk)
	}
	texts := make([]any, len(parts))
	for i, p := range parts {
		texts[i] = plainText(p)
	}
	b, err := jsonStyle{item: ", ", key: ": ", ascii: true}.appendValue(nil, texts, 0)
	if err != nil {
		return fmt.Sprint(parts...)
	}
	return string(b)
}

func relName(k schema.Kind) string {
	switch k {
	case schema.ForeignKey:
		return "ManyToOneRel"
	case schema.OneToOne:
		return "OneToOneRel"
	}
	return "ManyToManyRel"
}

// fieldType is Django's get_internal_type of a field.
func fieldType(s *schema.Field) string {
	if s.Kind == schema.Generated && s.Output != nil {
		return fieldType(s.Output)
	}
	switch s.Kind {
	case schema.Email, schema.URL:
		return "CharField"
	case schema.Image:
		return "FileField"
	case schema.IP:
		return "GenericIPAddressField"
	}
	return s.Kind.String() + "Field"
}
