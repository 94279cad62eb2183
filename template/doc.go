// Package template is the Django template language, compiled, and checked before the first request.
//
// A template is text with {{ variables }}, {% tags %} and {# comments #}:
//
//	engine, err := template.New(template.Options{FS: []fs.FS{os.DirFS("templates")}})
//	err = engine.Render(ctx, w, "hello.html", map[string]any{"name": "Ana"})
//
// Existing Django templates render as in Django 6.1, byte for byte. See docs/topics/templates.md for the language.
package template
