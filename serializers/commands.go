package serializers

import (
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/nuages-go/nuages/internal/terminal"
	"github.com/nuages-go/nuages/manage"
)

// Commands are dumpdata and loaddata. Config gives what they know of the site.
func Commands(config func(ctx context.Context) Config) []manage.Command {
	return []manage.Command{dumpCommand(config), loadCommand(config)}
}

// list is a flag that may be given several times, and takes several values with commas.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(s string) error {
	for _, part := range strings.Split(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			*l = append(*l, part)
		}
	}
	return nil
}

func dumpCommand(config func(ctx context.Context) Config) manage.Command {
	return manage.Command{
		Name: "dumpdata", Help: "Write the objects of the database as a fixture.", Args: "[app[.Model] ...]",
		Long: "Writes all objects, or those of some applications and models, in a form that loaddata and a Django project read. The rows are those of one moment. --output chooses the format and the packing by the end of the name: people.xml, all.json.gz, all.jsonl.xz.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			var o DumpOptions
			var exclude, pks list
			format := flags.String("format", "", "json, jsonl, xml or yaml (default json)")
			flags.IntVar(&o.Indent, "indent", 0, "blanks of each level of indentation")
			flags.StringVar(&o.Using, "database", "default", "name of the database")
			flags.Var(&exclude, "exclude", "an `app` or app.Model to leave out; may be given several times")
			flags.Var(&exclude, "e", "")
			flags.BoolVar(&o.NaturalForeign, "natural-foreign", false, "name related objects by their natural keys")
			flags.BoolVar(&o.NaturalPrimary, "natural-primary", false, "leave out the primary keys of objects with natural keys")
			flags.BoolVar(&o.All, "all", false, "write the rows that models hide by a Scope too")
			flags.BoolVar(&o.All, "a", false, "")
			flags.Var(&pks, "pks", "primary `keys` of the objects to write, with commas; for one model")
			output := flags.String("output", "", "write to a `file`")
			flags.StringVar(output, "o", "", "")
			return func(ctx context.Context, in *manage.Invocation) (err error) {
				o.Labels, o.Exclude, o.PKs = in.Args, exclude, pks
				o.Warn = func(text string) { fmt.Fprintln(in.Stderr, text) }
				if o.Format, err = formatOf(*format, *output, config(ctx).Extensions); err != nil {
					return err
				}
				if *output == "" {
					_, err := Dump(ctx, in.Stdout, config(ctx).Apps, o)
					return err
				}
				if in.Verbosity > 0 && terminal.Is(in.Stdout) {
					o.Progress = progress(in.Stdout)
				}
				return toFile(*output, config(ctx).Extensions, func(w io.Writer) error {
					_, err := Dump(ctx, w, config(ctx).Apps, o)
					return err
				})
			}
		},
	}
}

// formatOf is the format that was asked for, or that the name of the output ends in.
func formatOf(format, output string, x extensions) (Format, error) {
	if format != "" {
		return ParseFormat(format)
	}
	rest, _ := x.cut(output)
	if f, err := ParseFormat(strings.TrimPrefix(filepath.Ext(rest), ".")); err == nil {
		return f, nil
	}
	return JSON, nil
}

// progress draws a bar that grows to the width of a terminal.
func progress(w io.Writer) func(done, all int) {
	const width = 75
	drawn := -1
	return func(done, all int) {
		part := width
		if all > 0 {
			part = min(width, done*width/all)
		}
		if part == drawn {
			return
		}
		drawn = part
		fmt.Fprintf(w, "\r[%s%s]", strings.Repeat(".", part), strings.Repeat(" ", width-part))
		if part == width {
			fmt.Fprintln(w)
		}
	}
}

func loadCommand(config func(ctx context.Context) Config) manage.Command {
	return manage.Command{
		Name: "loaddata", Help: "Load fixtures into the database.", Args: "fixture ...",
		Long: "A fixture is a file name.json (jsonl, xml, yaml), perhaps packed (.gz, .bz2, .xz, .lzma, .zip), in the fixtures of an application, in FixtureDirs or in the working directory; name.DATABASE.json is for one database. \"-\" reads standard input. All is loaded, or nothing.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			var o FixtureOptions
			var exclude list
			flags.StringVar(&o.Using, "database", "default", "name of the database")
			flags.StringVar(&o.App, "app", "", "look in the fixtures of this `application` only")
			flags.BoolVar(&o.IgnoreNonexistent, "ignorenonexistent", false, "leave out fields and models that do not exist")
			flags.BoolVar(&o.IgnoreNonexistent, "i", false, "")
			flags.Var(&exclude, "exclude", "an `app` or app.Model to leave out; may be given several times")
			flags.Var(&exclude, "e", "")
			format := flags.String("format", "", "format of standard input")
			return func(ctx context.Context, in *manage.Invocation) (err error) {
				if len(in.Args) == 0 {
					return manage.UsageErrorf("loaddata needs the name of at least one fixture")
				}
				o.Exclude, o.Stdin = exclude, in.Stdin
				if *format != "" {
					if o.Format, err = ParseFormat(*format); err != nil {
						return err
					}
				}
				if in.Verbosity > 1 {
					o.Log = in.Printf
				}
				res, err := LoadFixtures(ctx, config(ctx), o, in.Args...)
				if err != nil {
					return err
				}
				for _, name := range res.Empty {
					fmt.Fprintf(in.Stderr, "No fixture data found for '%s'. (The file format may be invalid.)\n", name)
				}
				if in.Verbosity > 0 {
					in.Printf("%s\n", res)
				}
				return nil
			}
		},
	}
}
