package filters

import (
	"context"
	"time"

	"github.com/nuages-go/nuages/internal/locale"
	"github.com/nuages-go/nuages/internal/textutil"
	"github.com/nuages-go/nuages/template/internal/value"
)

// ArgMode says whether a filter takes an argument.
type ArgMode uint8

// The modes.
const (
	NoArg ArgMode = iota
	Optional
	Required
)

// Func is a filter. Arg is undefined if none was given.
type Func func(e *Env, v, arg value.Value) (value.Value, error)

// Result is what a filter gives, for start-up checks.
type Result uint8

// The results: not known, text, a number, a truth value, the same as the input.
const (
	AnyResult Result = iota
	TextResult
	IntResult
	BoolResult
	SameResult
	ListResult
)

// Filter is a filter and what the engine needs to know of it.
type Filter struct {
	Name string
	Fn   Func
	Arg  ArgMode
	// Safe: what the filter makes of safe HTML is safe. Django: is_safe.
	Safe bool
	// Text: the filter gets its input as text. Django: stringfilter.
	Text bool
	// LocalTime: times are given in the current zone. Django: expects_localtime.
	LocalTime bool
	// Pure: the result depends on the input and the argument alone.
	Pure   bool
	Result Result
}

// Env is what filters see of a render.
type Env struct {
	Ctx        context.Context
	Reg        *value.Registry
	Autoescape bool
	Locale     *locale.Locale
	Format     *Formats
	// NoLocalize: values are printed as Python prints them.
	NoLocalize bool
	// Zone is the current time zone. NoLocalTime leaves times in their own zone; Naive: the site's times have none.
	Zone *time.Location
	// SiteZone is the zone of times without one. Django: TIME_ZONE.
	SiteZone           *time.Location
	NoLocalTime, Naive bool
	Now                func() time.Time
}

// Formats overrides the formats of a locale.
type Formats struct {
	UseThousand       bool
	Decimal, Thousand string
	Grouping          []int
	Named             map[string]string
}

// Apply runs the filter on a value.
func (f *Filter) Apply(e *Env, v, arg value.Value, hasArg bool) (value.Value, error) {
	safe := f.Safe && v.IsSafe()
	switch {
	case f.Text:
		if k := v.Kind(); k != value.String && k != value.Safe || v.HasString() {
			v = toText(v)
		}
	case f.LocalTime:
		v = e.LocalTime(v)
	}
	if !hasArg {
		arg = value.Value{}
	}
	out, err := f.Fn(e, v, arg)
	if err != nil || !safe || out.IsSafe() {
		return out, err
	}
	return value.OfSafe(out.Str()), nil
}

// toText is Python's str(), which keeps safe HTML safe.
func toText(v value.Value) value.Value {
	if html, ok := v.HTML(); ok {
		return value.OfSafe(html)
	}
	if v.IsUndefined() {
		return value.OfString("")
	}
	return value.OfString(v.Str())
}

// LocalTime returns a time in the current zone, other values as they are.
func (e *Env) LocalTime(v value.Value) value.Value {
	if e.Zone == nil || e.NoLocalTime || v.Kind() != value.DateTime || v.IsNaive() || v.IsFixed() {
		return v
	}
	if t := v.Time(); t.Location() != e.Zone {
		return value.OfTime(t.In(e.Zone))
	}
	return v
}

// AppendEscaped appends text as HTML.
func AppendEscaped(dst []byte, s string) []byte { return textutil.AppendEscaped(dst, s) }

// EscapeFrom is textutil.EscapeFrom.
func EscapeFrom(dst []byte, start int) []byte { return textutil.EscapeFrom(dst, start) }

// conditional is Python's conditional_escape: safe HTML stays as it is.
func conditional(v value.Value) value.Value {
	if html, ok := v.HTML(); ok {
		return value.OfSafe(html)
	}
	return value.OfSafe(textutil.Escape(v.Str()))
}
