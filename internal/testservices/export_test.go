package testservices

import "testing"

// MissingPostgres does what StartPostgres does on a machine without PostgreSQL.
func MissingPostgres(t testing.TB) { missing(t, "postgres", "postgresql") }
