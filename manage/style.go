package manage

import "strings"

// Style colours text by its role. The zero value leaves text as it is. Django: django.core.management.color.
type Style struct{ codes *[roleCount]string }

type role int

const (
	roleError role = iota
	roleSuccess
	roleWarning
	roleNotice
	roleSQLField
	roleSQLColType
	roleSQLKeyword
	roleSQLTable
	roleHTTPInfo
	roleHTTPSuccess
	roleHTTPRedirect
	roleHTTPNotModified
	roleHTTPBadRequest
	roleHTTPNotFound
	roleHTTPServerError
	roleMigrateHeading
	roleMigrateLabel
	roleCount
)

// roleNames are Django's names of the roles, in lower case.
var roleNames = [roleCount]string{
	"error", "success", "warning", "notice", "sql_field", "sql_coltype", "sql_keyword", "sql_table", "http_info",
	"http_success", "http_redirect", "http_not_modified", "http_bad_request", "http_not_found", "http_server_error",
	"migrate_heading", "migrate_label",
}

// The palettes, in the notation that the environment variable uses too.
const (
	darkPalette = "error=red,bold;success=green,bold;warning=yellow,bold;notice=red;sql_field=green,bold;" +
		"sql_coltype=green;sql_keyword=yellow;sql_table=bold;http_info=bold;http_success=;http_redirect=green;" +
		"http_not_modified=cyan;http_bad_request=red,bold;http_not_found=yellow;http_server_error=magenta,bold;" +
		"migrate_heading=cyan,bold;migrate_label=bold"
	lightPalette = "error=red,bold;success=green,bold;warning=yellow,bold;notice=red;sql_field=green,bold;" +
		"sql_coltype=green;sql_keyword=blue;sql_table=bold;http_info=bold;http_success=;http_redirect=green,bold;" +
		"http_not_modified=green;http_bad_request=red,bold;http_not_found=red;http_server_error=magenta,bold;" +
		"migrate_heading=cyan,bold;migrate_label=bold"
)

// NewStyle makes a style from a specification such as "light;error=yellow/blue,blink;notice=magenta": an optional palette (dark,
// light, nocolor) and roles with foreground, background and options. Unknown words are ignored, as in Django's DJANGO_COLORS.
// The empty specification is the dark palette.
func NewStyle(spec string) Style {
	var codes [roleCount]string
	parts := strings.Split(strings.ToLower(spec), ";")
	palette := darkPalette
	for _, part := range parts {
		switch strings.TrimSpace(part) {
		case "light":
			palette = lightPalette
		case "dark":
			palette = darkPalette
		case "nocolor":
			palette = ""
		}
	}
	for part := range strings.SplitSeq(palette, ";") {
		setRole(&codes, part)
	}
	for _, part := range parts {
		setRole(&codes, part)
	}
	return Style{&codes}
}

func setRole(codes *[roleCount]string, definition string) {
	name, value, ok := strings.Cut(strings.TrimSpace(definition), "=")
	if !ok {
		return
	}
	for i, known := range roleNames {
		if known == name {
			codes[i] = escapeCode(value)
		}
	}
}

// escapeCode turns "yellow/blue,blink" into "33;44;5".
func escapeCode(value string) string {
	var out []string
	for i, word := range strings.Split(value, ",") {
		if n, ok := optionCode(word); ok {
			out = append(out, n)
			continue
		}
		if i > 0 {
			continue
		}
		fg, bg, _ := strings.Cut(word, "/")
		if n, ok := colorCode(fg); ok {
			out = append(out, "3"+n)
		}
		if n, ok := colorCode(bg); ok {
			out = append(out, "4"+n)
		}
	}
	return strings.Join(out, ";")
}

func colorCode(name string) (string, bool) {
	for i, known := range [...]string{"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"} {
		if known == name {
			return string(rune('0' + i)), true
		}
	}
	return "", false
}

func optionCode(name string) (string, bool) {
	switch name {
	case "bold":
		return "1", true
	case "underscore":
		return "4", true
	case "blink":
		return "5", true
	case "reverse":
		return "7", true
	case "conceal":
		return "8", true
	}
	return "", false
}

func (s Style) paint(r role, text string) string {
	if s.codes == nil || s.codes[r] == "" || text == "" {
		return text
	}
	return "\x1b[" + s.codes[r] + "m" + text + "\x1b[0m"
}

// Colored says whether the style changes anything.
func (s Style) Colored() bool { return s.codes != nil }

// Error colours an error.
func (s Style) Error(text string) string { return s.paint(roleError, text) }

// Success colours good news.
func (s Style) Success(text string) string { return s.paint(roleSuccess, text) }

// Warning colours a warning.
func (s Style) Warning(text string) string { return s.paint(roleWarning, text) }

// Notice colours a remark that asks for attention.
func (s Style) Notice(text string) string { return s.paint(roleNotice, text) }

// MigrateHeading colours a heading of migrate's output; Django uses it for headings of other commands too.
func (s Style) MigrateHeading(text string) string { return s.paint(roleMigrateHeading, text) }

// MigrateLabel colours a name under such a heading.
func (s Style) MigrateLabel(text string) string { return s.paint(roleMigrateLabel, text) }

// SQLField colours a column's name.
func (s Style) SQLField(text string) string { return s.paint(roleSQLField, text) }

// SQLColType colours a column's type.
func (s Style) SQLColType(text string) string { return s.paint(roleSQLColType, text) }

// SQLKeyword colours a word of SQL.
func (s Style) SQLKeyword(text string) string { return s.paint(roleSQLKeyword, text) }

// SQLTable colours a table's name.
func (s Style) SQLTable(text string) string { return s.paint(roleSQLTable, text) }

// HTTP colours the access log line of a response with that status.
func (s Style) HTTP(status int, text string) string {
	switch {
	case status == 304:
		return s.paint(roleHTTPNotModified, text)
	case status == 404:
		return s.paint(roleHTTPNotFound, text)
	case status >= 500:
		return s.paint(roleHTTPServerError, text)
	case status >= 400:
		return s.paint(roleHTTPBadRequest, text)
	case status >= 300:
		return s.paint(roleHTTPRedirect, text)
	case status >= 200:
		return s.paint(roleHTTPSuccess, text)
	}
	return s.paint(roleHTTPInfo, text)
}
