package orm

import (
	"errors"
	"fmt"
	"path"
	"reflect"
	"strings"
	"unicode"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Fields returns the reference value of a model: a *T that no row is in, whose field addresses name columns. It is the
// same value on each call. Walk relations from it with To and Rev.
//
//	var a = orm.Fields[Article]()
//	orm.Objects[Article]().Filter(orm.Eq(&a.Author.To().Username, "ada"))
func Fields[T any]() *T { return plan.At[T](model[T]().Root().Base) }

// Model describes a model: what admin, forms, migrations and checks need to know of it. Get it with ModelOf.
type Model struct{ p *plan.Model }

// ModelOf returns the description of a model. It may be called at any time, also for package-level values; the model is
// examined when its description is first used.
func ModelOf[T any]() Model { return Model{model[T]()} }

// App is the label of the model's application, Name the model's name, Label both: "news.Article".
func (m Model) App() string { _ = m.p.Described(); return m.p.Schema.App }

// Name is the model's name.
func (m Model) Name() string { _ = m.p.Described(); return m.p.Schema.Name }

// Label is "app.Name".
func (m Model) Label() string { _ = m.p.Described(); return m.p.Label() }

// Table is the name of the database table.
func (m Model) Table() string { _ = m.p.Described(); return m.p.Schema.Table }

// VerboseName is the name for people, VerboseNamePlural that of many.
func (m Model) VerboseName() string { _ = m.p.Described(); return m.p.Schema.VerboseName }

// VerboseNamePlural is the name of many for people.
func (m Model) VerboseNamePlural() string { _ = m.p.Described(); return m.p.Schema.VerboseNamePlural }

// Type is the Go type.
func (m Model) Type() reflect.Type { return m.p.Type }

// IsZero says that the value describes no model.
func (m Model) IsZero() bool { return m.p == nil }

// Err says what is wrong with the model, if anything: all mistakes joined.
func (m Model) Err() error {
	if m.p == nil {
		return errors.New("orm: a zero Model (use orm.ModelOf)")
	}
	if err := m.p.Ready(); err != nil {
		return err
	}
	_, err := m.p.Ordering()
	return err
}

// Schema describes the model's table. The value is shared: do not change it.
func (m Model) Schema() *schema.Model { _ = m.p.Ready(); return &m.p.Schema }

// String is the label.
func (m Model) String() string { return m.Label() }

// model returns the plan of T. The look-up comes first: making the description's function value allocates.
func model[T any]() *plan.Model {
	if m := plan.Known(reflect.TypeFor[T]()); m != nil {
		return m
	}
	return plan.Get[T](describe[T])
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

type withFields[T any] interface{ Fields(t *T) []Field }

type withMeta[T any] interface{ Meta(t *T) Meta }

// describe fills the plan of a model from its struct, its Fields and its Meta. All mistakes are reported together.
func describe[T any](m *plan.Model) error {
	if m.Type.Kind() != reflect.Struct {
		return fmt.Errorf("orm: %s is not a struct", m.Type)
	}
	root := m.Root()
	ref := plan.At[T](root.Base)
	d := &describer{m: m, decls: map[uintptr]*declaration{}}
	var zero T
	meta := Meta{}
	d.embedded(reflect.ValueOf(ref).Elem(), &meta)
	if x, ok := any(zero).(withFields[T]); ok {
		d.declare(x.Fields(ref))
	} else if x, ok := any(&zero).(withFields[T]); ok {
		d.declare(x.Fields(ref))
	}
	if x, ok := any(zero).(withMeta[T]); ok {
		meta = x.Meta(ref)
	} else if x, ok := any(&zero).(withMeta[T]); ok {
		meta = x.Meta(ref)
	}
	d.names(meta)
	d.walk(m.Type, 0)
	d.unused()
	if err := errors.Join(d.problems...); err != nil {
		return err
	}
	if err := m.Finish(); err != nil {
		return err
	}
	d.meta(meta)
	return errors.Join(d.problems...)
}

type describer struct {
	m        *plan.Model
	decls    map[uintptr]*declaration
	hasPK    bool
	problems []error
}

func (d *describer) problem(format string, args ...any) {
	d.problems = append(d.problems, fmt.Errorf("orm: "+d.m.Type.Name()+format, args...))
}

// embedded takes the Fields and Meta of embedded structs: what Django calls abstract models.
func (d *describer) embedded(v reflect.Value, meta *Meta) {
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		if !sf.Anonymous || sf.Type.Kind() != reflect.Struct {
			continue
		}
		part := v.Field(i)
		d.embedded(part, meta)
		if f := part.MethodByName("Fields"); f.IsValid() {
			if call, ok := embeddedCall(f, part); ok {
				if fields, ok := call.Interface().([]Field); ok {
					d.declare(fields)
				}
			}
		}
		if f := part.MethodByName("Meta"); f.IsValid() {
			if call, ok := embeddedCall(f, part); ok {
				if mt, ok := call.Interface().(Meta); ok {
					mt.Table = "" // the table is the model's own
					*meta = mt
				}
			}
		}
	}
}

func embeddedCall(f, part reflect.Value) (reflect.Value, bool) {
	t := f.Type()
	if t.NumIn() != 1 || t.NumOut() != 1 || t.In(0) != reflect.PointerTo(part.Type()) {
		return reflect.Value{}, false
	}
	return f.Call([]reflect.Value{part.Addr()})[0], true
}

func (d *describer) declare(fields []Field) {
	for _, f := range fields {
		decl := f.declare()
		p := plan.Lookup(decl.addr)
		if p == nil || p.Ref != d.m.Root() {
			d.problem(": Fields: an entry does not name a field of the reference value that Fields got")
			continue
		}
		if decl.err != nil {
			d.problem(".%s: %w", p.Name, decl.err)
		}
		// The model's own Fields come after those of embedded structs and win.
		d.decls[p.Offset] = decl
		d.hasPK = d.hasPK || decl.s.PrimaryKey
	}
}

func (d *describer) unused() {
	for off := range d.decls {
		if p := d.m.Root().Leaf(off); p != nil {
			d.problem(".%s: described, but the field is not exported", p.Name)
		}
	}
}

func (d *describer) names(meta Meta) {
	s := &d.m.Schema
	s.Name = meta.Name
	if s.Name == "" {
		s.Name = d.m.Type.Name()
	}
	s.App = meta.App
	if s.App == "" {
		s.App = path.Base(d.m.Type.PkgPath())
	}
	s.Table = meta.Table
	if s.Table == "" {
		s.Table = schema.DefaultTable(s.App, s.Name)
	}
	s.VerboseName = meta.VerboseName
	if s.VerboseName == "" {
		s.VerboseName = strings.ReplaceAll(SnakeCase(s.Name), "_", " ")
	}
	s.VerboseNamePlural = meta.VerboseNamePlural
	if s.VerboseNamePlural == "" {
		s.VerboseNamePlural = s.VerboseName + "s"
	}
	s.Unmanaged, s.Comment, s.Permissions = meta.Unmanaged, meta.Comment, meta.Permissions
	if len(meta.PrimaryKey) > 0 {
		d.hasPK = true
	}
}

// walk adds the struct's fields in order.
func (d *describer) walk(t reflect.Type, base uintptr) {
	if base == 0 {
		d.m.Schema.Fields = make([]schema.Field, 0, 2*t.NumField()+16)
	}
	for i := range t.NumField() {
		sf := t.Field(i)
		off := base + sf.Offset
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct && plan.GoKind(sf.Type) == schema.Invalid {
			d.walkEmbedded(sf.Type, off)
			continue
		}
		if !sf.IsExported() {
			continue
		}
		decl := d.decls[off]
		delete(d.decls, off)
		d.field(sf, off, decl)
	}
}

func (d *describer) walkEmbedded(t reflect.Type, off uintptr) {
	for i := range t.NumField() {
		sf := t.Field(i)
		o := off + sf.Offset
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct && plan.GoKind(sf.Type) == schema.Invalid {
			d.walkEmbedded(sf.Type, o)
			continue
		}
		if sf.IsExported() {
			decl := d.decls[o]
			delete(d.decls, o)
			d.field(sf, o, decl)
		}
	}
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
	f.Codec = plan.NewCodec(sf.Type, codecKind(fd))
	if fd.Kind == schema.Invalid || f.Codec == nil {
		d.problem(".%s: no column for a %s (describe it in Fields, say with orm.JSON, or orm.Ignore it)", sf.Name, sf.Type)
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
	if fd.PrimaryKey && pointer {
		d.problem(".%s: a primary key cannot be null (do not use a pointer)", sf.Name)
	}
	if decl.deflt != nil {
		f.Default = func(p plan.Pointer) { decl.deflt(p, pointer) }
	}
	if decl.now != nil {
		f.Now = func(p plan.Pointer) { decl.now(p, pointer) }
	}
	if len(decl.validate) > 0 {
		f.Validate = func(p plan.Pointer) error {
			for _, rule := range decl.validate {
				if err := rule(p, pointer); err != nil {
					return err
				}
			}
			return nil
		}
	}
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

// relation adds a foreign key, a many-to-many field or a way back.
func (d *describer) relation(f *plan.Field, fd schema.Field, decl *declaration, sf reflect.StructField, link uintptr) {
	rf, ok := reflect.New(sf.Type).Interface().(relationField)
	if !ok {
		d.problem(".%s: not a relation", sf.Name)
		return
	}
	f.LinkOffset = f.Offset + link
	to := rf.target()
	rel := &plan.Relation{Name: fd.Name, From: d.m, To: to, Field: f, Kind: rf.relationKind()}
	f.Rel = rel
	d.relate(fd.Name, rel)
	if rel.Kind == plan.Forward {
		if fd.Kind == schema.Invalid {
			fd.Kind = schema.ForeignKey
		}
		if fd.Rel == nil {
			fd.Rel = &schema.Relation{}
		}
		f.Codec = plan.NewCodec(sf.Type, schema.ForeignKey)
		if f.Codec == nil {
			d.problem(".%s: no column for its key", sf.Name)
			return
		}
		f.Nullable, rel.Null = fd.Null, fd.Null
		if (fd.Rel.OnDelete == SetNull || fd.Rel.OnDelete == DBSetNull) && !fd.Null {
			d.problem(".%s: OnDelete(SetNull) needs Null()", sf.Name)
		}
		toField := fd.Rel.ToField
		d.add(f, fd)
		rel.FromColumn = f.Column
		rel.OnComplete(func(r *plan.Relation) error { return completeForward(r, toField) })
		return
	}
	if decl.hasMany != nil {
		d.hasMany(f, fd, decl.hasMany)
		return
	}
	if rel.Kind == plan.BackwardOne {
		d.problem(".%s: describe it with orm.HasOne", sf.Name)
		return
	}
	fd.Kind = schema.ManyToMany
	if fd.Rel == nil {
		fd.Rel = &schema.Relation{}
	}
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
		if key.Ref != r.To.Root() || kf == nil || kf.Rel == nil || kf.Rel.To != r.From {
			return fmt.Errorf("HasMany: %s is not a foreign key to %s", key, r.From.GoName())
		}
		back := kf.Rel.Back()
		r.Field, r.FromColumn, r.ToColumn, r.Null = kf, back.FromColumn, back.ToColumn, true
		r.Accessor = back.Accessor
		if back.Kind != r.Kind {
			return fmt.Errorf("the way back of %s is to %s (use %s)", key, map[bool]string{true: "one row", false: "many rows"}[back.Kind == plan.BackwardOne], map[bool]string{true: "orm.One and HasOne", false: "orm.Many and HasMany"}[back.Kind == plan.BackwardOne])
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
	if target == nil {
		return fmt.Errorf("%s has no field for the key to point to", r.To.GoName())
	}
	r.ToColumn = target.Column
	sr := r.Field.S.Rel
	sr.To = r.To.Label()
	return nil
}

// completeMany finds or makes the table between.
func completeMany(r *plan.Relation, through *plan.Model) error {
	if err := r.To.Described(); err != nil {
		return err
	}
	if err := r.From.Described(); err != nil {
		return err
	}
	if r.From.PK == nil || r.To.PK == nil {
		return errors.New("a many-to-many relation needs a primary key on both sides")
	}
	sr := r.Field.S.Rel
	sr.To = r.To.Label()
	r.FromColumn, r.ToColumn = r.From.PK.Column, r.To.PK.Column
	if through == nil {
		r.Through = plan.NewHidden(HiddenThrough(&r.From.Schema, r.Field.S, &r.To.Schema))
		if err := r.Through.Finish(); err != nil {
			return err
		}
		r.Table = r.Through.Schema.Table
		r.Left, r.Right = r.Through.Fields[1].Column, r.Through.Fields[2].Column
		return nil
	}
	if err := through.Described(); err != nil {
		return err
	}
	r.Through, r.Table = through, through.Schema.Table
	sr.Through = through.Label()
	left, right := sr.ThroughFields[0], sr.ThroughFields[1]
	for _, f := range through.Fields {
		if f.Rel == nil || f.Rel.Kind != plan.Forward {
			continue
		}
		switch {
		case f.Rel.To == r.From && r.Left == "" && (left == "" || left == f.S.Name):
			r.Left = f.Column
		case f.Rel.To == r.To && r.Right == "" && (right == "" || right == f.S.Name):
			r.Right = f.Column
		}
	}
	if r.Left == "" || r.Right == "" {
		return fmt.Errorf("the through model %s needs a foreign key to %s and one to %s", through.GoName(), r.From.GoName(), r.To.GoName())
	}
	return nil
}

// HiddenThrough is the table of a many-to-many field that has no model of its own, as Django makes it.
func HiddenThrough(from *schema.Model, f *schema.Field, to *schema.Model) schema.Model {
	table := f.Rel.Table
	if table == "" {
		table = from.Table + "_" + f.Name
	}
	left, right := strings.ToLower(from.Name), strings.ToLower(to.Name)
	if from.Label() == to.Label() {
		left, right = "from_"+left, "to_"+right
	}
	return schema.Model{
		App: from.App, Name: from.Name + "_" + f.Name, Table: table,
		Fields: []schema.Field{
			{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
			{Name: left, Kind: schema.ForeignKey, Rel: &schema.Relation{To: from.Label(), OnDelete: schema.Cascade, RelatedName: "+", NoConstraint: f.Rel.NoConstraint}},
			{Name: right, Kind: schema.ForeignKey, Rel: &schema.Relation{To: to.Label(), OnDelete: schema.Cascade, RelatedName: "+", NoConstraint: f.Rel.NoConstraint}},
		},
		Options: schema.Options{UniqueTogether: [][]string{{left, right}}},
	}
}

// meta resolves what Meta says about fields.
func (d *describer) meta(meta Meta) {
	m, s := d.m, &d.m.Schema
	if len(m.Columns) == 0 {
		d.problem(": no columns")
	}
	if m.PK == nil && len(meta.PrimaryKey) == 0 {
		d.problem(": no primary key (add a field ID int64, or PrimaryKey() to one in Fields)")
	}
	for _, o := range meta.Ordering {
		if o.e != nil {
			d.problem(": Ordering: %w", o.e)
			continue
		}
		if o.o.Path == nil {
			d.problem(": Ordering takes orm.Asc and orm.Desc")
			continue
		}
		m.Order = append(m.Order, plan.RawOrder{Path: o.o.Path, Desc: o.o.Desc})
		name := SnakeCase(o.o.Path.Name)
		for r := o.o.Path.Ref; r.Parent != nil; r = r.Parent {
			name = SnakeCase(r.Via.Name) + "__" + name
		}
		if o.o.Desc {
			name = "-" + name
		}
		s.Ordering = append(s.Ordering, name)
	}
	for _, f := range meta.PrimaryKey {
		if pf, _, err := fieldOf(m, f); err != nil {
			d.problem(": PrimaryKey: %w", err)
		} else {
			s.PrimaryKey = append(s.PrimaryKey, pf.S.Name)
			m.Key = append(m.Key, pf)
		}
	}
	if meta.LatestBy != nil {
		pf, _, err := fieldOf(m, meta.LatestBy)
		if err != nil {
			d.problem(": LatestBy: %w", err)
		} else {
			m.Latest, s.GetLatestBy = pf, pf.S.Name
		}
	}
	for i := range s.Fields {
		f := &s.Fields[i]
		if n, ok := f.Expression.(expr.Node); ok {
			f.Expression = d.schemaExpression(n)
		}
		if n, ok := f.DBDefault.(expr.Node); ok {
			f.DBDefault = d.schemaExpression(n)
		}
	}
	for _, set := range meta.UniqueTogether {
		s.UniqueTogether = append(s.UniqueTogether, d.fieldNames("UniqueTogether", set))
	}
	for _, ix := range meta.Indexes {
		d.index(ix)
	}
	for _, c := range meta.Constraints {
		d.constraint(c)
	}
}

func (d *describer) fieldNames(what string, fields []any) []string {
	var out []string
	for _, f := range fields {
		pf, desc, err := fieldOf(d.m, f)
		if err != nil {
			d.problem(": %s: %w", what, err)
			continue
		}
		name := pf.S.Name
		if desc {
			name = "-" + name
		}
		out = append(out, name)
	}
	return out
}

func (d *describer) index(ix Index) {
	si := schema.Index{Name: ix.name, Fields: d.fieldNames("Indexes", ix.fields), Expressions: d.expressions(ix.exprs)}
	if ix.where != nil {
		si.Where = d.predicate(ix.where)
	}
	if si.Name == "" && len(si.Fields) > 0 {
		var cols []string
		var desc []bool
		for _, name := range si.Fields {
			f := d.m.FieldNamed(strings.TrimPrefix(name, "-"))
			cols = append(cols, f.Column)
			desc = append(desc, strings.HasPrefix(name, "-"))
		}
		si.Name = schema.AutoIndexName(d.m.Schema.Table, cols, desc)
	}
	if si.Name == "" {
		d.problem(": an index over expressions needs a name")
	}
	d.m.Schema.Indexes = append(d.m.Schema.Indexes, si)
}

func (d *describer) constraint(c Constraint) {
	sc := schema.Constraint{Name: c.name, Fields: d.fieldNames("Constraints", c.fields), Expressions: d.expressions(c.exprs), Message: c.message}
	if c.check != nil {
		sc.Check = d.predicate(c.check)
	}
	if c.where != nil {
		sc.Where = d.predicate(c.where)
	}
	if sc.Name == "" {
		d.problem(": a constraint needs a name")
	}
	d.m.Schema.Constraints = append(d.m.Schema.Constraints, sc)
}

func (d *describer) predicate(p *Predicate) schema.Expression {
	out, err := predByName(d.m, p.p)
	if err != nil {
		d.problems = append(d.problems, err)
	}
	return out
}

func (d *describer) expressions(list []AnyExpr) []schema.Expression {
	var out []schema.Expression
	for _, e := range list {
		if se := d.schemaExpression(e.exprNode()); se != nil {
			out = append(out, se)
		}
	}
	return out
}

func (d *describer) schemaExpression(n expr.Node) schema.Expression {
	named, err := byName(d.m, n)
	if err != nil {
		d.problems = append(d.problems, err)
		return nil
	}
	se, ok := named.(schema.Expression)
	if !ok {
		d.problem(": a %T cannot stand in an index, a constraint or a column", named)
	}
	return se
}

// SnakeCase turns a Go name into Django's form: PublishedAt -> published_at, AuthorURL -> author_url, ID -> id.
func SnakeCase(name string) string {
	rs := []rune(name)
	var b strings.Builder
	for i, r := range rs {
		if unicode.IsUpper(r) && i > 0 && rs[i-1] != '_' {
			afterLower := !unicode.IsUpper(rs[i-1])
			beforeLower := i+1 < len(rs) && unicode.IsLower(rs[i+1])
			if afterLower || beforeLower {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
