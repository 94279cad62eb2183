package orm

import (
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// checkOnDelete sees that what OnDelete says can be done. Django: fields.E320 to E322.
func (d *describer) checkOnDelete(name string, fd *schema.Field) {
	switch o := fd.Rel.OnDelete; {
	case (o == SetNull || o == DBSetNull) && !fd.Null:
		d.problem("fields.E320", name, "OnDelete(%s) needs Null()", o)
	case o == SetDefault && fd.Default == nil && !fd.DefaultFunc:
		d.problem("fields.E321", name, "OnDelete(SetDefault) needs a Default")
	case o == DBSetDefault && fd.DBDefault == nil:
		d.problem("fields.E322", name, "OnDelete(DBSetDefault) needs a DBDefault")
	}
}

// mixedDeletes refuses a foreign key that the program must look after when the row that it points to is deleted, where the
// database deletes such rows by itself: the program would not hear of it. Django: fields.E323.
func mixedDeletes(r *plan.Relation) error {
	own := r.Field.S.Rel.OnDelete
	if own == DoNothing || own.InDatabase() {
		return nil
	}
	for _, f := range r.To.Fields {
		if f.Rel != nil && f.Rel.Kind == plan.Forward && f.S.Rel.OnDelete == DBCascade {
			return schema.Wrong("fields.E323", "OnDelete(%s) leads to %s, whose rows the database deletes (%s has OnDelete(DBCascade)), and so nobody would do it (use OnDelete(DBCascade), DBSetNull or DBSetDefault here too, or Cascade there)", own, r.To.GoName(), f.GoName)
		}
	}
	return nil
}
