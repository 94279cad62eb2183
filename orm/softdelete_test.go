package orm_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// House is a tenant: rows of others are hidden.
type House struct{ Tenant int64 }

func (House) Scope(h *House) []orm.Predicate { return []orm.Predicate{orm.Eq(&h.Tenant, 1)} }

type Keeper struct {
	ID    int64
	Name  string
	Memos orm.Many[Memo]
	orm.SoftDelete
}

func (Keeper) Fields(k *Keeper) []orm.Field {
	return []orm.Field{orm.Char(&k.Name, 20), orm.HasMany(&k.Memos, &orm.Fields[Memo]().Keeper)}
}

func (Keeper) Meta(*Keeper) orm.Meta { return orm.Meta{App: "memos"} }

// Memo has two structs with scopes, a scope of its own, and a Meta, which does not take them away.
type Memo struct {
	ID     int64
	Text   string
	Words  int64
	Keeper orm.FK[Keeper]
	Labels orm.Many[Mark]
	House
	orm.SoftDelete
}

func (Memo) Fields(m *Memo) []orm.Field {
	return []orm.Field{orm.Char(&m.Text, 20), orm.Ref(&m.Keeper).OnDelete(orm.Cascade), orm.ManyToMany(&m.Labels).RelatedName("memos"), orm.Extra(&m.Words)}
}

func (Memo) Scope(m *Memo) []orm.Predicate { return []orm.Predicate{orm.Ne(&m.Text, "hidden")} }
func (Memo) Meta(m *Memo) orm.Meta {
	return orm.Meta{App: "memos", Ordering: orm.By(orm.Asc(&m.Text))}
}

type Mark struct {
	ID    int64
	Name  string
	Memos orm.Many[Memo]
}

func (Mark) Fields(m *Mark) []orm.Field {
	return []orm.Field{orm.Char(&m.Name, 20), orm.ManyBack(&m.Memos, &orm.Fields[Memo]().Labels)}
}

func (Mark) Meta(*Mark) orm.Meta { return orm.Meta{App: "memos"} }

// Reminder is a memo with a table of its own, LoudMemo another view of memos.
type (
	Reminder struct {
		Memo
		Due int64
	}
	LoudMemo struct{ Memo }
)

func (Reminder) Fields(r *Reminder) []orm.Field { return []orm.Field{orm.Parent(&r.Memo)} }
func (Reminder) Meta(*Reminder) orm.Meta        { return orm.Meta{App: "memos"} }
func (LoudMemo) Meta(*LoudMemo) orm.Meta        { return orm.Meta{App: "memos", Proxy: true} }

func memoModels() []orm.Model {
	return []orm.Model{orm.ModelOf[Keeper](), orm.ModelOf[Mark](), orm.ModelOf[Memo](), orm.ModelOf[Reminder](), orm.ModelOf[LoudMemo]()}
}

// memos makes a keeper with the memos a, b, c, one that is hidden and one of another house; all have the same mark.
func memos(t *testing.T, ctx context.Context) (*Keeper, *Mark, map[string]*Memo) {
	t.Helper()
	k, mark := &Keeper{Name: "kay"}, &Mark{Name: "red"}
	must(t, orm.Create(ctx, k))
	must(t, orm.Create(ctx, mark))
	all := map[string]*Memo{}
	for _, text := range []string{"a", "b", "c", "hidden", "other"} {
		m := &Memo{Text: text, Keeper: orm.To(k), House: House{1}}
		if text == "other" {
			m.Tenant = 2
		}
		must(t, orm.Create(ctx, m))
		must(t, m.Labels.Add(ctx, mark))
		all[text] = m
	}
	return k, mark, all
}

func texts(t *testing.T, ctx context.Context, q orm.Query[Memo]) string {
	t.Helper()
	list, err := q.All(ctx)
	must(t, err)
	return listed(list, func(m *Memo) string { return m.Text })
}

