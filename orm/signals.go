package orm

import (
	"context"
	"reflect"
	"sync"

	"github.com/nuages-go/nuages/orm/expr"
	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/signals"
)

// SaveEvent is what PreSave and PostSave carry.
type SaveEvent[T any] struct {
	// Object is the object that is saved. PreSave may change it.
	Object *T
	SaveInfo
}

// SaveInfo says how an object is saved.
type SaveInfo struct {
	// Model is the object's model.
	Model Model
	// Created is set after an insert.
	Created bool
	// Raw is set while fixtures are loaded (WithRaw): do not ask the database for other rows then.
	Raw bool
	// Using names the database.
	Using string
	// Fields names the fields that Save was limited to; nil are all.
	Fields []string
}

// AnySave is SaveEvent without the type: Object is a *T.
type AnySave struct {
	Object any
	SaveInfo
}

// DeleteEvent is what PreDelete and PostDelete carry.
type DeleteEvent[T any] struct {
	// Object is the object whose row is deleted. Its key is still set.
	Object *T
	DeleteInfo
}

// DeleteInfo says why an object is deleted.
type DeleteInfo struct {
	// Model is the object's model.
	Model Model
	// Using names the database.
	Using string
	// Origin is what the delete began with: a pointer to an object, or a Query.
	Origin any
	// Soft says that the row stays, and is hidden (SoftDelete).
	Soft bool
}

// AnyDelete is DeleteEvent without the type: Object is a *T.
type AnyDelete struct {
	Object any
	DeleteInfo
}

// InitEvent is what PostInit carries: an object that was loaded from a row.
type InitEvent[T any] struct {
	Object *T
	// Using names the database.
	Using string
}

// BatchEvent is what PostBatch carries.
type BatchEvent[T any] struct {
	// Objects are those of BulkCreate or BulkUpdate; Update and Delete of a query have none.
	Objects []*T
	// Action is "create", "update" or "delete".
	Action string
	// Rows is the number of rows that were written.
	Rows int
	// Fields names the columns of an update.
	Fields []string
	// Using names the database.
	Using string
}

// ManyEvent is what ManyChanged carries.
type ManyEvent struct {
	// Owner is the object whose relation changes, a *T. Reverse says that it is on the other side of the field.
	Owner   any
	Reverse bool
	// Action is "pre_add", "post_add", "pre_remove", "post_remove", "pre_clear" or "post_clear".
	Action string
	// Related is the model of the objects that are added or removed, Keys are their keys; nil for a clear.
	Related Model
	Keys    []any
	// Raw and Using are as in SaveInfo.
	Raw   bool
	Using string
}

// The names of the model events. An event is found by its name and by the type of what it carries, so that each model has
// its own.
const (
	preSave, postSave     = "orm.pre_save", "orm.post_save"
	preDelete, postDelete = "orm.pre_delete", "orm.post_delete"
	postInit, postBatch   = "orm.post_init", "orm.post_batch"
	manyChanged           = "orm.m2m_changed"
)

// PreSave is sent by Create and Save before the row is written. An error keeps it from being written.
func PreSave[T any]() signals.Event[SaveEvent[T]] { return eventOf[T, SaveEvent[T]](preSave) }

// PostSave is sent by Create and Save after the row was written. Its receivers' errors are returned by Save; the row stays
// unless an Atomic around it is undone.
//
//	orm.PostSave[Article]().On(func(ctx context.Context, e orm.SaveEvent[Article]) error { … }).AfterCommit()
//
// As in Django, BulkCreate, BulkUpdate and Query.Update do not send it (see PostBatch).
func PostSave[T any]() signals.Event[SaveEvent[T]] { return eventOf[T, SaveEvent[T]](postSave) }

// eventOf makes an event of a model, and sees that what it carries can be made when only the model is known.
func eventOf[T, E any](name string) signals.Event[E] {
	eventTypes.LoadOrStore(model[T](), eventsOf[T]{})
	return signals.New[E](name)
}

var eventTypes sync.Map // *plan.Model -> typedEvents

// PreSaveAny and PostSaveAny are sent for all models.
func PreSaveAny() signals.Event[AnySave] { return signals.New[AnySave](preSave) }

// PostSaveAny is PostSave of all models.
func PostSaveAny() signals.Event[AnySave] { return signals.New[AnySave](postSave) }

// PreDelete is sent for each object before a delete deletes its row, also for those that go because of OnDelete(Cascade)
// and for each of a Query.Delete. A model with receivers has its objects loaded for that.
func PreDelete[T any]() signals.Event[DeleteEvent[T]] { return eventOf[T, DeleteEvent[T]](preDelete) }

