package filters_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/locale"
	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

type row struct {
	In    any
	Out   any
	Error any
}

type fileCase struct {
	Name, Op, Lang string
	Settings       map[string]any
	Arg            any
	Checks         []row
}

func readCases(t *testing.T, file string) []fileCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var doc struct{ Cases []fileCase }
	if err := dec.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	return doc.Cases
}

// decode reads the tagged values of the files.
func decode(a any) (value.Value, bool) {
	switch x := a.(type) {
	case nil:
		return value.NoneValue(), true
	case bool:
		return value.OfBool(x), true
	case string:
		return value.OfString(x), true
	case json.Number:
		if strings.ContainsAny(x.String(), ".eE") {
			f, _ := x.Float64()
			return value.OfFloat(f), true
		}
		n, _ := new(big.Int).SetString(x.String(), 10)
		return value.OfBig(n), true
	case []any:
		out := make([]value.Value, len(x))
		for i := range x {
			out[i], _ = decode(x[i])
		}
		return value.OfList(out), true
	case map[string]any:
		text, _ := x["v"].(string)
		switch x["$"] {
		case "safe", "lazy":
			return value.OfString(text), true
		case "decimal":
			d, ok := pyfmt.ParseDecimal(text)
			return value.OfDecimal(d), ok
		case "int":
			n, ok := new(big.Int).SetString(text, 10)
			return value.OfBig(n), ok
		case "float":
			f, ok := pyfmt.ParseFloat(text)
			return value.OfFloat(f), ok
		case "date":
			d, err := time.Parse("2006-01-02", text)
			return value.OfDate(d), err == nil
		case "time":
			d, err := time.Parse("15:04:05.999999", text)
			return value.OfClock(d), err == nil
		case "datetime":
			if d, err := time.Parse("2006-01-02T15:04:05.999999Z07:00", text); err == nil {
				return value.OfTime(d.UTC()), true
			}
			d, err := time.Parse("2006-01-02T15:04:05.999999", text)
			return value.OfNaive(d), err == nil
		}
	}
	return value.Value{}, false
}

// TestConformance runs the filters of humanize.json and numberformat.json.
func TestConformance(t *testing.T) {
	t.Parallel()
	all := map[string]*filters.Filter{}
	for _, f := range append(filters.Builtin(), filters.Humanize()...) {
		all[f.Name] = f
	}
	now, _ := time.Parse(time.RFC3339Nano, "2026-03-14T15:09:26.535897+00:00")
	ran := 0
	for _, file := range []string{"humanize.json", "numberformat.json"} {
		for _, c := range readCases(t, file) {
			if !translated[c.Lang] && file == "humanize.json" {
				continue
			}
			group, _ := c.Settings["USE_THOUSAND_SEPARATOR"].(bool)
			env := &filters.Env{
				Ctx: t.Context(), Reg: value.NewRegistry(), Locale: locale.Find(c.Lang), Zone: time.UTC,
				Format: &filters.Formats{UseThousand: group}, Now: func() time.Time { return now },
			}
			for _, r := range c.Checks {
				in, ok := decode(r.In)
				want, wantOK := decode(r.Out)
				if !ok || !wantOK || r.Error != nil {
					continue
				}
				var got string
				var err error
				switch f := all[c.Op]; {
				case c.Op == "localize":
					got = env.Localize(in)
				case f == nil:
					continue
				default:
					arg, _ := decode(c.Arg)
					if c.Arg == nil {
						arg = value.Value{}
					}
					var out value.Value
					out, err = f.Apply(env, in, arg, !arg.IsUndefined())
					got = out.Str()
				}
				ran++
				if err != nil || got != want.Str() {
					t.Errorf("%s %s(%s, %v) = %q, %v, want %q", c.Name, c.Op, in.Repr(), c.Arg, got, err, want.Str())
				}
			}
		}
	}
	if ran < 300 {
		t.Errorf("only %d rows ran", ran)
	}
}

// translated are the languages of which the words of humanize are known without catalogues.
var translated = map[string]bool{"": true}
