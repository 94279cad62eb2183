// Package views has what most views do again and again: render a page, find an object or answer 404, page through rows,
// redirect, and turn errors into pages.
//
// A view is a function; these are its usual three lines:
//
//	func articleDetail(r *web.Request, pk int64) (*web.Response, error) {
//		article, err := views.GetOr404(r, live().Filter(orm.Eq(&a.ID, pk)))
//		if err != nil {
//			return nil, err
//		}
//
//		return views.Render(r, detailPage, Detail{Article: article})
//	}
//
// Views that everybody needs are structs whose fields say what is special about yours. They are handlers like any other:
//
//	urls.Path("", views.List[Article]{Query: live, PaginateBy: 25, Page: listPage}, urls.Name("home")),
//	urls.Path("article/<int:pk>", views.Detail[Article]{Query: live, Page: detailPage}),
//	urls.Path("about", views.Template{Name: "news/about.html"}),
//	urls.Path("old/<int:pk>", views.Redirect{Name: "detail", Permanent: true}),
//	urls.Path("comment/<int:pk>", views.Methods{Get: web.Arg(show), Post: web.Arg(post)}),
//
// Their hooks are function fields with types, so the compiler checks them, and their pages are checked against the
// templates before the site serves (see Checker).
//
// ErrorPage makes the pages for errors: the site's own handlers and templates, problem+json for programs, a plain page, and
// while Debug is on the pages of package views/debug.
//
// # Coming from Django
//
// render, redirect, get_object_or_404 and get_list_or_404 are Render, RedirectTo, GetOr404 and GetListOr404; ListView,
// DetailView, TemplateView and RedirectView are List, Detail, Template and Redirect; View with its methods is Methods;
// Paginator is Paginator. What differs:
//
//   - A generic view is configured, not inherited from: a hook gets what it needs as arguments and there is no self.
//   - A page has a type. A map as in Django works too (RenderTemplate), unchecked.
//   - A list can page without counting (PaginatorOptions.Countless) and without offsets (Keyset).
//   - sensitive_variables does not exist, since a Go program cannot read the local variables of its callers; see
//     SensitivePost for form fields.
//
// Editing views (create, update, delete) and date archives come with the forms.
package views