func TestScope(t *testing.T) {
	eachDatabase(t, memoModels(), func(t *testing.T, ctx context.Context) {
		m, kf := orm.Fields[Memo](), orm.Fields[Keeper]()
		k, mark, all := memos(t, ctx)
		q := orm.Objects[Memo]()
		count := func(q orm.Query[Memo]) string {
			n, err := q.Count(ctx)
			must(t, err)
			return strings.Repeat("x", n)
		}
		related := func(q orm.Query[Keeper]) string {
			list, err := q.All(ctx)
			must(t, err)
			memos, err := list[0].Memos.All(ctx)
			must(t, err)
			return listed(memos, func(m *Memo) string { return m.Text })
		}
		back, err := mark.Memos.All(ctx)
		must(t, err)
		annotated := func() string {
			list, err := q.Filter(orm.Eq(&m.Labels.To().Name, "red")).Annotate(orm.As(&m.Words, orm.Count(&m.Labels.To().ID))).All(ctx)
			must(t, err)
			return listed(list, func(m *Memo) string { return m.Text + strings.Repeat("+", int(m.Words)) })
		}
		for _, tt := range []struct{ name, got, want string }{
			{"Objects", texts(t, ctx, q), "a b c"},
			{"again, from the cache", texts(t, ctx, orm.Objects[Memo]()), "a b c"},
			{"with a filter", texts(t, ctx, q.Filter(orm.Gt(&m.Text, "a"))), "b c"},
			{"after None, Or and Exclude", texts(t, ctx, q.Exclude(orm.Eq(&m.Text, "a"))), "b c"},
			{"Unscoped", texts(t, ctx, orm.Unscoped(q)), "a b c hidden other"},
			{"Lift of one", texts(t, ctx, orm.Lift[House](q)), "a b c other"},
			{"Lift of two", texts(t, ctx, orm.Lift[Memo](orm.Lift[House](q))), "a b c hidden other"},
			{"Count", count(q), "xxx"},
			{"Count of all", count(orm.Unscoped(q)), "xxxxx"},
			{"a union", texts(t, ctx, q.Filter(orm.Eq(&m.Text, "a")).Union(q.Filter(orm.Gt(&m.Text, "b"))).OrderBy(orm.Asc(&m.Text))), "a c"},
			{"a subquery", related(orm.Objects[Keeper]().Filter(orm.InQuery(&kf.ID, orm.Pluck(q, &m.Keeper.ID)))), "a b c"},
			{"a wrapped query", texts(t, ctx, q.Wrap().Filter(orm.Gt(&m.Text, "a"))), "b c"},
			{"the way back", related(orm.Objects[Keeper]()), "a b c"},
			{"the way back, prefetched", related(orm.Objects[Keeper]().Prefetch(&kf.Memos)), "a b c"},
			{"its query", texts(t, ctx, k.Memos.Query()), "a b c"},
			{"the other side of a many-to-many field", listed(back, func(m *Memo) string { return m.Text }), "a b c"},
			{"an annotation over the joins of a filter", annotated(), "a+ b+ c+"},
			{"look-ups across relations are not", related(orm.Objects[Keeper]().Filter(orm.Eq(&orm.Rev[Memo](&m.Keeper).Text, "hidden"))), "a b c"},
		} {
			if tt.got != tt.want {
				t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
			}
		}
		sum, err := orm.Aggregate(ctx, q, orm.Sum(&m.Tenant))
		if err != nil || sum != 3 {
			t.Errorf("Sum = %v %v", sum, err)
		}
		ok, err := q.Filter(orm.Eq(&m.Text, "hidden")).Exists(ctx)
		if err != nil || ok {
			t.Errorf("Exists = %v %v", ok, err)
		}
		n, err := q.Update(ctx, orm.SetTo(&m.Text, orm.Upper(&m.Text)))
		if err != nil || n != 3 {
			t.Errorf("Update = %d %v", n, err)
		}
		hidden := all["hidden"]
		hidden.Text = "HIDDEN"
		must(t, orm.Save(ctx, hidden))
		must(t, orm.Refresh(ctx, all["other"]))
		if d, err := orm.HardDelete(ctx, hidden); err != nil || d.ByModel["memos.Memo"] != 1 {
			t.Errorf("Delete of a hidden object: %+v %v", d, err)
		}
		// What is pointed to is found, hidden or not.
		_, err = orm.Delete(ctx, k)
		must(t, err)
		memo, err := q.First(ctx)
		must(t, err)
		if got, err := memo.Keeper.Get(ctx); err != nil || got.Name != "kay" || !got.IsDeleted() {
			t.Errorf("the keeper of a memo: %v %v", got, err)
		}
		if joined, err := q.Related(&m.Keeper).First(ctx); err != nil || joined.Keeper.ID != k.ID {
			t.Errorf("Related: %v %v", joined, err)
		}
		must(t, orm.FullClean(ctx, memo))
	})
}

