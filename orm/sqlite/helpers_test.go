package sqlite_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
)

// SQL that was written for Django's connections runs: the functions that Django installs are here by their names.
//
// Django 6.1 django/db/backends/sqlite3/_functions.py.
func TestHelpersOfDjango(t *testing.T) {
	t.Parallel()
	ctx := open(t, sqlite.Options{})
	_, err := orm.Exec(ctx, "CREATE TABLE t (n INTEGER)")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := orm.Exec(ctx, "INSERT INTO t VALUES (1), (2), (4)"); err != nil {
		t.Fatal(err)
	}
	at := "'2026-03-29 01:30:15.5'"
	for _, tt := range []struct {
		sql  string
		want any // nil: anything but null
	}{
		{"django_date_extract('year', '2026-03-29')", int64(2026)},
		{"django_date_trunc('month', '2026-03-29', NULL, NULL)", "2026-03-01"},
		{"django_datetime_cast_date(" + at + ", 'Europe/Berlin', 'UTC')", "2026-03-29"},
		{"django_datetime_cast_time(" + at + ", 'Europe/Berlin', 'UTC')", "03:30:15.500000"},
		{"django_datetime_extract('hour', " + at + ", 'Europe/Berlin', 'UTC')", int64(3)},
		{"django_datetime_trunc('hour', " + at + ", 'Europe/Berlin', 'UTC')", nil},
		{"django_time_extract('minute', '01:30:15')", int64(30)},
		{"django_time_trunc('hour', '01:30:15', NULL, NULL)", "01:00:00"},
		{"django_time_diff('02:00:00', '01:00:00')", int64(3_600_000_000)},
		{"django_timestamp_diff('2026-01-02 00:00:00', '2026-01-01 00:00:00')", int64(86_400_000_000)},
		{"django_format_dtdelta('+', '2026-01-01 00:00:00', 1000000)", nil},
		{"regexp('^b', 'bc')", int64(1)},
		{"'bc' REGEXP '^c'", int64(0)},
		{"BITXOR(5, 3)", int64(6)},
		{"COT(1)", 1 / math.Tan(1)},
		{"LPAD('x', 3, 'ab')", "abx"},
		{"RPAD('x', 3, 'ab')", "xab"},
		{"REPEAT('ab', 2)", "abab"},
		{"REVERSE('abc')", "cba"},
		{"MD5('')", "d41d8cd98f00b204e9800998ecf8427e"},
		{"SHA1('')", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{"SHA224('')", nil},
		{"SHA256('')", nil},
		{"SHA384('')", nil},
		{"SHA512('')", nil},
		{"SIGN(-3)", int64(-1)},
		{"CBRT(27)", 3.0},
		{"ACOS(1)", 0.0},
		{"ASIN(0)", 0.0},
		{"ATAN(0)", 0.0},
		{"ATAN2(0, 1)", 0.0},
		{"CEILING(1.5)", nil},
		{"COS(0)", 1.0},
		{"DEGREES(0)", 0.0},
		{"EXP(0)", 1.0},
		{"FLOOR(1.5)", nil},
		{"LN(1)", 0.0},
		{"LOG(2, 8)", 3.0},
		{"MOD(7, 4)", nil},
		{"PI()", math.Pi},
		{"POWER(2, 3)", nil},
		{"RADIANS(0)", 0.0},
		{"SIN(0)", 0.0},
		{"SQRT(4)", 2.0},
		{"TAN(0)", 0.0},
		{"RAND()", nil},
		{"UUIDV4()", nil},
		{"UUIDV7(NULL)", nil},
		{"(SELECT STDDEV_POP(n) FROM t)", math.Sqrt(14.0 / 9)},
		{"(SELECT STDDEV_SAMP(n) FROM t)", math.Sqrt(7.0 / 3)},
		{"(SELECT VAR_POP(n) FROM t)", 14.0 / 9},
		{"(SELECT VAR_SAMP(n) FROM t)", 7.0 / 3},
		{"(SELECT ANY_VALUE(n) FROM t)", nil},
		{"(SELECT BIT_AND(n) FROM t)", int64(0)},
		{"(SELECT BIT_OR(n) FROM t)", int64(7)},
		{"(SELECT BIT_XOR(n) FROM t)", int64(7)},
	} {
		got := one(t, ctx, "SELECT "+tt.sql)
		same := fmt.Sprint(got) == fmt.Sprint(tt.want)
		if w, ok := tt.want.(float64); ok {
			g, isFloat := got.(float64)
			same = isFloat && math.Abs(g-w) < 1e-9
		}
		if got == nil || tt.want != nil && !same {
			t.Errorf("%s = %v, want %v", tt.sql, got, tt.want)
		}
	}
	if got := one(t, ctx, "PRAGMA legacy_alter_table"); got != int64(0) {
		t.Errorf("legacy_alter_table = %v", got)
	}
}
