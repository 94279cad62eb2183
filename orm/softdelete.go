package orm

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// SoftDelete, embedded in a model, keeps deleted rows in their table: Delete writes the time into DeletedAt, and Objects leaves
// such rows out.
//
//	type Note struct {
//		ID   int64
//		Text string
//		orm.SoftDelete
//	}
//
//	orm.Delete(ctx, note)                                  // note.DeletedAt is set
//	orm.Objects[Note]().Filter(…).Delete(ctx)              // all of them
//	orm.WithDeleted(orm.Objects[Note]())                   // the deleted ones too
//	orm.OnlyDeleted(orm.Objects[Note]())                   // nothing else
//	orm.Restore(ctx, note)
//	orm.HardDelete(ctx, note)                              // away, with what hangs on it
//
// Such a delete changes no other row: what points to the row still does, whatever its OnDelete says, and finds it. PreDelete
// and PostDelete are sent with DeleteInfo.Soft. When a row goes because of a Cascade, from a delete of another model's row, it
// goes for good.
//
// A unique column stays taken by deleted rows, and FullClean says so. Where it must not, make it unique among the others
// (PostgreSQL and SQLite): orm.UniqueOn("note_slug", &n.Slug).Where(orm.IsNull(&n.DeletedAt)).
//
// Django has nothing like it; packages do.
type SoftDelete struct {
	// DeletedAt is when the row was deleted, nil for one that is not.
	DeletedAt *time.Time
}

// Fields describes the column, which has an index and stays out of forms.
func (SoftDelete) Fields(s *SoftDelete) []Field {
	c := DateTime(s.DeletedAt).NotEditable().Index()
	c.d.soft = true
	return []Field{c}
}

// Scope hides deleted rows.
func (SoftDelete) Scope(s *SoftDelete) []Predicate { return []Predicate{IsNull(&s.DeletedAt)} }

// IsDeleted says that the object was deleted when it was loaded, or since.
func (s *SoftDelete) IsDeleted() bool { return s.DeletedAt != nil }

// WithDeleted is a query with the rows that SoftDelete hides.
func WithDeleted[T any](q Query[T]) Query[T] { return Lift[SoftDelete](q) }

// OnlyDeleted is a query of the rows that SoftDelete hides.
func OnlyDeleted[T any](q Query[T]) Query[T] {
	q = WithDeleted(q)
	f, err := softField(q.s.Model)
	if err != nil {
		q.fail("%w", err)
		return q
	}
	return q.Filter(Lookup(f.S.Name+"__isnull", false))
}

// Restore takes back the delete of an object. It is ErrNotUpdated when the row is gone. Rows of a query are restored by
// orm.OnlyDeleted(q).Update(ctx, orm.SetByName("deleted_at", nil)).
func Restore[T any](ctx context.Context, obj *T) error {
	m := model[T]()
	f, err := softField(m)
	if err != nil {
		return err
	}
	p := plan.PointerTo(obj)
	if !hasKey(m, p) {
		return fmt.Errorf("orm: Restore(%s): %w", m.GoName(), ErrNotSaved)
	}
	was := *plan.At[*time.Time](f.At(p))
	*plan.At[*time.Time](f.At(p)) = nil
	if err := Save(ctx, obj, reflect.NewAt(f.Type, f.At(m.Root().Base)).Interface()); err != nil {
		*plan.At[*time.Time](f.At(p)) = was
		return err
	}
	return nil
}

// HardDelete deletes an object for good, and what hangs on it, whether it embeds SoftDelete or not.
func HardDelete[T any](ctx context.Context, obj *T) (Deleted, error) {
	return deleteObject(ctx, hard(Unscoped(Objects[T]())), obj)
}

// HardDelete is Delete that deletes the rows for good, of a model with SoftDelete too.
func (q Query[T]) HardDelete(ctx context.Context) (Deleted, error) { return hard(q).Delete(ctx) }

func hard[T any](q Query[T]) Query[T] {
	q.s.Hard = true
	return q
}

func softField(m *plan.Model) (*plan.Field, error) {
	if err := m.Ready(); err != nil {
		return nil, err
	}
	if m.Soft == nil {
		return nil, fmt.Errorf("orm: %s does not embed orm.SoftDelete", m.GoName())
	}
	return m.Soft, nil
}

// softDelete writes the time of the delete into the rows of a query that have none.
func softDelete(ctx context.Context, db *DB, s *scope, q *expr.Query, from origin) (Deleted, error) {
	m := q.Model
	now := dialect.TimeValue(time.Now().UTC().Truncate(time.Microsecond))
	addStep(q, expr.Pred{Op: expr.IsNull, Left: expr.Name{Name: m.Soft.S.Name}, Val: dialect.BoolValue(true)})
	c := &collector{ctx: ctx, db: db, s: s, using: q.DB, from: from, soft: true}
	d := &doomed{model: m, told: m}
	told := s.hooksOf(m).deletes()
	var before map[string]auditRow
	if s.audits(m) {
		keys, err := lockedKeys(ctx, db, s, q)
		if err != nil {
			return Deleted{}, err
		}
		before = map[string]auditRow{}
		for batch := range slices.Chunk(keys, loadBatch) {
			_, rows, err := auditBefore(ctx, expr.Query{Model: m, Limit: -1, DB: q.DB, Where: keyStep(batch)})
			if err != nil {
				return Deleted{}, err
			}
			maps.Copy(before, rows)
		}
	}
	if told {
		if err := c.loadSoft(d, q); err != nil {
			return Deleted{}, err
		}
	}
	if err := c.announce(d, preDelete); err != nil {
		return Deleted{}, err
	}
	set := []expr.Assign{{Name: m.Soft.S.Name, Val: now}}
	n, err := updateRows(ctx, db, s, q, set)
	if err != nil {
		return Deleted{}, err
	}
	for _, obj := range d.objs {
		if err := m.Soft.Codec.Set(m.Soft.At(obj), valueRow{now}, 0); err != nil {
			return Deleted{}, err
		}
	}
	if p := from.obj; p != nil && n > 0 && !told {
		if err := m.Soft.Codec.Set(m.Soft.At(p), valueRow{now}, 0); err != nil {
			return Deleted{}, err
		}
	}
	if err := recordSoft(ctx, m, q.DB, before, now); err != nil {
		return Deleted{}, err
	}
	out := Deleted{ByModel: map[string]int{}}
	out.add(m.Label(), n)
	if err := c.announce(d, postDelete); err != nil || told {
		return out, err
	}
	return out, s.sendBatch(ctx, m, batchInfo{action: "delete", rows: n, using: q.DB})
}

// loadSoft reads the objects that receivers want to see, and limits the query to them.
func (c *collector) loadSoft(d *doomed, q *expr.Query) error {
	m := d.model
	objs, err := readRows(c.ctx, q, c.using)
	if err != nil {
		return err
	}
	bindGroup(m, objs, c.using)
	if c.from.obj != nil && len(objs) == 1 {
		objs[0] = c.from.obj
	}
	d.objs = objs
	keysOf(q, m, objs)
	return nil
}

// updateRows runs an update that nobody is told of.
func updateRows(ctx context.Context, db *DB, s *scope, q *expr.Query, set []expr.Assign) (int, error) {
	if q.Model.InParts() && setsParents(q.Model, set) {
		return updateParts(ctx, q, set)
	}
	st, err := db.compiler(s).Update(q, set)
	if err != nil || st.Empty {
		return 0, err
	}
	res, err := db.exec(ctx, s, st.SQL, st.Args)
	return int(res.RowsAffected), err
}