func TestSoftDelete(t *testing.T) {
	eachDatabase(t, memoModels(), func(t *testing.T, base context.Context) {
		var j journal
		note := func(event string) func(context.Context, orm.DeleteEvent[Memo]) error {
			return func(_ context.Context, e orm.DeleteEvent[Memo]) error {
				j.add("%s %s %v %v", event, e.Object.Text, e.Soft, e.Object.IsDeleted())
				return nil
			}
		}
		ctx := listening(t, base, orm.PreDelete[Memo]().On(note("pre")), orm.PostDelete[Memo]().On(note("post")))
		m := orm.Fields[Memo]()
		k, _, all := memos(t, ctx)
		q := orm.Objects[Memo]()
		before := time.Now().Add(-time.Minute)

		d, err := orm.Delete(ctx, all["a"])
		if err != nil || d.Total != 1 || d.ByModel["memos.Memo"] != 1 || all["a"].ID == 0 || !all["a"].IsDeleted() || all["a"].DeletedAt.Before(before) {
			t.Errorf("Delete: %+v %v %+v", d, err, all["a"])
		}
		if got := j.take(); got != "pre a true false; post a true true" {
			t.Errorf("signals: %s", got)
		}
		if d, err := orm.Delete(ctx, all["a"]); err != nil || d.Total != 0 {
			t.Errorf("Delete again: %+v %v", d, err)
		}
		j.take()
		if d, err := q.Filter(orm.Gte(&m.Text, "b")).Delete(orm.WithoutSignals(ctx)); err != nil || d.Total != 2 {
			t.Errorf("Delete of a query: %+v %v", d, err)
		}
		if got := texts(t, ctx, q) + "|" + texts(t, ctx, orm.WithDeleted(q)) + "|" + texts(t, ctx, orm.OnlyDeleted(q)) + "|" + texts(t, ctx, orm.Unscoped(q)); got != "|a b c|a b c|a b c hidden other" {
			t.Errorf("rows: %s", got)
		}
		must(t, orm.Restore(ctx, all["a"]))
		if all["a"].IsDeleted() || texts(t, ctx, q) != "a" {
			t.Errorf("Restore: %+v, %s", all["a"], texts(t, ctx, q))
		}
		n, err := orm.OnlyDeleted(q).Filter(orm.Eq(&m.Text, "b")).Update(ctx, orm.SetByName("deleted_at", nil))
		if err != nil || n != 1 || texts(t, ctx, q) != "a b" {
			t.Errorf("Restore of a query: %d %v", n, err)
		}
		gone, err := q.Filter(orm.Eq(&m.Text, "b")).DeleteReturning(ctx)
		if err != nil || len(gone) != 1 || texts(t, ctx, orm.WithDeleted(q)) != "a b c" {
			t.Errorf("DeleteReturning: %v %v", gone, err)
		}
		updated, err := q.UpdateReturning(ctx, orm.SetByName("text", "hidden"))
		if err != nil || len(updated) != 1 || updated[0].Text != "hidden" {
			t.Errorf("UpdateReturning of what is hidden then: %v %v", updated, err)
		}
		if d, err := orm.WithDeleted(q).HardDelete(ctx); err != nil || d.ByModel["memos.Memo"] != 2 || d.ByModel["memos.Memo_labels"] != 2 {
			t.Errorf("HardDelete of a query: %+v %v", d, err)
		}
		j.take()
		if d, err := orm.HardDelete(ctx, k); err != nil || d.ByModel["memos.Memo"] != 3 || k.ID != 0 {
			t.Errorf("HardDelete takes along what hangs on it, hidden or not: %+v %v", d, err)
		}
		if got := j.take(); !strings.Contains(got, "pre other false false") {
			t.Errorf("signals: %s", got)
		}
		must(t, orm.Create(ctx, &Memo{Text: "x", Keeper: k.again(t, ctx), House: House{1}}))
		if err := orm.Restore(ctx, &Memo{}); !errors.Is(err, orm.ErrNotSaved) {
			t.Errorf("Restore of a new object: %v", err)
		}
		if err := orm.Restore(ctx, &Mark{ID: 1}); err == nil || !strings.Contains(err.Error(), "does not embed orm.SoftDelete") {
			t.Errorf("Restore without SoftDelete: %v", err)
		}
	})
}