// PostDelete is sent for each object after its row was deleted.
func PostDelete[T any]() signals.Event[DeleteEvent[T]] {
	return eventOf[T, DeleteEvent[T]](postDelete)
}

// PreDeleteAny and PostDeleteAny are sent for all models; every delete loads its objects then.
func PreDeleteAny() signals.Event[AnyDelete] { return signals.New[AnyDelete](preDelete) }

// PostDeleteAny is PostDelete of all models.
func PostDeleteAny() signals.Event[AnyDelete] { return signals.New[AnyDelete](postDelete) }

// PostInit is sent for each object that a query loaded. Objects that a program makes are not announced: a Go value has no
// constructor.
func PostInit[T any]() signals.Event[InitEvent[T]] { return eventOf[T, InitEvent[T]](postInit) }

// PostBatch is sent after BulkCreate, BulkUpdate, Query.Update and a Query.Delete that needed no objects, which send nothing
// for single objects. Django has no such signal.
func PostBatch[T any]() signals.Event[BatchEvent[T]] { return eventOf[T, BatchEvent[T]](postBatch) }

// ManyChanged is sent when a many-to-many relation is edited, from either side:
//
//	orm.ManyChanged(&a.Tags).On(func(ctx context.Context, e orm.ManyEvent) error { … })
//
// It panics when the address is not that of a field in a reference value (orm.Fields).
func ManyChanged[T any](f *Many[T]) signals.Event[ManyEvent] {
	p := plan.Lookup(plan.PointerTo(f))
	if p == nil {
		panic("orm: ManyChanged: " + errNotField.Error())
	}
	return signals.New[ManyEvent](manyName(p.Ref.Model.Type, p.Name))
}

func manyName(t reflect.Type, field string) string {
	return manyChanged + " " + t.PkgPath() + "." + t.Name() + "." + field
}

// WithSignals returns a context whose objects are announced to the receivers of a hub. It is signals.With for the ORM's
// events too; a site does it with what its applications list.
func WithSignals(ctx context.Context, h *signals.Hub) context.Context {
	ctx = derive(signals.With(ctx, h), func(s *scope) {
		s.hooks = nil
		if h != nil {
			s.hooks = &hooks{hub: h}
		}
	})
	return ctx
}

// WithoutSignals returns a context in which nothing is announced, for tests and imports; with names ("orm.post_save") only
// those events are left out.
func WithoutSignals(ctx context.Context, events ...string) context.Context {
	return WithSignals(ctx, signals.From(ctx).Without(events...))
}

// WithRaw returns a context in which objects are saved as they are: automatic times are not set, and receivers are told by
// SaveInfo.Raw. It is for fixtures.
func WithRaw(ctx context.Context) context.Context {
	return derive(ctx, func(s *scope) { s.raw = true })
}

// hooks are the receivers of a context by model, so that a model without any is found by one look.
type hooks struct {
	hub *signals.Hub
	of  sync.Map // *plan.Model -> *modelHooks, nil when there is none
}

// modelHooks says which events of a model have receivers.
type modelHooks struct {
	typed                                                     typedEvents
	hub                                                       *signals.Hub
	preSave, postSave, preDelete, postDelete, postInit, batch bool
	preSaveAny, postSaveAny, preDeleteAny, postDeleteAny      bool
}

// hooksOf returns the receivers of a model, or nil.
func (s *scope) hooksOf(m *plan.Model) *modelHooks {
	if s == nil || s.hooks == nil {
		return nil
	}
	if v, ok := s.hooks.of.Load(m); ok {
		return v.(*modelHooks)
	}
	h := s.hooks.find(m)
	s.hooks.of.Store(m, h)
	return h
}

func (hs *hooks) find(m *plan.Model) *modelHooks {
	h := &modelHooks{hub: hs.hub}
	if v, ok := eventTypes.Load(m); ok {
		h.typed = v.(typedEvents)
		save, del, init, batch := h.typed.types()
		h.preSave, h.postSave = hs.hub.Has(preSave, save), hs.hub.Has(postSave, save)
		h.preDelete, h.postDelete = hs.hub.Has(preDelete, del), hs.hub.Has(postDelete, del)
		h.postInit, h.batch = hs.hub.Has(postInit, init), hs.hub.Has(postBatch, batch)
	}
	anySave, anyDelete := reflect.TypeFor[AnySave](), reflect.TypeFor[AnyDelete]()
	h.preSaveAny, h.postSaveAny = hs.hub.Has(preSave, anySave), hs.hub.Has(postSave, anySave)
	h.preDeleteAny, h.postDeleteAny = hs.hub.Has(preDelete, anyDelete), hs.hub.Has(postDelete, anyDelete)
	if *h == (modelHooks{typed: h.typed, hub: hs.hub}) {
		return nil
	}
	return h
}

