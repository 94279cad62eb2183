package testservices

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// missing ends a test that needs a program which is not there.
func missing(t testing.TB, program, debianPackage string) {
	t.Helper()
	const format = "skipped: needs %s (apt-get install %s)"
	if os.Getenv("CI") == "true" {
		t.Fatalf("testservices: "+format+"; with CI=true that is a failure", program, debianPackage)
	}
	t.Skipf(format, program, debianPackage)
}

// lookDir finds the directory of a program: the last match of pattern that has it, else the one in PATH. It returns ""
// when there is none.
func lookDir(program, pattern string) string {
	dirs, err := filepath.Glob(pattern)
	if err != nil {
		return ""
	}
	slices.SortFunc(dirs, func(a, b string) int { // the newest version first: 17 before 9.6
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		if a > b {
			return -1
		}
		return 1
	})
	for _, dir := range dirs {
		if _, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
			return dir
		}
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // initdb and postgres must be of one installation
	}
	return filepath.Dir(path)
}
