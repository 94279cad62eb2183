// Package nuages is the front door of the framework: a Site describes a whole web site, Main makes a program of it that is
// the site and its manage.py, New builds it for tests and for use inside another program.
//
//	func main() {
//		nuages.Main(nuages.Site{
//			Settings: nuages.FromEnv(nuages.Settings{DatabaseURL: "sqlite:db.sqlite3"}),
//			Drivers:  []orm.Driver{sqlite.Driver()},
//			Apps:     []apps.App{polls.App()},
//			URLs:     urls.Patterns{urls.Include("polls/", polls.URLs())},
//		})
//	}
//
// The program then has Django's commands: runserver, serve, migrate, check, routes, settings, help and those of the
// applications.
//
// # If it starts, it works
//
// New looks at everything that can be looked at without a request: settings and the environment they come from, the URL
// table and the typed names that point into it, the views' arguments, every template and the data of every typed page, the
// order of the middleware. All mistakes are reported together, each with its place and how to mend it; a site with one does
// not start.
//
// # No globals
//
// A site is a value, and everything that belongs to it travels in the context: databases, templates, URL table. Two sites
// in one process do not see each other; tests run in parallel.
//
// Differs from Django: settings are a struct and not a module; INSTALLED_APPS, MIDDLEWARE and ROOT_URLCONF hold values and
// not their names; the middleware of a new project needs no application (add those of sessions, users and messages with
// their applications). Names of settings, commands, checks and their ids are Django's.
//
// This package imports no database driver: a site passes in those it uses.
package nuages
