package nuages

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/serializers"
	"github.com/nuages-go/nuages/signals"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// Site describes a site: what Django spreads over settings.py, urls.py and wsgi.py. It is a value; nothing happens until
// New or Main gets it.
type Site struct {
	// Name is the program's name in messages. Default: that of the binary.
	Name string
	// Version is the site's own version, for the version command. Default: what the build recorded.
	Version string
	// Settings configure it.
	Settings Settings
	// Apps are the applications; where two have the same template, static file or command, the first wins. Django:
	// INSTALLED_APPS.
	Apps []apps.App
	// URLs is the root URL table. Django: ROOT_URLCONF.
	URLs urls.Patterns
	// URLOptions are further settings of the URL table, such as converters.
	URLOptions urls.Options
	// Middleware are the layers, the outermost first. Django: MIDDLEWARE. Default: DefaultMiddleware(Settings).
	Middleware []web.Middleware
	// Drivers are the database drivers that Settings.DatabaseURL may name: sqlite.Driver(), postgres.Driver().
	Drivers []orm.Driver
	// Fixtures are the formats and packings that loaddata and dumpdata know beside JSON, XML and .gz: yaml.Format() of package
	// serializers/yaml, xz.Packing() of package serializers/xz. Default: none.
	Fixtures []serializers.Extension

	// Templates are the site's own templates, before those of the applications. Django: TEMPLATES[0]["DIRS"].
	Templates []fs.FS
	// Libraries, Builtins and Processors are added to those of the applications; Builtins need no {% load %}.
	Libraries, Builtins []*template.Library
	Processors          []template.Processor
	// Engines are asked for a template after the Django one. Default: none.
	Engines template.Engines

	// Pages and Names are typed pages and URL names that belong to no application.
	Pages []template.AnyPage
	Names []urls.AnyName
	// Commands and Checks are the site's own; a command replaces a built-in one of the same name.
	Commands []manage.Command
	Checks   []manage.Check

	// Receivers are the site's own signal receivers, before those of the applications.
	Receivers []signals.Receiver

	// ErrorPage makes the response for an error. Default: views.ErrorPage.
	ErrorPage func(r *web.Request, err error) *web.Response
	// Source is the program's own source for the debug page, an embed.FS at the module's root. Default: from disk.
	Source fs.FS
	// Logger gets the site's records. Default: made from Settings.LogLevel and LogFormat.
	Logger *slog.Logger
}

// Instance is a site at work: everything is open and built. It is safe for concurrent use, and any number of instances can
// live in one process.
type Instance struct {
	site       Site
	settings   Settings // with defaults
	logger     *slog.Logger
	databases  orm.Databases
	dtl        *template.DTL
	engines    template.Engines
	resolver   *urls.Resolver
	chain      *web.Chain
	middleware []web.Middleware
	config     *web.Config
	signals    *signals.Hub
	base       context.Context
	warnings   []manage.Message // found while building
	live       []string         // directories of templates and static files that are read from disk
	program    *manage.Program
}

// StartError is everything that keeps a site from starting, found in one go.
type StartError struct {
	// Messages are the mistakes, and the warnings found on the way.
	Messages []manage.Message
}

// Error returns the report.
func (e *StartError) Error() string {
	return (&manage.CheckError{Report: manage.NewReport(e.Messages, nil)}).Error()
}

// As lets the command runner print the report as that of the system checks.
func (e *StartError) As(target any) bool {
	check, ok := target.(**manage.CheckError)
	if ok {
		*check = &manage.CheckError{Report: manage.NewReport(e.Messages, nil)}
	}
	return ok
}

// New builds a site: databases, templates, URL table, middleware. It checks everything that can be checked without a
// request; the error is a *StartError with all mistakes. Close the instance when it is done.
func New(site Site) (*Instance, error) { return build(site, false) }

// build makes an instance; live reads templates and static files from their source directories.
func build(site Site, live bool) (*Instance, error) {
	b := newBuilder(site, live)
	b.checkSettings()
	b.openDatabases()
	b.registerModels()
	b.buildSignals()
	b.buildURLs()
	b.buildTemplates()
	b.buildChain()
	b.checkParts()
	if b.failed() {
		b.closeDatabases()
		return nil, &StartError{b.messages}
	}

	app := b.instance()
	if err := app.ready(); err != nil {
		app.Close()
		return nil, &StartError{append(b.messages, manage.Message{Level: manage.Error, ID: "apps.E003", Text: err.Error()})}
	}
	return app, nil
}

// ready calls the applications' Ready in their order.
func (app *Instance) ready() error {
	var errs []error
	for _, a := range app.site.Apps {
		if a.Ready != nil {
			if err := a.Ready(app.base); err != nil {
				errs = append(errs, &readyError{a.Name, err})
			}
		}
	}
	return errors.Join(errs...)
}

type readyError struct {
	app string
	err error
}

func (e *readyError) Error() string { return "nuages: application " + e.app + ": " + e.err.Error() }
func (e *readyError) Unwrap() error { return e.err }

// Handler returns the whole site for net/http.
func (app *Instance) Handler() http.Handler { return web.ToHTTP(app.chain, app.config) }

// Context returns a context with the site's databases, templates and URL table, for code outside a request. It does not
// end.
func (app *Instance) Context() context.Context { return app.base }

// Config returns the request layer's configuration. It must not be changed.
func (app *Instance) Config() *web.Config { return app.config }

// Settings returns the settings with their defaults filled in.
func (app *Instance) Settings() Settings { return app.settings }

// Databases returns the site's databases by alias.
func (app *Instance) Databases() orm.Databases { return app.databases }

// Resolver returns the URL table.
func (app *Instance) Resolver() *urls.Resolver { return app.resolver }

// Check runs the system checks, those for deployment too if deploy is true, and returns what was not silenced. Start-up
// has found all mistakes already that are an error of the configuration.
func (app *Instance) Check(ctx context.Context, deploy bool) []manage.Message {
	return app.program.Check(app.join(ctx), nil, deploy).Messages
}

// Call runs a command of the site: Call(ctx, "migrate", "--verbosity", "0"). System checks are skipped; output goes where
// manage.WithStreams says. Django: call_command.
func (app *Instance) Call(ctx context.Context, args ...string) error {
	return app.program.Call(app.join(ctx), args...)
}

// join gives ctx the site's values.
func (app *Instance) join(ctx context.Context) context.Context {
	values := app.base
	if len(app.settings.Routers) > 0 {
		values = orm.WithSession(values)
	}
	return &joined{ctx, values}
}

// joined is a context with the values of a second one.
type joined struct {
	context.Context
	values context.Context
}

func (c *joined) Value(key any) any {
	if v := c.Context.Value(key); v != nil {
		return v
	}
	return c.values.Value(key)
}

// Signals returns the hub of the site's receivers.
func (app *Instance) Signals() *signals.Hub { return app.signals }

// closeWait is how long Close waits for background receivers.
const closeWait = 10 * time.Second

// Close waits for receivers of signals that run in the background, ten seconds at most, and closes the databases. It may
// be called more than once.
func (app *Instance) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	return errors.Join(app.signals.Wait(ctx), app.databases.Close())
}

// programName is the program's name for messages.
func (s *Site) programName() string {
	if s.Name != "" {
		return s.Name
	}
	return baseName(os.Args[0])
}
