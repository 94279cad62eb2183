package migrate

import (
	"context"
	"flag"
	"fmt"
	"slices"

	"github.com/nuages-go/nuages/manage"
)

func showCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "showmigrations", Help: "List the migrations, with those that are applied marked.", Args: "[app ...]",
		Long: "[X] is applied, [ ] is not, [-] is a squashed migration whose parts are all applied but that is not recorded itself. At verbosity 2 the time is shown.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			o := showOptions{}
			flags.StringVar(&o.db, "database", "default", "name of the database")
			flags.BoolVar(&o.plan, "plan", false, "in the order in which they run; at verbosity 2 with what each needs")
			flags.BoolVar(&o.plan, "p", false, "short for --plan")
			list := flags.Bool("list", false, "application by application (this is what happens without --plan)")
			flags.BoolVar(list, "l", false, "short for --list")
			flags.BoolVar(&o.json, "json", false, "as JSON")
			return func(ctx context.Context, in *manage.Invocation) error { return show(ctx, apps(ctx), o, in) }
		},
	}
}

type showOptions struct {
	db         string
	plan, json bool
}

// shown is a migration in the list.
type shown struct {
	App      string   `json:"app"`
	Name     string   `json:"name"`
	State    string   `json:"state"` // applied, unapplied, squashed
	Applied  string   `json:"applied,omitempty"`
	Needs    []string `json:"needs,omitempty"`
	Replaces int      `json:"replaces,omitempty"`
}

func (s *shown) mark() string {
	switch s.State {
	case "applied":
		return "[X]"
	case "squashed":
		return "[-]"
	}
	return "[ ]"
}

func show(ctx context.Context, apps []App, o showOptions, in *manage.Invocation) error {
	written, err := writtenGraph(apps)
	if err != nil {
		return err
	}
	for _, label := range in.Args {
		if !slices.ContainsFunc(apps, func(a App) bool { return a.Label == label }) {
			return noApp(apps, label)
		}
	}
	r, err := newRunner(ctx, written, apps, Options{DB: o.db})
	if err != nil {
		return err
	}
	times, err := r.rec.times(ctx)
	if err != nil {
		return err
	}
	order, err := r.g.plan(r.g.keys)
	if err != nil {
		return err
	}
	var list []shown
	for _, k := range order {
		if len(in.Args) > 0 && !slices.Contains(in.Args, k.App) {
			continue
		}
		s := shown{App: k.App, Name: k.Name, State: "unapplied", Applied: times[k], Replaces: len(r.g.nodes[k].Replaces)}
		switch {
		case slices.Contains(r.squashed, k):
			s.State = "squashed"
		case r.applied[k]:
			s.State = "applied"
		}
		for _, d := range r.g.deps[k] {
			s.Needs = append(s.Needs, d.String())
		}
		list = append(list, s)
	}
	switch {
	case o.json:
		return writeJSON(in.Stdout, list)
	case o.plan:
		showPlan(list, in)
	default:
		showList(r, apps, list, in)
	}
	return nil
}

func showPlan(list []shown, in *manage.Invocation) {
	if len(list) == 0 {
		in.Printf("(no migrations)\n")
	}
	for i := range list {
		s := &list[i]
		line := s.mark() + "  " + s.App + "." + s.Name
		if in.Verbosity > 1 && len(s.Needs) > 0 {
			line += " ... ("
			for j, n := range s.Needs {
				if j > 0 {
					line += ", "
				}
				line += n
			}
			line += ")"
		}
		in.Printf("%s\n", line)
	}
}

func showList(r *runner, apps []App, list []shown, in *manage.Invocation) {
	var labels []string
	for _, a := range apps {
		if len(in.Args) == 0 || slices.Contains(in.Args, a.Label) {
			labels = append(labels, a.Label)
		}
	}
	slices.Sort(labels)
	for _, label := range labels {
		in.Printf("%s\n", in.Style.MigrateLabel(label))
		none := true
		for i := range list {
			s := &list[i]
			if s.App != label {
				continue
			}
			none = false
			line := " " + s.mark() + " " + s.Name
			if s.Replaces > 0 {
				line += fmt.Sprintf(" (%d squashed migrations)", s.Replaces)
			}
			if in.Verbosity > 1 && s.Applied != "" {
				line += " (applied at " + s.Applied + ")"
			}
			if s.State == "squashed" {
				line += " run 'migrate' to finish recording."
			}
			in.Printf("%s\n", line)
		}
		if none {
			in.Printf(" (no migrations)\n")
		}
		for _, name := range r.strays(label) {
			if none {
				break // an application whose list is not named, or that Django has
			}
			in.Printf(" [!] %s (recorded in the database, and not among the migrations: another name? or migrate --prune %s)\n", name, label)
		}
	}
}
