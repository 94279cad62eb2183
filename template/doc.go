// Package template is the Django template language, compiled, and checked before the first request.
//
// A template is text with {{ variables }}, {% tags %} and {# comments #}:
//
//	engine, err := template.New(template.Options{FS: []fs.FS{os.DirFS("templates")}})
//	err = engine.Render(ctx, w, "hello.html", map[string]any{"name": "Ana"})
//
// Existing Django templates render as in Django 6.1, byte for byte: the tests hold some thousand outputs of the real one.
//
// # Pages
//
// A Page binds a template to the Go type of its data. Check then compares every variable of the template with that type,
// through loops, includes, inheritance and filters, and finds what the parser cannot: misspelt fields, templates that do
// not exist, URL names that nothing answers to.
//
//	var detailPage = template.Page[Detail]("news/detail.html")
//
//	news/detail.html:12:7: Article has no field or method "titel" (did you mean "title"?)
//
// # From source to output
//
// The lexer (lexer.go) cuts the source into tokens; the parser (parser.go) hands each tag to its TagFunc, which compiles
// it into a Node; expressions (expr.go) become a path, or a literal, and filters. A Template is immutable and shared.
// A render is a Context: scopes, output, the state of tags in slots. Paths are resolved by plans of Go types (fields by
// offset, methods by pointer) that package internal/value makes once for each type and each step remembers.
//
// # To extend it
//
// A Library holds filters and tags made of Go functions: Filter, SimpleTag, SimpleBlockTag, InclusionTag; or of a TagFunc
// for a grammar of its own. A Processor adds lazily made names to every template. A Loader finds source text. An Engine
// is any other template language: package gohtml has html/template, Components anything that writes itself.
//
// # Differences from Django
//
// Maps are walked in the order of their keys. A zero time is false. A method is called only if it gives a value and needs
// no argument but a context. Names that do not exist print nothing, as in Django, unless Strict is set; for pages they are
// found at start-up.
//
// See docs/topics/templates.md for the language, with every tag and filter.
package template
