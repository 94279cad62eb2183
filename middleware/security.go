package middleware

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/web"
)

// SecurityOptions configures Security. The zero value sends what Django sends by default: nosniff, a same-origin
// referrer policy and a same-origin opener policy.
type SecurityOptions struct {
	// SSLRedirect answers plain HTTP requests with a permanent redirect to https. Django: SECURE_SSL_REDIRECT.
	// Default: false.
	SSLRedirect bool
	// SSLHost is the host of that redirect. Django: SECURE_SSL_HOST. Default: the request's host.
	SSLHost string
	// RedirectExempt are searched for in the path without its leading slash; a match is not redirected. Django:
	// SECURE_REDIRECT_EXEMPT. Default: none.
	RedirectExempt []*regexp.Regexp
	// HSTS is how long browsers shall use https alone, in whole seconds; sent with secure responses only. Django:
	// SECURE_HSTS_SECONDS. Default: 0, not sent.
	HSTS time.Duration
	// HSTSIncludeSubdomains and HSTSPreload extend the promise to subdomains and to browsers' preload lists. Default: false.
	HSTSIncludeSubdomains, HSTSPreload bool
	// AllowSniffing leaves X-Content-Type-Options: nosniff out. Django: SECURE_CONTENT_TYPE_NOSNIFF=False. Default: false.
	AllowSniffing bool
	// ReferrerPolicy is one policy or a comma-separated list, the last understood one of which counts; Omit sends none.
	// Default: "same-origin".
	ReferrerPolicy string
	// OpenerPolicy is Cross-Origin-Opener-Policy; Omit sends none. Default: "same-origin".
	OpenerPolicy string
	// PermissionsPolicy is the header of that name: "camera=(), geolocation=(self)". Default: none, as in Django.
	PermissionsPolicy string
}

// Security redirects to https and sets the headers that make browsers careful. A header that the response has already
// is kept. It stands at the top of the chain. Django: SecurityMiddleware.
func Security(opts SecurityOptions) web.Middleware {
	s := security{
		redirect: opts.SSLRedirect,
		host:     opts.SSLHost,
		exempt:   opts.RedirectExempt,
		referrer: headerValue(strings.Join(splitList(opts.ReferrerPolicy), ","), "same-origin"),
		opener:   headerValue(opts.OpenerPolicy, "same-origin"),
	}
	if seconds := int64(opts.HSTS / time.Second); seconds > 0 {
		value := "max-age=" + strconv.FormatInt(seconds, 10)
		if opts.HSTSIncludeSubdomains {
			value += "; includeSubDomains"
		}
		if opts.HSTSPreload {
			value += "; preload"
		}
		s.hsts = shared(value)
	}
	if opts.PermissionsPolicy != "" {
		s.permissions = headerValue(opts.PermissionsPolicy, "")
	}
	if !opts.AllowSniffing {
		s.nosniff = shared("nosniff")
	}
	return func(next web.Handler) web.Handler {
		layer := s
		layer.next = next
		return &layer
	}
}

type security struct {
	next     web.Handler
	redirect bool
	host     string
	exempt   []*regexp.Regexp

	hsts, nosniff, referrer, opener, permissions []string // nil: not sent
}

// LayerInfo names the layer.
func (s *security) LayerInfo() web.LayerInfo { return layerInfo(LayerSecurity) }

// Serve redirects or passes the request on, and sets the headers.
func (s *security) Serve(r *web.Request) (*web.Response, error) {
	resp, err := s.answer(r)
	if err != nil {
		return nil, err
	}

	h := resp.Header()
	if s.hsts != nil && r.IsSecure() {
		setDefault(h, "Strict-Transport-Security", s.hsts)
	}
	if s.nosniff != nil {
		setDefault(h, "X-Content-Type-Options", s.nosniff)
	}
	if s.referrer != nil {
		setDefault(h, "Referrer-Policy", s.referrer)
	}
	if s.opener != nil {
		setDefault(h, "Cross-Origin-Opener-Policy", s.opener)
	}
	if s.permissions != nil {
		setDefault(h, "Permissions-Policy", s.permissions)
	}
	return resp, nil
}

func (s *security) answer(r *web.Request) (*web.Response, error) {
	if !s.redirect || r.IsSecure() || len(s.exempt) > 0 && s.isExempt(r.Path()) {
		return s.next.Serve(r)
	}
	host := s.host
	if host == "" {
		var err error
		if host, err = r.Host(); err != nil {
			return nil, err
		}
	}
	return redirect(http.StatusMovedPermanently, "https://"+host+r.FullPath()), nil
}

func (s *security) isExempt(path string) bool {
	path = strings.TrimLeft(path, "/")
	for _, pattern := range s.exempt {
		if pattern.MatchString(path) {
			return true
		}
	}
	return false
}
