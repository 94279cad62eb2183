package plan

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"
)

// Ref is a reference value: a struct whose field addresses stand for columns. The root of a model has no parent; walking
// a relation makes a child, one for each path.
type Ref struct {
	Model  *Model
	Base   unsafe.Pointer
	Parent *Ref
	// Via is the relation field in the parent (forward), or the foreign key that points to the parent's model (Rev).
	Via     *Path
	Reverse bool
	// Rel leads from a parent to a child of its row, which no field names.
	Rel *Relation
	// Other is set for a root that is not the model's own: it names the columns of a joined table.
	Other bool

	mu       sync.Mutex // guards children
	children map[childKey]*Ref
	leaves   map[uintptr]*Path // by offset; set once when the Ref is made
}

type childKey struct {
	via     *Path
	reverse bool
	rel     *Relation
}

// Path names a column: a field of a reference value. A Path is unique for its address, so it can stand in cache keys.
type Path struct {
	Ref    *Ref
	Name   string // the Go field's name
	Offset uintptr
	Type   reflect.Type // the Go field's type
	Codec  *Codec       // of the field's Go type, as far as the type alone tells
	// ElemCodec is the codec of what a pointer field points to.
	ElemCodec *Codec

	once  sync.Once
	field *Field
	steps []*Relation
	err   error
}

var addresses sync.Map // unsafe.Pointer -> *Path

// NewRef allocates a reference value of a model and makes its fields known.
func NewRef(m *Model, parent *Ref, via *Path, reverse bool) *Ref {
	v := reflect.New(m.Type)
	r := &Ref{Model: m, Base: v.UnsafePointer(), Parent: parent, Via: via, Reverse: reverse, leaves: map[uintptr]*Path{}}
	r.register(v.Elem(), 0)
	return r
}

// register enters the addresses of a struct's fields. A pointer field is filled, so that its value names the column too.
func (r *Ref) register(v reflect.Value, base uintptr) {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		off := base + f.Offset
		if f.Anonymous && f.Type.Kind() == reflect.Struct && !isLeafStruct(f.Type) {
			r.register(v.Field(i), off)
			continue
		}
		p := &Path{Ref: r, Name: f.Name, Offset: off, Type: f.Type, Codec: GoCodec(f.Type)}
		r.leaves[off] = p
		addr := unsafe.Add(r.Base, off)
		addresses.Store(addr, p)
		if f.Type.Kind() == reflect.Pointer && f.IsExported() {
			elem := f.Type.Elem()
			if elem.Size() == 0 {
				continue // all empty values share one address, which cannot name a column
			}
			p.ElemCodec = GoCodec(elem)
			filled := reflect.New(elem)
			v.Field(i).Set(filled)
			addresses.Store(filled.UnsafePointer(), p)
		}
	}
}

// Lookup returns the path that an address names, or nil.
func Lookup(addr unsafe.Pointer) *Path {
	if v, ok := addresses.Load(addr); ok {
		return v.(*Path)
	}
	return nil
}

// Child returns the reference value behind a relation.
func (r *Ref) Child(m *Model, via *Path, reverse bool) *Ref {
	return r.child(m, childKey{via: via, reverse: reverse})
}

// ChildOf returns the reference value of a child of the same row.
func (r *Ref) ChildOf(m *Model, rel *Relation) *Ref { return r.child(m, childKey{rel: rel}) }

func (r *Ref) child(m *Model, key childKey) *Ref {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.children[key]; c != nil {
		return c
	}
	c := NewRef(m, r, key.via, key.reverse)
	c.Rel = key.rel
	if r.children == nil {
		r.children = map[childKey]*Ref{}
	}
	r.children[key] = c
	return c
}

// Root is the first reference value of the path.
func (r *Ref) Root() *Ref {
	for r.Parent != nil {
		r = r.Parent
	}
	return r
}

// Resolve returns the relations that lead to the column and the column's field. A path to a relation itself (&a.Author,
// &a.Tags) has a nil field or the key's column.
func (p *Path) Resolve() ([]*Relation, *Field, error) {
	p.once.Do(func() {
		p.steps, p.err = p.Ref.steps()
		if p.err != nil {
			return
		}
		if p.err = p.Ref.Model.Ready(); p.err != nil {
			return
		}
		p.field = p.Ref.Model.byOffset[p.Offset]
		if p.field == nil {
			p.err = fmt.Errorf("orm: %s.%s is not a field of the model", p.Ref.Model.GoName(), p.Name)
		}
	})
	return p.steps, p.field, p.err
}

func (r *Ref) steps() ([]*Relation, error) {
	if r.Parent == nil {
		return nil, nil
	}
	steps, err := r.Parent.steps()
	if err != nil {
		return nil, err
	}
	if r.Rel != nil {
		return append(steps[:len(steps):len(steps)], r.Rel), nil
	}
	owner := r.Via.Ref.Model
	if err := owner.Ready(); err != nil {
		return nil, err
	}
	f := owner.byOffset[r.Via.Offset]
	if f == nil || f.Rel == nil {
		return nil, fmt.Errorf("orm: %s.%s is not a relation", owner.GoName(), r.Via.Name)
	}
	rel := f.Rel
	if r.Reverse {
		rel = rel.Back()
	}
	return append(steps[:len(steps):len(steps)], rel), nil
}

// Name is what the last step of the path is called in Go.
func (r *Ref) Name() string {
	if r.Rel != nil {
		return r.Rel.To.GoName()
	}
	return r.Via.Name
}

// Leaf returns the path of a field of the reference value by its offset.
func (r *Ref) Leaf(offset uintptr) *Path { return r.leaves[offset] }

// String is the path as a person would write it: Article.Author.Username.
func (p *Path) String() string {
	s := p.Name
	for r := p.Ref; r != nil; r = r.Parent {
		if r.Parent == nil {
			return r.Model.GoName() + "." + s
		}
		s = r.Name() + "." + s
	}
	return s
}
