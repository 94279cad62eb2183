package schema

import "strings"

// Expression is an SQL expression over columns: a condition of a constraint, a functional index, a default of the
// database. Package orm/expr holds the implementations.
type Expression interface{ SchemaExpression() }

// Model is one table and what is known of it.
type Model struct {
	// App is the label of the application, Name the Go name of the type.
	App, Name string
	// Table is the table's name. Default: app_name in lower case.
	Table string
	// Fields in the order of the struct: columns and many-to-many relations. Those of parents are not among them.
	Fields []Field
	// Bases are the labels of the parents: of the models whose tables hold the rest of each row, or of the one that a proxy
	// stands for.
	Bases []string
	// Owner and OwnerField are the model and the many-to-many field that Table has its name of, for a table between that says
	// none itself.
	Owner      *Model
	OwnerField string
	Options
}

// Options are what Meta says about a model.
type Options struct {
	VerboseName, VerboseNamePlural string
	// Ordering is the default order by field name, "-name" for descending; an expression is its SQL in parentheses.
	Ordering []string
	Indexes  []Index
	// Constraints are checks and unique constraints.
	Constraints []Constraint
	// UniqueTogether lists sets of fields in the older form; use a Constraint in new models.
	UniqueTogether [][]string
	// PrimaryKey names the fields of a composite primary key.
	PrimaryKey []string
	// Proxy models have no table of their own but that of their base.
	Proxy bool
	// RequiredVendor and RequiredFeatures limit migrations of the table to databases of a kind ("postgresql") and with
	// features (dialect.Dialect.Has).
	RequiredVendor   string
	RequiredFeatures []string
	// Swappable models may be another in another site, such as a user model: migrations depend on the first one of its
	// application, whichever that is.
	Swappable bool
	// Unmanaged tables are neither created nor dropped by migrations.
	Unmanaged bool
	// Comment stands on the table where the database can.
	Comment string
	// OrderWithRespectTo is the foreign key among whose rows each row has a place, in the column _order.
	OrderWithRespectTo string
	// Tablespace is where PostgreSQL keeps the table and the indexes without one of their own.
	Tablespace string
	// GetLatestBy is the field for Latest and Earliest, or several with a comma between: "-priority, created".
	GetLatestBy string
	// Permissions are added to add, change, delete and view: pairs of code and name.
	Permissions [][2]string
	// DefaultPermissions replaces add, change, delete, view; an empty slice that is not nil gives none.
	DefaultPermissions []string
}

// HasTable says that migrations make a table for the model: it is neither a proxy nor unmanaged.
func (o *Options) HasTable() bool { return !o.Unmanaged && !o.Proxy }

// Label is "app.Name".
func (m *Model) Label() string { return m.App + "." + m.Name }

// Field returns the field with a name, or nil.
func (m *Model) Field(name string) *Field {
	for i := range m.Fields {
		if m.Fields[i].Name == name {
			return &m.Fields[i]
		}
	}
	return nil
}

// PK returns the field that is the primary key, or nil when the key is composite or missing.
func (m *Model) PK() *Field {
	for i := range m.Fields {
		if m.Fields[i].PrimaryKey {
			return &m.Fields[i]
		}
	}
	return nil
}

// TableName is the table's name in a database that takes names of at most limit characters, 0 for any: what the model does not
// say itself is shortened to them. SQLite takes any, PostgreSQL 63, MariaDB and MySQL 64.
//
// Django 6.1 django/db/models/options.py contribute_to_class, fields/related.py _get_m2m_db_table.
func (m *Model) TableName(limit int) string {
	switch {
	case limit <= 0 || len(m.Table) <= limit:
		return m.Table
	case m.Owner != nil:
		return ShortName(Unquote(m.Owner.TableName(limit))+"_"+m.OwnerField, limit)
	case m.Table == DefaultTable(m.App, m.Name):
		return ShortName(m.Table, limit)
	}
	return m.Table
}

