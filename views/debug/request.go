package debug

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/nuages-go/nuages/web"
)

// RequestData is what a report says of the request. Secrets are already masked.
type RequestData struct {
	// Method, Path and URL are of the request line; URL has the query string.
	Method, Path, URL string
	// Remote is the address of the peer.
	Remote string
	// Tables are GET, POST, FILES, cookies, headers and what else the request carries.
	Tables []Table
}

// Table is a titled list of names and values.
type Table struct {
	Title string
	Rows  []Row
}

// Missing names the usual tables that are empty: "GET, POST, cookies".
func (d *RequestData) Missing() string {
	var names []string
	for _, table := range d.Tables {
		if len(table.Rows) == 0 {
			name := table.Title
			if name == "Cookies" || name == "Route" {
				name = strings.ToLower(name)
			}
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func requestData(r *web.Request, mask Mask) *RequestData {
	data := &RequestData{
		Method: r.Method, Path: r.URL.EscapedPath(), URL: mask.URL(r.URL.RequestURI()), Remote: r.RemoteAddr,
	}
	data.Tables = []Table{
		{"Route", routeRows(r, mask)},
		{"GET", valueRows(r.URL.Query(), mask)},
		{"POST", postRows(r, mask)},
		{"Cookies", cookieRows(r, mask)},
		{"Headers", headerRows(r, mask)},
		{"Connection", connectionRows(r)},
	}
	if rows := fileRows(r); len(rows) > 0 {
		data.Tables = append(data.Tables, Table{"FILES", rows})
	}
	if rows := slotRows(r, mask); len(rows) > 0 {
		data.Tables = append(data.Tables, Table{"Slots", rows})
	}
	return data
}

var sensitive = web.NewSlot[[]string]("sensitive POST fields")

// HidePost masks the named POST fields in every report about the request; "*" hides all. See views.SensitivePost.
func HidePost(r *web.Request, names ...string) {
	before, _ := sensitive.Get(r)
	sensitive.Set(r, append(slices.Clip(before), names...))
}

// postRows are the fields of a form or the members of a JSON object. A body that cannot be read leaves a note.
func postRows(r *web.Request, mask Mask) []Row {
	also, _ := sensitive.Get(r)
	mask.Also = append(slices.Clip(mask.Also), also...)
	if r.ContentLength > 0 && strings.HasSuffix(r.ContentType(), "json") {
		return jsonRows(r, mask)
	}
	values, _, err := r.Form()
	if err != nil {
		return []Row{{"(not readable)", errorText(err)}}
	}
	var rows []Row
	for name, value := range values.All() {
		rows = append(rows, Row{name, cut(mask.Text(name, value), maxRowText)})
	}
	return limit(rows)
}

func jsonRows(r *web.Request, mask Mask) []Row {
	body, err := r.Body()
	if err != nil {
		return []Row{{"(not readable)", errorText(err)}}
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return []Row{{"(not JSON)", errorText(err)}}
	}
	if _, ok := v.(map[string]any); !ok {
		v = map[string]any{"(body)": v}
	}
	return mask.Rows(v)
}

func fileRows(r *web.Request) []Row {
	_, files, err := r.Form()
	if err != nil {
		return nil
	}
	var rows []Row
	for file := range files.All() {
		rows = append(rows, Row{file.Field, fmt.Sprintf("%s, %s, %d bytes", cut(file.Name, 200), cut(file.ContentType, 100), file.Size)})
	}
	return limit(rows)
}

// slotRows shows what the packages keep in the request, two levels deep.
func slotRows(r *web.Request, mask Mask) []Row {
	p := printer{mask: mask, deepest: 3}
	for name, value := range r.Slots() {
		p.add(name, reflect.ValueOf(value), 0)
	}
	return limit(p.rows)
}

func routeRows(r *web.Request, mask Mask) []Row {
	route := r.Match.Route
	if route == nil {
		return nil
	}
	rows := []Row{{"pattern", route.Pattern}, {"view", viewName(route)}}
	if route.Name != "" {
		rows = append(rows, Row{"name", route.ViewName})
	}
	for name, value := range r.Match.Captured() {
		rows = append(rows, Row{"<" + name + ">", cut(mask.Text(name, printValue(value.Any())), maxRowText)})
	}
	for _, name := range sortedKeys(route.Extra) {
		rows = append(rows, Row{name + "=", cut(mask.Text(name, printValue(route.Extra[name])), maxRowText)})
	}
	return rows
}

func valueRows(values map[string][]string, mask Mask) []Row {
	var rows []Row
	for _, name := range sortedKeys(values) {
		for _, value := range values[name] {
			rows = append(rows, Row{name, cut(mask.Text(name, value), maxRowText)})
		}
	}
	return limit(rows)
}

func cookieRows(r *web.Request, mask Mask) []Row {
	var rows []Row
	for _, cookie := range r.Request.Cookies() {
		rows = append(rows, Row{cookie.Name, cut(mask.Cookie(cookie.Name, cookie.Value), maxRowText)})
	}
	return limit(rows)
}

func headerRows(r *web.Request, mask Mask) []Row {
	rows := []Row{{"Host", r.Request.Host}}
	for _, name := range sortedKeys(r.Header) {
		rows = append(rows, Row{name, cut(mask.Header(name, strings.Join(r.Header[name], ", ")), maxRowText)})
	}
	return limit(rows)
}

func connectionRows(r *web.Request) []Row {
	rows := []Row{{"protocol", r.Proto}, {"remote address", r.RemoteAddr}}
	if r.TLS != nil {
		rows = append(rows, Row{"TLS", fmt.Sprintf("%#x, %s", r.TLS.Version, r.TLS.ServerName)})
	}
	if addr, ok := r.Request.Context().Value(http.LocalAddrContextKey).(fmt.Stringer); ok {
		rows = append(rows, Row{"local address", addr.String()})
	}
	if r.ContentLength > 0 {
		rows = append(rows, Row{"body", fmt.Sprintf("%d bytes of %s", r.ContentLength, r.Header.Get("Content-Type"))})
	}
	return rows
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func limit(rows []Row) []Row {
	if len(rows) <= maxRows {
		return rows
	}
	left := len(rows) - maxRows
	return append(rows[:maxRows:maxRows], Row{"…", fmt.Sprintf("%d more", left)})
}
