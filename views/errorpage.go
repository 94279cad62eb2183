package views

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views/debug"
	"github.com/nuages-go/nuages/web"
)

// ErrorOptions says what the debug page shows besides the error and the request. The zero value is ready to use.
type ErrorOptions struct {
	// Settings is the site's settings, a struct. Secrets in it are masked. Default: no settings are shown.
	Settings any
	// Source is the program's own source for the debug page, an embed.FS at the module's root. Default: from disk.
	Source fs.FS
	// Mask says what the debug page hides. Default: Django's rule.
	Mask debug.Mask
	// OnFailure is called for each failure of the program (an error of status 500 or more that no view asked for), while
	// Debug is off: to mail a report (debug.New makes one), to count, to tell an error tracker. It runs before the page is
	// made and must not wait for anything. Default: nothing; web logs the failure in any case. Django: AdminEmailHandler.
	OnFailure func(r *web.Request, err error)
}

// ErrorPage makes the function that turns an error into its page, for web.Config.ErrorPage:
//
//	config := web.Config{ErrorPage: views.ErrorPage(views.ErrorOptions{Settings: settings})}
//
// While Debug is on, a 404 and a failure get the technical pages of package debug. In production, and for other
// statuses, the answer is the first of these that there is and that works:
//
//  1. what the root URL table declares with urls.ErrorHandler (Django: handler404 and so on);
//  2. for a client that prefers JSON, an application/problem+json (RFC 9457);
//  3. the site's template of that name: 404.html, 403.html, 400.html, 500.html, with Django's variables;
//  4. a plain page; for a client that takes no HTML, plain text.
//
// A handler or a template that fails is logged and passed over.
func ErrorPage(options ErrorOptions) func(*web.Request, error) *web.Response {
	p := &errorPages{
		options:   debug.Options{Settings: options.Settings, Source: options.Source, Mask: options.Mask},
		onFailure: options.OnFailure,
	}
	return p.page
}

type errorPages struct {
	options   debug.Options
	onFailure func(*web.Request, error)
}

// page is the page of an error. One for which the databases had no connection left is a 503: it works again soon.
func (p *errorPages) page(r *web.Request, err error) *web.Response {
	status := web.StatusOf(err)
	if status != http.StatusInternalServerError || !errors.Is(err, orm.ErrPoolExhausted) {
		return p.answer(r, err, status)
	}
	resp := p.answer(r, err, http.StatusServiceUnavailable)
	resp.Header().Set("Retry-After", "1")
	return resp
}

func (p *errorPages) answer(r *web.Request, err error, status int) *web.Response {
	if r.Config().Debug {
		if resp := p.technical(r, err, status); resp != nil {
			return resp
		}
	}

	if p.onFailure != nil && !r.Config().Debug && failure(err, status) {
		p.attempt(r, "OnFailure", func() (*web.Response, error) {
			p.onFailure(r, err)
			return nil, nil
		})
	}
	if resp := p.attempt(r, "error handler", func() (*web.Response, error) { return siteHandler(r, err, status) }); resp != nil {
		return resp
	}
	switch prefers(r) {
	case jsonPage:
		return problem(r, err, status)
	case textPage:
		return negotiated(web.Text(web.ReasonPhrase(status) + "\n").WithStatus(status))
	}
	if resp := p.attempt(r, "error template", func() (*web.Response, error) { return siteTemplate(r, err, status) }); resp != nil {
		return negotiated(resp)
	}
	return negotiated(plain(r, status))
}

// attempt runs one of the site's own ways to answer. What fails is logged, and the next way is tried.
func (p *errorPages) attempt(r *web.Request, what string, answer func() (*web.Response, error)) (resp *web.Response) {
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler { //nolint:errorlint // the value itself is the signal
				panic(v)
			}
			logFailure(r, what, web.NewPanicError(v))
			resp = nil
		}
	}()

	resp, err := answer()
	if err == nil && resp != nil {
		resp, err = web.Finish(r, resp) // rendered here, where a failure can still be mended
	}
	if err != nil {
		logFailure(r, what, err)
		return nil
	}
	return resp
}

func logFailure(r *web.Request, what string, err error) {
	attrs := []slog.Attr{slog.String("path", r.URL.Path), slog.String("error", err.Error())}
	if p, ok := errors.AsType[*web.PanicError](err); ok {
		attrs = append(attrs, slog.String("stack", p.StackTrace()))
	}
	logger(r).LogAttrs(r.Context(), slog.LevelError, "views: the site's "+what+" failed", attrs...)
}

func logger(r *web.Request) *slog.Logger {
	if log := r.Config().Logger; log != nil {
		return log
	}
	return slog.Default()
}

