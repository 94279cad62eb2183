package orm

import (
	"context"
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/orm/internal/plan"
)

// foreign is a ForeignKey that knows the model it points to as a value and not as a type: the same fields, so that Go converts
// between them. The methods of ForeignKey lead to those here, which the compiler makes for each type of key and not for each model.
type foreign[K comparable] struct {
	ID   K
	link plan.Link
}

// keyText is not part of its callers' code: it would only cost the compiler.
//
//go:noinline
func keyText[K comparable](key K) string { return fmt.Sprint(key) }

// into is the reference value of the model behind the relation at an address of a reference value. The relation's type and
// the method that loads it are for the message to who asks a loaded object.
func into(at plan.Pointer, to *plan.Model, relation, load string) plan.Pointer {
	p := plan.Lookup(at)
	if p == nil {
		panic(fmt.Sprintf("orm: %s[%s].To walks key paths of orm.Fields; use %s(ctx) on a loaded object", relation, to.Type.Name(), load))
	}
	return p.Ref.Child(to, p, false).Base
}

func (f *foreign[K]) get(ctx context.Context, to *plan.Model) (plan.Pointer, error) {
	if l := &f.link; l.Peers != nil {
		l.Peers.Lock()
		defer l.Peers.Unlock()
	}
	if obj := f.cached(to); obj != nil {
		return obj, nil
	}
	if f.columnless() {
		if err := loadJoined(ctx, &f.link, to); err != nil {
			return nil, err
		}
		if obj := f.cached(to); obj != nil {
			return obj, nil
		}
		return nil, fmt.Errorf("orm: %s %v: %w", to.GoName(), joinedKey(&f.link).Any(), ErrNotFound)
	}
	if f.isNull() {
		if err := loadKey(ctx, &f.link); err != nil {
			return nil, err
		}
	}
	if f.isNull() {
		return nil, nullRelation(to)
	}
	if err := f.load(ctx, to); err != nil {
		return nil, err
	}
	if obj := f.cached(to); obj != nil {
		return obj, nil
	}
	return nil, fmt.Errorf("orm: %s %v: %w", to.GoName(), f.ID, ErrNotFound)
}

func nullRelation(to *plan.Model) error {
	return fmt.Errorf("orm: the relation to %s is null: %w", to.GoName(), ErrNotFound)
}

// loadKey loads a foreign key's column if the query left it out.
func loadKey(ctx context.Context, l *plan.Link) error {
	if l.Rel == nil || !l.Peers.Lacks(l.Rel.Field) {
		return nil
	}
	return loadFields(ctx, l.Rel.From, l.Owner, []*plan.Field{l.Rel.Field})
}

// load loads the object, for the peers too.
func (f *foreign[K]) load(ctx context.Context, to *plan.Model) error {
	if f.link.Rel == nil { // the object was made by hand: ask for the one row
		return loadByKey(ctx, &f.link, to, Lookup("pk", f.ID))
	}
	return loadForPeers(ctx, &f.link, f.link.Owner)
}

// cached returns the loaded object if it is the one that ID names now, or nil.
func (f *foreign[K]) cached(to *plan.Model) plan.Pointer {
	obj := loadedAs(f.link.Loaded, to)
	if obj == nil || to.Ready() != nil {
		return nil
	}
	if f.columnless() {
		if leadsTo(&f.link, obj) {
			return obj
		}
		return nil
	}
	target := f.target(to)
	switch {
	case target == nil:
		return nil
	case target.Rel == nil && target.Type != typeOf[K](): // another column than the key is pointed to; Save knows which
		if f.link.Done || !f.isNull() {
			return nil
		}
	case *plan.At[K](target.At(obj)) != f.ID:
		return nil
	}
	return obj
}

// loadedAs is the address of a link's object if it is one of the model's type.
func loadedAs(obj any, m *plan.Model) plan.Pointer {
	if obj == nil {
		return nil
	}
	if v := reflect.ValueOf(obj); v.Kind() == reflect.Pointer && v.Type().Elem() == m.Type {
		return v.UnsafePointer()
	}
	return nil
}

// target is the field of the other model that the key is of.
func (f *foreign[K]) target(to *plan.Model) *plan.Field {
	if f.link.Rel != nil {
		return to.FieldNamed(f.link.Rel.ToColumn)
	}
	return to.PK
}

func (f *foreign[K]) loaded(to *plan.Model) plan.Pointer {
	if l := &f.link; l.Peers != nil {
		l.Peers.Lock()
		defer l.Peers.Unlock()
	}
	return f.cached(to)
}

func (f *foreign[K]) set(to *plan.Model, obj plan.Pointer) {
	if l := &f.link; l.Peers != nil {
		l.Peers.Lock()
		defer l.Peers.Unlock()
	}
	var zero K
	f.ID, f.link.Loaded, f.link.Done = zero, nil, false
	if f.columnless() {
		if obj != nil {
			f.link.Loaded = to.Box(obj)
		}
		setJoined(&f.link, obj)
		return
	}
	if obj == nil {
		return
	}
	f.link.Loaded = to.Box(obj) // without Done it waits for its key: takeKeys
	if to.Ready() != nil {
		return
	}
	if target := f.target(to); target != nil && target.Type == typeOf[K]() {
		f.ID = *plan.At[K](target.At(obj))
		f.link.Done = f.ID != zero && f.link.Rel != nil
	}
}

func (f *foreign[K]) isNull() bool {
	if f.columnless() {
		return joinedNull(&f.link)
	}
	var zero K
	return f.ID == zero
}

func (f *foreign[K]) templateValue(ctx context.Context, to *plan.Model) (any, error) {
	if f.isNull() && (f.link.Rel == nil || !lacksAny(f.link.Peers, f.link.Rel.Field)) {
		return nil, nil
	}
	obj, err := f.get(ctx, to)
	if err == nil {
		return to.Box(obj), nil
	}
	if f.isNull() && IsNotFound(err) {
		return nil, nil
	}
	return nil, err
}
