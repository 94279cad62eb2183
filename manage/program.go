package manage

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/internal/closest"
	"github.com/nuages-go/nuages/internal/terminal"
)

// Program runs commands. Django: ManagementUtility.
type Program struct {
	// Name is the program's name in messages. Default: the last element of os.Args[0].
	Name string
	// Version is what `version` prints.
	Version string
	// Commands are the program's commands. Of two with one name the first wins, so a site can replace a built-in one.
	// help, version and completion are added by the runner.
	Commands []Command
	// Open is called before a command that is not Standalone; the context that it returns carries the site. An error that
	// is a *CheckError is printed as the report of the checks.
	Open func(ctx context.Context, in *Invocation) (context.Context, error)
	// Close is called when Run is done, if Open was. It may be nil.
	Close func() error
	// Checks run before a command that does not skip them. They may use what Open put into the context.
	Checks func(ctx context.Context) []Check
	// Silenced are IDs of messages that are not shown. Django: SILENCED_SYSTEM_CHECKS.
	Silenced []string
	// Colors is the palette and the roles of the Style, see NewStyle; "nocolor" switches colours off.
	Colors string
	// Streams are where commands read and write. Default: the process's own.
	Streams Streams
}

// Streams are a command's standard input and outputs. A nil one means the process's own.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

type streamsKey struct{}

// WithStreams makes commands that are called with the context read and write there, for tests and for commands that call
// others.
func WithStreams(ctx context.Context, s Streams) context.Context {
	return context.WithValue(ctx, streamsKey{}, s)
}

func (p *Program) streams(ctx context.Context) Streams {
	s := p.Streams
	if own, ok := ctx.Value(streamsKey{}).(Streams); ok {
		s = own
	}
	if s.In == nil {
		s.In = os.Stdin
	}
	if s.Out == nil {
		s.Out = os.Stdout
	}
	if s.Err == nil {
		s.Err = os.Stderr
	}
	return s
}

// Run executes the command line args (without the program's name) and returns the exit code. Errors are printed.
func (p *Program) Run(ctx context.Context, args []string) int {
	streams := p.streams(ctx)
	run := &execution{program: p, streams: streams, style: p.style(common{}, streams.Err)}
	err := run.execute(ctx, args, false)
	if run.opened && p.Close != nil {
		err = errors.Join(err, p.Close())
	}
	if err == nil {
		return ExitOK
	}
	return run.report(err)
}

// Call executes a command from code and returns its error; system checks are skipped. Django: call_command.
func (p *Program) Call(ctx context.Context, args ...string) error {
	run := &execution{program: p, streams: p.streams(ctx)}
	return run.execute(ctx, args, true)
}

// execution is one command line on its way.
type execution struct {
	program *Program
	streams Streams
	command *Command
	common  common
	opened  bool
	style   Style // for the errors
}

func (x *execution) execute(ctx context.Context, args []string, called bool) error {
	name, args := firstCommand(args)
	command, err := x.program.find(name)
	if err != nil {
		return err
	}
	x.command = command

	flags := newFlags(command.Name)
	work := command.Setup(flags)
	x.common.declare(flags)
	positional, err := ParseFlags(flags, args)
	x.style = x.program.style(x.common, x.streams.Err)
	if errors.Is(err, flag.ErrHelp) {
		x.program.writeHelp(x.streams.Out, x.program.style(x.common, x.streams.Out), command)
		return nil
	}
	if err != nil {
		return err
	}

	in := &Invocation{
		Args: positional, Stdin: x.streams.In, Stdout: x.streams.Out, Stderr: x.streams.Err, Verbosity: x.common.verbosity,
		Style: x.program.style(x.common, x.streams.Out), Interactive: !called && !x.common.noInput && terminal.Is(x.streams.In),
		SkipChecks: called || x.common.skipChecks, Program: x.program,
	}
	return x.work(ctx, work, in)
}

// work opens the site, checks it and runs the command; a panic is an error with its stack.
func (x *execution) work(ctx context.Context, work RunFunc, in *Invocation) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{v, debug.Stack()}
		}
	}()
	p, command := x.program, x.command
	if !command.Standalone && p.Open != nil {
		x.opened = true
		if ctx, err = p.Open(ctx, in); err != nil {
			return err
		}
	}
	if !command.Standalone && !command.SkipChecks && !in.SkipChecks && p.Checks != nil {
		if err := in.check(ctx, command.CheckTags); err != nil {
			return err
		}
	}
	return work(ctx, in)
}

