package nuages

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/nuages-go/nuages/internal/terminal"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/middleware"
	"github.com/nuages-go/nuages/server"
	"github.com/nuages-go/nuages/server/devserver"
	"github.com/nuages-go/nuages/web"
)

// runserverCommand is the development server. With reloading it is two processes: a parent that holds the socket and
// builds, and a child that is the site.
func runserverCommand(s *Site) manage.Command {
	return manage.Command{
		Name: "runserver", Help: "Serve the site while developing: rebuilds and reloads on change.", Args: "[address]", Standalone: true,
		Long: "The address is port, host:port or unix:/path; default is 127.0.0.1:8000. Not for production: use serve there.",
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			d := &devCommand{site: s}
			flags.BoolVar(&d.noReload, "noreload", false, "don't rebuild and restart on change")
			flags.BoolVar(&d.poll, "poll", false, "look through the files instead of having the system watch them")
			flags.BoolVar(&d.ipv6, "ipv6", false, "listen on [::1] by default")
			flags.BoolVar(&d.ipv6, "6", false, "")
			return d.run
		},
	}
}

type devCommand struct {
	site           *Site
	noReload, poll bool
	ipv6           bool
}

func (d *devCommand) run(ctx context.Context, in *manage.Invocation) error {
	if len(in.Args) > 1 {
		return manage.UsageErrorf("runserver takes one address")
	}
	child, err := devserver.Join(os.Getenv(devserver.Variable))
	if err != nil {
		return err
	}
	if child != nil {
		return d.runChild(ctx, in, child)
	}

	listener, err := server.Listen(d.address(in.Args))
	if err != nil {
		return err
	}
	if !d.noReload {
		err := d.runParent(ctx, in, listener)
		if !errors.Is(err, devserver.ErrNoSources) {
			return err
		}
		in.Printf("%s\n", in.Style.Notice("Not reloading: "+strings.TrimPrefix(err.Error(), "devserver: ")))
	}
	return d.serve(ctx, in, listener, nil)
}

func (d *devCommand) address(args []string) string {
	if len(args) == 1 {
		return args[0]
	}
	if d.ipv6 {
		return "[::1]:8000"
	}
	return "127.0.0.1:8000"
}

// runParent watches, builds and runs children.
func (d *devCommand) runParent(ctx context.Context, in *manage.Invocation, l net.Listener) error {
	say := func(text string) { in.Printf("%s\n", in.Style.Notice(text)) }
	return devserver.Run(ctx, devserver.Options{
		Listener: l, Dir: processFrom(ctx).mainDir, Poll: d.poll, Log: say,
		LogFailure: func(f *devserver.Failure) {
			fmt.Fprintf(in.Stderr, "%s\n", in.Style.Error(f.Title))
			if f.Title != "The site does not start" { // the child has said it
				fmt.Fprintln(in.Stderr, f.Output)
			}
			fmt.Fprintln(in.Stderr, "Waiting for a change.")
		},
	})
}

// runChild serves until the parent is gone or asks it to stop. Why it cannot is told to the parent, which shows it.
func (d *devCommand) runChild(ctx context.Context, in *manage.Invocation, child *devserver.Child) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		<-child.Gone()
		cancel()
		time.Sleep(time.Second)
		os.Exit(manage.ExitFailed)
	}()
	var said bytes.Buffer
	copied := *in
	copied.Stderr = io.MultiWriter(in.Stderr, &said)
	err := d.serve(ctx, &copied, child.Listener, child)
	if err != nil {
		text := said.String()
		if check, ok := errors.AsType[*manage.CheckError](err); ok {
			text = check.Error()
		} else {
			text += err.Error()
		}
		_ = child.Failed(text)
	}
	return err
}

// serve builds the site, checks it, says so and answers requests.
func (d *devCommand) serve(ctx context.Context, in *manage.Invocation, l net.Listener, child *devserver.Child) error {
	first := child == nil || child.Run == 1
	if first && in.Verbosity > 0 {
		in.Printf("Performing system checks...\n\n")
	}
	app, err := build(*d.site, child != nil)
	if err != nil {
		return err
	}
	defer app.Close()
	if app.settings.hostsMissing() {
		return errors.New("you must set ALLOWED_HOSTS if DEBUG is off (while developing, put DEBUG=true into .env)")
	}
	joined := app.join(ctx)
	if !in.SkipChecks {
		r := app.program.Check(joined, nil, false)
		if err := report(in, r, manage.Error); err != nil {
			return err
		}
	}
	if old, _ := app.askServers(joined); old != nil { // those that do not answer are told next
		return old
	}
	app.sayUnmigrated(joined, in)
	if first {
		d.banner(in, app, l)
	}
	if child != nil {
		child.OnChange(app.dtl.Reset)
		if err := child.Ready(app.live); err != nil {
			return err
		}
	}
	err = server.Serve(ctx, d.handler(app, in, child), server.Options{
		Listener: l, Logger: app.logger, Abort: processFrom(ctx).abort, IdleGrace: time.Millisecond, DrainTimeout: 2 * time.Second,
		MaxConnsPerAddress: -1, OnDrain: func() {
			if child != nil {
				child.Stop()
			}
		},
	})
	if errors.Is(err, server.ErrAborted) {
		return nil
	}
	return err
}

// handler is the site with Django's line for each request and, under a parent, pages that follow changes.
func (d *devCommand) handler(app *Instance, in *manage.Invocation, child *devserver.Child) http.Handler {
	outer := []web.Middleware{middleware.AccessLog(middleware.AccessLogOptions{Console: in.Stderr, Color: in.Style.Colored() && terminal.Is(os.Stderr)})}
	var inner []web.Middleware
	if child != nil && app.settings.Debug {
		inner = append(inner, injectScript(child, app.hasLayer(middleware.LayerCSP)))
	}
	h := app.handler(outer, inner)
	if child != nil {
		return child.Handler(h)
	}
	return h
}

func (d *devCommand) banner(in *manage.Invocation, app *Instance, l net.Listener) {
	if in.Verbosity == 0 {
		return
	}
	in.Printf("%s\n", time.Now().Format("January 02, 2006 - 15:04:05"))
	in.Printf("Nuages version %s, site %s, Debug %s\n", Version, app.site.programName(), map[bool]string{true: "on", false: "off"}[app.settings.Debug])
	in.Printf("Starting development server at %s\n", in.Style.Success(addressURL(l.Addr())))
	in.Printf("Quit the server with CONTROL-C.\n\n")
}

// injectScript puts the script that follows changes into HTML pages, before any layer compresses them. With a content
// security policy the script carries the page's nonce.
func injectScript(child *devserver.Child, csp bool) web.Middleware {
	return func(next web.Handler) web.Handler {
		return web.View(func(r *web.Request) (*web.Response, error) {
			resp, err := next.Serve(r)
			if err != nil || resp.Streaming() || !strings.HasPrefix(resp.Header().Get("Content-Type"), "text/html") {
				return resp, err
			}
			body, err := resp.Body()
			if err != nil {
				return resp, nil // whoever writes the response meets the error again
			}
			at := bytes.LastIndex(bytes.ToLower(body), []byte("</body>"))
			if at < 0 {
				return resp, nil // a fragment
			}
			nonce := ""
			if csp {
				nonce = middleware.Nonce(r)
			}
			resp.SetBody(bytes.Join([][]byte{body[:at], body[at:]}, []byte(child.Script(nonce))))
			return resp, nil
		})
	}
}

func (app *Instance) hasLayer(name string) bool {
	for _, l := range app.chain.Layers() {
		if l.Name == name {
			return true
		}
	}
	return false
}
