package migrate

import (
	"context"
	"flag"
	"go/format"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

func inspectCommand() manage.Command {
	return manage.Command{
		Name: "inspectdb", Help: "Write models for the tables of a database.", Args: "[table ...]",
		Long: "Prints a Go file with a model for each table: relations, keys, indexes, constraints, defaults and computed columns included. What a model cannot say stands in comments. Adopt the tables with: makemigrations, then migrate --fake-initial.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			db := flags.String("database", "default", "name of the database")
			views := flags.Bool("include-views", false, "write unmanaged models for views too")
			partitions := flags.Bool("include-partitions", false, "write models for the partitions of tables too (PostgreSQL)")
			pkg := flags.String("package", "models", "name of the Go package")
			return func(ctx context.Context, in *manage.Invocation) error {
				src, err := Inspect(ctx, InspectOptions{DB: *db, Package: *pkg, Tables: in.Args, Views: *views, Partitions: *partitions})
				if err != nil {
					return err
				}
				_, err = in.Stdout.Write(src)
				return err
			}
		},
	}
}

// InspectOptions choose what Inspect writes.
type InspectOptions struct {
	// DB names the database. Default: "default".
	DB string
	// Package is the name of the Go package. Default: "models".
	Package string
	// Tables limits the tables. Default: all but django_migrations.
	Tables []string
	// Views adds unmanaged models for views.
	Views bool
	// Partitions adds models for the partitions of tables (PostgreSQL).
	Partitions bool
}

// Inspect writes a Go file with a model for each table of a database. It compiles, and its models describe the tables: after
// makemigrations and `migrate --fake-initial` there is no drift, but for what comments in the file name.
func Inspect(ctx context.Context, o InspectOptions) ([]byte, error) {
	d, err := orm.DialectOf(ctx, o.DB)
	if err != nil {
		return nil, err
	}
	order, views, err := o.list(ctx, d)
	if err != nil {
		return nil, err
	}
	w := &inspector{d: d, names: map[string]string{}}
	if w.tables, err = introspectTables(ctx, d, o.DB, order); err != nil {
		return nil, err
	}
	for _, name := range order {
		w.names[name] = w.typeName(name)
	}
	w.findThroughs(order)
	for _, name := range order {
		w.model(w.tables[name], views[name])
	}
	pkg := or(o.Package, "models")
	head := "// Package " + pkg + " has models for the tables of a database that was there before.\n//\n// Written by inspectdb. Look it over: give models, fields and ways back the names that you want, and say what should\n// happen when a row that others point to is deleted.\npackage " + pkg + "\n\nimport (\n"
	if w.time {
		head += "\t\"time\"\n\n"
	}
	head += "\t\"github.com/nuages-go/nuages/orm\"\n"
	if w.schema {
		head += "\t\"github.com/nuages-go/nuages/orm/schema\"\n"
	}
	return format.Source([]byte(head + ")\n" + w.b.String()))
}

// list names the tables and views to write, in order.
func (o InspectOptions) list(ctx context.Context, d *dialect.Dialect) (order []string, views map[string]bool, err error) {
	views = map[string]bool{}
	err = eachTable(ctx, d, o.DB, func(name, kind string) {
		switch {
		case len(o.Tables) > 0 && !slices.Contains(o.Tables, name):
		case len(o.Tables) == 0 && (name == "django_migrations" || name == journalTable || name == progressTable || kind == "view" && !o.Views || kind == "partition" && !o.Partitions):
		default:
			order, views[name] = append(order, name), kind == "view"
		}
	})
	return order, views, err
}

// inspector writes models.
type inspector struct {
	b            strings.Builder
	d            *dialect.Dialect
	time, schema bool
	tables       map[string]*dbTable
	// names are the Go types by table, throughs the tables between two others by the first of them.
	names    map[string]string
	throughs map[string][]through
}
