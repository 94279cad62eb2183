package orm

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Record is an object of a model that is known only when the program runs: what serializers and imports work with. Its
// fields are read and written as the database stores them. A Record is not safe for concurrent use.
type Record struct {
	m *plan.Model
	p plan.Pointer
	// texts are the JSON columns as the database wrote them, by the field's index. A Go value need not keep all: the order of
	// keys, 1.0 beside 1.
	texts map[int]string
	// given are the fields that Set was called for.
	given columnSet
}

// NewRecord makes an object of the model with zero values.
func (m Model) NewRecord() *Record { return &Record{m: m.p, p: m.p.New()} }

// RecordOf is an object, a *T of a model T, as a record. Both are the same object.
func RecordOf(obj any) (*Record, error) {
	v := reflect.ValueOf(obj)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return nil, fmt.Errorf("orm: a %T is no object of a model (give a pointer to one)", obj)
	}
	m := plan.OfType(v.Type().Elem(), describe)
	if err := (Model{m}).Err(); err != nil {
		return nil, err
	}
	return &Record{m: m, p: v.UnsafePointer()}, nil
}

// Model describes the record's model.
func (r *Record) Model() Model { return Model{r.m} }

// Object is the object, a *T.
func (r *Record) Object() any { return r.m.Box(r.p) }

// Load reads columns that the query of the object left out, as Load does of an object: those named, or all. Other fields, such
// as many-to-many relations, are left alone.
func (r *Record) Load(ctx context.Context, fields ...RecordField) error {
	g := r.m.StateOf(r.p)
	if g == nil || !g.Partial {
		return nil
	}
	var only []*plan.Field
	for _, f := range fields {
		if f.f != nil && f.f.S.HasColumn() {
			only = append(only, r.own(f.f))
		}
	}
	if len(fields) > 0 && len(only) == 0 {
		return nil
	}
	g.Lock()
	defer g.Unlock()
	return loadFields(ctx, r.m, r.p, only)
}

// RecordField is a field of a model as records know it: a column, or a many-to-many relation.
type RecordField struct{ f *plan.Field }

// RecordFields are the fields of the model's own table in the order of the struct: the columns, then the many-to-many
// relations. Those of parents are not among them: their rows are records of their own. Django: _meta.local_fields and
// local_many_to_many.
func (m Model) RecordFields() []RecordField {
	_ = m.p.Ready()
	concrete := m.p.Concrete()
	var columns, many []RecordField
	for _, f := range concrete.Local {
		columns = append(columns, RecordField{f})
	}
	for _, f := range concrete.Fields {
		if f.Rel != nil && f.Rel.Kind == plan.Many && f.Origin == nil {
			many = append(many, RecordField{f})
		}
	}
	return append(columns, many...)
}

// RecordField is the field with a name, also one of a parent; "pk" is the key. It is false when there is none.
func (m Model) RecordField(name string) (RecordField, bool) {
	_ = m.p.Ready()
	f := m.p.FieldNamed(name)
	if f == nil || f.Extra || f.S.Name != name && name != "pk" || !f.S.HasColumn() && (f.Rel == nil || f.Rel.Kind != plan.Many) {
		return RecordField{}, false
	}
	return RecordField{f}, true
}

// KeyFields are the fields of the primary key: one, or those of a composite key.
func (m Model) KeyFields() []RecordField {
	_ = m.p.Ready()
	out := make([]RecordField, len(m.p.Key))
	for i, f := range m.p.Key {
		out[i] = RecordField{f}
	}
	return out
}

// NaturalKey are the fields that name an object in place of its primary key (Meta.NaturalKey), none if it has no such.
func (m Model) NaturalKey() []RecordField {
	_ = m.p.Ready()
	out := make([]RecordField, len(m.p.Natural))
	for i, f := range m.p.Natural {
		out[i] = RecordField{f}
	}
	return out
}

// Schema describes the field. The value is shared: do not change it.
func (f RecordField) Schema() *schema.Field { return f.f.S }

// GoName is the name of the struct's field.
func (f RecordField) GoName() string { return f.f.GoName }

// IsZero says that the value is no field.
func (f RecordField) IsZero() bool { return f.f == nil }

// IsMany says that the field is a many-to-many relation, which has no column.
func (f RecordField) IsMany() bool { return !f.f.S.HasColumn() }

