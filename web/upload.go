package web

import (
	"bytes"
	"io"
	"iter"
	"os"
)

// UploadedFile is a file of a form. Its content is gone when the request is over: copy what should stay. Django:
// UploadedFile.
type UploadedFile struct {
	// Field is the form field's name.
	Field string
	// Name is the file's name without directories and control characters. It comes from the visitor.
	Name string
	// Size is the length in bytes, as it was received.
	Size int64
	// ContentType is what the visitor says the file is, in lower case; ContentTypeParams are its parameters.
	ContentType       string
	ContentTypeParams map[string]string

	content []byte
	path    string
}

// NewUploadedFile makes a file whose content is in memory, for upload handlers and tests.
func NewUploadedFile(field, name, contentType string, content []byte) *UploadedFile {
	return &UploadedFile{Field: field, Name: name, Size: int64(len(content)), ContentType: contentType, content: content}
}

// Charset is the charset parameter of the content type.
func (f *UploadedFile) Charset() string { return f.ContentTypeParams["charset"] }

// Open returns the content from its start.
func (f *UploadedFile) Open() (io.ReadSeekCloser, error) {
	if f.path != "" {
		return os.Open(f.path)
	}
	return bytesFile{bytes.NewReader(f.content)}, nil
}

// Bytes reads the whole content.
func (f *UploadedFile) Bytes() ([]byte, error) {
	if f.path != "" {
		return os.ReadFile(f.path)
	}
	return f.content, nil
}

// TempPath is the path of the temporary file; "" if the content is in memory. Who moves the file away keeps it. Django:
// temporary_file_path.
func (f *UploadedFile) TempPath() string { return f.path }

type bytesFile struct{ *bytes.Reader }

func (bytesFile) Close() error { return nil }

// Files are the files of a form: a list for each field. It cannot be changed. A nil *Files is empty. Django: FILES.
type Files struct {
	list []*UploadedFile
}

// Get returns the last file of a field; nil if there is none.
func (f *Files) Get(field string) *UploadedFile {
	for i := f.Len() - 1; i >= 0; i-- {
		if f.list[i].Field == field {
			return f.list[i]
		}
	}
	return nil
}

// GetList returns all files of a field.
func (f *Files) GetList(field string) []*UploadedFile {
	var files []*UploadedFile
	for file := range f.All() {
		if file.Field == field {
			files = append(files, file)
		}
	}
	return files
}

// Len is the number of files.
func (f *Files) Len() int {
	if f == nil {
		return 0
	}
	return len(f.list)
}

// All yields the files in the order in which they came.
func (f *Files) All() iter.Seq[*UploadedFile] {
	return func(yield func(*UploadedFile) bool) {
		for i := range f.Len() {
			if !yield(f.list[i]) {
				return
			}
		}
	}
}
