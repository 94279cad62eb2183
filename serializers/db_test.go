package serializers_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// newsroomDB is a context with the newsroom's tables in an SQLite file.
func newsroomDB(t testing.TB) context.Context {
	t.Helper()
	return withTables(t, sqliteDB(t), migrate.App{Label: "newsroom", Models: newsroom.All()})
}

func sqliteDB(t testing.TB) *orm.DB {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "db.sqlite3"), sqlite.Options{Synchronous: "OFF"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// withTables makes the tables of applications and returns a context with the database and the models.
func withTables(t testing.TB, db *orm.DB, apps ...migrate.App) context.Context {
	t.Helper()
	ctx := orm.WithDatabase(t.Context(), db)
	var models []orm.Model
	for _, a := range apps {
		models = append(models, a.Models...)
	}
	if err := migrate.Run(ctx, apps, migrate.Options{SyncDB: true}); err != nil {
		t.Fatal(err)
	}
	return orm.WithModels(ctx, models...)
}
