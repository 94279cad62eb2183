package nuages

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"text/tabwriter"

	"github.com/nuages-go/nuages/conf"
	"github.com/nuages-go/nuages/manage"
)

// settingsCommand shows the settings; with --changed it is Django's diffsettings.
func settingsCommand(s *Site) manage.Command {
	return manage.Command{
		Name: "settings", Help: "Show every setting and where its value comes from.", Standalone: true, Args: "[NAME ...]",
		Long: "The source is default, code (the program set it), environment, or the line of .env. Secrets are masked.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			changed := flags.Bool("changed", false, "leave out those with their default")
			asJSON := flags.Bool("json", false, "print JSON")
			return func(_ context.Context, in *manage.Invocation) error {
				entries, err := selectSettings(s.Settings.entries(), in.Args, *changed)
				if err != nil {
					return err
				}
				if *asJSON {
					enc := json.NewEncoder(in.Stdout)
					enc.SetIndent("", "  ")
					enc.SetEscapeHTML(false)
					return enc.Encode(settingsJSON(entries))
				}
				table := tabwriter.NewWriter(in.Stdout, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "NAME\tVALUE\tSOURCE")
				for _, e := range entries {
					fmt.Fprintf(table, "%s\t%s\t%s\n", e.Name, e.Value, e.Source)
				}
				if err := table.Flush(); err != nil {
					return err
				}
				return s.Settings.envErr
			}
		},
	}
}

// entries lists the settings with their effective values.
func (s Settings) entries() []conf.Entry {
	report := s.env
	if report == nil {
		plain := s
		report, _ = conf.FromEnv(&plain, conf.Options{})
	}
	full := s.withDefaults()
	effective, _ := conf.FromEnv(&full, conf.Options{})
	entries := make([]conf.Entry, len(report.Entries))
	for i, e := range report.Entries {
		if e.Source == "default" {
			e.Value = effective.Entries[i].Value
		}
		entries[i] = e
	}
	return entries
}

func selectSettings(entries []conf.Entry, names []string, changed bool) ([]conf.Entry, error) {
	var out []conf.Entry
	found := map[string]bool{}
	for _, e := range entries {
		wanted := len(names) == 0
		for _, name := range names {
			if name == e.Name || name == e.Field {
				wanted, found[name] = true, true
			}
		}
		if wanted && (!changed || e.Source != "default") {
			out = append(out, e)
		}
	}
	for _, name := range names {
		if !found[name] {
			return nil, fmt.Errorf("there is no setting %q", name)
		}
	}
	return out, nil
}

func settingsJSON(entries []conf.Entry) []map[string]string {
	out := make([]map[string]string, len(entries))
	for i, e := range entries {
		out[i] = map[string]string{"name": e.Name, "value": e.Value, "source": e.Source}
	}
	return out
}
