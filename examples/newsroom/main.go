// Command newsroom is a newspaper with two hundred articles: the demo of Nuages and the code of its tutorial.
package main

import (
	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/examples/newsroom/news"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/mysql"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/urls"
)

func main() { nuages.Main(site()) }

// site puts the newspaper together.
func site() nuages.Site {
	return nuages.Site{
		Settings: nuages.FromEnv(nuages.Settings{
			Debug:       true, // DEBUG=false in production
			DatabaseURL: "sqlite:///newsroom.sqlite3",
		}),
		Drivers: []orm.Driver{sqlite.Driver(), postgres.Driver(), mysql.Driver()},
		Apps:    []apps.App{news.App()},
		URLs:    urls.Patterns{urls.Include("", news.URLs())},
	}
}
