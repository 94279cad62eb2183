package migrate

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
)

// Online runs an operation so that others may read and write the table meanwhile. On PostgreSQL indexes are made
// CONCURRENTLY, unique constraints from such an index, checks and foreign keys are added NOT VALID and validated after, and a
// column that may no longer be null is first proven to have none by a check that is validated. Other databases run the
// operation as it is.
//
// The migration must be NonAtomic. Run again after it was interrupted, the operation goes on: what is there is kept, an
// index that was left invalid is made anew.
//
//	migrate.Online{Operation: migrate.AlterField{Model: "Article", Field: kind, OneOff: "note"}}
type Online struct{ Operation Operation }

// Describe says what the operation does.
func (o Online) Describe() string { return o.Operation.Describe() + " (online)" }

// State changes what the operation changes.
func (o Online) State(s *State, app string) error { return o.Operation.State(s, app) }

// Forward runs the operation.
func (o Online) Forward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return e.online(ctx, o, func() error { return o.Operation.Forward(ctx, e, app, from, to) })
}

// Backward undoes the operation.
func (o Online) Backward(ctx context.Context, e *Editor, app string, from, to *State) error {
	return e.online(ctx, o, func() error { return o.Operation.Backward(ctx, e, app, from, to) })
}

// Fragment is the operation's part of a migration's name.
func (o Online) Fragment() string { return fragment(o.Operation) }

// Category is the operation's.
func (o Online) Category() byte { return category(o.Operation)[0] }

// RoutedModel is the model that routers are asked about.
func (o Online) RoutedModel() string { return routedModel(o.Operation) }

// inner is an operation without the Online around it.
func inner(op Operation) Operation {
	if o, ok := op.(Online); ok {
		return o.Operation
	}
	return op
}

// needsNonAtomic says that an operation cannot run in a transaction.
func needsNonAtomic(op Operation) bool {
	switch op := op.(type) {
	case AddIndexConcurrently, RemoveIndexConcurrently, Online:
		return true
	case SeparateDatabaseAndState:
		for _, o := range op.Database {
			if needsNonAtomic(o) {
				return true
			}
		}
	}
	return false
}

// goesOn says that an operation outside a transaction may be run again after it stopped halfway.
func goesOn(op Operation) bool {
	switch op.(type) {
	case AddIndexConcurrently, RemoveIndexConcurrently, Online, Backfill, ValidateConstraint:
		return true
	}
	return false
}

// online runs f with statements that let others work. It refuses on every database what PostgreSQL would refuse.
func (e *Editor) online(ctx context.Context, op Operation, f func() error) error {
	if e.atomic {
		return fmt.Errorf("%q cannot run in a transaction (set NonAtomic: true on its migration)", op.Describe())
	}
	if e.d.Name != "postgresql" {
		return f()
	}
	if err := e.finish(ctx); err != nil { // what others put off is theirs
		return err
	}
	e.onlineNow = true
	defer func() { e.onlineNow = false }()
	if err := f(); err != nil {
		return err
	}
	return e.finish(ctx)
}

// The statements of the editor that have a form that lets others work.
var (
	createIndex = regexp.MustCompile(`^CREATE (UNIQUE )?INDEX ("(?:[^"]|"")+") ON (.*)$`)
	addUnique   = regexp.MustCompile(`^ALTER TABLE ("(?:[^"]|"")+") ADD CONSTRAINT ("(?:[^"]|"")+") UNIQUE ((?:NULLS NOT DISTINCT )?)(\((?:"(?:[^"]|"")+"(?:, )?)+\))(.*)$`)
	addChecked  = regexp.MustCompile(`^ALTER TABLE ("(?:[^"]|"")+") ADD CONSTRAINT ("(?:[^"]|"")+") (?:CHECK|FOREIGN KEY) `)
	setNotNull  = regexp.MustCompile(`^ALTER TABLE ("(?:[^"]|"")+") ALTER COLUMN ("(?:[^"]|"")+") SET NOT NULL$`)
)

// executeOnline runs a statement of the editor in its form that lets others work. The patterns are those of statements that
// this package writes, with names in quotes.
func (e *Editor) executeOnline(ctx context.Context, sql string) error {
	if m := createIndex.FindStringSubmatch(sql); m != nil {
		return e.indexOnline(ctx, m[1], m[2], m[3])
	}
	if name, ok := strings.CutPrefix(sql, "DROP INDEX IF EXISTS "); ok {
		return e.run(ctx, "DROP INDEX CONCURRENTLY IF EXISTS "+name)
	}
	if m := addUnique.FindStringSubmatch(sql); m != nil {
		if there, err := e.hasConstraint(ctx, m[1], m[2]); err != nil || there {
			return err
		}
		nulls := ""
		if m[3] != "" {
			nulls = " NULLS NOT DISTINCT"
		}
		if err := e.indexOnline(ctx, "UNIQUE ", m[2], m[1]+" "+m[4]+nulls); err != nil {
			return err
		}
		return e.run(ctx, "ALTER TABLE "+m[1]+" ADD CONSTRAINT "+m[2]+" UNIQUE USING INDEX "+m[2]+m[5])
	}
	if m := addChecked.FindStringSubmatch(sql); m != nil {
		return e.constraintOnline(ctx, m[1], m[2], sql)
	}
	if m := setNotNull.FindStringSubmatch(sql); m != nil {
		return e.notNullOnline(ctx, m[1], m[2], sql)
	}
	return e.run(ctx, sql)
}

