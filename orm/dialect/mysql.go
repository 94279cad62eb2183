package dialect

import (
	"strconv"
	"time"

	"github.com/nuages-go/nuages/orm/schema"
)

// MySQL is the dialect of MySQL 8.4 and later.
func MySQL() *Dialect {
	return &Dialect{
		Name: "mysql", Quote: '`', MaxName: 64, MaxParams: 65535,
		IgnoreInsert: "INSERT IGNORE INTO ", ForUpdate: true, NoLimit: "18446744073709551615", ConsecutiveKeys: true, TellsKeys: true, Lateral: true,
		BoolTrue: "1", BoolFalse: "0", RowValues: true,
		ColumnType: mysqlType, ColumnCheck: mysqlCheck,
		Lookup: mysqlLookup, Extract: mysqlExtract, Trunc: mysqlTrunc, Bind: mysqlBind,
	}
}

// MariaDB is the dialect of MariaDB 10.11 and later. Its name is "mysql" too: the two differ in little.
func MariaDB() *Dialect {
	d := MySQL()
	d.MariaDB, d.Returning, d.ReturnsDeletes, d.ConsecutiveKeys, d.Lateral = true, true, true, false, false
	d.ColumnType, d.Bind, d.Lookup = mariaType, mariaBind, mariaLookup
	return d
}

// Django 6.1 django/db/backends/mysql/base.py data_types.
func mysqlType(f, target *schema.Field) string {
	if own, ok := f.DBType.On("mysql", false); ok {
		return own
	}
	switch f.Kind {
	case schema.Auto:
		return "integer AUTO_INCREMENT"
	case schema.BigAuto:
		return "bigint AUTO_INCREMENT"
	case schema.SmallAuto:
		return "smallint AUTO_INCREMENT"
	case schema.Integer:
		return "integer"
	case schema.BigInteger, schema.Duration:
		return "bigint"
	case schema.SmallInteger:
		return "smallint"
	case schema.PositiveInteger:
		return "integer UNSIGNED"
	case schema.PositiveBigInteger:
		return "bigint UNSIGNED"
	case schema.PositiveSmallInteger:
		return "smallint UNSIGNED"
	case schema.Char, schema.Slug, schema.Email, schema.URL, schema.File, schema.Image, schema.FilePath:
		if f.MaxLength == 0 {
			return "longtext"
		}
		return "varchar(" + strconv.Itoa(f.MaxLength) + ")"
	case schema.Text:
		return "longtext"
	case schema.JSON:
		return "json"
	case schema.Float:
		return "double precision"
	case schema.Decimal:
		if f.Digits == 0 {
			return "" // it has no numbers without limits
		}
		return "numeric(" + strconv.Itoa(f.Digits) + ", " + strconv.Itoa(f.Places) + ")"
	case schema.Boolean:
		return "bool"
	case schema.Date:
		return "date"
	case schema.DateTime:
		return "datetime(6)"
	case schema.Time:
		return "time(6)"
	case schema.Binary:
		return "longblob"
	case schema.UUID:
		return "char(32)"
	case schema.IP:
		return "char(39)"
	case schema.Generated:
		return mysqlType(f.Output, nil)
	case schema.ForeignKey, schema.OneToOne:
		return keyType(target, mysqlType)
	}
	return ""
}

// mariaType has a type for UUIDs (since MariaDB 10.7, as in Django).
func mariaType(f, target *schema.Field) string {
	if own, ok := f.DBType.On("mysql", true); ok {
		return own
	}
	switch f.Kind {
	case schema.UUID:
		return "uuid"
	case schema.Generated:
		return mariaType(f.Output, nil)
	case schema.ForeignKey, schema.OneToOne:
		return keyType(target, mariaType)
	}
	return mysqlType(f, target)
}

func mysqlCheck(f *schema.Field, col string) string {
	switch f.Kind {
	case schema.PositiveInteger, schema.PositiveBigInteger, schema.PositiveSmallInteger:
		return col + " >= 0"
	}
	return ""
}

