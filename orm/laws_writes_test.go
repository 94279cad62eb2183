package orm_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
)

// want is a number with a word of the error, "" for none.
func wantN(t *testing.T, name string, got int, err error, want int, text string) {
	t.Helper()
	if text == "" && (err != nil || got != want) || text != "" && (err == nil || !strings.Contains(err.Error(), text)) {
		t.Errorf("%s = %d, %v, want %d %q", name, got, err, want, text)
	}
}

// What Django promises of bulk_create, bulk_update, get_or_create and update_or_create, on all databases.
func TestBulkLaws(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		d, err := orm.DialectOf(ctx, "")
		must(t, err)
		tags := orm.Objects[newsroom.Tag]()
		some := func(prefix string, n int) (out []*newsroom.Tag) {
			for i := range n {
				out = append(out, &newsroom.Tag{Slug: fmt.Sprint(prefix, i), Label: prefix})
			}
			return out
		}
		update := orm.BulkOptions{UpdateFields: []any{&tg.Label}, UniqueFields: []any{&tg.Slug}}
		told := map[bool]int{true: 4, false: 0}[d.Returning] // keys after an upsert
		twice := &newsroom.Tag{Slug: "twice"}
		for _, tt := range []struct {
			name string
			list []*newsroom.Tag
			o    orm.BulkOptions
			keys int
			err  string
		}{
			{"nothing", nil, orm.BulkOptions{}, 0, ""},
			{"five", some("a", 5), orm.BulkOptions{}, 5, ""},
			{"in batches", some("b", 5), orm.BulkOptions{BatchSize: 2}, 5, ""},
			{"a batch below one", some("c", 1), orm.BulkOptions{BatchSize: -1}, 0, "batch of -1"},
			{"a clash", some("a", 2), orm.BulkOptions{}, 0, "unique"},
			{"clashes ignored", append(some("a", 2), some("d", 2)...), orm.BulkOptions{IgnoreConflicts: true}, 0, ""},
			{"clashes update", append(some("a", 2), some("e", 2)...), update, told, ""},
			{"both", some("a", 1), orm.BulkOptions{IgnoreConflicts: true, UpdateFields: update.UpdateFields, UniqueFields: update.UniqueFields}, 0, "exclude each other"},
			{"no unique columns", some("a", 1), orm.BulkOptions{UpdateFields: update.UpdateFields}, 0, "go together"},
			{"nothing to update", some("a", 1), orm.BulkOptions{UniqueFields: update.UniqueFields}, 0, "go together"},
			{"update of the key", some("a", 1), orm.BulkOptions{UpdateFields: []any{&tg.ID}, UniqueFields: update.UniqueFields}, 0, "cannot change the key"},
			{"keys for some", []*newsroom.Tag{{ID: 900, Slug: "k1"}, {Slug: "k2"}, {ID: 902, Slug: "k3"}}, orm.BulkOptions{}, 3, ""},
			{"an object twice", []*newsroom.Tag{twice, twice}, orm.BulkOptions{}, 0, "unique"},
			{"a nil", []*newsroom.Tag{nil}, orm.BulkOptions{}, 0, "is nil"},
		} {
			err := tags.BulkCreate(ctx, tt.list, tt.o)
			keys := 0
			for _, x := range tt.list {
				if x != nil && x.ID != 0 {
					keys++
				}
			}
			wantN(t, "BulkCreate, "+tt.name, keys, err, tt.keys, tt.err)
		}
		if x, err := tags.Get(ctx, orm.Eq(&tg.Slug, "a0")); err != nil || x.Label != "a" {
			t.Errorf("an updated row = %+v, %v", x, err)
		}
		if err := orm.Objects[newsroom.Story]().BulkCreate(ctx, []*newsroom.Story{{Title: "x", Author: orm.To(&newsroom.Author{})}}); !errors.Is(err, orm.ErrNotSaved) {
			t.Errorf("an unsaved author: %v", err)
		}

		all, err := tags.OrderBy(orm.Asc(&tg.ID)).All(ctx)
		must(t, err)
		for _, x := range all {
			x.Label = "new"
		}
		for _, tt := range []struct {
			name   string
			list   []*newsroom.Tag
			fields []any
			want   int
			err    string
		}{
			{"nothing", nil, []any{&tg.Label}, 0, ""},
			{"all", all, []any{&tg.Label}, len(all), ""},
			{"a field twice", all, []any{&tg.Label, &tg.Label}, len(all), ""},
			{"a row that is gone", []*newsroom.Tag{all[0], {ID: 5555}}, []any{&tg.Label}, 1, ""},
			{"no field", all, nil, 0, "name the fields"},
			{"the key", all, []any{&tg.ID}, 0, "not a column that can be written"},
			{"another model's field", all, []any{&st.Title}, 0, "not that of a field"},
			{"an unsaved object", []*newsroom.Tag{{Slug: "q"}}, []any{&tg.Label}, 0, "not saved"},
			{"a nil", []*newsroom.Tag{nil}, []any{&tg.Label}, 0, "is nil"},
		} {
			n, err := tags.BulkUpdate(ctx, tt.list, tt.fields...)
			wantN(t, "BulkUpdate, "+tt.name, n, err, tt.want, tt.err)
		}
		if n, err := tags.Filter(orm.Eq(&tg.Label, "new")).Count(ctx); err != nil || n != len(all) {
			t.Errorf("%d rows are new, %v, want %d", n, err, len(all))
		}
		m, err := orm.InBulkAll(ctx, tags.Filter(orm.StartsWith(&tg.Slug, "a")), &tg.Slug)
		if err != nil || len(m) != 5 || m["a3"] == nil {
			t.Errorf("InBulkAll = %v, %v", m, err)
		}

		// Whoever comes first inserts, the others find the row.
		race := func(one func(i int) (bool, error)) (made int, err error) {
			var wg sync.WaitGroup
			var mu sync.Mutex // guards made and err
			for i := range 6 {
				wg.Go(func() {
					created, e := one(i)
					mu.Lock()
					defer mu.Unlock()
					if err = errors.Join(err, e); created {
						made++
					}
				})
			}
			wg.Wait()
			return made, err
		}
		made, err := race(func(int) (bool, error) {
			_, created, err := tags.Filter(orm.Eq(&tg.Slug, "race")).GetOrCreate(ctx, &newsroom.Tag{Slug: "race"})
			return created, err
		})
		wantN(t, "GetOrCreate at once", made, err, 1, "")
		made, err = race(func(i int) (bool, error) {
			_, created, err := tags.Filter(orm.Eq(&tg.Slug, "race 2")).UpdateOrCreate(ctx, &newsroom.Tag{Slug: "race 2"}, orm.Set(&tg.Label, fmt.Sprint(i)))
			return created, err
		})
		wantN(t, "UpdateOrCreate at once", made, err, 1, "")
		must(t, orm.Atomic(ctx, func(ctx context.Context) error {
			_, _, err := tags.Filter(orm.Eq(&tg.Slug, "nope")).GetOrCreate(ctx, &newsroom.Tag{Slug: "race"})
			wantN(t, "GetOrCreate that clashes", 0, err, 0, "unique")
			return second(tags.Count(ctx)) // the transaction goes on
		}))
		_, _, err = tags.GetOrCreate(ctx, &newsroom.Tag{Slug: "x"})
		wantN(t, "GetOrCreate of many", 0, err, 0, "more than one")
		x, created, err := tags.Filter(orm.Eq(&tg.Slug, "race")).UpdateOrCreate(ctx, &newsroom.Tag{}, orm.SetTo(&tg.Label, orm.Concat(orm.F(&tg.Slug), orm.Val("!"))))
		if err != nil || created || x.Label != "race!" {
			t.Errorf("UpdateOrCreate by an expression = %+v, %v, %v", x, created, err)
		}
		made = 0
		build := func(context.Context) (*newsroom.Tag, error) { made++; return &newsroom.Tag{Slug: "lazy"}, nil }
		for range 2 {
			_, _, err = tags.Filter(orm.Eq(&tg.Slug, "lazy")).GetOrCreateFunc(ctx, build)
			must(t, err)
		}
		wantN(t, "objects made", made, nil, 1, "")
		var none *newsroom.Tag
		for name, err := range map[string]error{"Create": orm.Create(ctx, none), "Save": orm.Save(ctx, none), "Delete": second(orm.Delete(ctx, none)), "Refresh": orm.Refresh(ctx, none)} {
			wantN(t, name+" of nil", 0, err, 0, "is nil")
		}
	})
}

