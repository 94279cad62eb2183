package debug

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

// Line is one line of source.
type Line struct {
	Number int
	Text   string
	// Marked is the line that the excerpt is about; Noted one that deserves a look.
	Marked, Noted bool
}

// contextLines stand before and after the marked line of an excerpt, as in Django.
const contextLines = 7

// maxSource is the size of the largest source file that is read.
const maxSource = 4 << 20

// sources finds source files on disk, or in the file system of Options.Source.
type sources struct {
	embedded fs.FS
}

// excerpt returns the lines around line of the file that the compiler called name; none if it cannot be found.
func (s sources) excerpt(name string, line int) []Line {
	all := s.lines(name)
	if line < 1 || line > len(all) {
		return nil
	}
	from, to := max(1, line-contextLines), min(len(all), line+contextLines)
	out := make([]Line, 0, to-from+1)
	for n := from; n <= to; n++ {
		out = append(out, Line{Number: n, Text: all[n-1], Marked: n == line})
	}
	return out
}

// lines returns the whole file.
func (s sources) lines(name string) []string {
	data, err := s.read(name)
	if err != nil {
		return nil
	}
	var out []string
	scanner := bufio.NewScanner(bytes.NewReader(data))
	scanner.Buffer(nil, maxSource)
	for scanner.Scan() {
		out = append(out, cut(scanner.Text(), 400))
	}
	return out
}

// read tries the name as it is, then the places where a binary built with -trimpath may have its source.
func (s sources) read(name string) ([]byte, error) {
	if filepath.IsAbs(name) {
		if data, err := readFile(name); err == nil {
			return data, nil
		}
	}
	if s.embedded != nil {
		inModule := strings.TrimPrefix(shortPath(name), "./")
		if data, err := fs.ReadFile(s.embedded, filepath.ToSlash(inModule)); err == nil {
			return data, nil
		}
	}
	for _, candidate := range trimmedPaths(name) {
		if data, err := readFile(candidate); err == nil {
			return data, nil
		}
	}
	return nil, fs.ErrNotExist
}

func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSource {
		return nil, errors.New("debug: not a source file")
	}
	return os.ReadFile(name)
}

// layout is what the running program knows of where its source was.
type layout struct {
	// module is the path of the main module ("newsroom"), root its directory or "".
	module, root string
	// goroot is the directory of the standard library's source, with a slash, or "" in a binary built with -trimpath.
	goroot string
}

var place = sync.OnceValue(func() layout {
	var l layout
	if info, ok := debug.ReadBuildInfo(); ok {
		l.module = info.Main.Path
	}
	if fn := runtime.FuncForPC(pcOf(errors.New)); fn != nil {
		file, _ := fn.FileLine(fn.Entry())
		l.goroot = strings.TrimSuffix(file, "errors/errors.go")
	}
	if dir, err := os.Getwd(); err == nil {
		l.root = moduleRoot(dir)
	}
	return l
})

// moduleRoot walks up from dir to the directory with go.mod.
func moduleRoot(dir string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// trimmedPaths lists where a file with a module path for a name ("newsroom/news/views.go", "net/http/server.go",
// "github.com/x/y@v1.2.3/z.go") may lie.
func trimmedPaths(name string) []string {
	l := place()
	var out []string
	if rest, ok := strings.CutPrefix(name, l.module+"/"); ok && l.root != "" {
		out = append(out, filepath.Join(l.root, rest))
	}
	if strings.Contains(name, "@v") {
		cache := os.Getenv("GOMODCACHE")
		if cache == "" {
			gopath := os.Getenv("GOPATH")
			if gopath == "" {
				home, _ := os.UserHomeDir()
				gopath = filepath.Join(home, "go")
			}
			cache = filepath.Join(gopath, "pkg", "mod")
		}
		return append(out, filepath.Join(cache, escapeModule(name)))
	}
	for _, root := range []string{os.Getenv("GOROOT"), "/usr/local/go", "/usr/lib/go"} {
		if root != "" {
			out = append(out, filepath.Join(root, "src", name))
		}
	}
	return out
}

// escapeModule writes upper case letters as the module cache does: "!a" for "A".
func escapeModule(name string) string {
	var b strings.Builder
	for _, c := range name {
		if c >= 'A' && c <= 'Z' && !strings.Contains(b.String(), "@") {
			b.WriteByte('!')
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}

// shortPath is how a file is shown: relative to the module or the working directory, without the module cache's prefix.
func shortPath(name string) string {
	l := place()
	if rest, ok := strings.CutPrefix(name, l.root+"/"); ok && l.root != "" {
		return rest
	}
	if rest, ok := strings.CutPrefix(name, l.goroot); ok && l.goroot != "" {
		return rest
	}
	if _, rest, ok := strings.Cut(name, "/pkg/mod/"); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(name, l.module+"/"); ok && l.module != "" {
		return rest
	}
	if filepath.IsAbs(name) { // the program runs elsewhere than its source is
		if rest, ok := strings.CutPrefix(name, moduleRoot(filepath.Dir(name))+"/"); ok && rest != name[1:] {
			return rest
		}
	}
	return name
}
