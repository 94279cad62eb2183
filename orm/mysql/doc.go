// Package mysql is the ORM's driver for MySQL and MariaDB.
//
//	db, err := mysql.Open("mysql://user:password@localhost/news", mysql.Options{})
//	ctx = orm.WithDatabase(ctx, db)
//
// A site links it only by passing its Driver in, or a database that Open made.
package mysql
