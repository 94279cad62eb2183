package testservices

import "testing"

// MissingPostgres does what StartPostgres does on a machine without PostgreSQL.
func MissingPostgres(t testing.TB) { missing(t, "postgres", "postgresql") }

// Died waits until a server has ended, and returns what is told of one that nobody stopped.
func Died(server interface{ fate() string }) string { return server.fate() }

func (p *process) fate() string {
	<-p.ended
	return p.died
}
