package middleware_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"time"

	"github.com/nuages-go/nuages/web"
)

// setSigned sets a cookie in the form of Django's set_signed_cookie.
func setSigned(r *web.Request, resp *web.Response, name, value, salt string) {
	salt = "django.http.cookies.v2:" + strconv.Itoa(len(salt)) + ":" + salt + name
	value += ":" + base62(time.Now().Unix())
	key := sha256.Sum256([]byte(salt + "signer" + "django.http.cookies" + r.Config().SecretKey))
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(value))
	resp.SetCookie(web.Cookie{Name: name, Value: value + ":" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))})
}

func base62(n int64) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var b []byte
	for ; n > 0; n /= 62 {
		b = append([]byte{digits[n%62]}, b...)
	}
	return string(b)
}
