package urls

import (
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/web"
)

// Converter makes a value of a part of the path, and the part of the path of a value. NewConverter makes one.
type Converter struct {
	regex   string
	typ     reflect.Type
	class   class
	toValue func(text string) (any, error)
	toURL   func(value any) (string, error)
}

// NewConverter makes a converter for the texts that a regular expression in Python's syntax matches in full; it must not
// contain named groups. An error of parse means that the URL does not match, unless Fail made it; an error of format
// that the value has no URL.
func NewConverter[T any](regex string, parse func(text string) (T, error), format func(value T) (string, error)) Converter {
	return Converter{
		regex: regex,
		typ:   reflect.TypeFor[T](),
		class: classCustom,
		toValue: func(text string) (any, error) {
			v, err := parse(text)
			return v, err
		},
		toURL: func(value any) (string, error) {
			v, ok := value.(T)
			if !ok {
				return "", fmt.Errorf("urls: the converter takes %s, not %T", reflect.TypeFor[T](), value)
			}
			return format(v)
		},
	}
}

// Fail makes an error of a converter's parse function that is not "no match": the answer is the error's status, or 500.
func Fail(err error) error { return &failure{err} }

type failure struct{ err error }

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// class is the set of texts that a placeholder matches.
type class uint8

const (
	classStr    class = iota // [^/]+
	classInt                 // [0-9]+
	classSlug                // [-a-zA-Z0-9_]+
	classUUID                // 36 characters, lower case
	classPath                // .+
	classCustom              // by its regular expression
)

func builtins() map[string]*Converter {
	text := reflect.TypeFor[string]()
	toURL := func(v any) (string, error) { return pyStr(v), nil }
	return map[string]*Converter{
		"str":  {regex: "[^/]+", class: classStr, typ: text, toURL: toURL},
		"int":  {regex: "[0-9]+", class: classInt, typ: reflect.TypeFor[int64](), toURL: toURL},
		"slug": {regex: "[-a-zA-Z0-9_]+", class: classSlug, typ: text, toURL: toURL},
		"uuid": {regex: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", class: classUUID, typ: reflect.TypeFor[web.UUID](), toURL: toURL},
		"path": {regex: ".+", class: classPath, typ: text, toURL: toURL},
	}
}
