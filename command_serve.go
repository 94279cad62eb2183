package nuages

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/server"
	"github.com/nuages-go/nuages/web"
)

// serveCommand is the production server; Django leaves that to gunicorn and its like.
func serveCommand() manage.Command {
	return manage.Command{
		Name: "serve", Help: "Serve the site in production.", Args: "[address]",
		Long: "The address is host:port, port, unix:/path, fd:3 or systemd; default is SERVER_ADDR, else 127.0.0.1:8000.\n" +
			"SIGTERM stops: requests in flight finish, new connections are refused. A second signal stops at once.\n" +
			"A database that lacks migrations keeps it from starting, so that no page runs on tables that it does not expect.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			allowDebug := flags.Bool("allow-debug", false, "serve although DEBUG is on")
			allowUnmigrated := flags.Bool("allow-unmigrated", false, "serve although the database lacks migrations")
			wait := flags.Duration("wait-for-migrations", 0, "wait this long for another process that migrates, such as 2m")
			return func(ctx context.Context, in *manage.Invocation) error {
				app := FromContext(ctx)
				if err := app.fitForProduction(*allowDebug); err != nil {
					return err
				}
				opts := app.settings.Server
				switch len(in.Args) {
				case 0:
				case 1:
					opts.Addr = in.Args[0]
				default:
					return manage.UsageErrorf("serve takes one address")
				}
				old, away := app.askServers(ctx)
				if old != nil {
					return old
				}
				if away != nil {
					app.logger.Warn("a database does not answer", slog.Any("err", away))
				}
				if !*allowUnmigrated && !app.settings.AllowUnmigrated {
					if err := app.awaitMigrations(ctx, in, *wait); err != nil {
						return err
					}
				}
				return app.serve(ctx, in, opts)
			}
		},
	}
}

// fitForProduction refuses settings that would show the site's inside to everybody or answer nobody.
func (app *Instance) fitForProduction(allowDebug bool) error {
	if app.settings.Debug && !allowDebug {
		return errors.New("DEBUG is on: errors would show source code and settings to every visitor (set DEBUG=false, or use runserver for development)")
	}
	if app.settings.hostsMissing() {
		return errors.New("ALLOWED_HOSTS is empty: every request would be refused (list the site's host names: ALLOWED_HOSTS=example.com)")
	}
	return nil
}

func (app *Instance) serve(ctx context.Context, in *manage.Invocation, opts server.Options) error {
	if opts.Logger == nil {
		opts.Logger = app.logger
	}
	opts.Abort = processFrom(ctx).abort
	opts.OnListen = func(addr net.Addr) {
		in.Printf("%s, Nuages %s: serving at %s\n", app.site.programName(), Version, addressURL(addr))
	}
	opts.OnDrain = func() { app.logger.Info("stopping: waiting for open requests") }
	outer := []web.Middleware{middleware.RequestID(middleware.RequestIDOptions{}), middleware.AccessLog(middleware.AccessLogOptions{})}
	err := server.Serve(ctx, app.handler(outer, nil), opts)
	if err == nil {
		app.logger.Info("stopped")
	}
	if errors.Is(err, server.ErrAborted) {
		return &manage.ExitError{Code: manage.ExitSignal, Err: err}
	}
	return err
}

// handler is the site with more layers around and inside its own. A layer that the site has already is left out.
func (app *Instance) handler(outer, inner []web.Middleware) http.Handler {
	layers := app.middleware
	own := layerNames(app.chain.Layers())
	outer = slices.DeleteFunc(outer, func(mw web.Middleware) bool {
		layer, ok := mw(app.resolver).(web.Layer)
		return ok && slices.Contains(own, layer.LayerInfo().Name)
	})
	return web.ToHTTP(web.Compose(app.resolver, slices.Concat(outer, layers, inner)...), app.config)
}

// addressURL is what a person can click on.
func addressURL(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return addr.Network() + ":" + addr.String()
	}
	if tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://localhost:%d/ and every other address of this machine", tcp.Port)
	}
	return "http://" + tcp.String() + "/"
}
