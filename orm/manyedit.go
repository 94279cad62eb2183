package orm

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// owner returns the relation and the key of the object that holds the field.
func (m *Many[T]) owner() (*plan.Relation, dialect.Value, error) {
	rel := m.link.Rel
	if rel == nil || m.link.Owner == nil {
		return nil, dialect.Value{}, fmt.Errorf("orm: Many[%s]: %w", typeOf[T]().Name(), ErrNotSaved)
	}
	f := relationKey(rel)
	v := f.Codec.Get(f.At(m.link.Owner))
	if f.Codec.Zero(f.At(m.link.Owner)) {
		return nil, v, fmt.Errorf("orm: %s.%s: %w", rel.From.GoName(), rel.Name, ErrNotSaved)
	}
	return rel, v, nil
}

func (m *Many[T]) keys(rel *plan.Relation, objs []*T) ([]dialect.Value, error) {
	out := make([]dialect.Value, 0, len(objs))
	for _, obj := range objs {
		if obj == nil {
			return nil, fmt.Errorf("orm: %s: the object is nil", rel.To.GoName())
		}
		key, ok := keyValue(rel.To, plan.PointerTo(obj))
		if !ok {
			return nil, fmt.Errorf("orm: %s: %w", rel.To.GoName(), ErrNotSaved)
		}
		out = append(out, key)
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
func (m *Many[T]) edit(ctx context.Context, values []Assignment, objs []*T, f func(e *pairing) error) error {
	rel, owner, err := m.owner()
	if err != nil {
		return err
	}
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
	defer m.forget()
	return AtomicWith(ctx, AtomicOptions{DB: name}, func(ctx context.Context) error {
		db, s, err := database(ctx, name)
		if err != nil {
			return err
		}
		return f(&pairing{ctx: ctx, db: db, s: s, using: name, rel: rel, holder: m.link.Owner, owner: owner, values: values})
	})
}

// home is the database of the object that holds the field.
func (m *Many[T]) home() string {
	if m.link.Peers != nil {
		return m.link.Peers.DB
	}
	return ""
}

// Add relates objects, which must be saved. Those that are related already stay so. For the way back of a foreign key it
// points the objects here by one UPDATE, without signals, as Django's add(bulk=True).
func (m *Many[T]) Add(ctx context.Context, objs ...*T) error { return m.With().Add(ctx, objs...) }

// AddIDs is Add for keys.
func (m *Many[T]) AddIDs(ctx context.Context, ids ...int64) error {
	return m.With().AddIDs(ctx, ids...)
}

// Create inserts an object and relates it: Django's article.tags.create(…).
func (m *Many[T]) Create(ctx context.Context, obj *T) error { return m.With().Create(ctx, obj) }

// GetOrCreate returns the related object for which the conditions hold, or inserts obj and relates it.
func (m *Many[T]) GetOrCreate(ctx context.Context, obj *T, ps ...Predicate) (got *T, created bool, err error) {
	return m.With().GetOrCreate(ctx, obj, ps...)
}

// UpdateOrCreate sets columns of the related object that the query of related objects finds, or inserts obj and relates
// it:
//
//	tag, created, err := article.Tags.UpdateOrCreate(ctx, article.Tags.Query().Filter(orm.Eq(&g.Slug, "go")), &Tag{…}, orm.Set(…))
func (m *Many[T]) UpdateOrCreate(ctx context.Context, q Query[T], obj *T, set ...Assignment) (got *T, created bool, err error) {
	return m.With().UpdateOrCreate(ctx, q, obj, set...)
}

// Set makes the relation hold exactly the given objects: what is missing is added, what is too much removed. On the way
// back of a foreign key that cannot be null, nothing is removed, as in Django.
func (m *Many[T]) Set(ctx context.Context, objs ...*T) error { return m.With().Set(ctx, objs...) }

// Remove takes objects out of the relation. For the way back of a foreign key, the key must be able to be null, and an
// object that points elsewhere is ErrNotFound.
func (m *Many[T]) Remove(ctx context.Context, objs ...*T) error {
	return m.With().Remove(ctx, objs...)
}

// Clear takes all objects out of the relation.
func (m *Many[T]) Clear(ctx context.Context) error { return m.With().Clear(ctx) }

// ManyWith adds to a relation with values for the other columns of its through model. Make it with Many.With.
type ManyWith[T any] struct {
	many   *Many[T]
	values []Assignment
	clear  bool
	saving bool
}

// With gives values to the other columns of the through model, for what is added: Django's through_defaults. A column that
// gets none has its default.
//
//	err := story.Reviewers.With(orm.Set(&r.Stars, 5)).Add(ctx, author)
func (m *Many[T]) With(values ...Assignment) ManyWith[T] { return ManyWith[T]{many: m, values: values} }

// Clearing makes Set empty the relation first, in place of comparing: Django's set(clear=True). Rows of a through model are
// all made anew then.
func (w ManyWith[T]) Clearing() ManyWith[T] { w.clear = true; return w }

// Saving makes the way back of a foreign key write each object by Save, with its signals, in place of one UPDATE for all. Add
// takes new objects too then. Django: bulk=False.
//
//	err := author.Articles.With().Saving().Add(ctx, article)
func (w ManyWith[T]) Saving() ManyWith[T] { w.saving = true; return w }

// Remove is Many.Remove.
func (w ManyWith[T]) Remove(ctx context.Context, objs ...*T) error {
	if len(objs) == 0 {
		return nil
	}
	m := w.many
	rel, owner, err := m.owner()
	if err != nil {
		return err
	}
	keys, err := m.keys(rel, objs)
	if err != nil {
		return err
	}
	if rel.Kind == plan.Backward {
		for _, obj := range objs {
			p := plan.PointerTo(obj)
			if f := rel.Field; !lacksAny(rel.To.StateOf(p), f) && !f.Codec.Get(f.At(p)).Equal(owner) {
				key, _ := keyValue(rel.To, p)
				return fmt.Errorf("orm: %s %v does not belong to this %s: %w", rel.To.GoName(), key.Any(), rel.From.GoName(), ErrNotFound)
			}
		}
	}
	return m.edit(ctx, nil, nil, func(e *pairing) error {
		e.saving = w.saving
		return e.remove(keys, false)
	})
}

// Clear is Many.Clear.
func (w ManyWith[T]) Clear(ctx context.Context) error {
	return w.many.edit(ctx, nil, nil, func(e *pairing) error {
		e.saving = w.saving
		return e.remove(nil, true)
	})
}

// addSaving points objects here and saves each of them.
func (w ManyWith[T]) addSaving(ctx context.Context, rel *plan.Relation, objs []*T) error {
	if rel.Kind != plan.Backward {
		return fmt.Errorf("orm: %s.%s: Saving is for the way back of a foreign key", rel.From.GoName(), rel.Name)
	}
	return w.many.edit(ctx, nil, objs, func(e *pairing) error {
		if err := w.many.pointHere(rel, objs); err != nil {
			return err
		}
		for _, obj := range objs {
			if err := save(e.ctx, rel.To, plan.PointerTo(obj), e.using, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

// Add is Many.Add with the values.
func (w ManyWith[T]) Add(ctx context.Context, objs ...*T) error {
	if len(objs) == 0 {
		return nil
	}
	rel, _, err := w.many.owner()
	if err != nil {
		return err
	}
	if w.saving {
		return w.addSaving(ctx, rel, objs)
	}
	keys, err := w.many.keys(rel, objs)
	if err != nil {
		return err
	}
	err = w.many.edit(ctx, w.values, objs, func(e *pairing) error { return e.add(keys) })
	if err == nil {
		err = w.many.pointHere(rel, objs)
	}
	return err
}

// AddIDs is Add for keys.
func (w ManyWith[T]) AddIDs(ctx context.Context, ids ...int64) error {
	keys := make([]dialect.Value, len(ids))
	for i, id := range ids {
		keys[i] = dialect.IntValue(id)
	}
	return w.many.edit(ctx, w.values, nil, func(e *pairing) error { return e.add(keys) })
}

// Create is Many.Create with the values.
func (w ManyWith[T]) Create(ctx context.Context, obj *T) error {
	m := w.many
	return m.edit(ctx, w.values, nil, func(e *pairing) error {
		q := Objects[T]().Using(e.using)
		if e.rel.Kind == plan.Backward {
			if err := m.pointHere(e.rel, []*T{obj}); err != nil {
				return err
			}
			return q.Create(e.ctx, obj)
		}
		if err := q.Create(e.ctx, obj); err != nil {
			return err
		}
		keys, err := m.keys(e.rel, []*T{obj})
		if err != nil {
			return err
		}
		return e.add(keys)
	})
}

// GetOrCreate is Many.GetOrCreate with the values.
func (w ManyWith[T]) GetOrCreate(ctx context.Context, obj *T, ps ...Predicate) (got *T, created bool, err error) {
	q := w.many.Query().Filter(ps...)
	got, err = q.Get(ctx)
	if !errors.Is(err, ErrNotFound) {
		return got, false, err
	}
	if err = w.Create(ctx, obj); err == nil {
		return obj, true, nil
	}
	if isClash(err) { // another was faster
		if again, gerr := q.Get(ctx); gerr == nil {
			return again, false, nil
		}
	}
	return nil, false, err
}

// UpdateOrCreate is Many.UpdateOrCreate with the values.
func (w ManyWith[T]) UpdateOrCreate(ctx context.Context, q Query[T], obj *T, set ...Assignment) (got *T, created bool, err error) {
	if _, _, err := w.many.owner(); err != nil {
		return nil, false, err
	}
	q.s.DB = cmp.Or(q.s.DB, w.many.home())
	got, created, err = q.updateOr(ctx, obj, set, func(ctx context.Context) error { return w.Create(ctx, obj) })
	if err != nil {
		return nil, false, err
	}
	w.many.forget()
	return got, created, nil
}

// Set is Many.Set with the values for what is added.
func (w ManyWith[T]) Set(ctx context.Context, objs ...*T) error {
	rel, _, err := w.many.owner()
	if err != nil {
		return err
	}
	keys, err := w.many.keys(rel, objs)
	if err != nil {
		return err
	}
	err = w.many.edit(ctx, w.values, objs, func(e *pairing) error {
		e.saving = w.saving
		if !w.clear {
			return e.set(keys)
		}
		if err := e.remove(nil, true); err != nil {
			return err
		}
		return e.add(keys)
	})
	if err == nil {
		err = w.many.pointHere(rel, objs)
	}
	return err
}

// pointHere sets the foreign key of objects, for the way back of one.
func (m *Many[T]) pointHere(rel *plan.Relation, objs []*T) error {
	if rel.Kind != plan.Backward {
		return nil
	}
	_, owner, err := m.owner()
	if err != nil {
		return err
	}
	for _, obj := range objs {
		p := plan.PointerTo(obj)
		if rel.Field.Tuple != nil {
			err = copyKey(rel.Field, p, owner)
		} else {
			err = rel.Field.Codec.Set(rel.Field.At(p), valueRow{owner}, 0)
		}
		if err != nil {
			return err
		}
		l := rel.Field.LinkAt(p)
		l.Loaded, l.Done = rel.From.Box(m.link.Owner), true
		known(rel.To, p, rel.Field.Columns())
	}
	return nil
}
