package server

import (
	"testing"
)

// FuzzGuard feeds the guard any bytes, at once and in pieces: it must judge them alike and never keep more than a line.
func FuzzGuard(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
		"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "\n", " \r\n",
	} {
		f.Add([]byte(seed), 3)
	}
	opts := Options{MaxLineBytes: 64, MaxHeaderFields: 5}.withDefaults()
	f.Fuzz(func(t *testing.T, data []byte, piece int) {
		whole := guard{opts: &opts}
		good := whole.scan(data)
		if good < 0 || good > len(data) {
			t.Fatalf("good = %d of %d", good, len(data))
		}
		parts := guard{opts: &opts}
		for rest := data; len(rest) > 0 && parts.refused == nil; {
			n := min(max(1, piece%7), len(rest))
			parts.scan(rest[:n])
			rest = rest[n:]
			if len(parts.partial) > opts.MaxLineBytes+1 {
				t.Fatalf("keeps %d bytes", len(parts.partial))
			}
		}
		if (whole.refused == nil) != (parts.refused == nil) || whole.refused == nil && (whole.where != parts.where || whole.left != parts.left) {
			t.Errorf("at once %+v, in pieces %+v", whole.refused, parts.refused)
		}
	})
}

func BenchmarkGuard(b *testing.B) {
	head := []byte("GET /article/17?page=3 HTTP/1.1\r\nHost: example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n" +
		"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n" +
		"Connection: keep-alive\r\nCookie: sessionid=0123456789abcdef0123456789abcdef; csrftoken=0123456789abcdef0123456789abcdef\r\n\r\n")
	opts := Options{}.withDefaults()
	g := guard{opts: &opts}
	b.ReportAllocs()
	b.SetBytes(int64(len(head)))
	for b.Loop() {
		g.scan(head)
	}
}
