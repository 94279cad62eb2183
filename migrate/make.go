package migrate

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm/schema"
)

func makeCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "makemigrations", Help: "Write migrations for changes of the models.", Args: "[app ...]",
		Long: "Compares the models with the state of the written migrations and writes a Go file for each application that differs, and the list of its migrations (migrations.go). An application that had none must then name the list in its App: Migrations: migrations.All().",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			o := makeOptions{}
			flags.BoolVar(&o.dryRun, "dry-run", false, "show what would be written and write nothing")
			flags.BoolVar(&o.check, "check", false, "exit with 1 if there are changes without a migration, and write nothing")
			flags.BoolVar(&o.empty, "empty", false, "write a migration without operations")
			flags.StringVar(&o.name, "name", "", "name of the migration, without its number")
			flags.StringVar(&o.dir, "dir", "", "directory of the migrations (one application only)")
			return func(ctx context.Context, in *manage.Invocation) error { return makeMigrations(apps(ctx), o, in) }
		},
	}
}

type makeOptions struct {
	dryRun, check, empty bool
	name, dir            string
}

func makeMigrations(apps []App, o makeOptions, in *manage.Invocation) error {
	g, err := newGraph(apps)
	if err != nil {
		return err
	}
	for _, label := range in.Args {
		if !slices.ContainsFunc(apps, func(a App) bool { return a.Label == label }) {
			return fmt.Errorf("migrate: no application %q", label)
		}
	}
	written, err := Plan(apps)
	if err != nil {
		return err
	}
	if o.empty {
		if len(in.Args) == 0 {
			return errors.New("migrate: --empty needs an application")
		}
		written = nil
		for _, label := range in.Args {
			written = append(written, Migration{App: label, Name: fmt.Sprintf("%04d_%s", nextNumber(g, label), or(o.name, "custom")), Dependencies: g.leaves(label)})
		}
	}
	if len(in.Args) > 0 {
		written = slices.DeleteFunc(written, func(m Migration) bool { return !slices.Contains(in.Args, m.App) })
	}
	if len(written) == 0 {
		if in.Verbosity > 0 {
			in.Printf("No changes detected\n")
		}
		return nil
	}
	for i := range written {
		m := &written[i]
		if o.name != "" && !o.empty {
			m.Name = m.Name[:5] + o.name
		}
		if err := o.write(apps, g, m, in); err != nil {
			return err
		}
	}
	if o.check {
		return &manage.ExitError{Code: 1}
	}
	return nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Plan returns the migrations that are missing for the models, one for each application that differs from the state of its
// written migrations.
func Plan(apps []App) ([]Migration, error) {
	g, err := newGraph(apps)
	if err != nil {
		return nil, err
	}
	state := NewState()
	order, err := g.plan(g.keys)
	if err != nil {
		return nil, err
	}
	for _, k := range order {
		if err := applyState(state, g.nodes[k]); err != nil {
			return nil, err
		}
	}
	want, err := FromModels(apps)
	if err != nil {
		return nil, err
	}
	ops, err := Changes(state, want)
	if err != nil {
		return nil, err
	}
	var out []Migration
	names := map[string]string{}
	for _, a := range apps {
		if len(ops[a.Label]) > 0 {
			names[a.Label] = Name(nextNumber(g, a.Label), ops[a.Label], len(g.leaves(a.Label)) == 0)
		}
	}
	for _, a := range apps {
		if len(ops[a.Label]) == 0 {
			continue
		}
		m := Migration{App: a.Label, Name: names[a.Label], Operations: ops[a.Label], Initial: len(g.leaves(a.Label)) == 0}
		m.Dependencies = append(m.Dependencies, g.leaves(a.Label)...)
		for _, other := range apps {
			if other.Label == a.Label || !uses(ops[a.Label], other.Label) {
				continue
			}
			if name := names[other.Label]; name != "" {
				m.Dependencies = append(m.Dependencies, Key{other.Label, name})
			} else {
				m.Dependencies = append(m.Dependencies, g.leaves(other.Label)...)
			}
		}
		if err := refuse(m.Operations, m.App); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// refuse stops changes that would need a value for rows that are there.
func refuse(ops []Operation, app string) error {
	for _, op := range ops {
		a, ok := op.(AddField)
		if !ok || a.Field.Null || !a.Field.HasColumn() || a.Field.DBDefault != nil || a.Field.Expression != nil || a.Field.DefaultFunc {
			continue
		}
		if effectiveDefault(&a.Field, a.OneOff) == nil && !a.Field.Kind.IsAuto() {
			return fmt.Errorf("migrate: %s.%s.%s: rows that are there have no value for the new column (give the field a Default, make it nullable, or write the migration by hand with OneOff)", app, a.Model, a.Field.Name)
		}
	}
	return nil
}

// uses says whether operations point to an application's models.
func uses(ops []Operation, label string) bool {
	points := func(f schema.Field) bool {
		return f.Rel != nil && (strings.HasPrefix(strings.ToLower(f.Rel.To), label+".") || strings.HasPrefix(strings.ToLower(f.Rel.Through), label+"."))
	}
	for _, op := range ops {
		switch op := op.(type) {
		case CreateModel:
			if slices.ContainsFunc(op.Fields, points) {
				return true
			}
		case AddField:
			if points(op.Field) {
				return true
			}
		case AlterField:
			if points(op.Field) {
				return true
			}
		}
	}
	return false
}

func nextNumber(g *graph, app string) int {
	n := 0
	for _, k := range g.keys {
		if k.App != app {
			continue
		}
		digits := k.Name
		if i := strings.IndexByte(digits, '_'); i > 0 {
			digits = digits[:i]
		}
		if v, err := strconv.Atoi(digits); err == nil && v > n {
			n = v
		}
	}
	return n + 1
}

// write puts a migration and the application's list into files.
func (o makeOptions) write(apps []App, g *graph, m *Migration, in *manage.Invocation) error {
	dir := o.dir
	for _, a := range apps {
		if a.Label == m.App && dir == "" {
			dir = a.Dir
		}
	}
	if dir == "" {
		dir = filepath.Join(m.App, "migrations")
	}
	pkg := strings.ReplaceAll(filepath.Base(dir), "-", "_")
	src, err := File(pkg, m)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, m.Name+".go")
	if in.Verbosity > 0 {
		in.Printf("Migrations for '%s':\n  %s\n", m.App, path)
		for _, op := range m.Operations {
			in.Printf("    %s %s\n", category(op), op.Describe())
		}
	}
	if o.check {
		return nil
	}
	if o.dryRun {
		if in.Verbosity > 1 {
			in.Printf("%s\n", src)
		}
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, src, 0o644); err != nil {
		return err
	}
	var names []string
	for _, k := range g.keys {
		if k.App == m.App {
			names = append(names, k.Name)
		}
	}
	list, err := ListFile(pkg, append(names, m.Name))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "migrations.go"), list, 0o644)
}
