package archtest

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Module is the source of a Go module, tests left out.
type Module struct {
	// Path is the module's import path.
	Path string
	// Packages holds every package by its path within the module; the root is "".
	Packages map[string]*Package
	// Fset gives the positions of the syntax trees.
	Fset *token.FileSet
}

// Package is one directory of Go files.
type Package struct {
	// Dir is the package's path within the module; "" for the root.
	Dir string
	// Name is the name in the package clauses.
	Name string
	// Files are the syntax trees, in the order of the file names.
	Files []*ast.File
	// Imports are what the files import, in order of appearance.
	Imports []Import
}

// Import is one import of a file.
type Import struct {
	Path string
	// Blank says that the import is for its side effects: import _ "x".
	Blank bool
	Pos   token.Position
}

// Violation is one break of a rule.
type Violation struct {
	// Where is the place, file:line or a package.
	Where string
	// What is the offence, Rule the rule that it breaks.
	What, Rule string
}

// String is "where: what (rule)".
func (v Violation) String() string { return fmt.Sprintf("%s: %s (%s)", v.Where, v.What, v.Rule) }

// Load parses the module in fsys. It leaves out tests, testdata, hidden directories and nested modules; files of every
// platform and build tag count.
func Load(fsys fs.FS, modulePath string) (*Module, error) {
	m := &Module{Path: modulePath, Packages: map[string]*Package{}, Fset: token.NewFileSet()}
	var problems []error
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return m.enter(fsys, name)
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			problems = append(problems, m.parse(fsys, name))
		}
		return nil
	})
	return m, errors.Join(append(problems, err)...)
}

// enter decides whether a directory is part of the module.
func (m *Module) enter(fsys fs.FS, dir string) error {
	if dir == "." {
		return nil
	}
	base := path.Base(dir)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "vendor" {
		return fs.SkipDir
	}
	if _, err := fs.Stat(fsys, path.Join(dir, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func (m *Module) parse(fsys fs.FS, name string) error {
	source, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(m.Fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(file.Comments, isIgnored) {
		return nil
	}

	dir := path.Dir(name)
	if dir == "." {
		dir = ""
	}
	pkg := m.Packages[dir]
	if pkg == nil {
		pkg = &Package{Dir: dir, Name: file.Name.Name}
		m.Packages[dir] = pkg
	}
	pkg.Files = append(pkg.Files, file)
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		blank := spec.Name != nil && spec.Name.Name == "_"
		pkg.Imports = append(pkg.Imports, Import{imported, blank, m.Fset.Position(spec.Pos())})
	}
	return nil
}

// isIgnored finds the build constraint of files that are no part of any build.
func isIgnored(group *ast.CommentGroup) bool {
	return slices.ContainsFunc(group.List, func(c *ast.Comment) bool { return c.Text == "//go:build ignore" })
}

// Own returns the path within the module of an import, and whether it is one of the module's packages.
func (m *Module) Own(importPath string) (string, bool) {
	if importPath == m.Path {
		return "", true
	}
	return strings.CutPrefix(importPath, m.Path+"/")
}

// External says whether an import is neither the module's own nor the standard library's.
func (m *Module) External(importPath string) bool {
	if _, own := m.Own(importPath); own {
		return false
	}
	first, _, _ := strings.Cut(importPath, "/")
	return strings.Contains(first, ".")
}

// Sorted returns the packages in the order of their paths.
func (m *Module) Sorted() []*Package {
	packages := make([]*Package, 0, len(m.Packages))
	for _, pkg := range m.Packages {
		packages = append(packages, pkg)
	}
	slices.SortFunc(packages, func(a, b *Package) int { return strings.Compare(a.Dir, b.Dir) })
	return packages
}

// label is the package's name for people: its path, or "nuages (the root)".
func (p *Package) label() string {
	if p.Dir == "" {
		return p.Name + " (the root)"
	}
	return p.Dir
}

func (m *Module) position(node ast.Node) string {
	p := m.Fset.Position(node.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}
