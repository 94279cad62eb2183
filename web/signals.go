package web

import "github.com/nuages-go/nuages/signals"

// RequestFailed is sent when a request ends in an error of the server, with status 500 or above, after the error was
// logged; errors of its receivers are logged. Django: got_request_exception. For the beginning and the end of each request
// write a middleware.
var RequestFailed = signals.New[FailedRequest]("web.request_failed")

// FailedRequest is what RequestFailed carries.
type FailedRequest struct {
	Request *Request
	Err     error
}
