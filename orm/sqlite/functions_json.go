package sqlite

import (
	"encoding/json"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
)

// jsonContains says whether one document contains another, as PostgreSQL's @> does: objects by their members, lists by their
// elements in any order; a list contains a plain value too, but not deeper inside.
func jsonContains(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
	if isNull(args[0]) || isNull(args[1]) {
		return sqlite.Value{}, nil
	}
	a, err := parseJSON(args[0].Text())
	if err != nil {
		return sqlite.Value{}, err
	}
	b, err := parseJSON(args[1].Text())
	if err != nil {
		return sqlite.Value{}, err
	}
	if list, ok := a.([]any); ok && isScalar(b) {
		return boolean(slices.ContainsFunc(list, func(x any) bool { return isScalar(x) && holds(x, b) })), nil
	}
	return boolean(holds(a, b)), nil
}

func parseJSON(s string) (v any, err error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

func isScalar(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

func holds(a, b any) bool {
	switch b := b.(type) {
	case map[string]any:
		a, ok := a.(map[string]any)
		if !ok {
			return false
		}
		for k, want := range b {
			if got, ok := a[k]; !ok || !holds(got, want) {
				return false
			}
		}
		return true
	case []any:
		a, ok := a.([]any)
		return ok && !slices.ContainsFunc(b, func(want any) bool {
			return !slices.ContainsFunc(a, func(got any) bool { return holds(got, want) })
		})
	case json.Number:
		a, ok := a.(json.Number)
		if !ok {
			return false
		}
		x, xerr := a.Float64()
		y, yerr := b.Float64()
		return a == b || xerr == nil && yerr == nil && x == y
	}
	return isScalar(a) && a == b
}
