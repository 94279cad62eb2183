package web

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// Stream is a response whose body write produces piece by piece, when the header has been sent. An error or a panic of
// write cuts the connection, so that the client does not take the part for the whole. Flush sends what is there.
//
//	return web.Stream("text/csv", func(w *web.StreamWriter) error {
//		for row, err := range rows { ... }
//	}), nil
//
// Django: StreamingHttpResponse.
func Stream(contentType string, write func(w *StreamWriter) error) *Response {
	return &Response{Status: http.StatusOK, contentType: [1]string{contentType}, more: &responseMore{stream: write}}
}

// StreamWriter is what a stream writes to: the connection behind the writers that middleware has put around it
// (compression). It is used by one goroutine at a time.
type StreamWriter struct {
	out  io.Writer // the outermost writer
	http http.ResponseWriter
	// inner are the writers around http, the innermost first.
	inner []io.WriteCloser
	n     int64 // bytes that reached http
}

// Write sends p on its way.
func (w *StreamWriter) Write(p []byte) (int, error) { return w.out.Write(p) }

// WriteString sends s on its way.
func (w *StreamWriter) WriteString(s string) (int, error) { return io.WriteString(w.out, s) }

// Flush passes everything written so far to the client.
func (w *StreamWriter) Flush() error {
	for i := len(w.inner) - 1; i >= 0; i-- {
		if f, ok := w.inner[i].(interface{ Flush() error }); ok {
			if err := f.Flush(); err != nil {
				return err
			}
		}
	}
	err := http.NewResponseController(w.http).Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// SetWriteDeadline bounds how long the client may take to accept what comes next, in place of the server's limit; the zero
// time is no bound.
func (w *StreamWriter) SetWriteDeadline(t time.Time) error {
	return http.NewResponseController(w.http).SetWriteDeadline(t)
}

// SetTrailer sends a header behind the body, to clients that look for it (HTTP/2, chunked HTTP/1.1).
func (w *StreamWriter) SetTrailer(name, value string) {
	w.http.Header().Set(http.TrailerPrefix+name, value)
}

func newStreamWriter(w http.ResponseWriter, wraps []func(io.Writer) io.WriteCloser) *StreamWriter {
	sw := &StreamWriter{http: w}
	sw.out = (*countingWriter)(sw)
	for _, wrap := range wraps {
		wrapped := wrap(sw.out)
		sw.inner = append(sw.inner, wrapped)
		sw.out = wrapped
	}
	return sw
}

// close ends the wrapping writers, the outermost first.
func (w *StreamWriter) close() error {
	for i := len(w.inner) - 1; i >= 0; i-- {
		if err := w.inner[i].Close(); err != nil {
			return err
		}
	}
	return nil
}

// countingWriter is the innermost writer of a StreamWriter.
type countingWriter StreamWriter

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.http.Write(p)
	w.n += int64(n)
	return n, err
}

func (w *countingWriter) WriteString(s string) (int, error) {
	n, err := io.WriteString(w.http, s)
	w.n += int64(n)
	return n, err
}

// WrapStream puts a writer around the body of a streaming response: wrap gets the next writer and returns one that
// writes to it, and is closed at the end; if it has Flush() error, it is flushed when the stream is. Content-Length goes
// away. For a response that does not stream, use Body and SetBody.
func (resp *Response) WrapStream(wrap func(io.Writer) io.WriteCloser) {
	m := resp.extra()
	m.wraps = append(m.wraps, wrap)
	header := resp.Header()
	delete(header, "Content-Length")
	delete(header, "Accept-Ranges")
}
