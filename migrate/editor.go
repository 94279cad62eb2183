package migrate

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
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
	// progress writes down the operations of a NonAtomic migration, elsewhere.
	progress *progress
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
	spaces   Tablespaces
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
			return "", fmt.Errorf("the expression of the field %s: %w", f.Name, err)
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
		b.WriteString(" PRIMARY KEY" + e.keyTablespace(m, f))
	} else if f.Unique || f.Kind == schema.OneToOne {
		b.WriteString(" UNIQUE" + e.keyTablespace(m, f))
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
	for i := range m.Fields {
		if f := &m.Fields[i]; f.Kind == schema.ForeignObject && e.d.InlineForeignKeys {
			sql, err := e.foreignClause(s, m, f)
			if err != nil {
				return "", err
			}
			if sql != "" {
				parts = append(parts, sql)
			}
		}
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
	return "CREATE TABLE " + e.name(table) + " (" + strings.Join(parts, ", ") + ")" + e.tableSpace(m), nil
}

// isComposite says that a field is a part of a composite key.
func isComposite(m *schema.Model, f *schema.Field) bool {
	return slices.Contains(m.PrimaryKey, f.Name)
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
