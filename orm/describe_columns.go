package orm

import (
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// span is a relation without a column of its own, whose columns are not known before all fields are.
type span struct {
	f       *plan.Field
	columns []any
}

// foreignObject adds a relation over columns of the model.
func (d *describer) foreignObject(f *plan.Field, fd schema.Field, decl *declaration) {
	rel := fd.Rel
	switch {
	case len(decl.columns) == 0:
		d.problem("orm.E010", f.GoName, "name the columns that hold the key: orm.Ref(&….%s).Columns(&…, &…)", f.GoName)
		return
	case fd.Column != "" || fd.PrimaryKey:
		d.problem("orm.E010", f.GoName, "it has no column of its own: Column and PrimaryKey are said of those that Columns names")
		return
	case len(decl.validate)+len(decl.dates) > 0:
		d.problem("orm.E010", f.GoName, "it has no column of its own: Validate and UniqueForDate are said of those that Columns names")
		return
	case decl.deflt != nil || decl.onDelete != nil || fd.DBDefault != nil || fd.Comment != "":
		d.problem("orm.E010", f.GoName, "it has no column of its own: defaults and comments are those of the fields that Columns names (OnDelete(SetDefault) sets them)")
		return
	}
	fd.Unique = fd.Unique || fd.Kind == schema.OneToOne
	fd.Kind = schema.ForeignObject
	if rel.ToField != "" {
		rel.ToField, rel.ToFields = "", []string{rel.ToField}
	}
	d.spans = append(d.spans, span{f, decl.columns})
	d.add(f, fd)
	f.Column = ""
	f.Rel.OnComplete(completeJoined)
}

// spanColumns finds the columns of relations that have none of their own.
func (d *describer) spanColumns() {
	for _, sp := range d.spans {
		f := sp.f
		var columns []*plan.Field
		ok := true
		null, all := 0, len(sp.columns)
		for _, addr := range sp.columns {
			c, _, err := fieldOf(d.m, addr)
			switch {
			case err != nil:
				d.problem("orm.E010", f.GoName, "Columns: %w", err)
			case c.Extra || !c.S.HasColumn():
				d.problem("orm.E010", f.GoName, "Columns: %s has no column", c.GoName)
			case len(c.Via) > 0:
				d.problem("orm.E010", f.GoName, "Columns: %s stands in the table of a parent", c.GoName)
			case c.S.Expression != nil && f.S.HasConstraint() && !slices.Contains([]OnDelete{Protect, Cascade, Restrict, DoNothing, DBCascade}, f.S.Rel.OnDelete):
				d.problem("orm.E010", f.GoName, "Columns: %s is computed by the database, and cannot become null or its default (another OnDelete)", c.GoName)
			case slices.Contains(columns, c):
				d.problem("orm.E010", f.GoName, "Columns: %s is there twice", c.GoName)
			default:
				columns = append(columns, c)
				f.S.Rel.Fields = append(f.S.Rel.Fields, c.S.Name)
				if c.Nullable {
					null++
				}
				continue
			}
			ok = false
		}
		if !ok {
			continue
		}
		f.Span(columns)
		f.S.Null = f.S.Null || null > 0
		f.Nullable, f.Rel.Null = f.S.Null, f.S.Null
		switch {
		case f.S.Rel.OnDelete == SetNull && null == 0:
			d.problem("fields.E320", f.GoName, "OnDelete(SetNull) needs a column that may be null: make one of %s a pointer", strings.Join(f.S.Rel.Fields, ", "))
		case f.S.Rel.OnDelete == DBSetNull && null < all:
			d.problem("fields.E320", f.GoName, "OnDelete(DBSetNull) makes all columns null: make each of %s a pointer", strings.Join(f.S.Rel.Fields, ", "))
		}
	}
}

// completeJoined finds what the columns of a relation hold.
func completeJoined(r *plan.Relation) error {
	if err := r.To.Described(); err != nil {
		return err
	}
	from, sr := r.Field.Tuple, r.Field.S.Rel
	to := r.To.Key
	if len(sr.ToFields) > 0 {
		to = nil
		for _, name := range sr.ToFields {
			t := r.To.FieldNamed(name)
			if t == nil || t.Extra || !t.S.HasColumn() {
				return schema.Wrong("fields.E312", "ToField: %s has no column %q", r.To.GoName(), name)
			}
			to = append(to, t)
		}
	}
	sr.To = r.To.Label()
	names := make([]string, len(to))
	for i, t := range to {
		names[i] = t.S.Name
		if len(sr.ToFields) > 0 {
			sr.ToFields[i] = t.S.Name // it may have been named by its column
		}
		if len(t.Via) > 0 {
			return schema.Wrong("orm.E010", "%s.%s stands in the table of a parent: relate to %s", r.To.GoName(), t.GoName, t.Origin.Model.GoName())
		}
	}
	switch {
	case len(to) == 0:
		return schema.Wrong("orm.E010", "%s has no field for the columns to point to", r.To.GoName())
	case len(from) != len(to):
		return schema.Wrong("orm.E010", "Columns names %d (%s), but what they point to in %s are %d (%s)", len(from), strings.Join(sr.Fields, ", "), r.To.GoName(), len(to), strings.Join(names, ", "))
	case len(sr.ToFields) > 0 && !isUniqueSet(r.To, names, !sr.NoConstraint):
		return schema.Wrong("fields.E310", "%s of %s are not unique together: more than one row could be meant (add an orm.UniqueOn to its Constraints)", strings.Join(names, ", "), r.To.GoName())
	}
	if plan.IsOne(r.Field.S) && !isUniqueSet(r.From, sr.Fields, false) {
		return schema.Wrong("orm.E010", "a OneToOne needs columns that are unique together: add an orm.UniqueOn over %s to Constraints (or describe it with orm.Ref)", strings.Join(sr.Fields, ", "))
	}
	for i := range from {
		if err := sameForm(from[i], to[i]); err != nil {
			return err
		}
	}
	r.Join(from, to)
	return nil
}

// isUniqueSet says that no two rows have the same values in the named fields: these, or some of them, are unique. A constraint
// of the database asks for a key or unique constraint of exactly these.
func isUniqueSet(m *plan.Model, names []string, exact bool) bool {
	if len(names) == 1 {
		f := m.FieldNamed(names[0])
		return f != nil && (f.S.PrimaryKey || f.S.Unique)
	}
	same := func(set []string) bool {
		for _, name := range set {
			if !slices.Contains(names, name) {
				return false
			}
		}
		return len(set) == len(names)
	}
	if same(m.Schema.PrimaryKey) || slices.ContainsFunc(m.Schema.UniqueTogether, same) {
		return true
	}
	for _, c := range m.Schema.Constraints {
		if c.Check == nil && c.Where == nil && len(c.Expressions) == 0 && len(c.Exclude) == 0 && c.Deferrable == "" && same(c.Fields) {
			return true
		}
	}
	if exact {
		return false
	}
	return uniqueTogether(&m.Schema, m, names) || slices.ContainsFunc(names, func(name string) bool {
		f := m.FieldNamed(name)
		return f.S.Unique && !f.Nullable || f.S.PrimaryKey
	})
}

// sameForm says that a column can hold the values of another.
func sameForm(from, to *plan.Field) error {
	a, b := from.Stored(), to.Stored()
	switch {
	case (a.Custom == nil) != (b.Custom == nil), a.Custom != nil && a.Custom.Type != b.Custom.Type:
	case a.S.Kind == b.S.Kind, a.S.Kind.IsInteger() && b.S.Kind.IsInteger(), a.S.Kind.IsText() && b.S.Kind.IsText():
		return nil
	}
	if a.Custom != nil && b.Custom != nil && a.Custom.Type == b.Custom.Type {
		return nil
	}
	return schema.Wrong("orm.E011", "column %s is a %s, but what it points to, %s.%s, a %s (give them the same kind)", from.S.Name, a.S.Kind, to.Model.GoName(), to.GoName, b.S.Kind)
}
