package web_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/nuages-go/nuages/web"
)

const part = "--B\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n%s\r\n"

func multipartRequest(config *web.Config, body io.Reader) *web.Request {
	req := httptest.NewRequest(http.MethodPost, "/", body)
	req.Header.Set("Content-Type", "multipart/form-data; boundary=B")
	return web.NewRequest(req, config)
}

func filePart(field, name, content string) string {
	return fmt.Sprintf(part, field, fmt.Sprintf("; filename=\"%s\"", name), content)
}

func TestMultipartLimits(t *testing.T) {
	t.Parallel()
	field := func(n int) string { return fmt.Sprintf(part, "a", "", strings.Repeat("x", n)) }
	tests := []struct {
		name   string
		config web.Config
		body   string
		kind   string // "" for accepted, "-" for a plain 400
	}{
		{"value within", web.Config{DataUploadMaxMemorySize: 13}, field(10), ""},
		{"value beyond", web.Config{DataUploadMaxMemorySize: 12}, field(10), "RequestDataTooBig"},
		{"values beyond together", web.Config{DataUploadMaxMemorySize: 20}, field(10) + field(10), "RequestDataTooBig"},
		{"files do not count", web.Config{DataUploadMaxMemorySize: 20}, filePart("f", "x", strings.Repeat("x", 1000)), ""},
		{"fields within", web.Config{DataUploadMaxNumberFields: 2}, field(1) + field(1), ""},
		{"fields beyond", web.Config{DataUploadMaxNumberFields: 2}, field(1) + field(1) + field(1), "TooManyFieldsSent"},
		{"files within", web.Config{DataUploadMaxNumberFiles: 1}, filePart("f", "x", ""), ""},
		{"files beyond", web.Config{DataUploadMaxNumberFiles: 1}, filePart("f", "x", "") + filePart("f", "y", ""), "TooManyFilesSent"},
		{"no limits", web.Config{DataUploadMaxMemorySize: -1, DataUploadMaxNumberFiles: -1, DataUploadMaxNumberFields: -1}, strings.Repeat(filePart("f", "x", "1")+field(1), 1500), ""},
		{"header block", web.Config{}, "--B\r\nX: " + strings.Repeat("x", 1100) + "\r\n\r\n", "-"},
		{"header block that fits", web.Config{}, "--B\r\nContent-Disposition: form-data; name=a\r\nX: " + strings.Repeat("x", 900) + "\r\n\r\nv\r\n", ""},
		{"100,000 empty parts", web.Config{}, strings.Repeat("--B\r\n\r\n\r\n", 100000), ""},
		{"base64 of white space", web.Config{}, fmt.Sprintf(part, "a", "\r\nContent-Transfer-Encoding: base64", strings.Repeat(" ", 100000)), ""},
		{"broken base64", web.Config{}, fmt.Sprintf(part, "a", "\r\nContent-Transfer-Encoding: base64", "aGVsbG8"), "-"},
		{"broken base64 file", web.Config{}, fmt.Sprintf(part, "a", "; filename=x\r\nContent-Transfer-Encoding: base64", "!!!!"), "-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := multipartRequest(&tt.config, strings.NewReader(tt.body+"--B--\r\n"))
			defer r.Close()
			_, _, err := r.Form()
			kind := ""
			if e, ok := errors.AsType[*web.Error](err); ok {
				if kind = e.Kind; kind == "" {
					kind = "-"
				}
			}
			if kind != tt.kind || err != nil && web.StatusOf(err) != 400 {
				t.Errorf("error %v (%s), want %s", err, kind, tt.kind)
			}
		})
	}
}

func TestBoundaries(t *testing.T) {
	t.Parallel()
	for boundary, ok := range map[string]bool{
		"B": true, strings.Repeat("b", 201): true, strings.Repeat("b", 202): false, "": false, "\"a b\"": true, "\"a \"": false, "é": false,
	} {
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(""))
		req.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
		if _, _, err := web.NewRequest(req, nil).Form(); (err == nil) != ok {
			t.Errorf("boundary %q: %v", boundary, err)
		}
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"a.txt": "a.txt", "../../etc/passwd": "passwd", `C:\dir\a.txt`: "a.txt", "a&amp;b.txt": "a&b.txt", "&#47;x": "x", "a\u200bb\x07.txt": "ab.txt",
		strings.Repeat("é", 300) + ".txt": strings.Repeat("é", 251) + ".txt",
		"..":                              "", ".": "", "/": "", "x/": "", `\"quoted\"`: `"quoted"`,
	} {
		r := multipartRequest(nil, strings.NewReader(filePart("f", given, "1")+"--B--\r\n"))
		got := ""
		if f := r.FILES().Get("f"); f != nil {
			got = f.Name
		}
		if got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}

