package testservices

import (
	"os/exec"
	"sync"
	"testing"
)

// django is a Python program that can import Django, or empty.
var django = sync.OnceValue(func() string {
	for _, program := range []string{"/usr/bin/python3", "python3"} { // Debian's package is for Debian's Python
		if exec.Command(program, "-c", "import django").Run() == nil {
			return program
		}
	}
	return ""
})

// FindDjango returns a Python program that can import Django, of whatever version.
func FindDjango(t testing.TB) string {
	t.Helper()
	python := django()
	if python == "" {
		missing(t, "Django", "python3-django")
	}
	return python
}
