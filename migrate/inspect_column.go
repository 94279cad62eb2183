package migrate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// goKind is the Go type and the kind of field of a column.
type goKind struct {
	typ, call string
	// field is the kind with its sizes; Invalid is a guess.
	field schema.Field
}

// column writes one column.
func (m *modelWriter) column(c *dbColumn) {
	name, suffix := goName(c.Name), ""
	fk := m.foreignKey(c)
	if fk != nil && strings.HasSuffix(c.Name, "_id") && validFieldName(strings.TrimSuffix(c.Name, "_id")) {
		suffix = "_id"
		name = goName(strings.TrimSuffix(c.Name, "_id"))
	}
	for m.used[name] {
		name += "X"
	}
	m.used[name] = true
	names := fieldName(name, c.Name, suffix)
	if fk != nil {
		m.relation(c, fk, name, suffix)
		return
	}

	k := m.kind(c)
	isKey := len(m.key) == 1 && m.key[0] == c.Name
	null := !c.NotNull && c.Key == 0 && !isKey
	address, typ := "&m."+name, k.typ
	var options []string
	switch {
	case null && k.typ == "any":
		options = append(options, "Null()")
	case null:
		address, typ = "m."+name, "*"+k.typ
	}
	m.addresses[c.Name] = address
	m.time = m.time || strings.Contains(k.typ, "time.")

	call := "orm." + fmt.Sprintf(k.call, address)
	switch {
	case c.Generated != "":
		m.schema = true
		call = fmt.Sprintf("orm.Generated(%s, orm.RawExpr[%s](%s), %s, %t)", address, k.typ, strconv.Quote(bare(c.Generated)), source(k.field), c.Stored)
	case k.field.Kind == schema.Invalid:
		call = fmt.Sprintf("orm.Custom(%s, orm.AsText(%s))", address, strconv.Quote(c.Type))
		m.remark("The type of %s is a guess: the text of a %s.", c.Name, c.Type)
	default:
		if typ := plainType(strings.TrimSuffix(m.d.ColumnType(&k.field, nil), " AUTO_INCREMENT")); typ != plainType(c.Type) {
			own := c.Type
			if c.Identity && m.d.Name == "mysql" {
				own += " AUTO_INCREMENT"
			}
			options = append(options, "DBType(orm.SQL{All: "+strconv.Quote(own)+"})")
		}
	}
	if isKey && !k.field.Kind.IsAuto() {
		options = append(options, "PrimaryKey()")
	}
	options = append(options, m.ownIndexes(c, isKey)...)
	if c.Default != "" && !c.Identity {
		options = append(options, "DBDefaultExpr(orm.RawExpr["+k.typ+"]("+strconv.Quote(bare(c.Default))+"))")
	}
	if c.Collation != "" {
		options = append(options, "Collation("+strconv.Quote(c.Collation)+")")
	}
	if c.Comment != "" {
		options = append(options, "Comment("+strconv.Quote(c.Comment)+")")
	}
	m.add(name, typ, call, append(names, options...))
}

func (m *modelWriter) add(name, typ, call string, options []string) {
	m.fields = append(m.fields, "\t"+name+" "+typ)
	for _, o := range options {
		call += "." + o
	}
	m.lines = append(m.lines, "\t\t"+call+",")
}

// foreignKey is the constraint of a column that points to a table that is written too.
func (m *modelWriter) foreignKey(c *dbColumn) *dbConstraint {
	for i := range m.t.Constraints {
		fk := &m.t.Constraints[i]
		if fk.Kind == "f" && slices.Equal(fk.Columns, []string{c.Name}) && m.tables[fk.RefTable] != nil && len(fk.RefColumns) == 1 {
			return fk
		}
	}
	return nil
}

// ownIndexes are the options for the indexes that a field has by itself, under the names that migrations or the database
// give them. Others are written with the table.
func (m *modelWriter) ownIndexes(c *dbColumn, isKey bool) (options []string) {
	unique, index := false, false
	for i := range m.t.Indexes {
		ix := &m.t.Indexes[i]
		if ix.Primary || ix.Where != "" || ix.Expression || !slices.Equal(ix.Columns, []string{c.Name}) || ix.Desc[0] || ix.Method != "" || len(ix.Include) > 0 || ix.NullsNotDistinct {
			continue
		}
		named := slices.ContainsFunc(m.t.Constraints, func(o dbConstraint) bool { return o.Name == ix.Name && o.Deferrable != "" })
		switch {
		case named:
		case ix.Unique && (made(ix.Name, "_uniq") || m.byDatabase(ix, c)):
			unique = true
			m.done[ix.Name] = true
			for _, o := range m.t.Constraints { // SQLite has names for neither
				if o.Kind == "u" && o.Name == "" && slices.Equal(o.Columns, ix.Columns) {
					m.done[""] = true
				}
			}
		case ix.Class && made(ix.Name, "_like"):
			m.done[ix.Name] = true
		case !ix.Unique && !ix.Class && made(ix.Name, ""):
			index = true
			m.done[ix.Name] = true
		}
	}
	switch {
	case isKey:
		return nil
	case unique:
		return []string{"Unique()"}
	case index:
		return []string{"Index()"}
	}
	return nil
}

