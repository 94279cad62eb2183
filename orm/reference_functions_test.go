package orm_test

import (
	"context"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/fn"
	"github.com/nuages-go/nuages/orm/schema"
)

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

var (
	reverse  = orm.CustomFunc[string]{Name: "reverse", SQL: orm.SQL{All: "REVERSE({1})"}}
	reversed = orm.CustomTransform[string]{Name: "reversed", For: schema.Kind.IsText, SQL: orm.SQL{All: "REVERSE({1})"}}
	unlike   = orm.CustomLookup[any]{Name: "unlike", SQL: orm.SQL{All: "{1} <> {2}"}}
)

var refExpressions = []refRow{
	{"F('likes')", orm.F(&a.Likes), "1", ""},
	{"F('likes') + 1, - * /", orm.F(&a.Likes).Plus(4).Times(3).Minus(1).Per(2), "7", "with expressions: `Add Sub Mul Div`; whole numbers divide to whole numbers everywhere"},
	{"F('likes') % 2", orm.F(&a.Likes).ModBy(2), "1", "with an expression: `Mod`"},
	{"F('likes') ** 3", orm.F(&a.ID).PowBy(3), "8", "with an expression: `Pow`"},
	{"F('likes').bitand(1)", orm.F(&a.Likes).BitAndBy(1), "1", "64 bits with a sign, everywhere; with expressions: without `By`"},
	{"F('likes').bitor(4)", orm.F(&a.Likes).BitOrBy(4), "5", ""},
	{"F('likes').bitxor(3)", orm.F(&a.Likes).BitXorBy(3), "2", ""},
	{"F('likes').bitleftshift(2)", orm.F(&a.Likes).BitLeftShiftBy(2), "4", ""},
	{"F('likes').bitrightshift(1)", orm.F(&a.Likes).BitRightShiftBy(1), "0", ""},
	{"F('published') - F('published')", orm.SubTime(orm.F(a.Published), orm.F(a.Published)), "0s", "a duration; `orm.AddTime` moves a moment by one"},
	{"F('title')[0:3]", orm.F(&a.Title).Slice(0, 3), "Tit", "`Slice(3, -1)` is `[3:]`"},
	{"Value(3)", orm.Val(int64(3)), "3", ""},
	{"Case(When(likes__gt=3, then=Value('many')), default=Value('few'))", orm.Case(orm.Val("few"), orm.When[string]{If: orm.Gt(&a.Likes, 3), Then: orm.Val("many")}), "few", ""},
	{"Subquery(q.values('username')[:1])", orm.Pluck(users.Filter(orm.F(&u.ID).Eq(orm.OuterRef(&a.Author.ID))).Limit(1), &u.Username), "bob", ""},
	{"OuterRef('author')", orm.CountIn(articles.Filter(orm.F(&a.Author.ID).Eq(orm.OuterRef(&a.Author.ID)))), "3", "a count beside each row"},
	{"ExpressionWrapper(…, output_field=…)", orm.Typed[float64](orm.F(&a.Likes)), "1", "for mixed arithmetic"},
	{"Q(likes__gt=3), GreaterThan(F('likes'), 3) in annotate", orm.Gt(&a.Likes, 3).Expr(), "", "a truth value: also to order by"},
	{"Func(F('slug'), function='REVERSE')", reverse.Call(orm.F(&a.Slug)), "bs", "`reverse := orm.CustomFunc[string]{Name: \"reverse\", SQL: orm.SQL{All: \"REVERSE({1})\"}}`; a text for each database: `as_vendor`; `{args}` with `Joiner`: `arg_joiner`; `Aggregate: true`: `Aggregate`"},
	{"RawSQL('1 + %s', [41])", orm.RawExpr[int64]("1 + ?", 41), "42", ""},
	{"Collate(F('title'), 'nocase')", orm.Collate(&a.Title, "nocase"), "Title B", "the name is one that the database knows"},
	{"JSONNull()", orm.JSONNull[map[string]any](), "", "also in `SetTo` and `Eq`"},
	{"Func(F('data'), function='JSON_SET')", run(func(ctx context.Context) (any, error) {
		return notes.Update(ctx, orm.SetTo(&n.Data, orm.JSONSet(&n.Data, "c", "lang")))
	}), "2", "one key of a document, on each database"},
}

var longest = orm.CustomFunc[string]{Name: "longest", SQL: orm.SQL{All: "MAX({1})"}, Aggregate: true}

