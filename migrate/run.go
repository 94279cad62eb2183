package migrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// Options of Run. The zero value applies everything to the default database in silence.
type Options struct {
	// DB names the database. Default: "default".
	DB string
	// App limits the run to an application and what it needs; Target is the migration to go to, forward or backward: a name, a
	// unique beginning of one, or "zero" for none.
	App, Target string
	// Fake records migrations without running them; FakeInitial does so for initial ones whose tables exist.
	Fake, FakeInitial bool
	// SyncDB makes the tables of applications that have no migrations.
	SyncDB bool
	// Plan only writes what would be done.
	Plan bool
	// JSON makes Plan write a list for programs: app, name, backward, operations and warnings of each migration.
	JSON bool
	// Check only looks: ErrUnapplied says that there is something to do.
	Check bool
	// Prune deletes the records of an application's migrations that no longer exist, and does nothing else.
	Prune bool
	// LockTimeout and StatementTimeout hold for migrations that do not set their own (PostgreSQL and MariaDB). Default: the database's own.
	LockTimeout, StatementTimeout time.Duration
	// Out takes the progress in Django's words. Default: nowhere. Verbosity 0 writes nothing.
	Out       io.Writer
	Verbosity int
	// Interactive says that receivers of PreMigrate and PostMigrate may ask a person.
	Interactive bool
}

// ErrUnapplied says that there are migrations to run.
var ErrUnapplied = errors.New("migrate: there are unapplied migrations")

// Run brings a database to the state of the written migrations. When several processes do so at once, one migrates and the
// others wait and find it done.
func Run(ctx context.Context, apps []App, o Options) error {
	if o.Out == nil {
		o.Out = io.Discard
	}
	written, err := writtenGraph(apps)
	if err != nil {
		return err
	}
	if o.Plan || o.Check {
		return look(ctx, written, apps, o)
	}
	return locked(ctx, o, func(ctx context.Context) error {
		r, plan, err := prepare(ctx, written, apps, o)
		if err != nil {
			return err
		}
		return r.run(ctx, plan)
	})
}

// prepare looks at the database and decides what to do.
func prepare(ctx context.Context, written *graph, apps []App, o Options) (*runner, []step, error) {
	r, err := newRunner(ctx, written, apps, o)
	if err != nil {
		return nil, nil, err
	}
	if err := r.consistent(); err != nil {
		return nil, nil, err
	}
	if err := r.g.conflicts(apps); err != nil {
		return nil, nil, err
	}
	plan, err := r.plan()
	if err == nil {
		err = r.loads(plan)
	}
	return r, plan, err
}

// loads looks whether the operations of a plan fit each other, so that a mistake in the last is found before the first runs.
func (r *runner) loads(plan []step) error {
	if len(plan) == 0 || plan[0].backward {
		return nil
	}
	s, err := r.stateBefore()
	for i := 0; i < len(plan) && err == nil; i++ {
		err = applyState(s, r.g.nodes[plan[i].key])
	}
	return err
}

// look shows the plan without touching the database.
func look(ctx context.Context, written *graph, apps []App, o Options) error {
	r, plan, err := prepare(ctx, written, apps, o)
	if err != nil {
		return err
	}
	if o.Plan {
		if err := r.writePlan(ctx, plan); err != nil {
			return err
		}
	}
	if o.Check && len(plan) > 0 {
		if !o.Plan {
			for _, st := range plan {
				fmt.Fprintln(o.Out, st.key)
			}
		}
		return ErrUnapplied
	}
	return nil
}

// Unapplied returns the migrations that the default database of the context lacks, as "app.name", in the order in which
// they would run.
func Unapplied(ctx context.Context, apps []App) ([]string, error) {
	return UnappliedOn(ctx, apps, orm.DefaultDB)
}

// UnappliedOn is Unapplied for a database with another name.
func UnappliedOn(ctx context.Context, apps []App, db string) ([]string, error) {
	written, err := writtenGraph(apps)
	if err != nil {
		return nil, err
	}
	r, err := newRunner(ctx, written, apps, Options{DB: db})
	if err != nil {
		return nil, err
	}
	all, err := r.g.plan(r.g.keys)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, k := range all {
		if !r.applied[k] {
			out = append(out, k.String())
		}
	}
	return out, nil
}

// Migrated says whether a database has the table django_migrations: whether anybody has migrated it.
func Migrated(ctx context.Context, db string) (bool, error) {
	have, err := tables(ctx, db)
	return have["django_migrations"], err
}

type runner struct {
	// g is the graph as it fits the database, written the one of all files.
	g, written *graph
	o          Options
	rec        recorder
	apps       []App
	applied    map[Key]bool
	// squashed are migrations whose replaced ones were all applied: they only need a record.
	squashed []Key
	// undoing says that the migration that runs is taken back.
	undoing bool
}

// newRunner looks at which migrations the database has.
func newRunner(ctx context.Context, written *graph, apps []App, o Options) (*runner, error) {
	r := &runner{written: written, o: o, rec: recorder{o.DB}, apps: apps}
	var err error
	if r.applied, err = r.rec.applied(ctx); err != nil {
		return nil, err
	}
	recorded := make(map[Key]bool, len(r.applied))
	for k := range r.applied {
		recorded[k] = true
	}
	if r.g, err = written.replaced(r.applied); err != nil {
		return nil, err
	}
	d, err := orm.DialectOf(ctx, o.DB)
	if err != nil {
		return nil, err
	}
	r.g = r.g.in(d)
	for _, k := range r.g.keys {
		if r.applied[k] && !recorded[k] {
			r.squashed = append(r.squashed, k)
		}
	}
	return r, nil
}

// run does what was planned.
func (r *runner) run(ctx context.Context, plan []step) error {
	d, err := orm.DialectOf(ctx, r.o.DB)
	if err != nil {
		return err
	}
	if r.o.Prune {
		return r.prune(ctx)
	}
	r.head()
	r.warnOfStrays()
	state, err := r.stateBefore()
	if err != nil {
		return err
	}
	if err := r.announce(ctx, PreMigrate, "pre", plan, state); err != nil {
		return err
	}
	if err := r.syncDB(ctx); err != nil {
		return err
	}
	if len(plan) > 0 || len(r.squashed) > 0 {
		if err := r.rec.ensure(ctx, editorFor(ctx, d, r.o.DB, false)); err != nil {
			return err
		}
	}
	r.printf("Running migrations:\n")
	for _, k := range r.squashed {
		if err := r.rec.record(ctx, k); err != nil {
			return err
		}
	}
	if len(plan) == 0 {
		r.printf("  No migrations to apply.\n")
		r.unwritten()
	}
	for i, st := range plan {
		if err := r.apply(ctx, st, state); err != nil {
			if left := len(plan) - i - 1; left > 0 {
				err = fmt.Errorf("%w (%d more not run)", err, left)
			}
			return err
		}
	}
	return r.announce(ctx, PostMigrate, "post", plan, state)
}

// stateBefore is the state that the applied migrations make.
func (r *runner) stateBefore() (*State, error) {
	s := r.g.first()
	order, err := r.g.plan(r.g.keys)
	if err != nil {
		return nil, err
	}
	for _, k := range order {
		if !r.applied[k] {
			continue
		}
		if err := applyState(s, r.g.nodes[k]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func applyState(s *State, m *Migration) error {
	for i, op := range m.Operations {
		if err := op.State(s, m.App); err != nil {
			return fmt.Errorf("%w\n  in migration %s, operation %d: %s", err, m.Key(), i+1, op.Describe())
		}
	}
	return nil
}
