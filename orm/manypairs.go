package orm

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/signals"
)

// pairing edits a relation of one object to many, inside a transaction.
type pairing struct {
	ctx   context.Context
	db    *DB
	s     *scope
	using string
	rel   *plan.Relation
	// holder is the object that has the field, owner its key.
	holder plan.Pointer
	owner  dialect.Value
	// values are for the other columns of the table between.
	values []Assignment
	// saving writes the objects at the other end of a foreign key one by one.
	saving bool
}

// add relates objects by key. Those that are related already stay so.
func (e *pairing) add(keys []dialect.Value) error {
	if len(keys) == 0 {
		return nil
	}
	if e.rel.Kind == plan.Backward {
		return e.point(keys, e.owner)
	}
	if e.announced() || !e.rel.Through.Hidden {
		have, err := e.have()
		if err != nil {
			return err
		}
		keys = missingKeys(keys, have)
	}
	if err := e.send("pre_add", keys); err != nil {
		return err
	}
	if err := e.insert(keys, e.rel.Left, e.rel.Right); err != nil {
		return err
	}
	if e.symmetrical() {
		back := keys
		if !e.rel.Through.Hidden {
			have, err := e.paired(e.rel.Right, e.rel.Left)
			if err != nil {
				return err
			}
			back = missingKeys(keys, have)
		}
		if err := e.insert(back, e.rel.Right, e.rel.Left); err != nil {
			return err
		}
	}
	return e.send("post_add", keys)
}

// remove takes objects out of the relation, or all of them.
func (e *pairing) remove(keys []dialect.Value, all bool) error {
	if e.rel.Kind == plan.Backward {
		if !e.rel.Field.Nullable {
			return errors.New("orm: " + e.rel.To.GoName() + "." + e.rel.Field.GoName + " cannot be null: delete the objects, or add them elsewhere")
		}
		if all {
			return e.point(nil, dialect.Value{})
		}
		return e.point(keys, dialect.Value{})
	}
	action := "remove"
	if all {
		action, keys = "clear", nil
	}
	if err := e.send("pre_"+action, keys); err != nil {
		return err
	}
	if err := e.drop(keys, all, e.rel.Left, e.rel.Right); err != nil {
		return err
	}
	if e.symmetrical() {
		if err := e.drop(keys, all, e.rel.Right, e.rel.Left); err != nil {
			return err
		}
	}
	return e.send("post_"+action, keys)
}

// set makes the relation hold exactly the given keys.
func (e *pairing) set(keys []dialect.Value) error {
	have, err := e.have()
	if err != nil {
		return err
	}
	want := map[dialect.Value]bool{}
	for _, k := range keys {
		want[k] = true
	}
	var drop []dialect.Value
	for k := range have {
		if !want[k] {
			drop = append(drop, k)
		}
	}
	if len(drop) > 0 && (e.rel.Kind != plan.Backward || e.rel.Field.Nullable) { // what cannot be null can only be added to, as in Django
		if err := e.remove(drop, false); err != nil {
			return err
		}
	}
	return e.add(missingKeys(keys, have))
}

func missingKeys(keys []dialect.Value, have map[dialect.Value]bool) []dialect.Value {
	rest := make([]dialect.Value, 0, len(keys))
	seen := map[dialect.Value]bool{}
	for _, k := range keys {
		if !have[k] && !seen[k] {
			seen[k] = true
			rest = append(rest, k)
		}
	}
	return rest
}

func (e *pairing) symmetrical() bool {
	return e.rel.Field.S.Rel.Symmetrical && e.rel.Declared().From == e.rel.To // declared: a child has its parent's relation
}

