package pyfmt_test

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/pyfmt"
)

func TestFloat(t *testing.T) {
	t.Parallel()
	for f, want := range map[float64]string{
		0: "0.0", 1: "1.0", -1.5: "-1.5", 0.1: "0.1", 1e15: "1000000000000000.0", 1e16: "1e+16", 1.5e300: "1.5e+300", 1e-4: "0.0001",
		1e-5: "1e-05", 0.30000000000000004: "0.30000000000000004", math.Inf(1): "inf", math.Inf(-1): "-inf",
		123456789.123456789: "123456789.12345679", 5e-324: "5e-324",
	} {
		if got := pyfmt.Float(f); got != want {
			t.Errorf("Float(%v) = %q, want %q", f, got, want)
		}
	}
	if got := pyfmt.Float(math.NaN()); got != "nan" {
		t.Errorf("Float(NaN) = %q", got)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"1": "1", " -7 ": "-7", "+5": "5", "1_000": "1000", "0012": "12", "٣": "3", "1.0": "", "": "", "x": "", "1__0": "", "_1": "", "1_": "",
		"--1": "", "0x10": "", "1e3": "", strings.Repeat("9", 30): strings.Repeat("9", 30), strings.Repeat("9", 5000): "",
	} {
		n, ok := pyfmt.ParseInt(s)
		if ok != (want != "") || ok && n.String() != want {
			t.Errorf("ParseInt(%.20q) = %v, %v, want %q", s, n, ok, want)
		}
	}
	for s, want := range map[string]float64{"1.5": 1.5, " 2 ": 2, "1e400": math.Inf(1), "-inf": math.Inf(-1), "1_0.5": 10.5, ".5": .5, "1.": 1} {
		if f, ok := pyfmt.ParseFloat(s); !ok || f != want {
			t.Errorf("ParseFloat(%q) = %v, %v, want %v", s, f, ok, want)
		}
	}
	for _, s := range []string{"", "x", "0x1p3", "1e", "1_", "1 2", "--1", "+-inf"} {
		if f, ok := pyfmt.ParseFloat(s); ok {
			t.Errorf("ParseFloat(%q) = %v", s, f)
		}
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"a": "'a'", "it's": `"it's"`, `say "x"`: `'say "x"'`, `it's "x"`: `'it\'s "x"'`, "a\n\t\\": `'a\n\t\\'`, "é漢😀": "'é漢😀'",
		"\x00\x7f": `'\x00\x7f'`, "\u200b": `'\u200b'`, "\U000e0001": `'\U000e0001'`, "\u00a0": `'\xa0'`,
	} {
		if got := pyfmt.Quote(s); got != want {
			t.Errorf("Quote(%q) = %s, want %s", s, got, want)
		}
	}
	if got := string(pyfmt.AppendBytes(nil, []byte("a'\"\n\xff"))); got != `b'a\'"\n\xff'` {
		t.Errorf("AppendBytes = %s", got)
	}
}

func TestCase(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, got, want string }{
		{"upper", pyfmt.Upper("straße ﬁn"), "STRASSE FIN"},
		{"lower", pyfmt.Lower("ΟΔΟΣ İ"), "οδος i̇"},
		{"title", pyfmt.Title("the sea's x-ray 3RD éa"), "The Sea'S X-Ray 3Rd Éa"},
		{"capitalize", pyfmt.Capitalize("ßA"), "Ssa"},
		{"lines", strings.Join(pyfmt.SplitLines("a\r\nb\u2028c\n"), "|"), "a|b|c"},
		{"strip", pyfmt.TrimSpace("\u2003 x\x1c"), "x"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s = %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"1.10": "1.10", "-0": "-0", "1E+3": "1E+3", "0.0000001": "1E-7", "123.456e-3": "0.123456", "1e-6": "0.000001", "Infinity": "Infinity",
		"-inf": "-Infinity", "nan": "NaN", "1_000.5": "1000.5", ".5": "0.5", "5.": "5",
	} {
		d, ok := pyfmt.ParseDecimal(s)
		if !ok || d.String() != want {
			t.Errorf("ParseDecimal(%q) = %v, %v, want %s", s, d, ok, want)
		}
	}
	for _, s := range []string{"", "x", "1e", "1.2.3", "--1", "1e99999999999", "."} {
		if d, ok := pyfmt.ParseDecimal(s); ok && s != "." {
			t.Errorf("ParseDecimal(%q) = %v", s, d)
		}
	}
	for _, tt := range []struct {
		in     string
		places int
		want   string
	}{{"2.675", 2, "2.68"}, {"0.5", 0, "1"}, {"-1.005", 2, "-1.01"}, {"7", 3, "7.000"}, {"1e3", 1, "1000.0"}} {
		d, _ := pyfmt.ParseDecimal(tt.in)
		if got := d.Quantize(tt.places).Fixed(); got != tt.want {
			t.Errorf("%s rounded to %d = %s, want %s", tt.in, tt.places, got, tt.want)
		}
	}
}