func TestUploadsInMemoryAndOnDisk(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("content ", 1000)
	for name, most := range map[string]int64{"memory": 1 << 20, "disk": 100} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var during string
			view := web.View(func(r *web.Request) (*web.Response, error) {
				f := r.FILES().Get("f")
				if (f.TempPath() == "") != (name == "memory") {
					t.Errorf("TempPath %q", f.TempPath())
				}
				during = f.TempPath()
				got, err := f.Bytes()
				if err != nil || string(got) != content || f.Size != int64(len(content)) {
					t.Errorf("%d bytes, Size %d, %v", len(got), f.Size, err)
				}
				file, err := f.Open()
				if err != nil {
					return nil, err
				}
				defer file.Close()
				if _, err := file.Seek(8, io.SeekStart); err != nil {
					return nil, err
				}
				if b, _ := io.ReadAll(file); len(b) != len(content)-8 {
					t.Errorf("%d bytes after Seek", len(b))
				}
				return web.Text(r.POST().Get("a")), nil
			})
			body := fmt.Sprintf(part, "a", "", "1") + filePart("f", "x.txt", content) + "--B--\r\n"
			req := httptest.NewRequest(http.MethodPost, "/", iotest.HalfReader(strings.NewReader(body)))
			req.ContentLength = int64(len(body))
			req.Header.Set("Content-Type", "multipart/form-data; boundary=B")
			rec := httptest.NewRecorder()
			web.ToHTTP(view, &web.Config{FileUploadMaxMemorySize: most, FileUploadTempDir: dir}).ServeHTTP(rec, req)
			if rec.Body.String() != "1" {
				t.Errorf("got %d %q", rec.Code, rec.Body)
			}
			if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if _, err := os.Stat(during); during != "" && err == nil {
				t.Error("the temporary file is still there")
			}
		})
	}
}

// recorder writes down what a handler is asked for.
type recorder struct {
	web.BaseUploadHandler
	name   string
	log    *[]string
	onFile error
	onData error
	keep   bool
	file   *web.UploadedFile
}

func (h *recorder) note(format string, args ...any) {
	*h.log = append(*h.log, h.name+" "+fmt.Sprintf(format, args...))
}

func (h *recorder) NewFile(f *web.UploadedFile) error {
	h.file = f
	h.note("new %s", f.Name)
	return h.onFile
}

func (h *recorder) ReceiveChunk(p []byte, offset int64) ([]byte, error) {
	h.note("chunk %s@%d", p, offset)
	if h.keep {
		return nil, h.onData
	}
	return p, h.onData
}

func (h *recorder) FileComplete(size int64) (*web.UploadedFile, error) {
	h.note("complete %d", size)
	if !h.keep {
		return nil, nil
	}
	return web.NewUploadedFile(h.file.Field, h.file.Name, "", nil), nil
}
func (h *recorder) UploadComplete() error { h.note("done"); return nil }
func (h *recorder) UploadInterrupted()    { h.note("interrupted") }
func (h *recorder) ChunkSize() int        { return 4 }

