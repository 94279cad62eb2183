package middleware

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// CommonOptions configures Common. The zero value appends slashes and nothing else, as in Django.
type CommonOptions struct {
	// NoAppendSlash turns the redirect to the path with a slash off. Django: APPEND_SLASH=False. Default: false.
	NoAppendSlash bool
	// PrependWWW redirects to the host with "www.". Django: PREPEND_WWW. Default: false.
	PrependWWW bool
	// DisallowedUserAgents are searched for in the User-Agent header; a match is refused with 403. Django:
	// DISALLOWED_USER_AGENTS. Default: none.
	DisallowedUserAgents []*regexp.Regexp
}

// Common validates the request's host, redirects to the slashed or www. form of a URL, refuses user agents, and sets
// Content-Length. Django: CommonMiddleware.
//
// A path without a slash at its end is redirected only when nothing else answers it: the response is a 404, the path
// does not resolve, and the path with a slash does. In Debug, a request whose body the redirect would lose is an error.
func Common(opts CommonOptions) web.Middleware {
	return func(next web.Handler) web.Handler { return &common{next, opts} }
}

type common struct {
	next web.Handler
	opts CommonOptions
}

// LayerInfo names the layer.
func (c *common) LayerInfo() web.LayerInfo { return layerInfo(LayerCommon) }

// Serve answers, redirects or refuses.
func (c *common) Serve(r *web.Request) (*web.Response, error) {
	resp, err := c.answer(r)
	if err != nil {
		return nil, err
	}

	if resp.Status == http.StatusNotFound && c.shouldAppendSlash(r) {
		location, err := slashed(r)
		resp.Close()
		if err != nil {
			return nil, err
		}
		resp = redirect(http.StatusMovedPermanently, location)
	}
	if err := resp.SetContentLength(); err != nil {
		resp.Close()
		return nil, err
	}
	return resp, nil
}

func (c *common) answer(r *web.Request) (*web.Response, error) {
	if len(c.opts.DisallowedUserAgents) > 0 {
		agent := r.UserAgent()
		for _, pattern := range c.opts.DisallowedUserAgents {
			if pattern.MatchString(agent) {
				return nil, web.Forbidden("Forbidden user agent")
			}
		}
	}

	host, err := r.Host()
	if err != nil {
		return nil, err
	}
	if c.opts.PrependWWW && !strings.HasPrefix(host, "www.") {
		path := r.FullPath()
		if c.shouldAppendSlash(r) {
			if path, err = slashed(r); err != nil {
				return nil, err
			}
		}
		return redirect(http.StatusMovedPermanently, r.Scheme()+"://www."+host+path), nil
	}

	return c.next.Serve(r)
}

// shouldAppendSlash reports whether the path resolves with a slash at its end and does not without.
func (c *common) shouldAppendSlash(r *web.Request) bool {
	path := r.PathInfo()
	if c.opts.NoAppendSlash || strings.HasSuffix(path, "/") {
		return false
	}
	resolver := urls.FromContext(r.Context())
	if resolver == nil {
		return false
	}
	ctx := r.Context()
	if resolver.IsValid(ctx, path) {
		return false
	}
	var match web.Match
	return resolver.Match(ctx, path+"/", &match) && appendsSlash(match.Route.Handler)
}

// slashed is the request's path with a slash and its query, encoded, as a local URL.
func slashed(r *web.Request) (string, error) {
	location := r.FullPathSlash()
	if strings.HasPrefix(location, "//") { // a scheme-relative URL would lead to another host
		location = "/%2F" + location[2:]
	}
	if r.Config().Debug {
		switch r.Method {
		case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
			return "", fmt.Errorf("middleware: %s to %q has no slash at its end, and the redirect that appends it loses the body "+
				"(send the request to %q, or set CommonOptions.NoAppendSlash)", r.Method, r.URL.Path, location)
		}
	}
	return location, nil
}