// byDatabase says that the database named the index of a unique column.
func (m *modelWriter) byDatabase(ix *dbIndex, c *dbColumn) bool {
	switch m.d.Name {
	case "sqlite": // a constraint with a name stands in the table's text
		return ix.Own && !slices.ContainsFunc(m.t.Constraints, func(o dbConstraint) bool { return o.Kind == "u" && o.Name != "" && slices.Equal(o.Columns, ix.Columns) })
	case "postgresql":
		return ix.Own && ix.Name == m.t.Name+"_"+c.Name+"_key"
	}
	return ix.Name == c.Name
}

// relation writes a foreign key.
func (m *modelWriter) relation(c *dbColumn, fk *dbConstraint, name, suffix string) {
	isKey := len(m.key) == 1 && m.key[0] == c.Name
	typ := "orm.ForeignKey[" + m.names[fk.RefTable] + ", " + m.keyType(fk.RefTable, fk.RefColumns[0], 8) + "]"
	if strings.HasSuffix(typ, ", int64]") {
		typ = "orm.FK[" + m.names[fk.RefTable] + "]"
	}
	indexes := m.ownIndexes(c, isKey)
	unique := slices.Contains(indexes, "Unique()")
	call := "orm.Ref(&m." + name + ")"
	if unique || isKey {
		call = "orm.OneToOne(&m." + name + ")"
	}
	m.addresses[c.Name] = "&m." + name

	options := fieldName(name, c.Name, suffix)
	if suffix == "" { // a relation's column ends in _id by itself
		options = slices.DeleteFunc(options, func(o string) bool { return strings.HasPrefix(o, "Column(") })
		options = append(options, "Column("+strconv.Quote(c.Name)+")")
	}
	action := map[string]string{"CASCADE": "DBCascade", "SET NULL": "DBSetNull", "SET DEFAULT": "DBSetDefault"}[fk.OnDelete]
	options = append(options, "OnDelete(orm."+or(action, "DoNothing")+")")
	if ref := m.tables[fk.RefTable].column(fk.RefColumns[0]); ref != nil && ref.Key == 0 {
		options = append(options, "ToField("+strconv.Quote(fk.RefColumns[0])+")")
	}
	switch {
	case isKey:
		options = append(options, "PrimaryKey()")
	case !c.NotNull && c.Key == 0:
		options = append(options, "Null()")
	}
	if m.d.Name != "mysql" && !isKey && !unique && !slices.Contains(indexes, "Index()") {
		options = append(options, "NoIndex()")
	}
	same := 0
	for _, o := range m.t.Constraints {
		if o.Kind == "f" && o.RefTable == fk.RefTable {
			same++
		}
	}
	if same > 1 || fk.RefTable == m.t.Name {
		options = append(options, "RelatedName("+strconv.Quote(strings.ToLower(m.t.Name+"_"+strings.TrimSuffix(c.Name, "_id")+"_set"))+")")
	}
	if c.Comment != "" {
		options = append(options, "Comment("+strconv.Quote(c.Comment)+")")
	}
	if c.Default != "" {
		m.remark("Column %s has the default %s in the database.", c.Name, c.Default)
	}
	m.add(name, typ, call, options)
}

// keyType is the Go type of a column that others point to, at the end of a chain of foreign keys.
func (w *inspector) keyType(table, column string, depth int) string {
	t := w.tables[table]
	c := t.column(column)
	if c == nil || depth == 0 {
		return "int64"
	}
	m := &modelWriter{inspector: w, t: t, key: primaryKey(t)}
	if fk := m.foreignKey(c); fk != nil {
		return w.keyType(fk.RefTable, fk.RefColumns[0], depth-1)
	}
	return m.kind(c).typ
}

// autoKind is the kind of an automatic key. On SQLite all are integers: the columns that point to it tell more.
func (m *modelWriter) autoKind(c *dbColumn) goKind {
	typ := strings.ToLower(c.Type)
	if m.d.Name == "sqlite" {
		typ = "bigint"
		for _, o := range m.tables {
			for _, fk := range o.Constraints {
				if fk.Kind == "f" && fk.RefTable == m.t.Name && len(fk.Columns) == 1 {
					if col := o.column(fk.Columns[0]); col != nil && col.Key == 0 {
						typ = strings.ToLower(col.Type)
					}
				}
			}
		}
	}
	switch strings.TrimSuffix(typ, " unsigned") {
	case "smallint", "tinyint":
		return goKind{"int16", "SmallAuto(%s)", schema.Field{Kind: schema.SmallAuto, PrimaryKey: true}}
	case "integer", "mediumint":
		return goKind{"int32", "Auto(%s)", schema.Field{Kind: schema.Auto, PrimaryKey: true}}
	}
	return goKind{"int64", "BigAuto(%s)", schema.Field{Kind: schema.BigAuto, PrimaryKey: true}}
}

