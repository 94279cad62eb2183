package migrate

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

func makeCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "makemigrations", Help: "Write migrations for changes of the models.", Args: "[app ...]",
		Long: "Compares the models with the state of the written migrations and writes a Go file for each application that differs, and the list of its migrations (migrations.go). An application that had none must then name the list in its App: Migrations: migrations.All().\n\nWithout a terminal, or with --noinput, nothing is asked: what would lose data or needs a value is refused with exit code 3 and the flag that answers it.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			o := makeOptions{answers: &Answers{Renames: map[string]string{}, Defaults: map[string]string{}}}
			flags.BoolVar(&o.dryRun, "dry-run", false, "show what would be written and write nothing; -v 3 shows the files")
			flags.BoolVar(&o.check, "check", false, "exit with 1 if there are changes without a migration, and write nothing")
			flags.BoolVar(&o.empty, "empty", false, "write a migration without operations")
			flags.BoolVar(&o.merge, "merge", false, "join conflicting lines of migrations")
			flags.BoolVar(&o.update, "update", false, "put the changes into the application's last migration, which must not be applied")
			flags.BoolVar(&o.scriptable, "scriptable", false, "write only the paths of the files to standard output, the rest to standard error")
			flags.BoolVar(&o.noHeader, "no-header", false, "leave out the comment at the top of the files")
			flags.StringVar(&o.name, "name", "", "name of the migration, without its number")
			flags.StringVar(&o.name, "n", "", "short for --name")
			flags.StringVar(&o.dir, "dir", "", "directory of the migrations (one application only)")
			flags.Var(pairsFlag(o.answers.Renames), "rename", "app.Old=New or app.Model.old=new: take the new name for the old one; may be repeated")
			flags.Var(pairsFlag(o.answers.Defaults), "default", "app.Model.field=VALUE: the value of existing rows in a new column; may be repeated")
			flags.BoolVar(&o.answers.AllowDrop, "allow-drop", false, "permit the removal of columns and tables without asking")
			flags.BoolVar(&o.safe, "safe", false, "divide the changes into steps that can run while the site serves: add, fill in batches, check, drop")
			return func(ctx context.Context, in *manage.Invocation) error { return makeMigrations(ctx, apps(ctx), o, in) }
		},
	}
}

// pairsFlag is a flag NAME=VALUE that may be repeated.
type pairsFlag map[string]string

// String is empty: the flag has no default.
func (p pairsFlag) String() string { return "" }

// Set takes one NAME=VALUE.
func (p pairsFlag) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		return errors.New("want NAME=VALUE")
	}
	p[name] = value
	return nil
}

type makeOptions struct {
	dryRun, check, empty, merge, update, scriptable, noHeader, safe bool
	name, dir                                                       string
	answers                                                         *Answers
}

func makeMigrations(ctx context.Context, apps []App, o makeOptions, in *manage.Invocation) error {
	for _, label := range in.Args {
		if !slices.ContainsFunc(apps, func(a App) bool { return a.Label == label }) {
			return fmt.Errorf("migrate: no application %q", label)
		}
	}
	if o.name != "" && !isIdentifier(o.name) {
		return fmt.Errorf("migrate: the name %q is not made of letters, digits and underscores", o.name)
	}
	w := &maker{o: o, apps: apps, in: in, log: in.Stdout}
	// Who develops with SQLite seldom serves with it: without another database Lint thinks of PostgreSQL.
	if d, err := orm.DialectOf(ctx, orm.DefaultDB); err == nil && d.Name != "sqlite" {
		w.dialect = d
	}
	if o.scriptable {
		w.log = in.Stderr
	}
	if err := w.consistent(ctx); err != nil {
		return err
	}
	if o.merge {
		return w.merge()
	}
	g, err := newGraph(apps)
	if err != nil {
		return err
	}
	w.g = g
	if o.empty {
		return w.empty()
	}
	var q Questions = o.answers
	if in.Interactive {
		q = &prompts{given: o.answers, in: bufio.NewReader(in.Stdin), out: in.Stdout}
	}
	ms, before, err := plan(g, apps, in.Args, q)
	if err != nil {
		return err
	}
	if len(ms) == 0 {
		if in.Verbosity > 0 {
			fmt.Fprintln(w.log, noChanges(in.Args))
		}
		return nil
	}
	if o.check {
		return w.show(ms)
	}
	// What is lost is shown before anything is written.
	if lost := drops(before, ms); len(lost) > 0 && !o.dryRun {
		if err := q.Drop(lost); err != nil {
			return err
		}
	}
	if err := o.answers.Refused(); err != nil && !o.dryRun {
		return &manage.ExitError{Code: 3, Err: err}
	}
	if o.safe && o.update {
		return manage.UsageErrorf("--safe writes several migrations, and --update none: take one of them")
	}
	if o.update {
		return w.update(ctx, ms)
	}
	if o.safe {
		if ms, w.notes, err = safe(g, before, ms); err != nil {
			return err
		}
	}
	for i := range ms {
		if o.name != "" {
			rename(ms, i, ms[i].Name[:5]+o.name, w.notes)
		}
	}
	return w.write(ms)
}

