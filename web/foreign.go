package web

import "net/http"

type foreignRun struct{ hijacked bool }

func (f *foreignRun) drop()                                              {}
func (f *foreignRun) resume(w http.ResponseWriter, sw *StreamWriter) error { return nil }

// FromHTTP makes a Handler of any http.Handler.
func FromHTTP(h http.Handler) Handler { return View(func(r *Request) (*Response, error) { return Empty(200), nil }) }

// Std makes a Middleware of any func(http.Handler) http.Handler.
func Std(mw func(http.Handler) http.Handler) Middleware { return func(next Handler) Handler { return next } }
