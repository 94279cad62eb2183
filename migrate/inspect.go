package migrate

import (
	"context"
	"flag"
	"fmt"
	"go/format"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
)

func inspectCommand() manage.Command {
	return manage.Command{
		Name: "inspectdb", Help: "Write models for the tables of a database.", Args: "[table ...]",
		Long: "Prints a Go file with a model for each table: relations, unique columns, indexes and composite keys included. What a model cannot say stands in comments. Adopt the tables with: makemigrations, then migrate --fake-initial.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			db := flags.String("database", "default", "name of the database")
			views := flags.Bool("include-views", false, "write unmanaged models for views too")
			pkg := flags.String("package", "models", "name of the Go package")
			return func(ctx context.Context, in *manage.Invocation) error {
				src, err := Inspect(ctx, InspectOptions{DB: *db, Package: *pkg, Tables: in.Args, Views: *views})
				if err != nil {
					return err
				}
				_, err = in.Stdout.Write(src)
				return err
			}
		},
	}
}

// InspectOptions choose what Inspect writes.
type InspectOptions struct {
	// DB names the database. Default: "default".
	DB string
	// Package is the name of the Go package. Default: "models".
	Package string
	// Tables limits the tables. Default: all but django_migrations.
	Tables []string
	// Views adds unmanaged models for views.
	Views bool
}

