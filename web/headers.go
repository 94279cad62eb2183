package web

import (
	"math"
	"net"
	"strings"
)

// HeaderValue returns a request header with its lines joined by ",", as Django sees it (Cookie lines by "; "). The name
// may be written with "_" for "-".
func (r *Request) HeaderValue(name string) string {
	if strings.IndexByte(name, '_') >= 0 {
		name = strings.ReplaceAll(name, "_", "-")
	}
	if strings.EqualFold(name, "host") {
		return r.Request.Host
	}
	values := r.Header.Values(name)
	switch len(values) {
	case 0:
		return ""
	case 1:
		return values[0]
	}
	if strings.EqualFold(name, "cookie") {
		return strings.Join(values, "; ")
	}
	return strings.Join(values, ",")
}

// Meta returns a value under the name that Django's request.META has for it: "HTTP_USER_AGENT", "REMOTE_ADDR",
// "CONTENT_TYPE"; "" for what is not there.
func (r *Request) Meta(name string) string {
	switch name {
	case "REQUEST_METHOD":
		return r.Method
	case "QUERY_STRING":
		return r.URL.RawQuery
	case "PATH_INFO":
		return r.PathInfo()
	case "SCRIPT_NAME":
		return strings.TrimSuffix(r.config.ScriptName, "/")
	case "REMOTE_ADDR":
		if addr := r.peer(); addr.IsValid() {
			return addr.String()
		}
		return ""
	case "SERVER_NAME":
		host, _, _ := net.SplitHostPort(r.localAddr())
		return host
	case "SERVER_PORT":
		return r.Port()
	case "SERVER_PROTOCOL":
		return r.Proto
	case "CONTENT_TYPE", "CONTENT_LENGTH":
		return r.HeaderValue(name)
	}
	if header, ok := strings.CutPrefix(name, "HTTP_"); ok {
		return r.HeaderValue(header)
	}
	return ""
}

// ContentType is the media type of the request's body in lower case, without parameters; "" if the header is missing.
func (r *Request) ContentType() string {
	mediaType, _ := r.contentType()
	return mediaType
}

// ContentParams are the parameters of the Content-Type header: charset, boundary.
func (r *Request) ContentParams() map[string]string {
	_, params := r.contentType()
	return params
}

func (r *Request) contentType() (string, map[string]string) {
	return ParseHeader(r.Header.Get("Content-Type"))
}

const maxHeaderParams = 10000 // bytes of a header that ParseHeader reads

// ParseHeader takes apart a header like "text/html; charset=utf-8": the value in lower case and the parameters, whose
// names are in lower case, with quotes undone and RFC 2231's name*=utf-8'en'text decoded. Django:
// parse_header_parameters. A header of more than 10000 bytes is read as empty.
func ParseHeader(line string) (string, map[string]string) {
	if line == "" || len(line) > maxHeaderParams {
		return "", nil
	}
	if strings.IndexByte(line, ';') < 0 {
		return strings.ToLower(strings.TrimSpace(line)), nil
	}
	parts := splitQuoted(line, ';')
	value := strings.ToLower(strings.TrimSpace(parts[0]))
	params := make(map[string]string, len(parts)-1)
	for _, part := range parts[1:] {
		name, text, found := strings.Cut(part, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" || !found {
			continue
		}
		text = strings.TrimSpace(text)
		if extended, ok := strings.CutSuffix(name, "*"); ok {
			if decoded, ok := decodeRFC2231(unquoteHeader(text)); ok {
				params[extended] = decoded
			}
			continue
		}
		params[name] = unquoteHeader(text)
	}
	return value, params
}

// decodeRFC2231 reads charset'language'percent-encoded.
func decodeRFC2231(s string) (string, bool) {
	charset, rest, ok := strings.Cut(s, "'")
	if !ok {
		return s, true
	}
	_, text, ok := strings.Cut(rest, "'")
	if !ok {
		return s, true
	}
	raw := []byte(percentDecode(text))
	switch strings.ToLower(charset) {
	case "utf-8", "utf8", "us-ascii", "ascii", "":
		return decodeUTF8(raw), true
	case "iso-8859-1", "latin-1", "latin1":
		return latin1ToUTF8(string(raw)), true
	}
	return decodeUTF8(raw), true
}

func percentDecode(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		} else {
			b = append(b, s[i])
		}
	}
	return string(b)
}

// unquoteHeader takes the double quotes off a header's parameter and undoes \" and \\.
func unquoteHeader(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	s = strings.ReplaceAll(s, `\\`, "\x00")
	s = strings.ReplaceAll(s, `\"`, `"`)
	return strings.ReplaceAll(s, "\x00", `\`)
}

// splitQuoted splits at sep outside double quotes.
func splitQuoted(s string, sep byte) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == sep && !quoted:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[min(start, len(s)):])
}

// splitList splits a comma-separated header into its trimmed items; empty ones are left out.
func splitList(s string) []string {
	if s == "" {
		return nil
	}
	items := make([]string, 0, strings.Count(s, ",")+1)
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func roundQuality(q float64) float64 { return math.Round(q*1000) / 1000 }
