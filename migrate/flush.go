package migrate

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
	"github.com/nuages-go/nuages/orm/schema"
)

func flushCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "flush", Help: "Delete all rows of the applications' tables and start their keys from 1 again.",
		Long: "The tables and the record of the migrations stay, and post_migrate is sent. A person is asked first, unless --noinput is given.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			db := flags.String("database", "default", "name of the database")
			return func(ctx context.Context, in *manage.Invocation) error {
				if len(in.Args) > 0 {
					return manage.UsageErrorf("flush takes no arguments")
				}
				if in.Interactive {
					p := &prompts{in: bufio.NewReader(in.Stdin), out: in.Stdout}
					yes, err := p.yes("This deletes ALL rows in the database %q and cannot be undone. Are you sure?", *db)
					if err != nil {
						return err
					}
					if !yes {
						in.Printf("Nothing was deleted.\n")
						return nil
					}
				}
				return Flush(ctx, apps(ctx), Options{DB: *db, Out: in.Stdout, Verbosity: in.Verbosity, Interactive: in.Interactive})
			}
		},
	}
}

func sqlFlushCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "sqlflush", Help: "Print the SQL that flush would run.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			db := flags.String("database", "default", "name of the database")
			return func(ctx context.Context, in *manage.Invocation) error {
				f, err := newFlush(ctx, apps(ctx), *db)
				if err != nil {
					return err
				}
				for _, sql := range f.script() {
					in.Printf("%s;\n", sql)
				}
				return nil
			}
		},
	}
}

// Flush deletes all rows of the applications' tables, in one transaction, and starts their automatic keys from 1 again.
// Tables that are not there, unmanaged ones and the record of the migrations are left alone. Then it sends PostMigrate, so
// that rows that receivers keep are there again; where there is no table, nothing is sent. Of the options it minds DB, Out,
// Verbosity and Interactive. Django: flush.
func Flush(ctx context.Context, apps []App, o Options) error {
	o.DB = or(o.DB, orm.DefaultDB)
	if o.Out == nil {
		o.Out = io.Discard
	}
	f, err := newFlush(ctx, apps, o.DB)
	if err != nil || len(f.tables) == 0 {
		return err
	}
	if err := f.run(ctx, o.DB); err != nil {
		return err
	}
	state, err := FromModels(apps)
	if err != nil {
		return err
	}
	r := &runner{apps: apps, o: o}
	return r.announce(ctx, PostMigrate, "post", nil, state)
}

func (f *flush) run(ctx context.Context, db string) error {
	all := func(ctx context.Context, list []string) error {
		for _, sql := range list {
			if _, err := orm.ExecOn(ctx, db, sql); err != nil {
				return fmt.Errorf("migrate: flush: %w", err)
			}
		}
		return nil
	}
	in := orm.AtomicOptions{DB: db}
	err := orm.AtomicWith(ctx, in, func(ctx context.Context) error {
		if err := all(ctx, f.before); err != nil {
			return err
		}
		// In a block of its own, so that the session is put right again after an error too.
		err := orm.AtomicWith(ctx, in, func(ctx context.Context) error { return all(ctx, f.deletes) })
		if aerr := all(ctx, f.after); err == nil {
			err = aerr
		}
		return err
	})
	if err != nil {
		return err
	}
	return all(ctx, f.reset)
}

// flush are the statements that empty tables: what prepares the session, the deletes, what puts the session right, and what
// starts keys again, which on MySQL ends a transaction.
type flush struct {
	d                             *dialect.Dialect
	tables                        []*schema.Model
	before, deletes, after, reset []string
}

func newFlush(ctx context.Context, apps []App, db string) (*flush, error) {
	d, err := orm.DialectOf(ctx, db)
	if err != nil {
		return nil, err
	}
	f := &flush{d: d}
	if f.tables, err = tablesThere(ctx, apps, db); err != nil || len(f.tables) == 0 {
		return f, err
	}
	var names, texts []string
	for _, m := range f.tables {
		names = append(names, d.QuoteName(m.Table))
		texts = append(texts, "'"+strings.ReplaceAll(strings.Trim(m.Table, `"`), "'", "''")+"'")
	}
	if d.Name == "postgresql" {
		f.deletes = []string{"TRUNCATE " + strings.Join(names, ", ") + " RESTART IDENTITY"}
		return f, nil
	}
	for _, name := range names {
		f.deletes = append(f.deletes, "DELETE FROM "+name)
	}
	if d.Name == "sqlite" {
		f.before = []string{"PRAGMA defer_foreign_keys = ON"}
		if there, err := hasSequences(ctx, db); err != nil {
			return nil, err
		} else if there {
			f.after = []string{"UPDATE sqlite_sequence SET seq = 0 WHERE name IN (" + strings.Join(texts, ", ") + ")"}
		}
		return f, nil
	}
	f.before, f.after = []string{"SET FOREIGN_KEY_CHECKS = 0"}, []string{"SET FOREIGN_KEY_CHECKS = 1"}
	for i, m := range f.tables {
		if autoKey(m) != nil {
			f.reset = append(f.reset, "ALTER TABLE "+names[i]+" AUTO_INCREMENT = 1")
		}
	}
	return f, nil
}

