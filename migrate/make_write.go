package migrate

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

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
		if warning.ID == "migrations.W110" && strings.Contains(w.notes[m.Key()], dropsNote) {
			continue // the note has said so
		}
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
	if err := w.strangers(ms); err != nil {
		return err
	}
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
	w.listHint(ms)
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
