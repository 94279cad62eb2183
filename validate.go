package nuages

import (
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/manage"
)

// checkSettings finds values that cannot work.
func (b *builder) checkSettings() {
	s := &b.settings
	b.messages = append(b.messages, b.site.Settings.envMessages()...)
	wrong := func(name, text, hint string, args ...any) {
		b.messages = append(b.messages, manage.Message{
			Level: manage.Error, ID: "settings.E001", Object: name, Text: fmt.Sprintf(text, args...), Hint: hint,
		})
	}

	if s.SecretKey == "" && !s.Debug {
		wrong("SECRET_KEY", "It must not be empty.", "Put a long random text into the environment or .env; `nuages startproject` makes one.")
	}
	if slices.Contains(s.SecretKeyFallbacks, "") {
		wrong("SECRET_KEY_FALLBACKS", "A key in it is empty.", "Remove it.")
	}
	for _, host := range s.AllowedHosts {
		if !hostPattern(host) {
			wrong("ALLOWED_HOSTS", "%q is not a host name, so no request would ever match it.",
				"Write the name alone, without scheme and port, with a leading dot for its subdomains: example.com, .example.com; an IPv6 address in brackets.", host)
		}
	}
	if !slices.Contains([]string{"DENY", "SAMEORIGIN"}, strings.ToUpper(s.XFrameOptions)) {
		wrong("X_FRAME_OPTIONS", "%q is neither DENY nor SAMEORIGIN.", "", s.XFrameOptions)
	}
	if header, value, _ := strings.Cut(s.SecureProxySSLHeader, ":"); s.SecureProxySSLHeader != "" {
		if strings.TrimSpace(value) == "" {
			wrong("SECURE_PROXY_SSL_HEADER", "%q has no value.", "Write header and value: X-Forwarded-Proto: https", s.SecureProxySSLHeader)
		}
		if strings.ContainsAny(strings.TrimSpace(header), "_ ") {
			wrong("SECURE_PROXY_SSL_HEADER", "%q is not the name of a header.", "Write it as the proxy sends it, X-Forwarded-Proto, and not as Django's HTTP_X_FORWARDED_PROTO.", header)
		}
	}
	if s.SecureHSTSSeconds < 0 {
		wrong("SECURE_HSTS_SECONDS", "It is negative.", "")
	}
	if p := s.ForceScriptName; p != "" && (!strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/")) {
		wrong("FORCE_SCRIPT_NAME", "%q must begin with a slash and end without one.", "", p)
	}
	if host := s.SecureSSLHost; host != "" {
		name, port, hasPort := strings.Cut(host, ":")
		if !hostPattern(name) || strings.HasPrefix(name, ".") || name == "*" || hasPort && strings.Trim(port, "0123456789") != "" {
			wrong("SECURE_SSL_HOST", "%q is not a host.", "Write the name, with a port if it is not 443: example.com, example.com:8443.", host)
		}
	}
	for _, setting := range [][2]string{{"STATIC_URL", s.StaticURL}, {"MEDIA_URL", s.MediaURL}} {
		if name, prefix := setting[0], setting[1]; !strings.HasSuffix(prefix, "/") {
			b.messages = append(b.messages, manage.Message{
				Level: manage.Error, ID: "urls.E006", Object: name, Text: fmt.Sprintf("The %s setting must end with a slash.", name),
				Hint: fmt.Sprintf("Write %q.", prefix+"/"),
			})
		}
	}
	if dir := s.FileUploadTempDir; dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			b.messages = append(b.messages, manage.Message{
				Level: manage.Error, ID: "files.E001", Object: "FILE_UPLOAD_TEMP_DIR",
				Text: fmt.Sprintf("The FILE_UPLOAD_TEMP_DIR setting refers to the nonexistent directory %q.", dir), Hint: "Make the directory, or leave the setting out.",
			})
		}
	}
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil || s.TimeZone == "Local" {
		wrong("TIME_ZONE", "%q is not a time zone of this system.", "Use a name such as Europe/Paris; import time/tzdata to carry them in the program.", s.TimeZone)
	}
	b.zone = zone
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		wrong("LOG_LEVEL", "%q is not a level.", "Use debug, info, warn or error.", s.LogLevel)
	}
	if !slices.Contains([]string{"auto", "text", "json"}, s.LogFormat) {
		wrong("LOG_FORMAT", "%q is not a format.", "Use auto, text or json.", s.LogFormat)
	}
	if s.SlowStatement < 0 {
		wrong("SLOW_STATEMENT", "It is negative.", "Write a duration such as 200ms; 0 is never.")
	}
	b.checkPolicies()
}

// hostPattern says whether a request's host can match an item of AllowedHosts.
func hostPattern(item string) bool {
	if item == "*" {
		return true
	}
	if inner, ok := strings.CutPrefix(item, "["); ok {
		addr, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		return err == nil && addr.Is6() && addr.Zone() == "" && strings.HasSuffix(inner, "]")
	}
	name := strings.TrimPrefix(item, ".")
	return name != "" && !strings.HasSuffix(name, ".") && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '.' && r != '-' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	})
}

// checkPolicies compares policy headers with the values that browsers know, under Django's IDs.
func (b *builder) checkPolicies() {
	s := &b.settings
	known := []string{"no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin", "strict-origin-when-cross-origin", "unsafe-url", "-"}
	for value := range strings.SplitSeq(s.SecureReferrerPolicy, ",") {
		if !slices.Contains(known, strings.TrimSpace(value)) {
			b.messages = append(b.messages, manage.Message{
				Level: manage.Error, ID: "security.E023", Text: "You have set SECURE_REFERRER_POLICY to an invalid value.",
				Hint: "Valid values are: " + strings.Join(known[:len(known)-1], ", ") + ".",
			})
			break
		}
	}
	if !slices.Contains([]string{"same-origin", "same-origin-allow-popups", "unsafe-none", "-"}, s.SecureCrossOriginOpenerPolicy) {
		b.messages = append(b.messages, manage.Message{
			Level: manage.Error, ID: "security.E024", Text: "You have set SECURE_CROSS_ORIGIN_OPENER_POLICY to an invalid value.",
			Hint: "Valid values are: same-origin, same-origin-allow-popups, unsafe-none.",
		})
	}
}
