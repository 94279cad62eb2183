package nuages

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
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
			out = append(out, migrate.App{
				Label: app.Name, Models: app.Models, Migrations: app.Migrations, NoMigrations: app.NoMigrations, Dir: app.MigrationsDir,
			})
		}
	}
	return out
}

// unmigrated are the migrations that a site's databases lack.
type unmigrated struct {
	// missing are names such as "news.0002_slug", by database.
	missing map[string][]string
	program string
}

// databases are the names of those that lack migrations, in order.
func (u *unmigrated) databases() []string { return slices.Sorted(maps.Keys(u.missing)) }

// commands are what applies the migrations.
func (u *unmigrated) commands() []string {
	var out []string
	for _, db := range u.databases() {
		line := u.program + " migrate"
		if db != orm.DefaultDB {
			line += " --database " + db
		}
		out = append(out, line)
	}
	return out
}

// Error names the migrations and the command.
func (u *unmigrated) Error() string {
	var parts []string
	for _, db := range u.databases() {
		names := u.missing[db]
		text := strings.Join(names[:min(len(names), 10)], ", ")
		if more := len(names) - 10; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		parts = append(parts, fmt.Sprintf("database %q lacks %d %s: %s", db, len(names), migrationsWord(len(names)), text))
	}
	return strings.Join(parts, "; ") + " (run '" + strings.Join(u.commands(), "' and '") + "', or serve with --allow-unmigrated)"
}

func migrationsWord(n int) string {
	if n == 1 {
		return "migration"
	}
	return "migrations"
}

// unmigrated looks which migrations the databases lack: the default one, and others that somebody has migrated already. A
// replica has its primary's rows; a database without django_migrations is not ours to migrate. The error is of the
// databases that cannot be asked.
func (app *Instance) unmigrated(ctx context.Context) (*unmigrated, error) {
	list := app.site.migrations()
	if len(list) == 0 {
		return nil, nil
	}
	u := &unmigrated{missing: map[string][]string{}, program: app.site.programName()}
	var errs []error
	for _, db := range slices.Sorted(maps.Keys(app.databases)) {
		if db != orm.DefaultDB {
			if ours, err := migrate.Migrated(ctx, db); err != nil || !ours {
				errs = append(errs, err)
				continue
			}
		}
		missing, err := migrate.UnappliedOn(ctx, list, db)
		errs = append(errs, err)
		if len(missing) > 0 {
			u.missing[db] = missing
		}
	}
	if len(u.missing) == 0 {
		u = nil
	}
	return u, errors.Join(errs...)
}

// serverWait bounds the question to each server at the start.
const serverWait = 5 * time.Second

// askServers asks each database's server for an answer before the site serves. Old is the error of those that are too old,
// with which pages would fail where nobody looks; away that of those that do not answer, which may be back before the first
// request.
func (app *Instance) askServers(ctx context.Context) (old, away error) {
	for _, name := range slices.Sorted(maps.Keys(app.databases)) {
		asked, cancel := context.WithTimeout(ctx, serverWait)
		err := app.databases[name].Ping(asked)
		cancel()
		if err == nil {
			continue
		}
		err = fmt.Errorf("database %q: %w", name, err)
		if _, tooOld := errors.AsType[*orm.VersionError](err); tooOld {
			old = errors.Join(old, err)
		} else {
			away = errors.Join(away, err)
		}
	}
	return old, away
}

// awaitMigrations is how serve becomes ready: it returns when the databases have every migration. Where some are missing it
// waits for another process that migrates, as long as it was told to, and then refuses. A database that cannot be asked is
// logged: it may be back before the first request.
func (app *Instance) awaitMigrations(ctx context.Context, in *manage.Invocation, wait time.Duration) error {
	deadline := time.Now().Add(wait)
	for said := false; ; said = true {
		u, err := app.unmigrated(ctx)
		if u == nil {
			if err != nil {
				app.logger.Warn("the database cannot be asked about migrations", slog.Any("err", err))
			}
			return nil
		}
		left := time.Until(deadline)
		if left <= 0 {
			return u
		}
		if !said {
			in.Printf("Waiting up to %s for migrations: %s\n", wait, strings.Join(u.commands(), ", "))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(left, time.Second)):
		}
	}
}

// sayUnmigrated tells the developer which migrations the databases lack. A database that cannot be asked is no reason not
// to start: the first page that needs it will say more.
func (app *Instance) sayUnmigrated(ctx context.Context, in *manage.Invocation) {
	u, err := app.unmigrated(ctx)
	if err != nil {
		in.Printf("%s\n", in.Style.Notice("The database cannot be asked about migrations: "+err.Error()))
	}
	if u == nil {
		return
	}
	count := 0
	var labels []string
	for _, names := range u.missing {
		count += len(names)
		for _, name := range names {
			label, _, _ := strings.Cut(name, ".")
			labels = append(labels, label)
		}
	}
	slices.Sort(labels)
	notice := fmt.Sprintf("You have %d unapplied %s. The site may not work properly until you apply the migrations for app(s): %s.", count, migrationsWord(count), strings.Join(slices.Compact(labels), ", "))
	in.Printf("\n%s\n", in.Style.Notice(notice))
	in.Printf("%s\n", in.Style.Notice("Run '"+strings.Join(u.commands(), "' and '")+"' to apply them."))
}
