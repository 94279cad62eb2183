package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// Manners reports init functions, imports for their side effects, package-level variables that change, and packages
// without a package comment.
func Manners(m *Module) []Violation {
	var out []Violation
	for _, pkg := range m.Sorted() {
		out = append(out, packageComment(pkg)...)
		out = append(out, sideEffects(m, pkg)...)
		out = append(out, mutableGlobals(m, pkg)...)
	}
	return out
}

func packageComment(pkg *Package) []Violation {
	for _, file := range pkg.Files {
		if file.Doc != nil && len(strings.TrimSpace(file.Doc.Text())) > 0 {
			return nil
		}
	}
	return []Violation{{pkg.label(), "package has no package comment", "a package teaches itself in doc.go"}}
}

func sideEffects(m *Module, pkg *Package) []Violation {
	const rule = "what is not passed in does not exist"
	var out []Violation
	for _, imp := range pkg.Imports {
		if imp.Blank && imp.Path != "embed" { // go:embed of a string needs the blank import
			where := fmt.Sprintf("%s:%d", imp.Pos.Filename, imp.Pos.Line)
			out = append(out, Violation{where, "blank import of " + imp.Path, rule})
		}
	}
	for _, file := range pkg.Files {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				out = append(out, Violation{m.position(fn), "init function", rule})
			}
		}
	}
	return out
}

// mutableGlobals finds assignments to package-level variables. Package-level values are descriptions; a variable that
// code writes to is shared by all sites of the process.
func mutableGlobals(m *Module, pkg *Package) []Violation {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	// The imports stay unknown and cause errors; names of the package itself resolve all the same.
	config := types.Config{Error: func(error) {}, Importer: unknownImporter{}, FakeImportC: true}
	checked, _ := config.Check(pkg.Dir, m.Fset, pkg.Files, info)
	if checked == nil {
		return nil
	}

	var out []Violation
	report := func(target ast.Expr) {
		id := rootIdent(target)
		if id == nil {
			return
		}
		if v, ok := info.Uses[id].(*types.Var); ok && v.Parent() == checked.Scope() {
			out = append(out, Violation{
				m.position(target), "package-level variable " + id.Name + " is changed",
				"no mutable globals: two sites in one process must not see each other",
			})
		}
	}
	for _, file := range pkg.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					for _, target := range n.Lhs {
						report(target)
					}
				}
			case *ast.IncDecStmt:
				report(n.X)
			case *ast.CallExpr:
				if fn, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && (fn.Name == "delete" || fn.Name == "clear") {
					report(n.Args[0])
				}
			}
			return true
		})
	}
	return out
}

// rootIdent is the variable that an assignment's target belongs to: x in x.Field[i]. Writing through a pointer's method
// or an explicit dereference of a call has none.
func rootIdent(target ast.Expr) *ast.Ident {
	for {
		switch e := target.(type) {
		case *ast.Ident:
			return e
		case *ast.SelectorExpr:
			target = e.X
		case *ast.IndexExpr:
			target = e.X
		case *ast.StarExpr:
			target = e.X
		case *ast.ParenExpr:
			target = e.X
		default:
			return nil
		}
	}
}

type unknownImporter struct{}

func (unknownImporter) Import(path string) (*types.Package, error) {
	return nil, fmt.Errorf("archtest: %s is not loaded", path)
}
