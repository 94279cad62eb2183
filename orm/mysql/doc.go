// Package mysql is the ORM's driver for MySQL 8.4 and MariaDB 10.11 and later, on github.com/go-sql-driver/mysql.
//
//	db, err := mysql.Open("mysql://site:secret@localhost:3306/site", mysql.Options{})
//	ctx = orm.WithDatabase(ctx, db)
//
// A site that chooses its database by URL passes the driver: orm.OpenURL(url, sqlite.Driver(), mysql.Driver()).
//
// What the driver does that a query does not show:
//   - Connections come from a pool with a limit (Options.MaxConns), kept by database/sql. A wait for a free one ends with the
//     context, or after Options.AcquireTimeout.
//   - Statements are prepared once per connection; rows are read from what the wire brings, without database/sql's Scan.
//   - Sessions speak utf8mb4, run in UTC, are strict about values, and transactions are READ COMMITTED as in Django.
//   - A context that ends closes its connection and ends the statement on the server by KILL.
//   - A connection that was lost while idle is replaced before use. One that is lost later is an orm.ErrConnectionLost; the
//     statement runs again by itself only if nothing of it was sent, or if it only reads outside a transaction.
//   - Broken constraints are *orm.ConstraintError with table, constraint and columns; deadlocks are orm.ErrSerialization;
//     everything else the server refuses is an *Error with its number.
//   - Updates count the rows that they found, changed or not.
//
// The two servers differ in little: MariaDB answers an INSERT with generated columns (RETURNING) and has a type for UUIDs;
// for MySQL the keys of many rows are computed from the first. Open asks which it is, unless Options.Flavor or a URL that
// begins with mariadb:// says so.
//
// As in Django: names of types, columns and indexes, and what is stored in them, so the two can use one database side by
// side; texts compare by the column's collation, which by default ignores case; foreign keys are checked at once, never at
// the end of the transaction; changes of tables cannot be rolled back. Differs from Django: whole numbers divide to whole
// numbers, halves round away from zero and 1 - 2 is -1 in positive columns, as on the other databases; look-ups that ignore
// case do so under a binary collation too.
package mysql
