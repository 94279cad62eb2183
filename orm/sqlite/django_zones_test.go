package sqlite_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/internal/testservices"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// Moment is the model of testdata/zones.py.
type Moment struct {
	ID   int64
	Name string
	At   time.Time
}

func (Moment) Fields(m *Moment) []orm.Field { return []orm.Field{orm.Char(&m.Name, 50)} }
func (Moment) Meta(*Moment) orm.Meta        { return orm.Meta{Table: "zones_moment"} }

var theMoment = orm.Fields[Moment]()

// TestZonesOfDjango lets an installed Django and the ORM work on the same file of moments, without USE_TZ and with a time
// zone of the database: they read the same, and find the same rows, whoever wrote them.
func TestZonesOfDjango(t *testing.T) {
	python := testservices.FindDjango(t)
	moments := map[string]string{
		"new year": "2025-12-31 23:30:00", "old year": "2025-12-31 22:30:00.123456", "summer": "2026-07-01 12:00:00",
		"before the gap": "2026-03-29 00:59:59", "after the gap": "2026-03-29 01:00:00", "first of two": "2026-10-25 00:30:00",
		"after the fold": "2026-10-25 02:00:00", "late": "2026-10-24 22:15:00", "long ago": "1969-07-20 20:17:40",
	}
	for _, tt := range []struct {
		name, useTZ, zone, database string
	}{
		{"without USE_TZ", "0", "Europe/Berlin", ""},
		{"without USE_TZ, west", "0", "America/New_York", ""},
		{"with a zone of the database", "1", "Europe/Berlin", "Europe/Berlin"},
		{"kept in UTC", "1", "Europe/Berlin", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			moments := maps.Clone(moments)
			if tt.database != "" {
				delete(moments, "first of two") // Django 3.2 refuses to read it; 4.0 and later take the first, as we do
			}
			dir := t.TempDir()
			theirs, ours := filepath.Join(dir, "theirs.sqlite3"), filepath.Join(dir, "ours.sqlite3")
			django := func(file, work string) map[string]string {
				t.Helper()
				var out, problems bytes.Buffer
				cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "zones.py"), file, tt.useTZ, tt.zone, tt.database, work)
				given, err := json.Marshal(moments)
				must(t, err)
				cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(given), &out, &problems
				var seen map[string]string
				if err := cmd.Run(); err != nil {
					t.Fatalf("%v\n%s", err, problems.String())
				}
				must(t, json.Unmarshal(out.Bytes(), &seen))
				return seen
			}
			kept := tt.database
			if tt.useTZ == "0" {
				kept = tt.zone
			}
			django(theirs, "write")
			writeMoments(t, ours, kept, moments)
			want := django(theirs, "read")
			if len(want) != len(moments)*8+10 {
				t.Fatalf("Django answers %d questions", len(want))
			}
			for who, got := range map[string]map[string]string{
				"Django on our file": django(ours, "read"), "we on Django's file": readMoments(t, theirs, kept, tt.zone), "we on our file": readMoments(t, ours, kept, tt.zone),
			} {
				for _, question := range slices.Sorted(maps.Keys(want)) {
					if got[question] != want[question] {
						t.Errorf("%s: %s = %q, Django has %q", who, question, got[question], want[question])
					}
				}
			}
		})
	}
}

func writeMoments(t *testing.T, file, kept string, moments map[string]string) {
	t.Helper()
	db, err := sqlite.Open(file, sqlite.Options{TimeZone: kept})
	must(t, err)
	defer db.Close()
	ctx := orm.WithDatabase(t.Context(), db)
	_, err = orm.Exec(ctx, `CREATE TABLE "zones_moment" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(50) NOT NULL, "at" datetime NOT NULL)`)
	must(t, err)
	for _, name := range slices.Sorted(maps.Keys(moments)) {
		at, err := time.Parse("2006-01-02 15:04:05", moments[name])
		must(t, err)
		must(t, orm.Create(ctx, &Moment{Name: name, At: at}))
	}
}

// readMoments answers the questions of zones.py.
func readMoments(t *testing.T, file, kept, zone string) map[string]string {
	t.Helper()
	db, err := sqlite.Open(file, sqlite.Options{TimeZone: kept})
	must(t, err)
	defer db.Close()
	ctx := orm.WithTimeZone(orm.WithDatabase(t.Context(), db), zone)
	out := map[string]string{}
	show := func(v any) string {
		switch v := v.(type) {
		case time.Time:
			return v.UTC().Format("2006-01-02 15:04:05")
		case time.Duration:
			text := time.Time{}.Add(v).Format("15:04:05.000000")
			return strings.TrimSuffix(text, ".000000")
		}
		return fmt.Sprint(v)
	}
	rows, err := orm.Objects[Moment]().ValuesByName("name", "at").Annotate(
		orm.Named("hour", orm.Extract(&theMoment.At, "hour")), orm.Named("week", orm.Extract(&theMoment.At, "week")),
		orm.Named("date", orm.DateOf(&theMoment.At)), orm.Named("time", orm.TimeOf(&theMoment.At)),
		orm.Named("day_cut", orm.Trunc(&theMoment.At, "day")), orm.Named("month_cut", orm.Trunc(&theMoment.At, "month")),
		orm.Named("hour_cut", orm.Trunc(&theMoment.At, "hour")),
	).Maps(ctx)
	must(t, err)
	for _, r := range rows {
		for key, v := range r {
			if key == "name" {
				continue
			}
			out[fmt.Sprint(r["name"], " ", key)] = show(v)
			if key == "date" {
				out[fmt.Sprint(r["name"], " ", key)] = v.(time.Time).Format("2006-01-02")
			}
		}
	}
	for _, lookup := range []string{"at__year=2026", "at__year__lt=2026", "at__date=2026-03-29", "at__date__gt=2026-10-24", "at__hour=2", "at__hour=0", "at__month=1", "at__week_day=1", "at__day=25", "at__time__lt=01:00"} {
		key, text, _ := strings.Cut(lookup, "=")
		var value any = text
		if n, err := strconv.Atoi(text); err == nil {
			value = n
		}
		list, err := orm.Objects[Moment]().Filter(orm.Lookup(key, value)).OrderBy(orm.Asc(&theMoment.Name)).All(ctx)
		must(t, err)
		var names []string
		for _, m := range list {
			names = append(names, m.Name)
		}
		out[lookup] = strings.Join(names, ", ")
	}
	return out
}
