package middleware_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/nuages-go/nuages/middleware"
)

func TestNegotiate(t *testing.T) {
	t.Parallel()
	all := []middleware.Encoding{middleware.Zstd, middleware.Brotli, middleware.Gzip}
	tests := []struct {
		name, accept string
		want         middleware.Encoding
	}{
		{"nothing", "", ""},
		{"chrome", "gzip, deflate, br, zstd", middleware.Zstd},
		{"safari", "gzip, deflate, br", middleware.Brotli},
		{"curl", "deflate, gzip", middleware.Gzip},
		{"refused", "gzip;q=0", ""},
		{"refused in thousandths", "gzip;q=0.000", ""},
		{"quality", "gzip;q=1.0, br;q=0.9, zstd;q=0.8", middleware.Gzip},
		{"equal quality: ours first", "gzip;q=0.5, br;q=0.5", middleware.Brotli},
		{"star", "*", middleware.Zstd},
		{"star but", "*, zstd;q=0", middleware.Brotli},
		{"star low", "*;q=0.1, gzip", middleware.Gzip},
		{"star refused", "*;q=0, gzip", middleware.Gzip},
		{"identity only", "identity", ""},
		{"identity preferred", "identity, gzip;q=0.5", ""},
		{"identity equal", "identity, gzip", middleware.Gzip},
		{"case", "GZIP", middleware.Gzip},
		{"spaces and tabs", "\tgzip ; q=0.5 ,\tbr ; Q=0.7", middleware.Brotli},
		{"x-gzip", "x-gzip", middleware.Gzip},
		{"unknown", "deflate, compress", ""},
		{"broken quality", "gzip;q=abc", ""},
		{"quality over one", "gzip;q=1.5", ""},
		{"other parameter", "gzip;level=9", middleware.Gzip},
		{"empty parts", ",,gzip,,", middleware.Gzip},
		{"prefix of a name", "gzi, zst", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := middleware.Negotiate(tt.accept, all); got != tt.want {
				t.Errorf("negotiate(%q) = %q, want %q", tt.accept, got, tt.want)
			}
		})
	}
}

func TestMentions(t *testing.T) {
	t.Parallel()
	word := regexp.MustCompile(`\bgzip\b`)
	for _, accept := range []string{"", "gzip", "gzip;q=0", "GZIP", "x-gzip", "xgzip", "gzipx", "a gzip b", "gzipgzip", "gzipgzip,gzip", "_gzip", "br"} {
		if got, want := middleware.Mentions(accept, middleware.Gzip), word.MatchString(accept); got != want {
			t.Errorf("mentions(%q) = %v, want %v", accept, got, want)
		}
	}
}

func FuzzAcceptEncoding(f *testing.F) {
	for _, seed := range []string{"", "gzip", "gzip, deflate, br;q=0.9, zstd", "*;q=0", "identity;q=1, *;q=0.5", ";;;,q=,gzip;q=1.0000", "br;q=0.001"} {
		f.Add(seed)
	}
	all := []middleware.Encoding{middleware.Zstd, middleware.Brotli, middleware.Gzip}
	word := regexp.MustCompile(`\bgzip\b`)
	f.Fuzz(func(t *testing.T, accept string) {
		if got := middleware.Negotiate(accept, all); got != "" && !slices.Contains(all, got) {
			t.Errorf("negotiate(%q) = %q", accept, got)
		}
		if got := middleware.Negotiate(accept, nil); got != "" {
			t.Errorf("negotiate(%q) without offers = %q", accept, got)
		}
		if got, want := middleware.Mentions(accept, middleware.Gzip), word.MatchString(accept); got != want {
			t.Errorf("mentions(%q) = %v, want %v", accept, got, want)
		}
	})
}

func BenchmarkNegotiate(b *testing.B) {
	all := []middleware.Encoding{middleware.Zstd, middleware.Brotli, middleware.Gzip}
	b.ReportAllocs()
	for b.Loop() {
		middleware.Negotiate("gzip, deflate, br, zstd", all)
	}
}
