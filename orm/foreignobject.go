package orm

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// ForeignObject is a relation over columns that the model has as fields of their own, most often to a model with a composite
// key. Columns says which:
//
//	type Booking struct {
//		ID   int64
//		Hall string
//		Row  int64
//		Seat orm.ForeignObject[Seat] // whose key is a hall and a row
//	}
//
//	orm.Ref(&b.Seat).Columns(&b.Hall, &b.Row).OnDelete(orm.Cascade)
//
// It is a foreign key in all that can be done with it. The table has the constraint over the columns, and an index; with
// NoConstraint neither. It is null when one of the columns is, which are pointers then, or nullable foreign keys. The field
// itself holds the related object only, no key: Set fills the columns in, at once for an object that was loaded or saved, at
// the Save for a new one.
//
// Django: ForeignObject, and what a ForeignKey to a model with a CompositePrimaryKey would be.
type ForeignObject[T any] = ForeignKey[T, NoColumn]

// NoColumn is the type of the key in a ForeignObject, whose key is in other fields.
type NoColumn struct{}

var noColumn = reflect.TypeFor[NoColumn]()

// hasNoColumn says that a Go type is that of a ForeignObject.
func hasNoColumn(t reflect.Type) bool { return t.Field(0).Type == noColumn }

func (f *foreign[K]) columnless() bool {
	var id K
	_, ok := any(id).(NoColumn)
	return ok
}

// leadsTo says that the columns of an object hold the key of another one, which was loaded or set.
func leadsTo(l *plan.Link, to plan.Pointer) bool {
	if l.Rel == nil || l.Owner == nil {
		return true // set, and not saved since
	}
	target := l.Rel.ToField()
	if target == nil {
		return false
	}
	if !l.Done {
		return true // waits for its key
	}
	return target.Codec.Get(target.At(to)).Equal(joinedKey(l))
}

// joinedKey is what the columns of a ForeignObject hold.
func joinedKey(l *plan.Link) dialect.Value { return l.Rel.Field.Codec.Get(l.Rel.Field.At(l.Owner)) }

// joinedNull says that a ForeignObject leads to no row: one of its columns is null.
func joinedNull(l *plan.Link) bool {
	if l.Rel == nil || l.Owner == nil {
		return l.Loaded == nil || pointerOf(l.Loaded) == nil
	}
	return l.Rel.Field.Codec.Zero(l.Rel.Field.At(l.Owner))
}

// lacksAny says that a query left out one of the columns of a relation.
func lacksAny(p *plan.Peers, f *plan.Field) bool { return slices.ContainsFunc(f.Columns(), p.Lacks) }

// loadJoined loads what a ForeignObject leads to, for the object and its peers.
func loadJoined(ctx context.Context, l *plan.Link, to *plan.Model) error {
	if l.Rel == nil || l.Owner == nil {
		return fmt.Errorf("orm: ForeignObject[%s]: the columns of an object that was neither loaded nor saved are not known: %w", to.GoName(), ErrNotSaved)
	}
	f := l.Rel.Field
	if lacksAny(l.Peers, f) {
		if err := loadFields(ctx, l.Rel.From, l.Owner, f.Tuple); err != nil {
			return err
		}
	}
	if joinedNull(l) {
		return nullRelation(to)
	}
	return loadForPeers(ctx, l, l.Owner)
}

// setJoined puts the key of an object into the columns of a ForeignObject. Without an object those that may be null become
// so. An object that is new waits for its Save.
func setJoined(l *plan.Link, to plan.Pointer) {
	if l.Rel == nil || l.Owner == nil {
		return
	}
	if to == nil {
		nullColumns(l.Rel.Field, l.Owner)
		return
	}
	if target := l.Rel.ToField(); target != nil && !lacksKey(l.Rel, to) {
		l.Done = copyKey(l.Rel.Field, l.Owner, target.Codec.Get(target.At(to))) == nil
	}
}

// nullColumns makes the columns of a relation null that may be: the others may be part of more than the relation.
func nullColumns(f *plan.Field, obj plan.Pointer) {
	for _, c := range f.Tuple {
		if c.Nullable {
			_ = setColumn(c, obj, dialect.Value{})
		}
	}
}

// lacksKey says that an object that is set has no key yet: the database gives a part of it.
func lacksKey(rel *plan.Relation, to plan.Pointer) bool {
	target := rel.ToField()
	for _, c := range target.Columns() {
		if c.Codec.Zero(c.At(to)) && (c.S.Kind.IsAuto() || c.Rel != nil) {
			return true
		}
	}
	return target.Codec.Get(target.At(to)).Kind == dialect.Null
}

// copyKey writes a key into the columns of a relation.
func copyKey(f *plan.Field, obj plan.Pointer, key dialect.Value) error {
	if len(f.Tuple) == 1 {
		return setColumn(f.Tuple[0], obj, key)
	}
	parts := key.Values()
	if len(parts) != len(f.Tuple) {
		return fmt.Errorf("orm: %s.%s: a key of %d parts for %d columns", f.Model.GoName(), f.GoName, len(parts), len(f.Tuple))
	}
	for i, c := range f.Tuple {
		if err := setColumn(c, obj, parts[i]); err != nil {
			return err
		}
	}
	return nil
}

// setColumn gives a field a value in the form that columns have. A null makes a foreign key zero.
func setColumn(f *plan.Field, obj plan.Pointer, v dialect.Value) error {
	if v.Kind == dialect.Null && f.Rel != nil {
		return f.Codec.Copy(f.At(obj), f.At(f.Model.New()), f.Type)
	}
	if err := f.Codec.Set(f.At(obj), valueRow{v}, 0); err != nil {
		return fmt.Errorf("orm: %s.%s: %w", f.Model.GoName(), f.GoName, err)
	}
	return nil
}

// takeJoined is takeKeys for a relation without a column of its own.
func takeJoined(m *plan.Model, f *plan.Field, obj plan.Pointer) error {
	l := f.LinkAt(obj)
	to := pointerOf(l.Loaded)
	target := f.Rel.ToField()
	if to == nil || target == nil {
		return nil
	}
	if lacksKey(f.Rel, to) {
		return &UnsavedError{m.GoName(), f.GoName}
	}
	if err := copyKey(f, obj, target.Codec.Get(target.At(to))); err != nil {
		return err
	}
	l.Done = true
	return nil
}

// fillJoined fills the columns of relations that were set while the object was new, as far as the other objects have their
// keys: for a look at the object before its Save.
func fillJoined(m *plan.Model, obj plan.Pointer) {
	for _, f := range m.Links {
		if f.Tuple == nil || f.Rel.Kind != plan.Forward {
			continue
		}
		if l := f.LinkAt(obj); l.Loaded != nil && !l.Done {
			if to := pointerOf(l.Loaded); to != nil && f.Rel.ToField() != nil && !lacksKey(f.Rel, to) {
				_ = copyKey(f, obj, f.Rel.ToField().Codec.Get(f.Rel.ToField().At(to)))
			}
		}
	}
}