// Check runs the system checks, those that ask the named databases too, for a command with SkipChecks that knows only now
// which databases it works on. What is an error ends it; the rest goes to Stderr. With --skip-checks it does nothing. Django:
// self.check(databases=[...]).
func (in *Invocation) Check(ctx context.Context, databases ...string) error {
	if in.SkipChecks || in.Program == nil || in.Program.Checks == nil {
		return nil
	}
	return in.check(WithCheckDatabases(ctx, databases...), nil)
}

func (in *Invocation) check(ctx context.Context, tags []string) error {
	report := in.Program.Check(ctx, tags, false)
	if report.Failed(Error) {
		return &CheckError{report}
	}
	report.Write(in.Stderr, in.Style)
	if len(report.Messages) > 0 {
		fmt.Fprintf(in.Stderr, "\n%s\n", report.Count())
	}
	return nil
}

// Check runs the program's checks and sorts what they found.
func (p *Program) Check(ctx context.Context, tags []string, deploy bool) Report {
	if p.Checks == nil {
		return Report{}
	}
	return NewReport(RunChecks(ctx, p.Checks(ctx), tags, deploy), p.Silenced)
}

// firstCommand finds the command's name: --help and --version are commands too, and no argument at all asks for help.
func firstCommand(args []string) (string, []string) {
	if len(args) == 0 {
		return "help", nil
	}
	switch args[0] {
	case "-h", "-help", "--help":
		return "help", args[1:]
	case "-version", "--version":
		return "version", args[1:]
	}
	return args[0], args[1:]
}

func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// All returns the commands by name: the program's own, then the built-in ones.
func (p *Program) All() []Command {
	var out []Command
	seen := map[string]bool{}
	for _, c := range slices.Concat(p.Commands, []Command{helpCommand(), versionCommand(), completionCommand()}) {
		if !seen[c.Name] {
			seen[c.Name] = true
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Command) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (p *Program) find(name string) (*Command, error) {
	all := p.All()
	names := make([]string, len(all))
	for i := range all {
		if all[i].Name == name {
			return &all[i], nil
		}
		names[i] = all[i].Name
	}
	return nil, &unknownCommandError{name: name, near: closest.Match(name, names), program: p.name()}
}

type unknownCommandError struct{ name, near, program string }

func (e *unknownCommandError) Error() string {
	text := fmt.Sprintf("Unknown command: %q", e.name)
	if e.near != "" {
		text += fmt.Sprintf(". Did you mean %s?", e.near)
	}
	return text + fmt.Sprintf("\nType '%s help' for usage.", e.program)
}

func (p *Program) name() string {
	if p.Name != "" {
		return p.Name
	}
	name := os.Args[0]
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

func (p *Program) style(c common, w io.Writer) Style {
	if strings.Contains(p.Colors, "nocolor") && !c.forceColor {
		return Style{}
	}
	if c.noColor || !c.forceColor && !terminal.Is(w) {
		return Style{}
	}
	return NewStyle(p.Colors)
}

// report prints an error and returns the exit code that it stands for.
func (x *execution) report(err error) int {
	w := x.streams.Err
	if check, ok := errors.AsType[*CheckError](err); ok {
		fmt.Fprint(w, x.style.Error("SystemCheckError: "))
		check.Report.Write(w, x.style)
		fmt.Fprintf(w, "\n%s\n", check.Report.Count())
		return ExitFailed
	}
	if usage, ok := errors.AsType[*usageError](err); ok {
		if x.command != nil {
			fmt.Fprintf(w, "usage: %s\n", x.program.usage(x.command))
		}
		fmt.Fprintln(w, x.style.Error(usage.text))
		return ExitUsage
	}
	if p, ok := errors.AsType[*panicError](err); ok {
		fmt.Fprintf(w, "%s\n\n%s", x.style.Error(p.Error()), p.stack)
		return ExitFailed
	}

	code, printed := ExitFailed, err
	if exit, ok := errors.AsType[*ExitError](err); ok {
		if exit.Code != 0 {
			code = exit.Code
		}
		if exit.Err == nil {
			printed = nil
		}
	} else if errors.Is(err, context.Canceled) {
		return ExitSignal
	}
	if printed != nil {
		fmt.Fprintln(w, x.style.Error(printed.Error()))
		if x.common.traceback {
			writeChain(w, printed, "  ")
		}
	}
	return code
}

// writeChain shows an error with the types and texts of what it wraps.
func writeChain(w io.Writer, err error, indent string) {
	fmt.Fprintf(w, "%s%T: %s\n", indent, err, strings.ReplaceAll(err.Error(), "\n", "\n"+indent))
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			writeChain(w, inner, indent+"  ")
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			writeChain(w, inner, indent+"  ")
		}
	}
}

type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }
