package views

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/web"
)

// List is a view that shows the rows of a query, page by page if you want. Django: ListView.
//
//	var ArticleList = views.List[Article]{Query: live, PaginateBy: 25, Page: listPage}
//
// The page's data is a ListPage: object_list, page_obj, paginator and is_paginated in a template. Without Page and
// Template the template is "<app>/<model>_list.html" and has the rows under "<model>_list" too.
type List[T any] struct {
	// Query returns the rows to show. Default: all rows of T.
	Query func() orm.Query[T]
	// QueryFor is Query for rows that depend on the request: its path arguments, its user. It wins over Query. Django:
	// get_queryset.
	QueryFor func(r *web.Request) (orm.Query[T], error)
	// Ordering replaces the query's ordering. Default: as the query is ordered.
	Ordering []orm.Order

	// PaginateBy is the number of rows on a page. Default: 0, all rows at once.
	PaginateBy int
	// PaginateByFor is PaginateBy for a number that depends on the request; 0 means all rows. Django: get_paginate_by.
	PaginateByFor func(r *web.Request) int
	// PaginateOrphans is the number of rows that do not get a last page of their own. Default: 0.
	PaginateOrphans int
	// Countless pages without counting the rows; see PaginatorOptions.
	Countless bool
	// PageKwarg is the URL argument or GET parameter with the page's number, or "last". Default: "page".
	PageKwarg string
	// RefuseEmpty makes an empty list a 404. Django: allow_empty=False.
	RefuseEmpty bool

	// Page is the page to render. Default: Template.
	Page template.Page[ListPage[T]]
	// Template is the name of a template that is rendered with a map. Default: "<app>/<model>_list.html".
	Template string
	// ContextName is the name of the rows in the map. Default: "<model>_list".
	ContextName string
	// Context returns more variables for the map. Default: none. Django: get_context_data.
	Context func(r *web.Request, page *ListPage[T]) (map[string]any, error)
	// Respond answers in place of a template, say with a typed page of your own or as JSON. It wins over all of these.
	Respond func(r *web.Request, page *ListPage[T]) (*web.Response, error)
}

// ListPage is the data of a List's page.
type ListPage[T any] struct {
	// ObjectList are the rows to show: those of the current page.
	ObjectList []*T
	// PageObj is the current page and Paginator its paginator; nil for a list that is not paginated.
	PageObj   *Page[*T]
	Paginator *Paginator[*T]
	// IsPaginated says that there is more than one page.
	IsPaginated bool
}

// Serve shows the list.
func (v List[T]) Serve(r *web.Request) (*web.Response, error) {
	if resp := readOnly(r); resp != nil {
		return resp, nil
	}
	query, err := v.query(r)
	if err != nil {
		return nil, err
	}
	page, err := v.load(r, query)
	if err != nil {
		return nil, err
	}
	return v.respond(r, page)
}

func (v List[T]) query(r *web.Request) (query orm.Query[T], err error) {
	switch {
	case v.QueryFor != nil:
		if query, err = v.QueryFor(r); err != nil {
			return query, err
		}
	case v.Query != nil:
		query = v.Query()
	default:
		query = orm.Objects[T]()
	}
	if v.Ordering != nil {
		query = query.OrderBy(v.Ordering...)
	}
	return query, nil
}

func (v List[T]) load(r *web.Request, query orm.Query[T]) (*ListPage[T], error) {
	ctx, size := r.Context(), v.PaginateBy
	if v.PaginateByFor != nil {
		size = v.PaginateByFor(r)
	}
	if size <= 0 {
		rows, err := query.All(ctx)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 && v.RefuseEmpty {
			return nil, emptyList[T]()
		}
		return &ListPage[T]{ObjectList: rows}, nil
	}

	paginator := NewPaginator(QuerySource(query), size, PaginatorOptions{
		Orphans: v.PaginateOrphans, RefuseEmpty: v.RefuseEmpty, Countless: v.Countless,
	})
	page, err := v.page(ctx, r, paginator)
	if err != nil {
		return nil, err
	}
	return &ListPage[T]{ObjectList: page.ObjectList, PageObj: page, Paginator: paginator, IsPaginated: page.HasOtherPages()}, nil
}

// page finds the page that the request asks for; one that does not exist is a 404.
func (v List[T]) page(ctx context.Context, r *web.Request, paginator *Paginator[*T]) (*Page[*T], error) {
	text := v.pageText(r)
	number, err := paginator.ParseNumber(text)
	if text == "last" {
		number, err = paginator.NumPages(ctx)
		if number == 0 && err == nil {
			return nil, emptyList[T]()
		}
	}
	if errors.Is(err, ErrPageNotAnInteger) {
		return nil, &web.Error{Status: 404, Message: "Page is not “last”, nor can it be converted to an int.", Err: err}
	}
	if err != nil {
		return nil, err
	}

	page, err := paginator.Page(ctx, number)
	if errors.Is(err, ErrEmptyPage) {
		if v.RefuseEmpty && number == 1 {
			return nil, emptyList[T]()
		}
		if number == math.MaxInt || number == math.MinInt {
			text = "too long a number"
		}
		return nil, web.NotFound("Invalid page (%s): %v", text, err)
	}
	return page, err
}

