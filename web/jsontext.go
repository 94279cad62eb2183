package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// reformat writes JSON that somebody else made in the encoder's form.
func (e *jsonEncoder) reformat(b, raw []byte) ([]byte, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return b, fmt.Errorf("web: MarshalJSON returned no JSON: %w", err)
	}
	raw = compact.Bytes()
	base := e.depth
	defer func() { e.depth = base }()
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '"':
			end := i + 1
			for raw[end] != '"' {
				if raw[end] == '\\' {
					end++
				}
				end++
			}
			var s string
			if err := json.Unmarshal(raw[i:end+1], &s); err != nil {
				return b, err
			}
			b = e.appendString(b, s)
			i = end
		case '{', '[':
			b = append(b, c)
			if raw[i+1] == c+2 { // its closing twin, in ASCII
				i++
				b = append(b, raw[i])
				continue
			}
			e.depth++
			b = e.newline(b)
		case '}', ']':
			e.depth--
			b = append(e.newline(b), c)
		case ',':
			b = e.item(b, false)
		case ':':
			b = e.colon(b)
		default:
			b = append(b, c)
		}
	}
	return b, nil
}

const lowerHex = "0123456789abcdef"

// appendString writes s quoted, with the escapes of Python's json.
func (e *jsonEncoder) appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		if c < utf8.RuneSelf {
			b = appendJSONEscape(b, c, e.unicode)
			i++
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case e.unicode:
			b = utf8.AppendRune(b, r)
		case r > 0xFFFF:
			r -= 0x10000
			b = appendUnicodeEscape(b, 0xD800+r>>10)
			b = appendUnicodeEscape(b, 0xDC00+r&0x3FF)
		default:
			b = appendUnicodeEscape(b, r)
		}
		i += n
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendJSONEscape(b []byte, c byte, raw bool) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	case '\f':
		return append(b, '\\', 'f')
	case '\b':
		return append(b, '\\', 'b')
	case 0x7f:
		if raw {
			return append(b, c)
		}
	}
	return appendUnicodeEscape(b, rune(c))
}

func appendUnicodeEscape(b []byte, r rune) []byte {
	return append(b, '\\', 'u', lowerHex[r>>12&15], lowerHex[r>>8&15], lowerHex[r>>4&15], lowerHex[r&15])
}

// appendJSONFloat writes a float as Python's repr does: 1.0, 1e+16, 1e-05.
func appendJSONFloat(b []byte, f float64, bits int) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return b, fmt.Errorf("web: JSON cannot hold %v", f)
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		format = 'e'
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, format, -1, bits)
	if format == 'f' && bytes.IndexByte(b[start:], '.') < 0 {
		b = append(b, ".0"...)
	}
	return b, nil
}

// appendJSONTime writes ISO 8601 with milliseconds, if there are microseconds, and Z for UTC.
func appendJSONTime(b []byte, t time.Time) []byte {
	b = append(b, '"')
	if t.Nanosecond() >= 1000 {
		b = t.AppendFormat(b, "2006-01-02T15:04:05.000Z07:00")
	} else {
		b = t.AppendFormat(b, "2006-01-02T15:04:05Z07:00")
	}
	return append(b, '"')
}

// appendJSONDuration writes P1DT02H03M04.500000S. Django: duration_iso_string.
func appendJSONDuration(b []byte, d time.Duration) []byte {
	b = append(b, '"')
	micros := d.Microseconds()
	u := uint64(micros)
	if micros < 0 {
		b = append(b, '-')
		u = -u
	}
	seconds := u / 1e6
	b = append(b, 'P')
	b = strconv.AppendUint(b, seconds/86400, 10)
	b = append(b, 'D', 'T')
	b = append(appendTwo(b, seconds/3600%24), 'H')
	b = append(appendTwo(b, seconds/60%60), 'M')
	b = appendTwo(b, seconds%60)
	if rest := u % 1e6; rest != 0 {
		b = append(b, '.')
		b = append(b, strconv.FormatUint(1e6+rest, 10)[1:]...)
	}
	return append(b, 'S', '"')
}

func appendTwo(b []byte, n uint64) []byte { return append(b, '0'+byte(n/10), '0'+byte(n%10)) }
