package check

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// fieldName looks at the name that look-ups use.
func (s *Site) fieldName(m *plan.Model, f *plan.Field) {
	const fix = "give it another Name"
	switch name := f.S.Name; {
	case name == "pk":
		s.say(m, f, "fields.E003", "the name pk means the primary key of any model (%s)", fix)
	case strings.HasSuffix(name, "_"):
		s.say(m, f, "fields.E001", "the name %q ends with an underscore (%s)", name, fix)
	case strings.Contains(name, "__"):
		s.say(m, f, "fields.E002", "the name %q contains \"__\", which follows relations in look-ups (%s)", name, fix)
	}
}

// column looks at the options of a column.
func (s *Site) column(m *plan.Model, f *plan.Field) {
	for _, w := range kind(f.S) {
		s.out = append(s.out, m.Mistake(w.ID, f, w))
	}
	if out := f.S.Output; out != nil {
		for _, w := range kind(out) {
			id := "fields.E223"
			if w.IsWarning() {
				id = "fields.W224"
			}
			s.say(m, f, id, "the output of the generated column: %s (%s)", w.Text, w.Hint)
		}
	}
	for _, rule := range f.UniqueFor {
		if date := m.FieldAt(rule.Date.Offset); date == nil || date.S.Kind != schema.Date && date.S.Kind != schema.DateTime {
			s.say(m, f, "orm.E004", "UniqueForDate takes a date or a moment, which %s is not", rule.Date.Name)
		}
	}
}

// kind looks at a column by itself.
func kind(f *schema.Field) (out []*schema.Mistake) {
	say := func(id, format string, args ...any) { out = append(out, schema.Wrong(id, format, args...)) }
	switch measured := f.Kind.IsText() || f.Kind == schema.Binary; {
	case f.MaxLength < 0:
		say("fields.E121", "MaxLength is %d (take a number above 0, or 0 for no limit)", f.MaxLength)
	case f.MaxLength > 0 && !measured && f.DBType.IsZero():
		say("fields.W122", "MaxLength is ignored for a column of the kind %s (remove it)", f.Kind)
	}
	if f.Kind == schema.Decimal {
		out = append(out, Decimal(f.Digits, f.Places)...)
	}
	if value, n := longest(f); f.MaxLength > 0 && n > f.MaxLength {
		say("fields.E009", "the choice %q has %d characters, the column %d (take a greater MaxLength)", value, n, f.MaxLength)
	}
	if f.Kind == schema.JSON && shared(f.Default) {
		say("fields.E010", "the Default is a %T, which all objects would share (use DefaultFunc)", f.Default)
	}
	if name := columnIn(f.DBDefault); name != "" {
		say("fields.E012", "the default of the database names the column %s, which no default can (use DefaultFunc, or Generated)", name)
	}
	if f.Files != nil && f.Files.NoFiles && !f.Files.Folders {
		say("fields.E140", "it offers neither files nor folders (leave NoFiles out, or set Folders)")
	}
	if f.Kind == schema.IP && f.Blank && !f.Null {
		say("fields.E150", "an empty address is stored as NULL, which the column does not take (use a pointer or Null(), or leave out Blank)")
	}
	if f.AutoNow && f.AutoNowAdd || (f.AutoNow || f.AutoNowAdd) && (f.Default != nil || f.DefaultFunc) {
		say("fields.E160", "AutoNow, AutoNowAdd and Default exclude each other (keep one)")
	}
	if isNow(f) {
		say("fields.W161", "the Default is the time at which the program started (use AutoNowAdd, or DefaultFunc)")
	}
	if f.PrimaryKey && (f.Kind == schema.File || f.Kind == schema.Image) {
		say("fields.E201", "a file cannot be the primary key (remove PrimaryKey)")
	}
	if f.Collation != "" && !f.Kind.IsText() && f.DBType.IsZero() {
		say("orm.E003", "a column of the kind %s has no collation (remove Collation)", f.Kind)
	}
	return out
}

// Decimal says what is wrong with the digits of a decimal.
func Decimal(digits, places int) (out []*schema.Mistake) {
	const fix = "the places are some of the digits; write 0, 0 for a number without limits"
	switch {
	case digits < 0 || digits == 0 && places > 0:
		out = append(out, schema.Wrong("fields.E133", "a decimal of %d digits (%s)", digits, fix))
	case places > digits:
		out = append(out, schema.Wrong("fields.E134", "a decimal of %d digits, %d of them after the point (%s)", digits, places, fix))
	}
	if places < 0 {
		out = append(out, schema.Wrong("fields.E131", "a decimal of %d places (%s)", places, fix))
	}
	return out
}

// longest is the choice with the most characters.
func longest(f *schema.Field) (value string, n int) {
	if !f.Kind.IsText() {
		return "", 0
	}
	for _, c := range f.Choices {
		if c.Value == nil {
			continue
		}
		if v := fmt.Sprint(stored(c.Value)); utf8.RuneCountInString(v) > n {
			value, n = v, utf8.RuneCountInString(v)
		}
	}
	return value, n
}

// stored is a text as the column has it, whatever its String method says.
func stored(v any) any {
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.String {
		return rv.String()
	}
	return v
}

// shared says that a default is one value for all objects.
func shared(v any) bool {
	if v == nil {
		return false
	}
	switch t := reflect.TypeOf(v); t.Kind() {
	case reflect.Map, reflect.Pointer:
		return true
	case reflect.Slice:
		return t.Elem().Kind() != reflect.Uint8
	}
	return false
}

// isNow says that a default is about the present: the program computed it as it started.
func isNow(f *schema.Field) bool {
	switch v := f.Default.(type) {
	case time.Time:
		near := 10 * time.Second
		if f.Kind == schema.Date {
			near = 24 * time.Hour
		}
		return time.Since(v).Abs() <= near
	case time.Duration:
		if f.Kind != schema.Time {
			return false
		}
		for _, zone := range []*time.Location{time.UTC, time.Local} {
			now := time.Now().In(zone)
			midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
			if (now.Sub(midnight) - v).Abs() <= 10*time.Second {
				return true
			}
		}
	}
	return false
}

// columnIn is a column that an expression names, or nothing.
func columnIn(v any) string {
	n, ok := v.(expr.Node)
	if !ok {
		return ""
	}
	name := ""
	walk(n, func(n expr.Node) {
		switch n := n.(type) {
		case expr.Name:
			name = n.Name
		case expr.Column:
			name = n.Path.Name
		}
	})
	return name
}

// walk calls f for an expression and all within it, as they stand in a schema.
func walk(n expr.Node, f func(n expr.Node)) {
	if n == nil {
		return
	}
	f(n)
	switch n := n.(type) {
	case expr.Binary:
		walk(n.Left, f)
		walk(n.Right, f)
	case expr.Func:
		for _, a := range n.Args {
			walk(a, f)
		}
	case expr.Call:
		for _, a := range n.Args {
			walk(a, f)
		}
	case expr.Sorted:
		walk(n.Of, f)
	case expr.Transform:
		walk(n.Of, f)
	case expr.Pred:
		walk(n.Left, f)
		walk(n.Right, f)
		for _, k := range n.Kids {
			walk(k, f)
		}
	}
}
