package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

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
	if fake {
		r.printf(" FAKED\n")
	} else {
		r.printf(" OK (%s)\n", time.Since(start).Round(time.Millisecond))
	}
	return nil
}

// do applies a migration. Another process may have done so since we looked: its record is checked inside the transaction.
func (r *runner) do(ctx context.Context, m *Migration, state *State, fake bool) error {
	if fake {
		if err := applyState(state, m); err != nil {
			return err
		}
		if err := r.forgetJournal(ctx, m); err != nil {
			return err
		}
		return r.record(ctx, m)
	}
	return r.inTransaction(ctx, m, func(ctx context.Context, e *Editor) error {
		applied, err := r.rec.applied(ctx)
		if err != nil {
			return err
		}
		skip := applied[m.Key()]
		for i, op := range m.Operations {
			before := state.Clone()
			if err := op.State(state, m.App); err != nil {
				return err
			}
			if skip || !allowed(ctx, r.o.DB, m.App, op, before, state) {
				continue
			}
			err := e.progress.run(ctx, e, i, op, func(ctx context.Context) error { return op.Forward(ctx, e, m.App, before, state) })
			if err != nil {
				return fmt.Errorf("%s: %w", op.Describe(), err)
			}
		}
		if skip {
			return nil
		}
		if err := e.end(ctx); err != nil {
			return err
		}
		return e.recorded(ctx, func(ctx context.Context) error { return r.record(ctx, m) })
	})
}

// record writes that a migration is applied. A squashed one is recorded with all that it replaces, as Django does.
func (r *runner) record(ctx context.Context, m *Migration) error {
	for _, k := range append(slices.Clone(m.Replaces), m.Key()) {
		if r.applied[k] {
			continue
		}
		if err := r.rec.record(ctx, k); err != nil {
			return err
		}
		r.applied[k] = true
	}
	return nil
}

// forget deletes the record of a migration, and of those that it replaces.
func (r *runner) forget(ctx context.Context, m *Migration) error {
	for _, k := range append(slices.Clone(m.Replaces), m.Key()) {
		if err := r.rec.forget(ctx, k); err != nil {
			return err
		}
		delete(r.applied, k)
	}
	return nil
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
		if err := r.forgetJournal(ctx, m); err != nil {
			return err
		}
		return r.forget(ctx, m)
	}
	r.undoing = true
	defer func() { r.undoing = false }()
	return r.inTransaction(ctx, m, func(ctx context.Context, e *Editor) error {
		for i, op := range slices.Backward(m.Operations) {
			if !allowed(ctx, r.o.DB, m.App, op, states[i], states[i+1]) {
				continue
			}
			err := e.progress.run(ctx, e, i, op, func(ctx context.Context) error { return op.Backward(ctx, e, m.App, states[i+1], states[i]) })
			if err != nil {
				return fmt.Errorf("%s: %w", op.Describe(), err)
			}
		}
		if err := e.end(ctx); err != nil {
			return err
		}
		return e.recorded(ctx, func(ctx context.Context) error { return r.forget(ctx, m) })
	})
}

// end runs what was put off. SQLite's foreign keys are off meanwhile: without a transaction, whose end would do so, they are
// checked here.
func (e *Editor) end(ctx context.Context) error {
	if err := e.finish(ctx); err != nil || e.atomic || e.d.Name != "sqlite" {
		return err
	}
	return checkForeignKeys(ctx, e.db)
}

// inTransaction runs a migration in a transaction, where the database can roll back DDL. SQLite's foreign keys are off
// meanwhile, since tables are made anew, and checked before the end.
func (r *runner) inTransaction(ctx context.Context, m *Migration, f func(ctx context.Context, e *Editor) error) error {
	d, err := orm.DialectOf(ctx, r.o.DB)
	if err != nil {
		return err
	}
	e := editorFor(ctx, d, r.o.DB, false)
	e.atomic, e.say = !m.NonAtomic, r.printf
	if d.Name == "sqlite" {
		if _, err := orm.ExecOn(ctx, r.o.DB, "PRAGMA foreign_keys = OFF"); err != nil {
			return err
		}
		defer func() {
			_, _ = orm.ExecOn(context.WithoutCancel(ctx), r.o.DB, "PRAGMA foreign_keys = ON")
		}()
	}
	if m.NonAtomic || !d.TransactionalDDL {
		if err := r.withoutTransaction(ctx, e, m, f); err != nil {
			return stopped(m, e, err)
		}
		return nil
	}
	return orm.AtomicWith(ctx, orm.AtomicOptions{DB: r.o.DB}, func(ctx context.Context) error {
		if err := r.timeouts(ctx, e, m); err != nil {
			return err
		}
		if err := f(ctx, e); err != nil {
			return err
		}
		if d.Name == "sqlite" {
			return checkForeignKeys(ctx, r.o.DB)
		}
		return nil
	})
}