// technical answers with a page of package debug, or nil for an error that has none: a refusal (403) is no failure of the
// program. As in Django, a malformed request (400) is shown like a failure, since the developer has likely sent it.
func (p *errorPages) technical(r *web.Request, err error, status int) *web.Response {
	var html, text func() []byte
	switch {
	case status == http.StatusNotFound:
		if r.URL.Path == "/" && nothingToTry(r) {
			return technicalPage(web.Bytes(htmlType, debug.Welcome()).WithStatus(http.StatusOK))
		}
		rep := debug.NewNotFound(r, err, p.options)
		html, text = rep.HTML, func() []byte { return []byte(rep.Text()) }
	case failure(err, status), status == http.StatusBadRequest:
		rep := debug.New(r, err, p.options)
		html, text = rep.HTML, func() []byte { return []byte(rep.Text()) }
		if prefers(r) == jsonPage {
			return technicalProblem(r, err, status, rep)
		}
	default:
		return nil
	}

	switch {
	case prefers(r) == jsonPage:
		return problem(r, err, status)
	case prefers(r) == textPage, commandLine(r):
		return technicalPage(web.Bytes(textType, text()).WithStatus(status))
	}
	return technicalPage(web.Bytes(htmlType, html()).WithStatus(status))
}

// failure says that the program has failed: a view that asks for a 503 with Retry-After, say, has not.
func failure(err error, status int) bool {
	e, ok := errors.AsType[*web.Error](err)
	asked := ok && e.Err == nil && e.Status != http.StatusInternalServerError
	return status >= 500 && !asked
}

func technicalPage(resp *web.Response) *web.Response {
	resp.Header().Set("Content-Security-Policy", debug.ContentSecurityPolicy())
	resp.Header().Set("Cache-Control", "no-store")
	resp.Header().Set("X-Content-Type-Options", "nosniff")
	return resp
}

const (
	htmlType    = "text/html; charset=utf-8"
	textType    = "text/plain; charset=utf-8"
	problemType = "application/problem+json"
)

type pageKind int

const (
	htmlPage pageKind = iota
	jsonPage
	textPage
)

// prefers reads the Accept header. Who takes anything gets HTML, as in Django.
func prefers(r *web.Request) pageKind {
	switch r.PreferredType("text/html", "application/xhtml+xml", problemType, "application/json", "text/plain") {
	case problemType, "application/json":
		return jsonPage
	case "text/html", "application/xhtml+xml":
		return htmlPage
	}
	return textPage
}

// commandLine says that a program for the terminal has asked, which takes anything but shows text: curl, Wget, HTTPie.
// Only the debug pages care.
func commandLine(r *web.Request) bool {
	if accept := r.Header.Get("Accept"); accept != "" && accept != "*/*" {
		return false
	}
	agent := strings.ToLower(r.UserAgent())
	for _, name := range []string{"curl/", "wget/", "httpie/", "xh/", "go-http-client/"} {
		if strings.HasPrefix(agent, name) {
			return true
		}
	}
	return false
}

// negotiated marks a response that depends on the Accept header.
func negotiated(resp *web.Response) *web.Response {
	resp.Header().Add("Vary", "Accept")
	return resp
}

// siteHandler asks the root URL table.
func siteHandler(r *web.Request, err error, status int) (*web.Response, error) {
	resolver := urls.FromContext(r.Context())
	if resolver == nil {
		return nil, nil
	}
	view := resolver.ErrorHandlerFor(status)
	if view == nil {
		return nil, nil
	}
	resp, failed := view(r, err)
	if failed == nil && resp != nil && resp.Status == 0 {
		resp.Status = status
	}
	return resp, failed
}

// nothingToTry says that the site's URL table is empty.
func nothingToTry(r *web.Request) bool {
	resolver := urls.FromContext(r.Context())
	return resolver != nil && len(resolver.Routes()) == 0
}

// siteTemplate renders 404.html and the like with the variables that Django gives each of them.
func siteTemplate(r *web.Request, err error, status int) (*web.Response, error) {
	name := fmt.Sprintf("%d.html", status)
	engine, _, missing := template.EnginesFrom(r.Context()).Select(name)
	if missing != nil {
		return nil, nil //nolint:nilerr // a site need not have one
	}
	data := map[string]any{}
	switch status {
	case http.StatusNotFound:
		data["request_path"], data["exception"] = r.URL.EscapedPath(), or(publicText(err), web.ReasonPhrase(status))
	case http.StatusForbidden:
		data["exception"] = or(publicText(err), web.ReasonPhrase(status))
	}
	resp, err := render(r, []string{name}, data, []RenderOption{Status(status), Using(engine.Name())})
	return resp, err
}

// publicText is the message of an error that was written for visitors, or "".
func publicText(err error) string {
	if e, ok := errors.AsType[*web.Error](err); ok {
		return e.Message
	}
	return ""
}

// or returns the standard text in place of an empty one.
func or(text, standard string) string {
	if text == "" {
		return standard
	}
	return text
}
