package migrate

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm/schema"
)

// Questions decides what two states alone cannot tell. makemigrations asks the developer; Answers answers from flags.
type Questions interface {
	// RenameModel and RenameField say whether a new name stands for what is gone under the old one.
	RenameModel(app, old, now string) (bool, error)
	RenameField(app, model, old, now string) (bool, error)
	// MoveModel says whether a new model stands for the one that is gone from another application.
	MoveModel(old, now string) (bool, error)
	// OneOff gives the value of existing rows in a column that needs one. A nil value leaves the rows as they are.
	OneOff(m Missing) (any, error)
	// Drop is shown what loses data before it is written, and returns an error to stop it.
	Drop(what []string) error
	// Merge says whether two lines of an application's migrations may be joined.
	Merge(app string, branches []string) (bool, error)
}

// Missing is a column that may not be null and has no value for rows that are there.
type Missing struct {
	App, Model string
	Field      *schema.Field
	// Now says that the present time would be a fit value.
	Now bool
	// Nulls says that the column is there and may hold nulls.
	Nulls bool
}

// Label is app.Model.field.
func (m Missing) Label() string { return m.App + "." + m.Model + "." + m.Field.Name }

// Answers are answers given beforehand, for runs without a person. What is not answered is refused when it would lose data
// or fail, with the flag that answers it; the zero value refuses all of that and takes nothing as renamed.
type Answers struct {
	// Renames are new names by the old ones: "news.Story" to "Article", "news.Article.headline" to "title".
	Renames map[string]string
	// Moves are the new labels of models that moved to another application: "news.Author" to "people.Author".
	Moves map[string]string
	// Defaults are the values of existing rows by "news.Article.title".
	Defaults map[string]string
	// AllowDrop permits the removal of columns and tables.
	AllowDrop bool

	refused []string
	// candidates are models that may have moved, by their old labels.
	candidates map[string]string
}

// Refused says what was left without an answer, or is nil.
func (a *Answers) Refused() error {
	if len(a.refused) == 0 {
		return nil
	}
	return fmt.Errorf("migrate: makemigrations needs answers:\n  %s", strings.Join(a.refused, "\n  "))
}

// RenameModel looks into Renames.
func (a *Answers) RenameModel(app, old, now string) (bool, error) {
	return a.Renames[app+"."+old] == now, nil
}

// MoveModel looks into Moves.
func (a *Answers) MoveModel(old, now string) (bool, error) {
	if a.candidates == nil {
		a.candidates = map[string]string{}
	}
	if a.Moves[old] != now {
		a.candidates[old] = now
	}
	return a.Moves[old] == now, nil
}

// RenameField looks into Renames.
func (a *Answers) RenameField(app, model, old, now string) (bool, error) {
	return a.Renames[app+"."+model+"."+old] == now, nil
}

// OneOff looks into Defaults. A column that may hold nulls is left alone without an answer.
func (a *Answers) OneOff(m Missing) (any, error) {
	if given, ok := a.Defaults[m.Label()]; ok {
		return parseValue(m.Field, given)
	}
	if !m.Nulls {
		a.refused = append(a.refused, fmt.Sprintf("%s may not be null and rows that are there have no value for it (--default %s=VALUE, or give the field a default, or make it nullable)", m.Label(), m.Label()))
	}
	return nil, nil
}

// Drop refuses unless AllowDrop is set.
func (a *Answers) Drop(what []string) error {
	if !a.AllowDrop {
		for _, w := range what {
			label, _, _ := strings.Cut(w, ":")
			hint := " (--allow-drop, or --rename OLD=NEW if it only has another name)"
			if to := a.candidates[label]; to != "" {
				hint = fmt.Sprintf(" (--move %s=%s if it only moved there, and its table stays; or --allow-drop)", label, to)
			}
			a.refused = append(a.refused, w+hint)
		}
	}
	return nil
}

// Merge agrees: the person asked for it.
func (a *Answers) Merge(string, []string) (bool, error) { return true, nil }

// prompts asks a person what the flags have not answered.
type prompts struct {
	given *Answers
	in    *bufio.Reader
	out   io.Writer
}

func (p *prompts) ask(format string, args ...any) (string, error) {
	fmt.Fprintf(p.out, format, args...)
	line, err := p.in.ReadString('\n')
	if err != nil && line == "" {
		return "", fmt.Errorf("migrate: no answer: %w", err)
	}
	return strings.TrimSpace(line), nil
}

func (p *prompts) yes(format string, args ...any) (bool, error) {
	for {
		answer, err := p.ask(format+" [y/N] ", args...)
		if err != nil {
			return false, err
		}
		switch strings.ToLower(answer) {
		case "y", "yes":
			return true, nil
		case "", "n", "no":
			return false, nil
		}
		fmt.Fprintln(p.out, "Please answer yes or no.")
	}
}

