package orm

import (
	"path"
	"strings"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

func (d *describer) names(meta Meta) {
	s := &d.m.Schema
	s.Name = meta.Name
	if s.Name == "" {
		s.Name, _, _ = strings.Cut(d.m.Type.Name(), "[") // a generic model is called as its type without arguments
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
	d.m.Track, d.m.SelectOnSave = meta.Track, meta.SelectOnSave
	d.defaultRelated = meta.DefaultRelatedName
	s.Unmanaged, s.Comment, s.Permissions, s.DefaultPermissions = meta.Unmanaged, meta.Comment, meta.Permissions, meta.DefaultPermissions
	s.RequiredVendor, s.RequiredFeatures, s.Swappable = meta.RequiredVendor, meta.RequiredFeatures, meta.Swappable
	s.Tablespace = meta.Tablespace
	if len(meta.PrimaryKey) > 0 {
		d.hasPK = true
	}
}

// meta resolves what Meta says about fields.
func (d *describer) meta(meta Meta) {
	m, s := d.m, &d.m.Schema
	if len(m.Columns) == 0 {
		d.problem("orm.E006", "", "no columns")
	}
	if m.PK == nil && len(meta.PrimaryKey) == 0 {
		m.Keyless = m.Mistake("orm.E007", nil, schema.Wrong("orm.E007", "no primary key (add a field ID int64, or PrimaryKey() to one in Fields)"))
	}
	d.inheritMeta(&meta)
	d.rank(&meta)
	d.ordering(meta.Ordering)
	d.compositeKey(meta.PrimaryKey)
	d.naturalKey(meta.NaturalKey)
	d.latestBy(meta.LatestBy)
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
			d.problem("models.E012", "", "%s: %w", what, err)
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
	si := schema.Index{Name: d.withNames(ix.name), Fields: d.fieldNames("Indexes", ix.fields), Expressions: d.expressions(ix.exprs)}
	if ix.where != nil {
		si.Where = d.predicate(ix.where)
	}
	si.Using, si.Tablespace, si.With, si.OpClasses, si.Include = ix.own.using, ix.own.tablespace, ix.own.with, ix.own.classes, d.fieldNames("Indexes", ix.own.include)
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
		d.problem("orm.E008", "", "an index over expressions needs a name")
	}
	d.m.Schema.Indexes = append(d.m.Schema.Indexes, si)
}

func (d *describer) constraint(c Constraint) {
	sc := schema.Constraint{Name: d.withNames(c.name), Fields: d.fieldNames("Constraints", c.fields), Expressions: d.expressions(c.exprs), Message: c.message, Code: c.code}
	if c.check != nil {
		sc.Check = d.predicate(c.check)
	}
	if c.where != nil {
		sc.Where = d.predicate(c.where)
	}
	sc.Using, sc.OpClasses, sc.Include = c.own.using, c.own.classes, d.fieldNames("Constraints", c.own.include)
	sc.Deferrable, sc.NullsNotDistinct = c.own.deferrable, c.own.nullsNotDistinct
	for _, x := range c.own.exclude {
		sc.Exclude = append(sc.Exclude, d.exclusion(x))
	}
	if sc.Name == "" {
		d.problem("orm.E008", "", "a constraint needs a name")
	}
	d.m.Schema.Constraints = append(d.m.Schema.Constraints, sc)
}

func (d *describer) predicate(p *Predicate) schema.Expression {
	out, err := predByName(d.m, p.p)
	if err != nil {
		d.mistake("orm.E009", "", err)
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
		d.mistake("orm.E009", "", err)
		return nil
	}
	se, ok := named.(schema.Expression)
	if !ok {
		d.problem("orm.E009", "", "a %T cannot stand in an index, a constraint or a column", named)
	}
	return se
}
