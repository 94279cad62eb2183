package news

import (
	"embed"

	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/examples/newsroom/news/migrations"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"
)

//go:embed all:templates all:static
var files embed.FS

// App is the news application.
func App() apps.App {
	return apps.App{
		Name:       "news",
		Models:     []orm.Model{orm.ModelOf[Author](), orm.ModelOf[Tag](), orm.ModelOf[Article]()},
		Migrations: migrations.All(),
		Templates:  apps.Files(files, "templates"),
		Static:     apps.Files(files, "static"),
		Pages:      []template.AnyPage{listPage, detailPage, tagPage, aboutPage},
		Names:      []urls.AnyName{HomeURL, DetailURL},
		Commands:   []manage.Command{loadSample()},
	}
}
