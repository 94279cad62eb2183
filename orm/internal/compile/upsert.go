package compile

import (
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Upsert describes the insertion of one row that may be there.
type Upsert struct {
	Model *plan.Model
	// Fields are the columns that are written, Row their values.
	Fields []*plan.Field
	Row    []dialect.Value
	// On are the columns over which rows clash; Set is what is done to the row that is there, if If holds.
	On  []*plan.Field
	Set []expr.Assign
	If  *expr.Pred
	// Skip leaves the row that is there as it is.
	Skip bool
}

// Upsert compiles INSERT ... ON CONFLICT for PostgreSQL. It returns the columns of the row, and after them whether the row
// is a new one.
func (c *Compiler) Upsert(u *Upsert) (*Statement, error) {
	b := c.builder(&expr.Query{Model: u.Model}, nil)
	b.top = nil
	if b.err != nil {
		return nil, b.err
	}
	b.excluded = func(w *writer, f *plan.Field) {
		w.str("EXCLUDED.")
		w.ident(f.Column)
	}
	st := c.Insert(&Insert{Model: u.Model, Fields: u.Fields, Rows: [][]dialect.Value{u.Row}})
	w := &writer{d: c.D, buf: []byte(st.SQL), args: st.Args}
	w.str(" ON CONFLICT ")
	if len(u.On) > 0 {
		for i, f := range u.On {
			if i == 0 {
				w.str("(")
			} else {
				w.str(", ")
			}
			w.ident(f.Column)
		}
		w.str(") ")
	}
	if u.Skip {
		w.str("DO NOTHING")
	} else if b.writeConflict(w, u); b.err != nil {
		return nil, b.err
	}
	l := &Layout{Model: u.Model, Fields: u.Model.Columns}
	for i, f := range l.Fields {
		if i == 0 {
			w.str(" RETURNING ")
		} else {
			w.str(", ")
		}
		w.qualified(u.Model.TableIn(w.d.MaxName), f.Column)
	}
	w.str(", (") // a new row has never been changed
	w.ident(u.Model.TableIn(w.d.MaxName))
	w.str(".xmax = 0)")
	b.layout = l
	return b.statement(w)
}

func (b *builder) writeConflict(w *writer, u *Upsert) {
	w.str("DO UPDATE SET ")
	for i := range u.Set {
		f, err := b.assignField(u.Set[i])
		if err != nil {
			b.fail(err)
			return
		}
		if i > 0 {
			w.str(", ")
		}
		w.ident(f.Column)
		w.str(" = ")
		b.writeAssigned(w, f, &u.Set[i])
		if b.err != nil {
			return
		}
	}
	if u.If != nil {
		n, _ := b.resolvePred(*u.If, nil)
		if b.err != nil {
			return
		}
		w.str(" WHERE ")
		n.sql(w)
	}
	if b.hasJoins() {
		b.fail(fmt.Errorf("orm: Upsert: values and conditions cannot follow relations"))
	}
}

// UpdateClashing compiles the update of the row that was in the way of an insert: Excluded stands for the values of that.
func (c *Compiler) UpdateClashing(q *expr.Query, set []expr.Assign, fields []*plan.Field, row []dialect.Value) (*Statement, error) {
	b := c.builder(q, nil)
	b.excluded = func(w *writer, f *plan.Field) {
		for i, x := range fields {
			if x == f {
				if f.Custom != nil {
					writeStored(w, f.Custom, row[i])
					return
				}
				b.writeTyped(w, row[i], keyKind(f))
				return
			}
		}
		w.str("NULL") // left to the database
	}
	return c.update(b, set)
}

func (b *builder) resolveExcluded(n expr.Excluded) *rexpr {
	steps, f, err := n.Path.Resolve()
	switch {
	case err != nil:
		b.fail(err)
	case b.excluded == nil:
		b.fail(fmt.Errorf("orm: Excluded(%s) stands outside of an Upsert", n.Path))
	case len(steps) > 0 || n.Path.Ref.Root().Model != b.model || !f.S.HasColumn():
		b.fail(fmt.Errorf("orm: Excluded(%s) is not a column of %s", n.Path, b.model.GoName()))
	default:
		write := b.excluded
		return &rexpr{kind: keyKind(f), field: f, nullable: f.Nullable, write: func(w *writer) { write(w, f) }}
	}
	return &rexpr{}
}
