package web

import (
	"bytes"
	"sync"
)

// JSONOption changes how JSON is written.
type JSONOption func(*jsonOptions)

type jsonOptions struct {
	compact, unicode bool
	indent           string
}

// JSONCompact leaves out the spaces after "," and ":".
func JSONCompact(o *jsonOptions) { o.compact = true }

// JSONUnicode leaves characters outside ASCII as they are in place of escaping them. Django: ensure_ascii=False.
func JSONUnicode(o *jsonOptions) { o.unicode = true }

// JSONIndent puts every item on a line of its own: JSONIndent("  ").
func JSONIndent(indent string) JSONOption { return func(o *jsonOptions) { o.indent = indent } }

// JSON is a response of application/json: v as encoding/json would write it (tags, Marshaler and TextMarshaler count),
// in the form of Django's JsonResponse: ", " and ": " between items, characters outside ASCII escaped, times with
// milliseconds ("2026-01-02T03:04:05.678Z"), durations as ISO 8601 ("P1DT02H00M03S"), floats as Python prints them. The
// error is that of a value that JSON cannot hold: a function, a channel, NaN.
//
// Differs from Django: a list at the top needs no safe=False, for the browsers that it endangered are gone.
func JSON(v any, opts ...JSONOption) (*Response, error) {
	scratch := jsonScratch.Get().(*[]byte)
	defer jsonScratch.Put(scratch)
	b, err := AppendJSON((*scratch)[:0], v, opts...)
	if cap(b) <= maxJSONScratch {
		*scratch = b
	}
	if err != nil {
		return nil, err
	}
	return Bytes("application/json", bytes.Clone(b)), nil
}

// jsonScratch holds buffers that JSON is written to before its length is known.
var jsonScratch = sync.Pool{New: func() any { return new([]byte) }}

const maxJSONScratch = 64 << 10 // bytes; a larger buffer is not kept

// AppendJSON appends v to b as JSON writes it.
func AppendJSON(b []byte, v any, opts ...JSONOption) ([]byte, error) {
	var e jsonEncoder
	for _, opt := range opts {
		opt(&e.jsonOptions)
	}
	return e.encode(b, v)
}

// jsonPlans holds the plan of each type that was encoded: reflect.Type to *jsonPlan. Types are finite, so it needs no
// bound.
var jsonPlans sync.Map
