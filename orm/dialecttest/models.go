package dialecttest

import (
	"time"

	"github.com/nuages-go/nuages/orm"
)

// Sample has a column of each kind, and each once more as a column that may be null.
type Sample struct {
	ID       int64
	Name     string
	Body     string
	Small    int16
	Whole    int32
	Big      int64
	Positive uint32
	Ratio    float64
	Price    orm.Decimal
	Active   bool
	Day      time.Time
	At       time.Time
	Clock    time.Duration
	Span     time.Duration
	Blob     []byte
	Key      [16]byte
	Address  string
	Data     map[string]any

	MaybeName   *string
	MaybeSmall  *int16
	MaybeBig    *int64
	MaybeRatio  *float64
	MaybePrice  *orm.Decimal
	MaybeActive *bool
	MaybeDay    *time.Time
	MaybeAt     *time.Time
	MaybeClock  *time.Duration
	MaybeSpan   *time.Duration
	MaybeKey    *[16]byte
}

// Fields says what the Go types cannot.
func (Sample) Fields(s *Sample) []orm.Field {
	return []orm.Field{
		orm.Char(&s.Name, 200),
		orm.Text(&s.Body),
		orm.Numeric(&s.Price, 12, 2),
		orm.Date(&s.Day),
		orm.Clock(&s.Clock),
		orm.IP(&s.Address),
		orm.JSON(&s.Data),
		orm.Char(s.MaybeName, 200),
		orm.Numeric(s.MaybePrice, 12, 2),
		orm.Date(s.MaybeDay),
		orm.Clock(s.MaybeClock),
	}
}

// Meta orders samples by key.
func (Sample) Meta(s *Sample) orm.Meta {
	return orm.Meta{Table: "dialecttest_sample", Ordering: orm.By(orm.Asc(&s.ID))}
}

// Author writes books.
type Author struct {
	ID    int64
	Name  string
	Books orm.Many[Book]
}

// Fields makes names unique.
func (Author) Fields(a *Author) []orm.Field {
	return []orm.Field{orm.Char(&a.Name, 100).Unique(), orm.HasMany(&a.Books, &orm.Fields[Book]().Author)}
}

// Meta names the table.
func (Author) Meta(*Author) orm.Meta { return orm.Meta{Table: "dialecttest_author"} }

// Genre is a kind of book.
type Genre struct {
	ID   int64
	Name string
}

// Fields makes names unique.
func (Genre) Fields(g *Genre) []orm.Field { return []orm.Field{orm.Char(&g.Name, 100).Unique()} }

// Meta names the table.
func (Genre) Meta(*Genre) orm.Meta { return orm.Meta{Table: "dialecttest_genre"} }

// Book has an author, genres and rules.
type Book struct {
	ID     int64
	Title  string
	Author orm.FK[Author]
	Genres orm.Many[Genre]
	Pages  int64
	Rating *float64
	Out    time.Time
}

// Fields says what the Go types cannot.
func (Book) Fields(b *Book) []orm.Field {
	return []orm.Field{
		orm.Char(&b.Title, 100).Lookups(length),
		orm.Ref(&b.Author).OnDelete(orm.Cascade),
		orm.ManyToMany(&b.Genres).Table("dialecttest_book_genres"),
		orm.Date(&b.Out),
	}
}

// Meta has a check and a unique constraint.
func (Book) Meta(b *Book) orm.Meta {
	return orm.Meta{
		Table: "dialecttest_book", Ordering: orm.By(orm.Asc(&b.ID)),
		Constraints: []orm.Constraint{
			orm.CheckThat("dialecttest_pages", orm.Gte(&b.Pages, 1)),
			orm.UniqueOn("dialecttest_title", &b.Author, &b.Title),
		},
	}
}

var (
	sample = orm.Fields[Sample]()
	author = orm.Fields[Author]()
	book   = orm.Fields[Book]()
)
