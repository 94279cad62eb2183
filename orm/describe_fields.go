package orm

import (
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// walk adds the struct's fields in order, those of embedded structs in their place. As in Go, a field hides one of the same
// name in a struct that is embedded beside it: the outer one overrides the inner.
func (d *describer) walk(t reflect.Type, base uintptr, hidden []string) {
	if base == 0 && d.m.Schema.Fields == nil {
		d.m.Schema.Fields = make([]schema.Field, 0, 2*t.NumField()+16)
	}
	for i := range t.NumField() {
		if sf := t.Field(i); !sf.Anonymous {
			hidden = append(hidden[:len(hidden):len(hidden)], sf.Name)
		}
	}
	for i := range t.NumField() {
		sf := t.Field(i)
		off := base + sf.Offset
		if isPart(sf) {
			if !d.inherit(off, sf.Type) {
				d.walkPart(sf.Type, off, hidden)
			}
			continue
		}
		if sf.IsExported() {
			decl := d.decls[off]
			delete(d.decls, off)
			d.field(sf, off, decl)
		}
	}
}

// walkPart adds the fields of an embedded struct that are not hidden.
func (d *describer) walkPart(t reflect.Type, base uintptr, hidden []string) {
	for i := range t.NumField() {
		if sf := t.Field(i); slices.Contains(hidden, sf.Name) && !isPart(sf) {
			d.decls[base+sf.Offset] = &declaration{ignore: true}
		}
	}
	d.walk(t, base, hidden)
}

// field adds one field of the struct.
func (d *describer) field(sf reflect.StructField, off uintptr, decl *declaration) {
	if decl == nil {
		decl = &declaration{}
	}
	if decl.ignore {
		return
	}
	fd := decl.s
	if fd.Name == "" {
		fd.Name = SnakeCase(sf.Name)
	}
	pointer := sf.Type.Kind() == reflect.Pointer
	f := &plan.Field{Model: d.m, Offset: off, Type: sf.Type, GoName: sf.Name, Extra: decl.extra}

	if link, ok := plan.LinkOf(sf.Type); ok {
		d.relation(f, fd, decl, sf, link)
		return
	}
	if fd.Kind == schema.Invalid {
		fd.Kind = plan.GoKind(sf.Type)
	}
	if fd.Kind == schema.Decimal && fd.Digits == 0 && !decl.extra && decl.addr == nil {
		fd.Digits, fd.Places = 19, 4
	}
	if f.Custom = decl.custom; f.Custom != nil {
		f.Codec = f.Custom.For(sf.Type)
	} else {
		f.Codec = plan.NewCodec(sf.Type, codecKind(fd))
		switch {
		case fd.Kind == schema.IP && f.Codec != nil:
			f.Codec = plan.IPCodec(f.Codec, fd.UnpackIPv4)
		case fd.Kind == schema.Decimal && f.Codec != nil:
			f.Codec = paddedCodec(f.Codec, sf.Type, fd.Places)
		case fd.Kind == schema.Generated && codecKind(fd) == schema.Decimal && f.Codec != nil:
			f.Codec = paddedCodec(f.Codec, sf.Type, fd.Output.Places)
		}
	}
	if decl.extra && f.Codec == nil { // an annotation brings its codec along
		fd.Kind, f.Codec = schema.JSON, plan.NewCodec(sf.Type, schema.JSON)
	}
	if fd.Kind == schema.Invalid || f.Codec == nil {
		d.problem("orm.E005", sf.Name, "no column for a %s (describe it in Fields, say with orm.Custom or orm.JSON, or orm.Ignore it)", sf.Type)
		return
	}
	fd.Null = pointer || fd.Null
	f.Nullable = fd.Null
	if sf.Name == "ID" && !d.hasPK && !decl.extra {
		fd.PrimaryKey, d.hasPK = true, true
		switch fd.Kind {
		case schema.BigInteger:
			fd.Kind = schema.BigAuto
		case schema.Integer:
			fd.Kind = schema.Auto
		case schema.SmallInteger:
			fd.Kind = schema.SmallAuto
		}
	}
	if fd.PrimaryKey && fd.Null {
		d.problem("fields.E007", sf.Name, "a primary key cannot be null (do not use a pointer, nor Null())")
	}
	f.Parts = decl.parts
	if decl.soft {
		d.m.Soft = f
	}
	if decl.within != nil {
		d.m.Rank, d.m.RankOf = f, decl.within
	}
	if decl.deflt != nil {
		f.Default = func(p plan.Pointer) { decl.deflt(p, pointer) }
	}
	if decl.now != nil {
		f.Now = func(p plan.Pointer) { decl.now(p, pointer) }
	}
	d.validation(f, decl, pointer)
	d.add(f, fd)
}

func codecKind(fd schema.Field) schema.Kind {
	if fd.Kind == schema.Generated && fd.Output != nil {
		return fd.Output.Kind
	}
	return fd.Kind
}

func (d *describer) add(f *plan.Field, fd schema.Field) {
	s := &d.m.Schema
	if f.Extra {
		f.S = &fd
		d.m.Fields = append(d.m.Fields, f)
		return
	}
	if len(s.Fields) == cap(s.Fields) { // the plan keeps pointers into the slice
		grown := make([]schema.Field, len(s.Fields), 2*cap(s.Fields)+8)
		copy(grown, s.Fields)
		for _, pf := range d.m.Fields {
			for i := range s.Fields {
				if pf.S == &s.Fields[i] {
					pf.S = &grown[i]
					break
				}
			}
		}
		s.Fields = grown
	}
	s.Fields = append(s.Fields, fd)
	f.S = &s.Fields[len(s.Fields)-1]
	f.Column = f.S.ColumnName()
	d.m.Fields = append(d.m.Fields, f)
}
