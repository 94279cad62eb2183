package server

import (
	"log/slog"
	"net"
	"time"
)

// Options are the settings of Serve. The zero value is fit for production.
type Options struct {
	// Addr is where to listen if Listener is nil, see Listen. Default: "127.0.0.1:8000".
	Addr string
	// Listener is a socket that is open already. Serve closes it.
	Listener net.Listener

	// HeaderTimeout is the time a client has to send a request's head. Default: 10 s.
	HeaderTimeout time.Duration
	// BodyTimeout is the longest pause in a request's body; after BodyGrace the body must also have come at BodyMinRate bytes a
	// second on average. Defaults: 30 s, 10 s, 500.
	BodyTimeout, BodyGrace time.Duration
	BodyMinRate            int
	// WriteTimeout is the longest time in which a client takes nothing of a response. A long response is no problem.
	// Default: 30 s.
	WriteTimeout time.Duration
	// IdleTimeout closes a connection that is kept alive without a request. It should be longer than the front end's. Default: 75 s.
	IdleTimeout time.Duration

	// MaxHeaderBytes, MaxHeaderFields and MaxLineBytes limit a request's head, its number of fields and each of its lines.
	// Defaults: 64 KiB, 100, 8 KiB. More is answered with 431, or 414 for the request line.
	MaxHeaderBytes, MaxHeaderFields, MaxLineBytes int
	// HeapFloor is the size in bytes to which the heap may grow before garbage is collected: more memory, less work. It changes
	// the whole process while the server runs, and nothing if GOGC or GOMEMLIMIT is set. Negative is Go's own rule. Default:
	// 32 MiB.
	HeapFloor int
	// MaxConns is how many connections are open at once; more wait in the socket's queue. Default: 10,000.
	MaxConns int
	// MaxConnsPerAddress limits the connections of one public client address; loopback and private addresses, where front ends
	// live, are exempt. Negative is no limit. Default: 100.
	MaxConnsPerAddress int

	// PreStopDelay goes on serving normally after the stop was asked for, until load balancers know. Default: 0.
	PreStopDelay time.Duration
	// IdleGrace is how long an idle connection stays open during the stop. Default: 2 s.
	IdleGrace time.Duration
	// DrainTimeout ends the stop even if requests are still in flight. Default: 25 s.
	DrainTimeout time.Duration
	// Abort, when closed, ends the stop at once: for the second signal. It may be nil.
	Abort <-chan struct{}

	// OnListen is called when the socket is open, OnDrain when the stop begins. They may be nil.
	OnListen func(net.Addr)
	OnDrain  func()
	// Logger gets net/http's complaints and the stop's course. Default: slog.Default().
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	def(&o.Addr, "127.0.0.1:8000")
	def(&o.HeaderTimeout, 10*time.Second)
	def(&o.BodyTimeout, 30*time.Second)
	def(&o.BodyGrace, 10*time.Second)
	def(&o.BodyMinRate, 500)
	def(&o.WriteTimeout, 30*time.Second)
	def(&o.IdleTimeout, 75*time.Second)
	def(&o.MaxHeaderBytes, 64<<10)
	def(&o.MaxHeaderFields, 100)
	def(&o.MaxLineBytes, 8<<10)
	def(&o.HeapFloor, 32<<20)
	def(&o.MaxConns, 10_000)
	def(&o.MaxConnsPerAddress, 100)
	def(&o.IdleGrace, 2*time.Second)
	def(&o.DrainTimeout, 25*time.Second)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

func def[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}
