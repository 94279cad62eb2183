package views

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"

	"github.com/nuages-go/nuages/web"
)

// plainStyle is all that the plain page looks like. The page names it by its hash in a policy of its own, so that it
// works under any Content-Security-Policy of the site.
const plainStyle = `:root{color-scheme:light dark;--bg:#f4f6f9;--ink:#1a2332;--soft:#5b6a80;--line:#c9d3e0}` +
	`@media(prefers-color-scheme:dark){:root{--bg:#10151c;--ink:#e4eaf3;--soft:#93a2b8;--line:#333f50}}` +
	`body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--bg);color:var(--ink);` +
	`font:17px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}` +
	`main{padding:24px;max-width:34em;box-sizing:border-box}` +
	`p.code{margin:0;font-size:15px;font-weight:650;letter-spacing:.06em;color:var(--soft)}` +
	`h1{margin:4px 0 12px;font-size:clamp(26px,6vw,40px);line-height:1.2;letter-spacing:-.015em;text-wrap:balance}` +
	`p{margin:0;color:var(--soft)}` +
	`hr{width:48px;margin:24px 0 0;border:0;border-top:3px solid var(--line)}`

var plainPolicy = func() string {
	sum := sha256.Sum256([]byte(plainStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'"
}()

// plain is the page of a site that has no template for the status. It says nothing of the error.
func plain(r *web.Request, status int) *web.Response {
	title := html.EscapeString(web.ReasonPhrase(status))
	resp := web.HTML(fmt.Sprintf(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%s</title>
<style>%s</style>
</head>
<body>
<main>
<p class="code">%d</p>
<h1>%s</h1>
<p>%s</p>
<hr>
</main>
</body>
</html>
`, title, plainStyle, status, title, sentence(status))).WithStatus(status)
	if !r.Config().Debug { // a development server may add a script to the page
		resp.Header().Set("Content-Security-Policy", plainPolicy)
	}
	return resp
}

// sentence tells the visitor what to do.
func sentence(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "The server could not make sense of this request."
	case http.StatusUnauthorized:
		return "This page is for people who have logged in."
	case http.StatusForbidden:
		return "You are not allowed to see this page."
	case http.StatusNotFound:
		return "There is nothing at this address. The link may be old, or there is a slip in the address."
	case http.StatusMethodNotAllowed:
		return "This address does not answer to this kind of request."
	case http.StatusGone:
		return "What was at this address has been removed."
	case http.StatusRequestEntityTooLarge:
		return "What was sent is larger than the server accepts."
	case http.StatusUnsupportedMediaType:
		return "The server does not read what was sent in this form."
	case http.StatusUnprocessableEntity:
		return "Some of what was sent is not valid."
	case http.StatusTooManyRequests:
		return "There were too many requests. Please wait a moment and try again."
	case http.StatusServiceUnavailable:
		return "The site is not available at the moment. Please try again soon."
	}
	if status >= 500 {
		return "Something went wrong on the server. Please try again; should it happen again, tell the people who run the site."
	}
	return "The server did not accept this request."
}
