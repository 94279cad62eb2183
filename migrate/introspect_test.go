package migrate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/migrate"
)

// TestPartsOfStatements takes the statements apart that SQLite keeps.
func TestPartsOfStatements(t *testing.T) {
	t.Parallel()
	tests := []struct {
		sql   string
		parts []string
		after string
	}{
		{`CREATE INDEX "i" ON "t" ("a", lower("b") DESC)`, []string{`"a"`, `lower("b") DESC`}, ""},
		{`CREATE INDEX "i(" ON "t(x)" ("a)", 'b,(') WHERE "c" = ')' AND ("d" > 0)`, []string{`"a)"`, `'b,('`}, `WHERE "c" = ')' AND ("d" > 0)`},
		{`CREATE INDEX i ON t(a) WHERE b`, []string{"a"}, "WHERE b"},
		{`CREATE INDEX i`, nil, ""},
		{`CREATE INDEX i ON t (a`, nil, ""},
	}
	for _, tt := range tests {
		if got := migrate.SQLiteParts(tt.sql); tt.parts != nil && !slices.Equal(got, tt.parts) {
			t.Errorf("the parts of %s are %q, want %q", tt.sql, got, tt.parts)
		}
		if got := migrate.AfterParentheses(tt.sql); got != tt.after {
			t.Errorf("behind the parentheses of %s stands %q, want %q", tt.sql, got, tt.after)
		}
	}
	for sql, want := range map[string]string{
		"((a > 0))":              "a > 0",
		"(a) OR (b)":             "(a) OR (b)",
		"(x = '(') OR (y = ')')": "(x = '(') OR (y = ')')",
		"(x = '))((')":           "x = '))(('",
		"":                       "",
		"(":                      "(",
	} {
		if got := migrate.Bare(sql); got != want {
			t.Errorf("%s without its parentheses is %s, want %s", sql, got, want)
		}
	}
}

func FuzzPartsOfStatements(f *testing.F) {
	for _, sql := range []string{`CREATE TABLE "t" ("a" integer, CHECK ("a" > 0))`, `CREATE INDEX i ON t ([a)], "b""c") WHERE 'x' = ')'`, "(((", "(')", "a)(b"} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		for _, part := range append(migrate.SQLiteParts(sql), migrate.AfterParentheses(sql), migrate.Bare(sql)) {
			if !strings.Contains(sql, part) {
				t.Errorf("%q is no part of %q", part, sql)
			}
		}
	})
}
