package migrate

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

func (e *Editor) dbDefault(m *schema.Model, f *schema.Field) (string, error) {
	if se, ok := f.DBDefault.(schema.Expression); ok {
		sql, err := orm.ExpressionSQL(e.d, m, se)
		if err != nil {
			return "", fmt.Errorf("the database default of the field %s: %w", f.Name, err)
		}
		if _, literal := se.(expr.Literal); literal {
			if digits, cast := strings.CutPrefix(sql, "CAST("); cast && f.Kind == schema.Decimal && e.d.Name == "mysql" { // the column has the type
				sql, _, _ = strings.Cut(digits, " AS DECIMAL(")
			}
			if f.Kind.IsInteger() || f.Kind == schema.Decimal || f.Kind == schema.Float {
				sql = strings.Trim(sql, "'")
			}
			switch {
			case strings.HasPrefix(sql, "CAST("):
				sql = "(" + sql + ")"
			case f.Kind == schema.Decimal && e.d.Name == "sqlite":
				sql = "(CAST('" + sql + "' AS NUMERIC))"
			}
			return sql, nil
		}
		if strings.ContainsRune(sql, '(') {
			sql = "(" + sql + ")"
		}
		return sql, nil
	}
	sql, err := orm.LiteralSQL(e.d, f.DBDefault)
	if f.Kind.IsInteger() || f.Kind == schema.Decimal || f.Kind == schema.Float {
		sql = strings.Trim(sql, "'")
	}
	if f.Kind == schema.Decimal && e.d.Name == "sqlite" {
		sql = "(CAST('" + strings.Trim(sql, "'") + "' AS NUMERIC))"
	}
	return sql, err
}

// effectiveDefault is the value that rows get in a new column: the field's default, an empty text where forms may be left
// empty, now for automatic times.
func effectiveDefault(f *schema.Field, oneOff any) any {
	switch {
	case oneOff != nil:
		return oneOff
	case f.Default != nil:
		return f.Default
	case !f.Null && f.Blank && f.Kind.IsText():
		return ""
	case !f.Null && f.Blank && f.Kind == schema.Binary:
		return []byte{}
	case f.AutoNow || f.AutoNowAdd:
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return nil
}

// zeroValue is what rows get in a column that comes back and may not be null: the zero of its type, or nil if there is none.
func zeroValue(f *schema.Field) any {
	switch {
	case f.Null || f.PrimaryKey || f.Rel != nil || f.DBDefault != nil || f.Expression != nil:
		return nil
	case f.Kind.IsText():
		return ""
	case f.Kind.IsInteger(), f.Kind == schema.Decimal, f.Kind == schema.Float:
		return 0
	}
	switch f.Kind {
	case schema.Boolean:
		return false
	case schema.Date, schema.DateTime:
		return time.Unix(0, 0).UTC()
	case schema.Time, schema.Duration:
		return time.Duration(0)
	case schema.Binary:
		return []byte{}
	case schema.JSON:
		return "null"
	case schema.UUID:
		return [16]byte{}
	case schema.IP:
		return "0.0.0.0"
	}
	return nil
}

// literal writes a value for a field's column as SQL.
func (e *Editor) literal(f *schema.Field, v any) (string, error) {
	if v == nil {
		return "NULL", nil
	}
	switch x := v.(type) {
	case time.Time:
		if f.Kind == schema.Date {
			v = x.Format("2006-01-02")
		}
	case time.Duration:
		if f.Kind == schema.Time {
			v = string(dialect.AppendClock(nil, x))
		}
	case [16]byte, string, int, bool:
	default:
		if f.Kind == schema.JSON {
			text, err := json.Marshal(v)
			if err != nil {
				return "", fmt.Errorf("migrate: the default of %s: %w", f.Name, err)
			}
			v = string(text)
		}
	}
	return orm.LiteralSQL(e.d, v)
}
