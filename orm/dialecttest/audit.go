package dialecttest

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// testLookupValues gives look-ups the values that are not plainly those of the column.
func testLookupValues(t *testing.T, e *env) {
	for i := range 3 {
		s := fullSample()
		s.Small, s.Whole, s.Positive, s.Big = int16(i-1), int32(i-1), uint32(i), int64(i-1)
		s.Name, s.Body = []string{`50%_\x`, "plain", "Plain text"}[i], []string{`%_\`, "lai", "other"}[i]
		s.At = time.Date(2026, 3, 10+i, 12, 0, 0, 0, time.UTC)
		s.Key = [16]byte{byte(i), 0xab, 0xcd, 0xef, 0x01}
		must(t, orm.Create(e.ctx, s))
	}
	rows := func(p orm.Predicate) string {
		list, err := orm.Objects[Sample]().Filter(p).OrderBy(orm.Asc(&sample.ID)).All(e.ctx)
		if err != nil {
			return err.Error()
		}
		got := ""
		for _, s := range list {
			got += string(rune('0' + s.Positive))
		}
		return got
	}
	for _, tt := range []struct {
		name string
		p    orm.Predicate
		want string
	}{
		{"gt a float", orm.Lookup("big__gt", 0.5), "2"},
		{"gte a float", orm.Lookup("big__gte", 0.5), "2"},
		{"lt a float", orm.Lookup("big__lt", 0.5), "01"},
		{"lte a float", orm.Lookup("big__lte", 0.5), "01"},
		{"gt a negative float", orm.Lookup("big__gt", -0.5), "12"},
		{"gte a negative float", orm.Lookup("big__gte", -0.5), "12"},
		{"lt a negative float", orm.Lookup("big__lt", -0.5), "0"},
		{"lte a negative float", orm.Lookup("big__lte", -0.5), "0"},
		{"a float beyond all numbers", orm.Lookup("big__lt", 1e300), "012"},
		{"a float below all numbers", orm.Lookup("big__lt", -1e300), ""},
		{"infinity", orm.Lookup("big__gt", math.Inf(-1)), "012"},
		{"beyond a small column", orm.Lookup("small", 99_999), ""},
		{"below beyond a small column", orm.Lookup("small__lt", 99_999), "012"},
		{"above beyond a small column", orm.Lookup("small__gt", 99_999), ""},
		{"above below a small column", orm.Lookup("small__gt", -99_999), "012"},
		{"beyond a column, typed", orm.Gt(&sample.Small, math.MaxInt16), ""},
		{"in, one beyond", orm.Lookup("small__in", []int{0, 99_999}), "1"},
		{"in, all beyond", orm.Lookup("small__in", []int{99_999}), ""},
		{"range to beyond", orm.Lookup("small__range", []int{0, 99_999}), "12"},
		{"range from below to beyond", orm.Lookup("small__range", []int{-99_999, 99_999}), "012"},
		{"range beyond", orm.Lookup("small__range", []int{88_888, 99_999}), ""},
		{"beyond 32 bits", orm.Lookup("whole__lte", 1<<40), "012"},
		{"not beyond", orm.Not(orm.Lookup("small", 99_999)), "012"},
		{"range of days over moments", orm.Lookup("at__range", []time.Time{date(2026, 3, 10), date(2026, 3, 11)}), "0"},
		{"moment by a day", orm.Lookup("at__gte", "2026-03-11"), "12"},
		{"pattern from a column", orm.Lookup("name__contains", orm.F(&sample.Body)), "01"},
		{"pattern from a column, without case", orm.Lookup("name__istartswith", orm.Upper(&sample.Name)), "012"},
		{"pattern from an expression", orm.Lookup("name__endswith", orm.Concat(orm.Val("_"), orm.Val(`\x`))), "0"},
		{"part of a UUID", orm.Lookup("key__startswith", "01abcdef"), "1"},
		{"part of a UUID with dashes", orm.Lookup("key__icontains", "02ABCDEF-01"), "2"},
		{"condition as a value", orm.Gt(&sample.Big, 0).Expr().Is(true), "2"},
		{"conditions compared", orm.Gt(&sample.Big, 0).Expr().Eq(orm.Lt(&sample.Big, 0).Expr()), "1"},
		{"xor of three", orm.Xor(orm.Gt(&sample.Big, -2), orm.Gt(&sample.Big, -1), orm.Gt(&sample.Big, 0)), "02"},
		{"no value to compare with", orm.Lookup("big__gt", nil), "orm: look-up gt cannot compare with no value (use isnull)"},
		{"no text to look for", orm.Lookup("name__contains", nil), "orm: look-up contains compares with a text, not with <nil>"},
		{"isnull of a number", orm.Lookup("name__isnull", 1), "orm: the value of isnull must be true or false"},
		{"half a range", orm.Lookup("big__range", []int{1}), "orm: a range has two values, not 1"},
		{"a list for one", orm.Lookup("big", []int{1, 2}), "error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := rows(tt.p)
			if tt.want == "error" {
				want(t, "an error", strings.HasPrefix(got, "orm: "), true)
				return
			}
			want(t, "rows", got, tt.want)
		})
	}

	maps, err := orm.Objects[Sample]().ValuesByName("positive").Annotate(orm.Named("more", orm.Gt(&sample.Big, 0).Expr())).OrderBy(orm.ByName("-more"), orm.ByName("positive")).Maps(e.ctx)
	must(t, err)
	want(t, "a condition in annotate and order", show(maps), "[map[more:true positive:2] map[more:false positive:0] map[more:false positive:1]]")
	for range 2 { // the second time from the cache of statements, with a value that does not fit
		n, err := orm.Objects[Sample]().Filter(orm.Gte(&sample.Whole, 0)).Count(e.ctx)
		must(t, err)
		want(t, "before", n, 2)
		n, err = orm.Objects[Sample]().Filter(orm.Lookup("whole__gte", 0)).Count(e.ctx)
		must(t, err)
		want(t, "by name", n, 2)
		n, err = orm.Objects[Sample]().Filter(orm.Lookup("whole__gte", 1<<40)).Count(e.ctx)
		must(t, err)
		want(t, "beyond", n, 0)
	}
}
