package webtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/dialect"
)

// DatabaseOptions change what NewDatabase makes. Django: the settings DATABASES["default"]["TEST"].
type DatabaseOptions struct {
	// Name of the database. Default: "test_", the name that the URL has, and numbers that nobody else uses, so that tests run side by
	// side. Django: TEST["NAME"].
	Name string
	// Template is the database that it becomes a copy of (PostgreSQL): one that has been migrated saves each test the migrations.
	// Nobody may be connected to it. Default: the server's. Django: TEST["TEMPLATE"].
	Template string
	// Charset is the character set: "UTF8", on MySQL "utf8mb4". Default: the server's, and utf8mb4. Django: TEST["CHARSET"].
	Charset string
	// Collation is how texts compare (MySQL). Default: the server's. Django: TEST["COLLATION"].
	Collation string
	// Keep uses a database of this name that is there, and leaves it. Default: it is made anew, and dropped when the test ends.
	// Django: --keepdb.
	Keep bool
}

// databases numbers those of this process.
var databases atomic.Int64

// NewDatabase makes an empty database for one test on the server that a URL names, and opens it, for sites whose tests are to
// run on the database that they have in production:
//
//	db := webtest.NewDatabase(t, os.Getenv("TEST_DATABASE_URL"), webtest.DatabaseOptions{}, postgres.Driver())
//	client := webtest.New(t, site(), webtest.Database("default", db)) // closes it
//
// The user of the URL must be allowed to make databases. The database that the URL names is not touched and need not be there.
// An empty URL skips the test; with CI=true in the environment it fails it, so that nobody believes it ran.
func NewDatabase(t testing.TB, rawURL string, o DatabaseOptions, drivers ...orm.Driver) *orm.DB {
	t.Helper()
	if rawURL == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("webtest: no database server to test with: the URL is empty, which with CI=true is a failure (set the variable that it comes from)")
		}
		t.Skip("webtest: no database server to test with (the URL is empty)")
	}
	db, drop, err := o.create(rawURL, drivers)
	if err != nil {
		t.Fatalf("webtest: NewDatabase: %v", err)
	}
	t.Cleanup(func() {
		if err := errors.Join(db.Close(), drop()); err != nil {
			t.Errorf("webtest: NewDatabase: %v", err)
		}
	})
	return db
}

// create makes the database, opens it, and returns what drops it.
func (o DatabaseOptions) create(rawURL string, drivers []orm.Driver) (db *orm.DB, drop func() error, err error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Opaque != "" || u.Host == "" && u.RawQuery == "" {
		return nil, nil, errors.New("the URL of the server cannot be read (postgres://user:password@host:5432/name)")
	}
	if o.Name == "" {
		o.Name = fmt.Sprintf("test_%s_%d_%d", strings.TrimPrefix(u.Path, "/"), os.Getpid(), databases.Add(1))
	}
	if "/"+o.Name == u.Path {
		return nil, nil, fmt.Errorf("the name %q is that of the database itself, which a test must not touch", o.Name)
	}
	onServer := func(statements func(d *dialect.Dialect) ([]string, error)) error {
		admin := *u
		admin.Path = "/"
		if strings.HasPrefix(u.Scheme, "postgres") {
			admin.Path = "/postgres"
		}
		db, err := orm.OpenURL(admin.String(), drivers...)
		if err != nil {
			return err
		}
		ctx := orm.WithDatabase(context.Background(), db)
		list, err := statements(db.Dialect())
		for _, sql := range list {
			if err == nil {
				_, err = orm.Exec(ctx, sql)
			}
		}
		return errors.Join(err, db.Close())
	}
	if err := onServer(o.statements); err != nil && !o.there(err) {
		return nil, nil, err
	}
	drop = func() error {
		if o.Keep {
			return nil
		}
		return onServer(func(d *dialect.Dialect) ([]string, error) { return []string{o.drop(d)}, nil })
	}
	own := *u
	own.Path = "/" + o.Name
	if db, err = orm.OpenURL(own.String(), drivers...); err != nil {
		return nil, nil, errors.Join(err, drop())
	}
	return db, drop, nil
}

// there says that the error is about a database that is there already, and may be used.
func (o DatabaseOptions) there(err error) bool {
	return o.Keep && (strings.Contains(err.Error(), "42P04") || strings.Contains(err.Error(), "1007"))
}

func (o DatabaseOptions) drop(d *dialect.Dialect) string {
	sql := "DROP DATABASE IF EXISTS " + d.QuoteName(o.Name)
	if d.Name == "postgresql" {
		sql += " WITH (FORCE)"
	}
	return sql
}

// statements make the database.
func (o DatabaseOptions) statements(d *dialect.Dialect) ([]string, error) {
	for _, word := range []string{o.Charset, o.Collation} {
		if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
			return nil, fmt.Errorf("%q is no character set or collation", word)
		}
	}
	sql := "CREATE DATABASE " + d.QuoteName(o.Name)
	switch d.Name {
	case "postgresql":
		if o.Collation != "" {
			return nil, errors.New("a Collation is for MySQL; on PostgreSQL take a Template that has it")
		}
		if o.Charset != "" {
			sql += " ENCODING '" + o.Charset + "'"
		}
		if o.Template != "" {
			sql += " TEMPLATE " + d.QuoteName(o.Template)
		}
	case "mysql":
		if o.Template != "" {
			return nil, errors.New("a Template is for PostgreSQL; MySQL cannot copy a database")
		}
		if o.Charset == "" {
			o.Charset = "utf8mb4"
		}
		sql += " CHARACTER SET " + o.Charset
		if o.Collation != "" {
			sql += " COLLATE " + o.Collation
		}
	default:
		return nil, errors.New("SQLite needs no server: New makes a file for each test")
	}
	if o.Keep {
		return []string{sql}, nil
	}
	return []string{o.drop(d), sql}, nil
}