// arg is a number or text for the % operator.
type arg struct{ v any }

func (a arg) Str() string  { return fmt.Sprint(a.v) }
func (a arg) Repr() string { return pyfmt.Quote(fmt.Sprint(a.v)) }

func (a arg) Int() (*big.Int, bool, bool) {
	switch x := a.v.(type) {
	case int:
		return big.NewInt(int64(x)), true, true
	case float64:
		return big.NewInt(int64(x)), false, true
	}
	return nil, false, false
}

func (a arg) Float() (float64, bool) {
	switch x := a.v.(type) {
	case int:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

func (a arg) IsMapping() bool { _, ok := a.v.(map[string]int); return ok }

func (a arg) Key(name string) (pyfmt.Arg, bool) {
	m, _ := a.v.(map[string]int)
	n, ok := m[name]
	return arg{n}, ok
}

func TestPercent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format string
		arg    any
		want   string
		ok     bool
	}{
		{"%d", 42, "42", true},
		{"%05d", -42, "-0042", true},
		{"%+d|", 3, "+3|", true},
		{"% d", 3, " 3", true},
		{"%-5d|", 3, "3    |", true},
		{"%d", 3.9, "3", true},
		{"%x", 255, "ff", true},
		{"%#X", 255, "0XFF", true},
		{"%#o", 8, "0o10", true},
		{"%x", 1.5, "", false},
		{"%.3f", 3.14159, "3.142", true},
		{"%8.2f|", -1.5, "   -1.50|", true},
		{"%08.2f", -1.5, "-0001.50", true},
		{"%e", 12345.678, "1.234568e+04", true},
		{"%.0f", 2.5, "2", true},
		{"%g", 1234567.0, "1.23457e+06", true},
		{"%g", 0.0001, "0.0001", true},
		{"%#g", 1.0, "1.00000", true},
		{"%s", "x", "x", true},
		{"%r", "x", "'x'", true},
		{"%.2s|", "long", "lo|", true},
		{"%10s", "right", "     right", true},
		{"%c", 65, "A", true},
		{"%c", "ab", "", false},
		{"%%", 5, "", false},
		{"%d%%", 5, "5%", true},
		{"%d %d", 5, "", false},
		{"%d", "x", "", false},
		{"%", 5, "", false},
		{"%y", 5, "", false},
		{"%*d", 5, "", false},
		{"plain", 5, "", false},
		{"%(a)s and %(b)d", map[string]int{"a": 1, "b": 2}, "1 and 2", true},
		{"%(c)s", map[string]int{"a": 1}, "", false},
		{"%99999999d", 5, "", false},
	}
	for _, tt := range tests {
		got, ok := pyfmt.Percent(tt.format, arg{tt.arg})
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("Percent(%q, %v) = %q, %v, want %q, %v", tt.format, tt.arg, got, ok, tt.want, tt.ok)
		}
	}
}

func FuzzPercent(f *testing.F) {
	f.Add("%05.2f %(a)s", 3.5)
	f.Add("%#-+ 0x", 255.0)
	f.Fuzz(func(_ *testing.T, format string, n float64) {
		if len(format) > 64 {
			return
		}
		pyfmt.Percent(format, arg{n})
		pyfmt.Percent(format, arg{int(n)})
		pyfmt.Percent(format, arg{format})
		pyfmt.ParseDecimal(format)
		pyfmt.ParseInt(format)
		pyfmt.ParseFloat(format)
		pyfmt.Quote(format)
		pyfmt.Title(format)
	})
}
