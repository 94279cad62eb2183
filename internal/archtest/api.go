package archtest

import (
	"go/ast"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// PublicAPI reports exported declarations that mention a type of another module, and exported names without a comment.
// Packages under internal, commands and examples have no public API.
func PublicAPI(m *Module) []Violation {
	var out []Violation
	for _, pkg := range m.Sorted() {
		if pkg.Name == "main" || coveredBy(pkg.Dir, []string{"internal", "cmd", "examples"}) || strings.Contains(pkg.Dir, "/internal/") {
			continue
		}
		for _, file := range pkg.Files {
			a := &apiFile{m, foreignNames(m, file), &out}
			for _, decl := range file.Decls {
				a.decl(decl)
			}
		}
	}
	return out
}

// foreignNames maps the names under which a file knows packages of other modules to their import paths.
func foreignNames(m *Module, file *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil || !m.External(imported) {
			continue
		}
		if spec.Name != nil {
			names[spec.Name.Name] = imported
			continue
		}
		base := path.Base(imported)
		if strings.HasPrefix(base, "v") && strings.Trim(base[1:], "0123456789") == "" {
			base = path.Base(path.Dir(imported))
		}
		names[strings.TrimPrefix(base, "go-")] = imported
	}
	return names
}

type apiFile struct {
	m       *Module
	foreign map[string]string
	out     *[]Violation
}

func (a *apiFile) decl(decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if !decl.Name.IsExported() || decl.Recv != nil && !exportedReceiver(decl.Recv) {
			return
		}
		a.documented(decl, decl.Name.Name, decl.Doc)
		a.mentions(decl.Name.Name, decl.Type)
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			a.spec(decl, spec)
		}
	}
}

func (a *apiFile) spec(decl *ast.GenDecl, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if !spec.Name.IsExported() {
			return
		}
		a.documented(spec, spec.Name.Name, decl.Doc, spec.Doc, spec.Comment)
		a.typeSpec(spec)
	case *ast.ValueSpec:
		for _, id := range spec.Names {
			if !id.IsExported() {
				continue
			}
			a.documented(spec, id.Name, decl.Doc, spec.Doc, spec.Comment)
			if spec.Type != nil {
				a.mentions(id.Name, spec.Type)
			} else if decl.Tok == token.VAR {
				for _, value := range spec.Values {
					if call, ok := value.(*ast.CallExpr); ok {
						value = call.Fun
					}
					a.mentions(id.Name, value)
				}
			}
		}
	}
}

// typeSpec looks into the exported parts of a type only.
func (a *apiFile) typeSpec(spec *ast.TypeSpec) {
	switch t := spec.Type.(type) {
	case *ast.StructType:
		for _, field := range t.Fields.List {
			exported := len(field.Names) == 0
			for _, id := range field.Names {
				exported = exported || id.IsExported()
			}
			if exported {
				a.mentions(spec.Name.Name, field.Type)
			}
		}
	default:
		a.mentions(spec.Name.Name, spec.Type)
	}
}

func (a *apiFile) mentions(name string, node ast.Node) {
	ast.Inspect(node, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && a.foreign[id.Name] != "" {
			*a.out = append(*a.out, Violation{
				a.m.position(sel), name + " mentions " + a.foreign[id.Name] + "." + sel.Sel.Name,
				"the public API mentions only the standard library's types and ours",
			})
		}
		return true
	})
}

func (a *apiFile) documented(node ast.Node, name string, comments ...*ast.CommentGroup) {
	for _, comment := range comments {
		if comment != nil && strings.TrimSpace(comment.Text()) != "" {
			return
		}
	}
	*a.out = append(*a.out, Violation{a.m.position(node), name + " has no comment", "every exported name has a sentence"})
}

func exportedReceiver(recv *ast.FieldList) bool {
	t := recv.List[0].Type
	for {
		switch e := t.(type) {
		case *ast.StarExpr:
			t = e.X
		case *ast.IndexExpr:
			t = e.X
		case *ast.IndexListExpr:
			t = e.X
		case *ast.Ident:
			return e.IsExported()
		default:
			return false
		}
	}
}

// Exported lists the exported functions, types, variables and constants of a package, methods left out.
func Exported(pkg *Package) []string {
	var names []string
	add := func(id *ast.Ident) {
		if id.IsExported() {
			names = append(names, id.Name)
		}
	}
	for _, file := range pkg.Files {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil {
					add(decl.Name)
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						add(spec.Name)
					case *ast.ValueSpec:
						for _, id := range spec.Names {
							add(id)
						}
					}
				}
			}
		}
	}
	return names
}
