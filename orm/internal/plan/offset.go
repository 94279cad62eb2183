package plan

import (
	"reflect"
	"unsafe"
)

// Offset is the distance of p from base.
func Offset(base, p Pointer) uintptr { return uintptr(p) - uintptr(base) }

// Add is the address at a distance from base.
func Add(base Pointer, off uintptr) Pointer { return unsafe.Add(base, off) }

// FieldOf finds the field of a struct type at an offset, also inside embedded structs.
func FieldOf(t reflect.Type, off uintptr) (reflect.StructField, bool) {
	if t.Kind() != reflect.Struct {
		return reflect.StructField{}, false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if off < f.Offset || off >= f.Offset+max(f.Type.Size(), 1) {
			continue
		}
		if off == f.Offset && !(f.Anonymous && f.Type.Kind() == reflect.Struct && !isLeafStruct(f.Type)) {
			return f, true
		}
		if f.Anonymous {
			return FieldOf(f.Type, off-f.Offset)
		}
	}
	return reflect.StructField{}, false
}
