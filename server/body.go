package server

import (
	"io"
	"net/http"
	"os"
	"time"
)

// timedBody is a request body that must keep coming: each read has a deadline, and after a grace a least average speed is
// asked for. So a big upload may take its time while a client that dribbles is cut off.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
	opts    *Options
	start   time.Time
	set     time.Time // when the deadline was set last
	bytes   int64
}

func newTimedBody(w http.ResponseWriter, body io.ReadCloser, opts *Options) *timedBody {
	b := &timedBody{ReadCloser: body, control: http.NewResponseController(w), opts: opts, start: time.Now()}
	b.extend(b.start) // holds also for a body that the handler does not read
	return b
}

// Read returns os.ErrDeadlineExceeded when the body comes too slowly.
func (b *timedBody) Read(p []byte) (int, error) {
	now := time.Now()
	if spent := now.Sub(b.start); spent > b.opts.BodyGrace && float64(b.bytes) < spent.Seconds()*float64(b.opts.BodyMinRate) {
		_ = b.control.SetReadDeadline(time.Unix(1, 0))
		return 0, os.ErrDeadlineExceeded
	}
	if now.Sub(b.set) > time.Second {
		b.extend(now)
	}
	n, err := b.ReadCloser.Read(p)
	b.bytes += int64(n)
	if err == io.EOF { // the handler may now take as long as it likes
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

func (b *timedBody) extend(now time.Time) {
	b.set = now
	_ = b.control.SetReadDeadline(now.Add(b.opts.BodyTimeout))
}
