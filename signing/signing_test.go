package signing_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nuages-go/nuages/signing"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]signing.Options{
		"empty key":         {},
		"letters as sep":    {Key: "k", Sep: "ab"},
		"unknown algorithm": {Key: "k", Algorithm: "crc32"},
	} {
		if _, err := signing.New(opts); err == nil {
			t.Errorf("%s: New accepted %+v", name, opts)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	type order struct {
		ID   int
		Note string
	}
	opts := signing.Options{Key: "k", Salt: "orders"}
	token, err := signing.Dumps(order{7, "é <b> 😀"}, opts)
	if err != nil {
		t.Fatal(err)
	}
	var back order
	if err := signing.Loads(token, &back, time.Hour, opts); err != nil || back.ID != 7 || back.Note != "é <b> 😀" {
		t.Errorf("Loads = %+v, %v", back, err)
	}
	opts.Salt = "invoices"
	if err := signing.Loads(token, &back, time.Hour, opts); !errors.Is(err, signing.ErrBadSignature) {
		t.Errorf("Loads under another salt: %v, want ErrBadSignature", err)
	}
}

func FuzzUnsign(f *testing.F) {
	f.Add("hello:1vb66i:WmqznPXY07LlQUaPFzxLkRK5ktKa4EeIzn_5xRCZLDs")
	f.Add("::")
	s, err := signing.NewTimestamp(signing.Options{Key: "k"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := s.Unsign(text, signing.NoMaxAge); err == nil {
			t.Errorf("a made-up signature passed: %q", text)
		}
		if got, err := s.Unsign(s.Sign(text), time.Hour); err != nil || got != text {
			t.Errorf("Unsign(Sign(%q)) = %q, %v", text, got, err)
		}
	})
}

func ExampleSigner() {
	signer, err := signing.New(signing.Options{Key: "test-secret-key-for-vectors", Salt: "s"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(signer.Sign("hello"))
	_, err = signer.Unsign("hullo:gcO56yIEhjJXxl9u5ffliUGJTniqqJ6zuEKZJwSxle0")
	fmt.Println(errors.Is(err, signing.ErrBadSignature))
	// Output:
	// hello:gcO56yIEhjJXxl9u5ffliUGJTniqqJ6zuEKZJwSxle0
	// true
}

func BenchmarkSign(b *testing.B) {
	s, err := signing.NewTimestamp(signing.Options{Key: "k"})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Sign("a value of ordinary length")
	}
}
