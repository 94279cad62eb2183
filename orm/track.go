package orm

import (
	"context"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/compile"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Track returns a context in which objects remember the values that they were loaded or saved with: Save of such an object
// writes only the columns that changed since, and nothing at all, signals and automatic times included, when none did. The
// same for one query is Query.Track, for a model Meta.Track. It costs a copy of the values for each object.
//
//	article, err := articles.Track().Get(ctx, orm.Eq(&a.ID, 7))
//	article.Title = "Clouds"
//	orm.Changed(article)            // [title]
//	err = orm.Save(ctx, article)    // UPDATE … SET title = …
//
// A row that is gone is ErrNotUpdated for such a Save: a tracked object is not inserted again.
func Track(ctx context.Context) context.Context {
	return derive(ctx, func(s *scope) { s.track = true })
}

// Track is Track for the objects of one query.
func (q Query[T]) Track() Query[T] { q.s.Track = true; return q }

// Changed names the fields of a tracked object whose values are not those of its row, by their names in look-ups. It is nil
// for an object that is not tracked (Track).
func Changed[T any](obj *T) []string {
	m := model[T]()
	if m.Ready() != nil {
		return nil
	}
	p := plan.PointerTo(obj)
	g := m.StateOf(p)
	if g == nil || g.Was == nil {
		return nil
	}
	changed, err := changedFields(m, p, g)
	if err != nil {
		return nil
	}
	return fieldNames(changed)
}

// Original is the value that a field of a tracked object was loaded or last saved with. It is false for an object that is
// not tracked and for a field that was not loaded.
//
//	before, ok := orm.Original(article, &a.Title)
func Original[T, V any](obj *T, f *V) (V, bool) {
	var out V
	m := model[T]()
	if m.Ready() != nil {
		return out, false
	}
	pf, _, err := fieldOf(m, f)
	if err != nil {
		return out, false
	}
	g := m.StateOf(plan.PointerTo(obj))
	i := slices.Index(m.Columns, pf)
	if g == nil || g.Was == nil || i < 0 || g.Lacks(pf) || pf.Type != typeOf[V]() {
		return out, false
	}
	v := g.Was[i]
	if v.Kind == dialect.Null {
		return out, true
	}
	err = pf.Codec.Set(plan.PointerTo(&out), valueRow{v}, 0)
	return out, err == nil
}

// snapshot is the values of the columns of an object, the zero Value where g lacks them.
func snapshot(m *plan.Model, p plan.Pointer, g *plan.Peers) []dialect.Value {
	was := make([]dialect.Value, len(m.Columns))
	for i, f := range m.Columns {
		if !g.Lacks(f) {
			was[i] = f.Codec.Get(f.At(p))
		}
	}
	return was
}

// changedFields are the columns whose values are not those that the object came with. A foreign key to an object that was
// not saved has none yet.
func changedFields(m *plan.Model, p plan.Pointer, g *plan.Peers) ([]*plan.Field, error) {
	var out []*plan.Field
	for i, f := range m.Columns {
		switch {
		case f.S.Expression != nil:
			continue
		case g.Lacks(f):
			if !f.Codec.Zero(f.At(p)) {
				out = append(out, f)
			}
		case !f.Codec.Get(f.At(p)).Equal(g.Was[i]):
			if slices.Contains(m.Key, f) {
				return nil, fmt.Errorf("orm: Save(%s): the key of a tracked object was changed (orm.Create makes a new row)", m.GoName())
			}
			out = append(out, f)
		}
	}
	return out, nil
}

// remember makes an object a tracked one.
func remember(m *plan.Model, p plan.Pointer, db string) {
	g := m.StateOf(p)
	if g == nil {
		g = plan.WeakGroup(m, db, []plan.Pointer{p})
	}
	own := g.Own()
	own.Was = snapshot(m, p, g)
	m.SetState(p, own)
}

// bindStates binds the objects of a result that remember something of their own.
func (rd *reader) bindStates(m *plan.Model, peers *plan.Peers, tracked bool) {
	out := rd.slab.Out
	state := func(int) *plan.Peers { return peers }
	if tracked {
		own := make([]*plan.Peers, len(out))
		for i, obj := range out {
			own[i] = peers.Own()
			own[i].Was = snapshot(m, obj, peers)
		}
		state = func(i int) *plan.Peers { return own[i] }
	}
	rd.slab.Remember(state)
	for i, obj := range out {
		m.Bind(obj, state(i))
	}
}

// eachJoined calls f for the objects that came with one by a join.
func eachJoined(obj plan.Pointer, related []*compile.Joined, f func(m *plan.Model, obj plan.Pointer)) {
	for _, j := range related {
		hold := j.Rel.Holder()
		if hold == nil {
			continue
		}
		if to := hold.LinkAt(obj).Loaded; to != nil {
			p := pointerOf(to)
			f(j.Model, p)
			eachJoined(p, j.Children, f)
		}
	}
}

// announce makes joined objects tracked ones too, and tells receivers of what was loaded.
func (rd *reader) announce(ctx context.Context, s *scope, q *expr.Query) error {
	m := rd.l.Model
	h := s.hooksOf(m)
	for _, p := range rd.slab.Out {
		if err := h.loaded(ctx, p, q.DB); err != nil {
			return err
		}
		var failed error
		eachJoined(p, rd.l.Related, func(jm *plan.Model, joined plan.Pointer) {
			if s.track || q.Track || jm.Track {
				remember(jm, joined, q.DB)
			}
			if failed == nil {
				failed = s.hooksOf(jm).loaded(ctx, joined, q.DB)
			}
		})
		if failed != nil {
			return failed
		}
	}
	return nil
}