var refAggregates = []refRow{
	{"Count('id')", orm.Count(&a.ID), "6", ""},
	{"Count('*')", orm.CountAll(), "6", ""},
	{"Count('author', distinct=True)", orm.Count(&a.Author.ID).Distinct(), "2", ""},
	{"Count('id', filter=Q(likes__gt=3))", orm.Count(&a.ID).Filter(orm.Gt(&a.Likes, 3)), "2", ""},
	{"Sum('likes')", orm.Sum(&a.Likes), "15", ""},
	{"Sum('likes', default=0)", orm.Sum(&a.Likes).Or(0), "15", ""},
	{"Sum(F('likes') * 2)", orm.SumOf(orm.F(&a.Likes).Times(2)), "30", "`AvgOf CountOf MaxOf MinOf` likewise"},
	{"Avg('likes')", orm.Avg(&a.Likes), "2.5", ""},
	{"Max('likes')", orm.Max(&a.Likes), "5", ""},
	{"Min('likes')", orm.Min(&a.Likes), "0", ""},
	{"StdDev('likes')", orm.StdDev(&a.Likes), "", "of the population"},
	{"Variance('likes')", orm.Variance(&a.Likes), "", "of the population"},
	{"Variance('likes', sample=True)", orm.Variance(&a.Likes).Sample(), "3.5", "`StdDev` likewise"},
	{"StringAgg('slug', delimiter=',', order_by='slug')", orm.StringAgg(&a.Slug, ",", orm.Asc(&a.Slug)), "sa,sb,sc,sd,se,sf", "of an expression: `orm.StringAggOf`"},
	{"AnyValue('status')", orm.AnyValue(&a.Status), "", "on every version of every database"},
	{"class Longest(Aggregate): …, filter=Q(…)", longest.Call(orm.F(&a.Slug)).Filter(orm.Gt(&a.Likes, 3)), "sf", "`longest := orm.CustomFunc[string]{Name: \"longest\", SQL: orm.SQL{All: \"MAX({1})\"}, Aggregate: true}`"},
	{"BitAnd('likes')", orm.BitAnd(&a.Likes), "0", "over no rows null, everywhere; of an expression: `orm.AggregateOf`"},
	{"BitOr('likes')", orm.BitOr(&a.Likes), "7", ""},
	{"BitXor('likes')", orm.BitXor(&a.Likes), "1", ""},
}

