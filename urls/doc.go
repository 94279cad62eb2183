// Package urls is the URL dispatcher: a table of patterns leads from the path of a request to a view, and from the name of
// a pattern back to its URL.
//
//	func URLs() urls.Patterns {
//		return urls.Patterns{
//			urls.AppName("news"),
//			urls.Path("", ArticleList, urls.Name("home")),
//			urls.Path("article/<int:pk>", web.Arg(articleDetail), urls.Name("detail")),
//			urls.RePath(`^archive/(?P<year>[0-9]{4})/$`, web.Arg(archive)),
//			urls.Include("tags/", tagURLs(), urls.With(auth.LoginRequired)),
//		}
//	}
//
//	var Detail = urls.Name1[int64]("news:detail") // Detail.URL(r, article.ID) is "/article/42"
//
// # Resolving
//
// The patterns are tried in order, and the first that matches wins; an include whose children do not match falls through
// to its next sibling. That is Django's rule, and nothing else takes part: not the method (but see Methods), not how
// specific a pattern is. The table is compiled once into a radix tree that gives the same answer in one walk along the
// path, without an allocation.
//
// A placeholder is <name> or <converter:name>. The converters are str (the default: anything but a slash), int, slug, uuid
// and path (anything, slashes included); NewConverter makes others. What a route captures is in Request.Match by name; a
// view that takes it as typed arguments is wrapped in web.Arg, web.Arg2 or web.Arg3. New compares the types and reports
// every mistake of the table at once.
//
// RePath takes regular expressions in Python's syntax. They run on Go's regexp, in time proportional to the path.
// Look-around, back-references, atomic and conditional groups and possessive quantifiers need a backtracking engine, with
// a time limit (Options.MatchTimeout) and a warning of Check.
//
// # Reversing
//
// Reverse and the typed names build URLs, quoted as RFC 3986 says, and only such as lead back to the pattern. Typed names
// are checked by the compiler (arguments) and at start-up (name and converters: Resolver.CheckNames). The resolver travels
// in the context: WithResolver, FromContext.
//
// # From Django
//
//	path, re_path, include         Path, RePath, Include and IncludeRe
//	app_name, handler404           AppName and ErrorHandler, elements of Patterns
//	register_converter             Options.Converters, or WithConverter for one table and those below it
//	reverse                        Reverse, URL, Name0 … Name3
//	resolve, is_valid_path         Resolver.Resolve, Resolver.IsValid
//	i18n_patterns, gettext_lazy    I18n, Translated
//	set_urlconf, request.urlconf   WithResolver on the request's context
//	set_script_prefix              Options.ScriptPrefix, WithScriptPrefix
//
// Differs from Django: a view itself cannot be reversed, only a name (Go functions cannot be compared); an int that does
// not fit the view's argument is "no match"; Methods, With and typed arguments are new. What a name is reversed to, and
// the texts of the errors, are Django 6.1's.
package urls
