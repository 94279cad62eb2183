package conf_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nuages-go/nuages/conf"
)

func TestParse(t *testing.T) {
	t.Parallel()
	env := func(name string) (string, bool) { return "env", name == "FROM_ENV" }
	tests := []struct {
		name, text string
		want       map[string]string
		err        string
	}{
		{"plain", "A=1\nB=two words\n", map[string]string{"A": "1", "B": "two words"}, ""},
		{"windows", "\ufeffA=1\r\nB=2\r\n", map[string]string{"A": "1", "B": "2"}, ""},
		{"comments", "# x\n\nA=1 # one\nB=a#b\nC=#none\nD= # none", map[string]string{"A": "1", "B": "a#b", "C": "", "D": ""}, ""},
		{"export and blanks", "export A = 1\n\t export\tB=2", map[string]string{"A": "1", "B": "2"}, ""},
		{"single quotes", "A='x ${B} \\n'\nB='two\nlines' # c", map[string]string{"A": `x ${B} \n`, "B": "two\nlines"}, ""},
		{"double quotes", `A="tab\t\"q\" \$ \\ \x"` + "\nB=\"two\nlines\"", map[string]string{"A": "tab\t\"q\" $ \\ \\x", "B": "two\nlines"}, ""},
		{"interpolation", "A=x\nB=${A}/${FROM_ENV}\nC=\"${A}\"\nD=${NO:-d}\nE=$A", map[string]string{"A": "x", "B": "x/env", "C": "x", "D": "d", "E": "$A"}, ""},
		{"unknown name", "A=${NO}\nB=1", map[string]string{"B": "1"}, "f:1: ${NO} is not set (write ${NO:-} if it may be empty)"},
		{"no closing quote", "A='x\nB=2", map[string]string{"B": "2"}, "f:1: the value of A has no closing '"},
		{"text after quote", "A='x'y\nB=2", map[string]string{"B": "2"}, "f:1: text after the closing ' of A"},
		{"no name", "=x\n1A=2\nB", map[string]string{}, `f:3: no NAME=value at "B"`},
		{"open brace", "A=${B", map[string]string{}, "f:1: ${ without }"},
		{"line numbers", "A='1\n2\n3'\n?", map[string]string{"A": "1\n2\n3"}, "f:4: "},
		{"not text", "A=\xff", map[string]string{}, "not UTF-8"},
		{"growth", growth(), nil, "longer than 64 KiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			vars, err := conf.Parse("f", []byte(tt.text), env)
			got := map[string]string{}
			for _, v := range vars {
				got[v.Name] = v.Value
			}
			if diff := cmp.Diff(tt.want, got); tt.want != nil && diff != "" {
				t.Errorf("Parse (-want +got):\n%s", diff)
			}
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error = %v, want %q", err, tt.err)
			}
		})
	}
}

// growth doubles a value with each line.
func growth() string {
	var b strings.Builder
	b.WriteString("A=0123456789\n")
	for range 40 {
		b.WriteString("A=${A}${A}\n")
	}
	return b.String()
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"A=1", "export A='x\ny' # c", `A="\n${B:-x}"`, "A=${A}${A}", "\ufeff\r\n=", "A=\"\\"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		vars, err := conf.Parse("f", data, nil)
		for _, v := range vars {
			if v.Name == "" || v.Line < 1 || len(v.Value) > len(data)+64<<10 {
				t.Errorf("odd variable %+v", v)
			}
		}
		if err != nil && !strings.HasPrefix(err.Error(), "f:") {
			t.Errorf("error without place: %v", err)
		}
	})
}

func FuzzFromEnv(f *testing.F) {
	f.Add("1", "x", "a,b")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		var s settings
		_, _ = conf.FromEnv(&s, conf.Options{Environ: []string{"DEBUG=" + a, "TIMEOUT=" + b, "LIMIT=" + c, "HOME=" + a, "TRUSTED=" + b, "LABELS=" + c, "RATIO=" + a}})
	})
}
