package compile

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/validators"
)

// prepare turns a value into what the left side compares with: Django's get_prep_value.
func (b *builder) prepare(lhs *rexpr, op expr.Op, v dialect.Value) dialect.Value {
	if lhs.kind == schema.IP && lhs.field != nil && lhs.field.S.UnpackIPv4 && v.Kind == dialect.Text {
		v.S = validators.CleanIP(v.S, true)
	}
	out, err := prepareWith(lhs.custom, lhs.kind, op, v, b.location())
	if err != nil {
		name := lhs.kind.String()
		if lhs.field != nil {
			name = lhs.field.S.Name
		}
		b.fail(fmt.Errorf("orm: field %q: %w", name, err))
	}
	return out
}

// prepareWith is Prepare for a column that may have a codec of its own.
func prepareWith(c *plan.Custom, kind schema.Kind, op expr.Op, v dialect.Value, zone *time.Location) (dialect.Value, error) {
	if c != nil {
		return c.Encode(v)
	}
	return Prepare(kind, op, v, zone)
}

// Prepare turns a value of the dynamic layer into one that fits a kind of column.
func Prepare(kind schema.Kind, op expr.Op, v dialect.Value, zone *time.Location) (dialect.Value, error) {
	switch {
	case v.Kind == dialect.Null:
		return v, nil
	case v.Kind == dialect.Custom:
		if kind == schema.JSON {
			return plan.JSONValue(v)
		}
		return v, plan.NoForm(v)
	case kind.IsInteger():
		return prepareInt(op, v)
	case kind.IsText():
		switch v.Kind {
		case dialect.Int, dialect.Float, dialect.Decimal, dialect.Time, dialect.Date:
			return dialect.TextValue(plainText(kind, v)), nil
		case dialect.Bool:
			if v.N != 0 {
				return dialect.TextValue("True"), nil
			}
			return dialect.TextValue("False"), nil
		}
		return v, nil
	}
	switch kind {
	case schema.Boolean:
		switch v.Kind {
		case dialect.Int:
			return dialect.BoolValue(v.N != 0), nil
		case dialect.Text:
			switch v.S {
			case "True", "true", "t", "1":
				return dialect.BoolValue(true), nil
			case "False", "false", "f", "0":
				return dialect.BoolValue(false), nil
			}
			return v, fmt.Errorf("%q is neither true nor false", v.S)
		}
	case schema.Float:
		switch v.Kind {
		case dialect.Int:
			return dialect.FloatValue(float64(v.N)), nil
		case dialect.Text:
			f, err := strconv.ParseFloat(v.S, 64)
			if err != nil {
				return v, fmt.Errorf("%q is not a number", v.S)
			}
			return dialect.FloatValue(f), nil
		}
	case schema.Decimal:
		switch v.Kind {
		case dialect.Text:
			if _, err := strconv.ParseFloat(v.S, 64); err != nil {
				return v, fmt.Errorf("%q is not a number", v.S)
			}
			return dialect.Value{Kind: dialect.Decimal, S: v.S}, nil
		case dialect.Float:
			return dialect.Value{Kind: dialect.Decimal, S: strconv.FormatFloat(v.Float(), 'f', -1, 64)}, nil
		}
	case schema.DateTime:
		switch v.Kind {
		case dialect.Date:
			t := v.Time()
			return dialect.TimeValue(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)), nil
		case dialect.Text:
			return parseMoment(v.S, zone)
		}
	case schema.Date:
		switch v.Kind {
		case dialect.Time:
			return dialect.DateValue(v.Time().In(zone)), nil
		case dialect.Text:
			t, err := time.Parse("2006-01-02", v.S)
			if err != nil {
				return v, fmt.Errorf("%q is not a date (YYYY-MM-DD)", v.S)
			}
			return dialect.DateValue(t), nil
		}
	case schema.Time:
		switch v.Kind {
		case dialect.Duration:
			return dialect.Value{Kind: dialect.Clock, N: v.N}, nil
		case dialect.Text:
			for _, layout := range []string{"15:04:05.999999", "15:04"} {
				if t, err := time.Parse(layout, v.S); err == nil {
					return dialect.Value{Kind: dialect.Clock, N: int64(t.Sub(t.Truncate(24 * time.Hour)))}, nil
				}
			}
			return v, fmt.Errorf("%q is not a time (HH:MM[:ss])", v.S)
		}
	case schema.IP:
		if v.Kind == dialect.Text {
			return dialect.TextValue(validators.CleanIP(v.S, false)), nil
		}
	case schema.UUID:
		if v.Kind == dialect.Text {
			return parseUUID(v)
		}
	}
	return v, nil
}

func prepareInt(op expr.Op, v dialect.Value) (dialect.Value, error) {
	switch v.Kind {
	case dialect.Bool:
		return dialect.IntValue(v.N), nil
	case dialect.Float:
		f := v.Float()
		switch op {
		case expr.Gte, expr.Lt:
			f = math.Ceil(f)
		case expr.Gt, expr.Lte:
			f = math.Floor(f)
		}
		return dialect.IntValue(int64(f)), nil
	case dialect.Decimal:
		n, err := wholeOf(op, v.S)
		if _, big := strconv.ParseUint(v.S, 10, 64); err != nil && big == nil { // MySQL's columns go so far
			return v, nil
		}
		if err != nil {
			return v, fmt.Errorf("%q is not a whole number", v.S)
		}
		return dialect.IntValue(n), nil
	case dialect.Text:
		n, err := strconv.ParseInt(strings.TrimSpace(v.S), 10, 64)
		if err != nil {
			return v, fmt.Errorf("%q is not a whole number", v.S)
		}
		return dialect.IntValue(n), nil
	}
	return v, nil
}

func parseMoment(s string, zone *time.Location) (dialect.Value, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return dialect.TimeValue(t), nil
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return dialect.TimeValue(t), nil
		}
	}
	return dialect.Value{}, fmt.Errorf("%q is not a date and time (YYYY-MM-DD HH:MM[:ss])", s)
}

func parseUUID(v dialect.Value) (dialect.Value, error) {
	s := strings.ReplaceAll(strings.TrimSpace(v.S), "-", "")
	var u [16]byte
	if len(s) != 32 {
		return v, fmt.Errorf("%q is not a UUID", v.S)
	}
	for i := range u {
		n, err := strconv.ParseUint(s[2*i:2*i+2], 16, 8)
		if err != nil {
			return v, fmt.Errorf("%q is not a UUID", v.S)
		}
		u[i] = byte(n)
	}
	return dialect.Value{Kind: dialect.UUID, S: string(u[:])}, nil
}
