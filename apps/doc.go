// Package apps describes what one application contributes to a site: models, migrations, templates, static files,
// commands, checks. An application is a Go package with a function that returns its description:
//
//	package polls
//
//	//go:embed all:templates all:static
//	var files embed.FS
//
//	// App is the polls application.
//	func App() apps.App {
//		return apps.App{
//			Name:       "polls",
//			Models:     []orm.Model{orm.ModelOf[Question](), orm.ModelOf[Choice]()},
//			Migrations: migrations.All(),
//			Templates:  apps.Files(files, "templates"),
//			Static:     apps.Files(files, "static"),
//			Pages:      []template.AnyPage{detailPage, resultsPage},
//			Names:      []urls.AnyName{Detail, Results},
//		}
//	}
//
// The site lists its applications (nuages.Site.Apps); the order counts: templates, static files and commands of an earlier
// one win. Nothing is registered by importing a package.
//
// The all: in the go:embed line takes files along whose names begin with an underscore, as included templates often do.
//
// Differs from Django: AppConfig is a value; there is no registry to ask. The URL patterns of an application are a
// function of its package that the site includes where it wants them.
package apps
