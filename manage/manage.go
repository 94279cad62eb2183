// Package manage holds the types of the site's commands and system checks, and runs them. Each area contributes its own
// (migrate.Commands, auth.Commands ...); the front door puts them together into the program that is both the site and
// its manage.py.
package manage

import (
	"context"
	"flag"
	"io"
)

// Command is one sub-command of the site's program.
type Command struct {
	// Name is what the user types: "migrate".
	Name string
	// Help is one line for the list of commands; Long, if any, is shown under `help NAME`.
	Help, Long string
	// Args shows the positional arguments in the usage line: "[app [migration]]".
	Args string
	// Group is the heading of the list under which the command stands: the app's name. Default: "core".
	Group string
	// SkipChecks lets the command run without the system checks before it.
	SkipChecks bool
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
}

// Level is how bad a check's message is.
type Level int

// The levels, as in Django.
const (
	Debug    Level = 10
	Info     Level = 20
	Warning  Level = 30
	Error    Level = 40
	Critical Level = 50
)

// Message is what a check found.
type Message struct {
	Level Level
	// ID is the message's code: "urls.W005".
	ID string
	// Text says what is wrong, Hint how to mend it. Object is what it is about: a file:line, a pattern, a model.
	Text, Hint, Object string
}

// Check finds mistakes before the first request.
type Check struct {
	// Tags group checks for `check --tag`.
	Tags []string
	// Deploy checks run only with `check --deploy`.
	Deploy bool
	Run    func(ctx context.Context) []Message
}
