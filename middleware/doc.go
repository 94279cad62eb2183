// Package middleware holds the layers that a request passes on its way to the view and back: security headers, slash
// redirects, conditional GET, compression, content security policy, request ids, the access log, limits and probes.
//
// A layer is made by a constructor that takes its options by value; the zero options are Django's defaults. The chain is
// composed once, in the order given, the outermost first:
//
//	chain := web.Compose(resolver,
//		middleware.RequestID(middleware.RequestIDOptions{}),
//		middleware.AccessLog(middleware.AccessLogOptions{}),
//		middleware.Security(middleware.SecurityOptions{HSTS: 365 * 24 * time.Hour}),
//		middleware.Compress(middleware.CompressOptions{}),
//		middleware.ConditionalGet(),
//		middleware.Common(middleware.CommonOptions{}),
//		middleware.Clickjacking(middleware.ClickjackingOptions{}),
//	)
//
// Default puts the usual layers in the right order. Order matters, and each layer knows its own rules (LayerInfo):
// CheckOrder, which the check command runs, names the layers that stand wrong and says why.
//
// Some layers have decorators for one view: FrameExempt, FrameDeny, FrameSameOrigin, CSPOverride,
// CSPReportOnlyOverride, GzipPage, ConditionalPage, NoAppendSlash.
//
// # From Django
//
//	SecurityMiddleware               Security
//	CommonMiddleware                 Common
//	GZipMiddleware                   Compress (gzip, and brotli and zstd)
//	ConditionalGetMiddleware         ConditionalGet
//	XFrameOptionsMiddleware          Clickjacking
//	ContentSecurityPolicyMiddleware  CSP; csp_nonce is Nonce
//	BrokenLinkEmailsMiddleware       BrokenLinks
//
// What Django leaves to others is here as well: CORS, RateLimit, RequestID, AccessLog, Timeout, BodyLimit, Health.
//
// Differs from Django: Compress obeys the q-values of Accept-Encoding (CompressOptions.AnyMention is Django's way) and
// leaves alone what is compressed already; a broken link is mailed after the response was sent.
package middleware
