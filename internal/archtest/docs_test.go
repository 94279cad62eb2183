package archtest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// codeBlock finds the Go code in a Markdown file.
var codeBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// inlineCode is left out when links are looked for: `f[T](x)` is none.
var inlineCode = regexp.MustCompile("`[^`\n]*`")

// link finds relative links; others have a scheme or start with #.
var link = regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)\s]*)?\)`)

// TestCodeInDocs holds the code of the README, the tutorial and the queries by example to the example that it comes from. A block's first line
// names the file; the rest stands there word for word, where a line "// …" stands for anything.
func TestCodeInDocs(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	files := []string{filepath.Join(root, "README.md")}
	tutorial, err := filepath.Glob(filepath.Join(root, "docs", "tutorial", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, filepath.Join(root, "docs", "topics", "queries-by-example.md"))
	for _, name := range append(files, tutorial...) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		blocks := codeBlock.FindAllStringSubmatch(string(text), -1)
		if len(blocks) == 0 {
			t.Errorf("%s has no Go code", name)
		}
		for _, block := range blocks {
			first, code, _ := strings.Cut(block[1], "\n")
			source, err := os.ReadFile(filepath.Join(root, strings.TrimPrefix(first, "// ")))
			if err != nil {
				t.Errorf("%s: the first line of a block must name its file: %v", name, err)
				continue
			}
			rest := normalize(string(source))
			for part := range strings.SplitSeq(code, "// …\n") {
				part = normalize(part)
				i := strings.Index(rest, part)
				if i < 0 {
					t.Errorf("%s: this is not, or not in this order, in %s:\n%s", name, first, part)
					break
				}
				rest = rest[i+len(part):]
			}
		}
	}
}

// normalize drops empty lines and the spaces around each line.
func normalize(code string) string {
	var lines []string
	for line := range strings.Lines(code) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// TestLinks sees that relative links in the Markdown files lead somewhere.
func TestLinks(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".." {
			return fs.SkipDir
		}
		if filepath.Ext(name) != ".md" {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, match := range link.FindAllStringSubmatch(inlineCode.ReplaceAllString(codeBlock.ReplaceAllString(string(text), ""), ""), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), match[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", name, match[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sourceFile finds the source files that a text names: `web/http.go`.
var sourceFile = regexp.MustCompile("`([a-z0-9_./]+\\.go)`")

// TestFilesInArchitecture sees that the files that docs/architecture.md points to are there.
func TestFilesInArchitecture(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range sourceFile.FindAllStringSubmatch(string(text), -1) {
		if match[1] == "doc.go" {
			continue
		}
		if _, err := os.Stat(filepath.Join(root, match[1])); err != nil {
			t.Errorf("docs/architecture.md points to %s, which is not there", match[1])
		}
	}
}
