package migrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
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
	// Check only looks: ErrUnapplied says that there is something to do.
	Check bool
	// Prune deletes the records of an application's migrations that no longer exist, and does nothing else.
	Prune bool
	// LockTimeout and StatementTimeout hold for migrations that do not set their own (PostgreSQL and MariaDB). Default: the database's own.
	LockTimeout, StatementTimeout time.Duration
	// Out takes the progress in Django's words. Default: nowhere. Verbosity 0 writes nothing.
	Out       io.Writer
	Verbosity int
	// Interactive says that Before and After may ask a person.
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
	return r, plan, err
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
	for _, k := range r.g.keys {
		if r.applied[k] && !recorded[k] {
			r.squashed = append(r.squashed, k)
		}
	}
	return r, nil
}

// step is a migration with its direction.
type step struct {
	key      Key
	backward bool
}

// consistent refuses a history in which a migration was applied before one that it needs.
func (r *runner) consistent() error {
	for _, k := range r.g.keys {
		if !r.applied[k] {
			continue
		}
		for _, d := range r.g.deps[k] {
			if !r.applied[d] {
				return fmt.Errorf("migrate: migration %s is applied before its dependency %s on database %q (inconsistent history)", k, d, or(r.o.DB, "default"))
			}
		}
	}
	return nil
}

// plan decides what to do.
func (r *runner) plan() ([]step, error) {
	if r.o.Prune {
		return nil, nil
	}
	var targets []Key
	switch {
	case r.o.App == "":
		targets = r.g.keys
	case !slices.ContainsFunc(r.apps, func(a App) bool { return a.Label == r.o.App }):
		return nil, fmt.Errorf("migrate: no application %q", r.o.App)
	case r.o.Target == "zero":
		return r.backTo(func(k Key) bool { return k.App == r.o.App })
	case r.o.Target != "":
		k, err := r.find(r.o.App, r.o.Target)
		if err != nil {
			return nil, err
		}
		if r.applied[k] { // go back to it: undo those of the application that come after
			after := r.g.dependents(k)
			return r.backTo(func(d Key) bool { return d != k && d.App == k.App && slices.Contains(after, d) })
		}
		targets = []Key{k}
	default:
		for _, k := range r.g.keys {
			if k.App == r.o.App {
				targets = append(targets, k)
			}
		}
		if len(targets) == 0 {
			return nil, fmt.Errorf("migrate: application %q has no migrations", r.o.App)
		}
	}
	order, err := r.g.plan(targets)
	if err != nil {
		return nil, err
	}
	var steps []step
	for _, k := range order {
		if !r.applied[k] {
			steps = append(steps, step{key: k})
		}
	}
	return steps, nil
}

// backTo is the undoing of some migrations and of all that need them, last first.
func (r *runner) backTo(undo func(Key) bool) ([]step, error) {
	order, err := r.g.plan(r.g.keys)
	if err != nil {
		return nil, err
	}
	gone := map[Key]bool{}
	var steps []step
	for _, k := range order {
		if undo(k) || slices.ContainsFunc(r.g.deps[k], func(d Key) bool { return gone[d] }) {
			gone[k] = true
			if r.applied[k] {
				steps = append(steps, step{key: k, backward: true})
			}
		}
	}
	slices.Reverse(steps)
	return steps, nil
}

// find returns the migration with a name or a unique beginning of one.
func (r *runner) find(app, name string) (Key, error) {
	var found []Key
	for _, k := range r.g.keys {
		if k.App != app {
			continue
		}
		if k.Name == name {
			return k, nil
		}
		if strings.HasPrefix(k.Name, name) {
			found = append(found, k)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		k := Key{app, name}
		for _, o := range r.g.keys {
			if slices.Contains(r.g.nodes[o].Replaces, k) {
				return Key{}, fmt.Errorf("migrate: %s is replaced by %s (name that one)", k, o)
			}
		}
		return Key{}, fmt.Errorf("migrate: application %q has no migration %q", app, name)
	}
	return Key{}, fmt.Errorf("migrate: %q names more than one migration of %q: %s", name, app, join(found))
}

func (r *runner) printf(format string, args ...any) {
	if r.o.Verbosity > 0 {
		fmt.Fprintf(r.o.Out, format, args...)
	}
}

// writePlan lists the operations of a plan, and what is dangerous about them on this database. A new database has no rows to
// care for.
func (r *runner) writePlan(ctx context.Context, plan []step) error {
	warnings := map[Key][]Warning{}
	if len(r.applied) > 0 {
		d, err := orm.DialectOf(ctx, r.o.DB)
		if err != nil {
			return err
		}
		o := LintOptions{Dialect: d, Rows: tableRows(ctx, r.o.DB, d)}
		if err := r.lintPlan(plan, o, func(k Key, list []Warning) { warnings[k] = list }); err != nil {
			return err
		}
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
	state, err := r.stateBefore()
	if err != nil {
		return err
	}
	if err := r.events(ctx, "pre", plan, state); err != nil {
		return err
	}
	if err := r.syncDB(ctx); err != nil {
		return err
	}
	if len(plan) > 0 || len(r.squashed) > 0 {
		if err := r.rec.ensure(ctx, newEditor(d, r.o.DB, false)); err != nil {
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
	return r.events(ctx, "post", plan, state)
}

// unwritten says which applications have models that differ from their migrations.
func (r *runner) unwritten() {
	if r.o.Verbosity == 0 {
		return
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
	for _, op := range m.Operations {
		if err := op.State(s, m.App); err != nil {
			return fmt.Errorf("%w (in migration %s)", err, m.Key())
		}
	}
	return nil
}
