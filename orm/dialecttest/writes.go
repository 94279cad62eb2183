package dialecttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/nuages-go/nuages/orm"
)

func constraint(t *testing.T, err error, kind any) *orm.ConstraintError {
	t.Helper()
	ce, ok := errors.AsType[*orm.ConstraintError](err)
	if !ok {
		t.Fatalf("error = %v (%T), want a ConstraintError", err, err)
	}
	if fmt.Sprint(ce.Kind) != fmt.Sprint(kind) {
		t.Errorf("kind = %s, want %s (%v)", ce.Kind, kind, err)
	}
	if ce.Unwrap() == nil {
		t.Error("the database's own error is lost")
	}
	return ce
}

// testConstraints breaks each rule and looks at the error.
func testConstraints(t *testing.T, e *env) {
	ada, _ := library(t, e)
	ce := constraint(t, orm.Create(e.ctx, &Author{Name: "Ada"}), orm.UniqueConstraint)
	if ce.Table != "dialecttest_author" || !slices.Equal(ce.Columns, []string{"name"}) {
		t.Errorf("unique: %+v", ce)
	}
	ce = constraint(t, orm.Create(e.ctx, &Author{ID: ada.ID, Name: "Other"}), orm.UniqueConstraint)
	if !slices.Equal(ce.Columns, []string{"id"}) {
		t.Errorf("primary key: %+v", ce)
	}
	ce = constraint(t, orm.Create(e.ctx, &Book{Title: "Alpha", Author: orm.To(ada), Pages: 1, Out: date(2026, 1, 1)}), orm.UniqueConstraint)
	if !slices.Equal(ce.Columns, []string{"author_id", "title"}) {
		t.Errorf("unique over two columns: %+v", ce)
	}
	ce = constraint(t, orm.Create(e.ctx, &Book{Title: "x", Author: orm.To(ada), Pages: 0, Out: date(2026, 1, 1)}), orm.CheckConstraint)
	if ce.Constraint != "dialecttest_pages" {
		t.Errorf("check: %+v", ce)
	}
	missing := &Book{Title: "x", Pages: 1, Out: date(2026, 1, 1)}
	missing.Author.ID = 999_999
	constraint(t, orm.Create(e.ctx, missing), orm.ForeignKeyConstraint)
	_, err := orm.Objects[Author]().Filter(orm.Eq(&author.ID, ada.ID)).Update(e.ctx, orm.SetNullValue(&author.Name))
	ce = constraint(t, err, orm.NotNullConstraint)
	if !slices.Equal(ce.Columns, []string{"name"}) {
		t.Errorf("not null: %+v", ce)
	}
	constraint(t, exec(e, "INSERT INTO dialecttest_book (title, author_id, pages, "+e.db.Dialect().QuoteName("out")+") VALUES (?, ?, ?, NULL)", "y", ada.ID, 3), orm.NotNullConstraint)

	if !e.db.Dialect().DeferredKeys {
		return
	}
	// A deferred foreign key may be broken inside a transaction, not at its end.
	err = orm.Atomic(e.ctx, func(ctx context.Context) error {
		b := &Book{Title: "later", Pages: 1, Out: date(2026, 1, 1)}
		b.Author.ID = 424_242
		if err := orm.Create(ctx, b); err != nil {
			return err
		}
		return orm.Create(ctx, &Author{ID: 424_242, Name: "late"})
	})
	must(t, err)
	err = orm.Atomic(e.ctx, func(ctx context.Context) error {
		b := &Book{Title: "never", Pages: 1, Out: date(2026, 1, 1)}
		b.Author.ID = 434_343
		return orm.Create(ctx, b)
	})
	constraint(t, err, orm.ForeignKeyConstraint)
	n, err := orm.Objects[Book]().Filter(orm.Eq(&book.Title, "never")).Count(e.ctx)
	must(t, err)
	want(t, "books of a failed transaction", n, 0)
}