// mysqlLookup compares texts: LIKE alone ignores case as the column's collation says, LIKE BINARY does not.
//
// Django 6.1 django/db/backends/mysql/base.py operators, operations.py regex_lookup.
func mysqlLookup(b []byte, op string, left, right []byte) ([]byte, bool) {
	switch op {
	case "regex", "iregex":
		b = append(b, "REGEXP_LIKE("...)
		b = append(b, left...)
		b = append(b, ", "...)
		b = append(b, right...)
		if op == "regex" {
			return append(b, ", 'c')"...), true
		}
		return append(b, ", 'i')"...), true
	}
	return likeLookup(b, op, left, right)
}

// mariaLookup compares by the pattern's own flags, which leave the collations of both sides alone.
func mariaLookup(b []byte, op string, left, right []byte) ([]byte, bool) {
	switch op {
	case "regex", "iregex":
		b = append(b, left...)
		if op == "regex" {
			b = append(b, " REGEXP CONCAT('(?-i)', "...)
		} else {
			b = append(b, " REGEXP CONCAT('(?i)', "...)
		}
		b = append(b, right...)
		return append(b, ')'), true
	}
	return likeLookup(b, op, left, right)
}

func likeLookup(b []byte, op string, left, right []byte) ([]byte, bool) {
	b = append(b, left...)
	switch op {
	case "iexact", "icontains", "istartswith", "iendswith":
		b = append(b, " LIKE "...)
	case "contains", "startswith", "endswith":
		b = append(b, " LIKE BINARY "...)
	default:
		return b[:len(b)-len(left)], false
	}
	return append(b, right...), true
}

// FoldCase makes the look-ups that ignore case do so by LOWER, for a database whose texts compare by their bytes: its LIKE
// does not ignore case by itself.
func FoldCase(d *Dialect) {
	lookup := d.Lookup
	lower := func(of []byte) []byte { return append(append([]byte("LOWER("), of...), ')') }
	d.Lookup = func(b []byte, op string, left, right []byte) ([]byte, bool) {
		switch op {
		case "iexact", "icontains", "istartswith", "iendswith":
			left, right = lower(left), lower(right)
		}
		return lookup(b, op, left, right)
	}
}

// appendConverted writes a moment, which is kept in one zone, as the clock in another shows it. The server needs its tables
// of time zones for that.
//
// Django 6.1 django/db/backends/mysql/operations.py _convert_sql_to_tz.
func appendConverted(b []byte, kind schema.Kind, kept, in string, of []byte) []byte {
	if kind != schema.DateTime || zoneOr(in) == zoneOr(kept) {
		return append(b, of...)
	}
	b = append(b, "CONVERT_TZ("...)
	b = append(b, of...)
	b = append(b, ", "...)
	b = append(b, MySQLZone(kept)...)
	b = append(b, ", "...)
	b = append(b, MySQLZone(in)...)
	return append(b, ')')
}

// MySQLZone is a zone in quotes; UTC is one that the server knows without its tables.
func MySQLZone(zone string) string {
	if zoneOr(zone) == "UTC" {
		return "'+00:00'"
	}
	return string(appendZoneText(nil, zone))
}

// mysqlParts are what stands before and after the moment for each part of it.
var mysqlParts = map[string][2]string{
	"year": {"EXTRACT(YEAR FROM ", ")"}, "quarter": {"EXTRACT(QUARTER FROM ", ")"}, "month": {"EXTRACT(MONTH FROM ", ")"},
	"day": {"EXTRACT(DAY FROM ", ")"}, "hour": {"EXTRACT(HOUR FROM ", ")"}, "minute": {"EXTRACT(MINUTE FROM ", ")"},
	"second": {"EXTRACT(SECOND FROM ", ")"}, "week": {"WEEK(", ", 3)"}, "week_day": {"DAYOFWEEK(", ")"},
	"iso_week_day": {"(WEEKDAY(", ") + 1)"}, "iso_year": {"(YEARWEEK(", ", 3) DIV 100)"},
}

// Django 6.1 django/db/backends/mysql/operations.py date_extract_sql.
func mysqlExtract(b []byte, part string, kind schema.Kind, in string, of []byte) []byte {
	return mysqlExtractFrom(b, part, kind, "", in, of)
}

