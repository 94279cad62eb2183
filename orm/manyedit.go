package orm

import (
	"context"
	"errors"
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// owner returns the relation and the key of the object that holds the field.
func (m *Many[T]) owner() (*plan.Relation, dialect.Value, error) {
	rel := m.link.Rel
	if rel == nil || m.link.Owner == nil {
		return nil, dialect.Value{}, fmt.Errorf("orm: Many[%s]: %w", typeOf[T]().Name(), ErrNotSaved)
	}
	f := rel.From.PK
	if rel.Kind == plan.Backward {
		f = rel.From.FieldNamed(rel.FromColumn)
	}
	v := f.Codec.Get(f.At(m.link.Owner))
	if f.Codec.Zero(f.At(m.link.Owner)) {
		return nil, v, fmt.Errorf("orm: %s.%s: %w", rel.From.GoName(), rel.Name, ErrNotSaved)
	}
	return rel, v, nil
}

func (m *Many[T]) keys(rel *plan.Relation, objs []*T) ([]dialect.Value, error) {
	pk := rel.To.PK
	out := make([]dialect.Value, 0, len(objs))
	for _, obj := range objs {
		p := plan.PointerTo(obj)
		if pk.Codec.Zero(pk.At(p)) {
			return nil, fmt.Errorf("orm: %s: %w", rel.To.GoName(), ErrNotSaved)
		}
		out = append(out, pk.Codec.Get(pk.At(p)))
	}
	return out, nil
}

func (m *Many[T]) forget() {
	if g := m.link.Peers; g != nil {
		g.Lock()
		defer g.Unlock()
	}
	m.link.Loaded, m.link.Done = nil, false
}

// edit runs f in a transaction on the database that the relation is written to: that of the object that holds the field,
// unless a router knows better. Objs are those that are to be related.
func (m *Many[T]) edit(ctx context.Context, rel *plan.Relation, f func(ctx context.Context, db *DB, s *scope) error, objs ...*T) error {
	between := rel.To
	if rel.Through != nil {
		between = rel.Through
	}
	name := ""
	_, s, err := route(ctx, &name, between, true, m.home())
	if err != nil {
		return err
	}
	for _, obj := range objs {
		if err := s.relate(rel.From, rel.To, m.home(), homeOr(rel.To, plan.PointerTo(obj), m.home())); err != nil {
			return err
		}
	}
	return AtomicWith(ctx, AtomicOptions{DB: name}, func(ctx context.Context) error {
		db, s, err := database(ctx, name)
		if err != nil {
			return err
		}
		return f(ctx, db, s)
	})
}

// home is the database of the object that holds the field.
func (m *Many[T]) home() string {
	if m.link.Peers != nil {
		return m.link.Peers.DB
	}
	return ""
}

// Add relates objects, which must be saved. Those that are related already stay so.
func (m *Many[T]) Add(ctx context.Context, objs ...*T) error {
	if len(objs) == 0 {
		return nil
	}
	rel, owner, err := m.owner()
	if err != nil {
		return err
	}
	keys, err := m.keys(rel, objs)
	if err != nil {
		return err
	}
	defer m.forget()
	return m.edit(ctx, rel, func(ctx context.Context, db *DB, s *scope) error { return addKeys(ctx, db, s, rel, owner, keys) }, objs...)
}

// AddIDs is Add for keys.
func (m *Many[T]) AddIDs(ctx context.Context, ids ...int64) error {
	rel, owner, err := m.owner()
	if err != nil {
		return err
	}
	keys := make([]dialect.Value, len(ids))
	for i, id := range ids {
		keys[i] = dialect.IntValue(id)
	}
	defer m.forget()
	return m.edit(ctx, rel, func(ctx context.Context, db *DB, s *scope) error { return addKeys(ctx, db, s, rel, owner, keys) })
}

func addKeys(ctx context.Context, db *DB, s *scope, rel *plan.Relation, owner dialect.Value, keys []dialect.Value) error {
	if len(keys) == 0 {
		return nil
	}
	if rel.Kind == plan.Backward {
		q := &expr.Query{Model: rel.To, Limit: -1}
		addStep(q, expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(keys)})
		st, err := db.compiler(s).Update(q, []expr.Assign{{Name: rel.Field.S.Name, Val: owner}})
		if err != nil || st.Empty {
			return err
		}
		_, err = db.exec(ctx, s, st.SQL, st.Args)
		return err
	}
	if err := insertPairs(ctx, db, s, rel, owner, keys, false); err != nil {
		return err
	}
	if rel.Field.S.Rel.Symmetrical && rel.From == rel.To {
		return insertPairs(ctx, db, s, rel, owner, keys, true)
	}
	return nil
}

