package nuages

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/signals"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

// builder makes an Instance step by step and gathers every mistake on the way. A step that lacks something because an
// earlier one failed does what it can.
type builder struct {
	site     Site
	settings Settings
	live     bool
	liveDirs []string
	messages []manage.Message
	forgiven []string // IDs of messages that the site starts with, though they are errors

	opened    []*orm.DB // by us from a URL
	databases orm.Databases
	models    *orm.Registry
	signals   *signals.Hub
	dtl       *template.DTL
	engines   template.Engines
	resolver  *urls.Resolver
	layers    []web.Middleware
	chain     *web.Chain
	zone      *time.Location
}

func newBuilder(site Site, live bool) *builder {
	return &builder{site: site, settings: site.Settings.withDefaults(), live: live}
}

func (b *builder) fail(id string, err error, object string) {
	for _, e := range unjoin(err) {
		b.messages = append(b.messages, manage.Message{Level: manage.Error, ID: id, Text: e.Error(), Object: object})
	}
}

func (b *builder) failed() bool {
	return slices.ContainsFunc(b.messages, func(m manage.Message) bool { return m.Level >= manage.Error && !slices.Contains(b.forgiven, m.ID) })
}

// openDatabases opens the database of DatabaseURL; others are open already.
func (b *builder) openDatabases() {
	b.databases = orm.Databases{}
	for alias, db := range b.settings.Databases {
		b.databases[alias] = db
	}
	defer b.checkRouters()
	defer b.checkZones()
	if b.settings.DatabaseURL == "" {
		return
	}
	if _, taken := b.databases["default"]; taken {
		b.fail("databases.E001", errors.New("both DatabaseURL and Databases[\"default\"] are set (choose one)"), "")
		return
	}
	db, err := orm.OpenURL(b.databaseURL(), b.site.Drivers...)
	if err != nil {
		b.fail("databases.E002", err, "DATABASE_URL")
		return
	}
	b.opened = append(b.opened, db)
	b.databases["default"] = db
}

// databaseURL is that of the default database. Without USE_TZ it keeps moments in TIME_ZONE, as in Django, unless it says
// otherwise itself.
func (b *builder) databaseURL() string {
	raw := b.settings.DatabaseURL
	head, query, _ := strings.Cut(raw, "?")
	if on(b.settings.UseTZ) || b.settings.TimeZone == "UTC" || strings.Contains("&"+query, "&time_zone=") {
		return raw
	}
	if query != "" {
		query += "&"
	}
	return head + "?" + query + "time_zone=" + url.QueryEscape(b.settings.TimeZone)
}

// checkZones finds databases that keep moments in another zone than a site without USE_TZ says.
func (b *builder) checkZones() {
	if on(b.settings.UseTZ) {
		return
	}
	for _, alias := range slices.Sorted(maps.Keys(b.databases)) {
		if kept := or(b.databases[alias].Dialect().Zone, "UTC"); kept != b.settings.TimeZone {
			b.messages = append(b.messages, manage.Message{
				Level: manage.Warning, ID: "databases.W002", Object: alias,
				Text: fmt.Sprintf("USE_TZ is off and TIME_ZONE is %s, but the database keeps moments in %s.", b.settings.TimeZone, kept),
				Hint: fmt.Sprintf("Open it with ?time_zone=%s if Django wrote it with these settings.", b.settings.TimeZone),
			})
		}
	}
}

// checkRouters finds routers that would send queries to databases that are not there.
func (b *builder) checkRouters() {
	if b.settings.DatabaseURL != "" && b.databases[orm.DefaultDB] == nil {
		return // it could not be opened, which has been said
	}
	for _, router := range b.settings.Routers {
		for _, name := range router.Databases {
			if b.databases[name] == nil {
				b.fail("databases.E003", fmt.Errorf("router %q: no database named %q (add it to Settings.Databases)", router.Name, name), "")
			}
		}
	}
}

func (b *builder) closeDatabases() {
	for _, db := range b.opened {
		_ = db.Close()
	}
}

// registerModels gathers the models of all applications, whose relations are examined together.
func (b *builder) registerModels() {
	var models []orm.Model
	var lookups []orm.LookupPart
	for _, app := range b.site.Apps {
		models = append(models, app.Models...)
		lookups = append(lookups, app.Lookups...)
	}
	b.models = orm.NewRegistry(models...).Lookups(lookups...)
	b.checkModels()
}

