package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nuages-go/nuages/manage"
)

// run executes a command of the program.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := newProgram().Call(manage.WithStreams(t.Context(), manage.Streams{Out: &out, Err: &out}), args...)
	return out.String(), err
}

// command runs a program in a directory and fails the test when it does not end well.
func command(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// TestStartProject writes a project and an application, tests, vets and builds them, and fetches the start page.
func TestStartProject(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "my-site")
	out, err := run(t, "startproject", "my-site", dir, "--module", "example.com/my-site")
	if err != nil || !strings.Contains(out, "go run . runserver") {
		t.Fatalf("startproject: %v\n%s", err, out)
	}
	if out, err := run(t, "startapp", "polls", filepath.Join(dir, "polls")); err != nil || !strings.Contains(out, "polls.App()") {
		t.Fatalf("startapp: %v\n%s", err, out)
	}
	if unformatted := command(t, dir, "gofmt", "-l", "."); unformatted != "" {
		t.Errorf("not formatted: %s", unformatted)
	}
	command(t, dir, "go", "vet", "./...")
	command(t, dir, "go", "test", "./...")
	command(t, dir, "go", "build", "-o", "site", ".")
	command(t, dir, "./site", "check", "--fail-level", "WARNING")
	command(t, dir, "./site", "migrate")
	if text := command(t, dir, "./site", "settings", "SECRET_KEY"); !strings.Contains(text, ".env:2") || !strings.Contains(text, "****") {
		t.Errorf("settings: %s", text)
	}

	page := fetch(t, dir)
	for _, want := range []string{"<h1>My site</h1>", "It works"} {
		if !strings.Contains(page, want) {
			t.Errorf("the start page has no %q:\n%s", want, page)
		}
	}
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+/`)

// fetch runs the project's development server and gets its start page.
func fetch(t *testing.T, dir string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "./site", "runserver", "--noreload", "127.0.0.1:0")
	cmd.Dir = dir
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []byte
	buffer := make([]byte, 4096)
	for address.Find(said) == nil {
		n, err := stdout.Read(buffer)
		said = append(said, buffer[:n]...)
		if err != nil {
			t.Fatalf("runserver ended: %v\n%s", err, said)
		}
	}
	resp, err := http.Get(string(address.Find(said)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK {
		t.Errorf("start page: %s", resp.Status)
	}
	_ = cmd.Process.Signal(os.Interrupt)
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	if err := cmd.Wait(); err != nil {
		t.Errorf("runserver after Ctrl-C: %v", err)
	}
	return string(body)
}

func TestTargetsAreChecked(t *testing.T) {
	t.Parallel()
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "x"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"no name", []string{"startproject"}, "give a name"},
		{"bad name", []string{"startproject", "My Site"}, "not a good name"},
		{"keyword", []string{"startapp", "func"}, "not a good name"},
		{"dash in a package", []string{"startapp", "a-b", filepath.Join(full, "new")}, "cannot be a package's name"},
		{"full directory", []string{"startproject", "site", full}, "is not empty (it holds x)"},
		{"no project", []string{"startapp", "polls", filepath.Join(full, "polls")}, "no go.mod"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := run(t, tt.args...); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v = %v, want %q", tt.args, err, tt.want)
			}
		})
	}
}
