package orm

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/validators"
)

// fields checks the columns one by one.
func (c *cleaning) fields() error {
	for _, f := range c.m.Columns {
		if c.skip[f.Declared()] || f.ParentLink || f.S.Kind.IsAuto() || f.S.Expression != nil || f.Now != nil {
			continue
		}
		if err := c.field(f); err != nil {
			return err
		}
	}
	return c.joined()
}

// joined looks whether the rows are there that relations over several columns point to.
func (c *cleaning) joined() error {
	for _, f := range c.m.Links {
		if f.Tuple == nil || f.Rel.Kind != plan.Forward || c.skip[f.Declared()] || f.S.NotEditable || f.S.Rel.NoConstraint {
			continue
		}
		wrong := slices.ContainsFunc(f.Tuple, func(p *plan.Field) bool { return len(c.out.Fields[p.S.Name]) > 0 })
		if v := f.Codec.Get(f.At(c.obj)); !wrong && v.Kind != dialect.Null {
			if _, err := c.missing(f, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// field checks one field by itself: Django's Field.clean.
func (c *cleaning) field(f *plan.Field) error {
	v := c.value(f)
	if v.Kind == dialect.Custom {
		c.complain(f, "invalid", map[bool]string{true: "Value must be valid JSON.", false: "Enter a valid value."}[f.S.Kind == schema.JSON], nil)
		return nil
	}
	null, empty := c.emptiness(f, v)
	if empty && f.S.Blank || (empty || !hasKey(c.m, c.obj)) && (f.Default != nil || f.S.DBDefault != nil) && f.Codec.Zero(f.At(c.obj)) {
		return nil
	}
	if !f.S.NotEditable { // what people cannot change is the program's business
		if stop, err := c.validate(f, v, null, empty); stop || err != nil {
			return err
		}
	}
	if empty {
		return nil
	}
	c.run(f, formatOf(f.S, v))
	if f.Validate != nil {
		c.run(f, f.Validate(f.At(c.obj))...)
	}
	c.run(f, c.sizeOf(f.S, v)...)
	return nil
}

// emptiness says whether a value is none, and whether it is one of those that a field that may not be blank refuses. A time
// that was never set is none, as an unset field of Django is.
func (c *cleaning) emptiness(f *plan.Field, v dialect.Value) (null, empty bool) {
	switch v.Kind {
	case dialect.Null:
		return true, true
	case dialect.Text, dialect.Bytes:
		return v.S == "" && f.S.Kind == schema.IP && f.S.Null, v.S == ""
	case dialect.JSON:
		switch v.S {
		case "null":
			return true, true
		case "{}", "[]", `""`:
			return false, true
		}
	case dialect.Time, dialect.Date, dialect.UUID:
		none := f.Custom == nil && f.Codec.Zero(f.At(c.obj))
		return none, none
	}
	return false, false
}

// validate is what Django asks of values that people may change. It stops at the first complaint.
func (c *cleaning) validate(f *plan.Field, v dialect.Value, null, empty bool) (stop bool, err error) {
	s := f.S
	if list := choicesOf(f); !empty && (len(list) > 0 || f.Choices != nil) && s.Files == nil {
		if !slices.ContainsFunc(list, func(ch schema.Choice) bool { return isChoice(f, ch, v) }) {
			c.complain(f, "invalid_choice", "Value %(value)s is not a valid choice.", map[string]any{"value": quoted(v)})
			return true, nil
		}
	}
	switch {
	case null && !s.Null:
		c.complain(f, "null", "This field cannot be null.", nil)
		return true, nil
	case empty:
		c.complain(f, "blank", "This field cannot be blank.", nil)
		return true, nil
	case f.Rel != nil && f.Rel.Kind == plan.Forward:
		return c.missing(f, v)
	}
	return false, nil
}

// missing complains about a foreign key to a row that is not there, or not among the choices (LimitChoices).
func (c *cleaning) missing(f *plan.Field, v dialect.Value) (bool, error) {
	to, key := f.Rel.To, f.Rel.ToField()
	q := &expr.Query{Model: to, Limit: -1}
	addStep(q, expr.Pred{Op: expr.Exact, Left: fieldNode(key), Val: v})
	if err := addLimit(c.ctx, q, f); err != nil {
		return false, err
	}
	db, s, err := route(c.ctx, &q.DB, to, true, c.using)
	if err != nil {
		return false, err
	}
	if there, err := db.exists(c.ctx, s, q); err != nil || there {
		return false, err
	}
	c.complain(f, "invalid", "%(model)s instance with %(field)s %(value)s is not a valid choice.", map[string]any{
		"model": to.Schema.VerboseName, "pk": v.Any(), "field": key.S.Name, "value": quoted(v),
	})
	return true, nil
}

// complain adds a complaint about a field, in the field's own words if it has any for the code.
func (c *cleaning) complain(f *plan.Field, code, message string, params map[string]any) {
	if own, ok := f.Messages[code]; ok {
		message = own
	}
	c.out.Add(f.S.Name, code, validators.Format(message, params))
}

// run adds what validators say of a field.
func (c *cleaning) run(f *plan.Field, list ...error) {
	for _, err := range list {
		if err == nil {
			continue
		}
		if ve, ok := errors.AsType[*validators.Error](err); ok {
			c.complain(f, ve.Code, ve.Message, ve.Params)
			continue
		}
		if inv, ok := errors.AsType[Invalid](err); ok {
			c.complain(f, inv.Code, inv.Message, nil)
			continue
		}
		if all, ok := errors.AsType[*ValidationError](err); ok {
			for _, name := range slices.Sorted(maps.Keys(all.Fields)) {
				for _, inv := range all.Fields[name] {
					c.complain(f, inv.Code, inv.Message, nil)
				}
			}
			continue
		}
		c.complain(f, "invalid", err.Error(), nil)
	}
}

// formatOf checks what a kind of field demands of its values.
func formatOf(s *schema.Field, v dialect.Value) error {
	if v.Kind != dialect.Text {
		return nil
	}
	switch {
	case s.Kind == schema.Slug && s.AllowUnicode:
		return validators.UnicodeSlug(v.S)
	case s.Kind == schema.Slug:
		return validators.Slug(v.S)
	case s.Kind == schema.Email:
		return validators.Email(v.S)
	case s.Kind == schema.URL:
		return validators.URL(v.S)
	case s.Kind == schema.IP && s.Protocol == IPv4Only:
		return validators.IPv4(v.S)
	case s.Kind == schema.IP && s.Protocol == IPv6Only:
		return validators.IPv6(v.S)
	case s.Kind == schema.IP:
		return validators.IP(v.S)
	}
	return nil
}

// sizeOf checks lengths, digits, and the range of the column of a number.
func (c *cleaning) sizeOf(s *schema.Field, v dialect.Value) []error {
	switch {
	case s.Kind.IsInteger():
		return c.inRange(s.Kind, v)
	case v.Kind == dialect.Decimal && s.Digits > 0:
		return []error{validators.Digits[Decimal](s.Digits, s.Places)(Decimal{v.S})}
	case v.Kind == dialect.Text && s.MaxLength > 0 && s.Kind != schema.Text:
		return []error{validators.MaxLength[string](s.MaxLength)(v.S)}
	case v.Kind == dialect.Bytes && s.MaxLength > 0:
		return []error{validators.MaxBytes[[]byte](s.MaxLength)([]byte(v.S))}
	}
	return nil
}

// inRange checks that the column of the context's database holds a number.
func (c *cleaning) inRange(kind schema.Kind, v dialect.Value) []error {
	name := "postgresql"
	if db, _, err := c.database(); err == nil {
		name = db.d.Name
	}
	lo, hi := integerRange(name, kind)
	if v.Kind == dialect.Decimal { // more than an int64 holds
		if n, err := strconv.ParseUint(v.S, 10, 64); err == nil {
			return []error{validators.Max(hi)(n)}
		}
		return nil
	}
	if v.Kind != dialect.Int {
		return nil
	}
	out := []error{validators.Min(lo)(v.N)}
	if v.N > 0 {
		out = append(out, validators.Max(hi)(uint64(v.N)))
	}
	return out
}

// integerRange is the numbers that a kind of column holds on a database.
//
// Django 6.1 integer_field_range of each backend.
func integerRange(database string, kind schema.Kind) (lo int64, hi uint64) {
	bits := 63
	switch kind {
	case schema.Integer, schema.Auto, schema.PositiveInteger:
		bits = 31
	case schema.SmallInteger, schema.SmallAuto, schema.PositiveSmallInteger:
		bits = 15
	}
	if database == "sqlite" {
		bits = 63
	}
	hi = 1<<bits - 1
	switch kind {
	case schema.PositiveInteger, schema.PositiveBigInteger, schema.PositiveSmallInteger:
		if database == "mysql" {
			hi = math.MaxUint64 >> (63 - bits)
		}
		return 0, hi
	}
	return -1 << bits, hi
}

// quoted is a value as it stands in messages: Python's repr of it.
func quoted(v dialect.Value) string {
	if v.Kind == dialect.Text {
		return "'" + v.S + "'"
	}
	return fmt.Sprint(valueText(v))
}
