// Package server serves an http.Handler in production: limits that net/http leaves open, and a stop that loses no
// request.
//
//	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
//	defer stop()
//	err := server.Serve(ctx, site.Handler(), server.Options{Addr: ":8000"})
//
// # Stopping
//
// When ctx ends, in this order: the listening socket is closed, so new connections are refused (or wait for whoever
// else holds the socket); every response carries Connection: close; idle connections get a grace in which a request that
// is already on its way is still answered; requests in flight finish. At DrainTimeout their contexts are cancelled, and
// a second later the connections are closed. Serve does not use http.Server.Shutdown for this: it drops requests whose
// header was read after it began.
//
// # Limits
//
// The zero Options has production defaults: 10 s for a request's header, 64 KiB and 100 fields of it, 8 KiB a line, a body that
// keeps coming, a response that keeps going out, 75 s of idleness, 10,000 connections. Each has a field.
//
// Request heads that net/http reads more kindly than a front end might are refused before it sees them: Content-Length
// together with Transfer-Encoding, Transfer-Encoding in HTTP/1.0, two Content-Lengths, bare LF line ends, folded lines.
// Header fields with an underscore in the name are dropped.
//
// The package knows net/http and nothing else of Nuages.
package server