// What Django promises of update, delete and raw, on all databases. Each statement is undone.
func TestChangeLaws(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		staff(t, ctx)
		all := orm.Objects[newsroom.Story]()
		q, first := all.OrderBy(orm.Asc(&st.ID)), all.Filter(orm.Eq(&st.ID, 1))
		reviews := all.Alias(orm.Named("n", orm.Count(&st.Reviews.To().ID)))
		words := func(v any) orm.Assignment { return orm.SetByName("words", v) }
		undo := errors.New("undo")
		for _, tt := range []struct {
			name string
			q    orm.Query[newsroom.Story]
			set  []orm.Assignment
			want int
			err  string
		}{
			{"nothing", all, nil, 0, ""},
			{"no rows", all.None(), []orm.Assignment{words(1)}, 0, ""},
			{"by a relation", all.Filter(orm.Eq(&st.Author.To().Name, "ann")), []orm.Assignment{words(1)}, 4, ""},
			{"by an aggregate", reviews.Filter(orm.Lookup("n", 3)), []orm.Assignment{words(1)}, 2, ""},
			{"ordered", q, []orm.Assignment{words(1)}, 6, ""},
			{"to an annotation", all.Alias(orm.Named("d", orm.F(&st.Words).Plus(1))), []orm.Assignment{words(orm.Name[int64]("d"))}, 6, ""},
			{"below what the column holds, and back", all, []orm.Assignment{words(orm.F(&st.Words).Minus(1000).Plus(1000))}, 6, ""},
			{"to an aggregate's annotation", reviews, []orm.Assignment{words(orm.Name[int64]("n"))}, 0, "cannot be assigned"},
			{"to an aggregate", all, []orm.Assignment{words(orm.Sum(&st.Words))}, 0, "cannot be assigned"},
			{"to a relation's column", all, []orm.Assignment{orm.SetTo(&st.Title, orm.F(&st.Author.To().Name))}, 0, "UpdateFrom"},
			{"to a query's value", first, []orm.Assignment{orm.SetTo(&st.Words, orm.Pluck(q.Reverse().Limit(1), &st.Words))}, 1, ""},
			{"to a count beside the row", all, []orm.Assignment{words(orm.CountIn(orm.Objects[newsroom.Review]().Filter(orm.F(&rv.Story.ID).Eq(orm.OuterRef(&st.ID)))))}, 6, ""},
			{"of keys", first, []orm.Assignment{orm.SetByName("author", &newsroom.Author{ID: 3}), orm.SetByName("editor_id", 2)}, 1, ""},
			{"twice", first, []orm.Assignment{orm.SetByName("editor", nil), orm.SetByName("editor_id", 2)}, 0, "set twice"},
			{"of an unsaved object", first, []orm.Assignment{orm.SetByName("author", &newsroom.Author{})}, 0, "not saved"},
			{"of no field", all, []orm.Assignment{orm.SetByName("nope", 1)}, 0, "no field"},
			{"of many rows", all, []orm.Assignment{orm.SetByName("tags", 1)}, 0, "relation to other rows"},
			{"of a way back", all, []orm.Assignment{orm.SetByName("reviews", 1)}, 0, "relation to other rows"},
			{"of a path", all, []orm.Assignment{orm.SetByName("author__name", 1)}, 0, "no field"},
			{"of a slice", q.Limit(1), []orm.Assignment{words(1)}, 0, "slice"},
			{"of a union", all.Union(all), []orm.Assignment{words(1)}, 0, "union"},
		} {
			err := orm.Atomic(ctx, func(ctx context.Context) error {
				n, err := tt.q.Update(ctx, tt.set...)
				wantN(t, "update "+tt.name, n, err, tt.want, tt.err)
				return undo
			})
			if !errors.Is(err, undo) {
				t.Errorf("update %s: %v", tt.name, err)
			}
		}
		for _, tt := range []struct {
			name string
			q    orm.Query[newsroom.Story]
			want int
			err  string
		}{
			{"all", all, 18, ""},
			{"no rows", all.None(), 0, ""},
			{"by a relation", all.Filter(orm.Eq(&st.Author.To().Name, "ann")), 12, ""},
			{"by an aggregate", reviews.Filter(orm.Lookup("n", 3)), 8, ""},
			{"ordered", q, 18, ""},
			{"of a slice", q.Limit(1), 0, "slice"},
			{"of values", q.ValuesByName("id"), 0, "ValuesByName"},
			{"of a union", all.Union(all), 0, "union"},
			{"after DistinctOn", all.OrderBy(orm.Asc(&st.Author.ID)).DistinctOn(&st.Author.ID), 0, "DistinctOn"},
		} {
			err := orm.Atomic(ctx, func(ctx context.Context) error {
				d, err := tt.q.Delete(ctx)
				wantN(t, "delete "+tt.name, d.Total, err, tt.want, tt.err)
				return undo
			})
			if !errors.Is(err, undo) {
				t.Errorf("delete %s: %v", tt.name, err)
			}
		}

		const from = " FROM newsroom_story WHERE words > "
		sql, args, err := orm.NamedArgs("SELECT id, title"+from+":min AND id IN (:ids) AND title <> ':min' AND words > :min", map[string]any{"min": 100, "ids": []int64{1, 2, 3}})
		must(t, err)
		for _, tt := range []struct {
			name, sql string
			args      []any
			want      int
			err       string
		}{
			{"by ?", "SELECT id, title" + from + "?", []any{300}, 3, ""},
			{"a ? in a text", "SELECT id" + from + "? AND title <> '?'", []any{300}, 3, ""},
			{"by names", sql, args, 2, ""},
			{"a column of no field", "SELECT id, 7 AS beyond" + from + "1", nil, 0, "no field for the column \"beyond\""},
			{"without the key", "SELECT title" + from + "1", nil, 0, "primary key"},
			{"an argument too few", "SELECT id" + from + "?", nil, 0, "arguments"},
			{"an argument too many", "SELECT id" + from + "?", []any{1, 2}, 0, "arguments"},
			{"nonsense", "nonsense", nil, 0, "syntax"},
			{"two statements", "SELECT id FROM newsroom_story; DELETE FROM newsroom_review", nil, 0, "statement"},
		} {
			list, err := orm.Raw[newsroom.Story](tt.sql, tt.args...).All(ctx)
			if tt.name == "two statements" && err != nil { // in the words of each database
				err = errors.New("statement")
			} else if tt.err == "arguments" && err != nil {
				err = errors.New("arguments")
			}
			wantN(t, "Raw "+tt.name, len(list), err, tt.want, tt.err)
		}
		for text, values := range map[string]map[string]any{"no value for :b": {"a": 1}, "has no :c": {"a": 1, "b": 1, "c": 1}, "is empty": {"a": []int{}, "b": 1}} {
			if _, _, err := orm.NamedArgs("a = :a AND b::text = :b", values); err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("NamedArgs: %v, want %q", err, text)
			}
		}
	})
}
