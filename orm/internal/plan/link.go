package plan

import (
	"reflect"
	"slices"
	"sync"
	"unsafe"

	"github.com/nuages-go/nuages/orm/dialect"
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
	mu sync.Mutex // guards the links of all objects of the group, and Missing
	// Model is the objects' model; Each walks those that are still alive.
	Model *Model
	Each  func(yield func(obj unsafe.Pointer) bool)
	// DB is the name of the database that they came from.
	DB string
	// Raise makes a load of what was not asked for an error.
	Raise bool
	// Missing are the columns that the query left out, in the order of Model.Columns, as far as they were not loaded since.
	// Partial says that there were some: such an object is never inserted by a Save.
	Missing []*Field
	Partial bool
	// Was holds the values that a tracked object had when it was last in step with its row, in the order of Model.Columns; the
	// zero Value stands for a column of Missing.
	Was []dialect.Value
	// Of is the group that an object with a state of its own belongs to; its lock is used.
	Of *Peers
}

// Lock and Unlock guard the links of the group's objects.
func (p *Peers) Lock() { p.root().mu.Lock() }

// Unlock ends what Lock began.
func (p *Peers) Unlock() { p.root().mu.Unlock() }

func (p *Peers) root() *Peers {
	if p.Of != nil {
		return p.Of
	}
	return p
}

// Own makes a state for one object of the group.
func (p *Peers) Own() *Peers {
	return &Peers{Model: p.Model, Each: p.Each, DB: p.DB, Raise: p.Raise, Missing: p.Missing, Partial: p.Partial, Was: p.Was, Of: p.root()}
}

// Lacks says that the query left a column out.
func (p *Peers) Lacks(f *Field) bool {
	return p != nil && len(p.Missing) > 0 && slices.Contains(p.Missing, f)
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

// Holder finds the Go field that holds a relation in objects of its model, or nil when the model has none (the plain way
// back).
func (r *Relation) Holder() *Field {
	if f := r.holder.Load(); f != nil {
		return f
	}
	for _, f := range r.From.Fields {
		if f.Rel == r || f.Rel != nil && f.Rel.Field == r.Field && f.Rel.To == r.To && f.Rel.Kind == r.Kind {
			r.holder.Store(f)
			return f
		}
	}
	return nil
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
