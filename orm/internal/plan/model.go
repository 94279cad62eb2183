package plan

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/nuages-go/nuages/orm/schema"
)

// Model is the plan of one Go type.
type Model struct {
	Type   reflect.Type
	Schema schema.Model
	// Fields are the columns and relations in the order of the struct; Columns only those of the table.
	Fields  []*Field
	Columns []*Field
	// Local are the columns of the model's own table: all, unless it has parents.
	Local []*Field
	PK    *Field
	// Key are the fields of the primary key: PK, or those of a composite key.
	Key []*Field
	// Natural are the fields that name an object in place of its key.
	Natural []*Field
	// Order is the default order as it was declared; Ordering resolves it.
	Order []RawOrder
	// Latest are the fields of GetLatestBy.
	Latest []Latest
	// Box makes a *T of an address.
	Box func(p unsafe.Pointer) any
	// block allocates n values next to each other.
	block func(n int) unsafe.Pointer
	// Links are the relation fields that need to know their owner after a load.
	Links []*Field
	// Parts are the relations that a model declares itself, forward and backward, by name.
	Relations map[string]*Relation
	// Readers keeps what reads the rows of a result between queries.
	Readers sync.Pool
	// Parents are the models that this one embeds as models, ProxyOf the one whose table a proxy has.
	Parents []Parent
	ProxyOf *Model
	// Keyless says what is wrong with a model without a key. The rows of a query need none.
	Keyless error
	// Hidden models stand behind many-to-many relations; they have no Go type.
	Hidden bool

	describe func(m *Model) error
	once     sync.Once
	err      error
	linkOnce sync.Once
	linkErr  error
	late     []func() error
	sortOnce sync.Once
	ordering []Order
	sortErr  error
	byOffset map[uintptr]*Field
	byName   map[string]*Field

	refOnce sync.Once
	ref     *Ref

	states states
	// Audit is the model of the history of the rows, or nil; Unaudited are columns that it leaves out.
	Audit     *Model
	Unaudited []string
	// Rank is the field of the place among the rows with the same RankOf, if any.
	Rank   *Field
	RankOf *Path
	// Track keeps the values of loaded objects, for Save to write only what changed.
	Track bool
	// SelectOnSave looks for the row before Save updates it.
	SelectOnSave bool
	// Scopes are conditions that queries of Objects have by themselves. Soft is the field that hides deleted rows, if any.
	Scopes []Scope
	Soft   *Field

	composite *Field // what stands for a composite key
}

// Scope is a condition that queries have by themselves: of a model, or of a struct that it embeds.
type Scope struct {
	Of    reflect.Type
	Preds any // []expr.Pred
}

// Latest is one of the fields that Latest and Earliest look at.
type Latest struct {
	Field *Field
	Desc  bool
}

// OnReady adds a step to Ready, which may look at the descriptions of other models, but not ask whether they are ready.
func (m *Model) OnReady(f func() error) { m.late = append(m.late, f) }

// OnComplete sets what fills the relation's columns when they are needed, not before.
func (r *Relation) OnComplete(f func(r *Relation) error) { r.complete = f }

// Complete fills the relation's columns.
func (r *Relation) Complete() error {
	r.once.Do(func() {
		if r.complete != nil {
			r.err = r.complete(r)
		}
	})
	return r.err
}

// Order is a column of an ordering.
type Order struct {
	Field *Field
	Steps []*Relation
	Desc  bool
	Plain bool
	// Nulls is "first", "last" or nothing.
	Nulls string
	// By, if any, is an expr.Order that names no column by its path: an expression or a name. Field is nil then.
	By any
}

