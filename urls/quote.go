package urls

import (
	"fmt"
	"iter"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// pathSafe marks the bytes that stand in a path as they are: RFC 3986's pchar and the slash.
var pathSafe = safeTable("-._~!$&'()*+,;=/:@")

// querySafe marks those that stand in a query string as they are.
var querySafe = safeTable("-._~")

func safeTable(marks string) (safe [256]bool) {
	for c := range safe {
		b := byte(c)
		safe[c] = b-'a' < 26 || b-'A' < 26 || b-'0' < 10 || strings.IndexByte(marks, b) >= 0
	}
	return safe
}

const upperHex = "0123456789ABCDEF"

// appendQuoted appends text, percent-encoded but for the safe bytes.
func appendQuoted(b []byte, text string, safe *[256]bool) []byte {
	for i := range len(text) {
		if c := text[i]; safe[c] {
			b = append(b, c)
		} else {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

func quotePath(text string) string {
	for i := range len(text) {
		if !pathSafe[text[i]] {
			return string(appendQuoted(make([]byte, 0, len(text)+16), text, &pathSafe))
		}
	}
	return text
}

// escapeLeadingSlashes keeps a path from being read as //host.
func escapeLeadingSlashes(url string) string {
	if strings.HasPrefix(url, "//") {
		return "/%2F" + url[2:]
	}
	return url
}

func appendQuery(b []byte, name, value string) []byte {
	if len(b) > 0 {
		b = append(b, '&')
	}
	b = appendPlus(b, name)
	b = append(b, '=')
	return appendPlus(b, value)
}

// appendPlus quotes with + for a space.
func appendPlus(b []byte, text string) []byte {
	for {
		space := strings.IndexByte(text, ' ')
		if space < 0 {
			return appendQuoted(b, text, &querySafe)
		}
		b = append(appendQuoted(b, text[:space], &querySafe), '+')
		text = text[space+1:]
	}
}

// encodeQuery is Django's urlencode with doseq.
func encodeQuery(query any) (string, error) {
	switch q := query.(type) {
	case nil:
		return "", nil
	case interface{ Encode() string }:
		if _, ok := query.(url.Values); !ok {
			return q.Encode(), nil
		}
	}
	var b []byte
	for name, value := range queryPairs(query) {
		values, err := queryValues(name, value)
		if err != nil {
			return "", err
		}
		for _, v := range values {
			b = appendQuery(b, name, v)
		}
	}
	return string(b), nil
}

// queryPairs lists the pairs of a query, a map's in the order of its keys.
func queryPairs(query any) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		if params, ok := query.(Params); ok {
			for _, p := range params {
				if !yield(p.Name, p.Value) {
					return
				}
			}
			return
		}
		rv := reflect.ValueOf(query)
		switch rv.Kind() {
		case reflect.Map:
		case reflect.String: // no text is no query, any other is a mistake
			if rv.Len() > 0 {
				yield("", fmt.Errorf("urls: a query is a map, url.Values or urls.Params, not the text %q", query))
			}
			return
		case reflect.Slice, reflect.Array:
			for i := range rv.Len() {
				name, value, err := queryPair(rv.Index(i).Interface())
				if err != nil {
					value = err
				}
				if !yield(name, value) {
					return
				}
			}
			return
		default:
			yield("", fmt.Errorf("urls: a query is a map, url.Values or urls.Params, not %T", query))
			return
		}
		keys := rv.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(pyStr(a.Interface()), pyStr(b.Interface())) })
		for _, key := range keys {
			if !yield(pyStr(key.Interface()), rv.MapIndex(key).Interface()) {
				return
			}
		}
	}
}

// queryPair takes a pair apart.
func queryPair(pair any) (name string, value any, err error) {
	rv := reflect.ValueOf(pair)
	if k := rv.Kind(); k != reflect.Slice && k != reflect.Array {
		return "", nil, fmt.Errorf("urls: a pair of a query is a slice of two, not %T", pair)
	}
	if rv.Len() != 2 {
		return "", nil, pythonError(fmt.Sprintf("not enough values to unpack (expected 2, got %d)", rv.Len()))
	}
	return pyStr(rv.Index(0).Interface()), rv.Index(1).Interface(), nil
}

// queryValues are the texts of a value: one for each element of a slice.
func queryValues(name string, value any) ([]string, error) {
	none := pythonError(fmt.Sprintf("Cannot encode None for key '%s' in a query string. Did you mean to pass an empty string or omit the value?", name))
	switch v := value.(type) {
	case nil:
		return nil, none
	case error:
		return nil, v
	case string:
		return []string{v}, nil
	case []byte:
		return []string{string(v)}, nil
	case fmt.Stringer:
		return []string{pyStr(v)}, nil
	case Params: // as a mapping, whose elements are its names
		names := make([]string, len(v))
		for i, p := range v {
			names[i] = p.Name
		}
		return names, nil
	}
	rv := reflect.ValueOf(value)
	if rv.Kind() == reflect.Map {
		var names []string
		for _, key := range rv.MapKeys() {
			names = append(names, pyStr(key.Interface()))
		}
		slices.Sort(names)
		return names, nil
	}
	if k := rv.Kind(); k != reflect.Slice && k != reflect.Array {
		return []string{pyStr(value)}, nil
	}
	texts := make([]string, rv.Len())
	for i := range texts {
		switch item := rv.Index(i).Interface().(type) {
		case nil:
			return nil, none
		case []byte:
			texts[i] = string(item)
		default:
			texts[i] = pyStr(item)
		}
	}
	return texts, nil
}

// mapKeys ranges over a map's keys.
func mapKeys[V any](m map[string]V) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
