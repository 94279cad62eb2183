package postgres

import "github.com/nuages-go/nuages/orm/dialect"

// The parsers, for fuzzing.
var (
	ParseTime  = parseTime
	ParseClock = parseClock
	KeyColumns = keyColumns
)

// AppendArray is PostgreSQL's text form of a list.
func AppendArray(vs []dialect.Value) string { return string(appendArray(nil, vs)) }

// AppendEscaped is COPY's text form.
func AppendEscaped(s string) string { return string(appendEscaped(nil, s)) }

// CheckVersion refuses servers that are too old.
func CheckVersion(version string) error { return checkVersion(version) }

// OwnOptions takes from a URL what only we know.
func OwnOptions(raw string, o *Options) (string, error) { return ownOptions(raw, o) }
