package orm_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/signals"
)

// listening returns a context whose receivers write down what they are told.
func listening(t testing.TB, ctx context.Context, receivers ...signals.Receiver) context.Context {
	t.Helper()
	h, err := signals.NewHub(signals.Options{AfterCommit: orm.OnCommit}, receivers...)
	must(t, err)
	return orm.WithSignals(ctx, h)
}

// journal is what happened, in order.
type journal []string

func (j *journal) add(format string, args ...any) { *j = append(*j, fmt.Sprintf(format, args...)) }

func (j *journal) take() string {
	s := strings.Join(*j, "; ")
	*j = nil
	return s
}

func (j *journal) tag(event string) func(context.Context, orm.SaveEvent[Tag]) error {
	return func(_ context.Context, e orm.SaveEvent[Tag]) error {
		j.add("%s %s %v %v", event, e.Object.Slug, e.Created, e.Fields)
		return nil
	}
}

func TestSaveSignals(t *testing.T) {
	t.Parallel()
	var j journal
	ctx := listening(
		t, open(t),
		orm.PreSave[Tag]().On(j.tag("pre")), orm.PostSave[Tag]().On(j.tag("post")),
		orm.PostSaveAny().On(func(_ context.Context, e orm.AnySave) error {
			j.add("any %s %s", e.Model.Name(), e.Using)
			return nil
		}),
		orm.PostSave[Tag]().On(func(context.Context, orm.SaveEvent[Tag]) error { j.add("committed"); return nil }).AfterCommit(),
	)
	tag := &Tag{Slug: "go"}
	must(t, orm.Create(ctx, tag))
	if got := j.take(); got != "pre go false []; post go true []; committed; any Tag default" {
		t.Errorf("Create: %s", got)
	}
	must(t, orm.Atomic(ctx, func(ctx context.Context) error {
		tag.Slug = "golang"
		return orm.Save(ctx, tag, &g.Slug)
	}))
	if got := j.take(); got != "pre golang false [slug]; post golang false [slug]; any Tag default; committed" {
		t.Errorf("Save: %s", got)
	}
	must(t, orm.Save(ctx, &Tag{ID: 99, Slug: "late"}))
	if got := j.take(); !strings.Contains(got, "post late true") {
		t.Errorf("Save that inserts: %s", got)
	}
	must(t, orm.Create(ctx, &User{Username: "ada"}))
	if got := j.take(); got != "any User default" {
		t.Errorf("another model: %s", got)
	}
	must(t, orm.Objects[Tag]().BulkCreate(ctx, []*Tag{{Slug: "bulk"}}))
	must(t, orm.Create(orm.WithoutSignals(ctx), &Tag{Slug: "quiet"}))
	must(t, orm.Create(orm.WithoutSignals(ctx, "orm.post_save"), &Tag{Slug: "half"}))
	if got := j.take(); got != "pre half false []" {
		t.Errorf("left out: %s", got)
	}
}

