package urls

import (
	"context"
	"fmt"
	"reflect"

	"github.com/nuages-go/nuages/internal/closest"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/web"
)

// AnyName is a typed name of any number of arguments: Name0, Name1, Name2 or Name3. An application lists its names, and
// the site checks them when it starts.
type AnyName interface {
	// URLName is the name with its namespaces: "news:detail".
	URLName() string
	// ArgTypes are the types of the arguments, in the order of the route.
	ArgTypes() []reflect.Type
}

// Name0 is the name of a URL without arguments.
//
//	var Home = urls.Name0("news:home")
//
//	Home.URL(r) // "/"
type Name0 string

// URL builds the URL for a page that answers r. The name was checked at start-up, so it only fails when no one checked
// it; then it panics, and the request ends as a 500 that names the mistake. Reverse returns the error.
func (n Name0) URL(r *web.Request) string {
	if url, ok := fast0(r.Context(), string(n)); ok {
		return url
	}
	return must(reverseNamed(r.Context(), r, string(n)))
}

// Reverse builds the URL. Options add a query or a fragment.
func (n Name0) Reverse(ctx context.Context, opts ...ReverseOption) (string, error) {
	if len(opts) == 0 {
		if url, ok := fast0(ctx, string(n)); ok {
			return url, nil
		}
	}
	return reverseNamed(ctx, nil, string(n), withOptions(opts)...)
}

// URLName is the name as a string.
func (n Name0) URLName() string { return string(n) }

// ArgTypes is empty.
func (n Name0) ArgTypes() []reflect.Type { return nil }

// Name1 is the name of a URL with one argument.
//
//	var Detail = urls.Name1[int64]("news:detail")
//
//	Detail.URL(r, article.ID) // "/article/42"
type Name1[A any] string

// URL builds the URL for a page that answers r; see Name0.URL for when it panics. So it does for a value that the
// route's converter refuses, such as a slug with a space.
func (n Name1[A]) URL(r *web.Request, a A) string {
	if url, ok := fast1(r.Context(), string(n), a); ok {
		return url
	}
	return must(reverseNamed(r.Context(), r, string(n), a))
}

// Reverse builds the URL. Options add a query or a fragment.
func (n Name1[A]) Reverse(ctx context.Context, a A, opts ...ReverseOption) (string, error) {
	if len(opts) == 0 {
		if url, ok := fast1(ctx, string(n), a); ok {
			return url, nil
		}
	}
	return reverseNamed(ctx, nil, string(n), withOptions(opts, a)...)
}

// URLName is the name as a string.
func (n Name1[A]) URLName() string { return string(n) }

// ArgTypes holds the argument's type.
func (n Name1[A]) ArgTypes() []reflect.Type { return []reflect.Type{reflect.TypeFor[A]()} }

// Name2 is the name of a URL with two arguments.
type Name2[A, B any] string

// URL builds the URL for a page that answers r; see Name1.URL for when it panics.
func (n Name2[A, B]) URL(r *web.Request, a A, b B) string {
	return must(reverseNamed(r.Context(), r, string(n), a, b))
}

// Reverse builds the URL. Options add a query or a fragment.
func (n Name2[A, B]) Reverse(ctx context.Context, a A, b B, opts ...ReverseOption) (string, error) {
	return reverseNamed(ctx, nil, string(n), withOptions(opts, a, b)...)
}

// URLName is the name as a string.
func (n Name2[A, B]) URLName() string { return string(n) }

// ArgTypes holds the arguments' types.
func (n Name2[A, B]) ArgTypes() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[A](), reflect.TypeFor[B]()}
}

// Name3 is the name of a URL with three arguments.
type Name3[A, B, C any] string

// URL builds the URL for a page that answers r; see Name1.URL for when it panics.
func (n Name3[A, B, C]) URL(r *web.Request, a A, b B, c C) string {
	return must(reverseNamed(r.Context(), r, string(n), a, b, c))
}

// Reverse builds the URL. Options add a query or a fragment.
func (n Name3[A, B, C]) Reverse(ctx context.Context, a A, b B, c C, opts ...ReverseOption) (string, error) {
	return reverseNamed(ctx, nil, string(n), withOptions(opts, a, b, c)...)
}

// URLName is the name as a string.
func (n Name3[A, B, C]) URLName() string { return string(n) }

// ArgTypes holds the arguments' types.
func (n Name3[A, B, C]) ArgTypes() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[A](), reflect.TypeFor[B](), reflect.TypeFor[C]()}
}

func must(url string, err error) string {
	if err != nil {
		panic(err)
	}
	return url
}

func withOptions(opts []ReverseOption, args ...any) []any {
	for _, opt := range opts {
		args = append(args, opt)
	}
	return args
}

func reverseNamed(ctx context.Context, r *web.Request, name string, args ...any) (string, error) {
	if r == nil {
		r, _ = web.FromContext(ctx)
	}
	if !hasOption(args) {
		if url, ok := fastArgs(fastTable(ctx), name, args, nil, nil); ok {
			return url, nil
		}
	}
	if r != nil {
		args = append([]any{CurrentApp(currentApp(r))}, args...)
	}
	return Reverse(ctx, name, args...)
}

// CheckNames reports the typed names that no pattern has, and those whose arguments no pattern of the name takes.
func (res *Resolver) CheckNames(names []AnyName) []manage.Message {
	var messages []manage.Message
	for _, n := range names {
		if text, hint := res.checkName(n); text != "" {
			messages = append(messages, manage.Message{Level: manage.Error, ID: "urls.N001", Text: text, Hint: hint, Object: n.URLName()})
		}
	}
	return messages
}

func (res *Resolver) checkName(n AnyName) (text, hint string) {
	s, view, err := res.def.find(n.URLName(), "")
	if err != nil {
		return fmt.Sprintf("the URL name %q: %v", n.URLName(), err), res.suggest(n.URLName())
	}
	candidates := s.names[view]
	if candidates == nil {
		return fmt.Sprintf("no pattern has the URL name %q", n.URLName()), res.suggest(n.URLName())
	}
	types := n.ArgTypes()
	gives := ""
	for _, c := range candidates {
		for _, f := range c.forms {
			if f.take(c, types) {
				return "", ""
			}
			gives = c.leaf.Pattern
		}
	}
	return fmt.Sprintf("the URL name %q takes (%s), which its route %q does not", n.URLName(), typeList(types), gives), ""
}

// take reports whether the form's parameters are of the types.
func (f form) take(c *candidate, types []reflect.Type) bool {
	if len(f.params) != len(types) {
		return false
	}
	for i, name := range f.params {
		if conv := c.convs[name]; conv != nil && !takes(types[i], conv) {
			return false
		}
	}
	return true
}

func (res *Resolver) suggest(name string) string {
	var known []string
	for _, l := range res.def.leaves {
		if l.Name != "" {
			known = append(known, l.ViewName)
		}
	}
	if near := closest.Match(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}
