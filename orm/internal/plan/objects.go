package plan

import "unsafe"

// Objects makes new objects of a model in blocks, as Slab does where the type is known. A kept object keeps its block
// alive, at most blockMax objects.
type Objects struct {
	Model *Model

	block   unsafe.Pointer
	n, used int
}

// Next returns a new object. Expect is the number of objects that are likely, 0 if unknown.
func (o *Objects) Next(expect int) unsafe.Pointer {
	if o.used == o.n {
		n := max(4, 2*o.n)
		if o.n == 0 && expect > 0 {
			n = expect
		}
		o.n, o.used = min(n, blockMax), 0
		o.block = o.Model.block(o.n)
	}
	obj := unsafe.Add(o.block, uintptr(o.used)*o.Model.Type.Size())
	o.used++
	return obj
}

// List is addresses of objects as a list of their type. The two share their memory.
func List[T any](objs []unsafe.Pointer) []*T {
	if len(objs) == 0 {
		return []*T{}
	}
	return unsafe.Slice((**T)(unsafe.Pointer(unsafe.SliceData(objs))), len(objs))[:len(objs):len(objs)]
}

// Pointers is a list of objects as their addresses. The two share their memory.
func Pointers[T any](list []*T) []unsafe.Pointer {
	return unsafe.Slice((*unsafe.Pointer)(unsafe.Pointer(unsafe.SliceData(list))), len(list))
}
