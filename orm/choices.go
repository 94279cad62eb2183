package orm

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Choice is a value that a field may have, with the text that people see. Choices with the same Group that follow each other
// stand under that heading in forms.
type Choice[V any] struct {
	Value V
	Label string
	Group string
}

// ChoiceList is the choices of a type, kept at package level: Django's TextChoices and IntegerChoices.
//
//	type Status string
//
//	const (
//		Draft Status = "draft"
//		Live  Status = "live"
//	)
//
//	var Statuses = orm.ChoiceList[Status]{{Value: Draft, Label: "Draft"}, {Value: Live, Label: "Live"}}
//
//	orm.Char(&a.Status, 10).Default(Draft).Choices(Statuses...)
type ChoiceList[V comparable] []Choice[V]

// ChoicesOf makes a list of a map, in the order of its values.
func ChoicesOf[V cmp.Ordered](labels map[V]string) ChoiceList[V] {
	out := make(ChoiceList[V], 0, len(labels))
	for _, v := range slices.Sorted(maps.Keys(labels)) {
		out = append(out, Choice[V]{Value: v, Label: labels[v]})
	}
	return out
}

// Label is the label of a value; false when it is no choice.
func (l ChoiceList[V]) Label(v V) (string, bool) {
	for _, c := range l {
		if c.Value == v {
			return c.Label, true
		}
	}
	return "", false
}

// Has says whether a value is one of the choices. Django: value in Status.
func (l ChoiceList[V]) Has(v V) bool { _, ok := l.Label(v); return ok }

// Values are the values in their order.
func (l ChoiceList[V]) Values() []V {
	out := make([]V, len(l))
	for i, c := range l {
		out[i] = c.Value
	}
	return out
}

// Labels are the labels in their order.
func (l ChoiceList[V]) Labels() []string {
	out := make([]string, len(l))
	for i, c := range l {
		out[i] = c.Label
	}
	return out
}

// Names are the names of the values: what their method String gives, which the tool stringer writes for constants, or the
// values themselves, for a program in Go does not know what its constants are called.
func (l ChoiceList[V]) Names() []string {
	out := make([]string, len(l))
	for i, c := range l {
		out[i] = fmt.Sprint(c.Value)
	}
	return out
}

// Choices limits the values that validation accepts, and gives forms their list.
func (c *Column[V]) Choices(choices ...Choice[V]) *Column[V] {
	c.d.s.Choices = append(c.d.s.Choices, c.choices(choices)...)
	return c
}

// ChoicesIn adds choices under a heading.
//
//	orm.Char(&t.Medium, 10).ChoicesIn("Audio", Vinyl, CD).ChoicesIn("Video", VHS, DVD)
func (c *Column[V]) ChoicesIn(group string, choices ...Choice[V]) *Column[V] {
	list := c.choices(choices)
	for i := range list {
		list[i].Group = group
	}
	c.d.s.Choices = append(c.d.s.Choices, list...)
	return c
}

// ChoicesFunc computes the choices each time they are asked for: by validation, a form, Display. They follow those that are
// given. Migrations do not know them. Django: choices=callable.
func (c *Column[V]) ChoicesFunc(f func() []Choice[V]) *Column[V] {
	c.d.listing = func() []schema.Choice { return c.choices(f()) }
	return c
}

// EmptyChoice is the label of the choice of none in forms. Django: __empty__. Default: BlankChoice.
func (c *Column[V]) EmptyChoice(label string) *Column[V] {
	c.d.s.Choices = append([]schema.Choice{{Label: label}}, c.d.s.Choices...)
	return c
}

func (c *Column[V]) choices(list []Choice[V]) []schema.Choice {
	out := make([]schema.Choice, len(list))
	for i, ch := range list {
		out[i] = schema.Choice{Value: c.stored(ch.Value), Label: ch.Label, Group: ch.Group}
	}
	return out
}

// BlankChoice is the label of the choice of none where a field has no other. Django: BLANK_CHOICE_LABEL.
const BlankChoice = "- Select an option -"

