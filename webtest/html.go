package webtest

import (
	"html"
	"slices"
	"strings"
)

// AssertHTML fails the test unless the body is the same HTML as want: spaces between words, the order of attributes and
// of classes, and how text is escaped do not count. Django: assertHTMLEqual.
func (r *Response) AssertHTML(want string) *Response {
	r.t.Helper()
	got, expected := NormalizeHTML(r.Text()), NormalizeHTML(want)
	if got != expected {
		r.t.Errorf("%s: HTML =\n%s\nwant\n%s", r.URL, got, expected)
	}
	return r
}

// AssertContainsHTML fails the test unless a part of the body is the same HTML as fragment. Django: assertInHTML.
func (r *Response) AssertContainsHTML(fragment string) *Response {
	r.t.Helper()
	if !strings.Contains("\n"+NormalizeHTML(r.Text()), "\n"+NormalizeHTML(fragment)) {
		r.t.Errorf("%s: body does not contain the HTML %s%s", r.URL, fragment, r.excerpt())
	}
	return r
}

// NormalizeHTML writes HTML so that equal documents are equal texts: a tag or a run of text on each line, attributes and
// classes sorted, spaces folded, comments dropped.
func NormalizeHTML(source string) string {
	var b strings.Builder
	for len(source) > 0 {
		start := strings.IndexByte(source, '<')
		switch {
		case start < 0:
			writeText(&b, source)
			source = ""
		case start > 0:
			writeText(&b, source[:start])
			source = source[start:]
		case strings.HasPrefix(source, "<!--"):
			_, source, _ = strings.Cut(source, "-->")
		default:
			source = writeTag(&b, source)
		}
	}
	return b.String()
}

func writeText(b *strings.Builder, text string) {
	if words := strings.Fields(html.UnescapeString(text)); len(words) > 0 {
		b.WriteString(strings.Join(words, " "))
		b.WriteByte('\n')
	}
}

// writeTag writes the tag that source begins with, and for a script or style its raw text; it returns what follows.
func writeTag(b *strings.Builder, source string) (rest string) {
	tag, rest := cutTag(source)
	name, attributes := splitTag(tag)
	b.WriteByte('<')
	b.WriteString(name)
	for _, attribute := range attributes {
		b.WriteByte(' ')
		b.WriteString(attribute)
	}
	b.WriteString(">\n")

	if name == "script" || name == "style" {
		end := strings.Index(strings.ToLower(rest), "</"+name)
		if end < 0 {
			end = len(rest)
		}
		if text := strings.TrimSpace(rest[:end]); text != "" {
			b.WriteString(text)
			b.WriteByte('\n')
		}
		rest = rest[end:]
	}
	return rest
}

// cutTag returns what is between the angle brackets, where quoted values may hold a bracket.
func cutTag(source string) (tag, rest string) {
	quote := byte(0)
	for i := 1; i < len(source); i++ {
		switch c := source[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return source[1:i], source[i+1:]
		}
	}
	return source[1:], ""
}

// splitTag returns the lower-case name and the attributes, sorted: name="value" with plain text inside, or name alone.
func splitTag(tag string) (name string, attributes []string) {
	tag = strings.TrimSuffix(strings.TrimSpace(tag), "/")
	end := strings.IndexAny(tag, " \t\r\n\f")
	if end < 0 {
		return strings.ToLower(tag), nil
	}
	name, tag = strings.ToLower(tag[:end]), tag[end:]
	for {
		tag = strings.TrimLeft(tag, " \t\r\n\f")
		if tag == "" {
			break
		}
		var attribute string
		attribute, tag = cutAttribute(tag)
		attributes = append(attributes, attribute)
	}
	slices.Sort(attributes)
	return name, attributes
}

func cutAttribute(tag string) (attribute, rest string) {
	end := strings.IndexAny(tag, "= \t\r\n\f")
	if end < 0 {
		return strings.ToLower(tag), ""
	}
	key, rest := strings.ToLower(tag[:end]), strings.TrimLeft(tag[end:], " \t\r\n\f")
	rest, hasValue := strings.CutPrefix(rest, "=")
	if !hasValue {
		return key, rest
	}

	rest = strings.TrimLeft(rest, " \t\r\n\f")
	var value string
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		value, rest, _ = strings.Cut(rest[1:], rest[:1])
	} else if end := strings.IndexAny(rest, " \t\r\n\f"); end >= 0 {
		value, rest = rest[:end], rest[end:]
	} else {
		value, rest = rest, ""
	}
	value = html.UnescapeString(value)
	switch {
	case key == "class":
		classes := strings.Fields(value)
		slices.Sort(classes)
		value = strings.Join(classes, " ")
	case value == "" || value == key: // checked="checked" is checked
		return key, rest
	}
	return key + `="` + value + `"`, rest
}
