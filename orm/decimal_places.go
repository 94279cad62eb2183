package orm

import (
	"reflect"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// pad gives a number the zeros at the end that its column has: SQLite stores 4.50 as the float 4.5.
func (d *Decimal) pad(places int) {
	if d.digits == "" || places <= 0 {
		return
	}
	have := 0
	if dot := strings.IndexByte(d.digits, '.'); dot >= 0 {
		have = len(d.digits) - dot - 1
	}
	if have >= places {
		return
	}
	point := ""
	if have == 0 && !strings.HasSuffix(d.digits, ".") {
		point = "."
	}
	d.digits += point + strings.Repeat("0", places-have)
}

// paddedCodec is the codec of a column of decimals with a number of places.
func paddedCodec(c *plan.Codec, t reflect.Type, places int) *plan.Codec {
	out := *c
	switch t {
	case reflect.TypeFor[Decimal]():
		out.Set = func(p plan.Pointer, r dialect.Row, i int) error {
			err := c.Set(p, r, i)
			if err == nil && !r.Null(i) {
				plan.At[Decimal](p).pad(places)
			}
			return err
		}
	case reflect.TypeFor[*Decimal]():
		out.Set = func(p plan.Pointer, r dialect.Row, i int) error {
			err := c.Set(p, r, i)
			if d := *plan.At[*Decimal](p); err == nil && d != nil {
				d.pad(places)
			}
			return err
		}
	default:
		return c
	}
	return &out
}

// padded is a value of a result, with the places of its column if it is a decimal.
func padded(v any, places int) any {
	d, ok := v.(Decimal)
	if !ok || places <= 0 {
		return v
	}
	d.pad(places)
	return d
}
