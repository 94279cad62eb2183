package pyre_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/nuages-go/nuages/urls/internal/pyre"
)

// pythonRow is what Python's re makes of a pattern: an error, or the spans for texts (in characters).
type pythonRow struct {
	Pattern string
	Error   string
	Names   []string
	Search  [][]json.RawMessage
	Full    [][]json.RawMessage
}

// TestPython compares with what Python 3.13 printed; testdata/generate.py made the file.
func TestPython(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/python.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []pythonRow
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	checks := 0
	for _, row := range rows {
		search, err := pyre.Compile(row.Pattern, pyre.Search, time.Second)
		if row.Error != "" || err != nil {
			checks++
			if err == nil || err.Error() != row.Error {
				t.Errorf("Compile(%q) = %v, want %s", row.Pattern, err, row.Error)
			}
			continue
		}
		if !slices.Equal(search.Names(), row.Names) {
			t.Errorf("Compile(%q).Names() = %q, want %q", row.Pattern, search.Names(), row.Names)
		}
		full, err := pyre.Compile(row.Pattern, pyre.Full, time.Second)
		if err != nil {
			t.Errorf("Compile(%q, Full): %v", row.Pattern, err)
			continue
		}
		checks += compare(t, row.Pattern, "search", search, row.Search)
		checks += compare(t, row.Pattern, "full", full, row.Full)
	}
	t.Logf("%d checks", checks)
}

func compare(t *testing.T, pattern, mode string, re *pyre.Regexp, rows [][]json.RawMessage) int {
	for _, row := range rows {
		var text string
		var want [][2]int
		if err := json.Unmarshal(row[0], &text); err != nil {
			t.Fatal(err)
		}
		if len(row) > 1 {
			if err := json.Unmarshal(row[1], &want); err != nil {
				t.Fatal(err)
			}
		}
		loc, err := re.Find(text)
		if err != nil {
			t.Errorf("%s %q in %q: %v", mode, pattern, text, err)
			continue
		}
		var got [][2]int
		for i := 0; i+1 < len(loc); i += 2 {
			if loc[i] < 0 {
				got = append(got, [2]int{-1, -1})
			} else {
				got = append(got, [2]int{len([]rune(text[:loc[i]])), len([]rune(text[:loc[i+1]]))})
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s %q in %q = %v, want %v (%s)", mode, pattern, text, got, want, re.Backtracking())
		}
	}
	return len(rows)
}
