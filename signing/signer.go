package signing

import (
	"crypto/hmac"
	"crypto/md5"  //nolint:gosec // an algorithm that Django offers
	"crypto/sha1" //nolint:gosec // as above
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strings"
)

// ErrBadSignature is what a value that was changed, or signed with another key or salt, fails with.
var ErrBadSignature = errors.New("signing: bad signature")

// The salts that Django's classes use when none is given.
const (
	DefaultSalt          = "django.core.signing.Signer"
	DefaultTimestampSalt = "django.core.signing.TimestampSigner"
	DefaultObjectSalt    = "django.core.signing"
)

// Algorithm is a hash function by its name in Python's hashlib.
type Algorithm string

// The algorithms. SHA256 is the default.
const (
	SHA256 Algorithm = "sha256"
	SHA384 Algorithm = "sha384"
	SHA512 Algorithm = "sha512"
	SHA1   Algorithm = "sha1"
	MD5    Algorithm = "md5"
)

func (a Algorithm) newHash() (func() hash.Hash, error) {
	switch a {
	case SHA256, "":
		return sha256.New, nil
	case SHA384:
		return sha512.New384, nil
	case SHA512:
		return sha512.New, nil
	case SHA1:
		return sha1.New, nil
	case MD5:
		return md5.New, nil
	}
	return nil, fmt.Errorf("signing: %q is not an algorithm accepted here: use sha256", string(a))
}

// SaltedHMAC is the HMAC of value under a key made of the salt and the secret. Django: salted_hmac.
func SaltedHMAC(salt, value, secret string, algorithm Algorithm) ([]byte, error) {
	newHash, err := algorithm.newHash()
	if err != nil {
		return nil, err
	}
	return saltedHMAC(salt, value, secret, newHash), nil
}

func saltedHMAC(salt, value, secret string, newHash func() hash.Hash) []byte {
	key := newHash()
	key.Write([]byte(salt))
	key.Write([]byte(secret))
	mac := hmac.New(newHash, key.Sum(nil))
	mac.Write([]byte(value))
	return mac.Sum(nil)
}

// Options configure a signer.
type Options struct {
	// Key is the secret, usually the site's SECRET_KEY. It must not be empty.
	Key string
	// Fallbacks are older keys that still verify.
	Fallbacks []string
	// Salt separates the uses of one key. Default: that of Django's class.
	Salt string
	// Sep stands between value and signature. Default: ":".
	Sep string
	// Algorithm is the hash function. Default: SHA256.
	Algorithm Algorithm
}

// Signer signs texts. It is safe for concurrent use. Django: Signer.
type Signer struct {
	opts    Options
	newHash func() hash.Hash
}

// New makes a signer. An empty key, a separator that may stand in a signature, and an unknown algorithm are errors.
func New(opts Options) (*Signer, error) {
	if opts.Salt == "" {
		opts.Salt = DefaultSalt
	}
	return newSigner(opts)
}

func newSigner(opts Options) (*Signer, error) {
	if opts.Key == "" {
		return nil, errors.New("signing: the key is empty: set SECRET_KEY")
	}
	if opts.Sep == "" {
		opts.Sep = ":"
	}
	if unsafeSep(opts.Sep) {
		return nil, fmt.Errorf("signing: unsafe separator %q: it may not be made of A-z, 0-9, - _ = alone", opts.Sep)
	}
	newHash, err := opts.Algorithm.newHash()
	if err != nil {
		return nil, err
	}
	return &Signer{opts, newHash}, nil
}

func unsafeSep(sep string) bool {
	for i := 0; i < len(sep); i++ {
		c := sep[i]
		if (c < 'A' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '=' {
			return false
		}
	}
	return true
}

func (s *Signer) signature(value, key string) string {
	return base64.RawURLEncoding.EncodeToString(saltedHMAC(s.opts.Salt+"signer", value, key, s.newHash))
}

// Sign returns the value with its signature behind it.
func (s *Signer) Sign(value string) string {
	return value + s.opts.Sep + s.signature(value, s.opts.Key)
}

// Unsign returns the value of a signed text. The error is ErrBadSignature.
func (s *Signer) Unsign(signed string) (string, error) {
	i := strings.LastIndex(signed, s.opts.Sep)
	if i < 0 {
		return "", fmt.Errorf("%w: no %q found in value", ErrBadSignature, s.opts.Sep)
	}
	value, sig := signed[:i], signed[i+len(s.opts.Sep):]
	if hmac.Equal([]byte(sig), []byte(s.signature(value, s.opts.Key))) {
		return value, nil
	}
	for _, key := range s.opts.Fallbacks {
		if hmac.Equal([]byte(sig), []byte(s.signature(value, key))) {
			return value, nil
		}
	}
	return "", fmt.Errorf("%w: signature %q does not match", ErrBadSignature, sig)
}
