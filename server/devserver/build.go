package devserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
)

// ErrNoSources says why a program cannot be rebuilt.
var ErrNoSources = errors.New("devserver: no sources")

// project is what there is to build.
type project struct {
	dir    string // the main package's directory
	root   string // the module's directory
	tool   string // the go command
	flags  []string
	output string // where builds go; removed at the end

	embedded []string // directories of embedded files
}

// findProject looks for the sources of the running program: in dir, or where the go command finds them from here.
func findProject(ctx context.Context, dir string) (*project, error) {
	tool, err := exec.LookPath("go")
	if err != nil {
		return nil, fmt.Errorf("%w: there is no go command (install Go to rebuild on change)", ErrNoSources)
	}
	if dir == "" || !hasGoFiles(dir) {
		dir, err = listMain(ctx, tool)
		if err != nil {
			return nil, err
		}
	}
	root := dir
	for !isFile(filepath.Join(root, "go.mod")) {
		parent := filepath.Dir(root)
		if parent == root {
			return nil, fmt.Errorf("%w: %s is in no module", ErrNoSources, dir)
		}
		root = parent
	}
	return &project{dir: dir, root: root, tool: tool, flags: buildFlags()}, nil
}

func hasGoFiles(dir string) bool {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	return err == nil && filepath.IsAbs(dir) && len(files) > 0
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// listMain asks the go command where the running program's main package is.
func listMain(ctx context.Context, tool string) (string, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Path == "" || info.Path == "command-line-arguments" {
		return "", fmt.Errorf("%w: the program does not know its package", ErrNoSources)
	}
	out, err := exec.CommandContext(ctx, tool, "list", "-f", "{{.Dir}}", info.Path).Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		return "", fmt.Errorf("%w: package %s is not below the current directory", ErrNoSources, info.Path)
	}
	return dir, nil
}

// buildFlags repeats the flags that the running program was built with, as far as they change its code.
func buildFlags() []string {
	// without the debugger's data and the repository's state building is quicker
	flags := []string{"-ldflags=-s -w", "-buildvcs=false"}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "-tags" || s.Key == "-race" {
				flags = append(flags, s.Key+"="+s.Value)
			}
		}
	}
	return flags
}

// build makes a new program and returns its path. A failure is a *Failure.
func (p *project) build(ctx context.Context, number int) (string, error) {
	if p.output == "" {
		dir, err := os.MkdirTemp("", "nuages-runserver-")
		if err != nil {
			return "", err
		}
		p.output = dir
	}
	path := filepath.Join(p.output, fmt.Sprintf("%s-%d", filepath.Base(p.dir), number))
	cmd := exec.CommandContext(ctx, p.tool, append(append([]string{"build"}, p.flags...), "-o", path, ".")...)
	cmd.Dir = p.dir
	if os.Getenv("GOGC") == "" { // compiler and linker spend a quarter of their time on collecting garbage
		cmd.Env = append(os.Environ(), "GOGC=400")
	}
	ownGroup(cmd)
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", newFailure(p, "The site does not compile", out)
	}
	return path, nil
}

// embeddedDirs finds the directories of files that are compiled in: a change there needs a build. It takes a while.
func (p *project) embeddedDirs(ctx context.Context) []string {
	cmd := exec.CommandContext(ctx, p.tool, "list", "-deps", "-f", `{{if not .Standard}}{{$d := .Dir}}{{range .EmbedFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{end}}`, ".")
	cmd.Dir = p.dir
	ownGroup(cmd)
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	var dirs []string
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		dir := filepath.Dir(strings.TrimSpace(line))
		if !seen[dir] && strings.HasPrefix(dir, p.root) {
			seen[dir] = true
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// needs says what a change asks for: nothing, a refresh of the browser, a restart, or a build.
func (p *project) needs(path string, live []string) action {
	switch name := filepath.Base(path); {
	case filepath.Ext(name) == ".go", name == "go.mod", name == "go.sum", name == "go.work":
		return doBuild
	case name == ".env":
		return doRestart
	}
	for _, dir := range live {
		if within(path, dir) {
			return doRefresh
		}
	}
	for _, dir := range p.embedded {
		if within(path, dir) {
			return doBuild
		}
	}
	return doNothing
}

func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

type action int

const (
	doNothing action = iota
	doRefresh
	doRestart
	doBuild
)

// Failure is why there is no running site.
type Failure struct {
	// Title is one line, Output what the compiler or the program said.
	Title, Output string
	// Places are the lines of source that the output speaks of.
	Places []Place
}

// Place is a line of source with its message and its neighbours.
type Place struct {
	File, Message string
	Line, Column  int
	Lines         []SourceLine
}

// SourceLine is a line around a Place.
type SourceLine struct {
	Number int
	Text   string
	Hit    bool
}

// Error returns the title and the output.
func (f *Failure) Error() string { return f.Title + "\n" + f.Output }

// placePattern finds file:line:column: message, of the compiler at the start of a line and of a check's message inside it.
var placePattern = regexp.MustCompile(`(?m)^(?:.*?[\s(])??([^\s:()]+\.(?:go|html|txt|mod)):(\d+)(?::(\d+))?:? (.*)$`)

func newFailure(p *project, title string, output []byte) *Failure {
	output = bytes.TrimSpace(output)
	f := &Failure{Title: title, Output: string(output)}
	for _, m := range placePattern.FindAllStringSubmatch(f.Output, 10) {
		place := Place{File: m[1], Message: m[4]}
		place.Line, _ = strconv.Atoi(m[2])
		place.Column, _ = strconv.Atoi(m[3])
		place.Lines = excerpt(p.find(m[1]), place.Line)
		f.Places = append(f.Places, place)
	}
	return f
}

// find makes a path of the output one that can be opened: a template's name is the end of a path below the module.
func (p *project) find(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	for _, dir := range []string{p.dir, p.root} {
		if path := filepath.Join(dir, name); isFile(path) {
			return path
		}
	}
	found, end := name, string(filepath.Separator)+filepath.FromSlash(name)
	_ = filepath.WalkDir(p.root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
		case entry.IsDir() && path != p.root && ignoredDir(entry.Name()):
			return filepath.SkipDir
		case !entry.IsDir() && strings.HasSuffix(path, end):
			found = path
			return filepath.SkipAll
		}
		return nil
	})
	return found
}

// excerpt reads the lines around a line.
func excerpt(path string, line int) []SourceLine {
	data, err := os.ReadFile(path)
	if err != nil || line < 1 {
		return nil
	}
	var out []SourceLine
	number := 0
	for text := range strings.Lines(string(data)) {
		number++
		if number >= line-4 && number <= line+4 {
			out = append(out, SourceLine{number, strings.ReplaceAll(strings.TrimRight(text, "\r\n"), "\t", "    "), number == line})
		}
	}
	return out
}
