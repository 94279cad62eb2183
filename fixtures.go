package nuages

import (
	"context"
	"time"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/serializers"
)

// fixtureCommands are dumpdata and loaddata, over the applications of the site that runs them.
func fixtureCommands() []manage.Command {
	return serializers.Commands(func(ctx context.Context) serializers.Config { return FromContext(ctx).fixtures() })
}

// fixtures are the applications and settings as fixtures see them.
func (app *Instance) fixtures() serializers.Config {
	c := serializers.Config{Dirs: app.settings.FixtureDirs, Extensions: app.site.Fixtures}
	if zone, err := time.LoadLocation(app.settings.TimeZone); err == nil { // start-up has checked it
		c.Zone = zone
	}
	for _, a := range app.site.Apps {
		c.Apps = append(c.Apps, serializers.App{Label: a.Name, Models: a.Models, Fixtures: a.Fixtures})
	}
	return c
}
