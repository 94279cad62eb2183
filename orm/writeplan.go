package orm

import (
	"slices"
	"sync"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// writePlan is the statement that inserts or updates one row by certain columns. Its text is made once; an object only
// brings the values.
type writePlan struct {
	sql string
	// fields are the columns whose values are the arguments, returning those that the database tells.
	fields, returning []*plan.Field
	// told: what is returned is an automatic key alone, which the driver tells without RETURNING.
	told bool
}

// writeKey says which statement: a model, what to do, and the columns that take part as bits by their index.
type writeKey struct {
	m       *plan.Model
	update  bool
	columns columnSet
}

// columnSet is a set of a model's fields. Statements of models with more fields than it has bits are made each time.
type columnSet [4]uint64

const columnSetMax = 4 * 64

func (s *columnSet) add(f *plan.Field) { s[f.Index/64%4] |= 1 << (f.Index % 64) }

// writePlans keeps the plans of a database.
type writePlans struct {
	mu sync.RWMutex // guards m
	m  map[writeKey]*writePlan
}

func (w *writePlans) find(key writeKey) *writePlan {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.m[key]
}

func (w *writePlans) add(key writeKey, p *writePlan) {
	if len(key.m.Fields) > columnSetMax {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.m == nil || len(w.m) >= shapeMax {
		w.m = map[writeKey]*writePlan{}
	}
	w.m[key] = p
}

// insertPlan is the statement that inserts an object.
func (db *DB) insertPlan(s *scope, m *plan.Model, obj plan.Pointer) *writePlan {
	key := writeKey{m: m}
	for _, f := range m.Local {
		if !leftToDatabase(f, obj) {
			key.columns.add(f)
		}
	}
	if len(m.Fields) <= columnSetMax {
		if p := db.writes.find(key); p != nil {
			return p
		}
	}
	in := db.insertShape(m, obj)
	in.Rows = [][]dialect.Value{make([]dialect.Value, len(in.Fields))}
	p := &writePlan{fields: in.Fields, returning: in.Returning}
	if db.d.TellsKeys && len(in.Returning) == 1 && in.Returning[0] == m.PK && m.PK.S.Kind.IsAuto() {
		p.told, in.Returning = true, nil
	}
	p.sql = db.compiler(s).Insert(in).SQL
	db.writes.add(key, p)
	return p
}

// leftToDatabase says that an insert does not name a column: an automatic key without a value, a generated column, or one
// with a database default that holds the zero value.
func leftToDatabase(f *plan.Field, obj plan.Pointer) bool {
	switch {
	case f.S.Expression != nil:
		return true
	case f.S.DBDefault != nil, f.S.Kind.IsAuto():
		return f.Codec.Zero(f.At(obj))
	}
	return false
}

// insertShape chooses the columns of an insert.
func (db *DB) insertShape(m *plan.Model, obj plan.Pointer) *compile.Insert {
	in := &compile.Insert{Model: m, Fields: make([]*plan.Field, 0, len(m.Local))}
	for _, f := range m.Local {
		if leftToDatabase(f, obj) {
			in.Returning = append(in.Returning, f)
		} else {
			in.Fields = append(in.Fields, f)
		}
	}
	return in
}

// updatePlan is the statement that writes columns of the row with a model's key. Its fields are those columns and then the
// key; nothing else is written, and it is nil, when all of the columns are of the key or generated.
func (db *DB) updatePlan(m *plan.Model, fields []*plan.Field) *writePlan {
	key := writeKey{m: m, update: true}
	for _, f := range fields {
		key.columns.add(f)
	}
	if len(m.Fields) <= columnSetMax {
		if p := db.writes.find(key); p != nil {
			return p
		}
	}
	p := &writePlan{}
	for _, f := range m.Local { // in the model's order, so that the plan is the same for each order of fields
		if slices.Contains(fields, f) && !slices.Contains(m.Key, f) && f.S.Expression == nil {
			p.fields = append(p.fields, f)
		}
	}
	if len(p.fields) == 0 {
		return nil
	}
	b := append([]byte(nil), "UPDATE "...)
	b = db.d.AppendQuoted(b, m.TableIn(db.d.MaxName))
	for i, f := range p.fields {
		if i == 0 {
			b = append(b, " SET "...)
		} else {
			b = append(b, ", "...)
		}
		b = append(db.d.AppendQuoted(b, f.Column), " = "...)
		b = compile.AppendStored(b, db.d, f, i+1)
	}
	for i, f := range m.Key {
		if i == 0 {
			b = append(b, " WHERE "...)
		} else {
			b = append(b, " AND "...)
		}
		b = append(db.d.AppendQuoted(b, m.TableIn(db.d.MaxName)), '.')
		b = append(db.d.AppendQuoted(b, f.Column), " = "...)
		p.fields = append(p.fields, f)
		b = compile.AppendStored(b, db.d, f, len(p.fields))
	}
	for _, f := range m.Local { // generated columns have other values now
		if f.S.Expression != nil {
			p.returning = append(p.returning, f)
		}
	}
	if db.d.ReturnsUpdates {
		b = db.appendReturning(b, p.returning)
	}
	p.sql = string(b)
	db.writes.add(key, p)
	return p
}

// appendColumns appends an object's values for the columns of a statement.
func (db *DB) appendColumns(args []dialect.Value, fields []*plan.Field, obj plan.Pointer) ([]dialect.Value, error) {
	for _, f := range fields {
		v, err := columnValue(f, obj)
		if err != nil {
			return args, err
		}
		args = append(args, db.d.Bind(v))
	}
	return args, nil
}

// rowScan reads the columns of one row into an object. It is kept between statements with the function that drivers call,
// which would be an allocation for each otherwise.
type rowScan struct {
	m      *plan.Model
	obj    plan.Pointer
	fields []*plan.Field
	row    func(r dialect.Row) error
}

var rowScans = sync.Pool{New: func() any {
	s := &rowScan{}
	s.row = func(r dialect.Row) error { return scanObject(s.obj, s.fields, s.m, r) }
	return s
}}

func newRowScan(m *plan.Model, obj plan.Pointer, fields []*plan.Field) *rowScan {
	s := rowScans.Get().(*rowScan)
	s.m, s.obj, s.fields = m, obj, fields
	return s
}

func (s *rowScan) free() {
	s.m, s.obj, s.fields = nil, nil, nil
	rowScans.Put(s)
}