// rename gives a migration that is to be written another name, also where others need it.
func rename(ms []Migration, i int, name string, notes map[Key]string) {
	old := ms[i].Key()
	ms[i].Name = name
	for j := range ms {
		for k, d := range ms[j].Dependencies {
			if d == old {
				ms[j].Dependencies[k] = ms[i].Key()
			}
		}
	}
	if text, ok := notes[old]; ok {
		notes[ms[i].Key()] = strings.ReplaceAll(text, VariableName(old.Name), VariableName(name))
	}
}

func noChanges(labels []string) string {
	switch len(labels) {
	case 0:
		return "No changes detected"
	case 1:
		return fmt.Sprintf("No changes detected in app '%s'", labels[0])
	}
	return fmt.Sprintf("No changes detected in apps '%s'", strings.Join(labels, "', '"))
}

func isIdentifier(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Plan returns the migrations that are missing for the models. Questions that come up are refused.
func Plan(apps []App) ([]Migration, error) {
	g, err := newGraph(apps)
	if err != nil {
		return nil, err
	}
	answers := &Answers{AllowDrop: true}
	ms, _, err := plan(g, apps, nil, answers)
	if err == nil {
		err = answers.Refused()
	}
	return ms, err
}

// plan returns the missing migrations with their names and dependencies, for some applications and what they need, or all;
// and the state before them.
func plan(g *graph, apps []App, only []string, q Questions) ([]Migration, *State, error) {
	before, err := g.state()
	if err != nil {
		return nil, nil, err
	}
	want, err := FromModels(apps)
	if err != nil {
		return nil, nil, err
	}
	ms, err := Changes(before, want, q)
	if err != nil {
		return nil, nil, err
	}
	ms = nameAll(g, ms)
	if len(only) > 0 {
		ms = trim(ms, only)
	}
	return ms, before, nil
}

// state is what all written migrations make.
func (g *graph) state() (*State, error) {
	order, err := g.plan(g.keys)
	if err != nil {
		return nil, err
	}
	s := NewState()
	for _, k := range order {
		if err := applyState(s, g.nodes[k]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// nameAll optimises new migrations and gives them names, and names to what they depend on.
func nameAll(g *graph, ms []Migration) []Migration {
	last := map[string]Key{}
	number := map[string]int{}
	names := make([]Key, len(ms)+1)
	for i := range ms {
		m := &ms[i]
		m.Operations = Optimize(m.Operations, m.App)
		if number[m.App] == 0 {
			number[m.App] = nextNumber(g, m.App)
			if leaves := g.leaves(m.App); len(leaves) > 0 {
				last[m.App] = leaves[0]
			}
		}
		prev, has := last[m.App]
		first := !has
		m.Initial = first || has && g.nodes[prev] == nil && len(g.leaves(m.App)) == 0
		m.Name = Name(number[m.App], m.Operations, first)
		var deps []Key
		if has {
			deps = append(deps, prev)
		}
		for _, d := range m.Dependencies {
			switch {
			case strings.HasPrefix(d.Name, "#"):
				n, _ := strconv.Atoi(d.Name[1:])
				d = names[n]
			case d.Name == "":
				leaves := g.leaves(d.App)
				if len(leaves) == 0 {
					continue // its tables are made without migrations
				}
				d = leaves[0]
			}
			if !slices.Contains(deps, d) {
				deps = append(deps, d)
			}
		}
		m.Dependencies = deps
		names[i+1] = m.Key()
		last[m.App] = m.Key()
		number[m.App]++
	}
	return ms
}

// trim keeps the migrations of some applications and what they need.
func trim(ms []Migration, only []string) []Migration {
	needed := map[Key]bool{}
	for _, m := range slices.Backward(ms) {
		if !slices.Contains(only, m.App) && !needed[m.Key()] {
			continue
		}
		needed[m.Key()] = true
		for _, d := range m.Dependencies {
			needed[d] = true
		}
	}
	return slices.DeleteFunc(ms, func(m Migration) bool { return !needed[m.Key()] })
}

func nextNumber(g *graph, app string) int {
	n := 0
	for _, k := range g.keys {
		if k.App != app {
			continue
		}
		digits, _, _ := strings.Cut(k.Name, "_")
		if v, err := strconv.Atoi(digits); err == nil && v > n {
			n = v
		}
	}
	return n + 1
}

// maker writes migrations into files.
type maker struct {
	// dialect is that of the database that Lint thinks of.
	dialect *dialect.Dialect
	// notes stand above migrations in their files.
	notes map[Key]string
	// fresh are the migrations that are being written, in their order.
	fresh []Migration
	o     makeOptions
	apps  []App
	g     *graph
	in    *manage.Invocation
	log   interface{ Write(p []byte) (int, error) }
}

// consistent looks whether the databases' histories fit the migrations. A database that cannot be asked is said and passed over.
func (w *maker) consistent(ctx context.Context) error {
	g, err := writtenGraph(w.apps)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(orm.DatabasesFrom(ctx))) {
		r, err := newRunner(ctx, g, w.apps, Options{DB: name})
		if err != nil {
			fmt.Fprintf(w.in.Stderr, "%s\n", w.in.Style.Warning(fmt.Sprintf("The history of database %q could not be checked: %v", name, err)))
			continue
		}
		if err := r.consistent(); err != nil {
			return err
		}
	}
	return nil
}

// show lists what would be written, and fails.
func (w *maker) show(ms []Migration) error {
	w.fresh = ms
	for i := range ms {
		w.list(&ms[i], w.path(&ms[i]))
	}
	return &manage.ExitError{Code: 1}
}

// before is the state before a migration that is to be written, nil if it is not known.
func (w *maker) before(m *Migration) *State {
	if w.g == nil {
		return nil
	}
	if w.g.nodes[m.Key()] != nil {
		s, _ := w.g.stateBefore(m.Key())
		return s
	}
	s, err := w.g.state()
	if err != nil {
		return nil
	}
	for i := range w.fresh {
		if w.fresh[i].Key() == m.Key() {
			break
		}
		if applyState(s, &w.fresh[i]) != nil {
			return nil
		}
	}
	return s
}

func (w *maker) list(m *Migration, path string) {
	if w.in.Verbosity == 0 {
		return
	}
	fmt.Fprintf(w.log, "%s\n  %s\n", w.in.Style.MigrateHeading("Migrations for '"+m.App+"':"), path)
	for _, op := range m.Operations {
		fmt.Fprintf(w.log, "    %s %s\n", category(op), op.Describe())
	}
	if note := w.notes[m.Key()]; note != "" {
		_, note, _ = strings.Cut(note, " is ")
		fmt.Fprintf(w.log, "    %s\n", strings.ReplaceAll(note, "\n\n", "\n    "))
	}
	for _, warning := range Lint(m, w.before(m), LintOptions{Dialect: w.dialect}) {
		fmt.Fprintf(w.log, "    %s\n", w.in.Style.Warning("! "+warning.String()))
	}
}

func (w *maker) dir(app string) string {
	if w.o.dir != "" {
		return w.o.dir
	}
	for _, a := range w.apps {
		if a.Label == app && a.Dir != "" {
			return a.Dir
		}
	}
	return filepath.Join(app, "migrations")
}

func (w *maker) path(m *Migration) string { return filepath.Join(w.dir(m.App), m.Name+".go") }

func packageName(dir string) string {
	return strings.ReplaceAll(filepath.Base(dir), "-", "_")
}

// write writes migrations and the lists of their applications.
func (w *maker) write(ms []Migration) error {
	w.fresh = ms
	lists := map[string][]string{}
	for _, k := range w.g.keys {
		lists[k.App] = append(lists[k.App], k.Name)
	}
	changed := map[string]bool{}
	for i := range ms {
		m := &ms[i]
		if err := w.one(m, nil); err != nil {
			return err
		}
		if !slices.Contains(lists[m.App], m.Name) {
			lists[m.App] = append(lists[m.App], m.Name)
		}
		changed[m.App] = true
	}
	if w.o.dryRun {
		return nil
	}
	for app := range changed {
		if err := w.writeList(app, lists[app]); err != nil {
			return err
		}
	}
	return nil
}

// writeList writes the list of an application's migrations.
func (w *maker) writeList(app string, names []string) error {
	dir := w.dir(app)
	list, err := ListFile(packageName(dir), names)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "migrations.go"), list, 0o644)
}

// one writes the file of a migration.
func (w *maker) one(m *Migration, sources map[int]string) error {
	header := fileHeader
	if w.o.noHeader {
		header = ""
	}
	src, err := file(packageName(w.dir(m.App)), m, header, w.notes[m.Key()], sources)
	if err != nil {
		return err
	}
	path := w.path(m)
	w.list(m, path)
	if w.o.dryRun {
		if w.in.Verbosity >= 3 {
			fmt.Fprintf(w.log, "Full migrations file '%s':\n%s\n", filepath.Base(path), src)
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, src, 0o644); err != nil {
		return err
	}
	if w.o.scriptable {
		w.in.Printf("%s\n", path)
	}
	return nil
}

// empty writes a migration without operations for each application named.
func (w *maker) empty() error {
	if len(w.in.Args) == 0 {
		return manage.UsageErrorf("--empty needs the name of an application")
	}
	var ms []Migration
	for _, label := range w.in.Args {
		name := fmt.Sprintf("%04d_%s", nextNumber(w.g, label), or(w.o.name, "auto_"+time.Now().Format("20060102_1504")))
		leaves := w.g.leaves(label)
		if len(leaves) == 0 {
			name = fmt.Sprintf("%04d_%s", nextNumber(w.g, label), or(w.o.name, "initial"))
		}
		ms = append(ms, Migration{App: label, Name: name, Initial: len(leaves) == 0, Dependencies: leaves})
	}
	return w.write(ms)
}

// merge joins the ends of conflicting lines of migrations by one that needs them all.
func (w *maker) merge() error {
	g, err := readGraph(w.apps)
	if err != nil {
		return err
	}
	w.g = g
	var q Questions = w.o.answers
	if w.in.Interactive {
		q = &prompts{given: w.o.answers, in: bufio.NewReader(w.in.Stdin), out: w.in.Stdout}
	}
	var ms []Migration
	for _, a := range w.apps {
		leaves := g.leaves(a.Label)
		if len(leaves) < 2 || len(w.in.Args) > 0 && !slices.Contains(w.in.Args, a.Label) {
			continue
		}
		branches, clash := w.branches(leaves)
		if clash != "" && !w.in.Interactive {
			return fmt.Errorf("migrate: %s: both lines change %s; merging them needs a person (run makemigrations --merge in a terminal)", a.Label, clash)
		}
		if clash != "" {
			branches = append(branches, "Both lines change "+clash+".")
		}
		yes, err := q.Merge(a.Label, branches)
		if err != nil {
			return err
		}
		if !yes {
			continue
		}
		name := "merge_" + strings.Join(sortedNames(leaves), "_")
		if len(name) > 52 {
			name = "merge_" + time.Now().Format("20060102_1504")
		}
		ms = append(ms, Migration{App: a.Label, Name: fmt.Sprintf("%04d_%s", nextNumber(g, a.Label), or(w.o.name, name)), Dependencies: leaves})
	}
	if len(ms) == 0 {
		fmt.Fprintln(w.log, "No conflicts detected to merge.")
		return nil
	}
	return w.write(ms)
}

func sortedNames(keys []Key) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k.Name)
	}
	slices.Sort(out)
	return out
}

