package middleware

import (
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// CompressOptions configures Compress.
type CompressOptions struct {
	// Encodings are the codings that may be used, the preferred first; the client's q-values count more. Default: zstd,
	// br, gzip.
	Encodings []Encoding
	// MinLength is the length in bytes under which a body is left as it is. Default: 200, as in Django.
	MinLength int
	// Padding is the upper bound of random bytes that hide the exact length of a compressed page (BREACH). A negative
	// number turns it off. Default: 100, as in Django.
	Padding int
	// AnyMention takes the plain mention of a coding for consent, as Django does: even "gzip;q=0" is answered with gzip,
	// and neither "*" nor "GZIP" is. Default: false, RFC 9110's rules.
	AnyMention bool
	// Skip leaves a response uncompressed for a reason of your own. It may be nil.
	Skip func(r *web.Request, resp *web.Response) bool
}

// Compress compresses response bodies with what the client accepts: zstd, brotli or gzip. Left as they are: bodies under
// 200 bytes, bodies that compress to no less than they were, responses with a Content-Encoding, parts of files
// (Content-Range, or asked for with Range), and kinds that are compressed already (images, video, archives). A strong
// ETag becomes weak. Streams are compressed as they go, and flushed when they are flushed. Django: GZipMiddleware.
func Compress(opts CompressOptions) web.Middleware {
	if len(opts.Encodings) == 0 {
		opts.Encodings = []Encoding{Zstd, Brotli, Gzip}
	}
	if opts.MinLength == 0 {
		opts.MinLength = 200
	}
	if opts.Padding == 0 {
		opts.Padding = 100
	}
	c := compress{
		encodings: slices.Clone(opts.Encodings), minLength: opts.MinLength, padding: opts.Padding,
		anyMention: opts.AnyMention, skip: opts.Skip,
	}
	for _, encoding := range c.encodings {
		c.coders = append(c.coders, newCoder(encoding))
	}
	return func(next web.Handler) web.Handler {
		layer := c
		layer.next = next
		return &layer
	}
}

// GzipPage compresses the responses of one view with gzip. Django: gzip_page.
func GzipPage(h web.Handler) web.Handler {
	return within(Compress(CompressOptions{Encodings: []Encoding{Gzip}}), h)
}

type compress struct {
	next       web.Handler
	encodings  []Encoding
	coders     []*coder // beside encodings
	minLength  int
	padding    int
	anyMention bool
	skip       func(*web.Request, *web.Response) bool
}

// LayerInfo names the layer.
func (c *compress) LayerInfo() web.LayerInfo { return layerInfo(LayerCompress) }

// Serve compresses the response if that is worth it.
func (c *compress) Serve(r *web.Request) (*web.Response, error) {
	resp, err := c.next.Serve(r)
	if err != nil {
		return nil, err
	}
	streaming := resp.Streaming()
	if !streaming {
		if n, err := resp.Size(); err != nil {
			return nil, err
		} else if n < c.minLength {
			return resp, nil
		}
	}
	h := resp.Header()
	if !compressible(resp, h) || c.skip != nil && c.skip(r, resp) {
		return resp, nil
	}

	patchVary(h, varyAcceptEncoding)
	if _, ranged := r.Header["Range"]; ranged && streaming {
		return resp, nil // a part of a file is worth more than a compressed whole
	}
	coder := c.choose(joined(r.Header, "Accept-Encoding"))
	if coder == nil {
		return resp, nil
	}
	if streaming {
		padding := c.randomPadding()
		resp.WrapStream(func(w io.Writer) io.WriteCloser { return coder.stream(w, padding) })
	} else if done, err := c.compressBody(coder, resp, h); !done {
		return resp, err
	}
	if etag := first(h, "Etag"); strings.HasPrefix(etag, `"`) {
		h["Etag"] = []string{"W/" + etag}
	}
	h["Content-Encoding"] = coder.header
	return resp, nil
}

// compressBody replaces the body, if it gets shorter.
func (c *compress) compressBody(coder *coder, resp *web.Response, h http.Header) (done bool, err error) {
	body, err := resp.Body()
	if err != nil {
		return false, err
	}
	packed, err := coder.encode(body, c.randomPadding())
	if err != nil || packed == nil {
		return false, err
	}
	resp.SetBody(packed)
	h["Content-Length"] = lengthValue(len(packed))
	return true, nil
}

func (c *compress) randomPadding() int {
	if c.padding <= 0 {
		return 0
	}
	return rand.IntN(c.padding) //nolint:gosec // the generator is ChaCha8, seeded by the system
}

func (c *compress) choose(accept string) *coder {
	if accept == "" {
		return nil
	}
	if c.anyMention {
		for i, encoding := range c.encodings {
			if mentions(accept, encoding) {
				return c.coders[i]
			}
		}
		return nil
	}
	if encoding := negotiate(accept, c.encodings); encoding != "" {
		return c.coders[slices.Index(c.encodings, encoding)]
	}
	return nil
}

// compressible rules out what must not or need not be compressed.
func compressible(resp *web.Response, h http.Header) bool {
	if resp.Upgraded() {
		return false
	}
	switch resp.Code() {
	case http.StatusSwitchingProtocols, http.StatusNoContent, http.StatusNotModified, http.StatusPartialContent:
		return false
	}
	if _, ok := h["Content-Encoding"]; ok {
		return false
	}
	if _, ok := h["Content-Range"]; ok {
		return false
	}
	return !compressedKind(first(h, "Content-Type"))
}

// compressedKind reports whether bodies of the content type are compressed by nature.
func compressedKind(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.TrimSpace(kind)
	major, minor, _ := strings.Cut(kind, "/")
	switch strings.ToLower(major) {
	case "image":
		return !strings.HasSuffix(minor, "+xml") && minor != "bmp" && minor != "x-icon" && minor != "vnd.microsoft.icon" && minor != "x-ms-bmp"
	case "video", "audio":
		return true
	case "font":
		return minor == "woff" || minor == "woff2"
	case "application":
		switch strings.ToLower(minor) {
		case "zip", "gzip", "x-gzip", "zstd", "x-brotli", "x-bzip2", "x-xz", "x-7z-compressed", "vnd.rar", "x-rar-compressed", "java-archive", "epub+zip":
			return true
		}
	}
	return false
}
