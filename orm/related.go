package orm

import (
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/orm/internal/plan"
)

// UnsavedError is returned when an object is saved whose foreign key was set to an object that is not: its key would be
// lost. errors.Is(err, ErrNotSaved) holds.
type UnsavedError struct {
	// Model and Field say which foreign key.
	Model, Field string
}

// Error names the field.
func (e *UnsavedError) Error() string {
	return fmt.Sprintf("orm: %s.%s was set to an object that is not saved (save that first)", e.Model, e.Field)
}

// Unwrap makes it an ErrNotSaved.
func (e *UnsavedError) Unwrap() error { return ErrNotSaved }

// takeKeys takes over the keys of objects that foreign keys were set to (ForeignKey.Set) before these had one, or before
// the field could know which column it points to.
func takeKeys(m *plan.Model, obj plan.Pointer) error {
	for _, f := range m.Links {
		if f.Rel.Kind != plan.Forward {
			continue
		}
		l := f.LinkAt(obj)
		if l.Loaded == nil || l.Done {
			continue
		}
		if f.Tuple != nil {
			if err := takeJoined(m, f, obj); err != nil {
				return err
			}
			continue
		}
		target := f.Rel.To.FieldNamed(f.Rel.ToColumn)
		to := pointerOf(l.Loaded)
		if target == nil || to == nil {
			continue
		}
		if !f.Codec.Zero(f.At(obj)) {
			pk := f.Rel.To.PK
			if target == pk || pk == nil || !pk.Codec.Get(pk.At(to)).Equal(f.Codec.Get(f.At(obj))) {
				continue // the key stands, whatever object was set before it
			}
		}
		if target.Codec.Zero(target.At(to)) {
			return &UnsavedError{m.GoName(), f.GoName}
		}
		if err := f.Codec.Set(f.At(obj), valueRow{target.Codec.Get(target.At(to))}, 0); err != nil {
			return fmt.Errorf("orm: %s.%s: %w", m.GoName(), f.GoName, err)
		}
		l.Done = true
	}
	return nil
}

// pointerOf is the address of an object that is kept as any.
func pointerOf(obj any) plan.Pointer { return plan.Pointer(reflect.ValueOf(obj).UnsafePointer()) }
