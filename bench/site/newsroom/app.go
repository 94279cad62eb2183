package newsroom

import (
	"context"
	"embed"

	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/views"
	"github.com/nuages-go/nuages/web"
)

//go:embed all:templates
var files embed.FS

// App is the newsroom application.
func App() apps.App {
	return apps.App{
		Name: "newsroom",
		Models: []orm.Model{
			orm.ModelOf[User](), orm.ModelOf[Tag](), orm.ModelOf[Article](), orm.ModelOf[Comment](), orm.ModelOf[World](),
			orm.ModelOf[Fortune](),
		},
		Templates:  apps.Files(files, "templates"),
		Pages:      []template.AnyPage{fortunesPage, listPage, detailPage},
		Processors: []template.Processor{visitor()},
	}
}

// visitor gives templates the visitor and messages for him. There are no sessions yet: nobody is signed in.
func visitor() template.Processor {
	return template.NewProcessor("visitor",
		template.NewVar("user", func(context.Context) (*User, error) { return nil, nil }),
		template.NewVar("messages", func(context.Context) ([]note, error) { return nil, nil }),
	)
}

// note is a message for the visitor.
type note struct{ Text, Tags string }

// String is the text.
func (n note) String() string { return n.Text }

// URLs is the table of addresses. Pages have the given layers, the small endpoints none.
func URLs(pages ...web.Middleware) urls.Patterns {
	return urls.Patterns{
		urls.Path("plaintext", web.View(plaintext)),
		urls.Path("json", web.View(hello)),
		urls.Path("db", web.View(one)),
		urls.Path("queries", web.View(queries)),
		urls.Path("updates", web.View(updates)),
		urls.Path("fortunes", web.View(fortunes)),
		urls.Path("slow", web.View(slow)),
		urls.Include("", urls.Patterns{
			urls.Path("", views.Redirect{Name: "article-list"}, urls.Name("home")),
			urls.Path("articles/", web.View(articleList), urls.Name("article-list")),
			urls.Path("article/<int:pk>", web.Arg(articleDetail), urls.Name("article-detail")),
			urls.Path("tag/<slug:slug>/", web.Arg(tagDetail), urls.Name("tag")),
		}, urls.With(pages...)),
	}
}
