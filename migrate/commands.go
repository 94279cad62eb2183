package migrate

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// Commands are migrate, showmigrations, sqlmigrate and makemigrations. Apps gives the site's applications.
func Commands(apps func(ctx context.Context) []App) []manage.Command {
	return []manage.Command{migrateCommand(apps), showCommand(apps), sqlCommand(apps), makeCommand(apps)}
}

func migrateCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "migrate", Help: "Bring the database's tables up to date.", Args: "[app [migration]]",
		Long:      "Runs the migrations that the database lacks. With an application, only its own and what they need; with a migration, forward or back to it (\"zero\" undoes all).",
		CheckTags: []string{"database"},
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			o := Options{}
			flags.StringVar(&o.DB, "database", "default", "name of the database")
			flags.BoolVar(&o.Fake, "fake", false, "record migrations without running them")
			flags.BoolVar(&o.FakeInitial, "fake-initial", false, "record initial migrations whose tables exist without running them")
			flags.BoolVar(&o.Plan, "plan", false, "show what would be done and do nothing")
			flags.BoolVar(&o.SyncDB, "run-syncdb", false, "make the tables of applications without migrations")
			flags.BoolVar(&o.Prune, "prune", false, "delete the records of migrations that no longer exist")
			check := flags.Bool("check", false, "exit with 1 if there are unapplied migrations, and do nothing")
			return func(ctx context.Context, in *manage.Invocation) error {
				o.Out, o.Verbosity = in.Stdout, in.Verbosity
				if err := positional(in.Args, 2, &o.App, &o.Target); err != nil {
					return err
				}
				if *check {
					return checkApplied(ctx, apps(ctx), in)
				}
				return Run(ctx, apps(ctx), o)
			}
		},
	}
}

func checkApplied(ctx context.Context, apps []App, in *manage.Invocation) error {
	missing, err := Unapplied(ctx, apps)
	if err != nil {
		return err
	}
	for _, name := range missing {
		in.Printf("%s\n", name)
	}
	if len(missing) > 0 {
		return &manage.ExitError{Code: 1}
	}
	return nil
}

func positional(args []string, limit int, into ...*string) error {
	if len(args) > limit {
		return fmt.Errorf("migrate: too many arguments: %q", args[limit:])
	}
	for i, a := range args {
		*into[i] = a
	}
	return nil
}

func showCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "showmigrations", Help: "List the migrations, with those that are applied marked.", Args: "[app ...]",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			db := flags.String("database", "default", "name of the database")
			plan := flags.Bool("plan", false, "in the order in which they run")
			return func(ctx context.Context, in *manage.Invocation) error {
				return show(ctx, apps(ctx), *db, *plan, in)
			}
		},
	}
}

func show(ctx context.Context, apps []App, db string, plan bool, in *manage.Invocation) error {
	g, err := newGraph(apps)
	if err != nil {
		return err
	}
	for _, label := range in.Args {
		if !slices.ContainsFunc(apps, func(a App) bool { return a.Label == label }) {
			return fmt.Errorf("migrate: no application %q", label)
		}
	}
	r, err := newRunner(ctx, g, apps, Options{DB: db})
	if err != nil {
		return err
	}
	mark := func(k Key) string {
		if r.applied[k] {
			return "[X]"
		}
		return "[ ]"
	}
	order, err := g.plan(g.keys)
	if err != nil {
		return err
	}
	if plan {
		for _, k := range order {
			if len(in.Args) == 0 || slices.Contains(in.Args, k.App) {
				in.Printf("%s  %s\n", mark(k), k)
			}
		}
		return nil
	}
	labels := make([]string, 0, len(apps))
	for _, a := range apps {
		if len(in.Args) == 0 || slices.Contains(in.Args, a.Label) {
			labels = append(labels, a.Label)
		}
	}
	slices.Sort(labels)
	for _, label := range labels {
		in.Printf("%s\n", label)
		none := true
		for _, k := range order {
			if k.App == label {
				none = false
				in.Printf(" %s %s\n", mark(k), k.Name)
			}
		}
		if none {
			in.Printf(" (no migrations)\n")
		}
	}
	return nil
}

func sqlCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "sqlmigrate", Help: "Print the SQL of a migration.", Args: "app migration",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			db := flags.String("database", "default", "name of the database")
			backwards := flags.Bool("backwards", false, "the SQL that undoes the migration")
			return func(ctx context.Context, in *manage.Invocation) error {
				if len(in.Args) != 2 {
					return errors.New("migrate: sqlmigrate takes an application and a migration")
				}
				d, err := orm.DialectOf(ctx, *db)
				if err != nil {
					return err
				}
				return SQL(ctx, apps(ctx), d, in.Args[0], in.Args[1], *backwards, in.Stdout)
			}
		},
	}
}

// SQL writes the statements of a migration for a dialect, with the operations as comments. It needs no database.
func SQL(ctx context.Context, apps []App, d *dialect.Dialect, app, name string, backwards bool, out interface {
	Write(p []byte) (int, error)
},
) error {
	g, err := newGraph(apps)
	if err != nil {
		return err
	}
	r := &runner{g: g}
	k, err := r.find(app, name)
	if err != nil {
		return err
	}
	order, err := g.plan([]Key{k})
	if err != nil {
		return err
	}
	state := NewState()
	for _, o := range order[:len(order)-1] {
		if err := applyState(state, g.nodes[o]); err != nil {
			return err
		}
	}
	m := g.nodes[k]
	e := newEditor(d, "", true)
	states := []*State{state}
	for _, op := range m.Operations {
		next := states[len(states)-1].Clone()
		if err := op.State(next, app); err != nil {
			return err
		}
		states = append(states, next)
	}
	one := func(i int) error {
		op := m.Operations[i]
		e.comment("")
		e.comment(op.Describe())
		e.comment("")
		n := len(e.out)
		var err error
		if backwards {
			err = op.Backward(ctx, e, app, states[i+1], states[i])
		} else {
			err = op.Forward(ctx, e, app, states[i], states[i+1])
		}
		if len(e.out) == n && err == nil {
			e.comment("(no-op)")
		}
		return err
	}
	for i := range m.Operations {
		if backwards {
			i = len(m.Operations) - 1 - i
		}
		if err := one(i); err != nil {
			return fmt.Errorf("migrate: %s: %w", k, err)
		}
	}
	if err := e.finish(ctx); err != nil {
		return err
	}
	if d.TransactionalDDL && !m.NonAtomic && len(e.out) > 0 {
		e.out = append(append([]string{"BEGIN;"}, e.out...), "COMMIT;")
	}
	for i, line := range e.out {
		if line == "-- " {
			e.out[i] = "--"
		}
	}
	_, err = e.WriteTo(out)
	return err
}
