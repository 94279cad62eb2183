package manage

import (
	"errors"
	"flag"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/internal/closest"
)

// ParseFlags reads args into the flags and returns the positional arguments. Unlike flag.Parse it takes flags after
// positional arguments too, a value glued to a one-letter flag ("-v2"), and negative numbers as arguments; "--" ends the
// flags. As in the flag package one dash is as good as two. The error names the nearest flag. Asking for help (-h,
// --help) is flag.ErrHelp.
func ParseFlags(flags *flag.FlagSet, args []string) ([]string, error) {
	positional := []string{}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			return append(positional, args...), nil
		}
		if !isFlag(flags, arg) {
			positional = append(positional, arg)
			continue
		}

		name, value, hasValue := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		f := flags.Lookup(name)
		if f == nil && !strings.HasPrefix(arg, "--") && len(name) > 1 {
			if short := flags.Lookup(name[:1]); short != nil && !isBool(short) {
				f, value, hasValue = short, arg[2:], true
			}
		}
		if f == nil {
			if name == "h" || name == "help" {
				return nil, flag.ErrHelp
			}
			return nil, unknownFlag(flags, arg, name)
		}

		switch {
		case hasValue:
		case isBool(f):
			value = "true"
		case len(args) == 0:
			return nil, UsageErrorf("flag %s needs a value", dashes(f.Name))
		default:
			value, args = args[0], args[1:]
		}
		if err := flags.Set(f.Name, value); err != nil {
			return nil, UsageErrorf("flag %s: %q: %s", dashes(f.Name), value, flagReason(err))
		}
	}
	return positional, nil
}

// isFlag tells a flag from an argument: "-" (standard input), "" and negative numbers are arguments.
func isFlag(flags *flag.FlagSet, arg string) bool {
	if len(arg) < 2 || arg[0] != '-' {
		return false
	}
	if _, err := strconv.ParseFloat(arg, 64); err == nil {
		return flags.Lookup(arg[1:]) != nil
	}
	return true
}

func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

func dashes(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func unknownFlag(flags *flag.FlagSet, arg, name string) error {
	var names []string
	flags.VisitAll(func(f *flag.Flag) {
		if len(f.Name) > 1 {
			names = append(names, f.Name)
		}
	})
	arg, _, _ = strings.Cut(arg, "=")
	if near := closest.Match(name, names); near != "" {
		return UsageErrorf("unknown flag %s (did you mean --%s?)", arg, near)
	}
	return UsageErrorf("unknown flag %s", arg)
}

func flagReason(err error) string {
	text := err.Error()
	if text == "parse error" {
		return "not a valid value"
	}
	return text
}

// common are the flags that every command has.
type common struct {
	verbosity           int
	noColor, forceColor bool
	skipChecks          bool
	traceback           bool
	noInput             bool
}

// declare adds the common flags to a command's own, which win.
func (c *common) declare(flags *flag.FlagSet) {
	c.verbosity = 1
	level := (*verbosity)(&c.verbosity)
	addVar(flags, level, "v", "")
	addVar(flags, level, "verbosity", "how much is said: `LEVEL` 0, 1, 2 or 3 (default 1)")
	addBool(flags, &c.noColor, "no-color", "don't colour the output")
	addBool(flags, &c.forceColor, "force-color", "colour the output even when it is not a terminal")
	addBool(flags, &c.skipChecks, "skip-checks", "don't run the system checks first")
	addBool(flags, &c.traceback, "traceback", "show the whole chain of an error")
	addBool(flags, &c.noInput, "noinput", "never ask anything")
	addBool(flags, &c.noInput, "no-input", "")
}

func addVar(flags *flag.FlagSet, v flag.Value, name, usage string) {
	if flags.Lookup(name) == nil {
		flags.Var(v, name, usage)
	}
}

func addBool(flags *flag.FlagSet, p *bool, name, usage string) {
	if flags.Lookup(name) == nil {
		flags.BoolVar(p, name, false, usage)
	}
}

// verbosity is a flag of 0 to 3.
type verbosity int

func (v *verbosity) String() string {
	if v == nil {
		return ""
	}
	return strconv.Itoa(int(*v))
}

func (v *verbosity) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 3 {
		return errors.New("choose from 0, 1, 2, 3")
	}
	*v = verbosity(n)
	return nil
}
