package web

import (
	"bytes"
	"html"
	"io"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// section reads up to the next boundary, which it takes along.
type section struct {
	p    *multipartParser
	done bool
}

// Read returns content as long as a boundary cannot begin in it.
func (s *section) Read(b []byte) (int, error) {
	if s.done {
		return 0, io.EOF
	}
	window, end, err := s.window()
	if err != nil {
		return 0, err
	}
	n := copy(b, window)
	_, _ = s.p.in.Discard(n)
	if n == len(window) && end >= 0 {
		_, _ = s.p.in.Discard(end - n)
		s.done = true
	}
	if n == 0 && s.done {
		return 0, io.EOF
	}
	return n, nil
}

// window is the content that lies in the buffer, and if it ends at a boundary or with the body, the number of bytes in
// the buffer up to the end of that; else -1.
func (s *section) window() ([]byte, int, error) {
	in, boundary := s.p.in, s.p.boundary
	keep := len(boundary) + boundaryRollback
	data, err := in.Peek(max(in.Buffered(), keep+1))
	if err != nil && err != io.EOF { //nolint:errorlint // Peek returns it bare
		return nil, 0, unreadable(err)
	}
	if i := bytes.Index(data, boundary); i >= 0 {
		end := i
		if end > 0 && data[end-1] == '\n' {
			end--
		}
		if end > 0 && end < i && data[end-1] == '\r' {
			end--
		}
		return data[:end], i + len(boundary), nil
	}
	if err != nil { // the body ends without a boundary
		return data, len(data), nil
	}
	return data[:len(data)-keep], -1, nil
}

type partHeader struct {
	value  string
	params map[string]string
}

// header reads the section's header block. It is nil when there is none: what stands before the first boundary and behind
// the last one.
func (s *section) header() (map[string]partHeader, error) {
	block := make([]byte, 0, maxPartHeader)
	for {
		if i := bytes.Index(block, []byte("\r\n\r\n")); i >= 0 {
			return parsePartHeader(block[:i]), nil
		}
		if len(block) == cap(block) {
			return nil, malformed("Request max total header size exceeded.")
		}
		// Byte by byte at the end, so that nothing of the content is taken.
		window, end, err := s.window()
		if err != nil {
			return nil, err
		}
		take := min(len(window), cap(block)-len(block))
		start := len(block)
		block = append(block, window[:take]...)
		if i := bytes.Index(block[max(0, start-3):], []byte("\r\n\r\n")); i >= 0 {
			take = max(0, start-3) + i + 4 - start
			block = block[:start+take]
		}
		_, _ = s.p.in.Discard(take)
		if take == len(window) && end >= 0 && !bytes.HasSuffix(block, []byte("\r\n\r\n")) {
			_, _ = s.p.in.Discard(end - take)
			s.done = true
			return nil, nil
		}
	}
}

// parsePartHeader reads the lines of a header block; a line that is none is left out.
func parsePartHeader(block []byte) map[string]partHeader {
	header := make(map[string]partHeader, 3)
	for line := range strings.SplitSeq(string(block), "\r\n") {
		if !utf8.ValidString(line) {
			continue
		}
		head, params := ParseHeader(line)
		name, value, ok := strings.Cut(head, ":")
		if ok {
			header[name] = partHeader{strings.TrimSpace(value), params}
		}
	}
	return header
}

// sanitizeFileName takes directories of either kind, character references and what cannot be printed out of a name; "" if
// nothing is left. Browsers send character references for what their charset lacks.
func sanitizeFileName(name string) string {
	name = html.UnescapeString(name)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, name)
	if name == "." || name == ".." {
		return ""
	}
	return shortName(name)
}

const maxFileName = 255 // characters; longer ones trouble file systems

// shortName cuts a long name before its extension.
func shortName(name string) string {
	runes := []rune(name)
	if len(runes) <= maxFileName {
		return name
	}
	ext := []rune(path.Ext(name))
	ext = ext[:min(len(ext), maxFileName)]
	return string(runes[:maxFileName-len(ext)]) + string(ext)
}
