package migrate

import (
	"context"
	"fmt"

	"github.com/nuages-go/nuages/orm"
)

// CreateExtension installs an extension of PostgreSQL; the role of the connection must be allowed to. One that is there
// already needs no permission and is kept. On other databases it does nothing. Backward drops the extension.
//
//	migrate.CreateExtension{Name: "hstore"}
//
// Django's names are functions here: HStoreExtension, CITextExtension, TrigramExtension and so on.
type CreateExtension struct{ Name string }

// HStoreExtension is the extension hstore: texts by key in a column.
func HStoreExtension() CreateExtension { return CreateExtension{"hstore"} }

// CITextExtension is the extension citext: texts that are compared without case.
func CITextExtension() CreateExtension { return CreateExtension{"citext"} }

// TrigramExtension is the extension pg_trgm: the likeness of texts, and indexes for LIKE.
func TrigramExtension() CreateExtension { return CreateExtension{"pg_trgm"} }

// BtreeGinExtension is the extension btree_gin: plain columns in GIN indexes.
func BtreeGinExtension() CreateExtension { return CreateExtension{"btree_gin"} }

// BtreeGistExtension is the extension btree_gist: plain columns in GiST indexes, for exclusion constraints.
func BtreeGistExtension() CreateExtension { return CreateExtension{"btree_gist"} }

// UnaccentExtension is the extension unaccent: search without accents.
func UnaccentExtension() CreateExtension { return CreateExtension{"unaccent"} }

// CryptoExtension is the extension pgcrypto: functions such as gen_random_uuid and digest.
func CryptoExtension() CreateExtension { return CreateExtension{"pgcrypto"} }

// BloomExtension is the extension bloom: Bloom filter indexes.
func BloomExtension() CreateExtension { return CreateExtension{"bloom"} }

// Describe says what the operation does.
func (o CreateExtension) Describe() string { return "Creates extension " + o.Name }

// State changes nothing.
func (o CreateExtension) State(*State, string) error { return nil }

// Forward installs the extension.
func (o CreateExtension) Forward(ctx context.Context, e *Editor, _ string, _, _ *State) error {
	if there, err := o.exists(ctx, e); err != nil || there {
		return err
	}
	return o.run(ctx, e, "CREATE EXTENSION IF NOT EXISTS ")
}

// Backward drops the extension.
func (o CreateExtension) Backward(ctx context.Context, e *Editor, _ string, _, _ *State) error {
	return o.run(ctx, e, "DROP EXTENSION IF EXISTS ")
}

func (o CreateExtension) run(ctx context.Context, e *Editor, sql string) error {
	if e.d.Name != "postgresql" {
		return nil
	}
	return e.Execute(ctx, sql+e.name(o.Name))
}

func (o CreateExtension) exists(ctx context.Context, e *Editor) (there bool, err error) {
	if e.collect || e.d.Name != "postgresql" {
		return false, nil
	}
	err = orm.QueryOn(ctx, e.db, "SELECT extname::text FROM pg_catalog.pg_extension WHERE extname = ?", []any{o.Name}, func([]any) error {
		there = true
		return nil
	})
	return there, err
}

// Fragment is the operation's part of a migration's name.
func (o CreateExtension) Fragment() string { return "create_extension_" + low(o.Name) }

// Category is that of what is made.
func (o CreateExtension) Category() byte { return '+' }

// Reduce keeps one of two that are equal.
func (o CreateExtension) Reduce(next Operation, _ string) ([]Operation, bool) {
	if next == Operation(o) {
		return []Operation{o}, true
	}
	return nil, false
}

// CreateCollation makes a collation of PostgreSQL: the order and equality of text in columns that name it. On other
// databases it does nothing. The state does not know collations.
type CreateCollation struct {
	// Name is what fields name in Collation.
	Name string
	// Locale is the provider's name of the rules: "und-u-ks-level2", "de_DE.utf8".
	Locale string
	// Provider is "icu" or "libc". Default: "libc".
	Provider string
	// NonDeterministic lets texts of different bytes be equal, for comparison without case or accents (icu only).
	NonDeterministic bool
}

// Describe says what the operation does.
func (o CreateCollation) Describe() string { return "Create collation " + o.Name }

// State changes nothing.
func (o CreateCollation) State(*State, string) error { return nil }

// Forward makes the collation.
func (o CreateCollation) Forward(ctx context.Context, e *Editor, _ string, _, _ *State) error {
	if e.d.Name != "postgresql" {
		return nil
	}
	args := "locale = " + e.name(o.Locale)
	if o.Provider != "" && o.Provider != "libc" {
		args += ", provider = " + e.name(o.Provider)
	}
	if o.NonDeterministic {
		args += ", deterministic = false"
	}
	return e.Execute(ctx, fmt.Sprintf("CREATE COLLATION %s (%s)", e.name(o.Name), args))
}

// Backward drops the collation.
func (o CreateCollation) Backward(ctx context.Context, e *Editor, _ string, _, _ *State) error {
	if e.d.Name != "postgresql" {
		return nil
	}
	return e.Execute(ctx, "DROP COLLATION "+e.name(o.Name))
}

// Fragment is the operation's part of a migration's name.
func (o CreateCollation) Fragment() string { return "create_collation_" + low(o.Name) }

// Category is that of what is made.
func (o CreateCollation) Category() byte { return '+' }

// Reduce takes a collation away that is made and dropped again.
func (o CreateCollation) Reduce(next Operation, _ string) ([]Operation, bool) {
	return nil, next == Operation(RemoveCollation(o))
}

// RemoveCollation drops a collation of PostgreSQL. Its fields are those of the CreateCollation that Backward runs.
type RemoveCollation CreateCollation

// Describe says what the operation does.
func (o RemoveCollation) Describe() string { return "Remove collation " + o.Name }

// State changes nothing.
func (o RemoveCollation) State(*State, string) error { return nil }

// Forward drops the collation.
func (o RemoveCollation) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return CreateCollation(o).Backward(ctx, e, app, from, to)
}

// Backward makes the collation again.
func (o RemoveCollation) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return CreateCollation(o).Forward(ctx, e, app, from, to)
}

// Fragment is the operation's part of a migration's name.
func (o RemoveCollation) Fragment() string { return "remove_collation_" + low(o.Name) }

// Category is that of what is dropped.
func (o RemoveCollation) Category() byte { return '-' }
