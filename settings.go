package nuages

import (
	"net/netip"
	"regexp"
	"time"

	"github.com/nuages-go/nuages/conf"
	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/server"
)

// Settings configure a site. The zero value of a field is its default; a *bool that is on by default is switched off with
// new(false). The variable that FromEnv reads for a field is its Django name unless the comment names another.
type Settings struct {
	// SecretKey signs cookies, sessions and links. Keep it secret and long. Without one a site with Debug makes one up at
	// each start; without Debug it does not start. Django: SECRET_KEY. Default: none.
	SecretKey string
	// SecretKeyFallbacks are older keys that still verify. Django: SECRET_KEY_FALLBACKS. Default: none.
	SecretKeyFallbacks []string
	// Debug shows errors in full to every visitor. Never in production. Django: DEBUG. Default: off.
	Debug bool
	// AllowedHosts are the host names that the site answers to: "example.com", ".example.com" with all subdomains, "*".
	// Django: ALLOWED_HOSTS. Default: none; with Debug localhost.
	AllowedHosts []string
	// SilencedSystemChecks are IDs of check messages that are not shown. Django: SILENCED_SYSTEM_CHECKS. Default: none.
	SilencedSystemChecks []string

	// DatabaseURL opens the default database with one of Site.Drivers: "sqlite:news.db", "postgres://user@host/db". Django:
	// DATABASES["default"]; the variable is DATABASE_URL. Default: none.
	DatabaseURL string
	// Databases are opened databases by alias; the site closes them. Django: DATABASES. Default: DatabaseURL's.
	Databases orm.Databases `env:"-"`
	// Routers choose the database of a query, and of a migration: orm.Replicas("default", "replica"). Django:
	// DATABASE_ROUTERS. Default: none.
	Routers orm.Routers `env:"-"`

	// AllowUnmigrated lets serve start although a database lacks migrations. No counterpart in Django; the variable is
	// ALLOW_UNMIGRATED. Default: off, serve refuses and names them.
	AllowUnmigrated bool

	// FixtureDirs are directories in which loaddata looks for fixtures, beside those of the applications. Django:
	// FIXTURE_DIRS. Default: none.
	FixtureDirs []string

	// AppendSlash redirects an address that does not exist to the same with a slash if that exists. Django: APPEND_SLASH. Default: on.
	AppendSlash *bool
	// PrependWWW redirects to the host name with www. Django: PREPEND_WWW. Default: off.
	PrependWWW bool
	// DisallowedUserAgents are refused with a 403. Django: DISALLOWED_USER_AGENTS. Default: none.
	DisallowedUserAgents []*regexp.Regexp
	// ForceScriptName is the path at which the site is mounted: "/app". Django: FORCE_SCRIPT_NAME. Default: "".
	ForceScriptName string

	// UseXForwardedHost and UseXForwardedPort believe the proxy's headers. Django: USE_X_FORWARDED_HOST,
	// USE_X_FORWARDED_PORT. Default: off.
	UseXForwardedHost, UseXForwardedPort bool
	// SecureProxySSLHeader is the header and value by which the proxy says that the visitor came over HTTPS:
	// "X-Forwarded-Proto: https". Django: SECURE_PROXY_SSL_HEADER. Default: none.
	SecureProxySSLHeader string
	// TrustedProxies are the networks or addresses whose forwarded headers count; from elsewhere they are removed. No counterpart in
	// Django; the variable is TRUSTED_PROXIES. Default: none.
	TrustedProxies []netip.Prefix

	// SecureContentTypeNosniff sends X-Content-Type-Options: nosniff. Django: SECURE_CONTENT_TYPE_NOSNIFF. Default: on.
	SecureContentTypeNosniff *bool
	// SecureCrossOriginOpenerPolicy is sent as Cross-Origin-Opener-Policy; "-" sends none. Django:
	// SECURE_CROSS_ORIGIN_OPENER_POLICY. Default: "same-origin".
	SecureCrossOriginOpenerPolicy string
	// SecureReferrerPolicy is sent as Referrer-Policy; "-" sends none. Django: SECURE_REFERRER_POLICY. Default: "same-origin".
	SecureReferrerPolicy string
	// SecureHSTSSeconds makes browsers use HTTPS only, for that long. Django: SECURE_HSTS_SECONDS. Default: 0, not sent.
	SecureHSTSSeconds int
	// SecureHSTSIncludeSubdomains and SecureHSTSPreload extend it. Django: SECURE_HSTS_INCLUDE_SUBDOMAINS,
	// SECURE_HSTS_PRELOAD. Default: off.
	SecureHSTSIncludeSubdomains, SecureHSTSPreload bool
	// SecureSSLRedirect redirects to HTTPS, to SecureSSLHost if that is set, except for paths that SecureRedirectExempt finds.
	// Django: SECURE_SSL_REDIRECT, SECURE_SSL_HOST, SECURE_REDIRECT_EXEMPT. Default: off.
	SecureSSLRedirect    bool
	SecureSSLHost        string
	SecureRedirectExempt []*regexp.Regexp
	// XFrameOptions is "DENY" or "SAMEORIGIN". Django: X_FRAME_OPTIONS. Default: "DENY".
	XFrameOptions string
	// SecureCSP and SecureCSPReportOnly are content security policies. Django: SECURE_CSP, SECURE_CSP_REPORT_ONLY. Default: none.
	SecureCSP, SecureCSPReportOnly middleware.Policy `env:"-"`

	// DataUploadMaxMemorySize bounds a request's body without its files, DataUploadMaxNumberFields and
	// DataUploadMaxNumberFiles what is in it; negative is no limit. Django: DATA_UPLOAD_MAX_MEMORY_SIZE,
	// DATA_UPLOAD_MAX_NUMBER_FIELDS, DATA_UPLOAD_MAX_NUMBER_FILES. Defaults: 2.5 MiB, 1000, 100.
	DataUploadMaxMemorySize   conf.Size
	DataUploadMaxNumberFields int
	DataUploadMaxNumberFiles  int
	// FileUploadMaxMemorySize is the size from which on uploads go to files in FileUploadTempDir. Django:
	// FILE_UPLOAD_MAX_MEMORY_SIZE, FILE_UPLOAD_TEMP_DIR. Defaults: 2.5 MiB, the system's.
	FileUploadMaxMemorySize conf.Size
	FileUploadTempDir       string

	// StaticURL and MediaURL are the prefixes of static and uploaded files. Django: STATIC_URL, MEDIA_URL. Defaults:
	// "/static/", "/media/".
	StaticURL, MediaURL string
	// StringIfInvalid is printed for a template variable that does not exist. Django: string_if_invalid; the variable is
	// STRING_IF_INVALID. Default: "".
	StringIfInvalid string

	// LanguageCode is the site's language. Django: LANGUAGE_CODE. Default: "en-us".
	LanguageCode string
	// UseI18N switches translation on. Django: USE_I18N. Default: on.
	UseI18N *bool
	// TimeZone is where times are shown, and where days and hours begin in queries. Django: TIME_ZONE, whose default is
	// America/Chicago. Default: "UTC".
	TimeZone string
	// UseTZ shows times in TimeZone. Off, times are shown as they come, and the database of DatabaseURL keeps them in TimeZone
	// and not in UTC, as Django does it. Django: USE_TZ. Default: on.
	UseTZ *bool

	// Gzip compresses responses. A layer and not a setting in Django; the variable is GZIP. Default: off, as in Django.
	Gzip bool
	// RequestTimeout ends a request's context after that time. No counterpart in Django; the variable is REQUEST_TIMEOUT.
	// Default: 0, never.
	RequestTimeout time.Duration
	// LogLevel is the lowest level that is logged: debug, info, warn or error; LogFormat is text, json or auto (text for a
	// terminal). No counterparts in Django; the variables are LOG_LEVEL and LOG_FORMAT. Defaults: info, auto.
	LogLevel, LogFormat string
	// SlowStatement is how long an SQL statement may take before it is logged as a warning, with the line that asked. With
	// Debug and LogLevel debug all statements are logged, with their arguments. Django: the logger django.db.backends; the
	// variable is SLOW_STATEMENT. Default: 0, none is slow.
	SlowStatement time.Duration
	// DefaultTablespace is where PostgreSQL keeps the tables of models that name no Tablespace, DefaultIndexTablespace the indexes
	// of fields that name none; what is there already stays. Django: DEFAULT_TABLESPACE, DEFAULT_INDEX_TABLESPACE. Default: the
	// server's.
	DefaultTablespace, DefaultIndexTablespace string
	// Server holds the address and limits of serve; the variables begin with SERVER_: SERVER_ADDR, SERVER_IDLE_TIMEOUT.
	Server server.Options

	// env is what FromEnv found; New reports its mistakes with all others.
	env    *conf.Report
	envErr error
}

// on is the value of a switch that is on by default.
func on(p *bool) bool { return p == nil || *p }

// or is a value, or the default for its zero value.
func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// withDefaults fills in the defaults that several places need.
func (s Settings) withDefaults() Settings {
	s.StaticURL = or(s.StaticURL, "/static/")
	s.MediaURL = or(s.MediaURL, "/media/")
	s.LanguageCode = or(s.LanguageCode, "en-us")
	s.TimeZone = or(s.TimeZone, "UTC")
	s.XFrameOptions = or(s.XFrameOptions, "DENY")
	s.SecureReferrerPolicy = or(s.SecureReferrerPolicy, "same-origin")
	s.SecureCrossOriginOpenerPolicy = or(s.SecureCrossOriginOpenerPolicy, "same-origin")
	for _, p := range []**bool{&s.AppendSlash, &s.SecureContentTypeNosniff, &s.UseI18N, &s.UseTZ} {
		*p = or(*p, new(true))
	}
	s.LogLevel = or(s.LogLevel, "info")
	s.LogFormat = or(s.LogFormat, "auto")
	return s
}
