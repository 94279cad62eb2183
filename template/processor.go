package template

import (
	"context"
	"reflect"
)

// Processor adds names to every template of an engine: request, user, messages. A value is made at its first use in a
// render and kept until the render's end; one that no template uses is never made. Data that the view gives wins over a
// processor. Django: context processors.
type Processor struct {
	// Name is how messages call the processor: "auth".
	Name string
	// Vars are the names it adds.
	Vars []Var
}

// Var is one name of a Processor.
type Var struct {
	name  string
	typ   reflect.Type
	value func(ctx context.Context) (any, error)
}

// NewProcessor makes a processor of variables.
func NewProcessor(name string, vars ...Var) Processor { return Processor{Name: name, Vars: vars} }

// NewVar makes a variable of type T for a Processor. Start-up checks use T; an interface type is not checked further.
//
//	template.NewVar("user", func(ctx context.Context) (*auth.User, error) { return auth.FromContext(ctx) })
func NewVar[T any](name string, value func(ctx context.Context) (T, error)) Var {
	return Var{name: name, typ: reflect.TypeFor[T](), value: func(ctx context.Context) (any, error) { return value(ctx) }}
}

// Name returns the variable's name.
func (v Var) Name() string { return v.name }

// Type returns the variable's type.
func (v Var) Type() reflect.Type { return v.typ }

// Value makes the variable's value.
func (v Var) Value(ctx context.Context) (any, error) { return v.value(ctx) }
