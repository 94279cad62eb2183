package orm

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Deleted says what a delete removed.
type Deleted struct {
	// Total counts all rows; ByModel those of each model, by label.
	Total   int
	ByModel map[string]int
}

// Delete deletes all rows of the query, and does to the rows that point to them what their OnDelete says, all in one
// transaction. The models that point here are those of the context's registry (orm.WithModels), which a site sets up.
// Objects are loaded only where signals want them (PreDelete, PostDelete).
func (q Query[T]) Delete(ctx context.Context) (Deleted, error) {
	var from origin
	if s := scopeOf(ctx); s != nil && s.hooks != nil {
		from.of = q
	}
	return q.delete(ctx, from)
}

func (q Query[T]) delete(ctx context.Context, from origin) (Deleted, error) {
	q.refuseSliced("delete from")
	q.refuseCombined("delete from")
	if q.s.Values != nil || len(q.s.DistinctOn) > 0 {
		q.fail("cannot delete after DistinctOn or ValuesByName")
	}
	if q.s.Err != nil {
		return Deleted{}, q.s.Err
	}
	if err := q.s.Model.Ready(); err != nil {
		return Deleted{}, err
	}
	if _, _, err := q.writing(ctx); err != nil {
		return Deleted{}, err
	}
	out := Deleted{ByModel: map[string]int{}}
	err := AtomicWith(ctx, AtomicOptions{DB: q.s.DB}, func(ctx context.Context) error {
		db, s, err := database(ctx, q.s.DB)
		if err != nil {
			return err
		}
		if q.s.Model.Soft != nil && !q.s.Hard {
			out, err = softDelete(ctx, db, s, &q.s, from)
			return err
		}
		c := &collector{ctx: ctx, db: db, s: s, using: q.s.DB, from: from, rows: map[*plan.Model]*doomed{}}
		if c.isFast(q.s.Model) {
			if err := c.fastDelete(&q.s, &out); err != nil {
				return err
			}
			return s.sendBatch(ctx, q.s.Model, batchInfo{action: "delete", rows: out.Total, using: q.s.DB})
		}
		if err := c.collectQuery(&q.s); err != nil {
			return err
		}
		return c.run(&out)
	})
	if err != nil {
		return Deleted{}, err
	}
	return out, nil
}

// Delete deletes an object and what hangs on it. The object's key becomes zero then, as it becomes None in Django; the parts
// of a composite key stay.
func Delete[T any](ctx context.Context, obj *T) (Deleted, error) {
	return deleteObject(ctx, Unscoped(Objects[T]()), obj)
}

func deleteObject[T any](ctx context.Context, q Query[T], obj *T) (Deleted, error) {
	m := q.s.Model
	if err := m.Ready(); err != nil {
		return Deleted{}, err
	}
	p := plan.PointerTo(obj)
	if p == nil {
		return Deleted{}, noObject("Delete", m)
	}
	if !hasKey(m, p) {
		return Deleted{}, fmt.Errorf("orm: Delete(%s): %w", m.GoName(), ErrNotSaved)
	}
	addKey(&q.s, m, p)
	if _, _, err := route(ctx, &q.s.DB, m, true, homeOf(m, p)); err != nil {
		return Deleted{}, err
	}
	d, err := q.delete(ctx, origin{of: obj, obj: p})
	if err == nil {
		forgetRelated(m, p)
	}
	if m.Soft != nil && !q.s.Hard {
		return d, err
	}
	if err == nil && hasAutoKey(m) {
		setID(m, p, 0)
	} else if err == nil && m.PK != nil {
		err = m.PK.Codec.Copy(m.PK.At(p), m.PK.At(m.New()), m.PK.Type)
	}
	return d, err
}

func (d *Deleted) add(label string, n int) {
	if n > 0 {
		d.Total += n
		d.ByModel[label] += n
	}
}
