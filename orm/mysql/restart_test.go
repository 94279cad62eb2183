package mysql_test

import (
	"testing"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialecttest"
	"github.com/nuages-go/nuages/orm/mysql"
)

// TestRestart stops the server under load, lets it crash, and starts it again.
func TestRestart(t *testing.T) { // not parallel: it looks for goroutines that are left
	server := testservices.NewMariaDB(t)
	dialecttest.RunRestart(t, server, func(t testing.TB) *orm.DB {
		db, err := mysql.Open(server.NewDatabase(t), mysql.Options{MaxConns: 6})
		must(t, err)
		return db
	})
}
