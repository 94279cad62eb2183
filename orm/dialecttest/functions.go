package dialecttest

import (
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/fn"
	"github.com/nuages-go/nuages/orm/schema"
)

// testFunctions calls functions over texts, numbers, times and types.
func testFunctions(t *testing.T, e *env) {
	ada := &Author{Name: "Ada"}
	must(t, orm.Create(e.ctx, ada))
	four := 4.5
	must(t, orm.Create(e.ctx, &Book{Title: "Ünïcode ☕ it's", Author: orm.To(ada), Pages: 100, Rating: &four, Out: date(2024, 2, 29)}))
	title := orm.F(&book.Title)
	text := func(name string, args ...orm.AnyExpr) orm.Expr[string] { return orm.Function[string](name, args...) }
	const full = "Ünïcode ☕ it's"
	at := func(name string, x computed) computed { x.name = name; return x }
	list := []computed{
		at("length", of(full, "", orm.Length(&book.Title), "14")),
		at("left", of(full, "", fn.Left(title, 3), "Ünï")),
		at("right", of(full, "", fn.Right(title, 6), "☕ it's")),
		at("substr", of(full, "", orm.Substr(&book.Title, 9, 3), "☕ i")),
		at("substr to the end", of(full, "", fn.Substr(title, 9), "☕ it's")),
		at("slice", of(full, "", title.Slice(0, 3), "Ünï")),
		at("slice in the middle", of(full, "", title.Slice(3, 8), "code ")),
		at("slice to the end", of(full, "", title.Slice(10, -1), "it's")),
		at("empty slice", of(full, "", title.Slice(5, 5), "")),
		at("reverse", of(full, "", fn.Reverse(title), "s'ti ☕ edocïnÜ")),
		at("repeat", of(full, "", fn.Repeat(orm.Val("☕"), 3), "☕☕☕")),
		at("lpad", of(full, "", fn.LPad(orm.Val("☕"), 3, "é"), "éé☕")),
		at("rpad", of(full, "", text("RPad", orm.Val("☕"), orm.Val(3)), "☕  ")),
		at("replace", of(full, "", orm.Replace(&book.Title, "☕", "tea"), "Ünïcode tea it's")),
		at("replace by nothing", of(full, "", text("Replace", title, orm.Val("☕ ")), "Ünïcode it's")),
		at("strindex", of(full, "", fn.StrIndex(title, "☕"), "9")),
		at("strindex of nothing", of(full, "", fn.StrIndex(title, "z"), "0")),
		at("ord", of(full, "", fn.Ord(orm.Val("☕")), "9749")),
		at("chr", of(full, "", fn.Chr(9749), "☕")),
		at("trim", of(full, "", fn.Trim(orm.Val("  x ")), "x")),
		at("ltrim", of(full, "", fn.LTrim(orm.Val("  x")), "x")),
		at("rtrim", of(full, "", fn.RTrim(orm.Val("x  ")), "x")),
		at("md5", of(full, "", fn.MD5(orm.Val("é")), "66ddcd97cfdeabb2f6fb8a999b4bc76f")),
		at("sha256", of(full, "", fn.SHA256(orm.Val("a")), "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb")),
		at("concat with null", of(full, "", orm.Concat(title, orm.NullIf(title, title), orm.Val("!")), full+"!")),
		at("round", of(full, "", orm.Round(orm.F(book.Rating), 0), "5")),
		at("round to places", of(full, "", orm.Round(orm.F(book.Rating).Per(7), 2), "0.6400")),
		at("round before the point", of(full, "", orm.Round(orm.F(&book.Pages).Plus(57), -2), "200")),
		at("round half of a negative", of(full, "", orm.Round(orm.F(book.Rating).Times(-1), 0), "-5")),
		at("ceil", of(full, "", orm.Ceil(orm.F(book.Rating)), "5")),
		at("floor", of(full, "", orm.Floor(orm.F(book.Rating).Times(-1)), "-5")),
		at("log", of(full, "", fn.Log(orm.Val(2.0), orm.Val(8.0)), "3")),
		at("ln", of(full, "", fn.Ln(fn.Exp(orm.Val(2.0))), "2")),
		at("mod", of(full, "", fn.Mod(orm.Val(5.5), orm.Val(2.0)), "1.5000")),
		at("atan2", of(full, "", fn.ATan2(orm.Val(1.0), orm.Val(1.0)), "0.7854")),
		at("cot", of(full, "", fn.Cot(orm.Val(1.0)), "0.6421")),
		at("sign", of(full, "", orm.Function[int64]("Sign", orm.Val(int64(-7))), "-1")),
		at("greatest", of(full, "", orm.Greatest(orm.F(&book.Pages), orm.Val(int64(7))), "100")),
		at("null if", of(full, "", orm.NullIf(orm.F(&book.Pages), orm.Val(int64(100))), "null")),
		at("cast to a text", of(full, "", orm.Cast[string](orm.F(&book.Pages)), "100")),
		at("cast to a whole number", of(full, "", orm.Cast[int64](orm.Val("42")), "42")),
		at("cast to a float", of(full, "", orm.Cast[float64](orm.Val("1.5")), "1.5000")),
		at("cast to a decimal", of(full, "", orm.CastTo[orm.Decimal](orm.Val("1.25"), schema.Field{Kind: schema.Decimal, Digits: 6, Places: 2}), "1.25")),
		at("cast to a short text", of(full, "", orm.CastTo[string](orm.Val("abc"), schema.Field{Kind: schema.Char, MaxLength: 10}), "abc")),
		at("cast to a day", of(full, "", orm.CastTo[time.Time](orm.Val("2026-03-14"), schema.Field{Kind: schema.Date}), "2026-03-14 00:00:00")),
		at("cast to a moment", of(full, "", orm.Cast[time.Time](orm.Val("2026-03-14 15:09:26")), "2026-03-14 15:09:26")),
		at("cast to a time", of(full, "", orm.CastTo[time.Duration](orm.Val("15:09:26"), schema.Field{Kind: schema.Time}), "15h9m26s")),
		at("cast to a truth", of(full, "", orm.CastTo[bool](orm.Val(1), schema.Field{Kind: schema.Boolean}), "true")),
		at("functions of functions", of(full, "", fn.Upper(fn.Trim(fn.Right(title, 5))), "IT'S")),
		at("an expression as length", of(full, "", fn.Left(title, orm.F(&book.Pages).Minus(97)), "Ünï")),
		at("an expression as text", of(full, "", fn.Replace(title, fn.Left(title, 8), "a "), "a ☕ it's")),
		at("lower", of(full, "", fn.Lower(orm.Val("IT'S ☕")), "it's ☕")),
		at("sign of a decimal", of(full, "", fn.Sign(orm.Val(orm.MustDecimal("-2.50"))), "-1")),
		at("root of a decimal", of(full, "", fn.Sqrt(orm.Val(orm.MustDecimal("6.25"))), "2.5000")),
		at("power of a decimal", of(full, "", fn.Power(orm.Val(orm.MustDecimal("2.5")), orm.Val(2)), "6.2500")),
		at("rest of a decimal", of(full, "", fn.Mod(orm.Val(orm.MustDecimal("5.5")), orm.Val(2)), "1.5000")),
		at("rest of a negative", of(full, "", fn.Mod(orm.F(&book.Pages).Times(-1), orm.Val(30)), "-10")),
		at("half a turn", of(full, "", fn.Degrees(fn.Pi()), "180")),
		at("root of nothing", of(full, "", fn.Sqrt(orm.NullIf(orm.F(&book.Pages), orm.F(&book.Pages))), "null")),
		at("year", of(full, "", fn.ExtractYear(orm.F(&book.Out)), "2024")),
		at("month", of(full, "", fn.TruncMonth(orm.F(&book.Out)), "2024-02-01 00:00:00")),
		at("unknown", of(full, "", text("Rot13", title), `error: unknown function "Rot13"`)),
		at("too few arguments", of(full, "", text("Left", title), "error: Left takes 2 arguments, not 1")),
		at("too many arguments", of(full, "", text("Lower", title, title), "error: Lower takes 1 arguments, not 2")),
		at("one is not the greatest", of(full, "", orm.Greatest(title), "error: Greatest takes at least 2 arguments")),
		at("trunc of nothing", of(full, "", orm.Function[time.Time]("TruncDate"), "error: ")),
		at("no collation", of(full, "", orm.Collate(&book.Title, `C"; --`), `error: is not the name of a collation`)),
		at("no zone", of(full, "", orm.Node[int64](expr.Func{Name: "Extract", Args: []expr.Node{expr.Name{Name: "out"}}, Unit: "year", Zone: "x'y"}), "error: is no time zone")),
	}
	check(t, e, list)

	// With a null, PostgreSQL takes the greatest of the others; the others say null. As in Django.
	wantNull := map[bool]string{true: "100", false: "null"}[e.db.Dialect().Name == "postgresql"]
	check(t, e, []computed{of(full, "greatest with null", orm.Greatest(orm.F(&book.Pages), orm.NullIf(orm.F(&book.Pages), orm.F(&book.Pages))), wantNull)})

	nocase := map[string]string{"sqlite": "nocase", "postgresql": "C", "mysql": "utf8mb4_general_ci"}[e.db.Dialect().Name]
	must(t, orm.Create(e.ctx, &Book{Title: "alpha", Author: orm.To(ada), Pages: 1, Out: date(2024, 2, 29)}))
	must(t, orm.Create(e.ctx, &Book{Title: "Beta", Author: orm.To(ada), Pages: 1, Out: date(2024, 2, 29)}))
	books, err := orm.Objects[Book]().Filter(orm.Eq(&book.Pages, 1)).OrderBy(orm.Collate(&book.Title, nocase).Asc()).All(e.ctx)
	must(t, err)
	want(t, "a collation", titles(books), map[string]string{"C": "Beta,alpha"}[nocase]+map[bool]string{true: "alpha,Beta"}[nocase != "C"])

	for _, x := range []struct {
		name    string
		x       orm.Expr[[16]byte]
		version byte
	}{{"4", orm.UUID4(), 4}, {"7", orm.UUID7(), 7}, {"7 in an hour", orm.UUID7(time.Hour), 7}} {
		type row struct{ ID [16]byte }
		rows, err := orm.Values(orm.Objects[Book](), func(r *row) []orm.Pick { return []orm.Pick{orm.As(&r.ID, x.x)} }).All(e.ctx)
		if err != nil || len(rows) != 3 || rows[0] == rows[1] {
			t.Errorf("UUID%s = %v, %v", x.name, rows, err)
			continue
		}
		for _, r := range rows {
			if r.ID[6]>>4 != x.version || r.ID[8]>>6 != 2 {
				t.Errorf("UUID%s = %x", x.name, r.ID)
			}
			var ms int64
			for _, b := range r.ID[:6] {
				ms = ms<<8 | int64(b)
			}
			made := time.UnixMilli(ms)
			if x.name == "7 in an hour" {
				made = made.Add(-time.Hour)
			}
			if x.version == 7 && time.Since(made).Abs() > time.Minute {
				t.Errorf("UUID%s = %x, made at %v", x.name, r.ID, made)
			}
		}
	}
	must(t, orm.Create(e.ctx, fullSample()))
	n, err := orm.Objects[Sample]().Update(e.ctx, orm.SetTo(&sample.Key, orm.UUID7()))
	if err != nil || n != 1 {
		t.Errorf("a UUID in an update: %d, %v", n, err)
	}
}

