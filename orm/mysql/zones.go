package mysql

import (
	"context"
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
)

// zoneMark stands before the name of a time zone in the statements of the dialect, of a database that keeps moments in a zone.
func zoneMark(kept string) string { return ", " + dialect.MySQLZone(kept) + ", '" }

// checkZones asks the server for the time zones of a statement, once for each: a server without its tables of zones would
// answer with NULL and find no row, without a word.
func (c *conn) checkZones(ctx context.Context, sql string) error {
	for rest := sql; ; {
		_, after, found := strings.Cut(rest, c.zoneMark)
		if !found {
			return nil
		}
		zone, after, found := strings.Cut(after, "')")
		rest = after
		if !found || strings.ContainsAny(zone, `'\`) { // not the dialect's own words
			continue
		}
		if _, seen := c.zones.Load(zone); seen {
			continue
		}
		row, err := queryRaw(ctx, c.inner, "SELECT CONVERT_TZ('2000-01-01 00:00:00', '+00:00', '"+zone+"')")
		if err != nil {
			return err
		}
		if row.Null(0) {
			return &zoneError{zone: zone, maria: c.maria}
		}
		c.zones.Store(zone, true)
	}
}

// zoneError says that the server does not know a time zone.
type zoneError struct {
	zone  string
	maria bool
}

func (e *zoneError) Error() string {
	load := "mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql mysql"
	if e.maria {
		load = "mariadb-tzinfo-to-sql /usr/share/zoneinfo | mariadb mysql"
	}
	return fmt.Sprintf("mysql: the server does not know the time zone %q, so it cannot tell parts of moments there (load its tables: %s)", e.zone, load)
}

// setZone sees that the server knows the zone in which the database keeps moments: its sessions run in it, so that its own
// functions and defaults give the same times.
func (c *conn) setZone(ctx context.Context) error {
	return c.checkZones(ctx, c.zoneMark+c.o.TimeZone+"')")
}
