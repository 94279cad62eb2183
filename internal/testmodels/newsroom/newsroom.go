// Package newsroom has the models of the conformance files: every kind of field, constraint and index. It serves tests of
// the ORM and of migrations only.
package newsroom

import (
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// All lists the models in the order in which Django's app declares them.
func All() []orm.Model {
	return []orm.Model{
		orm.ModelOf[Author](), orm.ModelOf[Profile](), orm.ModelOf[Tag](), orm.ModelOf[Story](), orm.ModelOf[Review](),
		orm.ModelOf[Everything](), orm.ModelOf[SmallKey](), orm.ModelOf[IntKey](), orm.ModelOf[Composite](),
		orm.ModelOf[DbCascade](), orm.ModelOf[PhotoStory](), orm.ModelOf[Notice](),
	}
}

// Stamped is the abstract base of stories.
type Stamped struct {
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Fields describes the two times.
func (Stamped) Fields(s *Stamped) []orm.Field {
	return []orm.Field{orm.DateTime(&s.CreatedAt).AutoNowAdd(), orm.DateTime(&s.UpdatedAt).AutoNow()}
}

// Author writes stories.
type Author struct {
	ID       int64
	Name     string
	Email    string
	Born     *time.Time
	Rating   orm.Decimal
	Active   bool
	Mentor   orm.FK[Author]
	Stories  orm.Many[Story]
	Edited   orm.Many[Story]
	Reviewed orm.Many[Story]
	Reviews  orm.Many[Review]
	Students orm.Many[Author]
	Profile  orm.One[Profile]
}

// Fields describes the columns.
func (Author) Fields(a *Author) []orm.Field {
	return []orm.Field{
		orm.Char(&a.Name, 80).Index(),
		orm.Email(&a.Email).Unique(),
		orm.Date(a.Born).Blank(),
		orm.Numeric(&a.Rating, 5, 2),
		orm.Ref(&a.Mentor).OnDelete(orm.SetNull).Null().Blank().RelatedName("students"),
		orm.HasMany(&a.Stories, &orm.Fields[Story]().Author),
		orm.HasMany(&a.Edited, &orm.Fields[Story]().Editor),
		orm.ManyBack(&a.Reviewed, &orm.Fields[Story]().Reviewers),
		orm.HasMany(&a.Reviews, &orm.Fields[Review]().Reviewer),
		orm.HasMany(&a.Students, &orm.Fields[Author]().Mentor),
		orm.HasOne(&a.Profile, &orm.Fields[Profile]().Author),
	}
}

// Meta orders by name.
func (Author) Meta(a *Author) orm.Meta { return orm.Meta{Ordering: orm.By(orm.Asc(&a.Name))} }

// Profile belongs to one author.
type Profile struct {
	Author orm.FK[Author]
	Bio    string
	Site   string
}

// Fields describes the columns.
func (Profile) Fields(p *Profile) []orm.Field {
	return []orm.Field{
		orm.OneToOne(&p.Author).OnDelete(orm.Cascade).PrimaryKey(),
		orm.Text(&p.Bio).Blank(),
		orm.URL(&p.Site).Blank(),
	}
}

// Tag labels stories.
type Tag struct {
	ID    int64
	Slug  string
	Label string
	// Stories have the tag.
	Stories orm.Many[Story]
}

// Fields describes the columns.
func (Tag) Fields(t *Tag) []orm.Field {
	return []orm.Field{orm.Slug(&t.Slug).Unique(), orm.Char(&t.Label, 40), orm.ManyBack(&t.Stories, &orm.Fields[Story]().Tags)}
}

// Section is a part of the paper.
type Section string

// The sections.
const (
	City    Section = "city"
	Sport   Section = "sport"
	Opinion Section = "opinion"
)

// Story is an article.
type Story struct {
	ID int64
	Stamped
	Title     string
	Slug      string
	Section   Section
	Body      string
	Words     int64
	Score     *float64
	Published *time.Time
	Author    orm.FK[Author]
	Editor    orm.FK[Author]
	Tags      orm.Many[Tag]
	Reviewers orm.Many[Author]
	Related   orm.Many[Story]
	Meta_     map[string]any
	Reviews   orm.Many[Review]
}

// Fields describes the columns.
func (Story) Fields(s *Story) []orm.Field {
	return []orm.Field{
		orm.Char(&s.Title, 200),
		orm.Slug(&s.Slug).MaxLength(60),
		orm.Char(&s.Section, 10).Default(City).Choices(orm.Choice[Section]{Value: City, Label: "City"}, orm.Choice[Section]{Value: Sport, Label: "Sport"}, orm.Choice[Section]{Value: Opinion, Label: "Opinion"}),
		orm.Text(&s.Body),
		orm.PositiveInteger(&s.Words),
		orm.DateTime(s.Published).Blank().Index(),
		orm.Ref(&s.Author).OnDelete(orm.Cascade).RelatedName("stories"),
		orm.Ref(&s.Editor).OnDelete(orm.Protect).Null().RelatedName("edited"),
		orm.ManyToMany(&s.Tags).Blank(),
		orm.ManyToMany(&s.Reviewers).Through(orm.ModelOf[Review]()).RelatedName("reviewed"),
		orm.ManyToMany(&s.Related).Symmetrical().Blank(),
		orm.JSON(&s.Meta_).Name("meta").Blank().DefaultFunc(func() map[string]any { return map[string]any{} }),
		orm.HasMany(&s.Reviews, &orm.Fields[Review]().Story),
	}
}

// Meta has indexes and constraints of every kind.
func (Story) Meta(s *Story) orm.Meta {
	return orm.Meta{
		VerboseNamePlural: "stories",
		Ordering:          orm.By(orm.Desc(s.Published), orm.Asc(&s.ID)),
		LatestBy:          &s.Published,
		Indexes: []orm.Index{
			orm.IndexOn(&s.Section, orm.Desc(s.Published)).Name("story_section_idx"),
			orm.IndexOn(&s.Title).Name("story_city_idx").Where(orm.Eq(&s.Section, City)),
			orm.IndexExpr("story_lower_idx", orm.Lower(&s.Title).Desc(), orm.F(&s.Words)),
		},
		Constraints: []orm.Constraint{
			orm.UniqueOn("story_slug_uniq", &s.Slug, &s.Section),
			orm.UniqueExpr("story_lower_slug_uniq", orm.Lower(&s.Slug), orm.F(&s.Author)),
			orm.UniqueOn("story_one_opinion", &s.Author).Where(orm.Eq(&s.Section, Opinion)),
			orm.CheckThat("story_words_range", orm.And(orm.Gte(&s.Words, 0), orm.Lt(&s.Words, 100000))),
			orm.CheckThat("story_title_set", orm.Or(orm.Ne(&s.Title, ""), orm.IsNull(&s.Published))),
		},
	}
}

// Review is an author's opinion of a story.
type Review struct {
	ID       int64
	Story    orm.FK[Story]
	Reviewer orm.FK[Author]
	Stars    int16
	Note     string
}

// Fields describes the columns.
func (Review) Fields(r *Review) []orm.Field {
	return []orm.Field{
		orm.Ref(&r.Story).OnDelete(orm.Cascade),
		orm.Ref(&r.Reviewer).OnDelete(orm.Cascade),
		orm.SmallInteger(&r.Stars),
		orm.Char(&r.Note, 100).Blank().Column("remark"),
	}
}

// Meta gives the table its own name.
func (Review) Meta(r *Review) orm.Meta {
	return orm.Meta{Table: "newsroom_reviews", UniqueTogether: [][]any{{&r.Story, &r.Reviewer}}, Permissions: [][2]string{{"can_review", "Can review a story"}}}
}

// Everything has a column of each kind.
type Everything struct {
	UID            [16]byte
	FBig           *int64
	FBinary        []byte
	FBool          *bool
	FChar          string
	FCharUnlimited *string
	FDate          time.Time
	FDatetime      time.Time
	FDecimal       orm.Decimal
	FDuration      *time.Duration
	FEmail         string
	FFile          string
	FFilepath      string
	FFloat         float64
	FImage         *string
	FInt           int32
	FIP            *string
	FJSON          *map[string]any
	FPosbig        uint64
	FPos           uint32
	FPossmall      uint16
	FSlug          string
	FSmall         int16
	FText          string
	FTime          *time.Duration
	FURL           string
	FUUID          *[16]byte
	FGenerated     string
	FChoice        int32
	FOrder         int32
}

// Fields describes the columns.
func (Everything) Fields(e *Everything) []orm.Field {
	return []orm.Field{
		orm.UUID(&e.UID).Name("uid").PrimaryKey().NotEditable(),
		orm.Binary(&e.FBinary).MaxLength(64),
		orm.Char(&e.FChar, 10).Comment("ten at most"),
		orm.Text(e.FCharUnlimited),
		orm.Date(&e.FDate),
		orm.DateTime(&e.FDatetime).DBDefaultExpr(orm.Now()),
		orm.Numeric(&e.FDecimal, 12, 4).DBDefault(orm.MustDecimal("0")),
		orm.Duration(e.FDuration),
		orm.Email(&e.FEmail),
		orm.File(&e.FFile),
		orm.FilePath(&e.FFilepath).MaxLength(50),
		orm.Float(&e.FFloat).DBDefault(1.5),
		orm.Image(e.FImage),
		orm.Integer(&e.FInt).Index(),
		orm.IP(e.FIP).Name("f_ip"),
		orm.JSON(&e.FJSON).Name("f_json").Null(),
		orm.PositiveBigInteger(&e.FPosbig),
		orm.PositiveInteger(&e.FPos),
		orm.PositiveSmallInteger(&e.FPossmall),
		orm.Slug(&e.FSlug),
		orm.SmallInteger(&e.FSmall),
		orm.Text(&e.FText),
		orm.Clock(e.FTime),
		orm.URL(&e.FURL).Name("f_url"),
		orm.UUID(e.FUUID).Name("f_uuid").Unique(),
		orm.Generated(&e.FGenerated, orm.Upper(&e.FChar), schema.Field{Kind: schema.Char, MaxLength: 10}, true),
		orm.Integer(&e.FChoice).Default(1).Choices(orm.Choice[int32]{Value: 1, Label: "one"}, orm.Choice[int32]{Value: 2, Label: "two"}),
		orm.Integer(&e.FOrder).Column("order"),
	}
}

// Meta comments the table.
func (Everything) Meta(*Everything) orm.Meta { return orm.Meta{Comment: "every field type"} }

// SmallKey has a small key and loose relations.
type SmallKey struct {
	ID         int16
	Parent     orm.ForeignKey[SmallKey, int16]
	Everything orm.ForeignKey[Everything, [16]byte]
}

// Fields describes the columns.
func (SmallKey) Fields(s *SmallKey) []orm.Field {
	return []orm.Field{
		orm.Ref(&s.Parent).OnDelete(orm.DoNothing).NoConstraint().Null(),
		orm.Ref(&s.Everything).OnDelete(orm.Restrict).ToField("f_uuid").Null().NoIndex(),
	}
}

// IntKey has a key of 32 bits.
type IntKey struct {
	ID    int32
	Small orm.ForeignKey[SmallKey, int16]
}

// Fields describes the columns.
func (IntKey) Fields(i *IntKey) []orm.Field {
	return []orm.Field{orm.Ref(&i.Small).OnDelete(orm.Cascade)}
}

// Composite has a key of two columns.
type Composite struct {
	Region string
	Number int32
	Note   string
}

// Fields describes the columns.
func (Composite) Fields(c *Composite) []orm.Field {
	return []orm.Field{orm.Char(&c.Region, 4), orm.Text(&c.Note).Blank()}
}

// Meta names the key.
func (Composite) Meta(c *Composite) orm.Meta {
	return orm.Meta{PrimaryKey: []any{&c.Region, &c.Number}}
}

// DbCascade leaves deletions to the database.
type DbCascade struct {
	ID    int64
	Tag   orm.FK[Tag]
	Story orm.FK[Story]
}

// Fields describes the columns.
func (DbCascade) Fields(d *DbCascade) []orm.Field {
	return []orm.Field{orm.Ref(&d.Tag).OnDelete(orm.DBCascade), orm.Ref(&d.Story).OnDelete(orm.DBSetNull).Null()}
}

// PhotoStory extends a story by a table of its own.
type PhotoStory struct {
	Story  orm.FK[Story]
	Camera string
}

// Fields describes the columns.
func (PhotoStory) Fields(p *PhotoStory) []orm.Field {
	return []orm.Field{
		orm.OneToOne(&p.Story).Name("story_ptr").OnDelete(orm.Cascade).PrimaryKey(),
		orm.Char(&p.Camera, 30).Blank(),
	}
}

// Notice is ordered within its story.
type Notice struct {
	ID    int64
	Text  string
	Story orm.FK[Story]
	Order int32
}

// Fields describes the columns.
func (Notice) Fields(n *Notice) []orm.Field {
	return []orm.Field{
		orm.Char(&n.Text, 20),
		orm.Ref(&n.Story).OnDelete(orm.Cascade),
		orm.Integer(&n.Order).Name("_order").NotEditable(),
	}
}

// Unmanaged has a table that migrations leave alone. It is none of All.
type Unmanaged struct {
	ID   int64
	Name string
}

// Fields describes the columns.
func (Unmanaged) Fields(u *Unmanaged) []orm.Field { return []orm.Field{orm.Char(&u.Name, 5)} }

// Meta says that somebody else makes the table.
func (Unmanaged) Meta(*Unmanaged) orm.Meta { return orm.Meta{Unmanaged: true} }
