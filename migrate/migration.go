package migrate

import (
	"context"
	"io"
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
	// Before and After, if given, are called before and after each run on a database, application by application in the order
	// of the site, also when there was nothing to do: for rows that models need, such as permissions. They are not called for
	// --plan, --check and --prune. An error ends the run. Django: the signals pre_migrate and post_migrate.
	Before, After func(ctx context.Context, e Event) error
}

// migrated says that the application's tables are made by migrations.
func (a *App) migrated() bool { return !a.NoMigrations && len(a.Migrations) > 0 }

// Event tells Before and After what a run does.
type Event struct {
	// DB is the name of the database: query with Using(e.DB). Where routers divide models among databases,
	// orm.AllowMigrate(ctx, e.DB, app, model) says whether a model's table is there.
	DB string
	// App is the label of the application whose function is called.
	App string
	// Plan are the migrations of the run in their order, with their direction; empty if there was nothing to do.
	Plan []PlanStep
	// State has the models of all applications: what the migrations that are applied make, before the run for Before and after it
	// for After, and the models of applications without migrations.
	State *State
	// Verbosity is that of the command; at 0 nothing is to be written. Out takes what is.
	Verbosity int
	Out       io.Writer
	// Interactive says that a person may be asked.
	Interactive bool
}

// PlanStep is a migration of a run.
type PlanStep struct {
	Key      Key
	Backward bool
}
