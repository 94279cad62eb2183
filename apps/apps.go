package apps

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/signals"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
)

// App is one application. Only Name is required. Django: AppConfig.
type App struct {
	// Name is the application's label: a word of lower-case letters, digits and underscores, unique in the site. It begins the
	// names of tables and stands in django_migrations.
	Name string
	// VerboseName is the name for people. Default: Name with a capital and blanks.
	VerboseName string

	// Models are the application's models: orm.ModelOf[Question](). Relations between applications need both in the site.
	Models []orm.Model
	// Lookups are transforms and look-ups of look-up strings, for the columns of all applications. Django: register_lookup.
	Lookups []orm.LookupPart
	// Migrations are the application's migrations in their order: migrations.All().
	// A list of the site's own in its place is Django's MIGRATION_MODULES.
	Migrations []migrate.Migration
	// NoMigrations switches them off: migrate --run-syncdb makes the tables, makemigrations leaves the application alone. Django:
	// None in MIGRATION_MODULES.
	NoMigrations bool
	// MigrationsDir is the directory of the migrations' files, for makemigrations. Default: NAME/migrations.
	MigrationsDir string

	// Receivers are told of what happens to objects and elsewhere: orm.PostSave[Question]().On(f). Django: signals that
	// AppConfig.ready connects.
	Receivers []signals.Receiver

	// Templates and Static are the application's files, usually apps.Files of an embed.FS. They may be nil.
	Templates, Static fs.FS
	// Fixtures are the application's fixtures for loaddata and tests, usually apps.Files of an embed.FS. It may be nil.
	Fixtures fs.FS
	// Libraries are template libraries that {% load %} finds by name.
	Libraries []*template.Library
	// Processors add names to every template. Django: context processors.
	Processors []template.Processor

	// Pages are the typed pages that start-up checks against their templates, Names the typed URL names that it checks
	// against the URL table.
	Pages []template.AnyPage
	Names []urls.AnyName

	// Commands are added to the program's, Checks run with its system checks.
	Commands []manage.Command
	Checks   []manage.Check
	// Ready is called once when the site has been built, before the first request or command. The context carries the site;
	// it does not end. An error keeps the site from starting.
	Ready func(ctx context.Context) error
}

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// CheckNames reports applications without a usable name and those that share one.
func CheckNames(list []App) []manage.Message {
	var out []manage.Message
	seen := map[string]bool{}
	for i, app := range list {
		if !namePattern.MatchString(app.Name) {
			out = append(out, manage.Message{
				Level: manage.Error, ID: "apps.E001", Object: fmt.Sprintf("application %d", i+1), Text: fmt.Sprintf("%q is not an application's name.", app.Name),
				Hint: "Use a word of lower-case letters, digits and underscores.",
			})
		} else if seen[app.Name] {
			out = append(out, manage.Message{
				Level: manage.Error, ID: "apps.E002", Object: app.Name, Text: "Two applications have this name.",
				Hint: "List each application once, or give one of them another name.",
			})
		}
		seen[app.Name] = true
	}
	return out
}
