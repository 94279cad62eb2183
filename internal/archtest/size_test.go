package archtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestSizes holds the size of stripped programs: what is not imported must not be linked. A part of the framework that every site
// has may raise a limit; nothing else may.
func TestSizes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("skipped: builds three programs")
	}
	const megabyte = 1_000_000
	tests := []struct {
		name, dir string
		most      int64
	}{
		{"web and urls alone", "./internal/archtest/testdata/small", 8 * megabyte},
		{"newsroom with one driver", "./internal/archtest/testdata/onedriver", 25_500_000},
		{"newsroom with three drivers", "./examples/newsroom", 30_500_000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			program := filepath.Join(t.TempDir(), "program")
			cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, tt.dir)
			cmd.Dir = filepath.Join("..", "..")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("go build: %v\n%s", err, out)
			}
			info, err := os.Stat(program)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%.1f MB", float64(info.Size())/megabyte)
			if info.Size() > tt.most {
				t.Errorf("%s has %d bytes, want at most %d", tt.name, info.Size(), tt.most)
			}
		})
	}
}
