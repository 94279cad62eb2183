package nuages

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/migrate"
)

// migrateCommands are migrate, makemigrations and their like, over the applications of the site that runs them.
func migrateCommands() []manage.Command {
	return migrate.Commands(func(ctx context.Context) []migrate.App { return FromContext(ctx).site.migrations() })
}

// migrations are the applications as migrations see them.
func (s *Site) migrations() []migrate.App {
	var out []migrate.App
	for _, app := range s.Apps {
		if len(app.Models)+len(app.Migrations) > 0 {
			out = append(out, migrate.App{Label: app.Name, Models: app.Models, Migrations: app.Migrations})
		}
	}
	return out
}

// saySomethingOfMigrations tells the developer which migrations the database lacks. A database that cannot be asked is no
// reason not to start: the first page that needs it will say more.
func (app *Instance) saySomethingOfMigrations(ctx context.Context, in *manage.Invocation) error {
	if len(app.databases) == 0 {
		return nil
	}
	missing, err := migrate.Unapplied(ctx, app.site.migrations())
	if err != nil {
		in.Printf("%s\n", in.Style.Notice("The database cannot be asked about migrations: "+err.Error()))
		return nil
	}
	if len(missing) == 0 {
		return nil
	}

	var labels []string
	for _, name := range missing {
		label, _, _ := strings.Cut(name, ".")
		if !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	noun := "migrations"
	if len(missing) == 1 {
		noun = "migration"
	}
	notice := fmt.Sprintf("You have %d unapplied %s. The site may not work properly until you apply the migrations for app(s): %s.", len(missing), noun, strings.Join(labels, ", "))
	in.Printf("\n%s\n", in.Style.Notice(notice))
	in.Printf("%s\n", in.Style.Notice("Run '"+app.site.programName()+" migrate' to apply them."))
	return nil
}