// choicesOf are the choices of a field now: those given, those computed, and the files of a FilePath.
func choicesOf(f *plan.Field) []schema.Choice {
	if f.Choices == nil {
		return f.S.Choices
	}
	return append(slices.Clip(f.S.Choices), f.Choices()...)
}

// Choices are the choices of a field, by its name, as they are now: for forms and the admin. They are nil for a field without
// choices.
func (m Model) Choices(field string) ([]schema.Choice, error) {
	f, err := m.fieldNamed(field)
	if err != nil {
		return nil, err
	}
	return choicesOf(f), nil
}

// FormChoices are the choices of a field with that of none before them, labelled BlankChoice: unless the field has a
// default and may not be empty, or a choice of none of its own. A truth value that may be null has "Unknown", "Yes" and
// "No". Django: Field.get_choices.
func (m Model) FormChoices(field string) ([]schema.Choice, error) {
	f, err := m.fieldNamed(field)
	if err != nil {
		return nil, err
	}
	list := choicesOf(f)
	if len(list) == 0 && f.Choices == nil && f.S.Kind == schema.Boolean && f.Nullable {
		return []schema.Choice{{Label: "Unknown"}, {Value: true, Label: "Yes"}, {Value: false, Label: "No"}}, nil
	}
	has := slices.ContainsFunc(list, func(c schema.Choice) bool { return c.Value == nil || c.Value == "" })
	if has || len(list) == 0 || !f.S.Blank && (f.Default != nil || f.S.DBDefault != nil) {
		return list, nil
	}
	return append([]schema.Choice{{Label: BlankChoice}}, list...), nil
}

func (m Model) fieldNamed(name string) (*plan.Field, error) {
	if err := m.p.Ready(); err != nil {
		return nil, err
	}
	f := m.p.FieldNamed(name)
	if f == nil {
		return nil, fmt.Errorf("orm: %s has no field named %q", m.p.GoName(), name)
	}
	return f, nil
}

// Display is what people see for a field of an object, named by its address: the label of the choice that it holds, or its
// value when it is no choice; a null is empty. Django: get_FOO_display.
//
//	orm.Display(article, &a.Status) // "Live"
func Display[T any](obj *T, field any) string {
	m := model[T]()
	if m.Ready() != nil {
		return ""
	}
	f, _, err := fieldOf(m, field)
	if err != nil || f.Codec == nil {
		return ""
	}
	return display(f, f.Codec.Get(f.At(plan.PointerTo(obj))))
}

func display(f *plan.Field, v dialect.Value) string {
	for _, c := range choicesOf(f) {
		if isChoice(f, c, v) {
			return c.Label
		}
	}
	return valueText(v)
}

// isChoice compares a choice with a value that a column stores.
func isChoice(f *plan.Field, c schema.Choice, v dialect.Value) bool {
	if c.Value == nil {
		return v.Kind == dialect.Null
	}
	cv, err := valueOf(c.Value)
	if err != nil {
		return false
	}
	if f.Custom == nil {
		if cv, err = compile.Prepare(f.S.Kind, expr.Exact, cv, time.UTC); err != nil {
			return false
		}
	}
	if v.Kind == dialect.Decimal && cv.Kind == dialect.Decimal {
		a, errA := NewDecimal(v.S)
		b, errB := NewDecimal(cv.S)
		return errA == nil && errB == nil && a.Equal(b)
	}
	v.X, cv.X = nil, nil
	return cv.Equal(v)
}

// valueText is a value as people read it. A null is empty.
func valueText(v dialect.Value) string {
	switch v.Kind {
	case dialect.Null, dialect.Custom:
		return ""
	case dialect.Bool:
		if v.N != 0 {
			return "True"
		}
		return "False"
	case dialect.UUID:
		return fmt.Sprintf("%x-%x-%x-%x-%x", v.S[:4], v.S[4:6], v.S[6:8], v.S[8:10], v.S[10:])
	case dialect.Date:
		return v.Time().Format("2006-01-02")
	case dialect.Time:
		return v.Time().Format("2006-01-02 15:04:05.999999-07:00")
	case dialect.Clock:
		return string(dialect.AppendClock(nil, time.Duration(v.N)))
	}
	return fmt.Sprint(v.Any())
}
