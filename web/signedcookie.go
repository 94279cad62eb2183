package web

import (
	"errors"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/nuages-go/nuages/signing"
)

// cookieKey and cookieSalt are Django's, so that both read each other's cookies.
const (
	cookieKey  = "django.http.cookies"
	cookieSalt = "django.http.cookies.v2"
)

// cookieSigner is the signer of a cookie. The length in the salt keeps salt "ab", name "c" apart from salt "a", name "bc"
// (CVE-2026-6873); the legacy form has no such guard.
func cookieSigner(config *Config, name, salt string, legacy bool) (*signing.TimestampSigner, error) {
	opts := signing.Options{Key: cookieKey + config.SecretKey}
	if config.SecretKey == "" {
		return nil, errors.New("web: signed cookies need Config.SecretKey")
	}
	for _, key := range config.SecretKeyFallbacks {
		opts.Fallbacks = append(opts.Fallbacks, cookieKey+key)
	}
	if opts.Salt = cookieSalt + ":" + strconv.Itoa(utf8.RuneCountInString(salt)) + ":" + salt + name; legacy {
		opts.Salt = name + salt
	}
	return signing.NewTimestamp(opts)
}

// SignedCookie returns the value of a cookie that SetSignedCookie has set with the same salt, not longer ago than maxAge
// (signing.NoMaxAge: whenever). A missing cookie gives "" and ErrNoCookie, a changed one signing.ErrBadSignature. Django:
// get_signed_cookie.
func (r *Request) SignedCookie(name, salt string, maxAge time.Duration) (string, error) {
	raw, ok := r.Cookie(name)
	if !ok {
		return "", ErrNoCookie
	}
	signer, err := cookieSigner(r.config, name, salt, false)
	if err != nil {
		return "", err
	}
	value, err := signer.Unsign(raw, maxAge)
	if err == nil || !r.config.SignedCookieLegacySalt {
		return value, err
	}
	if _, expired := errors.AsType[*signing.ExpiredError](err); expired {
		return "", err
	}
	if signer, err = cookieSigner(r.config, name, salt, true); err != nil {
		return "", err
	}
	return signer.Unsign(raw, maxAge)
}

// ErrNoCookie is the error for a cookie that the browser did not send.
var ErrNoCookie = errors.New("web: there is no such cookie")

// SetSignedCookie sets a cookie whose value nobody else can make. The salt separates its uses. The error is that of a
// site without a secret key. Django: set_signed_cookie.
func (resp *Response) SetSignedCookie(r *Request, c Cookie, salt string) error {
	signer, err := cookieSigner(r.config, c.Name, salt, false)
	if err != nil {
		return err
	}
	c.Value = signer.Sign(c.Value)
	resp.SetCookie(c)
	return nil
}
