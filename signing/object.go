package signing

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

const maxObject = 64 << 20 // bytes of unpacked JSON; only what we signed ourselves is unpacked

// SignObject signs v as JSON. With compress it is packed by zlib if that makes it shorter. Django: sign_object.
func (s *TimestampSigner) SignObject(v any, compress bool) (string, error) {
	data, err := marshal(v)
	if err != nil {
		return "", err
	}
	return s.SignJSON(data, compress), nil
}

// SignJSON is SignObject for JSON that is there already.
func (s *TimestampSigner) SignJSON(data []byte, compress bool) string {
	prefix := ""
	if compress {
		var packed bytes.Buffer
		w := zlib.NewWriter(&packed)
		_, _ = w.Write(data) // a buffer takes everything
		_ = w.Close()
		if packed.Len() < len(data)-1 {
			data, prefix = packed.Bytes(), "."
		}
	}
	return s.Sign(prefix + base64.RawURLEncoding.EncodeToString(data))
}

// UnsignObject reads a signed value into v, which is a pointer. The error is ErrBadSignature, an *ExpiredError or that of
// the JSON. Django: unsign_object.
func (s *TimestampSigner) UnsignObject(signed string, v any, maxAge time.Duration) error {
	data, err := s.UnsignJSON(signed, maxAge)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, v)
}

// UnsignJSON is UnsignObject that returns the JSON itself.
func (s *TimestampSigner) UnsignJSON(signed string, maxAge time.Duration) ([]byte, error) {
	text, err := s.Unsign(signed, maxAge)
	if err != nil {
		return nil, err
	}
	text, packed := strings.CutPrefix(text, ".")
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil, fmt.Errorf("signing: the signed value is no base64: %w", err)
	}
	if !packed {
		return data, nil
	}
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("signing: the signed value is not packed: %w", err)
	}
	if data, err = io.ReadAll(io.LimitReader(r, maxObject)); err != nil {
		return nil, fmt.Errorf("signing: the signed value cannot be unpacked: %w", err)
	}
	return data, nil
}

// Dumps signs v as JSON, with the time. The default salt is DefaultObjectSalt. Django: signing.dumps.
func Dumps(v any, opts Options) (string, error) {
	s, err := objectSigner(opts)
	if err != nil {
		return "", err
	}
	return s.SignObject(v, false)
}

// Loads reads what Dumps wrote into v, which is a pointer. Django: signing.loads.
func Loads(signed string, v any, maxAge time.Duration, opts Options) error {
	s, err := objectSigner(opts)
	if err != nil {
		return err
	}
	return s.UnsignObject(signed, v, maxAge)
}

func objectSigner(opts Options) (*TimestampSigner, error) {
	if opts.Salt == "" {
		opts.Salt = DefaultObjectSalt
	}
	return NewTimestamp(opts)
}

// marshal writes JSON as Python's compact form has it: no spaces, no HTML escapes, characters outside ASCII escaped.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	data := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	out := data[:0:0]
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r > 0xFFFF:
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xD800+(r-0x10000)>>10, 0xDC00+(r-0x10000)&0x3FF)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		data = data[n:]
	}
	return out, nil
}
