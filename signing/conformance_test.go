package signing_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/signing"
)

type conformanceCase struct {
	Name      string
	Op        string
	Salt      *string
	Value     json.RawMessage
	Secret    string
	Key       string
	Algorithm signing.Algorithm
	Sep       *string
	Fallback  []string `json:"fallback_keys"`
	Now       time.Time
	MaxAge    json.RawMessage `json:"max_age"`
	Compress  bool
	Packed    bool `json:"is_compressed"`
	JSON      string
	Out       json.RawMessage
	Error     *struct{ Class, Message string }
}

func TestConformance(t *testing.T) {
	data, err := os.ReadFile("testdata/conformance/signing.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []conformanceCase }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cases {
		if c.Op == "set_signed_cookie" || c.Op == "get_signed_cookie" {
			continue // in package web
		}
		t.Run(c.Name, func(t *testing.T) { c.run(t) })
	}
}

func (c *conformanceCase) text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}

func (c *conformanceCase) options() signing.Options {
	o := signing.Options{Key: c.Key, Fallbacks: c.Fallback, Algorithm: c.Algorithm}
	if c.Salt != nil {
		o.Salt = *c.Salt
	}
	if c.Sep != nil {
		o.Sep = *c.Sep
	}
	return o
}

func (c *conformanceCase) maxAge() time.Duration {
	var seconds *float64
	if json.Unmarshal(c.MaxAge, &seconds) == nil && seconds != nil {
		return time.Duration(*seconds * float64(time.Second))
	}
	var tagged struct{ V int64 }
	if json.Unmarshal(c.MaxAge, &tagged) == nil && tagged.V != 0 {
		return time.Duration(tagged.V) * time.Microsecond
	}
	return signing.NoMaxAge
}

func (c *conformanceCase) run(t *testing.T) {
	got, err := c.do(t)
	if c.Error != nil {
		if err == nil {
			t.Fatalf("got %q, want a %s", got, c.Error.Class)
		}
		if c.Error.Class == "BadSignature" && !errors.Is(err, signing.ErrBadSignature) {
			t.Errorf("error %v is not ErrBadSignature", err)
		}
		if _, ok := errors.AsType[*signing.ExpiredError](err); ok != (c.Error.Class == "SignatureExpired") {
			t.Errorf("error %v, want %s", err, c.Error.Class)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	want := c.text(c.Out)
	if c.Op == "loads" {
		var a, b bytes.Buffer
		_ = json.Compact(&a, []byte(got))
		_ = json.Compact(&b, c.Out)
		got, want = normal(t, a.Bytes()), normal(t, b.Bytes())
	}
	if c.Packed {
		return
	}
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func normal(t *testing.T, data []byte) string {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	out, _ := json.Marshal(untag(v))
	return string(out)
}

// untag replaces the file's form of big integers.
func untag(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	if m["$"] == "int" {
		return json.Number(m["v"].(string))
	}
	for k := range m {
		m[k] = untag(m[k])
	}
	return m
}

func (c *conformanceCase) do(t *testing.T) (string, error) {
	clock := func() time.Time { return c.Now }
	opts := c.options()
	switch c.Op {
	case "salted_hmac_hex":
		sum, err := signing.SaltedHMAC(*c.Salt, c.text(c.Value), c.Secret, c.Algorithm)
		return hex.EncodeToString(sum), err
	case "Signer.sign", "Signer.unsign":
		if c.Sep != nil && *c.Sep == "" {
			t.Skip("an empty separator means the default here")
		}
		s, err := signing.New(opts)
		if err != nil {
			return "", err
		}
		if c.Op == "Signer.sign" {
			return s.Sign(c.text(c.Value)), nil
		}
		return s.Unsign(c.text(c.Value))
	case "TimestampSigner.sign", "TimestampSigner.unsign":
		s, err := signing.NewTimestampAt(opts, clock)
		if err != nil {
			return "", err
		}
		if c.Op == "TimestampSigner.sign" {
			return s.Sign(c.text(c.Value)), nil
		}
		return s.Unsign(c.text(c.Value), c.maxAge())
	case "dumps":
		s, err := signing.NewTimestampAt(opts, clock)
		if err != nil {
			return "", err
		}
		token := s.SignJSON([]byte(c.JSON), c.Compress)
		if c.Packed {
			if !strings.HasPrefix(token, ".") {
				t.Errorf("token %q is not packed", token)
			}
			back, err := s.UnsignJSON(token, signing.NoMaxAge)
			if err != nil || string(back) != c.JSON {
				t.Errorf("UnsignJSON(SignJSON(x)) = %q, %v, want %q", back, err, c.JSON)
			}
		}
		return token, nil
	case "loads":
		s, err := signing.NewTimestampAt(opts, clock)
		if err != nil {
			return "", err
		}
		data, err := s.UnsignJSON(c.text(c.Value), c.maxAge())
		return string(data), err
	case "b62_encode":
		var n int64
		_ = json.Unmarshal(c.Value, &n)
		return signing.Base62(n), nil
	case "b64_encode":
		var tagged struct{ V []byte }
		_ = json.Unmarshal(c.Value, &tagged)
		return base64.RawURLEncoding.EncodeToString(tagged.V), nil
	}
	t.Fatalf("unknown op %s", c.Op)
	return "", nil
}
