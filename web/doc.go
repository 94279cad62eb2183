// Package web is the request layer: requests, responses, handlers, middleware and HTTP errors. It sits on net/http and
// works alone; the URL resolver, the middleware and the generic views are packages above it.
//
//	mux := http.NewServeMux()
//	mux.Handle("/hello/{name}", web.View(func(r *web.Request) (*web.Response, error) {
//		if r.PathValue("name") == "nobody" {
//			return nil, web.NotFound("there is nobody")
//		}
//		return web.Text("hello " + r.PathValue("name")), nil
//	}))
//
// # Handlers and errors
//
// A [Handler] returns a response or an error. Errors become pages in one place: an [*Error] ([NotFound], [Forbidden],
// [BadRequest], [Suspicious]) carries its status, anything else is a 500. A panic is a 500 too, with the stack in the log;
// the process lives. What fails after the header was sent cuts the connection, so that nobody takes a part for the whole.
//
// A [Middleware] wraps a handler; [Compose] builds the chain once. As in Django, errors become responses between any two
// layers: a middleware always gets a response, whose Err says what went wrong further in. [Std] makes a middleware of any
// func(http.Handler) http.Handler, [FromHTTP] a handler of any http.Handler, [ToHTTP] an http.Handler of any handler.
//
// # Requests
//
// [Request] embeds the *http.Request. On top of it come [Request.GET], [Request.POST] and [Request.FILES] (Django's
// QueryDict, as [Values]), [Request.Host] checked against Config.AllowedHosts, [Request.IsSecure] and [Request.ClientIP]
// behind trusted proxies, [Request.PreferredType] for content negotiation, [Request.Cookie] and [Request.SignedCookie].
// [Bind] decodes query, form or JSON into a struct and reports all fields that do not fit. Every limit is in [Config];
// what breaks one is a 400 ([http.MaxBytesReader]'s limit, set by a server or middleware, is a 413).
//
// GET, POST and FILES have no error result: they end the request where it stands, by a panic that the chain turns into the
// 400. [Request.Query] and [Request.Form] are the same with an error.
//
// # Responses
//
// A [Response] is a value until the end, so middleware can change it and tests can look into it. Kinds: [Text], [HTML],
// [Bytes], [JSON], [Redirect], [File], [Content], [Stream], [EventStream], [Page] (rendered after the view, when the OnPage
// hooks have run), [Upgrade], [NotModified], [NotAllowed], [Empty]. Cookies are written as Python's SimpleCookie writes
// them, JSON as Django's JsonResponse does.
//
// # Differs from Django
//
//   - Only UTF-8: there is no request.encoding to set.
//   - A response that came from [File] or [Content] answers ranges and conditional requests.
//   - JSON takes lists at the top level; structs are written under encoding/json's rules.
//   - The values of GET and POST cannot be changed, and that is checked by the compiler: [Values.Copy] gives [MutableValues].
//   - A HEAD request runs the view as GET does; the body is not sent, and a stream is not run.
//   - With Config.TrustedProxies, forwarded headers from other addresses are removed from the request.
package web
