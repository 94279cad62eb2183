package migrate

import (
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// Migration is one step of an application's schema.
type Migration struct {
	// App is the application's label, Name the migration's: "0001_initial".
	App, Name string
	// Initial marks the first migration of an application; --fake-initial looks at those.
	Initial bool
	// Dependencies are migrations that must run before.
	Dependencies []Key
	// RunBefore are migrations of other applications that must run after.
	RunBefore []Key
	// Replaces are the migrations that this one was squashed from.
	Replaces []Key
	// NonAtomic runs the migration without a transaction.
	NonAtomic bool
	// LockTimeout and StatementTimeout end a statement that waits for a lock, or runs, for longer (PostgreSQL and MariaDB). Default: the
	// database's own.
	LockTimeout, StatementTimeout time.Duration
	Operations                    []Operation

	// swapped are the labels of swappable models, by application, whose dependencies are written as Swappable.
	swapped map[string]string
}

// Swappable is the dependency on the application of a model that a site may replace, by the model's label: on its first
// migration, whatever that is called there. An application that others use with their own user model takes the label as
// an argument of its list of migrations. Django: swappable_dependency.
//
//	Dependencies: []migrate.Key{migrate.Swappable("auth.User")},
func Swappable(label string) Key {
	app, _, _ := strings.Cut(label, ".")
	return Key{App: app, Name: "__first__"}
}

// Key names a migration.
type Key struct{ App, Name string }

// String is "app.name".
func (k Key) String() string { return k.App + "." + k.Name }

// Key returns the migration's name with its application.
func (m *Migration) Key() Key { return Key{m.App, m.Name} }

// App is an application as migrations see it: its models and its written migrations. An application without migrations has
// its tables made by `migrate --run-syncdb`.
type App struct {
	Label      string
	Models     []orm.Model
	Migrations []Migration
	// NoMigrations switches the application's migrations off: migrate --run-syncdb makes its tables, makemigrations leaves it
	// alone. Django: None in MIGRATION_MODULES.
	NoMigrations bool
	// Dir is the directory of the application's migrations, for makemigrations. Default: LABEL/migrations.
	Dir string
}

// migrated says that the application's tables are made by migrations.
func (a *App) migrated() bool { return !a.NoMigrations && len(a.Migrations) > 0 }
