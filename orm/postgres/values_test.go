package postgres_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/postgres"
)

// Legacy is a table as older versions of Django and other programs make them.
type Legacy struct {
	ID     int32
	Plain  time.Time // timestamp without time zone
	Small  int16
	Whole  int32
	Amount orm.Decimal
	Wide   *orm.Decimal
	Span   time.Duration
	Doc    map[string]any // json, not jsonb
	Single float64        // real
	Stamp  time.Time
	Code   string // char(4)
}

func (Legacy) Fields(l *Legacy) []orm.Field {
	return []orm.Field{orm.Auto(&l.ID), orm.Numeric(&l.Amount, 40, 10), orm.Numeric(l.Wide, 40, 10), orm.JSON(&l.Doc), orm.Char(&l.Code, 4)}
}
func (Legacy) Meta(*Legacy) orm.Meta { return orm.Meta{Table: "legacy"} }

var legacy = orm.Fields[Legacy]()

const legacyTable = `CREATE TABLE legacy (id serial PRIMARY KEY, plain timestamp NOT NULL, small smallint NOT NULL, whole integer NOT NULL,
	amount numeric(40, 10) NOT NULL, wide numeric NULL, span interval NOT NULL, doc json NOT NULL, single real NOT NULL, stamp timestamptz NOT NULL, code char(4) NOT NULL)`

func newLegacy() *Legacy {
	return &Legacy{
		Plain: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), Small: 1, Whole: 2, Amount: orm.MustDecimal("0"), Doc: map[string]any{"a": "b"},
		Single: 0.5, Stamp: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Code: "ab",
	}
}

// TestForeignTables reads and writes types that the ORM does not make itself, prepared and not.
func TestForeignTables(t *testing.T) {
	for name, o := range map[string]postgres.Options{"prepared": {}, "not prepared": {NoPrepare: true}} {
		t.Run(name, func(t *testing.T) {
			ctx := orm.WithModels(orm.WithDatabase(t.Context(), open(t, o)), orm.ModelOf[Legacy]())
			_, err := orm.Exec(ctx, legacyTable)
			must(t, err)
			l := newLegacy()
			l.Amount = orm.MustDecimal("-123456789012345678901234567890.0123456789")
			must(t, orm.Create(ctx, l))
			if l.ID != 1 {
				t.Errorf("key = %d", l.ID)
			}
			got, err := orm.Objects[Legacy]().Get(ctx, orm.Eq(&legacy.Plain, l.Plain))
			must(t, err)
			if !got.Plain.Equal(l.Plain) || !got.Stamp.Equal(l.Stamp) || got.Small != 1 || got.Whole != 2 || got.Single != 0.5 || got.Doc["a"] != "b" || strings.TrimRight(got.Code, " ") != "ab" {
				t.Errorf("got %+v", got)
			}
			if !got.Amount.Equal(l.Amount) {
				t.Errorf("amount = %s, want %s", got.Amount, l.Amount)
			}

			// Many rows: the serial's sequence gives the keys, and json and numeric go as text.
			list := make([]*Legacy, 150)
			for i := range list {
				list[i] = newLegacy()
			}
			must(t, orm.Objects[Legacy]().BulkCreate(ctx, list))
			if list[149].ID != 151 {
				t.Errorf("last key = %d, want 151", list[149].ID)
			}

			// Numbers beyond the column's type find nothing, and do not fit.
			for _, p := range []orm.Predicate{orm.Lookup("small", 70_000), orm.Lookup("whole", int64(math.MaxInt64)), orm.Lookup("small__gt", 40_000), orm.Lookup("whole__in", []int64{1 << 40, -1 << 40})} {
				n, err := orm.Objects[Legacy]().Filter(p).Count(ctx)
				if err != nil || n != 0 {
					t.Errorf("count = %d, %v", n, err)
				}
			}
			n, err := orm.Objects[Legacy]().Filter(orm.Lookup("whole__lt", int64(1)<<40), orm.Lookup("whole", 2)).Count(ctx)
			if err != nil || n != 151 {
				t.Errorf("count = %d, %v", n, err)
			}
			if _, err := orm.Objects[Legacy]().Update(ctx, orm.SetByName("whole", int64(1)<<40)); err == nil {
				t.Error("2^40 went into an integer column")
			}
			must(t, orm.Create(ctx, newLegacy())) // the connection is fit
		})
	}
}

