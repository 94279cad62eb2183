// Package hostile writes requests that no honest client sends: broken lines, headers, cookies and bodies. Tests feed
// them to a whole site, which must answer each with a page or a refusal and never with a 500.
//
// The same seed writes the same requests, so a failure can be repeated.
package hostile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Generator writes requests from a random source. It belongs to one goroutine.
type Generator struct {
	rng   *rand.Rand
	paths []string
}

// New makes a generator. The paths are good ones of the site under test ("/article/1"): half of the requests go to
// them, or to what is left of them after damage.
func New(seed uint64, paths ...string) *Generator {
	return &Generator{rand.New(rand.NewPCG(seed, seed)), append([]string{"/"}, paths...)}
}

// Request is one request as it goes over the wire, header and body.
func (g *Generator) Request() []byte {
	var head, body bytes.Buffer
	contentType := g.body(&body)

	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\n", g.pick(methods), g.target())
	host := hosts[0]
	if g.rng.IntN(8) == 0 {
		host = g.pick(hosts)
	}
	fmt.Fprintf(&head, "Host: %s\r\n", host)
	if contentType != "" {
		fmt.Fprintf(&head, "Content-Type: %s\r\n", contentType)
	}
	for range g.rng.IntN(8) {
		name := g.pick(headerNames)
		fmt.Fprintf(&head, "%s: %s\r\n", name, g.headerValue())
	}
	switch g.rng.IntN(10) {
	case 0: // says more than it sends
		fmt.Fprintf(&head, "Content-Length: %d\r\n", body.Len()+1+g.rng.IntN(1000))
	case 1:
		fmt.Fprintf(&head, "Transfer-Encoding: chunked\r\n")
		chunked := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", body.Len(), body.Bytes())
		body.Reset()
		body.WriteString(chunked)
	default:
		fmt.Fprintf(&head, "Content-Length: %d\r\n", body.Len())
	}
	head.WriteString("\r\n")
	head.Write(body.Bytes())
	return head.Bytes()
}

func (g *Generator) pick(from []string) string { return from[g.rng.IntN(len(from))] }

func (g *Generator) target() string {
	target := g.pick(g.paths)
	for range max(0, g.rng.IntN(6)-2) {
		at := g.rng.IntN(len(target) + 1)
		target = target[:at] + g.pick(pathScraps) + target[at:]
	}
	if !strings.HasPrefix(target, "/") && g.rng.IntN(4) > 0 {
		target = "/" + target
	}
	if g.rng.IntN(2) == 0 {
		target += "?" + g.form("&")
	}
	return target
}

// form writes pairs as a query string or cookie header has them.
func (g *Generator) form(sep string) string {
	var b strings.Builder
	for i := range g.rng.IntN(6) {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(g.pick(fieldNames))
		if g.rng.IntN(6) > 0 {
			b.WriteByte('=')
		}
		b.WriteString(g.pick(pathScraps))
	}
	return b.String()
}

func (g *Generator) headerValue() string {
	switch g.rng.IntN(3) {
	case 0:
		return g.pick(headerValues)
	case 1:
		return g.form(g.pick([]string{"; ", ", ", ";", ","}))
	}
	value := []byte(g.noise(g.rng.IntN(60)))
	if g.rng.IntN(10) > 0 { // net/http refuses control characters, so most requests go without
		for i := range value {
			if value[i] < ' ' || value[i] == 0x7f {
				value[i] = '~'
			}
		}
	}
	return string(value)
}

// noise is text from the whole range of bytes but the line breaks, which would end the header.
func (g *Generator) noise(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.rng.IntN(256))
		if b[i] == '\r' || b[i] == '\n' || b[i] == 0 {
			b[i] = ' '
		}
	}
	return string(b)
}

// body writes a body and returns its content type, which may or may not describe it.
func (g *Generator) body(b *bytes.Buffer) string {
	switch g.rng.IntN(6) {
	case 0, 1:
		return ""
	case 2:
		b.WriteString(g.form("&"))
		return g.pick(formTypes)
	case 3:
		b.WriteString(g.pick(jsonBodies))
		return "application/json"
	case 4:
		b.WriteString(g.noise(g.rng.IntN(400)))
		return g.pick(append(formTypes, multipartTypes...))
	}
	for range g.rng.IntN(5) {
		b.WriteString(g.pick([]string{"--x\r\n", "--x", "--x--\r\n", "--y\r\n", "\r\n--x\r\n"}))
		for range g.rng.IntN(3) {
			b.WriteString(g.pick(partHeaders))
		}
		b.WriteString("\r\n")
		b.WriteString(g.noise(g.rng.IntN(80)))
		b.WriteString("\r\n")
	}
	if g.rng.IntN(3) > 0 {
		b.WriteString("--x--\r\n")
	}
	return g.pick(multipartTypes)
}
