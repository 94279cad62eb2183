package migrate_test

import (
	"context"
	"strings"

	"github.com/nuages-go/nuages/migrate"
	"github.com/nuages-go/nuages/orm/dialect"
)

// statements compares what sqlmigrate prints with what Django's prints: a row for each statement of each migration. The
// order within a migration is free, since Django puts more off to its end.
func (c *tally) statements(d *dialect.Dialect, apps []migrate.App, skip func(sql string) string) {
	c.t.Helper()
	for _, app := range apps {
		theirs := map[string][]string{}
		for name, list := range djangoStatements(string(conformanceText(c.t, app.Label+"."+d.Name+".sql"))) {
			theirs[name] = list
		}
		for _, m := range app.Migrations {
			var out strings.Builder
			if err := migrate.SQL(context.Background(), apps, d, app.Label, m.Name, false, &out); err != nil {
				c.t.Fatalf("%s.%s: %v", app.Label, m.Name, err)
			}
			text := strings.TrimSuffix(strings.TrimPrefix(out.String(), "BEGIN;\n"), "COMMIT;\n")
			c.bag(app.Label+"."+m.Name+" on "+d.Name, splitStatements(text), theirs[m.Name], skip)
		}
	}
}

// bag compares two lists in any order.
func (c *tally) bag(name string, got, want []string, skip func(string) string) {
	c.t.Helper()
	left := map[string]int{}
	for _, sql := range got {
		left[sql]++
	}
	for _, sql := range want {
		switch {
		case left[sql] > 0:
			left[sql]--
			c.row(name, sql, sql)
		case skip(sql) != "":
			c.skip(skip(sql))
		default:
			c.row(name, "missing", sql)
		}
	}
	for sql, n := range left {
		switch {
		case n == 0 || skip(sql) != "":
		default:
			c.row(name, sql, "nothing")
		}
	}
}

// djangoStatements are the statements of a file by migration.
func djangoStatements(text string) map[string][]string {
	out := map[string][]string{}
	for part := range strings.SplitSeq(text, "\n-- migration ") {
		name, rest, _ := strings.Cut(part, "\n")
		out[name] = splitStatements(rest)
	}
	return out
}

// splitStatements leaves comments out and brings the white space together.
func splitStatements(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "--") {
			lines = append(lines, line)
		}
	}
	var out []string
	for sql := range strings.SplitSeq(strings.Join(lines, " "), ";") {
		sql = strings.Join(strings.Fields(sql), " ")
		sql = strings.NewReplacer(`"(`, `" (`, "`(", "` (", " ,", ",").Replace(sql)
		if sql != "" {
			out = append(out, sql)
		}
	}
	return out
}