// Inspect writes a Go file with a model for each table of a SQLite or PostgreSQL database.
func Inspect(ctx context.Context, o InspectOptions) ([]byte, error) {
	d, err := orm.DialectOf(ctx, o.DB)
	if err != nil {
		return nil, err
	}
	sql := "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
	if d.Name == "postgresql" {
		sql = "SELECT c.relname::text, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1"
	}
	w := &inspector{sqlite: d.Name == "sqlite", tables: map[string]*dbTable{}, names: map[string]string{}}
	var order []string
	views := map[string]bool{}
	err = orm.QueryOn(ctx, o.DB, sql, nil, func(c []any) error {
		name, view := text(c[0]), text(c[1]) == "view"
		if len(o.Tables) > 0 && !slices.Contains(o.Tables, name) || len(o.Tables) == 0 && (name == "django_migrations" || view && !o.Views) {
			return nil
		}
		order, views[name] = append(order, name), view
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, name := range order {
		if w.tables[name], err = introspectTable(ctx, d, o.DB, name); err != nil {
			return nil, err
		}
		w.names[name] = w.typeName(name)
	}
	for _, name := range order {
		w.model(w.tables[name], views[name])
	}
	head := "// Package " + or(o.Package, "models") + " has models for the tables of a database that was there before.\n//\n// Written by inspectdb. Look it over: give models, fields and ways back the names that you want, and say what should\n// happen when a row that others point to is deleted.\npackage " + or(o.Package, "models") + "\n\nimport (\n"
	if w.time {
		head += "\t\"time\"\n\n"
	}
	head += "\t\"github.com/nuages-go/nuages/orm\"\n)\n"
	return format.Source([]byte(head + w.b.String()))
}

// inspector writes models.
type inspector struct {
	b      strings.Builder
	sqlite bool
	time   bool
	tables map[string]*dbTable
	names  map[string]string
}

// typeName makes a Go name of a table's that no other table has.
func (w *inspector) typeName(table string) string {
	name := goName(table)
	for i := 2; ; i++ {
		taken := false
		for _, n := range w.names {
			taken = taken || n == name
		}
		if !taken {
			return name
		}
		name = goName(table) + strconv.Itoa(i)
	}
}

// goName writes a column's or table's name in Go's manner: pub_date is PubDate, user_id is UserID.
func goName(name string) string {
	var b strings.Builder
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, word := range words {
		switch up := strings.ToUpper(word); up {
		case "ID", "URL", "UUID", "IP", "JSON", "HTML", "SQL", "API", "UID":
			b.WriteString(up)
		default:
			r := []rune(word)
			b.WriteString(string(unicode.ToUpper(r[0])) + string(r[1:]))
		}
	}
	out := b.String()
	if out == "" || !unicode.IsLetter([]rune(out)[0]) {
		out = "X" + out
	}
	return out
}

// goColumn is a column's Go field.
type goColumn struct {
	name, typ, call string
	options         []string
	pointer         bool
}

// model writes one model.
func (w *inspector) model(t *dbTable, view bool) {
	name := w.names[t.Name]
	used := map[string]bool{"Fields": true, "Meta": true}
	var fields, lines, remarks []string
	goNames := map[string]string{}
	pointers := map[string]bool{}
	key := primaryKey(t)
	for i := range t.Columns {
		c := &t.Columns[i]
		g, ok := w.column(t, c, key)
		if !ok {
			remarks = append(remarks, fmt.Sprintf("Column %s (%s) is left out: a computed column or a type without a kind of field.", c.Name, c.Type))
			continue
		}
		for used[g.name] || token.IsKeyword(g.name) {
			g.name += "X"
		}
		used[g.name], goNames[c.Name], pointers[c.Name] = true, g.name, g.pointer
		field := c.Name
		if strings.HasPrefix(g.call, "Ref") || strings.HasPrefix(g.call, "OneToOne") {
			if field = strings.TrimSuffix(c.Name, "_id"); field == c.Name {
				g.options = append(g.options, "Column("+strconv.Quote(c.Name)+")")
			}
		}
		if orm.SnakeCase(g.name) != field {
			g.options = append([]string{"Name(" + strconv.Quote(field) + ")"}, g.options...)
		}
		if c.Default != "" {
			remarks = append(remarks, fmt.Sprintf("Column %s has the default %s in the database.", c.Name, c.Default))
		}
		fields = append(fields, "\t"+g.name+" "+g.typ)
		amp := "&"
		if g.pointer {
			amp = ""
		}
		call := fmt.Sprintf(g.call, amp+"m."+g.name)
		for _, o := range g.options {
			call += "." + o
		}
		lines = append(lines, "\t\torm."+call+",")
	}
	fmt.Fprintf(&w.b, "\n// %s is a row of the table %s.\n", name, t.Name)
	meta := w.meta(t, view, key, goNames, pointers, &remarks)
	for _, r := range remarks {
		fmt.Fprintf(&w.b, "//\n// %s\n", strings.ReplaceAll(r, "\n", " "))
	}
	fmt.Fprintf(&w.b, "type %s struct {\n%s\n}\n", name, strings.Join(fields, "\n"))
	fmt.Fprintf(&w.b, "\n// Fields describes the columns.\nfunc (%s) Fields(m *%s) []orm.Field {\n\treturn []orm.Field{\n%s\n\t}\n}\n", name, name, strings.Join(lines, "\n"))
	fmt.Fprintf(&w.b, "\n// Meta says what concerns the table as a whole.\nfunc (%s) Meta(m *%s) orm.Meta {\n\treturn orm.Meta{%s}\n}\n", name, name, meta)
}

func primaryKey(t *dbTable) []string {
	var key []string
	for n := 1; ; n++ {
		i := slices.IndexFunc(t.Columns, func(c dbColumn) bool { return c.Key == n })
		if i < 0 {
			return key
		}
		key = append(key, t.Columns[i].Name)
	}
}

// meta writes the table's name, its key and indexes over several columns.
func (w *inspector) meta(t *dbTable, view bool, key []string, names map[string]string, pointers map[string]bool, remarks *[]string) string {
	address := func(cols []string, desc []bool) string {
		var out []string
		for i, c := range cols {
			a := "&m." + names[c]
			if pointers[c] {
				a = "m." + names[c]
			}
			if i < len(desc) && desc[i] {
				a = "orm.Desc(" + a + ")"
			}
			out = append(out, a)
		}
		return strings.Join(out, ", ")
	}
	known := func(cols []string) bool {
		return !slices.ContainsFunc(cols, func(c string) bool { return names[c] == "" })
	}
	parts := []string{"Table: " + strconv.Quote(t.Name)}
	if view {
		parts = append(parts, "Unmanaged: true")
	}
	if len(key) > 1 {
		parts = append(parts, "PrimaryKey: []any{"+address(key, nil)+"}")
	}
	var together, indexes, constraints []string
	done := map[string]bool{}
	for _, c := range t.Constraints {
		switch {
		case c.Kind == "u" && len(c.Columns) > 0 && known(c.Columns) && (len(c.Columns) > 1 || w.sqlite):
			done[c.Name], done[strings.Join(c.Columns, ",")] = true, true
			if made(c.Name) && len(c.Columns) > 1 {
				together = append(together, "{"+address(c.Columns, nil)+"}")
			} else {
				constraints = append(constraints, "orm.UniqueOn("+strconv.Quote(c.Name)+", "+address(c.Columns, nil)+")")
			}
		case c.Kind == "c" && (w.sqlite || len(c.Columns) != 1 || !strings.Contains(c.Def, ">= 0")):
			*remarks = append(*remarks, "Constraint "+c.Name+": "+c.Def)
		}
	}
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		switch {
		case ix.Own || ix.Primary || ix.Class || done[ix.Name]:
		case ix.Where != "" || ix.Expression || !known(ix.Columns):
			*remarks = append(*remarks, "Index "+ix.Name+": "+ix.SQL)
		case ix.Unique && len(ix.Columns) > 1:
			together = append(together, "{"+address(ix.Columns, nil)+"}")
		case len(ix.Columns) > 1 || slices.Contains(ix.Desc, true):
			indexes = append(indexes, "orm.IndexOn("+address(ix.Columns, ix.Desc)+").Name("+strconv.Quote(ix.Name)+")")
		}
	}
	list := func(name, typ string, items []string) {
		if len(items) > 0 {
			parts = append(parts, name+": "+typ+"{"+strings.Join(items, ", ")+"}")
		}
	}
	list("UniqueTogether", "[][]any", together)
	list("Indexes", "[]orm.Index", indexes)
	list("Constraints", "[]orm.Constraint", constraints)
	return strings.Join(parts, ", ")
}

// made says that a name is one that migrations make: it ends in a hash and _uniq.
func made(name string) bool {
	base, ok := strings.CutSuffix(name, "_uniq")
	i := strings.LastIndexByte(base, '_')
	return ok && i >= 0 && len(base)-i-1 == 8 && strings.Trim(base[i+1:], "0123456789abcdef") == ""
}

// indexed says that a column alone has an index of its own, unique or not.
func indexed(t *dbTable, col string, unique bool) bool {
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		if ix.Unique == unique && !ix.Primary && !ix.Class && ix.Where == "" && !ix.Expression && slices.Equal(ix.Columns, []string{col}) && !slices.Contains(ix.Desc, true) {
			named := slices.ContainsFunc(t.Constraints, func(c dbConstraint) bool { return c.Kind == "u" && slices.Equal(c.Columns, ix.Columns) && c.Name != "" })
			return !unique || !named || !strings.Contains(t.SQL, "CONSTRAINT")
		}
	}
	return false
}

