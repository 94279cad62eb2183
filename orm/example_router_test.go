package orm_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// Two files stand for a primary database and its copy.
func ExampleReplicas() {
	dir, err := os.MkdirTemp("", "replicas")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	dbs := orm.Databases{}
	defer func() { _ = dbs.Close() }()
	for _, name := range []string{"default", "copy"} {
		db, err := sqlite.Open(filepath.Join(dir, name+".sqlite3"), sqlite.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		dbs[name] = db
		_, err = orm.Exec(orm.WithDatabase(context.Background(), db), "CREATE TABLE orm_test_tag (id integer PRIMARY KEY AUTOINCREMENT, slug text NOT NULL)")
		if err != nil {
			fmt.Println(err)
			return
		}
	}

	log := &orm.QueryLog{}
	ctx := orm.WithRouters(orm.WithDatabases(context.Background(), dbs), orm.Replicas("default", "copy"))
	ctx = orm.WithQueryLog(orm.WithSession(ctx), log) // a site does so for each request

	tags := orm.Objects[Tag]()
	_, _ = tags.Count(ctx)
	_ = tags.Create(ctx, &Tag{Slug: "go"})
	n, err := tags.Count(ctx)

	for _, e := range log.Entries() {
		fmt.Println(e.DB, e.SQL[:6])
	}
	fmt.Println(n, err)
	// Output:
	// copy SELECT
	// default INSERT
	// default SELECT
	// 1 <nil>
}