func (p *prompts) choice(question string, choices ...string) (int, error) {
	fmt.Fprintln(p.out, question)
	for i, c := range choices {
		fmt.Fprintf(p.out, " %d) %s\n", i+1, c)
	}
	for {
		answer, err := p.ask("Select an option: ")
		if err != nil {
			return 0, err
		}
		if n, err := strconv.Atoi(answer); err == nil && n > 0 && n <= len(choices) {
			return n, nil
		}
	}
}

// RenameModel asks.
func (p *prompts) RenameModel(app, old, now string) (bool, error) {
	if yes, _ := p.given.RenameModel(app, old, now); yes {
		return true, nil
	}
	return p.yes("Was the model %s.%s renamed to %s?", app, old, now)
}

// MoveModel asks.
func (p *prompts) MoveModel(old, now string) (bool, error) {
	if yes, _ := p.given.MoveModel(old, now); yes {
		return true, nil
	}
	yes, err := p.yes("Did the model %s move to %s? Its table stays with all rows.", old, now)
	if yes {
		if p.given.Moves == nil {
			p.given.Moves = map[string]string{}
		}
		p.given.Moves[old] = now // for the notes
	}
	return yes, err
}

// RenameField asks.
func (p *prompts) RenameField(app, model, old, now string) (bool, error) {
	if yes, _ := p.given.RenameField(app, model, old, now); yes {
		return true, nil
	}
	return p.yes("Was %s.%s.%s renamed to %s.%s?", app, model, old, model, now)
}

// OneOff asks for a value.
func (p *prompts) OneOff(m Missing) (any, error) {
	if given, ok := p.given.Defaults[m.Label()]; ok {
		return parseValue(m.Field, given)
	}
	value, quit := "Provide a value for existing rows, once", "Quit, and give the field a default among the models"
	var n int
	var err error
	if m.Nulls {
		n, err = p.choice(fmt.Sprintf("%s may no longer be null. Rows that are there may be, and the database needs something to put into them.", m.Label()), value, "Ignore for now: rows that are null are dealt with otherwise, by Go code or SQL in an earlier migration", quit)
		if n == 2 {
			return nil, err
		}
	} else {
		n, err = p.choice(fmt.Sprintf("%s is new and may not be null, and has no default. The database needs something to put into rows that are there.", m.Label()), value, quit)
	}
	if err != nil {
		return nil, err
	}
	if n != 1 {
		return nil, errQuit
	}
	for {
		hint := ""
		if m.Now {
			hint = " (empty for now)"
		}
		answer, err := p.ask("Value%s: ", hint)
		if err != nil {
			return nil, err
		}
		if answer == "" && m.Now {
			answer = "now"
		}
		v, err := parseValue(m.Field, answer)
		if err == nil {
			return v, nil
		}
		fmt.Fprintln(p.out, err)
	}
}

var errQuit = fmt.Errorf("migrate: nothing was written")

// Drop shows what is lost and asks.
func (p *prompts) Drop(what []string) error {
	if p.given.AllowDrop {
		return nil
	}
	fmt.Fprintf(p.out, "These changes delete data:\n  %s\n", strings.Join(what, "\n  "))
	yes, err := p.yes("Write them?")
	if err == nil && !yes {
		err = errQuit
	}
	return err
}

// Merge shows the branches and asks.
func (p *prompts) Merge(app string, branches []string) (bool, error) {
	fmt.Fprintf(p.out, "Merging %s\n", app)
	for _, b := range branches {
		fmt.Fprintln(p.out, b)
	}
	return p.yes("Merging only works if the operations above do not contradict each other. Do you want to merge these migration branches?")
}

// parseValue reads a value for a field from text.
func parseValue(f *schema.Field, text string) (any, error) {
	bad := func(what string) error {
		return fmt.Errorf("migrate: %q is not %s (for field %s)", text, what, f.Name)
	}
	switch {
	case f.Kind.IsText() || f.Kind == schema.IP || f.Kind == schema.JSON:
		return text, nil
	case f.Kind.IsInteger():
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, bad("a whole number")
		}
		return n, nil
	}
	switch f.Kind {
	case schema.Boolean:
		b, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return nil, bad("true or false")
		}
		return b, nil
	case schema.Float:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, bad("a number")
		}
		return x, nil
	case schema.Decimal:
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return nil, bad("a number")
		}
		return text, nil
	case schema.Date, schema.DateTime:
		if text == "now" {
			return time.Now().UTC().Truncate(time.Second), nil
		}
		for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
			if t, err := time.Parse(layout, text); err == nil {
				return t.UTC(), nil
			}
		}
		return nil, bad("a date, a date and time, or \"now\"")
	case schema.Duration, schema.Time:
		d, err := time.ParseDuration(text)
		if err != nil {
			return nil, bad("a duration such as 1h30m")
		}
		return d, nil
	case schema.Binary:
		return []byte(text), nil
	case schema.UUID:
		var id [16]byte
		b, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
		if err != nil || len(b) != 16 {
			return nil, bad("a UUID")
		}
		copy(id[:], b)
		return id, nil
	case schema.ForeignKey, schema.OneToOne:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
		return text, nil
	}
	return nil, bad("a value")
}
