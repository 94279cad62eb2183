package web_test

import (
	"encoding/json"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/web"
)

type embedded struct {
	Shared string
	Deep   int `json:"deep"`
}

type everything struct {
	embedded
	*Pointed
	Name    string    `json:"name"`
	Empty   string    `json:"empty,omitempty"`
	Zero    time.Time `json:"zero,omitzero"`
	Hidden  int       `json:"-"`
	Quoted  int       `json:"quoted,string"`
	Pointer *int
	Slice   []string
	Nil     []string
	Array   [2]bool
	Map     map[int]string
	Any     any
	Raw     json.RawMessage
	Addr    netip.Addr
	Bytes   []byte
	Float   float32
	Number  json.Number
	Nested  []everything `json:",omitempty"`
	hidden  int
}

// Pointed is embedded by pointer.
type Pointed struct{ FromPointer string }

func sample() everything {
	n := 5
	return everything{
		embedded: embedded{"s", 1}, Pointed: &Pointed{"p"}, Name: "é\u2028\"\\\n\x01😀\x7f", Hidden: 1, Quoted: 3, Pointer: &n, Slice: []string{},
		Map: map[int]string{2: "b", 1: "a"}, Any: []any{nil, 1.5, "x", map[string]any{}}, Raw: json.RawMessage(`{"a":[1,{"b":"\u00e9"}],"c":{},"d":[]}`),
		Addr: netip.MustParseAddr("::1"), Bytes: []byte("hi"), Float: 0.1, Number: "1e5", Nested: []everything{{Name: "n"}}, hidden: 1,
	}
}

// The encoder follows encoding/json's rules; what it writes reads back the same.
func TestJSONLikeEncodingJSON(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{
		"struct": sample(), "pointer": func() any { s := sample(); return &s }(), "nil": nil, "number": 5, "text": "a", "list": []int{1, 2}, "nil map": map[string]int(nil),
		"empty struct": struct{}{}, "array": [0]int{}, "nil pointer": (*int)(nil), "nested any": []any{[]any{}, map[string]any{"a": []int{}}},
	} {
		for form, opts := range map[string][]web.JSONOption{"": nil, "compact": {web.JSONCompact}, "unicode": {web.JSONUnicode}, "indented": {web.JSONIndent("  ")}} {
			got, err := web.AppendJSON(nil, v, opts...)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			std, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			var a, b any
			if err := json.Unmarshal(got, &a); err != nil {
				t.Fatalf("%s %s: %v in %s", name, form, err, got)
			}
			_ = json.Unmarshal(std, &b)
			if !reflect.DeepEqual(a, b) {
				t.Errorf("%s %s:\n%s\nencoding/json has\n%s", name, form, got, std)
			}
			if form == "" && strings.ContainsFunc(string(got), func(r rune) bool { return r > '~' }) {
				t.Errorf("%s is not ASCII: %s", name, got)
			}
		}
	}
}

func TestJSONForm(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"spaces", map[string]any{"a": []int{1, 2}, "b": nil}, `{"a": [1, 2], "b": null}`},
		{"escapes", "é<&>\u2028😀\x7f\x00\b\f", `"\u00e9<&>\u2028\ud83d\ude00\u007f\u0000\b\f"`},
		{"broken UTF-8", "a\xff", `"a\ufffd"`},
		{"float", []float64{1, 1e15, 1e16, 1e-4, 1e-5, 0.1, 0, 123456789.125}, `[1.0, 1000000000000000.0, 1e+16, 0.0001, 1e-05, 0.1, 0.0, 123456789.125]`},
		{"time", time.Date(2026, 1, 2, 3, 4, 5, 678999e3, time.UTC), `"2026-01-02T03:04:05.678Z"`},
		{"whole second", time.Date(2026, 1, 2, 3, 4, 5, 999, time.UTC), `"2026-01-02T03:04:05Z"`},
		{"zone", time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", -5400)), `"2026-01-02T03:04:05-01:30"`},
		{"duration", []time.Duration{0, 90 * time.Minute, -26*time.Hour - 500*time.Microsecond, math.MinInt64}, `["P0DT00H00M00S", "P0DT01H30M00S", "-P1DT02H00M00.000500S", "-P106751DT23H47M16.854775S"]`},
		{"marshaler", json.RawMessage(`{"a":[1,"\u00e9",{}]}`), `{"a": [1, "\u00e9", {}]}`},
		{"text keys", map[netip.Addr]int{netip.MustParseAddr("::1"): 1}, `{"::1": 1}`},
	}
	for _, tt := range tests {
		got, err := web.AppendJSON(nil, tt.v)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
	indented, err := web.AppendJSON(nil, map[string]any{"a": []int{1}, "b": json.RawMessage(`[2]`), "c": []int{}}, web.JSONIndent("  "))
	if want := "{\n  \"a\": [\n    1\n  ],\n  \"b\": [\n    2\n  ],\n  \"c\": []\n}"; string(indented) != want || err != nil {
		t.Errorf("indented:\n%s, %v, want\n%s", indented, err, want)
	}
}

type loop struct{ Next *loop }

func TestJSONErrors(t *testing.T) {
	t.Parallel()
	circle := &loop{}
	circle.Next = circle
	for name, v := range map[string]any{
		"function": func() {}, "channel": make(chan int), "NaN": math.NaN(), "infinity": []float64{math.Inf(1)}, "circle": circle,
		"key": map[struct{ A int }]int{{1}: 1}, "broken marshaler": json.RawMessage(`{`),
	} {
		if got, err := web.AppendJSON(nil, v); err == nil {
			t.Errorf("%s: %s, want an error", name, got)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.5,"x\u00e9",null,true,{"b":{}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v any
		if json.Unmarshal(data, &v) != nil {
			return
		}
		got, err := web.AppendJSON(nil, v)
		if err != nil {
			return // deeper than the limit
		}
		var back any
		if err := json.Unmarshal(got, &back); err != nil || !reflect.DeepEqual(v, back) {
			t.Errorf("%q became %q (%v)", data, got, err)
		}
		if raw, err := web.AppendJSON(nil, json.RawMessage(data)); err != nil {
			t.Errorf("raw %q: %v", data, err)
		} else if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(v, back) {
			t.Errorf("raw %q became %q (%v)", data, raw, err)
		}
	})
}
