package migrate

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
)

func makeCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "makemigrations", Help: "Write migrations for changes of the models.", Args: "[app ...]",
		Long: "Compares the models with the state of the written migrations and writes a Go file for each application that differs, and the list of its migrations (migrations.go). An application that had none must then name the list in its App: Migrations: migrations.All().\n\nWithout a terminal, or with --noinput, nothing is asked: what would lose data or needs a value is refused with exit code 3 and the flag that answers it.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			o := makeOptions{answers: &Answers{Renames: map[string]string{}, Moves: map[string]string{}, Defaults: map[string]string{}}}
			flags.BoolVar(&o.dryRun, "dry-run", false, "show what would be written and write nothing; -v 3 shows the files")
			flags.BoolVar(&o.check, "check", false, "exit with 1 if there are changes without a migration, and write nothing")
			flags.BoolVar(&o.json, "json", false, "with --check or --dry-run: write the migrations that are missing as JSON")
			flags.BoolVar(&o.empty, "empty", false, "write a migration without operations")
			flags.BoolVar(&o.merge, "merge", false, "join conflicting lines of migrations")
			flags.BoolVar(&o.update, "update", false, "put the changes into the application's last migration, which must not be applied")
			flags.BoolVar(&o.scriptable, "scriptable", false, "write only the paths of the files to standard output, the rest to standard error")
			flags.BoolVar(&o.noHeader, "no-header", false, "leave out the comment at the top of the files")
			flags.StringVar(&o.name, "name", "", "name of the migration, without its number")
			flags.StringVar(&o.name, "n", "", "short for --name")
			flags.StringVar(&o.dir, "dir", "", "directory of the migrations (one application only)")
			flags.Var(pairsFlag(o.answers.Renames), "rename", "app.Old=New or app.Model.old=new: take the new name for the old one; may be repeated")
			flags.Var(pairsFlag(o.answers.Moves), "move", "app.Model=other.Model: the model moved to another application and keeps its table; may be repeated")
			flags.Var(pairsFlag(o.answers.Defaults), "default", "app.Model.field=VALUE: the value of existing rows in a new column; may be repeated")
			flags.BoolVar(&o.answers.AllowDrop, "allow-drop", false, "permit the removal of columns and tables without asking")
			flags.BoolVar(&o.adopt, "adopt", false, "for an application's first migration: let it replace those that Django has recorded in the database")
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
	dryRun, check, empty, merge, update, scriptable, noHeader, safe, adopt, json bool
	name, dir                                                                    string
	answers                                                                      *Answers
}

func makeMigrations(ctx context.Context, apps []App, o makeOptions, in *manage.Invocation) error {
	for _, label := range in.Args {
		if !slices.ContainsFunc(apps, func(a App) bool { return a.Label == label }) {
			return noApp(apps, label)
		}
		if slices.ContainsFunc(apps, func(a App) bool { return a.Label == label && a.NoMigrations }) {
			return fmt.Errorf("migrate: application %q has its migrations switched off (NoMigrations)", label)
		}
	}
	if o.json && !o.check && !o.dryRun {
		return manage.UsageErrorf("--json goes with --check or --dry-run")
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
		return quit(err)
	}
	if o.json {
		return w.showJSON(ms)
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
			return quit(err)
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
	if o.adopt {
		if err := w.adopt(ctx, ms); err != nil {
			return err
		}
	}
	if o.safe {
		if ms, w.notes, err = safe(g, before, ms); err != nil {
			return err
		}
	}
	w.noteMoves(ms)
	for i := range ms {
		if o.name != "" {
			rename(ms, i, ms[i].Name[:5]+o.name, w.notes)
		}
	}
	return w.write(ms)
}

// noteMoves writes above the migrations that take a model out of an application what they leave to a person.
func (w *maker) noteMoves(ms []Migration) {
	for _, old := range slices.Sorted(maps.Keys(w.o.answers.Moves)) {
		now := w.o.answers.Moves[old]
		app, name, _ := strings.Cut(old, ".")
		newApp, _, _ := strings.Cut(now, ".")
		for i := range ms {
			drops := ms[i].App == app && slices.ContainsFunc(ms[i].Operations, func(op Operation) bool {
				o, ok := op.(SeparateDatabaseAndState)
				return ok && len(o.States) == 1 && len(o.Database) == 0 && o.States[0] == DeleteModel{name}
			})
			if !drops {
				continue
			}
			if w.notes == nil {
				w.notes = map[Key]string{}
			}
			text := fmt.Sprintf("%s is the end of a move: %s is %s now, with the same table. Content types, and with them permissions, still name the old one. Where the database has them, take them along: UPDATE django_content_type SET app_label = '%s' WHERE app_label = '%s' AND model = '%s'.",
				VariableName(ms[i].Name), old, now, newApp, app, low(name))
			if was := w.notes[ms[i].Key()]; was != "" {
				text = was + "\n\n" + text
			}
			w.notes[ms[i].Key()] = text
		}
	}
}

// quit gives a person's choice to quit the exit code 3, as in Django.
func quit(err error) error {
	if errors.Is(err, errQuit) {
		return &manage.ExitError{Code: 3, Err: err}
	}
	return err
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
