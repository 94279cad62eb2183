package debug

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/nuages-go/nuages/orm"
)

var noTable = regexp.MustCompile(`no such table|relation "[^"]*" does not exist|Table '[^']*' doesn't exist`)

var noColumn = regexp.MustCompile(`no such column|has no column named|column "?[^" ]*"? .*does not exist|Unknown column`)

// hint is the advice for the mistakes that everybody makes once.
func hint(err error, text string) string {
	switch {
	case noColumn.MatchString(text):
		return "The column is not in the database. Run the migrate command; if the field is new, makemigrations before it."
	case noTable.MatchString(text):
		return "The table is not in the database. Run the migrate command; if the model is new, makemigrations before it."
	case strings.Contains(text, "assignment to entry in nil map"):
		return "The map was declared but never made: use make or a literal before writing to it."
	case strings.Contains(text, "invalid memory address or nil pointer dereference"):
		return "Something on the marked line is nil: a pointer, a map's missing value, an optional field that is not set."
	case errors.Is(err, orm.ErrNoDatabase):
		return "Pass r.Context() to the query; in a command or a task, the context that it was given."
	case errors.Is(err, context.DeadlineExceeded):
		return "The work took longer than its deadline. Look at the slowest query below, or at what the view waits for."
	case errors.Is(err, context.Canceled):
		return "The client went away, or the server is stopping."
	}
	return ""
}
