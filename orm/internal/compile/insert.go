package compile

import (
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Insert describes rows to insert.
type Insert struct {
	Model  *plan.Model
	Fields []*plan.Field
	// Rows hold a value for each field; Exprs override single values of the first row.
	Rows [][]dialect.Value
	// Ignore skips rows that clash. Update lists the columns to set on a clash over Unique.
	Ignore         bool
	Update, Unique []*plan.Field
	Returning      []*plan.Field
}

// Insert compiles INSERT ... VALUES.
func (c *Compiler) Insert(in *Insert) *Statement {
	w := &writer{d: c.D, buf: make([]byte, 0, 64+len(in.Fields)*16+len(in.Rows)*len(in.Fields)*3)}
	w.args = make([]dialect.Value, 0, len(in.Rows)*len(in.Fields))
	if in.Ignore {
		w.str(c.D.IgnoreInsert)
	} else {
		w.str("INSERT INTO ")
	}
	w.ident(in.Model.Schema.Table)
	if len(in.Fields) == 0 {
		if c.D.Name == "mysql" {
			w.str(" () VALUES ()")
			for range len(in.Rows) - 1 {
				w.str(", ()")
			}
		} else {
			w.str(" DEFAULT VALUES")
		}
	} else {
		w.str(" (")
		w.columns(in.Fields)
		w.str(") VALUES ")
		for i, row := range in.Rows {
			if i > 0 {
				w.str(", ")
			}
			w.str("(")
			for j, v := range row {
				if j > 0 {
					w.str(", ")
				}
				writeStored(w, in.Fields[j].Custom, v)
			}
			w.str(")")
		}
	}
	if in.Ignore && c.D.Name == "postgresql" {
		w.str(" ON CONFLICT DO NOTHING")
	}
	if len(in.Update) > 0 && c.D.Name == "mysql" {
		mysqlUpsert(w, in)
	} else if len(in.Update) > 0 {
		w.str(" ON CONFLICT(")
		w.columns(in.Unique)
		w.str(") DO UPDATE SET ")
		for i, f := range in.Update {
			if i > 0 {
				w.str(", ")
			}
			w.ident(f.Column)
			w.str(" = EXCLUDED.")
			w.ident(f.Column)
		}
	}
	for i, f := range in.Returning {
		if !c.D.Returning {
			break // the driver tells the key that was given
		}
		if i == 0 {
			w.str(" RETURNING ")
		} else {
			w.str(", ")
		}
		w.qualified(in.Model.Schema.Table, f.Column)
	}
	return &Statement{SQL: string(w.buf), Args: w.args}
}

// columns writes the names of columns with commas between.
func (w *writer) columns(fields []*plan.Field) {
	for i, f := range fields {
		if i > 0 {
			w.str(", ")
		}
		w.ident(f.Column)
	}
}
