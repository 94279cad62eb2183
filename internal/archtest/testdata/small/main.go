// Command small is the least site: a view and a URL. A test holds its size.
package main

import (
	"log"
	"net/http"

	"github.com/nuages-go/nuages/urls"
	"github.com/nuages-go/nuages/web"
)

func main() {
	resolver, err := urls.New(urls.Patterns{
		urls.Path("hello/<str:name>", web.Arg(func(r *web.Request, name string) (*web.Response, error) {
			return web.Text("hello " + name), nil
		})),
	}, urls.Options{})
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:8000", web.ToHTTP(resolver, nil)))
}
