package migrate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// Backfill gives a field's nulls a value, batch by batch in the order of the primary key, so that no row is locked for
// long. In a NonAtomic migration each batch is a transaction of its own: others read and write the table meanwhile, and a
// run that was interrupted goes on where it stopped, since only nulls are looked at. Backward does nothing.
//
//	migrate.Backfill{Model: "Article", Field: "kind", Value: "note"}
//	migrate.Backfill{Model: "Article", Field: "headline", Value: expr.Name{Name: "title"}} // from another field
type Backfill struct {
	Model, Field string
	// Value is a value for the column, or an expression over the row's fields.
	Value any
	// Batch is the number of rows in a statement. Default: 1000.
	Batch int
	// Pause is the time between batches. Default: as long as the batch took, at most a second, so that at least half of the
	// database's time is left to others.
	Pause time.Duration
}

// Describe says what the operation does.
func (o Backfill) Describe() string {
	return fmt.Sprintf("Fill nulls of field %s on %s in batches", o.Field, low(o.Model))
}

// State changes nothing.
func (o Backfill) State(s *State, app string) error {
	m, err := s.need(app, o.Model)
	if err != nil {
		return err
	}
	if f := m.Field(o.Field); f == nil || !f.HasColumn() {
		return fmt.Errorf("migrate: %s.%s has no column for field %q to fill", app, o.Model, o.Field)
	}
	return nil
}

// Forward fills the column.
func (o Backfill) Forward(ctx context.Context, e *Editor, app string, _, to *State) error {
	m, err := to.need(app, o.Model)
	if err != nil || m.Unmanaged {
		return err
	}
	set, where, err := o.sql(e, m)
	if err != nil {
		return err
	}
	if e.collect {
		e.comment(fmt.Sprintf("in batches of %d rows, by primary key:", cmp.Or(o.Batch, 1000)))
		return e.Execute(ctx, set+where)
	}
	if err := e.finish(ctx); err != nil {
		return err
	}
	keys := m.PrimaryKey
	if pk := m.PK(); len(keys) == 0 && pk != nil {
		keys = []string{pk.Name}
	}
	cols, err := columns(m, keys)
	if err != nil {
		return err
	}
	if len(cols) == 0 {
		return fmt.Errorf("migrate: %s has no primary key to walk along", m.Label())
	}
	b := &backfill{e: e, set: set, where: where, table: e.name(m.Table), keys: e.names(cols), width: len(cols), n: cmp.Or(o.Batch, 1000), pause: o.Pause}
	return b.all(ctx)
}

// sql is the statement and its condition.
func (o Backfill) sql(e *Editor, m *schema.Model) (set, where string, err error) {
	f := m.Field(o.Field)
	col := e.name(f.ColumnName())
	where = " WHERE " + col + " IS NULL"
	value := ""
	if x, ok := o.Value.(schema.Expression); ok {
		if value, err = orm.ExpressionSQL(e.d, m, x); err != nil {
			return "", "", err
		}
		where += " AND " + value + " IS NOT NULL"
	} else if value, err = e.literal(f, o.Value); err != nil {
		return "", "", err
	}
	if o.Value == nil {
		return "", "", fmt.Errorf("migrate: Backfill of %s.%s has no value", m.Label(), f.Name)
	}
	return "UPDATE " + e.name(m.Table) + " SET " + col + " = " + value, where, nil
}

// Backward does nothing.
func (o Backfill) Backward(context.Context, *Editor, string, *State, *State) error { return nil }

// Fragment is the operation's part of a migration's name.
func (o Backfill) Fragment() string { return "fill_" + low(o.Model) + "_" + low(o.Field) }

// Category is that of code.
func (o Backfill) Category() byte { return 'p' }

// Reduce leaves out what a drop of the column makes needless.
func (o Backfill) Reduce(next Operation, _ string) ([]Operation, bool) {
	r, ok := next.(RemoveField)
	if !ok || !strings.EqualFold(r.Model, o.Model) || r.Name != o.Field {
		return nil, false
	}
	return []Operation{next}, true
}

// backfill is a Backfill at work.
type backfill struct {
	e          *Editor
	set, where string
	table      string
	keys       string // the columns of the primary key, quoted
	width      int    // how many they are
	n          int
	pause      time.Duration
	done       int64
	said       time.Time
}

// all walks along the table until there is nothing left to fill. Rows that others add behind it meanwhile are found by the
// next walk; where there are ever more, the last step of the migration meets them.
func (b *backfill) all(ctx context.Context) error {
	b.said = time.Now()
	for range 5 {
		before := b.done
		if err := b.walk(ctx); err != nil {
			return fmt.Errorf("%w (%d rows were filled and stay; migrate again goes on from there)", err, b.done)
		}
		if b.done == before || b.e.atomic {
			return nil
		}
	}
	return nil
}

// walk goes along the primary key once.
func (b *backfill) walk(ctx context.Context) error {
	var last []any
	for {
		start := time.Now()
		first, next, n, err := b.next(ctx, last)
		if err != nil || n == 0 {
			return err
		}
		changed, err := orm.ExecOn(ctx, b.e.db, b.set+b.where+" AND "+b.bound(">=")+" AND "+b.bound("<="), slices.Concat(first, next)...)
		if err != nil {
			return err
		}
		b.done += changed
		if b.e.say != nil && time.Since(b.said) > 5*time.Second {
			b.said = time.Now()
			b.e.say(" %d rows filled...", b.done)
		}
		if n < b.n {
			return nil
		}
		last = next
		if b.e.atomic {
			continue
		}
		wait := b.pause
		if wait == 0 {
			wait = min(time.Since(start), time.Second)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// bound compares the primary key with values to come.
func (b *backfill) bound(op string) string {
	if b.width == 1 {
		return b.keys + " " + op + " ?"
	}
	return "(" + b.keys + ") " + op + " (" + strings.TrimSuffix(strings.Repeat("?, ", b.width), ", ") + ")"
}

// next finds the rows of a batch: its first and last keys and their number.
func (b *backfill) next(ctx context.Context, after []any) (first, last []any, n int, err error) {
	where := b.where
	if after != nil {
		where += " AND " + b.bound(">")
	}
	sql := fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s LIMIT %d", b.keys, b.table, where, b.keys, b.n)
	err = orm.QueryOn(ctx, b.e.db, sql, after, func(cols []any) error {
		if n++; n == 1 {
			first = slices.Clone(cols)
		}
		last = slices.Clone(cols)
		return nil
	})
	return first, last, n, err
}
