package closest_test

import (
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/closest"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	words := []string{"migrate", "makemigrations", "runserver", "check", "routes", strings.Repeat("migrate", 10) + "s"}
	tests := []struct{ name, word, want string }{
		{"swap", "runsevrer", "runserver"},
		{"missing letter", "migrte", "migrate"},
		{"one letter off", "chekc", "check"},
		{"nothing near", "shell", ""},
		{"empty", "", ""},
		{"same", "check", "check"},
		{"too long to be a slip", strings.Repeat("migrate", 10), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := closest.Match(tt.word, words); got != tt.want {
				t.Errorf("Match(%q) = %q, want %q", tt.word, got, tt.want)
			}
		})
	}
}
