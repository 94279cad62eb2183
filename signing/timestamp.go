package signing

import (
	"fmt"
	"strings"
	"time"
)

// ExpiredError is a signature that is good but too old. It matches ErrBadSignature. Django: SignatureExpired.
type ExpiredError struct{ Age, MaxAge time.Duration }

// Error says how old it is.
func (e *ExpiredError) Error() string {
	return fmt.Sprintf("signing: signature age %s > %s", e.Age, e.MaxAge)
}

// Is says that an expired signature is a bad one.
func (e *ExpiredError) Is(target error) bool { return target == ErrBadSignature }

// TimestampSigner signs texts together with the time. It is safe for concurrent use. Django: TimestampSigner.
type TimestampSigner struct {
	signer *Signer
	now    func() time.Time
}

// NewTimestamp makes a signer that adds the time. The errors are those of New.
func NewTimestamp(opts Options) (*TimestampSigner, error) {
	return NewTimestampAt(opts, time.Now)
}

// NewTimestampAt is NewTimestamp with a clock, for tests.
func NewTimestampAt(opts Options, now func() time.Time) (*TimestampSigner, error) {
	if opts.Salt == "" {
		opts.Salt = DefaultTimestampSalt
	}
	s, err := newSigner(opts)
	if err != nil {
		return nil, err
	}
	return &TimestampSigner{s, now}, nil
}

// Sign returns the value with the time and the signature behind it.
func (s *TimestampSigner) Sign(value string) string {
	return s.signer.Sign(value + s.signer.opts.Sep + Base62(s.now().Unix()))
}

// NoMaxAge is for Unsign: the signature never expires.
const NoMaxAge time.Duration = -1

// Unsign returns the value of a signed text that is not older than maxAge; NoMaxAge takes any. The error is
// ErrBadSignature or an *ExpiredError.
func (s *TimestampSigner) Unsign(signed string, maxAge time.Duration) (string, error) {
	value, at, err := s.UnsignTime(signed)
	if err != nil {
		return "", err
	}
	if maxAge >= 0 {
		if age := s.now().Sub(at); age > maxAge {
			return "", &ExpiredError{age, maxAge}
		}
	}
	return value, nil
}

// UnsignTime returns the value and when it was signed, to the second.
func (s *TimestampSigner) UnsignTime(signed string) (string, time.Time, error) {
	stamped, err := s.signer.Unsign(signed)
	if err != nil {
		return "", time.Time{}, err
	}
	i := strings.LastIndex(stamped, s.signer.opts.Sep)
	if i < 0 {
		return "", time.Time{}, fmt.Errorf("%w: there is no timestamp", ErrBadSignature)
	}
	seconds, err := parseBase62(stamped[i+len(s.signer.opts.Sep):])
	if err != nil {
		return "", time.Time{}, fmt.Errorf("%w: %w", ErrBadSignature, err)
	}
	return stamped[:i], time.Unix(seconds, 0), nil
}

const base62Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// Base62 writes a number with the digits 0-9, A-Z, a-z. Django: b62_encode.
func Base62(n int64) string {
	if n == 0 {
		return "0"
	}
	var buf [16]byte
	i := len(buf)
	u := uint64(n)
	if n < 0 {
		u = -u
	}
	for ; u > 0; u /= 62 {
		i--
		buf[i] = base62Digits[u%62]
	}
	if n < 0 {
		i--
		buf[i] = '-'
	}
	return string(buf[i:])
}

func parseBase62(s string) (int64, error) {
	digits, negative := strings.CutPrefix(s, "-")
	if digits == "" || len(digits) > 10 { // 62^10 fits an int64
		return 0, fmt.Errorf("signing: %q is not a timestamp", s)
	}
	var n int64
	for i := 0; i < len(digits); i++ {
		d := strings.IndexByte(base62Digits, digits[i])
		if d < 0 {
			return 0, fmt.Errorf("signing: %q is not a timestamp", s)
		}
		n = n*62 + int64(d)
	}
	if negative {
		n = -n
	}
	return n, nil
}
