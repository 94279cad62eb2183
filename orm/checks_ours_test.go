package orm_test

import (
	"github.com/nuages-go/nuages/orm"
)

// checksOfOurs are the checks that Django has no need of.
var checksOfOurs = []checkRow{
	{"orm.E001", "a mistake in what is no model", "a transform or look-up of the site, a codec", nil, "", false},
	{"orm.E002", "`Fields` describes what is no field of its reference value", "", models(orm.ModelOf[ckStranger]()), "ckStranger: Fields: an entry does not name a field", false},
	{"orm.E003", "an option does not fit the kind of column", "", models(orm.ModelOf[ckCollation]()), "ckCollation.N: a column of the kind Integer has no collation", false},
	{"orm.E004", "an option names what is no field, or none that fits", "", models(orm.ModelOf[ckUniqueForText]()), "ckUniqueForText.A: UniqueForDate takes a date or a moment", false},
	{"orm.E005", "a Go type has no column", "", models(orm.ModelOf[ckFunc]()), "ckFunc.F: no column for a func()", false},
	{"orm.E006", "a model without columns", "", models(orm.ModelOf[ckEmpty]()), "ckEmpty: no columns", false},
	{"orm.E007", "a model without a primary key", "", models(orm.ModelOf[ckKeyless]()), "ckKeyless: no primary key", false},
	{"orm.E008", "an index over expressions, or a constraint, has no name", "", models(orm.ModelOf[ckNameless]()), "ckNameless: a constraint needs a name", false},
	{"orm.E009", "an expression cannot stand in a table", "", models(orm.ModelOf[ckSubqueryIndex]()), "ckSubqueryIndex: a expr.Subquery cannot stand in an index", false},
	{"orm.E010", "the columns of an `orm.ForeignObject` do not fit", "", models(plain, orm.ModelOf[ckNoColumns]()), "ckNoColumns.Of: name the columns that hold the key", false},
	{"orm.E011", "the type of a foreign key is not that of the other key", "", models(orm.ModelOf[ckTextKey](), orm.ModelOf[ckWrongKey]()), "ckWrongKey.Of: column a is a BigInteger", false},
	{"orm.E012", "a field for a way back leads elsewhere", "", models(plain, orm.ModelOf[ckWrongWay](), orm.ModelOf[ckUnlisted]()), "ckWrongWay.Them: HasMany: ckUnlisted.Of is not a foreign key to ckWrongWay", false},
	{"orm.E013", "`Scope` names another model", "", models(orm.ModelOf[ckScope]()), "ckScope: Scope:", false},
	{"orm.E014", "parents do not go together", "", models(orm.ModelOf[ckParentA](), orm.ModelOf[ckChildOfTwice]()), "have a parent in common", false},
	{"orm.E015", "a proxy says what belongs to its model", "", models(orm.ModelOf[CkBase](), orm.ModelOf[ckProxyIndex]()), "ckProxyIndex: a proxy model has no table", false},
	{"orm.E016", "a zero `orm.Model` in a list", "", models(orm.Model{}), "a zero Model in the list", false},
	{"orm.E017", "the model of `Audited` is no history", "", models(orm.ModelOf[ckHistory]()), "ckPlain does not embed orm.Change", false},
}

type ckStranger struct {
	ID int64
	A  string
}

func (ckStranger) Fields(*ckStranger) []orm.Field {
	var other ckStranger
	return []orm.Field{orm.Char(&other.A, 9)}
}

type ckCollation struct {
	ID int64
	N  int32
}

func (ckCollation) Fields(m *ckCollation) []orm.Field {
	return []orm.Field{orm.Integer(&m.N).Collation("C")}
}

type ckUniqueForText struct {
	ID   int64
	A, B string
}

func (ckUniqueForText) Fields(m *ckUniqueForText) []orm.Field {
	return []orm.Field{orm.Char(&m.A, 9).UniqueForDate(&m.B)}
}

type ckFunc struct {
	ID int64
	F  func()
}

type ckEmpty struct{}

type ckKeyless struct{ A string }

type ckNameless struct {
	ID int64
	A  string
}

func (ckNameless) Meta(m *ckNameless) orm.Meta {
	return orm.Meta{Constraints: []orm.Constraint{orm.UniqueOn("", &m.A)}}
}

type ckSubqueryIndex struct {
	ID int64
	A  string
}

func (ckSubqueryIndex) Meta(*ckSubqueryIndex) orm.Meta {
	return orm.Meta{Indexes: []orm.Index{orm.IndexExpr("sub", orm.Keys(orm.Objects[ckPlain]()))}}
}

type ckNoColumns struct {
	ID int64
	Of orm.ForeignObject[ckPlain]
}

type ckTextKey struct{ Code string }

func (ckTextKey) Fields(m *ckTextKey) []orm.Field {
	return []orm.Field{orm.Char(&m.Code, 9).PrimaryKey()}
}

type ckWrongKey struct {
	ID int64
	A  int64
	Of orm.ForeignObject[ckTextKey]
}

func (ckWrongKey) Fields(m *ckWrongKey) []orm.Field {
	return []orm.Field{orm.Ref(&m.Of).Columns(&m.A)}
}

type ckWrongWay struct {
	ID   int64
	Them orm.Many[ckUnlisted]
}

func (ckWrongWay) Fields(m *ckWrongWay) []orm.Field {
	return []orm.Field{orm.HasMany(&m.Them, &orm.Fields[ckUnlisted]().Of)}
}

type ckHistory struct {
	ID int64
	orm.Audited[ckPlain]
}

type ckScope struct{ ID int64 }

func (ckScope) Scope(*ckScope) []orm.Predicate {
	return []orm.Predicate{orm.Eq(&orm.Fields[ckPlain]().Code, "x")}
}

type ckChildA struct{ ckParentA }

func (ckChildA) Fields(m *ckChildA) []orm.Field { return []orm.Field{orm.Parent(&m.ckParentA)} }

type ckChildB struct{ ckParentA }

func (ckChildB) Fields(m *ckChildB) []orm.Field { return []orm.Field{orm.Parent(&m.ckParentA)} }

type ckChildOfTwice struct {
	ckChildA
	ckChildB
}

func (ckChildOfTwice) Fields(m *ckChildOfTwice) []orm.Field {
	return []orm.Field{orm.Parent(&m.ckChildA), orm.Parent(&m.ckChildB)}
}

type CkBase struct {
	ID   int64
	Code string
}

type ckProxyIndex struct{ CkBase }

func (ckProxyIndex) Meta(m *ckProxyIndex) orm.Meta {
	return orm.Meta{Proxy: true, Indexes: []orm.Index{orm.IndexOn(&m.Code)}}
}
