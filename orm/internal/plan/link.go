package plan

import (
	"reflect"
	"sync"
	"unsafe"
)

// Link is what a relation field remembers: where it stands and what was loaded. It holds only pointers, so that a zero
// value costs nothing.
type Link struct {
	// Rel is the relation, Owner the object that holds the field; both are set when the object is loaded or saved.
	Rel   *Relation
	Owner unsafe.Pointer
	// Peers are the objects that were loaded together.
	Peers *Peers
	// Loaded is the related object (*T) or the list ([]*T); Done says that it was looked for, even if there is none.
	Loaded any
	Done   bool
}

// Peers are the objects of one result, so that what one of them lacks is loaded for all.
type Peers struct {
	// Mu guards the links of all objects of the group.
	Mu sync.Mutex
	// Model is the objects' model; Each walks those that are still alive.
	Model *Model
	Each  func(yield func(obj unsafe.Pointer) bool)
	// DB is the name of the database that they came from.
	DB string
	// Raise makes a load of what was not asked for an error.
	Raise bool
}

// LinkAt returns the link of a relation field of an object.
func (f *Field) LinkAt(obj unsafe.Pointer) *Link { return (*Link)(unsafe.Add(obj, f.LinkOffset)) }

// Bind tells an object's relation fields where they stand.
func (m *Model) Bind(obj unsafe.Pointer, peers *Peers) {
	for _, f := range m.Links {
		l := f.LinkAt(obj)
		l.Rel, l.Owner, l.Peers = f.Rel, obj, peers
	}
}

// At returns the address of the field in an object.
func (f *Field) At(obj unsafe.Pointer) unsafe.Pointer { return unsafe.Add(obj, f.Offset) }

var linkType = reflect.TypeFor[Link]()

// LinkOf returns the offset of the Link inside a relation type, and whether there is one.
func LinkOf(t reflect.Type) (uintptr, bool) {
	if t.Kind() != reflect.Struct {
		return 0, false
	}
	for i := range t.NumField() {
		if t.Field(i).Type == linkType {
			return t.Field(i).Offset, true
		}
	}
	return 0, false
}

func isRelationType(t reflect.Type) bool {
	_, ok := LinkOf(t)
	return ok
}
