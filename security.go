package nuages

import (
	"context"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/middleware"
)

// insecurePrefix marks keys that startproject made for development, Django's and ours.
const insecurePrefix = "django-insecure-"

// securityChecks are Django's checks for deployment, django/core/checks/security, as far as their subject exists.
func (app *Instance) securityChecks(context.Context) []manage.Message {
	s := &app.settings
	var out []manage.Message
	warn := func(wrong bool, id, text, hint string) {
		if wrong {
			out = append(out, manage.Message{Level: manage.Warning, ID: "security." + id, Text: text, Hint: hint})
		}
	}

	has := map[string]bool{}
	for _, layer := range app.chain.Layers() {
		has[layer.Name] = true
	}
	security := has[middleware.LayerSecurity]
	warn(!security, "W001", "The security middleware is not in the chain, so the SECURE_ settings have no effect.", "Add middleware.Security to Site.Middleware.")
	warn(!has[middleware.LayerClickjacking], "W002", "The clickjacking middleware is not in the chain, so pages can be shown in frames of other sites.", "Add middleware.Clickjacking to Site.Middleware.")
	if security {
		warn(s.SecureHSTSSeconds == 0, "W004", "SECURE_HSTS_SECONDS is not set.", "If the whole site is served over HTTPS only, set it; begin with a small value, since browsers will not come back to HTTP.")
		warn(s.SecureHSTSSeconds > 0 && !s.SecureHSTSIncludeSubdomains, "W005", "SECURE_HSTS_INCLUDE_SUBDOMAINS is off: an insecure subdomain can attack the site.", "Switch it on if all subdomains are served over HTTPS.")
		warn(!on(s.SecureContentTypeNosniff), "W006", "SECURE_CONTENT_TYPE_NOSNIFF is off: browsers may guess the type of a response.", "Switch it on.")
		warn(!s.SecureSSLRedirect, "W008", "SECURE_SSL_REDIRECT is off: the site answers over plain HTTP.", "Switch it on, unless a proxy in front redirects.")
		warn(s.SecureHSTSSeconds > 0 && !s.SecureHSTSPreload, "W021", "SECURE_HSTS_PRELOAD is off: the site cannot be put on the browsers' preload list.", "Switch it on if you want that.")
		warn(s.SecureReferrerPolicy == "-", "W022", "SECURE_REFERRER_POLICY is off: addresses of your pages are told to other sites.", "Set it, for instance to same-origin.")
	}
	warn(weakKey(s.SecretKey), "W009", "SECRET_KEY has less than 50 characters, less than 5 different ones, or begins with '"+insecurePrefix+"'.", "Make a long random one; signatures are worth nothing if it can be guessed.")
	warn(s.Debug, "W018", "DEBUG is on: errors show source code and settings to every visitor.", "Switch it off.")
	warn(has[middleware.LayerClickjacking] && !strings.EqualFold(s.XFrameOptions, "DENY"), "W019", "X_FRAME_OPTIONS is not DENY.", "Set it to DENY unless the site shows its own pages in frames.")
	warn(len(s.AllowedHosts) == 0, "W020", "ALLOWED_HOSTS is empty: without DEBUG no request is answered.", "List the host names of the site.")
	warn(slices.Contains(s.AllowedHosts, "*"), "W101", "ALLOWED_HOSTS holds *: links in mails and redirects can be made to lead elsewhere.", "List the host names of the site, unless a proxy in front checks them.")
	for _, key := range s.SecretKeyFallbacks {
		warn(weakKey(key), "W025", "A key of SECRET_KEY_FALLBACKS has less than 50 characters, less than 5 different ones, or begins with '"+insecurePrefix+"'.", "Remove it; whoever guesses it can sign too.")
	}
	return out
}

// weakKey follows Django's limits.
func weakKey(key string) bool {
	different := map[rune]bool{}
	for _, r := range key {
		different[r] = true
	}
	return len([]rune(key)) < 50 || len(different) < 5 || strings.HasPrefix(key, insecurePrefix)
}

// hostsMissing is Django's condition for runserver and a frequent first surprise.
func (s *Settings) hostsMissing() bool { return !s.Debug && len(s.AllowedHosts) == 0 }
