package serializers

import (
	"fmt"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// Object is a serialized object: what one element of a fixture says. Django: an element of the "python" format.
type Object struct {
	// Model is the model's label in lower case: "news.article".
	Model string
	// PK is the primary key, a []any for a composite one. NoPK says that there is none: the object is named by its natural
	// key, or it is new.
	PK   any
	NoPK bool
	// Fields are the fields in the model's order.
	Fields []Field

	of *orm.Record
}

// Field is a field of an Object.
type Field struct {
	// Name is the field's name as in look-ups.
	Name string
	// Value is nil, a bool, int64, float64, string, orm.Decimal, time.Time (a moment), Date, Clock, json.RawMessage (a JSON
	// column), Key (a relation by natural key) or, for a many-to-many relation, a []any of those. Durations, UUIDs and binary
	// columns are strings, as in Django.
	Value any

	field orm.RecordField
}

// Value returns the value of a field; ok is false when the object does not have it.
func (o *Object) Value(name string) (value any, ok bool) {
	for i := range o.Fields {
		if o.Fields[i].Name == name {
			return o.Fields[i].Value, true
		}
	}
	return nil, false
}

// Date is a day, Clock a time of day.
type (
	Date  struct{ time.Time }
	Clock time.Duration
)

// Key is a natural key: the values that name an object in place of its primary key (orm.Meta.NaturalKey).
type Key []any

// Format is how a fixture is written.
type Format string

// The formats of fixtures.
const (
	JSON  Format = "json"  // one list of objects
	JSONL Format = "jsonl" // an object per line
	XML   Format = "xml"
	YAML  Format = "yaml"
)

// Formats are all formats, by the ends of file names that stand for them.
func Formats() []Format { return []Format{JSON, JSONL, XML, YAML} }

// ParseFormat finds a format by its name; "yml" is YAML.
func ParseFormat(name string) (Format, error) {
	for _, f := range Formats() {
		if string(f) == name || f == YAML && name == "yml" {
			return f, nil
		}
	}
	return "", fmt.Errorf("serializers: unknown format %q (choose json, jsonl, xml or yaml)", name)
}
