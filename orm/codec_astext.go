package orm

import "github.com/nuages-go/nuages/orm/schema"

// AsText is the codec of a column whose type package orm has no kind for: an array, a range, an hstore, xml. Its values are
// the text that the database writes for them.
//
//	orm.Custom(&b.Span, orm.AsText("tstzrange"))
//
// On PostgreSQL values are cast to the type and read as text; it compares as the type does. The type is part of SQL as it
// stands: never take it from users.
func AsText(dbType string) Codec[string, string] {
	same := func(s string) (string, error) { return s, nil }
	return Codec[string, string]{
		Kind: schema.Text, DBType: SQL{All: dbType},
		Placeholder: SQL{PostgreSQL: "({1})::" + dbType}, Select: SQL{PostgreSQL: "({1})::text"},
		Encode: same, Decode: same,
	}
}

// DBType replaces the type of the column, for some databases or all: SQL{PostgreSQL: "citext"}. Values must still fit the
// field. Django: db_type.
func (c *Column[V]) DBType(t SQL) *Column[V] { c.d.s.DBType = t; return c }
