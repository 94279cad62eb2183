package orm_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

// atOnce runs f in many goroutines that begin together. It returns how often f said true, and its errors.
func atOnce(n int, f func(i int) (bool, error)) (yes int, err error) {
	var wg sync.WaitGroup
	var mu sync.Mutex // guards yes and err
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			ok, e := f(i)
			mu.Lock()
			defer mu.Unlock()
			if err = errors.Join(err, e); ok {
				yes++
			}
		})
	}
	close(start)
	wg.Wait()
	return yes, err
}

// Sixteen that want one row at once: one inserts, the others find or change it, nobody meets a deadlock.
func TestCreateAtOnce(t *testing.T) {
	const many = 16
	tg := orm.Fields[newsroom.Tag]()
	tags := orm.Objects[newsroom.Tag]()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		tests := []struct {
			name string
			one  func(ctx context.Context, slug string, i int) (bool, error)
		}{
			{"GetOrCreate", func(ctx context.Context, slug string, _ int) (bool, error) {
				got, created, err := tags.Filter(orm.Eq(&tg.Slug, slug)).GetOrCreate(ctx, &newsroom.Tag{Slug: slug})
				if err == nil && (got.ID == 0 || got.Slug != slug) {
					err = fmt.Errorf("got %+v", got)
				}
				return created, err
			}},
			{"UpdateOrCreate", func(ctx context.Context, slug string, i int) (bool, error) {
				label := fmt.Sprint(i)
				got, created, err := tags.Filter(orm.Eq(&tg.Slug, slug)).UpdateOrCreate(ctx, &newsroom.Tag{Slug: slug, Label: label}, orm.Set(&tg.Label, label))
				if err == nil && got.Label != label {
					err = fmt.Errorf("got %+v, want the label %s", got, label)
				}
				return created, err
			}},
			{"UpdateOrCreate in a transaction that is run again", func(ctx context.Context, slug string, i int) (created bool, err error) {
				err = orm.AtomicWith(ctx, orm.AtomicOptions{Retries: 50}, func(ctx context.Context) error {
					_, created, err = tags.Filter(orm.Eq(&tg.Slug, slug)).UpdateOrCreate(ctx, &newsroom.Tag{Slug: slug}, orm.Set(&tg.Label, fmt.Sprint(i)))
					return err
				})
				return created, err
			}},
		}
		for _, tt := range tests {
			for round := range 5 {
				slug := fmt.Sprintf("%.3s-%d-%d", tt.name, len(tt.name), round)
				made, err := atOnce(many, func(i int) (bool, error) { return tt.one(ctx, slug, i) })
				if made != 1 || err != nil {
					t.Errorf("%s, round %d: %d made the row, want 1; errors: %v", tt.name, round, made, err)
				}
			}
		}
	})
}

// The same through a relation: the row that is in the way is found.
func TestRelatedCreateAtOnce(t *testing.T) {
	tg := orm.Fields[newsroom.Tag]()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		author := &newsroom.Author{Name: "Ana", Email: "ana@example.com"}
		must(t, orm.Create(ctx, author))
		story := &newsroom.Story{Title: "t", Slug: "t", Author: orm.To(author)}
		must(t, orm.Create(ctx, story))
		made, err := atOnce(8, func(i int) (bool, error) {
			own, err := orm.Objects[newsroom.Story]().Get(ctx, orm.Lookup("pk", story.ID))
			if err != nil {
				return false, err
			}
			_, created, err := own.Tags.UpdateOrCreate(ctx, own.Tags.Query().Filter(orm.Eq(&tg.Slug, "go")), &newsroom.Tag{Slug: "go"}, orm.Set(&tg.Label, fmt.Sprint(i)))
			return created, err
		})
		if made != 1 || err != nil {
			t.Errorf("%d made the row, want 1; errors: %v", made, err)
		}
		if n, err := story.Tags.Query().Count(ctx); n != 1 || err != nil {
			t.Errorf("%d tags, %v, want 1", n, err)
		}
	})
}
