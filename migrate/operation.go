package migrate

import (
	"context"
	"fmt"
	"strings"
)

// Operation is one change of the schema: on the state of the migrations, and on the database, forward and backward.
type Operation interface {
	// Describe says in a line what the operation does: "Create model Tag".
	Describe() string
	// State changes the state of the migrations.
	State(s *State, app string) error
	// Forward changes the database. From is the state before, to the state after.
	Forward(ctx context.Context, e *Editor, app string, from, to *State) error
	// Backward undoes Forward. From is the state after the operation, to that before.
	Backward(ctx context.Context, e *Editor, app string, from, to *State) error
}

// Fragmenter is an Operation that gives its part of a migration's name: "tag", "article_slug". A migration with an
// operation that has none is named by its time.
type Fragmenter interface{ Fragment() string }

// Categorizer is an Operation that says which sign stands before it in makemigrations' list: + makes, - drops, ~ changes,
// s is SQL, p is code, ? anything.
type Categorizer interface{ Category() byte }

// Elider is an Operation that may say that it is not needed in a squashed migration.
type Elider interface{ IsElidable() bool }

// Reducer is an Operation that can be folded with one that comes after it: into those that it returns, none of which is
// fine, if ok.
type Reducer interface {
	Reduce(next Operation, app string) (ops []Operation, ok bool)
}

// IrreversibleError says that a migration cannot be undone.
type IrreversibleError struct{ Operation string }

// Error names the operation.
func (e *IrreversibleError) Error() string {
	return fmt.Sprintf("migrate: operation %q cannot be undone", e.Operation)
}

func fragment(op Operation) string {
	if f, ok := op.(Fragmenter); ok {
		return f.Fragment()
	}
	return ""
}

// category is the sign before an operation.
func category(op Operation) string {
	if c, ok := op.(Categorizer); ok {
		return string(rune(c.Category()))
	}
	switch op.(type) {
	case CreateModel, AddField, AddIndex, AddConstraint:
		return "+"
	case DeleteModel, RemoveField, RemoveIndex, RemoveConstraint:
		return "-"
	case RunSQL:
		return "s"
	case RunGo:
		return "p"
	case SeparateDatabaseAndState:
		return "?"
	}
	return "~"
}

func low(name string) string { return strings.ToLower(name) }