// HasThrough says that a many-to-many relation has a model of its own between: its rows are records too.
func (f RecordField) HasThrough() bool {
	return f.f.Rel != nil && f.f.Rel.Through != nil && !f.f.Rel.Through.Hidden
}

// HasDefault says that a new object has a value there that nobody gave: a default, a present time, a value of the database.
func (f RecordField) HasDefault() bool {
	return f.f.Default != nil || f.f.Now != nil || f.f.S.DBDefault != nil || f.f.S.Kind.IsAuto()
}

// Related is what a relation leads to: the model, and its field that a column of the relation holds. The model is zero for
// other fields.
func (f RecordField) Related() (Model, RecordField) {
	if f.f.Rel == nil {
		return Model{}, RecordField{}
	}
	to := f.f.Rel.To
	_ = to.Ready()
	if f.f.S.HasColumn() {
		return Model{to}, RecordField{to.FieldNamed(f.f.Rel.ToColumn)}
	}
	return Model{to}, RecordField{to.PK}
}

// Value reads a column as it is stored. A JSON column of a record that a RecordQuery read has the text that the database gave.
func (r *Record) Value(f RecordField) dialect.Value {
	own := r.own(f.f)
	if text, ok := r.texts[own.Index]; ok {
		return dialect.Value{Kind: dialect.JSON, S: text}
	}
	v := own.Codec.Get(own.At(r.p))
	if v.Kind == dialect.JSON && v.S == "null" && own.Nullable && own.Codec.Zero(own.At(r.p)) {
		return dialect.Value{}
	}
	return v
}

// own is the field as the record's model knows it: a proxy has its model's fields at another place.
func (r *Record) own(f *plan.Field) *plan.Field {
	if f.Model == r.m {
		return f
	}
	if own := r.m.FieldNamed(f.S.Name); own != nil {
		return own
	}
	return f
}

// Set gives a column a value in its stored form, which the field's type must be able to hold. A Null is refused where the
// column cannot be null.
func (r *Record) Set(f RecordField, v dialect.Value) error {
	own := r.own(f.f)
	if v.Kind == dialect.Null && !own.Nullable && !slices.Contains(r.m.Key, own) {
		return fmt.Errorf("orm: %s.%s cannot be null", r.m.GoName(), own.GoName)
	}
	if own.Custom != nil && v.Kind != dialect.Null {
		stored, err := own.Custom.Encode(v)
		if err != nil {
			return fmt.Errorf("orm: %s.%s: %w", r.m.GoName(), own.GoName, err)
		}
		v = stored
	}
	if err := own.Codec.Set(own.At(r.p), valueRow{v}, 0); err != nil {
		return fmt.Errorf("orm: %s.%s: %w", r.m.GoName(), own.GoName, err)
	}
	if own.Rel != nil && !own.ParentLink {
		own.LinkAt(r.p).Loaded = nil
	}
	delete(r.texts, own.Index)
	if v.Kind == dialect.JSON {
		if r.texts == nil {
			r.texts = map[int]string{}
		}
		r.texts[own.Index] = v.S
	}
	r.given.add(own)
	return nil
}

// Given says that Set was called for the field.
func (r *Record) Given(f RecordField) bool {
	i := r.own(f.f).Index
	return r.given[i/64%4]&(1<<(i%64)) != 0
}

// HasKey says that the record has a primary key. A composite key always counts as one.
func (r *Record) HasKey() bool {
	return hasKey(r.m, r.p) || r.Given(RecordField{r.m.PK})
}

// Fill gives the fields that nobody set what a new object has there: defaults and, for automatic times, the present.
func (r *Record) Fill() {
	for _, f := range r.m.Local {
		if r.Given(RecordField{f}) || !f.Codec.Zero(f.At(r.p)) {
			continue
		}
		switch {
		case f.Now != nil:
			f.Now(f.At(r.p))
		case f.Default != nil:
			f.Default(f.At(r.p))
		}
	}
}

// naturalKey finds the fields of Meta.NaturalKey.
func (d *describer) naturalKey(fields []any) {
	for _, f := range fields {
		pf, _, err := fieldOf(d.m, f)
		switch {
		case err != nil:
			d.problem("orm.E004", "", "NaturalKey: %w", err)
		case !pf.S.HasColumn() || pf.Extra:
			d.problem("orm.E004", "", "NaturalKey: %s is not a column", pf.GoName)
		default:
			d.m.Natural = append(d.m.Natural, pf)
		}
	}
}
