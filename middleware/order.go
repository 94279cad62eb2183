package middleware

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/web"
)

// Names of the layers, for the order rules. Layers that other packages bring have their names here too, so that every
// rule has one place.
const (
	LayerHealth         = "health"
	LayerRequestID      = "request-id"
	LayerAccessLog      = "access-log"
	LayerSecurity       = "security"
	LayerCORS           = "cors"
	LayerRateLimit      = "rate-limit"
	LayerBodyLimit      = "body-limit"
	LayerTimeout        = "timeout"
	LayerUpdateCache    = "update-cache"
	LayerCompress       = "gzip"
	LayerSessions       = "sessions"
	LayerConditionalGet = "conditional-get"
	LayerLocale         = "locale"
	LayerBrokenLinks    = "broken-links"
	LayerCommon         = "common"
	LayerCSRF           = "csrf"
	LayerAuth           = "authentication"
	LayerLoginRequired  = "login-required"
	LayerMessages       = "messages"
	LayerClickjacking   = "clickjacking"
	LayerCSP            = "csp"
	LayerFetchCache     = "fetch-cache"
	LayerFlatpages      = "flatpages"
	LayerRedirects      = "redirects"
)

// reasons says why the first layer must be further out than the second. It holds the rules of Django's "Middleware
// ordering" and our own layers' rules; the layers of this package take their Before and After from it.
func reasons() []orderRule {
	return []orderRule{
		{LayerHealth, LayerSecurity, "probes come by plain HTTP and under any host name"},
		{LayerHealth, LayerCommon, "probes come under any host name"},
		{LayerHealth, LayerRateLimit, "a busy site must not look dead"},
		{LayerRequestID, LayerAccessLog, "the log record carries the request id"},
		{LayerAccessLog, LayerSecurity, "redirects to https belong in the log"},
		{LayerAccessLog, LayerCommon, "redirects and refused hosts belong in the log"},
		{LayerSecurity, LayerUpdateCache, "a redirect to https must not be stored for https requests"},
		{LayerSecurity, LayerSessions, "a request that is redirected to https needs no session"},
		{LayerSecurity, LayerCommon, "one redirect to https is better than two"},
		{LayerCORS, LayerCommon, "redirects need the CORS headers as well, and preflights must not be redirected"},
		{LayerCORS, LayerCSRF, "preflights carry no token"},
		{LayerRateLimit, LayerSessions, "a refused request must not cost a database query"},
		{LayerBodyLimit, LayerCSRF, "reading the token reads the body"},
		{LayerTimeout, LayerSessions, "loading the session counts towards the time limit"},
		{LayerUpdateCache, LayerCompress, "gzip adds to Vary, which the cache key is made from"},
		{LayerUpdateCache, LayerSessions, "sessions add to Vary, which the cache key is made from"},
		{LayerUpdateCache, LayerLocale, "locale adds to Vary, which the cache key is made from"},
		{LayerUpdateCache, LayerFetchCache, "a page is looked up last on the way in and stored last on the way out"},
		{LayerCompress, LayerConditionalGet, "the ETag must be that of the page, not of its compressed form"},
		{LayerCompress, LayerCommon, "whoever reads or changes the body must see it uncompressed"},
		{LayerCompress, LayerMessages, "whoever reads or changes the body must see it uncompressed"},
		{LayerSessions, LayerLocale, "the language may be kept in the session"},
		{LayerSessions, LayerCSRF, "the CSRF secret may be kept in the session"},
		{LayerSessions, LayerAuth, "the user's id is kept in the session"},
		{LayerSessions, LayerMessages, "messages may be kept in the session"},
		{LayerConditionalGet, LayerCommon, "the ETag is computed from the final response"},
		{LayerLocale, LayerCommon, "the URLs that slash redirects are resolved with depend on the language"},
		{LayerBrokenLinks, LayerLocale, "a 404 that another layer answers is no broken link"},
		{LayerBrokenLinks, LayerCommon, "a missing slash that common mends is no broken link"},
		{LayerBrokenLinks, LayerFlatpages, "a 404 that another layer answers is no broken link"},
		{LayerBrokenLinks, LayerRedirects, "a 404 that another layer answers is no broken link"},
		{LayerCommon, LayerFlatpages, "flat pages come last, as a fallback"},
		{LayerCommon, LayerRedirects, "redirects come last, as a fallback"},
		{LayerCSRF, LayerAuth, "an authentication layer may log users in"},
		{LayerAuth, LayerLoginRequired, "it asks who the user is"},
		{LayerAuth, LayerFetchCache, "a layer after the look-up does not see cached pages"},
		{LayerSessions, LayerFetchCache, "sessions add to Vary, which the cache key is made from"},
		{LayerLocale, LayerFetchCache, "locale adds to Vary, which the cache key is made from"},
		{LayerCompress, LayerFetchCache, "gzip adds to Vary, which the cache key is made from"},
		{LayerFetchCache, LayerFlatpages, "flat pages come last, as a fallback"},
		{LayerFetchCache, LayerRedirects, "redirects come last, as a fallback"},
		{LayerFlatpages, LayerRedirects, "a flat page is preferred to a redirect"},
	}
}

