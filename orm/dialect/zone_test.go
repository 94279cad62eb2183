package dialect_test

import (
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
)

// TestFromWall compares with what Python's zoneinfo makes of the same times (fold=0).
func TestFromWall(t *testing.T) {
	for _, tt := range []struct{ name, zone, wall, want string }{
		{"winter", "Europe/Berlin", "2026-01-01 00:30:00", "2025-12-31 23:30:00"},
		{"summer", "Europe/Berlin", "2026-07-01 14:00:00", "2026-07-01 12:00:00"},
		{"before the gap", "Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29 00:59:59"},
		{"in the gap", "Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29 01:30:00"},
		{"after the gap", "Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29 01:00:00"},
		{"before the fold", "Europe/Berlin", "2026-10-25 01:59:59", "2026-10-24 23:59:59"},
		{"in the fold", "Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25 00:30:00"},
		{"after the fold", "Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25 02:00:00"},
		{"west, in the gap", "America/New_York", "2026-03-08 02:30:00", "2026-03-08 07:30:00"},
		{"west, in the fold", "America/New_York", "2026-11-01 01:30:00", "2026-11-01 05:30:00"},
		{"half an hour", "Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04 14:45:00"},
		{"a day that was left out", "Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 22:00:00"},
		{"a time before clocks agreed", "Europe/Berlin", "1800-01-01 00:00:00", "1799-12-31 23:06:32"},
		{"UTC", "", "2026-03-29 02:30:00", "2026-03-29 02:30:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			zone, err := dialect.LoadZone(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			wall, err := time.Parse(time.DateTime, tt.wall)
			if err != nil {
				t.Fatal(err)
			}
			if got := dialect.FromWall(wall, zone).Format(time.DateTime); got != tt.want {
				t.Errorf("FromWall(%s, %s) = %s, want %s", tt.wall, tt.zone, got, tt.want)
			}
		})
	}
}

// TestFromWallLaws walks around changes of clocks: where a clock shows the time, it is the first such moment; where none does,
// it is that of the offset before.
func TestFromWallLaws(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia"} {
		zone, err := dialect.LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		for wall := time.Date(2011, 12, 28, 0, 7, 0, 0, time.UTC); wall.Year() < 2013; wall = wall.Add(13 * time.Minute) {
			var first time.Time
			before := 0
			for minutes := 27 * 60; minutes >= -27*60; minutes -= 15 {
				at := wall.Add(-time.Duration(minutes) * time.Minute)
				_, offset := at.In(zone).Zone()
				if minutes == 27*60 {
					before = offset
				}
				if offset == minutes*60 && first.IsZero() {
					first = at
				}
			}
			if first.IsZero() {
				first = wall.Add(-time.Duration(before) * time.Second)
			}
			if got := dialect.FromWall(wall, zone); !got.Equal(first) {
				t.Fatalf("FromWall(%s, %s) = %s, want %s", wall.Format(time.DateTime), name, got, first)
			}
		}
	}
}

func TestKeepIn(t *testing.T) {
	for _, zone := range []string{"", "UTC"} {
		d := dialect.SQLite()
		if err := d.KeepIn(zone); err != nil || d.Zone != "" || d.Location() != nil {
			t.Errorf("KeepIn(%q) = %v, zone %q", zone, err, d.Zone)
		}
	}
	for _, zone := range []string{"Local", "Mars/Olympus", "Europe/Berlin'; --", "../etc/passwd"} {
		if err := dialect.MySQL().KeepIn(zone); err == nil {
			t.Errorf("KeepIn(%q): no error", zone)
		}
	}
	d := dialect.MariaDB()
	if err := d.KeepIn("Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	got := d.Bind(dialect.TimeValue(time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)))
	if got.S != "2026-07-01 14:00:00" {
		t.Errorf("Bind = %q, want the time in Berlin", got.S)
	}
}

func BenchmarkFromWall(b *testing.B) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Fatal(err)
	}
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		dialect.FromWall(at, zone)
	}
}
