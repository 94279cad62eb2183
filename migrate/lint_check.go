package migrate

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// Check is the system check of migrations: what Lint finds in those that a database with rows lacks. A database that cannot
// be asked within two seconds is passed over, and so is one that nobody has migrated.
func Check(apps func(ctx context.Context) []App) manage.Check {
	return manage.Check{Tags: []string{"migrations"}, Run: func(ctx context.Context) []manage.Message {
		list := apps(ctx)
		written, err := writtenGraph(list)
		if err != nil {
			return []manage.Message{{Level: manage.Error, ID: "migrations.E001", Text: err.Error()}}
		}
		if err := written.loads(); err != nil {
			return []manage.Message{{Level: manage.Error, ID: "migrations.E002", Text: err.Error()}}
		}
		if fit, err := written.replaced(map[Key]bool{}); err == nil {
			if err := fit.conflicts(list); err != nil { // makemigrations --merge must be able to start
				return []manage.Message{{Level: manage.Warning, ID: "migrations.W001", Text: err.Error()}}
			}
		}
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		var out []manage.Message
		dbs := orm.DatabasesFrom(ctx)
		for _, db := range slices.Sorted(maps.Keys(dbs)) {
			for _, found := range lintDatabase(ctx, written, list, db) {
				object := found.key.String()
				if len(dbs) > 1 {
					object += " on " + db
				}
				level := manage.Warning
				if found.ID == "migrations.E101" {
					level = manage.Error
				}
				hint := found.Fix
				found.Fix = ""
				out = append(out, manage.Message{Level: level, ID: found.ID, Object: object, Text: found.text(), Hint: hint})
			}
		}
		return out
	}}
}

// loads says whether the operations of all migrations fit each other, as far as that is known without a database.
func (g *graph) loads() error {
	fit, err := g.replaced(map[Key]bool{})
	if err == nil {
		_, err = fit.state()
	}
	return err
}

// located is a warning with its migration.
type located struct {
	Warning
	key Key
}

// lintDatabase looks at the migrations that a database lacks.
func lintDatabase(ctx context.Context, written *graph, apps []App, db string) []located {
	d, err := orm.DialectOf(ctx, db)
	if err != nil {
		return nil
	}
	r, err := newRunner(ctx, written, apps, Options{DB: db})
	if err != nil || len(r.applied) == 0 {
		return nil
	}
	order, err := r.g.plan(r.g.keys)
	if err != nil {
		return nil
	}
	var plan []step
	for _, k := range order {
		if !r.applied[k] {
			plan = append(plan, step{key: k})
		}
	}
	if len(plan) == 0 {
		return nil
	}
	var out []located
	o := LintOptions{Dialect: d, Rows: tableRows(ctx, db, d)}
	_ = r.lintPlan(plan, o, func(k Key, list []Warning) {
		for _, w := range list {
			out = append(out, located{w, k})
		}
	})
	return out
}

// lintPlan lints the migrations of a plan on the state that those before each make.
func (r *runner) lintPlan(plan []step, o LintOptions, found func(k Key, list []Warning)) error {
	state, err := r.stateBefore()
	if err != nil {
		return err
	}
	for _, st := range plan {
		if st.backward {
			return nil
		}
		m := r.g.nodes[st.key]
		found(st.key, Lint(m, state, o))
		if err := applyState(state, m); err != nil {
			return err
		}
	}
	return nil
}

// tableRows estimates how many rows the tables of a database have, from what the database keeps about them. Each table is
// asked for once.
func tableRows(ctx context.Context, db string, d *dialect.Dialect) func(table string) (int64, bool) {
	seen := map[string]int64{} // -1 is not known
	return func(table string) (int64, bool) {
		n, asked := seen[table]
		if !asked {
			n = askRows(ctx, db, d, table)
			seen[table] = n
		}
		return max(n, 0), n >= 0
	}
}

func askRows(ctx context.Context, db string, d *dialect.Dialect, table string) int64 {
	sql, args := "SELECT coalesce(max(rowid), 0) FROM "+d.QuoteName(table), []any(nil)
	switch d.Name {
	case "postgresql": // without statistics: by size, at a hundred bytes a row
		sql = "SELECT CASE WHEN reltuples < 0 THEN pg_relation_size(oid) / 100 ELSE reltuples::bigint END FROM pg_catalog.pg_class WHERE oid = to_regclass(?)"
		args = []any{d.QuoteName(table)}
	case "mysql":
		sql, args = "SELECT table_rows FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?", []any{table}
	}
	n := int64(-1)
	err := orm.QueryOn(ctx, db, sql, args, func(cols []any) error {
		if cols[0] != nil {
			n = number(cols[0])
		}
		return nil
	})
	if err != nil {
		return -1
	}
	return n
}
