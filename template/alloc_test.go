// The race detector makes sync.Pool drop values at random, so allocations are counted without it.

//go:build !race

package template_test

import (
	"io"
	"testing"
)

func TestAllocations(t *testing.T) {
	for _, p := range benchPages(t) {
		most := map[string]float64{"fortunes": 5, "table": 5}[p.name]
		if most == 0 {
			continue
		}
		got := testing.AllocsPerRun(50, func() {
			if err := p.engine.Render(t.Context(), io.Discard, p.file, p.typed); err != nil {
				t.Fatal(err)
			}
		})
		if got > most {
			t.Errorf("%s: %v allocations per render, want at most %v", p.name, got, most)
		}
	}
}
