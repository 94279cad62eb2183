package nuages

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
)

// words is a flag that may be given several times, or with a list of words.
type words []string

// String joins the words.
func (w *words) String() string { return strings.Join(*w, ",") }

// Set adds words.
func (w *words) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			*w = append(*w, word)
		}
	}
	return nil
}

// checkCommand is Django's check.
func checkCommand() manage.Command {
	return manage.Command{
		Name: "check", Help: "Look for mistakes in the whole site.", SkipChecks: true,
		Long: "Builds the site (templates, pages, URL table, typed names, views, settings) and runs the system checks; those that ask databases too.\nExits with 1 if a message is as bad as the fail level.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			var tags, databases words
			flags.Var(&tags, "tag", "run only checks with this `TAG`; may be repeated")
			flags.Var(&tags, "t", "")
			flags.Var(&databases, "database", "ask only the database with this `ALIAS`; may be repeated, and \"\" asks none (default all)")
			asked := func() bool { // also --database ""
				found := false
				flags.Visit(func(f *flag.Flag) { found = found || f.Name == "database" })
				return found
			}
			deploy := flags.Bool("deploy", false, "run the checks for deployment too")
			list := flags.Bool("list-tags", false, "list the tags")
			level := flags.String("fail-level", "ERROR", "the `LEVEL` that makes the command fail: CRITICAL, ERROR, WARNING, INFO, DEBUG")
			return func(ctx context.Context, in *manage.Invocation) error {
				if len(in.Args) > 0 {
					return manage.UsageErrorf("check takes no arguments")
				}
				known := tagsOf(in.Program.Checks(ctx), *deploy)
				if *list {
					in.Printf("%s\n", strings.Join(known, "\n"))
					return nil
				}
				for _, tag := range tags {
					if !slices.Contains(known, tag) {
						return fmt.Errorf("there is no system check with the tag %q (see check --list-tags)", tag)
					}
				}
				names := []string(databases)
				if !asked() {
					names = slices.Sorted(maps.Keys(orm.DatabasesFrom(ctx)))
				}
				for _, name := range names {
					if orm.DatabasesFrom(ctx)[name] == nil {
						return fmt.Errorf("there is no database named %q", name)
					}
				}
				ctx = manage.WithCheckDatabases(ctx, names...)
				failLevel, err := manage.ParseLevel(*level)
				if err != nil {
					return manage.UsageErrorf("flag --fail-level: %v", err)
				}
				return report(in, in.Program.Check(ctx, tags, *deploy), failLevel)
			}
		},
	}
}

func tagsOf(checks []manage.Check, deploy bool) []string {
	var tags []string
	for _, c := range checks {
		if !c.Deploy || deploy {
			tags = append(tags, c.Tags...)
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

// report prints what the checks found; a message as bad as level is the error.
func report(in *manage.Invocation, r manage.Report, level manage.Level) error {
	if r.Failed(level) {
		return &manage.CheckError{Report: r}
	}
	if len(r.Messages) == 0 {
		in.Printf("%s\n", r.Count())
		return nil
	}
	r.Write(in.Stderr, in.Style)
	fmt.Fprintf(in.Stderr, "\n%s\n", r.Count())
	return nil
}
