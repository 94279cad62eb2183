package hostile

import "strings"

var (
	methods = []string{
		"GET", "GET", "GET", "GET", "HEAD", "POST", "POST", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "BREW", "CONNECT",
	}
	hosts = []string{
		"testserver", "testserver:80", "TESTSERVER.", "evil.example", "testserver:99999", "[::1]:80", "[::1", "a_b", "..",
		"testserver,evil", "testserver evil", "xn--", "%74estserver", strings.Repeat("a.", 200),
	}
	pathScraps = []string{
		"", "/", "//", "..", "/../", "%2e%2e/", "%00", "%", "%zz", "%ff%fe", "%C3%A9", "é", "\\", "..\\", ";", "?", "#", "+", "%20", "%0d%0aX:y", "%25%32%65",
		"1", "0", "-1", "007", "9223372036854775807", "9223372036854775808", strings.Repeat("9", 400), "1e9", "0x10", "١٢", "NaN", "last", "null",
		strings.Repeat("a", 3000), strings.Repeat("/", 300), strings.Repeat("%41", 200), "<script>alert(1)</script>", "'\"`", "{{x}}", "{%x%}", "'OR+1=1--",
	}
	fieldNames  = []string{"page", "q", "tag", "id", "", "page[]", "a.b", "csrfmiddlewaretoken", "__proto__", "é", "%00", "sessionid", "csrftoken"}
	headerNames = []string{
		"Cookie", "Cookie", "Accept", "Accept", "Accept-Encoding", "Accept-Language", "Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since",
		"If-Unmodified-Since", "Authorization", "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X_Forwarded_For", "X-Request-Id",
		"Referer", "Origin", "User-Agent", "Content-Encoding", "Content-Disposition", "Connection", "Upgrade", "Expect", "TE", "Cache-Control", "Sec-Fetch-Site",
		"Content-Transfer-Encoding", "Last-Event-ID",
	}
	headerValues = []string{
		"", "*", "*/*", "text/html;q=0.5, application/json;q=1.5", "application/json", "text/*;q=;x", ";;;", ",,,", "gzip;q=0, br, zstd;q=0.1", "identity;q=0, *;q=0",
		"gzip", "bytes=0-", "bytes=-1", "bytes=5-2", "bytes=0-0,1-1,2-2", "bytes=99999999999999999999-", "lines=1", `"x"`, `W/"x", "y"`, `"unterminated`, "W/",
		"Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Foo 2026 99:99:99 GMT", "0", "for=1.2.3.4;proto=https;host=evil", `for="[::1]:x"`, "1.2.3.4, 5.6.7.8, unknown",
		"https", "a=\"\\377\\000\\", "a=\"b; c=d", "=; ==; ;=", `sessionid="\`, "close", "websocket", "100-continue", strings.Repeat("a,", 2000), strings.Repeat("text/html,", 500),
		strings.Repeat("=", 500), "\t", "é", "\xff\xfe", "nonce", "../../etc/passwd", "Basic ====",
	}
	formTypes = []string{
		"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=\"", "APPLICATION/X-WWW-FORM-URLENCODED;;",
	}
	multipartTypes = []string{
		"multipart/form-data; boundary=x", "multipart/form-data; boundary=x", "multipart/form-data; boundary=x", "multipart/form-data", "multipart/form-data; boundary=",
		"multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=" + strings.Repeat("b", 300), "multipart/mixed; boundary=x", "multipart/form-data; boundary=é", "multipart/",
	}
	jsonBodies = []string{
		"", "{", "null", "[]", `{"a":`, `{"a":1e999}`, `"\ud800"`, strings.Repeat("[", 20000), `{"a":{"a":{"a":{}}}}`, "\xff\xfe", `{"page":"x","page":1}`, "1 2",
	}
	partHeaders = []string{
		"Content-Disposition: form-data; name=\"a\"\r\n", "Content-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\n", "Content-Disposition: form-data; name=\"f\"; filename=\"../../x\"\r\n",
		"Content-Disposition: form-data; name=f; filename*=utf-8''%C3%A9%00\r\n", "Content-Disposition: form-data; filename*=x\r\n", "Content-Disposition: form-data\r\n", "Content-Disposition: ;;;\r\n",
		"Content-Type: text/plain; charset=nope\r\n", "Content-Type: ;\r\n", "Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: quoted-printable\r\n",
		"X: " + strings.Repeat("y", 2000) + "\r\n", "no colon\r\n", ": no name\r\n", "Content-Disposition: form-data; name=\"" + strings.Repeat("n", 5000) + "\"\r\n",
	}
)