// column chooses the Go type and the kind of field of a column.
func (w *inspector) column(t *dbTable, c *dbColumn, key []string) (goColumn, bool) {
	g := goColumn{name: goName(c.Name)}
	isKey := len(key) == 1 && key[0] == c.Name
	null := !c.NotNull && c.Key == 0
	unique := indexed(t, c.Name, true)
	if c.Generated != "" {
		return g, false
	}
	for _, fk := range t.Constraints {
		if fk.Kind == "f" && slices.Equal(fk.Columns, []string{c.Name}) && w.tables[fk.RefTable] != nil {
			return w.relation(t, c, &fk, isKey, null, unique), true
		}
	}
	kind, typ, ok := w.kind(c)
	if !ok {
		return g, false
	}
	g.call, g.typ = kind, typ
	if c.Identity || isKey && w.sqlite && strings.EqualFold(c.Type, "integer") {
		g.call, g.typ = w.autoKey(t, c)
	}
	switch {
	case null && strings.HasPrefix(kind, "JSON"):
		g.options = append(g.options, "Null()")
	case null:
		g.typ, g.pointer = "*"+g.typ, true
	}
	switch {
	case isKey && !strings.Contains(g.call, "Auto("):
		g.options = append(g.options, "PrimaryKey()")
	case unique && !isKey:
		g.options = append(g.options, "Unique()")
	case indexed(t, c.Name, false):
		g.options = append(g.options, "Index()")
	}
	if strings.Contains(g.typ, "time.") {
		w.time = true
	}
	return g, true
}

// autoKey is the kind of an automatic key. On SQLite all are integers: the columns that point to it tell more.
func (w *inspector) autoKey(t *dbTable, c *dbColumn) (call, typ string) {
	typ = strings.ToLower(c.Type)
	if w.sqlite {
		typ = "bigint"
		for _, o := range w.tables {
			for _, fk := range o.Constraints {
				if fk.Kind == "f" && fk.RefTable == t.Name && len(fk.Columns) == 1 {
					typ = strings.ToLower(o.column(fk.Columns[0]).Type)
				}
			}
		}
	}
	switch typ {
	case "smallint":
		return "SmallAuto(%s)", "int16"
	case "integer":
		return "Auto(%s)", "int32"
	}
	return "BigAuto(%s)", "int64"
}