// DefaultTable is the table's name when none is given.
func DefaultTable(app, name string) string { return app + "_" + strings.ToLower(name) }

// Choice is a value that a field may have, with the text that people see. Choices with the same Group that follow each other
// stand under that heading. A nil Value is the choice of none.
type Choice struct {
	Value any
	Label string
	Group string
}

// Field is one field of a model.
type Field struct {
	// Name is the field's name in Django's manner: pub_date.
	Name string
	// Column is the column's name. Default: the name, with _id for a relation.
	Column string
	Kind   Kind
	// DBType replaces the kind's type of column on some databases or all.
	DBType SQL
	// MaxLength is the greatest number of characters (Char and its like) or bytes (Binary).
	MaxLength int
	// Digits and Places are a decimal's digits in all and after the point.
	Digits, Places int
	Null           bool
	Blank          bool
	PrimaryKey     bool
	Unique         bool
	// Index asks for an index; NoIndex refuses the one that slugs and foreign keys have by themselves.
	Index, NoIndex bool
	// Default is used for new objects; it is not part of the table.
	Default any
	// DefaultFunc names a default that is computed; migrations only know that there is one.
	DefaultFunc bool
	// DBDefault is the database's own default: a value or an Expression.
	DBDefault any
	Choices   []Choice
	// AutoNow and AutoNowAdd set the present time on each save, and on the first.
	AutoNow, AutoNowAdd bool
	// VerboseName and HelpText are for people.
	VerboseName, HelpText string
	// NotEditable keeps the field out of forms.
	NotEditable bool
	// Collation and Comment stand on the column where the database can.
	Collation, Comment string
	// Tablespace is where PostgreSQL keeps the index of the column.
	Tablespace string
	// NotSerialized keeps the field out of fixtures.
	NotSerialized bool
	// AllowUnicode lets a Slug have letters of any script.
	AllowUnicode bool
	// Protocol limits an IP to "ipv4" or "ipv6"; UnpackIPv4 stores ::ffff:1.2.3.4 as 1.2.3.4.
	Protocol   string
	UnpackIPv4 bool
	// Files are the files that a FilePath may name.
	Files *Files
	// Expression computes a Generated column; Output is its kind, Stored whether it is kept on disk.
	Expression Expression
	Output     *Field
	Stored     bool
	// Rel is where a relation leads.
	Rel *Relation
}

// Files says which files a FilePath field offers.
type Files struct {
	// Dir is the directory. It may be computed when it is asked for; then it is empty here.
	Dir string
	// Match is a regular expression that names of files, without their directories, must match.
	Match string
	// Recursive looks into directories below, too.
	Recursive bool
	// NoFiles leaves files out, Folders takes directories in.
	NoFiles, Folders bool
}

// Relation is where a foreign key or a many-to-many field leads.
type Relation struct {
	// To is the label of the other model: "auth.User". "self" is the model itself.
	To string
	// ToField is the field of the other model that the column holds. Default: its primary key.
	ToField string
	// Fields are those of the model whose columns hold the other row's key, for a ForeignObject, which has no column of its own;
	// ToFields are those of the other model that they hold. Default: its primary key.
	Fields, ToFields []string
	OnDelete         OnDelete
	// RelatedName is the name of the way back; RelatedQuery the one in look-ups. "+" hides the way back.
	RelatedName, RelatedQuery string
	// ParentLink says that the row pointed to is the other part of this one, in the parent's table.
	ParentLink bool
	// NoConstraint leaves the foreign key out of the table.
	NoConstraint bool
	// Table is the name of the table of a many-to-many relation that has no model of its own.
	Table string
	// Through is the label of the model of a many-to-many relation, ThroughFields its two foreign keys' names.
	Through       string
	ThroughFields [2]string
	// LimitChoices says which rows of the other model may be pointed to; LimitFunc that a function of the program says so.
	LimitChoices Expression
	LimitFunc    bool
	// Symmetrical relations of a model to itself hold both ways.
	Symmetrical bool
}

