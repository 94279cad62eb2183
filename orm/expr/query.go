package expr

import (
	"reflect"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Query is the tree of a query. It is a value: copies share their slices and nobody changes them.
type Query struct {
	Model *plan.Model
	// Where has one element for each call of Filter or Exclude: conditions on one many-valued relation in one call speak of
	// the same related row.
	Where []Step
	// Order replaces the model's default order when Ordered is set.
	Order   []Order
	Ordered bool
	Reverse bool
	// Limit is -1 or the number of rows; Sliced says that one was given or an offset.
	Limit, Offset int
	Sliced        bool
	Empty         bool // Model.None
	Distinct      bool
	DistinctOn    []Node
	// Related are relations to join, Prefetch those to load with a second query.
	Related  []Relation
	Prefetch []Prefetch
	// Annotations in order; hidden ones (Alias) are not selected.
	Annotations []Annotation
	// Values, when set, replaces the model's columns as the result; Grouped says that it came before an aggregate.
	Values []Annotation
	// ValuesAfter is one more than the number of Filter steps before Values, which shares their joins and no later ones; 0 says
	// that there are none after it. GroupAfter is the same of GroupBy.
	ValuesAfter, GroupAfter int
	// GroupBy, when HasGroup is set, are the expressions of the groups.
	GroupBy  []Node
	HasGroup bool
	// Only and Defer choose columns.
	Only, Defer []*plan.Field
	Lock        *Lock
	Combined    *Combined
	// From, if any, is where the rows come from in place of the model's table; Joins are further sources of rows.
	From  *Table
	Joins []Join
	// DB names the database. Default: "default".
	DB string
	// Home names the database of the object whose related rows the query is for.
	Home string
	Err  error
	// FetchRaise forbids later loads; Track keeps the values of the objects.
	FetchRaise, Track bool
	// Scoped asks for the conditions that the model has by itself, but for those of the types in Lifted; see Whole.
	Scoped bool
	Lifted []reflect.Type
	// Hard deletes rows of a model that would keep them.
	Hard bool
}

// Whole is the query with the conditions that its model has by itself. They come first, as those of Django's default manager
// do.
func (q *Query) Whole() *Query {
	if !q.Scoped || q.Model.Described() != nil || len(q.Model.Scopes) == 0 {
		return q
	}
	w := *q
	w.Scoped, w.Lifted, w.Where = false, nil, nil
	for _, s := range q.Model.Scopes {
		if preds, _ := s.Preds.([]Pred); !slices.Contains(q.Lifted, s.Of) {
			w.Where = append(w.Where, Step{Preds: preds})
		}
	}
	n := len(w.Where)
	if n == 0 {
		w.Where = q.Where
		return &w
	}
	w.Where = append(w.Where, q.Where...)
	if len(q.Annotations) > 0 { // they share the joins of the conditions before them
		w.Annotations = slices.Clone(q.Annotations)
		for i := range w.Annotations {
			w.Annotations[i].After += n
		}
	}
	return &w
}

// Step is one Filter or Exclude.
type Step struct {
	Preds  []Pred
	Negate bool
	// Share lets the conditions use the joins that are there, to many rows too.
	Share bool
}

// Relation is a relation to join, by path or by name.
type Relation struct {
	Path *Path
	Name string
}

// Prefetch is a relation to load with its own query.
type Prefetch struct {
	Path *Path
	Name string
	// Query, if any, says which related objects are wanted and in what order.
	Query *Query
	// To is the field of the struct that takes the objects in place of the relation, if any.
	To *Path
}

// Annotation is a named expression.
type Annotation struct {
	Name   string
	Node   Node
	Field  *Path // the struct field that takes the value, if any
	Hidden bool
	// After is the number of Filter steps before the annotation: it shares their joins.
	After int
}

// Order is one part of an ordering.
type Order struct {
	Path *Path
	Name string // "-published", "?"
	Node Node
	// Plain means the column of a relation, not the order of what it leads to.
	Plain bool
	Desc  bool
	// Nulls: "", "first" or "last".
	Nulls string
}

// Lock is SELECT ... FOR UPDATE.
type Lock struct {
	NoWait, SkipLocked, NoKey bool
	// Of are the relations whose rows are locked, Self the query's own; none is all. Soft gives up Self where the database
	// cannot tell tables apart.
	Of         []*Path
	Self, Soft bool
}

// Combined joins the results of queries: union, union all, intersect, except.
type Combined struct {
	Op      string
	Queries []*Query
}

// Assign is one column of an update.
type Assign struct {
	Path  *Path
	Name  string
	Value Node
	// Val is the value where Value is nil: most assignments, which need no expression then.
	Val dialect.Value
	Err error
}
