package orm

import (
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
)

// pointEach sets the foreign key of the objects of a query, and saves each of them, that column alone.
func (e *pairing) pointEach(q *expr.Query, to dialect.Value) error {
	m, f := e.rel.To, e.rel.Field
	if len(f.Columns()) != 1 {
		return fmt.Errorf("orm: %s.%s: Saving cannot take apart a key of several columns", m.GoName(), f.GoName)
	}
	objs, err := readRows(e.ctx, q, e.using)
	if err != nil {
		return err
	}
	bindGroup(m, objs, e.using)
	field := reflect.NewAt(f.Type, f.At(m.Root().Base)).Interface()
	for _, obj := range objs {
		if err := f.Codec.Set(f.At(obj), valueRow{to}, 0); err != nil {
			return err
		}
		if err := save(e.ctx, m, obj, e.using, []any{field}); err != nil {
			return err
		}
	}
	return nil
}
