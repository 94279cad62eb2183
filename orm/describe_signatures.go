package orm

import "reflect"

// signatures finds methods that have the name of what describes a model, but not its form: they would count for nothing.
func (d *describer) signatures() {
	t := reflect.PointerTo(d.m.Type)
	for name, result := range map[string]reflect.Type{"Fields": reflect.TypeFor[[]Field](), "Meta": reflect.TypeFor[Meta](), "Scope": reflect.TypeFor[[]Predicate]()} {
		m, ok := t.MethodByName(name)
		if !ok || m.Type.NumIn() == 2 && m.Type.In(1) == t && m.Type.NumOut() == 1 && m.Type.Out(0) == result || promoted(d.m.Type, name) {
			continue
		}
		d.problem("orm.E002", "", "the method %[1]s has another form than that which describes a model (write func (%[2]s) %[1]s(m *%[2]s) %[3]s)", name, d.m.Type.Name(), result)
	}
}

// promoted says that a method may come from an embedded struct, for which it has the right form.
func promoted(t reflect.Type, name string) bool {
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous {
			if _, ok := f.Type.MethodByName(name); ok {
				return true
			}
			if _, ok := reflect.PointerTo(f.Type).MethodByName(name); ok {
				return true
			}
		}
	}
	return false
}
