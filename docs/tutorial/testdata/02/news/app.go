// Package news is an application of the site.
package news

import (
	"embed"

	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/template"
	"github.com/nuages-go/nuages/urls"

	"newsroom/news/migrations"
)

//go:embed all:templates
var files embed.FS

// App describes the application. The site lists it in Site.Apps.
func App() apps.App {
	return apps.App{
		Name:       "news",
		Migrations: migrations.All(),
		Models:     []orm.Model{orm.ModelOf[Author](), orm.ModelOf[Article]()},
		Templates:  apps.Files(files, "templates"),
		Pages:      []template.AnyPage{indexPage},
		Names:      []urls.AnyName{Index},
	}
}