// indexOnline makes an index. One that an earlier attempt left half made is dropped before.
func (e *Editor) indexOnline(ctx context.Context, unique, name, on string) error {
	if !e.collect {
		valid, there := true, false
		err := orm.QueryOn(ctx, e.db, "SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = to_regclass(?)", []any{name}, func(c []any) error {
			valid, _ = c[0].(bool)
			there = true
			return nil
		})
		if err != nil {
			return err
		}
		if there && !valid {
			if err := e.run(ctx, "DROP INDEX CONCURRENTLY IF EXISTS "+name); err != nil {
				return err
			}
		}
	}
	err := e.run(ctx, "CREATE "+unique+"INDEX CONCURRENTLY IF NOT EXISTS "+name+" ON "+on)
	if err != nil && !e.collect { // what is left of it slows writers and serves nobody
		_ = e.run(context.WithoutCancel(ctx), "DROP INDEX CONCURRENTLY IF EXISTS "+name)
	}
	return err
}

// hasConstraint says whether a table has a constraint. Both names are quoted.
func (e *Editor) hasConstraint(ctx context.Context, table, name string) (there bool, err error) {
	if e.collect {
		return false, nil
	}
	err = orm.QueryOn(ctx, e.db, "SELECT conname::text FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass(?) AND quote_ident(conname) = quote_ident(?)", []any{table, unquoteName(name)}, func([]any) error {
		there = true
		return nil
	})
	return there, err
}

func unquoteName(name string) string {
	return strings.ReplaceAll(strings.Trim(name, `"`), `""`, `"`)
}

// constraintOnline adds a check or a foreign key for new rows, and then reads the others.
func (e *Editor) constraintOnline(ctx context.Context, table, name, sql string) error {
	there, err := e.hasConstraint(ctx, table, name)
	if err != nil {
		return err
	}
	if !there {
		if err := e.run(ctx, sql+" NOT VALID"); err != nil {
			return err
		}
	}
	return e.run(ctx, "ALTER TABLE "+table+" VALIDATE CONSTRAINT "+name)
}

// notNullOnline proves by a validated check that a column has no nulls, so that SET NOT NULL need not read the rows while
// it holds the table. Since PostgreSQL 12; before, it is only slower.
func (e *Editor) notNullOnline(ctx context.Context, table, column, sql string) error {
	name := e.name(cut(unquoteName(column), 50) + "_not_null")
	if err := e.constraintOnline(ctx, table, name, "ALTER TABLE "+table+" ADD CONSTRAINT "+name+" CHECK ("+column+" IS NOT NULL)"); err != nil {
		return err
	}
	if err := e.run(ctx, sql); err != nil {
		return err
	}
	return e.run(ctx, "ALTER TABLE "+table+" DROP CONSTRAINT "+name)
}

// run runs a statement that may wait for a lock. With a timeout, it does not let others queue behind it for longer than
// that: it gives up, waits, and tries again.
func (e *Editor) run(ctx context.Context, sql string) error {
	if e.collect || e.lockTimeout <= 0 || !strings.HasPrefix(sql, "ALTER TABLE ") && !strings.HasPrefix(sql, "DROP TABLE ") {
		return e.execute(ctx, sql)
	}
	return e.patiently(ctx, e.lockTimeout, func(ctx context.Context) error { return e.execute(ctx, sql) })
}

// patiently runs f in a transaction that waits for each lock no longer than a timeout, if there is one, and does so again when
// it does not get one.
func (e *Editor) patiently(ctx context.Context, timeout time.Duration, f func(ctx context.Context) error) error {
	for try := 1; ; try++ {
		err := orm.AtomicWith(ctx, orm.AtomicOptions{DB: e.db}, func(ctx context.Context) error {
			if timeout <= 0 {
				return f(ctx)
			}
			if _, err := orm.ExecOn(ctx, e.db, fmt.Sprintf("SET LOCAL lock_timeout = %d", max(timeout.Milliseconds(), 1))); err != nil {
				return err
			}
			return f(ctx)
		})
		if timeout <= 0 || try == lockTries || !errors.Is(err, orm.ErrLocked) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try) * 100 * time.Millisecond):
		}
	}
}

// lockTries is how often a statement asks for its lock: with pauses that grow, for some 20 seconds beside the waiting itself.
const lockTries = 20

// cut shortens a name to n bytes, at a letter's end.
func cut(s string, n int) string {
	for len(s) > n {
		s = strings.ToValidUTF8(s[:len(s)-1], "")
	}
	return s
}
