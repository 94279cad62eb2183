package postgres_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/postgres"
)

func TestParseTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 3, 14, 15, 9, 26, 535897000, time.UTC)
	for _, s := range []string{
		"2026-03-14 15:09:26.535897+00", "2026-03-14 20:54:26.535897+05:45", "2026-03-14 15:09:26.535897", "2026-03-14T15:09:26.535897Z",
	} {
		if got, err := postgres.ParseTime(s); err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("ParseTime(%q) = %v, %v", s, got, err)
		}
	}
	if got, err := postgres.ParseTime("0044-03-15 BC"); err != nil || got.Year() != -43 || got.Month() != time.March {
		t.Errorf("ParseTime(BC) = %v, %v", got, err)
	}
	for _, s := range []string{"", "infinity", "-infinity", "yesterday", "2026-13-01"} {
		if got, err := postgres.ParseTime(s); err == nil {
			t.Errorf("ParseTime(%q) = %v, want an error", s, got)
		}
	}
}

func TestKeyColumns(t *testing.T) {
	t.Parallel()
	for detail, want := range map[string]string{
		"Key (a)=(1) already exists.":                     "a",
		"Key (a, b)=(1, 2) already exists.":               "a,b",
		`Schlüssel »(a, "B c")=(x (y), 2)« existiert.`:    "a,B c",
		"Key (lower(a))=(x) already exists.":              "",
		`Key (author_id)=(9) is not present in table "t"`: "author_id",
		"": "", "(": "", ")=(": "", "()=()": "",
	} {
		if got := strings.Join(postgres.KeyColumns(detail), ","); got != want {
			t.Errorf("KeyColumns(%q) = %q, want %q", detail, got, want)
		}
	}
}

func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2026-03-14 15:09:26.5+00", "0044-03-15 BC", "infinity", "", "24:00:00", "10:11:12.5+02"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := postgres.ParseTime(s); err == nil && got.Location() != time.UTC {
			t.Errorf("ParseTime(%q) is not in UTC", s)
		}
		if d, err := postgres.ParseClock(s); err == nil && (d < 0 || d > 24*time.Hour) {
			t.Errorf("ParseClock(%q) = %v", s, d)
		}
		_ = postgres.KeyColumns(s)
	})
}

// FuzzArray reads lists back with pgx, and COPY's escapes by their rules.
func FuzzArray(f *testing.F) {
	for _, s := range []string{"", "a", `"`, `\`, "{}", "NULL", "a,b", "\t\n\r", "\\N"} {
		f.Add(s, "b")
	}
	m := pgtype.NewMap()
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			t.Skip("the server refuses what is not UTF-8")
		}
		var got []string
		text := postgres.AppendArray([]dialect.Value{dialect.TextValue(a), dialect.TextValue(b)})
		if err := m.Scan(pgtype.TextArrayOID, pgtype.TextFormatCode, []byte(text), &got); err != nil || !slices.Equal(got, []string{a, b}) {
			t.Errorf("array %q reads as %q, %v", text, got, err)
		}
		esc := postgres.AppendEscaped(a)
		if strings.ContainsAny(esc, "\t\n\r") {
			t.Errorf("COPY text %q would end the value", esc)
		}
		back := strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t").Replace(esc)
		if back != a {
			t.Errorf("COPY text %q reads as %q", esc, back)
		}
	})
}

func TestVersions(t *testing.T) {
	t.Parallel()
	for version, old := range map[string]bool{"15.3": false, "16beta1": false, "17.0 (Debian 17.0-1)": false, "14.9": true, "9.6.24": true, "": false, "next": false} {
		ve, got := errors.AsType[*orm.VersionError](postgres.CheckVersion(version))
		if got != old || got && ve.Version != version {
			t.Errorf("version %q: %v, want an error: %t", version, ve, old)
		}
	}
}

func TestParseTimeFarYears(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]time.Time{
		"10000-02-29 00:59:59.5+01":  time.Date(10000, 2, 28, 23, 59, 59, 500_000_000, time.UTC),
		"294276-12-31 23:59:59+00":   time.Date(294276, 12, 31, 23, 59, 59, 0, time.UTC), // PostgreSQL's last
		"4713-01-01 BC":              time.Date(-4712, 1, 1, 0, 0, 0, 0, time.UTC),
		"9999-12-31 23:59:59.999999": time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
	} {
		if got, err := postgres.ParseTime(s); err != nil || !got.Equal(want) {
			t.Errorf("ParseTime(%q) = %v, %v, want %v", s, got, err, want)
		}
	}
}
