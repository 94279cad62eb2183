package template

import (
	"context"
	"io/fs"
	"reflect"
	"time"
)

// Options say how New makes an engine. The zero value works: no templates, Django's defaults.
type Options struct {
	// Name is the engine's name. Default: "django".
	Name string
	// FS are the places of templates, searched in order, before Loaders.
	FS []fs.FS
	// Loaders are further places of templates, searched in order.
	Loaders []Loader
	// Libraries can be loaded with {% load name %}, besides the built-in i18n, l10n, tz, static, cache and humanize.
	Libraries []*Library
	// Builtins are libraries whose tags and filters every template has, without {% load %}.
	Builtins []*Library
	// Processors add names to every template; the first that has a name wins.
	Processors []Processor
	// Reverser makes the addresses of {% url %}. Default: none; then {% url %} is an error.
	Reverser Reverser
	// Models tells what the site's models have besides fields and methods. A site gives its *orm.Registry. Default: none.
	Models Models
	// Static makes the address of a static file. Default: StaticURL + path.
	Static func(ctx context.Context, path string) (string, error)
	// StaticURL and MediaURL are the prefixes of static and uploaded files. Default: "/static/", "/media/".
	StaticURL, MediaURL string
	// Cache keeps {% cache %} fragments. Default: none; then fragments are rendered each time.
	Cache FragmentCache
	// Translator translates {% translate %}, {% blocktranslate %} and _("…"). Default: texts stay as they are.
	Translator Translator
	// Debug makes {% debug %} print the variables. Default: it prints nothing.
	Debug bool
	// Strict makes a variable that does not exist an error when the page is rendered, instead of nothing.
	Strict bool
	// AutoescapeOff prints values as they are, as for plain-text mail. Default: HTML is escaped.
	AutoescapeOff bool
	// StringIfInvalid is printed for a variable that does not exist; %s in it is the variable's name. Default: "".
	StringIfInvalid string
	// Formats says how numbers and dates are printed where a language has no format of its own, or localizing is off, and
	// whether digits are grouped. Default: Django's. Django: the settings DATE_FORMAT, USE_THOUSAND_SEPARATOR ...
	Formats Formats
	// LanguageFormats overrides the formats of languages, by code. Django: FORMAT_MODULE_PATH.
	LanguageFormats map[string]Formats
	// Query returns the query of the request, for {% querystring %} without a mapping. Default: the variable request.GET.
	Query func(ctx context.Context) (MultiMapping, error)
	// Language is the language where the context carries none. Default: "en-us".
	Language string
	// Languages are the site's languages, for {% get_available_languages %}. Default: those known.
	Languages []Language
	// TimeZone is the zone where the context carries none. Default: UTC.
	TimeZone *time.Location
	// NaiveTimes keeps times in their own zone. Default: times are shown in the current zone. Django: USE_TZ = False.
	NaiveTimes bool
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Formats says how values are printed. Empty fields keep the format that is in force.
type Formats struct {
	// UseThousandSeparator groups the digits of numbers.
	UseThousandSeparator bool
	// DecimalSeparator and ThousandSeparator stand in numbers; NumberGrouping is how many digits form a group, from the
	// right; the last number repeats.
	DecimalSeparator, ThousandSeparator string
	NumberGrouping                      []int
	// Named are date formats by Django's names: DATE_FORMAT, DATETIME_FORMAT, SHORT_DATE_FORMAT ...
	Named map[string]string
}

// Language is a language of the site.
type Language struct {
	Code, Name string
}

// Reverser makes the address of a named URL. *urls.Resolver is one.
type Reverser interface {
	ReverseURL(ctx context.Context, name string, args []any, kwargs map[string]any) (string, error)
}

// URLAppender is optional for a Reverser: it appends an address with no or one argument to the page. It is false, with b
// as it was, when ReverseURL is to be asked.
type URLAppender interface {
	AppendURL(ctx context.Context, b []byte, name string) ([]byte, bool)
	AppendURLInt(ctx context.Context, b []byte, name string, n int64) ([]byte, bool)
	AppendURLText(ctx context.Context, b []byte, name, text string) ([]byte, bool)
}

// URLChecker is optional for a Reverser: start-up checks then know whether a name with that many arguments, or with
// keyword arguments of these names, can be reversed.
type URLChecker interface {
	CheckURL(name string, args int, kwargs []string) error
}

// Models knows of types what Go does not say. It is asked when a template meets a type for the first time, not for each
// value. *orm.Registry is one.
type Models interface {
	// TemplateName returns what reads a name of values of type t that is neither a field nor a method: get_status_display. It
	// gets a *t. Result is the type of what it returns, nil if only a call can tell. Read is nil for a name that does not exist.
	TemplateName(t reflect.Type, name string) (read func(ctx context.Context, obj any) (any, error), result reflect.Type)
	// TemplateLoad returns what is called before the field at an offset in values of type t is read while it holds its zero value,
	// for that may mean that it was not loaded. It gets a *t. It is nil for a field that is never missing.
	TemplateLoad(t reflect.Type, offset uintptr) func(ctx context.Context, obj any) error
}

// FragmentCache keeps rendered fragments for {% cache %}.
type FragmentCache interface {
	// Fragment returns the fragment of a key, made by render and kept for ttl if there is none. A negative ttl keeps it
	// for ever, zero not at all. Alias names the cache; "" is the default one.
	Fragment(ctx context.Context, alias, key string, ttl time.Duration, render func() (string, error)) (string, error)
}

// Translator translates texts into the language of the context.
type Translator interface {
	// Translate returns the translation of a message, or id itself. Msgctxt tells equal messages apart; it may be "".
	Translate(ctx context.Context, msgctxt, id string) string
	// TranslatePlural returns the translation of the form for n.
	TranslatePlural(ctx context.Context, msgctxt, singular, plural string, n int) string
}