var refFunctions = []refRow{
	{"Cast('likes', CharField())", orm.Cast[string](orm.F(&a.Likes)), "1", ""},
	{"Coalesce('likes', Value(0))", orm.Coalesce(orm.F(&a.Likes), orm.Val(int64(0))), "1", "or `orm.F(…).Or(0)`"},
	{"Greatest('likes', 'id')", orm.Greatest(orm.F(&a.Likes), orm.F(&a.ID)), "2", ""},
	{"Least('likes', 'id')", orm.Least(orm.F(&a.Likes), orm.F(&a.ID)), "1", ""},
	{"NullIf('likes', Value(1))", orm.NullIf(orm.F(&a.Likes), orm.Val(int64(1))).Or(7), "7", ""},
	{"JSONObject(n='likes')", orm.JSONObject[map[string]any](orm.JSONPair{Name: "n", Value: orm.F(&a.Likes)}), "map[n:1]", "read into any type of yours"},
	{"JSONArray('likes', 'id')", orm.JSONArray[[]int64](orm.F(&a.Likes), orm.F(&a.ID)), "[1 2]", ""},
	{"Extract('published', 'year', tzinfo=…), ExtractYear", orm.Extract(a.Published, "year"), "2026", "or `fn.ExtractYear(orm.F(a.Published))`; in a zone of its own: with the zone as last argument"},
	{"ExtractIsoYear('published')", orm.Extract(a.Published, "iso_year"), "2026", ""},
	{"ExtractMonth('published')", orm.Extract(a.Published, "month"), "1", ""},
	{"ExtractDay('published')", orm.Extract(a.Published, "day"), "2", ""},
	{"ExtractWeek('published')", orm.Extract(a.Published, "week"), "1", ""},
	{"ExtractWeekDay('published')", orm.Extract(a.Published, "week_day"), "6", ""},
	{"ExtractIsoWeekDay('published')", orm.Extract(a.Published, "iso_week_day"), "5", ""},
	{"ExtractQuarter('published')", orm.Extract(a.Published, "quarter"), "1", ""},
	{"ExtractHour('published')", orm.Extract(a.Published, "hour"), "12", ""},
	{"ExtractMinute('published')", orm.Extract(a.Published, "minute"), "0", ""},
	{"ExtractSecond('published')", orm.Extract(a.Published, "second"), "0", ""},
	{"Now()", orm.Now(), "", ""},
	{"Trunc('published', 'year', tzinfo=…), TruncYear", orm.Trunc(a.Published, "year"), "2026-01-01 00:00:00 +0000 UTC", "the moment at which the year began in the zone; or `fn.TruncYear(orm.F(a.Published))`"},
	{"TruncQuarter('published')", orm.Trunc(a.Published, "quarter"), "2026-01-01 00:00:00 +0000 UTC", ""},
	{"TruncMonth('published')", orm.Trunc(a.Published, "month"), "2026-01-01 00:00:00 +0000 UTC", ""},
	{"TruncWeek('published')", orm.Trunc(a.Published, "week"), "2025-12-29 00:00:00 +0000 UTC", ""},
	{"TruncDay('published')", orm.Trunc(a.Published, "day"), "2026-01-02 00:00:00 +0000 UTC", ""},
	{"TruncDate('published')", orm.DateOf(a.Published), "2026-01-02 00:00:00 +0000 UTC", ""},
	{"TruncTime('published')", orm.TimeOf(a.Published), "12h0m0s", ""},
	{"TruncHour('published')", orm.Trunc(a.Published, "hour"), "2026-01-02 12:00:00 +0000 UTC", ""},
	{"TruncMinute('published')", orm.Trunc(a.Published, "minute"), "2026-01-02 12:00:00 +0000 UTC", ""},
	{"TruncSecond('published')", orm.Trunc(a.Published, "second"), "2026-01-02 12:00:00 +0000 UTC", ""},
	{"Abs('likes')", orm.Abs(orm.F(&a.Likes)), "1", ""},
	{"Ceil('likes')", orm.Ceil(orm.F(&a.Likes)), "1", ""},
	{"Floor('likes')", orm.Floor(orm.F(&a.Likes)), "1", ""},
	{"Round('likes', precision=1)", orm.Round(orm.F(&a.Likes), 1), "1", ""},
	{"ACos('likes')", fn.ACos(orm.F(&a.Likes)), "0", ""},
	{"ASin('likes')", fn.ASin(orm.F(&a.Likes)), "", ""},
	{"ATan('likes')", fn.ATan(orm.F(&a.Likes)), "", ""},
	{"ATan2('likes', 'id')", fn.ATan2(orm.F(&a.Likes), orm.F(&a.ID)), "", ""},
	{"Cos('likes')", fn.Cos(orm.F(&a.Likes)), "", ""},
	{"Cot('likes')", fn.Cot(orm.F(&a.Likes)), "", ""},
	{"Degrees('likes')", fn.Degrees(orm.F(&a.Likes)), "", ""},
	{"Exp('likes')", fn.Exp(orm.F(&a.Likes)), "", ""},
	{"Ln('likes')", fn.Ln(orm.F(&a.Likes)), "0", ""},
	{"Log(2, 'id')", fn.Log(orm.Val(2), orm.F(&a.ID)), "1", ""},
	{"Mod('likes', 2)", fn.Mod(orm.F(&a.Likes), orm.Val(2)), "1", ""},
	{"Pi()", fn.Pi(), "3.141592653589793", ""},
	{"Power('id', 3)", fn.Power(orm.F(&a.ID), orm.Val(3)), "8", ""},
	{"Radians('likes')", fn.Radians(orm.F(&a.Likes)), "", ""},
	{"Random()", fn.Random(), "", ""},
	{"Sign('likes')", fn.Sign(orm.F(&a.Likes)), "1", ""},
	{"Sin('likes')", fn.Sin(orm.F(&a.Likes)), "", ""},
	{"Sqrt('likes')", fn.Sqrt(orm.F(&a.Likes)), "1", ""},
	{"Tan('likes')", fn.Tan(orm.F(&a.Likes)), "", ""},
	{"Chr(65)", fn.Chr(65), "A", ""},
	{"Concat('slug', Value('/'), 'likes')", orm.Concat(orm.F(&a.Slug), orm.Val("/"), orm.F(&a.Likes)), "sb/1", ""},
	{"Left('title', 3)", fn.Left(orm.F(&a.Title), 3), "Tit", ""},
	{"Length('title')", orm.Length(&a.Title), "7", ""},
	{"Lower('title')", orm.Lower(&a.Title), "title b", ""},
	{"LPad('slug', 5, Value('*'))", fn.LPad(orm.F(&a.Slug), 5, "*"), "***sb", ""},
	{"LTrim('title')", fn.LTrim(orm.F(&a.Title)), "Title B", ""},
	{"MD5('slug')", fn.MD5(orm.F(&a.Slug)), "", ""},
	{"Ord('slug')", fn.Ord(orm.F(&a.Slug)), "115", ""},
	{"Repeat('slug', 2)", fn.Repeat(orm.F(&a.Slug), 2), "sbsb", ""},
	{"Replace('title', Value('Title'), Value('T'))", orm.Replace(&a.Title, "Title", "T"), "T B", ""},
	{"Reverse('slug')", fn.Reverse(orm.F(&a.Slug)), "bs", ""},
	{"Right('title', 1)", fn.Right(orm.F(&a.Title), 1), "B", ""},
	{"RPad('slug', 3, Value('*'))", fn.RPad(orm.F(&a.Slug), 3, "*"), "sb*", ""},
	{"RTrim('title')", fn.RTrim(orm.F(&a.Title)), "Title B", ""},
	{"SHA1('slug')", fn.SHA1(orm.F(&a.Slug)), "", "PostgreSQL: with the extension pgcrypto"},
	{"SHA224('slug')", fn.SHA224(orm.F(&a.Slug)), "", ""},
	{"SHA256('slug')", fn.SHA256(orm.F(&a.Slug)), "", ""},
	{"SHA384('slug')", fn.SHA384(orm.F(&a.Slug)), "", ""},
	{"SHA512('slug')", fn.SHA512(orm.F(&a.Slug)), "", ""},
	{"StrIndex('slug', Value('b'))", fn.StrIndex(orm.F(&a.Slug), "b"), "2", ""},
	{"Substr('title', 1, 3)", orm.Substr(&a.Title, 1, 3), "Tit", ""},
	{"Trim('title')", orm.Trim(&a.Title), "Title B", ""},
	{"Upper('slug')", orm.Upper(&a.Slug), "SB", ""},
	{"UUID4()", orm.UUID4(), "", "made by the database, another for each row"},
	{"UUID7(shift)", orm.UUID7(time.Hour), "", "on every version of every database"},
}

