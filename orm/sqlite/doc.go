// Package sqlite is the ORM's driver for SQLite: pure Go, without database/sql.
//
//	db, err := sqlite.Open("site.sqlite3", sqlite.Options{})
//	ctx = orm.WithDatabase(ctx, db)
//
// One connection writes and several read, with a write-ahead log, foreign keys on and a busy timeout of five seconds, so
// that a site under load does not see "database is locked". Transactions begin IMMEDIATE. The SQL functions that Django
// installs (django_datetime_extract, REGEXP ...) are there, so the two can use one file side by side.
//
// A cancelled context stops reads. A write that has begun is finished: interrupting it would undo the transaction that it
// stands in.
package sqlite
