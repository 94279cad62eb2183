package template

import (
	"math/big"

	"github.com/nuages-go/nuages/internal/pyfmt"
	"github.com/nuages-go/nuages/template/internal/value"
)

// Str is never asked for: messages name their variables.
func (m messageArg) Str() string { return "" }

// Repr is never asked for.
func (m messageArg) Repr() string { return "" }

// Int says that the variables are no number.
func (m messageArg) Int() (n *big.Int, exact, ok bool) { return nil, false, false }

// Float says that the variables are no number.
func (m messageArg) Float() (float64, bool) { return 0, false }

// IsMapping says that the variables have names.
func (m messageArg) IsMapping() bool { return true }

// Key returns a variable's text.
func (m messageArg) Key(name string) (pyfmt.Arg, bool) {
	v, ok := m.Get(value.OfString(name))
	if !ok {
		return nil, false
	}
	return textArg(v.Text()), true
}

// textArg is a text for the % operator.
type textArg string

// Str returns the text.
func (t textArg) Str() string { return string(t) }

// Repr returns the text in quotes.
func (t textArg) Repr() string { return pyfmt.Quote(string(t)) }

// Int says that text is no number.
func (t textArg) Int() (n *big.Int, exact, ok bool) { return nil, false, false }

// Float says that text is no number.
func (t textArg) Float() (float64, bool) { return 0, false }

// IsMapping says that text has no keys.
func (t textArg) IsMapping() bool { return false }

// Key finds nothing.
func (t textArg) Key(string) (pyfmt.Arg, bool) { return nil, false }
