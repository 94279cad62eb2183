package web

import (
	"errors"
	"io"
	"os"
	"slices"
)

// UploadHandler gets the files of a form while they come in. Several work in a row: each sees the pieces that the one
// before it lets through, and the first whose FileComplete returns a file provides it. Embed BaseUploadHandler and
// override what you need. Django: FileUploadHandler.
type UploadHandler interface {
	// NewFile is called when a file begins. Size in file is not known yet. It may return ErrSkipFile, ErrStopFutureHandlers
	// (the handlers behind this one do not get this file) or a *StopUpload; another error ends the request.
	NewFile(file *UploadedFile) error
	// ReceiveChunk gets the next piece of the file and the number of bytes before it; p is only valid during the call. It
	// returns the piece for the handlers behind, or nil if it has taken it. Errors are as for NewFile.
	ReceiveChunk(p []byte, offset int64) ([]byte, error)
	// FileComplete returns the finished file of size bytes, or nil if this handler does not provide it.
	FileComplete(size int64) (*UploadedFile, error)
	// UploadComplete is called after the last file; UploadInterrupted in its place if the upload broke off.
	UploadComplete() error
	UploadInterrupted()
}

// RawInputHandler is optional for an UploadHandler that wants to look at the request before its body is read, or to read
// the body in place of the parser. Django: handle_raw_input.
type RawInputHandler interface {
	// HandleRawInput returns true if it has read the form from body itself.
	HandleRawInput(r *Request, body io.Reader, boundary string) (values *Values, files []*UploadedFile, done bool, err error)
}

// ChunkSizer is optional for an UploadHandler that wants pieces of at most that many bytes. Default: 64 KiB.
type ChunkSizer interface{ ChunkSize() int }

// ErrSkipFile makes the parser read past the rest of a file. Django: SkipFile.
var ErrSkipFile = errors.New("web: skip the uploaded file")

// ErrStopFutureHandlers keeps a file from the handlers behind. Django: StopFutureHandlers.
var ErrStopFutureHandlers = errors.New("web: no further upload handlers")

// StopUpload ends the upload; what was complete before stays. Django: StopUpload.
type StopUpload struct {
	// ConnectionReset leaves the rest of the body unread, so that the browser sees the connection break off.
	ConnectionReset bool
}

// Error says that a handler stopped the upload.
func (e *StopUpload) Error() string { return "web: an upload handler stopped the upload" }

// BaseUploadHandler lets every piece through and provides no file.
type BaseUploadHandler struct{}

// NewFile does nothing.
func (BaseUploadHandler) NewFile(*UploadedFile) error { return nil }

// ReceiveChunk lets p through.
func (BaseUploadHandler) ReceiveChunk(p []byte, _ int64) ([]byte, error) { return p, nil }

// FileComplete provides nothing.
func (BaseUploadHandler) FileComplete(int64) (*UploadedFile, error) { return nil, nil }

// UploadComplete does nothing.
func (BaseUploadHandler) UploadComplete() error { return nil }

// UploadInterrupted does nothing.
func (BaseUploadHandler) UploadInterrupted() {}

// UploadHandlers are the handlers for the request's files. Django: upload_handlers.
func (r *Request) UploadHandlers() []UploadHandler {
	if m := r.more; m != nil && m.handlers != nil {
		return m.handlers
	}
	if r.config.UploadHandlers != nil {
		return r.config.UploadHandlers(r)
	}
	return []UploadHandler{MemoryUploads(r), TemporaryUploads(r)}
}

// SetUploadHandlers replaces the handlers. It is an error once the form was parsed: set them before anything reads POST.
func (r *Request) SetUploadHandlers(handlers ...UploadHandler) error {
	m := r.extra()
	if m.parsed {
		return errors.New("web: the upload handlers cannot be set after the upload has been processed: set them before POST or FILES is read")
	}
	m.handlers = handlers
	return nil
}

// MemoryUploads keeps files in memory if the whole request is no longer than Config.FileUploadMaxMemorySize. Django:
// MemoryFileUploadHandler.
func MemoryUploads(r *Request) UploadHandler {
	most := limit(r.config.FileUploadMaxMemorySize, defaultDataMemory)
	return &memoryUpload{active: r.ContentLength >= 0 && r.ContentLength <= most}
}

type memoryUpload struct {
	BaseUploadHandler
	active bool
	file   *UploadedFile
}

func (h *memoryUpload) NewFile(file *UploadedFile) error {
	if !h.active {
		return nil
	}
	copied := *file
	h.file = &copied
	return ErrStopFutureHandlers
}

func (h *memoryUpload) ReceiveChunk(p []byte, _ int64) ([]byte, error) {
	if !h.active {
		return p, nil
	}
	content := h.file.content
	if len(content)+len(p) > cap(content) {
		content = slices.Grow(content, max(len(p), len(content))) // double it: append would grow by a quarter
	}
	h.file.content = append(content, p...)
	return nil, nil
}

func (h *memoryUpload) FileComplete(size int64) (*UploadedFile, error) {
	if !h.active {
		return nil, nil
	}
	h.file.Size = size
	return h.file, nil
}

// TemporaryUploads writes files to temporary ones, which are removed when the request is over. Django:
// TemporaryFileUploadHandler.
func TemporaryUploads(r *Request) UploadHandler { return &temporaryUpload{r: r} }

type temporaryUpload struct {
	BaseUploadHandler
	r    *Request
	file *UploadedFile
	out  *os.File
}

func (h *temporaryUpload) NewFile(file *UploadedFile) error {
	h.closeFile() // of a file that was skipped
	out, err := os.CreateTemp(h.r.config.FileUploadTempDir, "*.upload")
	if err != nil {
		return err
	}
	h.out = out
	copied := *file
	copied.path = out.Name()
	h.file = &copied
	h.r.OnClose(func() {
		_ = out.Close()
		_ = os.Remove(out.Name()) // unless it was moved away
	})
	return nil
}

func (h *temporaryUpload) ReceiveChunk(p []byte, _ int64) ([]byte, error) {
	_, err := h.out.Write(p)
	return nil, err
}

func (h *temporaryUpload) FileComplete(size int64) (*UploadedFile, error) {
	if h.out == nil {
		return nil, nil
	}
	h.file.Size = size
	err := h.out.Close()
	h.out = nil
	return h.file, err
}

func (h *temporaryUpload) UploadInterrupted() { h.closeFile() }

func (h *temporaryUpload) closeFile() {
	if h.out != nil {
		_ = h.out.Close()
		h.out = nil
	}
}
