package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/nuages-go/nuages/orm/dialect"
)

// Function is an SQL function written in Go. Django: connection.create_function in a receiver of connection_created.
//
//	sqlite.Function{Name: "slugify", Args: 1, Deterministic: true, Call: func(args []any) (any, error) {
//		text, _ := args[0].(string)
//		return slug.Of(text), nil
//	}}
type Function struct {
	// Name is what SQL calls it.
	Name string
	// Args is the number of its arguments; -1 is any number.
	Args int
	// Deterministic says that the same arguments give the same result, so that indexes and constraints may use it.
	Deterministic bool
	// Call gets and returns nil, int64, float64, string and []byte; it may return int, bool and time.Time too, which become what
	// the ORM stores for them. An error ends the statement. Several goroutines may call it at once.
	Call func(args []any) (any, error)
}

// connected makes the functions of the options known, and calls the hook.
func (c *conn) connected() error {
	for _, f := range c.pool.o.Functions {
		if f.Name == "" || f.Call == nil || f.Args < -1 {
			return errors.New("sqlite: a Function needs a name, a number of arguments and a Call")
		}
		if err := c.function(f.Name, f.Args, f.Deterministic, f.scalar(c.pool.d.Location())); err != nil {
			return fmt.Errorf("function %q: %w", f.Name, err)
		}
	}
	if c.pool.o.Connected == nil {
		return nil
	}
	return c.pool.o.Connected(context.Background(), session{c})
}

// scalar makes the function one of the library's, which is called with values of Go. Its panic is the statement's error, not the end of the process.
func (f Function) scalar(zone *time.Location) scalar {
	return func(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) { return f.call(args, zone) }
}

// call calls the function; moments that it returns are written as they are kept in a zone.
func (f Function) call(args []sqlite.Value, zone *time.Location) (out sqlite.Value, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("function %q: panic: %v", f.Name, v)
		}
	}()
	given := make([]any, len(args))
	for i := range args {
		switch args[i].Type() {
		case sqlite.TypeInteger:
			given[i] = args[i].Int64()
		case sqlite.TypeFloat:
			given[i] = args[i].Float()
		case sqlite.TypeText:
			given[i] = args[i].Text()
		case sqlite.TypeBlob:
			given[i] = args[i].Blob()
		}
	}
	result, err := f.Call(given)
	if err != nil {
		return sqlite.Value{}, fmt.Errorf("function %q: %w", f.Name, err)
	}
	switch v := result.(type) {
	case nil:
		return sqlite.Value{}, nil
	case int64:
		return sqlite.IntegerValue(v), nil
	case int:
		return sqlite.IntegerValue(int64(v)), nil
	case bool:
		if v {
			return sqlite.IntegerValue(1), nil
		}
		return sqlite.IntegerValue(0), nil
	case float64:
		if math.IsNaN(v) {
			return sqlite.Value{}, nil // as SQLite does it
		}
		return sqlite.FloatValue(v), nil
	case string:
		return sqlite.TextValue(v), nil
	case []byte:
		return sqlite.BlobValue(v), nil
	case time.Time:
		if zone != nil {
			_, offset := v.In(zone).Zone()
			v = v.Add(time.Duration(offset) * time.Second)
		}
		return sqlite.TextValue(string(dialect.AppendTime(nil, v))), nil
	}
	return sqlite.Value{}, fmt.Errorf("function %q returned a %T (nil, int64, float64, string, []byte, int, bool or time.Time)", f.Name, result)
}

// session is a connection that nobody has borrowed yet.
type session struct{ c *conn }

// Query runs a statement and hands each row over.
func (s session) Query(ctx context.Context, sql string, args []dialect.Value, row func(dialect.Row) error) error {
	return s.c.Query(ctx, sql, args, row)
}

// Exec runs a statement without rows.
func (s session) Exec(ctx context.Context, sql string, args []dialect.Value) (dialect.Result, error) {
	return s.c.Exec(ctx, sql, args)
}
