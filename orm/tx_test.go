package orm_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

func count(t *testing.T, ctx context.Context) int {
	t.Helper()
	n, err := orm.Objects[Tag]().Count(ctx)
	must(t, err)
	return n
}

func TestAtomic(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	boom := errors.New("boom")
	add := func(ctx context.Context, slug string) {
		t.Helper()
		must(t, orm.Create(ctx, &Tag{Slug: slug}))
	}

	err := orm.Atomic(ctx, func(ctx context.Context) error { add(ctx, "kept"); return nil })
	if err != nil || count(t, ctx) != 1 {
		t.Fatalf("commit: %v, %d rows", err, count(t, ctx))
	}
	err = orm.Atomic(ctx, func(ctx context.Context) error { add(ctx, "lost"); return boom })
	if !errors.Is(err, boom) || count(t, ctx) != 1 {
		t.Errorf("rollback: %v, %d rows", err, count(t, ctx))
	}
	err = orm.Atomic(ctx, func(ctx context.Context) error {
		add(ctx, "outer")
		inner := orm.Atomic(ctx, func(ctx context.Context) error { add(ctx, "inner"); return boom })
		if !errors.Is(inner, boom) {
			t.Errorf("inner: %v", inner)
		}
		return nil
	})
	if err != nil || count(t, ctx) != 2 {
		t.Errorf("savepoint: %v, %d rows, want 2", err, count(t, ctx))
	}
	func() {
		defer func() { _ = recover() }()
		_ = orm.Atomic(ctx, func(ctx context.Context) error { add(ctx, "panic"); panic("x") })
	}()
	if count(t, ctx) != 2 {
		t.Error("a panic did not roll back")
	}
	cancelled, cancel := context.WithCancel(ctx)
	err = orm.Atomic(cancelled, func(ctx context.Context) error { add(ctx, "cancelled"); cancel(); return nil })
	if !errors.Is(err, context.Canceled) || count(t, ctx) != 2 {
		t.Errorf("cancelled: %v, %d rows", err, count(t, ctx))
	}
	var leaked context.Context
	must(t, orm.Atomic(ctx, func(ctx context.Context) error { leaked = ctx; return nil }))
	if err := orm.Create(leaked, &Tag{Slug: "leak"}); err == nil || !strings.Contains(err.Error(), "over") {
		t.Errorf("a context kept beyond Atomic: %v", err)
	}
	err = orm.Atomic(ctx, func(ctx context.Context) error {
		return orm.AtomicWith(ctx, orm.AtomicOptions{Durable: true}, func(context.Context) error { return nil })
	})
	if err == nil {
		t.Error("a durable Atomic ran inside another")
	}
}

func TestOnCommit(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	var got []string
	note := func(s string) func(context.Context) error {
		return func(context.Context) error { got = append(got, s); return nil }
	}
	must(t, orm.OnCommit(ctx, note("now")))
	must(t, orm.Atomic(ctx, func(ctx context.Context) error {
		must(t, orm.OnCommit(ctx, note("first")))
		_ = orm.Atomic(ctx, func(ctx context.Context) error {
			must(t, orm.OnCommit(ctx, note("undone")))
			return errors.New("x")
		})
		must(t, orm.Atomic(ctx, func(ctx context.Context) error { return orm.OnCommit(ctx, note("second")) }))
		if len(got) != 1 {
			t.Errorf("hooks ran before the commit: %v", got)
		}
		return nil
	}))
	if s := strings.Join(got, " "); s != "now first second" {
		t.Errorf("hooks = %q", s)
	}
}

func TestConstraintErrors(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	must(t, orm.Create(ctx, &Tag{Slug: "go"}))
	err := orm.Create(ctx, &Tag{Slug: "go"})
	ce, ok := errors.AsType[*orm.ConstraintError](err)
	if !ok || ce.Kind != orm.UniqueConstraint || ce.Table != "orm_test_tag" || len(ce.Columns) != 1 || ce.Columns[0] != "slug" {
		t.Errorf("unique: %#v", err)
	}
	err = orm.Create(ctx, &Article{Slug: "x"})
	if ce, ok := errors.AsType[*orm.ConstraintError](err); !ok || ce.Kind != orm.NotNullConstraint {
		t.Errorf("missing author: %v", err)
	}
	err = orm.Create(ctx, &Article{Slug: "x", Author: orm.FK[User]{ID: 99}})
	if ce, ok := errors.AsType[*orm.ConstraintError](err); !ok || ce.Kind != orm.ForeignKeyConstraint {
		t.Errorf("wrong author: %v", err)
	}
	_, created, err := orm.Objects[Tag]().Filter(orm.Eq(&g.Slug, "go")).GetOrCreate(ctx, &Tag{Slug: "go"})
	if err != nil || created {
		t.Errorf("GetOrCreate of a row that is there: %v, %v", created, err)
	}
	got, created, err := orm.Objects[Tag]().Filter(orm.Eq(&g.Slug, "new")).GetOrCreate(ctx, &Tag{Slug: "new"})
	if err != nil || !created || got.ID == 0 {
		t.Errorf("GetOrCreate: %v, %v, %v", got, created, err)
	}
}

