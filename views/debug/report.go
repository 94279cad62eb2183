package debug

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/web"
)

// Report is everything that is known about an error. Django: ExceptionReporter.
type Report struct {
	// Status is the HTTP status code of the response: 500 for most.
	Status int
	// Kind is the error's type, or "panic"; Message is its text.
	Kind, Message string
	// Hint says what to do about it, for the mistakes that everybody makes; it may be empty.
	Hint string
	// Cause is the error with all that it wraps.
	Cause Cause
	// Stack is where a panic (or an error that records its stack) happened, the innermost call first.
	Stack []Frame
	// Recovered says that the error was a panic.
	Recovered bool
	// View is the function that answered the request, with its source. It is nil if it is not known.
	View *Frame
	// ViewName and Route are the view's name and the pattern that led to it: "news.articleDetail", "article/<int:pk>".
	ViewName, Route string
	// Template is the place in a template where it happened, or nil.
	Template *TemplateError
	// Request is nil for an error outside of a request.
	Request *RequestData
	// Queries are the SQL statements that ran before, if they were logged.
	Queries *Queries
	// Settings and Environment are tables.
	Settings, Environment []Row
	// Goroutine is how the runtime calls the goroutine that failed: "goroutine 34".
	Goroutine string
	// Time is when the report was made.
	Time time.Time
}

// Options says what else belongs in a report. The zero value is ready to use.
type Options struct {
	// Settings is the site's settings, a struct. Default: no table of settings.
	Settings any
	// Source holds the source of the main module, for a program that runs where its source is not: an embed.FS at the
	// module's root. Default: the source is read from disk, if it is there.
	Source fs.FS
	// Mask says what is hidden. Default: Django's rule.
	Mask Mask
}

// New makes the report of err. Call it while the request is still alive; r may be nil for an error in a command or a task.
func New(r *web.Request, err error, options Options) *Report {
	source := sources{options.Source}
	rep := &Report{Status: web.StatusOf(err), Cause: causes(err), Time: time.Now(), Goroutine: goroutine()}
	rep.Kind, rep.Message = headline(err, rep.Cause)
	rep.Hint = hint(err, rep.Cause.Text)

	// Where it happened: the stack if there is one, else the view and the lines that make such an error.
	rep.Stack = source.framesOf(stackOf(err))
	for _, e := range flatten(err) {
		if _, ok := e.(*web.PanicError); ok { //nolint:errorlint // flatten has unwrapped
			rep.Recovered = true
		}
	}
	if r != nil && r.Match.Route != nil {
		route := r.Match.Route
		rep.Route, rep.ViewName = route.Pattern, viewName(route)
		if view, ok := source.viewFrame(route.Handler); ok {
			rep.View = &view
		}
	}
	if len(rep.Stack) == 0 && (r == nil || r.Config().Debug) { // too slow for a site that is being attacked
		file := ""
		if rep.View != nil {
			file = rep.View.Path
		}
		source.addPlaces(&rep.Cause, file)
	}
	rep.Template = templateError(err)

	// What it happened to.
	if r != nil {
		rep.Request = requestData(r, options.Mask)
		rep.Queries = queriesOf(r.Context(), r.Config().Debug)
	}
	if options.Settings != nil {
		rep.Settings = options.Mask.Rows(options.Settings)
	}
	rep.Environment = environment()
	return rep
}

func viewName(route *web.Route) string {
	if route.Handler != nil {
		return web.HandlerName(route.Handler)
	}
	return route.ViewName
}

// Title is one line that says what happened: "index out of range [3] with length 2 at /article/5".
func (rep *Report) Title() string {
	title := firstLine(rep.Message)
	if title == "" {
		title = rep.Kind
	}
	if rep.Request != nil {
		title += " at " + rep.Request.Path
	}
	return title
}

// StatusText is the status with its standard text: "500 Internal Server Error".
func (rep *Report) StatusText() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", rep.Status, http.StatusText(rep.Status)))
}

// Origin is the one place to look at first: the innermost frame of the site's own code, the line that makes such an
// error, the view. It is nil if nothing is known.
func (rep *Report) Origin() *Frame {
	for i := range rep.Stack {
		if rep.Stack[i].Owner == Site {
			return &rep.Stack[i]
		}
	}
	if len(rep.Stack) > 0 {
		return &rep.Stack[0]
	}
	if places := rep.Places(); len(places) > 0 {
		return &places[0]
	}
	return rep.View
}

