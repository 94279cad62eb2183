package migrate

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// Editor turns changes of the state into DDL and runs it, or collects it as text for sqlmigrate.
type Editor struct {
	d       *dialect.Dialect
	db      string // the database's name in the context
	collect bool
	out     []string
	// keep asks for ran, the statements that were run: where no transaction takes them back, an error names them.
	keep bool
	ran  []string
	// journal writes down what has run, on databases that cannot take changes of tables back.
	journal *journal
	// limit stands before each statement; see mysqlTimeouts.
	limit string
	// atomic says that the migration runs in a transaction, where the database can.
	atomic bool
	// onlineNow lets Execute choose the form of a statement that lets others work (PostgreSQL).
	onlineNow bool
	// lockTimeout is how long a statement outside a transaction waits for a table before it tries again (PostgreSQL).
	lockTimeout time.Duration
	// say shows progress. It may be nil.
	say func(format string, args ...any)
	// deferred runs at the end of the migration: indexes, and foreign keys where they are separate statements.
	deferred []string
}

// newEditor makes an editor for a dialect. A collecting editor needs no database.
func newEditor(d *dialect.Dialect, db string, collect bool) *Editor {
	return &Editor{d: d, db: db, collect: collect}
}

// Dialect says what SQL the editor writes.
func (e *Editor) Dialect() *dialect.Dialect { return e.d }

// Execute runs a statement, or collects it.
func (e *Editor) Execute(ctx context.Context, sql string) error {
	if e.onlineNow {
		return e.executeOnline(ctx, sql)
	}
	return e.run(ctx, sql)
}

// execute runs a statement as it is.
func (e *Editor) execute(ctx context.Context, sql string) error {
	if e.collect {
		if !strings.HasSuffix(sql, ";") {
			sql += ";"
		}
		e.out = append(e.out, sql)
		return nil
	}
	var err error
	if e.journal != nil {
		err = e.journal.execute(ctx, sql)
	} else {
		_, err = orm.ExecOn(ctx, e.db, sql)
	}
	if err != nil {
		return err
	}
	if e.keep {
		e.ran = append(e.ran, sql)
	}
	return nil
}

func (e *Editor) comment(text string) { e.out = append(e.out, "-- "+text) }

// finish runs what was put off.
func (e *Editor) finish(ctx context.Context) error {
	list := e.deferred
	e.deferred = nil
	for _, sql := range list {
		if err := e.Execute(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

func (e *Editor) name(n string) string { return e.d.QuoteName(n) }

func (e *Editor) names(list []string) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = e.name(n)
	}
	return strings.Join(out, ", ")
}

// WriteTo writes the collected statements.
func (e *Editor) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, strings.Join(e.out, "\n")+"\n")
	return int64(n), err
}

// column is the definition of a column, without its name.
//
// Django 6.1 django/db/backends/base/schema.py _iter_column_sql: the order of the parts.
func (e *Editor) column(s *State, m *schema.Model, f *schema.Field) (string, error) {
	return e.columnWith(s, m, f, "")
}

