package compile

import (
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Insert describes rows to insert.
type Insert struct {
	Model  *plan.Model
	Fields []*plan.Field
	// Rows hold a value for each field. Set are expressions that take the place of the values of some fields, in each row.
	Rows [][]dialect.Value
	Set  []InsertSet
	// Ignore skips rows that clash. Update lists the columns to set on a clash over Unique.
	Ignore         bool
	Update, Unique []*plan.Field
	Returning      []*plan.Field
}

// InsertSet is an expression that a column of new rows gets.
type InsertSet struct {
	Field  *plan.Field
	Assign expr.Assign
}

// InsertComputed is Insert of rows of which the database computes some columns.
func (c *Compiler) InsertComputed(in *Insert) (*Statement, error) {
	b := c.builder(&expr.Query{Model: in.Model}, nil)
	b.top = nil // each subquery names its own common tables
	st := c.insert(in, func(w *writer, f *plan.Field) bool {
		i := slices.IndexFunc(in.Set, func(s InsertSet) bool { return s.Field == f })
		if i < 0 || b.err != nil {
			return false
		}
		b.writeInserted(w, f, &in.Set[i].Assign)
		return true
	})
	if b.err != nil {
		return nil, b.err
	}
	return st, nil
}

// writeInserted writes what a column of a new row is computed of: not other columns, for there is no row yet.
func (b *builder) writeInserted(w *writer, f *plan.Field, a *expr.Assign) {
	b.baseUsed = false
	b.writeAssigned(w, f, a)
	if b.err == nil && b.baseUsed {
		b.fail(&FieldError{Name: f.S.Name, Reason: fmt.Sprintf("the value of %q names a column: a new row has none yet (set the field, or Save it afterwards)", f.S.Name)})
	}
}

// Insert compiles INSERT ... VALUES.
func (c *Compiler) Insert(in *Insert) *Statement { return c.insert(in, nil) }

func (c *Compiler) insert(in *Insert, computed func(w *writer, f *plan.Field) bool) *Statement {
	w := &writer{d: c.D, buf: make([]byte, 0, 64+len(in.Fields)*16+len(in.Rows)*len(in.Fields)*3)}
	w.args = make([]dialect.Value, 0, len(in.Rows)*len(in.Fields))
	if in.Ignore {
		w.str(c.D.IgnoreInsert)
	} else {
		w.str("INSERT INTO ")
	}
	w.ident(in.Model.TableIn(w.d.MaxName))
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
				if computed == nil || !computed(w, in.Fields[j]) {
					writeStored(w, in.Fields[j].Custom, v)
				}
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
		w.qualified(in.Model.TableIn(w.d.MaxName), f.Column)
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
