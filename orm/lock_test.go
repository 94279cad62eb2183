package orm_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

// Two transactions want the same rows.
func TestForUpdate(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		d, err := orm.DialectOf(ctx, "")
		must(t, err)
		stories := orm.Objects[newsroom.Story]().OrderBy(orm.Asc(&st.ID))
		next := stories.Limit(2)
		if d.Name == "sqlite" {
			for name, q := range map[string]orm.Query[newsroom.Story]{"options": next.ForUpdate(orm.NoWait(), orm.NoKey()), "tables": next.Related(&st.Author).ForUpdate(orm.LockOf(st, &st.Author))} {
				if list, err := q.All(ctx); err != nil || len(list) != 2 {
					t.Errorf("%s: %d rows, %v", name, len(list), err)
				}
			}
			return
		}
		for name, err := range map[string]error{
			"All":    second(next.ForUpdate().All(ctx)),
			"Get":    second(stories.ForUpdate().Get(ctx, orm.Eq(&st.Slug, "s1"))),
			"Rows":   second(stories.ForUpdate().ValuesByName("id").Rows(ctx)),
			"Values": second(orm.Values(stories.ForUpdate(), func(r *perAuthor) []orm.Pick { return []orm.Pick{orm.As(&r.N, orm.F(&st.ID))} }).All(ctx)),
		} {
			if !errors.Is(err, orm.ErrNoTransaction) {
				t.Errorf("%s outside of a transaction: %v", name, err)
			}
		}
		if n, err := stories.ForUpdate().Count(ctx); n != 6 || err != nil {
			t.Errorf("a count locks nothing: %d, %v", n, err)
		}
		must(t, orm.Atomic(ctx, func(one context.Context) error {
			mine, err := next.ForUpdate(orm.SkipLocked()).All(one)
			must(t, err)
			// Each statement below is in a transaction of its own, on another connection.
			err = orm.Atomic(ctx, func(two context.Context) error { return second(next.ForUpdate(orm.NoWait()).All(two)) })
			if !errors.Is(err, orm.ErrLocked) {
				t.Errorf("NoWait on locked rows: %v", err)
			}
			must(t, orm.Atomic(ctx, func(two context.Context) error {
				list, err := next.ForUpdate(orm.SkipLocked()).All(two)
				must(t, err)
				if len(mine) != 2 || len(list) != 2 || list[0].Slug != "s3" {
					t.Errorf("SkipLocked gives %v beside %v", list, mine)
				}
				return nil
			}))
			// The queue of jobs in one statement.
			n, err := orm.Objects[newsroom.Story]().Filter(orm.InQuery(&st.ID, orm.Pluck(next.ForUpdate(orm.SkipLocked()), &st.ID))).Update(ctx, orm.Set(&st.Body, "taken"))
			must(t, err)
			if n != 2 {
				t.Errorf("took %d, want 2", n)
			}
			short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
			defer cancel()
			err = orm.Atomic(short, func(two context.Context) error { return second(next.ForUpdate().All(two)) })
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("waiting for locked rows with a deadline: %v", err)
			}
			return nil
		}))
		taken, err := stories.Filter(orm.Eq(&st.Body, "taken")).All(ctx)
		must(t, err)
		if len(taken) != 2 || taken[0].Slug != "s3" {
			t.Errorf("the taken rows are %+v", taken)
		}

		// Which tables are locked.
		byAuthor := stories.Filter(orm.Eq(&st.Author.To().Name, "bob")).Related(&st.Author)
		of := func(q orm.Query[newsroom.Story]) error {
			return orm.Atomic(ctx, func(one context.Context) error {
				if _, err := q.All(one); err != nil {
					return err
				}
				return orm.Atomic(ctx, func(two context.Context) error {
					return second(orm.Objects[newsroom.Author]().Filter(orm.Eq(&au.Name, "bob")).ForUpdate(orm.NoWait()).All(two))
				})
			})
		}
		supported := func(err error) error {
			if err != nil && strings.Contains(err.Error(), "not supported by mariadb") {
				return nil
			}
			return err
		}
		if err := of(byAuthor.ForUpdate()); !errors.Is(err, orm.ErrLocked) {
			t.Errorf("all tables: the author is not locked: %v", err)
		}
		must(t, supported(of(byAuthor.ForUpdate(orm.LockOf(st)))))
		if err := of(byAuthor.ForUpdate(orm.LockOf(&st.Author))); !errors.Is(err, orm.ErrLocked) && supported(err) != nil {
			t.Errorf("the author's table: %v", err)
		}
		err = of(byAuthor.ForUpdate(orm.NoKey()))
		if d.Name == "postgresql" != errors.Is(err, orm.ErrLocked) {
			t.Errorf("NoKey: %v", err)
		}
		if d.Name == "postgresql" {
			err = of(stories.Related(&st.Editor).ForUpdate())
			if err == nil || !strings.Contains(err.Error(), "no row of Author") {
				t.Errorf("a nullable join: %v", err)
			}
			must(t, of(stories.Related(&st.Editor).ForUpdate(orm.LockOf(st))))
			err = of(stories.ForUpdate(orm.LockOf(&st.Author)))
			if err == nil || !strings.Contains(err.Error(), "not joined by the query") {
				t.Errorf("a relation that is not joined: %v", err)
			}
			err = of(stories.Distinct().ForUpdate())
			if err == nil || !strings.Contains(err.Error(), "distinct or grouped") {
				t.Errorf("distinct rows: %v", err)
			}
		}
		for name, q := range map[string]orm.Query[newsroom.Story]{
			"NoWait and SkipLocked": stories.ForUpdate(orm.NoWait(), orm.SkipLocked()), "not a table": stories.ForUpdate(orm.LockOf(&st.Title)),
			"the key is not the table": stories.ForUpdate(orm.LockOf(&st.ID)), "another model": stories.ForUpdate(orm.LockOf(au)),
			"union": stories.Union(stories).ForUpdate(),
		} {
			if q.Err() == nil {
				t.Errorf("%s: no error", name)
			}
		}
		// Updating the row that is found locks that row, whatever is joined.
		got, created, err := orm.Objects[newsroom.Story]().Related(&st.Editor).Filter(orm.Eq(&st.Slug, "s1")).UpdateOrCreate(ctx, &newsroom.Story{}, orm.Set(&st.Title, "new"))
		if err != nil || created || got.Title != "new" {
			t.Errorf("UpdateOrCreate with a nullable join = %v, %v, %v", got, created, err)
		}
	})
}