// testWrites creates, saves, updates and deletes.
func testWrites(t *testing.T, e *env) {
	a := &Author{Name: "one"}
	must(t, orm.Save(e.ctx, a))
	a.Name = "two"
	must(t, orm.Save(e.ctx, a))
	must(t, orm.Save(e.ctx, &Author{ID: 77, Name: "with a key"}))
	if _, err := orm.Objects[Author]().Get(e.ctx, orm.Eq(&author.ID, int64(77))); err != nil {
		t.Error(err)
	}
	b := &Author{Name: "three"}
	must(t, orm.Create(e.ctx, b))
	if b.ID == 0 || b.ID == a.ID {
		t.Errorf("keys %d and %d", a.ID, b.ID)
	}
	if err := orm.Save(e.ctx, &Author{ID: 12345}, &author.Name); !errors.Is(err, orm.ErrNotUpdated) {
		t.Errorf("Save of a missing row = %v, want ErrNotUpdated", err)
	}
	if _, err := orm.Objects[Author]().Get(e.ctx, orm.Eq(&author.Name, "nobody")); !errors.Is(err, orm.ErrNotFound) {
		t.Errorf("Get of nothing = %v, want ErrNotFound", err)
	}
	if _, err := orm.Objects[Author]().Get(e.ctx); !errors.Is(err, orm.ErrMultiple) {
		t.Errorf("Get of many = %v, want ErrMultiple", err)
	}
	n, err := orm.Objects[Author]().Filter(orm.Eq(&author.Name, "two")).Update(e.ctx, orm.Set(&author.Name, "two"))
	must(t, err)
	want(t, "matched though nothing changed", n, 1)
	got, created, err := orm.Objects[Author]().Filter(orm.Eq(&author.Name, "four")).GetOrCreate(e.ctx, &Author{Name: "four"})
	must(t, err)
	want(t, "created", created, true)
	_, created, err = orm.Objects[Author]().Filter(orm.Eq(&author.Name, "four")).GetOrCreate(e.ctx, &Author{Name: "four"})
	must(t, err)
	want(t, "created again", created, false)
	got, _, err = orm.Objects[Author]().Filter(orm.Eq(&author.ID, got.ID)).UpdateOrCreate(e.ctx, &Author{Name: "x"}, orm.Set(&author.Name, "five"))
	must(t, err)
	want(t, "updated", got.Name, "five")
	count := 0
	for _, err := range orm.Objects[Author]().Iter(e.ctx) {
		must(t, err)
		count++
	}
	want(t, "iterated", count, 4)
}

// testBulk creates many rows at once.
func testBulk(t *testing.T, e *env) {
	const n = 2500
	list := make([]*Author, n)
	for i := range list {
		list[i] = &Author{Name: fmt.Sprint("author ", i)}
	}
	must(t, orm.Objects[Author]().BulkCreate(e.ctx, list))
	seen := map[int64]bool{}
	for i, a := range list {
		if a.ID == 0 || seen[a.ID] {
			t.Fatalf("object %d has key %d", i, a.ID)
		}
		seen[a.ID] = true
	}
	for _, i := range []int{0, 1234, n - 1} {
		got, err := orm.Objects[Author]().Get(e.ctx, orm.Eq(&author.ID, list[i].ID))
		must(t, err)
		want(t, "name", got.Name, list[i].Name)
	}
	after := &Author{Name: "after"}
	must(t, orm.Create(e.ctx, after))
	if seen[after.ID] {
		t.Errorf("the key %d was given twice", after.ID)
	}

	// One clash, and nothing is added.
	again := make([]*Author, 500)
	for i := range again {
		again[i] = &Author{Name: fmt.Sprint("new ", i)}
	}
	again[400].Name = "author 7"
	constraint(t, orm.Objects[Author]().BulkCreate(e.ctx, again), orm.UniqueConstraint)
	count, err := orm.Objects[Author]().Count(e.ctx)
	must(t, err)
	want(t, "authors", count, n+1)
	for _, a := range again {
		a.ID = 0
	}
	must(t, orm.Objects[Author]().BulkCreate(e.ctx, again, orm.BulkOptions{IgnoreConflicts: true}))
	count, err = orm.Objects[Author]().Count(e.ctx)
	must(t, err)
	want(t, "authors without the clash", count, n+500)
	up := []*Author{{ID: list[0].ID, Name: "renamed"}, {ID: 9_000_001, Name: "added"}}
	must(t, orm.Objects[Author]().BulkCreate(e.ctx, up, orm.BulkOptions{UpdateFields: []any{&author.Name}, UniqueFields: []any{&author.ID}}))
	got, err := orm.Objects[Author]().Get(e.ctx, orm.Eq(&author.ID, list[0].ID))
	must(t, err)
	want(t, "name after an upsert", got.Name, "renamed")
}
