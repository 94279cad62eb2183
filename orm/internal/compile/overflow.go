package compile

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

// outOfRange knows the answer for numbers that the column cannot hold. A Decimal is a number of more than 64 bits.
//
// Django 6.1 django/db/models/lookups.py IntegerFieldOverflow.
func outOfRange(d *dialect.Dialect, lhs *rexpr, op expr.Op, v dialect.Value) truth {
	if !lhs.kind.IsInteger() {
		return unknown
	}
	side := 0
	switch v.Kind {
	case dialect.Int:
		if lhs.column == "" {
			return unknown
		}
		side = beyond(d, lhs.kind, v.N)
	case dialect.Float:
		switch f := v.Float(); {
		case f >= math.MaxInt64:
			side = 1
		case f <= math.MinInt64:
			side = -1
		case math.IsNaN(f):
			return alwaysFalse
		}
	case dialect.Decimal:
		if _, err := strconv.ParseUint(v.S, 10, 64); err == nil && d.Name == "mysql" && lhs.kind == schema.PositiveBigInteger {
			return unknown
		}
		n, err := wholeOf(op, v.S)
		switch {
		case errors.Is(err, strconv.ErrRange):
			if side = 1; strings.HasPrefix(v.S, "-") {
				side = -1
			}
		case err == nil && lhs.column != "":
			side = beyond(d, lhs.kind, n)
		}
	case dialect.Text: // a number from outside
		text := strings.TrimSpace(v.S)
		n, err := strconv.ParseInt(text, 10, 64)
		switch {
		case errors.Is(err, strconv.ErrRange) && strings.HasPrefix(text, "-"):
			side = -1
		case errors.Is(err, strconv.ErrRange):
			side = 1
		case err == nil && lhs.column != "":
			side = beyond(d, lhs.kind, n)
		}
	}
	switch {
	case side == 0:
		return unknown
	case side < 0 && (op == expr.Gt || op == expr.Gte), side > 0 && (op == expr.Lt || op == expr.Lte), op == expr.NotExact:
		return alwaysTrue
	}
	return alwaysFalse
}

// beyond says on which side of a column's numbers one lies, 0 for those that it holds: a database refuses a parameter that
// does not fit the column. SQLite's columns hold all numbers, MySQL's positive ones have a bit more.
func beyond(d *dialect.Dialect, kind schema.Kind, n int64) int {
	bits := 31
	switch kind {
	case schema.Integer, schema.Auto, schema.PositiveInteger:
	case schema.SmallInteger, schema.SmallAuto, schema.PositiveSmallInteger:
		bits = 15
	default:
		return 0
	}
	if d.Name == "mysql" && (kind == schema.PositiveInteger || kind == schema.PositiveSmallInteger) {
		bits++
	}
	switch {
	case d.Name == "sqlite":
	case n >= 1<<bits:
		return 1
	case n < -(1 << bits):
		return -1
	}
	return 0
}

// wholeOf is the whole number that stands for the digits of a decimal beside a column of whole numbers: for an order the one
// on the right side of the fraction, otherwise the fraction is left out.
func wholeOf(op expr.Op, digits string) (int64, error) {
	digits = strings.TrimSpace(digits)
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole == "" || whole == "-" || whole == "+" {
		whole += "0"
	}
	if strings.Trim(fraction, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(fraction, "0") == "" {
		return n, err
	}
	negative := strings.HasPrefix(digits, "-")
	switch {
	case !negative && (op == expr.Gte || op == expr.Lt) && n < math.MaxInt64:
		n++
	case negative && (op == expr.Gt || op == expr.Lte) && n > math.MinInt64:
		n--
	}
	return n, nil
}
