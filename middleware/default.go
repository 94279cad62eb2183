package middleware

import "github.com/nuages-go/nuages/web"

// Stack says which layers Default puts together. Security, Common and Clickjacking are always there; the others come
// with a pointer to their options.
type Stack struct {
	Health       *HealthOptions
	RequestID    *RequestIDOptions
	AccessLog    *AccessLogOptions
	Security     SecurityOptions
	CSP          *CSPOptions
	CORS         *CORSOptions
	RateLimit    *RateLimitOptions
	BodyLimit    *BodyLimitOptions
	Timeout      *TimeoutOptions
	Compress     *CompressOptions
	Sessions     []web.Middleware // sessions and what else must stand before the layers that use them
	Conditional  bool             // ConditionalGet
	BrokenLinks  *BrokenLinksOptions
	Common       CommonOptions
	Users        []web.Middleware // csrf, authentication, messages: what needs sessions
	Clickjacking ClickjackingOptions
	Last         []web.Middleware // fallbacks: flat pages, redirects
}

// Default returns the layers of a stack in Django's order, the outermost first. With the zero Stack that is what of
// Django's default project needs no session: security, common, clickjacking.
func Default(s Stack) []web.Middleware {
	var mws []web.Middleware
	add := func(mw ...web.Middleware) { mws = append(mws, mw...) }
	if s.Health != nil {
		add(Health(*s.Health))
	}
	if s.RequestID != nil {
		add(RequestID(*s.RequestID))
	}
	if s.AccessLog != nil {
		add(AccessLog(*s.AccessLog))
	}
	add(Security(s.Security))
	if s.CSP != nil {
		add(CSP(*s.CSP))
	}
	if s.CORS != nil {
		add(CORS(*s.CORS))
	}
	if s.RateLimit != nil {
		add(RateLimit(*s.RateLimit))
	}
	if s.BodyLimit != nil {
		add(BodyLimit(*s.BodyLimit))
	}
	if s.Timeout != nil {
		add(Timeout(*s.Timeout))
	}
	if s.Compress != nil {
		add(Compress(*s.Compress))
	}
	add(s.Sessions...)
	if s.Conditional {
		add(ConditionalGet())
	}
	if s.BrokenLinks != nil {
		add(BrokenLinks(*s.BrokenLinks))
	}
	add(Common(s.Common))
	add(s.Users...)
	add(Clickjacking(s.Clickjacking))
	return append(mws, s.Last...)
}
