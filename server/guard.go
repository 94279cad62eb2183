package server

import (
	"bytes"
	"sync/atomic"
)

// guard watches the bytes of an HTTP/1 connection go by. It follows the messages (head, then body by Content-Length or
// chunks) and refuses heads that net/http accepts although two programs could read them differently: the stuff that
// request smuggling is made of. It changes nothing and keeps at most one unfinished line.
type guard struct {
	opts *Options
	off  atomic.Bool // the connection was hijacked: what comes now is another protocol

	refused   *refusal
	underline bool // a field name with an underscore

	where   guardPlace
	partial []byte // the beginning of a line whose end has not come yet
	left    int64  // bytes of the body or chunk that are still to come

	// the head that is being read
	fields    int
	http10    bool
	hasLength bool
	length    int64
	hasCoding bool
}

type guardPlace uint8

const (
	atRequestLine guardPlace = iota
	atField
	atBody
	atChunkSize
	atChunkData
	atChunkEnd
	atTrailer
)

// tlsHandshake is the first byte of a TLS connection.
const tlsHandshake = 0x16

type refusal struct {
	status, reason string
	answered       bool
}

// between says that no message has begun that is not complete.
func (g *guard) between() bool { return g.where == atRequestLine && len(g.partial) == 0 }

func (g *guard) refuse(status, reason string) { g.refused = &refusal{status: status, reason: reason} }

const (
	badRequest     = "400 Bad Request"
	uriTooLong     = "414 URI Too Long"
	headerTooLarge = "431 Request Header Fields Too Large"
)

// scan looks at the next bytes. It returns how many belong to messages that are in order: all of them, or, when a head
// was refused, those in front of it.
func (g *guard) scan(p []byte) int {
	good := 0 // up to here messages are complete
	for i := 0; i < len(p); {
		switch g.where {
		case atBody, atChunkData:
			n := min(int64(len(p)-i), g.left)
			i += int(n)
			if g.left -= n; g.left > 0 {
				return len(p)
			}
			if g.where == atBody {
				g.endMessage()
				good = i
			} else {
				g.where = atChunkEnd
			}
			continue
		}

		if p[i] == tlsHandshake && g.between() {
			g.refuse(badRequest, "this port speaks HTTP, and the client HTTPS")
			return good
		}
		end := bytes.IndexByte(p[i:], '\n')
		if end < 0 {
			g.keep(p[i:])
			if g.refused != nil {
				return good
			}
			return len(p)
		}
		line := p[i : i+end]
		i += end + 1
		if len(g.partial) > 0 {
			g.partial = append(g.partial, line...)
			line = g.partial
		}
		g.line(line)
		g.partial = g.partial[:0]
		if g.refused != nil {
			return good
		}
		if g.where == atRequestLine {
			good = i
		}
	}
	return len(p)
}

// keep remembers the beginning of a line.
func (g *guard) keep(p []byte) {
	if g.tooLong(len(g.partial) + len(p)) {
		return
	}
	g.partial = append(g.partial, p...)
}

func (g *guard) tooLong(n int) bool {
	if n <= g.opts.MaxLineBytes+1 { // and the CR
		return false
	}
	if g.where == atRequestLine {
		g.refuse(uriTooLong, "request line too long")
	} else {
		g.refuse(headerTooLarge, "line too long")
	}
	return true
}

// line takes one whole line, without its LF.
func (g *guard) line(line []byte) {
	if g.tooLong(len(line)) {
		return
	}
	if len(line) == 0 || line[len(line)-1] != '\r' {
		g.refuse(badRequest, "line without CR LF")
		return
	}
	line = line[:len(line)-1]
	switch g.where {
	case atRequestLine:
		if len(line) == 0 { // RFC 9112 2.2 lets a client send an empty line first; net/http does not
			g.refuse(badRequest, "empty request line")
			return
		}
		g.http10 = bytes.HasSuffix(line, []byte(" HTTP/1.0"))
		g.where = atField
	case atField:
		if len(line) == 0 {
			g.endHead()
			return
		}
		g.field(line)
	case atChunkSize:
		g.chunkSize(line)
	case atChunkEnd:
		if len(line) != 0 {
			g.refuse(badRequest, "bad chunk")
			return
		}
		g.where = atChunkSize
	case atTrailer:
		if len(line) == 0 {
			g.endMessage()
			return
		}
		if g.fields++; g.fields > g.opts.MaxHeaderFields {
			g.refuse(headerTooLarge, "too many fields")
		}
	}
}

// field looks at one header line; only a few names matter.
func (g *guard) field(line []byte) {
	if g.fields++; g.fields > g.opts.MaxHeaderFields {
		g.refuse(headerTooLarge, "too many fields")
		return
	}
	if line[0] == ' ' || line[0] == '\t' {
		g.refuse(badRequest, "folded line")
		return
	}
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		g.refuse(badRequest, "field without colon")
		return
	}
	name := line[:colon]
	if bytes.IndexByte(name, '_') >= 0 {
		g.underline = true
	}
	switch len(name) {
	case len("Content-Length"):
		if bytes.EqualFold(name, []byte("Content-Length")) {
			g.contentLength(bytes.Trim(line[colon+1:], " \t"))
		}
	case len("Transfer-Encoding"):
		if bytes.EqualFold(name, []byte("Transfer-Encoding")) {
			g.hasCoding = true
		}
	}
}

func (g *guard) contentLength(value []byte) {
	n, ok := int64(0), len(value) > 0 && len(value) <= 18
	for _, c := range value {
		ok = ok && c >= '0' && c <= '9'
		n = n*10 + int64(c-'0')
	}
	switch {
	case g.hasLength:
		g.refuse(badRequest, "two Content-Lengths")
	case !ok:
		g.refuse(badRequest, "bad Content-Length")
	}
	g.hasLength, g.length = true, n
}

// endHead judges a complete head and goes on to its body.
func (g *guard) endHead() {
	switch {
	case g.hasCoding && g.hasLength:
		g.refuse(badRequest, "Content-Length with Transfer-Encoding")
	case g.hasCoding && g.http10:
		g.refuse(badRequest, "Transfer-Encoding in HTTP/1.0")
	case g.hasCoding: // net/http answers 501 for any coding but chunked
		g.fields, g.where = 0, atChunkSize
	case g.length > 0:
		g.left, g.where = g.length, atBody
	default:
		g.endMessage()
	}
}

func (g *guard) endMessage() {
	g.where, g.fields, g.left, g.length = atRequestLine, 0, 0, 0
	g.http10, g.hasLength, g.hasCoding = false, false, false
}

// chunkSize reads the hexadecimal size in front of a chunk; extensions are ignored.
func (g *guard) chunkSize(line []byte) {
	size, n := int64(0), 0
	for _, c := range line {
		digit := int64(-1)
		switch {
		case c >= '0' && c <= '9':
			digit = int64(c - '0')
		case c >= 'a' && c <= 'f':
			digit = int64(c-'a') + 10
		case c >= 'A' && c <= 'F':
			digit = int64(c-'A') + 10
		}
		if digit < 0 {
			break
		}
		size, n = size<<4|digit, n+1
	}
	if n == 0 || n > 15 {
		g.refuse(badRequest, "bad chunk size")
		return
	}
	if size == 0 {
		g.where = atTrailer
		return
	}
	g.left, g.where = size, atChunkData
}
