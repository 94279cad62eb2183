package dialect

import (
	"fmt"
	"time"

	"github.com/nuages-go/nuages/orm/schema"
)

// KeepIn makes the database one that keeps moments in a time zone of its own instead of UTC, by the zone's name in the IANA
// database ("Europe/Berlin"); "" and "UTC" change nothing. SQLite and MySQL keep what a clock there shows, without an
// offset; on PostgreSQL, which keeps moments as they are, it is the zone of sessions. It must be called before the dialect is
// used. Django: TIME_ZONE of a database, and what USE_TZ=False does.
//
// Where clocks are set back, an hour comes twice and both are kept as the same text: it reads as the first. A time that
// clocks left out reads as if they had not been set forward yet. Both are what Python makes of such times.
func (d *Dialect) KeepIn(zone string) error {
	loc, err := LoadZone(zone)
	if loc == nil {
		return err
	}
	d.Zone, d.location = zone, loc
	switch d.Name {
	case "sqlite":
		d.Extract = func(b []byte, part string, kind schema.Kind, in string, of []byte) []byte {
			return sqliteExtractFrom(b, part, kind, zone, in, of)
		}
		d.Trunc = func(b []byte, unit string, kind schema.Kind, in string, of []byte) []byte {
			return sqliteTruncFrom(b, unit, kind, zone, in, of)
		}
	case "mysql":
		d.Extract = func(b []byte, part string, kind schema.Kind, in string, of []byte) []byte {
			return mysqlExtractFrom(b, part, kind, zone, in, of)
		}
		d.Trunc = func(b []byte, unit string, kind schema.Kind, in string, of []byte) []byte {
			return mysqlTruncFrom(b, unit, kind, zone, in, of)
		}
	default:
		return nil // its values carry their offset
	}
	bind := d.Bind
	d.Bind = func(v Value) Value {
		if v.Kind == Time {
			_, offset := v.Time().In(loc).Zone()
			v.N += int64(offset)
		}
		return bind(v)
	}
	return nil
}

// LoadZone finds a time zone by its name in the IANA database. "" and "UTC" are nil.
func LoadZone(name string) (*time.Location, error) {
	if name == "" || name == "UTC" {
		return nil, nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("%q is no time zone of the IANA database (such as Europe/Berlin)", name)
	}
	return loc, nil
}

// Location is the time zone in which the database keeps moments; nil is UTC. Drivers ask for it once.
func (d *Dialect) Location() *time.Location { return d.location }

// FromWall is the moment at which a clock in a zone shows what t shows, whatever zone t itself is in. Of two such moments
// it is the first; a time that no clock there shows counts as if clocks had not been set forward yet. A nil zone is UTC.
func FromWall(t time.Time, zone *time.Location) time.Time {
	_, own := t.Zone()
	shown := t.Unix() + int64(own) // in seconds, as if the clock were UTC's
	if zone == nil {
		return time.Unix(shown, int64(t.Nanosecond())).UTC()
	}
	const day = 24 * 60 * 60
	offset := func(at int64) int64 {
		_, seconds := time.Unix(at, 0).In(zone).Zone()
		return int64(seconds)
	}
	before, after := offset(shown-day), offset(shown+day)
	at := shown - before
	if before != after && offset(at) != before {
		if later := shown - after; offset(later) == after {
			at = later
		}
	} else if before == after {
		if real := offset(at); real != before { // two changes within two days
			at = shown - real
		}
	}
	return time.Unix(at, int64(t.Nanosecond())).UTC()
}

// zoneOr is a zone's name, UTC's if there is none.
func zoneOr(zone string) string {
	if zone == "" {
		return "UTC"
	}
	return zone
}

// appendZoneText appends a zone's name in quotes; what no zone has in its name is left out.
func appendZoneText(b []byte, zone string) []byte {
	b = append(b, '\'')
	for i := 0; i < len(zone); i++ {
		if c := zone[i]; c != '\'' && c != '\\' && c != 0 {
			b = append(b, c)
		}
	}
	return append(b, '\'')
}
