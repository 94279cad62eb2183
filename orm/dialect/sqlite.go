package dialect

import (
	"strconv"
	"time"

	"github.com/nuages-go/nuages/orm/schema"
)

// SQLite is the dialect of SQLite 3.37 and later, with the functions that orm/sqlite installs.
func SQLite() *Dialect {
	return &Dialect{
		Name: "sqlite", Quote: '"', MaxParams: 32766,
		Returning: true, ReturnsUpdates: true, ReturnsDeletes: true, Conflict: true, IgnoreInsert: "INSERT OR IGNORE INTO ",
		TransactionalDDL: true, DeferredKeys: true, NullsFirstLast: true, FilterClause: true, NoLimit: "-1",
		InlineForeignKeys: true, BoolTrue: "1", BoolFalse: "0", RowValues: true, Batches: true,
		ColumnType: sqliteType, ColumnCheck: sqliteCheck, AutoSuffix: "AUTOINCREMENT",
		Lookup: sqliteLookup, Extract: sqliteExtract, Trunc: sqliteTrunc, Bind: sqliteBind,
	}
}

// Django 6.1 django/db/backends/sqlite3/base.py data_types.
func sqliteType(f, target *schema.Field) string {
	if own, ok := f.DBType.On("sqlite", false); ok {
		return own
	}
	switch f.Kind {
	case schema.Auto, schema.BigAuto, schema.SmallAuto, schema.Integer:
		return "integer"
	case schema.Char, schema.Slug, schema.Email, schema.URL, schema.File, schema.Image, schema.FilePath:
		if f.MaxLength == 0 {
			return "varchar"
		}
		return "varchar(" + strconv.Itoa(f.MaxLength) + ")"
	case schema.Text, schema.JSON:
		return "text"
	case schema.BigInteger, schema.Duration:
		return "bigint"
	case schema.SmallInteger:
		return "smallint"
	case schema.PositiveInteger:
		return "integer unsigned"
	case schema.PositiveBigInteger:
		return "bigint unsigned"
	case schema.PositiveSmallInteger:
		return "smallint unsigned"
	case schema.Float:
		return "real"
	case schema.Decimal:
		return "decimal"
	case schema.Boolean:
		return "bool"
	case schema.Date:
		return "date"
	case schema.DateTime:
		return "datetime"
	case schema.Time:
		return "time"
	case schema.Binary:
		return "BLOB"
	case schema.UUID:
		return "char(32)"
	case schema.IP:
		return "char(39)"
	case schema.Generated:
		return sqliteType(f.Output, nil)
	case schema.ForeignKey, schema.OneToOne:
		return keyType(target, sqliteType)
	}
	return ""
}

// keyType is the type of a column that holds another table's key: an automatic key's plain integer.
func keyType(target *schema.Field, typ func(f, target *schema.Field) string) string {
	if target == nil {
		return "bigint"
	}
	t := *target
	switch t.Kind {
	case schema.Auto:
		t.Kind = schema.Integer
	case schema.BigAuto:
		t.Kind = schema.BigInteger
	case schema.SmallAuto:
		t.Kind = schema.SmallInteger
	}
	return typ(&t, nil)
}

func sqliteCheck(f *schema.Field, col string) string {
	switch f.Kind {
	case schema.PositiveInteger, schema.PositiveBigInteger, schema.PositiveSmallInteger:
		return col + " >= 0"
	case schema.JSON:
		return "(JSON_VALID(" + col + ") OR " + col + " IS NULL)"
	}
	return ""
}

func sqliteLookup(b []byte, op string, left, right []byte) ([]byte, bool) {
	switch op {
	case "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "iexact":
		b = append(b, left...)
		b = append(b, " LIKE "...)
		b = append(b, right...)
		return append(b, ` ESCAPE '\'`...), true
	case "regex":
		b = append(b, left...)
		b = append(b, " REGEXP "...)
		return append(b, right...), true
	case "iregex":
		b = append(b, left...)
		b = append(b, " REGEXP '(?i)' || "...)
		return append(b, right...), true
	}
	return b, false
}

