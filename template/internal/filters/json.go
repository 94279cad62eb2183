package filters

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/value"
)

// jsonScript prints a value as JSON in a script element.
func jsonScript(_ *Env, v, arg value.Value) (value.Value, error) {
	text, err := appendJSON(nil, v, 0)
	if err != nil {
		return v, err
	}
	body := strings.NewReplacer("<", `\u003C`, ">", `\u003E`, "&", `\u0026`).Replace(string(text))
	id := ""
	if arg.Truth() {
		id = ` id="` + conditional(arg).Text() + `"`
	}
	return value.OfSafe("<script" + id + ` type="application/json">` + body + "</script>"), nil
}

// appendJSON is Python's json.dumps with Django's encoder: ASCII only, ", " and ": " between.
func appendJSON(dst []byte, v value.Value, depth int) ([]byte, error) {
	if depth > maxNesting {
		return dst, fmt.Errorf("json_script: nested too deep")
	}
	switch v.Kind() {
	case value.Undefined, value.None:
		return append(dst, "null"...), nil
	case value.Bool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case value.Int: // as a number, whatever a String method says
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case value.Uint:
		return strconv.AppendUint(dst, v.Uint(), 10), nil
	case value.BigInt:
		return value.AppendStr(dst, v), nil
	case value.Float:
		switch f := v.Float(); {
		case math.IsNaN(f):
			return append(dst, "NaN"...), nil
		case math.IsInf(f, 1):
			return append(dst, "Infinity"...), nil
		case math.IsInf(f, -1):
			return append(dst, "-Infinity"...), nil
		}
		return pyfmt.AppendFloat(dst, v.Float()), nil
	case value.List, value.Tuple:
		elems, err := v.Elements()
		if err != nil {
			return dst, err
		}
		dst = append(dst, '[')
		for i, el := range elems {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			if dst, err = appendJSON(dst, el, depth+1); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	case value.Map, value.Dict, value.Mapping:
		dst = append(dst, '{')
		for i, item := range v.Items() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			key, _ := item.Index(0)
			val, _ := item.Index(1)
			name, err := jsonKey(key)
			if err != nil {
				return dst, err
			}
			dst = append(appendJSONString(dst, name), ": "...)
			if dst, err = appendJSON(dst, val, depth+1); err != nil {
				return dst, err
			}
		}
		return append(dst, '}'), nil
	case value.DateTime:
		return appendJSONString(dst, jsonTime(v)), nil
	case value.Clock:
		return appendJSONString(dst, millis(v.Str())), nil
	case value.Duration:
		return appendJSONString(dst, isoDuration(v.Duration())), nil
	case value.Object:
		if _, isText := v.HTML(); !isText && !v.HasString() {
			text, err := json.Marshal(v.Any())
			return append(dst, text...), err
		}
	case value.Set, value.Func, value.Seq, value.Range, value.Bytes:
		return dst, fmt.Errorf("json_script: Object of type %s is not JSON serializable", v.TypeName())
	}
	return appendJSONString(dst, v.Str()), nil
}

func jsonKey(v value.Value) (string, error) {
	switch v.Kind() {
	case value.None:
		return "null", nil
	case value.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case value.Tuple, value.Bytes, value.Date, value.DateTime, value.Clock, value.Duration, value.Decimal:
		return "", fmt.Errorf("json_script: keys must be text or numbers, not %s", v.TypeName())
	}
	return v.Str(), nil
}

func jsonTime(v value.Value) string {
	s := v.ISO()
	if i := strings.IndexByte(s, '.'); i >= 0 && len(s) >= i+7 {
		s = s[:i+4] + s[i+7:]
	}
	if strings.HasSuffix(s, "+00:00") {
		s = strings.TrimSuffix(s, "+00:00") + "Z"
	}
	return s
}

func millis(s string) string {
	if i := strings.IndexByte(s, '.'); i >= 0 && len(s) >= i+4 {
		return s[:i+4]
	}
	return s
}

func isoDuration(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	days := d / (24 * time.Hour)
	d -= days * 24 * time.Hour
	h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	frac := ""
	if us := d % time.Second / time.Microsecond; us != 0 {
		frac = fmt.Sprintf(".%06d", us)
	}
	return fmt.Sprintf("%sP%dDT%02dH%02dM%02d%sS", sign, days, h, m, s, frac)
}

func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r == '\b':
			dst = append(dst, `\b`...)
		case r == '\f':
			dst = append(dst, `\f`...)
		case r >= 0x20 && r < 0x7f:
			dst = append(dst, byte(r))
		case r > 0xffff:
			r -= 0x10000
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
	}
	return append(dst, '"')
}
