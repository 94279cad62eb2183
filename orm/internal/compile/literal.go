package compile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/schema"
)

func (b *builder) literal(n expr.Literal) *rexpr {
	v := n.Value
	kind := n.Kind
	if kind == schema.Invalid {
		kind = valueKinds[v.Kind]
	}
	if n.Kind != schema.Invalid {
		pv, err := Prepare(n.Kind, expr.Exact, v, b.location())
		if err != nil {
			b.fail(fmt.Errorf("orm: %w", err))
		}
		v = pv
	}
	return &rexpr{kind: kind, constant: true, nullable: v.Kind == dialect.Null, write: func(w *writer) {
		if v.Kind == dialect.Null {
			w.str("NULL")
			return
		}
		b.writeTyped(w, v, kind)
	}}
}

// writeTyped writes a value that stands alone. SQLite and MySQL must be told that the digits of a decimal are a number.
func (b *builder) writeTyped(w *writer, v dialect.Value, kind schema.Kind) {
	switch {
	case kind != schema.Decimal || w.d.Name == "postgresql" || v.Kind != dialect.Decimal:
		w.arg(v)
	case w.d.Name == "sqlite":
		w.str("CAST(")
		w.arg(v)
		w.str(" AS NUMERIC)")
	default:
		w.str("CAST(")
		w.arg(v)
		w.str(" AS DECIMAL(65, ")
		w.buf = strconv.AppendInt(w.buf, int64(mysqlPlaces(v.S)), 10)
		w.str("))")
	}
}

// mysqlPlaces is the number of digits after the point of a decimal, as far as MySQL has them.
func mysqlPlaces(digits string) int {
	const most = 30
	if strings.ContainsAny(digits, "eE") {
		return most
	}
	_, after, _ := strings.Cut(digits, ".")
	return min(len(after), most)
}

var valueKinds = map[dialect.ValueKind]schema.Kind{
	dialect.Int: schema.BigInteger, dialect.Float: schema.Float, dialect.Text: schema.Text, dialect.Bytes: schema.Binary,
	dialect.Bool: schema.Boolean, dialect.Time: schema.DateTime, dialect.Date: schema.Date, dialect.Clock: schema.Time,
	dialect.Duration: schema.Duration, dialect.UUID: schema.UUID, dialect.JSON: schema.JSON, dialect.Decimal: schema.Decimal,
}

func writeRaw(w *writer, n expr.Raw) {
	args := n.Args
	for i := 0; i < len(n.SQL); i++ {
		if n.SQL[i] == '?' && len(args) > 0 {
			w.arg(args[0])
			args = args[1:]
			continue
		}
		w.buf = append(w.buf, n.SQL[i])
	}
}
