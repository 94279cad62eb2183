package plan

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// Place is where a model is described: the file and line of its Fields or Meta, or the package of a type that has neither.
func Place(t reflect.Type) string {
	if t == nil {
		return ""
	}
	for _, of := range []reflect.Type{t, reflect.PointerTo(t)} {
		for _, get := range []func(reflect.Type) (reflect.Method, bool){fieldsMethod, metaMethod} {
			method, ok := get(of)
			if !ok {
				continue
			}
			if pc := method.Func.Pointer(); pc != 0 {
				file, line := runtime.FuncForPC(pc).FileLine(pc)
				if !strings.HasPrefix(file, "<") { // not a wrapper that the compiler made, for what an embedded struct has
					return fmt.Sprintf("%s:%d", filepath.Join(filepath.Base(filepath.Dir(file)), filepath.Base(file)), line)
				}
			}
		}
	}
	return t.PkgPath()
}

// The names are constants, so that the linker need not keep all methods of all types.
func fieldsMethod(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("Fields") }
func metaMethod(t reflect.Type) (reflect.Method, bool)   { return t.MethodByName("Meta") }

// Mistake gives an error its place: this model, and one of its fields if f is not nil. A mistake of another model keeps its own.
func (m *Model) Mistake(id string, f *Field, err error) *schema.Mistake {
	name := ""
	if f != nil {
		name = f.GoName
	}
	return m.MistakeAt(id, name, err)
}

// MistakeAt is Mistake with the field's Go name.
func (m *Model) MistakeAt(id, field string, err error) *schema.Mistake {
	w, ok := err.(*schema.Mistake)
	if !ok {
		w = schema.Wrong(id, "%s", strings.TrimPrefix(strings.TrimPrefix(err.Error(), "orm: "), m.GoName()+": "))
		w.Err = err
	}
	if w.Model == "" {
		w.Model, w.Field, w.At = m.GoName(), field, Place(m.Type)
	}
	return w
}
