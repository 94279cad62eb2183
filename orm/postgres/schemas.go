package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/nuages-go/nuages/orm"
)

type schemaKey struct{}

// place is where a context's tables are: in the schema, and unless it is alone, in the search path after it.
type place struct {
	schema string
	alone  bool
}

// WithSchema returns a context whose statements find their tables in that schema of the database, and what is not there in
// Options.SearchPath, by default "public": for a site that keeps the tables of each customer in a schema of its own and
// shares some. The empty name goes back to the search path alone. It is an error when no database of the context was opened
// with Options.Schemas, and for a name that no schema can have; a schema that does not exist is not noticed here.
//
//	func tenant(next web.Handler) web.Handler {
//		return web.View(func(r *web.Request) (*web.Response, error) {
//			customer, err := ofHost(r)
//			if err != nil {
//				return nil, err
//			}
//			ctx, err := postgres.WithSchema(r.Context(), customer.Schema)
//			if err != nil {
//				return nil, err
//			}
//			r.SetContext(ctx)
//			return next.Serve(r)
//		})
//	}
//
// Objects do not know their schema: what is loaded through them is looked for in that of the context at hand.
func WithSchema(ctx context.Context, name string) (context.Context, error) {
	return within(ctx, place{schema: name})
}

// OnlySchema is WithSchema without the search path after it: what is not in the schema is not found. Migrations want it, so
// that they do not take another schema's tables for done.
func OnlySchema(ctx context.Context, name string) (context.Context, error) {
	return within(ctx, place{schema: name, alone: name != ""})
}

func within(ctx context.Context, p place) (context.Context, error) {
	if len(p.schema) > 63 || strings.ContainsRune(p.schema, 0) {
		return nil, fmt.Errorf("postgres: %q is not the name of a schema", p.schema)
	}
	for _, db := range orm.DatabasesFrom(ctx) {
		if pool, ok := db.Backend().(*pool); ok && pool.o.Schemas {
			return context.WithValue(ctx, schemaKey{}, p), nil
		}
	}
	return nil, errors.New("postgres: no database of the context takes a schema (open it with Options.Schemas, or schemas=on in the URL)")
}

// SchemaFrom is the name of the context's schema, "" if there is none.
func SchemaFrom(ctx context.Context) string {
	p, _ := ctx.Value(schemaKey{}).(place)
	return p.schema
}

// unsure is the place of a connection of which nobody knows it: a rollback takes SET back.
var unsure = place{schema: "\x00"} // a name that no schema has

// use makes the connection find its tables where the context says. Nothing is sent as long as that is where it does.
func (c *conn) use(ctx context.Context) error {
	if !c.o.Schemas {
		return nil
	}
	p, _ := ctx.Value(schemaKey{}).(place)
	if p == c.place || c.raw.TxStatus() == 'E' { // a failed transaction can only be undone
		return nil
	}
	path := c.o.SearchPath
	if path == "" {
		path = "public"
	}
	sql := "SET search_path = " + path
	switch name := (pgx.Identifier{p.schema}).Sanitize(); {
	case p.schema == "":
	case p.alone:
		sql = "SET search_path = " + name
	default:
		sql = "SET search_path = " + name + ", " + path
	}
	if err := c.raw.Exec(ctx, sql).Close(); err != nil {
		c.place = unsure
		return c.wrap(ctx, sql, err)
	}
	c.place = p
	return nil
}

// moved notes that a statement may have changed where tables are found: a rollback, and SET by the caller.
func (c *conn) moved(sql string) {
	if !c.o.Schemas {
		return
	}
	for _, word := range [...]string{"ROLLBACK", "SET", "RESET", "DISCARD", "ABORT"} {
		if len(sql) >= len(word) && strings.EqualFold(sql[:len(word)], word) {
			c.place = unsure
		}
	}
}
