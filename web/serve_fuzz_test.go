package web_test

import (
	"bufio"
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/nuages-go/nuages/web"
)

// FuzzServe sends whatever net/http takes for a request through everything that reads one. The answer is never a 500.
func FuzzServe(f *testing.F) {
	for _, seed := range []string{
		"GET /a%20b?x=1&x=%ff HTTP/1.1\r\nHost: example.com:80\r\nCookie: a=\"\\351\"; b\r\nAccept: text/*;q=0.5, */*\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: [::1]\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 63\r\n\r\n--B\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\nd\r\n--B--",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n0\r\n\r\n",
		"PUT / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"title\":\"T\"}",
		"HEAD //x/../y HTTP/1.0\r\nX-Forwarded-For: 1.2.3.4, [::1]:80\r\nForwarded: for=\"_a\";host=b\r\nIf-None-Match: W/\"a\", *\r\nRange: bytes=-1\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	view := web.View(func(r *web.Request) (*web.Response, error) {
		host, err := r.Host()
		if err != nil {
			return nil, err
		}
		absolute, err := r.AbsoluteURL(r.FormValue("next"))
		if err != nil {
			return nil, err
		}
		bound, err := web.Bind[order](r)
		if err != nil {
			return nil, err
		}
		resp, err := web.JSON(map[string]any{
			"host": host, "url": absolute, "full": r.FullPathSlash(), "get": r.GET().Encode(), "post": r.POST().Map(), "files": r.FILES().Len(),
			"cookies": r.Cookies(), "type": r.PreferredType("text/html", "application/json"), "ip": r.ClientIP(), "bound": bound.Title, "safe": r.IsSafeURL(r.Path()),
		})
		if err != nil {
			return nil, err
		}
		for name, value := range r.Cookies() {
			if name != "" && validName(name) {
				resp.SetCookie(web.Cookie{Name: name, Value: value})
			}
		}
		return web.Conditional(r, resp), nil
	})
	config := *quiet
	config.TrustedProxies = anyone
	handler := web.ToHTTP(web.Compose(view, web.Std(requestID)), &config)
	f.Fuzz(func(t *testing.T, raw []byte) {
		req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			return
		}
		req.RemoteAddr = "127.0.0.1:9"
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req)
		if rec.Code >= 500 {
			t.Errorf("%q: status %d", raw, rec.Code)
		}
	})
}

func validName(name string) bool {
	for _, r := range name {
		if r > '~' || r <= ' ' || bytes.ContainsRune([]byte(`"(),/:;<=>?@[\]{}`), r) {
			return false
		}
	}
	return true
}