// withoutTransaction runs a migration that nothing takes back. On MySQL a journal tells the next process how far it came.
func (r *runner) withoutTransaction(ctx context.Context, e *Editor, m *Migration, f func(ctx context.Context, e *Editor) error) error {
	e.keep = true
	if e.d.Name == "postgresql" {
		e.lockTimeout = cmp.Or(m.LockTimeout, r.o.LockTimeout)
	}
	var err error
	if e.d.TransactionalDDL || m.App == "syncdb" {
		if e.progress, err = r.openProgress(ctx, e, m); err != nil {
			return err
		}
		return f(ctx, e)
	}
	if err := r.timeouts(ctx, e, m); err != nil {
		return err
	}
	if e.journal, err = openJournal(ctx, r.o.DB, m.Key(), r.undoing); err != nil {
		return err
	}
	e.journal.nonAtomic, e.journal.limit = m.NonAtomic, e.limit
	if n := len(e.journal.old); n > 0 {
		r.printf(" (going on after %d statements)", n)
	}
	return errors.Join(f(ctx, e), dropJournal(ctx, r.o.DB))
}

// stopped says which statements of a migration without a transaction have run, and how to go on.
func stopped(m *Migration, e *Editor, err error) error {
	switch {
	case len(e.ran) == 0:
		return fmt.Errorf("%w (no statement of the migration has run before; migrate again when the cause is gone)", err)
	case e.journal == nil && !slices.ContainsFunc(m.Operations, func(op Operation) bool { return !goesOn(op) }):
		return fmt.Errorf("%w\nThe migration has no transaction around it. These statements have run and stay:\n  %s\nMigrate again when the cause is gone: it goes on after them", err, strings.Join(e.ran, ";\n  "))
	case e.journal != nil:
		return fmt.Errorf("%w\nThe database cannot take changes of tables back. These statements have run and stay:\n  %s\nMigrate again when the cause is gone: it goes on after them. %s", err, strings.Join(e.ran, ";\n  "), e.journal.wayOut())
	case e.progress != nil:
		again := ""
		if op := e.progress.begun; op != nil && !ownTransaction(op) {
			again = fmt.Sprintf(" (%q begins anew)", op.Describe())
		}
		return fmt.Errorf("%w\nThe migration has no transaction around it. These statements have run and stay:\n  %s\nMigrate again when the cause is gone: it goes on after the operations that are done%s. Or do the rest by hand and record it: migrate --fake %s %s", err, strings.Join(e.ran, ";\n  "), again, m.App, m.Name)
	}
	return fmt.Errorf("%w\nThe migration has no transaction around it. These statements have run and stay:\n  %s\nTake them back by hand and migrate again, or do the rest by hand and record it: migrate --fake %s %s", err, strings.Join(e.ran, ";\n  "), m.App, m.Name)
}

