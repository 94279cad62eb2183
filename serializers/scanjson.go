package serializers

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// What follows takes valid JSON apart without copying it: encoding/json has looked at the text before.

// afterSpace is the place of the first byte from i on that is no white space.
func afterSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// valueEnd is the place behind the value that begins at i.
func valueEnd(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			i = stringEnd(b, i)
			if depth == 0 {
				return i
			}
			continue
		case '[', '{':
			depth++
		case ']', '}':
			if depth == 0 {
				return i // behind a number or a word
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return i
}

// stringEnd is the place behind the text whose quote is at i.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return i
}

// eachMember calls f for the members of a JSON object in their order, with the name in its quotes.
func eachMember(raw []byte, f func(name, value []byte) error) error {
	i := afterSpace(raw, 0)
	if raw[i] != '{' {
		return fmt.Errorf("%s is no object", shorten(string(raw)))
	}
	for i = afterSpace(raw, i+1); raw[i] != '}'; {
		end := stringEnd(raw, i)
		name := raw[i:end]
		i = afterSpace(raw, afterSpace(raw, end)+1) // behind the colon
		end = valueEnd(raw, i)
		if err := f(name, raw[i:end:end]); err != nil {
			return err
		}
		if i = afterSpace(raw, end); raw[i] == ',' {
			i = afterSpace(raw, i+1)
		}
	}
	return nil
}

// unquoteJSON is the text that stands in quotes.
func unquoteJSON(quoted []byte) (string, error) {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1]), nil
	}
	var s string
	err := json.Unmarshal(quoted, &s)
	return s, err
}

// nameTable keeps the names of models and fields, which each object repeats.
type nameTable struct {
	known map[string]string // by the name in quotes
	// fields is the number of fields of the object before.
	fields int
}

// namesMax bounds what a fixture of ever new names can take, fieldsAhead what one object makes of the next.
const (
	namesMax    = 10_000
	fieldsAhead = 100
)

// name is the text of a name in quotes.
func (t *nameTable) name(quoted []byte) (string, error) {
	if s, ok := t.known[string(quoted)]; ok {
		return s, nil
	}
	s, err := unquoteJSON(quoted)
	if t.known == nil {
		t.known = map[string]string{}
	}
	if err == nil && len(t.known) < namesMax && len(quoted) < 100 {
		t.known[string(quoted)] = s
	}
	return s, err
}
