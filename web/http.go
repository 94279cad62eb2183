package web

import (
	"net/http"
	"strconv"
)

// ToHTTP makes a handler servable by net/http. A nil config means the defaults.
func ToHTTP(h Handler, config *Config) http.Handler {
	if config == nil {
		config = &defaultConfig
	}
	return &httpHandler{guard{h}, config}
}

type httpHandler struct {
	handler Handler
	config  *Config
}

func (h *httpHandler) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r := NewRequest(req, h.config)
	resp, _ := h.handler.Serve(r) // the guard has turned every error into a response
	header := w.Header()
	for k, v := range resp.header {
		header[k] = v
	}
	if resp.header == nil && resp.contentType != "" {
		header["Content-Type"] = []string{resp.contentType}
	}
	header["Content-Length"] = []string{strconv.Itoa(len(resp.body))}
	status := resp.Status
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	_, _ = w.Write(resp.body)
}

// ServeHTTP serves the view with the default configuration, so that a single view can be mounted on an http.ServeMux.
func (v View) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	ToHTTP(v, nil).ServeHTTP(w, req)
}
