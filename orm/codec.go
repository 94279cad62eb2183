package orm

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"fmt"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Codec says how a Go type V of a site's own is stored: as an S, which is a type that columns know (string, int64, float64,
// bool, []byte, time.Time ...). It is Django's custom field. Keep it at package level and describe columns with Custom.
//
//	var MoneyCodec = orm.Codec[Money, string]{
//		Kind: schema.Char, MaxLength: 30,
//		Encode: func(m Money) (string, error) { return m.String(), nil },
//		Decode: ParseMoney,
//	}
//
//	orm.Custom(&o.Price, MoneyCodec)
//
// The column compares, orders and aggregates by the stored form. A null of a pointer field never reaches the codec.
type Codec[V, S any] struct {
	// Kind is the kind of column, MaxLength, Digits and Places its size. Default: the kind of S.
	Kind                      schema.Kind
	MaxLength, Digits, Places int
	// DBType replaces the kind's type of column, for some databases or all: SQL{PostgreSQL: "citext"}. Django: db_type.
	DBType SQL
	// Encode gives the stored form, Decode reads it. An error of Encode stops the statement, one of Decode the reading.
	// Django: get_prep_value and from_db_value.
	Encode func(V) (S, error)
	Decode func(S) (V, error)
	// Placeholder surrounds each parameter of the column, {1}; Select the column where it is read:
	// SQL{PostgreSQL: "({1})::text"}. Default: nothing. Django: get_placeholder_sql and select_format.
	Placeholder, Select SQL
	// Lookups are the look-ups that the column allows, by their names; "exact" is equality. Default: all of its kind. An
	// empty list that is not nil allows none.
	Lookups []string
}

// TextCodec stores a type by its methods MarshalText and UnmarshalText: netip.Addr, big.Int, a type of your own. With a
// maxLength of 0 the column is text without a limit.
func TextCodec[V encoding.TextMarshaler, P interface {
	*V
	encoding.TextUnmarshaler
}](maxLength int,
) Codec[V, string] {
	c := Codec[V, string]{
		Kind: schema.Char, MaxLength: maxLength,
		Encode: func(v V) (string, error) { b, err := v.MarshalText(); return string(b), err },
		Decode: func(s string) (v V, err error) { err = P(&v).UnmarshalText([]byte(s)); return v, err },
	}
	if maxLength == 0 {
		c.Kind = schema.Text
	}
	return c
}

// ScanCodec stores a type by its methods Value and Scan, those of database/sql: sql.NullString, types of other libraries. Scan
// gets nil, an int64, float64, bool, string, []byte or time.Time, by the kind of column. A Value of nil is NULL: describe
// the column with Null.
func ScanCodec[V driver.Valuer, P interface {
	*V
	sql.Scanner
}](kind schema.Kind, maxLength int,
) Codec[V, any] {
	return Codec[V, any]{
		Kind: kind, MaxLength: maxLength,
		Encode: func(v V) (any, error) { return v.Value() },
		Decode: func(s any) (v V, err error) { err = P(&v).Scan(s); return v, err },
	}
}

// Custom is a column of a type of your own. Its options are those of other columns; Default, DBDefault and Choices take
// values of V.
func Custom[V, S any](f *V, c Codec[V, S]) *Column[V] {
	if c.Kind == schema.Invalid {
		c.Kind = kindOf[S]()
	}
	col := newColumn(f, c.Kind)
	s := &col.d.s
	s.MaxLength, s.Digits, s.Places, s.DBType = c.MaxLength, c.Digits, c.Places, c.DBType
	col.d.custom, col.d.err = c.custom()
	return col
}

