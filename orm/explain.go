package orm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
)

// ExplainOptions change what Explain asks for. An option that the database lacks is an error.
type ExplainOptions struct {
	// Format is "text", "json", "xml" or "yaml" on PostgreSQL, "traditional", "json" or (MySQL) "tree" on MariaDB and MySQL.
	// Default: the database's.
	Format string
	// Analyze runs the query and tells what it really took (PostgreSQL, MariaDB, MySQL).
	Analyze bool
	// Verbose, Buffers, Settings and Summary tell more (PostgreSQL).
	Verbose, Buffers, Settings, Summary bool
}

// Explain returns the database's plan for a query, as text. The query does not run, unless Analyze asks for it.
func (q Query[T]) Explain(ctx context.Context, options ...ExplainOptions) (string, error) {
	db, s, err := q.reading(ctx)
	if err != nil {
		return "", err
	}
	var o ExplainOptions
	if len(options) > 0 {
		o = options[0]
	}
	word, err := explainWord(db.d, &o)
	if err != nil {
		return "", err
	}
	st, err := db.compiler(s).Select(&q.s)
	if err != nil || st.Empty {
		return "", err
	}
	var b strings.Builder
	err = db.query(ctx, s, word+st.SQL, st.Args, false, func(r dialect.Row) error {
		parts := make([]string, r.Columns())
		for i := range parts {
			parts[i] = fmt.Sprint(r.Any(i))
		}
		fmt.Fprintln(&b, strings.Join(parts, " "))
		return nil
	})
	return b.String(), err
}

// explainWord is what stands before the statement.
func explainWord(d *dialect.Dialect, o *ExplainOptions) (string, error) {
	format := strings.ToUpper(o.Format)
	more := o.Verbose || o.Buffers || o.Settings || o.Summary
	refuse := func(known ...string) error {
		if format == "" || slices.Contains(known, format) {
			return nil
		}
		return fmt.Errorf("orm: Explain: %s has no format %q (%s)", d.Name, o.Format, strings.ToLower(strings.Join(known, ", ")))
	}
	switch {
	case d.Name == "postgresql":
		var list []string
		for _, x := range []struct {
			on   bool
			word string
		}{{o.Analyze, "ANALYZE"}, {o.Verbose, "VERBOSE"}, {o.Buffers, "BUFFERS"}, {o.Settings, "SETTINGS"}, {o.Summary, "SUMMARY"}, {format != "", "FORMAT " + format}} {
			if x.on {
				list = append(list, x.word)
			}
		}
		if len(list) == 0 {
			return "EXPLAIN ", nil
		}
		return "EXPLAIN (" + strings.Join(list, ", ") + ") ", refuse("TEXT", "JSON", "XML", "YAML")
	case d.Name == "sqlite":
		if more || o.Analyze || format != "" {
			return "", fmt.Errorf("orm: Explain: sqlite has no options")
		}
		return "EXPLAIN QUERY PLAN ", nil
	case more:
		return "", fmt.Errorf("orm: Explain: Verbose, Buffers, Settings and Summary are PostgreSQL's")
	}
	word := "EXPLAIN "
	if o.Analyze && d.MariaDB {
		word = "ANALYZE "
	} else if o.Analyze {
		word = "EXPLAIN ANALYZE "
	}
	if format != "" && format != "TRADITIONAL" {
		word += "FORMAT=" + format + " "
	}
	if d.MariaDB {
		return word, refuse("TRADITIONAL", "JSON")
	}
	return word, refuse("TRADITIONAL", "JSON", "TREE")
}