var byLikes = orm.Window{Order: []orm.Order{orm.Asc(&a.Likes)}}

var refWindows = []refRow{
	{"Window(Sum('likes'), partition_by='author', order_by='id')", orm.Sum(&a.Likes).Over(orm.Window{Partition: []orm.AnyExpr{orm.F(&a.Author.ID)}, Order: []orm.Order{orm.Asc(&a.ID)}}), "1", "conditions on the result are allowed"},
	{"Window(…, frame=RowRange(start=-1, end=0))", orm.Sum(&a.Likes).Over(orm.Window{Order: []orm.Order{orm.Asc(&a.ID)}, Rows: &orm.Frame{Before: new(1), After: new(0)}}), "1", ""},
	{"ValueRange over dates (not in Django)", orm.CountAll().Over(orm.Window{Order: []orm.Order{orm.Asc(a.Published)}, Range: &orm.Frame{Earlier: new(24 * time.Hour), Later: new(time.Duration(0))}}), "", "the last day, on each database"},
	{"Window(…, frame=ValueRange(start=-1, end=1))", orm.Sum(&a.Likes).Over(orm.Window{Order: []orm.Order{orm.Asc(&a.Likes)}, Range: &orm.Frame{Before: new(1), After: new(1)}}), "3", ""},
	{"WindowFrameExclusion.CURRENT_ROW", orm.Sum(&a.Likes).Over(orm.Window{Rows: &orm.Frame{}, Exclude: orm.ExcludeCurrentRow}), "14", "`ExcludeGroup ExcludeTies ExcludeNoOthers`; not on MySQL"},
	{"RowNumber()", orm.RowNumber().Over(byLikes), "2", ""},
	{"Rank()", orm.Rank().Over(byLikes), "2", ""},
	{"DenseRank()", orm.DenseRank().Over(byLikes), "2", ""},
	{"PercentRank()", orm.PercentRank().Over(byLikes), "0.2", ""},
	{"CumeDist()", orm.CumeDist().Over(byLikes), "", ""},
	{"Ntile(2)", orm.Ntile(2).Over(byLikes), "1", ""},
	{"Lag('likes', 1)", orm.Lag(orm.F(&a.Likes), 1).Over(byLikes), "0", ""},
	{"Lag('likes', 2, default=-1)", orm.LagOr(orm.F(&a.Likes), 2, -1).Over(byLikes), "-1", "`LeadOr` likewise"},
	{"Lead('likes', 1)", orm.Lead(orm.F(&a.Likes), 1).Over(byLikes), "2", ""},
	{"FirstValue('likes')", orm.FirstValue(orm.F(&a.Likes)).Over(byLikes), "0", ""},
	{"LastValue('likes')", orm.LastValue(orm.F(&a.Likes)).Over(byLikes), "1", ""},
	{"NthValue('likes', 2)", orm.NthValue(orm.F(&a.Likes), 2).Over(byLikes), "1", ""},
}