// checkModels takes over what is wrong with the models. Models that work in spite of it start if its ID is silenced, as in
// Django. Where routers choose between databases, two models may have tables of the same name in two of them: a warning.
func (b *builder) checkModels() {
	usable := b.models.Err() == nil
	for _, w := range b.models.Check() {
		m := manage.Message{Level: manage.Error, ID: w.ID, Text: w.Text, Hint: w.Hint, Object: w.Object()}
		if routed := map[string]string{"models.E028": "models.W035", "fields.E340": "fields.W344"}[w.ID]; routed != "" && len(b.settings.Routers) > 0 {
			m.ID, m.Level = routed, manage.Warning
		}
		if w.IsWarning() {
			m.Level = manage.Warning
		}
		if usable && slices.Contains(b.settings.SilencedSystemChecks, m.ID) {
			b.forgiven = append(b.forgiven, m.ID)
		}
		b.messages = append(b.messages, m)
	}
}

// buildURLs compiles the URL table.
func (b *builder) buildURLs() {
	opts := b.site.URLOptions
	opts.LanguageCode = or(opts.LanguageCode, b.settings.LanguageCode)
	opts.ScriptPrefix = or(opts.ScriptPrefix, b.settings.ForceScriptName)
	opts.NoI18n = opts.NoI18n || !on(b.settings.UseI18N)
	opts.NoAppendSlash = opts.NoAppendSlash || !on(b.settings.AppendSlash)
	if opts.Language == nil {
		opts.Language = template.LanguageFrom
	}
	resolver, err := urls.New(b.site.URLs, opts)
	if err != nil {
		for _, e := range unjoin(err) {
			m := manage.Message{Level: manage.Error, ID: "urls.E004", Text: e.Error()}
			if c, ok := errors.AsType[*urls.ConfigError](e); ok {
				m.Text, m.Hint, m.Object = c.Text, c.Hint, c.At
			}
			b.messages = append(b.messages, m)
		}
		return
	}
	b.resolver = resolver
}

// buildTemplates makes the Django engine over the directories of the site and its applications.
func (b *builder) buildTemplates() {
	opts := template.Options{
		FS: b.files(), Libraries: slices.Clone(b.site.Libraries), Builtins: b.site.Builtins, Processors: slices.Clone(b.site.Processors),
		StaticURL: b.settings.StaticURL, MediaURL: b.settings.MediaURL, Debug: b.settings.Debug || b.live,
		StringIfInvalid: b.settings.StringIfInvalid, Language: b.settings.LanguageCode, TimeZone: b.zone, NaiveTimes: !on(b.settings.UseTZ),
		Models: b.models,
	}
	if b.resolver != nil {
		opts.Reverser = b.resolver
	}
	for _, app := range b.site.Apps {
		opts.Libraries = append(opts.Libraries, app.Libraries...)
		opts.Processors = append(opts.Processors, app.Processors...)
	}
	opts.Processors = append(opts.Processors, builtinProcessors(b.settings)...)
	dtl, err := template.New(opts)
	if err != nil {
		b.fail("templates.E001", err, "")
		return
	}
	b.dtl = dtl
	b.engines = append(template.Engines{dtl}, b.site.Engines...)
}

// files lists the places of templates; while developing those on disk.
func (b *builder) files() []fs.FS {
	var out []fs.FS
	add := func(files fs.FS) {
		if files == nil {
			return
		}
		if b.live {
			if onDisk, dir, ok := apps.Live(files); ok {
				b.liveDirs = append(b.liveDirs, dir)
				files = onDisk
			}
		}
		out = append(out, files)
	}
	for _, files := range b.site.Templates {
		add(files)
	}
	for _, app := range b.site.Apps {
		add(app.Templates)
	}
	return out
}

// buildChain composes the middleware around the URL table.
func (b *builder) buildChain() {
	if b.resolver == nil {
		return
	}
	b.layers = b.site.Middleware
	if b.layers == nil {
		b.layers = DefaultMiddleware(b.settings)
	}
	if b.settings.Debug { // for the debug page; it may see what other layers ask the database
		b.layers = slices.Concat([]web.Middleware{views.LogQueries}, b.layers)
	}
	if len(b.settings.Routers) > 0 {
		b.layers = slices.Concat([]web.Middleware{beginSession}, b.layers)
	}
	b.compose()
}

// compose builds the chain. A middleware says by a panic that it cannot be built; it is a mistake like the others.
func (b *builder) compose() {
	defer func() {
		if v := recover(); v != nil {
			b.fail("middleware.E001", fmt.Errorf("%v", v), "")
		}
	}()
	b.chain = web.Compose(b.resolver, b.layers...)
	b.messages = append(b.messages, middleware.CheckOrder(b.chain.Layers())...)
}

