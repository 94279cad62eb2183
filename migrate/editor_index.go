package migrate

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// deferIndexes puts off the indexes of a table, in Django's order: unique together, foreign keys, fields, indexes.
func (e *Editor) deferIndexes(s *State, m *schema.Model) error {
	for _, set := range m.UniqueTogether {
		e.deferred = append(e.deferred, e.uniqueTogetherSQL(m, set))
	}
	if !e.d.InlineForeignKeys {
		for i := range m.Fields {
			sql, err := e.foreignKeySQL(s, m, &m.Fields[i])
			if err != nil {
				return err
			}
			if sql != "" {
				e.deferred = append(e.deferred, sql)
			}
		}
	}
	for i := range m.Fields {
		list, err := e.fieldIndexes(s, m, &m.Fields[i])
		if err != nil {
			return err
		}
		e.deferred = append(e.deferred, list...)
	}
	for i := range m.Constraints {
		if c := &m.Constraints[i]; isUniqueIndex(c) && !e.mysqlSkips(c.Expressions, true, c.Where != nil) {
			sql, err := e.uniqueIndexSQL(m, c)
			if err != nil {
				return err
			}
			e.deferred = append(e.deferred, sql)
		}
	}
	for i := range m.Indexes {
		if e.mysqlSkips(m.Indexes[i].Expressions, false, false) {
			continue
		}
		sql, err := e.indexSQL(m, &m.Indexes[i])
		if err != nil {
			return err
		}
		e.deferred = append(e.deferred, sql)
	}
	return nil
}

// fieldIndexes are the indexes that a field has by itself.
func (e *Editor) fieldIndexes(s *State, m *schema.Model, f *schema.Field) ([]string, error) {
	if f.Kind == schema.ForeignObject {
		sql, err := e.foreignIndex(m, f)
		if sql == "" {
			return nil, err
		}
		return []string{sql}, err
	}
	if !f.HasColumn() {
		return nil, nil
	}
	var out []string
	col := f.ColumnName()
	if e.d.Name == "mysql" {
		typ, err := e.columnType(s, f)
		if err != nil || !e.mysqlIndexed(f, typ) {
			return nil, err
		}
	}
	if f.WantsIndex() {
		name := schema.IndexName(m.Table, []string{col}, "", e.d.MaxName)
		out = append(out, "CREATE INDEX "+e.name(name)+" ON "+e.name(m.Table)+" ("+e.name(col)+")"+e.indexSpace(m, f.Tablespace))
	}
	like, err := e.likeIndex(s, m, f)
	if like != "" {
		out = append(out, like)
	}
	return out, err
}

func (e *Editor) uniqueTogetherSQL(m *schema.Model, set []string) string {
	cols, err := columns(m, set)
	if err != nil {
		cols = set
	}
	name := schema.IndexName(m.Table, cols, "_uniq", e.d.MaxName)
	if e.d.Name == "sqlite" {
		return "CREATE UNIQUE INDEX " + e.name(name) + " ON " + e.name(m.Table) + " (" + e.names(cols) + ")"
	}
	return "ALTER TABLE " + e.name(m.Table) + " ADD CONSTRAINT " + e.name(name) + " UNIQUE (" + e.names(cols) + ")"
}

// inlineConstraint is a constraint's part of CREATE TABLE; those that are unique indexes have none.
func (e *Editor) inlineConstraint(m *schema.Model, c *schema.Constraint) (string, error) {
	switch {
	case c.Check != nil:
		sql, err := orm.ExpressionSQL(e.d, m, c.Check)
		if err != nil {
			return "", fmt.Errorf("the constraint %s: %w", c.Name, err)
		}
		return "CONSTRAINT " + e.name(c.Name) + " CHECK (" + sql + ")", nil
	case len(c.Exclude) > 0:
		return e.exclusion(m, c)
	case isUniqueIndex(c):
		return "", nil
	}
	cols, err := columns(m, c.Fields)
	sql := "CONSTRAINT " + e.name(c.Name) + " UNIQUE (" + e.names(cols) + ")"
	if c.NullsNotDistinct && e.d.Name == "postgresql" {
		sql = strings.Replace(sql, " UNIQUE (", " UNIQUE NULLS NOT DISTINCT (", 1)
	}
	return sql + e.deferrable(c), err
}

func (e *Editor) deferrable(c *schema.Constraint) string {
	if c.Deferrable == "" || e.d.Name != "postgresql" {
		return ""
	}
	return " DEFERRABLE INITIALLY " + strings.ToUpper(c.Deferrable)
}

// exclusion refuses rows that meet in all of some operators.
func (e *Editor) exclusion(m *schema.Model, c *schema.Constraint) (string, error) {
	if e.d.Name != "postgresql" {
		return "", e.unsupported("the exclusion constraint " + c.Name)
	}
	var parts []string
	for _, x := range c.Exclude {
		list, err := e.indexParts(m, only(x.Field), exclusionExpression(x), []string{x.OpClass})
		switch {
		case err != nil:
			return "", err
		case len(list) != 1 || x.Operator == "" || strings.Trim(x.Operator, "+-*/<>=~!@#%^&|`?") != "":
			return "", fmt.Errorf("migrate: constraint %s: an exclusion is one field or expression with an operator, not %+v", c.Name, x)
		}
		parts = append(parts, list[0]+" WITH "+x.Operator)
	}
	sql := "CONSTRAINT " + e.name(c.Name) + " EXCLUDE" + e.using(or(c.Using, "gist")) + " (" + strings.Join(parts, ", ") + ")"
	sql, err := e.withInclude(sql, m, c.Include)
	if err != nil {
		return "", err
	}
	if c.Where != nil {
		where, err := orm.ExpressionSQL(e.d, m, c.Where)
		if err != nil {
			return "", err
		}
		sql += " WHERE (" + where + ")"
	}
	return sql + e.deferrable(c), nil
}

