package filters

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/internal/textutil"
	"github.com/nuages-go/nuages/template/internal/value"
)

// plain makes a filter of a function on text.
func plain(f func(string) string) Func {
	return func(_ *Env, v, _ value.Value) (value.Value, error) { return value.OfString(f(v.Text())), nil }
}

// marked makes a filter of a function that gives safe HTML.
func marked(f func(string) string) Func {
	return func(_ *Env, v, _ value.Value) (value.Value, error) { return value.OfSafe(f(v.Text())), nil }
}

// wholeArg is Python's int() of an argument; numbers that are too big for any length are cut off.
func wholeArg(arg value.Value) (int, bool) {
	if arg.Kind() == value.Int {
		return int(min(max(arg.Int(), -1<<31), 1<<31)), true
	}
	n, ok := arg.BigInt()
	switch {
	case !ok:
		return 0, false
	case !n.IsInt64():
		return n.Sign() << 31, true
	}
	return int(min(max(n.Int64(), -1<<31), 1<<31)), true
}

func argError(filter string, arg value.Value) error {
	return fmt.Errorf("%s: the argument %s is no whole number", filter, arg.Repr())
}

func addslashes(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `'`, `\'`).Replace(s)
}

// maxPad bounds how wide a value may be padded.
const maxPad = 1 << 20

// justify makes ljust, rjust and center.
func justify(name string) Func {
	return func(_ *Env, v, arg value.Value) (value.Value, error) {
		width, ok := wholeArg(arg)
		if !ok || width > maxPad {
			return v, argError(name, arg)
		}
		s := v.Text()
		missing := width - utf8.RuneCountInString(s)
		if missing <= 0 {
			return value.OfString(s), nil
		}
		left := 0
		switch name {
		case "rjust":
			left = missing
		case "center":
			left = missing / 2
		}
		return value.OfString(strings.Repeat(" ", left) + s + strings.Repeat(" ", missing-left)), nil
	}
}

func cut(_ *Env, v, arg value.Value) (value.Value, error) {
	if !arg.Kind().IsText() {
		return v, fmt.Errorf("cut: the argument %s is no text", arg.Repr())
	}
	out := v.Text()
	if arg.Text() != "" {
		out = strings.ReplaceAll(out, arg.Text(), "")
	}
	if v.IsSafe() && arg.Text() != ";" {
		return value.OfSafe(out), nil
	}
	return value.OfString(out), nil
}

func linenumbers(e *Env, v, _ value.Value) (value.Value, error) {
	lines := strings.Split(v.Text(), "\n")
	width := len(fmt.Sprint(len(lines)))
	escape := e.Autoescape && !v.IsSafe()
	for i, line := range lines {
		if escape {
			line = textutil.Escape(line)
		}
		lines[i] = fmt.Sprintf("%0*d. %s", width, i+1, line)
	}
	return value.OfSafe(strings.Join(lines, "\n")), nil
}

func linebreaks(e *Env, v, _ value.Value) (value.Value, error) {
	return value.OfSafe(textutil.Linebreaks(v.Text(), e.Autoescape && !v.IsSafe())), nil
}

func linebreaksbr(e *Env, v, _ value.Value) (value.Value, error) {
	return value.OfSafe(textutil.LinebreaksBR(v.Text(), e.Autoescape && !v.IsSafe())), nil
}

func makeList(_ *Env, v, _ value.Value) (value.Value, error) {
	elems, err := value.OfString(v.Text()).Elements()
	return value.OfList(elems), err
}

// truncate makes the truncate filters; an argument that is no number leaves the value as it is.
func truncate(f func(s string, n int) string) Func {
	return func(_ *Env, v, arg value.Value) (value.Value, error) {
		n, ok := wholeArg(arg)
		if !ok {
			if !arg.Kind().IsText() {
				return v, argError("truncate", arg)
			}
			return v, nil
		}
		return value.OfString(f(v.Text(), n)), nil
	}
}

func truncateWords(s string, n int) string { return textutil.TruncateWords(s, n, " …") }

func truncateWordsHTML(s string, n int) string { return textutil.TruncateWordsHTML(s, n, " …") }

func wordcount(_ *Env, v, _ value.Value) (value.Value, error) {
	return value.OfInt(int64(len(pyfmt.Fields(v.Text())))), nil
}

func wordwrap(_ *Env, v, arg value.Value) (value.Value, error) {
	n, ok := wholeArg(arg)
	if !ok || n <= 0 {
		return v, argError("wordwrap", arg)
	}
	return value.OfString(textutil.Wrap(v.Text(), n)), nil
}

func urlencode(_ *Env, v, arg value.Value) (value.Value, error) {
	if arg.IsNone() {
		arg = value.Value{}
	}
	safe, err := words("urlencode", arg, "/")
	if err != nil {
		return v, err
	}
	return value.OfString(textutil.Quote(v.Text(), safe)), nil
}

func urlize(e *Env, v, _ value.Value) (value.Value, error) {
	u := textutil.URLize{Nofollow: true, Escape: e.Autoescape, Safe: v.IsSafe()}
	return value.OfSafe(u.Links(v.Text())), nil
}

func urlizetrunc(e *Env, v, arg value.Value) (value.Value, error) {
	n, ok := wholeArg(arg)
	if !ok {
		return v, argError("urlizetrunc", arg)
	}
	u := textutil.URLize{Limit: n, Limited: true, Nofollow: true, Escape: e.Autoescape, Safe: v.IsSafe()}
	return value.OfSafe(u.Links(v.Text())), nil
}

func escape(_ *Env, v, _ value.Value) (value.Value, error) { return conditional(v), nil }

func stringformat(_ *Env, v, arg value.Value) (value.Value, error) {
	if v.Kind() == value.Tuple {
		v = value.OfString(v.Str())
	}
	out, ok := pyfmt.Percent("%"+arg.Str(), percentArg{v})
	if !ok {
		return value.OfString(""), nil
	}
	return value.OfString(out), nil
}

// capfirst works on any value.
func capfirst(_ *Env, v, _ value.Value) (value.Value, error) {
	return value.OfString(textutil.Capfirst(v.Text())), nil
}

func phone2numeric(_ *Env, v, _ value.Value) (value.Value, error) {
	if !v.Kind().IsText() {
		return v, fmt.Errorf("phone2numeric: %s is no text", v.Repr())
	}
	return value.OfString(textutil.Phone2Numeric(v.Str())), nil
}