// mysqlExtractFrom is mysqlExtract for a database that keeps moments in a zone of its own.
func mysqlExtractFrom(b []byte, part string, kind schema.Kind, kept, in string, of []byte) []byte {
	around := mysqlParts[part]
	b = append(b, around[0]...)
	b = appendConverted(b, kind, kept, in, of)
	return append(b, around[1]...)
}

// mysqlUnits are the formats that keep a moment down to a unit.
var mysqlUnits = map[string]string{
	"year": "%Y-01-01 00:00:00", "month": "%Y-%m-01 00:00:00", "day": "%Y-%m-%d 00:00:00", "hour": "%Y-%m-%d %H:00:00",
	"minute": "%Y-%m-%d %H:%i:00", "second": "%Y-%m-%d %H:%i:%s",
}

// Django 6.1 django/db/backends/mysql/operations.py date_trunc_sql, datetime_trunc_sql, time_trunc_sql.
func mysqlTrunc(b []byte, unit string, kind schema.Kind, in string, of []byte) []byte {
	return mysqlTruncFrom(b, unit, kind, "", in, of)
}

// mysqlTruncFrom is mysqlTrunc for a database that keeps moments in a zone of its own.
func mysqlTruncFrom(b []byte, unit string, kind schema.Kind, kept, in string, of []byte) []byte {
	inner := appendConverted(nil, kind, kept, in, of)
	wrap := func(before, after string) []byte { return append(append(append(b, before...), inner...), after...) }
	switch unit {
	case "date":
		return wrap("DATE(", ")")
	case "time":
		return wrap("TIME(", ")")
	}
	typ := "DATETIME"
	switch kind {
	case schema.Date:
		typ = "DATE"
	case schema.Time:
		typ = "TIME"
	}
	switch unit {
	case "quarter":
		b = wrap("CAST(DATE_FORMAT(MAKEDATE(YEAR(", "), 1) + INTERVAL QUARTER(")
		return append(append(append(b, inner...), ") QUARTER - INTERVAL 1 QUARTER, '%Y-%m-%d 00:00:00') AS "...), typ+")"...)
	case "week":
		b = wrap("CAST(DATE_FORMAT(DATE_SUB(", ", INTERVAL WEEKDAY(")
		return append(append(append(b, inner...), ") DAY), '%Y-%m-%d 00:00:00') AS "...), typ+")"...)
	}
	format := mysqlUnits[unit]
	if kind == schema.Time {
		format = format[len("%Y-%m-%d "):]
	}
	return wrap("CAST(DATE_FORMAT(", ", '"+format+"') AS "+typ+")")
}

// mysqlBind writes what Django stores: moments as text in UTC without an offset, UUIDs as 32 hexadecimal digits, durations
// in microseconds.
func mysqlBind(v Value) Value {
	switch v.Kind {
	case Time:
		var b [40]byte
		return TextValue(string(AppendTime(b[:0], v.Time())))
	case Date:
		return TextValue(v.Time().Format("2006-01-02"))
	case Clock:
		return TextValue(string(AppendClock(nil, time.Duration(v.N))))
	case Duration:
		return IntValue(v.N / 1000)
	case Bool:
		return IntValue(v.N)
	case UUID:
		return TextValue(string(appendHex(make([]byte, 0, 32), v.S)))
	case JSON:
		return TextValue(SpacedJSON(v.S)) // paths do not find keys that are escaped
	case Decimal:
		return TextValue(v.S)
	}
	return v
}

// mariaBind writes UUIDs with their dashes.
func mariaBind(v Value) Value {
	if v.Kind != UUID || len(v.S) != 16 {
		return mysqlBind(v)
	}
	b := make([]byte, 0, 36)
	for i, end := range [...]int{4, 6, 8, 10, 16} {
		if i > 0 {
			b = append(b, '-')
		}
		b = appendHex(b, v.S[[...]int{0, 4, 6, 8, 10}[i]:end])
	}
	return TextValue(string(b))
}

func appendHex(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	for i := range len(s) {
		b = append(b, hex[s[i]>>4], hex[s[i]&15])
	}
	return b
}
