package expr

import "github.com/nuages-go/nuages/orm/internal/plan"

// Table is a query that stands where a table does: a common table expression, or a query in brackets.
type Table struct {
	// Name is the name of a common table expression. Empty: the query stands in brackets.
	Name string
	// Model describes the rows.
	Model *plan.Model
	Query *Query
	// Next is the recursive part: it reads the rows found so far.
	Next *Query
	// Fields are the offsets, in the rows' Go type, of what the query's values and those of the recursive part are for. Nil:
	// the rows are objects of Model.
	Fields, NextFields []uintptr
	// Unique leaves out rows that were found before (UNION); otherwise all come (UNION ALL).
	Unique bool
	// Hint is "", "MATERIALIZED" or "NOT MATERIALIZED".
	Hint string
	// Lateral: the query may speak of the rows that it is joined to.
	Lateral bool
	// Same is the table that this one is, with other options: its recursive part names that.
	Same *Table
}

// Origin is the table before its options were changed.
func (t *Table) Origin() *Table {
	if t.Same != nil {
		return t.Same
	}
	return t
}

// Join is a source of rows beside the query's own.
type Join struct {
	// Ref is the reference value whose fields name the columns.
	Ref *plan.Ref
	// Table is what is joined; or Rel, a relation of the query's model.
	Table *Table
	Rel   *Path
	On    []Pred
	Left  bool
	Err   error
}