// Field is one field of a Go type.
type Field struct {
	Model *Model
	// S describes the column. It points into Model.Schema.Fields.
	S *schema.Field
	// Column is the column's name.
	Column string
	Offset uintptr
	Type   reflect.Type
	GoName string
	Codec  *Codec
	// Nullable: the column may be null.
	Nullable bool
	// Rel is set for relations.
	Rel *Relation
	// Tuple are the columns of a field that stands for several, or for another one: a relation over them, a composite key.
	Tuple []*Field
	// LinkOffset is where the Link of a relation field stands in the model's struct.
	LinkOffset uintptr
	// UniqueFor are the dates for which each value may be there once.
	UniqueFor []UniqueFor
	// Default makes the value of a new object, or is nil.
	Default func(p unsafe.Pointer)
	// Now sets the present time.
	Now func(p unsafe.Pointer)
	// Extra fields are filled by annotations; they are no columns.
	Extra bool
	// Validate runs the field's validators on the field at p and returns all complaints.
	Validate func(p unsafe.Pointer) []error
	// Messages replace the texts of complaints, by their codes.
	Messages map[string]string
	// Choices makes the choices when they are asked for, or is nil.
	Choices func() []schema.Choice
	// Custom is set for columns with a codec of their own.
	Custom *Custom
	// Limit, if any, says which rows a relation may lead to; package orm knows its type.
	Limit any
	// SetOnDelete writes the key that takes the place of one that is deleted, for OnDelete SetValue.
	SetOnDelete func(ctx context.Context, p unsafe.Pointer) error
	// Parts are the field's own transforms and look-ups: *expr.Part.
	Parts []any
	Index int
	// Origin is the parent's field that an inherited field is, and Via the links to the parent's table. ParentLink says that
	// the field is such a link: its value is the parent's key, in the parent's struct.
	Origin     *Field
	Via        []*Relation
	ParentLink bool
}

var models sync.Map // reflect.Type -> *Model

// Get returns the plan of a type. Describe fills it when it is first needed, not now: package-level values may ask for a
// model before the values that its description uses are there.
func Get[T any](describe func(m *Model) error) *Model {
	return enter(reflect.TypeFor[T](), describe, func(p unsafe.Pointer) any { return (*T)(p) },
		func(n int) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(make([]T, n))) })
}

// enter keeps the plan of a type. It is all of Get that does not need the type as a parameter: the compiler makes this once.
func enter(t reflect.Type, describe func(m *Model) error, box func(unsafe.Pointer) any, block func(n int) unsafe.Pointer) *Model {
	if m, ok := models.Load(t); ok {
		return m.(*Model)
	}
	m, _ := models.LoadOrStore(t, &Model{Type: t, Box: box, block: block, describe: describe})
	return m.(*Model)
}

// OfType is Get for a type that is known by reflection only.
func OfType(t reflect.Type, describe func(m *Model) error) *Model {
	return enter(t, describe, func(p unsafe.Pointer) any { return reflect.NewAt(t, p).Interface() },
		func(n int) unsafe.Pointer { return reflect.MakeSlice(reflect.SliceOf(t), n, n).UnsafePointer() })
}

// New makes a zero value of the model's type.
func (m *Model) New() unsafe.Pointer { return m.block(1) }

// Known returns the plan of a type if it is a model that was asked for before, or nil.
func Known(t reflect.Type) *Model {
	if m, ok := models.Load(t); ok {
		return m.(*Model)
	}
	return nil
}

// NewHidden makes the plan of a table that has no Go type: the one between the sides of a many-to-many relation.
func NewHidden(s schema.Model) *Model {
	m := &Model{Schema: s, Hidden: true}
	for i := range m.Schema.Fields {
		f := &m.Schema.Fields[i]
		m.Fields = append(m.Fields, &Field{Model: m, S: f, Column: f.ColumnName(), GoName: f.Name, Nullable: f.Null})
	}
	return m
}

// Described fills the plan without its relations: two models may lead to each other.
func (m *Model) Described() error {
	m.once.Do(func() {
		if m.describe != nil {
			m.err = m.describe(m)
		}
	})
	return m.err
}

// Ready fills the whole plan and says what is wrong with the model.
func (m *Model) Ready() error {
	if err := m.Described(); err != nil {
		return err
	}
	m.linkOnce.Do(func() {
		var problems []error
		for _, f := range m.Fields {
			if f.Rel == nil {
				continue
			}
			if err := f.Rel.Complete(); err != nil {
				problems = append(problems, m.Mistake("orm.E001", f, err))
			}
		}
		for _, f := range m.late {
			if err := f(); err != nil {
				problems = append(problems, m.Mistake("orm.E001", nil, err))
			}
		}
		m.linkErr = errors.Join(problems...)
	})
	return m.linkErr
}

