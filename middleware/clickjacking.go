package middleware

import (
	"strings"

	"github.com/nuages-go/nuages/web"
)

// ClickjackingOptions configures Clickjacking.
type ClickjackingOptions struct {
	// FrameOptions is "DENY" or "SAMEORIGIN". Django: X_FRAME_OPTIONS. Default: "DENY".
	FrameOptions string
}

// Clickjacking sets X-Frame-Options on responses that lack it, so that other sites cannot show the page in a frame.
// FrameExempt, FrameDeny and FrameSameOrigin decide otherwise for one view. Django: XFrameOptionsMiddleware.
func Clickjacking(opts ClickjackingOptions) web.Middleware {
	value := headerValue(strings.ToUpper(opts.FrameOptions), "DENY")
	return func(next web.Handler) web.Handler { return &clickjacking{next, value} }
}

type clickjacking struct {
	next  web.Handler
	value []string
}

// frameExempt marks a request whose view may be framed by anyone.
var frameExempt = web.NewSlot[*web.Response]("frame exempt")

// LayerInfo names the layer.
func (c *clickjacking) LayerInfo() web.LayerInfo { return layerInfo(LayerClickjacking) }

// Serve sets the header.
func (c *clickjacking) Serve(r *web.Request) (*web.Response, error) {
	resp, err := c.next.Serve(r)
	if err != nil || c.value == nil {
		return resp, err
	}
	if exempt, ok := frameExempt.Get(r); !ok || exempt != resp {
		setDefault(resp.Header(), "X-Frame-Options", c.value)
	}
	return resp, nil
}

// FrameExempt lets any site show the view's page in a frame. Django: xframe_options_exempt.
func FrameExempt(h web.Handler) web.Handler {
	return after(h, frameExempt.Set)
}

// FrameDeny sets X-Frame-Options: DENY on the view's responses that lack it. Django: xframe_options_deny.
func FrameDeny(h web.Handler) web.Handler { return frame(h, "DENY") }

// FrameSameOrigin sets X-Frame-Options: SAMEORIGIN on the view's responses that lack it. Django:
// xframe_options_sameorigin.
func FrameSameOrigin(h web.Handler) web.Handler { return frame(h, "SAMEORIGIN") }

func frame(h web.Handler, option string) web.Handler {
	value := shared(option)
	return after(h, func(_ *web.Request, resp *web.Response) { setDefault(resp.Header(), "X-Frame-Options", value) })
}
