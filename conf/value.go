package conf

import (
	"encoding"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes. As text it may carry a unit: B, kB, MB, GB (1000s) or KiB, MiB, GiB (1024s); K, M and G are
// 1024s.
type Size int64

// The binary units.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
)

// ParseSize reads a size: "512", "64KiB", "2.5 MB".
func ParseSize(text string) (Size, error) {
	text = strings.TrimSpace(text)
	cut := strings.LastIndexAny(text, "0123456789.") + 1
	factor, ok := sizeUnits[strings.ToLower(strings.TrimSpace(text[cut:]))]
	if !ok {
		return 0, fmt.Errorf("conf: size %q: unknown unit", text)
	}
	n, err := strconv.ParseFloat(text[:cut], 64)
	if err != nil || n < 0 || n*factor >= 1<<63 || strings.ContainsAny(text[:cut], "eExX") {
		return 0, fmt.Errorf("conf: size %q: not a number of bytes", text)
	}
	return Size(n * factor), nil
}

var sizeUnits = map[string]float64{
	"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40,
	"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
}

// String writes the size in the largest binary unit that divides it: "64KiB".
func (s Size) String() string {
	for _, unit := range []struct {
		size Size
		name string
	}{{GiB, "GiB"}, {MiB, "MiB"}, {KiB, "KiB"}} {
		if s >= unit.size && s%unit.size == 0 {
			return strconv.FormatInt(int64(s/unit.size), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// parser sets v from text; a non-empty reason is a mistake.
type parser func(v reflect.Value, text string) (reason, fix string)

var (
	durationType    = reflect.TypeFor[time.Duration]()
	sizeType        = reflect.TypeFor[Size]()
	urlType         = reflect.TypeFor[url.URL]()
	prefixType      = reflect.TypeFor[netip.Prefix]()
	unmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// parserOf returns the parser for a type, nil for a type that text cannot fill.
func parserOf(t reflect.Type) parser {
	switch {
	case t == durationType:
		return parseDuration
	case t == sizeType:
		return parseSize
	case t == urlType:
		return parseURL
	case t == prefixType:
		return parsePrefix
	case reflect.PointerTo(t).Implements(unmarshalerType):
		return parseText
	}
	switch t.Kind() {
	case reflect.String:
		return func(v reflect.Value, text string) (string, string) { v.SetString(text); return "", "" }
	case reflect.Bool:
		return parseBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return parseInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return parseUint
	case reflect.Float32, reflect.Float64:
		return parseFloat
	case reflect.Pointer:
		return pointerParser(t)
	case reflect.Slice:
		return sliceParser(t)
	case reflect.Map:
		return mapParser(t)
	}
	return nil
}

func parseBool(v reflect.Value, text string) (string, string) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "yes", "on", "1", "t", "y":
		v.SetBool(true)
	case "false", "no", "off", "0", "f", "n", "":
		v.SetBool(false)
	default:
		return "is not a boolean", "use true or false"
	}
	return "", ""
}

func parseInt(v reflect.Value, text string) (string, string) {
	n, err := strconv.ParseInt(digits(text), 10, v.Type().Bits())
	if err != nil {
		return numberReason(err), "write digits, as in 8000"
	}
	v.SetInt(n)
	return "", ""
}

func parseUint(v reflect.Value, text string) (string, string) {
	n, err := strconv.ParseUint(digits(text), 10, v.Type().Bits())
	if err != nil {
		return numberReason(err), "write digits, as in 8000"
	}
	v.SetUint(n)
	return "", ""
}

func parseFloat(v reflect.Value, text string) (string, string) {
	n, err := strconv.ParseFloat(digits(text), v.Type().Bits())
	if err != nil || n != n {
		return "is not a number", "write a number, as in 0.5"
	}
	v.SetFloat(n)
	return "", ""
}

func digits(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "_", "") }

func numberReason(err error) string {
	if errors.Is(err, strconv.ErrRange) {
		return "is out of range"
	}
	return "is not a whole number"
}

func parseDuration(v reflect.Value, text string) (string, string) {
	d, ok := duration(strings.TrimSpace(text))
	if !ok {
		return "is not a duration", "use a number of seconds, or units as in 30s, 5m, 1h30m, 14d"
	}
	v.SetInt(int64(d))
	return "", ""
}

// duration reads seconds, Go's notation and days.
func duration(text string) (time.Duration, bool) {
	const limit = float64(1<<63-1) / float64(time.Second)
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		if n != n || n >= limit || n <= -limit {
			return 0, false
		}
		return time.Duration(n * float64(time.Second)), true
	}
	days, rest, ok := strings.Cut(text, "d")
	if !ok {
		d, err := time.ParseDuration(text)
		return d, err == nil
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 0 || n > 36500 {
		return 0, false
	}
	d := time.Duration(n) * 24 * time.Hour
	if rest == "" {
		return d, true
	}
	more, err := time.ParseDuration(rest)
	return d + more, err == nil && more >= 0 && more < 24*time.Hour
}

func parseSize(v reflect.Value, text string) (string, string) {
	n, err := ParseSize(text)
	if err != nil {
		return "is not a size", "use a number of bytes, or units as in 64KiB, 2.5MB"
	}
	v.SetInt(int64(n))
	return "", ""
}

func parseURL(v reflect.Value, text string) (string, string) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme == "" {
		return "is not an absolute URL", "write it with its scheme, as in https://example.com/"
	}
	v.Set(reflect.ValueOf(*u))
	return "", ""
}

// parsePrefix reads a network, or an address as the network of that address alone.
func parsePrefix(v reflect.Value, text string) (string, string) {
	text = strings.TrimSpace(text)
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		addr, badAddr := netip.ParseAddr(text)
		if badAddr != nil || addr.Zone() != "" {
			return "is not a network", "write it with the length of its prefix, as in 10.0.0.0/8, or one address, as in 192.0.2.1"
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	v.Set(reflect.ValueOf(prefix))
	return "", ""
}

func parseText(v reflect.Value, text string) (string, string) {
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil {
		return "cannot be used: " + err.Error(), ""
	}
	return "", ""
}

func pointerParser(t reflect.Type) parser {
	parse := parserOf(t.Elem())
	if parse == nil {
		return nil
	}
	return func(v reflect.Value, text string) (string, string) {
		p := reflect.New(t.Elem())
		v.Set(p)
		return parse(p.Elem(), text)
	}
}

func sliceParser(t reflect.Type) parser {
	parse := parserOf(t.Elem())
	if parse == nil {
		return nil
	}
	return func(v reflect.Value, text string) (string, string) {
		v.Set(reflect.MakeSlice(t, 0, 4))
		for item := range strings.SplitSeq(text, ",") {
			if item = strings.TrimSpace(item); item == "" {
				continue
			}
			element := reflect.New(t.Elem()).Elem()
			if reason, fix := parse(element, item); reason != "" {
				return fmt.Sprintf("holds %q, which %s", item, reason), fix
			}
			v.Set(reflect.Append(v, element))
		}
		return "", ""
	}
}

func mapParser(t reflect.Type) parser {
	parse := parserOf(t.Elem())
	if parse == nil || t.Key().Kind() != reflect.String {
		return nil
	}
	return func(v reflect.Value, text string) (string, string) {
		v.Set(reflect.MakeMap(t))
		for item := range strings.SplitSeq(text, ",") {
			if strings.TrimSpace(item) == "" {
				continue
			}
			key, value, ok := strings.Cut(item, "=")
			if !ok {
				return fmt.Sprintf("holds %q, which has no =", item), "write key=value,key2=value2"
			}
			element := reflect.New(t.Elem()).Elem()
			if reason, fix := parse(element, strings.TrimSpace(value)); reason != "" {
				return fmt.Sprintf("holds %q, which %s", item, reason), fix
			}
			v.SetMapIndex(reflect.ValueOf(strings.TrimSpace(key)).Convert(t.Key()), element)
		}
		return "", ""
	}
}

// Text writes a setting's value so that it could stand in the environment.
func Text(value any) string {
	v := reflect.ValueOf(value)
	switch x := value.(type) {
	case nil:
		return ""
	case url.URL:
		return x.String()
	case encoding.TextMarshaler:
		if v.Kind() == reflect.Pointer && v.IsNil() {
			return ""
		}
		text, _ := x.MarshalText()
		return string(text)
	case fmt.Stringer:
		if v.Kind() == reflect.Pointer && v.IsNil() {
			return ""
		}
		return x.String()
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		return Text(v.Elem().Interface())
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = Text(v.Index(i).Interface())
		}
		return strings.Join(items, ",")
	case reflect.Map:
		var items []string
		for _, key := range v.MapKeys() {
			items = append(items, key.String()+"="+Text(v.MapIndex(key).Interface()))
		}
		sort.Strings(items)
		return strings.Join(items, ",")
	}
	return fmt.Sprint(value)
}