// pageText is the page's number as the request has it: an argument of the path first.
func (v List[T]) pageText(r *web.Request) string {
	name := v.PageKwarg
	if name == "" {
		name = "page"
	}
	if value, ok := r.Match.Kwarg(name); ok {
		return fmt.Sprint(value)
	}
	if text := r.GET().Get(name); text != "" {
		return text
	}
	return "1"
}

func emptyList[T any]() error {
	return web.NotFound("There are no %s to show.", orm.ModelOf[T]().VerboseNamePlural())
}

func (v List[T]) respond(r *web.Request, page *ListPage[T]) (*web.Response, error) {
	if v.Respond != nil {
		return v.Respond(r, page)
	}
	if v.Page != "" {
		return render(r, []string{v.Page.Name()}, page, nil)
	}

	data := map[string]any{
		"object_list": page.ObjectList, "page_obj": page.PageObj, "paginator": page.Paginator,
		"is_paginated": page.IsPaginated, v.contextName(): page.ObjectList,
	}
	if page.PageObj == nil {
		data["page_obj"], data["paginator"] = nil, nil // a nil pointer in an interface would not be None
	}
	if v.Context != nil {
		more, err := v.Context(r, page)
		if err != nil {
			return nil, err
		}
		for name, value := range more {
			data[name] = value
		}
	}
	return render(r, []string{v.template()}, data, nil)
}

func (v List[T]) contextName() string {
	if v.ContextName != "" {
		return v.ContextName
	}
	return strings.ToLower(orm.ModelOf[T]().Name()) + "_list"
}

func (v List[T]) template() string {
	if v.Template != "" {
		return v.Template
	}
	model := orm.ModelOf[T]()
	return templateName(model.App(), model.Name(), "_list")
}

// Check reports settings that contradict each other.
func (v List[T]) Check() []manage.Message {
	var found []manage.Message
	name := v.ViewName()
	if v.Page != "" && (v.Template != "" || v.Context != nil || v.ContextName != "") {
		found = append(found, mistake("views.E005", name, "Page is rendered with a ListPage, so Template, Context and ContextName have no effect",
			"for more variables use Respond and a page of your own, or leave Page out"))
	}
	if v.QueryFor == nil {
		query, _ := v.query(nil) // without QueryFor the request does not count
		found = append(found, checkQuery(name, query)...)
		if v.PaginateBy > 0 && len(found) == 0 && !query.IsOrdered() {
			found = append(found, manage.Message{
				Level: manage.Warning, ID: "views.W002", Object: name,
				Text: "the list is paged but its rows have no order, so a row can stand on two pages or on none",
				Hint: "set Ordering, order the query, or give the model's Meta an Ordering",
			})
		}
	}
	if v.PaginateBy < 0 || v.PaginateOrphans < 0 {
		found = append(found, mistake("views.E006", name, "a page cannot have a negative number of rows", "set PaginateBy and PaginateOrphans to 0 or more"))
	}
	if v.PaginateBy > 0 && v.PaginateOrphans >= v.PaginateBy {
		found = append(found, manage.Message{
			Level: manage.Warning, ID: "views.W001", Object: name, Text: "PaginateOrphans is not smaller than PaginateBy, so pages can have twice the rows",
			Hint: "orphans are the few rows that join the page before them",
		})
	}
	return found
}

// checkQuery reports a query that cannot work: a look-up of a field that does not exist, for instance.
func checkQuery[T any](view string, query orm.Query[T]) []manage.Message {
	if err := query.Err(); err != nil {
		return []manage.Message{mistake("views.E007", view, "the view's query is wrong: "+err.Error(), "mend the query; typed conditions are checked by the compiler")}
	}
	return nil
}

// Pages returns the page, or the template as a page of unknown data.
func (v List[T]) Pages() []template.AnyPage {
	switch {
	case v.Respond != nil:
		return nil
	case v.Page != "":
		return []template.AnyPage{v.Page}
	}
	return []template.AnyPage{template.Page[map[string]any](v.template())}
}

// ViewFunc is the function of the site that is nearest to the view, for the debug page; nil if it has none.
func (v List[T]) ViewFunc() any {
	switch {
	case v.QueryFor != nil:
		return v.QueryFor
	case v.Query != nil:
		return v.Query
	}
	return nil
}

// ViewName tells what is listed: "views.List[news.Article]".
func (v List[T]) ViewName() string { return fmt.Sprintf("views.List[%s]", typeName[T]()) }

func typeName[T any]() string {
	return strings.TrimPrefix(fmt.Sprintf("%T", (*T)(nil)), "*")
}
