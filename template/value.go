package template

import (
	"context"
	"iter"
)

// Valuer is for values that are loaded when a template first looks at them, such as a relation of a model. The template
// uses what TemplateValue returns in place of the value: nil shows as None.
type Valuer interface {
	TemplateValue(ctx context.Context) (any, error)
}

// TypedValuer is optional for a Valuer: start-up checks go on with the type that TemplateValue will return. It is called
// on a zero value.
type TypedValuer interface {
	Valuer
	// TemplateType returns a value of the type (a nil pointer or nil slice will do).
	TemplateType() any
}

// Mapping is for values with keys, such as url.Values-like or ordered dictionaries: {{ value.key }}, {% for key in value %}.
type Mapping interface {
	// TemplateKeys returns the keys in order.
	TemplateKeys() []string
	// TemplateKey returns the value of a key.
	TemplateKey(key string) (any, bool)
}

// Ranger is for values that give a loop elements of their own, such as the fields of a form: {% for field in form %}.
type Ranger interface {
	TemplateItems() iter.Seq[any]
}

// Guarded is for types with methods that a template must not call because they change data. Django: alters_data.
type Guarded interface {
	// AltersData says whether a method, by its Go name, changes data.
	AltersData(method string) bool
}

// HTMLer is for values that are safe HTML: they are printed as they are. Django: __html__.
type HTMLer interface {
	TemplateHTML() string
}