// branches describes what the lines have that the others have not, and names a field that two of them change.
func (w *maker) branches(leaves []Key) (lines []string, clash string) {
	count := map[Key]int{}
	var sets [][]Key
	for _, leaf := range leaves {
		set, err := w.g.plan([]Key{leaf})
		if err != nil {
			continue
		}
		sets = append(sets, set)
		for _, k := range set {
			count[k]++
		}
	}
	touched := map[string]int{}
	for i, set := range sets {
		lines = append(lines, "  Branch "+leaves[i].Name)
		for _, k := range set {
			if count[k] == len(sets) {
				continue
			}
			for _, op := range w.g.nodes[k].Operations {
				lines = append(lines, "    "+category(op)+" "+op.Describe())
				model, field := targetOf(op)
				if model == "" {
					continue
				}
				what := low(model + " " + field)
				if was, ok := touched[what]; ok && was != i {
					clash = strings.TrimSuffix(strings.ReplaceAll(what, " ", "."), ".")
				}
				touched[what] = i
			}
		}
	}
	return lines, clash
}

// update puts new operations into the last migration of each application.
func (w *maker) update(ctx context.Context, ms []Migration) error {
	for i := range ms {
		m := &ms[i]
		leaves := w.g.leaves(m.App)
		if len(leaves) == 0 {
			return fmt.Errorf("migrate: application %s has no migration to update", m.App)
		}
		last := w.g.nodes[leaves[0]]
		if err := w.updatable(ctx, last); err != nil {
			return err
		}
		merged := *last
		merged.Operations = Optimize(append(slices.Clone(last.Operations), m.Operations...), m.App)
		for _, d := range m.Dependencies {
			if d != last.Key() && !slices.Contains(merged.Dependencies, d) {
				merged.Dependencies = append(merged.Dependencies, d)
			}
		}
		for _, op := range merged.Operations {
			if hasCode(op) {
				return fmt.Errorf("migrate: %s has Go code, which cannot be written again (edit the file by hand)", last.Key())
			}
		}
		if w.o.name != "" {
			merged.Name = last.Name[:5] + w.o.name
		}
		if err := w.one(&merged, nil); err != nil {
			return err
		}
		if w.o.dryRun || merged.Name == last.Name {
			continue
		}
		if err := os.Remove(w.path(last)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		var names []string
		for _, k := range w.g.keys {
			if k == last.Key() {
				k.Name = merged.Name
			}
			if k.App == m.App {
				names = append(names, k.Name)
			}
		}
		if err := w.writeList(m.App, names); err != nil {
			return err
		}
	}
	return nil
}

// updatable refuses to change a migration that is applied, squashed, or needed by another.
func (w *maker) updatable(ctx context.Context, m *Migration) error {
	if len(m.Replaces) > 0 {
		return fmt.Errorf("migrate: %s is squashed and cannot be updated", m.Key())
	}
	for k, deps := range w.g.deps {
		if slices.Contains(deps, m.Key()) {
			return fmt.Errorf("migrate: %s cannot be updated: %s needs it", m.Key(), k)
		}
	}
	for name := range orm.DatabasesFrom(ctx) {
		applied, err := (recorder{name}).applied(ctx)
		if err == nil && applied[m.Key()] {
			return fmt.Errorf("migrate: %s is applied and cannot be updated (undo it first: migrate %s PREVIOUS)", m.Key(), m.App)
		}
	}
	return nil
}

// hasCode says that an operation holds Go functions.
func hasCode(op Operation) bool {
	switch op := op.(type) {
	case RunGo:
		return true
	case SeparateDatabaseAndState:
		return slices.ContainsFunc(op.Database, hasCode) || slices.ContainsFunc(op.States, hasCode)
	case RunSQL:
		return slices.ContainsFunc(op.StateOperations, hasCode)
	}
	w := &goWriter{}
	w.value(reflectValue(op))
	return w.err != nil
}
