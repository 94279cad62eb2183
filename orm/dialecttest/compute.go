package dialecttest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/expr"
)

// computed is an expression with what it gives for one book, in every database.
type computed struct {
	name string
	get  func(e *env) (string, error)
	want string
}

// of computes an expression for the book of a title.
func of[V any](title, name string, x orm.Expr[V], want string) computed {
	return computed{name, func(e *env) (string, error) {
		q := orm.Objects[Book]().Filter(orm.Eq(&book.Title, title))
		rows, err := q.ValuesByName("id").Annotate(orm.Named("v", x)).Maps(e.ctx)
		if err != nil {
			return err.Error(), nil
		}
		if len(rows) != 1 {
			return "", fmt.Errorf("%d rows", len(rows))
		}
		return text(rows[0]["v"]), nil
	}, want}
}

// over computes an aggregate of all books, or of those that a condition keeps.
func over[V any](name string, x orm.Expr[V], want string, where ...orm.Predicate) computed {
	return computed{name, func(e *env) (string, error) {
		got, err := orm.Objects[Book]().Filter(where...).AggregateByName(e.ctx, orm.Named("v", x))
		if err != nil {
			return err.Error(), nil
		}
		return text(got["v"]), nil
	}, want}
}

// each computes a window function for all books in the order of their keys.
func each[V any](name string, x orm.Expr[V], want string) computed {
	return computed{name, func(e *env) (string, error) {
		rows, err := orm.Objects[Book]().ValuesByName("id").Annotate(orm.Named("v", x)).Maps(e.ctx)
		if err != nil {
			return err.Error(), nil
		}
		var out []string
		for _, r := range rows {
			out = append(out, text(r["v"]))
		}
		return strings.Join(out, " "), nil
	}, want}
}

func text(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case float64:
		return strings.TrimSuffix(fmt.Sprintf("%.4f", x), ".0000")
	case orm.Decimal:
		return strings.TrimSuffix(strings.TrimRight(x.Round(6).String(), "0"), ".")
	case time.Time:
		return x.UTC().Format("2006-01-02 15:04:05.999")
	case []byte:
		return string(x)
	}
	return fmt.Sprint(v)
}

func check(t *testing.T, e *env, list []computed) {
	t.Helper()
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.get(e)
			ok := got == c.want
			if rest, contains := strings.CutPrefix(c.want, "error: "); contains {
				ok = strings.Contains(got, rest)
			}
			if err != nil || !ok {
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			}
		})
	}
}

