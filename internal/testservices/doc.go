// Package testservices starts the servers that tests talk to, each private to the test binary: in a temporary directory (in
// memory, where there is room), on a free port of the loopback interface, from the programs that the machine has.
//
//	func TestPostgres(t *testing.T) {
//		db, err := orm.OpenURL(testservices.StartPostgres(t).NewDatabase(t), postgres.Driver)
//
// A server starts at the first request and is shared by all tests of the binary. It ends with the binary, also when that
// is killed. A missing program skips the test, with the package to install; with CI=true in the environment it fails it.
//
// NewPostgres and NewMariaDB start one more server for one test, which can stop it in the middle of its work, let it crash,
// and start it again:
//
//	server := testservices.NewPostgres(t)
//	...
//	server.Kill(t)
//	server.Start(t)
//
// NewPgBouncer puts a pooler in front of a PostgreSQL server:
//
//	url := testservices.NewPgBouncer(t, server).Through(t, server.NewDatabase(t))
//
// NewCertificates makes what encrypted connections to them need.
package testservices
