package dialecttest

import (
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// RunZones runs the test of databases that keep moments in a time zone of their own (the option TimeZone of the drivers). Open
// gives an empty database that does so each time that it is called.
func RunZones(t *testing.T, open func(t testing.TB, zone string) *orm.DB) {
	t.Helper()
	for _, zone := range []string{"Europe/Berlin", "America/New_York"} { // the one that tests ask for, and another
		for _, part := range []part{
			{"values", testValues},
			{"nulls", testNulls},
			{"zones", testZones},
			{"dates", testDates},
			{"zone parts", testZoneParts},
			{"look-up values", testLookupValues},
			{"database defaults", testDefaults},
			{"bulk update", testBulkUpdate},
			{"clock", testKeptNow},
		} {
			t.Run(zone+" "+part.name, func(t *testing.T) { part.run(t, open(t, zone)) })
		}
	}
	for _, part := range []part{
		{"kept as shown", testKeptAsShown},
		{"hours that come twice or never", testKeptChanges},
		{"kept and asked in one zone", testKeptPlain},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, open(t, "Europe/Berlin")) })
	}
}

// keptText is how a column is kept, as text.
func keptText(t *testing.T, e *env, id int64) (text string) {
	t.Helper()
	as := "CHAR"
	if e.db.Vendor() == "sqlite" || e.db.Vendor() == "postgresql" {
		as = "TEXT"
	}
	must(t, orm.QueryRows(e.ctx, "SELECT CAST(at AS "+as+") FROM dialecttest_sample WHERE id = ?", []any{id}, func(c []any) error {
		text, _ = c[0].(string)
		return nil
	}))
	return text
}

// create adds a sample at a moment.
func sampleAt(t *testing.T, e *env, at time.Time) *Sample {
	t.Helper()
	s := fullSample()
	s.At = at
	must(t, orm.Create(e.ctx, s))
	return s
}

func readAt(t *testing.T, e *env, id int64) time.Time {
	t.Helper()
	got, err := orm.Objects[Sample]().Get(e.ctx, orm.Eq(&sample.ID, id))
	must(t, err)
	return got.At
}

// testKeptAsShown: in the table stands what a clock in the zone shows.
func testKeptAsShown(t *testing.T, e *env) {
	noon := time.Date(2026, 7, 1, 12, 0, 0, 250_000_000, time.UTC)
	s := sampleAt(t, e, noon)
	if got := keptText(t, e, s.ID); !strings.HasPrefix(got, "2026-07-01 14:00:00.25") {
		t.Errorf("the column holds %q, want 14:00:00.25", got)
	}
	must(t, exec(e, "UPDATE dialecttest_sample SET at = '2026-01-01 00:30:00' WHERE id = ?", s.ID)) // as another program does it
	want(t, "written by another program", readAt(t, e, s.ID), time.Date(2025, 12, 31, 23, 30, 0, 0, time.UTC))
	must(t, exec(e, "UPDATE dialecttest_sample SET at = ? WHERE id = ?", noon, s.ID)) // a moment as an argument
	want(t, "written by an argument", readAt(t, e, s.ID), noon)
	must(t, orm.QueryRows(e.ctx, "SELECT at, day FROM dialecttest_sample WHERE id = ?", []any{s.ID}, func(c []any) error {
		if at, ok := c[0].(time.Time); ok { // SQLite gives texts
			want(t, "a column of a raw query", at.UTC(), noon)
		}
		if day, ok := c[1].(time.Time); ok {
			want(t, "a date of a raw query", day, s.Day)
		}
		return nil
	}))

	other := sampleAt(t, e, noon.Add(48*time.Hour))
	for name, p := range map[string]orm.Predicate{
		"equal": orm.Eq(&sample.At, noon), "in": orm.In(&sample.At, noon, noon.Add(time.Hour)), "less": orm.Lt(&sample.At, noon.Add(time.Second)),
		"text": orm.Lookup("at", "2026-07-01T12:00:00.25Z"), "range": orm.Between(&sample.At, noon, noon.Add(time.Hour)),
		"date": orm.OnDate(&sample.At, date(2026, 7, 1)),
	} {
		list, err := orm.Objects[Sample]().Filter(p).All(orm.WithTimeZone(e.ctx, "Europe/Berlin"))
		must(t, err)
		if len(list) != 1 || list[0].ID != s.ID {
			t.Errorf("%s finds %d rows", name, len(list))
		}
	}
	latest, err := orm.Aggregate(e.ctx, orm.Objects[Sample](), orm.Max(&sample.At))
	must(t, err)
	want(t, "max", latest, other.At)

	many := []*Sample{fullSample(), fullSample()}
	many[0].At, many[1].At = noon, noon.Add(time.Hour)
	must(t, orm.Objects[Sample]().BulkCreate(e.ctx, many))
	want(t, "added with many", readAt(t, e, many[1].ID), many[1].At)
}

