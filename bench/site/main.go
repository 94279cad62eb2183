// Command site is the benchmark's newsroom on Nuages. It serves the tables that the benchmark's harness makes:
//
//	PG_DSN=postgres://… LISTEN=127.0.0.1:18040 site
//	SQLITE=newsroom.sqlite3 LISTEN=127.0.0.1:18041 site
//
// PPROF=127.0.0.1:6060 serves profiles there.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"syscall"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/apps"
	"github.com/nuages-go/nuages/bench/site/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/orm/postgres"
	"github.com/nuages-go/nuages/orm/sqlite"
	"github.com/nuages-go/nuages/server"
	"github.com/nuages-go/nuages/web"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()

	db, err := open()
	if err != nil {
		return err
	}
	app, err := nuages.New(site(db))
	if err != nil {
		return err
	}
	defer app.Close()

	if addr := os.Getenv("PPROF"); addr != "" {
		go func() { fmt.Fprintln(os.Stderr, http.ListenAndServe(addr, profiles())) }()
	}
	return server.Serve(ctx, app.Handler(), server.Options{Addr: cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:18040")})
}

// open opens the database with as many connections as the hand-written server has.
func open() (*orm.DB, error) {
	if dsn := os.Getenv("PG_DSN"); dsn != "" {
		return postgres.Open(dsn, postgres.Options{MaxConns: 16})
	}
	if path := os.Getenv("SQLITE"); path != "" {
		return sqlite.Open(path, sqlite.Options{})
	}
	return nil, errors.New("set PG_DSN or SQLITE")
}

func site(db *orm.DB) nuages.Site {
	settings := nuages.Settings{
		SecretKey:    cmp.Or(os.Getenv("BENCH_SECRET"), "newsroom-benchmark-secret-key-not-for-production-0123456789"),
		AllowedHosts: []string{"127.0.0.1", "localhost"},
		Databases:    orm.Databases{"default": db},
	}
	return nuages.Site{
		Settings:   settings,
		Apps:       []apps.App{newsroom.App()},
		URLs:       newsroom.URLs(nuages.DefaultMiddleware(settings)...),
		Middleware: []web.Middleware{}, // the small endpoints have none, as their peers
	}
}

func profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	return mux
}