// timeouts limits how long statements of a migration wait and run.
func (r *runner) timeouts(ctx context.Context, e *Editor, m *Migration) error {
	lock, statement := cmp.Or(m.LockTimeout, r.o.LockTimeout), cmp.Or(m.StatementTimeout, r.o.StatementTimeout)
	if e.d.Name == "mysql" && (lock > 0 || statement > 0) {
		return e.mysqlTimeouts(lock, statement)
	}
	if e.d.Name != "postgresql" {
		return nil
	}
	for name, d := range map[string]time.Duration{"lock_timeout": lock, "statement_timeout": statement} {
		if d <= 0 {
			continue
		}
		if err := e.Execute(ctx, fmt.Sprintf("SET LOCAL %s = %d", name, max(d.Milliseconds(), 1))); err != nil {
			return err
		}
	}
	return nil
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
//
// Django 6.1 django/db/migrations/executor.py detect_soft_applied.
func (r *runner) initialApplied(ctx context.Context, m *Migration, state *State) (bool, error) {
	d, err := orm.DialectOf(ctx, r.o.DB)
	if err != nil {
		return false, err
	}
	after := state.Clone()
	if err := applyState(after, m); err != nil {
		return false, err
	}
	_, list, err := after.tables()
	if err != nil {
		return false, err
	}
	made := map[string]bool{}
	columns := map[string][]string{}
	for _, op := range m.Operations {
		if !allowed(ctx, r.o.DB, m.App, op, after) {
			continue
		}
		switch op := op.(type) {
		case CreateModel:
			made[stateKey(m.App, op.Name)] = true
		case AddField:
			if t := after.Model(m.App, op.Model); t != nil {
				if f := t.Field(op.Field.Name); f != nil && f.HasColumn() {
					columns[t.Table] = append(columns[t.Table], f.ColumnName())
				}
			}
		}
	}
	found := false
	for _, t := range list {
		owner := made[low(t.Label())] || slices.ContainsFunc(after.Models(), func(o *schema.Model) bool {
			return made[low(o.Label())] && o.App == t.App && strings.HasPrefix(t.Name, o.Name+"_") && after.Model(t.App, t.Name) == nil
		})
		if !owner && len(columns[t.Table]) == 0 {
			continue
		}
		live, err := introspectTable(ctx, d, r.o.DB, t.Table)
		if err != nil {
			return false, err
		}
		if len(live.Columns) == 0 {
			return false, nil
		}
		for _, col := range columns[t.Table] {
			if live.column(col) == nil {
				return false, nil
			}
		}
		found = true
	}
	return found, nil
}

// syncDB makes the tables of applications without migrations.
func (r *runner) syncDB(ctx context.Context) error {
	if !r.o.SyncDB || r.o.App != "" && slices.ContainsFunc(r.apps, func(a App) bool { return a.Label == r.o.App && a.migrated() }) {
		return nil
	}
	have, err := tables(ctx, r.o.DB)
	if err != nil {
		return err
	}
	d, err := orm.DialectOf(ctx, r.o.DB)
	if err != nil {
		return err
	}
	full, err := FromModels(r.apps)
	if err != nil {
		return err
	}
	full.in(d.MaxName)
	m := &Migration{App: "syncdb", Name: "syncdb"}
	r.printf("Synchronizing apps without migrations:\n  Creating tables...\n")
	return r.inTransaction(ctx, m, func(ctx context.Context, e *Editor) error {
		for _, a := range r.apps {
			if a.migrated() || r.o.App != "" && a.Label != r.o.App {
				continue
			}
			for _, om := range a.Models {
				sm := full.ByLabel(om.Label())
				if sm == nil || !sm.HasTable() || have[sm.Table] || !allowed(ctx, r.o.DB, sm.App, CreateModel{Name: sm.Name}, full) {
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

// prune deletes the records of an application's migrations that no longer exist. Those that a squashed migration still
// names are needed to know that it is applied.
func (r *runner) prune(ctx context.Context) error {
	if r.o.App == "" {
		return errors.New("migrate: --prune needs an application")
	}
	if r.o.Target != "" {
		return errors.New("migrate: --prune takes an application only")
	}
	recorded, err := r.rec.applied(ctx)
	if err != nil {
		return err
	}
	var gone []Key
	for k := range recorded {
		if k.App == r.o.App && r.written.nodes[k] == nil {
			gone = append(gone, k)
		}
	}
	slices.SortFunc(gone, func(a, b Key) int { return strings.Compare(a.Name, b.Name) })
	var holders []string
	for _, k := range r.written.keys {
		if slices.ContainsFunc(r.written.nodes[k].Replaces, func(o Key) bool { return slices.Contains(gone, o) }) {
			holders = append(holders, k.String())
		}
	}
	if len(holders) > 0 {
		return fmt.Errorf("migrate: --prune would delete records that these squashed migrations name in Replaces: %s (run migrate, then take Replaces out of them)", strings.Join(holders, ", "))
	}
	r.printf("Pruning migrations:\n")
	if len(gone) == 0 {
		r.printf("  No migrations to prune.\n")
	}
	for _, k := range gone {
		r.printf("  Pruning %s...", k)
		if err := r.rec.forget(ctx, k); err != nil {
			return err
		}
		r.printf(" OK\n")
	}
	return nil
}
