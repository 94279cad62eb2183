package orm

import "github.com/nuages-go/nuages/orm/schema"

// postgresIndex is what PostgreSQL alone knows of indexes and constraints.
type postgresIndex struct {
	using, with, deferrable string
	tablespace              string
	classes                 []string
	include                 []any
	nullsNotDistinct        bool
	exclude                 []Exclusion
}

// Using is the method of the index on PostgreSQL: "gin", "gist", "brin", "hash", "spgist", "bloom". Other databases ignore
// it. Django: GinIndex, GistIndex and their like.
func (i Index) Using(method string) Index { i.own.using = method; return i }

// With are the parameters of the index's storage on PostgreSQL: "fillfactor = 80, fastupdate = off". Other databases ignore
// them.
func (i Index) With(parameters string) Index { i.own.with = parameters; return i }

// Tablespace is where PostgreSQL keeps the index. Other databases ignore it. Django: db_tablespace.
func (i Index) Tablespace(name string) Index { i.own.tablespace = name; return i }

// OpClasses are operator classes for PostgreSQL, one for each field or expression in turn; "" is the usual one. Django:
// opclasses, and OpClass in expressions.
func (i Index) OpClasses(classes ...string) Index { i.own.classes = classes; return i }

// Include stores more fields in the index on PostgreSQL, so that queries need not look into the table.
func (i Index) Include(fields ...any) Index { i.own.include = fields; return i }

// OpClasses are operator classes of a unique constraint for PostgreSQL, one for each field in turn.
func (c Constraint) OpClasses(classes ...string) Constraint { c.own.classes = classes; return c }

// Include stores more fields in the index of a unique constraint on PostgreSQL.
func (c Constraint) Include(fields ...any) Constraint { c.own.include = fields; return c }

// Deferred checks a unique or exclusion constraint at the end of the transaction on PostgreSQL. Other databases check it at
// once. Django: Deferrable.DEFERRED.
func (c Constraint) Deferred() Constraint { c.own.deferrable = "deferred"; return c }

// Deferrable checks a constraint at once, unless a transaction puts it off by SET CONSTRAINTS, on PostgreSQL. Django:
// Deferrable.IMMEDIATE.
func (c Constraint) Deferrable() Constraint { c.own.deferrable = "immediate"; return c }

// NullsNotDistinct makes two nulls equal for a unique constraint on PostgreSQL. Django: nulls_distinct=False.
func (c Constraint) NullsNotDistinct() Constraint { c.own.nullsNotDistinct = true; return c }

// Exclusion is one condition of an exclusion constraint. Make it with ExcludeOn or ExcludeExpr.
type Exclusion struct {
	field    any
	of       AnyExpr
	operator string
	class    string
}

// ExcludeOn compares a field, given by address: ExcludeOn(&b.Span, "&&").
func ExcludeOn(field any, operator string) Exclusion {
	return Exclusion{field: field, operator: operator}
}

// ExcludeExpr compares an expression.
func ExcludeExpr(of AnyExpr, operator string) Exclusion { return Exclusion{of: of, operator: operator} }

// OpClass is the operator class of the comparison.
func (x Exclusion) OpClass(class string) Exclusion { x.class = class; return x }

// Exclude refuses a row that meets another in all of some operators: bookings of a room that overlap. It is PostgreSQL's;
// migrations on other databases refuse it. Using is the method of its index: "gist" or "spgist". Django:
// ExclusionConstraint.
//
//	orm.Exclude("booking_no_overlap", "gist", orm.ExcludeOn(&b.Span, "&&"), orm.ExcludeOn(&b.Room, "="))
func Exclude(name, using string, of ...Exclusion) Constraint {
	return Constraint{name: name, own: postgresIndex{using: using, exclude: of}}
}

func (d *describer) exclusion(x Exclusion) schema.Exclusion {
	out := schema.Exclusion{Operator: x.operator, OpClass: x.class}
	if x.of != nil {
		out.Expression = d.schemaExpression(x.of.exprNode())
		return out
	}
	if names := d.fieldNames("Constraints", []any{x.field}); len(names) > 0 {
		out.Field = names[0]
	}
	return out
}