func TestUploadHandlers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		first  recorder
		second recorder
		files  int
		log    string
	}{
		{"in a row", recorder{}, recorder{keep: true}, 2, "1 new x|2 new x|1 chunk abcd@0|2 chunk abcd@0|1 chunk ef@4|2 chunk ef@4|1 complete 6|2 complete 6|1 new y|2 new y|1 chunk z@0|2 chunk z@0|1 complete 1|2 complete 1|1 done|2 done"},
		{"skip", recorder{onFile: web.ErrSkipFile}, recorder{keep: true}, 0, "1 new x|1 new y|1 done|2 done"},
		{"skip in the middle", recorder{onData: web.ErrSkipFile}, recorder{keep: true}, 0, "1 new x|2 new x|1 chunk abcd@0|1 new y|2 new y|1 chunk z@0|1 done|2 done"},
		{"alone", recorder{onFile: web.ErrStopFutureHandlers, keep: true}, recorder{}, 2, "1 new x|1 chunk abcd@0|1 chunk ef@4|1 complete 6|1 new y|1 chunk z@0|1 complete 1|1 done|2 done"},
		{"stop", recorder{onData: &web.StopUpload{}}, recorder{}, 0, "1 new x|2 new x|1 chunk abcd@0|1 done|2 done"},
		{"stop, connection reset", recorder{onFile: &web.StopUpload{ConnectionReset: true}}, recorder{}, 0, "1 new x|1 done|2 done"},
		{"failure", recorder{onData: errors.New("disk full")}, recorder{}, -1, "1 new x|2 new x|1 chunk abcd@0|1 interrupted|2 interrupted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log []string
			tt.first.name, tt.first.log, tt.second.name, tt.second.log = "1", &log, "2", &log
			r := multipartRequest(nil, strings.NewReader(filePart("f", "x", "abcdef")+filePart("f", "y", "z")+"--B--\r\n"))
			if err := r.SetUploadHandlers(&tt.first, &tt.second); err != nil {
				t.Fatal(err)
			}
			_, files, err := r.Form()
			if (err != nil) != (tt.files < 0) || err == nil && files.Len() != tt.files {
				t.Errorf("%d files, %v", files.Len(), err)
			}
			if got := strings.Join(log, "|"); got != tt.log {
				t.Errorf("log\n%s, want\n%s", got, tt.log)
			}
			if r.SetUploadHandlers() == nil {
				t.Error("handlers could be set after the upload")
			}
		})
	}
}

func TestInterruptedUpload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := multipartRequest(&web.Config{FileUploadMaxMemorySize: 1, FileUploadTempDir: dir}, io.MultiReader(strings.NewReader(filePart("f", "x", strings.Repeat("x", 200000))), failingReader{}))
	if _, _, err := r.Form(); web.StatusOf(err) != 400 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Form: %v", err)
	}
	r.Close()
	if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// FuzzMultipart compares with mime/multipart on bodies that it accepts.
func FuzzMultipart(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(part, "a", "", "1") + filePart("f", "x.txt", "data") + "--B--\r\n"))
	f.Add([]byte("--B\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--B--"))
	f.Add([]byte("--B--\r\n\r\n--B\r\n\r\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := multipartRequest(nil, iotest.OneByteReader(bytes.NewReader(body)))
		r.ContentLength = int64(len(body))
		defer r.Close()
		values, _, err := r.Form()
		if err != nil {
			if web.StatusOf(err) >= 500 {
				t.Errorf("%q: %v", body, err)
			}
			return
		}
		compareMultipart(t, body, values)
	})
}

func compareMultipart(t *testing.T, body []byte, values *web.Values) {
	if bytes.Count(bytes.ToLower(body), []byte("content-disposition")) > bytes.Count(body, []byte("--B\r\n")) || bytes.Count(body, []byte("--B")) != bytes.Count(body, []byte("\r\n--B"))+1 || !bytes.HasPrefix(body, []byte("--B\r\n")) ||
		bytes.Count(body, []byte("\n")) != bytes.Count(body, []byte("\r\n")) || bytes.Contains(body, []byte("\r\n\r\n--B")) || bytes.Contains(body, []byte("ransfer")) || bytes.Contains(body, []byte("RANSFER")) {
		return // only clean bodies mean the same to both
	}
	form, err := multipart.NewReader(bytes.NewReader(body), "B").ReadForm(1 << 20)
	if err != nil {
		return
	}
	for name, list := range form.Value {
		if name != strings.TrimSpace(name) || strings.ToValidUTF8(name+strings.Join(list, ""), "") != name+strings.Join(list, "") || strings.ContainsAny(name, "\\*%") {
			continue
		}
		if got := values.GetList(name); !slices.Equal(got, list) {
			t.Errorf("%q: field %q is %q, mime/multipart has %q", body, name, got, list)
		}
	}
}
