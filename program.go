package nuages

import (
	"context"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/migrate"
)

type instanceKey struct{}

// FromContext returns the instance that a context belongs to: that of a command, a check or Ready. It is nil in others.
func FromContext(ctx context.Context) *Instance {
	app, _ := ctx.Value(instanceKey{}).(*Instance)
	return app
}

// newProgram makes the program of a site: of an instance, or of one that is built when a command needs it.
func newProgram(site *Site, app *Instance) *manage.Program {
	p := &manage.Program{
		Name: site.Name, Version: site.versionText(), Commands: site.commands(), Silenced: site.Settings.SilencedSystemChecks,
		Checks: func(ctx context.Context) []manage.Check { return FromContext(ctx).checks() },
	}
	p.Open = func(ctx context.Context, _ *manage.Invocation) (context.Context, error) {
		if app == nil {
			built, err := build(*site, false)
			if err != nil {
				return nil, err
			}
			app = built
		}
		return app.join(ctx), nil
	}
	p.Close = func() error {
		if app == nil {
			return nil
		}
		return app.Close()
	}
	return p
}

// commands are those of the site, of its applications, and the built-in ones; of two with one name the first wins.
func (s *Site) commands() []manage.Command {
	own := slices.Clone(s.Commands)
	for _, app := range s.Apps {
		for _, c := range app.Commands {
			if c.Group == "" {
				c.Group = app.Name
			}
			own = append(own, c)
		}
	}
	own = append(own, runserverCommand(s), serveCommand(), checkCommand(), routesCommand(), settingsCommand(s), signalsCommand())
	return append(append(own, migrateCommands()...), fixtureCommands()...)
}

// checks are the instance's system checks: what was found while building, those for deployment, and those of
// applications and site.
func (app *Instance) checks() []manage.Check {
	var checks []manage.Check
	byTag := map[string][]manage.Message{}
	for _, tag := range []string{"apps", "databases", "middleware", "models", "security", "settings", "templates", "urls", "views"} {
		byTag[tag] = nil
	}
	for _, m := range app.warnings {
		tag, _, _ := strings.Cut(m.ID, ".")
		if tag == "fields" || tag == "orm" {
			tag = "models"
		}
		byTag[tag] = append(byTag[tag], m)
	}
	for tag, messages := range byTag {
		checks = append(checks, manage.Check{Tags: []string{tag}, Run: func(context.Context) []manage.Message { return messages }})
	}
	checks = append(checks, manage.Check{Tags: []string{"security"}, Deploy: true, Run: app.securityChecks})
	checks = append(checks, migrate.Check(func(context.Context) []migrate.App { return app.site.migrations() }))
	checks = append(checks, migrate.DatabaseCheck(app.settings.TimeZone))
	for _, a := range app.site.Apps {
		checks = append(checks, a.Checks...)
	}
	return append(checks, app.site.Checks...)
}
