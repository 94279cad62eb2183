package dialect_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm/dialect"
)

func TestNamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ sql, want, names string }{
		{"a = :a", "a = ?", "a"},
		{"a = :a AND b = :b_2 OR c = :a", "a = ? AND b = ? OR c = ?", "a b_2 a"},
		{"a IN (:two)", "a IN (?, ?)", "two"},
		{"a::text = ':a' AND \":a\" = `:a` -- :a\n/* :a */ AND b := :b", "a::text = ':a' AND \":a\" = `:a` -- :a\n/* :a */ AND b := ?", "b"},
		{"'10:30' 10:30 :1 a:b : ", "'10:30' 10:30 :1 a:b : ", ""},
		{":", ":", ""},
		{"`", "`", ""},
	} {
		var names []string
		got, err := dialect.Named(tt.sql, func(name string) (int, error) {
			names = append(names, name)
			return 1 + strings.Count(name, "two"), nil
		})
		if err != nil || got != tt.want || strings.Join(names, " ") != tt.names {
			t.Errorf("Named(%q) = %q %v, %v, want %q %q", tt.sql, got, names, err, tt.want, tt.names)
		}
	}
	if _, err := dialect.Named(":x", func(string) (int, error) { return 0, errors.New("none") }); err == nil {
		t.Error("Named keeps the error of a value to itself")
	}
}

func FuzzNamed(f *testing.F) {
	for _, s := range []string{":a", "`", "':", "/*:a", "--:a", "a::b", "$x$:a", "E'\\':a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		asked := 0
		got, err := dialect.Named(sql, func(string) (int, error) { asked++; return 1, nil })
		if err != nil || strings.Count(got, "?") != strings.Count(sql, "?")+asked {
			t.Errorf("Named(%q) = %q with %d names, %v", sql, got, asked, err)
		}
	})
}
