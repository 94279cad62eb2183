package server

import (
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// listener wraps accepted connections, counts them and holds back when there are too many.
type listener struct {
	net.Listener
	opts  *Options
	table *table
	slots chan struct{}
}

// Accept waits for a free slot, then for a connection.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.table.draining:
		return nil, net.ErrClosed
	}
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			<-l.slots
			return nil, err
		}
		c := &conn{Conn: raw, listener: l, guard: guard{opts: l.opts}}
		if l.table.add(c, l.opts.MaxConnsPerAddress) {
			return c, nil
		}
		raw.Close()
	}
}

// conn is a connection with its state, its write deadline and the guard on what comes in.
type conn struct {
	net.Conn
	listener *listener
	guard    guard
	address  netip.Addr

	state     atomic.Int32 // an http.ConnState
	since     atomic.Int64 // when the state began, in Unix nanoseconds
	reading   atomic.Bool  // a message has come in part
	expired   atomic.Bool  // the stop has ended the wait for the next request
	underline atomic.Bool  // a header field with an underscore came in
	deadline  int64        // the write deadline that is set; only the writing goroutine touches it
	closed    atomic.Bool
}

// Read passes bytes on that the guard has seen. A bad head is answered here, and the connection ends.
func (c *conn) Read(p []byte) (int, error) {
	if c.guard.refused != nil {
		return 0, c.refuse()
	}
	n, err := c.Conn.Read(p)
	if err != nil && n == 0 && c.expired.Swap(false) {
		n, err = c.lastRead(p)
	}
	if n > 0 && !c.guard.off.Load() {
		good := c.guard.scan(p[:n])
		c.reading.Store(!c.guard.between())
		if c.guard.underline {
			c.underline.Store(true)
			c.listener.table.underline.Store(true)
		}
		if c.guard.refused != nil {
			if good == 0 {
				return 0, c.refuse()
			}
			return good, nil
		}
	}
	return n, err
}

// lastRead looks once more for a request before an idle connection ends: a deadline that has passed hides bytes that
// have arrived, and closing the connection would lose them.
func (c *conn) lastRead(p []byte) (int, error) {
	_ = c.Conn.SetReadDeadline(time.Now().Add(lastLook))
	n, err := c.Conn.Read(p)
	if n > 0 {
		_ = c.Conn.SetReadDeadline(time.Now().Add(c.listener.opts.HeaderTimeout))
	}
	return n, err
}

const (
	lastLook = 5 * time.Millisecond   // for bytes that have arrived
	newGrace = 300 * time.Millisecond // at least, for a new connection's first bytes
)

// refuse answers the bad head, unless the response to an earlier request may be on its way out; net/http then sees the
// end of the connection and closes it.
func (c *conn) refuse() error {
	state := http.ConnState(c.state.Load())
	if r := c.guard.refused; !r.answered && (state == http.StateNew || state == http.StateIdle) {
		r.answered = true
		c.listener.opts.Logger.Debug("request refused", "reason", r.reason, "client", c.RemoteAddr())
		_ = c.Conn.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = io.WriteString(c.Conn, "HTTP/1.1 "+r.status+"\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"+r.status+": "+r.reason+"\n")
	}
	return io.EOF
}

// writePiece is what must go out within the write timeout.
const writePiece = 256 << 10

// Write sends p in pieces, each with a deadline of its own, so that only a client that takes nothing is cut off.
func (c *conn) Write(p []byte) (n int, err error) {
	for len(p) > writePiece {
		c.extend()
		m, err := c.Conn.Write(p[:writePiece])
		n += m
		if err != nil {
			return n, err
		}
		p = p[writePiece:]
	}
	c.extend()
	m, err := c.Conn.Write(p)
	return n + m, err
}

// ReadFrom keeps sendfile for files.
func (c *conn) ReadFrom(r io.Reader) (n int64, err error) {
	to, ok := c.Conn.(io.ReaderFrom)
	if !ok {
		return io.Copy(struct{ io.Writer }{c}, r)
	}
	limited, isLimited := r.(*io.LimitedReader)
	for {
		piece := io.LimitedReader{R: r, N: writePiece}
		if isLimited { // sendfile looks through one LimitedReader only
			piece = io.LimitedReader{R: limited.R, N: min(limited.N, writePiece)}
		}
		want := piece.N
		if want <= 0 {
			return n, nil
		}
		c.extend()
		m, err := to.ReadFrom(&piece)
		n += m
		if isLimited {
			limited.N -= m
		}
		if err != nil || m < want {
			return n, err
		}
	}
}

