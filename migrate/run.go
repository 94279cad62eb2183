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
	// Prune deletes the records of migrations that no longer exist.
	Prune bool
	// Out takes the progress in Django's words. Default: nowhere. Verbosity 0 writes nothing, 2 adds times.
	Out       io.Writer
	Verbosity int
}

// Run brings a database to the state of the written migrations.
func Run(ctx context.Context, apps []App, o Options) error {
	if o.Out == nil {
		o.Out = io.Discard
	}
	g, err := newGraph(apps)
	if err != nil {
		return err
	}
	r, err := newRunner(ctx, g, apps, o)
	if err != nil {
		return err
	}
	if err := r.consistent(); err != nil {
		return err
	}
	plan, err := r.plan()
	if err != nil {
		return err
	}
	if o.Plan {
		return r.writePlan(plan)
	}
	return r.run(ctx, plan)
}

// Unapplied returns the migrations that the database of the context lacks, as "app.name", in the order in which they would
// run.
func Unapplied(ctx context.Context, apps []App) ([]string, error) {
	g, err := newGraph(apps)
	if err != nil {
		return nil, err
	}
	r, err := newRunner(ctx, g, apps, Options{})
	if err != nil {
		return nil, err
	}
	all, err := g.plan(g.keys)
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

type runner struct {
	g       *graph
	o       Options
	rec     recorder
	apps    []App
	applied map[Key]bool
	// squashed are migrations whose replaced ones were all applied: they only need a record.
	squashed []Key
}

// newRunner looks at which migrations the database has.
func newRunner(ctx context.Context, g *graph, apps []App, o Options) (*runner, error) {
	r := &runner{g: g, o: o, rec: recorder{o.DB}, apps: apps}
	var err error
	if r.applied, err = r.rec.applied(ctx); err != nil {
		return nil, err
	}
	r.recognise()
	return r, nil
}

// step is a migration with its direction.
type step struct {
	key      Key
	backward bool
}

// recognise takes a squashed migration as applied when all that it replaces are.
func (r *runner) recognise() {
	for _, k := range r.g.keys {
		m := r.g.nodes[k]
		if len(m.Replaces) == 0 || r.applied[k] {
			continue
		}
		all := true
		for _, old := range m.Replaces {
			all = all && r.applied[old]
		}
		if all {
			r.applied[k] = true
			r.squashed = append(r.squashed, k)
		}
	}
}

// consistent refuses a history in which a migration was applied before one that it needs.
func (r *runner) consistent() error {
	for _, k := range r.g.keys {
		if !r.applied[k] {
			continue
		}
		for _, d := range r.g.deps[k] {
			if !r.applied[d] {
				return fmt.Errorf("migrate: migration %s is applied before its dependency %s (inconsistent history)", k, d)
			}
		}
	}
	return nil
}

// plan decides what to do.
func (r *runner) plan() ([]step, error) {
	var targets []Key
	switch {
	case r.o.App == "":
		targets = r.g.keys
	case !slices.ContainsFunc(r.apps, func(a App) bool { return a.Label == r.o.App }):
		return nil, fmt.Errorf("migrate: no application %q", r.o.App)
	case r.o.Target == "zero":
		var steps []step
		for _, k := range r.g.keys {
			if k.App == r.o.App {
				steps = r.backTo(steps, k, true)
			}
		}
		return steps, nil
	case r.o.Target != "":
		k, err := r.find(r.o.App, r.o.Target)
		if err != nil {
			return nil, err
		}
		if r.applied[k] { // go back to it: undo those of the application that come after
			var steps []step
			for _, d := range r.g.dependents(k) {
				if d != k && d.App == k.App {
					steps = r.backTo(steps, d, true)
				}
			}
			return steps, nil
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

// backTo adds the undoing of a migration and all that need it.
func (r *runner) backTo(steps []step, k Key, _ bool) []step {
	for _, d := range r.g.dependents(k) {
		s := step{key: d, backward: true}
		if r.applied[d] && !slices.Contains(steps, s) {
			steps = append(steps, s)
		}
	}
	// What depends on others must go first, whatever the order in which it was found.
	order, _ := r.g.plan(r.g.keys)
	slices.SortStableFunc(steps, func(a, b step) int { return slices.Index(order, b.key) - slices.Index(order, a.key) })
	return steps
}

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
		return Key{}, fmt.Errorf("migrate: application %q has no migration %q", app, name)
	}
	return Key{}, fmt.Errorf("migrate: %q names more than one migration of %q: %s", name, app, join(found))
}

func (r *runner) printf(format string, args ...any) {
	if r.o.Verbosity > 0 {
		fmt.Fprintf(r.o.Out, format, args...)
	}
}

func (r *runner) writePlan(plan []step) error {
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
	}
	return nil
}

func (r *runner) run(ctx context.Context, plan []step) error {
	d, err := orm.DialectOf(ctx, r.o.DB)
	if err != nil {
		return err
	}
	r.head()
	if err := r.syncDB(ctx); err != nil {
		return err
	}
	if len(plan) > 0 || len(r.squashed) > 0 || r.o.Prune {
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
	if r.o.Prune {
		if err := r.prune(ctx); err != nil {
			return err
		}
	}
	if len(plan) == 0 {
		r.printf("  No migrations to apply.\n")
		return nil
	}
	state, err := r.stateBefore()
	if err != nil {
		return err
	}
	for _, st := range plan {
		if err := r.apply(ctx, st, state); err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) head() {
	r.printf("Operations to perform:\n")
	if r.o.App != "" {
		target := "all migrations"
		if r.o.Target != "" {
			r.printf("  Target specific migration: %s, from %s\n", r.o.Target, r.o.App)
			return
		}
		r.printf("  Apply %s: %s\n", target, r.o.App)
		return
	}
	var labels []string
	for _, a := range r.apps {
		if len(a.Migrations) > 0 {
			labels = append(labels, a.Label)
		}
	}
	slices.Sort(labels)
	list := strings.Join(labels, ", ")
	if list == "" {
		list = "(none)"
	}
	r.printf("  Apply all migrations: %s\n", list)
}

// stateBefore is the state that the applied migrations make.
func (r *runner) stateBefore() (*State, error) {
	s := NewState()
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

// apply runs one migration and changes state along with it.
func (r *runner) apply(ctx context.Context, st step, state *State) error {
	m := r.g.nodes[st.key]
	verb, fake := "Applying", r.o.Fake
	if st.backward {
		verb = "Unapplying"
	}
	r.printf("  %s %s...", verb, st.key)
	start := time.Now()
	if !fake && !st.backward && r.o.FakeInitial && m.Initial {
		there, err := r.initialApplied(ctx, m, state)
		if err != nil {
			return err
		}
		fake = there
	}
	var err error
	if st.backward {
		err = r.undo(ctx, m, state, fake)
	} else {
		err = r.do(ctx, m, state, fake)
	}
	if err != nil {
		r.printf("\n")
		return fmt.Errorf("migrate: %s: %w", st.key, err)
	}
	switch {
	case fake:
		r.printf(" FAKED")
	default:
		r.printf(" OK")
	}
	if r.o.Verbosity > 1 {
		r.printf(" (%.3fs)", time.Since(start).Seconds())
	}
	r.printf("\n")
	return nil
}

// do applies a migration. Another process may have done so since we looked: its record is checked inside the transaction.
func (r *runner) do(ctx context.Context, m *Migration, state *State, fake bool) error {
	if fake {
		if err := applyState(state, m); err != nil {
			return err
		}
		return r.rec.record(ctx, m.Key())
	}
	return r.inTransaction(ctx, m, func(ctx context.Context, e *Editor) error {
		applied, err := r.rec.applied(ctx)
		if err != nil {
			return err
		}
		skip := applied[m.Key()]
		for _, op := range m.Operations {
			before := state.Clone()
			if err := op.State(state, m.App); err != nil {
				return err
			}
			if skip {
				continue
			}
			if err := op.Forward(ctx, e, m.App, before, state); err != nil {
				return fmt.Errorf("%s: %w", op.Describe(), err)
			}
		}
		if skip {
			return nil
		}
		if err := e.finish(ctx); err != nil {
			return err
		}
		return r.rec.record(ctx, m.Key())
	})
}

// undo takes a migration back. The states before each of its operations are made anew from the applied migrations.
func (r *runner) undo(ctx context.Context, m *Migration, state *State, fake bool) error {
	delete(r.applied, m.Key())
	before, err := r.stateBefore()
	if err != nil {
		return err
	}
	states := []*State{before.Clone()}
	for _, op := range m.Operations {
		next := states[len(states)-1].Clone()
		if err := op.State(next, m.App); err != nil {
			return err
		}
		states = append(states, next)
	}
	*state = *before
	if fake {
		return r.rec.forget(ctx, m.Key())
	}
	return r.inTransaction(ctx, m, func(ctx context.Context, e *Editor) error {
		for i, op := range slices.Backward(m.Operations) {
			if err := op.Backward(ctx, e, m.App, states[i+1], states[i]); err != nil {
				return fmt.Errorf("%s: %w", op.Describe(), err)
			}
		}
		if err := e.finish(ctx); err != nil {
			return err
		}
		return r.rec.forget(ctx, m.Key())
	})
}

// inTransaction runs a migration in a transaction, where the database can roll back DDL. SQLite's foreign keys are off
// meanwhile, since tables are made anew, and checked before the end.
func (r *runner) inTransaction(ctx context.Context, m *Migration, f func(ctx context.Context, e *Editor) error) error {
	d, err := orm.DialectOf(ctx, r.o.DB)
	if err != nil {
		return err
	}
	e := newEditor(d, r.o.DB, false)
	if d.Name == "sqlite" {
		if _, err := orm.ExecOn(ctx, r.o.DB, "PRAGMA foreign_keys = OFF"); err != nil {
			return err
		}
		defer func() {
			_, _ = orm.ExecOn(context.WithoutCancel(ctx), r.o.DB, "PRAGMA foreign_keys = ON")
		}()
	}
	if m.NonAtomic || !d.TransactionalDDL {
		return f(ctx, e)
	}
	return orm.AtomicWith(ctx, orm.AtomicOptions{DB: r.o.DB}, func(ctx context.Context) error {
		if err := f(ctx, e); err != nil {
			return err
		}
		if d.Name == "sqlite" {
			return checkForeignKeys(ctx, r.o.DB)
		}
		return nil
	})
}

func checkForeignKeys(ctx context.Context, db string) error {
	var problems []error
	err := orm.QueryOn(ctx, db, "PRAGMA foreign_key_check", nil, func(cols []any) error {
		if len(problems) < 5 {
			problems = append(problems, fmt.Errorf("row %v of table %v points to a row of %v that does not exist", cols[1], cols[0], cols[2]))
		}
		return nil
	})
	return errors.Join(append(problems, err)...)
}

// initialApplied says that the tables and columns that an initial migration would make are there.
func (r *runner) initialApplied(ctx context.Context, m *Migration, state *State) (bool, error) {
	have, err := tables(ctx, r.o.DB)
	if err != nil {
		return false, err
	}
	after := state.Clone()
	if err := applyState(after, m); err != nil {
		return false, err
	}
	found := false
	for _, op := range m.Operations {
		if c, ok := op.(CreateModel); ok {
			t := after.Model(m.App, c.Name)
			if t == nil || t.Unmanaged {
				continue
			}
			if !have[t.Table] {
				return false, nil
			}
			found = true
		}
	}
	return found, nil
}

// syncDB makes the tables of applications without migrations.
func (r *runner) syncDB(ctx context.Context) error {
	if !r.o.SyncDB || r.o.App != "" {
		return nil
	}
	have, err := tables(ctx, r.o.DB)
	if err != nil {
		return err
	}
	full, err := FromModels(r.apps)
	if err != nil {
		return err
	}
	m := &Migration{App: "syncdb", Name: "syncdb"}
	r.printf("Synchronizing apps without migrations:\n  Creating tables...\n")
	return r.inTransaction(ctx, m, func(ctx context.Context, e *Editor) error {
		for _, a := range r.apps {
			if len(a.Migrations) > 0 {
				continue
			}
			for _, om := range a.Models {
				sm := full.ByLabel(om.Label())
				if sm == nil || sm.Unmanaged || have[sm.Table] {
					continue
				}
				r.printf("    Creating table %s\n", sm.Table)
				if err := e.CreateTable(ctx, full, sm); err != nil {
					return fmt.Errorf("migrate: table %s: %w", sm.Table, err)
				}
				have[sm.Table] = true
			}
		}
		r.printf("    Running deferred SQL...\n")
		return e.finish(ctx)
	})
}

func (r *runner) prune(ctx context.Context) error {
	if r.o.App == "" {
		return errors.New("migrate: --prune needs an application")
	}
	for k := range r.applied {
		if k.App != r.o.App || r.g.nodes[k] != nil {
			continue
		}
		r.printf("  Pruning %s... OK\n", k)
		if err := r.rec.forget(ctx, k); err != nil {
			return err
		}
	}
	return nil
}
