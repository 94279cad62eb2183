package debug

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// NotFound is the report about a 404: what the resolver tried, or the view that found nothing. Django:
// technical_404_response.
type NotFound struct {
	// Message is the error's text, Path the path without its leading slash, as patterns see it.
	Message, Path string
	// Detail is the whole text of the error if it says more than the message, or "".
	Detail string
	// Tried are the patterns in the order in which they were tried.
	Tried []urls.TriedPattern
	// Closest is a URL of the site that reads much like the one asked for, or "".
	Closest string
	// ViewName, Route and View tell who raised it; empty if no pattern matched.
	ViewName, Route string
	View            *Frame
	// Places are the lines of the program that may have made the error.
	Places  []Frame
	Request *RequestData
	// Queries are the SQL statements that ran before, if they were logged: one of them found nothing.
	Queries *Queries
}

// NewNotFound makes the report of a 404.
func NewNotFound(r *web.Request, err error, options Options) *NotFound {
	rep := &NotFound{
		Message: errorText(err), Path: strings.TrimPrefix(r.URL.Path, "/"), Request: requestData(r, options.Mask),
		Queries: queriesOf(r.Context(), r.Config().Debug),
	}
	if e, ok := errors.AsType[*web.Error](err); ok && e.Message != "" && e.Message != rep.Message {
		rep.Message, rep.Detail = e.Message, rep.Message
	}
	unmatched, ok := errors.AsType[*urls.NotFoundError](err)
	if ok {
		rep.Tried = unmatched.Tried()
	}
	if rep.Message == "" {
		rep.Message = "Not Found"
	}
	if r.Match.Route == nil {
		if ok || rep.Message == "" {
			rep.Message = "Page not found"
		}
		rep.Closest = closest(rep.Path, plainRoutes(r))
		return rep
	}

	source := sources{options.Source}
	route := r.Match.Route
	rep.Route, rep.ViewName = route.Pattern, viewName(route)
	file := ""
	if view, ok := source.viewFrame(route.Handler); ok {
		rep.View, file = &view, view.Path
	}
	tree := causes(err)
	source.addPlaces(&tree, file)
	rep.Places = tree.allPlaces(nil)
	return rep
}

// Title is the page's title.
func (rep *NotFound) Title() string { return firstLine(rep.Message) + " at " + rep.Request.Path }

// HTML is the technical 404 page.
func (rep *NotFound) HTML() []byte {
	return render("notfound.html", struct {
		*NotFound
		Text string
	}{rep, rep.Text()})
}

// Text is the page for curl.
func (rep *NotFound) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "404 Not Found\n%s %s\n\n%s\n", rep.Request.Method, rep.Request.URL, rep.Message)
	if rep.Detail != "" {
		fmt.Fprintf(&b, "(%s)\n", rep.Detail)
	}
	if rep.ViewName != "" {
		fmt.Fprintf(&b, "Raised by %s", rep.ViewName)
		if rep.View != nil {
			fmt.Fprintf(&b, " (%s:%d)", rep.View.File, rep.View.Line)
		}
		fmt.Fprintf(&b, ", pattern %s\n", rep.Route)
		for _, place := range rep.Places {
			fmt.Fprintf(&b, "perhaps made at %s:%d\n", place.File, place.Line)
		}
	} else if len(rep.Tried) > 0 {
		if rep.Closest != "" {
			fmt.Fprintf(&b, "Did you mean %s?\n", rep.Closest)
		}
		section(&b, fmt.Sprintf("%q matches none of these patterns", rep.Path))
		for i, tried := range rep.Tried {
			fmt.Fprintf(&b, "  %3d. %s", i+1, strings.Join(tried.Parts, " "))
			if tried.Name != "" {
				fmt.Fprintf(&b, "  [%s]", tried.Name)
			}
			b.WriteByte('\n')
		}
	}
	textQueries(&b, rep.Queries)
	for _, table := range rep.Request.Tables {
		textTable(&b, table.Title, table.Rows)
	}
	return printable(b.String())
}

// plainRoutes are the paths of the site that have no arguments.
func plainRoutes(r *web.Request) []string {
	resolver := urls.FromContext(r.Context())
	if resolver == nil {
		return nil
	}
	var paths []string
	for _, route := range resolver.Routes() {
		if !strings.ContainsAny(route.Pattern, "<^$()\\[]*?+|") {
			paths = append(paths, route.Pattern)
		}
	}
	return paths
}

// closest finds the path that needs the fewest edits to become the one asked for.
func closest(path string, paths []string) string {
	if len(path) > 100 {
		return ""
	}
	best, found := max(2, len(path)/3)+1, ""
	for _, candidate := range paths {
		if candidate == "" || len(candidate) > 100 {
			continue
		}
		if d := distance(strings.ToLower(path), candidate); d < best {
			best, found = d, "/"+candidate
		}
	}
	return found
}

// distance is the Levenshtein distance of two short texts.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// Welcome is the page of a site that has no URL patterns yet.
func Welcome() []byte { return render("welcome.html", nil) }
