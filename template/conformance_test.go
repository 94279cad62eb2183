package template_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/template/internal/value"
	"github.com/nuages-go/nuages/urls"
)

// conformanceCase is one case of a templates*.json file: what Django 6.1 printed, or the error that it raised.
type conformanceCase struct {
	Name            string
	Template        string
	Templates       map[string]string
	Context         *value.Pairs
	Autoescape      *bool
	StringIfInvalid string
	Lang, Timezone  string
	Now             string
	Settings        map[string]any
	Request         *conformanceRequest
	Times           int
	Out             any
	Error           *conformanceError
	unreadable      string
}

type conformanceRequest struct {
	path, get, currentApp string
	resolve               bool
}

type conformanceError struct {
	class, message, template string
	line, start, end         int
	placed                   bool
}

// skipped are the cases that cannot apply to Go, with the reason.
var skipped = map[string]string{}

// TestConformance renders every case of templates*.json in testdata/conformance, or in the directory that the environment
// variable NUAGES_CONFORMANCE names.
func TestConformance(t *testing.T) {
	dir := os.Getenv("NUAGES_CONFORMANCE")
	if dir == "" {
		dir = filepath.Join("testdata", "conformance")
	}
	files, err := filepath.Glob(filepath.Join(dir, "templates*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates*.json in %s (%v)", dir, err)
	}
	passed, failed, skippedCount := 0, 0, 0
	for _, file := range files {
		head, cases := readConformance(t, file)
		for _, c := range cases {
			if reason, skip := skipped[c.Name]; skip {
				t.Logf("skipped %s: %s", c.Name, reason)
				skippedCount++
				continue
			}
			want, got := c.run(head)
			if want == got {
				passed++
				continue
			}
			failed++
			t.Errorf("%s\n  want %s\n  got  %s", c.Name, want, got)
		}
	}
	fmt.Printf("conformance templates: %d passed, %d failed, %d skipped\n", passed, failed, skippedCount)
}

type conformanceHead struct {
	now      time.Time
	settings map[string]any
	urls     *urls.Resolver
}

func readConformance(t *testing.T, file string) (conformanceHead, []conformanceCase) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	doc := readJSON(dec).(*jsonObject)
	head := conformanceHead{settings: map[string]any{}}
	if s, ok := doc.get("settings").(*jsonObject); ok {
		head.settings = s.plain()
	}
	if s, ok := doc.get("now").(string); ok {
		head.now, _ = time.Parse(time.RFC3339Nano, s)
	}
	list, _ := doc.get("urls").([]any)
	if head.urls, err = newTestURLs(list); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var cases []conformanceCase
	for _, item := range doc.get("cases").([]any) {
		cases = append(cases, newConformanceCase(item.(*jsonObject)))
	}
	return head, cases
}

func newConformanceCase(o *jsonObject) (c conformanceCase) {
	c = conformanceCase{Name: o.text("name"), Out: o.get("out"), Times: 1}
	defer func() { // a value that the test cannot read fails its case alone
		if r := recover(); r != nil {
			c.unreadable = fmt.Sprint(r)
		}
	}()
	c.Templates = map[string]string{}
	if ts, ok := o.get("templates").(*jsonObject); ok {
		for _, k := range ts.keys {
			c.Templates[k] = ts.text(k)
		}
	} else {
		c.Templates["main"] = o.text("template")
	}
	if ctx, ok := o.get("context").(*jsonObject); ok {
		c.Context = value.NewPairs()
		for _, k := range ctx.keys {
			c.Context.Set(value.OfString(k), decodeValue(ctx.get(k)))
		}
	}
	if b, ok := o.get("autoescape").(bool); ok {
		c.Autoescape = &b
	}
	c.StringIfInvalid, c.Lang, c.Timezone, c.Now = o.text("string_if_invalid"), o.text("lang"), o.text("timezone"), o.text("now")
	if s, ok := o.get("settings").(*jsonObject); ok {
		c.Settings = s.plain()
	}
	if r, ok := o.get("request").(*jsonObject); ok {
		c.Request = &conformanceRequest{path: r.text("path"), get: r.text("get"), currentApp: r.text("current_app")}
		c.Request.resolve, _ = r.get("resolve").(bool)
	}
	if n, ok := o.get("times").(json.Number); ok {
		c.Times, _ = strconv.Atoi(n.String())
	}
	if e, ok := o.get("error").(*jsonObject); ok {
		c.Error = &conformanceError{class: e.text("class"), message: e.text("message"), template: e.text("template")}
		c.Error.placed = e.get("line") != nil
		c.Error.line, c.Error.start, c.Error.end = e.number("line"), e.number("start"), e.number("end")
	}
	return c
}

