package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// DatabaseCheck is the system check that asks the databases of `check --database`: whether their servers are there and new
// enough, how they are set up, and what of the models they cannot do. Zone is the name of the site's time zone. The messages
// have Django's codes where Django has the check.
func DatabaseCheck(zone string) manage.Check {
	return manage.Check{Tags: []string{"database"}, Database: true, Run: func(ctx context.Context) []manage.Message {
		var out []manage.Message
		for _, name := range manage.CheckDatabases(ctx) {
			db := orm.DatabasesFrom(ctx)[name]
			if db == nil {
				continue
			}
			c := &dbCheck{ctx: ctx, name: name, zone: zone, d: db.Dialect()}
			c.run(db)
			out = append(out, c.out...)
		}
		return out
	}}
}

// dbCheckLimit bounds the questions to one database.
const dbCheckLimit = 5 * time.Second

// dbCheck collects what is wrong with one database.
type dbCheck struct {
	ctx  context.Context
	name string
	zone string
	d    *dialect.Dialect
	out  []manage.Message
}

func (c *dbCheck) say(level manage.Level, id, object, text, hint string) {
	c.out = append(c.out, manage.Message{Level: level, ID: id, Object: object, Text: text, Hint: hint})
}

func (c *dbCheck) run(db *orm.DB) {
	c.models(db)
	ctx, cancel := context.WithTimeout(c.ctx, dbCheckLimit)
	defer cancel()
	c.ctx = ctx
	err := db.Ping(ctx)
	if ve, ok := errors.AsType[*orm.VersionError](err); ok {
		c.say(manage.Error, "databases.E004", c.name, fmt.Sprintf("%s %s or later is required (found %s).", ve.Server, ve.Oldest, ve.Version), "")
		return
	}
	if err == nil {
		switch db.Vendor() {
		case "sqlite":
			err = c.sqlite()
		case "postgresql":
			err = c.postgres()
		case "mysql":
			err = c.mysql(db.Dialect().MariaDB)
		}
	}
	if err != nil { // a warning, since a site is often checked where its databases are not: while it is built
		c.say(manage.Warning, "databases.W001", c.name, "The database cannot be asked: "+err.Error(), "Leave it out with --database.")
	}
}

// ask reads one row of text columns.
func (c *dbCheck) ask(sql string, args ...any) (row []string, err error) {
	err = orm.QueryOn(c.ctx, c.name, sql, args, func(cols []any) error {
		if row != nil {
			return nil
		}
		for _, v := range cols {
			if v == nil {
				row = append(row, "")
				continue
			}
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			row = append(row, fmt.Sprint(v))
		}
		return nil
	})
	if err == nil && row == nil {
		row = make([]string, 8)
	}
	return row, err
}

// oldestSQLite is what Django 6.1 asks for. The driver brings its own, another driver may not.
const oldestSQLite = "3.37"

func (c *dbCheck) sqlite() error {
	row, err := c.ask("SELECT sqlite_version()")
	if err != nil {
		return err
	}
	if older(row[0], oldestSQLite) {
		c.say(manage.Error, "databases.E004", c.name, fmt.Sprintf("SQLite %s or later is required (found %s).", oldestSQLite, row[0]), "")
	}
	row, err = c.ask("PRAGMA foreign_keys")
	if err == nil && row[0] == "0" {
		c.say(manage.Warning, "sqlite.W001", c.name, "The database does not look at foreign keys.", "Take PRAGMA foreign_keys out of init_command.")
	}
	return err
}

// older compares versions such as 3.37 and 3.45.1.
func older(version, than string) bool {
	var have, want [2]int
	if _, err := fmt.Sscanf(version, "%d.%d", &have[0], &have[1]); err != nil {
		return false
	}
	_, _ = fmt.Sscanf(than, "%d.%d", &want[0], &want[1]) // our own text
	return slices.Compare(have[:], want[:]) < 0
}

