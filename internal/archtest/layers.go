package archtest

import (
	"fmt"
	"strings"
)

// layerNames says what a layer is for.
var layerNames = [...]string{"leaves", "text", "data", "request", "stores", "applications", "wiring", "sites"}

// layers gives each package its layer. An entry counts for the packages below it too, unless they have their own; the
// longest entry wins. docs/architecture.md shows the same table with the reasons.
var layers = map[string]int{
	"internal": 0, "manage": 0, "conf": 0, "server": 0, "cache": 0, "storage": 0, "mail": 0, "signing": 0,
	"orm/schema": 0, "auth/hashers": 0, "signals": 0,

	"i18n": 1, "template": 1, "forms": 1, "validators": 1,

	"orm": 2, "migrate": 2, "forms/modelform": 2, "serializers": 2, "internal/testmodels": 2,

	"web": 3, "urls": 3, "middleware": 3, "sessions": 3, "messages": 3, "realtime": 3, "views": 3, "apps": 3,

	"cache/redis": 4, "cache/db": 4, "cache/memcached": 4, "sessions/db": 4, "sessions/cache": 4, "realtime/redis": 4,

	"auth": 5, "static": 5, "tasks": 5, "contrib": 5, "admin": 5,

	"": 6, "webtest": 6, "cmd": 6,

	"examples": 7,
}

// forbidden lists what a package must not import although its layer would allow it. A name covers the packages below it.
var forbidden = []struct {
	from   []string
	to     []string
	reason string
}{
	{
		[]string{"web"},
		[]string{"urls", "views", "middleware", "apps", "sessions", "messages", "realtime", "template", "forms", "orm", "migrate"},
		"web works alone: a third-party middleware needs nothing else",
	},
	{
		[]string{"urls", "middleware", "sessions", "messages", "realtime"},
		[]string{"orm", "migrate", "forms/modelform", "serializers"},
		"of the request layer only views, apps and stores touch data",
	},
	{
		[]string{"urls", "middleware", "sessions", "messages", "realtime"},
		[]string{"views", "apps"},
		"views and apps stand on top of the request layer",
	},
	{
		[]string{""},
		[]string{"orm/sqlite", "orm/postgres", "orm/mysql", "cache/redis", "cache/db", "cache/memcached", "sessions/db", "sessions/cache", "realtime/redis", "auth", "admin"},
		"a site links only the drivers, stores and applications that it passes in",
	},
	{
		[]string{"server"},
		[]string{"manage", "conf"},
		"server knows http.Handler only",
	},
	{
		[]string{"orm", "migrate", "forms", "template", "web", "urls", "middleware", "views", "apps", "auth", "admin", "contrib", "static", "tasks", "sessions", "messages"},
		[]string{"conf"},
		"nobody but the front door reads the environment",
	},
}

// Layers reports the imports that point upwards, those that a rule of their own forbids, and packages without a layer.
func Layers(m *Module) []Violation {
	var out []Violation
	for _, pkg := range m.Sorted() {
		layer, ok := layerOf(pkg.Dir)
		if !ok {
			out = append(out, Violation{pkg.label(), "package has no layer", "give it one in internal/archtest/layers.go"})
			continue
		}
		for _, imp := range pkg.Imports {
			to, own := m.Own(imp.Path)
			if !own {
				continue
			}
			if rule := broken(pkg.Dir, layer, to); rule != "" {
				where := fmt.Sprintf("%s:%d", imp.Pos.Filename, imp.Pos.Line)
				out = append(out, Violation{where, fmt.Sprintf("%s imports %s", pkg.label(), name(to)), rule})
			}
		}
	}
	return out
}

// broken returns the rule that an import breaks, or "".
func broken(from string, fromLayer int, to string) string {
	toLayer, ok := layerOf(to)
	if !ok {
		return "" // reported with the package itself
	}
	if toLayer > fromLayer {
		return fmt.Sprintf("layer %d, %s, may not import layer %d, %s; define a small interface and let the wiring pass it in",
			fromLayer, layerNames[fromLayer], toLayer, layerNames[toLayer])
	}
	if to == "webtest" && fromLayer < layers["examples"] {
		return "webtest is for tests"
	}
	for _, rule := range forbidden {
		if coveredBy(from, rule.from) && coveredBy(to, rule.to) {
			return rule.reason
		}
	}
	return ""
}

func layerOf(dir string) (int, bool) {
	for prefix := dir; prefix != ""; prefix = parent(prefix) {
		if layer, ok := layers[prefix]; ok {
			return layer, true
		}
	}
	layer, ok := layers[""]
	return layer, ok && dir == ""
}

// coveredBy says whether dir is one of the entries or below one. The entry "" covers the root alone.
func coveredBy(dir string, entries []string) bool {
	for _, entry := range entries {
		if dir == entry || entry != "" && strings.HasPrefix(dir, entry+"/") {
			return true
		}
	}
	return false
}

func parent(dir string) string {
	if i := strings.LastIndexByte(dir, '/'); i >= 0 {
		return dir[:i]
	}
	return ""
}

func name(dir string) string {
	if dir == "" {
		return "the root"
	}
	return dir
}
