package dialect_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/nuages-go/nuages/orm/dialect"
)

func TestPythonJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a":1,"b":[true,null,"x,y:z"]}`: `{"a": 1, "b": [true, null, "x,y:z"]}`,
		`{"é":"🦊","q":"\\\",:\\\\"}`:      `{"\u00e9": "\ud83e\udd8a", "q": "\\\",:\\\\"}`,
		`[]`:                              `[]`,
		`"\u2028"`:                        `"\u2028"`,
		`{"a": 1}`:                        `{"a": 1}`,
		`12.5`:                            `12.5`,
	} {
		if got := dialect.PythonJSON(in); got != want {
			t.Errorf("PythonJSON(%s) = %s, want %s", in, got, want)
		}
	}
	if got := dialect.SpacedJSON(`{"é":1,"b":2}`); got != `{"é": 1, "b": 2}` {
		t.Errorf("SpacedJSON() = %s", got)
	}
}

// FuzzPythonJSON: a document stays the same document.
func FuzzPythonJSON(f *testing.F) {
	f.Add(`{"a":[1,2.5,"x\"\\"],"é":{"🦊":null}}`)
	f.Fuzz(func(t *testing.T, s string) {
		var v any
		if !utf8.ValidString(s) || json.Unmarshal([]byte(s), &v) != nil {
			return
		}
		for _, out := range []string{dialect.PythonJSON(s), dialect.SpacedJSON(s)} {
			var back any
			if err := json.Unmarshal([]byte(out), &back); err != nil || !reflect.DeepEqual(v, back) {
				t.Errorf("%q became %q: %v", s, out, err)
			}
		}
	})
}
