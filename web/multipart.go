package web

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strings"
)

const (
	maxBoundary     = 201
	maxPartHeader   = 1024 // bytes of the header block of a part
	uploadChunk     = 64 << 10
	multipartBuffer = 64 << 10

	minMultipartBuffer = 1 << 10 // more than a boundary and what stands around it
	boundaryRollback   = 6       // bytes around a boundary: CR LF before it, "--" and CR LF behind
)

func malformed(format string, args ...any) error { return BadRequest(format, args...) }

// parseMultipart reads a multipart/form-data body as it comes in: fields go to memory under the limits, files to the
// upload handlers. Django 6.1 django/http/multipartparser.py: it too takes what a last boundary is missing for, skips a
// part without a name, and counts a field's name and two bytes with its value.
func (r *Request) parseMultipart(params map[string]string) (*form, error) {
	boundary := params["boundary"]
	if boundary == "" || len(boundary) > maxBoundary || !printableASCII(boundary) || boundary[len(boundary)-1] == ' ' {
		return nil, malformed("Invalid boundary in multipart: %s", boundary)
	}
	m := r.extra()
	result := &form{values: new(Values), files: new(Files)}
	var body io.Reader
	switch {
	case m.bodyRead && m.bodyErr != nil:
		return nil, m.bodyErr
	case m.bodyRead:
		body = bytes.NewReader(m.body)
	case r.bodyStarted():
		return noForm, nil
	default:
		body, result.streamed = r.rawBody(), true
	}

	handlers := r.UploadHandlers()
	for _, h := range handlers {
		if raw, ok := h.(RawInputHandler); ok {
			values, files, done, err := raw.HandleRawInput(r, body, boundary)
			if err != nil || done {
				return &form{values: values, files: &Files{files}, streamed: true}, err
			}
		}
	}

	p := multipartParser{
		r: r, handlers: handlers, in: bufio.NewReaderSize(body, r.partBuffer()), boundary: []byte("--" + boundary),
		values: new(MutableValues), chunk: uploadChunk,
		maxBytes: limit(r.config.DataUploadMaxMemorySize, defaultDataMemory), maxFields: limit(r.config.DataUploadMaxNumberFields, defaultNumberFields),
		maxFiles: limit(r.config.DataUploadMaxNumberFiles, defaultNumberFiles),
	}
	for _, h := range handlers {
		if sizer, ok := h.(ChunkSizer); ok && sizer.ChunkSize() > 0 {
			p.chunk = min(p.chunk, sizer.ChunkSize())
		}
	}
	if err := p.run(); err != nil {
		return nil, err
	}
	result.values, result.files = &p.values.Values, &p.files
	return result, nil
}

// partBuffer is how much of a body is looked at at once: less for a small one.
func (r *Request) partBuffer() int {
	if r.ContentLength < 0 || r.ContentLength > multipartBuffer {
		return multipartBuffer
	}
	return max(int(r.ContentLength), minMultipartBuffer)
}

// multipartParser splits a body at its boundary into sections: a header block, an empty line and the content.
type multipartParser struct {
	r        *Request
	handlers []UploadHandler
	in       *bufio.Reader
	boundary []byte
	chunk    int

	values *MutableValues
	files  Files

	maxBytes            int64
	maxFields, maxFiles int
	bytes               int64
	fieldCount          int
	fileCount           int
}

func (p *multipartParser) run() error {
	err := p.sections()
	var stop *StopUpload
	switch {
	case err == nil:
	case errors.As(err, &stop):
		if !stop.ConnectionReset {
			_, _ = io.Copy(io.Discard, p.in)
		}
	default:
		for _, h := range p.handlers {
			h.UploadInterrupted()
		}
		return err
	}
	for _, h := range p.handlers {
		if err := h.UploadComplete(); err != nil {
			return err
		}
	}
	return nil
}

