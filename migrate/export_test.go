package migrate

import (
	"context"
	"slices"
	"strings"
)

// Leftovers are the tables that an unfinished migration keeps.
func Leftovers(ctx context.Context) ([]string, error) {
	have, err := tables(ctx, "")
	var out []string
	for name := range have {
		if strings.HasPrefix(name, "nuages_unfinished_") || strings.HasPrefix(name, "new__") {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, err
}

// SQLiteParts splits the body of CREATE TABLE.
func SQLiteParts(sql string) []string { return sqliteParts(sql) }

// PlanState is Plan for a state in place of Go models.
func PlanState(apps []App, want *State, q Questions) ([]Migration, error) {
	g, err := newGraph(apps)
	if err != nil {
		return nil, err
	}
	before, err := g.state()
	if err != nil {
		return nil, err
	}
	ms, err := Changes(before, want, q)
	if err != nil {
		return nil, err
	}
	return nameAll(g, ms), nil
}

// SafeState is PlanState as makemigrations --safe divides it, with the notes.
func SafeState(apps []App, want *State, q Questions) ([]Migration, map[Key]string, error) {
	g, err := newGraph(apps)
	if err != nil {
		return nil, nil, err
	}
	before, err := g.state()
	if err != nil {
		return nil, nil, err
	}
	ms, err := Changes(before, want, q)
	if err != nil {
		return nil, nil, err
	}
	return safe(g, before, nameAll(g, ms))
}

// Bare takes the parentheses off around an expression.
func Bare(sql string) string { return bare(sql) }

// AfterParentheses is the text behind the first parentheses of a statement.
func AfterParentheses(sql string) string { return afterParentheses(sql) }

// Drops are what migrations lose, in words.
func Drops(apps []App, ms []Migration) []string {
	g, err := newGraph(apps)
	if err != nil {
		return []string{err.Error()}
	}
	s, err := g.state()
	if err != nil {
		return []string{err.Error()}
	}
	return drops(s, ms)
}