// TestStrangeValues reads what only other programs write.
func TestStrangeValues(t *testing.T) {
	ctx := orm.WithModels(orm.WithDatabase(t.Context(), open(t, postgres.Options{})), orm.ModelOf[Legacy]())
	_, err := orm.Exec(ctx, legacyTable)
	must(t, err)
	must(t, orm.Create(ctx, newLegacy()))
	set := func(sql string) *Legacy {
		t.Helper()
		_, err := orm.Exec(ctx, "UPDATE legacy SET "+sql)
		must(t, err)
		l, err := orm.Objects[Legacy]().Get(ctx)
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			return newLegacy()
		}
		return l
	}
	const day = 24 * time.Hour
	for sql, want := range map[string]time.Duration{
		"span = '1 month'": 30 * day, "span = '1 year 2 months 3 days 04:05:06.000007'": (365+60+3)*day + 4*time.Hour + 5*time.Minute + 6*time.Second + 7*time.Microsecond,
		"span = '-1 day -00:00:01'": -day - time.Second, "span = '1 day -00:00:01'": day - time.Second,
	} {
		if got := set(sql).Span; got != want {
			t.Errorf("%s: %v, want %v", sql, got, want)
		}
	}
	if got := set("stamp = '0044-03-15 12:00:00+00 BC'").Stamp; !got.Equal(time.Date(-43, 3, 15, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("the Ides of March = %v", got)
	}
	old := newLegacy()
	old.ID, old.Stamp = 1, time.Date(-43, 3, 15, 12, 0, 0, 0, time.UTC)
	must(t, orm.Save(ctx, old))
	if got, err := orm.Objects[Legacy]().Filter(orm.Eq(&legacy.Stamp, old.Stamp)).Count(ctx); err != nil || got != 1 {
		t.Errorf("found %d, %v", got, err)
	}
	for _, sql := range []string{"stamp = 'infinity'", "plain = '-infinity'", "span = '1000 years'"} {
		_, err := orm.Exec(ctx, "UPDATE legacy SET "+sql)
		must(t, err)
		if _, err := orm.Objects[Legacy]().Get(ctx); err == nil {
			t.Errorf("%s is read without an error", sql)
		}
		must(t, orm.Save(ctx, func() *Legacy { l := newLegacy(); l.ID = 1; return l }()))
	}
	if _, err := orm.Exec(ctx, "UPDATE legacy SET code = ?", "a\x00b"); err == nil {
		t.Error("a zero byte went into a text")
	}
	if _, err := orm.Exec(ctx, "UPDATE legacy SET code = ?", "\xff"); err == nil {
		t.Error("what is not UTF-8 went into a text")
	}
}

// TestArgumentTypes runs one statement with numbers of different sizes and with nulls.
func TestArgumentTypes(t *testing.T) {
	ctx := orm.WithDatabase(t.Context(), open(t, postgres.Options{MaxConns: 1, Statements: 4}))
	for range 2 {
		for _, v := range []any{1, int64(1) << 40, nil, -1, int64(math.MinInt64), 1.5, true, "text", []byte{1, 2}, time.Second, time.Unix(0, 0), [16]byte{1}} {
			rows := 0
			err := orm.QueryRows(ctx, "SELECT ?", []any{v}, func(c []any) error { rows++; return nil })
			if err != nil || rows != 1 {
				t.Errorf("SELECT %v: %d rows, %v", v, rows, err)
			}
		}
	}
	if err := orm.QueryRows(ctx, "SELECT 1 WHERE ?", []any{"no truth"}, func([]any) error { return nil }); err == nil {
		t.Error("a text went for a truth value")
	}
	for i := range 20 { // more statements than are kept
		_, err := orm.Exec(ctx, "SELECT "+strings.Repeat("1+", i)+"1")
		must(t, err)
	}
}
