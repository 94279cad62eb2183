package migrate

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// Commands are migrate, makemigrations, showmigrations, sqlmigrate, squashmigrations, optimizemigration, inspectdb, flush,
// sqlflush, sqlsequencereset and dbshell. Apps gives the site's applications.
func Commands(apps func(ctx context.Context) []App) []manage.Command {
	return []manage.Command{
		migrateCommand(apps), makeCommand(apps), showCommand(apps), sqlCommand(apps), squashCommand(apps), optimizeCommand(apps), inspectCommand(),
		flushCommand(apps), sqlFlushCommand(apps), sequenceCommand(apps), shellCommand(),
	}
}

func migrateCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "migrate", Help: "Bring the database's tables up to date.", Args: "[app [migration]]",
		Long:       "Runs the migrations that the database lacks. With an application, only its own and what they need; with a migration, forward or back to it (\"zero\" undoes all). Several processes may call it at once: one migrates, the others wait.",
		SkipChecks: true, // it runs them itself, with those of its database
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			o := Options{}
			flags.StringVar(&o.DB, "database", "default", "name of the database")
			flags.BoolVar(&o.Fake, "fake", false, "record migrations without running them")
			flags.BoolVar(&o.FakeInitial, "fake-initial", false, "record initial migrations whose tables exist without running them")
			flags.BoolVar(&o.Plan, "plan", false, "show what would be done, and what is dangerous about it, and do nothing")
			flags.BoolVar(&o.SyncDB, "run-syncdb", false, "make the tables of applications without migrations")
			flags.BoolVar(&o.Prune, "prune", false, "delete the records of an application's migrations that no longer exist")
			flags.BoolVar(&o.Check, "check", false, "exit with 1 if there are unapplied migrations, and do nothing")
			flags.DurationVar(&o.LockTimeout, "lock-timeout", 0, "end a statement that waits for a lock for longer, such as 5s (PostgreSQL)")
			flags.DurationVar(&o.StatementTimeout, "statement-timeout", 0, "end a statement that runs for longer (PostgreSQL)")
			flags.BoolVar(&o.JSON, "json", false, "with --plan or --drift: write JSON")
			compare := flags.Bool("drift", false, "compare the tables with the state of the applied migrations, exit with 1 if they differ, and do nothing")
			return func(ctx context.Context, in *manage.Invocation) error {
				o.Out, o.Verbosity, o.Interactive = in.Stdout, in.Verbosity, in.Interactive
				if err := positional(in.Args, 2, &o.App, &o.Target); err != nil {
					return err
				}
				if o.JSON && !o.Plan && !*compare {
					return manage.UsageErrorf("--json goes with --plan or --drift")
				}
				if err := in.Check(ctx, o.DB); err != nil {
					return err
				}
				if *compare {
					return showDrift(ctx, apps(ctx), o.DB, o.JSON, in)
				}
				err := Run(ctx, apps(ctx), o)
				if errors.Is(err, ErrUnapplied) {
					return &manage.ExitError{Code: 1}
				}
				return err
			}
		},
	}
}

func showDrift(ctx context.Context, apps []App, db string, asJSON bool, in *manage.Invocation) error {
	lines, err := Drift(ctx, apps, db)
	if err != nil {
		return err
	}
	if asJSON {
		err = writeJSON(in.Stdout, lines)
	} else {
		for _, line := range lines {
			in.Printf("%s\n", line)
		}
	}
	if err == nil && len(lines) > 0 {
		err = &manage.ExitError{Code: 1}
	}
	if err != nil {
		return err
	}
	if in.Verbosity > 0 && !asJSON {
		in.Printf("The tables are those of the applied migrations.\n")
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

func sqlCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "sqlmigrate", Help: "Print the SQL of a migration.", Args: "app migration",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			db := flags.String("database", "default", "name of the database")
			backwards := flags.Bool("backwards", false, "the SQL that undoes the migration")
			return func(ctx context.Context, in *manage.Invocation) error {
				if len(in.Args) != 2 {
					return manage.UsageErrorf("sqlmigrate takes an application and a migration")
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
	g, err := writtenGraph(apps)
	if err != nil {
		return err
	}
	g = g.in(d)
	r := &runner{g: g}
	k, err := r.find(app, name)
	if err != nil {
		return err
	}
	state, err := g.stateBefore(k)
	if err != nil {
		return err
	}
	m := g.nodes[k]
	e := editorFor(ctx, d, "", true)
	e.atomic = !m.NonAtomic
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