func TestSave(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	users, _, _ := seed(t, ctx)
	art := &Article{Title: "n", Slug: "n", Author: orm.To(users[0])}
	must(t, orm.Save(ctx, art))
	if art.ID == 0 || art.Status != Draft || art.Created.IsZero() {
		t.Errorf("Save did not fill key, default and time: %+v", art)
	}
	art.Title, art.Likes, art.Body = "changed", 0, "body"
	must(t, orm.Save(ctx, art, &a.Title))
	must(t, orm.Refresh(ctx, art))
	if art.Title != "changed" || art.Body != "" {
		t.Errorf("Save of one field: %+v", art)
	}
	art.Likes = 7
	must(t, orm.Save(ctx, art))
	art.Likes = 0 // a zero value is written as any other
	must(t, orm.Save(ctx, art))
	must(t, orm.Refresh(ctx, art))
	if art.Likes != 0 {
		t.Errorf("Save left likes at %d", art.Likes)
	}
	ghost := &Article{ID: 4242, Title: "g", Slug: "g", Author: orm.To(users[0])}
	if err := orm.Save(ctx, ghost, &a.Title); !errors.Is(err, orm.ErrNotUpdated) {
		t.Errorf("Save of a field of a missing row: %v", err)
	}
	must(t, orm.Save(ctx, ghost)) // no such row: an insert with the key
	if n, _ := orm.Objects[Article]().Filter(orm.Eq(&a.ID, 4242)).Count(ctx); n != 1 {
		t.Error("Save with an unused key did not insert")
	}
	if err := orm.Save(ctx, &Article{}, &a.Title); !errors.Is(err, orm.ErrNotSaved) {
		t.Errorf("Save of a field without a key: %v", err)
	}
	n, err := orm.Objects[Article]().Filter(orm.Eq(&a.Author.To().Username, "ada")).Update(ctx, orm.SetTo(&a.Likes, orm.F(&a.Likes).Plus(10)), orm.SetNullValue(&a.Published))
	if err != nil || n != 5 {
		t.Errorf("Update = %d, %v, want 5", n, err)
	}
}

// A read stops when its context ends, and the connection serves the next query.
func TestCancelledRead(t *testing.T) {
	t.Parallel()
	ctx := open(t)
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := orm.QueryRows(orm.WithTimeZone(short, "UTC"), "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n", nil, func([]any) error { return nil })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want deadline exceeded", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("stopped after %s", took)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := orm.Objects[Tag]().Count(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	must(t, orm.Create(ctx, &Tag{Slug: "after"}))
}

func TestQueryLog(t *testing.T) {
	t.Parallel()
	ctx, log := logged(open(t))
	for i := range 3 {
		_, err := orm.Objects[Tag]().Filter(orm.Eq(&g.ID, int64(i))).All(ctx)
		must(t, err)
	}
	e := log.Entries()
	if len(e) != 3 || !strings.HasPrefix(e[0].Caller, "orm/tx_test.go:") || e[1].Args[0] != int64(1) {
		t.Errorf("entries = %+v", e)
	}
	if d := log.Duplicates(); len(d) != 1 || d[0].Count != 3 {
		t.Errorf("duplicates = %+v", d)
	}
}

// Two sites in one process do not see each other: the databases are in the context only.
func TestTwoSites(t *testing.T) {
	t.Parallel()
	one, two := open(t), open(t)
	must(t, orm.Create(one, &Tag{Slug: "one"}))
	if n := count(t, two); n != 0 {
		t.Errorf("the other site has %d rows", n)
	}
	err := orm.Atomic(one, func(ctx context.Context) error {
		must(t, orm.Create(two, &Tag{Slug: "two"})) // not part of the transaction of the other
		return errors.New("x")
	})
	if err == nil || count(t, two) != 1 || count(t, one) != 1 {
		t.Error("transactions of two sites mixed")
	}
}

func TestCompositeKey(t *testing.T) {
	t.Parallel()
	ctx := conformanceDB(t)
	key := orm.Fields[newsroom.Composite]()
	for i := range 3 {
		must(t, orm.Save(ctx, &newsroom.Composite{Region: "eu", Number: int32(i), Note: "n"}))
	}
	err := orm.Create(ctx, &newsroom.Composite{Region: "eu", Number: 1})
	if ce, ok := errors.AsType[*orm.ConstraintError](err); !ok || ce.Kind != orm.UniqueConstraint {
		t.Errorf("the same key twice: %v", err)
	}
	c, err := orm.Objects[newsroom.Composite]().Get(ctx, orm.Eq(&key.Region, "eu"), orm.Eq(&key.Number, 1))
	must(t, err)
	c.Note = "changed"
	must(t, orm.Save(ctx, c))
	must(t, orm.Refresh(ctx, c))
	n, err := orm.Objects[newsroom.Composite]().Filter(orm.Eq(&key.Note, "changed")).Count(ctx)
	if err != nil || n != 1 || c.Note != "changed" {
		t.Errorf("Save changed %d rows, %v", n, err)
	}
	d, err := orm.Delete(ctx, c)
	if err != nil || d.Total != 1 {
		t.Errorf("Delete = %+v, %v", d, err)
	}
	if n, _ := orm.Objects[newsroom.Composite]().Count(ctx); n != 2 {
		t.Errorf("%d rows left, want 2", n)
	}
}