// columnWith is column with a default for the rows that are there.
func (e *Editor) columnWith(s *State, m *schema.Model, f *schema.Field, deflt string) (string, error) {
	key, err := s.keyField(f)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	target := key
	if key == f {
		target = nil
	}
	typ := e.d.ColumnType(f, target)
	if typ == "" {
		return "", fmt.Errorf("migrate: %s.%s: no column type for a %s field on %s", m.Label(), f.Name, f.Kind, e.d.Name)
	}
	b.WriteString(typ)
	if f.Collation != "" {
		b.WriteString(" COLLATE " + e.name(f.Collation))
	}
	if f.DBDefault != nil {
		d, err := e.dbDefault(m, f)
		if err != nil {
			return "", err
		}
		if e.d.Name == "mysql" && mysqlLimited(typ) && !strings.HasPrefix(d, "(") {
			d = "(" + d + ")"
		}
		b.WriteString(" DEFAULT " + d)
	} else if deflt != "" {
		b.WriteString(" DEFAULT " + deflt)
	}
	switch {
	case f.Expression != nil:
		sql, err := orm.ExpressionSQL(e.d, m, f.Expression)
		if err != nil {
			return "", err
		}
		b.WriteString(" GENERATED ALWAYS AS (" + sql + ")")
		if f.Stored {
			b.WriteString(" STORED")
		} else {
			b.WriteString(" VIRTUAL")
		}
	case f.Null && !f.PrimaryKey:
		b.WriteString(" NULL")
	default:
		b.WriteString(" NOT NULL")
	}
	if f.PrimaryKey && !isComposite(m, f) {
		b.WriteString(" PRIMARY KEY")
	} else if f.Unique || f.Kind == schema.OneToOne {
		b.WriteString(" UNIQUE")
	}
	if check := e.d.ColumnCheck(f, e.name(f.ColumnName())); check != "" {
		b.WriteString(" CHECK (" + check + ")")
	}
	comment, err := e.mysqlComment(f)
	if err != nil {
		return "", err
	}
	b.WriteString(comment)
	if f.Kind.IsAuto() && e.d.AutoSuffix != "" {
		b.WriteString(" " + e.d.AutoSuffix)
	}
	if f.Rel != nil && !f.Rel.NoConstraint && e.d.InlineForeignKeys {
		to, tf, err := s.target(f)
		if err != nil {
			return "", err
		}
		b.WriteString(" REFERENCES " + e.name(to.Table) + " (" + e.name(tf.ColumnName()) + ")" + onDeleteSQL(f.Rel.OnDelete) + " DEFERRABLE INITIALLY DEFERRED")
	}
	return b.String(), nil
}

func onDeleteSQL(o schema.OnDelete) string {
	switch o {
	case schema.DBCascade:
		return " ON DELETE CASCADE"
	case schema.DBSetNull:
		return " ON DELETE SET NULL"
	case schema.DBSetDefault:
		return " ON DELETE SET DEFAULT"
	}
	return ""
}

func (e *Editor) dbDefault(m *schema.Model, f *schema.Field) (string, error) {
	if se, ok := f.DBDefault.(schema.Expression); ok {
		sql, err := orm.ExpressionSQL(e.d, m, se)
		if err != nil {
			return "", err
		}
		if _, literal := se.(expr.Literal); literal {
			if f.Kind.IsInteger() || f.Kind == schema.Decimal || f.Kind == schema.Float {
				sql = strings.Trim(sql, "'")
			}
			switch {
			case strings.HasPrefix(sql, "CAST("):
				sql = "(" + sql + ")"
			case f.Kind == schema.Decimal && e.d.Name == "sqlite":
				sql = "(CAST('" + sql + "' AS NUMERIC))"
			}
			return sql, nil
		}
		if strings.ContainsRune(sql, '(') {
			sql = "(" + sql + ")"
		}
		return sql, nil
	}
	sql, err := orm.LiteralSQL(e.d, f.DBDefault)
	if f.Kind.IsInteger() || f.Kind == schema.Decimal || f.Kind == schema.Float {
		sql = strings.Trim(sql, "'")
	}
	if f.Kind == schema.Decimal && e.d.Name == "sqlite" {
		sql = "(CAST('" + strings.Trim(sql, "'") + "' AS NUMERIC))"
	}
	return sql, err
}

// tableSQL is CREATE TABLE.
func (e *Editor) tableSQL(s *State, m *schema.Model, table string) (string, error) {
	var parts []string
	for i := range m.Fields {
		f := &m.Fields[i]
		if !f.HasColumn() {
			continue
		}
		def, err := e.column(s, m, f)
		if err != nil {
			return "", err
		}
		parts = append(parts, e.name(f.ColumnName())+" "+def)
	}
	if len(m.PrimaryKey) > 0 {
		cols, err := columns(m, m.PrimaryKey)
		if err != nil {
			return "", err
		}
		parts = append(parts, "PRIMARY KEY ("+e.names(cols)+")")
	}
	for i := range m.Constraints {
		sql, err := e.inlineConstraint(m, &m.Constraints[i])
		if err != nil {
			return "", err
		}
		if sql != "" {
			parts = append(parts, sql)
		}
	}
	return "CREATE TABLE " + e.name(table) + " (" + strings.Join(parts, ", ") + ")", nil
}