// insertPairs writes rows of the table between. Pairs that are there are left alone; a through model without a unique
// constraint needs the look first.
func insertPairs(ctx context.Context, db *DB, s *scope, rel *plan.Relation, owner dialect.Value, keys []dialect.Value, swap bool) error {
	left, right := rel.Left, rel.Right
	if swap {
		left, right = right, left
	}
	if !rel.Through.Hidden {
		have, err := relatedKeys(ctx, db, s, rel, owner, left, right)
		if err != nil {
			return err
		}
		rest := keys[:0:0]
		for _, k := range keys {
			if !have[k] {
				rest = append(rest, k)
			}
		}
		keys = rest
	}
	for len(keys) > 0 {
		n := min(len(keys), 500)
		b := append([]byte(nil), db.d.IgnoreInsert...)
		b = db.d.AppendQuoted(b, rel.Table)
		b = append(b, " ("...)
		b = db.d.AppendQuoted(b, left)
		b = append(b, ", "...)
		b = db.d.AppendQuoted(b, right)
		b = append(b, ") VALUES "...)
		args := make([]dialect.Value, 0, 2*n)
		for i, k := range keys[:n] {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = append(b, '(')
			args = append(args, db.d.Bind(owner))
			b = db.d.AppendParam(b, len(args))
			b = append(b, ", "...)
			args = append(args, db.d.Bind(k))
			b = db.d.AppendParam(b, len(args))
			b = append(b, ')')
		}
		if db.d.Name == "postgresql" {
			b = append(b, " ON CONFLICT DO NOTHING"...)
		}
		if _, err := db.exec(ctx, s, string(b), args); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// relatedKeys reads the keys that an object is related to.
func relatedKeys(ctx context.Context, db *DB, s *scope, rel *plan.Relation, owner dialect.Value, left, right string) (map[dialect.Value]bool, error) {
	b := append([]byte(nil), "SELECT "...)
	b = db.d.AppendQuoted(b, right)
	b = append(b, " FROM "...)
	b = db.d.AppendQuoted(b, rel.Table)
	b = append(b, " WHERE "...)
	b = db.d.AppendQuoted(b, left)
	b = append(b, " = "...)
	b = db.d.AppendParam(b, 1)
	read := keyReader(rel.To.PK)
	have := map[dialect.Value]bool{}
	err := db.query(ctx, s, string(b), []dialect.Value{db.d.Bind(owner)}, true, func(r dialect.Row) error {
		k, err := read(r, 0)
		have[k] = true
		return err
	})
	return have, err
}

// Remove takes objects out of the relation. For the way back of a foreign key, the key must be able to be null.
func (m *Many[T]) Remove(ctx context.Context, objs ...*T) error {
	if len(objs) == 0 {
		return nil
	}
	rel, owner, err := m.owner()
	if err != nil {
		return err
	}
	keys, err := m.keys(rel, objs)
	if err != nil {
		return err
	}
	defer m.forget()
	return m.edit(ctx, rel, func(ctx context.Context, db *DB, s *scope) error {
		return removeKeys(ctx, db, s, rel, owner, keys, false)
	})
}

// Clear takes all objects out of the relation.
func (m *Many[T]) Clear(ctx context.Context) error {
	rel, owner, err := m.owner()
	if err != nil {
		return err
	}
	defer m.forget()
	return m.edit(ctx, rel, func(ctx context.Context, db *DB, s *scope) error {
		return removeKeys(ctx, db, s, rel, owner, nil, true)
	})
}

func removeKeys(ctx context.Context, db *DB, s *scope, rel *plan.Relation, owner dialect.Value, keys []dialect.Value, all bool) error {
	if rel.Kind == plan.Backward {
		if !rel.Field.Nullable {
			return errors.New("orm: " + rel.To.GoName() + "." + rel.Field.GoName + " cannot be null: delete the objects, or add them elsewhere")
		}
		q := &expr.Query{Model: rel.To, Limit: -1}
		addStep(q, expr.Pred{Op: expr.Exact, Left: expr.Name{Name: rel.Field.Column}, Val: owner})
		if !all {
			addStep(q, expr.Pred{Op: expr.In, Left: expr.Name{Name: "pk"}, Val: dialect.ListValue(keys)})
		}
		st, err := db.compiler(s).Update(q, []expr.Assign{{Name: rel.Field.S.Name}})
		if err != nil || st.Empty {
			return err
		}
		_, err = db.exec(ctx, s, st.SQL, st.Args)
		return err
	}
	if err := deletePairs(ctx, db, s, rel, owner, keys, all, false); err != nil {
		return err
	}
	if rel.Field.S.Rel.Symmetrical && rel.From == rel.To {
		return deletePairs(ctx, db, s, rel, owner, keys, all, true)
	}
	return nil
}

func deletePairs(ctx context.Context, db *DB, s *scope, rel *plan.Relation, owner dialect.Value, keys []dialect.Value, all, swap bool) error {
	left, right := rel.Left, rel.Right
	if swap {
		left, right = right, left
	}
	for first := true; first || len(keys) > 0; first = false {
		n := min(len(keys), 500)
		b := append([]byte(nil), "DELETE FROM "...)
		b = db.d.AppendQuoted(b, rel.Table)
		b = append(b, " WHERE "...)
		b = db.d.AppendQuoted(b, left)
		b = append(b, " = "...)
		args := []dialect.Value{db.d.Bind(owner)}
		b = db.d.AppendParam(b, 1)
		if !all {
			b = append(b, " AND "...)
			b = db.d.AppendQuoted(b, right)
			b = append(b, " IN ("...)
			for i, k := range keys[:n] {
				if i > 0 {
					b = append(b, ", "...)
				}
				args = append(args, db.d.Bind(k))
				b = db.d.AppendParam(b, len(args))
			}
			b = append(b, ')')
		}
		if _, err := db.exec(ctx, s, string(b), args); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// Set makes the relation hold exactly the given objects: what is missing is added, what is too much removed.
func (m *Many[T]) Set(ctx context.Context, objs ...*T) error {
	rel, owner, err := m.owner()
	if err != nil {
		return err
	}
	keys, err := m.keys(rel, objs)
	if err != nil {
		return err
	}
	defer m.forget()
	return m.edit(ctx, rel, func(ctx context.Context, db *DB, s *scope) error {
		var have map[dialect.Value]bool
		var err error
		if rel.Kind == plan.Backward {
			have, err = backwardKeys(ctx, db, s, rel, owner)
		} else {
			have, err = relatedKeys(ctx, db, s, rel, owner, rel.Left, rel.Right)
		}
		if err != nil {
			return err
		}
		var add, drop []dialect.Value
		want := map[dialect.Value]bool{}
		for _, k := range keys {
			want[k] = true
			if !have[k] {
				add = append(add, k)
			}
		}
		for k := range have {
			if !want[k] {
				drop = append(drop, k)
			}
		}
		if len(drop) > 0 {
			if err := removeKeys(ctx, db, s, rel, owner, drop, false); err != nil {
				return err
			}
		}
		return addKeys(ctx, db, s, rel, owner, add)
	}, objs...)
}

func backwardKeys(ctx context.Context, db *DB, s *scope, rel *plan.Relation, owner dialect.Value) (map[dialect.Value]bool, error) {
	q := &expr.Query{Model: rel.To, Limit: -1, Ordered: true, Only: []*plan.Field{rel.To.PK}}
	addStep(q, expr.Pred{Op: expr.Exact, Left: expr.Name{Name: rel.Field.Column}, Val: owner})
	st, err := db.statement(s, q, shapeSelect)
	if err != nil {
		return nil, err
	}
	have := map[dialect.Value]bool{}
	read := keyReader(rel.To.PK)
	err = db.query(ctx, s, st.SQL, st.Args, true, func(r dialect.Row) error {
		k, err := read(r, 0)
		have[k] = true
		return err
	})
	return have, err
}
