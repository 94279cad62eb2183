package orm

import (
	"context"
	"time"

	"github.com/nuages-go/nuages/orm/dialect"
)

// query runs a statement with rows, in the context's transaction if there is one.
func (db *DB) query(ctx context.Context, s *scope, sql string, args []dialect.Value, write bool, row func(dialect.Row) error) error {
	if write {
		s.writes(db)
	}
	if s.log == nil && s.wrap == nil {
		return db.queryQuiet(ctx, s, sql, args, write, row)
	}
	start, rows := time.Now(), 0
	err := s.wrapped(ctx, db, sql, args, write, func(ctx context.Context) error {
		return db.queryQuiet(ctx, s, sql, args, write, func(r dialect.Row) error {
			rows++
			return row(r)
		})
	})
	if s.log != nil {
		s.logStatement(db, sql, args, start, rows, err)
	}
	return err
}

func (db *DB) queryQuiet(ctx context.Context, s *scope, sql string, args []dialect.Value, write bool, row func(dialect.Row) error) error {
	if tx := s.txOn(db); tx != nil {
		return tx.state.query(ctx, sql, args, row)
	}
	if s.by != nil && !write {
		return db.queryCopy(ctx, s, sql, args, row)
	}
	return db.queryOne(ctx, sql, args, write, row)
}

// queryOne runs a statement with rows on a connection for it alone.
func (db *DB) queryOne(ctx context.Context, sql string, args []dialect.Value, write bool, row func(dialect.Row) error) error {
	conn, err := db.backend.Acquire(ctx, write)
	if err != nil {
		return err
	}
	defer conn.Release()
	return conn.Query(ctx, sql, args, row)
}

// queryCopy reads from the database that a router chose, or from another one when that is lost before the first row.
func (db *DB) queryCopy(ctx context.Context, s *scope, sql string, args []dialect.Value, row func(dialect.Row) error) error {
	fresh := true
	err := db.queryOne(ctx, sql, args, false, func(r dialect.Row) error {
		fresh = false
		return row(r)
	})
	if err == nil || !fresh {
		return err
	}
	if other := s.instead(ctx, db, err); other != nil {
		if tx := s.txOn(other); tx != nil {
			return tx.state.query(ctx, sql, args, row)
		}
		return other.queryOne(ctx, sql, args, false, row)
	}
	return err
}

// exec runs a statement without rows.
func (db *DB) exec(ctx context.Context, s *scope, sql string, args []dialect.Value) (res dialect.Result, err error) {
	s.writes(db)
	if s.log == nil && s.wrap == nil {
		return db.execQuiet(ctx, s, sql, args)
	}
	start := time.Now()
	err = s.wrapped(ctx, db, sql, args, true, func(ctx context.Context) (err error) {
		res, err = db.execQuiet(ctx, s, sql, args)
		return err
	})
	if s.log != nil {
		s.logStatement(db, sql, args, start, int(res.RowsAffected), err)
	}
	return res, err
}

func (db *DB) execQuiet(ctx context.Context, s *scope, sql string, args []dialect.Value) (dialect.Result, error) {
	if tx := s.txOn(db); tx != nil {
		return tx.state.exec(ctx, sql, args)
	}
	conn, err := db.backend.Acquire(ctx, true)
	if err != nil {
		return dialect.Result{}, err
	}
	defer conn.Release()
	return conn.Exec(ctx, sql, args)
}

// Exec runs SQL on the default database, with ? for the arguments on every database. It is the way out for statements that
// package orm has no words for; never build the text from user input.
func Exec(ctx context.Context, sql string, args ...any) (rowsAffected int64, err error) {
	return ExecOn(ctx, "", sql, args...)
}

// ExecOn is Exec on the database with that name.
func ExecOn(ctx context.Context, name, sql string, args ...any) (rowsAffected int64, err error) {
	db, s, err := database(ctx, name)
	if err != nil {
		return 0, err
	}
	vs, err := values(db, args)
	if err != nil {
		return 0, err
	}
	res, err := db.exec(ctx, s, db.d.Params(sql), vs)
	return res.RowsAffected, err
}

// QueryRows runs SQL with rows on the default database and calls row with the columns of each.
func QueryRows(ctx context.Context, sql string, args []any, row func(columns []any) error) error {
	return QueryOn(ctx, "", sql, args, row)
}

// DialectOf says what SQL the database with that name speaks.
func DialectOf(ctx context.Context, name string) (*dialect.Dialect, error) {
	db, _, err := database(ctx, name)
	if err != nil {
		return nil, err
	}
	return db.d, nil
}

// QueryOn is QueryRows on the database with that name.
func QueryOn(ctx context.Context, name, sql string, args []any, row func(columns []any) error) error {
	db, s, err := database(ctx, name)
	if err != nil {
		return err
	}
	vs, err := values(db, args)
	if err != nil {
		return err
	}
	return db.query(ctx, s, db.d.Params(sql), vs, true, func(r dialect.Row) error {
		cols := make([]any, r.Columns())
		for i := range cols {
			cols[i] = r.Any(i)
		}
		return row(cols)
	})
}

func values(db *DB, args []any) ([]dialect.Value, error) {
	out := make([]dialect.Value, len(args))
	for i, a := range args {
		v, err := valueOf(a)
		if err != nil {
			return nil, err
		}
		out[i] = db.d.Bind(v)
	}
	return out, nil
}
