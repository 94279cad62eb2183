// Package dialect is the seam between the ORM and a database: values that go in (Value), rows that come out (Row), what a
// driver does (Backend, Conn), and what SQL the database speaks (Dialect, a struct of capabilities and small functions).
//
// The three dialects are plain values without a driver, so that SQL can be shown and tested without a server. A driver
// package (orm/sqlite, orm/postgres) brings its dialect and its connections together into an orm.DB.
package dialect
