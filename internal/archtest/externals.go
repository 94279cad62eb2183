package archtest

import (
	"fmt"
	"strings"
)

// externals lists which packages may import which other modules. A module that is not listed may not be imported at all:
// a new one needs an entry here and in docs/dependencies.md.
var externals = map[string][]string{
	"github.com/andybalholm/brotli":  {"middleware", "static"},
	"github.com/dlclark/regexp2/v2":  {"urls"},
	"github.com/fsnotify/fsnotify":   {"server/devserver"},
	"github.com/go-sql-driver/mysql": {"orm/mysql"},
	"github.com/jackc/pgx/v5":        {"orm/postgres"},
	"github.com/klauspost/compress":  {"middleware", "static"},
	"github.com/ulikunitz/xz":        {"serializers/xz"},
	"go.yaml.in/yaml/v3":             {"serializers/yaml"},
	"golang.org/x/text":              {"i18n", "template", "forms", "internal", "urls", "web"},
	"golang.org/x/sys":               {"server", "internal"},
	"zombiezen.com/go/sqlite":        {"orm/sqlite"},
}

// Externals reports imports of other modules from where they do not belong, and modules that documented, the text of
// docs/dependencies.md, does not name.
func Externals(m *Module, documented string) []Violation {
	var out []Violation
	for _, pkg := range m.Sorted() {
		for _, imp := range pkg.Imports {
			if !m.External(imp.Path) {
				continue
			}
			where := fmt.Sprintf("%s:%d", imp.Pos.Filename, imp.Pos.Line)
			what := fmt.Sprintf("%s imports %s", pkg.label(), imp.Path)
			module, allowed := externalModule(imp.Path)
			switch {
			case module == "":
				out = append(out, Violation{where, what, "not a known dependency; list it in internal/archtest/externals.go with the packages that need it"})
			case !coveredBy(pkg.Dir, allowed):
				out = append(out, Violation{where, what, fmt.Sprintf("only %v may import it", allowed)})
			case !strings.Contains(documented, module):
				out = append(out, Violation{where, what, "docs/dependencies.md has no entry for " + module})
			}
		}
	}
	return out
}

func externalModule(importPath string) (module string, allowed []string) {
	for prefix := importPath; prefix != ""; prefix = parent(prefix) {
		if allowed, ok := externals[prefix]; ok {
			return prefix, allowed
		}
	}
	return "", nil
}
