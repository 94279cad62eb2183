package middleware

import (
	"bytes"
	"io"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Levels for pages made per request: near the knee of speed against size.
const (
	gzipLevel   = 5
	brotliLevel = 4
	zstdWindow  = 1 << 18
	maxPooled   = 1 << 20 // a larger output buffer is not kept
)

// coder makes one content coding, with its writers and buffers pooled.
type coder struct {
	header  []string
	writers sync.Pool // of packer
	buffers sync.Pool // of *bytes.Buffer
}

// packer is a compressing writer that can be used again.
type packer interface {
	io.Writer
	Flush() error
	// reset starts a new stream to w, of which padding bytes may be filling.
	reset(w io.Writer, padding int)
	// finish ends the stream.
	finish() error
}

func newCoder(encoding Encoding) *coder {
	c := &coder{header: shared(string(encoding))}
	c.buffers.New = func() any { return new(bytes.Buffer) }
	switch encoding {
	case Gzip:
		c.writers.New = func() any {
			w, _ := gzip.NewWriterLevel(nil, gzipLevel) // fails for a wrong level only
			return &gzipPacker{Writer: w}
		}
	case Brotli:
		c.writers.New = func() any { return &brotliPacker{Writer: brotli.NewWriterLevel(nil, brotliLevel)} }
	case Zstd:
		c.writers.New = func() any {
			w, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
				zstd.WithWindowSize(zstdWindow), zstd.WithLowerEncoderMem(true)) // fails for wrong options only
			return &zstdPacker{Encoder: w}
		}
	default:
		panic("middleware: unknown content coding \"" + string(encoding) + "\" (known are gzip, br and zstd)")
	}
	return c
}

// encode returns the compressed body, or nil if it is not shorter than the body.
func (c *coder) encode(body []byte, padding int) ([]byte, error) {
	buf := c.buffers.Get().(*bytes.Buffer)
	buf.Reset()
	p := c.writers.Get().(packer)
	p.reset(buf, padding)
	_, err := p.Write(body)
	if err == nil {
		err = p.finish()
	}
	c.release(p)
	if err != nil {
		return nil, err
	}

	var packed []byte
	if buf.Len() < len(body) {
		packed = bytes.Clone(buf.Bytes())
	}
	if buf.Cap() <= maxPooled {
		c.buffers.Put(buf)
	}
	return packed, nil
}

// stream returns a writer that compresses to w.
func (c *coder) stream(w io.Writer, padding int) io.WriteCloser {
	p := c.writers.Get().(packer)
	p.reset(w, padding)
	return &packedStream{coder: c, packer: p}
}

func (c *coder) release(p packer) {
	p.reset(nil, 0)
	c.writers.Put(p)
}

// packedStream is a packer in use by a response.
type packedStream struct {
	coder  *coder
	packer packer
}

func (s *packedStream) Write(p []byte) (int, error) {
	if s.packer == nil {
		return 0, io.ErrClosedPipe
	}
	return s.packer.Write(p)
}

// Flush sends what was written so far.
func (s *packedStream) Flush() error {
	if s.packer == nil {
		return nil
	}
	return s.packer.Flush()
}

// Close ends the stream and gives the writer back; a second call does nothing.
func (s *packedStream) Close() error {
	p := s.packer
	if p == nil {
		return nil
	}
	s.packer = nil
	err := p.finish()
	s.coder.release(p)
	return err
}

// filling is where the file name of the gzip header is cut from. Django sends the same letter.
var filling = strings.Repeat("a", 1024)

type gzipPacker struct{ *gzip.Writer }

func (p *gzipPacker) reset(w io.Writer, padding int) {
	p.Reset(w)
	p.Name = filling[:min(padding, len(filling))]
}

func (p *gzipPacker) finish() error { return p.Close() }

type brotliPacker struct {
	*brotli.Writer
	w       io.Writer
	padding int
}

func (p *brotliPacker) reset(w io.Writer, padding int) {
	p.Reset(w)
	p.w, p.padding = w, padding
}

// finish writes the padding as a metadata block (RFC 7932 §9.2), which decoders skip. Flush ends on a byte, so that the
// block can stand behind it.
func (p *brotliPacker) finish() error {
	if p.padding > 0 {
		if err := p.Flush(); err != nil {
			return err
		}
		var block [2 + 256]byte
		n := min(p.padding, 256)
		block[0] = 0x16 | byte(n-1)<<6 // not last, no data, 1 byte of length; then the length's low 2 bits ...
		block[1] = byte(n-1) >> 2      // ... and high 6
		if _, err := p.w.Write(block[:2+n]); err != nil {
			return err
		}
	}
	return p.Close()
}

type zstdPacker struct {
	*zstd.Encoder
	w       io.Writer
	padding int
}

func (p *zstdPacker) reset(w io.Writer, padding int) {
	p.Reset(w)
	p.w, p.padding = w, padding
}

// finish writes the padding as empty raw blocks of 3 bytes (RFC 8878 §3.1.1.2), which every decoder accepts: filling in
// a skippable frame would be a second frame. Flush ends on a block.
func (p *zstdPacker) finish() error {
	if n := p.padding / 3 * 3; n > 0 {
		if err := p.Flush(); err != nil {
			return err
		}
		var blocks [1024]byte
		if _, err := p.w.Write(blocks[:min(n, len(blocks)/3*3)]); err != nil {
			return err
		}
	}
	return p.Close()
}
