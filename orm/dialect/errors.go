package dialect

import (
	"fmt"
	"strings"
)

// ConstraintKind says which rule was broken.
type ConstraintKind string

// The rules that a table can have.
const (
	Unique     ConstraintKind = "unique"
	ForeignKey ConstraintKind = "foreign key"
	Check      ConstraintKind = "check"
	NotNull    ConstraintKind = "not null"
)

// ConstraintError says that a statement would have broken a rule of the table. Drivers make it from the database's own
// error, which it wraps.
type ConstraintError struct {
	Kind ConstraintKind
	// Table, Constraint and Columns are set as far as the database tells.
	Table, Constraint string
	Columns           []string
	Err               error
}

// Error says which constraint of which table.
func (e *ConstraintError) Error() string {
	what := e.Constraint
	if what == "" {
		what = strings.Join(e.Columns, ", ")
	}
	if e.Table != "" {
		what = strings.TrimPrefix(e.Table+"."+what, ".")
	}
	return fmt.Sprintf("orm: %s constraint violated: %s", e.Kind, strings.TrimSuffix(what, "."))
}

// Unwrap returns the database's error.
func (e *ConstraintError) Unwrap() error { return e.Err }
