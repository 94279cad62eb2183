package web

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// Values are the fields of a query string or form: a list of values for each key, in the order in which the keys came.
// It cannot be changed; Copy makes one that can. Django: QueryDict. A nil *Values is empty.
type Values struct {
	entries []valuesEntry
	index   map[string]int // only for many keys
}

type valuesEntry struct {
	key    string
	values []string
}

const indexFrom = 12 // keys, from which on a map is faster than looking through them

// ParseValues reads a query string: fields between "&", "+" for a space, "%" sequences decoded as UTF-8 with U+FFFD for
// what is broken; a field without "=" has the value "". It applies no limits.
func ParseValues(query string) *Values {
	v := new(Values)
	v.parse(query)
	return v
}

func (v *Values) parse(query string) {
	if !utf8.ValidString(query) {
		query = latin1ToUTF8(query)
	}
	var firsts []string // one array for the first value of each key
	if n := strings.Count(query, "&") + 1; query != "" {
		v.entries = make([]valuesEntry, 0, min(n, 64))
		firsts = make([]string, 0, min(n, 64))
	}
	for query != "" {
		var field string
		field, query, _ = strings.Cut(query, "&")
		if field == "" {
			continue
		}
		key, value, _ := strings.Cut(field, "=")
		key, value = unescapeField(key), unescapeField(value)
		if v.Has(key) || len(firsts) == cap(firsts) {
			v.add(key, value)
			continue
		}
		firsts = append(firsts, value)
		v.entries = append(v.entries, valuesEntry{key: key, values: firsts[len(firsts)-1 : len(firsts) : len(firsts)]})
		v.indexLast()
	}
}

func (v *Values) find(key string) int {
	if v == nil {
		return -1
	}
	if v.index != nil {
		if i, ok := v.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range v.entries {
		if v.entries[i].key == key {
			return i
		}
	}
	return -1
}

func (v *Values) add(key, value string) {
	if i := v.find(key); i >= 0 {
		v.entries[i].values = append(v.entries[i].values, value)
		return
	}
	v.entries = append(v.entries, valuesEntry{key: key, values: []string{value}})
	v.indexLast()
}

func (v *Values) indexLast() {
	n := len(v.entries)
	switch {
	case v.index != nil:
		v.index[v.entries[n-1].key] = n - 1
	case n > indexFrom:
		v.reindex()
	}
}

func (v *Values) reindex() {
	v.index = make(map[string]int, 2*len(v.entries))
	for i := range v.entries {
		v.index[v.entries[i].key] = i
	}
}

// Get returns the last value of key, or "".
func (v *Values) Get(key string) string {
	value, _ := v.Lookup(key)
	return value
}

// Lookup returns the last value of key, and whether there is one.
func (v *Values) Lookup(key string) (string, bool) {
	i := v.find(key)
	if i < 0 || len(v.entries[i].values) == 0 {
		return "", false
	}
	values := v.entries[i].values
	return values[len(values)-1], true
}

// GetList returns all values of key, which must not be changed; nil if there are none.
func (v *Values) GetList(key string) []string {
	if i := v.find(key); i >= 0 {
		return v.entries[i].values
	}
	return nil
}

// Has says whether key is there.
func (v *Values) Has(key string) bool { return v.find(key) >= 0 }

// Len is the number of keys.
func (v *Values) Len() int {
	if v == nil {
		return 0
	}
	return len(v.entries)
}

// Keys lists the keys in order.
func (v *Values) Keys() []string {
	keys := make([]string, v.Len())
	for i := range keys {
		keys[i] = v.entries[i].key
	}
	return keys
}

// All yields each key with its last value. Django: items().
func (v *Values) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := range v.Len() {
			e := &v.entries[i]
			if !yield(e.key, v.Get(e.key)) {
				return
			}
		}
	}
}

// Lists yields each key with all its values.
func (v *Values) Lists() iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for i := range v.Len() {
			if !yield(v.entries[i].key, v.entries[i].values) {
				return
			}
		}
	}
}

// Map returns each key's last value. Django: dict().
func (v *Values) Map() map[string]string {
	m := make(map[string]string, v.Len())
	for key, value := range v.All() {
		m[key] = value
	}
	return m
}