// relation writes a foreign key.
func (w *inspector) relation(t *dbTable, c *dbColumn, fk *dbConstraint, isKey, null, unique bool) goColumn {
	g := goColumn{name: goName(strings.TrimSuffix(c.Name, "_id")), call: "Ref(%s)"}
	to := w.tables[fk.RefTable]
	keyType := "int64"
	if ref := to.column(fk.RefColumns[0]); ref != nil {
		if _, typ, ok := w.kind(ref); ok {
			keyType = typ
		}
		if ref.Identity || ref.Key == 1 && w.sqlite && strings.EqualFold(ref.Type, "integer") {
			_, keyType = w.autoKey(to, ref)
		}
		for _, next := range to.Constraints { // a key that is a foreign key itself
			if next.Kind == "f" && slices.Equal(next.Columns, fk.RefColumns) && w.tables[next.RefTable] != nil {
				keyType = "int64"
				if last := w.tables[next.RefTable].column(next.RefColumns[0]); last != nil && last.Key == 0 {
					keyType = "string"
				}
			}
		}
	}
	g.typ = "orm.ForeignKey[" + w.names[fk.RefTable] + ", " + keyType + "]"
	if keyType == "int64" {
		g.typ = "orm.FK[" + w.names[fk.RefTable] + "]"
	}
	if unique || isKey {
		g.call = "OneToOne(%s)"
	}
	switch fk.OnDelete {
	case "CASCADE":
		g.options = append(g.options, "OnDelete(orm.DBCascade)")
	case "SET NULL":
		g.options = append(g.options, "OnDelete(orm.DBSetNull)")
	case "SET DEFAULT":
		g.options = append(g.options, "OnDelete(orm.DBSetDefault)")
	default:
		g.options = append(g.options, "OnDelete(orm.DoNothing)")
	}
	if ref := to.column(fk.RefColumns[0]); ref != nil && ref.Key == 0 {
		g.options = append(g.options, "ToField("+strconv.Quote(fk.RefColumns[0])+")")
	}
	if null {
		g.options = append(g.options, "Null()")
	}
	if isKey {
		g.options = append(g.options, "PrimaryKey()")
	} else if !unique && !indexed(t, c.Name, false) {
		g.options = append(g.options, "NoIndex()")
	}
	same := 0
	for _, o := range t.Constraints {
		if o.Kind == "f" && o.RefTable == fk.RefTable {
			same++
		}
	}
	if same > 1 || fk.RefTable == t.Name {
		g.options = append(g.options, "RelatedName("+strconv.Quote(strings.ToLower(t.Name+"_"+strings.TrimSuffix(c.Name, "_id")+"_set"))+")")
	}
	return g
}

// kind is the call and Go type for a column's type.
func (w *inspector) kind(c *dbColumn) (call, typ string, ok bool) {
	name, size := plainType(c.Type), ""
	if i := strings.IndexByte(name, '('); i >= 0 {
		size = strings.TrimSuffix(name[i+1:], ")")
		name = name[:i]
	}
	switch name {
	case "character varying", "char", "character", "nvarchar":
		switch {
		case w.sqlite && name == "char" && size == "32":
			return "UUID(%s)", "[16]byte", true
		case w.sqlite && name == "char" && size == "39":
			return "IP(%s)", "string", true
		}
		return "Char(%s, " + or(size, "0") + ")", "string", true
	case "text", "clob":
		if strings.Contains(strings.ToUpper(c.Def), "JSON_VALID") {
			return "JSON(%s)", "any", true
		}
		return "Text(%s)", "string", true
	case "jsonb", "json":
		return "JSON(%s)", "any", true
	case "integer", "int":
		return "Integer(%s)", "int32", true
	case "bigint":
		return "BigInteger(%s)", "int64", true
	case "smallint":
		return "SmallInteger(%s)", "int16", true
	case "integer unsigned":
		return "PositiveInteger(%s)", "int32", true
	case "bigint unsigned":
		return "PositiveBigInteger(%s)", "int64", true
	case "smallint unsigned":
		return "PositiveSmallInteger(%s)", "int16", true
	case "real", "double precision", "float", "double":
		return "Float(%s)", "float64", true
	case "decimal", "numeric":
		digits, places, found := strings.Cut(size, ",")
		if !found {
			digits, places = "10", "5"
		}
		return "Numeric(%s, " + digits + ", " + places + ")", "orm.Decimal", true
	case "bool", "boolean":
		return "Bool(%s)", "bool", true
	case "date":
		return "Date(%s)", "time.Time", true
	case "datetime", "timestamp", "timestamp with time zone", "timestamp without time zone":
		return "DateTime(%s)", "time.Time", true
	case "time without time zone":
		return "Clock(%s)", "time.Duration", true
	case "interval":
		return "Duration(%s)", "time.Duration", true
	case "blob", "bytea":
		return "Binary(%s)", "[]byte", true
	case "uuid":
		return "UUID(%s)", "[16]byte", true
	case "inet":
		return "IP(%s)", "string", true
	}
	return "", "", false
}
