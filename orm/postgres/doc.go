// Package postgres is the ORM's driver for PostgreSQL 15 and later, on pgx's own protocol without database/sql.
//
//	db, err := postgres.Open("postgres://site:secret@localhost:5432/site", postgres.Options{})
//	ctx = orm.WithDatabase(ctx, db)
//
// A site that chooses its database by URL passes the driver: orm.OpenURL(url, sqlite.Driver(), postgres.Driver()).
//
// What the driver does that a query does not show:
//   - Connections come from a pool with a limit (Options.MaxConns); orm.DB.Stats counts them. A wait for a free one ends with
//     the context, or after Options.AcquireTimeout.
//   - Statements are prepared once per connection, values travel in binary where that is shorter. After a migration changed a
//     table, a statement whose plan no longer serves is prepared anew and run again, outside transactions.
//   - A context that ends cancels the statement on the server; the connection stays usable.
//   - A connection that was lost while idle is replaced before use. One that is lost later is an orm.ErrConnectionLost; the
//     statement runs again by itself only if nothing of it was sent, or if it only reads outside a transaction.
//   - Broken constraints are *orm.ConstraintError with table, constraint and columns; deadlocks and serialization failures are
//     orm.ErrSerialization; everything else the server refuses is an *Error with its SQLSTATE.
//   - BulkCreate sends rows by COPY; Listen hears what other processes say by NOTIFY.
//
// All sessions run in UTC. Between the site and the server, a pooler that hands each transaction another connection needs
// Options.NoPrepare (or ?prepare=off in the URL).
//
// As in Django: names of types, columns and indexes, and what is stored in them, so the two can use one database side by
// side. Unlike in Django: parameters are bound by the server, never written into the statement.
package postgres
