package dialect_test

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

func TestPostgreSQLParams(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"none", "SELECT 1", "SELECT 1"},
		{"two", "a = ? AND b = ?", "a = $1 AND b = $2"},
		{"in a text", "'?' = ?", "'?' = $1"},
		{"after a doubled quote", "'it''s ?' = ?", "'it''s ?' = $1"},
		{"in a name", `"a?" = ?`, `"a?" = $1`},
		{"in a comment", "-- ?\n?", "-- ?\n$1"},
		{"in a block comment", "/* ? */ ?", "/* ? */ $1"},
		{"in dollar quotes", "$$ ? $$ ?", "$$ ? $$ $1"},
		{"in tagged dollar quotes", "$f$ ? $$ ? $f$ ?", "$f$ ? $$ ? $f$ $1"},
		{"no dollar quote", "a$b$c = ?", "a$b$c = $1"},
		{"a parameter of one's own", "$1 = ?", "$1 = $1"},
		{"backslashes", `E'\'?' = ?`, `E'\'?' = $1`},
		{"plain backslash", `'\' = ?`, `'\' = $1`},
		{"an operator", "data ?? 'a' AND b = ?", "data ? 'a' AND b = $1"},
		{"open text", "'?", "'?"},
		{"open comment", "/* ?", "/* ?"},
		{"open dollar quote", "$a$ ?", "$a$ ?"},
		{"ends in a dollar", "?$", "$1$"},
	}
	d := dialect.PostgreSQL()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := d.Params(tt.in); got != tt.want {
				t.Errorf("Params(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// FuzzParams sees that only question marks change.
func FuzzParams(f *testing.F) {
	for _, s := range []string{"", "?", "'?'", "$$?$$?", "E'\\'?'", "-- ?\n?", `"?"`, "$a$?$a$", "??"} {
		f.Add(s)
	}
	d := dialect.PostgreSQL()
	f.Fuzz(func(t *testing.T, s string) {
		got := d.Params(s)
		if !strings.Contains(s, "?") && got != s {
			t.Errorf("Params(%q) = %q", s, got)
		}
		if len(got) < len(s)-strings.Count(s, "?") {
			t.Errorf("Params(%q) = %q: something was lost", s, got)
		}
	})
}

func TestPostgreSQLTypes(t *testing.T) {
	t.Parallel()
	d := dialect.PostgreSQL()
	big := &schema.Field{Kind: schema.BigAuto}
	tests := []struct {
		f    schema.Field
		to   *schema.Field
		want string
	}{
		{schema.Field{Kind: schema.Auto}, nil, "integer"},
		{schema.Field{Kind: schema.BigAuto}, nil, "bigint"},
		{schema.Field{Kind: schema.SmallAuto}, nil, "smallint"},
		{schema.Field{Kind: schema.Char, MaxLength: 20}, nil, "varchar(20)"},
		{schema.Field{Kind: schema.Char}, nil, "varchar"},
		{schema.Field{Kind: schema.Text}, nil, "text"},
		{schema.Field{Kind: schema.PositiveInteger}, nil, "integer"},
		{schema.Field{Kind: schema.PositiveBigInteger}, nil, "bigint"},
		{schema.Field{Kind: schema.PositiveSmallInteger}, nil, "smallint"},
		{schema.Field{Kind: schema.Float}, nil, "double precision"},
		{schema.Field{Kind: schema.Decimal, Digits: 5, Places: 2}, nil, "numeric(5, 2)"},
		{schema.Field{Kind: schema.Decimal}, nil, "numeric"},
		{schema.Field{Kind: schema.Boolean}, nil, "boolean"},
		{schema.Field{Kind: schema.DateTime}, nil, "timestamp with time zone"},
		{schema.Field{Kind: schema.Duration}, nil, "interval"},
		{schema.Field{Kind: schema.Binary}, nil, "bytea"},
		{schema.Field{Kind: schema.UUID}, nil, "uuid"},
		{schema.Field{Kind: schema.JSON}, nil, "jsonb"},
		{schema.Field{Kind: schema.IP}, nil, "inet"},
		{schema.Field{Kind: schema.ForeignKey}, big, "bigint"},
		{schema.Field{Kind: schema.OneToOne}, &schema.Field{Kind: schema.UUID}, "uuid"},
		{schema.Field{Kind: schema.Generated, Output: &schema.Field{Kind: schema.Char, MaxLength: 3}}, nil, "varchar(3)"},
	}
	for _, tt := range tests {
		if got := d.ColumnType(&tt.f, tt.to); got != tt.want {
			t.Errorf("ColumnType(%s) = %q, want %q", tt.f.Kind, got, tt.want)
		}
	}
}

func TestPostgreSQLDateParts(t *testing.T) {
	t.Parallel()
	d := dialect.PostgreSQL()
	col := []byte(`"d"`)
	tests := []struct{ got, want string }{
		{string(d.Extract(nil, "year", schema.Date, "", col)), `(FLOOR(EXTRACT(YEAR FROM "d"))::integer)`},
		{string(d.Extract(nil, "week_day", schema.DateTime, "Europe/Paris", col)), `(FLOOR(EXTRACT(DOW FROM ("d" AT TIME ZONE 'Europe/Paris')))::integer + 1)`},
		{string(d.Extract(nil, "hour", schema.DateTime, "x'); DROP TABLE y; --", col)), `(FLOOR(EXTRACT(HOUR FROM ("d" AT TIME ZONE 'x); DROP TABLE y; --')))::integer)`},
		{string(d.Trunc(nil, "month", schema.DateTime, "", col)), `DATE_TRUNC('month', ("d" AT TIME ZONE 'UTC'))`},
		{string(d.Trunc(nil, "week", schema.Date, "", col)), `DATE_TRUNC('week', "d")::date`},
		{string(d.Trunc(nil, "date", schema.DateTime, "Asia/Tokyo", col)), `(("d" AT TIME ZONE 'Asia/Tokyo'))::date`},
		{string(d.Trunc(nil, "x', now()); --", schema.Time, "", col)), `DATE_TRUNC('xnow', "d")::time`},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got  %s\nwant %s", tt.got, tt.want)
		}
	}
}