// have reads the keys that the object is related to.
func (e *pairing) have() (map[dialect.Value]bool, error) {
	if e.rel.Kind == plan.Backward {
		q := &expr.Query{Model: e.rel.To, Limit: -1, Ordered: true, Only: []*plan.Field{e.rel.To.PK}}
		if e.rel.To.PK == nil { // the parts in the order of the key
			q.Only, q.Values = nil, []expr.Annotation{{Name: "pk", Node: expr.Name{Name: "pk"}}}
		}
		addStep(q, expr.Pred{Op: expr.Exact, Left: fieldNode(e.rel.Field), Val: e.owner})
		st, err := e.db.statement(e.s, q, shapeSelect)
		if err != nil {
			return nil, err
		}
		return e.keys(st.SQL, st.Args)
	}
	return e.paired(e.rel.Left, e.rel.Right)
}

// paired reads one side of the table between.
func (e *pairing) paired(left, right string) (map[dialect.Value]bool, error) {
	d := e.db.d
	b := append([]byte(nil), "SELECT "...)
	b = append(d.AppendQuoted(b, right), " FROM "...)
	b = append(d.AppendQuoted(b, e.rel.Through.TableIn(d.MaxName)), " WHERE "...)
	b = append(d.AppendQuoted(b, left), " = "...)
	return e.keys(string(d.AppendParam(b, 1)), []dialect.Value{d.Bind(e.owner)})
}

func (e *pairing) keys(sql string, args []dialect.Value) (map[dialect.Value]bool, error) {
	have := map[dialect.Value]bool{}
	read := keyReader(e.rel.To.KeyField())
	err := e.db.query(e.ctx, e.s, sql, args, true, func(r dialect.Row) error {
		k, err := read(r, 0)
		have[k] = true
		return err
	})
	return have, err
}

// point sets the foreign key of rows, by key or of all that point to the object.
func (e *pairing) point(keys []dialect.Value, to dialect.Value) error {
	q := &expr.Query{Model: e.rel.To, Limit: -1}
	if to.Kind == dialect.Null {
		addStep(q, expr.Pred{Op: expr.Exact, Left: fieldNode(e.rel.Field), Val: e.owner})
	}
	if keys != nil {
		addStep(q, expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(keys)})
	}
	if e.saving {
		return e.pointEach(q, to)
	}
	st, err := e.db.compiler(e.s).Update(q, pointTo(e.rel.Field, to))
	if err != nil || st.Empty {
		return err
	}
	_, err = e.db.exec(e.ctx, e.s, st.SQL, st.Args)
	return err
}

