package orm

import (
	"context"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Reference describes a foreign key; Ref and OneToOne make it.
//
//	orm.Ref(&a.Author).OnDelete(orm.Cascade).RelatedName("articles")
type Reference[K comparable] struct{ d declaration }

func (r *Reference[K]) declare() *declaration { return &r.d }

// Ref describes a foreign key. It is not null, with an index, and protected from the deletion of the row it points to,
// unless said otherwise.
func Ref[T any, K comparable](f *ForeignKey[T, K]) *Reference[K] {
	return reference[K](plan.PointerTo(f), schema.ForeignKey)
}

// OneToOne describes a foreign key that each row of the other model may have once.
func OneToOne[T any, K comparable](f *ForeignKey[T, K]) *Reference[K] {
	return reference[K](plan.PointerTo(f), schema.OneToOne)
}

func reference[K comparable](at plan.Pointer, kind schema.Kind) *Reference[K] {
	return &Reference[K]{declaration{addr: at, s: schema.Field{Kind: kind, Unique: kind == schema.OneToOne, Rel: &schema.Relation{}}}}
}

// OnDelete is what happens to the rows when the row that they point to is deleted.
func (r *Reference[K]) OnDelete(o OnDelete) *Reference[K] { r.d.s.Rel.OnDelete = o; return r }

// OnDeleteSet points the rows to another one when the row that they point to is deleted. Django: on_delete=SET(value).
func (r *Reference[K]) OnDeleteSet(key K) *Reference[K] {
	return r.OnDeleteSetFunc(func(context.Context) (K, error) { return key, nil })
}

// OnDeleteSetFunc is OnDeleteSet with a key that is found when it is needed, in the transaction of the delete: the key of a
// user "deleted", who is made if he is not there. It is asked once for each field. Django: on_delete=SET(callable).
func (r *Reference[K]) OnDeleteSetFunc(f func(ctx context.Context) (K, error)) *Reference[K] {
	r.d.s.Rel.OnDelete = schema.SetValue
	r.d.onDelete = func(ctx context.Context, p plan.Pointer) error {
		key, err := f(ctx)
		*plan.At[K](p) = key
		return err
	}
	return r
}

// Default is the key of a new object that has none, and what OnDelete(SetDefault) sets.
func (r *Reference[K]) Default(key K) *Reference[K] {
	r.d.s.Default = any(key)
	r.d.deflt = func(p plan.Pointer, _ bool) { *plan.At[K](p) = key } // the key comes first in a ForeignKey
	return r
}

// DefaultFunc computes the key of a new object that has none, and what OnDelete(SetDefault) sets.
func (r *Reference[K]) DefaultFunc(f func() K) *Reference[K] {
	r.d.s.DefaultFunc = true
	r.d.deflt = func(p plan.Pointer, _ bool) { *plan.At[K](p) = f() }
	return r
}

// DBDefault is the default that the database itself knows, and what OnDelete(DBSetDefault) sets.
func (r *Reference[K]) DBDefault(key K) *Reference[K] {
	v, err := valueOf(key)
	if err != nil {
		r.d.err = err
	}
	r.d.s.DBDefault = expr.Literal{Value: v}
	return r
}

// LimitChoices says which rows of the other model the field may point to: FullClean refuses others, and forms do not offer
// them. The conditions begin at the other model: orm.Eq(&u.IsStaff, true), or orm.Lookup("is_staff", true). Neither Save nor
// the database look at them. Django: limit_choices_to.
func (r *Reference[K]) LimitChoices(ps ...Predicate) *Reference[K] {
	r.d.choices = &choiceLimit{fixed: ps}
	return r
}

// LimitChoicesFunc is LimitChoices with conditions that are made when they are needed: those of today.
func (r *Reference[K]) LimitChoicesFunc(f func(ctx context.Context) []Predicate) *Reference[K] {
	r.d.choices = &choiceLimit{of: f}
	return r
}

// Comment stands on the column in the database.
func (r *Reference[K]) Comment(text string) *Reference[K] { r.d.s.Comment = text; return r }

// Null lets the column be null: a zero ID. A ForeignObject that says it may lead nowhere; where one of its columns may be
// null, it does by itself.
func (r *Reference[K]) Null() *Reference[K] { r.d.s.Null = true; return r }

// RelatedName names the way back in look-ups: Author -> articles. "+" hides it.
func (r *Reference[K]) RelatedName(name string) *Reference[K] {
	r.d.s.Rel.RelatedName = name
	return r
}

// RelatedQueryName names the way back in look-ups only.
func (r *Reference[K]) RelatedQueryName(name string) *Reference[K] {
	r.d.s.Rel.RelatedQuery = name
	return r
}

// ToField points to another unique field than the primary key, by its name: "code".
// A ForeignObject points to as many fields as it has columns, which are unique together.
func (r *Reference[K]) ToField(names ...string) *Reference[K] {
	r.d.s.Rel.ToField, r.d.s.Rel.ToFields = "", names
	if len(names) == 1 {
		r.d.s.Rel.ToField, r.d.s.Rel.ToFields = names[0], nil
	}
	return r
}

// Columns names the fields of the model that hold the other row's key, by address, in the order of the key: for a
// ForeignObject, which has no column of its own.
func (r *Reference[K]) Columns(fields ...any) *Reference[K] { r.d.columns = fields; return r }

// Column names the database column. Default: the field's name and _id.
func (r *Reference[K]) Column(name string) *Reference[K] { r.d.s.Column = name; return r }

// Name gives the field's name in look-ups. Default: the Go name in snake case.
func (r *Reference[K]) Name(name string) *Reference[K] { r.d.s.Name = name; return r }

// PrimaryKey makes the relation the key of its model.
func (r *Reference[K]) PrimaryKey() *Reference[K] { r.d.s.PrimaryKey = true; return r }

// Unique allows each value once.
func (r *Reference[K]) Unique() *Reference[K] { r.d.s.Unique = true; return r }

// NoIndex leaves out the index.
func (r *Reference[K]) NoIndex() *Reference[K] { r.d.s.NoIndex = true; return r }

// NoConstraint leaves the foreign key constraint out of the table.
func (r *Reference[K]) NoConstraint() *Reference[K] { r.d.s.Rel.NoConstraint = true; return r }

// Blank lets forms leave the field empty.
func (r *Reference[K]) Blank() *Reference[K] { r.d.s.Blank = true; return r }

// Verbose is the field's name for people.
func (r *Reference[K]) Verbose(name string) *Reference[K] { r.d.s.VerboseName = name; return r }

// Help is the hint beside the field in forms.
func (r *Reference[K]) Help(text string) *Reference[K] { r.d.s.HelpText = text; return r }

// NotEditable keeps the field out of forms.
func (r *Reference[K]) NotEditable() *Reference[K] { r.d.s.NotEditable = true; return r }

// OnDelete is what happens to rows that point to a deleted row.
type OnDelete = schema.OnDelete

// The choices for Ref.OnDelete, as in Django. The DB forms leave the work to the database.
const (
	Protect      = schema.Protect
	Cascade      = schema.Cascade
	Restrict     = schema.Restrict
	SetNull      = schema.SetNull
	SetDefault   = schema.SetDefault
	DoNothing    = schema.DoNothing
	DBCascade    = schema.DBCascade
	DBSetNull    = schema.DBSetNull
	DBSetDefault = schema.DBSetDefault
)
