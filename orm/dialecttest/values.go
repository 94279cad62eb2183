package dialecttest

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

func fullSample() *Sample {
	return &Sample{
		Name: "Zoë \"x\" 'y' \\ % _ ☃ 🦊", Body: "line\nline\ttab\r\n\\N", Small: 12, Whole: 34, Big: 56, Positive: 78, Ratio: 0.1,
		Price: orm.MustDecimal("12.50"), Active: true, Day: date(2026, 3, 14), At: time.Date(2026, 3, 14, 15, 9, 26, 535897000, time.UTC),
		Clock: 15*time.Hour + 9*time.Minute + 26*time.Second, Span: 36*time.Hour + 5*time.Microsecond, Blob: []byte{0, 1, 255, '\\', '\''},
		Key: [16]byte{1, 2, 3, 250}, Address: "192.0.2.1", Data: map[string]any{"a": []any{float64(1), "two", nil, true}, "ü": map[string]any{}},
	}
}

// testValues writes values of each kind, extremes included, and reads them back.
func testValues(t *testing.T, e *env) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	day := 24 * time.Hour
	changes := []struct {
		name   string
		change func(s *Sample)
	}{
		{"plain", func(*Sample) {}},
		{"empty text", func(s *Sample) { s.Name, s.Body = "", "" }},
		{"long text", func(s *Sample) { s.Body = strings.Repeat("ümlaut\x01", 50_000) }},
		{"least numbers", func(s *Sample) {
			s.Small, s.Whole, s.Big, s.Positive = math.MinInt16, math.MinInt32, math.MinInt64, 0
		}},
		{"greatest numbers", func(s *Sample) {
			s.Small, s.Whole, s.Big, s.Positive = math.MaxInt16, math.MaxInt32, math.MaxInt64, math.MaxInt32
		}},
		{"zero float", func(s *Sample) { s.Ratio = 0 }},
		{"greatest float", func(s *Sample) { s.Ratio = math.MaxFloat64 }},
		{"smallest float", func(s *Sample) { s.Ratio = -math.SmallestNonzeroFloat64 }},
		{"exact float", func(s *Sample) { s.Ratio = 0.1 + 0.2 }},
		{"zero decimal", func(s *Sample) { s.Price = orm.MustDecimal("0.00") }},
		{"small decimal", func(s *Sample) { s.Price = orm.MustDecimal("-0.01") }},
		{"great decimal", func(s *Sample) { s.Price = orm.MustDecimal("9999999999.99") }},
		{"false", func(s *Sample) { s.Active = false }},
		{"first day", func(s *Sample) { s.Day, s.At = date(1, 1, 1), date(1, 1, 1) }},
		{"last day", func(s *Sample) {
			s.Day, s.At = date(9999, 12, 31), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)
			if zone := e.db.Dialect().Location(); zone != nil && s.At.In(zone).Year() > 9999 {
				s.At = time.Date(9999, 12, 31, 23, 59, 59, 999999000, zone).UTC()
			}
		}},
		{"before 1970", func(s *Sample) {
			s.Day, s.At = date(1969, 12, 31), time.Date(1969, 12, 31, 23, 59, 59, 1000, time.UTC)
		}},
		{"before 2000", func(s *Sample) {
			s.Day, s.At = date(1999, 12, 31), time.Date(1999, 12, 31, 23, 59, 59, 999999000, time.UTC)
		}},
		{"leap day", func(s *Sample) { s.Day, s.At = date(2024, 2, 29), date(2024, 2, 29) }},
		{"midnight", func(s *Sample) { s.Clock = 0 }},
		{"end of day", func(s *Sample) { s.Clock = day - time.Microsecond }},
		{"no span", func(s *Sample) { s.Span = 0 }},
		{"negative span", func(s *Sample) { s.Span = -time.Microsecond }},
		{"negative days", func(s *Sample) { s.Span = -3*day - 4*time.Hour }},
		{"great span", func(s *Sample) { s.Span = 290*365*day + 7*time.Microsecond }},
		{"no bytes", func(s *Sample) { s.Blob = []byte{} }},
		{"all bytes", func(s *Sample) { s.Blob = all }},
		{"many bytes", func(s *Sample) { s.Blob = bytes.Repeat(all, 1000) }},
		{"zero key", func(s *Sample) { s.Key = [16]byte{} }},
		{"IPv6", func(s *Sample) { s.Address = "2001:db8::1" }},
		{"empty JSON", func(s *Sample) { s.Data = map[string]any{} }},
	}
	for _, tt := range changes {
		t.Run(tt.name, func(t *testing.T) {
			s := fullSample()
			tt.change(s)
			must(t, orm.Create(e.ctx, s))
			if s.ID == 0 {
				t.Fatal("Create set no key")
			}
			got, err := orm.Objects[Sample]().Get(e.ctx, orm.Eq(&sample.ID, s.ID))
			must(t, err)
			same(t, got, s)
		})
	}
	t.Run("bulk", func(t *testing.T) { // the same by the way of many rows, which may be another
		var list []*Sample
		for _, tt := range changes {
			s := fullSample()
			tt.change(s)
			list = append(list, s)
		}
		for range 120 {
			list = append(list, fullSample())
		}
		must(t, orm.Objects[Sample]().BulkCreate(e.ctx, list))
		for _, s := range list {
			got, err := orm.Objects[Sample]().Get(e.ctx, orm.Eq(&sample.ID, s.ID))
			must(t, err)
			same(t, got, s)
		}
	})
}

