package manage

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

func helpCommand() Command {
	return Command{
		Name: "help", Help: "Show the commands, or what one of them does.", Args: "[command]", Standalone: true,
		Setup: func(*flag.FlagSet) RunFunc {
			return func(_ context.Context, in *Invocation) error {
				if len(in.Args) == 0 {
					in.Program.writeList(in.Stdout, in.Style)
					return nil
				}
				command, err := in.Program.find(in.Args[0])
				if err != nil {
					return err
				}
				in.Program.writeHelp(in.Stdout, in.Style, command)
				return nil
			}
		},
	}
}

func versionCommand() Command {
	return Command{
		Name: "version", Help: "Show the version.", Standalone: true,
		Setup: func(*flag.FlagSet) RunFunc {
			return func(_ context.Context, in *Invocation) error {
				in.Printf("%s\n", in.Program.Version)
				return nil
			}
		},
	}
}

// writeList prints all commands under the headings of their groups.
func (p *Program) writeList(w io.Writer, style Style) {
	fmt.Fprintf(w, "\nType '%s help <command>' for help on a specific command.\n\nAvailable commands:\n", p.name())
	groups, order := map[string][]Command{}, []string{"core"}
	for _, c := range p.All() {
		group := c.Group
		if group == "" {
			group = "core"
		}
		if groups[group] == nil && group != "core" {
			order = append(order, group)
		}
		groups[group] = append(groups[group], c)
	}
	for _, group := range order {
		fmt.Fprintf(w, "\n%s\n", style.Notice("["+group+"]"))
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, c := range groups[group] {
			fmt.Fprintf(table, "    %s\t%s\n", c.Name, c.Help)
		}
		table.Flush()
	}
}

func (p *Program) usage(c *Command) string {
	usage := p.name() + " " + c.Name + " [flags]"
	if c.Args != "" {
		usage += " " + c.Args
	}
	return usage
}

// writeHelp prints a command's usage, its text and its flags, then the flags that all commands have.
func (p *Program) writeHelp(w io.Writer, style Style, c *Command) {
	fmt.Fprintf(w, "usage: %s\n\n%s\n", p.usage(c), c.Help)
	if c.Long != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(c.Long))
	}
	own := newFlags(c.Name)
	c.Setup(own)
	all := newFlags(c.Name)
	c.Setup(all)
	new(common).declare(all)
	writeFlags(w, style, "Flags", own, func(string) bool { return true })
	writeFlags(w, style, "Flags of every command", all, func(name string) bool { return own.Lookup(name) == nil })
}

func writeFlags(w io.Writer, style Style, heading string, flags *flag.FlagSet, show func(name string) bool) {
	type entry struct {
		names []string
		value flag.Value
		usage string
		text  string
	}
	var entries []*entry
	flags.VisitAll(func(f *flag.Flag) {
		if !show(f.Name) {
			return
		}
		for _, e := range entries { // two names of one variable share a line
			if sameVariable(e.value, f.Value) {
				e.names = append(e.names, dashes(f.Name))
				if e.usage == "" {
					e.text, e.usage = flag.UnquoteUsage(f)
				}
				return
			}
		}
		e := &entry{names: []string{dashes(f.Name)}, value: f.Value}
		e.text, e.usage = flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "[]" && !strings.Contains(e.usage, "(default") && f.Usage != "" {
			e.usage += " (default " + f.DefValue + ")"
		}
		entries = append(entries, e)
	})
	if len(entries) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", style.MigrateHeading(heading+":"))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range entries {
		names := strings.Join(e.names, ", ")
		if e.text != "" {
			names += " " + e.text
		}
		fmt.Fprintf(table, "  %s\t%s\n", names, strings.ReplaceAll(e.usage, "\n", "\n\t"))
	}
	table.Flush()
}

// sameVariable says whether two flag values are one variable; values whose types cannot be compared are not.
func sameVariable(a, b flag.Value) (same bool) {
	defer func() {
		if recover() != nil {
			same = false
		}
	}()
	return a == b
}