// Places are the lines of the program that may have made the errors of the chain, the innermost error's first; each once.
func (rep *Report) Places() []Frame { return rep.Cause.allPlaces(nil) }

func (c *Cause) allPlaces(places []Frame) []Frame {
	for i := range c.Causes {
		places = c.Causes[i].allPlaces(places)
	}
	for _, p := range c.Places {
		same := func(q Frame) bool { return q.Path == p.Path && q.Line == p.Line }
		if !slices.ContainsFunc(places, same) {
			places = append(places, p)
		}
	}
	return places
}

// PlaceExcerpts are the Places with neighbours in one excerpt: the first line is marked, the others are noted.
func (rep *Report) PlaceExcerpts() []Frame { return mergeFrames(rep.Places()) }

func mergeFrames(frames []Frame) []Frame {
	var out []Frame
next:
	for _, f := range frames {
		for _, kept := range out {
			for i := range kept.Lines {
				if kept.Path == f.Path && kept.Func == f.Func && kept.Lines[i].Number == f.Line {
					kept.Lines[i].Noted = true
					continue next
				}
			}
		}
		f.Lines = slices.Clone(f.Lines)
		out = append(out, f)
	}
	return out
}

// HasChain says that the error chain tells more than the headline does.
func (rep *Report) HasChain() bool {
	inner := rep.Cause.Causes
	return len(inner) > 1 || len(inner) == 1 && (!rep.Recovered || len(inner[0].Causes) > 0)
}

// Groups are the frames of the stack, those of the site apart from the others.
func (rep *Report) Groups() []FrameGroup { return groupFrames(rep.Stack) }

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// goroutine is the first words of the runtime's own dump, which is the only place where the number can be read.
func goroutine() string {
	var buf [64]byte
	text := buf[:runtime.Stack(buf[:], false)]
	if i := bytes.IndexByte(text, '['); i > 0 {
		return string(bytes.TrimSpace(text[:i]))
	}
	return ""
}

// environment describes the program and the machine.
func environment() []Row {
	rows := []Row{{"Nuages", Version()}, {"Go", strings.TrimPrefix(runtime.Version(), "go") + " " + runtime.GOOS + "/" + runtime.GOARCH}}
	if info, ok := debug.ReadBuildInfo(); ok {
		rows = append(rows, Row{"Main module", strings.TrimSpace(info.Main.Path + " " + info.Main.Version)})
		rows = append(rows, Row{"Revision", revision(info)})
	}
	program, _ := os.Executable()
	dir, _ := os.Getwd()
	host, _ := os.Hostname()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	rows = append(
		rows, Row{"Program", program}, Row{"Directory", dir}, Row{"Host", host}, Row{"Process", fmt.Sprint(os.Getpid())},
		Row{"Goroutines", fmt.Sprint(runtime.NumGoroutine())},
		Row{"Memory", fmt.Sprintf("%.1f MB in use, %.1f MB from the system", float64(memory.HeapAlloc)/(1<<20), float64(memory.Sys)/(1<<20))},
		Row{"CPUs", fmt.Sprintf("%d (GOMAXPROCS %d)", runtime.NumCPU(), runtime.GOMAXPROCS(0))},
		Row{"Time", time.Now().Format("2006-01-02 15:04:05 -07:00 MST")},
	)
	shown := rows[:0]
	for _, row := range rows {
		if row.Value != "" {
			shown = append(shown, row)
		}
	}
	return shown
}

func revision(info *debug.BuildInfo) string {
	values := map[string]string{}
	for _, s := range info.Settings {
		values[s.Key] = s.Value
	}
	rev := values["vcs.revision"]
	if rev == "" {
		return ""
	}
	rev = rev[:min(12, len(rev))]
	if values["vcs.modified"] == "true" {
		rev += " (with changes)"
	}
	return rev
}

// Version is the version of Nuages that the program was built with, or "(devel)".
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	if info.Main.Path == framework {
		return cmp.Or(info.Main.Version, "(devel)")
	}
	for _, dep := range info.Deps {
		if dep.Path == framework {
			if dep.Replace != nil {
				return cmp.Or(dep.Replace.Version, "(devel)")
			}
			return cmp.Or(dep.Version, "(devel)")
		}
	}
	return "(devel)"
}
