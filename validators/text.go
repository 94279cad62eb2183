package validators

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Slug wants letters of ASCII, digits, hyphens and underscores, at least one. Django: validate_slug.
func Slug[S ~string](s S) error {
	if s == "" || strings.ContainsFunc(string(s), func(r rune) bool { return !isASCIIWord(r) && r != '-' }) {
		return invalid("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.", s)
	}
	return nil
}

// UnicodeSlug wants letters and digits of any script, hyphens and underscores. Django: validate_unicode_slug.
func UnicodeSlug[S ~string](s S) error {
	if s == "" || !utf8.ValidString(string(s)) || strings.ContainsFunc(string(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '-' && r != '_'
	}) {
		return invalid("Enter a valid “slug” consisting of Unicode letters, numbers, underscores, or hyphens.", s)
	}
	return nil
}

func isASCIIWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
}

// Matches wants a match of the expression anywhere in the text; anchor it with ^ and $. An empty message is "Enter a valid
// value.", an empty code "invalid". Django: RegexValidator.
func Matches[S ~string](re *regexp.Regexp, message, code string) func(S) error {
	return matching[S](re, true, message, code)
}

// MatchesNot is Matches that refuses texts with a match. Django: RegexValidator(inverse_match=True).
func MatchesNot[S ~string](re *regexp.Regexp, message, code string) func(S) error {
	return matching[S](re, false, message, code)
}

func matching[S ~string](re *regexp.Regexp, want bool, message, code string) func(S) error {
	if message == "" {
		message = "Enter a valid value."
	}
	if code == "" {
		code = "invalid"
	}
	return func(s S) error {
		if re.MatchString(string(s)) == want {
			return nil
		}
		return &Error{Code: code, Message: message, Params: map[string]any{"value": s}}
	}
}

// Integer wants a whole number. Django: validate_integer.
func Integer[S ~string](s S) error {
	digits := strings.TrimPrefix(string(s), "-")
	if digits == "" || strings.ContainsFunc(digits, func(r rune) bool { return !unicode.IsDigit(r) }) {
		return invalid("Enter a valid integer.", s)
	}
	return nil
}

// IntegerList wants whole numbers, which are not negative, divided by commas. Django: validate_comma_separated_integer_list.
func IntegerList[S ~string](s S) error { return IntegerListOf[S](",", false)(s) }

// IntegerListOf is IntegerList with another separator, and with negative numbers if they are allowed. Django:
// int_list_validator.
func IntegerListOf[S ~string](separator string, negative bool) func(S) error {
	return func(s S) error {
		for part := range strings.SplitSeq(string(s), separator) {
			if negative {
				part = strings.TrimPrefix(part, "-")
			}
			if part == "" || strings.ContainsFunc(part, func(r rune) bool { return !unicode.IsDigit(r) }) {
				return invalid("Enter only digits separated by commas.", s)
			}
		}
		return nil
	}
}

// NoNulls refuses texts with the character of code 0, which PostgreSQL cannot store. Django: ProhibitNullCharactersValidator.
func NoNulls[S ~string](s S) error {
	if strings.IndexByte(string(s), 0) < 0 {
		return nil
	}
	return &Error{Code: "null_characters_not_allowed", Message: "Null characters are not allowed.", Params: map[string]any{"value": s}}
}

// MinLength wants at least n characters. Django: MinLengthValidator.
func MinLength[S ~string](n int) func(S) error {
	return func(s S) error {
		if has := utf8.RuneCountInString(string(s)); has < n {
			return lengthError("min_length", "at least", n, has, s)
		}
		return nil
	}
}

// MaxLength wants at most n characters. Django: MaxLengthValidator.
func MaxLength[S ~string](n int) func(S) error {
	return func(s S) error {
		if has := utf8.RuneCountInString(string(s)); has > n {
			return lengthError("max_length", "at most", n, has, s)
		}
		return nil
	}
}

// MaxBytes wants at most n bytes: MaxLength for binary values.
func MaxBytes[B ~[]byte](n int) func(B) error {
	return func(b B) error {
		if len(b) > n {
			return lengthError("max_length", "at most", n, len(b), b)
		}
		return nil
	}
}

func lengthError(code, bound string, limit, has int, value any) error {
	return &Error{
		Code: code, Message: "Ensure this value has " + bound + " %(limit_value)d character" + plural(limit) + " (it has %(show_value)d).",
		Params: map[string]any{"limit_value": limit, "show_value": has, "value": value},
	}
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// FileExtension wants the name of a file that ends in one of the extensions, given without their dots; case does not count.
// Django: FileExtensionValidator.
func FileExtension[S ~string](allowed ...string) func(S) error {
	low := make([]string, len(allowed))
	for i, ext := range allowed {
		low[i] = strings.ToLower(ext)
	}
	return func(s S) error {
		base := path.Base(strings.ReplaceAll(string(s), `\`, "/"))
		ext := strings.ToLower(strings.TrimPrefix(path.Ext(strings.TrimLeft(base, ".")), "."))
		if slices.Contains(low, ext) {
			return nil
		}
		return &Error{
			Code:    "invalid_extension",
			Message: "File extension “%(extension)s” is not allowed. Allowed extensions are: %(allowed_extensions)s.",
			Params:  map[string]any{"extension": ext, "allowed_extensions": strings.Join(low, ", "), "value": s},
		}
	}
}

// ImageExtension is FileExtension with the extensions of pictures. Django: validate_image_file_extension.
func ImageExtension[S ~string](s S) error {
	return FileExtension[S]("apng", "avif", "bmp", "gif", "ico", "jfif", "jpe", "jpeg", "jpg", "png", "tif", "tiff", "webp")(s)
}
