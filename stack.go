package nuages

import (
	"context"
	"time"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/web"
)

// DefaultMiddleware returns the layers of Django's default project, in its order, as far as they need no application:
// security headers and redirects, common, clickjacking; and those that the settings ask for: content security policy,
// compression, time limit. Add to the slice what applications bring.
func DefaultMiddleware(s Settings) []web.Middleware {
	s = s.withDefaults()
	stack := middleware.Stack{
		Security: middleware.SecurityOptions{
			SSLRedirect: s.SecureSSLRedirect, SSLHost: s.SecureSSLHost, RedirectExempt: s.SecureRedirectExempt,
			HSTS: time.Duration(s.SecureHSTSSeconds) * time.Second, HSTSIncludeSubdomains: s.SecureHSTSIncludeSubdomains,
			HSTSPreload: s.SecureHSTSPreload, AllowSniffing: !on(s.SecureContentTypeNosniff),
			ReferrerPolicy: s.SecureReferrerPolicy, OpenerPolicy: s.SecureCrossOriginOpenerPolicy,
		},
		Common: middleware.CommonOptions{
			NoAppendSlash: !on(s.AppendSlash), PrependWWW: s.PrependWWW, DisallowedUserAgents: s.DisallowedUserAgents,
		},
		Clickjacking: middleware.ClickjackingOptions{FrameOptions: s.XFrameOptions},
	}
	if len(s.SecureCSP) > 0 || len(s.SecureCSPReportOnly) > 0 {
		stack.CSP = &middleware.CSPOptions{Policy: s.SecureCSP, ReportOnly: s.SecureCSPReportOnly}
	}
	if s.Gzip {
		stack.Compress = &middleware.CompressOptions{}
	}
	if s.RequestTimeout > 0 {
		stack.Timeout = &middleware.TimeoutOptions{Limit: s.RequestTimeout}
	}
	return middleware.Default(stack)
}

// builtinProcessors are Django's context processors as far as they need no application. They are lazy, so those that a
// template does not name cost nothing.
func builtinProcessors(s Settings) []template.Processor {
	request := func(ctx context.Context) (*web.Request, error) {
		r, _ := web.FromContext(ctx)
		return r, nil
	}
	zone, _ := time.LoadLocation(s.TimeZone) // validated with the settings
	return []template.Processor{
		template.NewProcessor("debug", template.NewVar("debug", func(context.Context) (bool, error) { return s.Debug, nil })),
		template.NewProcessor("request", template.NewVar("request", request)),
		template.NewProcessor("csp", template.NewVar("csp_nonce", func(ctx context.Context) (string, error) { return middleware.NonceFrom(ctx), nil })),
		template.StaticProcessor(s.StaticURL), template.MediaProcessor(s.MediaURL),
		template.I18nProcessor(nil, s.LanguageCode), template.TimeZoneProcessor(zone),
	}
}