// RawOrder is a part of a declared order: a key path and its direction.
type RawOrder struct {
	Path *Path
	Desc bool
	// Plain means a relation's column, not the order of what it leads to.
	Plain bool
	Nulls string
	By    any
	Err   error
}

// Ordering is the default order, resolved when it is first used.
func (m *Model) Ordering() ([]Order, error) {
	m.sortOnce.Do(func() {
		for _, o := range m.Order {
			if o.Err != nil {
				m.sortErr = o.Err
				return
			}
			if o.By != nil {
				m.ordering = append(m.ordering, Order{By: o.By, Desc: o.Desc, Nulls: o.Nulls})
				continue
			}
			steps, f, err := o.Path.Resolve()
			if err != nil {
				m.sortErr = err
				return
			}
			if root := o.Path.Ref.Root().Model; root != m { // a parent's order
				steps = append(m.Up(root), steps...)
			}
			m.ordering = append(m.ordering, Order{Field: f, Steps: steps, Desc: o.Desc, Plain: o.Plain, Nulls: o.Nulls})
		}
	})
	return m.ordering, m.sortErr
}

// Root returns the model's reference value.
func (m *Model) Root() *Ref {
	m.refOnce.Do(func() { m.ref = NewRef(m, nil, nil, false) })
	return m.ref
}

// GoName is the type's name.
func (m *Model) GoName() string {
	if m.Type == nil {
		return m.Schema.Name
	}
	return m.Type.Name()
}

// Label is "app.Name".
func (m *Model) Label() string { return m.Schema.Label() }

// TableIn is the table's name in a database that takes names of at most limit characters; 0 is no limit.
func (m *Model) TableIn(limit int) string {
	if limit <= 0 || len(m.Schema.Table) <= limit {
		return m.Schema.Table
	}
	return m.Concrete().Schema.TableName(limit)
}

// FieldAt returns the field at an offset.
func (m *Model) FieldAt(offset uintptr) *Field { return m.byOffset[offset] }

// FieldNamed returns the field with a name as in look-ups, or with a column's name; "pk" is the primary key, a tuple
// if that is composite.
func (m *Model) FieldNamed(name string) *Field {
	if name == "pk" {
		return m.KeyField()
	}
	return m.byName[name]
}

// Finish builds the indexes over Fields after a description.
func (m *Model) Finish() error {
	m.byOffset = make(map[uintptr]*Field, len(m.Fields))
	m.byName = make(map[string]*Field, 2*len(m.Fields))
	var problems []error
	columns := map[string]string{}
	for i, f := range m.Fields {
		f.Index = i
		if !m.Hidden && !f.ParentLink {
			m.byOffset[f.Offset] = f
		}
		if f.Extra {
			m.byName[f.S.Name] = f
			continue
		}
		if other := m.byName[f.S.Name]; other != nil && !other.Extra {
			problems = append(problems, m.Mistake("", f, m.sameName(f, other)))
		}
		m.byName[f.S.Name] = f
		if f.Rel != nil && !m.Hidden && !f.ParentLink {
			m.Links = append(m.Links, f)
		}
		if !f.S.HasColumn() {
			continue
		}
		if len(f.Via) > 0 {
			m.Columns = append(m.Columns, f)
			continue
		}
		if other, ok := columns[strings.ToLower(f.Column)]; ok {
			problems = append(problems, m.Mistake("", nil, schema.Wrong("models.E007", "fields %s and %s have the same column %q (give one a Column)", other, f.GoName, f.Column)))
		}
		columns[strings.ToLower(f.Column)] = f.GoName
		m.Columns, m.Local = append(m.Columns, f), append(m.Local, f)
		if f.S.PrimaryKey {
			m.PK, m.Key = f, []*Field{f}
		}
	}
	for _, list := range [][]*Field{m.Local, m.Columns} {
		for _, f := range list {
			if _, taken := m.byName[f.Column]; !taken {
				m.byName[f.Column] = f
			}
		}
	}
	return errors.Join(problems...)
}