// appendZones appends the zone in which the clock is looked at and the one in which the moment is kept, as the functions take
// them; nothing needs to be moved where they are the same.
//
// Django 6.1 django/db/backends/sqlite3/operations.py _convert_tznames_to_sql.
func appendZones(b []byte, kept, in string) []byte {
	if zoneOr(kept) == zoneOr(in) {
		return append(b, "NULL, NULL)"...)
	}
	b = appendZoneText(b, zoneOr(in))
	b = append(b, ", "...)
	b = appendZoneText(b, zoneOr(kept))
	return append(b, ')')
}

func sqliteExtract(b []byte, part string, kind schema.Kind, in string, of []byte) []byte {
	return sqliteExtractFrom(b, part, kind, "", in, of)
}

// sqliteExtractFrom is sqliteExtract for a database that keeps moments in a zone of its own.
func sqliteExtractFrom(b []byte, part string, kind schema.Kind, kept, in string, of []byte) []byte {
	switch kind {
	case schema.Date:
		b = append(b, "django_date_extract('"...)
	case schema.Time:
		b = append(b, "django_time_extract('"...)
	default:
		b = append(b, "django_datetime_extract('"...)
	}
	b = append(b, part...)
	b = append(b, "', "...)
	b = append(b, of...)
	if kind != schema.DateTime {
		return append(b, ')')
	}
	b = append(b, ", "...)
	return appendZones(b, kept, in)
}

func sqliteTrunc(b []byte, unit string, kind schema.Kind, in string, of []byte) []byte {
	return sqliteTruncFrom(b, unit, kind, "", in, of)
}

// sqliteTruncFrom is sqliteTrunc for a database that keeps moments in a zone of its own.
func sqliteTruncFrom(b []byte, unit string, kind schema.Kind, kept, in string, of []byte) []byte {
	switch unit {
	case "date":
		b = append(b, "django_datetime_cast_date("...)
		b = append(b, of...)
		b = append(b, ", "...)
		return appendZones(b, kept, in)
	case "time":
		b = append(b, "django_datetime_cast_time("...)
		b = append(b, of...)
		b = append(b, ", "...)
		return appendZones(b, kept, in)
	}
	switch kind {
	case schema.Date:
		b = append(b, "django_date_trunc('"...)
	case schema.Time:
		b = append(b, "django_time_trunc('"...)
	default:
		b = append(b, "django_datetime_trunc('"...)
	}
	b = append(b, unit...)
	b = append(b, "', "...)
	b = append(b, of...)
	b = append(b, ", "...)
	return appendZones(b, kept, in)
}

// sqliteBind writes what Django stores: moments as text in UTC, UUIDs as 32 hexadecimal digits, durations in microseconds.
func sqliteBind(v Value) Value {
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
		const hex = "0123456789abcdef"
		var b [32]byte
		for i := 0; i < 16 && i < len(v.S); i++ {
			b[2*i], b[2*i+1] = hex[v.S[i]>>4], hex[v.S[i]&15]
		}
		return TextValue(string(b[:]))
	case JSON:
		return TextValue(PythonJSON(v.S))
	case Decimal:
		if v.N == 0 { // otherwise a whole number that SQLite has no room for
			return TextValue(v.S)
		}
	}
	return v
}

// AppendTime appends a moment as Django writes it on SQLite: UTC, microseconds only when there are any.
func AppendTime(b []byte, t time.Time) []byte {
	t = t.UTC()
	b = t.AppendFormat(b, "2006-01-02 15:04:05")
	return appendMicro(b, t.Nanosecond()/1000)
}

// AppendClock appends a time of day.
func AppendClock(b []byte, d time.Duration) []byte {
	t := time.Unix(0, int64(d)).UTC()
	b = t.AppendFormat(b, "15:04:05")
	return appendMicro(b, t.Nanosecond()/1000)
}

func appendMicro(b []byte, us int) []byte {
	if us == 0 {
		return b
	}
	b = append(b, '.')
	for div := 100000; div > 0; div /= 10 {
		b = append(b, byte('0'+us/div%10))
	}
	return b
}
