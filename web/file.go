package web

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// FileOption changes how a file is sent.
type FileOption func(*fileOptions)

type fileOptions struct {
	attachment  bool
	name        string
	contentType string
}

// Attachment makes the browser save the file in place of showing it.
func Attachment(o *fileOptions) { o.attachment = true }

// Filename is the name under which the browser saves the file. Default: the file's own.
func Filename(name string) FileOption { return func(o *fileOptions) { o.name = name } }

// ContentType sets the media type. Default: by the name's extension.
func ContentType(mediaType string) FileOption {
	return func(o *fileOptions) { o.contentType = mediaType }
}

// File sends a file of the file system, with ranges, Last-Modified and conditional requests as http.ServeContent answers
// them. A missing file or a directory is a 404. The path must not come from a visitor unchecked; see FileFS.
func File(name string, opts ...FileOption) (*Response, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fileError(err)
	}
	return openedFile(f, opts)
}

// FileFS sends a file of fsys, for instance of an os.Root's FS, which a name cannot leave.
func FileFS(fsys fs.FS, name string, opts ...FileOption) (*Response, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fileError(err)
	}
	return openedFile(f, opts)
}

func openedFile(f fs.File, opts []FileOption) (*Response, error) {
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = f.Close()
		return nil, fileError(err)
	}
	if content, ok := f.(io.ReadSeeker); ok {
		return Content(info.Name(), info.ModTime(), content, opts...), nil
	}

	// It cannot be sought (a compressed file in a zip archive), so there are no ranges.
	o := newFileOptions(info.Name(), opts)
	resp := Stream(o.contentType, func(w *StreamWriter) error {
		_, err := io.Copy(w, f)
		return err
	})
	resp.OnClose(func() { _ = f.Close() })
	o.describe(resp.Header(), info.Size(), info.ModTime())
	return resp, nil
}

// fileError makes a 404 of what a wrong name fails with.
func fileError(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENAMETOOLONG) {
		return &Error{Status: http.StatusNotFound, Message: "The file does not exist.", Err: err}
	}
	return err
}

// Content sends what can be read and sought: a file, a bytes.Reader. It is closed afterwards if it is an io.Closer. The
// modification time may be zero. Django: FileResponse; ranges and conditional requests come on top.
func Content(name string, modified time.Time, content io.ReadSeeker, opts ...FileOption) *Response {
	o := newFileOptions(name, opts)
	resp := &Response{Status: http.StatusOK, contentType: [1]string{o.contentType}, more: &responseMore{
		file: &fileBody{name: o.name, modified: modified, content: content},
	}}
	size, err := content.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = content.Seek(0, io.SeekStart)
	}
	if err != nil {
		size = -1
	}
	o.describe(resp.Header(), size, modified)
	return resp
}

func newFileOptions(name string, opts []FileOption) fileOptions {
	var o fileOptions
	if name != "" {
		o.name = path.Base(strings.ReplaceAll(name, "\\", "/"))
	}
	for _, opt := range opts {
		opt(&o)
	}
	if o.contentType == "" {
		o.contentType = FileType(o.name)
	}
	return o
}

// describe sets the headers about a file; size is negative if it is not known.
func (o *fileOptions) describe(header http.Header, size int64, modified time.Time) {
	if disposition := ContentDisposition(o.attachment, o.name); disposition != "" {
		header["Content-Disposition"] = []string{disposition}
	}
	if size >= 0 {
		header["Content-Length"] = []string{strconv.FormatInt(size, 10)}
	}
	if !modified.IsZero() && modified.Unix() != 0 {
		header["Last-Modified"] = []string{HTTPDate(modified)}
	}
}

type fileBody struct {
	name     string
	modified time.Time
	content  io.ReadSeeker
	closed   bool
}

func (f *fileBody) serve(w http.ResponseWriter, r *Request) {
	delete(w.Header(), "Content-Length") // of the whole; what is sent may be a part or nothing
	http.ServeContent(w, r.Request, f.name, f.modified, f.content)
}

func (f *fileBody) copyTo(w io.Writer) error {
	_, err := io.Copy(w, f.content)
	return err
}

func (f *fileBody) close() {
	if c, ok := f.content.(io.Closer); ok && !f.closed {
		f.closed = true
		_ = c.Close()
	}
}

// ContentDisposition makes the header of that name: inline or attachment, with the file name quoted, or in RFC 5987's
// form if it is not ASCII. "" for an inline file without a name. Django: content_disposition_header.
func ContentDisposition(attachment bool, name string) string {
	if name == "" {
		if attachment {
			return "attachment"
		}
		return ""
	}
	kind := "inline"
	if attachment {
		kind = "attachment"
	}
	if ascii(name) {
		return kind + `; filename="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return kind + "; filename*=utf-8''" + quote(name, "")
}
