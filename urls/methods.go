package urls

import (
	"net/http"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// methodSet says which request methods a pattern takes. The zero value takes all.
type methodSet []string

func methodSetOf(methods []string) methodSet {
	if len(methods) == 0 {
		return nil
	}
	set := make(methodSet, 0, len(methods)+1)
	for _, m := range methods {
		m = strings.ToUpper(m)
		if !slices.Contains(set, m) {
			set = append(set, m)
		}
		if m == http.MethodGet && !slices.Contains(set, http.MethodHead) {
			set = append(set, http.MethodHead)
		}
	}
	return set
}

// has reports whether the set takes a method. The empty method stands for any.
func (set methodSet) has(method string) bool {
	return set == nil || method == "" || slices.Contains(set, method)
}

// mergeMethods narrows an include's methods by those of a pattern below it.
func mergeMethods(outer, inner []string) []string {
	if len(outer) == 0 || len(inner) == 0 {
		return append(slices.Clone(outer), inner...)
	}
	var both []string
	for _, m := range inner {
		if slices.Contains(outer, m) {
			both = append(both, m)
		}
	}
	if both == nil {
		both = []string{"-"} // no method at all
	}
	return both
}

// allowed answers a request whose method no matching pattern takes: OPTIONS with the list, anything else with 405.
func allowed(r *web.Request, methods []string) (*web.Response, error) {
	list := append(slices.Clone(methods), http.MethodOptions)
	slices.Sort(list)
	allow := strings.Join(slices.Compact(list), ", ")
	if r.Method == http.MethodOptions {
		resp := web.Bytes("", nil)
		resp.Header().Set("Allow", allow)
		resp.Header().Set("Content-Length", "0")
		return resp, nil
	}
	return nil, &web.Error{Status: http.StatusMethodNotAllowed, Header: http.Header{"Allow": {allow}}}
}
