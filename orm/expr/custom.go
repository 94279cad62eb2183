package expr

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nuages-go/nuages/orm/schema"
)

// SQL is the text of a custom function on each database. {1}, {2} ... stand for the arguments, {args} for all of them;
// {{ and }} are braces. Values are never written into the text: an argument becomes a parameter of the statement.
type SQL = schema.SQL

// Custom is a function of one's own: its SQL on each database and what it gives.
type Custom struct {
	Name string
	SQL  SQL
	// Joiner stands between the arguments of {args}. Default: a comma.
	Joiner string
	// Min and Max are how many arguments {args} takes. Default: from the greatest number in the text on, without an end.
	Min, Max int
	// Out is the kind of the result. Default: that of the first argument.
	Out schema.Kind
	// Aggregate says that the function is over a group of rows.
	Aggregate bool
	// Func, if any, is Django's name of a built-in function that is called in place of SQL: "Length".
	Func string
}

// Call is a custom function with its arguments. Bilateral says that a value it is compared with goes through it too.
type Call struct {
	Of        Custom
	Args      []Node
	Bilateral bool
	// Filter, if any, limits an aggregate to some of the rows.
	Filter *Pred
}

func (Call) node() {}

// SchemaExpression marks the expressions that indexes, constraints and defaults may hold.
func (Call) SchemaExpression() {}

// Part is a transform or a look-up of one's own: a word of a look-up's name, "title__unaccent__similar".
type Part struct {
	Custom
	// Lookup compares with a value: it has two arguments. Otherwise the part is a transform, with one.
	Lookup bool
	// Bilateral transforms change the other side of a comparison too.
	Bilateral bool
	// For says which kinds of left sides the part fits; nil is all.
	For func(schema.Kind) bool
	// Right is the kind of a look-up's value. Default: that of the left side.
	Right schema.Kind
	// Prepare, if any, changes the value of a look-up before it becomes a parameter.
	Prepare func(v any) (any, error)
}

// Fits says whether the part can follow a left side of a kind.
func (p *Part) Fits(kind schema.Kind) bool { return p.For == nil || p.For(kind) }

// Check says what is wrong with the part.
func (p *Part) Check() error {
	switch {
	case !isWord(p.Name) || strings.Contains(p.Name, "__"):
		return fmt.Errorf("orm: %q cannot be the name of a transform or look-up (a word of lower-case letters, digits and single underscores)", p.Name)
	case p.Func != "":
		return nil
	}
	n := 1
	if p.Lookup {
		n = 2
	}
	lo, hi, err := p.Arity()
	if err == nil && (lo > n || hi >= 0 && hi < n || lo < n && hi >= 0) {
		err = fmt.Errorf("orm: the SQL of %q has %d arguments, want %d", p.Name, hi, n)
	}
	return err
}

func isWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && c != '_' && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && s[0] != '_' && s[len(s)-1] != '_'
}

// Arity is the number of arguments; hi is -1 where there is no end. All texts must agree.
func (c *Custom) Arity() (lo, hi int, err error) {
	first := true
	for _, text := range []string{c.SQL.All, c.SQL.SQLite, c.SQL.PostgreSQL, c.SQL.MySQL, c.SQL.MariaDB} {
		if text == "" {
			continue
		}
		n, all, err := arity(text)
		if err == nil && text != c.SQL.PostgreSQL && hasParameter(text) {
			err = errors.New("a ? is a parameter of the statement (write {1}; PostgreSQL's operator belongs into SQL.PostgreSQL)")
		}
		if err != nil {
			return 0, 0, fmt.Errorf("orm: the SQL of %q, %q: %w", c.Name, text, err)
		}
		end := n
		if all {
			end = -1
		}
		if !first && (end != hi || n != lo) {
			return 0, 0, fmt.Errorf("orm: the SQL of %q has other arguments on one database than on another", c.Name)
		}
		lo, hi, first = n, end, false
	}
	if first {
		return 0, 0, fmt.Errorf("orm: %q has no SQL", c.Name)
	}
	if hi < 0 {
		lo = max(lo, c.Min)
		if c.Max > 0 {
			hi = c.Max
		}
	}
	return lo, hi, nil
}

// hasParameter says that a text has a question mark outside of quotes.
func hasParameter(text string) bool {
	var quote byte
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '?':
			return true
		}
	}
	return false
}

// arity reads the placeholders of a text.
func arity(text string) (n int, all bool, err error) {
	var used []int
	err = walkSQL(text, func(string) {}, func(i int) {
		if i == 0 {
			all = true
			return
		}
		used = append(used, i)
	})
	if err != nil {
		return 0, false, err
	}
	if len(used) > 0 {
		n = slices.Max(used)
	}
	for i := 1; i < n; i++ {
		if !slices.Contains(used, i) && !all {
			return 0, false, fmt.Errorf("{%d} is missing", i)
		}
	}
	return n, all, nil
}

// walkSQL reads a text: literal is called with what stands as it is, arg with the number of an argument, 0 for all.
func walkSQL(text string, literal func(s string), arg func(i int)) error {
	for text != "" {
		i := strings.IndexAny(text, "{}")
		if i < 0 {
			literal(text)
			return nil
		}
		literal(text[:i])
		c := text[i : i+1]
		text = text[i+1:]
		if strings.HasPrefix(text, c) { // doubled: a brace
			literal(c)
			text = text[1:]
			continue
		}
		name, rest, ok := strings.Cut(text, "}")
		if c == "}" || !ok {
			return fmt.Errorf("a brace stands alone (double it)")
		}
		n, err := strconv.Atoi(name)
		switch {
		case name == "args":
			n = 0
		case err != nil || n < 1 || n > 100:
			return fmt.Errorf("{%s} is no argument ({1}, {2} ... or {args})", name)
		}
		arg(n)
		text = rest
	}
	return nil
}

// Walk reads the text for a database: literal is called with what stands as it is, arg with the number of an argument,
// counted from 1; 0 is all.
func (c *Custom) Walk(text string, literal func(s string), arg func(i int)) error {
	return walkSQL(text, literal, arg)
}
