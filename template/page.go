package template

import "reflect"

// Page names a template and the Go type of the data it is rendered with. It is a description: declare it once at package
// level, list it in the application's Pages, and start-up checks every variable of the template against T.
//
//	var detailPage = template.Page[Detail]("news/detail.html")
type Page[T any] string

// Name returns the template's name.
func (p Page[T]) Name() string { return string(p) }

// DataType returns the type T.
func (p Page[T]) DataType() reflect.Type { return reflect.TypeFor[T]() }

// AnyPage is a Page of any type, as start-up checks take it.
type AnyPage interface {
	Name() string
	DataType() reflect.Type
}

var _ AnyPage = Page[struct{}]("")
