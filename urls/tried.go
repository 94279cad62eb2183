package urls

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// NotFoundError says that no pattern matches a path. It is an error of status 404. Django: Resolver404.
type NotFoundError struct {
	// Path is the path that was looked up.
	Path string

	resolver *Resolver
	language string
}

func (res *Resolver) notFound(language, path string) error {
	return &NotFoundError{path, res, language}
}

// Error names the path.
func (e *NotFoundError) Error() string { return "urls: no pattern matches " + quoteForLog(e.Path) }

// Unwrap returns a *web.Error of status 404.
func (e *NotFoundError) Unwrap() error { return &web.Error{Status: http.StatusNotFound} }

// TriedPattern is a pattern that was tried in vain, with the includes that lead to it.
type TriedPattern struct {
	// Parts are the texts of the patterns, the outermost first.
	Parts []string
	// Name is the last one's name with its namespaces; "" if it has none.
	Name string
}

// Tried lists the patterns that were tried, in order. It is found out when it is asked for, so that a 404 costs little
// otherwise.
func (e *NotFoundError) Tried() []TriedPattern {
	if e.resolver == nil || !strings.HasPrefix(e.Path, "/") {
		return nil
	}
	return tried(e.resolver.table(e.language).root.children, e.Path, 1, nil)
}

// tried walks as walk does. An include that does not match is one line, one that matches has a line for each pattern
// below it.
func tried(entries []*entry, path string, pos int, parts []string) []TriedPattern {
	var list []TriedPattern
	for _, e := range entries {
		own := append(parts[:len(parts):len(parts)], e.text)
		if e.leaf == nil {
			if end, _, ok, _ := e.match(path, pos, nil); ok {
				list = append(list, tried(e.children, path, end, own)...)
				continue
			}
		}
		t := TriedPattern{Parts: own}
		if e.leaf != nil && e.leaf.Name != "" {
			t.Name = e.leaf.ViewName
		}
		list = append(list, t)
	}
	return list
}

// TranslateURL gives the URL of the same view in another language, for a link to it. The URL itself comes back if it
// leads nowhere, or has no name to build it from. Django: translate_url.
func TranslateURL(ctx context.Context, rawURL, language string) string {
	res := FromContext(ctx)
	parsed, err := url.Parse(rawURL)
	if res == nil || err != nil {
		return rawURL
	}
	path := parsed.Path
	if prefix := res.scriptPrefix(ctx); len(prefix) > 1 {
		path = "/" + strings.TrimPrefix(path, prefix)
	}
	var m web.Match
	if res.ResolveIn(res.language(ctx), path, &m) != nil || m.Route.Name == "" {
		return rawURL
	}
	var kwargs map[string]any
	args := m.Args()
	if len(args) == 0 {
		kwargs = m.Kwargs()
	}
	translated, err := res.Reverse(ctx, m.Route.ViewName, args, kwargs, Language(language))
	if err != nil {
		return rawURL
	}
	_, tail := cutPath(rawURL)
	head := ""
	if parsed.Host != "" {
		if parsed.Scheme != "" {
			head = parsed.Scheme + ":"
		}
		head += "//" + parsed.Host
	}
	return head + translated + tail
}

// cutPath splits a URL before its query or fragment.
func cutPath(rawURL string) (before, tail string) {
	if i := strings.IndexAny(rawURL, "?#"); i >= 0 {
		return rawURL[:i], rawURL[i:]
	}
	return rawURL, ""
}
