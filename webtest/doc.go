// Package webtest tests sites: a client that sends requests straight into a site's handler and hands back responses that
// can be looked into.
//
//	func TestFrontPage(t *testing.T) {
//		t.Parallel()
//		client := webtest.New(t, site())
//		if _, err := client.Call("loadsample"); err != nil { … }
//
//		resp := client.Get("/?page=2").AssertStatus(200).AssertTemplate("news/list.html")
//		page := webtest.DataOf[news.FrontPage](resp)
//		…
//		client.Post("/subscribe", webtest.Form{"email": "ada@example.com"}).AssertRedirects("/thanks")
//	}
//
// Each client has its own copy of the site and its own database, brought up to date with the site's migrations, so tests
// may run in parallel. The site runs as in production: with its middleware, Debug off. A view that fails fails the test,
// unless AllowErrors says otherwise.
//
// From Django: New is Client and TestCase in one; Follow is follow=True; Response has the template's name and data, the
// matched route and the queries; MaxQueries is assertNumQueries; Live is LiveServerTestCase. Differs from Django: forms are
// urlencoded as in a browser unless they hold a file, and assertions are methods of the response.
package webtest
