package migrate

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/manage"
)

func squashCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "squashmigrations", Help: "Write one migration that replaces several.", Args: "app [first] last",
		Long: "Writes a migration with the operations of all migrations up to last (from first, if given), optimised, that replaces them. Both stay: a database with some of the old ones goes on with those, any other takes the new one. When every database has it, delete the old ones, take Replaces out of the new one, and run migrate --prune.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			o := squashOptions{}
			flags.BoolVar(&o.noOptimize, "no-optimize", false, "keep all operations as they are")
			flags.BoolVar(&o.noHeader, "no-header", false, "leave out the comment at the top of the file")
			flags.StringVar(&o.name, "squashed-name", "", "name of the new migration, without its number")
			flags.StringVar(&o.dir, "dir", "", "directory of the migrations")
			return func(ctx context.Context, in *manage.Invocation) error { return squash(apps(ctx), o, in) }
		},
	}
}

type squashOptions struct {
	noOptimize, noHeader bool
	name, dir            string
}

// coded is an operation with the Go expression that stands for it in a file, if it holds Go functions.
type coded struct {
	Operation
	source string
}

// hasOwnStatements says that an operation runs SQL or Go of the developer's, which may not bear a transaction.
func hasOwnStatements(op Operation) bool {
	switch op := op.(type) {
	case RunSQL:
		return !op.Elidable
	case RunGo:
		return !op.Elidable
	case SeparateDatabaseAndState:
		return slices.ContainsFunc(op.Database, hasOwnStatements)
	}
	return false
}

func squash(apps []App, o squashOptions, in *manage.Invocation) error {
	if len(in.Args) < 2 || len(in.Args) > 3 {
		return manage.UsageErrorf("squashmigrations takes an application and the last migration, with the first one between if not all are meant")
	}
	g, err := writtenGraph(apps)
	if err != nil {
		return err
	}
	fit, err := g.replaced(map[Key]bool{})
	if err != nil {
		return err
	}
	r := &runner{g: fit}
	app := in.Args[0]
	last, err := r.find(app, in.Args[len(in.Args)-1])
	if err != nil {
		return err
	}
	order, err := fit.plan([]Key{last})
	if err != nil {
		return err
	}
	order = slices.DeleteFunc(order, func(k Key) bool { return k.App != app })
	if len(in.Args) == 3 {
		first, err := r.find(app, in.Args[1])
		if err != nil {
			return err
		}
		at := slices.Index(order, first)
		if at < 0 {
			return fmt.Errorf("migrate: %s does not come before %s", first, last)
		}
		order = order[at:]
	}
	if len(order) < 2 {
		return fmt.Errorf("migrate: there is only one migration to squash, %s", last)
	}

	in.Printf("%s\n", in.Style.MigrateHeading("Will squash the following migrations:"))
	for _, k := range order {
		in.Printf(" - %s\n", k.Name)
	}
	if in.Interactive {
		p := &prompts{in: bufio.NewReader(in.Stdin), out: in.Stdout}
		if yes, err := p.yes("Do you wish to proceed?"); err != nil || !yes {
			return err
		}
	}

	m := Migration{App: app, Initial: fit.nodes[order[0]].Initial}
	var ops []Operation
	for _, k := range order {
		old := fit.nodes[k]
		m.Replaces = append(m.Replaces, k)
		m.NonAtomic = m.NonAtomic || old.NonAtomic && slices.ContainsFunc(old.Operations, hasOwnStatements)
		for _, d := range fit.deps[k] {
			if !slices.Contains(order, d) && !slices.Contains(m.Dependencies, d) {
				m.Dependencies = append(m.Dependencies, d)
			}
		}
		for i, op := range old.Operations {
			if hasCode(op) && !elidable(op) {
				op = coded{op, fmt.Sprintf("%s().Operations[%d]", VariableName(k.Name), i)}
			}
			ops = append(ops, op)
		}
	}
	was := len(ops)
	if !o.noOptimize {
		ops = Optimize(ops, app)
		in.Printf("%s\n", in.Style.MigrateHeading("Optimizing..."))
		if len(ops) == was {
			in.Printf("  No optimizations possible.\n")
		} else {
			in.Printf("  Optimized from %d operations to %d operations.\n", was, len(ops))
		}
	}
	m.Operations = ops
	m.NonAtomic = m.NonAtomic || slices.ContainsFunc(ops, func(op Operation) bool {
		if c, ok := op.(coded); ok {
			op = c.Operation
		}
		return needsNonAtomic(op)
	})
	number, _, _ := strings.Cut(order[0].Name, "_")
	m.Name = number + "_" + or(o.name, "squashed_"+last.Name)
	if g.nodes[m.Key()] != nil {
		return fmt.Errorf("migrate: migration %s exists already (give another --squashed-name)", m.Key())
	}
	w := &maker{o: makeOptions{dir: o.dir, noHeader: o.noHeader}, apps: apps, g: fit, in: in, log: in.Stdout}
	sources := map[int]string{}
	for i, op := range m.Operations {
		if c, ok := op.(coded); ok {
			sources[i], m.Operations[i] = c.source, c.Operation
		}
	}
	if err := w.one(&m, sources); err != nil {
		return err
	}
	var names []string
	for _, k := range g.keys {
		if k.App == app {
			names = append(names, k.Name)
		}
	}
	if err := w.writeList(app, append(names, m.Name)); err != nil {
		return err
	}
	in.Printf("%s\n  Commit this migration and leave the old ones in place; the new one is used for new databases.\n  When every database has it, delete the old ones and take Replaces out of it.\n", in.Style.MigrateHeading("Created new squashed migration "+w.path(&m)))
	if len(sources) > 0 {
		in.Printf("  It refers to Go code in the old files; move that before you delete them.\n")
	}
	return nil
}

func optimizeCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "optimizemigration", Help: "Write a migration anew with fewer operations.", Args: "app migration",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			check := flags.Bool("check", false, "exit with 1 if the migration can be optimised, and write nothing")
			dir := flags.String("dir", "", "directory of the migrations")
			return func(ctx context.Context, in *manage.Invocation) error { return optimize(apps(ctx), *check, *dir, in) }
		},
	}
}

func optimize(apps []App, check bool, dir string, in *manage.Invocation) error {
	if len(in.Args) != 2 {
		return manage.UsageErrorf("optimizemigration takes an application and a migration")
	}
	g, err := writtenGraph(apps)
	if err != nil {
		return err
	}
	k, err := (&runner{g: g}).find(in.Args[0], in.Args[1])
	if err != nil {
		return err
	}
	m := *g.nodes[k]
	ops := make([]Operation, len(m.Operations))
	for i, op := range m.Operations {
		if ops[i] = op; hasCode(op) {
			return fmt.Errorf("migrate: %s has Go code, which cannot be written again (edit the file by hand)", k)
		}
	}
	m.Operations = Optimize(ops, m.App)
	if len(m.Operations) == len(ops) {
		in.Printf("No optimizations possible.\n")
		return nil
	}
	in.Printf("Optimizing from %d operations to %d operations.\n", len(ops), len(m.Operations))
	if check {
		return &manage.ExitError{Code: 1}
	}
	w := &maker{o: makeOptions{dir: dir}, apps: apps, g: g, in: in, log: in.Stdout}
	if err := w.one(&m, nil); err != nil {
		return err
	}
	in.Printf("Optimized migration %s\n", w.path(&m))
	return nil
}
