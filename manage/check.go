package manage

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

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

// String returns Django's name of the level: "WARNING".
func (l Level) String() string {
	switch l {
	case Debug:
		return "DEBUG"
	case Info:
		return "INFO"
	case Warning:
		return "WARNING"
	case Error:
		return "ERROR"
	case Critical:
		return "CRITICAL"
	}
	return fmt.Sprintf("LEVEL %d", int(l))
}

// ParseLevel reads the name of a level, in any case.
func ParseLevel(name string) (Level, error) {
	for _, l := range []Level{Debug, Info, Warning, Error, Critical} {
		if strings.EqualFold(l.String(), name) {
			return l, nil
		}
	}
	return 0, fmt.Errorf("manage: unknown level %q (use DEBUG, INFO, WARNING, ERROR or CRITICAL)", name)
}

// Message is what a check found. Django: CheckMessage.
type Message struct {
	Level Level
	// ID is the message's code: "urls.W005".
	ID string
	// Text says what is wrong, Hint how to mend it. Object is what it is about: a file:line, a pattern, a model.
	Text, Hint, Object string
}

// String returns the message on a line of its own, and its hint on a second one.
func (m Message) String() string {
	var b strings.Builder
	if m.Object == "" {
		b.WriteByte('?')
	}
	b.WriteString(m.Object)
	b.WriteString(": ")
	if m.ID != "" {
		b.WriteString("(" + m.ID + ") ")
	}
	b.WriteString(m.Text)
	if m.Hint != "" {
		b.WriteString("\n\tHINT: " + m.Hint)
	}
	return b.String()
}

// Check finds mistakes before the first request.
type Check struct {
	// Tags group checks for `check --tag`.
	Tags []string
	// Deploy checks run only with `check --deploy`.
	Deploy bool
	// Database checks ask databases. They run only where databases are named (WithCheckDatabases), as the command check does
	// it, so that other commands do not wait for them. Django: the tag "database".
	Database bool
	Run      func(ctx context.Context) []Message
}

// Report is what a run of checks found.
type Report struct {
	// Messages are the messages that were not silenced, the worst first. Silenced counts the others.
	Messages []Message
	Silenced int
}

// NewReport sorts messages and sets those apart whose ID is silenced. An error or worse cannot be hidden by silencing
// its text only: as in Django the whole message goes.
func NewReport(messages []Message, silenced []string) Report {
	var r Report
	for _, m := range messages {
		if m.ID != "" && slices.Contains(silenced, m.ID) {
			r.Silenced++
			continue
		}
		r.Messages = append(r.Messages, m)
	}
	slices.SortStableFunc(r.Messages, func(a, b Message) int {
		if a.Level != b.Level {
			return int(b.Level - a.Level)
		}
		return strings.Compare(a.String(), b.String())
	})
	return r
}

// Failed says whether a message is at least that bad.
func (r Report) Failed(level Level) bool {
	return slices.ContainsFunc(r.Messages, func(m Message) bool { return m.Level >= level })
}

// Count returns the closing line: "System check identified 2 issues (0 silenced)."
func (r Report) Count() string {
	issues := fmt.Sprintf("%d issues", len(r.Messages))
	switch len(r.Messages) {
	case 0:
		issues = "no issues"
	case 1:
		issues = "1 issue"
	}
	return fmt.Sprintf("System check identified %s (%d silenced).", issues, r.Silenced)
}

// Write prints the messages under headings, as Django does. Nothing is written when there are none.
func (r Report) Write(w io.Writer, style Style) {
	if len(r.Messages) == 0 {
		return
	}
	fmt.Fprintln(w, "System check identified some issues:")
	var level Level
	for _, m := range r.Messages {
		if m.Level != level {
			level = m.Level
			fmt.Fprintf(w, "\n%sS:\n", level)
		}
		text := m.String()
		if level >= Error {
			text = style.Error(text)
		} else {
			text = style.Warning(text)
		}
		fmt.Fprintln(w, text)
	}
}

// CheckError is the failure of the checks before a command. Django: SystemCheckError.
type CheckError struct{ Report Report }

// Error returns the whole report.
func (e *CheckError) Error() string {
	var b strings.Builder
	b.WriteString("SystemCheckError: ")
	e.Report.Write(&b, Style{})
	b.WriteString("\n" + e.Report.Count())
	return b.String()
}

// RunChecks runs those checks that carry one of the tags, or all when there are no tags, and the deploy checks only on
// demand. A check that panics becomes a message, so that the others still run.
func RunChecks(ctx context.Context, checks []Check, tags []string, deploy bool) []Message {
	var out []Message
	for _, c := range checks {
		if c.Deploy && !deploy || c.Database && len(CheckDatabases(ctx)) == 0 {
			continue
		}
		if len(tags) > 0 && !slices.ContainsFunc(c.Tags, func(t string) bool { return slices.Contains(tags, t) }) {
			continue
		}
		out = append(out, runCheck(ctx, c)...)
	}
	return out
}

type checkDatabasesKey struct{}

// WithCheckDatabases returns a context in which Database checks run, for the databases with these names.
func WithCheckDatabases(ctx context.Context, names ...string) context.Context {
	return context.WithValue(ctx, checkDatabasesKey{}, names)
}

// CheckDatabases are the names of the databases that a Database check may ask.
func CheckDatabases(ctx context.Context) []string {
	names, _ := ctx.Value(checkDatabasesKey{}).([]string)
	return names
}

func runCheck(ctx context.Context, c Check) (out []Message) {
	defer func() {
		if v := recover(); v != nil {
			out = append(out, Message{
				Level: Critical, ID: "manage.E001", Text: fmt.Sprintf("A system check panicked: %v", v),
				Hint: "This is a mistake in the check itself.", Object: strings.Join(c.Tags, ","),
			})
		}
	}()
	return c.Run(ctx)
}