// same compares two samples field by field.
func same(t *testing.T, got, want *Sample) {
	t.Helper()
	g, w := reflect.ValueOf(got).Elem(), reflect.ValueOf(want).Elem()
	for i := range g.NumField() {
		name := g.Type().Field(i).Name
		a, b := g.Field(i).Interface(), w.Field(i).Interface()
		switch x := a.(type) {
		case time.Time:
			if !x.Equal(b.(time.Time)) || x.Location() != time.UTC {
				t.Errorf("%s = %v, want %v in UTC", name, x, b)
			}
			continue
		case *time.Time:
			y := b.(*time.Time)
			if (x == nil) != (y == nil) || x != nil && !x.Equal(*y) {
				t.Errorf("%s = %v, want %v", name, x, y)
			}
			continue
		case orm.Decimal:
			if !x.Equal(b.(orm.Decimal)) {
				t.Errorf("%s = %v, want %v", name, x, b)
			}
			continue
		case *orm.Decimal:
			y := b.(*orm.Decimal)
			if (x == nil) != (y == nil) || x != nil && !x.Equal(*y) {
				t.Errorf("%s = %v, want %v", name, x, y)
			}
			continue
		}
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s = %.200q, want %.200q", name, fmt.Sprint(a), fmt.Sprint(b))
		}
	}
}

// testNulls: nil is NULL, a pointer to a zero value is the zero value.
func testNulls(t *testing.T, e *env) {
	none := fullSample()
	must(t, orm.Create(e.ctx, none))
	zero := fullSample()
	zero.MaybeName, zero.MaybeSmall, zero.MaybeBig, zero.MaybeRatio = new(string), new(int16), new(int64), new(float64)
	price, day, at := orm.MustDecimal("0"), date(2000, 1, 1), date(2000, 1, 1)
	zero.MaybePrice, zero.MaybeActive, zero.MaybeDay, zero.MaybeAt = &price, new(bool), &day, &at
	zero.MaybeClock, zero.MaybeSpan, zero.MaybeKey = new(time.Duration), new(time.Duration), new([16]byte)
	must(t, orm.Create(e.ctx, zero))
	for _, s := range []*Sample{none, zero} {
		got, err := orm.Objects[Sample]().Get(e.ctx, orm.Eq(&sample.ID, s.ID))
		must(t, err)
		same(t, got, s)
	}
	n, err := orm.Objects[Sample]().Filter(orm.IsNull(&sample.MaybeName), orm.IsNull(&sample.MaybeAt), orm.IsNull(&sample.MaybeKey)).Count(e.ctx)
	must(t, err)
	want(t, "rows with nulls", n, 1)
	n, err = orm.Objects[Sample]().Filter(orm.Eq(sample.MaybeName, ""), orm.Eq(sample.MaybeBig, 0), orm.Eq(sample.MaybeSpan, 0)).Count(e.ctx)
	must(t, err)
	want(t, "rows with zeros", n, 1)

	// The same statement with a null and with a value, in both orders.
	for range 2 {
		for _, v := range []*int64{nil, new(int64)} {
			s := fullSample()
			s.MaybeBig = v
			must(t, orm.Create(e.ctx, s))
			got, err := orm.Objects[Sample]().Get(e.ctx, orm.Eq(&sample.ID, s.ID))
			must(t, err)
			same(t, got, s)
		}
	}
	zero.MaybeName, zero.MaybeAt = nil, nil
	must(t, orm.Save(e.ctx, zero))
	got, err := orm.Objects[Sample]().Get(e.ctx, orm.Eq(&sample.ID, zero.ID))
	must(t, err)
	same(t, got, zero)
}

// testZones: a moment is stored as such, whatever zone it is given in; a date is the day that its zone shows.
func testZones(t *testing.T, e *env) {
	for _, zone := range []string{"UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Skip("no time zones here:", err)
		}
		s := fullSample()
		s.At = time.Date(2026, 7, 1, 0, 30, 0, 123456000, loc)
		s.Day = time.Date(2026, 7, 1, 23, 59, 0, 0, loc)
		must(t, orm.Create(e.ctx, s))
		got, err := orm.Objects[Sample]().Get(e.ctx, orm.Eq(&sample.ID, s.ID), orm.Eq(&sample.At, s.At))
		must(t, err)
		if !got.At.Equal(s.At) {
			t.Errorf("%s: moment = %v, want %v", zone, got.At, s.At)
		}
		if !got.Day.Equal(date(2026, 7, 1)) {
			t.Errorf("%s: day = %v, want 2026-07-01", zone, got.Day)
		}
		ctx := orm.WithTimeZone(e.ctx, zone)
		n, err := orm.Objects[Sample]().Filter(orm.Eq(&sample.ID, s.ID), orm.Hour(&sample.At, 0), orm.Day(&sample.At, 1)).Count(ctx)
		must(t, err)
		want(t, zone+": rows at 0 h of the 1st", n, 1)
		n, err = orm.Objects[Sample]().Filter(orm.Eq(&sample.ID, s.ID), orm.OnDate(&sample.At, date(2026, 7, 1)), orm.Year(&sample.At, 2026)).Count(ctx)
		must(t, err)
		want(t, zone+": rows on the day", n, 1)
	}
	// Finer than a microsecond is cut off.
	s := fullSample()
	s.At = time.Date(2026, 1, 1, 0, 0, 0, 1999, time.UTC)
	must(t, orm.Create(e.ctx, s))
	got, err := orm.Objects[Sample]().Get(e.ctx, orm.Eq(&sample.ID, s.ID))
	must(t, err)
	want(t, "nanoseconds", got.At.Nanosecond(), 1000)
}

// testAny reads rows without knowing their types.
func testAny(t *testing.T, e *env) {
	s := fullSample()
	must(t, orm.Create(e.ctx, s))
	var cols []any
	blob := e.db.Dialect().QuoteName("blob") // a word of MySQL's
	err := orm.QueryRows(e.ctx, "SELECT name, big, ratio, "+blob+", maybe_name, ? FROM dialecttest_sample WHERE id = ?", []any{"text", s.ID}, func(columns []any) error {
		cols = columns
		return nil
	})
	must(t, err)
	if len(cols) != 6 {
		t.Fatalf("columns = %v", cols)
	}
	for i, w := range []any{s.Name, s.Big, s.Ratio, s.Blob, nil, "text"} {
		if !reflect.DeepEqual(cols[i], w) {
			t.Errorf("column %d = %#v, want %#v", i, cols[i], w)
		}
	}
	err = orm.QueryRows(e.ctx, `SELECT '?', "name" FROM dialecttest_sample -- what?`, nil, func(columns []any) error {
		want(t, "a question mark in a text", columns[0], any("?"))
		return nil
	})
	must(t, err)
	if err := exec(e, "SELECT ?"); err == nil {
		t.Error("a parameter without an argument is no error")
	}
}

// testManyParameters: a list longer than the number of parameters that a statement takes.
func testManyParameters(t *testing.T, e *env) {
	ada, _ := library(t, e)
	ids := make([]int64, 70_000)
	for i := range ids {
		ids[i] = int64(i) + 1_000_000
	}
	ids[69_999] = ada.ID
	list, err := orm.Objects[Author]().Filter(orm.In(&author.ID, ids...)).All(e.ctx)
	must(t, err)
	want(t, "authors", len(list), 1)
	names := make([]string, 70_000)
	for i := range names {
		names[i] = fmt.Sprint("nobody, \"", i, "\" \\ {}")
	}
	names[5] = "Ada"
	list, err = orm.Objects[Author]().Filter(orm.In(&author.Name, names...)).All(e.ctx)
	must(t, err)
	want(t, "authors by name", len(list), 1)
}

// testHostile: text is data, never SQL.
func testHostile(t *testing.T, e *env) {
	for _, name := range []string{
		`'; DROP TABLE dialecttest_author; --`, `" OR "1"="1`, `\'; --`, "a\nb", `%`, `_`, `\`, `$1`, `?`, `{}`, `{"a",NULL}`, `NULL`, `\N`, `\.`,
		"\u2028", "\ufeff", "𝔘𝔫𝔦", "ÿ", "ı", "ß", "\x7f", "/*", "--", "$$", "E'\\x41'", "%s", "%(x)s", strings.Repeat("'", 99),
	} {
		a := &Author{Name: name}
		must(t, orm.Create(e.ctx, a))
		for _, p := range []orm.Predicate{
			orm.Eq(&author.Name, name), orm.In(&author.Name, name, "other"), orm.Contains(&author.Name, name),
			orm.StartsWith(&author.Name, name), orm.EndsWith(&author.Name, name),
		} {
			got, err := orm.Objects[Author]().Filter(orm.Eq(&author.ID, a.ID), p).All(e.ctx)
			if err != nil || len(got) != 1 || got[0].Name != name {
				t.Errorf("%q: %v, %v", name, got, err)
			}
		}
		_, err := orm.Objects[Author]().Filter(orm.Eq(&author.ID, a.ID)).Delete(e.ctx)
		must(t, err)
	}
	n, err := orm.Objects[Author]().Count(e.ctx)
	must(t, err)
	want(t, "authors left", n, 0)
}
