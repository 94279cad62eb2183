package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

func (r *runner) printf(format string, args ...any) {
	if r.o.Verbosity > 0 {
		fmt.Fprintf(r.o.Out, format, args...)
	}
}

// writePlan lists the operations of a plan, and what is dangerous about them.
func (r *runner) writePlan(ctx context.Context, plan []step) error {
	warnings, err := r.planWarnings(ctx, plan)
	if err != nil {
		return err
	}
	if r.o.JSON {
		return r.jsonPlan(plan, warnings)
	}
	fmt.Fprintln(r.o.Out, "Planned operations:")
	if len(plan) == 0 {
		fmt.Fprintln(r.o.Out, "  No planned migration operations.")
	}
	for _, st := range plan {
		fmt.Fprintln(r.o.Out, st.key)
		ops := slices.Clone(r.g.nodes[st.key].Operations)
		prefix := "    "
		if st.backward {
			slices.Reverse(ops)
			prefix = "    Undo "
		}
		for _, op := range ops {
			fmt.Fprintln(r.o.Out, prefix+op.Describe())
		}
		for _, w := range warnings[st.key] {
			fmt.Fprintln(r.o.Out, "    ! "+w.String())
		}
	}
	return nil
}

// unwritten says which applications have models that differ from their migrations.
func (r *runner) unwritten() {
	if r.o.Verbosity == 0 {
		return
	}
	without := r.labels(func(a App) bool { return len(a.Migrations) == 0 && !a.NoMigrations && len(a.Models) > 0 })
	if without != "" && !r.o.SyncDB {
		r.printf("  These applications have models and no migrations: %s\n  Run 'makemigrations', and name its list in the application: apps.App{Migrations: migrations.All()}; or run 'migrate --run-syncdb'.\n", without)
	}
	g, err := readGraph(r.apps)
	if err != nil {
		return
	}
	var migrated []App
	for _, a := range r.apps {
		if a.migrated() {
			migrated = append(migrated, a)
		}
	}
	ms, _, err := plan(g, r.apps, nil, &Answers{AllowDrop: true})
	if err != nil {
		return
	}
	var labels []string
	for i := range ms {
		known := slices.ContainsFunc(migrated, func(a App) bool { return a.Label == ms[i].App })
		if known && !slices.Contains(labels, ms[i].App) {
			labels = append(labels, ms[i].App)
		}
	}
	if len(labels) > 0 {
		slices.Sort(labels)
		r.printf("  Your models in app(s): '%s' have changes that are not yet reflected in a migration, and so won't be applied.\n  Run 'makemigrations' to make new migrations, and then 'migrate' again to apply them.\n", strings.Join(labels, "', '"))
	}
}

// head says what is to be done.
func (r *runner) head() {
	r.printf("Operations to perform:\n")
	if r.o.SyncDB && r.o.App == "" {
		if labels := r.labels(func(a App) bool { return !a.migrated() && len(a.Models) > 0 }); labels != "" {
			r.printf("  Synchronize unmigrated apps: %s\n", labels)
		}
	}
	switch {
	case r.o.App != "" && r.o.Target == "zero":
		r.printf("  Unapply all migrations: %s\n", r.o.App)
	case r.o.App != "" && r.o.Target != "":
		target := r.o.Target
		if k, err := r.find(r.o.App, target); err == nil {
			target = k.Name
		}
		r.printf("  Target specific migration: %s, from %s\n", target, r.o.App)
	case r.o.App != "":
		r.printf("  Apply all migrations: %s\n", r.o.App)
	default:
		r.printf("  Apply all migrations: %s\n", or(r.labels(func(a App) bool { return a.migrated() }), "(none)"))
	}
}

func (r *runner) labels(which func(a App) bool) string {
	var labels []string
	for _, a := range r.apps {
		if which(a) {
			labels = append(labels, a.Label)
		}
	}
	slices.Sort(labels)
	return strings.Join(labels, ", ")
}