// extend moves the write deadline on, at most once a second.
func (c *conn) extend() {
	if until := c.listener.table.now.Load() + int64(c.listener.opts.WriteTimeout); until-c.deadline > int64(time.Second) {
		c.deadline = until
		_ = c.Conn.SetWriteDeadline(time.Now().Add(c.listener.opts.WriteTimeout))
	}
}

// CloseWrite lets net/http end the connection without losing the response.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Close frees the connection's slot once.
func (c *conn) Close() error {
	err := c.Conn.Close()
	if c.closed.CompareAndSwap(false, true) {
		c.listener.table.remove(c)
		<-c.listener.slots
	}
	return err
}

// setState records what net/http does with the connection.
func (c *conn) setState(state http.ConnState) {
	c.state.Store(int32(state))
	switch state {
	case http.StateIdle:
		c.since.Store(c.listener.table.now.Load())
	case http.StateHijacked: // no longer HTTP, and not ours to wait for
		c.guard.off.Store(true)
		c.listener.table.remove(c)
	}
}

// table knows the open connections.
type table struct {
	draining  chan struct{}
	now       atomic.Int64 // the time in Unix nanoseconds, to a tenth of a second: cheaper than asking for each request
	underline atomic.Bool  // some connection's underline is set

	mu    sync.Mutex // guards what follows
	conns map[*conn]struct{}
	from  map[netip.Addr]int
	empty chan struct{} // closed when the last connection goes; nil until someone waits
}

func newTable() *table {
	t := &table{draining: make(chan struct{}), conns: map[*conn]struct{}{}, from: map[netip.Addr]int{}}
	t.now.Store(time.Now().UnixNano())
	return t
}

// tell keeps the table's time until done is closed.
func (t *table) tell(done <-chan struct{}) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			t.now.Store(now.UnixNano())
		case <-done:
			return
		}
	}
}

// add takes a connection in, unless its address has too many already.
func (t *table) add(c *conn, perAddress int) bool {
	c.since.Store(time.Now().UnixNano())
	if tcp, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		if addr := tcp.AddrPort().Addr().Unmap(); !addr.IsLoopback() && !addr.IsPrivate() && !addr.IsLinkLocalUnicast() {
			c.address = addr
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if c.address.IsValid() {
		if perAddress > 0 && t.from[c.address] >= perAddress {
			return false
		}
		t.from[c.address]++
	}
	t.conns[c] = struct{}{}
	return true
}

func (t *table) remove(c *conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.conns[c]; !ok {
		return
	}
	delete(t.conns, c)
	if c.address.IsValid() {
		if t.from[c.address]--; t.from[c.address] == 0 {
			delete(t.from, c.address)
		}
	}
	if len(t.conns) == 0 && t.empty != nil {
		close(t.empty)
		t.empty = nil
	}
}

// whenEmpty returns a channel that is closed once no connection is open.
func (t *table) whenEmpty() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.conns) == 0 {
		done := make(chan struct{})
		close(done)
		return done
	}
	if t.empty == nil {
		t.empty = make(chan struct{})
	}
	return t.empty
}

func (t *table) len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.conns)
}

// expireIdle ends connections that have waited for a request for longer than the grace. It does so through the read
// deadline: a request that has arrived meanwhile is read first, and net/http then sets a new deadline.
func (t *table) expireIdle(now time.Time, grace time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for c := range t.conns {
		wait := grace
		switch http.ConnState(c.state.Load()) {
		case http.StateIdle:
		case http.StateNew:
			wait = max(grace, newGrace)
		default:
			continue
		}
		if !c.reading.Load() && now.UnixNano()-c.since.Load() >= int64(wait) {
			c.expired.Store(true)
			_ = c.Conn.SetReadDeadline(time.Unix(1, 0))
		}
	}
}
