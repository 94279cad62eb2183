package nuages_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/nuages-go/nuages"
	"github.com/nuages-go/nuages/manage"
	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

func hello(r *web.Request) (*web.Response, error) {
	return web.Text("hello from " + r.Match.Route.ViewName), nil
}

// A site that is part of another program: its handler goes wherever an http.Handler goes.
func ExampleNew() {
	site, err := nuages.New(nuages.Site{
		Settings: nuages.Settings{SecretKey: "not a secret in an example", AllowedHosts: []string{"127.0.0.1"}},
		URLs:     urls.Patterns{urls.Path("hello/", web.View(hello), urls.Name("hello"))},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer site.Close()

	server := httptest.NewServer(site.Handler())
	defer server.Close()
	resp, err := http.Get(server.URL + "/hello/")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, string(body))
	// Output: 200 OK hello from hello
}

func ExampleInstance_Call() {
	site, err := nuages.New(nuages.Site{Settings: nuages.Settings{Debug: true}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer site.Close()
	ctx := manage.WithStreams(context.Background(), manage.Streams{Out: os.Stdout})
	if err := site.Call(ctx, "check", "--tag", "urls"); err != nil {
		fmt.Println(err)
	}
	// Output: System check identified no issues (0 silenced).
}
