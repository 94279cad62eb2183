package orm_test

import (
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// Each of these models makes one mistake, that of its name.

type ckEndsInUnderscore struct {
	ID    int64
	Title string
}

func (ckEndsInUnderscore) Fields(m *ckEndsInUnderscore) []orm.Field {
	return []orm.Field{orm.Char(&m.Title, 9).Name("title_")}
}

type ckDoubleUnderscore struct {
	ID    int64
	Title string
}

func (ckDoubleUnderscore) Fields(m *ckDoubleUnderscore) []orm.Field {
	return []orm.Field{orm.Char(&m.Title, 9).Name("the__title")}
}

type ckNamedPK struct {
	ID int64
	Pk string
}

type ckNullKey struct{ Code *string }

func (ckNullKey) Fields(m *ckNullKey) []orm.Field {
	return []orm.Field{orm.Char(m.Code, 9).PrimaryKey()}
}

type ckNilRule struct {
	ID    int64
	Title string
}

func (ckNilRule) Fields(m *ckNilRule) []orm.Field {
	return []orm.Field{orm.Char(&m.Title, 9).Validate(nil)}
}

type ckLongChoice struct {
	ID   int64
	Size string
}

func (ckLongChoice) Fields(m *ckLongChoice) []orm.Field {
	return []orm.Field{orm.Char(&m.Size, 2).Choices(orm.Choice[string]{Value: "s"}, orm.Choice[string]{Value: "größer"})}
}

type ckSharedDefault struct {
	ID   int64
	Data map[string]any
}

func (ckSharedDefault) Fields(m *ckSharedDefault) []orm.Field {
	return []orm.Field{orm.JSON(&m.Data).Default(map[string]any{})}
}

type ckDefaultOfColumn struct {
	ID         int64
	Title, Sub string
}

func (ckDefaultOfColumn) Fields(m *ckDefaultOfColumn) []orm.Field {
	return []orm.Field{orm.Char(&m.Sub, 9).DBDefaultExpr(orm.Lower(&m.Title))}
}

type ckNegativeLength struct {
	ID    int64
	Title string
}

func (ckNegativeLength) Fields(m *ckNegativeLength) []orm.Field {
	return []orm.Field{orm.Char(&m.Title, -1)}
}

type ckLengthOfNumber struct {
	ID int64
	N  int32
}

func (ckLengthOfNumber) Fields(m *ckLengthOfNumber) []orm.Field {
	return []orm.Field{orm.Integer(&m.N).MaxLength(4)}
}

type ckDigits[D any] struct {
	ID int64
	N  orm.Decimal
}

type (
	negativePlaces struct{}
	negativeDigits struct{}
	morePlaces     struct{}
)

func (ckDigits[D]) Fields(m *ckDigits[D]) []orm.Field {
	switch any(*new(D)).(type) {
	case negativePlaces:
		return []orm.Field{orm.Numeric(&m.N, 4, -1)}
	case negativeDigits:
		return []orm.Field{orm.Numeric(&m.N, -4, -5)}
	}
	return []orm.Field{orm.Numeric(&m.N, 4, 5)}
}

type ckNoFiles struct {
	ID   int64
	Icon string
}

func (ckNoFiles) Fields(m *ckNoFiles) []orm.Field {
	return []orm.Field{orm.FilePath(&m.Icon).Files(orm.Files{Dir: "/", NoFiles: true})}
}

type ckBlankAddress struct {
	ID   int64
	Host string
}

func (ckBlankAddress) Fields(m *ckBlankAddress) []orm.Field {
	return []orm.Field{orm.IP(&m.Host).Blank()}
}

type ckTwoTimes struct {
	ID int64
	At time.Time
}

func (ckTwoTimes) Fields(m *ckTwoTimes) []orm.Field {
	return []orm.Field{orm.DateTime(&m.At).AutoNow().AutoNowAdd()}
}

type ckFixedNow struct {
	ID int64
	At time.Time
}

func (ckFixedNow) Fields(m *ckFixedNow) []orm.Field {
	return []orm.Field{orm.DateTime(&m.At).Default(time.Now())}
}

type ckFileKey struct{ Name string }

func (ckFileKey) Fields(m *ckFileKey) []orm.Field {
	return []orm.Field{orm.File(&m.Name).PrimaryKey()}
}

type ckOutput[D any] struct {
	ID           int64
	Title, Lower string
}

func (ckOutput[D]) Fields(m *ckOutput[D]) []orm.Field {
	out := schema.Field{Kind: schema.Char, MaxLength: -4}
	if _, ok := any(*new(D)).(negativePlaces); ok {
		out = schema.Field{Kind: schema.Integer, MaxLength: 4}
	}
	return []orm.Field{orm.Char(&m.Title, 9), orm.Generated(&m.Lower, orm.Lower(&m.Title), out, true)}
}

type ckPlain struct {
	ID   int64
	Code string
}

type ckUnlisted struct {
	ID int64
	Of orm.FK[ckPlain]
}

type ckAccessorField struct {
	ID    int64
	Notes string
}

type ckAccessorClash struct {
	ID int64
	Of orm.FK[ckAccessorField]
}

func (ckAccessorClash) Fields(m *ckAccessorClash) []orm.Field {
	return []orm.Field{orm.Ref(&m.Of).RelatedName("notes")}
}

type ckQueryClash struct {
	ID int64
	Of orm.FK[ckAccessorField]
}

func (ckQueryClash) Fields(m *ckQueryClash) []orm.Field {
	return []orm.Field{orm.Ref(&m.Of).RelatedQueryName("notes")}
}

type ckSameAccessor struct {
	ID   int64
	A, B orm.FK[ckPlain]
}

func (ckSameAccessor) Fields(m *ckSameAccessor) []orm.Field {
	return []orm.Field{orm.Ref(&m.A).RelatedName("them").RelatedQueryName("a"), orm.Ref(&m.B).RelatedName("them").RelatedQueryName("b")}
}

type ckSameQuery struct {
	ID   int64
	A, B orm.FK[ckPlain]
}

type ckBadRelated struct {
	ID      int64
	A, B, C orm.FK[ckPlain]
}

func (ckBadRelated) Fields(m *ckBadRelated) []orm.Field {
	return []orm.Field{
		orm.Ref(&m.A).RelatedName("my notes"), orm.Ref(&m.B).RelatedName("notes_"), orm.Ref(&m.C).RelatedName("all__notes"),
	}
}

type ckLooseObject struct {
	ID        int64
	A, B      string
	Of        orm.ForeignObject[ckLooseTarget]
	Unrelated string
}

type ckLooseTarget struct {
	ID   int64
	A, B string
}

func (ckLooseObject) Fields(m *ckLooseObject) []orm.Field {
	return []orm.Field{orm.Ref(&m.Of).Columns(&m.A, &m.B).ToField("a", "b")}
}

type ckLooseKey struct {
	ID int64
	Of orm.ForeignKey[ckPlain, string]
}

func (ckLooseKey) Fields(m *ckLooseKey) []orm.Field {
	return []orm.Field{orm.Ref(&m.Of).ToField("code")}
}

type ckNoSuchTarget struct {
	ID int64
	Of orm.ForeignKey[ckPlain, string]
}

func (ckNoSuchTarget) Fields(m *ckNoSuchTarget) []orm.Field {
	return []orm.Field{orm.Ref(&m.Of).ToField("nowhere")}
}

type ckDeletes struct {
	ID      int64
	A, B, C orm.FK[ckPlain]
}

func (ckDeletes) Fields(m *ckDeletes) []orm.Field {
	return []orm.Field{
		orm.Ref(&m.A).OnDelete(orm.SetNull).RelatedName("+"), orm.Ref(&m.B).OnDelete(orm.SetDefault).RelatedName("+"),
		orm.Ref(&m.C).OnDelete(orm.DBSetDefault).RelatedName("+"),
	}
}

type ckByDatabase struct {
	ID int64
	Of orm.FK[ckByProgram]
}

func (ckByDatabase) Fields(m *ckByDatabase) []orm.Field {
	return []orm.Field{orm.Ref(&m.Of).OnDelete(orm.DBCascade)}
}

type ckByProgram struct {
	ID int64
	Of orm.FK[ckPlain]
}

func (ckByProgram) Fields(m *ckByProgram) []orm.Field {
	return []orm.Field{orm.Ref(&m.Of).OnDelete(orm.Cascade)}
}

type ckByBoth struct {
	ID   int64
	A, B orm.FK[ckPlain]
}

func (ckByBoth) Fields(m *ckByBoth) []orm.Field {
	return []orm.Field{orm.Ref(&m.A).OnDelete(orm.DBCascade).RelatedName("+"), orm.Ref(&m.B).OnDelete(orm.Cascade).RelatedName("+")}
}

// ckBetween stands between ckPlain and the models below; D says what is wrong.
type ckBetween[D any] struct {
	ID    int64
	Left  orm.FK[ckVia[D]]
	More  orm.FK[ckVia[D]]
	Right orm.FK[ckPlain]
	Other orm.FK[ckPlain]
}

func (ckBetween[D]) Fields(m *ckBetween[D]) []orm.Field {
	fields := []orm.Field{
		orm.Ref(&m.Left).RelatedName("+"), orm.Ref(&m.More).RelatedName("+"), orm.Ref(&m.Right).RelatedName("+"), orm.Ref(&m.Other).RelatedName("+"),
	}
	switch any(*new(D)).(type) {
	case oneLeft:
		fields[1] = orm.Ignore(&m.More)
	case fit, noField, notKey, half:
		fields[1], fields[3] = orm.Ignore(&m.More), orm.Ignore(&m.Other)
	case noKeys:
		fields = []orm.Field{orm.Ignore(&m.Left), orm.Ignore(&m.More), orm.Ignore(&m.Right), orm.Ignore(&m.Other)}
	}
	return fields
}

type (
	twoLeft struct{}
	oneLeft struct{}
	noKeys  struct{}
	noField struct{}
	notKey  struct{}
	half    struct{}
	fit     struct{}
)

type ckVia[D any] struct {
	ID   int64
	Them orm.Many[ckPlain]
}

func (ckVia[D]) Fields(m *ckVia[D]) []orm.Field {
	them := orm.ManyToMany(&m.Them).Through(orm.ModelOf[ckBetween[D]]())
	switch any(*new(D)).(type) {
	case noField:
		them.ThroughFields("left", "nowhere")
	case notKey:
		them.ThroughFields("id", "right")
	case half:
		them.ThroughFields("left", "")
	case fit:
		them.LimitChoices(orm.Eq(&orm.Fields[ckPlain]().Code, "x"))
	}
	return []orm.Field{them}
}

type ckSelfVia struct {
	ID   int64
	Them orm.Many[ckSelfVia]
}

type ckSelfBetween struct {
	ID      int64
	A, B, C orm.FK[ckSelfVia]
}

func (ckSelfVia) Fields(m *ckSelfVia) []orm.Field {
	return []orm.Field{orm.ManyToMany(&m.Them).Through(orm.ModelOf[ckSelfBetween]())}
}

func (ckSelfBetween) Fields(m *ckSelfBetween) []orm.Field {
	return []orm.Field{orm.Ref(&m.A).RelatedName("+"), orm.Ref(&m.B).RelatedName("+"), orm.Ref(&m.C).RelatedName("+")}
}

type ckTableBetween struct {
	ID   int64
	Them orm.Many[ckPlain]
}

func (ckTableBetween) Fields(m *ckTableBetween) []orm.Field {
	return []orm.Field{orm.ManyToMany(&m.Them).Table("orm_test_ckplain")}
}

type ckUniqueKey struct {
	ID int64
	Of orm.FK[ckPlain]
}

func (ckUniqueKey) Fields(m *ckUniqueKey) []orm.Field { return []orm.Field{orm.Ref(&m.Of).Unique()} }

type ckSymmetrical struct {
	ID      int64
	Friends orm.Many[ckSymmetrical]
}

func (ckSymmetrical) Fields(m *ckSymmetrical) []orm.Field {
	return []orm.Field{orm.ManyToMany(&m.Friends).Symmetrical().RelatedName("friend_of")}
}

type ckComposite struct{ A, B int64 }

func (ckComposite) Meta(m *ckComposite) orm.Meta { return orm.Meta{PrimaryKey: []any{&m.A, &m.B}} }

type ckToComposite struct {
	ID int64
	Of orm.FK[ckComposite]
}

type ckTwins struct {
	ID   int64
	A, B orm.Many[ckPlain]
}

type ckTwinsBetween struct {
	ID int64
	L  orm.FK[ckTwins]
	R  orm.FK[ckPlain]
}

func (ckTwins) Fields(m *ckTwins) []orm.Field {
	between := orm.ModelOf[ckTwinsBetween]()
	return []orm.Field{orm.ManyToMany(&m.A).Through(between).RelatedName("+"), orm.ManyToMany(&m.B).Through(between).RelatedName("+")}
}

type ckParentA struct {
	ID   int64
	Name string
}

type ckParentB struct {
	Key  int64
	Name string
}

func (ckParentB) Fields(m *ckParentB) []orm.Field { return []orm.Field{orm.BigAuto(&m.Key)} }

type ckTwoParents struct {
	ckParentA
	ckParentB
}

func (ckTwoParents) Fields(m *ckTwoParents) []orm.Field {
	return []orm.Field{orm.Parent(&m.ckParentA), orm.Parent(&m.ckParentB)}
}

type ckTakenName struct {
	ID   int64
	A, B string
}

func (ckTakenName) Fields(m *ckTakenName) []orm.Field {
	return []orm.Field{orm.Char(&m.B, 9).Name("a").Column("b")}
}

type ckTakenAttribute struct {
	ID     int64
	Of     orm.FK[ckPlain]
	Second string
}

func (ckTakenAttribute) Fields(m *ckTakenAttribute) []orm.Field {
	return []orm.Field{orm.Ref(&m.Of).Column("plain"), orm.Char(&m.Second, 9).Name("of_id").Column("second")}
}

type ckTakenColumn struct {
	ID   int64
	A, B string
}

func (ckTakenColumn) Fields(m *ckTakenColumn) []orm.Field {
	return []orm.Field{orm.Char(&m.B, 9).Column("a")}
}

type ckForeignField struct {
	ID int64
	A  string
}

func (ckForeignField) Meta(*ckForeignField) orm.Meta {
	return orm.Meta{Indexes: []orm.Index{orm.IndexOn(&orm.Fields[ckPlain]().Code)}}
}

type ckManyIndex struct {
	ID   int64
	A    string
	Them orm.Many[ckPlain]
}

func (ckManyIndex) Meta(m *ckManyIndex) orm.Meta {
	return orm.Meta{Constraints: []orm.Constraint{orm.UniqueOn("many", &m.A, &m.Them)}}
}

type ckByName struct {
	ID int64
	A  string
}

func (ckByName) Meta(*ckByName) orm.Meta {
	return orm.Meta{Ordering: orm.By(orm.ByName("-author__nam"))}
}

type ckParentIndex struct {
	ckParentA
	Size int64
}

func (ckParentIndex) Fields(m *ckParentIndex) []orm.Field {
	return []orm.Field{orm.Parent(&m.ckParentA)}
}

func (ckParentIndex) Meta(m *ckParentIndex) orm.Meta {
	return orm.Meta{Indexes: []orm.Index{orm.IndexOn(&m.Name, &m.Size)}}
}

type ckProxyField struct {
	ckPlain
	More string
}

func (ckProxyField) Meta(*ckProxyField) orm.Meta { return orm.Meta{Proxy: true} }

type ckRanked struct {
	ID    int64
	Of    orm.FK[ckPlain]
	Place int32
}

func (ckRanked) Fields(m *ckRanked) []orm.Field {
	return []orm.Field{orm.OrderWithin(&m.Place, &m.Of)}
}

func (ckRanked) Meta(m *ckRanked) orm.Meta { return orm.Meta{Ordering: orm.By(orm.Asc(&m.ID))} }

type ckUnderscoreModel struct{ ID int64 }

func (ckUnderscoreModel) Meta(*ckUnderscoreModel) orm.Meta { return orm.Meta{Name: "Odd_"} }

type ckDoubleModel struct{ ID int64 }

func (ckDoubleModel) Meta(*ckDoubleModel) orm.Meta { return orm.Meta{Name: "Very__Odd"} }

type ckTwoKeys struct{ A, B int64 }

func (ckTwoKeys) Fields(m *ckTwoKeys) []orm.Field {
	return []orm.Field{orm.Col(&m.A).PrimaryKey(), orm.Col(&m.B).PrimaryKey()}
}

type ckSameTable struct{ ID int64 }

func (ckSameTable) Meta(*ckSameTable) orm.Meta { return orm.Meta{Table: "orm_test_ckplain"} }

type ckNames[D any] struct {
	ID   int64
	A, B string
}

type (
	sameNames  struct{}
	otherNames struct{}
	oddName    struct{}
	longName   struct{}
)

func (ckNames[D]) Meta(m *ckNames[D]) orm.Meta {
	meta := orm.Meta{Name: "names_a"}
	ix := func(name string, f any) orm.Index { return orm.IndexOn(f).Name(name) }
	switch any(*new(D)).(type) {
	case sameNames:
		meta.Name = "names_b"
		meta.Indexes = []orm.Index{ix("names_1", &m.A), ix("names_1", &m.B)}
		meta.Constraints = []orm.Constraint{orm.UniqueOn("names_2", &m.A), orm.UniqueOn("names_2", &m.B)}
	case otherNames:
		meta.Name = "names_c"
		meta.Indexes = []orm.Index{ix("names_1", &m.A)}
		meta.Constraints = []orm.Constraint{orm.UniqueOn("names_2", &m.A)}
	case oddName:
		meta.Indexes = []orm.Index{ix("_names", &m.A), ix("1_names", &m.B)}
	case longName:
		meta.Indexes = []orm.Index{ix("a_name_of_more_than_30_characters", &m.A)}
	}
	return meta
}

type ckJoined struct {
	ID int64
	Of orm.FK[ckPlain]
}

func (ckJoined) Meta(m *ckJoined) orm.Meta {
	return orm.Meta{Constraints: []orm.Constraint{orm.CheckThat("joined", orm.Eq(&m.Of.To().Code, "x"))}}
}

type ckNullPart struct {
	A int64
	B *int64
}

func (ckNullPart) Meta(m *ckNullPart) orm.Meta { return orm.Meta{PrimaryKey: []any{&m.A, m.B}} }

type ckRawCheck struct {
	ID int64
	N  int64
}

func (ckRawCheck) Meta(m *ckRawCheck) orm.Meta {
	return orm.Meta{Constraints: []orm.Constraint{orm.CheckThat("raw", orm.RawExpr[int64]("n + 1").Gt(orm.Val(int64(0))))}}
}