// testOperators computes with numbers, bits and times.
func testOperators(t *testing.T, e *env) {
	library(t, e)
	must(t, orm.Create(e.ctx, fullSample()))
	pages, rating := orm.F(&book.Pages), orm.F(book.Rating) // of Alpha: 100 and 4.5
	asFloat := orm.Typed[float64](pages)
	check(t, e, []computed{
		of("Alpha", "whole division", pages.Per(30), "3"),
		of("Alpha", "whole division of a negative", pages.Times(-1).Per(30), "-3"),
		of("Alpha", "modulo", pages.ModBy(30), "10"),
		of("Alpha", "modulo of a negative", pages.Times(-1).ModBy(30), "-10"),
		of("Alpha", "modulo of floats", rating.ModBy(2), "0.5000"),
		of("Alpha", "power", pages.PowBy(2), "10000"),
		of("Alpha", "power of floats", rating.PowBy(2), "20.2500"),
		of("Alpha", "power of expressions", pages.Pow(orm.Val(int64(3))), "1000000"),
		of("Alpha", "and", pages.BitAndBy(6), "4"),
		of("Alpha", "or", pages.BitOrBy(3), "103"),
		of("Alpha", "xor", pages.BitXorBy(255), "155"),
		of("Alpha", "left", pages.BitLeftShiftBy(2), "400"),
		of("Alpha", "left beyond 32 bits", pages.BitLeftShiftBy(40), "109951162777600"),
		of("Alpha", "right", pages.BitRightShiftBy(3), "12"),
		of("Alpha", "bits of negatives", pages.Times(-1).BitAndBy(255), "156"),
		of("Alpha", "or of negatives", pages.Times(-1).BitOrBy(1), "-99"),
		of("Alpha", "xor of negatives", pages.Times(-1).BitXorBy(1), "-99"),
		of("Alpha", "right of negatives", pages.Times(-1).BitRightShiftBy(3), "-13"),
		of("Alpha", "bits of expressions", pages.BitAnd(pages.Plus(1)).BitXor(pages).BitOr(pages).BitLeftShift(orm.F(&book.ID)).BitRightShift(orm.F(&book.ID)), "100"),
		of("beta", "null stays null", rating.ModBy(2), "null"),
		of("Alpha", "whole and float", asFloat.Mul(rating), "450"),
		of("Alpha", "whole by float", asFloat.Div(rating), "22.2222"),
		of("Alpha", "bits of a float", rating.BitAndBy(1), "error: bits are those of whole numbers"),
		of("Alpha", "text and number", orm.Typed[int64](orm.F(&book.Title)).Add(pages).Add(orm.Node[int64](expr.Name{Name: "title"})), "error: mixes"),
		of("Alpha", "condition", orm.Node[int64](expr.Binary{Op: "%", Left: expr.Name{Name: "pages"}, Right: expr.Val(7)}), "2"),
		of("Alpha", "days between", orm.SubTime(orm.F(&book.Out), orm.Val(date(2024, 2, 27))), "error: mixes"),
	})

	type times struct {
		Gap   time.Duration
		Later time.Time
		Next  time.Time
		Half  time.Duration
		Price orm.Decimal
		Root  float64
		Mean  time.Duration
	}
	at, day := orm.F(&sample.At), orm.F(&sample.Day)
	rows, err := orm.Values(orm.Objects[Sample](), func(r *times) []orm.Pick {
		return []orm.Pick{
			orm.As(&r.Gap, orm.SubTime(orm.AddTime(at, orm.Val(90*time.Minute)), at)),
			orm.As(&r.Later, orm.AddTime(at, orm.F(&sample.Span))),
			orm.As(&r.Next, orm.AddTime(day, orm.Val(36*time.Hour))),
			orm.As(&r.Half, orm.SubTime(day, day)),
			orm.As(&r.Price, orm.F(&sample.Price).Add(orm.Typed[orm.Decimal](orm.F(&sample.Big)))),
			orm.As(&r.Root, orm.Typed[float64](orm.Typed[float64](orm.F(&sample.Price)).Mul(orm.F(&sample.Ratio)))),
		}
	}).All(e.ctx)
	must(t, err)
	s := fullSample()
	want(t, "moment - moment", rows[0].Gap, 90*time.Minute)
	if got, want := rows[0].Later, s.At.Add(s.Span); !got.Equal(want.Truncate(time.Microsecond)) {
		t.Errorf("moment + span = %v, want %v", got, want)
	}
	if got, want := rows[0].Next, s.Day.Add(36*time.Hour); !got.Equal(want) {
		t.Errorf("day + span = %v, want %v", got, want)
	}
	want(t, "day - day", rows[0].Half, 0)
	if got, want := rows[0].Price.Round(2).String(), s.Price.Round(2).String(); got == want {
		t.Errorf("decimal + whole = %s", got)
	}
	_, err = orm.Values(orm.Objects[Sample](), func(r *times) []orm.Pick {
		return []orm.Pick{orm.As(&r.Price, orm.F(&sample.Price).Mul(orm.Node[orm.Decimal](expr.Name{Name: "ratio"})))}
	}).All(e.ctx)
	if err == nil || !strings.Contains(err.Error(), "mixes Decimal and Float (say what it gives with orm.Typed)") {
		t.Errorf("a decimal times a float: %v", err)
	}
	mixed, err := orm.Values(orm.Objects[Sample](), func(r *times) []orm.Pick {
		return []orm.Pick{orm.As(&r.Root, orm.Typed[float64](orm.F(&sample.Ratio).Mul(orm.Node[float64](expr.Name{Name: "price"}))))}
	}).All(e.ctx)
	if err != nil || mixed[0].Root == 0 {
		t.Errorf("a decimal times a float, typed: %v, %v", mixed, err)
	}
	mean, err := orm.Aggregate(e.ctx, orm.Objects[Sample](), orm.Typed[time.Duration](orm.Avg(&sample.Span)))
	if err != nil || mean.Round(time.Millisecond) != s.Span.Round(time.Millisecond) {
		t.Errorf("the mean of spans = %v, %v, want %v", mean, err, s.Span)
	}
}

