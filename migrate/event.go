package migrate

import (
	"context"
	"fmt"
	"io"

	"github.com/nuages-go/nuages/orm"
)

// events calls the functions of the applications before ("pre") or after ("post") a run, in the order of the site.
//
// Django 6.1 django/core/management/sql.py emit_pre_migrate_signal, emit_post_migrate_signal.
func (r *runner) events(ctx context.Context, when string, plan []step, state *State) error {
	var full *State
	for i := range r.apps {
		f := r.apps[i].Before
		if when == "post" {
			f = r.apps[i].After
		}
		if f == nil {
			continue
		}
		if full == nil {
			var err error
			if full, err = r.withUnmigrated(state); err != nil {
				return err
			}
		}
		e := Event{
			DB: or(r.o.DB, orm.DefaultDB), App: r.apps[i].Label, State: full.Clone(), Verbosity: r.o.Verbosity, Out: r.o.Out, Interactive: r.o.Interactive,
		}
		if e.Verbosity == 0 {
			e.Out = io.Discard
		}
		for _, st := range plan {
			e.Plan = append(e.Plan, PlanStep{Key: st.key, Backward: st.backward})
		}
		if r.o.Verbosity > 1 {
			r.printf("Running %s-migrate handlers for application %s\n", when, e.App)
		}
		if err := f(ctx, e); err != nil {
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
