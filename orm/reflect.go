package orm

import (
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// LabelLower is the label in lower case: "news.article". Django: _meta.label_lower.
func (m Model) LabelLower() string { return strings.ToLower(m.Label()) }

// TableIn is the table's name in a database, which may take shorter names only (Table is the name where any do). Django:
// _meta.db_table.
func (m Model) TableIn(db *DB) string {
	_ = m.p.Described()
	return m.p.TableIn(db.d.MaxName)
}

// IsSwappable says that another site may put a model of its own in this one's place (Meta.Swappable).
func (m Model) IsSwappable() bool { _ = m.p.Described(); return m.p.Schema.Swappable }

// Field returns a field of the model or of its parents by its name, or the name of its column; "pk" is the primary key, if that
// is one field. The value is shared: do not change it. Django: _meta.get_field.
func (m Model) Field(name string) (*schema.Field, bool) {
	_ = m.p.Ready()
	f := m.p.FieldNamed(name)
	if f == nil || f.Extra || f.S == nil || f.S.Kind == schema.Invalid {
		return nil, false
	}
	return f.S, true
}

// ConcreteFields are the fields with a column, those of parents first. Django: _meta.concrete_fields.
func (m Model) ConcreteFields() []*schema.Field {
	return m.fields(func(p *plan.Model) []*plan.Field { return p.Columns })
}

// LocalFields are the fields with a column in the model's own table. Django: _meta.local_concrete_fields.
func (m Model) LocalFields() []*schema.Field {
	return m.fields(func(p *plan.Model) []*plan.Field { return p.Local })
}

// PKFields are the fields of the primary key: one, or those of a composite key. Django: _meta.pk_fields.
func (m Model) PKFields() []*schema.Field {
	return m.fields(func(p *plan.Model) []*plan.Field { return p.Key })
}

// ManyToMany are the many-to-many fields. Django: _meta.many_to_many.
func (m Model) ManyToMany() []*schema.Field {
	return slices.DeleteFunc(m.AllFields(), func(f *schema.Field) bool { return f.Kind != schema.ManyToMany })
}

func (m Model) fields(of func(p *plan.Model) []*plan.Field) []*schema.Field {
	_ = m.p.Ready()
	list := of(m.p)
	out := make([]*schema.Field, len(list))
	for i, f := range list {
		out[i] = f.S
	}
	return out
}

// RelatedObject is the way back of a relation that leads to a model. Django: ManyToOneRel and its like.
type RelatedObject struct {
	// Model is the model whose field leads here, Field that field.
	Model Model
	Field *schema.Field
	// Name is what look-ups call the way back, Accessor what Django calls it on objects: comment, comment_set. Both are empty for
	// one that is hidden.
	Name, Accessor string
	// Many says that many rows may lead to one: false for a one-to-one field.
	Many bool
}

// RelatedObjects are the ways back to a model from those of the set, hidden ones too, in the order of the models. Django:
// _meta.get_fields and related_objects.
func (r *Registry) RelatedObjects(m Model) []RelatedObject {
	var out []RelatedObject
	for _, back := range r.pointing(m.p) {
		o := RelatedObject{Model: Model{back.Field.Model}, Field: back.Field.S, Many: back.Multi()}
		if !hiddenName(back.Field.S.Rel.RelatedName) {
			o.Name, o.Accessor = back.Name, back.Accessor
		}
		out = append(out, o)
	}
	return out
}
