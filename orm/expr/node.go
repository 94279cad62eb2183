package expr

import (
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Node is an expression.
type Node interface{ node() }

// Path is a column named by the address of a field of a reference value.
type Path = plan.Path

// Column is a column named by a key path.
type Column struct{ Path *Path }

// Name is a column, relation, annotation or transform named by a string, resolved against the query's model.
type Name struct{ Name string }

// Walk is the key behind a chain of relations.
type Walk struct{ Steps []*plan.Relation }

// Tuple is several columns: a composite key, or those of a relation without a column of its own. Field is what stands for
// them, by default the key; Ref is the reference value that they are of. Without it they are those of the query's own model.
type Tuple struct {
	Ref   *plan.Ref
	Field *plan.Field
}

// Literal is a value. Kind says what it is where the value itself does not.
type Literal struct {
	Value dialect.Value
	Kind  schema.Kind
}

// Transform is a part or a form of a value: year, date, lower, length.
type Transform struct {
	Of   Node
	Name string
}

// Binary is an operation between two expressions: + - * / % ^ & | << >> ||.
type Binary struct {
	Op          string
	Left, Right Node
}

// Func is a function of the database. Name selects its form in each dialect.
type Func struct {
	Name string
	Args []Node
	Out  schema.Kind
	// Unit and Zone serve the functions over dates.
	Unit, Zone string
}

// Aggregate is a function over a group of rows.
type Aggregate struct {
	Name     string // Count, Sum, Avg, Min, Max, StdDev, Variance, StringAgg, AnyValue, BitAnd, BitOr, BitXor
	Of       Node   // nil counts rows
	Distinct bool
	Filter   *Pred
	Default  Node
	OrderBy  []Order
	// Extra is a further argument: the delimiter of StringAgg.
	Extra Node
	// Sample chooses the sample forms of StdDev and Variance.
	Sample bool
}

// When is one branch of a Case.
type When struct {
	If   Pred
	Then Node
}

// Case chooses by conditions.
type Case struct {
	Whens   []When
	Default Node
	// Out is the kind of the result. Default: that of the branches, which must agree.
	Out schema.Kind
}

// Subquery is the value of a query of one column and at most one row.
type Subquery struct {
	Query *Query
	Out   schema.Kind
}

// Exists says whether a query has rows.
type Exists struct{ Query *Query }

// Outer is an expression of the query around a subquery.
type Outer struct{ Of Node }

// Keyset holds for the rows that come after a row in an order, or before it.
type Keyset struct {
	Parts []KeyPart
	Back  bool
}

// KeyPart is a column of the order with the row's value.
type KeyPart struct {
	Of    Node
	Desc  bool
	Nulls string
	Value dialect.Value
}

// Excluded is the value of a column in the row that could not be inserted.
type Excluded struct{ Path *Path }

// Window is a function over the rows around a row.
type Window struct {
	Of        Node
	Partition []Node
	Order     []Order
	Frame     *Frame
}

// Frame is the part of the partition that a window function sees. A nil bound is unbounded.
type Frame struct {
	Range      bool // otherwise rows
	Start, End *int
	// Span says that they are microseconds, over an order by dates or moments.
	Span    bool
	Exclude string
}

// Cast converts a value to a column's type.
type Cast struct {
	Of Node
	To schema.Field
}

// JSONAt is the value at a path inside a JSON expression, as a kind: a value of another kind is none. The kinds are Text (a
// document as its text), whole numbers, Float, Decimal, Boolean, and JSON for the value as it is.
type JSONAt struct {
	Of   Node
	Keys []string
	As   schema.Kind
}

// JSONSet is a JSON expression with another value at a path.
type JSONSet struct {
	Of   Node
	Keys []string
	To   Node
}

// Typed says what kind an expression has.
type Typed struct {
	Of   Node
	Kind schema.Kind
}

// Raw is SQL as it stands, with its arguments.
type Raw struct {
	SQL  string
	Args []dialect.Value
	Kind schema.Kind
}

// Sorted is an expression with its direction, inside indexes.
type Sorted struct {
	Of   Node
	Desc bool
}

func (Column) node()     {}
func (Name) node()       {}
func (Walk) node()       {}
func (Tuple) node()      {}
func (Literal) node()    {}
func (Transform) node()  {}
func (Binary) node()     {}
func (Func) node()       {}
func (*Aggregate) node() {}
func (*Case) node()      {}
func (Subquery) node()   {}
func (Exists) node()     {}
func (Outer) node()      {}
func (Excluded) node()   {}
func (Keyset) node()     {}
func (*Window) node()    {}
func (Cast) node()       {}
func (Typed) node()      {}
func (JSONAt) node()     {}
func (JSONSet) node()    {}
func (Raw) node()        {}
func (Sorted) node()     {}
func (Pred) node()       {}

// SchemaExpression marks the expressions that indexes, constraints and defaults may hold.
func (Name) SchemaExpression() {}

// SchemaExpression marks the expressions that indexes, constraints and defaults may hold.
func (Column) SchemaExpression() {}

// SchemaExpression marks the expressions that indexes, constraints and defaults may hold.
func (Func) SchemaExpression() {}

// SchemaExpression marks the expressions that indexes, constraints and defaults may hold.
func (Binary) SchemaExpression() {}

// SchemaExpression marks the expressions that indexes, constraints and defaults may hold.
func (Pred) SchemaExpression() {}

// SchemaExpression marks the expressions that indexes, constraints and defaults may hold.
func (Raw) SchemaExpression() {}

// SchemaExpression marks the expressions that indexes, constraints and defaults may hold.
func (Sorted) SchemaExpression() {}

// SchemaExpression marks the expressions that indexes, constraints and defaults may hold.
func (Literal) SchemaExpression() {}