// testZoneParts takes moments apart in time zones, around the hours when clocks change.
func testZoneParts(t *testing.T, e *env) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	// Clocks in Berlin go from 2:00 to 3:00 on 29 March 2026, from 3:00 back to 2:00 on 25 October.
	for i, at := range []time.Time{
		time.Date(2026, 3, 29, 0, 59, 59, 0, time.UTC),   // 1:59:59
		time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC),     // 3:00:00
		time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC),   // 0:30 on the 29th
		time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC),   // 2:30, the second time
		time.Date(2026, 10, 24, 22, 15, 0, 0, time.UTC),  // 0:15 on the 25th
		time.Date(2026, 12, 31, 23, 30, 15, 0, time.UTC), // 2027
	} {
		s := fullSample()
		s.Small, s.At = int16(i), at
		must(t, orm.Create(e.ctx, s))
	}
	read := func(ctx *env, x orm.AnyExpr) string {
		t.Helper()
		rows, err := orm.Objects[Sample]().ValuesByName("id").Annotate(orm.Named("v", x)).OrderBy(orm.ByName("id")).Maps(ctx.ctx)
		if err != nil {
			return err.Error()
		}
		out := ""
		for _, r := range rows {
			out += text(r["v"]) + "; "
		}
		return out
	}
	there := &env{db: e.db, ctx: orm.WithTimeZone(e.ctx, "Europe/Berlin")}
	for _, tt := range []struct {
		name      string
		here, own orm.AnyExpr
		want      string
	}{
		{"hour", orm.Extract(&sample.At, "hour"), orm.Extract(&sample.At, "hour", berlin), "1; 3; 0; 2; 0; 0; "},
		{"day", orm.Extract(&sample.At, "day"), orm.Extract(&sample.At, "day", berlin), "29; 29; 29; 25; 25; 1; "},
		{"year", orm.Extract(&sample.At, "year"), orm.Extract(&sample.At, "year", berlin), "2026; 2026; 2026; 2026; 2026; 2027; "},
		{"week day", orm.Extract(&sample.At, "week_day"), orm.Extract(&sample.At, "week_day", berlin), "1; 1; 1; 1; 1; 6; "},
		{"date", orm.DateOf(&sample.At), orm.DateOf(&sample.At, berlin), "2026-03-29 00:00:00; 2026-03-29 00:00:00; 2026-03-29 00:00:00; 2026-10-25 00:00:00; 2026-10-25 00:00:00; 2027-01-01 00:00:00; "},
		{"time", orm.TimeOf(&sample.At), orm.TimeOf(&sample.At, berlin), "1h59m59s; 3h0m0s; 30m0s; 2h30m0s; 15m0s; 30m15s; "},
		{"trunc to days", orm.Trunc(&sample.At, "day"), orm.Trunc(&sample.At, "day", berlin), "2026-03-28 23:00:00; 2026-03-28 23:00:00; 2026-03-28 23:00:00; 2026-10-24 22:00:00; 2026-10-24 22:00:00; 2026-12-31 23:00:00; "},
		{"trunc to months", orm.Trunc(&sample.At, "month"), orm.Trunc(&sample.At, "month", berlin), "2026-02-28 23:00:00; 2026-02-28 23:00:00; 2026-02-28 23:00:00; 2026-09-30 22:00:00; 2026-09-30 22:00:00; 2026-12-31 23:00:00; "},
		{"trunc to weeks", orm.Trunc(&sample.At, "week"), orm.Trunc(&sample.At, "week", berlin), "2026-03-22 23:00:00; 2026-03-22 23:00:00; 2026-03-22 23:00:00; 2026-10-18 22:00:00; 2026-10-18 22:00:00; 2026-12-27 23:00:00; "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want(t, "in the current zone", read(there, tt.here), tt.want)
			want(t, "in a zone of its own", read(e, tt.own), tt.want)
		})
	}
	n, err := orm.Objects[Sample]().Filter(orm.Extract(&sample.At, "year", berlin).Is(2027)).Count(e.ctx)
	must(t, err)
	want(t, "a year in a zone of its own", n, 1)
	want(t, "a zone without a name", read(e, orm.Extract(&sample.At, "hour", time.FixedZone("odd'", 60))), `orm: "odd'" is no time zone of the IANA database`)
}
