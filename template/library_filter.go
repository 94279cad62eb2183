package template

import (
	"context"
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/template/internal/filters"
	"github.com/nuages-go/nuages/template/internal/value"
)

// FilterOption says more about a filter of a Library.
type FilterOption struct {
	apply func(*filters.Filter)
}

// KeepsSafe says that a filter makes no HTML of its own, so that safe text stays safe. Django: is_safe=True.
func KeepsSafe() FilterOption { return FilterOption{func(f *filters.Filter) { f.Safe = true }} }

// WantsLocalTime gives a filter times in the current zone. Django: expects_localtime=True.
func WantsLocalTime() FilterOption {
	return FilterOption{func(f *filters.Filter) { f.LocalTime = true }}
}

// FilterInfo is what a filter sees of the render, if its function's first parameter is one. Django: needs_autoescape.
type FilterInfo struct {
	Ctx context.Context
	// Autoescape says whether the filter's result is going to be escaped.
	Autoescape bool
}

// Filter adds a filter: a function of the value and, if it has one, the filter's argument, which may be optional:
//
//	func(s string) string
//	func(ctx context.Context, price float64, currency string) (string, error)
//	func(info template.FilterInfo, s string, widths ...int) template.SafeString
//
// Values are converted to the parameters' types. A result that is no SafeString is escaped where the template escapes.
func (l *Library) Filter(name string, fn any, options ...FilterOption) *Library {
	f := &filters.Filter{Name: name, Result: resultOf(fn)}
	if err := bindFilter(f, fn); err != nil {
		l.errorf("filter %s: %w", name, err)
		return l
	}
	for _, option := range options {
		option.apply(f)
	}
	l.filters[name] = f
	return l
}

func resultOf(fn any) filters.Result {
	rt := reflect.TypeOf(fn)
	if rt == nil || rt.Kind() != reflect.Func || rt.NumOut() == 0 {
		return filters.AnyResult
	}
	switch out := rt.Out(0); out.Kind() {
	case reflect.String:
		if out.NumMethod() == 0 {
			return filters.TextResult
		}
	case reflect.Bool:
		return filters.BoolResult
	case reflect.Int, reflect.Int64:
		return filters.IntResult
	}
	return filters.AnyResult
}

// bindFilter makes a filter of a function. The most frequent signatures need no reflection.
func bindFilter(f *filters.Filter, fn any) error {
	switch g := fn.(type) {
	case func(string) string:
		f.Fn = func(_ *filters.Env, v, _ value.Value) (value.Value, error) { return value.OfString(g(v.Str())), nil }
		return nil
	case func(string, string) string:
		f.Arg = filters.Required
		f.Fn = func(_ *filters.Env, v, arg value.Value) (value.Value, error) {
			return value.OfString(g(v.Str(), arg.Str())), nil
		}
		return nil
	case func(string) SafeString:
		f.Fn = func(_ *filters.Env, v, _ value.Value) (value.Value, error) { return value.OfSafe(g(v.Str()).html), nil }
		return nil
	}
	b, err := newBinding(fn)
	if err != nil {
		return err
	}
	switch fixed := len(b.params); {
	case b.keywords != nil || b.wantsNode:
		return fmt.Errorf("%T is no filter (a filter takes a value and at most one argument)", fn)
	case fixed == 1 && b.variadic == nil:
	case fixed == 1:
		f.Arg = filters.Optional
	case fixed == 2 && b.variadic == nil:
		f.Arg = filters.Required
	default:
		return fmt.Errorf("%T is no filter (a filter takes a value and at most one argument)", fn)
	}
	f.Fn = func(e *filters.Env, v, arg value.Value) (value.Value, error) {
		args := []value.Value{v}
		if !arg.IsUndefined() {
			args = append(args, arg)
		}
		return b.call(callInfo{env: e}, args, nil)
	}
	return nil
}