// testGroups aggregates: all aggregates, over nothing too.
func testGroups(t *testing.T, e *env) {
	library(t, e)
	nothing := orm.Gt(&book.Pages, 100_000)
	check(t, e, []computed{
		over("deviation", orm.StdDev(&book.Pages), "84.9837"),
		over("deviation of a sample", orm.StdDev(&book.Pages).Sample(), "104.0833"),
		over("variance", orm.Variance(&book.Pages), "7222.2222"),
		over("variance of a sample", orm.Variance(&book.Pages).Sample(), "10833.3333"),
		over("sample of one", orm.Variance(&book.Pages).Sample(), "null", orm.Eq(&book.Pages, 50)),
		over("population of one", orm.Variance(&book.Pages), "0", orm.Eq(&book.Pages, 50)),
		over("deviation of nothing", orm.StdDev(&book.Pages), "null", nothing),
		over("any value", orm.AnyValue(&book.Pages), "50", orm.Eq(&book.Pages, 50)),
		over("any value of nulls", orm.AnyValue(book.Rating), "null", orm.Eq(&book.Title, "beta")),
		over("any value that is not null", orm.AnyValue(book.Rating).Filter(orm.Gt(book.Rating, 3)), "4.5000"),
		over("any truth", orm.AggregateOf[bool]("AnyValue", orm.Case(orm.Val(true))), "true"),
		over("and", orm.BitAnd(&book.Pages), "32"),
		over("or", orm.BitOr(&book.Pages), "254"),
		over("xor", orm.BitXor(&book.Pages), "172"),
		over("bits of negatives", orm.AggregateOf[int64]("BitOr", orm.F(&book.Pages).Times(-1)), "-34"),
		over("and of nothing", orm.BitAnd(&book.Pages), "null", nothing),
		over("or of nothing", orm.BitOr(&book.Pages), "null", nothing),
		over("xor of nothing", orm.BitXor(&book.Pages).Or(-1), "-1", nothing),
		over("xor with a filter", orm.BitXor(&book.Pages).Filter(orm.Lt(&book.Pages, 100)), "50"),
		over("texts", orm.StringAgg(&book.Title, ", ", orm.Desc(&book.Pages)), "beta, Alpha, 100%_Gamma"),
		over("texts with a filter", orm.StringAgg(&book.Title, "|", orm.Asc(&book.Pages)).Filter(orm.Gt(&book.Pages, 60)), "Alpha|beta"),
		over("texts of numbers", orm.StringAggOf(orm.F(&book.Pages), ";", orm.Asc(&book.Pages)), "50;100;250"),
		over("different texts", orm.StringAggOf(orm.F(&book.Author.To().Name), ",", orm.Asc(&book.Author.To().Name)).Distinct(), "Ada,Bob"),
		over("texts of nothing", orm.StringAgg(&book.Title, ","), "null", nothing),
		over("texts of nothing, a default", orm.StringAgg(&book.Title, ",").Or("none"), "none", nothing),
		over("a delimiter that hurts", orm.StringAgg(&book.Title, `'"\`, orm.Asc(&book.Pages)).Filter(orm.Gt(&book.Pages, 60)), `Alpha'"\beta`),
		over("different numbers", orm.Count(&book.Author.ID).Distinct(), "2"),
		over("sum of different", orm.SumOf(orm.F(&book.Author.ID).Mul(orm.Val(int64(0))).Plus(1)).Distinct(), "1"),
		over("count over nothing", orm.Count(&book.Pages), "0", nothing),
		over("sum over nothing", orm.Sum(&book.Pages), "null", nothing),
		over("average over nothing", orm.Avg(&book.Pages).Or(1.5), "1.5000", nothing),
		over("filter of no aggregate", orm.Lower(&book.Title).Filter(nothing), "error: Filter is for aggregates"),
		over("an aggregate of an aggregate", orm.SumOf(orm.Sum(&book.Pages)), "error: cannot compute Sum of an aggregate"),
		over("different rows", orm.CountAll().Distinct(), "error: rows are never equal"),
		over("sample of a sum", orm.Sum(&book.Pages).Sample(), "error: Sum has no form for samples"),
		over("unknown", orm.AggregateOf[int64]("Median", orm.F(&book.Pages)), `error: unknown aggregate "Median"`),
	})
	if e.db.Dialect().Name == "sqlite" {
		check(t, e, []computed{over("different texts with a delimiter", orm.StringAgg(&book.Title, ";").Distinct(), `error: has the delimiter ","`)})
	}
}

// testWindows looks at the rows around each row.
func testWindows(t *testing.T, e *env) {
	library(t, e) // pages 100, 250, 50
	must(t, orm.Create(e.ctx, &Book{Title: "delta", Author: orm.FK[Author]{ID: 1}, Pages: 100, Out: date(2026, 1, 2)}))
	byPages := orm.Window{Order: []orm.Order{orm.Asc(&book.Pages)}}
	byID := orm.Window{Order: []orm.Order{orm.Asc(&book.ID)}}
	rows := func(before, after *int) orm.Window {
		return orm.Window{Order: []orm.Order{orm.Asc(&book.ID)}, Rows: &orm.Frame{Before: before, After: after}}
	}
	near := func(before, after *int) orm.Window {
		return orm.Window{Order: []orm.Order{orm.Asc(&book.Pages)}, Range: &orm.Frame{Before: before, After: after}}
	}
	pages := orm.F(&book.Pages)
	sum := orm.Sum(&book.Pages)
	list := []computed{
		each("row number", orm.RowNumber().Over(byID), "1 2 3 4"),
		each("rank", orm.Rank().Over(byPages), "2 4 1 2"),
		each("dense rank", orm.DenseRank().Over(byPages), "2 3 1 2"),
		each("percent rank", orm.PercentRank().Over(byPages), "0.3333 1 0 0.3333"),
		each("cume dist", orm.CumeDist().Over(byPages), "0.7500 1 0.2500 0.7500"),
		each("ntile", orm.Ntile(2).Over(byID), "1 1 2 2"),
		each("lag", orm.Lag(pages, 1).Over(byID), "null 100 250 50"),
		each("lag of two", orm.Lag(pages, 2).Over(byID), "null null 100 250"),
		each("lag with a value outside", orm.LagOr(pages, 1, 7).Over(byID), "7 100 250 50"),
		each("lead", orm.Lead(pages, 1).Over(byID), "250 50 100 null"),
		each("lead with a value outside", orm.LeadOr(pages, 2, -1).Over(byID), "50 100 -1 -1"),
		each("first", orm.FirstValue(pages).Over(byID), "100 100 100 100"),
		each("last", orm.LastValue(pages).Over(rows(nil, nil)), "100 100 100 100"),
		each("nth", orm.NthValue(pages, 2).Over(rows(nil, nil)), "250 250 250 250"),
		each("nth before it is there", orm.NthValue(pages, 2).Over(byID), "null 250 250 250"),
		each("sum so far", sum.Over(byID), "100 350 400 500"),
		each("sum of a part", sum.Over(orm.Window{Partition: []orm.AnyExpr{orm.F(&book.Author.ID)}}), "450 450 50 450"),
		each("average of all", orm.Avg(&book.Pages).Over(orm.Window{}), "125 125 125 125"),
		each("rows around", sum.Over(rows(new(1), new(1))), "350 400 400 150"),
		each("rows before", sum.Over(rows(new(1), new(0))), "100 350 300 150"),
		each("rows after only", sum.Over(rows(new(-1), new(2))), "300 150 100 null"),
		each("rows before only", sum.Over(rows(new(2), new(-1))), "null 100 350 300"),
		each("rows to the end", sum.Over(rows(new(0), nil)), "500 400 150 100"),
		each("values so far", sum.Over(near(nil, new(0))), "250 500 50 250"),
		each("values near", sum.Over(near(new(50), new(50))), "250 250 250 250"),
		each("values to the end", sum.Over(near(new(0), nil)), "450 250 500 450"),
		each("a default", sum.Or(-1).Over(rows(new(2), new(-1))), "-1 100 350 300"),
		each("a filter", orm.CountAll().Filter(orm.Gt(&book.Pages, 60)).Over(byID), "1 2 2 3"),
		each("bits", orm.BitOr(&book.Pages).Over(byID), "100 254 254 254"),
		each("deviation", orm.StdDev(&book.Pages).Over(rows(new(1), new(0))), "0 75 100 25"),
		each("any value", orm.AnyValue(&book.Pages).Over(rows(new(0), new(0))), "100 250 50 100"),
		each("arithmetic", sum.Over(byID).Sub(pages), "0 100 350 400"),
		each("no window function", orm.Lower(&book.Title).Over(byID), "error: Lower is no window function"),
		each("different values", orm.Count(&book.Pages).Distinct().Over(byID), "error: cannot be computed over a window"),
		each("a frame that ends first", sum.Over(rows(new(-2), new(1))), "error: the frame begins at 2, after its end at 1"),
		each("a range without an order", sum.Over(orm.Window{Range: &orm.Frame{Before: new(1)}}), "error: a range of values needs an order"),
	}
	group := near(nil, nil)
	for _, x := range []struct {
		what orm.FrameExclusion
		want string
	}{{orm.ExcludeCurrentRow, "400 250 450 400"}, {orm.ExcludeGroup, "300 250 450 300"}, {orm.ExcludeTies, "400 500 500 400"}, {orm.ExcludeNoOthers, "500 500 500 500"}} {
		group.Exclude = x.what
		if e.db.Dialect().Name == "mysql" {
			x.want = "error: not supported by mysql"
		}
		list = append(list, each("without "+string(x.what), sum.Over(group), x.want))
	}
	check(t, e, list)
}