func (c *dbCheck) postgres() error {
	row, err := c.ask("SELECT current_setting('server_encoding'), current_setting('standard_conforming_strings'), current_setting('TimeZone')")
	if err != nil {
		return err
	}
	if row[0] != "UTF8" {
		c.say(manage.Warning, "postgres.W001", c.name, "The database's encoding is "+row[0]+", which does not hold all texts.", "Make a database with ENCODING 'UTF8'.")
	}
	if row[1] != "on" {
		c.say(manage.Error, "postgres.E001", c.name, "standard_conforming_strings is off, so that a backslash in a text means something else.", "ALTER ROLE ... RESET standard_conforming_strings, or take it out of the options.")
	}
	if zone := or(c.d.Zone, "UTC"); row[2] != zone {
		c.say(manage.Error, "postgres.E002", c.name, "Sessions run in the time zone "+row[2]+" and not in "+zone+".", "Take the time zone out of Options.Init; Options.TimeZone sets it.")
	}
	return c.storedOnly()
}

// mysql looks at the session and the server.
//
// Django 6.1 django/core/checks/database.py, django/db/backends/mysql/validation.py.
func (c *dbCheck) mysql(maria bool) error {
	row, err := c.ask("SELECT @@SESSION.sql_mode, @@default_storage_engine, @@character_set_database, @@time_zone")
	if err != nil {
		return err
	}
	server := "MySQL"
	if maria {
		server = "MariaDB"
	}
	if !strings.Contains(row[0], "STRICT_TRANS_TABLES") && !strings.Contains(row[0], "STRICT_ALL_TABLES") {
		c.say(manage.Warning, "mysql.W002", c.name, server+" Strict Mode is not set for the database connection.",
			"Strict Mode makes errors of values that do not fit, which are cut otherwise. The site sets it: take sql_mode out of init_command.")
	}
	if !strings.EqualFold(row[1], "InnoDB") {
		c.say(manage.Warning, "mysql.W004", c.name, "New tables are of the engine "+row[1]+", which may have neither transactions nor foreign keys.", "Set default_storage_engine = InnoDB.")
	}
	if !strings.HasPrefix(row[2], "utf8mb4") {
		c.say(manage.Warning, "mysql.W005", c.name, "The database's character set is "+row[2]+", which does not hold all texts.", "ALTER DATABASE ... CHARACTER SET utf8mb4.")
	}
	if zone := or(c.d.Zone, "UTC"); row[3] != zone && (zone != "UTC" || row[3] != "+00:00") {
		c.say(manage.Error, "mysql.E002", c.name, "Sessions run in the time zone "+row[3]+" and not in "+zone+".", "Take time_zone out of init_command; Options.TimeZone sets it.")
	}
	if err := c.mysqlEngines(); err != nil {
		return err
	}
	if c.zone == "" || c.zone == "UTC" {
		return nil
	}
	row, err = c.ask("SELECT CONVERT_TZ('2000-01-01 00:00:00', '+00:00', ?)", c.zone)
	if err == nil && row[0] == "" {
		load := "mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql mysql"
		if maria {
			load = "mariadb-tzinfo-to-sql /usr/share/zoneinfo | mariadb mysql"
		}
		c.say(manage.Warning, "mysql.W006", c.name, fmt.Sprintf("The server does not know the time zone %q, so that queries for parts of moments in it are errors.", c.zone),
			"Load its tables: "+load)
	}
	return err
}

// mysqlEngines finds tables of models that have no transactions.
func (c *dbCheck) mysqlEngines() error {
	ours := map[string]bool{}
	for _, m := range c.allowedModels() {
		ours[m.TableName(mysqlName)] = true
	}
	return orm.QueryOn(c.ctx, c.name, "SELECT TABLE_NAME, ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' AND ENGINE <> 'InnoDB' ORDER BY TABLE_NAME", nil, func(cols []any) error {
		if table := text(cols[0]); ours[table] {
			c.say(manage.Warning, "mysql.W007", c.name+": "+table, "The table is of the engine "+text(cols[1])+", which may have neither transactions nor foreign keys.", "ALTER TABLE "+table+" ENGINE = InnoDB.")
		}
		return nil
	})
}
