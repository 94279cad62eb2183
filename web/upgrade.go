package web

import (
	"bufio"
	"errors"
	"net"
	"net/http"
)

// Upgrade is a response that switches the connection to another protocol (WebSocket): it answers with 101 and the
// response's header, then hands the connection to run and closes it when run returns. HTTP/2 has no such switch; there
// the answer is a 501. The header must say Upgrade and what else the protocol's handshake wants:
//
//	resp := web.Upgrade("websocket", serveSocket)
//	resp.Header().Set("Sec-WebSocket-Accept", accept)
//
// A handler of a WebSocket library, which hijacks for itself, works through FromHTTP.
func Upgrade(protocol string, run func(conn net.Conn, rw *bufio.ReadWriter) error) *Response {
	resp := &Response{Status: http.StatusSwitchingProtocols}
	header := resp.Header()
	header["Connection"] = []string{"Upgrade"}
	header["Upgrade"] = []string{protocol}
	resp.extra().upgrade = func(w http.ResponseWriter) error {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if errors.Is(err, http.ErrNotSupported) {
			header := w.Header()
			delete(header, "Connection")
			delete(header, "Upgrade")
			w.WriteHeader(http.StatusNotImplemented)
			return nil
		}
		if err != nil {
			return err
		}
		defer conn.Close() //nolint:errcheck // the peer may be gone
		wire := w.Header().Clone()
		delete(wire, "Content-Type")
		if _, err := rw.WriteString("HTTP/1.1 101 Switching Protocols\r\n"); err != nil {
			return err
		}
		if err := wire.Write(rw); err != nil {
			return err
		}
		if _, err := rw.WriteString("\r\n"); err != nil {
			return err
		}
		if err := rw.Flush(); err != nil {
			return err
		}
		return run(conn, rw)
	}
	return resp
}