type orderRule struct{ outer, inner, reason string }

// layerInfo fills in the rules of a layer.
func layerInfo(name string) web.LayerInfo {
	info := web.LayerInfo{Name: name}
	for _, rule := range reasons() {
		switch name {
		case rule.outer:
			info.Before = append(info.Before, rule.inner)
		case rule.inner:
			info.After = append(info.After, rule.outer)
		}
	}
	return info
}

// CheckOrder compares the layers of a chain, the outermost first, with their own rules and with Django's documented
// order. Each broken rule is reported once.
//
//   - middleware.W001: a layer is on the wrong side of another one
//   - middleware.W002: a layer is in the chain twice
func CheckOrder(layers []web.LayerInfo) []manage.Message {
	var messages []manage.Message
	place := make(map[string]int, len(layers))
	for i, layer := range layers {
		first, twice := place[layer.Name]
		if !twice {
			place[layer.Name] = i
			continue
		}
		if _, known := knownReason(layer.Name); known {
			messages = append(messages, manage.Message{
				Level: manage.Warning, ID: "middleware.W002", Object: layer.Name,
				Text: fmt.Sprintf("%s is in the middleware twice, at places %d and %d", layer.Name, first+1, i+1),
				Hint: "Remove one of them.",
			})
		}
	}

	var reported []string
	wrong := func(outer, inner string) {
		i, ok := place[outer]
		j, also := place[inner]
		key := outer + "\x00" + inner
		if !ok || !also || i <= j || slices.Contains(reported, key) {
			return
		}
		reported = append(reported, key)
		messages = append(messages, manage.Message{
			Level: manage.Warning, ID: "middleware.W001", Object: inner,
			Text: fmt.Sprintf("%s must come after %s, but is at place %d and %s at place %d", inner, outer, j+1, outer, i+1),
			Hint: orderHint(outer, inner),
		})
	}
	for _, layer := range layers {
		for _, inner := range layer.Before {
			wrong(layer.Name, inner)
		}
		for _, outer := range layer.After {
			wrong(outer, layer.Name)
		}
	}
	for _, rule := range reasons() {
		wrong(rule.outer, rule.inner)
	}
	return messages
}

func orderHint(outer, inner string) string {
	hint := fmt.Sprintf("Move %s below %s", inner, outer)
	for _, rule := range reasons() {
		if rule.outer == outer && rule.inner == inner {
			return hint + ": " + rule.reason + "."
		}
	}
	return hint + "."
}

// knownReason says whether any rule mentions the layer.
func knownReason(name string) (orderRule, bool) {
	rules := reasons()
	i := slices.IndexFunc(rules, func(rule orderRule) bool { return rule.outer == name || rule.inner == name })
	if i < 0 {
		return orderRule{}, false
	}
	return rules[i], true
}
