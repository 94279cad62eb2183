// Package schema describes tables as plain data: models, fields, relations, indexes and constraints, with the names that
// Django gives them in the database.
//
// Package orm makes these values from Go structs; package migrate writes them into migration files, compares them and
// turns them into DDL. A field reads as a sentence:
//
//	schema.Field{Name: "title", Kind: schema.Char, MaxLength: 200}
//	schema.Field{Name: "author", Kind: schema.ForeignKey, Rel: &schema.Relation{To: "auth.User", OnDelete: schema.Cascade}}
//
// The package imports nothing but the standard library, so that every layer may speak of tables.
package schema
