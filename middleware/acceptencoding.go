package middleware

import "strings"

// Encoding is a content coding that Compress can make.
type Encoding string

// The codings, by their names in Accept-Encoding.
const (
	Gzip   Encoding = "gzip"
	Brotli Encoding = "br"
	Zstd   Encoding = "zstd"
)

// maxAcceptParts bounds the work on one Accept-Encoding header.
const maxAcceptParts = 64

// negotiate picks the coding with the highest q-value among the offered ones, the first offered of several; "" if none
// is acceptable or the client prefers the body as it is (RFC 9110 §12.5.3).
func negotiate(accept string, offered []Encoding) Encoding {
	if accept == "" {
		return ""
	}
	const unset = -1
	var few [4]int
	quality := few[:0]
	for range offered {
		quality = append(quality, unset)
	}
	star, identity := unset, unset
	for n := 0; accept != "" && n < maxAcceptParts; n++ {
		var part string
		part, accept, _ = strings.Cut(accept, ",")
		name, params, _ := strings.Cut(part, ";")
		name = strings.Trim(name, " \t")
		if name == "" {
			continue
		}
		q := parseQuality(params)
		switch {
		case name == "*":
			star = max(star, q)
			continue
		case strings.EqualFold(name, "identity"):
			identity = max(identity, q)
			continue
		case strings.EqualFold(name, "x-gzip"): // RFC 9110 §8.4.1.3
			name = "gzip"
		}
		for i, encoding := range offered {
			if strings.EqualFold(name, string(encoding)) {
				quality[i] = max(quality[i], q)
			}
		}
	}

	best, bestQ := Encoding(""), 0
	for i, q := range quality {
		if q == unset {
			q = star
		}
		if q > bestQ {
			best, bestQ = offered[i], q
		}
	}
	if identity > bestQ {
		return ""
	}
	return best
}

// parseQuality reads the q parameter as thousandths: 1000 without one, 0 for one that is not a number from 0 to 1.
func parseQuality(params string) int {
	for params != "" {
		var param string
		param, params, _ = strings.Cut(params, ";")
		name, value, ok := strings.Cut(param, "=")
		if !ok || !strings.EqualFold(strings.Trim(name, " \t"), "q") {
			continue
		}
		return parseThousandths(strings.Trim(value, " \t"))
	}
	return 1000
}

func parseThousandths(s string) int {
	if len(s) == 0 || len(s) > 5 || s[0] != '0' && s[0] != '1' || len(s) > 1 && s[1] != '.' {
		return 0
	}
	n, unit := int(s[0]-'0')*1000, 100
	for i := 2; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0
		}
		n += int(s[i]-'0') * unit
		unit /= 10
	}
	if n > 1000 {
		return 0
	}
	return n
}

// mentions reports whether the coding stands anywhere in the header as a word, as Django's \bgzip\b does.
func mentions(accept string, encoding Encoding) bool {
	for rest := accept; ; {
		i := strings.Index(rest, string(encoding))
		if i < 0 {
			return false
		}
		end := i + len(encoding)
		if (i == 0 || !wordByte(rest[i-1])) && (end == len(rest) || !wordByte(rest[end])) {
			return true
		}
		rest = rest[i+1:] // the byte before it belongs to the word, so the next match has the right neighbour
	}
}

func wordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}
