package fn

import (
	"time"

	"github.com/nuages-go/nuages/orm"
)

// ExtractYear is the year, in the current time zone or the one given.
func ExtractYear(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[int64] {
	return orm.ExtractOf(e, "year", in...)
}

// ExtractIsoYear is the year to which the ISO week belongs, in the current time zone or the one given.
func ExtractIsoYear(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[int64] {
	return orm.ExtractOf(e, "iso_year", in...)
}

// ExtractQuarter is the quarter, from 1, in the current time zone or the one given.
func ExtractQuarter(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[int64] {
	return orm.ExtractOf(e, "quarter", in...)
}

// ExtractMonth is the month, from 1, in the current time zone or the one given.
func ExtractMonth(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[int64] {
	return orm.ExtractOf(e, "month", in...)
}

// ExtractWeek is the ISO week, from 1, in the current time zone or the one given.
func ExtractWeek(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[int64] {
	return orm.ExtractOf(e, "week", in...)
}

// ExtractDay is the day of the month, in the current time zone or the one given.
func ExtractDay(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[int64] {
	return orm.ExtractOf(e, "day", in...)
}

// ExtractWeekDay is the day of the week; Sunday is 1, in the current time zone or the one given.
func ExtractWeekDay(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[int64] {
	return orm.ExtractOf(e, "week_day", in...)
}

// ExtractIsoWeekDay is the day of the week; Monday is 1, in the current time zone or the one given.
func ExtractIsoWeekDay(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[int64] {
	return orm.ExtractOf(e, "iso_week_day", in...)
}

// ExtractHour is the hour, in the current time zone or the one given.
func ExtractHour(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[int64] {
	return orm.ExtractOf(e, "hour", in...)
}

// ExtractMinute is the minute, in the current time zone or the one given.
func ExtractMinute(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[int64] {
	return orm.ExtractOf(e, "minute", in...)
}

// ExtractSecond is the whole second, in the current time zone or the one given.
func ExtractSecond(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[int64] {
	return orm.ExtractOf(e, "second", in...)
}

// TruncYear is the beginning of the year, in the current time zone or the one given.
func TruncYear(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[time.Time] {
	return orm.TruncOf(e, "year", in...)
}

// TruncQuarter is the beginning of the quarter, in the current time zone or the one given.
func TruncQuarter(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[time.Time] {
	return orm.TruncOf(e, "quarter", in...)
}

// TruncMonth is the beginning of the month, in the current time zone or the one given.
func TruncMonth(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[time.Time] {
	return orm.TruncOf(e, "month", in...)
}

// TruncWeek is the beginning of the week, in the current time zone or the one given. Weeks begin on Monday.
func TruncWeek(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[time.Time] {
	return orm.TruncOf(e, "week", in...)
}

// TruncDay is the beginning of the day, in the current time zone or the one given.
func TruncDay(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[time.Time] {
	return orm.TruncOf(e, "day", in...)
}

// TruncHour is the beginning of the hour, in the current time zone or the one given.
func TruncHour(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[time.Time] {
	return orm.TruncOf(e, "hour", in...)
}

// TruncMinute is the beginning of the minute, in the current time zone or the one given.
func TruncMinute(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[time.Time] {
	return orm.TruncOf(e, "minute", in...)
}

// TruncSecond is the beginning of the second, in the current time zone or the one given.
func TruncSecond(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[time.Time] {
	return orm.TruncOf(e, "second", in...)
}

// TruncDate is the day of a moment, in the current time zone or the one given.
func TruncDate(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[time.Time] {
	return orm.TruncDate(e, in...)
}

// TruncTime is the time of day of a moment, in the current time zone or the one given.
func TruncTime(e orm.Expr[time.Time], in ...*time.Location) orm.Expr[time.Duration] {
	return orm.TruncTime(e, in...)
}