func isUniqueIndex(c *schema.Constraint) bool {
	return c.Check == nil && len(c.Exclude) == 0 && (c.Where != nil || len(c.Expressions) > 0 || len(c.Include) > 0 || len(c.OpClasses) > 0)
}

// indexSQL is CREATE INDEX.
func (e *Editor) indexSQL(m *schema.Model, ix *schema.Index) (string, error) {
	parts, err := e.indexParts(m, ix.Fields, ix.Expressions, ix.OpClasses)
	if err != nil {
		return "", err
	}
	sql := "CREATE INDEX " + e.name(ix.Name) + " ON " + e.name(m.Table) + e.using(ix.Using) + " (" + strings.Join(parts, ", ") + ")"
	if sql, err = e.withInclude(sql, m, ix.Include); err != nil {
		return "", err
	}
	if ix.With != "" && e.d.Name == "postgresql" {
		if !storageParameters.MatchString(ix.With) {
			return "", fmt.Errorf("migrate: index %s: With is %q, which is no list of parameters (write: fillfactor = 80)", ix.Name, ix.With)
		}
		sql += " WITH (" + ix.With + ")"
	}
	return e.withWhere(sql+e.indexTablespace(m, ix), m, ix.Where)
}

var storageParameters = regexp.MustCompile(`^\w+ ?= ?[\w.]+(, \w+ ?= ?[\w.]+)*$`)

// using is the method of an index, where the database has several. Others take their own.
func (e *Editor) using(method string) string {
	if method == "" || e.d.Name != "postgresql" {
		return ""
	}
	return " USING " + e.word(method)
}

// word writes the name of a method or an operator class: it is quoted unless it is a plain word.
func (e *Editor) word(name string) string {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_0123456789") == "" {
		return name
	}
	return e.name(name)
}

func (e *Editor) uniqueIndexSQL(m *schema.Model, c *schema.Constraint) (string, error) {
	parts, err := e.indexParts(m, c.Fields, c.Expressions, c.OpClasses)
	if err != nil {
		return "", err
	}
	sql := "CREATE UNIQUE INDEX " + e.name(c.Name) + " ON " + e.name(m.Table) + " (" + strings.Join(parts, ", ") + ")"
	if sql, err = e.withInclude(sql, m, c.Include); err != nil {
		return "", err
	}
	if c.NullsNotDistinct && e.d.Name == "postgresql" {
		sql += " NULLS NOT DISTINCT"
	}
	return e.withWhere(sql, m, c.Where)
}

func (e *Editor) withWhere(sql string, m *schema.Model, where schema.Expression) (string, error) {
	if where == nil || e.d.Name == "mysql" { // an index over all rows serves too
		return sql, nil
	}
	w, err := orm.ExpressionSQL(e.d, m, where)
	return sql + " WHERE " + w, err
}

// withInclude adds the columns that an index only stores, where the database can.
func (e *Editor) withInclude(sql string, m *schema.Model, fields []string) (string, error) {
	if len(fields) == 0 || e.d.Name != "postgresql" {
		return sql, nil
	}
	cols, err := columns(m, fields)
	return sql + " INCLUDE (" + e.names(cols) + ")", err
}

func (e *Editor) indexParts(m *schema.Model, fields []string, exprs []schema.Expression, classes []string) ([]string, error) {
	var parts []string
	for i, name := range fields {
		cols, err := columns(m, []string{name})
		if err != nil {
			return nil, err
		}
		part := e.name(cols[0])
		if i < len(classes) && classes[i] != "" && e.d.Name == "postgresql" {
			part += " " + e.word(classes[i])
		}
		if strings.HasPrefix(name, "-") {
			part += " DESC"
		}
		parts = append(parts, part)
	}
	for i, x := range exprs {
		class := ""
		if i += len(fields); i < len(classes) && classes[i] != "" && e.d.Name == "postgresql" {
			class = " " + e.word(classes[i])
		}
		part, err := e.indexExpression(m, x, class)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func (e *Editor) indexExpression(m *schema.Model, x schema.Expression, class string) (string, error) {
	desc := false
	inner := x
	if s, ok := x.(expr.Sorted); ok {
		desc = s.Desc
		if se, ok := s.Of.(schema.Expression); ok {
			inner = se
		}
	}
	sql, err := orm.ExpressionSQL(e.d, m, inner)
	if err != nil {
		return "", err
	}
	if _, plain := inner.(expr.Name); !plain {
		sql = "(" + sql + ")"
	}
	sql += class
	if desc {
		sql += " DESC"
	}
	return sql, nil
}

func only(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

func exclusionExpression(x schema.Exclusion) []schema.Expression {
	if x.Expression == nil {
		return nil
	}
	return []schema.Expression{x.Expression}
}
