package orm

import (
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Meta is what a model's Meta method says about it: everything that is not a field.
type Meta struct {
	// App is the label of the application. Default: the last element of the type's package path.
	App string
	// Table is the table's name. Default: app_model.
	Table string
	// Name is the model's name in migrations and labels. Default: the type's name.
	Name string
	// VerboseName and VerboseNamePlural are for people. Default: the name in lower case, with spaces; and an s.
	VerboseName, VerboseNamePlural string
	// Proxy says that the model has the table of the one that it embeds: other methods, another default order, a label and
	// permissions of its own, and no fields.
	Proxy bool
	// Ordering is the order of queries that name none: orm.By(orm.Desc(&a.Published)). A child takes that of its first parent;
	// an empty list that is not nil is no order.
	Ordering []Order
	// Indexes over several columns, or with conditions; an index over one column is the field's Index().
	Indexes []Index
	// Constraints that rows must fulfil.
	Constraints []Constraint
	// UniqueTogether lists sets of fields, by address, that are unique together, in Django's older form; new models take
	// UniqueOn.
	UniqueTogether [][]any
	// Unmanaged tables are made by somebody else: migrations leave them alone.
	Unmanaged bool
	// PrimaryKey lists the fields of a composite key, by address.
	PrimaryKey []any
	// NaturalKey lists the fields, by address, that name an object in fixtures in place of its primary key, which may differ
	// between databases: []any{&u.Username}. Of a relation counts the natural key of what it leads to. A child has that of its
	// first parent; an empty list that is not nil is none. Django: natural_key and get_by_natural_key.
	NaturalKey []any
	// LatestBy is the address of the field for Latest and Earliest; a list of them, or of orders, where one does not decide:
	// orm.By(orm.Desc(&a.Priority), orm.Asc(&a.Created)).
	LatestBy any
	// DefaultRelatedName is the RelatedName of the relation fields that have none. "%(class)s" and "%(app_label)s" stand for
	// the model's names.
	DefaultRelatedName string
	// Track remembers the values that loaded objects came with, so that Save writes only the columns that changed (Track).
	Track bool
	// SelectOnSave makes Save look for the row before it updates it, for databases whose triggers hide what an update did.
	// Django: select_on_save.
	SelectOnSave bool
	// Tablespace is where PostgreSQL keeps the table and its indexes; other databases ignore it. Django: db_tablespace.
	Tablespace string
	// Comment stands on the table where the database can.
	Comment string
	// Permissions are added to add, change, delete and view: pairs of code and name.
	Permissions [][2]string
	// DefaultPermissions replaces add, change, delete and view; an empty list that is not nil gives none.
	DefaultPermissions []string
	// Swappable says that another site may put a model of its own in this one's place, such as a user model: migrations of
	// others depend on it by migrate.Swappable.
	Swappable bool
	// RequiredVendor limits the table to one kind of database: "sqlite", "postgresql", "mysql". RequiredFeatures limits it to
	// databases that can do something (dialect.Dialect.Has): "can_distinct_on_fields". Migrations of others leave the table out.
	RequiredVendor   string
	RequiredFeatures []string
}

// Order is one part of an ordering. Make it with Asc, Desc or ByName.
type Order struct {
	o expr.Order
	e error
}

// By makes a list of orders; it reads well in Meta.
func By(orders ...Order) []Order { return orders }

// Asc orders by a column, smallest first. By a relation (&a.Author) means by the other model's default order, by its key
// (&a.Author.ID) by the column itself.
func Asc[V any](f *V) Order { return orderBy(plan.Lookup(plan.PointerTo(f)), typeOf[V](), false) }

// Desc orders by a column, greatest first.
func Desc[V any](f *V) Order { return orderBy(plan.Lookup(plan.PointerTo(f)), typeOf[V](), true) }

func orderBy(p *plan.Path, t reflect.Type, desc bool) Order {
	if p == nil {
		return Order{e: errNotField}
	}
	return Order{o: expr.Order{Path: p, Plain: t != p.Type, Desc: desc}}
}

// exprNode lets an order stand in a functional index: IndexExpr("name", orm.Lower(&a.Title).Desc()).
func (o Order) exprNode() expr.Node {
	n := o.o.Node
	if o.o.Path != nil {
		n = expr.Column{Path: o.o.Path}
	}
	return expr.Sorted{Of: n, Desc: o.o.Desc}
}

// ByName orders by a name as Django writes it: "title", "-author__name", "?" for random. The name is checked against the
// model when the query runs.
func ByName(name string) Order { return Order{o: expr.Order{Name: name}} }

// NullsFirst and NullsLast say where rows without a value go.
func (o Order) NullsFirst() Order { o.o.Nulls = "first"; return o }

// NullsLast puts rows without a value at the end.
func (o Order) NullsLast() Order { o.o.Nulls = "last"; return o }

var errNotField = fmt.Errorf("orm: the address is not that of a field in a reference value (orm.Fields[T]())")

// Index is an index of a table. Make it with IndexOn.
type Index struct {
	fields []any
	name   string
	where  *Predicate
	exprs  []AnyExpr
	own    postgresIndex
}

// IndexOn is an index over fields, given by address, or with a direction: IndexOn(&a.Status, orm.Desc(a.Published)).
func IndexOn(fields ...any) Index { return Index{fields: fields} }

// IndexExpr is an index over expressions, such as orm.Lower(&a.Title). It needs a name.
func IndexExpr(name string, exprs ...AnyExpr) Index { return Index{name: name, exprs: exprs} }

// Name names the index. Default: made from the table and the columns, as Django does.
func (i Index) Name(name string) Index { i.name = name; return i }

// Where limits the index to some rows.
func (i Index) Where(p Predicate) Index { i.where = &p; return i }

// Constraint is a rule for the rows of a table. Make it with UniqueOn, UniqueExpr, CheckThat or Exclude.
type Constraint struct {
	name    string
	fields  []any
	exprs   []AnyExpr
	check   *Predicate
	where   *Predicate
	message string
	code    string
	own     postgresIndex
}

// UniqueOn allows each combination of the fields once.
func UniqueOn(name string, fields ...any) Constraint { return Constraint{name: name, fields: fields} }

// UniqueExpr allows each combination of the expressions once.
func UniqueExpr(name string, exprs ...AnyExpr) Constraint {
	return Constraint{name: name, exprs: exprs}
}

// CheckThat makes the database refuse rows for which the condition does not hold.
func CheckThat(name string, p Predicate) Constraint { return Constraint{name: name, check: &p} }

// Where limits a unique constraint to some rows.
func (c Constraint) Where(p Predicate) Constraint { c.where = &p; return c }

// Message is what people read when validation finds the constraint violated; %(name)s is the constraint's name. Default:
// "Constraint “name” is violated.", and for fields that are unique without a condition "Article with this Slug already
// exists.". Django: violation_error_message.
func (c Constraint) Message(text string) Constraint { c.message = text; return c }

// Code is what programs read then. Default: none, and "unique" or "unique_together" for fields that are unique without a
// condition. Django: violation_error_code.
func (c Constraint) Code(code string) Constraint { c.code = code; return c }

// fieldOf finds the field that an address, given as any, names.
func fieldOf(m *plan.Model, f any) (field *plan.Field, desc bool, err error) {
	var p *plan.Path
	switch f := f.(type) {
	case Order:
		p, desc = f.o.Path, f.o.Desc
		if f.e != nil {
			return nil, false, f.e
		}
	default:
		v := reflect.ValueOf(f)
		if v.Kind() != reflect.Pointer {
			return nil, false, fmt.Errorf("orm: %s: a field is named by its address, not by a %T", m.GoName(), f)
		}
		p = plan.Lookup(v.UnsafePointer())
	}
	switch {
	case p == nil || p.Ref.Parent != nil || p.Ref != m.Root() && !embeds(m, p.Ref.Model):
		return nil, false, fmt.Errorf("orm: %s: %w", m.GoName(), errNotField)
	case p.Ref == m.Root():
		field = m.FieldAt(p.Offset)
	case p.Ref.Model.Described() == nil: // a parent's field
		if pf := p.Ref.Model.FieldAt(p.Offset); pf != nil && m.Inherits(p.Ref.Model) {
			field = m.FieldNamed(pf.S.Name)
		}
	}
	if field == nil {
		return nil, false, fmt.Errorf("orm: %s: %s is not a field of the model", m.GoName(), p.Name)
	}
	return field, desc, nil
}
