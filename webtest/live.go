package webtest

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// LiveServer is a site that listens on a port of the loopback, for browsers and other programs.
type LiveServer struct {
	// URL is the address, without a slash at the end: "http://127.0.0.1:40321".
	URL string

	server *httptest.Server
}

// Live serves the client's site until the test ends. Browser and Client see the same database. Django:
// LiveServerTestCase.
func (c *Client) Live() *LiveServer {
	c.t.Helper()
	return live(c.t, c.handler)
}

func live(t testing.TB, h http.Handler) *LiveServer {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return &LiveServer{URL: server.URL, server: server}
}

// HTTP returns an HTTP client for the server.
func (s *LiveServer) HTTP() *http.Client { return s.server.Client() }