func TestReceiversChangeAndRefuse(t *testing.T) {
	t.Parallel()
	broken := errors.New("not that one")
	ctx := listening(t, open(t), orm.PreSave[Tag]().On(func(_ context.Context, e orm.SaveEvent[Tag]) error {
		if e.Object.Slug == "bad" {
			return broken
		}
		e.Object.Slug = strings.ToLower(e.Object.Slug)
		return nil
	}))
	must(t, orm.Create(ctx, &Tag{Slug: "LOUD"}))
	if n, err := orm.Objects[Tag]().Filter(orm.Eq(&g.Slug, "loud")).Count(ctx); n != 1 || err != nil {
		t.Errorf("what a receiver changed is not written: %d %v", n, err)
	}
	if err := orm.Create(ctx, &Tag{Slug: "bad"}); !errors.Is(err, broken) {
		t.Errorf("Create = %v", err)
	}
	if n, _ := orm.Objects[Tag]().Count(ctx); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestDeleteSignals(t *testing.T) {
	t.Parallel()
	var j journal
	write := func(event string) func(context.Context, orm.DeleteEvent[Tag]) error {
		return func(_ context.Context, e orm.DeleteEvent[Tag]) error {
			_, object := e.Origin.(*Tag)
			j.add("%s %d %s %v", event, e.Object.ID, e.Object.Slug, object)
			return nil
		}
	}
	base := open(t)
	_, tags, arts := seed(t, base)
	ctx := listening(
		t, base, orm.PreDelete[Tag]().On(write("pre")), orm.PostDelete[Tag]().On(write("post")),
		orm.PostDeleteAny().On(func(_ context.Context, e orm.AnyDelete) error { j.add("any %s", e.Model.Name()); return nil }),
	)
	tags[2].Slug = "changed" // the receiver sees this object, not another from the row
	d, err := orm.Delete(ctx, tags[2])
	must(t, err)
	if got := j.take(); got != "pre 3 changed true; post 3 changed true; any Tag" || d.Total != 1 || tags[2].ID != 0 {
		t.Errorf("Delete: %s, %+v", got, d)
	}
	if _, err := orm.Objects[Tag]().Delete(ctx); err != nil {
		t.Fatal(err)
	}
	if got := j.take(); got != "pre 1 go false; pre 2 sql false; post 1 go false; any Tag; post 2 sql false; any Tag" {
		t.Errorf("Query.Delete: %s", got)
	}
	if _, err := orm.Objects[Article]().Using("default").DeleteObject(ctx, arts[0]); err != nil {
		t.Fatal(err)
	}
	if got := j.take(); got != "any Article" {
		t.Errorf("DeleteObject: %s", got)
	}
}

func TestManyChanged(t *testing.T) {
	t.Parallel()
	var j journal
	base := open(t)
	_, tags, arts := seed(t, base)
	ctx := listening(t, base, orm.ManyChanged(&a.Tags).On(func(_ context.Context, e orm.ManyEvent) error {
		j.add("%s %d %s %v %v", e.Action, e.Owner.(*Article).ID, e.Related.Name(), e.Reverse, e.Keys)
		return nil
	}))
	art := arts[0] // it has tag 1
	must(t, art.Tags.Add(ctx, tags[0], tags[1]))
	if got := j.take(); got != "pre_add 1 Tag false [2]; post_add 1 Tag false [2]" {
		t.Errorf("Add: %s", got)
	}
	must(t, art.Tags.Set(ctx, tags[1], tags[2]))
	if got := j.take(); got != "pre_remove 1 Tag false [1]; post_remove 1 Tag false [1]; pre_add 1 Tag false [3]; post_add 1 Tag false [3]" {
		t.Errorf("Set: %s", got)
	}
	must(t, art.Tags.Clear(ctx))
	if got := j.take(); got != "pre_clear 1 Tag false []; post_clear 1 Tag false []" {
		t.Errorf("Clear: %s", got)
	}
}

func TestInitAndBatchSignals(t *testing.T) {
	t.Parallel()
	var j journal
	base := open(t)
	seed(t, base)
	ctx := listening(
		t, base,
		orm.PostInit[User]().On(func(_ context.Context, e orm.InitEvent[User]) error { j.add("init %s", e.Object.Username); return nil }),
		orm.PostBatch[Tag]().On(func(_ context.Context, e orm.BatchEvent[Tag]) error {
			j.add("%s %d %d %v", e.Action, e.Rows, len(e.Objects), e.Fields)
			return nil
		}),
	)
	_, err := users.OrderBy(orm.Asc(&u.ID)).All(ctx)
	must(t, err)
	_, err = articles.Related(&a.Author).OrderBy(orm.Asc(&a.ID)).First(ctx)
	must(t, err)
	if got := j.take(); got != "init ada; init bob; init ada" {
		t.Errorf("init: %s", got)
	}
	q := orm.Objects[Tag]()
	list := []*Tag{{Slug: "x"}, {Slug: "y"}}
	must(t, q.BulkCreate(ctx, list))
	_, err = q.BulkUpdate(ctx, list, &g.Slug)
	must(t, err)
	_, err = q.Filter(orm.Eq(&g.Slug, "x")).Update(ctx, orm.Set(&g.Slug, "z"))
	must(t, err)
	if got := j.take(); got != "create 2 2 []; update 2 2 [slug]; update 1 0 [slug]" {
		t.Errorf("batches: %s", got)
	}
}

func BenchmarkCreateWithSignals(b *testing.B) {
	base := open(b)
	for _, bench := range []struct {
		name string
		ctx  context.Context
	}{
		{"no hub", base},
		{"other models only", listening(b, base, orm.PostSave[User]().On(func(context.Context, orm.SaveEvent[User]) error { return nil }))},
		{"one receiver", listening(b, base, orm.PostSave[Tag]().On(func(context.Context, orm.SaveEvent[Tag]) error { return nil }))},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			tag := &Tag{Slug: "s"}
			must(b, orm.Create(base, tag))
			for b.Loop() {
				if err := orm.Save(bench.ctx, tag); err != nil {
					b.Fatal(err)
				}
			}
			_, err := orm.Delete(base, tag)
			must(b, err)
		})
	}
}
