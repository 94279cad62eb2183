package views

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// Detail is a view that shows one object, found by the URL's pk or slug. Django: DetailView.
//
//	urls.Path("article/<int:pk>", views.Detail[Article]{Query: live, Page: detailPage})
//
// The page's data is a DetailPage: object in a template. Without Page and Template the template is
// "<app>/<model>_detail.html" and has the object under the model's name too.
type Detail[T any] struct {
	// Query returns the rows among which the object is looked for. Default: all rows of T.
	Query func() orm.Query[T]
	// QueryFor is Query for rows that depend on the request. It wins over Query. Django: get_queryset.
	QueryFor func(r *web.Request) (orm.Query[T], error)
	// Object finds the object in place of pk and slug. Django: get_object.
	Object func(r *web.Request) (*T, error)

	// PKKwarg and SlugKwarg name the URL's arguments. Defaults: "pk" and "slug".
	PKKwarg, SlugKwarg string
	// SlugField is the field that a slug is looked for in, as in Django's look-ups. Default: "slug".
	SlugField string
	// QueryPKAndSlug needs both to fit. Default: the pk wins. Django: query_pk_and_slug.
	QueryPKAndSlug bool

	// Page is the page to render. Default: Template.
	Page template.Page[DetailPage[T]]
	// Template is the name of a template that is rendered with a map. Default: "<app>/<model>_detail.html".
	Template string
	// TemplateFor names the template for an object; "" means Template. Django: template_name_field.
	TemplateFor func(object *T) string
	// ContextName is the object's name in the map. Default: "<model>".
	ContextName string
	// Context returns more variables for the map. Default: none. Django: get_context_data.
	Context func(r *web.Request, object *T) (map[string]any, error)
	// Respond answers in place of a template. It wins over all of these.
	Respond func(r *web.Request, object *T) (*web.Response, error)
}

// DetailPage is the data of a Detail's page.
type DetailPage[T any] struct {
	Object *T
}

// Serve shows the object.
func (v Detail[T]) Serve(r *web.Request) (*web.Response, error) {
	if resp := readOnly(r); resp != nil {
		return resp, nil
	}
	object, err := v.object(r)
	if err != nil {
		return nil, err
	}
	return v.respond(r, object)
}

func (v Detail[T]) object(r *web.Request) (*T, error) {
	if v.Object != nil {
		return v.Object(r)
	}
	query := orm.Objects[T]()
	switch {
	case v.QueryFor != nil:
		var err error
		if query, err = v.QueryFor(r); err != nil {
			return nil, err
		}
	case v.Query != nil:
		query = v.Query()
	}

	pk, hasPK := r.Match.Kwarg(or(v.PKKwarg, "pk"))
	slug, hasSlug := r.Match.Kwarg(or(v.SlugKwarg, "slug"))
	if !hasPK && !hasSlug {
		return nil, fmt.Errorf("views: %s was called without a pk or a slug in its URL (write <int:pk> or <slug:slug> in the route)", v.ViewName())
	}
	if _, huge := pk.(*big.Int); huge && hasPK {
		return nil, notFound[T](nil) // more digits than a key can have
	}
	if hasPK {
		query = query.Filter(orm.Lookup("pk", pk))
	}
	if hasSlug && (!hasPK || v.QueryPKAndSlug) {
		query = query.Filter(orm.Lookup(or(v.SlugField, "slug"), slug))
	}
	object, err := query.Get(r.Context())
	if errors.Is(err, orm.ErrNotFound) {
		return nil, notFound[T](err)
	}
	return object, err
}

func notFound[T any](cause error) error {
	return &web.Error{Status: 404, Message: "No " + orm.ModelOf[T]().VerboseName() + " found matching the query", Err: cause}
}

func (v Detail[T]) respond(r *web.Request, object *T) (*web.Response, error) {
	if v.Respond != nil {
		return v.Respond(r, object)
	}
	name := ""
	if v.TemplateFor != nil {
		name = v.TemplateFor(object)
	}
	if v.Page != "" {
		return render(r, []string{or(name, v.Page.Name())}, &DetailPage[T]{object}, nil)
	}

	data := map[string]any{"object": object, v.contextName(): object}
	if v.Context != nil {
		more, err := v.Context(r, object)
		if err != nil {
			return nil, err
		}
		for key, value := range more {
			data[key] = value
		}
	}
	return render(r, []string{or(name, v.template())}, data, nil)
}

func (v Detail[T]) contextName() string {
	if v.ContextName != "" {
		return v.ContextName
	}
	return strings.ToLower(orm.ModelOf[T]().Name())
}

func (v Detail[T]) template() string {
	if v.Template != "" {
		return v.Template
	}
	model := orm.ModelOf[T]()
	return templateName(model.App(), model.Name(), "_detail")
}

// Check reports settings that contradict each other.
func (v Detail[T]) Check() []manage.Message {
	name := v.ViewName()
	if v.Query != nil {
		if found := checkQuery(name, v.Query()); found != nil {
			return found
		}
	}
	if v.SlugField != "" && !hasField(orm.ModelOf[T](), v.SlugField) {
		return []manage.Message{mistake("views.E008", name, fmt.Sprintf("the model has no field %q for the slug", v.SlugField),
			"set SlugField to a field's name, in lower case with underscores")}
	}
	if v.Page != "" && (v.Template != "" || v.Context != nil || v.ContextName != "") {
		return []manage.Message{mistake("views.E005", name, "Page is rendered with a DetailPage, so Template, Context and ContextName have no effect",
			"for more variables use Respond and a page of your own, or leave Page out")}
	}
	return nil
}

// CheckRoute reports a route that gives neither a pk nor a slug.
func (v Detail[T]) CheckRoute(_ *urls.Resolver, route urls.RouteInfo) []manage.Message {
	names, _ := kwargNames(route)
	if v.Object != nil || slices.Contains(names, or(v.PKKwarg, "pk")) || slices.Contains(names, or(v.SlugKwarg, "slug")) {
		return nil
	}
	return []manage.Message{mistake("views.E009", route.At, fmt.Sprintf("the route %q gives %s neither a pk nor a slug", route.Pattern, v.ViewName()),
		"write <int:pk> or <slug:slug> in the route, or set PKKwarg or SlugKwarg to what it captures")}
}

// hasField looks at the first step of a look-up: "author" of "author__slug".
func hasField(model orm.Model, lookup string) bool {
	first, _, _ := strings.Cut(lookup, "__")
	return first == "pk" || slices.ContainsFunc(model.AllFields(), func(f *schema.Field) bool { return f.Name == first || f.Column == first })
}

// Pages returns the page, or the template as a page of unknown data.
func (v Detail[T]) Pages() []template.AnyPage {
	switch {
	case v.Respond != nil:
		return nil
	case v.Page != "":
		return []template.AnyPage{v.Page}
	}
	return []template.AnyPage{template.Page[map[string]any](v.template())}
}

// ViewFunc is the function of the site that is nearest to the view, for the debug page; nil if it has none.
func (v Detail[T]) ViewFunc() any {
	switch {
	case v.QueryFor != nil:
		return v.QueryFor
	case v.Query != nil:
		return v.Query
	}
	return nil
}

// ViewName tells what is shown: "views.Detail[news.Article]".
func (v Detail[T]) ViewName() string { return fmt.Sprintf("views.Detail[%s]", typeName[T]()) }