// run renders the case and returns what was wanted and what came, in comparable form.
func (c *conformanceCase) run(head conformanceHead) (want, got string) {
	if c.Error != nil {
		want = "error " + c.Error.class
		switch c.Error.class {
		case "TemplateSyntaxError":
			want += ": " + c.Error.message
		}
		if c.Error.placed {
			want += fmt.Sprintf(" at %s line %d [%d:%d]", c.Error.template, c.Error.line, c.Error.start, c.Error.end)
		}
	} else {
		text, _ := json.Marshal(c.Out)
		want = string(text)
	}
	defer func() {
		if r := recover(); r != nil {
			got = fmt.Sprintf("panic: %v", r)
		}
	}()
	if c.unreadable != "" {
		return want, c.unreadable
	}
	outs, err := c.render(head)
	if err != nil {
		if c.Error == nil {
			return want, "error " + err.Error()
		}
		return want, c.describe(err)
	}
	var out any = outs
	if c.Times == 1 {
		out = outs[0]
	}
	text, _ := json.Marshal(out)
	return want, string(text)
}

// describe shows an error as Django's are shown in the files.
func (c *conformanceCase) describe(err error) string {
	var syntax *template.SyntaxError
	var missing *template.NotFoundError
	var variable *template.VariableError
	var render *template.RenderError
	got := "error "
	file, line, start, end, source := "", 0, 0, 0, ""
	if errors.As(err, &render) {
		file, line, start, end, source = render.File, render.Line, render.Start, render.End, render.Source
	}
	python := !strings.HasPrefix(c.Error.class, "Template") && c.Error.class != "VariableDoesNotExist"
	if errors.As(err, &syntax) && syntax.Line > 0 {
		file, line, start, end, source = syntax.File, syntax.Line, syntax.Start, syntax.End, syntax.Source
	}
	switch {
	case python: // Python's own exceptions: that there is an error is enough
		got += c.Error.class
	case errors.As(err, &syntax):
		got += "TemplateSyntaxError: "
		if syntax.Line > 0 {
			got += "Template: " + syntax.File + ", "
		}
		got += syntax.Msg
	case errors.As(err, &missing):
		got += "TemplateDoesNotExist"
	case errors.As(err, &variable):
		got += "VariableDoesNotExist"
	default:
		got += err.Error()
	}
	if c.Error.placed {
		chars := func(n int) int { return len([]rune(source[:n])) }
		got += fmt.Sprintf(" at %s line %d [%d:%d]", file, line, chars(start), chars(end))
	}
	return got
}

func (c *conformanceCase) render(head conformanceHead) ([]string, error) {
	settings := map[string]any{}
	for k, v := range head.settings {
		settings[k] = v
	}
	for k, v := range c.Settings {
		settings[k] = v
	}
	opts := template.Options{
		Loaders: []template.Loader{template.MapLoader(c.Templates)}, StringIfInvalid: c.StringIfInvalid, Reverser: head.urls,
		Cache: &testCache{entries: map[string]string{}}, Now: func() time.Time { return head.now },
	}
	applySettings(&opts, settings)
	if c.Autoescape != nil {
		opts.AutoescapeOff = !*c.Autoescape
	}
	ctx := context.Background()
	if c.Now != "" {
		now, err := time.Parse(time.RFC3339Nano, c.Now)
		if err != nil {
			return nil, err
		}
		opts.Now = func() time.Time { return now }
	}
	if c.Lang != "" {
		ctx = template.WithLanguage(ctx, c.Lang)
	}
	if c.Timezone != "" {
		zone, err := time.LoadLocation(c.Timezone)
		if err != nil {
			return nil, err
		}
		ctx = template.WithTimeZone(ctx, zone)
	}
	data := c.Context
	if data == nil {
		data = value.NewPairs()
	}
	if c.Request != nil {
		ctx = c.Request.context(ctx, head.urls)
		query := parseTestQuery(c.Request.get)
		opts.Query = func(context.Context) (template.MultiMapping, error) { return query, nil }
	}
	engine, err := template.New(opts)
	if err != nil {
		return nil, err
	}
	var outs []string
	for range c.Times {
		var b strings.Builder
		if err := engine.Render(ctx, &b, "main", value.OfDict(data)); err != nil {
			return nil, err
		}
		outs = append(outs, b.String())
	}
	return outs, nil
}