func hasSequences(ctx context.Context, db string) (there bool, err error) {
	err = orm.QueryOn(ctx, db, "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'", nil, func([]any) error { there = true; return nil })
	return there, err
}

// script is all of it, for people.
func (f *flush) script() []string {
	if len(f.tables) == 0 {
		return nil
	}
	out := append([]string{"BEGIN"}, f.before...)
	out = append(append(append(out, f.deletes...), f.after...), "COMMIT")
	return append(out, f.reset...)
}

// tablesThere are the managed tables of the applications that a database has, each once.
func tablesThere(ctx context.Context, apps []App, db string) ([]*schema.Model, error) {
	d, err := orm.DialectOf(ctx, db)
	if err != nil {
		return nil, err
	}
	state, err := FromModels(apps)
	if err != nil {
		return nil, err
	}
	_, all, err := state.in(d.MaxName).tables()
	if err != nil {
		return nil, err
	}
	have, err := tables(ctx, db)
	if err != nil {
		return nil, err
	}
	var out []*schema.Model
	for _, m := range all {
		if name := strings.Trim(m.Table, `"`); have[name] {
			have[name] = false // a proxy has the same
			out = append(out, m)
		}
	}
	return out, nil
}

func autoKey(m *schema.Model) *schema.Field {
	for i := range m.Fields {
		if f := &m.Fields[i]; f.Kind.IsAuto() {
			return f
		}
	}
	return nil
}

func sequenceCommand(apps func(ctx context.Context) []App) manage.Command {
	return manage.Command{
		Name: "sqlsequencereset", Help: "Print the SQL that sets the sequences of automatic keys behind the greatest key.", Args: "app ...",
		Long: "For PostgreSQL, after rows were written with keys of their own; other databases see to it themselves, and nothing is printed.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			db := flags.String("database", "default", "name of the database")
			return func(ctx context.Context, in *manage.Invocation) error {
				if len(in.Args) == 0 {
					return manage.UsageErrorf("sqlsequencereset needs at least one application")
				}
				var chosen []App
				for _, label := range in.Args {
					n := len(chosen)
					for _, a := range apps(ctx) {
						if a.Label == label {
							chosen = append(chosen, a)
						}
					}
					if len(chosen) == n {
						return fmt.Errorf("migrate: there is no application %q", label)
					}
				}
				list, err := SequenceReset(ctx, apps(ctx), chosen, *db)
				for _, sql := range list {
					in.Printf("%s;\n", sql)
				}
				return err
			}
		},
	}
}

// SequenceReset are the statements that set the sequences of the chosen applications' automatic keys behind their greatest
// key; none on other databases than PostgreSQL. All are the site's applications, to which models may be related.
func SequenceReset(ctx context.Context, all, chosen []App, db string) ([]string, error) {
	d, err := orm.DialectOf(ctx, db)
	if err != nil || d.Name != "postgresql" {
		return nil, err
	}
	there, err := tablesThere(ctx, all, db)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, m := range there {
		f := autoKey(m)
		if f == nil || !hasApp(chosen, m.App) {
			continue
		}
		table, column := d.QuoteName(m.Table), d.QuoteName(f.ColumnName())
		text := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
		out = append(out, fmt.Sprintf("SELECT setval(pg_get_serial_sequence(%s, %s), COALESCE(MAX(%s), 1), MAX(%s) IS NOT NULL) FROM %s",
			text(table), text(f.ColumnName()), column, column, table))
	}
	return out, nil
}

func hasApp(apps []App, label string) bool {
	for _, a := range apps {
		if a.Label == label {
			return true
		}
	}
	return false
}