func (h *modelHooks) saves() bool {
	return h != nil && (h.preSave || h.postSave || h.preSaveAny || h.postSaveAny)
}

func (h *modelHooks) deletes() bool {
	return h != nil && (h.preDelete || h.postDelete || h.preDeleteAny || h.postDeleteAny)
}

// after is how receivers wait for the end of the transaction of a database.
func after(using string) signals.After {
	return func(ctx context.Context, f func(ctx context.Context) error) error { return onCommit(ctx, using, f) }
}

// save announces a save.
func (h *modelHooks) save(ctx context.Context, event string, typed, untyped bool, m *plan.Model, obj plan.Pointer, info SaveInfo) error {
	if typed {
		if err := h.hub.Send(ctx, event, h.typed.save(obj, info), after(info.Using)); err != nil {
			return err
		}
	}
	if untyped {
		return h.hub.Send(ctx, event, AnySave{m.Box(obj), info}, after(info.Using))
	}
	return nil
}

// delete announces a delete.
func (h *modelHooks) delete(ctx context.Context, event string, typed, untyped bool, m *plan.Model, obj plan.Pointer, info DeleteInfo) error {
	if typed {
		if err := h.hub.Send(ctx, event, h.typed.delete(obj, info), after(info.Using)); err != nil {
			return err
		}
	}
	if untyped {
		return h.hub.Send(ctx, event, AnyDelete{m.Box(obj), info}, after(info.Using))
	}
	return nil
}

// loaded announces an object that a query loaded.
func (h *modelHooks) loaded(ctx context.Context, obj plan.Pointer, using string) error {
	if h == nil || !h.postInit {
		return nil
	}
	return h.hub.Send(ctx, postInit, h.typed.init(obj, alias(using)), after(using))
}

// sendBatch announces what was written without objects of its own.
func (s *scope) sendBatch(ctx context.Context, m *plan.Model, b batchInfo) error {
	h := s.hooksOf(m)
	if h == nil || !h.batch {
		return nil
	}
	b.using = alias(b.using)
	return h.hub.Send(ctx, postBatch, h.typed.batch(b), after(b.using))
}

// sendUpdate announces an update of a query.
func (s *scope) sendUpdate(ctx context.Context, m *plan.Model, set []expr.Assign, rows int, using string) error {
	if h := s.hooksOf(m); h == nil || !h.batch {
		return nil
	}
	b := batchInfo{action: "update", rows: rows, using: using}
	for i := range set {
		if f := assigned(m, &set[i]); f != nil {
			b.fields = append(b.fields, f)
		}
	}
	return s.sendBatch(ctx, m, b)
}

// batchInfo is a BatchEvent without its type.
type batchInfo struct {
	objs   []plan.Pointer
	action string
	rows   int
	fields []*plan.Field
	using  string
}

// typedEvents makes what the events of a model carry. The model's description knows the type.
type typedEvents interface {
	types() (save, del, init, batch reflect.Type)
	save(obj plan.Pointer, info SaveInfo) any
	delete(obj plan.Pointer, info DeleteInfo) any
	init(obj plan.Pointer, using string) any
	batch(b batchInfo) any
}

type eventsOf[T any] struct{}

func (eventsOf[T]) types() (save, del, init, batch reflect.Type) {
	return typeOf[SaveEvent[T]](), typeOf[DeleteEvent[T]](), typeOf[InitEvent[T]](), typeOf[BatchEvent[T]]()
}

func (eventsOf[T]) save(obj plan.Pointer, info SaveInfo) any {
	return SaveEvent[T]{plan.At[T](obj), info}
}

func (eventsOf[T]) delete(obj plan.Pointer, info DeleteInfo) any {
	return DeleteEvent[T]{plan.At[T](obj), info}
}

func (eventsOf[T]) init(obj plan.Pointer, using string) any {
	return InitEvent[T]{plan.At[T](obj), using}
}

func (eventsOf[T]) batch(b batchInfo) any {
	e := BatchEvent[T]{Action: b.action, Rows: b.rows, Fields: fieldNames(b.fields), Using: b.using}
	for _, p := range b.objs {
		e.Objects = append(e.Objects, plan.At[T](p))
	}
	return e
}

func fieldNames(fields []*plan.Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.S.Name)
	}
	return out
}
