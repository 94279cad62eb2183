package orm

import (
	"context"
	"time"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// Audited, embedded in a model, keeps the history of its rows: who changed what, and when. C is the model of the history's own
// table: a struct that embeds orm.Change.
//
//	type Change struct{ orm.Change }
//
//	type Article struct {
//		ID    int64
//		Title string
//		orm.Audited[Change]
//	}
//
//	ctx = orm.WithActor(ctx, user.Username)                       // in a middleware
//	changes, err := orm.HistoryOf[Change](article).All(ctx)       // the latest first
//	changes[0].Values["title"]                                    // {Old: "Fog", New: "Clouds"}
//
// Create, Save, Delete with what it cascades to, soft deletes, BulkCreate, BulkUpdate and Query.Update are recorded, in the
// transaction of the change itself. A Save reads and locks the row before, Query.Update all rows. What cannot be told is an
// error: BulkCreate with conflicts, Upsert, UpdateFrom and UpdateReturning; WithoutAudit lets them pass. Not recorded are edits of
// relations to many rows, columns that a delete elsewhere sets (SetNull, SetDefault), fixtures, raw SQL, and what the database
// does by itself.
//
// Django has nothing like it; packages do.
type Audited[C any] struct{}

func (Audited[C]) auditModel() *plan.Model { return model[C]() }

// audited is a model that embeds Audited.
type audited interface{ auditModel() *plan.Model }

// Unaudited is a model with columns that its history leaves out, by their names in look-ups: passwords, counters.
type Unaudited interface{ UnauditedFields() []string }

// Change is a row of a history. Embed it in a model of your own, which has the table.
type Change struct {
	ID int64
	// At is when, Actor who (WithActor), empty if nobody said.
	At    time.Time
	Actor string
	// Model is the label of the object's model, Object its key as a text.
	Model, Object string
	// Action is "create", "update" or "delete".
	Action string
	// Values are the columns that changed, by their names in look-ups.
	Values map[string]ChangedValue
}

// ChangedValue is what a column held before and after a change, as a text; nil is null, or no row.
type ChangedValue struct {
	Old *string `json:"old"`
	New *string `json:"new"`
}

// Fields describes the columns.
func (Change) Fields(c *Change) []Field {
	return []Field{
		DateTime(&c.At).AutoNowAdd().Index(),
		Char(&c.Actor, 150).Blank(),
		Char(&c.Model, 100),
		Char(&c.Object, 150),
		Char(&c.Action, 6),
		JSON(&c.Values),
	}
}

// Meta has an index by object; the latest change comes first.
func (Change) Meta(c *Change) Meta {
	return Meta{
		Ordering: By(Desc(&c.At), Desc(&c.ID)),
		Indexes:  []Index{IndexOn(&c.Model, &c.Object)},
	}
}

func (c *Change) change() *Change { return c }

// changer is a model that embeds Change.
type changer interface{ change() *Change }

// WithActor returns a context whose changes of audited models are recorded as those of somebody: a user's name, a command's.
func WithActor(ctx context.Context, name string) context.Context {
	return derive(ctx, func(s *scope) { s.actor = name })
}

// WithoutAudit returns a context in which changes of audited models are not recorded, for imports.
func WithoutAudit(ctx context.Context) context.Context {
	return derive(ctx, func(s *scope) { s.unaudited = true })
}

// HistoryOf is the query of the changes of an object, the latest first. It works after the object was deleted too, as long as it
// has its key.
func HistoryOf[C, T any](obj *T) Query[C] {
	q := Objects[C]()
	m, p := model[T](), plan.PointerTo(obj)
	if err := m.Ready(); err != nil {
		return Broken[C](err)
	}
	if p == nil || !hasKey(m, p) {
		return Broken[C](ErrNotSaved)
	}
	for name, v := range map[string]string{"model": m.Concrete().Label(), "object": rowKey(m, p)} {
		val, err := valueOf(v)
		if err != nil {
			return Broken[C](err)
		}
		addStep(&q.s, expr.Pred{Op: expr.Exact, Left: expr.Name{Name: name}, Val: val})
	}
	return q
}
