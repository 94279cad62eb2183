package orm

import (
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// dateRule is what UniqueForDate and its like say.
type dateRule struct {
	unit string
	date *plan.Path
}

// UniqueForDate lets FullClean and ValidateUnique accept each value once for a day of the date or moment whose address is
// given; UniqueForMonth and UniqueForYear for its month, of whatever year, and its year. The database does not know of it.
// Django: unique_for_date.
//
//	orm.Slug(&a.Slug).UniqueForDate(&a.Published)
func (c *Column[V]) UniqueForDate(date any) *Column[V] { c.d.uniqueFor("date", date); return c }

// UniqueForMonth is UniqueForDate for the number of the month.
func (c *Column[V]) UniqueForMonth(date any) *Column[V] { c.d.uniqueFor("month", date); return c }

// UniqueForYear is UniqueForDate for the year.
func (c *Column[V]) UniqueForYear(date any) *Column[V] { c.d.uniqueFor("year", date); return c }

func (d *declaration) uniqueFor(unit string, date any) {
	p, err := pathOf(date)
	if err != nil && d.err == nil {
		d.err = err
	}
	d.dates = append(d.dates, dateRule{unit, p})
}

// dates notes the rules of a field.
func (d *describer) dates(f *plan.Field, decl *declaration) {
	for _, r := range decl.dates {
		if r.date == nil || r.date.Ref != d.m.Root() {
			d.problem("orm.E004", f.GoName, "UniqueForDate takes the address of a date of the model")
			continue
		}
		f.UniqueFor = append(f.UniqueFor, plan.UniqueFor{Unit: r.unit, Date: r.date})
	}
}

// uniqueForDates asks for other rows with a value on the same day, or in the same month or year.
func (c *cleaning) uniqueForDates() error {
	for _, f := range c.m.Local {
		for _, rule := range f.UniqueFor {
			date := c.m.FieldAt(rule.Date.Offset)
			if date == nil || c.skip[f.Declared()] || c.skip[date.Declared()] {
				continue
			}
			v := c.value(date)
			if v.Kind == dialect.Null {
				continue
			}
			t := v.Time()
			var on dialect.Value
			switch rule.Unit {
			case "date":
				on = dialect.DateValue(t)
			case "month":
				on = dialect.IntValue(int64(t.Month()))
			default:
				on = dialect.IntValue(int64(t.Year()))
			}
			name := date.S.Name
			if rule.Unit != "date" || !date.S.Kind.IsTemporal() || v.Kind != dialect.Date {
				name += "__" + rule.Unit
			}
			taken, err := c.taken([]*plan.Field{f}, []expr.Pred{{Op: expr.Dynamic, Name: name, Val: on}})
			if err != nil {
				return err
			}
			if taken {
				c.complain(f, "unique_for_date", "%(field_label)s must be unique for %(date_field_label)s %(lookup_type)s.", map[string]any{
					"model_name": capital(c.m.Schema.VerboseName), "lookup_type": rule.Unit, "field": f.S.Name,
					"field_label": capital(verbose(f)), "date_field": date.S.Name, "date_field_label": capital(verbose(date)),
				})
			}
		}
	}
	return nil
}
