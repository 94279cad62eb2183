package orm_test

import (
	"context"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
)

// TestConformanceMySQL is TestConformance on MariaDB. The file holds no rows of it: they must equal SQLite's, so the
// database compares texts by their bytes.
func TestConformanceMySQL(t *testing.T) {
	file := conformanceFile(t)
	db, err := mysql.Open(testservices.StartMariaDB(t).NewDatabase(t, "utf8mb4_bin"), mysql.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	ctx := orm.WithModels(orm.WithDatabase(context.Background(), db), newsroom.All()...)
	createTables(t, ctx, newsroom.All()...)
	runConformance(t, ctx, file, "mysql")
}
