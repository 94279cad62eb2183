package mysql_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
)

// Item is a row of the benchmarks.
type Item struct {
	ID      int64
	Name    string
	Pages   int64
	Created time.Time
}

// Fields gives the name a length.
func (Item) Fields(i *Item) []orm.Field { return []orm.Field{orm.Char(&i.Name, 100)} }

// Meta names the table.
func (Item) Meta(*Item) orm.Meta { return orm.Meta{Table: "item"} }

var item = orm.Fields[Item]()

func items(b *testing.B) (context.Context, *sql.DB) {
	b.Helper()
	url := testservices.StartMariaDB(b).NewDatabase(b)
	db, err := mysql.Open(url, mysql.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	ctx := orm.WithDatabase(b.Context(), db)
	if _, err := orm.Exec(ctx, "CREATE TABLE item (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(100) NOT NULL, pages bigint NOT NULL, created datetime(6) NOT NULL)"); err != nil {
		b.Fatal(err)
	}
	var list []*Item
	for i := range 1000 {
		list = append(list, &Item{Name: fmt.Sprint("item ", i), Pages: int64(i) * 10, Created: time.Unix(1_800_000_000+int64(i), 0)})
	}
	if err := orm.Objects[Item]().BulkCreate(ctx, list); err != nil {
		b.Fatal(err)
	}
	address, name, _ := strings.Cut(strings.TrimPrefix(url, "mysql://test@"), "/")
	plain, err := sql.Open("mysql", "test@tcp("+address+")/"+name+"?parseTime=true&clientFoundRows=true")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = plain.Close() })
	return ctx, plain
}

// BenchmarkRead and BenchmarkWrite compare the ORM with prepared statements of database/sql.
func BenchmarkRead(b *testing.B) {
	ctx, plain := items(b)
	b.Run("get/orm", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := orm.Objects[Item]().Get(ctx, orm.Eq(&item.ID, int64(500))); err != nil {
				b.Fatal(err)
			}
		}
	})
	one, err := plain.Prepare("SELECT id, name, pages, created FROM item WHERE id = ?")
	if err != nil {
		b.Fatal(err)
	}
	defer one.Close()
	b.Run("get/sql", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var it Item
			if err := one.QueryRowContext(ctx, int64(500)).Scan(&it.ID, &it.Name, &it.Pages, &it.Created); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("list25/orm", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := orm.Objects[Item]().Filter(orm.Gt(&item.ID, int64(100))).OrderBy(orm.Asc(&item.ID)).Limit(25).All(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
	list, err := plain.Prepare("SELECT id, name, pages, created FROM item WHERE id > ? ORDER BY id LIMIT 25")
	if err != nil {
		b.Fatal(err)
	}
	defer list.Close()
	b.Run("list25/sql", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			rows, err := list.QueryContext(ctx, int64(100))
			if err != nil {
				b.Fatal(err)
			}
			var out []*Item
			for rows.Next() {
				it := new(Item)
				if err := rows.Scan(&it.ID, &it.Name, &it.Pages, &it.Created); err != nil {
					b.Fatal(err)
				}
				out = append(out, it)
			}
			if err := rows.Err(); err != nil {
				b.Fatal(err)
			}
			_ = rows.Close()
			if len(out) == 0 {
				b.Fatal("no rows")
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	ctx, plain := items(b)
	b.Run("insert/orm", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := orm.Create(ctx, &Item{Name: "new", Pages: 1, Created: time.Unix(1_800_000_000, 0)}); err != nil {
				b.Fatal(err)
			}
		}
	})
	insert, err := plain.Prepare("INSERT INTO item (name, pages, created) VALUES (?, ?, ?)")
	if err != nil {
		b.Fatal(err)
	}
	defer insert.Close()
	b.Run("insert/sql", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := insert.ExecContext(ctx, "new", int64(1), time.Unix(1_800_000_000, 0)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkBulkUpdate writes two columns of 1000 rows.
func BenchmarkBulkUpdate(b *testing.B) {
	ctx, _ := items(b)
	list, err := orm.Objects[Item]().All(ctx)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, it := range list {
			it.Pages++
		}
		if n, err := orm.Objects[Item]().BulkUpdate(ctx, list, &item.Name, &item.Pages); err != nil || n != len(list) {
			b.Fatal(n, err)
		}
	}
}
