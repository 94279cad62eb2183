package orm

import (
	"context"
	"fmt"
	"strings"

	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/internal/plan"
)

// BrokenReference is a row whose foreign key names a row that is not there.
type BrokenReference struct {
	// Model is the model of the row, the owner's for a row of a many-to-many relation; Field is the field of the key.
	Model Model
	Field string
	// Table and Key are the row's table and primary key, Column and Value its foreign key; To is where it should lead,
	// "auth_user.id".
	Table  string
	Key    any
	Column string
	Value  any
	To     string
}

// Error says which row it is and what is missing.
func (b *BrokenReference) Error() string {
	return fmt.Sprintf("orm: the row of table %s with primary key %v has an invalid foreign key: %s.%s contains the value %v, which %s does not have (add that row, or change the value)",
		b.Table, b.Key, b.Table, b.Column, b.Value, b.To)
}

// FindBroken looks for a row of the models, or of their many-to-many relations, whose foreign key names no row, and returns
// it as a *BrokenReference. Foreign keys without a constraint are not looked at. It reads whole tables: it is for what was
// written while the database did not look. Django: check_constraints.
func FindBroken(ctx context.Context, using string, models ...Model) error {
	db, _, err := database(ctx, using)
	if err != nil {
		return err
	}
	for _, m := range models {
		if err := m.Err(); err != nil {
			return err
		}
		p := m.p.Concrete()
		limit := db.d.MaxName
		for _, f := range p.Local {
			if f.Rel == nil || f.S.Rel.NoConstraint || len(p.Key) == 0 {
				continue
			}
			r := keyLink{table: p.TableIn(limit), key: p.Key[0].Column, column: f.Column, to: f.Rel.To.TableIn(limit), toColumn: f.Rel.ToColumn}
			if err := r.check(ctx, using, m, f); err != nil {
				return err
			}
		}
		for _, f := range p.Fields {
			if f.Rel == nil || f.Rel.Kind != plan.Many || f.Origin != nil || !f.Rel.Through.Hidden {
				continue
			}
			left := keyLink{table: f.Rel.Through.TableIn(limit), key: f.Rel.Right, column: f.Rel.Left, to: p.TableIn(limit), toColumn: f.Rel.FromColumn}
			right := keyLink{table: f.Rel.Through.TableIn(limit), key: f.Rel.Left, column: f.Rel.Right, to: f.Rel.To.TableIn(limit), toColumn: f.Rel.ToColumn}
			for _, r := range []keyLink{left, right} {
				if err := r.check(ctx, using, m, f); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// keyLink is a foreign key between two tables.
type keyLink struct{ table, key, column, to, toColumn string }

func (r *keyLink) check(ctx context.Context, using string, m Model, f *plan.Field) error {
	db, s, err := database(ctx, using)
	if err != nil {
		return err
	}
	q := db.d.QuoteName
	sql := fmt.Sprintf("SELECT a.%s, a.%s FROM %s a LEFT JOIN %s b ON a.%s = b.%s WHERE a.%s IS NOT NULL AND b.%s IS NULL LIMIT 1",
		q(r.key), q(r.column), q(r.table), q(r.to), q(r.column), q(r.toColumn), q(r.column), q(r.toColumn))
	var broken *BrokenReference
	err = db.query(ctx, s, sql, nil, true, func(row dialect.Row) error {
		broken = &BrokenReference{
			Model: m, Field: f.S.Name, Table: strings.Trim(r.table, `"`), Key: row.Any(0), Column: r.column, Value: row.Any(1),
			To: strings.Trim(r.to, `"`) + "." + r.toColumn,
		}
		return nil
	})
	if err == nil && broken != nil {
		return broken
	}
	return err
}

// Unchecked runs f in a transaction in which foreign keys may name rows that come later, and looks for those that name none
// at the end: the models that f returns are checked then. The error is a *BrokenReference. Django: constraint_checks_disabled
// with check_constraints.
func Unchecked(ctx context.Context, using string, f func(ctx context.Context) ([]Model, error)) error {
	return AtomicWith(ctx, AtomicOptions{DB: using}, func(ctx context.Context) (err error) {
		db, _, err := database(ctx, using)
		if err != nil {
			return err
		}
		run := func(ctx context.Context, sql string) error {
			_, err := db.exec(ctx, scopeOf(ctx), sql, nil)
			return err
		}
		switch db.d.Name {
		case "sqlite":
			err = run(ctx, "PRAGMA defer_foreign_keys = ON")
		case "postgresql":
			err = run(ctx, "SET CONSTRAINTS ALL DEFERRED")
		case "mysql":
			err = run(ctx, "SET FOREIGN_KEY_CHECKS = 0")
			defer func() {
				if rerr := run(context.WithoutCancel(ctx), "SET FOREIGN_KEY_CHECKS = 1"); err == nil {
					err = rerr
				}
			}()
		}
		if err != nil {
			return err
		}
		var models []Model
		// In a block of its own, so that the session can be put right again after an error.
		err = AtomicWith(ctx, AtomicOptions{DB: using}, func(ctx context.Context) (err error) {
			models, err = f(ctx)
			return err
		})
		if err != nil || len(models) == 0 {
			return err
		}
		if db.d.Name == "postgresql" { // it knows which rows to look at
			err := AtomicWith(ctx, AtomicOptions{DB: using}, func(ctx context.Context) error { return run(ctx, "SET CONSTRAINTS ALL IMMEDIATE") })
			if err == nil {
				return nil
			}
			if broken := FindBroken(ctx, using, models...); broken != nil {
				return broken
			}
			return err
		}
		return FindBroken(ctx, using, models...)
	})
}

// ResetSequences sets the sequences of the models' automatic keys behind their greatest key, after rows were written with
// keys of their own. Databases other than PostgreSQL see to it themselves. Django: sequence_reset_sql.
func ResetSequences(ctx context.Context, using string, models ...Model) error {
	db, s, err := database(ctx, using)
	if err != nil || db.d.Name != "postgresql" {
		return err
	}
	for _, m := range models {
		if err := m.Err(); err != nil {
			return err
		}
		p := m.p.Concrete()
		if p.PK == nil || !p.PK.S.Kind.IsAuto() {
			continue
		}
		table, column := db.d.QuoteName(p.TableIn(db.d.MaxName)), db.d.QuoteName(p.PK.Column)
		sql := "SELECT setval(pg_get_serial_sequence($1, $2), COALESCE(MAX(" + column + "), 1), MAX(" + column + ") IS NOT NULL) FROM " + table
		args := []dialect.Value{dialect.TextValue(table), dialect.TextValue(p.PK.Column)}
		if err := db.query(ctx, s, sql, args, true, func(dialect.Row) error { return nil }); err != nil {
			return fmt.Errorf("orm: the sequence of %s: %w", p.GoName(), err)
		}
	}
	return nil
}
