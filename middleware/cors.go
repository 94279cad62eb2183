package middleware

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/web"
)

// CORSOptions configures CORS. The zero value lets no other origin in.
type CORSOptions struct {
	// Origins are those whose pages may read the responses: "https://app.example.com", "https://*.example.com" (its
	// subdomains), or "*" for all. Default: none.
	Origins []string
	// Methods may be used. Default: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS.
	Methods []string
	// Headers may be sent; "*" allows what is asked for. Default: Accept, Authorization, Content-Type, User-Agent,
	// X-CSRFToken, X-Requested-With.
	Headers []string
	// Expose lists response headers that the page may read. Default: none.
	Expose []string
	// Credentials lets cookies and HTTP authentication come along. It cannot be combined with the origin "*". Default: false.
	Credentials bool
	// MaxAge is how long a browser may remember a preflight's answer. Default: 24 hours; a negative value sends none.
	MaxAge time.Duration
	// Paths limits all this to paths with one of the prefixes. Default: every path.
	Paths []string
}

// CORS answers the questions of browsers whether the page of another origin may use the site, and marks responses
// accordingly. A preflight (OPTIONS with Access-Control-Request-Method) is answered here and goes no further. Django:
// django-cors-headers.
func CORS(opts CORSOptions) web.Middleware {
	c := cors{
		all:         slices.Contains(opts.Origins, "*"),
		credentials: opts.Credentials,
		anyHeader:   slices.Contains(opts.Headers, "*"),
		paths:       opts.Paths,
	}
	if c.all && c.credentials {
		panic("middleware: CORS with Credentials needs the origins by name: \"*\" would let every page act for its visitors")
	}
	for _, origin := range opts.Origins {
		origin = strings.ToLower(strings.TrimSuffix(origin, "/"))
		if scheme, domain, ok := strings.Cut(origin, "://*."); ok {
			c.suffixes = append(c.suffixes, wildcardOrigin{scheme + "://", "." + domain})
			continue
		}
		c.origins = append(c.origins, origin)
	}
	if opts.Methods == nil {
		opts.Methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
	}
	if opts.Headers == nil {
		opts.Headers = []string{"Accept", "Authorization", "Content-Type", "User-Agent", "X-CSRFToken", "X-Requested-With"}
	}
	if opts.MaxAge == 0 {
		opts.MaxAge = 24 * time.Hour
	}
	c.methods = shared(strings.Join(opts.Methods, ", "))
	c.headers = shared(strings.Join(opts.Headers, ", "))
	if len(opts.Expose) > 0 {
		c.expose = shared(strings.Join(opts.Expose, ", "))
	}
	if opts.MaxAge > 0 {
		c.maxAge = shared(strconv.FormatInt(int64(opts.MaxAge/time.Second), 10))
	}
	return func(next web.Handler) web.Handler {
		layer := c
		layer.next = next
		return &layer
	}
}

type cors struct {
	next             web.Handler
	all, credentials bool
	anyHeader        bool
	origins          []string
	suffixes         []wildcardOrigin
	paths            []string

	methods, headers, expose, maxAge []string // nil: not sent
}

// wildcardOrigin is "https://*.example.com".
type wildcardOrigin struct{ scheme, domain string }

var (
	anyOrigin = shared("*")
	yes       = shared("true")
)

// LayerInfo names the layer.
func (c *cors) LayerInfo() web.LayerInfo { return layerInfo(LayerCORS) }

// Serve answers a preflight, or marks the response.
func (c *cors) Serve(r *web.Request) (*web.Response, error) {
	if !c.covers(r.URL.Path) {
		return c.next.Serve(r)
	}
	origin := first(r.Header, "Origin")
	asked := first(r.Header, "Access-Control-Request-Method")
	preflight := r.Method == http.MethodOptions && origin != "" && asked != ""

	var resp *web.Response
	if preflight {
		resp = web.Empty(http.StatusNoContent)
	} else {
		var err error
		if resp, err = c.next.Serve(r); err != nil {
			return nil, err
		}
	}

	h := resp.Header()
	if !c.all {
		patchVary(h, varyOrigin)
	}
	if origin == "" || !c.allows(origin) {
		return resp, nil
	}
	if c.all {
		h["Access-Control-Allow-Origin"] = anyOrigin
	} else {
		h["Access-Control-Allow-Origin"] = []string{origin}
	}
	if c.credentials {
		h["Access-Control-Allow-Credentials"] = yes
	}
	if !preflight {
		if c.expose != nil {
			h["Access-Control-Expose-Headers"] = c.expose
		}
		return resp, nil
	}
	h["Access-Control-Allow-Methods"] = c.methods
	if wanted := joined(r.Header, "Access-Control-Request-Headers"); c.anyHeader && wanted != "" {
		h["Access-Control-Allow-Headers"] = []string{wanted}
		patchVary(h, shared("Access-Control-Request-Headers"))
	} else {
		h["Access-Control-Allow-Headers"] = c.headers
	}
	if c.maxAge != nil {
		h["Access-Control-Max-Age"] = c.maxAge
	}
	return resp, nil
}

func (c *cors) covers(path string) bool {
	if len(c.paths) == 0 {
		return true
	}
	return slices.ContainsFunc(c.paths, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}

// allows compares an origin, which browsers send in lower case.
func (c *cors) allows(origin string) bool {
	if c.all || slices.Contains(c.origins, origin) {
		return true
	}
	for _, w := range c.suffixes {
		host, ok := strings.CutPrefix(origin, w.scheme)
		if !ok {
			continue
		}
		if name, ok := strings.CutSuffix(host, w.domain); ok && name != "" && !strings.ContainsAny(name, "/@:?#\\") {
			return true
		}
	}
	return false
}
