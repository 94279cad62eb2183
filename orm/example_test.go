package orm_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// Book is the model of the examples.
type Book struct {
	ID    int64
	Title string
	Pages int64
}

// Fields describes what the Go types cannot say.
func (Book) Fields(b *Book) []orm.Field { return []orm.Field{orm.Char(&b.Title, 100).Unique()} }

// library opens a database with two books. A site's context has its databases; a program of its own opens one.
func library() (context.Context, func()) {
	dir, err := os.MkdirTemp("", "library")
	if err != nil {
		panic(err)
	}
	db, err := sqlite.Open(filepath.Join(dir, "library.sqlite3"), sqlite.Options{})
	if err != nil {
		panic(err)
	}
	ctx := orm.WithDatabase(context.Background(), db)
	_, err = orm.Exec(ctx, `CREATE TABLE orm_test_book (id integer PRIMARY KEY AUTOINCREMENT, title varchar(100) UNIQUE, pages bigint)`)
	if err == nil {
		err = orm.Objects[Book]().BulkCreate(ctx, []*Book{{Title: "Clouds", Pages: 90}, {Title: "Tides", Pages: 210}})
	}
	if err != nil {
		panic(err)
	}
	return ctx, func() { _ = db.Close(); _ = os.RemoveAll(dir) }
}

func Example() {
	ctx, done := library()
	defer done()

	b := orm.Fields[Book]()
	list, err := orm.Objects[Book]().Filter(orm.Gt(&b.Pages, 100)).OrderBy(orm.Asc(&b.Title)).All(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, book := range list {
		fmt.Println(book.Title, book.Pages)
	}
	// Output: Tides 210
}

func ExampleQuery_Get() {
	ctx, done := library()
	defer done()

	b := orm.Fields[Book]()
	_, err := orm.Objects[Book]().Get(ctx, orm.Eq(&b.Title, "Fogs"))
	fmt.Println(orm.IsNotFound(err), err)
	// Output: true orm: no matching Book
}

func ExampleLookup() {
	ctx, done := library()
	defer done()

	n, err := orm.Objects[Book]().Filter(orm.Lookup("title__icontains", "CLOUD")).Count(ctx)
	fmt.Println(n, err)
	_, err = orm.Objects[Book]().Filter(orm.Lookup("titel", "x")).Count(ctx)
	fmt.Println(err)
	// Output:
	// 1 <nil>
	// orm: cannot resolve "titel" in Book (did you mean "title"? choices: id, pages, title)
}

func ExampleValues() {
	ctx, done := library()
	defer done()

	type total struct {
		Books int64
		Pages int64
	}
	b := orm.Fields[Book]()
	rows, err := orm.Values(orm.Objects[Book](), func(t *total) []orm.Pick {
		return []orm.Pick{orm.As(&t.Books, orm.CountAll()), orm.As(&t.Pages, orm.Sum(&b.Pages))}
	}).All(ctx)
	fmt.Println(rows, err)
	// Output: [{2 300}] <nil>
}

func ExampleAtomic() {
	ctx, done := library()
	defer done()

	err := orm.Atomic(ctx, func(ctx context.Context) error {
		if err := orm.Create(ctx, &Book{Title: "Rains"}); err != nil {
			return err
		}
		return orm.Create(ctx, &Book{Title: "Clouds"}) // there is one already: the first is undone too
	})
	fmt.Println(err)
	n, _ := orm.Objects[Book]().Count(ctx)
	fmt.Println(n)
	// Output:
	// orm: unique constraint violated: orm_test_book.title
	// 2
}

func ExampleQuery_Update() {
	ctx, done := library()
	defer done()

	b := orm.Fields[Book]()
	n, err := orm.Objects[Book]().Update(ctx, orm.SetTo(&b.Pages, orm.F(&b.Pages).Plus(10)))
	fmt.Println(n, err)
	sum, _ := orm.Aggregate(ctx, orm.Objects[Book](), orm.Sum(&b.Pages))
	fmt.Println(sum)
	// Output:
	// 2 <nil>
	// 320
}
