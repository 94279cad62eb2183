package orm_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	zombie "zombiezen.com/go/sqlite"

	"github.com/nuages-go/nuages/orm"
)

// The benchmarks compare the ORM with the same statements written by hand on the driver's own API, over the same rows.
// Run: go test ./orm -run '^$' -bench . -benchmem

func benchData(b testing.TB) context.Context {
	b.Helper()
	ctx := open(b)
	users := make([]*User, 10)
	for i := range users {
		users[i] = &User{Username: fmt.Sprint("user", i)}
	}
	tags := make([]*Tag, 20)
	for i := range tags {
		tags[i] = &Tag{Slug: fmt.Sprint("tag", i)}
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	arts := make([]*Article, 1000)
	if err := orm.Objects[User]().BulkCreate(ctx, users); err != nil {
		b.Fatal(err)
	}
	if err := orm.Objects[Tag]().BulkCreate(ctx, tags); err != nil {
		b.Fatal(err)
	}
	for i := range arts {
		p := now.Add(time.Duration(i) * time.Minute)
		arts[i] = &Article{Title: fmt.Sprint("Title number ", i), Slug: fmt.Sprint("slug-", i), Body: "Some text that is a little longer than the title.", Status: Live, Author: orm.To(users[i%10]), Published: &p, Likes: int64(i)}
	}
	err := orm.Atomic(ctx, func(ctx context.Context) error {
		if err := orm.Objects[Article]().BulkCreate(ctx, arts); err != nil {
			return err
		}
		for i, art := range arts {
			if err := art.Tags.Add(ctx, tags[i%20], tags[(i+7)%20]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return ctx
}

// hand opens a connection of its own on a copy of the database.
func hand(b *testing.B, ctx context.Context) *zombie.Conn {
	b.Helper()
	path := filepath.Join(b.TempDir(), "hand.sqlite3")
	if _, err := orm.Exec(ctx, "VACUUM INTO ?", path); err != nil {
		b.Fatal(err)
	}
	c, err := zombie.OpenConn(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	for _, sql := range []string{"PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON"} {
		s, _, _ := c.PrepareTransient(sql)
		s.Step()
		s.Finalize()
	}
	return c
}

const articleColumns = `a.id, a.title, a.slug, a.body, a.status, a.author_id, a.likes, a.published, a.created`

func scanHand(s *zombie.Stmt, a *Article) {
	a.ID = s.ColumnInt64(0)
	a.Title = s.ColumnText(1)
	a.Slug = s.ColumnText(2)
	a.Body = s.ColumnText(3)
	a.Status = Status(s.ColumnText(4))
	a.Author.ID = s.ColumnInt64(5)
	a.Likes = s.ColumnInt64(6)
	if s.ColumnType(7) != zombie.TypeNull {
		t, _ := time.Parse("2006-01-02 15:04:05.999999", s.ColumnText(7))
		a.Published = &t
	}
	a.Created, _ = time.Parse("2006-01-02 15:04:05.999999", s.ColumnText(8))
}

func BenchmarkGet(b *testing.B) {
	ctx := benchData(b)
	b.Run("orm", func(b *testing.B) {
		b.ReportAllocs()
		id := int64(0)
		for b.Loop() {
			id = id%1000 + 1
			if _, err := orm.Objects[Article]().Get(ctx, orm.Eq(&a.ID, id)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("orm-cancellable", func(b *testing.B) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		b.ReportAllocs()
		id := int64(0)
		for b.Loop() {
			id = id%1000 + 1
			if _, err := orm.Objects[Article]().Get(ctx, orm.Eq(&a.ID, id)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		s := hand(b, ctx).Prep(`SELECT ` + articleColumns + ` FROM orm_test_article a WHERE a.id = ? LIMIT 2`)
		b.ReportAllocs()
		id := int64(0)
		for b.Loop() {
			id = id%1000 + 1
			s.Reset()
			s.BindInt64(1, id)
			art := &Article{}
			for {
				more, err := s.Step()
				if err != nil {
					b.Fatal(err)
				}
				if !more {
					break
				}
				scanHand(s, art)
			}
			sink = art
		}
	})
}

var sink any

func BenchmarkList(b *testing.B) {
	ctx := benchData(b)
	b.Run("orm", func(b *testing.B) {
		q := orm.Objects[Article]().Filter(orm.Eq(&a.Status, Live)).OrderBy(orm.Desc(&a.ID)).Limit(25)
		b.ReportAllocs()
		for b.Loop() {
			if list, err := q.All(ctx); err != nil || len(list) != 25 {
				b.Fatal(err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		s := hand(b, ctx).Prep(`SELECT ` + articleColumns + ` FROM orm_test_article a WHERE a.status = ? ORDER BY a.id DESC LIMIT 25`)
		b.ReportAllocs()
		for b.Loop() {
			s.Reset()
			s.BindText(1, "live")
			list := make([]Article, 0, 25)
			for {
				more, err := s.Step()
				if err != nil {
					b.Fatal(err)
				}
				if !more {
					break
				}
				list = append(list, Article{})
				scanHand(s, &list[len(list)-1])
			}
			sink = list
		}
	})
}

func BenchmarkListJoinPrefetch(b *testing.B) {
	ctx := benchData(b)
	b.Run("orm", func(b *testing.B) {
		q := orm.Objects[Article]().Filter(orm.Eq(&a.Status, Live)).OrderBy(orm.Desc(&a.ID)).Related(&a.Author).Prefetch(&a.Tags).Limit(25)
		b.ReportAllocs()
		for b.Loop() {
			if list, err := q.All(ctx); err != nil || len(list) != 25 {
				b.Fatal(err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		c := hand(b, ctx)
		s := c.Prep(`SELECT ` + articleColumns + `, u.id, u.username FROM orm_test_article a INNER JOIN orm_test_user u ON a.author_id = u.id WHERE a.status = ? ORDER BY a.id DESC LIMIT 25`)
		in := "?"
		for range 24 {
			in += ", ?"
		}
		ts := c.Prep(`SELECT t.id, t.slug, x.article_id FROM orm_test_tag t INNER JOIN orm_test_article_tags x ON t.id = x.tag_id WHERE x.article_id IN (` + in + `)`)
		b.ReportAllocs()
		for b.Loop() {
			s.Reset()
			s.BindText(1, "live")
			list := make([]Article, 0, 25)
			users := make([]*User, 0, 25)
			for {
				more, err := s.Step()
				if err != nil {
					b.Fatal(err)
				}
				if !more {
					break
				}
				list = append(list, Article{})
				scanHand(s, &list[len(list)-1])
				users = append(users, &User{ID: s.ColumnInt64(9), Username: s.ColumnText(10)})
			}
			ts.Reset()
			for i := range list {
				ts.BindInt64(i+1, list[i].ID)
			}
			seen := map[int64]*Tag{}
			byArticle := make(map[int64][]*Tag, 25)
			for {
				more, err := ts.Step()
				if err != nil {
					b.Fatal(err)
				}
				if !more {
					break
				}
				id := ts.ColumnInt64(0)
				t := seen[id]
				if t == nil {
					t = &Tag{ID: id, Slug: ts.ColumnText(1)}
					seen[id] = t
				}
				byArticle[ts.ColumnInt64(2)] = append(byArticle[ts.ColumnInt64(2)], t)
			}
			sink = []any{byArticle, users}
		}
	})
}

func BenchmarkInsert(b *testing.B) {
	ctx := benchData(b)
	n := 0 // goes on from one run of a benchmark to the next
	b.Run("orm", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n++
			t := &Tag{Slug: fmt.Sprint("new", n)}
			if err := orm.Create(ctx, t); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		s := hand(b, ctx).Prep(`INSERT INTO orm_test_tag (slug) VALUES (?) RETURNING id`)
		b.ReportAllocs()
		for b.Loop() {
			n++
			t := &Tag{Slug: fmt.Sprint("hand", n)}
			s.Reset()
			s.BindText(1, t.Slug)
			for {
				more, err := s.Step()
				if err != nil {
					b.Fatal(err)
				}
				if !more {
					break
				}
				t.ID = s.ColumnInt64(0)
			}
			sink = t
		}
	})
}

func BenchmarkUpdate(b *testing.B) {
	ctx := benchData(b)
	b.Run("orm", func(b *testing.B) {
		b.ReportAllocs()
		n := int64(0)
		for b.Loop() {
			n++
			if _, err := orm.Objects[Article]().Filter(orm.Eq(&a.ID, n%1000+1)).Update(ctx, orm.Set(&a.Likes, n)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		s := hand(b, ctx).Prep(`UPDATE orm_test_article SET likes = ? WHERE id = ?`)
		b.ReportAllocs()
		n := int64(0)
		for b.Loop() {
			n++
			s.Reset()
			s.BindInt64(1, n)
			s.BindInt64(2, n%1000+1)
			if _, err := s.Step(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkBuild(b *testing.B) {
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		q := orm.Objects[Article]().Filter(orm.Eq(&a.Status, Live), orm.Lte(a.Published, now), orm.IContains(&a.Title, "go")).OrderBy(orm.Desc(a.Published))
		if q.Err() != nil {
			b.Fatal(q.Err())
		}
	}
}
