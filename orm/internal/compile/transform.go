package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/schema"
)

// transformKind says what a transform gives on a kind of field, and whether the field has it.
func transformKind(kind schema.Kind, name string) (schema.Kind, bool) {
	date := kind == schema.Date || kind == schema.DateTime
	clock := kind == schema.Time || kind == schema.DateTime
	switch name {
	case "year", "iso_year", "month", "day", "week", "week_day", "iso_week_day", "quarter":
		return schema.Integer, date
	case "hour", "minute", "second":
		return schema.Integer, clock
	case "date":
		return schema.Date, kind == schema.DateTime
	case "time":
		return schema.Time, kind == schema.DateTime
	}
	return schema.Invalid, false
}

// Transforms lists the transforms of a kind of field.
func Transforms(kind schema.Kind) []string {
	var out []string
	for _, name := range []string{"year", "iso_year", "month", "day", "week", "week_day", "iso_week_day", "quarter", "hour", "minute", "second", "date", "time"} {
		if hasTransform(kind, name) {
			out = append(out, name)
		}
	}
	return out
}

// transform applies a part of a date to an expression.
func (b *builder) transform(of *rexpr, name string) *rexpr { return b.transformIn(of, name, "") }

// transformIn is transform in a time zone of its own; without one it is the current zone.
func (b *builder) transformIn(of *rexpr, name, own string) *rexpr {
	kind, ok := transformKind(of.kind, name)
	if !ok {
		b.fail(&FieldError{Name: name, Reason: fmt.Sprintf("unsupported transform %q for a %s field", name, of.kind)})
		return &rexpr{}
	}
	if err := checkZone(own); err != nil {
		b.fail(err)
		return &rexpr{}
	}
	e := derived(kind, of)
	e.of, e.base = of, of.base
	if own == "" { // otherwise a year is no range of moments in the current zone
		e.unit = name
	}
	zone, source := orText(own, b.c.Zone), of.kind
	e.write = func(w *writer) {
		inner := w.capture(of.write)
		if name == "date" || name == "time" {
			w.buf = w.d.Trunc(w.buf, name, source, zone, inner)
			return
		}
		w.buf = w.d.Extract(w.buf, name, source, zone, inner)
	}
	return e
}