// insert writes rows of the table between: plain pairs, or objects of the through model with their defaults.
func (e *pairing) insert(keys []dialect.Value, left, right string) error {
	if len(keys) == 0 {
		return nil
	}
	if !e.rel.Through.Hidden {
		return e.insertThrough(keys, left, right)
	}
	if len(e.values) > 0 {
		return fmt.Errorf("orm: %s.%s has no through model whose columns could take values", e.rel.From.GoName(), e.rel.Name)
	}
	d := e.db.d
	for len(keys) > 0 {
		n := min(len(keys), 500)
		b := append([]byte(nil), d.IgnoreInsert...)
		b = append(d.AppendQuoted(b, e.rel.Through.TableIn(d.MaxName)), " ("...)
		b = append(d.AppendQuoted(b, left), ", "...)
		b = append(d.AppendQuoted(b, right), ") VALUES "...)
		args := make([]dialect.Value, 0, 2*n)
		for i, k := range keys[:n] {
			if i > 0 {
				b = append(b, ", "...)
			}
			args = append(args, d.Bind(e.owner), d.Bind(k))
			b = append(d.AppendParam(append(b, '('), len(args)-1), ", "...)
			b = append(d.AppendParam(b, len(args)), ')')
		}
		if d.Name == "postgresql" {
			b = append(b, " ON CONFLICT DO NOTHING"...)
		}
		if _, err := e.db.exec(e.ctx, e.s, string(b), args); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// insertThrough writes objects of the through model.
func (e *pairing) insertThrough(keys []dialect.Value, left, right string) error {
	m := e.rel.Through
	if err := m.Ready(); err != nil {
		return err
	}
	from, to := m.FieldNamed(left), m.FieldNamed(right)
	objs := make([]plan.Pointer, len(keys))
	for i, k := range keys {
		obj := m.New()
		if err := from.Codec.Set(from.At(obj), valueRow{e.owner}, 0); err != nil {
			return err
		}
		if err := to.Codec.Set(to.At(obj), valueRow{k}, 0); err != nil {
			return err
		}
		if err := assignAll(m, obj, e.values); err != nil {
			return err
		}
		fill(m, obj, true, e.s.raw)
		objs[i] = obj
	}
	return e.db.bulkInsert(e.ctx, e.s, m, objs, BulkOptions{}, nil, nil)
}

// assignAll gives fields of an object plain values.
func assignAll(m *plan.Model, obj plan.Pointer, values []Assignment) error {
	for _, v := range values {
		f, err := assignedField(m, v.a)
		if err != nil {
			return err
		}
		val := v.a.Val
		if lit, ok := v.a.Value.(expr.Literal); ok {
			val = lit.Value
		} else if v.a.Value != nil {
			return fmt.Errorf("orm: %s.%s: a new row takes plain values (orm.Set)", m.GoName(), f.GoName)
		}
		if err := f.Codec.Set(f.At(obj), valueRow{val}, 0); err != nil {
			return fmt.Errorf("orm: %s.%s: %w", m.GoName(), f.GoName, err)
		}
	}
	return nil
}

// assignedField is the column that an assignment names.
func assignedField(m *plan.Model, a expr.Assign) (*plan.Field, error) {
	if a.Err != nil {
		return nil, a.Err
	}
	f := m.FieldNamed(a.Name)
	if a.Path != nil {
		if a.Path.Ref != m.Root() {
			return nil, wrongModel(a.Path, m)
		}
		f = m.FieldAt(a.Path.Offset)
	}
	if f == nil || f.Extra || !f.S.HasColumn() {
		return nil, fmt.Errorf("orm: %s has no column for an assignment to %s", m.GoName(), assignName(a))
	}
	return f, nil
}

func assignName(a expr.Assign) string {
	if a.Path != nil {
		return a.Path.String()
	}
	return fmt.Sprintf("%q", a.Name)
}

// drop deletes rows of the table between.
func (e *pairing) drop(keys []dialect.Value, all bool, left, right string) error {
	d := e.db.d
	for first := true; first && all || len(keys) > 0; first = false {
		n := min(len(keys), 500)
		b := append([]byte(nil), "DELETE FROM "...)
		b = append(d.AppendQuoted(b, e.rel.Through.TableIn(d.MaxName)), " WHERE "...)
		b = append(d.AppendQuoted(b, left), " = "...)
		args := []dialect.Value{d.Bind(e.owner)}
		b = d.AppendParam(b, 1)
		if !all {
			b = append(d.AppendQuoted(append(b, " AND "...), right), " IN ("...)
			for i, k := range keys[:n] {
				if i > 0 {
					b = append(b, ", "...)
				}
				args = append(args, d.Bind(k))
				b = d.AppendParam(b, len(args))
			}
			b = append(b, ')')
		}
		if _, err := e.db.exec(e.ctx, e.s, string(b), args); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

func (e *pairing) event() (*signals.Hub, string) {
	if e.s.hooks == nil {
		return nil, ""
	}
	return e.s.hooks.hub, manyName(e.rel.Field.Model.Type, e.rel.Field.GoName)
}

// announced says that somebody wants to know of the relation.
func (e *pairing) announced() bool {
	hub, name := e.event()
	return hub.Has(name, typeOf[ManyEvent]())
}

func (e *pairing) send(action string, keys []dialect.Value) error {
	hub, name := e.event()
	if !hub.Has(name, reflect.TypeFor[ManyEvent]()) {
		return nil
	}
	ev := ManyEvent{
		Owner: e.rel.From.Box(e.holder), Reverse: e.rel.Kind == plan.ManyBack, Action: action, Related: Model{e.rel.To}, Raw: e.s.raw, Using: alias(e.using),
	}
	for _, k := range keys {
		ev.Keys = append(ev.Keys, k.Any())
	}
	return hub.Send(e.ctx, name, ev, after(e.using))
}
