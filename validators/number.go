package validators

import (
	"cmp"
	"fmt"
	"math"
	"strings"
)

// Min wants a number, or a text, that is not less than limit. Django: MinValueValidator.
func Min[V cmp.Ordered](limit V) func(V) error {
	return func(v V) error {
		if v < limit || v != v {
			return boundError("min_value", "greater", limit, v)
		}
		return nil
	}
}

// Max wants a number, or a text, that is not greater than limit. Django: MaxValueValidator.
func Max[V cmp.Ordered](limit V) func(V) error {
	return func(v V) error {
		if v > limit || v != v {
			return boundError("max_value", "less", limit, v)
		}
		return nil
	}
}

// Comparable is a type with its own order: orm.Decimal, *big.Int.
type Comparable[V any] interface{ Cmp(other V) int }

// AtLeast is Min for types with a method Cmp.
func AtLeast[V Comparable[V]](limit V) func(V) error {
	return func(v V) error {
		if v.Cmp(limit) < 0 {
			return boundError("min_value", "greater", limit, v)
		}
		return nil
	}
}

// AtMost is Max for types with a method Cmp.
func AtMost[V Comparable[V]](limit V) func(V) error {
	return func(v V) error {
		if v.Cmp(limit) > 0 {
			return boundError("max_value", "less", limit, v)
		}
		return nil
	}
}

func boundError(code, side string, limit, v any) error {
	return &Error{
		Code: code, Message: "Ensure this value is " + side + " than or equal to %(limit_value)s.",
		Params: map[string]any{"limit_value": limit, "show_value": v, "value": v},
	}
}

// Number is any number of Go.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// Step wants offset plus a multiple of step, as far as floating-point numbers can tell. Django: StepValueValidator.
func Step[V Number](step, offset V) func(V) error {
	return func(v V) error {
		s, rest := math.Abs(float64(step)), math.Abs(math.Remainder(float64(v)-float64(offset), float64(step)))
		if rest <= 1e-9*max(s, math.Abs(float64(v)), 1e-300) {
			return nil
		}
		e := &Error{
			Code: "step_size", Message: "Ensure this value is a multiple of step size %(limit_value)s.",
			Params: map[string]any{"limit_value": step, "show_value": v, "value": v},
		}
		if offset != 0 {
			e.Message = "Ensure this value is a multiple of step size %(limit_value)s, starting from %(offset)s, e.g. %(offset)s, %(valid_value1)s, %(valid_value2)s, and so on."
			e.Params["offset"], e.Params["valid_value1"], e.Params["valid_value2"] = offset, offset+step, offset+2*step
		}
		return e
	}
}

// Digits wants a decimal number of at most digits digits in all, places of them after the point. The number is what its
// String method writes, as orm.Decimal does. Django: DecimalValidator.
func Digits[D fmt.Stringer](digits, places int) func(D) error {
	return func(d D) error {
		whole, part, _ := strings.Cut(strings.TrimLeft(d.String(), "+-"), ".")
		whole = strings.TrimLeft(whole, "0")
		if strings.Trim(whole+part, "0123456789") != "" {
			return invalid("Enter a number.", d)
		}
		after := len(part)
		all := len(whole) + after
		report := func(code, what string, limit int) error {
			return &Error{Code: code, Message: "Ensure that there are no more than %(max)s " + what + plural(limit) + tail(code) + ".", Params: map[string]any{"max": limit, "value": d}}
		}
		switch {
		case all > digits:
			return report("max_digits", "digit", digits)
		case after > places:
			return report("max_decimal_places", "decimal place", places)
		case len(whole) > digits-places:
			return report("max_whole_digits", "digit", digits-places)
		}
		return nil
	}
}

func tail(code string) string {
	switch code {
	case "max_digits":
		return " in total"
	case "max_whole_digits":
		return " before the decimal point"
	}
	return ""
}