func (k *Keeper) again(t *testing.T, ctx context.Context) orm.FK[Keeper] {
	t.Helper()
	must(t, orm.Create(ctx, k))
	return orm.To(k)
}

// A child and a proxy hide and keep what their parent does.
func TestSoftDeleteInherited(t *testing.T) {
	eachDatabase(t, memoModels(), func(t *testing.T, ctx context.Context) {
		k, _, _ := memos(t, ctx)
		r := &Reminder{Memo: Memo{Text: "call", Keeper: orm.To(k), House: House{1}}, Due: 3}
		must(t, orm.Create(ctx, r))
		far := &Reminder{Memo: Memo{Text: "far", Keeper: orm.To(k), House: House{2}}}
		must(t, orm.Create(ctx, far))
		reminders := func(q orm.Query[Reminder]) string {
			list, err := q.All(ctx)
			must(t, err)
			return listed(list, func(r *Reminder) string { return r.Text })
		}
		q := orm.Objects[Reminder]()
		if got := reminders(q); got != "call" {
			t.Errorf("a child: %s", got)
		}
		if d, err := orm.Delete(ctx, r); err != nil || d.Total != 1 || !r.IsDeleted() {
			t.Errorf("Delete of a child: %+v %v", d, err)
		}
		if got := reminders(q) + "|" + reminders(orm.WithDeleted(q)); got != "|call" {
			t.Errorf("a deleted child: %s", got)
		}
		must(t, orm.Restore(ctx, r))
		if d, err := q.Delete(ctx); err != nil || d.Total != 1 || reminders(q) != "" || reminders(orm.Unscoped(q)) != "call far" {
			t.Errorf("Delete of a query of children: %+v %v", d, err)
		}
		if d, err := orm.HardDelete(ctx, r); err != nil || d.ByModel["memos.Memo"] != 1 || d.ByModel["memos.Reminder"] != 1 {
			t.Errorf("HardDelete of a child: %+v %v", d, err)
		}
		loud, err := orm.Objects[LoudMemo]().Get(ctx, orm.Lookup("text", "b"))
		must(t, err)
		if _, err := orm.Delete(ctx, loud); err != nil || texts(t, ctx, orm.Objects[Memo]()) != "a c" {
			t.Errorf("Delete of a proxy: %v, %s", err, texts(t, ctx, orm.Objects[Memo]()))
		}
		if n, err := orm.Objects[LoudMemo]().Count(ctx); n != 2 || err != nil {
			t.Errorf("proxies: %d %v", n, err)
		}
	})
}

// A template must not delete by naming a method.
func TestQueryAltersData(t *testing.T) {
	t.Parallel()
	q := orm.Objects[Memo]()
	for _, name := range []string{"Delete", "HardDelete"} {
		if !q.AltersData(name) {
			t.Errorf("%s is allowed in templates", name)
		}
	}
	for _, name := range []string{"All", "Count", "First", "Exists"} {
		if q.AltersData(name) {
			t.Errorf("%s is refused in templates", name)
		}
	}
}

func BenchmarkScope(b *testing.B) {
	ctx := open(b)
	ctx = orm.WithModels(ctx, memoModels()...)
	createTables(b, ctx, memoModels()...)
	for name, q := range map[string]orm.Query[Memo]{"none": orm.Unscoped(orm.Objects[Memo]()), "scoped": orm.Objects[Memo]()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := q.Filter(orm.Lookup("text", "a")).Exists(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