// testKeptChanges: an hour that clocks show twice is kept as one where there is no offset, and one that they leave out is read
// as if they had not been changed yet, as Python does.
func testKeptChanges(t *testing.T, e *env) {
	offsets := e.db.Vendor() == "postgresql"
	first, second := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)
	want(t, "the first 2:30", readAt(t, e, sampleAt(t, e, first).ID), first)
	again := sampleAt(t, e, second)
	if got := keptText(t, e, again.ID); !strings.HasPrefix(got, "2026-10-25 02:30:00") {
		t.Errorf("the second 2:30 is kept as %q", got)
	}
	if offsets {
		want(t, "the second 2:30", readAt(t, e, again.ID), second)
	} else {
		want(t, "the second 2:30", readAt(t, e, again.ID), first)
	}
	want(t, "after it", readAt(t, e, sampleAt(t, e, second.Add(30*time.Minute)).ID), second.Add(30*time.Minute))

	never := sampleAt(t, e, first)
	must(t, exec(e, "UPDATE dialecttest_sample SET at = '2026-03-29 02:30:00' WHERE id = ?", never.ID))
	want(t, "an hour that is left out", readAt(t, e, never.ID), time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC))
	for _, at := range []time.Time{time.Date(2026, 3, 29, 0, 59, 59, 0, time.UTC), time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)} {
		want(t, "around it", readAt(t, e, sampleAt(t, e, at).ID), at)
	}
}

// testKeptPlain: where the zone of the database is the current one, nothing is converted, and the server needs no zone tables.
func testKeptPlain(t *testing.T, e *env) {
	log := &orm.QueryLog{}
	there := orm.WithQueryLog(orm.WithTimeZone(e.ctx, "Europe/Berlin"), log)
	sampleAt(t, e, time.Date(2025, 12, 31, 23, 30, 0, 0, time.UTC))
	for _, p := range []orm.Predicate{
		orm.Year(&sample.At, 2026), orm.Hour(&sample.At, 0), orm.Day(&sample.At, 1), orm.Lookup("at__time", "00:30"),
		orm.Lookup("at__iso_year", 2026), orm.Lookup("at__week", 1), orm.OnDate(&sample.At, date(2026, 1, 1)),
	} {
		n, err := orm.Objects[Sample]().Filter(p).Count(there)
		must(t, err)
		want(t, "rows", n, 1)
	}
	days, err := orm.Objects[Sample]().DateTimes(there, "at", "day", false)
	must(t, err)
	if len(days) != 1 || !days[0].Equal(time.Date(2025, 12, 31, 23, 0, 0, 0, time.UTC)) || days[0].Hour() != 0 {
		t.Errorf("DateTimes = %v, want midnight in Berlin", days)
	}
	for _, q := range log.Entries() {
		if e.db.Vendor() != "postgresql" && strings.Contains(q.SQL, "Europe/Berlin") {
			t.Errorf("a conversion that is not needed: %s", q.SQL)
		}
	}
}

// testKeptNow: the database's clock is right in its zone.
func testKeptNow(t *testing.T, e *env) {
	s := sampleAt(t, e, date(2026, 1, 1))
	_, err := orm.Objects[Sample]().Update(e.ctx, orm.SetTo(&sample.At, orm.Now()))
	must(t, err)
	if ago := time.Since(readAt(t, e, s.ID)); ago < -time.Minute || ago > time.Minute {
		t.Errorf("Now is %s ago", ago)
	}
	for _, zone := range []string{"UTC", "Europe/Berlin", "Asia/Kathmandu"} {
		ctx := orm.WithTimeZone(e.ctx, zone)
		n, err := orm.Objects[Sample]().Filter(orm.OnDate(&sample.At, time.Now().In(location(t, zone)))).Count(ctx)
		must(t, err)
		want(t, "rows of today in "+zone, n, 1)
	}
}

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	must(t, err)
	return loc
}
