package nuages

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

// routesCommand lists the URL table. Django has it in django-extensions: show_urls.
func routesCommand() manage.Command {
	return manage.Command{
		Name: "routes", Help: "List every URL pattern with its name, view and middleware.", SkipChecks: true,
		Setup: func(flags *flag.FlagSet) manage.RunFunc {
			asJSON := flags.Bool("json", false, "print JSON")
			return func(ctx context.Context, in *manage.Invocation) error {
				app := FromContext(ctx)
				if *asJSON {
					return writeRoutesJSON(in, app)
				}
				layers := layerNames(app.chain.Layers())
				in.Printf("%s %s\n\n", in.Style.MigrateHeading("Middleware of every request:"), strings.Join(layers, ", "))
				table := tabwriter.NewWriter(in.Stdout, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "PATTERN\tNAME\tVIEW\tMETHODS\tMIDDLEWARE")
				for _, r := range app.resolver.Routes() {
					fmt.Fprintf(table, "/%s\t%s\t%s\t%s\t%s\n", r.Pattern, r.Name, r.View, strings.Join(r.Methods, ","), strings.Join(r.Middleware, ", "))
				}
				return table.Flush()
			}
		},
	}
}

// routeJSON is one line of routes --json.
type routeJSON struct {
	Pattern    string   `json:"pattern"`
	Name       string   `json:"name"`
	View       string   `json:"view"`
	Methods    []string `json:"methods"`
	Params     []string `json:"params"`
	Middleware []string `json:"middleware"`
	At         string   `json:"at"`
}

func writeRoutesJSON(in *manage.Invocation, app *Instance) error {
	site := layerNames(app.chain.Layers())
	out := make([]routeJSON, 0, 16)
	for _, r := range app.resolver.Routes() {
		out = append(out, newRouteJSON(r, site))
	}
	enc := json.NewEncoder(in.Stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

func newRouteJSON(r urls.RouteInfo, site []string) routeJSON {
	return routeJSON{
		Pattern: "/" + r.Pattern, Name: r.Name, View: r.View, Methods: append([]string{}, r.Methods...), Params: append([]string{}, r.Params...),
		Middleware: append(append([]string{}, site...), r.Middleware...), At: r.At,
	}
}

func layerNames(layers []web.LayerInfo) []string {
	names := make([]string, len(layers))
	for i, l := range layers {
		names[i] = l.Name
	}
	return names
}