// isComposite says that a field is a part of a composite key.
func isComposite(m *schema.Model, f *schema.Field) bool {
	return slices.Contains(m.PrimaryKey, f.Name)
}

// inlineConstraint is a constraint's part of CREATE TABLE; those that are unique indexes have none.
func (e *Editor) inlineConstraint(m *schema.Model, c *schema.Constraint) (string, error) {
	switch {
	case c.Check != nil:
		sql, err := orm.ExpressionSQL(e.d, m, c.Check)
		return "CONSTRAINT " + e.name(c.Name) + " CHECK (" + sql + ")", err
	case isUniqueIndex(c):
		return "", nil
	}
	cols, err := columns(m, c.Fields)
	sql := "CONSTRAINT " + e.name(c.Name) + " UNIQUE (" + e.names(cols) + ")"
	if c.NullsNotDistinct && e.d.Name == "postgresql" {
		sql = strings.Replace(sql, " UNIQUE (", " UNIQUE NULLS NOT DISTINCT (", 1)
	}
	if c.Deferrable != "" && e.d.Name == "postgresql" {
		sql += " DEFERRABLE INITIALLY " + strings.ToUpper(c.Deferrable)
	}
	return sql, err
}

func isUniqueIndex(c *schema.Constraint) bool {
	return c.Check == nil && (c.Where != nil || len(c.Expressions) > 0 || len(c.Include) > 0 || len(c.OpClasses) > 0)
}

func columns(m *schema.Model, fields []string) ([]string, error) {
	out := make([]string, len(fields))
	for i, name := range fields {
		f := m.Field(strings.TrimPrefix(name, "-"))
		if f == nil {
			return nil, fmt.Errorf("migrate: %s has no field %q", m.Label(), name)
		}
		out[i] = f.ColumnName()
	}
	return out, nil
}

