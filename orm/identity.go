package orm

import (
	"context"
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Same says whether two objects stand for the same row: they are of one model, or of a model and its proxy, and their keys are
// equal. An object that is not saved is the same as itself only, and nil as nil. Django: obj == other.
func Same[A, B any](a *A, b *B) bool {
	m, n := model[A](), model[B]()
	p, q := plan.PointerTo(a), plan.PointerTo(b)
	if p == nil || q == nil || m.Ready() != nil || n.Ready() != nil {
		return p == q
	}
	if m.Concrete() != n.Concrete() {
		return false
	}
	return p == q || hasKey(m, p) && hasKey(n, q) && len(m.Key) > 0 && rowKey(m, p) == rowKey(n, q)
}

// Identity is which row an object stands for, as a map key. Two are equal when Same holds for their objects.
//
//	seen := map[orm.Identity]bool{}
type Identity struct {
	model *plan.Model
	key   string
}

// IdentityOf is the identity of an object. It is ErrNotSaved for one without a key: its identity would change when it is saved.
// Django: hash(obj).
func IdentityOf[T any](obj *T) (Identity, error) {
	m, p := model[T](), plan.PointerTo(obj)
	if err := m.Ready(); err != nil {
		return Identity{}, err
	}
	switch {
	case p == nil:
		return Identity{}, noObject("IdentityOf", m)
	case len(m.Key) == 0:
		return Identity{}, m.Keyless
	case !hasKey(m, p):
		return Identity{}, fmt.Errorf("orm: IdentityOf(%s): %w", m.GoName(), ErrNotSaved)
	}
	return Identity{m.Concrete(), rowKey(m, p)}, nil
}

// String is the model's label and the key: "news.Article 7".
func (i Identity) String() string {
	if i.model == nil {
		return "no object"
	}
	return i.model.Label() + " " + i.key
}

// GetField reads a field of an object by its name in look-ups or its column's: "slug", "author_id"; a relation's name is its key.
// It is an error for a field that the object's query left out (Load it). SetField is the other way. Django: serializable_value.
func GetField[T any](obj *T, name string) (any, error) {
	m, p := model[T](), plan.PointerTo(obj)
	if err := m.Ready(); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, noObject("GetField", m)
	}
	if name == "pk" {
		return keyOf(m, p), nil
	}
	f := m.FieldNamed(name)
	if f == nil || !f.S.HasColumn() {
		return nil, unknownField(m, name)
	}
	if m.StateOf(p).Lacks(f) && f.Codec.Zero(f.At(p)) {
		return nil, fmt.Errorf("orm: GetField: %s.%s was not loaded by the query (orm.Load it)", m.GoName(), f.GoName)
	}
	t := f.Type
	if f.Rel != nil && !f.ParentLink {
		t = t.Field(0).Type // a foreign key begins with its value
	}
	return reflect.NewAt(t, f.At(p)).Elem().Interface(), nil
}

// SaveNamed is Save of fields by their names in look-ups, for the edges where names come from outside. No names is nothing to
// save: neither a statement nor a signal. Django: save(update_fields=names).
func SaveNamed[T any](ctx context.Context, obj *T, names ...string) error {
	m := model[T]()
	if err := m.Ready(); err != nil {
		return err
	}
	fields := make([]any, len(names))
	for i, name := range names {
		f := m.FieldNamed(name)
		if f == nil || f.Extra || f.Tuple == nil && !f.S.HasColumn() {
			return unknownField(m, name)
		}
		fields[i] = reflect.NewAt(f.Type, f.At(m.Root().Base)).Interface()
	}
	return save(ctx, m, plan.PointerTo(obj), "", fields)
}

// unknownField is the error for a name that is none of a column of the model.
func unknownField(m *plan.Model, name string) error {
	var names []string
	for _, f := range m.Columns {
		names = append(names, f.S.Name)
	}
	return &compile.FieldError{Name: name, Model: m.GoName(), Choices: names}
}