// custom is what the plan of a column needs of the codec.
func (c Codec[V, S]) custom() (*plan.Custom, error) {
	t := typeOf[V]()
	switch {
	case c.Encode == nil || c.Decode == nil:
		return nil, fmt.Errorf("orm: the codec of %s needs Encode and Decode", t)
	case c.Kind == schema.Invalid || c.Kind.IsRelation() || c.Kind.IsAuto() || c.Kind == schema.Generated:
		return nil, fmt.Errorf("orm: the codec of %s: a column cannot be of kind %s", t, c.Kind)
	}
	inner := plan.NewCodec(typeOf[S](), c.Kind)
	dynamic := typeOf[S]() == typeOf[any]()
	if inner == nil && !dynamic {
		return nil, fmt.Errorf("orm: the codec of %s: a %s does not fit a column of kind %s", t, typeOf[S](), c.Kind)
	}
	for _, text := range []SQL{c.Placeholder, c.Select} {
		if text.IsZero() {
			continue
		}
		own := expr.Custom{Name: t.String(), SQL: text}
		lo, hi, err := own.Arity()
		if err == nil && (lo != 1 || hi != 1) {
			err = fmt.Errorf("%d are named", hi)
		}
		if err != nil {
			return nil, fmt.Errorf("orm: the codec of %s: its SQL needs one argument, {1}: %w", t, err)
		}
	}
	store := func(v V) (dialect.Value, error) {
		s, err := c.Encode(v)
		if err != nil {
			return dialect.Value{}, err
		}
		var val dialect.Value
		if dynamic {
			if val, err = plan.ValueOf(s); err == nil {
				val, err = compile.Prepare(c.Kind, expr.Exact, val, time.UTC)
			}
		} else {
			val = inner.Get(plan.PointerTo(&s))
		}
		val.X = plan.Stored{}
		return val, err
	}
	load := func(r dialect.Row, i int) (v V, err error) {
		var s S
		switch {
		case dynamic:
			x, err := readAny(r, i, c.Kind)
			if err != nil {
				return v, err
			}
			if x != nil {
				s = x.(S)
			}
		case r.Null(i):
			return v, nil
		default:
			if err := inner.Set(plan.PointerTo(&s), r, i); err != nil {
				return v, err
			}
		}
		return c.Decode(s)
	}
	out := &plan.Custom{Type: t, Placeholder: c.Placeholder, Select: c.Select, Ops: c.Lookups}
	out.Codec = &plan.Codec{
		Get: func(p plan.Pointer) dialect.Value {
			v, err := store(*plan.At[V](p))
			if err != nil {
				return plan.Failed(err)
			}
			return v
		},
		Set: func(p plan.Pointer, r dialect.Row, i int) (err error) {
			*plan.At[V](p), err = load(r, i)
			return err
		},
		Zero: func(p plan.Pointer) bool { return plan.IsZeroAt(t, p) },
	}
	out.Any = func(r dialect.Row, i int) (any, error) { return load(r, i) }
	out.Encode = func(v dialect.Value) (dialect.Value, error) { return encode(v, c.Kind, store, load) }
	return out, nil
}

// encode turns a value of a condition into the stored form. It is a V, or a value of V's plain Go type, or (from a look-up
// string, a fixture) the stored form, which is read and written again so that it is the one and only form.
func encode[V any](v dialect.Value, kind schema.Kind, store func(V) (dialect.Value, error), load func(dialect.Row, int) (V, error)) (dialect.Value, error) {
	if v.Kind == dialect.Null || plan.IsStored(v) {
		return v, nil
	}
	if v.Kind == dialect.Custom {
		switch x := v.X.(type) {
		case V:
			return store(x)
		case *V:
			if x != nil {
				return store(*x)
			}
			return dialect.Value{}, nil
		case error:
			return v, x
		}
		return v, fmt.Errorf("a %T is no %s", v.X, typeOf[V]())
	}
	if own := kindOf[V](); own != schema.Invalid {
		if c := plan.NewCodec(typeOf[V](), own); c != nil {
			var x V
			pv, err := compile.Prepare(own, expr.Exact, v, time.UTC)
			if err == nil {
				err = c.Set(plan.PointerTo(&x), valueRow{pv}, 0)
			}
			if err == nil {
				return store(x)
			}
		}
	}
	pv, err := compile.Prepare(kind, expr.Exact, v, time.UTC)
	if err != nil {
		return v, err
	}
	x, err := load(valueRow{pv}, 0)
	if err != nil {
		return v, err
	}
	return store(x)
}