// Encode writes the fields as a query string. The characters of safe stay as they are: Encode("/") leaves slashes
// readable. Django: urlencode.
func (v *Values) Encode(safe ...string) string {
	keep := strings.Join(safe, "")
	var b []byte
	for i := range v.Len() {
		e := &v.entries[i]
		for _, value := range e.values {
			if len(b) > 0 {
				b = append(b, '&')
			}
			b = appendQueryEscape(b, e.key, keep)
			b = append(b, '=')
			b = appendQueryEscape(b, value, keep)
		}
	}
	return string(b)
}

// String is Encode.
func (v *Values) String() string { return v.Encode() }

// Copy returns a copy that can be changed.
func (v *Values) Copy() *MutableValues {
	c := new(MutableValues)
	if v == nil {
		return c
	}
	c.entries = make([]valuesEntry, len(v.entries))
	for i, e := range v.entries {
		c.entries[i] = valuesEntry{key: e.key, values: slices.Clone(e.values)}
	}
	if v.index != nil {
		c.reindex()
	}
	return c
}

// MutableValues are Values that can be changed. The zero value is empty and ready. Django: QueryDict(mutable=True).
type MutableValues struct{ Values }

// Set makes value the only value of key.
func (v *MutableValues) Set(key, value string) { v.SetList(key, []string{value}) }

// SetList sets all values of key.
func (v *MutableValues) SetList(key string, values []string) {
	if i := v.find(key); i >= 0 {
		v.entries[i].values = values
		return
	}
	v.entries = append(v.entries, valuesEntry{key: key, values: values})
	v.indexLast()
}

// Add appends a value to those of key. Django: appendlist.
func (v *MutableValues) Add(key, value string) { v.add(key, value) }

// SetDefault sets key to value if it is not there, and returns what it then has.
func (v *MutableValues) SetDefault(key, value string) string {
	if !v.Has(key) {
		v.Set(key, value)
	}
	return v.Get(key)
}

// Delete removes key and returns the values it had. Django: pop.
func (v *MutableValues) Delete(key string) []string {
	i := v.find(key)
	if i < 0 {
		return nil
	}
	values := v.entries[i].values
	v.entries = slices.Delete(v.entries, i, i+1)
	if v.index != nil {
		v.reindex()
	}
	return values
}

// Update appends the values of other, as Django's update does; it replaces none.
func (v *MutableValues) Update(other *Values) {
	for key, values := range other.Lists() {
		for _, value := range values {
			v.add(key, value)
		}
	}
}

// appendQueryEscape percent-encodes as Python's quote_plus does.
func appendQueryEscape(b []byte, s, safe string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case unreserved(c), safe != "" && strings.IndexByte(safe, c) >= 0:
			b = append(b, c)
		case c == ' ':
			b = append(b, '+')
		default:
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

// unescapeField decodes one side of a field of a query string.
func unescapeField(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] == '+' || s[i] == '%' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return decodeUTF8(b)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}

// decodeUTF8 replaces each broken sequence by one U+FFFD, as Python's errors="replace" does: a sequence that starts well
// and then breaks off counts as one.
func decodeUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	out := make([]byte, 0, len(b)+8)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n <= 1 {
			n = brokenLength(b)
		}
		out = utf8.AppendRune(out, r)
		b = b[n:]
	}
	return string(out)
}

// brokenLength is the length of the maximal subpart of a well-formed sequence at the start of b (Unicode, chapter 3.9).
func brokenLength(b []byte) int {
	low, high, want := byte(0x80), byte(0xBF), 0
	switch c := b[0]; {
	case 0xC2 <= c && c <= 0xDF:
		want = 1
	case 0xE0 <= c && c <= 0xEF:
		want = 2
		if c == 0xE0 {
			low = 0xA0
		} else if c == 0xED {
			high = 0x9F
		}
	case 0xF0 <= c && c <= 0xF4:
		want = 3
		if c == 0xF0 {
			low = 0x90
		} else if c == 0xF4 {
			high = 0x8F
		}
	}
	n := 1
	for ; n <= want && n < len(b); n++ {
		if b[n] < low || b[n] > high {
			break
		}
		low, high = 0x80, 0xBF
	}
	return n
}

func latin1ToUTF8(s string) string {
	b := make([]byte, 0, len(s)+len(s)/2)
	for i := 0; i < len(s); i++ {
		b = utf8.AppendRune(b, rune(s[i]))
	}
	return string(b)
}
