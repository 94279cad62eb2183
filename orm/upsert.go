package orm

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Outcome is what became of an object of an Upsert.
type Outcome uint8

// The outcomes: a new row, a row that was there and is changed, a row that was there and is left as it was.
const (
	Inserted Outcome = iota + 1
	Updated
	Skipped
)

// String is the outcome in lower case.
func (o Outcome) String() string {
	switch o {
	case Inserted:
		return "inserted"
	case Updated:
		return "updated"
	case Skipped:
		return "skipped"
	}
	return fmt.Sprintf("Outcome(%d)", uint8(o))
}

// UpsertOptions say what an Upsert does with rows that are there.
type UpsertOptions struct {
	// On names the columns of a unique constraint, by address: []any{&t.Slug}. It may be left out with Skip: any clash counts.
	On []any
	// Set is done to the row that is there; orm.F is a column of that row and orm.Excluded one of the object's. Default: all
	// columns of the object but those of On, its key and those that only a new row gets (AutoNowAdd).
	Set []Assignment
	// If limits Set to rows for which it holds; the others are Skipped. The zero value always holds.
	If Predicate
	// Skip leaves all rows that are there as they are: the objects in the way of which they stand are Skipped.
	Skip bool
}

// Upsert inserts objects, or updates the rows that are in their way, in one transaction, and says for each object which it
// was. Inserted and Updated objects are as their rows are now, with keys and database defaults; Skipped ones as they were.
//
//	outcomes, err := orm.Objects[Word]().Upsert(ctx, words, orm.UpsertOptions{
//		On:  []any{&w.Text},
//		Set: []orm.Assignment{orm.SetTo(&w.Seen, orm.F(&w.Seen).Add(orm.Excluded(&w.Seen)))},
//	})
//
// Each object is a statement of its own, several in a round trip where the database can (PostgreSQL): BulkCreate with
// UpdateFields is faster and tells less. As with BulkCreate, there are no signals.
func (q Query[T]) Upsert(ctx context.Context, objs []*T, o UpsertOptions) ([]Outcome, error) {
	if len(objs) == 0 {
		return nil, q.s.Err
	}
	u, err := newUpsert(q.s.Model, &o)
	if err = errors.Join(q.s.Err, err); err != nil {
		return nil, err
	}
	_, s, err := q.writing(ctx)
	if err == nil {
		err = s.unrecorded(q.s.Model, "Upsert")
	}
	if err != nil {
		return nil, err
	}
	out := make([]Outcome, len(objs))
	err = AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		db, s, err := database(ctx, q.s.DB)
		if err != nil {
			return err
		}
		u.db, u.s, u.name = db, s, q.s.DB
		ptrs := make([]plan.Pointer, len(objs))
		for i, obj := range objs {
			ptrs[i] = plan.PointerTo(obj)
		}
		if db.d.Name == "postgresql" {
			return u.conflicts(ctx, ptrs, out)
		}
		for i, p := range ptrs {
			if out[i], err = u.one(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Excluded is a column of the object that could not be inserted, in the Set and If of an Upsert: EXCLUDED.seen.
func Excluded[V any](f *V) Expr[V] {
	p := plan.Lookup(plan.PointerTo(f))
	if p == nil {
		return Expr[V]{n: badNode(errNotField), err: errNotField}
	}
	return Expr[V]{n: expr.Excluded{Path: p}}
}

// upsert is an Upsert on its way.
type upsert struct {
	db   *DB
	s    *scope
	name string
	m    *plan.Model
	on   []*plan.Field
	set  []expr.Assign
	when *expr.Pred
	skip bool
}

func newUpsert(m *plan.Model, o *UpsertOptions) (*upsert, error) {
	if err := errors.Join(m.Ready(), m.Keyless); err != nil {
		return nil, err
	}
	on, err := fieldsOf(m, o.On)
	switch {
	case err != nil:
		return nil, err
	case len(m.Parents) > 0:
		return nil, fmt.Errorf("orm: Upsert(%s): the rows of the model are in several tables", m.GoName())
	case len(on) == 0 && !o.Skip:
		return nil, errors.New("orm: Upsert: name the columns of a unique constraint: UpsertOptions{On: []any{&t.Slug}}")
	case o.Skip && (len(o.Set) > 0 || o.If.p.Op != expr.None):
		return nil, errors.New("orm: Upsert: Skip and Set or If exclude each other")
	}
	u := &upsert{m: m, on: on, set: assigns(o.Set), skip: o.Skip}
	if o.If.p.Op != expr.None {
		u.when = &o.If.p
	}
	if o.Skip || len(u.set) > 0 {
		return u, nil
	}
	for _, f := range m.Columns {
		added := f.Now != nil && !f.S.AutoNow
		if !slices.Contains(on, f) && !slices.Contains(m.Key, f) && f.S.Expression == nil && !added {
			u.set = append(u.set, expr.Assign{Name: f.S.Name, Value: expr.Excluded{Path: m.Root().Leaf(f.Offset)}})
		}
	}
	if len(u.set) == 0 {
		return nil, fmt.Errorf("orm: Upsert(%s): there is nothing to set on a row that is there (use Skip)", m.GoName())
	}
	return u, nil
}

// row is what an object has for the columns of an insert.
func (u *upsert) row(p plan.Pointer) ([]*plan.Field, []dialect.Value, error) {
	if err := u.s.relateAll(u.m, p, u.name); err != nil {
		return nil, nil, err
	}
	if err := takeKeys(u.m, p); err != nil {
		return nil, nil, err
	}
	fill(u.m, p, true, u.s.raw)
	fields := u.db.insertShape(u.m, p).Fields
	row := make([]dialect.Value, len(fields))
	for i, f := range fields {
		v, err := columnValue(f, p)
		if err != nil {
			return nil, nil, err
		}
		row[i] = v
	}
	return fields, row, nil
}

// conflicts runs INSERT ... ON CONFLICT for all objects.
func (u *upsert) conflicts(ctx context.Context, objs []plan.Pointer, out []Outcome) error {
	const many = 256
	for start := 0; start < len(objs); start += many {
		batch := objs[start:min(start+many, len(objs))]
		parts := make([]*batchPart, len(batch))
		for i, p := range batch {
			fields, row, err := u.row(p)
			if err != nil {
				return err
			}
			st, err := u.db.compiler(u.s).Upsert(&compile.Upsert{Model: u.m, Fields: fields, Row: row, On: u.on, Set: u.set, If: u.when, Skip: u.skip})
			if err != nil {
				return err
			}
			out[start+i] = Skipped
			parts[i] = &batchPart{db: u.db, s: u.s, item: dialect.BatchItem{SQL: st.SQL, Args: st.Args, Row: func(r dialect.Row) error {
				out[start+i] = Updated
				if r.Bool(len(st.Layout.Fields)) {
					out[start+i] = Inserted
				}
				return scanObject(p, st.Layout.Fields, u.m, r)
			}}}
		}
		u.s.writes(u.db)
		if err := u.db.runBatch(ctx, parts); err != nil {
			return err
		}
		for i, p := range batch {
			u.settle(p, out[start+i])
		}
	}
	return nil
}

func (u *upsert) settle(p plan.Pointer, o Outcome) {
	if o != Skipped {
		u.m.Bind(p, nil)
		settle(u.m, p, u.name)
	}
}

// one inserts an object, or sees what is in its way. The row that is in the way stays: the failed insert has locked it.
func (u *upsert) one(ctx context.Context, p plan.Pointer) (Outcome, error) {
	fields, row, err := u.row(p)
	if err != nil {
		return 0, err
	}
	clash := u.db.insert(ctx, u.s, u.m, p, u.name, nil)
	if clash == nil {
		return Inserted, u.read(ctx, p)
	}
	if ce, ok := errors.AsType[*ConstraintError](clash); !ok || ce.Kind != UniqueConstraint {
		return 0, clash
	}
	u.s.forgive(u.db)
	if u.skip && len(u.on) == 0 {
		return Skipped, nil
	}
	there := &expr.Query{Model: u.m, Limit: -1, DB: u.name}
	for _, f := range u.on {
		at := slices.Index(fields, f)
		if at < 0 {
			return 0, clash
		}
		addStep(there, expr.Pred{Op: expr.Exact, Left: expr.Name{Name: f.Column}, Val: row[at]})
	}
	if !u.skip {
		target := *there
		if u.when != nil {
			addStep(&target, *u.when)
		}
		st, err := u.db.compiler(u.s).UpdateClashing(&target, u.set, fields, row)
		if err != nil {
			return 0, err
		}
		if !st.Empty {
			res, err := u.db.exec(ctx, u.s, st.SQL, st.Args)
			if err != nil {
				return 0, err
			}
			if res.RowsAffected > 0 {
				u.settle(p, Updated)
				return Updated, u.readBy(ctx, there, p)
			}
		}
	}
	st, err := u.db.compiler(u.s).Exists(there)
	if err != nil {
		return 0, err
	}
	found := false
	err = u.db.query(ctx, u.s, st.SQL, st.Args, true, func(dialect.Row) error { found = true; return nil })
	if err == nil && !found { // another constraint is in the way
		err = clash
	}
	return Skipped, err
}

// read reads the row of an object that was inserted.
func (u *upsert) read(ctx context.Context, p plan.Pointer) error {
	if u.db.d.Returning || !slices.ContainsFunc(u.m.Columns, func(f *plan.Field) bool { return f.S.DBDefault != nil || f.S.Expression != nil }) {
		return nil // the insert has told all
	}
	q := &expr.Query{Model: u.m, Limit: -1, DB: u.name}
	addKey(q, u.m, p)
	return u.readBy(ctx, q, p)
}

func (u *upsert) readBy(ctx context.Context, q *expr.Query, p plan.Pointer) error {
	st, err := u.db.compiler(u.s).Select(q)
	if err != nil {
		return err
	}
	return u.db.query(ctx, u.s, st.SQL, st.Args, true, func(r dialect.Row) error {
		return scanObject(p, st.Layout.Fields, u.m, r)
	})
}