func applySettings(opts *template.Options, settings map[string]any) {
	text := func(name string) string { s, _ := settings[name].(string); return s }
	opts.StaticURL, opts.MediaURL, opts.Language = text("STATIC_URL"), text("MEDIA_URL"), text("LANGUAGE_CODE")
	opts.Formats.DecimalSeparator, opts.Formats.ThousandSeparator = text("DECIMAL_SEPARATOR"), text("THOUSAND_SEPARATOR")
	opts.Formats.UseThousandSeparator, _ = settings["USE_THOUSAND_SEPARATOR"].(bool)
	if n, ok := settings["NUMBER_GROUPING"].(json.Number); ok {
		i, _ := strconv.Atoi(n.String())
		opts.Formats.NumberGrouping = []int{i}
	}
	if list, ok := settings["NUMBER_GROUPING"].([]any); ok {
		for _, item := range list {
			i, _ := strconv.Atoi(fmt.Sprint(item))
			opts.Formats.NumberGrouping = append(opts.Formats.NumberGrouping, i)
		}
	}
	for k, v := range settings {
		if s, ok := v.(string); ok && strings.HasSuffix(k, "_FORMAT") {
			if opts.Formats.Named == nil {
				opts.Formats.Named = map[string]string{}
			}
			opts.Formats.Named[k] = s
		}
	}
	if use, ok := settings["USE_TZ"].(bool); ok {
		opts.NaiveTimes = !use
	}
	if zone := text("TIME_ZONE"); zone != "" {
		opts.TimeZone, _ = time.LoadLocation(zone)
	}
	list, _ := settings["LANGUAGES"].([]any)
	for _, item := range list {
		if pair, ok := item.([]any); ok && len(pair) == 2 {
			opts.Languages = append(opts.Languages, template.Language{Code: fmt.Sprint(pair[0]), Name: fmt.Sprint(pair[1])})
		}
	}
}

// testCache is a FragmentCache in memory.
type testCache struct {
	mu      sync.Mutex
	entries map[string]string
}

func (c *testCache) Fragment(_ context.Context, alias, key string, ttl time.Duration, render func() (string, error)) (string, error) {
	if alias != "" && alias != "default" {
		return "", template.ErrNoCache
	}
	c.mu.Lock()
	text, ok := c.entries[key]
	c.mu.Unlock()
	if ok {
		return text, nil
	}
	text, err := render()
	if err == nil && ttl != 0 {
		c.mu.Lock()
		c.entries[key] = text
		c.mu.Unlock()
	}
	return text, err
}

// testQuery is a request's query.
type testQuery struct {
	keys   []string
	values map[string][]string
}

func (q *testQuery) Keys() []string { return q.keys }

func (q *testQuery) Lookup(key string) (string, bool) {
	v := q.values[key]
	if len(v) == 0 {
		return "", false
	}
	return v[len(v)-1], true
}

func (q *testQuery) GetList(key string) []string { return q.values[key] }

var _ template.MultiMapping = (*testQuery)(nil)

func parseTestQuery(s string) *testQuery {
	q := &testQuery{values: map[string][]string{}}
	for pair := range strings.SplitSeq(s, "&") {
		if pair == "" {
			continue
		}
		k, v, _ := strings.Cut(pair, "=")
		k, v = unescapeQuery(k), unescapeQuery(v)
		if _, ok := q.values[k]; !ok {
			q.keys = append(q.keys, k)
		}
		q.values[k] = append(q.values[k], v)
	}
	return q
}

// jsonObject is a JSON object with its keys in order.
type jsonObject struct {
	keys   []string
	values map[string]any
}

func (o *jsonObject) get(key string) any { return o.values[key] }

func (o *jsonObject) text(key string) string { s, _ := o.values[key].(string); return s }

func (o *jsonObject) number(key string) int {
	n, _ := o.values[key].(json.Number)
	i, _ := strconv.Atoi(n.String())
	return i
}

func (o *jsonObject) plain() map[string]any {
	out := map[string]any{}
	for k, v := range o.values {
		if obj, ok := v.(*jsonObject); ok && obj.text("$") == "tuple" {
			v = obj.get("v")
		}
		if list, ok := v.([]any); ok {
			flat := make([]any, len(list))
			for i, item := range list {
				if obj, ok := item.(*jsonObject); ok && obj.text("$") == "tuple" {
					item = obj.get("v")
				}
				flat[i] = item
			}
			v = flat
		}
		out[k] = v
	}
	return out
}

func readJSON(dec *json.Decoder) any {
	tok, err := dec.Token()
	if err != nil {
		panic(err)
	}
	switch tok {
	case json.Delim('{'):
		o := &jsonObject{values: map[string]any{}}
		for dec.More() {
			key, _ := dec.Token()
			o.keys = append(o.keys, key.(string))
			o.values[key.(string)] = readJSON(dec)
		}
		_, _ = dec.Token()
		return o
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			list = append(list, readJSON(dec))
		}
		_, _ = dec.Token()
		return list
	}
	return tok
}

