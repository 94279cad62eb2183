package nuages

import (
	"context"

	"github.com/nuages-go/nuages/manage"
)

func migrateCommands() []manage.Command { return nil }

func (app *Instance) saySomethingOfMigrations(context.Context, *manage.Invocation) error { return nil }
