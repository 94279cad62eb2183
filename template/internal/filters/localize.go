package filters

import (
	"fmt"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/locale"
	"github.com/nuages-go/nuages/template/internal/value"
)

// L10N returns the filters of {% load l10n %}.
func L10N() []*Filter {
	localized := func(on bool) Func {
		return func(e *Env, v, _ value.Value) (value.Value, error) {
			local := *e
			local.NoLocalize = !on
			return value.OfString(local.Localize(v)), nil
		}
	}
	return []*Filter{
		{Name: "localize", Fn: localized(true), Result: TextResult},
		{Name: "unlocalize", Fn: localized(false), Result: TextResult},
	}
}

// TZ returns the filters of {% load tz %}.
func TZ() []*Filter {
	return []*Filter{
		{Name: "localtime", Fn: func(e *Env, v, _ value.Value) (value.Value, error) { return inZone(e, v, e.zone()), nil }},
		{Name: "utc", Fn: func(e *Env, v, _ value.Value) (value.Value, error) { return inZone(e, v, time.UTC), nil }},
		{Name: "timezone", Fn: func(e *Env, v, arg value.Value) (value.Value, error) {
			zone, err := Zone(arg)
			if err != nil {
				return empty(), nil //nolint:nilerr // an unknown zone gives nothing
			}
			return inZone(e, v, zone), nil
		}, Arg: Required},
	}
}

// Zone returns the zone that a value is or names.
func Zone(v value.Value) (*time.Location, error) {
	if zone, ok := v.Any().(*time.Location); ok {
		return zone, nil
	}
	name := v.Str()
	if !v.Kind().IsText() || name == "" || name == "Local" {
		return nil, fmt.Errorf("%s is no time zone", v.Repr())
	}
	return time.LoadLocation(name)
}

// inZone returns a time in a zone, to stay there when it is printed.
func inZone(e *Env, v value.Value, zone *time.Location) value.Value {
	if v.Kind() != value.DateTime {
		return empty()
	}
	t := v.Time()
	if v.IsNaive() {
		t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), e.siteZone())
	}
	return value.OfFixedTime(t.In(zone))
}

// I18N returns the filters of {% load i18n %}. Translate translates the names of languages.
func I18N(translate func(e *Env, text string) string) []*Filter {
	about := func(get func(e *Env, info locale.Info) value.Value) Func {
		return func(e *Env, v, _ value.Value) (value.Value, error) {
			info, err := LanguageInfo(v)
			if err != nil {
				return v, err
			}
			return get(e, info), nil
		}
	}
	return []*Filter{
		{Name: "language_name", Fn: about(func(_ *Env, i locale.Info) value.Value { return value.OfString(i.Name) })},
		{Name: "language_name_local", Fn: about(func(_ *Env, i locale.Info) value.Value { return value.OfString(i.Local) })},
		{Name: "language_name_translated", Fn: about(func(e *Env, i locale.Info) value.Value {
			return value.OfString(translate(e, i.Name))
		})},
		{Name: "language_bidi", Fn: about(func(_ *Env, i locale.Info) value.Value { return value.OfBool(i.Bidi) })},
	}
}

// LanguageInfo returns what is known of the language of a code.
func LanguageInfo(v value.Value) (locale.Info, error) {
	if !v.Kind().IsText() {
		return locale.Info{}, fmt.Errorf("%s is no language code", v.Repr())
	}
	info, ok := locale.InfoOf(strings.ToLower(v.Text()))
	if !ok {
		return info, fmt.Errorf("unknown language code %s", v.Text())
	}
	return info, nil
}