// decodeValue turns the files' values, tagged where JSON lacks them, into the engine's.
func decodeValue(v any) value.Value {
	switch x := v.(type) {
	case nil:
		return value.NoneValue()
	case bool:
		return value.OfBool(x)
	case string:
		return value.OfString(x)
	case json.Number:
		if strings.ContainsAny(x.String(), ".eE") {
			f, _ := x.Float64()
			return value.OfFloat(f)
		}
		n, _ := new(big.Int).SetString(x.String(), 10)
		return value.OfBig(n)
	case []any:
		return value.OfList(decodeAll(x))
	case *jsonObject:
		if kind, tagged := x.values["$"].(string); tagged {
			return decodeTagged(kind, x)
		}
		d := value.NewPairs()
		for _, k := range x.keys {
			d.Set(value.OfString(k), decodeValue(x.get(k)))
		}
		return value.OfDict(d)
	}
	panic(fmt.Sprintf("cannot decode %T", v))
}

func decodeAll(list []any) []value.Value {
	out := make([]value.Value, len(list))
	for i, item := range list {
		out[i] = decodeValue(item)
	}
	return out
}

func decodeTagged(kind string, o *jsonObject) value.Value {
	v := o.get("v")
	switch kind {
	case "safe":
		return value.OfSafe(v.(string))
	case "lazy":
		return value.OfString(v.(string))
	case "datetime":
		return decodeTime(v.(string), o.text("tz"))
	case "date":
		t, err := time.Parse("2006-01-02", v.(string))
		if err != nil {
			panic(err)
		}
		return value.OfDate(t)
	case "time":
		for _, layout := range []string{"15:04:05.999999", "15:04"} {
			if t, err := time.Parse(layout, v.(string)); err == nil {
				return value.OfClock(t)
			}
		}
	case "timedelta":
		n, _ := strconv.ParseInt(fmt.Sprint(v), 10, 64)
		return value.OfDuration(time.Duration(n) * time.Microsecond)
	case "decimal":
		d, ok := pyfmt.ParseDecimal(fmt.Sprint(v))
		if !ok {
			panic("bad decimal")
		}
		return value.OfDecimal(d)
	case "int":
		n, _ := new(big.Int).SetString(v.(string), 10)
		return value.OfBig(n)
	case "float":
		f, err := strconv.ParseFloat(fmt.Sprint(v), 64)
		if err != nil {
			f = math.NaN()
		}
		return value.OfFloat(f)
	case "tuple":
		return value.OfTuple(decodeAll(v.([]any))...)
	case "set":
		return value.OfSet(decodeAll(v.([]any)))
	case "map":
		d := value.NewPairs()
		for _, item := range v.([]any) {
			pair := item.([]any)
			d.Set(decodeValue(pair[0]), decodeValue(pair[1]))
		}
		return value.OfDict(d)
	case "range":
		nums := decodeAll(v.([]any))
		return value.OfRange(&value.Steps{Start: nums[0].Int(), Stop: nums[1].Int(), Step: nums[2].Int()})
	case "bytes":
		b, _ := base64.StdEncoding.DecodeString(v.(string))
		return value.NewRegistry().Of(b)
	case "uuid":
		return value.NewRegistry().Of(testUUID{v.(string)})
	case "object":
		attrs := map[string]value.Value{}
		if o, ok := v.(*jsonObject); ok {
			for _, k := range o.keys {
				attrs[k] = decodeValue(o.get(k))
			}
		}
		text := o.text("str")
		typ := value.NewSpecial(200, "Obj", func(_ value.Value, name string) (value.Value, bool) {
			got, ok := attrs[name]
			return got, ok
		}, func(value.Value) value.Value { return value.OfString(text) })
		return value.OfSpecial(typ, nil)
	case "func":
		result := decodeValue(v)
		attrs, _ := o.get("attrs").(*jsonObject)
		alters := false
		if attrs != nil {
			alters, _ = attrs.get("alters_data").(bool)
		}
		return value.OfFunc(&value.Callable{Fn: func() (value.Value, error) { return result, nil }, AltersData: alters})
	}
	panic("cannot decode " + kind)
}

func decodeTime(s, zone string) value.Value {
	for _, layout := range []string{"2006-01-02T15:04:05.999999Z07:00", "2006-01-02T15:04:05.999999-07:00:00"} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if zone != "" {
			loc, err := time.LoadLocation(zone)
			if err != nil {
				panic(err)
			}
			return value.OfTime(t.In(loc))
		}
		if _, off := t.Zone(); off == 0 {
			return value.OfTime(t.UTC())
		}
		return value.OfTime(t)
	}
	t, err := time.Parse("2006-01-02T15:04:05.999999", s)
	if err != nil {
		panic(err)
	}
	return value.OfNaive(t)
}

type testUUID struct{ s string }

func (u testUUID) String() string { return u.s }
