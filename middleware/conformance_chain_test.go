package middleware_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/web"
)

var tlsState = new(tls.ConnectionState)

// conformanceMiddleware makes our layers of Django's setting MIDDLEWARE.
func conformanceMiddleware(settings map[string]any) ([]web.Middleware, error) {
	var mws []web.Middleware
	for _, name := range stringList(settings["MIDDLEWARE"]) {
		switch name[strings.LastIndexByte(name, '.')+1:] {
		case "SecurityMiddleware":
			mws = append(mws, middleware.Security(securityOptions(settings)))
		case "GZipMiddleware":
			mws = append(mws, middleware.Compress(middleware.CompressOptions{Encodings: []middleware.Encoding{middleware.Gzip}, AnyMention: true}))
		case "ConditionalGetMiddleware":
			mws = append(mws, middleware.ConditionalGet())
		case "CommonMiddleware":
			mws = append(mws, middleware.Common(middleware.CommonOptions{
				NoAppendSlash:        settings["APPEND_SLASH"] == false,
				PrependWWW:           settings["PREPEND_WWW"] == true,
				DisallowedUserAgents: patterns(settings["DISALLOWED_USER_AGENTS"]),
			}))
		case "XFrameOptionsMiddleware":
			option, _ := settings["X_FRAME_OPTIONS"].(string)
			mws = append(mws, middleware.Clickjacking(middleware.ClickjackingOptions{FrameOptions: option}))
		case "ContentSecurityPolicyMiddleware":
			mws = append(mws, middleware.CSP(middleware.CSPOptions{
				Policy: policy(settings["SECURE_CSP"]), ReportOnly: policy(settings["SECURE_CSP_REPORT_ONLY"]),
			}))
		default:
			return nil, fmt.Errorf("unknown middleware %s", name)
		}
	}
	return mws, nil
}

func securityOptions(settings map[string]any) middleware.SecurityOptions {
	opts := middleware.SecurityOptions{
		SSLRedirect:           settings["SECURE_SSL_REDIRECT"] == true,
		RedirectExempt:        patterns(settings["SECURE_REDIRECT_EXEMPT"]),
		HSTSIncludeSubdomains: settings["SECURE_HSTS_INCLUDE_SUBDOMAINS"] == true,
		HSTSPreload:           settings["SECURE_HSTS_PRELOAD"] == true,
		AllowSniffing:         settings["SECURE_CONTENT_TYPE_NOSNIFF"] == false,
		ReferrerPolicy:        headerOption(settings, "SECURE_REFERRER_POLICY"),
		OpenerPolicy:          headerOption(settings, "SECURE_CROSS_ORIGIN_OPENER_POLICY"),
	}
	opts.SSLHost, _ = settings["SECURE_SSL_HOST"].(string)
	seconds, _ := settings["SECURE_HSTS_SECONDS"].(float64)
	opts.HSTS = time.Duration(seconds) * time.Second
	return opts
}

// headerOption is a setting that is not there (the default), null (no header), a text or a list.
func headerOption(settings map[string]any, name string) string {
	value, ok := settings[name]
	if !ok {
		return ""
	}
	if value == nil {
		return middleware.Omit
	}
	return strings.Join(stringList(value), ",")
}

func patterns(v any) []*regexp.Regexp {
	var list []*regexp.Regexp
	for _, text := range stringList(v) {
		list = append(list, regexp.MustCompile(text))
	}
	return list
}

// policy reads a policy from JSON, in order.
func policy(v any) (p middleware.Policy) {
	raw, ok := v.(json.RawMessage)
	if !ok {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return nil
	}
	for dec.More() {
		name, _ := dec.Token()
		var value any
		if err := dec.Decode(&value); err != nil {
			panic(err)
		}
		d := middleware.Directive{Name: name.(string)}
		switch value {
		case nil, false:
			continue
		case true:
		default:
			d.Sources = stringList(value)
		}
		p = append(p, d)
	}
	return p
}
