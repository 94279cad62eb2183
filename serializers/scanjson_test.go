package serializers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"unicode/utf8"

	"github.com/nuages-go/nuages/serializers"
)

// FuzzScanJSON takes objects and lists apart and compares the parts with those that encoding/json finds.
func FuzzScanJSON(f *testing.F) {
	for _, s := range []string{
		`{"a": 1, "b\u0041": [1, {"x": "]}"}], "c":{} , "d" : "\\\"," }`, `[]`, `[ [] , {"a":[1]},"]",null , -1.5e3]`, `{}`, "{\n\t\"k\"\r: true}", `"text"`, `12`,
		`{"é": "\ud800", "a": "1", "a": 2}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if raw = bytes.TrimLeft(raw, " \n\t\r"); !json.Valid(raw) || !utf8.Valid(raw) {
			return
		}
		var got, want []string
		switch raw[0] {
		case '[':
			var items []json.RawMessage
			if err := json.Unmarshal(raw, &items); err != nil {
				return // too deep
			}
			for _, item := range items {
				want = append(want, string(item))
			}
			list, isList := serializers.JSONItems(raw)
			if got = list; !isList {
				t.Errorf("%q is no list", raw)
			}
		case '{':
			dec := json.NewDecoder(bytes.NewReader(raw))
			_, _ = dec.Token()
			for dec.More() {
				name, err := dec.Token()
				var value json.RawMessage
				if err == nil {
					err = dec.Decode(&value)
				}
				if err != nil {
					return
				}
				want = append(want, fmt.Sprint(name, "=", string(value)))
			}
			err := serializers.EachMember(raw, func(name string, value []byte) { got = append(got, fmt.Sprint(name, "=", string(value))) })
			if err != nil {
				t.Errorf("%q: %v", raw, err)
			}
		default:
			if err := serializers.EachMember(raw, nil); err == nil {
				t.Errorf("%q is taken for an object", raw)
			}
			return
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%q has\n%q, want\n%q", raw, got, want)
		}
	})
}

// TestLoadAllocs holds what a row of a fixture in JSON takes.
func TestLoadAllocs(t *testing.T) {
	ctx := newsroomDB(t)
	for _, tt := range []struct {
		format serializers.Format
		rows   int
	}{{serializers.JSONL, 2000}, {serializers.JSON, 2000}} {
		fixture := tagFixture(tt.rows)
		if tt.format == serializers.JSON {
			fixture = append(append([]byte("["), bytes.ReplaceAll(bytes.TrimSpace(fixture), []byte("\n"), []byte(","))...), ']')
		}
		src := serializers.Source{Name: "tags", Format: tt.format, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(fixture)), nil }}
		n := testing.AllocsPerRun(3, func() {
			if res, err := serializers.Load(ctx, serializers.LoadOptions{}, nil, src); err != nil || res.Saved != tt.rows {
				t.Fatalf("Load = %+v, %v", res, err)
			}
		})
		if per := n / float64(tt.rows); per > 30 {
			t.Errorf("a row of %s takes %.1f allocations, want at most 30", tt.format, per)
		}
	}
}
