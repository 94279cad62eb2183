// Newsroom is a site made with Nuages. The program is the site and its manage.py: run it without arguments to see the
// commands.
package main

import (
	"embed"
	"io/fs"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/template"

	"newsroom/news"
)

//go:embed all:templates
var files embed.FS

func main() {
	nuages.Main(site())
}

// site puts the parts together. Tests call it too.
func site() nuages.Site {
	return nuages.Site{
		Name:      "newsroom",
		Settings:  settings(),
		Drivers:   []orm.Driver{sqlite.Driver()},
		Apps:      []apps.App{news.App()},
		URLs:      rootURLs(),
		Templates: []fs.FS{apps.Files(files, "templates")},
		Pages:     []template.AnyPage{homePage},
	}
}
