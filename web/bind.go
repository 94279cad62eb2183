package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
)

// Bind decodes a request into a T, a struct: the query string for GET and HEAD, else the body by its content type, a form
// (with files) or JSON.
//
//	type search struct {
//		Query string
//		Page  int       `form:"page"`
//		Since time.Time `form:"since,required"`
//		Tags  []string
//	}
//
//	s, err := web.Bind[search](r)
//
// A field takes the value of the name in its form tag, or else its json tag, or else its own name in snake case (PubDate
// is pub_date); "-" leaves it out, ",required" insists on it. It may be a string, a number, a bool, a time.Time, a
// time.Duration, an encoding.TextUnmarshaler, an *UploadedFile, a struct (address.street in a form), or a slice or pointer
// of these; JSON also fills maps and any. What is missing stays zero, what is not asked for is ignored.
//
// All fields that do not fit are reported together: a 422 *Error that wraps FieldErrors. A body that is no JSON, or breaks
// a limit, is a 400, another content type a 415. A *T with a method Validate(*FieldErrors) may add errors of its own.
func Bind[T any](r *Request) (T, error) {
	var v T
	err := bindInto(r, &v, false)
	return v, err
}

// BindQuery is Bind that reads the query string, whatever the method.
func BindQuery[T any](r *Request) (T, error) {
	var v T
	err := bindInto(r, &v, true)
	return v, err
}

// Validator is optional for what Bind fills: Validate adds an error for each field that is not right.
type Validator interface{ Validate(errs *FieldErrors) }

const maxBindDepth = 100 // levels of lists and objects in JSON

func bindInto(r *Request, v any, query bool) error {
	var errs FieldErrors
	if err := bindSource(r, v, query, &errs); err != nil {
		return err
	}
	if validator, ok := validatorOf(v); ok && len(errs.list) == 0 {
		validator.Validate(&errs)
	}
	if len(errs.list) > 0 {
		return &Error{Status: http.StatusUnprocessableEntity, Message: "The data are not valid.", Err: &errs}
	}
	return nil
}

// validatorOf finds the Validator of what v, a pointer to a T or to a *T, points to.
func validatorOf(v any) (Validator, bool) {
	if validator, ok := v.(Validator); ok {
		return validator, true
	}
	target := reflect.ValueOf(v).Elem()
	if target.Kind() == reflect.Pointer && target.IsNil() {
		return nil, false
	}
	validator, ok := target.Interface().(Validator)
	return validator, ok
}

func bindSource(r *Request, v any, query bool, errs *FieldErrors) error {
	if query || r.Method == http.MethodGet || r.Method == http.MethodHead {
		values, err := r.Query()
		if err != nil {
			return err
		}
		return bindValues(v, values, nil, errs)
	}
	switch mediaType := r.ContentType(); {
	case mediaType == "application/json" || strings.HasSuffix(mediaType, "+json"):
		body, err := r.Body()
		if err != nil {
			return err
		}
		return bindJSON(v, body, errs)
	case mediaType == "application/x-www-form-urlencoded", mediaType == "multipart/form-data", mediaType == "" && r.ContentLength == 0:
		values, files, err := r.ParseForm()
		if err != nil {
			return err
		}
		return bindValues(v, values, files, errs)
	default:
		return &Error{
			Status: http.StatusUnsupportedMediaType, Message: "Send JSON or a form.",
			Header: http.Header{"Accept": {"application/json, application/x-www-form-urlencoded, multipart/form-data"}},
		}
	}
}

func bindJSON(v any, body []byte, errs *FieldErrors) error {
	if tooDeep(body) {
		return BadRequest("The JSON is nested too deeply.")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return &Error{Status: http.StatusBadRequest, Message: "The body is not valid JSON: " + jsonProblem(err), Err: err}
	}
	if _, err := d.Token(); err != io.EOF { //nolint:errorlint // returned bare
		return BadRequest("The body holds more than one JSON value.")
	}
	setTree(reflect.ValueOf(v).Elem(), tree, "", errs)
	return nil
}

func jsonProblem(err error) string {
	if errors.Is(err, io.EOF) {
		return "it is empty"
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return err.Error()
}

// tooDeep counts brackets outside strings.
func tooDeep(data []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxBindDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
