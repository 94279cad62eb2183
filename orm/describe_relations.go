package orm

import (
	"reflect"
	"strings"

	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// relation adds a foreign key, a many-to-many field or a way back.
func (d *describer) relation(f *plan.Field, fd schema.Field, decl *declaration, sf reflect.StructField, link uintptr) {
	rf, ok := reflect.New(sf.Type).Interface().(relationField)
	if !ok {
		d.problem("orm.E005", sf.Name, "not a relation")
		return
	}
	f.LinkOffset = f.Offset + link
	if decl.choices != nil {
		f.Limit = decl.choices
	}
	to, kind := rf.leadsTo()
	rel := &plan.Relation{Name: fd.Name, From: d.m, To: to, Field: f, Kind: kind}
	f.Rel = rel
	d.relate(fd.Name, rel)
	d.validation(f, decl, false)
	if rel.Kind == plan.Forward {
		if fd.Kind == schema.Invalid {
			fd.Kind = schema.ForeignKey
		}
		if fd.Rel == nil {
			fd.Rel = &schema.Relation{}
		}
		d.relatedName(fd.Rel)
		if hasNoColumn(sf.Type) {
			d.foreignObject(f, fd, decl)
			return
		}
		if decl.columns != nil {
			d.problem("orm.E010", sf.Name, "Columns is for relations without a column of their own (declare the field as orm.ForeignObject[%s])", to.Type.Name())
			return
		}
		f.Codec = plan.NewCodec(sf.Type, schema.ForeignKey)
		if f.Codec == nil {
			d.problem("orm.E005", sf.Name, "no column for its key")
			return
		}
		f.Nullable, rel.Null = fd.Null, fd.Null
		d.checkOnDelete(sf.Name, &fd)
		if decl.deflt != nil {
			f.Default = func(p plan.Pointer) { decl.deflt(p, false) }
		}
		f.SetOnDelete = decl.onDelete
		toField := fd.Rel.ToField
		d.add(f, fd)
		rel.FromColumn = f.Column
		rel.OnComplete(func(r *plan.Relation) error { return completeForward(r, toField) })
		return
	}
	if decl.hasMany != nil {
		if decl.manyBack {
			rel.Kind = plan.ManyBack
		}
		d.hasMany(f, fd, decl.hasMany)
		return
	}
	if decl.hasChild {
		d.hasChild(f, fd)
		return
	}
	if rel.Kind == plan.BackwardOne {
		d.problem("orm.E012", sf.Name, "describe it with orm.HasOne")
		return
	}
	fd.Kind = schema.ManyToMany
	if fd.Rel == nil {
		fd.Rel = &schema.Relation{}
	}
	d.relatedName(fd.Rel)
	d.add(f, fd)
	var through *plan.Model
	if decl.many != nil {
		through = decl.many.through
	}
	rel.OnComplete(func(r *plan.Relation) error { return completeMany(r, through) })
}

func (d *describer) relate(name string, rel *plan.Relation) {
	if d.m.Relations == nil {
		d.m.Relations = map[string]*plan.Relation{}
	}
	d.m.Relations[name] = rel
}

// hasMany adds a field that holds the rows that point here. It is no column and no part of the schema.
func (d *describer) hasMany(f *plan.Field, fd schema.Field, key *plan.Path) {
	f.S = &fd
	rel := f.Rel
	if rel.Kind == plan.Many {
		rel.Kind = plan.Backward
	}
	d.m.Fields = append(d.m.Fields, f)
	rel.OnComplete(func(r *plan.Relation) error {
		if err := r.To.Described(); err != nil {
			return err
		}
		kf := r.To.FieldAt(key.Offset)
		if key.Ref != r.To.Root() || kf == nil || kf.Rel == nil || kf.Rel.To.Concrete() != r.From.Concrete() {
			if r.Kind == plan.ManyBack {
				return schema.Wrong("orm.E012", "ManyBack: %s is not a many-to-many field to %s", key, r.From.GoName())
			}
			return schema.Wrong("orm.E012", "HasMany: %s is not a foreign key to %s", key, r.From.GoName())
		}
		back := kf.Rel.Back()
		r.Left, r.Right, r.Through = back.Left, back.Right, back.Through
		r.Origin = back.Origin
		r.Field, r.FromColumn, r.ToColumn, r.Null = kf, back.FromColumn, back.ToColumn, true
		r.More, r.FromTuple, r.ToTuple = back.More, back.FromTuple, back.ToTuple
		r.Accessor = back.Accessor
		if back.Kind != r.Kind {
			return schema.Wrong("orm.E012", "the way back of %s is to %s (use %s)", key, map[bool]string{true: "one row", false: "many rows"}[back.Kind == plan.BackwardOne], map[bool]string{true: "orm.One and HasOne", false: "orm.Many and HasMany"}[back.Kind == plan.BackwardOne])
		}
		return nil
	})
}

func completeForward(r *plan.Relation, toField string) error {
	if err := r.To.Described(); err != nil {
		return err
	}
	target := r.To.PK
	if toField != "" {
		target = r.To.FieldNamed(toField)
	}
	if target != nil && target.Origin != nil && len(target.Via) > 0 {
		return schema.Wrong("fields.E312", "%s.%s stands in the table of a parent: a key to it would have to point there (relate to %s)", r.To.GoName(), target.GoName, target.Origin.Model.GoName())
	}
	if target == nil && toField == "" && len(r.To.Key) > 1 {
		return schema.Wrong("fields.E347", "the key of %s has %d columns (declare the field as orm.ForeignObject[%[1]s], and name the columns that hold them: orm.Ref(&…).Columns(&…, &…))", r.To.GoName(), len(r.To.Key))
	}
	if target == nil {
		return schema.Wrong("fields.E312", "%s has no field for the key to point to", r.To.GoName())
	}
	r.ToColumn = target.Column
	key := r.Field.Type.Field(0).Type
	if target.Custom == nil && plan.GoKind(key) == schema.Invalid {
		return schema.Wrong("orm.E011", "its key is a %s, which the key of %s is not", key, r.To.GoName())
	}
	if t := target.Type; target.Custom == nil && t != nil && !sameKey(key, t) {
		return schema.Wrong("orm.E011", "its key has the type %s, %s.%s the type %s (declare the field as orm.ForeignKey[%[2]s, %[4]s])", key, r.To.GoName(), target.GoName, indirect(t))
	}
	if target.Custom != nil {
		if key != target.Custom.Type {
			return schema.Wrong("orm.E011", "its key is a %s, that of %s a %s (use ForeignKey[%s, %s])", key, r.To.GoName(), target.Custom.Type, r.To.GoName(), target.Custom.Type.Name())
		}
		r.Field.Codec = plan.KeyCodec(target.Codec)
	}
	sr := r.Field.S.Rel
	sr.To = r.To.Label()
	if err := mixedDeletes(r); err != nil {
		return err
	}
	return limitSchema(r)
}

// sameKey says whether values of a foreign key's type can be values of the field that it points to.
func sameKey(key, target reflect.Type) bool {
	target = indirect(target)
	if target.Kind() == reflect.Struct && target.NumField() > 0 && plan.GoKind(target) == schema.Invalid {
		return true // the field is a relation itself, whose own key is looked at
	}
	whole := func(t reflect.Type) bool { return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64 }
	return key.Kind() == target.Kind() || whole(key) && whole(target)
}

func indirect(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// completeMany finds or makes the table between.
func completeMany(r *plan.Relation, through *plan.Model) error {
	if err := r.To.Described(); err != nil {
		return err
	}
	if err := r.From.Described(); err != nil {
		return err
	}
	for _, m := range [...]*plan.Model{r.From, r.To} {
		if m.PK == nil {
			return schema.Wrong("fields.E347", "a many-to-many relation needs a primary key of one column on both sides, which %s lacks (make the table between a model, with an orm.ForeignObject to %[1]s)", m.GoName())
		}
	}
	sr := r.Field.S.Rel
	sr.To = r.To.Label()
	r.FromColumn, r.ToColumn = r.From.PK.Column, r.To.PK.Column
	if err := limitSchema(r); err != nil {
		return err
	}
	if through == nil {
		r.Through = plan.NewHidden(HiddenThrough(&r.From.Schema, r.Field.S, &r.To.Schema))
		if err := r.Through.Finish(); err != nil {
			return err
		}
		r.Left, r.Right = r.Through.Fields[1].Column, r.Through.Fields[2].Column
		return nil
	}
	if err := through.Described(); err != nil {
		return err
	}
	r.Through = through
	sr.Through = through.Label()
	left, right := sr.ThroughFields[0], sr.ThroughFields[1]
	for _, f := range through.Fields {
		if f.Rel == nil || f.Rel.Kind != plan.Forward || f.Tuple != nil {
			continue
		}
		switch {
		case f.Rel.To == r.From && r.Left == "" && (left == "" || left == f.S.Name):
			r.Left = f.Column
		case f.Rel.To == r.To && r.Right == "" && (right == "" || right == f.S.Name):
			r.Right = f.Column
		}
	}
	if err := ambiguousThrough(r); err != nil {
		return err
	}
	if r.Left == "" || r.Right == "" {
		return schema.Wrong("fields.E336", "the through model %s needs a foreign key to %s and one to %s", through.GoName(), r.From.GoName(), r.To.GoName())
	}
	return nil
}

// HiddenThrough is the table of a many-to-many field that has no model of its own, as Django makes it.
func HiddenThrough(from *schema.Model, f *schema.Field, to *schema.Model) schema.Model {
	table, owner := f.Rel.Table, (*schema.Model)(nil)
	if table == "" {
		table, owner = schema.Unquote(from.Table)+"_"+f.Name, from
	}
	left, right := strings.ToLower(from.Name), strings.ToLower(to.Name)
	if from.Label() == to.Label() {
		left, right = "from_"+left, "to_"+right
	}
	return schema.Model{
		App: from.App, Name: from.Name + "_" + f.Name, Table: table, Owner: owner, OwnerField: f.Name,
		Fields: []schema.Field{
			{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
			{Name: left, Kind: schema.ForeignKey, Rel: &schema.Relation{To: from.Label(), OnDelete: schema.Cascade, RelatedName: "+", NoConstraint: f.Rel.NoConstraint}},
			{Name: right, Kind: schema.ForeignKey, Rel: &schema.Relation{To: to.Label(), OnDelete: schema.Cascade, RelatedName: "+", NoConstraint: f.Rel.NoConstraint}},
		},
		Options: schema.Options{UniqueTogether: [][]string{{left, right}}, Tablespace: from.Tablespace},
	}
}
