package orm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// perSection is a row of a report.
type perSection struct {
	Section string
	Stories int64
	Best    *float64
	Words   int64
}

// TestValuesResult orders and limits reports by fields of the result, with values that may be null.
func TestValuesResult(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		who := staff(t, ctx)["ann"]
		half, one := 0.5, 1.0
		for i, score := range []*float64{&half, nil, &one, nil, nil} {
			section := []newsroom.Section{newsroom.Sport, newsroom.Sport, newsroom.Sport, newsroom.Opinion, newsroom.Opinion}[i]
			must(t, orm.Create(ctx, &newsroom.Story{Title: "More", Slug: fmt.Sprint("v", i), Section: section, Author: orm.To(who), Words: int64(10 * i), Score: score}))
		}
		r := orm.Fields[perSection]()
		report := orm.Values(orm.Objects[newsroom.Story]().Filter(orm.Eq(&st.Title, "More")), func(r *perSection) []orm.Pick {
			return []orm.Pick{
				orm.As(&r.Section, orm.Cast[string](orm.F(&st.Section))), orm.As(&r.Stories, orm.CountAll()), orm.As(r.Best, orm.Max(st.Score)),
				orm.As(&r.Words, orm.Sum(&st.Words)),
			}
		})
		text := func(list []perSection, err error) string {
			must(t, err)
			var out []string
			for _, r := range list {
				best := "none"
				if r.Best != nil {
					best = fmt.Sprint(*r.Best)
				}
				out = append(out, fmt.Sprintf("%s %d %s %d", r.Section, r.Stories, best, r.Words))
			}
			return strings.Join(out, ", ")
		}
		sport, opinion := fmt.Sprintf("%s 3 1 30", newsroom.Sport), fmt.Sprintf("%s 2 none 70", newsroom.Opinion)
		for _, tt := range []struct {
			name string
			q    orm.ValuesQuery[perSection]
			want string
		}{
			{"by an aggregate", report.OrderBy(orm.Desc(&r.Stories)), sport + ", " + opinion},
			{"by an aggregate, upwards", report.OrderBy(orm.Asc(&r.Stories)), opinion + ", " + sport},
			{"by arithmetic of a result", report.OrderBy(orm.F(&r.Words).Times(-1).Asc()), opinion + ", " + sport},
			{"by a value that may be null", report.OrderBy(orm.Desc(r.Best).NullsLast()), sport + ", " + opinion},
			{"groups that fit", report.Filter(orm.Gt(&r.Stories, 2)), sport},
			{"one of two conditions", report.Filter(orm.Or(orm.Lt(&r.Stories, 1), orm.Gte(&r.Words, 70))), opinion},
			{"not", report.Filter(orm.Not(orm.Gt(&r.Stories, 2))), opinion},
			{"of the query itself", report.OrderBy(orm.Asc(&st.Section)).Filter(orm.F(&r.Words).Minus(70).Is(0)), opinion},
		} {
			if got := text(tt.q.All(ctx)); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
			}
		}
	})
}

// TestValuesMistakes looks whether the mistakes say what to write.
func TestValuesMistakes(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(":memory:", sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	ctx := orm.WithDatabase(context.Background(), db)
	other := &perSection{}
	_, err = orm.Values(orm.Objects[newsroom.Story](), func(*perSection) []orm.Pick {
		return []orm.Pick{orm.As(&other.Stories, orm.CountAll())}
	}).All(ctx)
	_, err2 := orm.Values(orm.Objects[newsroom.Story](), func(n *int64) []orm.Pick { return []orm.Pick{orm.As(n, orm.CountAll())} }).All(ctx)
	_, err3 := orm.Values(orm.Objects[newsroom.Story](), func(r *perSection) []orm.Pick { return []orm.Pick{orm.As(&r.Stories, orm.CountAll())} }).
		OrderBy(orm.Asc(&other.Stories)).All(ctx)
	for want, err := range map[string]error{
		"begin at the argument of the function": err,
		"orm.Flat":                              err2,
		"orm.Fields":                            err3,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
}

// TestPages walks through a list with one query that has its limit already.
func TestPages(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, ctx context.Context) {
		who := staff(t, ctx)["ann"]
		for i := range 7 {
			must(t, orm.Create(ctx, &newsroom.Story{Title: "Page", Slug: fmt.Sprint("p", i), Section: newsroom.Sport, Author: orm.To(who), Words: int64(i / 2)}))
		}
		page := orm.Objects[newsroom.Story]().Filter(orm.Eq(&st.Title, "Page")).OrderBy(orm.Desc(&st.Words), orm.Asc(&st.ID)).Limit(3)
		var got []string
		var last *newsroom.Story // none: from the start
		for {
			list, err := page.After(last).All(ctx)
			must(t, err)
			if len(list) == 0 {
				break
			}
			for _, s := range list {
				got = append(got, s.Slug)
			}
			got, last = append(got, "|"), list[len(list)-1]
		}
		if s := strings.Join(got, " "); s != "p6 p4 p5 | p2 p3 p0 | p1 |" {
			t.Errorf("pages: %s", s)
		}
	})
}