// OnDelete is what happens to rows that point to a deleted row.
type OnDelete uint8

// The choices, as in Django. The DB variants leave the work to the database; SetValue is Django's SET(...).
const (
	Protect OnDelete = iota
	Cascade
	Restrict
	SetNull
	SetDefault
	DoNothing
	DBCascade
	DBSetNull
	DBSetDefault
	SetValue
)

var onDeleteNames = [...]string{"Protect", "Cascade", "Restrict", "SetNull", "SetDefault", "DoNothing", "DBCascade", "DBSetNull", "DBSetDefault", "SetValue"}

// InDatabase says that the database does it, by ON DELETE.
func (o OnDelete) InDatabase() bool { return o == DBCascade || o == DBSetNull || o == DBSetDefault }

// String returns the name, as it stands in migration files.
func (o OnDelete) String() string {
	if int(o) < len(onDeleteNames) {
		return onDeleteNames[o]
	}
	return "Protect"
}

// ColumnName is the name of the field's column.
func (f *Field) ColumnName() string {
	switch {
	case f.Column != "":
		return f.Column
	case f.Kind == ForeignKey || f.Kind == OneToOne:
		return f.Name + "_id"
	}
	return f.Name
}

// HasColumn says that the field is a column of the model's own table.
func (f *Field) HasColumn() bool {
	return f.Kind != ManyToMany && f.Kind != ForeignObject && f.Kind != Invalid
}

// HasConstraint says that the database keeps rows from pointing nowhere: the field is a foreign key in the table.
func (f *Field) HasConstraint() bool {
	return (f.Kind == ForeignKey || f.Kind == OneToOne || f.Kind == ForeignObject) && f.Rel != nil && !f.Rel.NoConstraint
}

// WantsIndex says that the column has an index of its own that is not unique.
func (f *Field) WantsIndex() bool {
	if f.Unique || f.PrimaryKey || f.NoIndex || f.Kind == OneToOne {
		return false
	}
	return f.Index || f.Kind == Slug || f.Kind == ForeignKey || f.HasConstraint() && f.Kind == ForeignObject
}

// Index is an index over columns or expressions.
type Index struct {
	// Name is at most 30 characters. Default: made from the table and the fields, as Django does.
	Name string
	// Fields are names of fields, "-name" for descending.
	Fields []string
	// Expressions make a functional index.
	Expressions []Expression
	// Where makes a partial index.
	Where Expression
	// Include adds columns that are only stored (PostgreSQL).
	Include []string
	// OpClasses per field, and per expression after those (PostgreSQL).
	OpClasses []string
	// Using is the method of the index: "gin", "gist", "brin", "hash", "spgist", "bloom" (PostgreSQL; others ignore it).
	Using string
	// With are parameters of storage: "fillfactor = 80" (PostgreSQL).
	With string
	// Tablespace is where the index is kept (PostgreSQL).
	Tablespace string
}

// Exclusion is one condition of an exclusion constraint: two rows must not both hold for all of them.
type Exclusion struct {
	// Field or Expression is what is compared.
	Field      string
	Expression Expression
	// Operator compares: "&&" for ranges that overlap, "=".
	Operator string
	OpClass  string
}

// Constraint is a check, a unique or an exclusion constraint.
type Constraint struct {
	Name string
	// Check is the condition of a check constraint; without it the constraint is unique.
	Check Expression
	// Fields or Expressions are what must be unique.
	Fields      []string
	Expressions []Expression
	// Where limits a unique constraint to some rows.
	Where Expression
	// Deferrable: "", "deferred" or "immediate" (PostgreSQL).
	Deferrable string
	Include    []string
	OpClasses  []string
	// NullsNotDistinct makes two nulls equal (PostgreSQL 15).
	NullsNotDistinct bool
	// Exclude makes an exclusion constraint (PostgreSQL), Using is the method of its index. Default: "gist".
	Exclude []Exclusion
	Using   string
	// Message is what people read when the constraint is violated, Code what programs read.
	Message, Code string
}
