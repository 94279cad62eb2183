package web

import (
	"context"
	"log/slog"
	"net/netip"
)

// Config is what the request layer needs to know of a site. The zero value serves with Django's defaults. It is read
// by many goroutines and must not change once requests are served.
type Config struct {
	// Debug shows errors in full. Never on in production.
	Debug bool
	// AllowedHosts are the host names that the site answers to: "example.com", ".example.com" (and its subdomains), "*".
	// Default: with Debug .localhost, 127.0.0.1 and [::1]; without it none.
	AllowedHosts []string
	// Base carries the site's values (databases, templates, resolver) into each request's context. Only its values count.
	Base context.Context
	// ErrorPage makes the response for an error. Default: a short plain page.
	ErrorPage func(r *Request, err error) *Response
	// Logger gets the records of failed requests. Default: slog.Default().
	Logger *slog.Logger

	// ScriptName is the path under which the site is mounted: "/app". It is stripped from paths that start with it and put
	// before every generated URL. Django: FORCE_SCRIPT_NAME. Default: "".
	ScriptName string

	// SecretKey signs cookies and links; SecretKeyFallbacks are older keys that still verify.
	SecretKey          string
	SecretKeyFallbacks []string
	// SignedCookieLegacySalt accepts signed cookies in the form that Django wrote before 5.2.15 and 6.0.6.
	SignedCookieLegacySalt bool

	// TrustedProxies are the networks whose forwarded headers count: X-Forwarded-For, -Proto, -Host and -Port, or RFC
	// 7239's Forwarded. When it is set, these headers are removed from every request that comes from elsewhere, and the
	// two UseForwarded fields and SecureProxyHeader apply to requests from these networks only. Default: none.
	TrustedProxies []netip.Prefix
	// UseForwardedHost and UseForwardedPort believe X-Forwarded-Host and X-Forwarded-Port. Django: USE_X_FORWARDED_HOST,
	// USE_X_FORWARDED_PORT. With TrustedProxies they are on.
	UseForwardedHost, UseForwardedPort bool
	// SecureProxyHeader names the header, and SecureProxyValue its value, by which a proxy says that the visitor came over
	// HTTPS: "X-Forwarded-Proto", "https". Django: SECURE_PROXY_SSL_HEADER.
	SecureProxyHeader, SecureProxyValue string

	// DataUploadMaxMemorySize bounds the bytes of a body that are held in memory, files not counted. Default 2.5 MB; a
	// negative number is no limit. It counts bytes as they are read, whatever Content-Length says.
	DataUploadMaxMemorySize int64
	// DataUploadMaxNumberFields bounds the fields of a query string or form. Default 1000; negative is no limit.
	DataUploadMaxNumberFields int
	// DataUploadMaxNumberFiles bounds the files of a form. Default 100; negative is no limit.
	DataUploadMaxNumberFiles int
	// FileUploadMaxMemorySize is the size of a request from which on its uploads go to temporary files. Default 2.5 MB.
	FileUploadMaxMemorySize int64
	// FileUploadTempDir is the directory for them. Default: the system's.
	FileUploadTempDir string
	// UploadHandlers makes the handlers for the files of a request. Default: memory, then temporary file.
	UploadHandlers func(r *Request) []UploadHandler
}

const (
	defaultDataMemory   = 2621440 // bytes: Django's DATA_UPLOAD_MAX_MEMORY_SIZE
	defaultNumberFields = 1000
	defaultNumberFiles  = 100
)

// limit is the effective value of a limit: 0 stands for the default and a negative number for none.
func limit[N int | int64](value, standard N) N {
	switch {
	case value == 0:
		return standard
	case value < 0:
		return N(maxInt)
	}
	return value
}

const maxInt = int(^uint(0) >> 1)

var defaultConfig Config