func (p *multipartParser) sections() error {
	for {
		if _, err := p.in.Peek(1); err != nil {
			if err == io.EOF { //nolint:errorlint // Peek returns it bare
				return nil
			}
			return unreadable(err)
		}
		s := &section{p: p}
		if err := p.section(s); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, s); err != nil {
			return err
		}
	}
}

func (p *multipartParser) section(s *section) error {
	header, err := s.header()
	if err != nil || header == nil {
		return err
	}
	disposition, isForm := header["content-disposition"]
	if !isForm {
		return nil
	}
	fileName := disposition.params["filename"]
	if fileName == "" {
		if p.fieldCount++; p.fieldCount > p.maxFields {
			return tooManyFields()
		}
	} else if p.fileCount++; p.fileCount > p.maxFiles {
		return Suspicious("TooManyFilesSent", "The number of files exceeded the limit DataUploadMaxNumberFiles.")
	}
	name, ok := disposition.params["name"]
	if !ok {
		return nil
	}
	name = strings.TrimSpace(name)

	encoded := strings.TrimSpace(header["content-transfer-encoding"].value) == "base64"
	if fileName == "" {
		return p.field(s, name, encoded)
	}
	if fileName = sanitizeFileName(fileName); fileName == "" {
		return nil
	}
	contentType := header["content-type"]
	return p.file(s, encoded, &UploadedFile{
		Field: name, Name: fileName, ContentType: strings.TrimSpace(contentType.value), ContentTypeParams: contentType.params,
	})
}

func (p *multipartParser) field(s *section, name string, encoded bool) error {
	left := max(0, p.maxBytes-p.bytes)
	reader := io.Reader(s)
	if left < int64(maxInt)-1 {
		reader = io.LimitReader(s, left+1)
	}
	data, err := io.ReadAll(reader)
	if err != nil {
		return err
	}
	p.bytes += int64(len(data)) + int64(len(name)) + 2 // as "&name=" in the other encoding
	if p.bytes > p.maxBytes {
		return bodyTooBig()
	}
	if encoded {
		decoded, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(data), nil)))
		if err != nil {
			return malformed("Could not decode base64 data.")
		}
		data = decoded
	}
	p.values.Add(name, decodeUTF8(data))
	return nil
}

// file passes a file's content to the handlers.
func (p *multipartParser) file(s *section, encoded bool, file *UploadedFile) error {
	active := p.handlers
	for i, h := range p.handlers {
		err := h.NewFile(file)
		if errors.Is(err, ErrStopFutureHandlers) {
			active = p.handlers[:i+1]
			break
		}
		if err != nil {
			return skipOr(err)
		}
	}

	var in io.Reader = s
	if encoded {
		in = base64.NewDecoder(base64.StdEncoding, &spaceless{s})
	}
	offsets := make([]int64, len(active))
	buf := make([]byte, p.chunk)
	for {
		n, err := in.Read(buf)
		chunk := buf[:n]
		for i, h := range active {
			if len(chunk) == 0 {
				break
			}
			length := len(chunk)
			next, err := h.ReceiveChunk(chunk, offsets[i])
			if err != nil {
				return skipOr(err)
			}
			offsets[i] += int64(length)
			chunk = next
		}
		if err == io.EOF { //nolint:errorlint // readers return it bare
			break
		}
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				err = malformed("Could not decode base64 data.")
			}
			return err
		}
	}

	for i, h := range active {
		done, err := h.FileComplete(offsets[i])
		if err != nil {
			return err
		}
		if done != nil {
			p.files.list = append(p.files.list, done)
			return nil
		}
	}
	return nil
}

func skipOr(err error) error {
	if errors.Is(err, ErrSkipFile) {
		return nil
	}
	return err
}

// spaceless leaves white space out of what it reads.
type spaceless struct{ r io.Reader }

func (s *spaceless) Read(b []byte) (int, error) {
	for {
		n, err := s.r.Read(b)
		kept := b[:0]
		for _, c := range b[:n] {
			if c != ' ' && (c < '\t' || c > '\r') {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 || err != nil || n == 0 {
			return len(kept), err
		}
	}
}

func printableASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