// sameName is the mistake of two fields with one name.
func (m *Model) sameName(f, other *Field) error {
	switch {
	case f.Origin != nil && other.Origin != nil:
		return schema.Wrong("models.E005", "the name %q is taken by a field of a parent: of both %s and %s (give one a Name there)", f.S.Name, other.Origin.Model.GoName(), f.Origin.Model.GoName())
	case f.Origin != nil || other.Origin != nil:
		return schema.Wrong("models.E006", "the name %q is taken by a field of a parent (rename one, or give it a Name)", f.S.Name)
	}
	return schema.Wrong("models.E006", "the name %q is taken by the field %s (rename one, or give it a Name)", f.S.Name, other.GoName)
}

// RelationKind says how a relation leads from row to row.
type RelationKind uint8

// The kinds of relations, forward and backward.
const (
	Forward     RelationKind = iota // a foreign key or one-to-one field
	Backward                        // the rows whose foreign key points here
	BackwardOne                     // the one row whose one-to-one field points here
	Many                            // a many-to-many field
	ManyBack                        // a many-to-many field from the other side
)

// Relation is one way from a model to another.
type Relation struct {
	Kind RelationKind
	// Name is the relation's name in look-ups.
	Name     string
	From, To *Model
	// Field is the field that declares the relation: in From for Forward and Many, in To for the ways back.
	Field *Field
	// FromColumn and ToColumn are joined: for many-to-many, FromColumn = Left of Through and Right of Through = ToColumn.
	FromColumn, ToColumn string
	// More are the further columns of a join of several, and FromTuple and ToTuple stand for all of either side; nil otherwise.
	More               []ColumnPair
	FromTuple, ToTuple *Field
	Left, Right        string
	// Through is the plan of the table between, with its own type or hidden.
	Through *Model
	// Null: a row may have no other side.
	Null bool
	// Accessor is the name of the way back on objects: comment_set.
	Accessor string
	// Origin is the parent's relation that an inherited relation is.
	Origin *Relation

	complete func(r *Relation) error
	once     sync.Once
	err      error
	holder   atomic.Pointer[Field] // once it is found
	mu       sync.Mutex            // guards back
	back     *Relation
}

// Multi says that one row may lead to many.
func (r *Relation) Multi() bool { return r.Kind == Backward || r.Kind == Many || r.Kind == ManyBack }

// Back returns the relation in the other direction. It is the same value each time.
func (r *Relation) Back() *Relation {
	_ = r.Complete() // an error is reported by the model's Ready
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.back != nil {
		return r.back
	}
	if r.Origin != nil {
		r.back = r.backOfChild()
		r.back.back = r
		return r.back
	}
	b := &Relation{
		From: r.To, To: r.From, Field: r.Field, FromColumn: r.ToColumn, ToColumn: r.FromColumn,
		Left: r.Right, Right: r.Left, Through: r.Through, Null: true,
		More: swapped(r.More), FromTuple: r.ToTuple, ToTuple: r.FromTuple,
	}
	switch r.Kind {
	case Forward:
		b.Kind = Backward
		if IsOne(r.Field.S) {
			b.Kind = BackwardOne
		}
	case Backward, BackwardOne:
		b.Kind = Forward
		b.Null = r.Field.Nullable
	case Many:
		b.Kind = ManyBack
	case ManyBack:
		b.Kind = Many
	}
	b.Name, b.Accessor = backNames(r)
	b.back = r
	r.back = b
	return b
}

// backNames are Django's names of the way back: related_query_name, and the accessor (comment_set, or the related name).
func backNames(r *Relation) (query, accessor string) {
	lower := strings.ToLower(r.From.Schema.Name)
	rel := r.Field.S.Rel
	accessor = rel.RelatedName
	if accessor == "" {
		accessor = lower + "_set"
		if IsOne(r.Field.S) {
			accessor = lower
		}
	}
	switch {
	case rel.RelatedQuery != "":
		query = rel.RelatedQuery
	case rel.RelatedName != "":
		query = rel.RelatedName
	default:
		query = lower
	}
	return query, accessor
}

// isLeafStruct says that an embedded struct is one column: time.Time and the types that bring their own codec.
func isLeafStruct(t reflect.Type) bool {
	return t == timeType || isRelationType(t)
}

// UniqueFor says that a field's values are unique for a date, or the month or year of one, in another column.
type UniqueFor struct {
	Unit string // "date", "month", "year"
	Date *Path
}
