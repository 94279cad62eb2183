package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Query returns the fields of the query string. The error is a 400 for more fields than the limit. Django: GET.
func (r *Request) Query() (*Values, error) {
	if r.query == nil {
		if err := r.checkFields(r.URL.RawQuery); err != nil {
			return nil, err
		}
		r.query = ParseValues(r.URL.RawQuery)
	}
	return r.query, nil
}

// GET is Query that ends the request with a 400 in place of returning an error.
func (r *Request) GET() *Values {
	v, err := r.Query()
	if err != nil {
		panic(abort{err})
	}
	return v
}

func (r *Request) checkFields(query string) error {
	most := limit(r.config.DataUploadMaxNumberFields, defaultNumberFields)
	if len(query) >= most && strings.Count(query, "&")+1 > most {
		return tooManyFields()
	}
	return nil
}

func tooManyFields() error {
	return Suspicious("TooManyFieldsSent", "The number of GET/POST parameters exceeded the limit DataUploadMaxNumberFields.")
}

// ErrBodyRead is the error of Body and of the form methods when somebody has read from the request's Body directly.
var ErrBodyRead = errors.New("web: the body was already read as a stream: it cannot be read again")

// Body reads the whole body and keeps it. More bytes than Config.DataUploadMaxMemorySize are a 400. After a form with
// files was parsed from it there is no body any more: ErrBodyRead. Reading from r.Request.Body directly has no limit and
// leaves nothing for Body. Django: body.
func (r *Request) Body() ([]byte, error) {
	m := r.extra()
	if m.bodyRead {
		return m.body, m.bodyErr
	}
	if m.parsed && m.form != nil && m.form.streamed || r.bodyStarted() {
		return nil, ErrBodyRead
	}
	m.bodyRead = true
	m.body, m.bodyErr = r.readAll()
	return m.body, m.bodyErr
}

func (r *Request) readAll() ([]byte, error) {
	if r.Request.Body == nil || r.Request.Body == http.NoBody {
		return nil, nil
	}
	most := limit(r.config.DataUploadMaxMemorySize, defaultDataMemory)
	if r.ContentLength > most {
		return nil, bodyTooBig()
	}
	reader := r.rawBody()
	if most < int64(maxInt) {
		reader = io.LimitReader(reader, most+1)
	}
	body, err := io.ReadAll(reader)
	if err != nil {
		return nil, unreadable(err)
	}
	if int64(len(body)) > most {
		return nil, bodyTooBig()
	}
	return body, nil
}

// trackedBody remembers that somebody else has read from the body.
type trackedBody struct {
	io.ReadCloser
	started bool
}

func (b *trackedBody) Read(p []byte) (int, error) {
	b.started = true
	return b.ReadCloser.Read(p)
}

// bodyStarted says whether somebody has read from the body directly.
func (r *Request) bodyStarted() bool {
	b, ok := r.Request.Body.(*trackedBody)
	return ok && b.started
}

// rawBody is the body to read from, without tracking.
func (r *Request) rawBody() io.Reader {
	switch b := r.Request.Body.(type) {
	case nil:
		return http.NoBody
	case *trackedBody:
		return b.ReadCloser
	default:
		return b
	}
}

func bodyTooBig() error {
	return Suspicious("RequestDataTooBig", "Request body exceeded DataUploadMaxMemorySize.")
}

// unreadable is the error for a client that went away or broke the protocol while sending. Django: UnreadablePostError.
func unreadable(err error) error {
	if tooBig, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &Error{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("The request body is larger than %d bytes.", tooBig.Limit), Err: err}
	}
	return &Error{Status: http.StatusBadRequest, Message: "The request body could not be read.", Err: err}
}

// form is a parsed body.
type form struct {
	values   *Values
	files    *Files
	streamed bool // read from the connection as it came, so that Body is gone
}

var noForm = &form{values: new(Values), files: new(Files)}

// Form parses the body of a POST request as a form and returns its fields and files; for any other method or content
// type both are empty (see ParseForm for those). An error is a 400: a limit that was passed, a malformed body, a
// charset other than UTF-8. Django: POST and FILES.
func (r *Request) Form() (*Values, *Files, error) {
	if r.Method != http.MethodPost {
		if m := r.more; m != nil && m.parsed { // ParseForm has done it
			return formParts(m)
		}
		return noForm.values, noForm.files, nil
	}
	return r.ParseForm()
}

// ParseForm is Form for any method: PUT, PATCH. Form, POST and FILES then return the same.
func (r *Request) ParseForm() (*Values, *Files, error) {
	m := r.extra()
	if !m.parsed {
		m.parsed = true
		m.form, m.formErr = r.parseForm()
	}
	return formParts(m)
}

func formParts(m *requestMore) (*Values, *Files, error) {
	if m.formErr != nil {
		return nil, nil, m.formErr
	}
	return m.form.values, m.form.files, nil
}

// POST returns the form fields of a POST request's body; it is empty for other methods and content types. It ends the
// request with a 400 when the body is malformed or too big.
func (r *Request) POST() *Values {
	v, _, err := r.Form()
	if err != nil {
		panic(abort{err})
	}
	return v
}

// FILES returns the files of a POST request's multipart body.
func (r *Request) FILES() *Files {
	_, f, err := r.Form()
	if err != nil {
		panic(abort{err})
	}
	return f
}

func (r *Request) parseForm() (*form, error) {
	mediaType, params := r.contentType()
	switch mediaType {
	case "multipart/form-data":
		return r.parseMultipart(params)
	case "application/x-www-form-urlencoded":
		if charset, ok := params["charset"]; ok && !isUTF8(charset) {
			return nil, BadRequest("HTTP requests with the 'application/x-www-form-urlencoded' content type must be UTF-8 encoded.")
		}
		if r.bodyStarted() {
			return noForm, nil // as in Django: the data are gone
		}
		body, err := r.Body()
		if err != nil {
			return nil, err
		}
		text := string(body)
		if err := r.checkFields(text); err != nil {
			return nil, err
		}
		return &form{values: ParseValues(text), files: new(Files)}, nil
	}
	return noForm, nil
}

func isUTF8(charset string) bool {
	return strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}

// FormValue returns the last value of a field of the form or else of the query string. It replaces net/http's method of
// that name, with Nuages' limits.
func (r *Request) FormValue(key string) string {
	if v, ok := r.POST().Lookup(key); ok {
		return v
	}
	return r.GET().Get(key)
}

// PostFormValue returns the last value of a form field. It replaces net/http's method of that name.
func (r *Request) PostFormValue(key string) string { return r.POST().Get(key) }