// CreateTable makes a model's table with its indexes and the tables of its many-to-many fields.
func (e *Editor) CreateTable(ctx context.Context, s *State, m *schema.Model) error {
	sql, err := e.tableSQL(s, m, m.Table)
	if err != nil {
		return err
	}
	if err := e.Execute(ctx, sql); err != nil {
		return err
	}
	if m.Comment != "" {
		if err := e.tableComment(ctx, m); err != nil {
			return err
		}
	}
	for i := range m.Fields {
		if f := &m.Fields[i]; f.Comment != "" {
			if err := e.columnComment(ctx, m, f); err != nil {
				return err
			}
		}
	}
	if err := e.deferIndexes(s, m); err != nil {
		return err
	}
	for i := range m.Fields {
		if f := &m.Fields[i]; f.Kind == schema.ManyToMany {
			if err := e.createThrough(ctx, s, m, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// through is the table of a many-to-many field, in a state that knows it.
func (e *Editor) through(s *State, m *schema.Model, f *schema.Field) (*State, *schema.Model, error) {
	if f.Rel.Through != "" {
		return nil, nil, nil
	}
	to := s.ByLabel(f.Rel.To)
	if to == nil {
		return nil, nil, fmt.Errorf("migrate: %s.%s points to %s, which is not in the state of the migrations (add a dependency)", m.Label(), f.Name, f.Rel.To)
	}
	t := orm.HiddenThrough(m, f, to)
	with := s.Clone()
	with.Add(t)
	return with, with.Model(t.App, t.Name), nil
}

func (e *Editor) createThrough(ctx context.Context, s *State, m *schema.Model, f *schema.Field) error {
	with, t, err := e.through(s, m, f)
	if err != nil || t == nil {
		return err
	}
	return e.CreateTable(ctx, with, t)
}

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
		out = append(out, "CREATE INDEX "+e.name(name)+" ON "+e.name(m.Table)+" ("+e.name(col)+")")
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

// indexSQL is CREATE INDEX.
func (e *Editor) indexSQL(m *schema.Model, ix *schema.Index) (string, error) {
	parts, err := e.indexParts(m, ix.Fields, ix.Expressions, ix.OpClasses)
	if err != nil {
		return "", err
	}
	sql := "CREATE INDEX " + e.name(ix.Name) + " ON " + e.name(m.Table) + " (" + strings.Join(parts, ", ") + ")"
	if sql, err = e.withInclude(sql, m, ix.Include); err != nil {
		return "", err
	}
	return e.withWhere(sql, m, ix.Where)
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
			part += " " + classes[i]
		}
		if strings.HasPrefix(name, "-") {
			part += " DESC"
		}
		parts = append(parts, part)
	}
	for _, x := range exprs {
		part, err := e.indexExpression(m, x)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// DropTable drops a model's table and those of its many-to-many fields.
func (e *Editor) DropTable(ctx context.Context, s *State, m *schema.Model) error {
	for i := range m.Fields {
		if f := &m.Fields[i]; f.Kind == schema.ManyToMany {
			_, t, err := e.through(s, m, f)
			if err != nil {
				return err
			}
			if t != nil {
				if err := e.DropTable(ctx, s, t); err != nil {
					return err
				}
			}
		}
	}
	sql := "DROP TABLE " + e.name(m.Table)
	if e.d.Name == "postgresql" {
		sql += " CASCADE"
	}
	if err := e.Execute(ctx, sql); err != nil {
		return err
	}
	e.forget(m.Table)
	return nil
}

// forget drops the statements that were put off for a table that is gone.
func (e *Editor) forget(table string) {
	on := " ON " + e.name(table) + " ("
	alter := "ALTER TABLE " + e.name(table) + " "
	e.deferred = slices.DeleteFunc(e.deferred, func(sql string) bool {
		return strings.Contains(sql, on) || strings.HasPrefix(sql, alter)
	})
}

// effectiveDefault is the value that rows get in a new column: the field's default, an empty text where forms may be left
// empty, now for automatic times.
func effectiveDefault(f *schema.Field, oneOff any) any {
	switch {
	case oneOff != nil:
		return oneOff
	case f.Default != nil:
		return f.Default
	case !f.Null && f.Blank && f.Kind.IsText():
		return ""
	case !f.Null && f.Blank && f.Kind == schema.Binary:
		return []byte{}
	case f.AutoNow || f.AutoNowAdd:
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return nil
}

// zeroValue is what rows get in a column that comes back and may not be null: the zero of its type, or nil if there is none.
func zeroValue(f *schema.Field) any {
	switch {
	case f.Null || f.PrimaryKey || f.Rel != nil || f.DBDefault != nil || f.Expression != nil:
		return nil
	case f.Kind.IsText():
		return ""
	case f.Kind.IsInteger(), f.Kind == schema.Decimal, f.Kind == schema.Float:
		return 0
	}
	switch f.Kind {
	case schema.Boolean:
		return false
	case schema.Date, schema.DateTime:
		return time.Unix(0, 0).UTC()
	case schema.Time, schema.Duration:
		return time.Duration(0)
	case schema.Binary:
		return []byte{}
	case schema.JSON:
		return "null"
	case schema.UUID:
		return [16]byte{}
	case schema.IP:
		return "0.0.0.0"
	}
	return nil
}

// literal writes a value for a field's column as SQL.
func (e *Editor) literal(f *schema.Field, v any) (string, error) {
	if v == nil {
		return "NULL", nil
	}
	switch x := v.(type) {
	case time.Time:
		if f.Kind == schema.Date {
			v = x.Format("2006-01-02")
		}
	case time.Duration:
		if f.Kind == schema.Time {
			v = string(dialect.AppendClock(nil, x))
		}
	case [16]byte, string, int, bool:
	default:
		if f.Kind == schema.JSON {
			text, err := json.Marshal(v)
			if err != nil {
				return "", fmt.Errorf("migrate: the default of %s: %w", f.Name, err)
			}
			v = string(text)
		}
	}
	return orm.LiteralSQL(e.d, v)
}
