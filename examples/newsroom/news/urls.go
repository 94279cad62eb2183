package news

import (
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

// URLs is the newspaper's table of addresses.
func URLs() urls.Patterns {
	return urls.Patterns{
		urls.AppName("news"),
		urls.Path("", ArticleList, urls.Name("home")),
		urls.Path("article/<int:pk>", web.Arg(articleDetail), urls.Name("detail")),
		urls.Path("tag/<slug:slug>", web.Arg(tagDetail), urls.Name("tag")),
		urls.Path("about", web.View(about), urls.Name("about")),
		urls.Path("latest.json", web.View(latest), urls.Name("latest")),
		urls.Path("estuary.svg", web.View(picture), urls.Name("picture")),
		urls.Path("static/<path:name>", web.Arg(static), urls.Name("static")),
		urls.Path("story/<int:pk>", views.Redirect{Name: "news:detail", Permanent: true}),
	}
}

// Typed names: the compiler checks the argument, the start that there is such a pattern.
var (
	HomeURL   = urls.Name0("news:home")
	DetailURL = urls.Name1[int64]("news:detail")
)
