package manage

import (
	"context"
	"flag"
	"fmt"
	"io"
)

// Command is one sub-command of the site's program. Django: a subclass of BaseCommand.
type Command struct {
	// Name is what the user types: "migrate".
	Name string
	// Help is one line for the list of commands; Long, if any, is shown under `help NAME`.
	Help, Long string
	// Args shows the positional arguments in the usage line: "[app [migration]]".
	Args string
	// Group is the heading of the list under which the command stands: the app's name. Default: "core".
	Group string
	// SkipChecks lets the command run without the system checks before it. Django: requires_system_checks = [].
	SkipChecks bool
	// CheckTags narrows the checks before the command to those with one of the tags. Django: requires_system_checks.
	CheckTags []string
	// Standalone commands need no site: they run even when it cannot be built, and no check runs before them.
	Standalone bool
	// Setup declares the command's flags and returns what runs after they are parsed. It is called anew for each run.
	Setup func(flags *flag.FlagSet) RunFunc
}

// RunFunc does a command's work. The context carries the site (its databases, templates, resolver) and ends on an
// interrupt.
type RunFunc func(ctx context.Context, in *Invocation) error

// Invocation is one run of a command.
type Invocation struct {
	// Args are the positional arguments.
	Args []string
	// Stdin, Stdout and Stderr are never nil.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Verbosity is 0 (silent) to 3; the default is 1.
	Verbosity int
	// Style colours text for a terminal and does nothing elsewhere.
	Style Style
	// Interactive says that a person may be asked: standard input is a terminal and --noinput was not given.
	Interactive bool
	// SkipChecks says that --skip-checks was given or that the program itself called the command.
	SkipChecks bool
	// Program is the program that runs the command.
	Program *Program
}

// Printf writes to Stdout.
func (in *Invocation) Printf(format string, args ...any) { fmt.Fprintf(in.Stdout, format, args...) }

// The exit codes of a program. Other codes come from a command's own *ExitError.
const (
	ExitOK     = 0   // done
	ExitFailed = 1   // the command or a check before it failed, or there is no such command
	ExitUsage  = 2   // the flags or arguments were wrong
	ExitSignal = 130 // interrupted from the keyboard
)

// ExitError is an error that ends the program with its own exit code. Django: CommandError(message, returncode=).
type ExitError struct {
	// Code is the exit code. 0 means ExitFailed.
	Code int
	// Err is printed. It may be nil when everything has been said.
	Err error
}

// Error returns the text of Err.
func (e *ExitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit code %d", e.Code)
	}
	return e.Err.Error()
}

// Unwrap returns Err.
func (e *ExitError) Unwrap() error { return e.Err }

// UsageErrorf is an error in how the command was called; the program prints the usage line with it and exits with
// ExitUsage.
func UsageErrorf(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }
