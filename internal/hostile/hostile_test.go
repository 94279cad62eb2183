package hostile_test

import (
	"bufio"
	"bytes"
	"net/http"
	"testing"

	"github.com/nuages-go/nuages/internal/hostile"
)

func TestGeneratorRepeats(t *testing.T) {
	t.Parallel()
	a, b := hostile.New(7, "/article/1"), hostile.New(7, "/article/1")
	for i := range 200 {
		if x, y := a.Request(), b.Request(); !bytes.Equal(x, y) {
			t.Fatalf("request %d differs for one seed:\n%q\n%q", i, x, y)
		}
	}
}

// A generator whose requests net/http refuses, or all lets through, would test nothing.
func TestGeneratorIsHostileEnough(t *testing.T) {
	t.Parallel()
	g := hostile.New(1, "/article/1")
	parsed, total := 0, 5000
	for range total {
		if _, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(g.Request()))); err == nil {
			parsed++
		}
	}
	if parsed < total/3 || parsed > total*95/100 {
		t.Errorf("net/http parses %d of %d requests, want between a third and 95 %%", parsed, total)
	}
}
