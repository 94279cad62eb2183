package migrate

import (
	"context"
	"strings"
	"time"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/schema"
)

// recorderModel is Django's table of applied migrations.
func recorderModel() schema.Model {
	return schema.Model{App: "migrations", Name: "Migration", Table: "django_migrations", Fields: []schema.Field{
		{Name: "id", Kind: schema.BigAuto, PrimaryKey: true},
		{Name: "app", Kind: schema.Char, MaxLength: 255},
		{Name: "name", Kind: schema.Char, MaxLength: 255},
		{Name: "applied", Kind: schema.DateTime},
	}}
}

// recorder reads and writes the rows of django_migrations.
type recorder struct{ db string }

// tables lists the tables of a database.
func tables(ctx context.Context, db string) (map[string]bool, error) {
	d, err := orm.DialectOf(ctx, db)
	if err != nil {
		return nil, err
	}
	sql := "SELECT name FROM sqlite_master WHERE type = 'table'"
	switch d.Name {
	case "postgresql":
		sql = "SELECT c.relname::text FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p') AND pg_catalog.pg_table_is_visible(c.oid)"
	case "mysql":
		sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = database()"
	}
	out := map[string]bool{}
	err = orm.QueryOn(ctx, db, sql, nil, func(cols []any) error {
		if name, ok := cols[0].(string); ok {
			out[name] = true
		}
		return nil
	})
	return out, err
}

// applied returns the migrations that the database has. Without the table there are none.
func (r recorder) applied(ctx context.Context) (map[Key]bool, error) {
	times, err := r.times(ctx)
	out := make(map[Key]bool, len(times))
	for k := range times {
		out[k] = true
	}
	return out, err
}

// times returns when each migration was applied, as the database shows it.
func (r recorder) times(ctx context.Context) (map[Key]string, error) {
	have, err := tables(ctx, r.db)
	if err != nil {
		return nil, err
	}
	out := map[Key]string{}
	if !have["django_migrations"] {
		return out, nil
	}
	err = orm.QueryOn(ctx, r.db, `SELECT app, name, applied FROM django_migrations ORDER BY applied, id`, nil, func(cols []any) error {
		app, _ := cols[0].(string)
		name, _ := cols[1].(string)
		when := text(cols[2])
		if t, ok := cols[2].(time.Time); ok {
			when = t.UTC().Format("2006-01-02 15:04:05")
		}
		out[Key{app, name}] = when
		return nil
	})
	return out, err
}

// ensure makes the table if it is missing.
func (r recorder) ensure(ctx context.Context, e *Editor) error {
	have, err := tables(ctx, r.db)
	if err != nil || have["django_migrations"] {
		return err
	}
	s := NewState()
	s.Add(recorderModel())
	err = e.CreateTable(ctx, s, s.Model("migrations", "Migration"))
	if err != nil && strings.Contains(err.Error(), "already exists") {
		return nil // another process was faster
	}
	return err
}

func (r recorder) record(ctx context.Context, k Key) error {
	_, err := orm.ExecOn(ctx, r.db, `INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, ?)`, k.App, k.Name, time.Now().UTC().Truncate(time.Microsecond))
	return err
}

func (r recorder) forget(ctx context.Context, k Key) error {
	_, err := orm.ExecOn(ctx, r.db, `DELETE FROM django_migrations WHERE app = ? AND name = ?`, k.App, k.Name)
	return err
}
