package migrate

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/schema"
)

// drops are the operations that lose data, in words: what is dropped with its rows, and values that a database would change
// without a word.
func drops(from *State, ms []Migration) []string {
	var out []string
	s := from.Clone()
	for _, m := range ms {
		for _, op := range m.Operations {
			if what := loses(s, m.App, op); what != "" {
				out = append(out, what)
			}
			_ = op.State(s, m.App) // one that does not fit is found when it is written or run
		}
	}
	return slices.Compact(out)
}

// loses says what an operation loses, or is empty.
func loses(s *State, app string, op Operation) string {
	switch op := op.(type) {
	case DeleteModel:
		if old := s.Model(app, op.Name); old == nil || old.HasTable() {
			return fmt.Sprintf("%s.%s: its table is dropped with all rows", app, op.Name)
		}
	case RemoveField:
		what := "its column is dropped with its values"
		if old := s.Model(app, op.Model); old != nil {
			if !old.HasTable() {
				return ""
			}
			if f := old.Field(op.Name); f != nil && f.Kind == schema.ManyToMany {
				if f.Rel.Through != "" {
					return ""
				}
				what = "its table is dropped with all rows"
			}
		}
		return fmt.Sprintf("%s.%s.%s: %s", app, op.Model, op.Name, what)
	case AlterOrderWithRespectTo:
		if old := s.Model(app, op.Model); op.To == "" && old != nil && old.HasTable() && old.Field(orderColumn) != nil {
			return fmt.Sprintf("%s.%s: the places of its rows are dropped", app, op.Model)
		}
	case AlterField:
		old := s.Model(app, op.Model)
		if old == nil || !old.HasTable() {
			return ""
		}
		if f := old.Field(op.Field.Name); f != nil {
			if how := changesValues(f, &op.Field); how != "" {
				return fmt.Sprintf("%s.%s.%s: %s", app, op.Model, op.Field.Name, how)
			}
		}
	}
	return ""
}

// changesValues says what a database does in silence to values that a new type cannot hold. Where it fails instead, as for
// a text that is too long, nothing is lost.
func changesValues(old, now *schema.Field) string {
	number := func(k schema.Kind) bool { return k.IsInteger() || k == schema.Decimal || k == schema.Float }
	switch {
	case old.Kind == schema.Decimal && now.Kind == schema.Decimal && now.Places < old.Places:
		return fmt.Sprintf("its values are rounded to %d decimal places", now.Places)
	case (old.Kind == schema.Decimal || old.Kind == schema.Float) && now.Kind.IsInteger():
		return "its values are rounded to whole numbers"
	case old.Kind == schema.Float && now.Kind == schema.Decimal:
		return fmt.Sprintf("its values are rounded to %d decimal places", now.Places)
	case old.Kind == schema.Decimal && now.Kind == schema.Float:
		return "its values lose digits beyond the fifteenth"
	case old.Kind == schema.DateTime && now.Kind == schema.Date:
		return "its values lose their time of day"
	case old.Kind == schema.DateTime && now.Kind == schema.Time:
		return "its values lose their date"
	case number(old.Kind) && now.Kind == schema.Boolean:
		return "its values become true or false"
	}
	return ""
}

// narrower says why rows that are there may keep a column from changing, or is empty.
func narrower(old, now *schema.Field) string {
	switch {
	case old.Kind.IsText() && now.Kind.IsText():
		if now.MaxLength > 0 && (old.MaxLength == 0 || now.MaxLength < old.MaxLength) {
			return fmt.Sprintf("texts of more than %d letters", now.MaxLength)
		}
	case old.Kind == schema.Decimal && now.Kind == schema.Decimal && now.Digits-now.Places < old.Digits-old.Places:
		return fmt.Sprintf("numbers of more than %d digits before the point", now.Digits-now.Places)
	case integerSize(now.Kind) > 0 && integerSize(now.Kind) < integerSize(old.Kind):
		return fmt.Sprintf("numbers beyond %d bytes", integerSize(now.Kind))
	case old.Kind.IsText() && !now.Kind.IsText() && now.HasColumn() && now.Kind != schema.JSON:
		return "texts that are no " + now.Kind.String()
	}
	return ""
}

// integerSize is the number of bytes of a whole number's column, 0 for others.
func integerSize(k schema.Kind) int {
	switch k {
	case schema.SmallInteger, schema.PositiveSmallInteger, schema.SmallAuto:
		return 2
	case schema.Integer, schema.PositiveInteger, schema.Auto:
		return 4
	case schema.BigInteger, schema.PositiveBigInteger, schema.BigAuto:
		return 8
	}
	return 0
}
