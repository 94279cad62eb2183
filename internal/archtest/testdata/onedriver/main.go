// Command onedriver is the newsroom with SQLite alone. A test holds its size, and sees that no other driver is linked.
package main

import (
	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/examples/newsroom/news"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/urls"
)

func main() {
	nuages.Main(nuages.Site{
		Settings: nuages.FromEnv(nuages.Settings{DatabaseURL: "sqlite:///newsroom.sqlite3"}),
		Drivers:  []orm.Driver{sqlite.Driver()},
		Apps:     []apps.App{news.App()},
		URLs:     urls.Patterns{urls.Include("", news.URLs())},
	})
}
