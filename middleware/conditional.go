package middleware

import (
	"crypto/md5" //nolint:gosec // Django's ETag; not a matter of security
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// ConditionalGet gives responses to GET requests an ETag, the MD5 sum of the body, and answers with 304 when the client
// has that version already, or with 412 when it asked for another one. Streamed and empty bodies, and those with
// Cache-Control: no-store, get no ETag of their own. Django: ConditionalGetMiddleware.
func ConditionalGet() web.Middleware {
	return func(next web.Handler) web.Handler { return &conditionalGet{next} }
}

type conditionalGet struct{ next web.Handler }

// LayerInfo names the layer.
func (c *conditionalGet) LayerInfo() web.LayerInfo { return layerInfo(LayerConditionalGet) }

// Serve adds the ETag and compares it with the request's conditions.
func (c *conditionalGet) Serve(r *web.Request) (*web.Response, error) {
	resp, err := c.next.Serve(r)
	if err != nil || r.Method != http.MethodGet {
		return resp, err // too late to stop an unsafe request, and the body of HEAD is not the page's
	}

	h := resp.Header()
	if _, ok := h["Etag"]; !ok && !noStore(h) {
		if err := setETag(resp, h); err != nil {
			return nil, err
		}
	}
	if h["Etag"] == nil && h["Last-Modified"] == nil {
		return resp, nil
	}
	return web.Conditional(r, resp), nil
}

// ConditionalPage is ConditionalGet around one view. Django: conditional_page.
func ConditionalPage(h web.Handler) web.Handler { return within(ConditionalGet(), h) }

func setETag(resp *web.Response, h http.Header) error {
	if resp.Streaming() {
		return nil
	}
	body, err := resp.Body()
	if err != nil || len(body) == 0 {
		return err
	}
	sum := md5.Sum(body) //nolint:gosec // as above
	var etag [34]byte
	etag[0], etag[33] = '"', '"'
	hex.Encode(etag[1:33], sum[:])
	h["Etag"] = []string{string(etag[:])}
	return nil
}

func noStore(h http.Header) bool {
	values := h["Cache-Control"]
	if len(values) == 0 {
		return false
	}
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(part), "no-store") {
				return true
			}
		}
	}
	return false
}
