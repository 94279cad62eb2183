package fn_test

import (
	"context"
	"fmt"
	"log"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/fn"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// Member is somebody with an address.
type Member struct {
	ID    int64
	Email string
	Since int64
}

// Fields describes the columns.
func (Member) Fields(m *Member) []orm.Field {
	return []orm.Field{orm.Email(&m.Email), orm.BigInteger(&m.Since)}
}

func Example() {
	db, err := sqlite.Open("file::memory:", sqlite.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	ctx := orm.WithDatabase(context.Background(), db)
	if _, err := orm.Exec(ctx, "CREATE TABLE fn_test_member (id integer PRIMARY KEY, email text, since bigint)"); err != nil {
		log.Fatal(err)
	}
	if err := orm.Create(ctx, &Member{Email: " Ada@Example.com ", Since: 7}); err != nil {
		log.Fatal(err)
	}

	m := orm.Fields[Member]()
	type card struct{ Number, Host string }
	cards, err := orm.Values(orm.Objects[Member](), func(c *card) []orm.Pick {
		email := fn.Lower(fn.Trim(orm.F(&m.Email)))
		return []orm.Pick{
			orm.As(&c.Number, fn.LPad(orm.Cast[string](orm.F(&m.Since)), 5, "0")),
			orm.As(&c.Host, fn.Substr(email, fn.StrIndex(email, "@").Plus(1))),
		}
	}).All(ctx)
	fmt.Println(cards, err)
	// Output: [{00007 example.com}] <nil>
}
