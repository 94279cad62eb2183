package web

import (
	"encoding/json"
)

// JSONOption changes how JSON is written.
type JSONOption func(*jsonOptions)

type jsonOptions struct{}

// JSON is a response of application/json.
func JSON(v any, opts ...JSONOption) (*Response, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return Bytes("application/json", b), nil
}