// checkParts asks every part for mistakes that need the others: templates and their pages, typed names, views.
func (b *builder) checkParts() {
	b.messages = append(b.messages, apps.CheckNames(b.site.Apps)...)
	pages, names := slices.Clone(b.site.Pages), slices.Clone(b.site.Names)
	for _, app := range b.site.Apps {
		pages = append(pages, app.Pages...)
		names = append(names, app.Names...)
	}
	if b.resolver != nil {
		b.messages = append(b.messages, b.resolver.Check()...)
		b.messages = append(b.messages, b.resolver.CheckNames(names)...)
		for _, route := range b.resolver.Routes() {
			if view, ok := views.AsChecker(route.Handler); ok {
				b.messages = append(b.messages, view.Check()...)
				b.messages = append(b.messages, views.CheckRoute(view, b.resolver, route)...)
				pages = append(pages, view.Pages()...)
			}
		}
	}
	if b.engines != nil && b.resolver != nil { // without a URL table every {% url %} would be a mistake
		b.fail("templates.E002", b.engines.Check(unique(pages)), "")
	}
}

// unique drops pages that are listed twice.
func unique(pages []template.AnyPage) []template.AnyPage {
	var out []template.AnyPage
	for _, p := range pages {
		if !slices.ContainsFunc(out, func(q template.AnyPage) bool { return p.Name() == q.Name() && p.DataType() == q.DataType() }) {
			out = append(out, p)
		}
	}
	return out
}

// instance puts the parts together.
func (b *builder) instance() *Instance {
	app := &Instance{
		site: b.site, settings: b.settings, databases: b.databases, dtl: b.dtl, engines: b.engines, resolver: b.resolver,
		chain: b.chain, middleware: b.layers, warnings: b.messages, live: b.liveDirs, logger: b.site.Logger,
	}
	if app.logger == nil {
		app.logger = newLogger(b.settings)
	}
	base := orm.WithRegistry(orm.WithDatabases(context.Background(), b.databases), b.models)
	if len(b.settings.Routers) > 0 {
		base = orm.WithRouters(base, b.settings.Routers...)
	}
	base = orm.WithTimeZone(base, b.settings.TimeZone)
	base = app.logStatements(base)
	if s := b.settings; s.DefaultTablespace != "" || s.DefaultIndexTablespace != "" {
		base = migrate.WithTablespaces(base, migrate.Tablespaces{Table: s.DefaultTablespace, Index: s.DefaultIndexTablespace})
	}
	app.signals = b.signals
	base = orm.WithSignals(base, b.signals)
	base = template.WithEngines(base, b.engines)
	base = urls.WithResolver(base, b.resolver)
	app.base = context.WithValue(base, instanceKey{}, app)
	app.config = b.config(app)
	app.program = newProgram(&app.site, app)
	return app
}

// config translates the settings for the request layer.
func (b *builder) config(app *Instance) *web.Config {
	s := b.settings
	header, value, _ := strings.Cut(s.SecureProxySSLHeader, ":")
	config := &web.Config{
		Debug: s.Debug, AllowedHosts: s.AllowedHosts, Base: app.base, ErrorPage: b.site.ErrorPage, Logger: app.logger,
		ScriptName: s.ForceScriptName, SecretKey: s.SecretKey, SecretKeyFallbacks: s.SecretKeyFallbacks, TrustedProxies: s.TrustedProxies,
		UseForwardedHost: s.UseXForwardedHost, UseForwardedPort: s.UseXForwardedPort,
		SecureProxyHeader: strings.TrimSpace(header), SecureProxyValue: strings.TrimSpace(value),
		DataUploadMaxMemorySize: int64(s.DataUploadMaxMemorySize), DataUploadMaxNumberFields: s.DataUploadMaxNumberFields,
		DataUploadMaxNumberFiles: s.DataUploadMaxNumberFiles, FileUploadMaxMemorySize: int64(s.FileUploadMaxMemorySize),
		FileUploadTempDir: s.FileUploadTempDir,
	}
	if config.SecretKey == "" { // with Debug only, see checkSettings
		config.SecretKey = rand.Text() + rand.Text()
	}
	if config.ErrorPage == nil {
		config.ErrorPage = views.ErrorPage(views.ErrorOptions{Settings: s, Source: b.site.Source})
	}
	return config
}

func baseName(p string) string { return path.Base(strings.ReplaceAll(p, `\`, "/")) }
