package orm

import (
	"errors"
	"reflect"

	"github.com/nuages-go/nuages/orm/internal/plan"
	"github.com/nuages-go/nuages/orm/schema"
)

// Fields returns the reference value of a model: a *T that no row is in, whose field addresses name columns. It is the
// same value on each call. Walk relations from it with To and Rev.
//
//	var a = orm.Fields[Article]()
//	orm.Objects[Article]().Filter(orm.Eq(&a.Author.To().Username, "ada"))
func Fields[T any]() *T { return plan.At[T](model[T]().Root().Base) }

// Model describes a model: what admin, forms, migrations and checks need to know of it. Get it with ModelOf.
type Model struct{ p *plan.Model }

// ModelOf returns the description of a model. It may be called at any time, also for package-level values; the model is
// examined when its description is first used.
func ModelOf[T any]() Model { return Model{model[T]()} }

// App is the label of the model's application, Name the model's name, Label both: "news.Article".
func (m Model) App() string { _ = m.p.Described(); return m.p.Schema.App }

// Name is the model's name.
func (m Model) Name() string { _ = m.p.Described(); return m.p.Schema.Name }

// Label is "app.Name".
func (m Model) Label() string { _ = m.p.Described(); return m.p.Label() }

// Table is the name of the database table.
func (m Model) Table() string { _ = m.p.Described(); return m.p.Schema.Table }

// VerboseName is the name for people, VerboseNamePlural that of many.
func (m Model) VerboseName() string { _ = m.p.Described(); return m.p.Schema.VerboseName }

// VerboseNamePlural is the name of many for people.
func (m Model) VerboseNamePlural() string { _ = m.p.Described(); return m.p.Schema.VerboseNamePlural }

// Type is the Go type.
func (m Model) Type() reflect.Type { return m.p.Type }

// IsZero says that the value describes no model.
func (m Model) IsZero() bool { return m.p == nil }

// Err says what is wrong with the model, if anything: all mistakes joined.
func (m Model) Err() error {
	if m.p == nil {
		return errors.New("orm: a zero Model (use orm.ModelOf)")
	}
	if err := m.p.Ready(); err != nil {
		return err
	}
	if m.p.Keyless != nil {
		return m.p.Keyless
	}
	_, err := m.p.Ordering()
	return err
}

// Schema describes the model's table. The value is shared: do not change it.
func (m Model) Schema() *schema.Model { _ = m.p.Ready(); return &m.p.Schema }

// String is the label.
func (m Model) String() string { return m.Label() }

// model returns the plan of T. The look-up comes first: making the description's function value allocates.
func model[T any]() *plan.Model {
	if m := plan.Known(reflect.TypeFor[T]()); m != nil {
		return m
	}
	return plan.Get[T](describe)
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