// positive says that a check keeps the values of a column from being negative, and remembers that a field says so.
func (m *modelWriter) positive(c *dbColumn) bool {
	if m.d.Name == "sqlite" {
		return strings.Contains(c.Def, "CHECK (") && strings.Contains(c.Def, ">= 0")
	}
	for _, o := range m.t.Constraints {
		if o.Kind == "c" && slices.Equal(o.Columns, []string{c.Name}) && strings.HasSuffix(strings.Trim(o.Def, "()"), ">= 0") {
			if m.done != nil {
				m.done[o.Name] = true
			}
			return true
		}
	}
	return false
}

// kind chooses the kind of field for a column's type.
func (m *modelWriter) kind(c *dbColumn) goKind {
	isKey := len(m.key) == 1 && m.key[0] == c.Name && c.Key == 1
	if c.Identity || isKey && m.d.Name == "sqlite" && strings.EqualFold(c.Type, "integer") {
		return m.autoKind(c)
	}
	name, size := plainType(c.Type), 0
	arguments := between(name, "(")
	if i := strings.IndexByte(name, '('); i >= 0 {
		rest := name[i+len(arguments)+2:]
		name = name[:i] + rest
		size, _ = strconv.Atoi(arguments)
	}
	of := func(typ, call string, kind schema.Kind) goKind {
		return goKind{typ, call + "(%s)", schema.Field{Kind: kind}}
	}
	whole := func(typ, call string, kind schema.Kind, positive schema.Kind) goKind {
		switch {
		case m.positive(c):
			return of("u"+typ, "Positive"+call, positive)
		case strings.HasSuffix(name, " unsigned"):
			return of("u"+typ, call, kind)
		}
		return of(typ, call, kind)
	}
	if m.d.Name == "sqlite" && name == "char" && size == 32 || m.d.Name == "mysql" && name == "char" && size == 32 {
		return of("[16]byte", "UUID", schema.UUID)
	}
	if m.d.Name != "postgresql" && name == "char" && size == 39 {
		return of("string", "IP", schema.IP)
	}
	switch strings.TrimSuffix(name, " unsigned") {
	case "character varying", "varchar", "char", "character", "nvarchar", "nchar":
		return goKind{"string", "Char(%s, " + strconv.Itoa(size) + ")", schema.Field{Kind: schema.Char, MaxLength: size}}
	case "text", "clob", "longtext", "mediumtext", "tinytext", "citext", "enum", "set":
		if strings.Contains(strings.ToUpper(c.Def), "JSON_VALID") {
			return of("any", "JSON", schema.JSON)
		}
		return of("string", "Text", schema.Text)
	case "jsonb", "json":
		return of("any", "JSON", schema.JSON)
	case "integer", "int", "mediumint":
		return whole("int32", "Integer", schema.Integer, schema.PositiveInteger)
	case "bigint":
		return whole("int64", "BigInteger", schema.BigInteger, schema.PositiveBigInteger)
	case "smallint", "tinyint", "year":
		return whole("int16", "SmallInteger", schema.SmallInteger, schema.PositiveSmallInteger)
	case "real", "double precision", "float", "double":
		return of("float64", "Float", schema.Float)
	case "decimal", "numeric":
		digits, places, _ := strings.Cut(arguments, ",")
		d, _ := strconv.Atoi(digits)
		p, _ := strconv.Atoi(places)
		return goKind{"orm.Decimal", fmt.Sprintf("Numeric(%%s, %d, %d)", d, p), schema.Field{Kind: schema.Decimal, Digits: d, Places: p}}
	case "bool", "boolean":
		return of("bool", "Bool", schema.Boolean)
	case "date":
		return of("time.Time", "Date", schema.Date)
	case "datetime", "timestamp", "timestamp with time zone", "timestamp without time zone":
		return of("time.Time", "DateTime", schema.DateTime)
	case "time without time zone", "time":
		return of("time.Duration", "Clock", schema.Time)
	case "interval":
		return of("time.Duration", "Duration", schema.Duration)
	case "blob", "bytea", "longblob", "mediumblob", "tinyblob", "binary", "varbinary":
		return of("[]byte", "Binary", schema.Binary)
	case "uuid":
		return of("[16]byte", "UUID", schema.UUID)
	case "inet":
		return of("string", "IP", schema.IP)
	}
	return goKind{typ: "string"}
}
