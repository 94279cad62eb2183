//go:build unix

package orm_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	gormpg "gorm.io/driver/postgres"
	gormlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

type gormUser struct {
	ID   int64
	Name string
}

func (gormUser) TableName() string { return "bench_user" }

type gormTag struct {
	ID   int64
	Slug string
}

func (gormTag) TableName() string { return "bench_tag" }

type gormStory struct {
	ID        int64
	Title     string
	Slug      string
	Body      string
	Status    string
	AuthorID  int64
	Author    gormUser
	Tags      []gormTag `gorm:"many2many:bench_story_tags;joinForeignKey:StoryID;joinReferences:TagID"`
	Likes     int64
	Published *time.Time
	Created   time.Time
}

func (gormStory) TableName() string { return "bench_story" }

type gormDB struct{ db *gorm.DB }

// conn opens the database as the other ORMs want it.
func conn(t testing.TB, vendor, url string) *sql.DB {
	driver := "pgx"
	if vendor == "sqlite" {
		driver, url = "sqlite", url[len("sqlite:///"):]+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, url)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func openGorm(t testing.TB, vendor, url string) contender {
	var d gorm.Dialector = gormpg.New(gormpg.Config{Conn: conn(t, vendor, url)})
	if vendor == "sqlite" {
		d = &gormlite.Dialector{Conn: conn(t, vendor, url)}
	}
	db, err := gorm.Open(d, &gorm.Config{SkipDefaultTransaction: true, PrepareStmt: true, Logger: logger.Discard})
	must(t, err)
	return gormDB{db}
}

func (g gormDB) Get(ctx context.Context, id int64) (any, error) {
	var s gormStory
	err := g.db.WithContext(ctx).Take(&s, id).Error
	return []gormStory{s}, err
}

func (g gormDB) live(ctx context.Context) *gorm.DB {
	return g.db.WithContext(ctx).Where("status = ?", "live").Order("bench_story.id DESC").Limit(25)
}

func (g gormDB) List(ctx context.Context) (any, error) {
	var list []gormStory
	err := g.live(ctx).Find(&list).Error
	return list, err
}

func (g gormDB) ListAuthors(ctx context.Context) (any, error) {
	var list []gormStory
	err := g.live(ctx).Joins("Author").Find(&list).Error
	return list, err
}

func (g gormDB) ListTags(ctx context.Context) (any, error) {
	var list []gormStory
	err := g.live(ctx).Preload("Tags").Find(&list).Error
	return list, err
}

func (g gormDB) Count(ctx context.Context) (int, error) {
	var n int64
	err := g.db.WithContext(ctx).Model(&gormStory{}).Where("status = ?", "live").Count(&n).Error
	return int(n), err
}

func (g gormDB) Insert(ctx context.Context, slug string) (int64, error) {
	t := gormTag{Slug: slug}
	err := g.db.WithContext(ctx).Create(&t).Error
	return t.ID, err
}

func (g gormDB) InsertMany(ctx context.Context, slugs []string) error {
	list := make([]gormTag, len(slugs))
	for i, slug := range slugs {
		list[i].Slug = slug
	}
	return g.db.WithContext(ctx).CreateInBatches(list, 1000).Error
}

func (g gormDB) Update(ctx context.Context, id, likes int64) (int, error) {
	res := g.db.WithContext(ctx).Model(&gormStory{}).Where("id = ?", id).Update("likes", likes)
	return int(res.RowsAffected), res.Error
}

func (g gormDB) rows(answer any) (out []row) {
	for _, s := range answer.([]gormStory) {
		r := row{ID: s.ID, Title: s.Title, Slug: s.Slug, Body: s.Body, Status: s.Status, AuthorID: s.AuthorID, Author: s.Author.Name, Likes: s.Likes, Published: s.Published.UTC(), Created: s.Created.UTC()}
		for _, t := range s.Tags {
			r.Tags = append(r.Tags, t.Slug)
		}
		out = append(out, r.sorted())
	}
	return out
}
