package migrate

import (
	"context"
	"fmt"
	"io"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/signals"
)

// PreMigrate and PostMigrate are sent before and after each run on a database, once for each application in the order of
// the site, also when there was nothing to do: for rows that models need, such as permissions. They are not sent for --plan,
// --check and --prune. Flush sends PostMigrate, without a plan. An error of a receiver ends the run. Django: pre_migrate and post_migrate.
//
//	apps.App{Receivers: []signals.Receiver{migrate.PostMigrate.On(makePermissions)}}
var (
	PreMigrate  = signals.New[Event]("migrate.pre_migrate")
	PostMigrate = signals.New[Event]("migrate.post_migrate")
)

// Event tells receivers of PreMigrate and PostMigrate what a run does.
type Event struct {
	// DB is the name of the database: query with Using(e.DB). Where routers divide models among databases,
	// orm.AllowMigrate(ctx, e.DB, app, model) says whether a model's table is there.
	DB string
	// App is the label of the application that the event is about: each application of the site has one of its own.
	App string
	// Plan are the migrations of the run in their order, with their direction; empty if there was nothing to do.
	Plan []PlanStep
	// State has the models of all applications: what the migrations that are applied make, before the run for PreMigrate and
	// after it for PostMigrate, and the models of applications without migrations.
	State *State
	// Verbosity is that of the command; at 0 nothing is to be written. Out takes what is.
	Verbosity int
	Out       io.Writer
	// Interactive says that a person may be asked.
	Interactive bool
}

// PlanStep is a migration of a run.
type PlanStep struct {
	Key      Key
	Backward bool
}

// announce sends PreMigrate or PostMigrate for every application.
//
// Django 6.1 django/core/management/sql.py emit_pre_migrate_signal, emit_post_migrate_signal.
func (r *runner) announce(ctx context.Context, event signals.Event[Event], when string, plan []step, state *State) error {
	if !event.HasReceivers(ctx) {
		return nil
	}
	full, err := r.withUnmigrated(state)
	if err != nil {
		return err
	}
	e := Event{DB: or(r.o.DB, orm.DefaultDB), Verbosity: r.o.Verbosity, Out: r.o.Out, Interactive: r.o.Interactive}
	if e.Verbosity == 0 {
		e.Out = io.Discard
	}
	for _, st := range plan {
		e.Plan = append(e.Plan, PlanStep{Key: st.key, Backward: st.backward})
	}
	for i := range r.apps {
		e.App, e.State = r.apps[i].Label, full.Clone()
		if r.o.Verbosity > 1 {
			r.printf("Running %s-migrate handlers for application %s\n", when, e.App)
		}
		if err := event.Send(ctx, e); err != nil {
			return fmt.Errorf("migrate: %s-migrate of application %s: %w", when, e.App, err)
		}
	}
	return nil
}

// withUnmigrated adds the models of applications without migrations to a state: their tables are made by --run-syncdb.
func (r *runner) withUnmigrated(state *State) (*State, error) {
	full := state.Clone()
	var models *State
	for _, a := range r.apps {
		if a.migrated() || len(a.Models) == 0 {
			continue
		}
		if models == nil {
			var err error
			if models, err = FromModels(r.apps); err != nil {
				return nil, err
			}
		}
		for _, m := range a.Models {
			if sm := models.ByLabel(m.Label()); sm != nil {
				full.Add(*sm)
			}
		}
	}
	return full, nil
}
